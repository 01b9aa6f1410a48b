"""A sheet's rows to proposed events, each row to one outcome, with all faults and questions at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from schemas.codec import EVENT_TYPES
from schemas.faults import Fault
from services.sheets import keys
from services.sheets.book import Book, Told
from services.sheets.candidates import Candidates
from services.sheets.gleaning import Gleaned, Gleaner
from services.sheets.hours import Hours, SiteHours
from services.sheets.joining import numbers
from services.sheets.mapping import Recognised
from services.sheets.outcomes import Change, Line, LineKind, Proposal, RowOutcome, State, Text
from services.sheets.people import People
from services.sheets.placements import Placements
from services.sheets.reporting import Case, Reporting
from services.sheets.sorting import sort
from services.sheets.telling import Altered, Settlement
from services.sheets.texts import shown, text_of
from services.sheets.values import Wrong

_KINDS: Mapping[str, type[Reporting]] = MappingProxyType(
    {"placements": Placements, "hours": Hours, "site_hours": SiteHours, "candidates": Candidates}
)
_MAY_NAME_NEW_PEOPLE = frozenset({"placements", "candidates"})
_NO_ANSWERS: Mapping[str, str] = MappingProxyType({})


def propose(sheet: Recognised, book: Book, today: date, answers: Mapping[str, str] = _NO_ANSWERS) -> Proposal:
    """What the sheet would do, without doing it: the same sheet, book, day and answers give the same events.

    `answers` are to the questions of an earlier proposal, by their keys. A row with a question open proposes nothing.
    """
    return _Proposing(sheet, book, today, answers).proposal()


@dataclass(slots=True)
class _Keyed:
    """A row whose values are whole, with its key and what was told under it."""

    found: Gleaned
    key: str
    natural: str
    told: Told = field(default_factory=dict)


class _Proposing:
    def __init__(self, sheet: Recognised, book: Book, today: date, answers: Mapping[str, str]) -> None:
        self._sheet, self._book = sheet, book
        mapping = sheet.mapping
        self._layout = mapping.of
        gleaner = Gleaner(book, sheet.heading, mapping, answers)
        people = People(book, answers, may_be_new=self._layout.key in _MAY_NAME_NEW_PEOPLE)
        self._case = Case(book, gleaner, people, today, answers, frozenset({*gleaner.headers, *mapping.constants}))
        self._reporting = _KINDS[self._layout.key](self._case)
        self._natural_key = mapping.natural_key or self._layout.natural_key
        self._columns_of = _columns_by_field(self._layout.columns)
        self._outcomes: dict[int, RowOutcome] = {}

    def proposal(self) -> Proposal:
        sheet = self._sheet
        rows = sort(sheet.table, sheet.heading, sheet.mapping)
        read = [self._case.gleaner.glean(row) for row in rows.rows]
        found = self._filled([one for one in read if self._reporting.counts(one)])
        for one in found:
            self._reporting.resolve(one)
        self._reporting.place(found)
        self._hold(found)
        for keyed in self._tell(self._keyed(self._reporting.added_up(found))):
            self._settle(keyed)
        outcomes = tuple(self._outcomes[number] for number in sorted(self._outcomes))
        return Proposal(
            self._layout.key,
            sheet.table.name,
            sheet.table.height,
            outcomes,
            (*rows.lines, *(_not_counted(one) for one in read if not self._reporting.counts(one))),
            rows.blank,
            _notes(sheet),
            tuple(self._case.people.new.values()),
        )

    def _filled(self, rows: list[Gleaned]) -> list[Gleaned]:
        """Without the template's rows that nobody filled in: they name a person and a month, but no hours."""
        measures = {column.key for column in self._layout.columns if column.measure}
        idle = [one for one in rows if measures and one.row_id and not measures & one.named]
        known = self._book.known(self._layout.key, [one.row_id for one in idle]) if idle else {}
        for one in idle:
            if one.row_id not in known:
                self._put(one, State.BLANK)
        return [one for one in rows if one.row.number not in self._outcomes]

    def _keyed(self, rows: Iterable[Gleaned]) -> list[_Keyed]:
        """The rows that can be settled, each under a key of its own; the outcome of the others is clear already."""
        keyed: dict[str, _Keyed] = {}
        groups: dict[str, list[Gleaned]] = {}
        for found in rows:
            if found.faults or found.questions:
                self._refuse(found)
                continue
            values = [found.values.get(key) for key in self._natural_key]
            groups.setdefault(keys.natural(self._book.organisation, self._layout.key, *values), []).append(found)
        for natural, (found, *others) in groups.items():
            if any(self._is_other(found, other) for other in others):
                self._twice([found, *others])
                continue
            key = found.row_id or natural
            if key in keyed:
                key = keys.copied(key, natural)
            keyed[key] = _Keyed(found, key, natural)
            for other in others:
                self._put(other, State.UNCHANGED, key=key, same_as=found.row.number)
        return list(keyed.values())

    def _is_other(self, found: Gleaned, other: Gleaned) -> bool:
        """Whether a row about the same says otherwise. Of lines to be added up, the same again is not the same."""
        return found.values != other.values or "pay_type" in self._case.mapped

    def _twice(self, group: list[Gleaned]) -> None:
        """Rows about the same that disagree: nobody can say which holds, or whether all do, so none is sent."""
        first = group[0].values
        names = {name for found in group for name in {*found.values, *first}}
        differing = [name for name in names if any(found.values.get(name) != first.get(name) for found in group)]
        headers = self._case.gleaner.headers
        at = next((name for name in headers if name in differing), self._natural_key[0])
        rows, mend = numbers(group), self._reporting.mend
        wrong = Wrong(
            "twice",
            f"række {rows.da} handler om det samme, men er ikke ens, så ingen af dem bliver sendt: {mend.da}",
            f"rows {rows.en} are about the same but are not alike, so none of them is sent: {mend.en}",
        )
        for found in group:
            self._case.gleaner.fault(found, at, wrong)
            self._refuse(found)

    def _hold(self, rows: Iterable[Gleaned]) -> None:
        """Let rows wait for one about the same that is wrong or asks: sent alone they may say too little."""
        waited_for: dict[object, Gleaned] = {}
        for found in rows:
            about = self._reporting.about(found) if found.faults or found.questions else None
            if about is not None and (about not in waited_for or found.faults):
                waited_for[about] = found
        if not waited_for:
            return
        for found in rows:
            cause = waited_for.get(self._reporting.about(found))
            if cause is not None and not found.faults and not found.questions:
                self._wait(found, cause)

    def _wait(self, found: Gleaned, cause: Gleaned) -> None:
        found.questions += cause.questions if not cause.faults else ()
        if cause.faults:
            self._case.gleaner.fault(found, self._reporting.whose, _waiting(cause.row.number))

    def _tell(self, rows: list[_Keyed]) -> list[_Keyed]:
        others = []
        known = self._book.known(self._layout.key, [row.key for row in rows])
        for row in rows:
            row.told = known.get(row.key, {})
            if row.told and self._reporting.is_another(row.found, row.key, row.told):
                row.key = keys.copied(row.key, row.natural)
                others.append(row)
        known = self._book.known(self._layout.key, [row.key for row in others]) if others else {}
        for row in others:
            row.told = known.get(row.key, {})
        return rows

    def _settle(self, row: _Keyed) -> None:
        found = row.found
        told = row.told if found.questions else self._reporting.adopt(found, row.told)
        if found.faults or found.questions:
            self._refuse(found)
            return
        parts = self._reporting.parts(found, row.key, told)
        settlement = Settlement(self._book.organisation, self._layout.key, row.key, told)
        settlement.settle(parts, self._reporting.revocable(parts))
        for before in found.replaced:
            settlement.replace(before)
        if settlement.faults or settlement.moved:
            self._fault(found, settlement)
            self._refuse(found)
        elif not settlement.events:
            self._put(found, State.UNCHANGED, key=row.key)
        else:
            state = State.CHANGED if settlement.altered else State.NEW
            changes = tuple(self._change(altered) for altered in settlement.altered)
            self._put(found, state, key=row.key, events=tuple(settlement.events), changes=changes)

    def _fault(self, found: Gleaned, settlement: Settlement) -> None:
        if settlement.moved:
            wrong = Wrong(
                "moved",
                "rækken er indberettet på et andet udbud; skriv det tilbage, og meld forløbet i en ny række",
                "the row is reported on another tender; put that back, and report the placement in a new row",
            )
            self._case.gleaner.fault(found, "tender", wrong)
        for fault in settlement.faults:
            self._case.gleaner.fault(found, self._column_of(fault), Wrong(fault.code, fault.da, fault.en))

    def _column_of(self, fault: Fault) -> str:
        name = fault.field.rpartition(".")[2]
        columns = self._columns_of.get(name, ())
        return next((key for key in columns if key in self._case.mapped), columns[0] if columns else name)

    def _change(self, altered: Altered) -> Change:
        if not altered.field:
            kind = EVENT_TYPES[altered.old]
            return Change(altered.part, kind.da, kind.en, kind.da, None)
        columns = self._columns_of.get(altered.field, ())
        key = next((key for key in columns if key in self._case.mapped), columns[0] if columns else "")
        column = self._layout.by_key.get(key)
        da, en = (column.da, column.en) if column else (altered.field, altered.field)
        return Change(altered.field, da, en, altered.old, altered.new)

    def _refuse(self, found: Gleaned) -> None:
        state = State.WRONG if found.faults else State.QUESTION
        self._put(found, state, faults=tuple(found.faults), questions=tuple(found.questions))

    def _put(self, found: Gleaned, state: State, **rest: Any) -> None:
        number = found.row.number
        self._outcomes[number] = RowOutcome(number, state, notes=tuple(found.notes), **rest)
        for line in found.joined:
            if found.faults:
                self._case.gleaner.fault(line, self._reporting.whose, _waiting(number))
            told = {"faults": tuple(line.faults), "questions": rest.get("questions", ()), "key": rest.get("key", "")}
            self._outcomes[line.row.number] = RowOutcome(line.row.number, state, same_as=number, **told)


def _waiting(row: int) -> Wrong:
    return Wrong(
        "waits",
        f"hører sammen med række {row}, som skal rettes først",
        f"belongs with row {row}, which must be mended first",
    )


def _not_counted(found: Gleaned) -> Line:
    return Line(found.row.number, LineKind.NOT_COUNTED, shown(" ".join(filter(None, map(text_of, found.row.cells)))))


def _columns_by_field(columns: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for column in columns:
        for name in column.says:
            found[name] = (*found.get(name, ()), column.key)
    return found


def _notes(sheet: Recognised) -> tuple[Text, ...]:
    """What the reader should know of how the sheet was read."""
    notes = []
    hidden = len(sheet.table.hidden_rows)
    if hidden:
        notes.append(Text(f"{hidden} skjulte rækker er læst med.", f"{hidden} hidden rows were read, too."))
    if sheet.unused:
        names = ", ".join(sheet.unused)
        notes.append(Text(f"Kolonner, der ikke bruges: {names}.", f"Columns that are not used: {names}."))
    return tuple(notes)
