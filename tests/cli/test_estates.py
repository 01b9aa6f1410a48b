"""The published results of Korskærparken and Rosenhøj come out of the real store, and would not by mere luck.

domain.md section 5. Each kind of turn the events take (a correction, a withdrawal, two ids of one person, one placement
told twice) is left out once: then the numbers must be wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from services.sample.estates import DATA
from services.store.current import BEGIN
from services.store.loading import current
from tests.cli.runner import Bygspor

KORSKAERPARKEN = {
    "ordinary_employment": 19,
    "wage_subsidy": 15,
    "work_placement": 36,
    "after_school_job": 1,
    "apprenticeship": 1,
    "course": 5,
}
ROSENHOEJ = {
    "ordinary_employment": 21,
    "wage_subsidy": 3,
    "work_placement": 1,
    "apprenticeship": 4,
    "after_school_job": 1,
    "flex_job": 1,
}
TABLES = {"korskaerparken": KORSKAERPARKEN, "rosenhoej": ROSENHOEJ}
PERSONS = {"korskaerparken": 44, "rosenhoej": 31}
END = ("--on", "2016-12-31")


def counted(bygspor: Bygspor, name: str) -> tuple[int, dict[str, int]]:
    """Persons under any of their ids, and placements by kind: from what `placements` lists as counting."""
    rows = [row for row in bygspor.json("placements", name, *END) if row["standing"] == "counts"]
    with bygspor.store() as store, store.database.transaction(BEGIN) as connection:
        roots = dict(connection.execute("SELECT person, root FROM state.person_link").fetchall())
    return len({roots.get(row["person"], row["person"]) for row in rows}), dict(Counter(row["kind"] for row in rows))


@pytest.mark.parametrize("name", TABLES)
def test_the_published_table_comes_out_of_the_list_of_placements(estates: Bygspor, name: str) -> None:
    assert counted(estates, name) == (PERSONS[name], TABLES[name])


def test_the_published_table_comes_out_of_the_figures(estates: Bygspor) -> None:
    figure = estates.json("explain", "korskaerparken", "forloeb", *END)
    assert (figure["delivered"], figure["fits"]["placements"], figure["fits"]["persons"]) == ("77", 77, 44)
    assert {kind: total["placements"] for kind, total in figure["by_kind"].items()} == KORSKAERPARKEN
    assert len(figure["placements"]) == 77
    jobs = estates.json("explain", "rosenhoej", "job", *END)
    assert (jobs["delivered"], list(jobs["by_kind"])) == ("21", ["ordinary_employment"])


def test_rosenhoej_has_41_residents_of_whom_31_have_one_placement_and_ten_have_none(estates: Bygspor) -> None:
    rows = [row for row in estates.json("placements", "rosenhoej", *END) if row["standing"] == "counts"]
    placed = Counter(row["person"] for row in rows)
    presented = residents(estates, "rosenhoej")
    assert set(placed.values()) == {1}
    assert (len(presented), len(placed), len(presented - placed.keys())) == (41, 31, 10)
    assert placed.keys() < presented


def residents(bygspor: Bygspor, name: str) -> set[str]:
    """Everybody who was presented to a contractor of the tender, once each."""
    tender = bygspor.json("tender", name, *END)["tender"]
    with bygspor.store() as store, store.database.transaction(BEGIN) as connection:
        roots = dict(connection.execute("SELECT person, root FROM state.person_link").fetchall())
        found = {one.person for one in current(store, connection, tender).candidates() if one.person}
    return {roots.get(person, person) for person in found}


LEFT_OUT = ["event.corrected", "event.withdrawn", "placement.matched", "person.same_as", "person.not_same_as"]


@pytest.mark.parametrize("name", TABLES)
def test_each_kind_of_turn_changes_the_numbers_and_only_all_of_them_make_them_right(
    bygspor: Bygspor, name: str
) -> None:
    """All goes in without the turns, which then come one kind after the other."""
    lines = (DATA / f"{name}.jsonl").read_bytes().splitlines()
    kinds = {line: json.loads(line)["type"].removeprefix("dk.bygspor.").removesuffix(".v1") for line in lines}
    turns = [kind for kind in LEFT_OUT if kind in kinds.values()]
    assert set(turns) >= {"event.corrected", "event.withdrawn", "placement.matched", "person.same_as"}
    seen: list[Any] = []
    for turn in ["", *turns]:
        bygspor.ingest(line for line in lines if kinds[line] == turn or (not turn and kinds[line] not in turns))
        seen.append([*counted(bygspor, name), len(residents(bygspor, name))])
    assert seen[-1][:2] == [PERSONS[name], TABLES[name]]
    assert all(before != after for before, after in pairwise(seen)), seen
    assert all(before != seen[-1] for before in seen[:-1]), seen


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("kind", ["event.corrected", "event.withdrawn", "placement.matched"])
def test_without_one_kind_of_turn_alone_the_table_is_wrong(bygspor: Bygspor, name: str, kind: str) -> None:
    lines = (DATA / f"{name}.jsonl").read_bytes().splitlines()
    bygspor.ingest(line for line in lines if f'"dk.bygspor.{kind}.v1"'.encode() not in line.split(b'"data"')[0])
    assert counted(bygspor, name) != (PERSONS[name], TABLES[name])


def test_sending_everything_twice_backwards_gives_the_same_table(bygspor: Bygspor) -> None:
    lines = (DATA / "korskaerparken.jsonl").read_bytes().splitlines()
    first = bygspor.ingest(lines[::-1])
    assert bygspor.ingest(lines)["duplicate"] == first["lines"] == len(lines)
    assert counted(bygspor, "korskaerparken") == (44, KORSKAERPARKEN)
