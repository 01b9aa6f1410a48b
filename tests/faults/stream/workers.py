"""Workers as processes that start fast, tell how far they are, and can be killed, paused and stopped."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.settings import Kafka
from tests.faults.zygote import Zygote
from tests.waiting import until

WATCHED = "tests.faults.stream.watched"
# A stop may take what Faust is given for it (STOPS_WITHIN_SECONDS), the batch at hand, and the keeper's tender.
ENDS_WITHIN = 40.0


@dataclass(frozen=True, slots=True)
class Running:
    """One worker process, what it said, and what was seen of it."""

    process: int
    said: Path
    seen: Path

    def batches(self) -> list[dict[str, int]]:
        """What it wrote down of its batches."""
        return [json.loads(line) for line in self.seen.read_bytes().splitlines()]

    def where(self) -> str:
        """Where it is now, or was when it ended."""
        batches = self.batches()
        if not batches:
            return "before its work" if b'"reading"' not in self.said.read_bytes() else "before its first batch"
        return "in a batch" if "begins" in batches[-1] else "after a batch"

    def lines(self, event: str) -> int:
        """How often it logged something."""
        return self.said.read_text().count(f'"event": "{event}"')


class Workers:
    """The workers of one group, on one database."""

    def __init__(self, zygote: Zygote, kafka: Kafka, url: str, folder: Path, session_seconds: float = 2.0) -> None:
        folder.mkdir(exist_ok=True)
        self._zygote, self._folder, self._session = zygote, folder, session_seconds
        self._environ = {
            "BYGSPOR_DATA": str(folder),
            "BYGSPOR_DATABASE_URL": url,
            "BYGSPOR_KAFKA": ",".join(kafka.servers),
            "BYGSPOR_KAFKA_PREFIX": kafka.prefix,
            "COLUMNS": "300",
        }
        self._numbers = itertools.count()
        self.running: list[Running] = []
        self.all: list[Running] = []

    def start(self, **watched: float) -> Running:
        """One more, as `watched.watch` has it."""
        number = next(self._numbers)
        said, seen = self._folder / f"worker-{number}.log", self._folder / f"worker-{number}.seen"
        said.touch()
        seen.touch()
        first = (WATCHED, "watch", {"seen": str(seen), "session_seconds": self._session, **watched})
        one = Running(self._zygote.start("worker", environ=self._environ, said=said, first=first), said, seen)
        self.running.append(one)
        self.all.append(one)
        return one

    def kill(self, one: Running) -> str:
        """End it where it is, which is told. It must not have ended by itself."""
        self.signal(one, signal.SIGKILL)
        self.running.remove(one)
        assert self._zygote.status(one.process, ENDS_WITHIN) == -signal.SIGKILL, one.said.read_text()[-3000:]
        return one.where()

    def stop(self, *which: Running) -> float:
        """Ask them (all, unless named) to end in good order; after how many seconds the last of them did."""
        asked = which or tuple(self.running)
        began = time.monotonic()
        for one in asked:
            self.signal(one, signal.SIGTERM)
        for one in asked:
            self.running.remove(one)
            assert self._end_of(one) == 0, one.said.read_text()[-3000:]
        return time.monotonic() - began

    def signal(self, one: Running, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(one.process, number)

    def until_reading(self, one: Running, within: float = 60.0) -> None:
        """Wait until it is a member of the group."""
        until(lambda: one.lines("reading"), within, what="reading")

    def until_working(self, one: Running, within: float = 60.0) -> None:
        """Wait until it has committed a batch."""
        until(lambda: self.taken(one), within, what="committing")

    def until_more(self, one: Running, within: float = 60.0) -> None:
        """Wait until it has committed another batch."""
        far = self.taken(one)
        until(lambda: self.taken(one) > far, within, what="committing more")

    def taken(self, one: Running) -> int:
        """How many batches it has committed."""
        return sum("took" in batch for batch in one.batches())

    def counted(self) -> Counter[str]:
        """What all of them did together: batches, records taken, and those of them that were known already."""
        total: Counter[str] = Counter()
        for one in self.all:
            for batch in one.batches():
                total.update(batch)
        return total

    def _end_of(self, one: Running) -> int:
        """Its exit code, or minus the signal that ended it; where it does not end, where it hangs is told."""
        try:
            return self._zygote.status(one.process, ENDS_WITHIN)
        except AssertionError:
            self.signal(one, signal.SIGUSR1)
            time.sleep(0.5)
            self.signal(one, signal.SIGKILL)
            raise AssertionError(one.said.read_text()[-6000:]) from None

    def end(self) -> None:
        """Whatever still runs is killed: for the end of a test that failed."""
        for one in list(self.running):
            self.kill(one)
