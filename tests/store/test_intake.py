"""Files into the store: counts add up, bad lines are kept, and a kill at any moment loses and doubles nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.errors import DatabaseUnavailable
from services.sample.portfolio import portfolio
from services.store.batches import Applied, Decoded, Refused
from services.store.intake import Line, Report, intake
from services.store.store import Store
from tests.store.told import ask, empty, hours, in_lots, raw, read_all, state

INTAKE = """
import sys
from services.store.intake import Line, intake
from services.store.store import Store
print("ready", flush=True)
with open(sys.argv[2], "rb") as file:
    lines = (Line("file", number, raw) for number, raw in enumerate(file, 1))
    intake(Store(sys.argv[1]), lines, batch_events=150)
"""


def lines(*raws: bytes, origin: str = "a.jsonl") -> list[Line]:
    return [Line(origin, number, one) for number, one in enumerate(raws, start=1)]


def adds_up(report: Report) -> bool:
    return report.lines == report.blank + report.new + report.duplicate + report.rejected


def test_the_counts_add_up_and_every_bad_line_is_kept(store: Store) -> None:
    later = raw({**hours("v9", 1), "type": "dk.bygspor.hours.reported.v9"})
    given = lines(
        raw(hours("h1", 10)) + b"\r\n", b"", b"  \n", raw(hours("h1", 10)), raw(hours("h1", 11)), b"{", b"[]", b"\xff",
        b'{"type": "\\u0000"}', raw(hours("010203-1234", 10)), later,
    )  # fmt: skip
    seen: list[Report] = []
    report = intake(store, given, seen.append, batch_events=4)
    assert adds_up(report)
    assert report == Report(lines=11, blank=2, new=2, duplicate=1, rejected=6, conflict=1, waiting=1, position=2)
    assert seen[-1] == report
    assert len(seen) == 3
    kept = store.rejected()
    assert [one.line for one in kept] == [5, 6, 7, 8, 9, 10]
    assert all(one.faults and b"010203" not in one.payload for one in kept)
    assert ask(store, "SELECT body FROM log.event WHERE id = 'h1'") == [raw(hours("h1", 10))]


def test_the_same_file_again_is_all_duplicates_and_keeps_no_line_twice(store: Store) -> None:
    given = lines(*portfolio(1, 1, 3), b"bad", b"bad", b"worse")
    first = intake(store, given)
    again = intake(store, given)
    assert adds_up(first)
    assert (again.new, again.duplicate, again.rejected) == (0, first.new + first.duplicate, first.rejected)
    assert again.position is None
    assert [one.times for one in store.rejected() if one.payload == b"bad"] == [4]


def test_no_lines_are_an_empty_report(store: Store) -> None:
    assert intake(store, []) == Report()
    assert intake(store, lines(b"")) == Report(lines=1, blank=1)


def test_what_goes_wrong_with_the_lines_is_raised_and_what_came_before_is_kept(store: Store) -> None:
    def breaks() -> Iterator[Line]:
        yield from lines(raw(hours("h1", 10, 1)), raw(hours("h2", 10, 2)))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        intake(store, breaks(), batch_events=1)
    assert ask(store, "SELECT count(*) FROM log.event") == [2]


def test_what_goes_wrong_with_the_store_is_raised_and_the_thread_ends() -> None:
    class Broken:
        def apply(self, batch: object, refused: object) -> Applied:
            raise DatabaseUnavailable("database.unavailable", "gone", retriable=True)

    endless = (Line("a", number, raw(hours(f"h{number}", 1))) for number in range(10**9))
    with pytest.raises(DatabaseUnavailable):
        intake(Broken(), endless, batch_events=10)


def test_long_lines_make_small_batches() -> None:
    sizes: list[int] = []

    class Sizes:
        def apply(self, batch: list[Decoded], refused: list[Refused]) -> Applied:
            sizes.append(sum(len(item.raw) for item in refused))
            return Applied((), None)

    given = (Line("a", number, b"x" * 3_000_000) for number in range(9))
    assert adds_up(intake(Sizes(), given))  # type: ignore[arg-type]
    assert max(sizes) < 12_000_000


def test_killed_at_random_moments_and_run_again_each_event_is_there_once(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    raws = list(portfolio(3, 2, 5))
    for lot in in_lots(raws, 1000):
        store.apply(read_all(lot))
    expected, events = state(store), ask(store, "SELECT count(*) FROM log.event")
    empty(store)
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join([*raws, b"bad"]))
    moments = random.Random(5)  # noqa: S311
    command = [sys.executable, "-c", INTAKE, database_url, str(file)]
    codes = []
    for _ in range(5):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                codes.append(process.wait(moments.uniform(0.05, 0.6)))
            except subprocess.TimeoutExpired:
                process.kill()
                codes.append(process.wait())
    assert -signal.SIGKILL in codes
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert ask(store, "SELECT count(*) FROM log.event") == events
    assert state(store) == expected
    assert [one.payload for one in store.rejected()] == [b"bad"]
    assert [check for check in store.verify() if not check.ok] == []
