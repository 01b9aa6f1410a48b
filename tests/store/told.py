"""Events in few words, and what a database then holds, in a form that does not depend on who came first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from schemas.codec import decode
from services.store.batches import Decoded, Outcome
from services.store.store import Store

CLIENT, MAIN, OTHER, JOB_CENTRE = "10000009", "10000017", "10000033", "10000041"
TENDER, CIRCLE, CANDIDATE = f"{CLIENT}:t", f"{CLIENT}:circle", f"{JOB_CENTRE}:k"
Said = dict[str, Any]

STATE = [
    "tender",
    "placement",
    "hours",
    "site_hours",
    "placement_match",
    "opening",
    "meeting",
    "action",
    "candidate",
    "person_link",
    "area_indicator",
]


def say(name: str, id_: str, /, by: str = MAIN, behalf: str | None = None, subject: str = TENDER, **data: Any) -> Said:
    for_whom = {"on_behalf_of": behalf} if behalf else {}
    return {
        "specversion": "1.0",
        "id": id_,
        "source": f"urn:bygspor:{by}:test",
        "type": f"dk.bygspor.{name}.v1",
        "subject": subject,
        "time": "2025-01-01T12:00:00+01:00",
        "data": {"reported_by": by, **for_whom, **data},
    }


def hours(id_: str, worked: float, month: int = 3, placement: str = "p1", **more: Any) -> Said:
    days = {"from_on": f"2025-{month:02}-01", "to_on": f"2025-{month:02}-28"}
    return say("hours.reported", id_, placement=f"{MAIN}:{placement}", hours=worked, **{**days, **more})


def started(id_: str, placement: str = "p1", person: str = "a", **more: Any) -> Said:
    return say(
        "placement.started",
        id_,
        **{
            "placement": f"{MAIN}:{placement}",
            "person": f"{CLIENT}:{person}",
            "contractor": MAIN,
            "kind": "apprenticeship",
            "started_on": "2025-01-06",
            **more,
        },
    )


def registered(id_: str = "reg", **more: Any) -> Said:
    told = {"title": "Blåbærhaven", "client": CLIENT, "municipality": 751, "linking_circle": CIRCLE, **more}
    return say("tender.registered", id_, by=CLIENT, **told)


def same_as(id_: str, one: str, other: str) -> Said:
    people = {"person": f"{CLIENT}:{one}", "same_as": f"{CLIENT}:{other}"}
    return say("person.same_as", id_, by=CLIENT, subject=CIRCLE, decided_on="2025-02-01", **people)


def correct(target: Said, id_: str, /, revision: int = 1, by: str | None = None, **changed: Any) -> Said:
    sender = by or target["data"]["reported_by"]
    replacement = {"type": target["type"], "data": {**target["data"], "reported_by": sender, **changed}}
    return _amend("event.corrected", target, id_, sender, revision=revision, replacement=replacement)


def withdraw(target: Said, id_: str, /, by: str | None = None) -> Said:
    return _amend("event.withdrawn", target, id_, by or target["data"]["reported_by"])


def _amend(name: str, target: Said, id_: str, by: str, **data: Any) -> Said:
    named = {"target_source": target["source"], "target_id": target["id"]}
    return say(name, id_, by=by, subject=target["subject"], **named, **data)


def raw(said: Said) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def read_all(raws: Iterable[bytes]) -> list[Decoded]:
    """Events that are known to be acceptable."""
    return [Decoded(raw, decode(raw)) for raw in raws]


def tell(store: Store, *said: Said) -> Sequence[Outcome]:
    return store.apply(read_all(map(raw, said))).outcomes


def tell_one_by_one(store: Store, *said: Said) -> list[Outcome]:
    return [outcome for one in said for outcome in tell(store, one)]


def ask(store: Store, query: str) -> list[Any]:
    """Rows of a query as the owner; of one column, its values."""
    with store.database.transaction() as connection:
        rows = connection.execute(query.encode()).fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


def state(store: Store) -> dict[str, list[str]]:
    """All derived tables, numbers turned back into names: equal states are equal here, whatever the order was."""
    named = dict.fromkeys(STATE, _SUBJECT)
    named |= dict.fromkeys(("hours", "site_hours", "waiting"), _SUBJECT + _SOURCE)
    named |= {"amendment": _SUBJECT + _SOURCE + _TARGET, "amended": _SUBJECT + _SOURCE + _BY}
    return {table: sorted(ask(store, _DUMP.format(table=table, names=names))) for table, names in named.items()}


_DUMP = """
SELECT (to_jsonb(t) - ARRAY['subject_no', 'source_no', 'target_source_no', 'by_source_no']
        || jsonb_build_object({names}))::text FROM state.{table} t"""
_SUBJECT = "'subject', (SELECT name FROM log.subject n WHERE n.no = t.subject_no)"
_SOURCE = ", 'source', (SELECT name FROM log.source n WHERE n.no = t.source_no)"
_TARGET = ", 'target', (SELECT name FROM log.source n WHERE n.no = t.target_source_no)"
_BY = ", 'by', (SELECT name FROM log.source n WHERE n.no = t.by_source_no)"


def empty(store: Store) -> None:
    """Take all events away, as no program ever does."""
    tables = ["log.event", "log.applied_batch", "log.rejected", "state.dirty_tender"]
    tables += [f"state.{table}" for table in (*STATE, "amendment", "amended", "waiting", "speaker")]
    tables.append("access.visible")
    with store.database.transaction() as connection:
        connection.execute(f"TRUNCATE {', '.join(tables)}".encode())


def in_lots(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def stop_backends(url: str) -> None:
    """End every other connection to a database, as a restart would."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
