"""Bytes to events: what waits, what is refused and how it is told, and what no trick gets past the door."""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.codec import Waiting, canonical, decode, encode, replaced, without_cpr
from schemas.corrections import EventCorrected
from schemas.envelope import Event
from schemas.faults import InvalidEventError
from schemas.identifiers import CPR_SHAPE
from schemas.publish import FOLDER

CPR = "311299-0000"


def example(name: str, stem: str = "valid-full") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "examples" / name / f"{stem}.json").read_text("utf-8"))
    return found


def as_bytes(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def correction_in(raw: bytes) -> Event[EventCorrected]:
    event = decode(raw)
    assert isinstance(event, Event)
    assert isinstance(event.data, EventCorrected)
    return cast(Event[EventCorrected], event)


def faults_in(raw: bytes) -> dict[str, str]:
    with pytest.raises(InvalidEventError) as refused:
        decode(raw)
    assert "311299" not in str(refused.value)
    assert all("311299" not in f"{fault.got}{fault.field}" for fault in refused.value.faults)
    return {fault.field: fault.code for fault in refused.value.faults}


def test_a_later_version_waits_whatever_its_data() -> None:
    event = example("works.started") | {"type": "dk.bygspor.works.started.v2", "data": {"from": {"year": 2031}}}
    assert decode(as_bytes(event)) == Waiting(event["id"], event["source"], event["type"], event["subject"])


@pytest.mark.parametrize("field", ["id", "source", "subject", "time", "specversion", "data"])
def test_a_later_version_needs_its_envelope(field: str) -> None:
    event = example("works.started") | {"type": "dk.bygspor.works.started.v2"}
    del event[field]
    assert faults_in(as_bytes(event)) == {field: "missing"}


@pytest.mark.parametrize("kind", ["works.started", "works.started.v0", "works.started.v1 ", "works.started.v", "v2"])
def test_other_types_are_unknown(kind: str) -> None:
    assert faults_in(as_bytes(example("works.started") | {"type": f"dk.bygspor.{kind}"})) == {"type": "unknown_type"}


def test_an_older_version_is_upcast_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def from_v8(event: dict[str, Any]) -> dict[str, Any]:
        return {**event, "type": "dk.bygspor.works.started.v9", "data": {**event["data"], "day": event["data"]["d"]}}

    def from_v9(event: dict[str, Any]) -> dict[str, Any]:
        data = {"reported_by": event["data"]["reported_by"], "started_on": event["data"].get("day")}
        return {**event, "type": "dk.bygspor.works.started.v1", "data": data}

    upcasts = {"dk.bygspor.works.started.v8": from_v8, "dk.bygspor.works.started.v9": from_v9}
    monkeypatch.setattr(codec, "_UPCASTS", upcasts)
    now = example("works.started")
    data = {"reported_by": now["data"]["reported_by"], "d": now["data"]["started_on"]}
    old = now | {"type": "dk.bygspor.works.started.v8", "data": data}
    assert decode(as_bytes(old)) == decode(as_bytes(now))

    correction = example("event.corrected") | {"source": now["source"]}
    correction["data"] |= {"reported_by": data["reported_by"], "on_behalf_of": None}
    correction["data"]["replacement"] = {"type": old["type"], "data": data}
    assert replaced(correction_in(as_bytes(correction))).type == now["type"]

    old["data"]["d"] = "i morges"
    assert faults_in(as_bytes(old)) == {"data.started_on": "date_parsing"}


def test_a_correction_waits_with_its_replacement() -> None:
    event = example("event.corrected")
    event["data"]["replacement"] = {"type": "dk.bygspor.hours.reported.v2", "data": {"minutes": 7110}}
    assert decode(as_bytes(event)) == Waiting(event["id"], event["source"], event["type"], event["subject"])


def test_a_correction_gives_the_event_as_it_should_have_been() -> None:
    event = example("event.corrected")
    correction = correction_in(as_bytes(event))
    corrected = replaced(correction)
    assert corrected.key == correction.key == (event["source"], event["id"])
    assert corrected.subject == event["subject"]
    assert json.loads(encode(corrected))["data"] == event["data"]["replacement"]["data"] | {"school_hours": 0}


def test_a_correction_keeps_what_it_does_not_look_into() -> None:
    event = example("event.corrected")
    event["data"]["replacement"]["data"] |= {"on_behalf_of": None}
    decoded = decode(as_bytes(event))
    assert isinstance(decoded, Event)
    assert decode(encode(decoded)) == decoded


def test_extension_attributes_are_kept() -> None:
    event = example("works.started") | {"traceparent": "00-4bf9", "sequence": 7, "sampled": True}
    decoded = decode(as_bytes(event))
    assert isinstance(decoded, Event)
    assert json.loads(encode(decoded)).items() >= {"traceparent": "00-4bf9", "sequence": 7, "sampled": True}.items()


@pytest.mark.parametrize("value", [1.5, 2**31, 1e999, [], {}, [[[]]]])
def test_extension_attributes_are_plain(value: object) -> None:
    assert faults_in(as_bytes(example("works.started") | {"x": value}).replace(b"Infinity", b"1e999")) == {
        "x": "extension"
    }


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("number", [CPR, "3112990000", "311299 0000", "nr.311299 – 0000,", "æ3112990000", 3112990000])
@pytest.mark.parametrize("field", sorted({"comment", "budget", *example("tender.registered")["data"]}))
def test_a_cpr_number_is_refused_at_every_place(field: str, number: object, version: str) -> None:
    event = example("tender.registered") | {"type": f"dk.bygspor.tender.registered.{version}"}
    if number == 3112990000 and field == "contract_sum_dkk":
        return  # a great sum; there is a test for it
    event["data"][field] = number
    assert faults_in(as_bytes(event)) == {f"data.{field}": "cpr"}


@pytest.mark.parametrize("field", sorted({"comment", *example("tender.registered")} - {"data", "type"}))
def test_a_cpr_number_is_refused_in_the_envelope(field: str) -> None:
    assert faults_in(as_bytes(example("tender.registered") | {field: CPR})) == {field: "cpr"}


@pytest.mark.parametrize("at", ["", "data", "data.rules", "data.targets.0"])
def test_a_cpr_number_is_refused_as_a_key(at: str) -> None:
    event = example("agreement.signed")
    holder: Any = event
    for step in filter(None, at.split(".")):
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[f"nr {CPR}"] = {"inner": 1}
    assert faults_in(as_bytes(event)) == {f"{at}.nr *".strip("."): "cpr"}


HIDDEN = (
    r"\u0033\u0031\u0031\u0032\u0039\u0039\u002d\u0030\u0030\u0030\u0030",
    r"31129\u0039-0000",
    r"311299\u20130000",
    r"linje\n311299-0000",
    r"linje\t3112990000",
    r"\u00e6311299-0000",
    r"\ud83d\ude00311299-0000",
    r"\u00003112990000",
    r"\"311299-0000\"",
    r"\\311299-0000",
)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_cpr_number_cannot_hide_behind_an_escape(hidden: str) -> None:
    raw = as_bytes(example("tender.registered") | {"comment": "@"}).replace(b"@", hidden.encode())
    assert faults_in(raw).keys() == {"comment"}
    kept = without_cpr(raw)
    assert b"******-****" in kept
    assert b"3112" not in kept
    json.loads(kept)


@settings(deadline=None)
@given(st.text())
def test_what_is_kept_of_a_refused_event_says_the_same(text: str) -> None:
    """Control characters and halves of surrogate pairs apart, which become blanks."""
    text = "".join(char if char.isprintable() else " " for char in text)
    kept = without_cpr(json.dumps({"text": text, "cpr": CPR}).encode())
    assert json.loads(kept.decode())["cpr"] == "******-****"
    if text.isascii():
        assert json.loads(without_cpr(json.dumps({"text": text}).encode())) in ({"text": text}, {"text": masked(text)})


def masked(text: str) -> str:
    return CPR_SHAPE.sub("******-****", text)


def test_broken_json_is_blotted_too() -> None:
    assert without_cpr(b'{"a":"\\u0033112990000", "b": \xff') == b'{"a":"******-****", "b": \xff'


@settings(deadline=None)
@given(st.uuids())
def test_a_uuid_may_be_an_id(uuid: UUID) -> None:
    event = example("hours.reported") | {"id": str(uuid)}
    event["data"]["placement"] = f"10000025:{uuid}"
    assert isinstance(decode(as_bytes(event)), Event)


def test_a_cpr_number_cannot_hide_under_a_key_that_stands_twice() -> None:
    raw = as_bytes(example("hours.reported")).replace(
        b'"data":', b'"comment": "311299-0000", "comment": "x", "data":', 1
    )
    assert b"311299" in raw
    assert faults_in(raw) == {"": "cpr"}


@pytest.mark.parametrize("amount", [1_512_000_000, 3_112_990_000])
def test_a_great_sum_is_not_taken_for_a_cpr_number(amount: int) -> None:
    event = example("tender.registered")
    event["data"]["contract_sum_dkk"] = amount
    assert isinstance(decode(as_bytes(event)), Event)


def test_hours_with_ten_decimals_are_not_taken_for_a_cpr_number() -> None:
    raw = as_bytes(example("hours.reported")).replace(b"118.5", b"7.1111111111")
    assert isinstance(decode(raw), Event)


@pytest.mark.parametrize("where", ["id", "comment", "data.title"])
def test_a_nul_is_refused(where: str) -> None:
    event = example("tender.registered")
    (event["data"] if "." in where else event)[where.removeprefix("data.")] = "før\x00efter"
    assert faults_in(json.dumps(event).encode()) == {where: "nul"}


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert isinstance(decode(as_bytes(example("tender.registered") | {"comment": r"\u0000"})), Event)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"type":"x"} {}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 100_000,
        b'{"type":"dk.bygspor.works.started.v2","a":"\xff 311299-0000"}',
        b'{"type":"dk.bygspor.works.started.v2","a":"\\ud800 311299-0000"}',
        b'{"type":"dk.bygspor.works.started.v1","a":NaN}',
        b'{"type":"dk.bygspor.works.started.v1","a":' + b"9" * 5_000 + b"}",
        b'{"type":"dk.bygspor.works.started.v1","a":311299-0000}',
    ],
)
def test_broken_json_is_an_invalid_event(raw: bytes) -> None:
    assert faults_in(raw) == {"": "json_invalid"}


def test_deep_json_with_a_cpr_number_is_an_invalid_event() -> None:
    raw = b'{"type":"dk.bygspor.works.started.v1","b":"311299-0000","a":' + b"[" * 900 + b"]" * 900 + b"}"
    assert faults_in(raw) == {"b": "cpr"}


def test_a_number_written_otherwise_is_the_same_event() -> None:
    assert canonical(b'{"data":{"hours":37.0,"days":[1.0]}}') == canonical(b'{"data":{"days":[1],"hours":37}}')


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"hours": 118.5}, {"hours": 118.75}),
        ({"hours": 118.5, "revision": 1}, {"hours": 118.5, "revision": 2}),
        ({"starts": [1, 2]}, {"starts": [2, 1]}),
    ],
)
def test_another_content_is_another_event(one: object, other: object) -> None:
    assert canonical(as_bytes({"data": one})) != canonical(as_bytes({"data": other}))


def test_faults_are_told_in_both_languages() -> None:
    event = example("placement.started")
    event["data"] |= {"weekly_hours": 0.25, "kind": "praktik", "placement": "17"}
    with pytest.raises(InvalidEventError) as refused:
        decode(as_bytes(event))
    told = {fault.field: (fault.text("da"), fault.text("en")) for fault in refused.value.faults}
    assert told["data.weekly_hours"] == ("data.weekly_hours: mindst 0,5", "data.weekly_hours: at least 0.5")
    assert told["data.kind"][0].endswith("'course' eller 'operations_assistant'")
    assert told["data.kind"][1].endswith("'course' or 'operations_assistant'")
    assert "CVR-nummer, kolon" in told["data.placement"][0]
