"""My people: who is on each tender, how they are, what is missing, and what waits for our yes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from schemas.job_centre import PlacementConfirmed
from services.domain.placements import Placement, Verdict
from services.domain.rights import Kind
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import without_cpr
from services.gateway.pages.report_desk import Desk, DeskOf, posted_of
from services.gateway.pages.texts import marked, say_many
from services.gateway.reporting.addresses import form_address
from services.gateway.reporting.asking import key_of
from services.gateway.reporting.catalogue import FORMS
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.forms import ReportForm, Setting, Told
from services.gateway.reporting.people import Names, name_fault
from services.gateway.reporting.sending import Ready, ready
from services.gateway.reporting.standing import State, last_word, state_of, workplace_of
from services.reports.words import day
from services.sheets.texts import folded
from services.store import retold, seen
from services.store.batches import Decoded

router = APIRouter()

_NAMED = marked("Navnet er gemt.")
_CONFIRMED = marked("Bekræftet %(day)s")
_DISPUTED = marked("Bestridt %(day)s")
_NONE_CHOSEN = marked("Der var ikke noget at sige ja til.")
_BUTTONS = {
    State.AGREED: ("begin", "not-started"),
    State.WAITS: ("begin",),
    State.AT_WORK: ("end", "school", "pause"),
    State.AT_SCHOOL: ("end", "school"),
    State.PAUSED: ("resume", "end"),
    State.ENDED: (),
    State.NOT_STARTED: (),
}
_TOWNS = ("follow-up", "grant", "mentor")
_LESS_OFTEN = ("change", "move", "agreement", "follow-up")
_OVER = frozenset({State.ENDED, State.NOT_STARTED})


class Line(NamedTuple):
    """One person's line. `first` and `more` are (address, text) of what can be done."""

    tender: str
    person: str
    name: str
    named: bool
    firm: str
    what: str
    since: str
    state: State
    word: str
    missing: Sequence[str]
    first: Sequence[tuple[str, str]]
    more: Sequence[tuple[str, str]]


class Group(NamedTuple):
    """The people on one tender."""

    tender: str
    title: str
    lines: Sequence[Line]


class Waiting(NamedTuple):
    """Something that was reported for us and waits for our yes."""

    key: str
    text: str
    no: str


@router.get("/report")
def people(request: Request, desk: DeskOf, tender: str = "", q: str = "", over: str = "") -> Response:
    """My people; `q` looks for a name, `over` shows those who have ended, too."""
    rows = desk.people()
    names = desk.names([row.placement.person for row in rows])
    lines = [line for line in _lines(desk, rows, names) if _wanted(line, q, tender, over=bool(over))]
    with desk.looking() as connection:
        candidates = retold.candidates(connection)
    firm = bool({Kind.CONTRACTOR, Kind.SECRETARIAT} & desk.caller.kinds)
    return show(
        request,
        "report/people.html",
        groups=_grouped(desk, lines),
        waiting=[_waiting(desk, tender, placement, names) for tender, placement in _for_our_yes(desk, rows)],
        number=Drawn.now().number,
        search=without_cpr(q),
        over=bool(over),
        several=len({row.placement.contractor for row in rows}) > 1 or Kind.CONTRACTOR not in desk.caller.kinds,
        everybody=len(rows),
        tender=tender,
        tenders=[(row.tender, desk.title(row.tender)) for row in desk.tenders.values()],
        reports_starts=firm,
        reports_views=Kind.JOB_CENTRE in desk.caller.kinds,
        candidates=Kind.JOB_CENTRE in desk.caller.kinds or bool(candidates),
    )


@router.post("/report/names")
def give_name(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Call one of our own people by a name that only we see."""
    came = posted_of(posted)
    person, back = came.one("person"), f"/report?tender={quote(came.one('tender'))}"
    if person not in {placement.person for _, placement in desk.courses()}:
        return go(request, back)
    wrong = name_fault(desk.parts.vault, desk.organisation, person, came.one("name"))
    if wrong:
        return go(request, back, wrong.text(desk.language).capitalize(), "error")
    return go(request, back, desk.say(_NAMED))


@router.post("/report/yes")
def say_yes(request: Request, desk: DeskOf, posted: PostedForm) -> Response:
    """Say yes to what was reported for us: to those that were ticked."""
    came = posted_of(posted)
    chosen = set(came.typed.get("yes", ()))
    batch: list[Decoded] = []
    for tender, placement in _for_our_yes(desk, desk.people()):
        if (key := key_of(tender, placement.placement)) in chosen:
            data: dict[str, str | int | float | list[str]] = {
                "placement": placement.placement,
                "confirmed_on": desk.on.isoformat(),
            }
            yes = [Told(PlacementConfirmed, data, key)]
            setting = Setting(desk.organisation, desk.on, tender)
            found = ready(FORMS["confirm"], yes, desk.sender, came.drawn, setting)
            batch += found.batch if isinstance(found, Ready) else ()
    if not batch:
        return go(request, "/report", desk.say(_NONE_CHOSEN), "info")
    desk.send(Ready(tuple(batch)))
    told = say_many(
        desk.language, "Der er sagt ja til %(num)s forløb.", "Der er sagt ja til %(num)s forløb.", len(batch)
    )
    return go(request, "/report", told)


def _for_our_yes(desk: Desk, rows: Iterable[seen.PlacementRow]) -> list[tuple[str, Placement]]:
    """What only others have told of a placement with us."""
    return [
        (row.tender, row.placement)
        for row in rows
        if row.placement.contractor == desk.organisation
        and not row.placement.own_word
        and not row.placement.only_job_centre
        and not row.placement.not_started
    ]


def _lines(desk: Desk, rows: Sequence[seen.PlacementRow], names: Names) -> list[Line]:
    with desk.looking() as connection:
        found = seen.findings(connection)
    missing: dict[tuple[str, str], list[str]] = {}
    for finding in found:
        if finding.about:
            missing.setdefault((finding.tender, finding.about.split(" ")[0]), []).append(finding.text(desk.language))
    return [_line(desk, row, names, missing.get((row.tender, row.placement.placement), ())) for row in rows]


def _line(desk: Desk, row: seen.PlacementRow, names: Names, missing: Sequence[str]) -> Line:
    placement, place = row.placement, workplace_of(row.placement, desk.on)
    state = state_of(placement, desk.on)
    own = Kind.JOB_CENTRE not in desk.caller.kinds or placement.contractor == desk.organisation
    word = last_word(placement, desk.organisation)
    first, more = _of_own(state, word) if own else _of_town(word)
    return Line(
        row.tender,
        placement.person or "",
        names.of_person(placement.person),
        names.has(placement.person),
        desk.company(place.contractor if place else None),
        desk.what(placement),
        day(placement.start or placement.planned_start),
        state,
        _said(desk, word, own=own),
        missing,
        _links(desk, row, first),
        _links(desk, row, more),
    )


def _of_own(state: State, word: Verdict | None) -> tuple[Sequence[str], Sequence[str]]:
    """The forms for somebody of one's own; what one contradicted waits for one's yes."""
    again = ("confirm",) if word is not None and word.disputed else ()
    return (*again, *_BUTTONS[state]), () if state in _OVER else _LESS_OFTEN


def _of_town(word: Verdict | None) -> tuple[Sequence[str], Sequence[str]]:
    """The forms of a job centre; what it has said already is not asked for again."""
    if word is None:
        return ("confirm", "dispute"), _TOWNS
    return (("confirm",), _TOWNS) if word.disputed else ((), ("dispute", *_TOWNS))


def _said(desk: Desk, word: Verdict | None, *, own: bool) -> str:
    """A job centre's last word; of one's own people only that one contradicts."""
    if word is None or (own and not word.disputed):
        return ""
    return desk.say(_DISPUTED if word.disputed else _CONFIRMED, day=day(word.on))


def _links(desk: Desk, row: seen.PlacementRow, keys: Sequence[str]) -> list[tuple[str, str]]:
    """What can be done with a placement, as far as the caller may."""
    forms: list[ReportForm] = [FORMS[key] for key in keys if FORMS[key].kinds & desk.caller.kinds]
    placement = row.placement.placement
    return [(form_address(placement, form.key, row.tender), form.title.text(desk.language)) for form in forms]


def _wanted(line: Line, search: str, tender: str, *, over: bool) -> bool:
    if tender and line.tender != tender:
        return False
    if line.state in _OVER and not over and not search:
        return False
    return folded(search) in folded(f"{line.name} {line.what} {line.firm} {line.person}")


def _grouped(desk: Desk, lines: Sequence[Line]) -> list[Group]:
    by_tender: dict[str, list[Line]] = {}
    for line in lines:
        by_tender.setdefault(line.tender, []).append(line)
    groups = [
        Group(tender, desk.title(tender), sorted(found, key=lambda line: (line.state in _OVER, line.name.casefold())))
        for tender, found in by_tender.items()
    ]
    return sorted(groups, key=lambda group: group.title.casefold())


def _waiting(desk: Desk, tender: str, placement: Placement, names: Names) -> Waiting:
    begins = day(placement.start or placement.planned_start)
    text = f"{names.of_person(placement.person)}, {desk.what(placement)}, {begins}, {desk.title(tender)}"
    no = form_address(placement.placement, "dispute", tender)
    return Waiting(key_of(tender, placement.placement), text, no)
