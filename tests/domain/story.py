"""Tells a tender in few words: what is left out is sensible, and nothing invalid can be said.

    story = Story().tender().agreement(target("fte", 2))
    story.starts("P1", "2026-01-05")
    story.says("placement.paused", placement="P1", paused_on="2026-02-02")
    assert story.figure("T1", on="2026-03-10").delivered == ...

Short names become ids (`P1` of a placement, `T1` of a target); organisations are the constants below. Events go as
JSON through `schemas.codec.decode`, so that what the gateway would refuse is refused here too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from schemas.codec import decode
from schemas.envelope import Event
from schemas.facts import EVENT_TYPES
from services.domain.assessment import assess
from services.domain.courses import Placed, Standpoint
from services.domain.figures import Figure
from services.domain.findings import Finding
from services.domain.replay import Replay
from services.domain.timeline import hours_of

CLIENT, MAIN, SUB, OTHER, JOB_CENTRE, SECRETARIAT = (
    "10000009",
    "10000017",
    "10000025",
    "10000033",
    "10000041",
    "10000068",
)
Said = dict[str, Any]
Exact = Fraction | int
TENDER, CIRCLE = f"{CLIENT}:tender", f"{CLIENT}:circle"
CORRECTED, WITHDRAWN = "event.corrected", "event.withdrawn"

# The fields in which a short name stands for an id.
_IDS = frozenset(
    {
        *("person", "same_as", "not_same_as", "placement", "other", "continues", "opening", "plan", "contract"),
        *("target", "to_target", "waiver", "substitution", "agreement", "action", "meeting"),
    }
)
_SENDERS = {"client": CLIENT, "secretariat": SECRETARIAT, "contractor": MAIN, "site": MAIN, "job_centre": JOB_CENTRE}
_SUBJECTS = {"linking_circle": CIRCLE, "candidate": f"{JOB_CENTRE}:candidate", "area": f"{CLIENT}:area"}


def identifier(name: str) -> str:
    """The id of a short name."""
    return name if ":" in name else f"{CLIENT}:{name}"


def target(metric: str, amount: float = 10, name: str = "T1", **narrowed: Any) -> Said:
    """A target of an agreement."""
    contracts = {"contracts": [identifier(c) for c in narrowed.pop("contracts")]} if "contracts" in narrowed else {}
    return {"target": identifier(name), "metric": metric, "amount": amount, **narrowed, **contracts}


@dataclass
class Story:
    """All that has been said so far."""

    bodies: list[Said] = field(default_factory=list)

    def says(
        self,
        name: str,
        /,
        by: str | None = None,
        on_behalf_of: str | None = None,
        subject: str | None = None,
        **data: Any,
    ) -> Said:
        """Say one event; it is sent by the party whose business it is, unless `by` says who."""
        cls = EVENT_TYPES[f"dk.bygspor.{name}.v1"]
        said = {key: identifier(value) if key in _IDS else value for key, value in data.items() if value is not None}
        sender = by or _SENDERS[cls.senders[0].value]
        behalf = {"on_behalf_of": on_behalf_of} if on_behalf_of else {}
        body = {
            "specversion": "1.0",
            "id": f"e{len(self.bodies) + 1:04}",
            "source": f"urn:bygspor:{sender}:story",
            "type": cls.type(),
            "subject": subject or _SUBJECTS.get(cls.about.value, TENDER),
            "time": "2026-01-01T12:00:00+01:00",
            "data": {"reported_by": sender, **behalf, **said},
        }
        read(body)
        self.bodies.append(body)
        return body

    def correct(self, said: Said, revision: int = 1, by: str | None = None, **changed: Any) -> Said:
        """Say an event anew, with some fields changed (None: left out)."""
        sender = by or said["data"]["reported_by"]
        new = {key: identifier(value) if key in _IDS else value for key, value in changed.items()}
        data = {**said["data"], **new, "reported_by": sender}
        replacement = {"type": said["type"], "data": {key: value for key, value in data.items() if value is not None}}
        return self.says(
            CORRECTED, by=sender, subject=said["subject"], revision=revision, replacement=replacement, **_naming(said)
        )

    def withdraw(self, said: Said, by: str | None = None) -> Said:
        """Take an event, or a correction, back."""
        return self.says(WITHDRAWN, by=by or said["data"]["reported_by"], subject=said["subject"], **_naming(said))

    # The sentences nearly every story needs.

    def tender(
        self, starts_on: str | None = "2026-01-01", handover_on: str | None = "2026-12-31", **more: Any
    ) -> Story:
        """Register the tender, with two main contractors and a subcontractor under the first."""
        self.says(
            "tender.registered",
            title="Story",
            client=CLIENT,
            municipality=751,
            linking_circle=CIRCLE,
            starts_on=starts_on,
            handover_on=handover_on,
            **more,
        )
        self.engages(MAIN)
        self.engages(SUB, under=MAIN)
        self.engages(OTHER)
        return self

    def engages(self, contractor: str, under: str | None = None, engaged_on: str = "2026-01-01", **more: Any) -> None:
        """Engage a contractor."""
        role = "sub" if under else "main"
        company = {MAIN: "Hoved A/S", SUB: "Under ApS", OTHER: "Anden A/S"}.get(contractor, "Firma")
        more |= {"contractor": contractor, "role": role, "under": under, "engaged_on": engaged_on}
        self.says("contractor.engaged", company=company, **more)

    def agreement(self, *targets: Said, name: str = "A1", signed_on: str = "2025-12-01", **rules: Any) -> Story:
        """Sign an agreement on some targets; it is a partnership agreement, which may say anything."""
        self.says("agreement.signed", signed_on=signed_on, **agreed(*targets, name=name, **rules))
        return self

    def starts(self, placement: str, on: str, person: str = "Kim", **terms: Any) -> Said:
        """Start a placement: an apprentice of the main contractor, unless said otherwise."""
        terms = {"contractor": MAIN, "kind": "apprenticeship", **terms}
        by = terms.pop("by", None) or (None if terms.get("on_behalf_of") else terms["contractor"])
        return self.says("placement.started", by=by, placement=placement, person=person, started_on=on, **terms)

    def hours(self, placement: str, from_on: str, to_on: str, hours: float | None = None, **more: Any) -> Said:
        """Report hours of a placement."""
        return self.says("hours.reported", placement=placement, from_on=from_on, to_on=to_on, hours=hours, **more)

    def site_hours(self, from_on: str, to_on: str, hours: float, contractor: str = MAIN, **more: Any) -> Said:
        """Report all hours of a contractor on the site."""
        more |= {"contractor": contractor, "from_on": from_on, "to_on": to_on, "hours": hours}
        return self.says("site_hours.reported", **more)

    # What comes out of it.

    def replay(self, tender: str = TENDER) -> Replay:
        """The tender as told."""
        return Replay(tender, map(read, self.bodies))

    def figure(self, name: str = "T1", on: str = "2026-12-31", tender: str = TENDER) -> Figure:
        """The figure of a target."""
        found = [figure for figure in self.figures(on, tender) if figure.target == identifier(name)]
        assert len(found) == 1
        return found[0]

    def figures(self, on: str, tender: str = TENDER) -> Sequence[Figure]:
        """All figures of a tender."""
        return assess(self.replay(tender), date.fromisoformat(on)).figures

    def delivered(self, name: str = "T1", on: str = "2026-12-31") -> Exact | None:
        """What has been delivered of a target."""
        return self.figure(name, on).delivered

    def status(self, name: str = "T1", on: str = "2026-12-31") -> tuple[str, str]:
        """The status of a target, and its reason."""
        figure = self.figure(name, on)
        return figure.status.value, figure.reason.value

    def findings(self, on: str, code: str | None = None, tender: str = TENDER) -> list[Finding]:
        """The findings on a day, or those of one code."""
        found = assess(self.replay(tender), date.fromisoformat(on)).findings
        return [finding for finding in found if code in {None, finding.code}]

    def placed(self, placement: str, on: str) -> Placed:
        """A placement within its tender on a day."""
        source = self.replay()
        here = Standpoint(source.frame(), source.ties(), date.fromisoformat(on))
        placed = [one for person in source.people() for one in here.placed(person)]
        return next(one for one in placed if one.placement.placement == identifier(placement))


def agreed(*targets: Said, name: str = "A1", **rules: Any) -> Said:
    """The terms of an agreement, but for their date."""
    kind = rules.pop("kind", "partnership_agreement")
    return {"agreement": name, "kind": kind, "targets": list(targets), "rules": rules, "follow_up_owner": "K. Lund"}


def read(body: Said) -> Event[Any]:
    """The event of a body, as the gateway would read it."""
    event = decode(json.dumps(body).encode())
    assert isinstance(event, Event)
    return event


def computed(figure: Figure) -> Exact:
    """The computed hours of what fits a target."""
    return hours_of(figure.fits.computed)


def measured(figure: Figure) -> Exact:
    """The measured hours of what fits a target."""
    return hours_of(figure.fits.measured)


def _naming(said: Said) -> Said:
    return {"target_source": said["source"], "target_id": said["id"]}
