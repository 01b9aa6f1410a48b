"""A long file taken in by several processes comes to the same as by one, and a lost process is said, not hidden."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest

from services.errors import DatabaseUnavailable
from services.sample.faulty import faulty
from services.sample.portfolio import portfolio
from services.store.crew import intake_by_crew, take_in
from services.store.intake import Line, Report, intake
from services.store.store import Store
from tests.store.told import state


def lines(raws: list[bytes]) -> list[Line]:
    return [Line("a.jsonl", number, raw) for number, raw in enumerate(raws, start=1)]


@pytest.fixture(scope="module")
def told() -> list[bytes]:
    spoiled, _ = faulty(300, 40, 7)
    return [*portfolio(12, 1, 5), b"", *spoiled, b"\xff", b"{"]


def test_two_processes_come_to_the_same_as_one(store: Store, told: list[bytes]) -> None:
    by_crew = intake_by_crew(store.url, lines(told))
    assert by_crew.lines == len(told) == by_crew.blank + by_crew.new + by_crew.duplicate + by_crew.rejected
    crewed, kept = state(store), [(one.line, one.faults) for one in store.rejected()]
    again = intake(store, lines(told))
    assert again.new == 0
    assert (again.rejected, again.blank) == (by_crew.rejected, by_crew.blank)
    assert state(store) == crewed
    assert [(one.line, one.faults) for one in store.rejected()] == kept
    assert all(check.ok for check in store.verify())


def test_a_short_file_starts_no_process(store: Store, told: list[bytes]) -> None:
    seen: list[int] = []

    def watched() -> Iterator[Line]:
        for line in lines(told[:200]):
            seen.append(len(multiprocessing.active_children()))
            yield line

    report = take_in(store, watched(), 1_000, lambda _: None)
    assert report.lines == 200
    assert set(seen) == {0}


def test_a_process_that_is_killed_is_told_and_the_same_again_is_whole(store: Store, told: list[bytes]) -> None:
    def killing() -> Iterator[Line]:
        for number, line in enumerate(lines(told)):
            if number == 500:
                for child in multiprocessing.active_children():
                    os.kill(child.pid or 0, signal.SIGKILL)
            yield line

    with pytest.raises(DatabaseUnavailable, match="ended unexpectedly"):
        intake_by_crew(store.url, killing())
    report = intake_by_crew(store.url, lines(told))
    assert report.lines == len(told)
    assert all(check.ok for check in store.verify())


def test_what_a_process_raises_is_raised_here(told: list[bytes]) -> None:
    with pytest.raises(DatabaseUnavailable):
        intake_by_crew("postgresql://nobody@127.0.0.1:1/nothing", lines(told[:10]))


def test_reports_add_up() -> None:
    one, other = Report(lines=3, new=2, duplicate=1, position=7), Report(lines=2, rejected=2, conflict=1)
    assert one + other == Report(lines=5, new=2, duplicate=1, rejected=2, conflict=1, position=7)
