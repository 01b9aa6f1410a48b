"""As known then: what was known at a moment is told byte for byte the same whatever comes in later.

Late reports, a correction, a withdrawal, an amended agreement, a changed schedule: the figures of that day as we know
them now do change, and those of that day as known then do not, before and after a rebuild.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
import psycopg
import pytest

from services.clock import today
from services.domain.assessment import assess
from services.sample.estates import lines
from services.store.current import BEGIN
from services.store.figure_docs import figure_doc
from services.store.figures import finding_doc
from services.store.loading import current, known
from services.store.store import Store
from tests.cli.runner import Bygspor

TENDER, ON = "10000270:havnegade", date(2026, 11, 21)
EVENTS: list[dict[str, Any]] = [msgspec.json.decode(line) for line in lines("havnegade")]


def named(name: str) -> list[dict[str, Any]]:
    return [event for event in EVENTS if event["type"] == f"dk.bygspor.{name}.v1"]


def amended(name: str, target: dict[str, Any], id_: str, **more: Any) -> bytes:
    pointed = {"target_source": target["source"], "target_id": target["id"], **more}
    return _line(target, name, id_, reported_by=target["data"]["reported_by"], **pointed)


def _line(like: dict[str, Any], name: str, id_: str, **data: Any) -> bytes:
    return msgspec.json.encode({**like, "type": f"dk.bygspor.{name}.v1", "id": id_, "data": data})


def a_late_report() -> bytes:
    told = named("hours.reported")[-1]
    period = {"from_on": "2026-11-01", "to_on": "2026-11-20", "hours": 96.5}
    return _line(told, "hours.reported", "late", **{**told["data"], "revision": 9, **period})


def a_correction() -> bytes:
    told = named("hours.reported")[3]
    right = {**told["data"], "hours": 17}
    return amended("event.corrected", told, "right", revision=9, replacement={"type": told["type"], "data": right})


def a_withdrawal() -> bytes:
    return amended("event.withdrawn", named("placement.started")[0], "gone")


def an_amended_agreement() -> bytes:
    signed = named("agreement.signed")[0]
    targets = [{**target, "amount": target["amount"] * 2} for target in signed["data"]["targets"]]
    data = {name: value for name, value in signed["data"].items() if name != "signed_on"}
    return _line(signed, "agreement.amended", "amended", **{**data, "targets": targets, "amended_on": "2026-06-01"})


def a_changed_schedule() -> bytes:
    told = named("schedule.changed")[-1]
    moved = {**told["data"], "handover_on": "2027-02-26", "decided_on": "2026-11-20"}
    return _line(told, "schedule.changed", "moved", **moved)


LATER: list[Callable[[], bytes]] = [a_late_report, a_correction, a_withdrawal, an_amended_agreement, a_changed_schedule]


def as_known(store: Store, moment: datetime | None) -> bytes:
    """Figures and findings of the day as known at a moment, or now."""
    with store.database.transaction(BEGIN) as connection:
        source = known(store, connection, TENDER, moment) if moment else current(store, connection, TENDER)
        assessment = assess(source, ON)
    shown = [*map(figure_doc, assessment.figures), *map(finding_doc, assessment.findings)]
    return msgspec.json.encode(shown)


def now(url: str) -> datetime:
    """The moment by PostgreSQL's clock, which is the one that stamps what we are told."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT clock_timestamp()").fetchall()[0][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.__name__)
def test_what_was_known_then_stays_and_what_is_known_now_changes(
    own_estates: Bygspor, later: Callable[[], bytes]
) -> None:
    with own_estates.store() as store:
        moment = now(own_estates.url)
        then, before = as_known(store, moment), as_known(store, None)
        assert then == before
        assert own_estates.ingest([later()])["new"] == 1
        assert as_known(store, moment) == then
        assert as_known(store, None) != before
        assert as_known(store, now(own_estates.url)) == as_known(store, None)


def test_every_past_moment_stays_as_it_was_also_through_a_rebuild(own_estates: Bygspor) -> None:
    with own_estates.store() as store:
        seen: list[tuple[datetime, bytes]] = []
        for later in LATER:
            seen.append((now(own_estates.url), as_known(store, None)))
            own_estates.ingest([later()])
        seen.append((now(own_estates.url), as_known(store, None)))
        assert len({said for _, said in seen}) == len(LATER) + 1
        assert [as_known(store, moment) for moment, _ in seen] == [said for _, said in seen]
        assert own_estates.json("rebuild")["mended"] == 0
        assert [as_known(store, moment) for moment, _ in seen] == [said for _, said in seen]


def test_the_command_tells_a_past_day_byte_for_byte_the_same(own_estates: Bygspor) -> None:
    """What is there was told yesterday and what comes now today, by the stamps of the log."""
    yesterday, on = f"{date.fromordinal(today().toordinal() - 1)}", ("--on", str(ON))
    with psycopg.connect(own_estates.url) as connection:
        connection.execute("UPDATE log.applied_batch SET known_at = known_at - interval '1 day'")
    commands = ["status havnegade", "tender havnegade", "placements havnegade", "findings havnegade"]
    commands.append("explain havnegade oplaering --all-events")
    asked = [[*command.split(), *on] for command in commands] + [
        [*command.split(), *on, "--json"] for command in commands
    ]
    then = [own_estates.done(*args, "--known-on", yesterday).raw for args in asked]
    before = [own_estates.done(*args).raw for args in asked]
    own_estates.ingest([later() for later in LATER])
    assert [own_estates.done(*args, "--known-on", yesterday).raw for args in asked] == then
    assert all(own_estates.done(*args).raw != earlier for args, earlier in zip(asked, before, strict=True))
    own_estates.done("rebuild")
    assert [own_estates.done(*args, "--known-on", yesterday).raw for args in asked] == then
