"""One cell to one value: dates, hours, numbers. What cannot be read for certain is refused with what was expected.

Two-digit years: 00-79 are 2000-2079, 80-99 are 1980-1999. Day comes before month, always.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal

from services.sheets.cells import Cell, NoValue
from services.sheets.texts import text_of

FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)
_FIRST_TWO_DIGIT_YEAR_OF_1900 = 80
_EXCEL_EPOCH = date(1899, 12, 30)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan",
            "februar february feb",
            "marts march mar",
            "april apr",
            "maj may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell cannot be used: a stable code and what was expected."""

    code: str
    da: str
    en: str


_DATE_EXPECTED = "skriv en dato som 02-03-2026 (dag-måned-år)", "write a date as 02-03-2026 (day-month-year)"
_NUMBER_EXPECTED = "skriv et tal som 37,5", "write a number as 37,5"
NO_VALUE = Wrong(
    "no_value",
    "cellen rummer en formel uden værdi; åbn arket i Excel, gem det, og send det igen – eller skriv værdien",
    "the cell holds a formula without a value; open and save the sheet in Excel, or write the value",
)

_WEEKDAY = re.compile(
    r"^(?:(?:(?:man|tirs|ons|tors|fre|lør|søn)(?:dag)?|(?:mon|tues?|wednes|thurs|fri|satur|sun)(?:day)?)\.?,?\s*)?"
    r"(?:d\.|den)?\s*"
)
_TIME = re.compile(r"[t ]\s*(?:kl\.? ?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d+)?(?:z|[+-]\d\d:?\d\d)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4}|\d{2})\.?$")
_MONTH_NAME = re.compile(r"^(\d{1,2})\.?[- ]?([a-zæøå]{3,9})\.?[- ]?,?\s?(\d{4}|\d{2})$")
_NO_YEAR = re.compile(r"^\d{1,2}\s?[-/.]\s?\d{1,2}\.?$")
_DIGITS = re.compile(r"^\d{5,8}$")


def read_date(cell: Cell) -> date | Wrong:
    """A civil date between 1990 and 2099."""
    if isinstance(cell, date):
        return _bounded(cell)
    if isinstance(cell, float):
        return _serial(cell)
    if isinstance(cell, NoValue):
        return NO_VALUE
    return _date_of_text(_TIME.sub("", _WEEKDAY.sub("", text_of(cell).casefold())))


def _date_of_text(text: str) -> date | Wrong:
    for form, made in _DATE_FORMS:
        if found := form.match(text):
            return made(found)
    if _NO_YEAR.match(text):
        return Wrong("no_year", "året mangler; " + _DATE_EXPECTED[0], "the year is missing; " + _DATE_EXPECTED[1])
    return Wrong("date", *_DATE_EXPECTED)


def year_of(text: str) -> int:
    """A year of two or four digits by the rule above."""
    return _year(text)


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (1900 if year >= _FIRST_TWO_DIGIT_YEAR_OF_1900 else 2000)


def _bounded(day: date) -> date | Wrong:
    if FIRST <= day <= LAST:
        return day
    return Wrong("date_range", "datoen skal ligge mellem 1990 og 2099", "the date must lie between 1990 and 2099")


def _serial(number: float) -> date | Wrong:
    day = int(number)
    if (FIRST - _EXCEL_EPOCH).days <= day <= (LAST - _EXCEL_EPOCH).days:
        return _EXCEL_EPOCH + timedelta(days=day)
    if number == day and 19_900_101 <= day <= 20_991_231:
        return _of_digits(str(day))
    return Wrong("date", *_DATE_EXPECTED)


def _of_digits(text: str) -> date | Wrong:
    """20260302, 02032026, 020326, or a day number of Excel's in a text."""
    if len(text) == 5:
        return _serial(float(text))
    if len(text) == 6:
        return _made(_year(text[4:]), int(text[2:4]), int(text[:2]))
    if len(text) == 8:
        if text[:2] in {"19", "20"} and isinstance(day := _made(int(text[:4]), int(text[4:6]), int(text[6:])), date):
            return day
        return _made(int(text[4:]), int(text[2:4]), int(text[:2]))
    return Wrong("date", *_DATE_EXPECTED)


def _made(year: int, month: int, day: int) -> date | Wrong:
    try:
        return _bounded(date(year, month, day))
    except ValueError:
        pass
    if month > 12 >= day and month <= 31:
        swapped = f"{month:02}-{day:02}-{year:04}"
        return Wrong(
            "date_swapped",
            f"dag og måned er byttet om; mener du {swapped}? Skriv dagen først",
            f"day and month are swapped; do you mean {swapped}? Write the day first",
        )
    return Wrong("no_such_date", "datoen findes ikke; " + _DATE_EXPECTED[0], "no such date; " + _DATE_EXPECTED[1])


def _of_month_name(found: re.Match[str]) -> date | Wrong:
    month = MONTHS.get(found[2])
    return _made(_year(found[3]), month, int(found[1])) if month else Wrong("date", *_DATE_EXPECTED)


_DATE_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | Wrong]], ...] = (
    (_DIGITS, lambda found: _of_digits(found[0])),
    (_YEAR_FIRST, lambda found: _made(int(found[1]), int(found[2]), int(found[3]))),
    (_DAY_FIRST, lambda found: _made(_year(found[3]), int(found[2]), int(found[1]))),
    (_MONTH_NAME, _of_month_name),
)

_UNIT = re.compile(r"\s*(?:t|t\.|tim|tim\.|timer?|h|hrs?|hours?|dage?|days?|stk\.?|år)$")
_CLOCK = re.compile(r"^(\d{1,4}):([0-5]\d)(?::[0-5]\d)?$")
_THOUSAND_OR_NOT = re.compile(r"^-?[1-9]\d{0,2}\.\d{3}$")
_POINT = re.compile(r"^-?\d+\.\d{1,2}$")
_HUNDREDTHS = Decimal("0.01")


def read_number(cell: Cell) -> Decimal | Wrong:
    """A number as Danes write it; 37.5 is read, 1.234 is asked about."""
    if isinstance(cell, bool) or cell is None:
        return Wrong("number", *_NUMBER_EXPECTED)
    if isinstance(cell, float):
        return _exact(cell)
    if isinstance(cell, NoValue):
        return NO_VALUE
    if isinstance(cell, date):
        return Wrong(
            "date_for_number",
            f"Excel har gjort tallet til en dato ({text_of(cell)}); skriv det som 37,5 i en celle med format »Tal«",
            f"Excel made a date of the number ({text_of(cell)}); write it as 37,5 in a cell formatted as a number",
        )
    if isinstance(cell, timedelta):
        return _exact(cell.total_seconds() / 3600)
    return _of_text(_UNIT.sub("", text_of(cell).casefold()).replace(" ", ""))


def read_hours(cell: Cell) -> Decimal | Wrong:
    """Hours: as a number, as 37:30, or with a unit as 37 t."""
    if isinstance(cell, str) and (clock := _CLOCK.match(_UNIT.sub("", cell.strip().casefold()))):
        return (Decimal(clock[1]) + Decimal(clock[2]) / 60).quantize(_HUNDREDTHS)
    return read_number(cell)


def _of_text(text: str) -> Decimal | Wrong:
    if _THOUSAND_OR_NOT.match(text):
        comma, plain = text.replace(".", ","), text.replace(".", "")
        return Wrong(
            "ambiguous_number", f"mener du {comma} eller {plain}? Skriv tallet uden punktum",
            f"do you mean {comma} or {plain}? Write the number without the point",
        )  # fmt: skip
    locale = "en" if _POINT.match(text) else "da"
    try:
        return parse_decimal(text, locale=locale, strict=True)
    except NumberFormatError:
        return Wrong("number", *_NUMBER_EXPECTED)


def _exact(number: float) -> Decimal | Wrong:
    if not abs(number) <= 1e12:  # not a number is refused, too
        return Wrong("number", *_NUMBER_EXPECTED)
    return Decimal(repr(round(number, 6)))
