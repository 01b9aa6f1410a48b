"""Where a candidate stands between being found and being placed (domain.md section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from schemas.identifiers import organisation_of
from schemas.job_centre import (
    CandidateAccepted,
    CandidateAssessed,
    CandidateDeclined,
    CandidateIdentified,
    CandidateInterviewed,
    CandidatePresented,
    ConsentGiven,
    ConsentWithdrawn,
    MatchFact,
)
from schemas.vocabulary import AgeBand, Assessment, Trade, YesNoUnknown
from services.domain.amendments import AnyEvent


class Stage(IntEnum):
    """How far a candidate has come with one opening; on one day the further one holds."""

    PRESENTED = 1
    INTERVIEWED = 2
    DECLINED = 3
    ACCEPTED = 4


_STAGES: dict[type[MatchFact], tuple[Stage, str]] = {
    CandidatePresented: (Stage.PRESENTED, "presented_on"),
    CandidateInterviewed: (Stage.INTERVIEWED, "interviewed_on"),
    CandidateDeclined: (Stage.DECLINED, "declined_on"),
    CandidateAccepted: (Stage.ACCEPTED, "accepted_on"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What happened between a candidate and an opening on a day."""

    on: date
    stage: Stage
    tender: str
    opening: str
    contractor: str
    placement: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate. `consent_until` is the last day on which any consent holds, None where there is none.

    `consents` names whom the candidate may be told of, each until its last day. `told_by` is who found the candidate:
    where several say so, whoever gave it its id, if that is among them.
    """

    candidate: str
    person: str | None
    linking_circle: str | None
    identified_on: date | None
    age_band: AgeBand | None
    resident: YesNoUnknown
    trades: tuple[Trade, ...]
    assessments: tuple[tuple[date, Assessment], ...]
    steps: tuple[Step, ...]
    consent_until: date | None
    consents: tuple[tuple[str, date], ...]
    told_by: tuple[str, ...]

    def ready(self, on: date) -> bool:
        """Whether the candidate was last assessed as ready and has not been accepted anywhere by a day."""
        assessed = [result for day, result in self.assessments if day <= on]
        accepted = any(step.stage is Stage.ACCEPTED and step.on <= on for step in self.steps)
        return bool(assessed) and assessed[-1] is Assessment.READY and not accepted

    def may_be_shown(self, organisation: str, on: date) -> bool:
        """Whether a consent that holds on a day names an organisation: before that it is told nothing."""
        return any(named == organisation and on <= until for named, until in self.consents)


def fold_candidate(candidate: str, events: Iterable[AnyEvent]) -> tuple[Candidate, ...]:
    """The candidate, or nothing where nothing of it holds any more."""
    told = sorted(events, key=lambda e: (e.source, e.id))
    if not told:
        return ()
    identified = next((e.data for e in told if isinstance(e.data, CandidateIdentified)), None)
    assessed = ((e.data.assessed_on, e.data.result) for e in told if isinstance(e.data, CandidateAssessed))
    steps = (_step(e.data) for e in told if isinstance(e.data, MatchFact))
    return (
        Candidate(
            candidate=candidate,
            person=identified.person if identified else None,
            linking_circle=identified.linking_circle if identified else None,
            identified_on=identified.identified_on if identified else None,
            age_band=identified.age_band if identified else None,
            resident=identified.resident if identified else YesNoUnknown.UNKNOWN,
            trades=identified.trades if identified else (),
            assessments=tuple(sorted(assessed)),
            steps=tuple(sorted(steps, key=lambda s: (s.on, s.stage, s.tender, s.opening, s.placement or ""))),
            consent_until=max((consent.expires_on for consent in _consents(told)), default=None),
            consents=_consented(_consents(told)),
            told_by=_told_by(candidate, told),
        ),
    )


def _step(data: MatchFact) -> Step:
    stage, field = _STAGES[type(data)]
    placement = data.placement if isinstance(data, CandidateAccepted) else None
    return Step(getattr(data, field), stage, data.tender, data.opening, data.contractor, placement)


def _consents(told: Iterable[AnyEvent]) -> list[ConsentGiven]:
    """The consents that hold: those given since the last withdrawal."""
    given, withdrawn = [], date.min
    for event in told:
        if isinstance(event.data, ConsentGiven):
            given.append(event.data)
        elif isinstance(event.data, ConsentWithdrawn):
            withdrawn = max(withdrawn, event.data.withdrawn_on)
    return [consent for consent in given if consent.given_on > withdrawn]


def _consented(consents: Iterable[ConsentGiven]) -> tuple[tuple[str, date], ...]:
    until: dict[str, date] = {}
    for consent in consents:
        for organisation in consent.to:
            until[organisation] = max(until.get(organisation, consent.expires_on), consent.expires_on)
    return tuple(sorted(until.items()))


def _told_by(candidate: str, told: Iterable[AnyEvent]) -> tuple[str, ...]:
    tellers = {e.data.on_behalf_of or e.organisation for e in told if isinstance(e.data, CandidateIdentified)}
    minter = {organisation_of(candidate)}
    return tuple(sorted(tellers & minter or tellers))
