"""A tender on which a contractor, a secretariat and a job centre report through the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from schemas.codec import decode
from services.clock import today
from services.domain.rights import Kind, Role
from services.store.batches import Decoded
from services.store.figures import refresh
from tests.gateway.people import Person, logged_in

if TYPE_CHECKING:
    from tests.gateway.conftest import Gateway

CLIENT, SECRETARIAT, TOWN, FIRM, OTHER_FIRM = "10000270", "10000289", "10000297", "10000319", "10000300"
TENDER = f"{CLIENT}:havnegade"
CIRCLE = f"{SECRETARIAT}:kreds-461"
START = {"place": f"{TENDER} {FIRM}", "kind": "apprenticeship", "trade": "carpenter", "started_on": "02-03-2026"}
_ENDING = re.compile(r'href="(/report/events/(?:correct|withdraw)\?[^"]+)"')
_NUMBER = re.compile(r'name="drawn" value="([^"]+)"')


def event(number: str, cvr: str, name: str, /, subject: str = TENDER, **data: Any) -> dict[str, Any]:
    """An event of an organisation's own system."""
    return {
        "specversion": "1.0",
        "id": number,
        "source": f"urn:bygspor:{cvr}:test",
        "type": f"dk.bygspor.{name}.v1",
        "subject": subject,
        "time": "2026-01-02T08:00:00Z",
        "data": {"reported_by": cvr, **data},
    }


def frame() -> list[dict[str, Any]]:
    """A tender with two contractors that began at New Year."""
    registered: dict[str, Any] = {
        "client": CLIENT,
        "title": "Havnegade",
        "secretariat": SECRETARIAT,
        "municipality": 461,
        "linking_circle": CIRCLE,
        "contract_kind": "works",
        "starts_on": "2026-01-01",
        "handover_on": "2027-12-31",
    }
    target = {"target": f"{CLIENT}:havnegade/oplaering", "metric": "persons", "amount": 4, "kinds": ["apprenticeship"]}
    return [
        event("t-1", CLIENT, "tender.registered", **registered),
        event("t-2", CLIENT, "contractor.engaged", contractor=FIRM, company="Bo & Søn", engaged_on="2026-01-01"),
        event("t-3", CLIENT, "contractor.engaged", contractor=OTHER_FIRM, company="El", engaged_on="2026-01-01"),
        event(
            "t-4",
            CLIENT,
            "agreement.signed",
            agreement=f"{CLIENT}:aftale",
            kind="training_clause",
            signed_on="2026-01-01",
            follow_up_owner="KA",
            targets=[target],
        ),
    ]


@dataclass
class Site:
    """The tender with everybody logged in."""

    gateway: Gateway
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, cvr: str, role: Role = Role.REPORTER) -> Person:
        if cvr not in self.people:
            self.people[cvr] = logged_in(self.gateway, cvr, role)
        return self.people[cvr]

    def told(self, *events: dict[str, Any]) -> None:
        """Take events in as if they came from somebody's own system, and compute the figures."""
        batch = []
        for one in events:
            raw = msgspec.json.encode(one)
            decoded = decode(raw)
            batch.append(Decoded(raw, decoded))
        self.gateway.parts.store.apply(batch)
        self.figures()

    def figures(self) -> None:
        refresh(self.gateway.parts.store, today())

    def log(self, system: str = "bygspor-web") -> list[dict[str, Any]]:
        """What our own pages posted, in order."""
        query = (
            "SELECT e.body FROM log.event e JOIN log.source s ON s.no = e.source_no "
            "JOIN log.applied_batch b USING (batch) WHERE s.name LIKE %s ORDER BY b.position, e.nr"
        )
        with self.gateway.parts.store.database.transaction() as connection:
            return [msgspec.json.decode(bytes(row[0])) for row in connection.execute(query, [f"%:{system}"])]

    def send(self, who: Person, path: str, /, **typed: Any) -> httpx.Response:
        """Open a form and send it."""
        return who.post(path, {"drawn": number_of(who.get(path)), **typed})


def number_of(page: httpx.Response) -> str:
    """The number a form was drawn with."""
    found = _NUMBER.search(page.text)
    assert found, page.text
    return found[1]


def site_of(gateway: Gateway) -> Site:
    """The tender, with its organisations."""
    gateway.organisation(CLIENT, Kind.CLIENT, name="Boligforeningen")
    gateway.organisation(SECRETARIAT, Kind.SECRETARIAT, name="Sekretariatet")
    gateway.organisation(TOWN, Kind.JOB_CENTRE, name="Jobcentret", municipality=461)
    gateway.organisation(FIRM, Kind.CONTRACTOR, name="Tømrermester Bo & Søn A/S")
    gateway.organisation(OTHER_FIRM, Kind.CONTRACTOR, name="Bøgelund El A/S")
    site = Site(gateway)
    site.told(*frame())
    return site


def started(number: str, person: str, cvr: str = FIRM, **more: Any) -> dict[str, Any]:
    """A start from somebody's own system."""
    data = {"placement": f"{cvr}:P-{number}", "person": f"{SECRETARIAT}:{person}", "contractor": cvr, **more}
    return event(f"s-{number}", cvr, "placement.started", kind="apprenticeship", started_on="2026-03-02", **data)


def types(site: Site, system: str = "bygspor-web") -> list[str]:
    """What our own pages posted, by type."""
    return [one["type"].removeprefix("dk.bygspor.").removesuffix(".v1") for one in site.log(system)]


def ways(page: Any, which: str) -> list[str]:
    """The links by which own reports are corrected or withdrawn."""
    return [link.replace("&amp;", "&") for link in _ENDING.findall(page.text) if f"/{which}?" in link]
