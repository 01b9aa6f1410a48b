"""Who sees what, for every table and view there is and everybody who may ask (domain.md section 12).

A table that is not in the matrix fails the test: somebody must decide who sees it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg import errors

from services.domain.findings import SCOPES
from services.domain.rights import Caller, Kind
from services.reports.words import JOB_PLACEMENTS
from services.store.access import seen_by
from tests.access.world import CALLERS, HAVNEGADE, KORSKAER, ROSENHOEJ, TODAY, Row, World, seen
from tests.store.told import ask

Sees = Callable[[World, Caller, Row], bool]
_RELATIONS = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname IN ('log', 'state', 'figures', 'board', 'seen', 'access',
                                                                      'desk')"""


def of_tender(*relations: str) -> Sees:
    """A row of a tender to which the caller is one of these, or anything where none is named."""

    def sees(world: World, who: Caller, row: Row) -> bool:
        found = world.relations(who, tender_of(world, row))
        return bool(found & set(relations) if relations else found)

    return sees


def tender_of(world: World, row: Row) -> str:
    return str(row["tender"]) if "tender" in row else world.subjects[row["subject_no"]]


def nobody(_world: World, _who: Caller, _row: Row) -> bool:
    return False


def everybody(_world: World, _who: Caller, _row: Row) -> bool:
    return True


def own_source(world: World, who: Caller, row: Row) -> bool:
    return bool(world.sources[row["source_no"]].split(":")[2] == who.organisation)


def event(world: World, who: Caller, row: Row) -> bool:
    said = json.loads(bytes.fromhex(row["body"][2:]))
    for_whom = said["data"].get("on_behalf_of") or said["data"].get("replacement", {}).get("data", {}).get(
        "on_behalf_of"
    )
    return own_source(world, who, row) or (who.organisation is not None and for_whom == who.organisation)


def placement(world: World, who: Caller, row: Row) -> bool:
    relations = world.relations(who, world.subjects[row["subject_no"]])
    told = [said for said in world.told if said["data"].get("placement") == row["placement"]]
    named = {row["contractor"], *(workplace[1] for workplace in row["doc"]["workplaces"])}
    words = ("reported", "confirmed", "disputed", "followed_up")
    kinds = {f"dk.bygspor.placement.{word}.v1" for word in words} | {
        "dk.bygspor.grant.given.v1",
        "dk.bygspor.mentor.assigned.v1",
    }
    handled = {row["doc"]["referred_by"]} | {said["data"]["reported_by"] for said in told if said["type"] in kinds}
    return (
        "secretariat" in relations
        or ("contractor" in relations and who.organisation in named)
        or (Kind.JOB_CENTRE in who.kinds and who.organisation is not None and who.organisation in handled)
    )


def _placements(world: World, row: Row, *names: str) -> Iterator[Row]:
    rows = world.rows("state.placement")
    return (one for one in rows if one["subject_no"] == row["subject_no"] and one["placement"] in names)


def hours(world: World, who: Caller, row: Row) -> bool:
    return any(placement(world, who, one) for one in _placements(world, row, row["placement"]))


def match(world: World, who: Caller, row: Row) -> bool:
    return any(placement(world, who, one) for one in _placements(world, row, row["one"], row["other"]))


def site_hours(world: World, who: Caller, row: Row) -> bool:
    relations = world.relations(who, world.subjects[row["subject_no"]])
    if relations & {"client", "secretariat", "site", "auditor"}:
        return True
    below = ("10000033", "10000092")
    return "contractor" in relations and (
        row["contractor"] == who.organisation or (who.organisation, row["contractor"]) == below
    )


def candidate(world: World, who: Caller, row: Row) -> bool:
    name = row["candidate"]
    told = [said for said in world.told if said["subject"] == name]
    found_by = {s["data"]["reported_by"] for s in told if s["type"] == "dk.bygspor.candidate.identified.v1"}
    consented = {
        to
        for said in told
        if said["type"] == "dk.bygspor.consent.given.v1" and said["data"]["expires_on"] >= TODAY.isoformat()
        for to in said["data"]["to"]
    }
    presented = {said["data"].get("contractor") for said in told}
    if Kind.JOB_CENTRE in who.kinds and who.organisation in found_by:
        return True
    in_turn = Kind.SECRETARIAT in who.kinds or (Kind.CONTRACTOR in who.kinds and who.organisation in presented)
    return who.organisation in consented and in_turn


def finding(world: World, who: Caller, row: Row) -> bool:
    relations = world.relations(who, world.subjects[row["subject_no"]])
    if "secretariat" in relations or (relations and row["must_act_organisation"] == who.organisation):
        return True
    match SCOPES[row["code"]].value:
        case "tender":
            return bool(relations)
        case "contractor":
            return row["must_act"] == "client" and "client" in relations
        case _:
            about = row["about"].split(" ")[0]
            own = (one for one in _placements(world, row, about) if who.organisation in one["contractors"])
            return "contractor" in relations and any(own)


def subject(world: World, who: Caller, row: Row) -> bool:
    name = row["name"]
    spoken = any(s["subject"] == name and s["source"].split(":")[2] == who.organisation for s in world.told)
    areas = {
        one["area"] for one in world.rows("state.tender") if world.relations(who, world.subjects[one["subject_no"]])
    }
    candidates = (one for one in world.rows("state.candidate") if one["candidate"] == name)
    return bool(
        spoken or world.relations(who, name) or name in areas or any(candidate(world, who, c) for c in candidates)
    )


def source(world: World, who: Caller, row: Row) -> bool:
    organisation = row["name"].split(":")[2]
    tenders = (HAVNEGADE, KORSKAER, ROSENHOEJ)
    near = any(world.relations(who, one) and set(world.said_by_its_own(organisation, one)) for one in tenders)
    return organisation == who.organisation or near


def area(world: World, who: Caller, row: Row) -> bool:
    tenders = world.rows("state.tender")
    return any(
        one["area"] == world.subjects[row["subject_no"]] and world.relations(who, world.subjects[one["subject_no"]])
        for one in tenders
    )


def rejected(_world: World, who: Caller, row: Row) -> bool:
    return who.organisation is not None and row["organisation"] == who.organisation


def own_desk(_world: World, who: Caller, row: Row) -> bool:
    return bool(row["organisation"] == who.organisation)


MATRIX: dict[str, Sees | None] = {
    "desk.upload": own_desk,
    "desk.mapping": own_desk,
    "log.event": event,
    "log.source": source,
    "log.subject": subject,
    "log.event_type": everybody,
    "log.applied_batch": everybody,
    "log.rejected": rejected,
    "state.tender": of_tender(),
    "state.meeting": of_tender(),
    "state.action": of_tender(),
    "state.dirty_tender": of_tender(),
    "state.placement": placement,
    "state.hours": hours,
    "state.site_hours": site_hours,
    "state.placement_match": match,
    "state.candidate": candidate,
    "state.area_indicator": area,
    "state.amendment": own_source,
    "state.amended": own_source,
    "state.waiting": own_source,
    "state.opening": None,
    "state.person_link": None,
    "state.speaker": None,
    "state.edition": None,
    "figures.figure": of_tender(),
    "figures.finding": finding,
    "board.freshness": None,
    **dict.fromkeys(
        (
            "access.organisation",
            "access.app_user",
            "access.api_key",
            "access.session",
            "access.link",
            "access.mandate",
            "access.look",
            "access.visible",
            "access.follows",
        )
    ),
}
"""Of every table who sees which row; None: nobody, PostgreSQL refuses the question."""

BOARDS = {
    "board.tender": "state.tender",
    "board.figure_history": "figures.figure",
    "board.finding": "figures.finding",
    "board.placement": "state.placement",
}
"""Views that show what the table below them shows, row by row."""

SEEN = {
    "seen.line": {"client", "site", "auditor", "secretariat"},
    "seen.figure": {"client", "site", "auditor", "secretariat", "contractor", "job_centre"},
    "seen.opening": {"client", "site", "auditor", "secretariat", "contractor", "job_centre"},
    "seen.finding": {"client"},
    "board.figure": {"client", "site", "auditor", "secretariat", "contractor", "job_centre"},
}
"""Views that show something of a tender to those who are one of these to it."""

ABOUT_ME = {"access.my_tender", "access.my_word", "access.my_source", "seen.subcontractor"}
"""Tested by name below."""

# One column is kept from everybody, so these are asked for by name.
_FIGURE = "jsonb_build_object('subject_no', subject_no, 'target', target, 'on_date', on_date)"


def test_every_table_and_view_is_in_the_matrix(world: World) -> None:
    assert set(ask(world.store, _RELATIONS)) == MATRIX.keys() | BOARDS.keys() | SEEN.keys() | ABOUT_ME


def _texts(rows: list[Row]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("table", MATRIX)
@pytest.mark.parametrize("name", CALLERS)
def test_everybody_sees_exactly_what_is_theirs(world: World, name: str, table: str) -> None:
    who, sees = CALLERS[name], MATRIX[table]
    columns = _FIGURE if table == "figures.figure" else "to_jsonb(t)"
    query = f"SELECT {columns} FROM {table} t"  # noqa: S608
    if sees is None:
        with pytest.raises(errors.InsufficientPrivilege):
            seen(world, who, query)
        return
    expected = [row for row in ask(world.store, query) if sees(world, who, row)]
    assert _texts(seen(world, who, query)) == _texts(expected)


@pytest.mark.parametrize("table", [*MATRIX])
def test_every_table_has_a_row_that_some_may_see_and_some_may_not(world: World, table: str) -> None:
    """Otherwise the matrix would show nothing of it."""
    sees = MATRIX[table]
    if sees in {None, everybody} or table == "state.dirty_tender":
        return
    query = f"SELECT {_FIGURE if table == 'figures.figure' else 'to_jsonb(t)'} FROM {table} t"  # noqa: S608
    counts = {name: len(seen(world, who, query)) for name, who in CALLERS.items()}
    assert max(counts.values()) > 0
    assert counts["operator"] == counts["stranger"] == 0


@pytest.mark.parametrize("view", BOARDS)
@pytest.mark.parametrize("name", CALLERS)
def test_a_view_shows_as_many_rows_as_the_table_below_it(world: World, name: str, view: str) -> None:
    who = CALLERS[name]
    counted = [seen(world, who, f"SELECT count(*) FROM {one}") for one in (view, BOARDS[view])]  # noqa: S608
    assert counted[0] == counted[1]


@pytest.mark.parametrize("view", SEEN)
@pytest.mark.parametrize("name", CALLERS)
def test_a_view_of_tenders_shows_them_to_those_it_is_for(world: World, name: str, view: str) -> None:
    who = CALLERS[name]
    there = set().union(*(seen(world, one, f"SELECT tender FROM {view}") for one in CALLERS.values()))  # noqa: S608
    assert there
    expected = {tender for tender in there if world.relations(who, tender) & SEEN[view]}
    assert set(seen(world, who, f"SELECT tender FROM {view}")) == expected  # noqa: S608


@pytest.mark.parametrize("name", CALLERS)
def test_what_i_am_to_a_tender_is_what_was_told(world: World, name: str) -> None:
    who = CALLERS[name]
    found = seen(world, who, "SELECT DISTINCT subject_no, relation FROM access.my_tender")
    mine = {(world.subjects[no], relation) for no, relation in found if world.subjects[no].count("/") == 0}
    tenders = (HAVNEGADE, KORSKAER, ROSENHOEJ)
    expected = {(one, relation) for one in tenders for relation in world.relations(who, one)}
    assert {pair for pair in mine if pair[0] in tenders} == expected


def test_what_is_not_known_is_not_told_apart_from_what_is_not_yours(world: World) -> None:
    query = (
        f"SELECT count(*) FROM state.tender t JOIN log.subject s ON s.no = t.subject_no WHERE s.name = '{HAVNEGADE}'"  # noqa: S608
    )
    assert seen(world, CALLERS["stranger"], query) == seen(world, CALLERS["intruder"], query) == [0]


def test_lines_have_numbers_and_no_ids(world: World) -> None:
    shown = f"SELECT kind, number, trade, contractor FROM seen.line WHERE tender = '{HAVNEGADE}' ORDER BY kind, number"  # noqa: S608
    lines = seen(world, CALLERS["client"], shown)
    kinds = Counter(kind for kind, *_ in lines)
    assert {"apprenticeship", "jobforloeb"} <= kinds.keys()
    assert not kinds.keys() & {"wage_subsidy", "work_placement", "flex_job", "sheltered_job"}
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in _numbers(lines))
    assert any(trade == "carpenter" for _, _, trade, _ in lines)
    assert seen(world, CALLERS["secretariat"], shown) == lines
    columns = seen(world, CALLERS["client"], "SELECT to_jsonb(t) FROM seen.line t")[0]
    assert not columns.keys() & {"placement", "person", "doc", "outcome", "end_reason"}


def _numbers(lines: list[Any]) -> list[list[int]]:
    return [[number for kind, number, *_ in lines if kind == wanted] for wanted in {line[0] for line in lines}]


def test_a_main_contractor_sees_counts_and_hours_of_its_subcontractors(world: World) -> None:
    shown = "SELECT tender, contractor FROM seen.subcontractor"
    assert seen(world, CALLERS["main contractor"], shown) == [(KORSKAER, "10000092")]
    for name in (
        "subcontractor",
        "contractor that left",
        "other job centre",
        "site",
        "auditor",
        "stranger",
        "operator",
    ):
        assert seen(world, CALLERS[name], shown) == []
    with seen_by(world.store.database, CALLERS["main contractor"], TODAY.replace(year=2014)) as connection:
        under_way = connection.execute(
            "SELECT placements_under_way, persons_under_way FROM seen.subcontractor"
        ).fetchall()
    started = [
        one
        for one in world.rows("state.placement")
        if one["contractor"] == "10000092" and one["started_on"] and one["started_on"] <= "2014-11-20"
    ]
    going = [one for one in started if not one["ended_on"] or one["ended_on"] >= "2014-11-20"]
    assert under_way == [(len(going), len({one["person"] for one in going}))]


def test_figures_show_kinds_merged(world: World) -> None:
    docs = seen(world, CALLERS["client"], "SELECT doc FROM seen.figure")
    kinds = set().union(*(doc["by_kind"] for doc in docs))
    assert kinds
    assert not kinds & {"wage_subsidy", "work_placement", "flex_job", "sheltered_job"}
    with pytest.raises(errors.InsufficientPrivilege):
        seen(world, CALLERS["client"], "SELECT doc FROM figures.figure")


@pytest.mark.parametrize("name", CALLERS)
def test_an_opening_tells_its_kind_to_those_who_know_the_person(world: World, name: str) -> None:
    who, told = CALLERS[name], {one["opening"]: one for one in world.rows("state.opening")}
    assert any(one["kind"] == "work_placement" for one in told.values())
    for doc in seen(world, who, "SELECT doc FROM seen.opening"):
        opening = told[doc["opening"]]
        relations = world.relations(who, world.subjects[opening["subject_no"]])
        knows = opening["contractor"] == who.organisation or bool(relations & {"secretariat", "job_centre"})
        tells_on = opening["kind"] in JOB_PLACEMENTS
        expected = opening["kind"] if knows or not tells_on else "jobforloeb"
        assert doc == {**opening["doc"], "kind": expected}
