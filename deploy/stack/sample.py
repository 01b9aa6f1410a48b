"""The sample as its senders would send it: which organisations they are, and their events over HTTP with a key each."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files

import httpx2

from services.domain.rights import Kind, Role
from services.sample.desks import DESKS, ODENSE
from services.sample.organisations import companies, municipalities
from services.sample.portfolio import portfolio
from services.store.access import Access

_SOURCE = re.compile(rb'"source": ?"urn:bygspor:([0-9]{8}):([a-z-]+)"')
_KINDS = {
    b"byggesag": Kind.CLIENT,
    b"helhedsplan": Kind.SECRETARIAT,
    b"byggeplads": Kind.SITE,
    b"sekretariat": Kind.SECRETARIAT,
    b"jobcenter": Kind.JOB_CENTRE,
}
"""What an organisation is by the name of its system; all others are contractors' pay and site systems."""

_LABEL = "stack"
_BATCH = 500
_ANSWER_SECONDS = 60.0
_TRY_AGAIN = frozenset({429, 503})


def told(tenders: int, years: int) -> Iterator[bytes]:
    """The three tenders that are told as stories, then a made-up portfolio: the same lines every time."""
    for path in sorted(files("services.sample").joinpath("data").iterdir(), key=lambda one: one.name):
        yield from path.read_bytes().splitlines()
    yield from portfolio(tenders, years, 1)


def senders(lines: Iterable[bytes]) -> dict[str, set[Kind]]:
    """Every organisation that sends some of the lines, and what it is."""
    found: defaultdict[str, set[Kind]] = defaultdict(set)
    for line in lines:
        cvr, system = _sender(line)
        found[cvr].add(_KINDS.get(system, Kind.CONTRACTOR))
    return dict(found)


def let_in(access: Access, organisations: dict[str, set[Kind]]) -> dict[str, str]:
    """Register the organisations that are missing, and make give each a new key; keys of earlier runs are revoked."""
    names = {desk.cvr: desk.name for desk in DESKS} | {company.cvr: company.name for company in companies()}
    where = {one.job_centre: one.code for one in municipalities()}
    for key in access.keys.list():
        if key.label == _LABEL and key.revoked_at is None:
            access.keys.revoke(key.no)
    made = {}
    for cvr, kinds in organisations.items():
        if access.organisations.get(cvr) is None:
            name = names.get(cvr) or f"{min(kinds).label('da')} {cvr}"
            access.organisations.register(
                cvr, name, kinds, where.get(cvr, ODENSE) if Kind.JOB_CENTRE in kinds else None
            )
        made[cvr] = access.keys.create(cvr, _LABEL, Role.REPORTER, "cli")[1]
    return made


class Posting:
    """Posts events with their senders' keys, until they are accepted or `stopped` is set.

    `accepted` and `refused` count events that the gateway has answered for.
    """

    def __init__(self, keys: dict[str, str], url: Callable[[], str], stopped: threading.Event) -> None:
        """`url` is asked before each request: after a restart the gateway may be elsewhere."""
        self.accepted = self.refused = 0
        self.last_refusal = ""
        self._keys, self._url, self._stopped = keys, url, stopped
        self._client = httpx2.Client(timeout=_ANSWER_SECONDS)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def post(self, lines: Sequence[bytes]) -> bool:
        """Send lines, in batches of one sender each. False where it was stopped before all were answered."""
        return all(self._batch(cvr, batch) for cvr, batch in _batches(lines))

    def _batch(self, cvr: str, batch: Sequence[bytes]) -> bool:
        headers = {
            "Authorization": f"Bearer {self._keys[cvr]}",
            "Content-Type": "application/cloudevents-batch+json",
            "Accept-Language": "en",
        }
        body = b"[" + b",".join(batch) + b"]"
        while not self._stopped.is_set():
            answer = self._asked(headers, body)
            if answer is not None and answer.status_code not in _TRY_AGAIN:
                self._note(answer, len(batch))
                return True
            self._stopped.wait(float(answer.headers.get("Retry-After", 1)) if answer is not None else 0.5)
        return False

    def _asked(self, headers: dict[str, str], body: bytes) -> httpx2.Response | None:
        """The answer; None where there was none, so that nobody knows and the same is sent again."""
        try:
            return self._client.post(f"{self._url()}/v1/events", content=body, headers=headers)
        except httpx2.TransportError:
            return None

    def _note(self, answer: httpx2.Response, events: int) -> None:
        told = answer.json()
        refused = int(told.get("refused", 0)) if answer.is_success else events
        self.accepted += events - refused
        self.refused += refused
        if refused:
            wrong = [one for one in told.get("results", [told]) if one.get("errors") or not answer.is_success]
            self.last_refusal = str(wrong[:1])[:500]


def _batches(lines: Sequence[bytes]) -> Iterator[tuple[str, Sequence[bytes]]]:
    by_sender: defaultdict[str, list[bytes]] = defaultdict(list)
    for line in lines:
        by_sender[_sender(line)[0]].append(line)
    for cvr, own in by_sender.items():
        for start in range(0, len(own), _BATCH):
            yield cvr, own[start : start + _BATCH]


def _sender(line: bytes) -> tuple[str, bytes]:
    match = _SOURCE.search(line)
    assert match is not None  # noqa: S101 -- the sample's own lines
    return match[1].decode(), match[2]
