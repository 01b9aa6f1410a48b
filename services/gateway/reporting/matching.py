"""How far a candidate has come, as the reader may know it, and the steps that can come next (domain.md section 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from schemas.vocabulary import Assessment, Language
from services.domain.candidates import Candidate, Stage, Step
from services.domain.rights import Caller, Kind
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.forms import ReportForm
from services.sheets.outcomes import Text
from services.store.vault import Vault

_STAGES = {
    Stage.PRESENTED: Text("Præsenteret", "Presented"),
    Stage.INTERVIEWED: Text("Til samtale", "Interviewed"),
    Stage.DECLINED: Text("Blev ikke til noget", "Came to nothing"),
    Stage.ACCEPTED: Text("Har fået pladsen", "Got the place"),
}
_NEW = Text("Fundet", "Found")
_STEPS = ("assessed", "consent", "presented", "interviewed", "accepted", "declined", "consent-withdrawn")
_AFTER_PRESENTATION = frozenset({"interviewed", "accepted", "declined"})


def next_steps(caller: Caller, one: Candidate) -> list[ReportForm]:
    """The forms that make sense now, of those the caller may use."""
    closed = set[str]() if one.consents else {"consent-withdrawn"}
    if not steps_known(caller, one):
        closed |= _AFTER_PRESENTATION
    return [FORMS[key] for key in _STEPS if FORMS[key].kinds & caller.kinds and key not in closed]


def steps_known(caller: Caller, one: Candidate) -> Sequence[Step]:
    """What happened with openings; a contractor is never told how it went with others."""
    if caller.kinds & {Kind.JOB_CENTRE, Kind.SECRETARIAT}:
        return one.steps
    return [step for step in one.steps if step.contractor == caller.organisation]


def stands(caller: Caller, one: Candidate, on: date, language: Language) -> str:
    """How far the candidate has come. Only the job centre is told an assessment: a firm never hears "not ready"."""
    said = [_STAGES[step.stage] for step in steps_known(caller, one)[-1:]]
    if Kind.JOB_CENTRE in caller.kinds and one.assessments and (one.ready(on) or not said):
        result = Assessment.READY if one.ready(on) else one.assessments[-1][1]
        said.insert(0, Text(result.label("da"), result.label("en")))
    return ", ".join(text.text(language) for text in said or [_NEW])


def consented_until(caller: Caller, one: Candidate) -> date | None:
    """Until when the candidate may be shown: to the caller, or, for a job centre, to anybody."""
    return one.consent_until if Kind.JOB_CENTRE in caller.kinds else dict(one.consents).get(caller.organisation or "")


def share(vault: Vault, organisation: str, person: str, name: str) -> None:
    """Let a firm know a person's name, for itself; one that it gave the person itself stays."""
    if not vault.names(organisation, [person]):
        vault.give_name(organisation, person, name)
