"""A tender as it was known at a moment, from the log alone: for sealed meetings, and to check the state by.

Of the state only one thing is asked: which candidates ever had to do with the tender, and these may be too many but
never too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from schemas.codec import kept, replaced
from schemas.corrections import EventCorrected
from schemas.envelope import Event
from schemas.secretariat import TenderRegistered
from services.domain.amendments import AnyEvent
from services.domain.replay import Replay
from services.store.connections import Connection

_EVENTS = b"""
SELECT e.body FROM log.event e JOIN log.applied_batch b ON b.batch = e.batch
WHERE e.subject_no = ANY(%s) AND b.known_at <= %s"""

_NUMBERS = b"SELECT no FROM log.subject WHERE name = ANY(%s)"

# Who names the tender now, and who did in words that have been amended since.
_CANDIDATES = b"""
SELECT subject_no FROM state.candidate WHERE tenders @> ARRAY[%(tender)s]
UNION SELECT e.subject_no FROM state.amended a JOIN log.event e ON e.source_no = a.source_no AND e.id = a.id
WHERE convert_from(e.body, 'UTF8')::jsonb #>> '{data,tender}' = %(tender)s
UNION SELECT e.subject_no FROM state.amendment a JOIN log.event e ON e.source_no = a.source_no AND e.id = a.id
WHERE convert_from(e.body, 'UTF8')::jsonb #>> '{data,replacement,data,tender}' = %(tender)s"""


def known_tender(connection: Connection, tender: str, known_on: datetime) -> Replay:
    """The tender as its own events, its circle's and its candidates' had told by then.

    Holds the tender's events in memory, about 3 kB each: for one tender at a time.
    """
    names = [tender]
    own = list(_events(connection, _numbers(connection, names), known_on))
    circles = {event.data.linking_circle for event in _registrations(own)}
    others = _numbers(connection, circles - {tender})
    others |= {number for (number,) in connection.execute(_CANDIDATES, {"tender": tender})}
    others -= _numbers(connection, names)
    return Replay(tender, [*own, *_events(connection, others, known_on)])


def _registrations(events: Iterable[AnyEvent]) -> Iterator[AnyEvent]:
    """What may name the circle: whether it holds is for the replay to say, and one circle too many does no harm."""
    told = (replaced(event) if isinstance(event.data, EventCorrected) else event for event in events)
    return (event for event in told if isinstance(event.data, TenderRegistered))


def _numbers(connection: Connection, names: Iterable[str]) -> set[int]:
    return {number for (number,) in connection.execute(_NUMBERS, [list(names)])}


def _events(connection: Connection, subjects: Iterable[int], known_on: datetime) -> Iterator[AnyEvent]:
    with connection.cursor(name="known") as cursor:
        cursor.itersize = 5_000
        for (body,) in cursor.execute(_EVENTS, [list(subjects), known_on]):
            event = kept(body)
            if isinstance(event, Event):
                yield event
