"""Events as JSON objects, in few words, for the oracle's own tests."""

from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

from schemas.codec import decode
from tests.oracle import Figure, PlacementView, figures, placements

CLIENT, MAIN, SUB, OTHER, JOB_CENTRE = "10000009", "10000017", "10000025", "10000033", "10000041"
TENDER, CIRCLE = f"{CLIENT}:t", f"{CLIENT}:circle"
Event = dict[str, Any]

_numbers = itertools.count(1)


def saying(name: str, /, by: str = CLIENT, behalf: str | None = None, subject: str = TENDER, **data: Any) -> Event:
    """One event of the named type, under the tender unless another subject is given."""
    for_whom = {"on_behalf_of": behalf} if behalf else {}
    return {
        "specversion": "1.0",
        "id": f"e{next(_numbers):06}",
        "source": f"urn:bygspor:{by}:test",
        "type": f"dk.bygspor.{name}.v1",
        "subject": subject,
        "time": "2025-01-01T12:00:00+01:00",
        "data": {"reported_by": by, **for_whom, **data},
    }


def correcting(target: Event, revision: int = 1, by: str | None = None, **changed: Any) -> Event:
    """A correction that replaces these fields of the target."""
    sender = by or target["data"]["reported_by"]
    replacement = {"type": target["type"], "data": {**target["data"], "reported_by": sender, **changed}}
    named = {"target_source": target["source"], "target_id": target["id"]}
    return saying(
        "event.corrected", by=sender, subject=target["subject"], revision=revision, replacement=replacement, **named
    )


def withdrawing(target: Event, by: str | None = None) -> Event:
    """A withdrawal of an event or a correction."""
    named = {"target_source": target["source"], "target_id": target["id"]}
    return saying("event.withdrawn", by=by or target["data"]["reported_by"], subject=target["subject"], **named)


def tender(starts_on: str = "2025-01-01", handover_on: str = "2025-12-31") -> list[Event]:
    """A tender over 2025 with a main contractor and a subcontractor under it."""
    at_work = {"engaged_on": "2024-12-01"}
    return [
        saying(
            "tender.registered",
            title="Test",
            client=CLIENT,
            municipality=751,
            linking_circle=CIRCLE,
            starts_on=starts_on,
            handover_on=handover_on,
        ),
        saying("contractor.engaged", contractor=MAIN, company="Main", **at_work),
        saying("contractor.engaged", contractor=SUB, company="Sub", role="sub", under=MAIN, **at_work),
        saying("contractor.engaged", contractor=OTHER, company="Other", **at_work),
    ]


def agreement(*targets: dict[str, Any], **rules: Any) -> Event:
    """One agreement on these targets, signed before the works."""
    return saying(
        "agreement.signed",
        agreement=f"{CLIENT}:a",
        kind="partnership_agreement",
        targets=list(targets),
        rules=rules,
        follow_up_owner="KL",
        signed_on="2024-12-01",
    )


def target(metric: str, amount: float = 10, name: str = "k", **narrowed: Any) -> dict[str, Any]:
    """One target, `CLIENT:k` unless named."""
    return {"target": f"{CLIENT}:{name}", "metric": metric, "amount": amount, **narrowed}


def started(name: str, on: str, person: str = "p", by: str = MAIN, **terms: Any) -> Event:
    """A contractor's report that a placement began: an apprenticeship unless said otherwise."""
    terms = {"contractor": by, "kind": "apprenticeship", **terms}
    return saying("placement.started", by=by, placement=place(name), person=f"{MAIN}:{person}", started_on=on, **terms)


def about(event: str, name: str, by: str = MAIN, **data: Any) -> Event:
    """Anything else that is said of a placement."""
    return saying(event, by=by, placement=place(name), **data)


def place(name: str) -> str:
    """The id of a placement."""
    return f"{MAIN}:{name}"


def figure(events: list[Event], on: str, name: str = "k") -> Figure:
    """The figure of one target; the events must be such as the program takes in."""
    return figures(_taken_in(events), TENDER, date.fromisoformat(on))[f"{CLIENT}:{name}"]


def view(events: list[Event], on: str, name: str = "a") -> PlacementView:
    """One placement; the events must be such as the program takes in."""
    return placements(_taken_in(events), TENDER, date.fromisoformat(on))[place(name)]


def parts(shown: Figure, *names: str) -> tuple[object, ...]:
    """Some of a figure's numbers and words, side by side."""
    return tuple(getattr(shown, name) for name in names)


def _taken_in(events: list[Event]) -> list[Event]:
    for event in events:
        decode(json.dumps(event).encode())
    return events
