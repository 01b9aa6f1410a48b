"""The twenty kinds of faults a file may have: a right event for each, what spoils it, and how the reader says so."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import msgspec

from schemas.identifiers import source_of
from services.sample.organisations import companies, municipalities

Body = dict[str, Any]

# Nobody's: serial number 0000 is not given out. It has the shape, and that is what must be refused.
_CPR = "311299-0000"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Who sends the faulty lines, and about which tender; it is registered nowhere, so that they change no figure."""

    tender: str
    contractor: str
    client: str
    secretariat: str

    @classmethod
    def of(cls, seed: int) -> Whereabouts:
        """Organisations that the portfolio has whatever its seed."""
        place = municipalities()[seed % len(municipalities())]
        return cls(f"{place.clients[0]}:fejlprov", companies()[0].cvr, place.clients[0], place.secretariat)


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to be wrong: the right event, what is done to it, and the field and code that must be told."""

    field: str
    code: str
    event: Callable[[Whereabouts, int], Body]
    spoil: Callable[[Body], bytes]


def _body(where: Whereabouts, index: int, name: str, sender: str, data: Body) -> Body:
    system = "sekretariat" if sender == where.secretariat else "byggesag" if sender == where.client else "loen"
    return {
        "specversion": "1.0",
        "id": f"rettet-{index:05d}",
        "source": source_of(sender, system),
        "type": f"dk.bygspor.{name}.v1",
        "subject": where.tender,
        "time": "2026-04-07T09:00:00+02:00",
        "datacontenttype": "application/json",
        "data": {"reported_by": sender, **data},
    }


def _placement(where: Whereabouts, index: int) -> str:
    return f"{where.contractor}:fejlprov/forloeb-{index:05d}"


def _hours(where: Whereabouts, index: int) -> Body:
    data = {"placement": _placement(where, index), "from_on": "2026-03-01", "to_on": "2026-03-31", "hours": 148.5}
    return _body(where, index, "hours.reported", where.contractor, data)


def _start(where: Whereabouts, index: int) -> Body:
    data = {
        "placement": _placement(where, index),
        "person": f"{where.secretariat}:fp-{index:05d}",
        "contractor": where.contractor,
        "kind": "work_placement",
        "started_on": "2026-03-02",
    }
    return _body(where, index, "placement.started", where.contractor, data)


def _end(where: Whereabouts, index: int) -> Body:
    data = {"placement": _placement(where, index), "ended_on": "2026-04-03", "reason": "personal_circumstances"}
    return _body(where, index, "placement.ended", where.contractor, data)


def _school(where: Whereabouts, index: int) -> Body:
    data = {"placement": _placement(where, index), "from_on": "2026-03-02", "to_on": "2026-04-03"}
    return _body(where, index, "school_period.reported", where.contractor, data)


def _action(where: Whereabouts, index: int) -> Body:
    data = {
        "action": f"{where.client}:fejlprov/opgave-{index:05d}",
        "what": "Aftal samtale med jobcentret",
        "owner": "Byggeleder LP",
        "owner_organisation": where.client,
        "opened_on": "2026-03-10",
        "due_on": "2026-03-24",
    }
    return _body(where, index, "action.opened", where.client, data)


def _clause(where: Whereabouts, index: int) -> Body:
    target = {"target": f"{where.client}:fejlprov/krav-{index:05d}", "metric": "persons", "amount": 12}
    data = {
        "agreement": f"{where.client}:fejlprov/aftale-{index:05d}",
        "kind": "social_clause",
        "targets": [target],
        "follow_up_owner": "Sekretariatsleder AK",
        "signed_on": "2026-01-12",
    }
    return _body(where, index, "agreement.signed", where.secretariat, data)


def _correction(where: Whereabouts, index: int) -> Body:
    target = {"target_source": source_of(where.contractor, "loen"), "target_id": f"ukendt-{index:05d}"}
    replacement = {"type": "dk.bygspor.hours.reported.v1", "data": _hours(where, index)["data"]}
    return _body(where, index, "event.corrected", where.contractor, {**target, "replacement": replacement})


def _put(path: str, value: Any) -> Callable[[Body], bytes]:
    """Set a field to something it must not be."""
    *way, last = path.split(".")

    def spoil(body: Body) -> bytes:
        spoilt = deepcopy(body)
        inner: Any = spoilt
        for step in way:
            inner = inner[int(step)] if step.isdecimal() else inner[step]
        inner[last] = value
        return msgspec.json.encode(spoilt)

    return spoil


def _drop(field: str) -> Callable[[Body], bytes]:
    def spoil(body: Body) -> bytes:
        data = {name: value for name, value in body["data"].items() if name != field}
        return msgspec.json.encode({**body, "data": data})

    return spoil


def _cut_off(body: Body) -> bytes:
    return msgspec.json.encode(body)[:-9]


def _in_a_list(body: Body) -> bytes:
    return msgspec.json.encode([body])


def _signed_by_another(body: Body) -> bytes:
    return _put("data.reported_by", companies()[1].cvr)(body)


def _person_is_cpr(body: Body) -> bytes:
    return _put("data.person", f"{body['data']['person'][:8]}:{_CPR}")(body)


KINDS: tuple[tuple[Fault, ...], ...] = (
    (Fault("", "json_invalid", _hours, _cut_off),),
    (Fault("", "not_an_object", _hours, _in_a_list),),
    (Fault("data.placement", "missing", _hours, _drop("placement")),),
    (Fault("data.timer", "extra_forbidden", _hours, _put("data.timer", 148.5)),),
    (Fault("data.placement", "string_type", _hours, _put("data.placement", 7)),),
    (Fault("type", "unknown_type", _hours, _put("type", "dk.bygspor.hours.guessed.v1")),),
    (
        Fault("data.to_on", "date_parsing", _hours, _put("data.to_on", "31-03-2026")),
        Fault("data.ended_on", "date_parsing", _end, _put("data.ended_on", "2026-02-30")),
    ),
    (Fault("data.started_on", "date_type", _start, _put("data.started_on", 46083)),),
    (Fault("data.contractor", "cvr", _start, _put("data.contractor", "12345678")),),
    (Fault("data.placement", "id_form", _end, _put("data.placement", "forløb 7")),),
    (
        Fault("data.person", "cpr", _start, _person_is_cpr),
        Fault("data.what", "cpr", _action, _put("data.what", f"Ring til {_CPR}")),
    ),
    (Fault("data.hours", "greater_than_equal", _hours, _put("data.hours", -3)),),
    (Fault("data.hours", "less_than_equal", _hours, _put("data.hours", 1485)),),
    (Fault("data", "one_month", _hours, _put("data.from_on", "2026-02-16")),),
    (Fault("data", "one_measure", _hours, _put("data.man_days", 20)),),
    (Fault("data", "order", _school, _put("data.to_on", "2026-02-27")),),
    (Fault("data.reason", "enum", _end, _put("data.reason", "syg")),),
    (Fault("", "reported_by", _hours, _signed_by_another),),
    (Fault("data", "local_clause", _clause, _put("data.targets.0.residents_only", True)),),
    (
        Fault(
            "data.replacement.type",
            "correction_of_correction",
            _correction,
            _put("data.replacement.type", "dk.bygspor.event.corrected.v1"),
        ),
    ),
)
"""Twenty kinds; a kind with several variants shows them in turn."""
