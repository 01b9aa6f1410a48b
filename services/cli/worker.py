"""`worker`: take in what comes over Kafka, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

import typer

from services import logs
from services.cli.options import Lang
from services.cli.session import Session
from services.metrics import WorkerMetrics, listen
from services.store.pace import in_bulk
from services.wiring import open_worker

if TYPE_CHECKING:
    from services.stream.keeping import KeeperProcess
    from services.stream.running import Worker


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)


def worker(lang: Lang = None) -> None:
    """Take in the events that come over Kafka (BYGSPOR_KAFKA). Ctrl-C or SIGTERM stops it; nothing is lost or doubled.

    Any number may run at once, on one machine or many; they share the topics' partitions among them.
    """
    session, metrics = Session(lang), WorkerMetrics()
    logs.to_standard_error()
    with session.store(create=True) as store, contextlib.ExitStack() as stack:
        made, keeper = open_worker(session.settings, store, metrics)
        made.tell = lambda error: _tell(session, away=error is not None)
        if session.settings.metrics:
            stack.enter_context(listen(metrics.registry, *session.settings.metrics))
        session.err.print(
            session.say("Arbejder. Stop med Ctrl-C.", "Working. Stop with Ctrl-C."), markup=False, highlight=False
        )
        # Looking for cycles among the events of a batch as often as usual costs a third of the worker's time.
        with in_bulk():
            asyncio.run(_run(made, keeper))
        session.err.print(session.say("Stoppet.", "Stopped."), markup=False, highlight=False)


def _tell(session: Session, *, away: bool) -> None:
    servers = ", ".join(session.kafka().servers)
    da, en = f"Kafka svarer igen på {servers}.", f"Kafka answers again at {servers}."
    if away:
        da = f"Kafka svarer ikke på {servers}; arbejderen bliver ved med at prøve."
        en = f"Kafka does not answer at {servers}; the worker goes on trying."
    session.err.print(session.say(da, en), markup=False, highlight=False)


async def _run(made: Worker, keeper: KeeperProcess) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, made.stop)
    keeper.start()
    try:
        await made.run()
    finally:
        await asyncio.to_thread(keeper.stop)
