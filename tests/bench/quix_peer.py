"""The same topic through quixstreams: events per tender and type counted, hours summed per placement.

`uv run --isolated --no-project --with quixstreams ... python -P tests/bench/quix_peer.py '{...}'` prints JSON. It has
an environment of its own, since quixstreams wants another pydantic, so it knows nothing of this project.

Chosen in its favour: counts and sums are in its own state store (RocksDB, with its changelog topic), and at each
checkpoint, every second, the last figure of each key goes into one keyed table of PostgreSQL, in one transaction.

- `each` is written as its documentation does: every event reads and writes the state.
- `record` does so once for each key of a record.
- `deduped` is `record`, and keeps every event's identity in the state store to pass over what it has seen. Without
  that its sums are wrong on this very topic, and after every crash.

What none of them does and we do: check what an event holds, keep it in a log that answers what was known when, take
revisions, corrections and withdrawals as what they are, know a second body under one identity, keep what is refused
with its reasons, link persons, and compute targets, deadlines and findings as of a day.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from quixstreams import Application, State
from quixstreams.sinks import BatchingSink, SinkBatch

_TABLE = """
CREATE TABLE IF NOT EXISTS quix_figure
(tender text, what text, name text, amount double precision, PRIMARY KEY (tender, what, name))"""
_UPSERT = """
INSERT INTO quix_figure VALUES (%s, %s, %s, %s)
ON CONFLICT (tender, what, name) DO UPDATE SET amount = excluded.amount"""
_COMMIT_SECONDS = 1.0


class Figures(BatchingSink):  # type: ignore[misc]  # where this is checked, there is no quixstreams
    """The figures that changed since the last checkpoint, each once."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._connection = psycopg.connect(url)
        self._connection.execute(_TABLE)
        self._connection.commit()

    def write(self, batch: SinkBatch) -> None:
        last = {(item.key, *item.value[:2]): item.value[2] for item in batch}
        with self._connection.cursor() as cursor:
            cursor.executemany(_UPSERT, [(*key, amount) for key, amount in sorted(last.items())])
        self._connection.commit()


class Tally:
    """Counts and sums in the state store."""

    def __init__(self, app: Application, events: int, *, deduped: bool) -> None:
        self._app, self._left, self._deduped = app, events, deduped
        self.began = 0.0

    def __call__(self, events: list[dict[str, Any]], state: State) -> list[tuple[str, str, float]]:
        """The figures of a tender that a record changed."""
        self.began = self.began or time.perf_counter()
        self._left -= len(events)
        if not self._left:
            self._app.stop()
        changes: Counter[tuple[str, str]] = Counter()
        for event in events:
            if self._deduped and self._is_known(event, state):
                continue
            changes["events", event["type"]] += 1
            data = event["data"]
            if "hours" in data and "placement" in data:
                changes["hours", data["placement"]] += data["hours"]
        figures = []
        for (what, name), more in changes.items():
            key = f"{what} {name}"
            amount = (state.get(key) or 0) + more
            state.set(key, amount)
            figures.append((what, name, amount))
        return figures

    @staticmethod
    def _is_known(event: dict[str, Any], state: State) -> bool:
        key = f"seen {event['source']} {event['id']}"
        if state.exists(key):
            return True
        state.set(key, 1)
        return False


def main(source: tuple[str, str], url: str, *, folder: str, events: int, how: str) -> None:
    """Read the whole topic once, and print how long it took from the first record to the last checkpoint."""
    servers, topic = source
    app = Application(
        servers,
        consumer_group=f"quix-{how}-{time.time_ns()}",
        auto_offset_reset="earliest",
        commit_interval=_COMMIT_SECONDS,
        state_dir=Path(folder) / how,
        loglevel="WARNING",
    )
    tally = Tally(app, events, deduped=how == "deduped")
    records = app.dataframe(app.topic(topic, key_deserializer="str", value_deserializer="json"))
    if how == "each":
        records = records.apply(lambda record: [[event] for event in record], expand=True)
    records.apply(tally, stateful=True, expand=True).sink(Figures(url))
    app.run()
    seconds = time.perf_counter() - tally.began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"events": events, "seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
