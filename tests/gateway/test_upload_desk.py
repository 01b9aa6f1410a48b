"""Sheets at the desk, without HTTP: looked at, said yes to, sent once, and gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from services.errors import BygSporError
from services.gateway.uploads.clerk import CHANGED, wish_of
from services.gateway.uploads.desk import Opened
from services.sheets.outcomes import State as RowState
from services.store.uploads import State
from services.store.uploads.register import Register
from tests.gateway.reporting import CLIENT, FIRM, OTHER_FIRM, Site, event
from tests.gateway.uploading import (
    FIRM_CALLER,
    JENS,
    METTE,
    SECRETARIAT_CALLER,
    cells,
    comments,
    confirm,
    counts,
    hand_in,
    settled,
    workbook,
)


def sheet_log(site: Site) -> list[str]:
    return [one["id"].split("/", 2)[-1] for one in site.log("bygspor-sheet")]


def test_a_sheet_is_looked_at_and_sent_after_the_yes(site: Site) -> None:
    found = hand_in(site.gateway, workbook([METTE, JENS]))
    assert (found.upload.state, counts(found), found.upload.note) == (State.PREVIEWED, {"new": 2}, None)
    assert found.upload.layout == "placements"
    assert site.log("bygspor-sheet") == []
    done = confirm(site.gateway, found)
    assert (done.upload.state, done.upload.events, done.document) == (State.CONFIRMED, 2, None)
    said = site.log("bygspor-sheet")
    assert [one["data"]["kind"] for one in said] == ["apprenticeship", "work_placement"]
    assert {one["data"]["contractor"] for one in said} == {FIRM}
    names = site.gateway.parts.vault.all_names(FIRM)
    assert sorted(names.values()) == ["Jens Vig", "Mette Holm"]
    assert {one["data"]["person"] for one in said} == set(names)


def test_the_same_again_is_unchanged_and_cannot_be_sent(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE, JENS])))
    again = hand_in(site.gateway, workbook([METTE, JENS]))
    assert counts(again) == {"unchanged": 2}
    assert (again.upload.state, again.upload.events, again.is_ready) == (State.CONFIRMED, 0, False)


def test_a_changed_row_is_shown_as_it_was_and_becomes_a_correction(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE, JENS])))
    changed = hand_in(site.gateway, workbook([(*METTE[:6], 30), JENS]))
    assert counts(changed) == {"changed": 1, "unchanged": 1}
    assert changed.document is not None
    (row,) = changed.document.rows
    assert [(one.da, one.old, one.new) for one in row.changes] == [("Timer pr. uge", 37, 30)]
    done = confirm(site.gateway, changed)
    assert done.upload.events == 1
    correction = site.log("bygspor-sheet")[-1]
    assert correction["type"] == "dk.bygspor.event.corrected.v1"
    again = hand_in(site.gateway, workbook([(*METTE[:6], 30), JENS]))
    assert counts(again) == {"unchanged": 2}


def test_a_correction_made_on_a_page_is_what_a_sheet_is_compared_with(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    said = site.log("bygspor-sheet")[0]
    replacement = {"type": said["type"], "data": {**said["data"], "weekly_hours": 32}}
    target = {"target_source": said["source"], "target_id": said["id"], "revision": 1}
    site.told(event("c-1", FIRM, "event.corrected", **target, replacement=replacement))
    assert counts(hand_in(site.gateway, workbook([(*METTE[:6], 32)]))) == {"unchanged": 1}
    (row,) = (found := hand_in(site.gateway, workbook([METTE]))).document.rows  # type: ignore[union-attr]
    assert [(one.old, one.new) for one in row.changes] == [(32, 37)]
    confirm(site.gateway, found)
    assert site.log("bygspor-sheet")[-1]["data"]["revision"] == 2


def test_a_placement_told_otherwise_is_not_told_twice(site: Site) -> None:
    site.gateway.parts.vault.give_name(FIRM, f"{FIRM}:mette", "Mette Holm")
    start = {"person": f"{FIRM}:mette", "contractor": FIRM, "kind": "apprenticeship", "started_on": "2026-03-02"}
    trade = {"trade": "carpenter"}
    site.told(event("p-1", FIRM, "placement.started", placement=f"{FIRM}:p1", weekly_hours=37, **start, **trade))
    assert counts(hand_in(site.gateway, workbook([METTE]))) == {"unchanged": 1}


def test_hours_told_otherwise_are_corrected_by_a_sheet(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    placement = site.log("bygspor-sheet")[0]["data"]["placement"]
    period = {"from_on": "2026-10-01", "to_on": "2026-10-31"}
    site.told(event("h-1", FIRM, "hours.reported", placement=placement, hours=140, **period))
    headers = ("Navn", "Periode", "Timer")
    assert counts(hand_in(site.gateway, workbook([("Mette Holm", "oktober 2026", 140)], headers))) == {"unchanged": 1}
    found = hand_in(site.gateway, workbook([("Mette Holm", "oktober 2026", 148.5)], headers))
    assert counts(found) == {"changed": 1}
    confirm(site.gateway, found)
    assert counts(hand_in(site.gateway, workbook([("Mette Holm", "oktober 2026", 148.5)], headers))) == {"unchanged": 1}


def test_wrong_rows_stay_behind_and_come_back_marked(site: Site) -> None:
    wrong = ("Ida Lund", "Havnegade", "Lærling/elev", "Tømrer", "32-13-2026", None, 37)
    found = hand_in(site.gateway, workbook([METTE, wrong]))
    assert counts(found) == {"new": 1, "wrong": 1}
    marked = site.gateway.parts.uploads.marked(FIRM_CALLER, found.upload, "da")
    assert marked is not None
    assert list(comments(marked)) == ["E3"]
    assert cells(marked)[0][-1] == "Fejl"
    assert confirm(site.gateway, found).upload.events == 1
    assert sorted(site.gateway.parts.vault.all_names(FIRM).values()) == ["Mette Holm"]


def test_a_sheet_of_wrong_rows_only_cannot_be_sent(site: Site) -> None:
    found = hand_in(site.gateway, workbook([("Ida Lund", "Ukendt sted", "Lærling/elev", None, "i går", None, None)]))
    assert counts(found) == {"wrong": 1}
    assert not found.is_ready


def test_a_question_is_answered_and_the_marked_sheet_follows(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    found = hand_in(site.gateway, workbook([("Mette Holmm", *METTE[1:4], "01-06-2026", None, 37)]))
    assert counts(found) == {"question": 1}
    assert found.document is not None
    (question,) = found.document.questions
    wish = wish_of(found.document, None)
    answered = msgspec.structs.replace(found.document, answers={question.key: "new"})
    wish = wish_of(answered, None)
    assert site.gateway.parts.uploads.look_again(FIRM_CALLER, found, wish)
    found = settled(site.gateway, FIRM_CALLER, found.upload.id)
    assert counts(found) == {"new": 1}
    assert confirm(site.gateway, found).upload.events == 1


def test_what_changed_since_the_preview_is_previewed_again(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    one = hand_in(site.gateway, workbook([(*METTE[:6], 30)]))
    other = hand_in(site.gateway, workbook([(*METTE[:6], 20), JENS]))
    confirm(site.gateway, one)
    again = confirm(site.gateway, other)
    assert (again.upload.state, again.upload.note) == (State.PREVIEWED, CHANGED)
    (row,) = again.document.rows  # type: ignore[union-attr]
    assert [(change.old, change.new) for change in row.changes] == [(30, 20)]
    assert len(site.log("bygspor-sheet")) == 2
    # A yes to the preview of before is a yes to nothing.
    assert not site.gateway.parts.uploads.confirm(FIRM_CALLER, again.upload, other.upload.edition)
    assert confirm(site.gateway, again).upload.events == 2


def asked_again(work: Callable[[], Opened]) -> Opened:
    """As people do where all connections are busy for a moment: the same once more."""
    for _ in range(20):
        try:
            return work()
        except BygSporError as error:
            if not error.retriable:
                raise
            time.sleep(0.2)
    return work()


def test_fifty_at_once_count_once(site: Site) -> None:
    raw = workbook([METTE, JENS])

    def upload(_: int) -> Opened:
        found = asked_again(lambda: hand_in(site.gateway, raw))
        return asked_again(lambda: confirm(site.gateway, found)) if found.is_ready else found

    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(upload, range(50)))
    assert sum(one.upload.events or 0 for one in done) == 2
    assert {one.upload.state for one in done} <= {State.CONFIRMED, State.PREVIEWED}
    assert all(counts(one) == {"unchanged": 2} for one in done if one.upload.state is State.PREVIEWED)
    assert len(site.log("bygspor-sheet")) == 2


def test_a_secretariat_hands_in_for_a_contractor(site: Site) -> None:
    found = hand_in(site.gateway, workbook([METTE]), SECRETARIAT_CALLER, on_behalf_of=OTHER_FIRM)
    assert counts(found) == {"new": 1}
    confirm(site.gateway, found, SECRETARIAT_CALLER)
    (said,) = site.log("bygspor-sheet")
    assert (said["data"]["on_behalf_of"], said["data"]["contractor"]) == (OTHER_FIRM, OTHER_FIRM)


def test_a_foreign_sheet_is_read_as_somebody_said_and_so_it_is_next_time(site: Site) -> None:
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    headers = ("Kollega", "Lønmåned", "Præstation")
    raw = workbook([("Mette Holm", "oktober 2026", 120)], headers)
    found = hand_in(site.gateway, raw, layout="hours")
    assert found.document is not None
    assert found.document.events == 0
    columns = {"person": "kollega", "period": "lønmåned", "hours": "præstation"}
    mapping = {**found.document.mapping, "layout": "hours", "columns": columns}
    chosen = msgspec.structs.replace(found.document, mapping=mapping)
    assert site.gateway.parts.uploads.look_again(FIRM_CALLER, found, wish_of(chosen, None))
    found = settled(site.gateway, FIRM_CALLER, found.upload.id)
    assert counts(found) == {"new": 1}
    assert found.document is not None
    assert found.document.chosen
    confirm(site.gateway, found)
    next_month = workbook([("Mette Holm", "september 2026", 100)], headers)
    again = hand_in(site.gateway, next_month)
    assert again.document is not None
    assert (counts(again), again.document.remembered, again.upload.layout) == ({"new": 1}, True, "hours")


def test_nothing_is_kept_of_what_is_over(site: Site) -> None:
    desk = site.gateway.parts.uploads
    done = confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    away = hand_in(site.gateway, workbook([JENS]))
    assert desk.discard(FIRM_CALLER, away.upload.id)
    old = hand_in(site.gateway, workbook([JENS]))
    Register(site.gateway.parts.store.database, lambda: datetime.now(UTC) + timedelta(hours=25)).sweep()
    for one, state in ((done, State.CONFIRMED), (away, State.DISCARDED), (old, State.EXPIRED)):
        found = desk.open(FIRM_CALLER, one.upload.id)
        assert found is not None
        assert found.upload.state is state
        assert desk.register.kept(FIRM, one.upload.id) == (None, None, None)
        assert not desk.confirm(FIRM_CALLER, found.upload, found.upload.edition)


def test_others_see_nothing_of_it(site: Site) -> None:
    found = hand_in(site.gateway, workbook([METTE]))
    desk = site.gateway.parts.uploads
    assert desk.open(SECRETARIAT_CALLER, found.upload.id) is None
    assert not desk.confirm(SECRETARIAT_CALLER, found.upload, found.upload.edition)
    assert not desk.discard(SECRETARIAT_CALLER, found.upload.id)
    assert desk.register.latest(OTHER_FIRM) == []


def test_every_row_of_the_file_is_accounted_for(site: Site) -> None:
    rows = [METTE, METTE, (None,) * 7, JENS, ("I alt", None, None, None, None, None, 67)]
    found = hand_in(site.gateway, workbook(rows))
    assert found.document is not None
    assert sum(found.upload.counts.values()) == found.document.height == 6
    assert found.document.states[3] is RowState.UNCHANGED


PAYROLL = ("Navn", "Lønart", "Måned", "Timer")


def test_payroll_lines_are_added_up_and_pay_types_are_asked_about_once(site: Site) -> None:
    gateway, lines = site.gateway, [("Normal", 132.5), ("Overtid", 8.5), ("Skole", 7), ("Sygdom", 15)]
    confirm(gateway, hand_in(gateway, workbook([METTE])))
    october = hand_in(gateway, workbook([("Mette Holm", pay, "oktober 2026", hours) for pay, hours in lines], PAYROLL))
    assert (counts(october), october.is_ready) == ({"question": 4}, False)
    assert october.document is not None
    said = dict(
        zip((one.key for one in october.document.questions), ("work", "work", "school", "nothing"), strict=True)
    )
    wish = wish_of(october.document, None)
    assert gateway.parts.uploads.look_again(FIRM_CALLER, october, replace(wish, answers=said))
    answered = settled(gateway, FIRM_CALLER, october.upload.id)
    assert (counts(answered), answered.document and answered.document.events) == ({"new": 3}, 1)
    confirm(gateway, answered)
    data = site.log("bygspor-sheet")[-1]["data"]
    assert (data["hours"], data["school_hours"]) == (141, 7)
    rows = [("Mette Holm", "Overtid", "september 2026", 3), ("Mette Holm", "Normal", "september 2026", 140)]
    next_month = hand_in(gateway, workbook(rows, PAYROLL))
    assert counts(next_month) == {"new": 2}
    confirm(gateway, next_month)
    assert site.log("bygspor-sheet")[-1]["data"]["hours"] == 143


def test_a_placement_is_said_to_be_under_the_only_contract_of_its_firm(site: Site) -> None:
    award = {"contract": f"{CLIENT}:e1", "contractor": FIRM, "awarded_on": "2026-01-01"}
    site.told(event("t-9", CLIENT, "contract.awarded", **award))
    confirm(site.gateway, hand_in(site.gateway, workbook([METTE])))
    assert site.log("bygspor-sheet")[-1]["data"]["contract"] == f"{CLIENT}:e1"
