"""A dead letter carries where and why, and nothing that must not travel."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.dead_letter import DeadLetter, LetterFault
from schemas.faults import Fault
from tests.canary import CANARIES

CPR = CANARIES[0]
GOOD: dict[str, Any] = {
    "topic": "bygspor.in.10000319",
    "partition": 2,
    "offset": 7,
    "nr": 0,
    "source": "urn:bygspor:10000319:erp",
    "id": "2026-0117",
    "organisation": "10000319",
    "faults": (LetterFault.of(Fault("missing", "data.person", "", "feltet mangler", "the field is missing")),),
    "noted_at": datetime(2026, 3, 2, 8, 10, tzinfo=UTC),
}


def test_a_letter_says_where_it_stood_and_why() -> None:
    letter = DeadLetter(**GOOD)
    assert letter.key == b"bygspor.in.10000319/2/7/0"
    told = json.loads(letter.value())
    assert told.keys() == GOOD.keys()
    assert told["faults"] == [
        {"code": "missing", "field": "data.person", "da": "feltet mangler", "en": "the field is missing"}
    ]
    assert DeadLetter.model_validate_json(letter.value()) == letter


@pytest.mark.parametrize("field", ["source", "id", "organisation"])
@pytest.mark.parametrize("given", [CPR, 17, None, "", "a\nb", {"x": 1}], ids=repr)
def test_what_is_not_of_its_form_is_left_out(field: str, given: Any) -> None:
    assert getattr(DeadLetter(**{**GOOD, field: given}), field) is None


def test_a_number_in_the_name_of_a_field_is_blotted_out() -> None:
    fault = Fault("extra_forbidden", f"data.{CPR}", CPR, "ukendt felt", "unknown field")
    assert CPR.encode() not in DeadLetter(**{**GOOD, "faults": (LetterFault.of(fault),)}).value()
