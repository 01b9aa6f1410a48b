"""The description of the stream: fresh, sound by AsyncAPI's own schema, whole, and true of what there is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from schemas import asyncapi, publish
from schemas.codec import EVENT_TYPES
from schemas.dead_letter import DeadLetter, LetterFault
from schemas.faults import fault
from schemas.topics import TOPICS

Document = dict[str, Any]
SPECIFICATION = json.loads((Path(__file__).parent / "asyncapi" / "3.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SPECIFICATION)
DOCUMENT: Document = json.loads(asyncapi.text())
OURS = {"gateway", "worker"}
EXAMPLES = sorted((publish.FOLDER / "examples").glob("*/valid-*.json"))


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from refs(one)


def resolves(document: Document, ref: str) -> bool:
    """Whether there is what a reference names: a place in the document, or a file beside it."""
    file, _, pointer = ref.partition("#")
    if file:
        return not pointer and (publish.FOLDER / file).is_file()
    found: Any = document
    for step in pointer.removeprefix("/").split("/"):
        if not isinstance(found, dict) or step not in found:
            return False
        found = found[step]
    return True


def faults(document: Document) -> list[str]:
    """Everything that is wrong with a description."""
    return [
        *(f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(document)),
        *(f"nothing at {ref}" for ref in refs(document) if not resolves(document, ref)),
        *_missing(document),
        *_other_than_topics(document),
    ]


def _missing(document: Document) -> Iterator[str]:
    messages = document["components"]["messages"]
    told = {message["name"] for message in messages.values()}
    yield from (f"no message of {name}" for name in EVENT_TYPES.keys() - told)
    one_of = {one["$ref"] for one in messages["batch"]["payload"]["schema"]["items"]["oneOf"]}
    yield from (f"no {ref} in a batch" for ref in {f"./{publish.file_name(t)}" for t in EVENT_TYPES.values()} - one_of)
    used = {ref for channel in document["channels"].values() for ref in refs(channel["messages"])}
    yield from (f"{name} is on no channel" for name in messages if f"#/components/messages/{name}" not in used)


def _other_than_topics(document: Document) -> Iterator[str]:
    if document["channels"].keys() != TOPICS.keys():
        yield "the channels are not the topics"
    for name, channel in document["channels"].items():
        if channel["bindings"]["kafka"]["partitions"] != TOPICS[name].partitions:
            yield f"{name} has other partitions"
        if set(channel["parameters"]) != {part[1:-1] for part in channel["address"].split(".") if part[0] == "{"}:
            yield f"{name} has parameters that its address has not"
    ours = {(one["action"], one["channel"]["$ref"], one["tags"][0]["name"]) for one in document["operations"].values()}
    for topic in TOPICS.values():
        ends = {("send", party) for party in topic.producers} | {("receive", party) for party in topic.consumers}
        wanted = {
            (action, f"#/channels/{topic.name}", party) for action, party in ends if party in {"gateway", "worker"}
        }
        yield from (f"no operation {one}" for one in wanted - ours)


def test_the_published_description_is_fresh() -> None:
    assert asyncapi.FILE.read_text("utf-8") == asyncapi.text(), f"run: {asyncapi.COMMAND}"


def test_the_description_is_sound_whole_and_true_of_the_topics() -> None:
    assert faults(DOCUMENT) == []


def test_an_organisation_reaches_its_topic_only_after_login() -> None:
    for name, topic in TOPICS.items():
        servers = DOCUMENT["channels"][name].get("servers", [])
        assert servers == ([{"$ref": "#/servers/secure"}] if topic.per_organisation else [])
    assert DOCUMENT["servers"]["secure"]["security"]
    assert DOCUMENT["servers"]["secure"]["protocol"] == "kafka-secure"


def _forget_a_type(document: Document) -> None:
    del document["components"]["messages"]["placement.started.v1"]


def _forget_it_in_the_batch(document: Document) -> None:
    document["components"]["messages"]["batch"]["payload"]["schema"]["items"]["oneOf"].pop()


def _mistype_a_file(document: Document) -> None:
    message = document["components"]["messages"]["placement.started.v1"]
    message["payload"]["schema"]["$ref"] = "./placement.begun.v1.json"


def _forget_a_channel(document: Document) -> None:
    del document["channels"]["deadletters"]


def _misspell_a_property(document: Document) -> None:
    document["channels"]["events"]["adress"] = document["channels"]["events"].pop("address")
    document["channels"]["events"]["address"] = "{prefix}.events"


def _misspell_in_a_binding(document: Document) -> None:
    document["channels"]["in"]["bindings"]["kafka"]["partition"] = 6


def _quote_a_number_in_a_binding(document: Document) -> None:
    document["channels"]["in"]["bindings"]["kafka"]["topicConfiguration"]["retention.ms"] = "1209600000"


def _spread_it_otherwise(document: Document) -> None:
    document["channels"]["in"]["bindings"]["kafka"]["partitions"] = 7


def _let_it_go_nowhere(document: Document) -> None:
    document["operations"]["worker.receive.events"]["action"] = "publish"


def _forget_an_operation(document: Document) -> None:
    del document["operations"]["gateway.send.events"]


def _forget_a_parameter(document: Document) -> None:
    del document["channels"]["in"]["parameters"]["organisation"]


def _leave_a_message_out(document: Document) -> None:
    del document["channels"]["deadletters"]["messages"]["dead_letter"]


def _break_the_letter(document: Document) -> None:
    del document["components"]["schemas"]["LetterFault"]


@pytest.mark.parametrize(
    "plant",
    [
        _forget_a_type,
        _forget_it_in_the_batch,
        _mistype_a_file,
        _forget_a_channel,
        _misspell_a_property,
        _misspell_in_a_binding,
        _quote_a_number_in_a_binding,
        _spread_it_otherwise,
        _let_it_go_nowhere,
        _forget_an_operation,
        _forget_a_parameter,
        _leave_a_message_out,
        _break_the_letter,
    ],
    ids=lambda plant: plant.__name__.strip("_"),
)
def test_a_planted_fault_is_seen(plant: Callable[[Document], None]) -> None:
    document = copy.deepcopy(DOCUMENT)
    plant(document)
    assert faults(document) != []


def test_a_batch_of_published_examples_is_what_the_description_says() -> None:
    schemas = {f"./{path.name}": json.loads(path.read_text("utf-8")) for path in publish.FOLDER.glob("*.v*.json")}
    by_either_name = [*schemas.items(), *((schema["$id"], schema) for schema in schemas.values())]
    registry: Registry[Any] = Registry().with_contents(by_either_name, default_specification=DRAFT202012)
    payload = DOCUMENT["components"]["messages"]["batch"]["payload"]["schema"]
    validator = jsonschema.Draft202012Validator(payload, registry=registry)
    assert len(EXAMPLES) >= len(EVENT_TYPES)
    batch = [json.loads(path.read_text("utf-8")) for path in EXAMPLES]
    validator.validate(batch)
    assert not validator.is_valid([])
    assert not validator.is_valid([{**batch[0], "type": "dk.bygspor.unheard_of.v1"}])
    assert not validator.is_valid(batch[0])


def test_a_sender_over_kafka_is_told_where_to_ask_and_with_what() -> None:
    readme = (publish.FOLDER.parents[1] / "README.md").read_text("utf-8")
    for text in (DOCUMENT["info"]["description"], readme):
        assert {one for one in ("/v1/events/receipt", "/v1/rejected", "API key", "bygspor key add") if one in text} == {
            "/v1/events/receipt",
            "/v1/rejected",
            "API key",
            "bygspor key add",
        }
    api = json.loads((publish.FOLDER / "openapi.json").read_text("utf-8"))
    assert "Kafka" in api["paths"]["/v1/rejected"]["get"]["summary"]
    assert "/v1/rejected" in api["paths"]["/v1/events/receipt"]["get"]["description"]
    assert "cpr_in_topic" in readme
    assert "kafka-delete-records" in readme


def test_a_batch_may_be_as_large_as_what_is_taken_in() -> None:
    batch = DOCUMENT["components"]["messages"]["batch"]
    assert "maxItems" not in batch["payload"]["schema"]
    assert "max.message.bytes" in batch["description"]


def test_a_letter_that_we_write_is_what_the_description_says() -> None:
    validator = jsonschema.Draft7Validator({**DOCUMENT, "$ref": "#/components/schemas/DeadLetter"})
    letter = DeadLetter(
        topic="bygspor.events",
        partition=3,
        offset=1917,
        nr=0,
        faults=(LetterFault.of(fault("missing", "data.person")),),
        noted_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    told = json.loads(letter.value())
    validator.validate(told)
    assert not validator.is_valid({**told, "payload": "{}"})
    assert not validator.is_valid({**told, "offset": -1})
