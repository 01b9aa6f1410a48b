"""Faulty files: every line is sound or has exactly the fault that is told of it, and each fault can be mended."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from schemas.codec import decode
from schemas.faults import InvalidEventError, known_codes
from services.sample.fault_kinds import KINDS
from services.sample.faulty import faulty, mended

LINES, FAULTS, SEED = 2_000, 80, 7


def refused(line: bytes) -> list[tuple[str, str]]:
    try:
        decode(line)
    except InvalidEventError as error:
        return [(fault.field, fault.code) for fault in error.faults]
    return []


def test_every_line_is_sound_or_has_exactly_the_fault_that_is_told_of_it() -> None:
    lines, expected = faulty(LINES, FAULTS, SEED)
    assert (len(lines), len(expected)) == (LINES, FAULTS)
    found = [(number, *fault) for number, line in enumerate(lines, 1) for fault in refused(line)]
    assert found == expected


def test_there_are_twenty_kinds_and_all_of_them_occur() -> None:
    assert len(KINDS) == 20
    told = {(fault.field, fault.code) for variants in KINDS for fault in variants}
    assert {(field, code) for _, field, code in faulty(LINES, FAULTS, SEED)[1]} == told
    assert {code for _, code in told} <= known_codes()


def test_the_faults_are_spread_evenly() -> None:
    numbers = [number for number, _, _ in faulty(LINES, FAULTS, SEED)[1]]
    gaps = [after - before for before, after in pairwise(numbers)]
    assert set(gaps) == {LINES // FAULTS}


def test_a_mended_line_is_the_event_that_was_meant_and_no_event_is_there_twice() -> None:
    lines, expected = faulty(LINES, FAULTS, SEED)
    right = mended(LINES, FAULTS, SEED)
    assert list(right) == [number for number, _, _ in expected]
    assert not any(refused(line) for line in right.values())
    sound = [line for number, line in enumerate(lines, 1) if number not in right] + list(right.values())
    bodies = [msgspec.json.decode(line) for line in sound]
    assert len({(body["source"], body["id"]) for body in bodies}) == LINES


def test_the_same_seed_gives_the_same_file() -> None:
    assert faulty(300, 20, 1) == faulty(300, 20, 1)
    assert faulty(300, 20, 1) != faulty(300, 20, 2)


@pytest.mark.parametrize(("lines", "faults"), [(0, 0), (20, 0), (20, 20), (10_000, 200)])
def test_any_number_of_lines_may_be_faulty(lines: int, faults: int) -> None:
    file, expected = faulty(lines, faults, SEED)
    assert (len(file), len(expected)) == (lines, faults)


def test_more_faults_than_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="all of them"):
        faulty(3, 4, SEED)
