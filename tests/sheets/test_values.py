"""What a cell may say, and that nothing is read for what it is not."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import AgeBand, EndReason, Outcome, PlacementKind, Trade, Word, YesNoUnknown
from services.sheets.cells import Cell, column_letter
from services.sheets.choices import code_of
from services.sheets.periods import Span, by_month, read_period, shared
from services.sheets.values import FIRST, LAST, Wrong, read_date, read_hours, read_number

DAYS = st.dates(FIRST, LAST)
NUMBERS = st.decimals(min_value=-99999, max_value=99999, places=2)


@given(DAYS)
def test_every_day_is_read_however_it_is_written(day: date) -> None:
    forms: list[Cell] = [
        f"{day:%d-%m-%Y}",
        f"{day.day}/{day.month}-{day.year}",
        f"{day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y%m%d}",
        f" {day:%d %m %Y} ",
        f"{day:%Y-%m-%dT00:00:00}",
        format_date(day, "d. MMMM y", locale="da"),
        format_date(day, "EEEE 'd.' d. MMMM y", locale="da"),
        format_date(day, "d MMMM y", locale="en"),
        float((day - date(1899, 12, 30)).days),
        day,
    ]
    assert [read_date(form) for form in forms] == [day] * len(forms)


@given(st.dates(date(1990, 1, 1), date(2079, 12, 31)))
def test_two_digit_years_follow_the_stated_rule(day: date) -> None:
    assert read_date(f"{day:%d-%m-%y}") == day


@given(st.text(max_size=20))
def test_no_text_breaks_a_reader(text: str) -> None:
    for reader in (read_date, read_number, read_hours, read_period):
        reader(text)


@given(NUMBERS)
def test_every_number_is_read_as_danes_write_it(number: Decimal) -> None:
    text = format_decimal(number, "0.00", locale="da")
    assert read_number(text) == number
    assert read_hours(f"{text} timer") == number
    assert read_number(float(number)) == number


@given(st.integers(1, 999), st.integers(0, 999))
def test_a_number_that_may_be_two_is_asked_about(thousands: int, rest: int) -> None:
    wrong = read_number(f"{thousands}.{rest:03}")
    assert isinstance(wrong, Wrong)
    assert f"{thousands},{rest:03}" in wrong.da
    assert f"{thousands}{rest:03}" in wrong.da


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("37:30", "37.5"), ("7:20", "7.33"), (timedelta(hours=37.5), "37.5"), ("37,5 t.", "37.5"), ("1.240,5", "1240.5")],
)  # fmt: skip
def test_hours_by_the_clock(cell: str | timedelta, hours: str) -> None:
    assert read_hours(cell) == Decimal(hours)


@pytest.mark.parametrize("words", [AgeBand, EndReason, Outcome, PlacementKind, Trade, YesNoUnknown])
def test_every_value_is_understood_by_its_code_and_labels(words: type[Word]) -> None:
    for word in words:
        for text in (word.value, word.da, word.en, f"  {word.da.upper()} "):
            assert code_of(text, words) == word.value


@given(DAYS, st.integers(0, 30), st.decimals(min_value=0, max_value=744, places=2))
def test_shares_of_a_split_period_add_up(first: date, length: int, amount: Decimal) -> None:
    span = Span(first, min(first + timedelta(days=length), LAST))
    parts = by_month(span)
    assert sum(part.days for part in parts) == span.days
    assert all((part.first.year, part.first.month) == (part.last.year, part.last.month) for part in parts)
    amounts = shared(amount, parts)
    assert sum(amounts) == amount
    assert all(share >= 0 for share in amounts)


def test_letters_of_columns() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]
