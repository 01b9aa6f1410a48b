"""Workers as processes, as an operator runs them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from services.settings import Kafka

_ENDS_WITHIN_SECONDS = 30


def environment(kafka: Kafka, database_url: str, data: Path) -> dict[str, str]:
    """The settings of an installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BYGSPOR_")}
    return kept | {
        "BYGSPOR_DATA": str(data),
        "BYGSPOR_DATABASE_URL": database_url,
        "BYGSPOR_KAFKA": ",".join(kafka.servers),
        "BYGSPOR_KAFKA_PREFIX": kafka.prefix,
    }


@contextlib.contextmanager
def workers(number: int, kafka: Kafka, database_url: str, data: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, stopped afterwards as a service manager stops them; each must then say that all was well."""
    command = [sys.executable, "-c", "from services.cli import main; main()", "worker"]
    surroundings = environment(kafka, database_url, data)
    with contextlib.ExitStack() as stack:
        said = [stack.enter_context((data / f"worker-{n}.log").open("wb")) for n in range(number)]
        started = [subprocess.Popen(command, env=surroundings, stderr=one, stdout=one) for one in said]
        try:
            yield started
            assert [one.poll() for one in started] == [None] * number, "a worker ended by itself"
        finally:
            for one in started:
                one.send_signal(signal.SIGTERM)
            codes = [one.wait(_ENDS_WITHIN_SECONDS) for one in started]
    assert codes == [0] * number, [path.read_text() for path in sorted(data.glob("worker-*.log"))]
