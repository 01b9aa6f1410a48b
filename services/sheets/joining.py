"""Rows that are about the same: lines of a payroll export add up to one report, and what disagrees is held together.

The rule: the lines of one person's placement and period are one row, known as that row always is. Lines whose pay type
counts as school are added to its school hours, all others to its hours or man-days; lines that do not count are left
out. Where one line of several cannot be sent, none of them is: a part of somebody's hours would pass for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from services.sheets.gleaning import CPR_FAULT, Gleaned, Gleaner
from services.sheets.outcomes import Counting, Text
from services.sheets.values import Wrong

_MEASURES = ("hours", "man_days", "school_hours")
_SCHOOL_NEEDS_HOURS = Wrong("school_hours", "skoletid skal stå i timer", "time at school must be in hours")
_NO_PAY_TYPE = Wrong(
    "missing",
    "lønarten mangler; er linjen en sum, så slet den",
    "the pay type is missing; delete the line if it is a sum",
)


def counts(found: Gleaned) -> bool:
    """Whether a row is to be read at all: not, where its pay type does not count. A CPR number is told in any case."""
    wrong = any(fault.code == CPR_FAULT.code for fault in found.faults)
    return wrong or found.values.get("pay_type") is not Counting.NOTHING


def sort_by_pay_type(gleaner: Gleaner, found: Gleaned) -> None:
    """Make hours at school of the hours of a line whose pay type counts as that."""
    if "pay_type" not in found.named:
        gleaner.fault(found, "pay_type", _NO_PAY_TYPE)
    elif found.values.get("pay_type") is Counting.SCHOOL:
        if "man_days" in found.values:
            gleaner.fault(found, "man_days", _SCHOOL_NEEDS_HOURS)
        school = found.values.pop("hours", Decimal(0)) + found.values.get("school_hours", Decimal(0))
        found.values.update(hours=Decimal(0), school_hours=school)


def added_up(rows: Iterable[Gleaned], key_of: Callable[[Gleaned], object]) -> list[Gleaned]:
    """Rows with one for each group of the same key, which says what all of them say together.

    Rows without a key (None) stay as they are, and so does a group in which a line is repeated word for word or hours
    stand beside man-days: nobody can say what it adds up to.
    """
    groups: dict[object, list[Gleaned]] = {}
    for found in rows:
        key = key_of(found)
        groups.setdefault(found.row.number if key is None else (key,), []).append(found)
    added: list[Gleaned] = []
    for group in groups.values():
        added += [_sum(group)] if len(group) > 1 and _adds_up(group) else group
    return added


def _adds_up(group: Sequence[Gleaned]) -> bool:
    # No hours, beside hours at school, are no measure of their own.
    measures = {measure for found in group for measure in ("hours", "man_days") if found.values.get(measure)}
    return len(measures) <= 1 and len({found.row.cells for found in group}) == len(group)


def _sum(group: Sequence[Gleaned]) -> Gleaned:
    first, *others = group
    amounts = {measure: [f.values[measure] for f in group if f.values.get(measure)] for measure in _MEASURES}
    kept = "man_days" if amounts["man_days"] else "hours"
    for measure in _MEASURES:
        first.values.pop(measure, None)
    first.values[kept] = sum(amounts[kept], Decimal(0))
    if amounts["school_hours"]:
        first.values["school_hours"] = sum(amounts["school_hours"], Decimal(0))
    first.joined.extend(others)
    first.notes.append(_note(group, kept, amounts[kept], amounts["school_hours"]))
    return first


def _note(group: Sequence[Gleaned], kept: str, amounts: Sequence[Decimal], school: Sequence[Decimal]) -> Text:
    rows, da, en = numbers(group), [_added(amounts)], [_added(amounts)]
    da[0] += " mandedage" if kept == "man_days" else " timer"
    en[0] += " man-days" if kept == "man_days" else " hours"
    if school:
        da.append(f"{_added(school)} skoletimer")
        en.append(f"{_added(school)} hours at school")
    return Text(
        f"Række {rows.da} er lagt sammen: {' og '.join(da)}.", f"Rows {rows.en} are added up: {' and '.join(en)}."
    )


def _added(amounts: Sequence[Decimal]) -> str:
    if len(amounts) < 2:
        return _plain(sum(amounts, Decimal(0)))
    return f"{' + '.join(map(_plain, amounts))} = {_plain(sum(amounts, Decimal(0)))}"


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def numbers(rows: Iterable[Gleaned]) -> Text:
    """The numbers of rows as they are read aloud: 2, 3 og 4."""
    *first, last = [str(found.row.number) for found in rows]
    before = ", ".join(first)
    return Text(f"{before} og {last}", f"{before} and {last}") if first else Text(last, last)
