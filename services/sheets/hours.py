"""Rows of the two sheets of hours: those of a person's placement, and all hours of a contractor on the site."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from typing_extensions import override

from schemas.contractor import HoursReported
from schemas.identifiers import organisation_of
from schemas.site import SiteHoursReported
from schemas.vocabulary import PlacementKind
from services.sheets import joining
from services.sheets.book import KnownPeriod, KnownPlacement, Told
from services.sheets.gleaning import MISSING, Gleaned, Unsure
from services.sheets.outcomes import OTHER, SAME, Choice, Text
from services.sheets.periods import Month, Span, by_month, checked, shared
from services.sheets.reporting import Reporting, number
from services.sheets.telling import Part
from services.sheets.values import Wrong

_SPOKEN = frozenset({"from_on", "to_on", "hours", "man_days", "reported_by", "on_behalf_of"})
_BOTH = Wrong(
    "one_measure", "skriv enten timer eller mandedage, ikke begge", "write either hours or man-days, not both"
)
_NO_YEAR = Wrong("no_year", "året mangler; skriv »oktober 2026«", "the year is missing; write “october 2026”")
_PARTS = ("", "2")


class _Periodic(Reporting):
    """Common to both: a period, a measure, and what was reported for the same days before."""

    type: str
    _periods: dict[str, Sequence[KnownPeriod]]
    _spoken: frozenset[str]
    mend = Text(
        "læg timerne sammen i én række, eller behold kun den ene", "add up the hours in one row, or keep only one"
    )

    def owner(self, found: Gleaned) -> str:
        """Whose hours they are."""
        raise NotImplementedError

    def facts(self, found: Gleaned) -> dict[str, Any]:
        """What an event says beside period and measure, who reports included."""
        raise NotImplementedError

    @override
    def resolve(self, found: Gleaned) -> None:
        self._resolve_period(found)
        values = found.values
        taken_back = found.row_id and not found.named & {"hours", "man_days", "school_hours"}
        if not taken_back and not found.named & {"hours", "man_days"}:
            measured = next((key for key in ("hours", "man_days") if key in self.case.mapped), "hours")
            self.case.gleaner.fault(found, measured, Wrong("missing", *MISSING))
        if "hours" in values and "man_days" in values:
            self.case.gleaner.fault(found, "man_days", _BOTH)

    def _resolve_period(self, found: Gleaned) -> None:
        values, gleaner = found.values, self.case.gleaner
        span: Span | Month | Wrong | None = values.pop("period", None)
        at = "period"
        if isinstance(span, Month):
            year = values.get("year")
            no_year = Wrong(
                "no_year", "året mangler; skriv »oktober 2026«", "the year is missing; write “october 2026”"
            )
            span = span.of(year) if year is not None else no_year
        if span is None and {"from_on", "to_on"} <= values.keys():
            span, at = checked(values["from_on"], values["to_on"]), "to_on"
        if isinstance(span, Wrong):
            gleaner.fault(found, at, span)
        elif span is not None:
            values["period"] = span
            # However it was written, it is the same period.
            for key in ("from_on", "to_on", "year"):
                values.pop(key, None)
        elif "period" not in found.named:
            keys = ("from_on", "to_on") if "from_on" in self.case.mapped else ("period",)
            self.case.require(found, *keys)

    @override
    def place(self, rows: Sequence[Gleaned]) -> None:
        owners = {self.owner(found) for found in rows if not found.faults and not found.questions}
        self._spoken = _SPOKEN | self.case.spoken()
        self._periods = dict(self.case.book.periods(owners)) if owners else {}
        self._part(rows)

    def _part(self, rows: Sequence[Gleaned]) -> None:
        """Hold all rows back whose periods overlap, each with the number of one other; equal periods do not."""
        whole = [found for found in rows if not found.faults and not found.questions]
        taken: dict[tuple[str, int, int], dict[Span, Gleaned]] = {}
        for found in whole:
            for part in by_month(found.values["period"]):
                there = taken.setdefault((self.owner(found), part.first.year, part.first.month), {})
                there.setdefault(found.values["period"], found)
        for found in whole:
            span: Span = found.values["period"]
            others = (taken[self.owner(found), part.first.year, part.first.month] for part in by_month(span))
            clash = next((by for one in others for at, by in one.items() if at != span and at.overlaps(span)), None)
            if clash is not None:
                self._overlap(found, clash)

    def _overlap(self, found: Gleaned, other: Gleaned) -> None:
        row = other.row.number
        wrong = Wrong(
            "overlap", f"perioden overlapper række {row}; behold kun den ene",
            f"the period overlaps row {row}; keep only one of them",
        )  # fmt: skip
        self.case.gleaner.fault(found, "period" if "period" in found.named else "from_on", wrong)

    @override
    def adopt(self, found: Gleaned, told: Told) -> Told:
        """The same period reported otherwise is what the row corrects; one that overlaps is asked about."""
        owner, span = self.owner(found), found.values["period"]
        own = {saying.id for saying in told.values()}
        adopted = dict(told)
        for name, part in zip(_PARTS, by_month(span), strict=False):
            for known in self._periods.get(owner, ()):
                other = Span(known.from_on, known.to_on)
                if known.saying.id in own or not part.overlaps(other):
                    continue
                if other == part and self._is_ours(known):
                    adopted.setdefault(name, known.saying)
                else:
                    self._ask(found, known, part)
        return adopted

    def _is_ours(self, known: KnownPeriod) -> bool:
        return organisation_of(known.saying.source) == self.case.book.organisation

    def _ask(self, found: Gleaned, known: KnownPeriod, part: Span) -> None:
        key = f"overlap:{known.saying.id}:{part}"
        answer = self.case.answers.get(key)
        if answer == OTHER:
            found.values["kept"] = True
        elif answer == SAME and self._is_ours(known):
            found.replaced.append(known.saying)
        if answer in {SAME, OTHER}:
            return
        told = f"{known.from_on:%d-%m-%Y} – {known.to_on:%d-%m-%Y}"
        unsure = Unsure(
            key, f"Der er allerede meldt timer for {told}. Skal denne række gælde i stedet?",
            f"Hours are already reported for {told}. Shall this row hold instead?",
            (
                Choice(SAME, "Ja, brug rækken", "Yes, use the row"),
                Choice(OTHER, "Nej, behold det, der er meldt", "No, keep what is reported"),
            ),
        )  # fmt: skip
        self.case.gleaner.ask(found, "period" if "period" in found.named else "from_on", unsure)

    @override
    def parts(self, found: Gleaned, key: str, told: Told) -> Sequence[Part]:
        values = found.values
        if values.get("kept") or not {"hours", "man_days"} & values.keys():
            return []
        spans = by_month(values["period"])
        measure = "hours" if "hours" in values else "man_days"
        amounts = shared(values[measure], spans)
        if len(spans) > 1:
            found.notes.append(_split(spans, amounts))
        school = shared(values["school_hours"], spans) if "school_hours" in values else None
        facts, parts = self.facts(found), []
        for index, span in enumerate(spans):
            data = {
                **facts,
                "from_on": span.first.isoformat(),
                "to_on": span.last.isoformat(),
                measure: number(amounts[index]),
            }
            if school is not None:
                data["school_hours"] = number(school[index])
            revision = self._above(self.owner(found), span)
            if revision:
                data["revision"] = revision
            parts.append(Part(_PARTS[index], self.type, self.subject(found), data, span.last, self._spoken))
        return parts

    def subject(self, found: Gleaned) -> str:
        """The tender."""
        return str(found.values["tender"])

    def _above(self, owner: str, span: Span) -> int:
        """The revision that puts the row above what others have reported for days of its own; 0 where nobody has."""
        others = [
            int(known.saying.data.get("revision", 1))
            for known in self._periods.get(owner, ())
            if not self._is_ours(known) and span.overlaps(Span(known.from_on, known.to_on))
        ]
        return max(others) + 1 if others else 0

    @override
    def revocable(self, parts: Sequence[Part]) -> frozenset[str]:
        return frozenset(_PARTS)


class SiteHours(_Periodic):
    """A row is all hours of one contractor on one tender in one period."""

    whose = "contractor"

    type = SiteHoursReported.type()

    @override
    def resolve(self, found: Gleaned) -> None:
        self.case.only_tender(found)
        self.case.require(found, "contractor", "tender")
        super().resolve(found)

    @override
    def owner(self, found: Gleaned) -> str:
        return f"{found.values['tender']} {found.values['contractor']}"

    @override
    def facts(self, found: Gleaned) -> dict[str, Any]:
        contractor = found.values["contractor"]
        return {**self.case.who(contractor), "contractor": contractor}


class Hours(_Periodic):
    """A row is the hours of one person's placement in one period."""

    whose = "placement"

    type = HoursReported.type()
    mend = Text(
        f"{_Periodic.mend.da}; er der en kolonne med lønarter, så vælg den, når du vælger kolonner",
        f"{_Periodic.mend.en}; where a column has pay types, choose it when you choose columns",
    )
    _placements: dict[str, list[KnownPlacement]]

    @override
    def counts(self, found: Gleaned) -> bool:
        return joining.counts(found)

    @override
    def resolve(self, found: Gleaned) -> None:
        self.case.person(found)
        super().resolve(found)
        if "pay_type" in self.case.mapped:
            joining.sort_by_pay_type(self.case.gleaner, found)

    @override
    def about(self, found: Gleaned) -> object:
        person, period = (found.values.get(key) for key in ("person", "period"))
        return None if person is None or period is None else (person, period)

    @override
    def added_up(self, rows: list[Gleaned]) -> list[Gleaned]:
        return joining.added_up(rows, self._sum_of) if "pay_type" in self.case.mapped else rows

    def _sum_of(self, found: Gleaned) -> object:
        if found.faults or found.questions:
            return None
        return self.owner(found), found.values["period"]

    @override
    def place(self, rows: Sequence[Gleaned]) -> None:
        self._placements = {}
        people = {found.values["person"] for found in rows if "person" in found.values}
        for placement in self.case.book.placements(people):
            self._placements.setdefault(placement.person, []).append(placement)
        for found in rows:
            if "person" in found.values and "period" in found.values:
                self._choose(found)
        super().place(rows)

    @override
    def owner(self, found: Gleaned) -> str:
        return str(found.values["placement"])

    @override
    def facts(self, found: Gleaned) -> dict[str, Any]:
        return {**self.case.who(found.values["contractor"]), "placement": found.values["placement"]}

    def _choose(self, found: Gleaned) -> None:
        """Which of a person's placements the hours belong to: the one on that tender in that period."""
        values = found.values
        tender, span = values.get("tender"), values["period"]
        there = [one for one in self._placements.get(values["person"], ()) if tender in {None, one.tender}]
        fitting = [one for one in there if _lasts(one, span)]
        key = f"placement:{values['person']}:{tender or ''}"
        chosen = [one for one in fitting if one.id == self.case.answers.get(key)] or fitting
        if len(chosen) == 1:
            values.update(placement=chosen[0].id, tender=chosen[0].tender, contractor=chosen[0].contractor)
        elif chosen:
            self._ask_which(found, key, chosen)
        else:
            self.case.gleaner.fault(found, "person" if "person" in found.named else "number", _none(there))

    def _ask_which(self, found: Gleaned, key: str, chosen: list[KnownPlacement]) -> None:
        name = self.case.people.name_of(found.values["person"])
        titles = {named.id: named.name for named in self.case.book.tenders()}
        choices = tuple(Choice(one.id, _label(one, titles, "da"), _label(one, titles, "en")) for one in chosen)
        da, en = f"Hvilket af {name}s forløb?", f"Which of the placements of {name}?"
        self.case.gleaner.ask(found, "person", Unsure(key, da, en, choices))


def _split(spans: Sequence[Span], amounts: Sequence[Decimal]) -> Text:
    shares = [f"{amount:f}".replace(".", ",") for amount in amounts]
    days = [f"{span.first:%d-%m} – {span.last:%d-%m}" for span in spans]
    parts = [f"{share} ({day})" for share, day in zip(shares, days, strict=True)]
    return Text(
        f"Delt ved månedsskiftet efter hverdage: {' og '.join(parts)}.",
        f"Split at the month's end by weekdays: {' and '.join(parts)}.",
    )


def _lasts(placement: KnownPlacement, span: Span) -> bool:
    begun = placement.started_on is None or placement.started_on <= span.last
    return begun and (placement.ended_on is None or placement.ended_on >= span.first)


def _none(there: list[KnownPlacement]) -> Wrong:
    if not there:
        return Wrong(
            "no_placement", "personen har intet forløb på udbuddet; indberet forløbet først",
            "the person has no placement on the tender; report the placement first",
        )  # fmt: skip
    since, until = there[0].started_on, there[0].ended_on
    lasted = f"{since:%d-%m-%Y} – " if since else "– "
    lasted += f"{until:%d-%m-%Y}" if until else ""
    return Wrong(
        "outside_placement", f"perioden ligger uden for forløbet ({lasted.strip()})",
        f"the period lies outside the placement ({lasted.strip()})",
    )  # fmt: skip


def _label(placement: KnownPlacement, titles: dict[str, str], language: str) -> str:
    kind = PlacementKind.of(placement.kind).label("en" if language == "en" else "da")
    since = f", {placement.started_on:%d-%m-%Y}" if placement.started_on else ""
    return f"{kind}, {titles.get(placement.tender, placement.tender)}{since}"
