"""Kafka, PostgreSQL, the gateway and the workers on this machine: started in order, tended, stopped in order."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from deploy.kafka import ports
from deploy.kafka.broker import Broker
from deploy.stack.process import Process, Say
from deploy.stack.running import environment, run
from services.settings import DATA, DATABASE_URL, KAFKA, LISTEN, METRICS, Settings
from services.store.server import EmbeddedPostgres

PROGRAM = str(Path(sys.executable).with_name("bygspor"))
GATEWAY: Sequence[str] = ("serve",)
WORKER: Sequence[str] = ("worker",)
TOPICS: Sequence[str] = ("topics", "apply")
WORKERS = 2

# What a worker or the gateway takes to finish what it has begun, and some more.
_STOPS_WITHIN = 40.0


class Failed(Exception):
    """The stack cannot be had, in a sentence."""


def command(settings: Mapping[str, str], log: Path, *words: str) -> bytes:
    """What a command of BygSpor answers, run with these settings. Raises Failed where it fails."""
    code, answer = run([PROGRAM, *words], settings, log)
    if code:
        text = answer.decode(errors="replace")
        raise Failed(f"bygspor {' '.join(words)} ended with exit code {code}; {log} may say why\n{text}")
    return answer


def _locked(file: Path) -> IO[bytes]:
    """The lock of a folder, held as long as it is open; a second stack in the same folder would ruin the first."""
    opened = file.open("ab")
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        opened.close()
        raise Failed(f"a stack runs in {file.parent} already; stop it, or take another --home") from None
    return opened


def _broker(home: Path) -> Broker:
    """Kafka in its folder, on other ports than last time where somebody has taken those."""
    if any(one.taken for one in ports.recorded(home)):
        ports.choose(home, 1)
    return Broker(home)


class Stack:
    """The whole set-up in a folder. `settings` are what a command needs in its environment to work with it.

    `database_url` is there once PostgreSQL is.
    """

    def __init__(self, home: Path, said: Settings, say: Say) -> None:
        """Start nothing. Where `said` names a database, that one is used and never stopped."""
        self.home, self._say = home, say
        self.logs = home / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        # The user that PostgreSQL runs as, where we are root, has to get to its data below.
        home.chmod(0o711)
        self.postgres = None if said.database_url else EmbeddedPostgres(home / "data")
        self._lock = _locked(home / "lock")
        self.broker = _broker(home / "kafka")
        self.settings = {DATA.name: str(home / "data"), KAFKA.name: self.broker.servers}
        if said.database_url:
            self.settings[DATABASE_URL.name] = said.database_url
        self.own = Settings.from_environment(self.settings)
        self.database_url = said.database_url or ""
        port = said.listen[1]
        self.gateway = self._process("gateway", GATEWAY, (LISTEN.name, port))
        self.workers = [
            self._process(f"worker-{no}", WORKER, (METRICS.name, port + no)) for no in range(1, WORKERS + 1)
        ]

    @property
    def url(self) -> str:
        """Where the gateway is, or will be."""
        return f"http://{self.gateway.address}"

    @property
    def processes(self) -> Sequence[Process]:
        """What is kept running."""
        return (self.gateway, *self.workers)

    def start_kafka(self) -> None:
        """Kafka, answering."""
        self._say("Kafka: starting ...")
        self.broker.start()
        self._say(f"Kafka: answers at {self.broker.servers} (log: {self.broker.nodes[0].log})")

    def start_postgres(self) -> None:
        """PostgreSQL, answering."""
        if self.postgres is None:
            self._say(f"PostgreSQL: the one of {DATABASE_URL.name}")
            return
        self._say("PostgreSQL: starting ...")
        self.database_url = self.postgres.start()
        self._say(f"PostgreSQL: answers (data: {self.postgres.data_dir})")

    def make_topics(self) -> None:
        """The topics as they are described."""
        self._say(f"Topics: bygspor {' '.join(TOPICS)}")
        self.run(*TOPICS)

    def run(self, *words: str) -> bytes:
        """What a command of BygSpor answers, run on this stack. Raises Failed where it fails."""
        return command(self.settings, self.logs / "commands.log", *words)

    def start_programs(self) -> None:
        """Gateway and workers."""
        for process in self.processes:
            process.start(self._taken(process))
            self._say(
                f"{process.name}: bygspor {' '.join(process.command[1:])}, pid {process.pid} (log: {process.log})"
            )

    def tend(self) -> None:
        """Start again what has died and is due."""
        for process in self.processes:
            process.tend(self._say, self._taken(process))

    def stop_programs(self) -> None:
        """The gateway, so that nothing comes in any more, then the workers, all at once."""
        for group in ([self.gateway], self.workers):
            for process in group:
                process.stop(self._say)
            for process in group:
                if not process.wait(_STOPS_WITHIN):
                    self._say(f"{process.name}: did not stop within {_STOPS_WITHIN:g} s and was killed")

    def stop(self) -> None:
        """Everything, in an order in which nobody misses what it works with."""
        self.stop_programs()
        self._say("Kafka: stopping ...")
        self.broker.stop()
        if self.postgres is not None:
            self._say("PostgreSQL: stopping ...")
            self.postgres.stop()
        self._say("Everything is stopped.")

    def kill(self) -> None:
        """Everything at once, as a power cut would. PostgreSQL is stopped by a program that goes on when we have ended.

        Called amid anything: we may be just starting PostgreSQL, and then hold its lock until we end.
        """
        for process in self.processes:
            process.kill()
        self.broker.kill()
        if self.postgres is not None:
            subprocess.Popen(
                [PROGRAM, "db", "stop"],
                env=environment(self.settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _process(self, name: str, command: Sequence[str], listens: tuple[str, int]) -> Process:
        return Process(name, (PROGRAM, *command), self.settings, listens, self.logs / f"{name}.log")

    def _taken(self, by_others_than: Process) -> list[int]:
        """Ports that are meant for others here, who may not listen yet."""
        return [other.port for other in self.processes if other is not by_others_than]
