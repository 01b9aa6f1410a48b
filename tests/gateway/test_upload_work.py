"""The work on uploads: what begins while other work on the same upload is at its end is done, too."""

from __future__ import annotations

import threading

from services.gateway.uploads.work import Work


def test_work_that_begins_at_the_end_of_other_work_is_done() -> None:
    work, done = Work(lambda: None), threading.Event()
    work.begin("an upload", lambda: work.begin("an upload", done.set))
    assert done.wait(30)
    work.stop()
