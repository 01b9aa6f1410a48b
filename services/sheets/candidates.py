"""Rows of the candidates sheet: found, assessed, and whom they agreed may be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from typing_extensions import override

from schemas.job_centre import CandidateAssessed, CandidateIdentified, ConsentGiven
from services.sheets.book import Told
from services.sheets.gleaning import Gleaned
from services.sheets.reporting import Reporting
from services.sheets.telling import Part
from services.sheets.values import Wrong

_TOGETHER = (("assessed_on", "result"), ("consent_on", "consent_until", "consent_to"))
_PART_OF = {"assessed": "assessed_on", "consent": "consent_on"}
_NO_CIRCLE = Wrong(
    "no_circle", "jeres organisation hører ikke til en personkreds; spørg sekretariatet",
    "your organisation belongs to no linking circle; ask the secretariat",
)  # fmt: skip


class Candidates(Reporting):
    """A row is one candidate: identified, perhaps assessed, perhaps with a consent."""

    whose = "person"

    @override
    def resolve(self, found: Gleaned) -> None:
        case = self.case
        case.person(found)
        case.require(found, "identified_on")
        if case.book.linking_circle is None:
            case.gleaner.fault(found, "person", _NO_CIRCLE)
        for together in _TOGETHER:
            if any(key in found.named or key in found.values for key in together):
                case.require(found, *together)
        if {"consent_on", "consent_until"} <= found.values.keys():
            self._check_consent(found)

    def _check_consent(self, found: Gleaned) -> None:
        if found.values["consent_until"] < found.values["consent_on"]:
            wrong = Wrong("order", "samtykket udløber, før det er givet", "the consent expires before it is given")
            self.case.gleaner.fault(found, "consent_until", wrong)

    @override
    def parts(self, found: Gleaned, key: str, told: Told) -> Sequence[Part]:
        values = found.values
        subject = next((saying.subject for saying in told.values()), f"{self.case.book.organisation}:c-{key}")
        who = self.case.who(None)
        identified: dict[str, Any] = {
            **who,
            "person": values["person"],
            "linking_circle": self.case.book.linking_circle,
            "identified_on": values["identified_on"].isoformat(),
            **{name: values[name] for name in ("age_band", "resident") if name in values},
        }
        if "trades" in values:
            identified["trades"] = list(values["trades"])
        parts = [self._part("identified", CandidateIdentified.type(), subject, identified, values["identified_on"])]
        if "assessed_on" in values:
            data = {**who, "assessed_on": values["assessed_on"].isoformat(), "result": values["result"]}
            parts.append(self._part("assessed", CandidateAssessed.type(), subject, data, values["assessed_on"]))
        if "consent_on" in values:
            data = {
                **who,
                "given_on": values["consent_on"].isoformat(),
                "expires_on": values["consent_until"].isoformat(),
                "to": list(values["consent_to"]),
            }
            parts.append(self._part("consent", ConsentGiven.type(), subject, data, values["consent_on"]))
        return parts

    @override
    def revocable(self, parts: Sequence[Part]) -> frozenset[str]:
        return frozenset(name for name, column in _PART_OF.items() if column in self.case.mapped)

    def _part(self, name: str, kind: str, subject: str, data: dict[str, Any], on: date) -> Part:
        return Part(name, kind, subject, data, on, self.case.spoken("reported_by", "person", "linking_circle"))
