"""Writes `schemas/published/asyncapi.json`: `python -m schemas.asyncapi`; a test holds it fresh.

The stream as other systems see it, in AsyncAPI 3.1: the topics are those of `schemas.topics`, and an event's payload is
its published JSON Schema, which lies beside the document.
"""

import json
from collections.abc import Iterator
from typing import Any

from schemas.codec import EVENT_TYPES
from schemas.dead_letter import DeadLetter
from schemas.facts import TYPE_PREFIX, Fact
from schemas.identifiers import CVR_FORM
from schemas.publish import FOLDER, file_name
from schemas.topics import TOPICS, Party, Topic

FILE = FOLDER / "asyncapi.json"
COMMAND = "python -m schemas.asyncapi"

_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"
_BINDING = "0.5.0"  # of Kafka's bindings
_BATCH, _LETTER = "batch", "dead_letter"
_LETTERS_TYPE = "application/json"
_BATCH_TYPE = "application/cloudevents-batch+json"
_EVENT_TYPE = "application/cloudevents+json"
_OURS: tuple[Party, ...] = ("gateway", "worker")

_ABOUT = """\
Events from construction sites, job centres and contractors, as they travel through Apache Kafka to the workers that
apply them. There is a stream only where BygSpor is set up with Kafka; over HTTP (openapi.json) the same events are
taken in with it or without.

The operations are BygSpor's own. An organisation whose systems speak Kafka sends to the channel `in`, to the topic that
is its own, and to nothing else. It is registered beforehand, and `bygspor topics apply --for CVR` makes its topic.

`(source, id)` is the identity of an event: the same event again is a no-op, so whoever is in doubt sends it again.
Order never matters, and the key of a record is for locality only. That a broker has a record means that it will be
looked at; nothing more comes back through Kafka. What became of an event is told over HTTP, for which a system that
only sends through Kafka needs an API key of its organisation, too (the operator makes it: `bygspor key add`):
`/v1/events/receipt?source=…&id=…` gives the receipt of an event that is in the log, and 404 for any other, also
one on its way;
`/v1/rejected` gives those that were refused, each with its faults. BygSpor's operator hears in `deadletters` of each
that was rejected. CloudEvents' binary mode (`ce_` headers) is not read.

A record is kept as it was sent until the topic's retention is over. A CPR number in it is refused and never taken into
BygSpor, but stands in the topic until then, or until the operator deletes the record: send none."""


def document() -> dict[str, Any]:
    """The whole description."""
    return {
        "asyncapi": "3.1.0",
        "id": "urn:bygspor:stream",
        "info": {"title": "BygSpor: the stream", "version": "1.0.0", "description": _ABOUT},
        "defaultContentType": _EVENT_TYPE,
        "servers": _servers(),
        "channels": {name: _channel(topic) for name, topic in TOPICS.items()},
        "operations": dict(one for topic in TOPICS.values() for one in _operations(topic)),
        "components": {
            "messages": _messages(),
            "schemas": _schemas(),
            "securitySchemes": {
                "scram": {"type": "scramSha512", "description": "A user that the broker's operator made."}
            },
        },
    }


def text() -> str:
    """The description as it is written."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _servers() -> dict[str, Any]:
    brokers = {"description": "host:port of any broker, as the operator tells.", "default": "kafka.example.dk:9093"}
    common = {"host": "{brokers}", "protocolVersion": "4.3", "variables": {"brokers": brokers}}
    return {
        "secure": {
            **common,
            "protocol": "kafka-secure",
            "description": "TLS and login, the only way in for others. ACLs say which topic a user may write to.",
            "security": [{"$ref": "#/components/securitySchemes/scram"}],
        },
        "closed": {
            **common,
            "protocol": "kafka",
            "description": "Without login, on a network that only BygSpor's own programs are on.",
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    parameters = {"prefix": {"default": "bygspor", "description": "What the installation's names begin with."}}
    if topic.per_organisation:
        about = f"CVR number of the organisation that the topic belongs to ({CVR_FORM}, modulus 11)."
        parameters["organisation"] = {"examples": ["10000319"], "description": about}  # type: ignore[dict-item]
    only_logged_in = {"servers": [{"$ref": "#/servers/secure"}]} if topic.per_organisation else {}
    return {
        "address": ".".join(["{prefix}", topic.name, *(["{organisation}"] if topic.per_organisation else [])]),
        "title": topic.name,
        "description": f"{topic.description} Key: {topic.key} Value: {topic.value} Time: {topic.timestamps_mean}",
        **only_logged_in,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _in(topic)},
        "parameters": parameters,
        "bindings": {"kafka": _binding(topic)},
        "x-producers": list(topic.producers),
        "x-consumers": list(topic.consumers),
        "x-dead-letters": topic.dead_letters,
    }


def _binding(topic: Topic) -> dict[str, Any]:
    """Kafka's settings of the topic, in the types that the binding gives to some of them."""
    settings: dict[str, Any] = dict(topic.configuration)
    settings["cleanup.policy"] = [settings["cleanup.policy"]]
    settings |= {name: int(settings[name]) for name in ("max.message.bytes", "retention.bytes", "retention.ms")}
    return {"partitions": topic.partitions, "topicConfiguration": settings, "bindingVersion": _BINDING}


def _in(topic: Topic) -> list[str]:
    return [_LETTER] if topic.content_types == (_LETTERS_TYPE,) else [_BATCH, *map(_message_name, EVENT_TYPES.values())]


def _operations(topic: Topic) -> Iterator[tuple[str, dict[str, Any]]]:
    """What our own programs do with a topic."""
    for action, parties in (("send", topic.producers), ("receive", topic.consumers)):
        for party in parties:
            if party in _OURS:
                yield f"{party}.{action}.{topic.name}", _operation(topic, action, party)


def _operation(topic: Topic, action: str, party: Party) -> dict[str, Any]:
    group = {"type": "string", "default": "bygspor.worker", "description": "{prefix}.worker"}
    bound = {"bindings": {"kafka": {"groupId": group, "bindingVersion": _BINDING}}} if action == "receive" else {}
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"The {party} {action}s what is in {topic.name}.",
        "tags": [{"name": party}],
        **bound,
    }


def _messages() -> dict[str, Any]:
    singles = {_message_name(cls): _single(cls) for cls in EVENT_TYPES.values()}
    return {_BATCH: _batch(), **singles, _LETTER: _letter()}


def _message_name(cls: type[Fact]) -> str:
    return cls.type().removeprefix(TYPE_PREFIX)


def _single(cls: type[Fact]) -> dict[str, Any]:
    return {
        "name": cls.type(),
        "title": f"{cls.en} / {cls.da}",
        "contentType": _EVENT_TYPE,
        "headers": _headers(_EVENT_TYPE),
        "payload": _formatted({"$ref": f"./{file_name(cls)}"}),
        "bindings": _key("The event's subject.", _SUBJECT),
    }


def _batch() -> dict[str, Any]:
    types = [{"$ref": f"./{file_name(cls)}"} for cls in EVENT_TYPES.values()]
    events = {"type": "array", "minItems": 1, "items": {"oneOf": types}}
    return {
        "name": "batch",
        "title": "Several events of one subject",
        "description": "Best 100 or more where there are as many: a record costs more than an event in it. The gateway "
        "writes at most 500; others may send more, as long as the record is no larger than the topic's largest "
        "(`max.message.bytes`). Each event has its own fate; what is right goes in, what is wrong does not. An empty "
        "array is refused, as code `empty`.",
        "contentType": _BATCH_TYPE,
        "headers": _headers(_BATCH_TYPE),
        "payload": _formatted(events),
        "bindings": _key("The subject of the events.", _SUBJECT),
    }


def _letter() -> dict[str, Any]:
    return {
        "name": "dead_letter",
        "title": "An event that was rejected",
        "description": "It may come twice, with the same key. `bygspor rejected show` tells what the event held.",
        "contentType": _LETTERS_TYPE,
        "headers": _headers(_LETTERS_TYPE),
        "payload": {"$ref": "#/components/schemas/DeadLetter"},
        "bindings": _key("topic/partition/offset/nr", "bygspor.events/3/1917/0"),
    }


def _schemas() -> dict[str, Any]:
    """The dead letter and what it is made of; no more than AsyncAPI's own form of schema is needed for it."""
    letter = DeadLetter.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    return {**letter.pop("$defs"), "DeadLetter": letter}


_SUBJECT = "10000270:havnegade"


def _headers(content_type: str) -> dict[str, Any]:
    told = {"type": "string", "const": content_type, "description": "May be left out: the value tells by itself."}
    return {"type": "object", "properties": {"content-type": told}}


def _key(about: str, example: str) -> dict[str, Any]:
    key = {"type": "string", "description": f"{about} UTF-8.", "examples": [example]}
    return {"kafka": {"key": key, "bindingVersion": _BINDING}}


def _formatted(schema: dict[str, Any]) -> dict[str, Any]:
    return {"schemaFormat": _JSON_SCHEMA, "schema": schema}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
