"""Rows of the placements sheet: who started where as what, and when it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from typing_extensions import override

from schemas.contractor import ApprenticeshipAgreed, PlacementAgreed, PlacementEnded, PlacementStarted
from schemas.job_centre import PlacementReported
from schemas.vocabulary import Party, PlacementKind
from services.sheets import contracts
from services.sheets.book import KnownPlacement, Named, Told
from services.sheets.gleaning import MISSING, Gleaned, Unsure
from services.sheets.outcomes import OTHER, SAME, Choice
from services.sheets.reporting import Reporting, number
from services.sheets.telling import Part
from services.sheets.values import Wrong

_ALWAYS = ("placement", "person", "contractor", "reported_by", "on_behalf_of")
_TERMS = ("trade", "age_band", "resident")
_END_BEFORE_START = Wrong("order", "slutdatoen ligger før startdatoen", "the end date is before the start date")


class Placements(Reporting):
    """A row is one placement: agreed or started, perhaps its training agreement, perhaps its end."""

    whose = "person"

    _known: dict[tuple[str, str], list[KnownPlacement]]
    _contracts: Mapping[tuple[str, str], Sequence[Named]]

    @override
    def resolve(self, found: Gleaned) -> None:
        case, values = self.case, found.values
        case.person(found)
        case.only_tender(found)
        if "contractor" not in found.named and "contractor" not in values and case.book.party is Party.CONTRACTOR:
            values["contractor"] = case.book.organisation
        case.require(found, "started_on", "tender", "kind", "contractor")
        self._check_days(found)

    def _check_days(self, found: Gleaned) -> None:
        values = found.values
        started, ended, planned = (values.get(key) for key in ("started_on", "ended_on", "planned_end"))
        for key, last in (("ended_on", ended), ("planned_end", planned)):
            if started is not None and last is not None and last < started:
                self.case.gleaner.fault(found, key, _END_BEFORE_START)
        if ended is None and "reason" in values and "ended_on" not in found.named:
            self.case.gleaner.fault(found, "ended_on", Wrong("missing", *MISSING))

    @override
    def place(self, rows: Sequence[Gleaned]) -> None:
        people = {found.values["person"] for found in rows if "person" in found.values} - set(self.case.people.new)
        self._known = {}
        for placement in self.case.book.placements(people):
            self._known.setdefault((placement.person, placement.tender), []).append(placement)
        self._contracts = self.case.book.contracts(
            {found.values["tender"] for found in rows if "tender" in found.values}
        )

    @override
    def adopt(self, found: Gleaned, told: Told) -> Told:
        """What was told of the same placement, and the contract it is under."""
        told = self._same(found, told)
        if not found.questions:
            values = found.values
            known = self._contracts.get((values["tender"], values["contractor"]), ())
            contracts.settle(self.case, found, told, known)
        return told

    def _same(self, found: Gleaned, told: Told) -> Told:
        """A placement that begins on the same day is the same; one that lasts on that day may be: that is asked."""
        values = found.values
        if told:
            return told
        known = [one for one in self._known.get((values["person"], values["tender"]), ()) if one.told]
        start: date = values["started_on"]
        for one in known:
            if one.started_on == start:
                return one.told
        lasting = [one for one in known if one.started_on and (one.ended_on is None or one.ended_on >= start)]
        return self._asked(found, lasting[0]) if lasting else told

    def _asked(self, found: Gleaned, known: KnownPlacement) -> Told:
        key = f"placement:{known.id}:{found.values['started_on']}"
        answer = self.case.answers.get(key)
        if answer in {SAME, OTHER}:
            return known.told if answer == SAME else {}
        since, now = (f"{day:%d-%m-%Y}" if day else "" for day in (known.started_on, found.values["started_on"]))
        name = self.case.people.name_of(known.person)
        self.case.gleaner.ask(
            found, "started_on",
            Unsure(
                key,
                f"{name} har allerede et forløb her fra {since}. Er det det samme forløb?",
                f"{name} already has a placement here since {since}. Is it the same one?",
                (
                    Choice(SAME, f"Ja, ret startdatoen til {now}", f"Yes, change its start date to {now}"),
                    Choice(OTHER, "Nej, det er et andet forløb", "No, it is another placement"),
                ),
            ),
        )  # fmt: skip
        return {}

    @override
    def parts(self, found: Gleaned, key: str, told: Told) -> Sequence[Part]:
        values = found.values
        who = self.case.who(values["contractor"])
        placement = next(
            (saying.data["placement"] for saying in told.values()), f"{self.case.book.organisation}:s-{key}"
        )
        base = {**who, "placement": placement}
        if self.case.book.party is Party.JOB_CENTRE:
            return [self._reported(values, base)]
        parts = [self._start(values, base, told)]
        ended = values.get("ended_on")
        if values.get("signed_on") and values["kind"] == PlacementKind.APPRENTICESHIP:
            parts.append(self._agreement(values, base))
        if ended is not None and ended <= self.case.today:
            data = {**base, "ended_on": ended.isoformat(), **_given(values, "reason", "outcome")}
            parts.append(self._part("ended", PlacementEnded.type(), values, data, ended))
        return parts

    @override
    def revocable(self, parts: Sequence[Part]) -> frozenset[str]:
        said = {part.name for part in parts}
        found = {"ended"} if "ended_on" in self.case.mapped else set()
        found |= {"agreement"} if "signed_on" in self.case.mapped else set()
        # A placement that was agreed and has begun stays agreed; one that has not begun after all did not begin.
        return frozenset(found | ({"started"} if "agreed" in said else set()))

    def _part(self, name: str, kind: str, values: dict[str, Any], data: dict[str, Any], on: date) -> Part:
        spoken = self.case.spoken(*_ALWAYS)
        # An end that came says nothing of the end that was planned.
        if "planned_end" not in values and "ended_on" in values:
            spoken -= {"planned_end"}
        return Part(name, kind, values["tender"], data, on, spoken)

    def _terms(self, values: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
        data = {**base, **_given(values, "person", "contractor", "contract", "kind", *_TERMS)}
        if "weekly_hours" in values:
            data["weekly_hours"] = number(values["weekly_hours"])
        ended = values.get("ended_on")
        planned = values.get("planned_end") or (ended if ended is not None and ended > self.case.today else None)
        if planned is not None:
            data["planned_end"] = planned.isoformat()
        return data

    def _start(self, values: dict[str, Any], base: dict[str, Any], told: Told) -> Part:
        start, terms = values["started_on"], self._terms(values, base)
        if start <= self.case.today:
            data = {**terms, "started_on": start.isoformat()}
            return self._part("started", PlacementStarted.type(), values, data, start)
        agreed = min(values.get("signed_on") or self.case.today, self.case.today).isoformat()
        if "agreed" in told:  # the day it was agreed does not move with the day the sheet is sent again
            agreed = told["agreed"].data["agreed_on"]
        data = {**terms, "agreed_on": agreed, "planned_start": start.isoformat()}
        return self._part("agreed", PlacementAgreed.type(), values, data, start)

    def _agreement(self, values: dict[str, Any], base: dict[str, Any]) -> Part:
        signed = values["signed_on"]
        data = {**base, "signed_on": signed.isoformat(), **_given(values, "form", "trade")}
        return self._part("agreement", ApprenticeshipAgreed.type(), values, data, signed)

    def _reported(self, values: dict[str, Any], base: dict[str, Any]) -> Part:
        start, ended = values["started_on"], values.get("ended_on")
        data = {**self._terms(values, base), "started_on": start.isoformat(), **_given(values, "outcome")}
        if ended is not None and ended <= self.case.today:
            data["ended_on"] = ended.isoformat()
        return self._part("reported", PlacementReported.type(), values, data, start)


def _given(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: values[key] for key in keys if values.get(key) is not None}
