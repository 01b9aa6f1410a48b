"""The event that the README shows is one that works as it stands: a placement of the sample tender that counts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from schemas.codec import Waiting, decode
from schemas.envelope import Event
from services.domain.assessment import assess
from services.domain.replay import Replay
from services.sample.estates import lines

SHOWN = re.search(r"```json\n(.*?)```", (Path(__file__).parents[2] / "README.md").read_text(), re.DOTALL)
ON = date(2026, 11, 20)


def figures(raws: list[bytes]) -> dict[str, int]:
    events = [event for event in map(decode, raws) if not isinstance(event, Waiting)]
    assessment = assess(Replay("10000270:havnegade", events), ON)
    return {figure.target: figure.fits.persons for figure in assessment.figures}


def test_the_readme_s_event_moves_the_figures_of_the_sample() -> None:
    assert SHOWN is not None
    event = decode(SHOWN[1].encode())
    assert isinstance(event, Event)
    told = list(lines("havnegade"))
    before, after = figures(told), figures([*told, SHOWN[1].encode()])
    apprentices = "10000270:havnegade/laerlinge-foer-nytaar"
    assert after[apprentices] == before[apprentices] + 1, before
