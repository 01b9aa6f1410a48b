"""CVR numbers and what is shaped like a CPR number."""

from __future__ import annotations

import re
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.identifiers import CPR_FORM, CPR_SHAPE, is_cvr, organisation_of

# The first is the Danish Business Authority's own; the others are the lowest numbers that satisfy the check.
GOOD = ("10150817", "10000009", "10000017", "10000025", "10000033", "10000041")
BAD = (
    "10150818",
    "12345678",
    "00000000",
    "1000000",
    "100000090",
    "1000000a",
    "١٠٠٠٠٠٠٩",
    "",
    " 10000009",
    "10000009\n",
)


def next_cvr(number: int) -> str:
    return next(text for candidate in count(number) if is_cvr(text := f"{candidate:08}"))


CVRS = st.integers(1, 99_999_000).map(next_cvr)


@pytest.mark.parametrize("text", GOOD)
def test_known_cvr_numbers_pass(text: str) -> None:
    assert is_cvr(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_cvr_number_does_not(text: str) -> None:
    assert not is_cvr(text)


@settings(deadline=None)
@given(CVRS, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(cvr: str, place: int, shift: int) -> None:
    """All weights are coprime with 11, and so is a digit's change of 1 to 9: the sum's remainder cannot stay 0."""
    digit = str((int(cvr[place]) + shift) % 10)
    assert not is_cvr(cvr[:place] + digit + cvr[place + 1 :])


@settings(deadline=None)
@given(CVRS, st.integers(0, 6))
def test_two_neighbours_in_each_others_place_are_found(cvr: str, place: int) -> None:
    """Neighbouring weights differ by 1, but for the first two (2 and 7), which differ by 5: coprime with 11 as well."""
    swapped = cvr[:place] + cvr[place + 1] + cvr[place] + cvr[place + 2 :]
    assert is_cvr(swapped) == (swapped == cvr)


def test_an_id_and_a_source_name_their_organisation() -> None:
    assert organisation_of("10000009:2026-014") == organisation_of("urn:bygspor:10000009:bygsag") == "10000009"


DAYS = st.dates().map(lambda day: day.strftime("%d%m%y"))
SERIALS = st.integers(0, 9999).map(lambda number: f"{number:04}")
BETWEEN = st.sampled_from(["", "-", " ", " - ", "–", " – ", "\u2011", "\u00a0", "\u2212", "—", ".", "/", "_", "\t"])
EDGES = st.sampled_from(["", " ", ",", ":", "/", "æ", "_", "(", "\n", "-", "."])


@settings(deadline=None)
@given(EDGES, DAYS, BETWEEN, SERIALS, EDGES)
def test_every_cpr_number_has_the_shape(before: str, day: str, between: str, serial: str, after: str) -> None:
    text = f"x{before or ' '}{day}{between}{serial}{after}"
    assert CPR_SHAPE.search(text)
    assert re.search(CPR_FORM, text)


@pytest.mark.parametrize("text", ["31 12 99 0000", "31 12 99-0000", "711299-0000", "6101012345", "911299/0000"])
def test_pairs_apart_and_replacement_numbers_have_the_shape_too(text: str) -> None:
    assert CPR_SHAPE.search(text)
    assert re.search(CPR_FORM, text)


@settings(deadline=None)
@given(st.text("0123456789- –aæ:\u00a0", max_size=24))
def test_the_published_form_is_the_same_shape(text: str) -> None:
    assert bool(CPR_SHAPE.search(text)) == bool(re.search(CPR_FORM, text))


@settings(deadline=None)
@given(st.uuids(), st.sampled_from(["{}", "10000009:{}", "urn:uuid:{}", "({})"]))
def test_a_uuid_is_never_taken_for_a_cpr_number(uuid: UUID, around: str) -> None:
    """Its groups have 8, 4 or 12 signs, and hyphens between: nowhere six and four."""
    assert not CPR_SHAPE.search(around.format(uuid))


@pytest.mark.parametrize(
    "text",
    [
        "+45 86 12 34 56",
        "+4586123456",
        "004586123456",
        "86123456",
        "10150817",
        "5790000000012",  # a GLN
        "1024567890",  # a P-number
        "2026-05-04T16:05:00+02:00",
        "20260504 1605",
        "3112991",
        "311299-00001",
        "A311299-0000",
        "331299-0000",
        "311399-0000",
        "DK5000400440116243",
    ],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert not CPR_SHAPE.search(text)


@pytest.mark.parametrize("text", ["1003388394", "260510-0014"])
def test_a_p_number_or_a_serial_of_the_same_shape_is_refused_too(text: str) -> None:
    """Nobody can tell them apart; a false alarm costs a question, the other mistake a person's number."""
    assert CPR_SHAPE.search(text)
