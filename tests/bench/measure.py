"""One piece of work in a process of its own, so that its peak memory is its own."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Work = Callable[..., tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Measured:
    """How many events took how many seconds, and the most memory (bytes) that any one process held."""

    events: int
    seconds: float
    peak: int

    @property
    def per_second(self) -> float:
        """Events per second."""
        return self.events / self.seconds


def alone(work: Work, *arguments: Any, **options: Any) -> Measured:
    """Run `work` in a fresh process; it gives back events and seconds, so that it leaves out its own preparation."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, work, arguments, options))
    process.start()
    theirs.close()
    try:
        events, seconds, peak = ours.recv()
    except EOFError:
        raise RuntimeError(f"{work.__name__} failed; its error is above") from None
    finally:
        process.join()
    return Measured(events, seconds, peak)


def _run(pipe: Any, work: Work, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
    events, seconds = work(*arguments, **options)
    # Of processes it started itself, the largest that has ended by now.
    peaks = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    pipe.send((events, seconds, max(peaks) * 1024))


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What `work` gives back, and the seconds it took."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start
