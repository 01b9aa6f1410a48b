"""Three estates and everybody who may ask about them, with who should see what said once more, in other words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.domain.rights import Caller, Kind, Role
from services.sample.organisations import cvr_numbers
from services.store import figures
from services.store.access import Access, seen_by
from services.store.batches import Decoded, Refused, read
from services.store.store import Store
from services.store.uploads import Register
from tests.store.told import ask, raw, say

Row = dict[str, Any]

HAVNEGADE, KORSKAER, ROSENHOEJ = "10000270:havnegade", "10000009:korskaerparken", "10000130:rosenhoej"
SITE, AUDITOR, INTRUDER, FAR_JOB_CENTRE, BOTH, STRANGER = cvr_numbers(70)[60:66]
TODAY = date(2026, 11, 20)


def caller(cvr: str | None, *kinds: Kind, municipality: int | None = None, role: Role = Role.READER) -> Caller:
    return Caller(cvr, frozenset(kinds), role, "user:1", municipality)


CALLERS = {
    "client": caller("10000270", Kind.CLIENT),
    "secretariat": caller("10000289", Kind.SECRETARIAT, role=Role.REPORTER),
    "job centre": caller("10000297", Kind.JOB_CENTRE, municipality=461),
    "contractor": caller("10000319", Kind.CONTRACTOR, role=Role.ADMINISTRATOR),
    "contractor spoken for": caller("10000327", Kind.CONTRACTOR),
    "silent contractor": caller("10000335", Kind.CONTRACTOR),
    "main contractor": caller("10000033", Kind.CONTRACTOR),
    "subcontractor": caller("10000092", Kind.CONTRACTOR),
    "contractor that left": caller("10000041", Kind.CONTRACTOR),
    "contractor that is the site": caller("10000300", Kind.CONTRACTOR, Kind.SITE),
    "site": caller(SITE, Kind.SITE),
    "auditor": caller(AUDITOR, Kind.AUDITOR),
    "other client": caller("10000130", Kind.CLIENT),
    "other secretariat": caller("10000149", Kind.SECRETARIAT),
    "other job centre": caller("10000025", Kind.JOB_CENTRE, municipality=607),
    "job centre without a word": caller(FAR_JOB_CENTRE, Kind.JOB_CENTRE, municipality=101),
    "municipality that is all": caller(BOTH, Kind.JOB_CENTRE, Kind.CLIENT, municipality=751),
    "job centre taken for a contractor": caller("10000297", Kind.CONTRACTOR, municipality=461),
    "intruder": caller(INTRUDER, Kind.CONTRACTOR, Kind.CLIENT),
    "stranger": caller(STRANGER, *Kind),
    "operator": caller(None, *Kind, role=Role.OPERATOR),
}


_ALL = "SELECT to_jsonb(t) FROM {} t"


@dataclass
class World:
    """What was told, as plain JSON, and the rows there are, as their owner sees them."""

    store: Store
    told: list[Row] = field(default_factory=list)
    _rows: dict[str, list[Row]] = field(default_factory=dict)
    _relations: dict[tuple[Caller, str], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bodies = ask(self.store, "SELECT convert_from(body, 'UTF8')::jsonb FROM log.event")
        self.told = [one if isinstance(one, dict) else json.loads(one) for one in bodies]
        self.subjects = dict(ask(self.store, "SELECT no, name FROM log.subject"))
        self.sources = dict(ask(self.store, "SELECT no, name FROM log.source"))

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, which nobody changes while this world is looked at."""
        if table not in self._rows:
            self._rows[table] = ask(self.store, _ALL.format(table))
        return self._rows[table]

    def relations(self, who: Caller, subject: str) -> set[str]:
        """What somebody is to a tender: from the events alone."""
        asked = (who, subject)
        if asked not in self._relations:
            self._relations[asked] = self._related(who, subject)
        return self._relations[asked]

    def _related(self, who: Caller, subject: str) -> set[str]:
        if who.organisation is None:
            return set()
        found = set(self.said_by_its_own(who.organisation, subject))
        spoken = any(said["subject"] == subject and _sender(said) == who.organisation for said in self.told)
        if Kind.JOB_CENTRE in who.kinds:
            named = any(said["subject"] == subject and _refers(said) == who.organisation for said in self.told)
            at_home = any(_registers(said, subject) == who.municipality for said in self.told)
            found |= {"job_centre"} if spoken or named or at_home else set()
        if Kind.SITE in who.kinds and (spoken or "contractor" in found):
            found.add("site")
        if (who.organisation, subject) == (AUDITOR, KORSKAER):
            found.add("auditor")
        return found

    def said_by_its_own(self, organisation: str, subject: str) -> Iterator[str]:
        """What an organisation is to a tender by the word of those whose tender it is."""
        for said in self.told:
            if said["subject"] != subject or _sender(said) == INTRUDER:
                continue
            data, name = said["data"], said["type"].split(".", 2)[2].removesuffix(".v1")
            if name == "tender.registered":
                yield from (one for one in ("client", "secretariat") if data[one] == organisation)
            engaged = {"contractor.engaged": "contractor", "contract.awarded": "contractor"}
            field_ = engaged.get(name, "successor" if name == "contractor.succeeded" else "")
            if data.get(field_) == organisation:
                yield "contractor"


def _sender(said: Row) -> str:
    return str(said["source"].split(":")[2])


def _refers(said: Row) -> str | None:
    return said["data"].get("referred_by") if said["type"].startswith("dk.bygspor.placement.") else None


def _registers(said: Row, subject: str) -> int | None:
    is_it = said["subject"] == subject and said["type"] == "dk.bygspor.tender.registered.v1"
    return said["data"]["municipality"] if is_it and _sender(said) == subject[:8] else -1


def seen(world: World, who: Caller, query: str) -> list[Any]:
    with seen_by(world.store.database, who, TODAY) as connection:
        rows = connection.execute(query.encode()).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def tell_more(store: Store) -> None:
    """A site, an intruder that reports itself into a tender, refused lines, an event to come, and a mandate."""
    at: Any = {"subject": HAVNEGADE}
    into: Any = {"contractor": INTRUDER, "company": "Ind A/S", "engaged_on": "2026-01-05"}
    mine: Any = {"client": INTRUDER, "municipality": 461, "title": "Mit", "linking_circle": f"{INTRUDER}:c"}
    told = [
        say("site_meeting.held", "s1", by=SITE, meeting=f"{SITE}:m1", held_on="2026-03-02", **at),
        say("contractor.engaged", "i1", by=INTRUDER, **into, **at),
        say("tender.registered", "i2", by=INTRUDER, **mine, **at),
        say(
            "placement.moved",
            "i3",
            by=INTRUDER,
            placement="10000319:x",
            contractor=INTRUDER,
            moved_on="2026-03-02",
            **at,
        ),
        say(
            "contractor.left",
            "l1",
            by="10000270",
            contractor="10000343",
            left_on="2026-01-05",
            reason="terminated",
            **at,
        ),
        {**say("hours.reported", "v9", by="10000319", **at), "type": "dk.bygspor.hours.reported.v9"},
        say("hours.reported", "bad", by="10000319", placement="x", **at),
        say("hours.reported", "bad", by="10000807", placement="x", **at),
    ]
    told[6]["source"] = next(name for name in ask(store, "SELECT name FROM log.source") if ":10000319:" in name)
    items = [read(raw(one)) for one in told]
    refused = [item for item in items if isinstance(item, Refused)]
    assert len(refused) == 2
    store.apply([item for item in items if isinstance(item, Decoded)], refused)
    figures.refresh(store, TODAY)
    register = Register(store.database)
    for cvr in ("10000319", "10000289"):
        register.add(cvr, "user:1", "ark.xlsx", b"digest")
        register.remember(cvr, "signature", {})
    access = Access(store.database)
    access.organisations.register(AUDITOR, "Revisionen", [Kind.AUDITOR])
    access.mandates.give(AUDITOR, KORSKAER, "user:1", TODAY)
    access.mandates.give(AUDITOR, ROSENHOEJ, "user:1", TODAY.replace(day=1))
