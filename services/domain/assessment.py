"""One pass over a tender: its figures and its findings on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.domain.amendments import Standing
from services.domain.candidates import Candidate
from services.domain.courses import Course
from services.domain.figures import Figure, Reckoning
from services.domain.findings import Finding
from services.domain.frame import Frame
from services.domain.hours import Period
from services.domain.site import Action, Meeting, Opening
from services.domain.ties import Ties
from services.domain.watch import Watch


class TenderSource(Protocol):
    """All state that bears on one tender, wherever it comes from: stored, or refolded as known on an earlier day."""

    def frame(self) -> Frame:
        """What frames the tender."""
        ...

    def ties(self) -> Ties:
        """Which placements are one."""
        ...

    def people(self) -> Iterable[Sequence[Course]]:
        """All courses, those of one person together, in order of the person; placements without a person alone."""
        ...

    def site_hours(self) -> Sequence[Period]:
        """The periods of site hours."""
        ...

    def openings(self) -> Sequence[Opening]:
        """The openings, by id."""
        ...

    def meetings(self) -> Sequence[Meeting]:
        """The site meetings, by id."""
        ...

    def actions(self) -> Sequence[Action]:
        """The actions, by id."""
        ...

    def candidates(self) -> Sequence[Candidate]:
        """The candidates that were presented for an opening of the tender, by id."""
        ...

    def amendments(self) -> Sequence[Standing]:
        """How the tender's corrections and withdrawals stand."""
        ...


@dataclass(frozen=True)
class Assessment:
    """What is to be said of a tender on a day."""

    on: date
    figures: Sequence[Figure]
    findings: Sequence[Finding]


def assess(source: TenderSource, on: date, detailed: str | None = None) -> Assessment:
    """The figures and the findings of a tender on a day; its people are gone through once, in flat memory.

    Of the target that is `detailed` the figure names each placement behind it.
    """
    frame, site_hours = source.frame(), source.site_hours()
    reckoning = Reckoning(frame, source.ties(), site_hours, on, detailed)
    watch = Watch(frame, reckoning.due, on)
    for person in source.people():
        watch.add(reckoning.add(person))
    findings = watch.findings(site_hours, source.actions(), source.amendments())
    return Assessment(on, reckoning.figures(), findings)
