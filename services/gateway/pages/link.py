"""The page behind a personal link: who is still here? No login; the token is in the address and nowhere else.

What the link says is the contractor's own word, whoever made the link: it was sent to the contractor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fastapi import APIRouter, Request, Response

from schemas.vocabulary import Language
from services.clock import COPENHAGEN, today
from services.domain.rights import Caller
from services.gateway.admission import checked
from services.gateway.callers import address_of
from services.gateway.grouping import Admitted
from services.gateway.languages import language_of
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm
from services.gateway.pages.rendering import Form
from services.gateway.pages.report_desk import Desk, Posted, posted_of
from services.gateway.pages.texts import marked, say_many
from services.gateway.parts import Parts, PartsOf
from services.gateway.reporting.asking import Answer, Question, Step, questions, steps
from services.gateway.reporting.drawn import Drawn
from services.gateway.reporting.forms import Setting
from services.gateway.reporting.sending import LINK, Ready, Sender, event_bytes
from services.reports.words import day
from services.store import retold
from services.store.access import Link
from services.store.batches import Decoded

router = APIRouter()

# Only our address without its path goes into Referer. With none at all browsers also hide the Origin of the form.
_HEADERS = {"Referrer-Policy": "strict-origin", "X-Robots-Tag": "noindex, nofollow"}
_NOTHING = marked("Svar for mindst én person, eller tryk på »Alle er her stadig«.")
_NOTHING_OF_ONE = marked("Vælg et svar, og tryk på »Send svaret«.")
_ALL = "all"
_SINCE = marked("siden %(first)s")


class Asked(NamedTuple):
    """One person's question as it is drawn."""

    key: str
    name: str
    what: str
    answered: str


class Visitor(NamedTuple):
    """Who came by which link."""

    caller: Caller
    link: Link


@router.get("/link/{token}")
def ask(request: Request, parts: PartsOf, token: str) -> Response:
    """The question, or kindly that the link is over."""
    visitor = _visitor(request, parts, token)
    if visitor is None:
        return _over(request)
    desk = _desk(parts, visitor, language_of(request))
    asked = _questions(desk, visitor)
    held = {name: text for question in asked for name, text in question.filled(desk.on).items()}
    return _shown(request, desk, visitor, Form({**held, "drawn": Drawn.now().number}))


@router.post("/link/{token}")
def answer(request: Request, parts: PartsOf, token: str, posted: PostedForm) -> Response:
    """Keep the answers; all of them, or none where one is wrong."""
    visitor = _visitor(request, parts, token)
    if visitor is None:
        return _over(request)
    desk, came = _desk(parts, visitor, language_of(request)), posted_of(posted)
    typed = {name: came.one(name) for name in came.typed}
    found, errors = _read(desk, visitor, typed, everybody=bool(came.one(_ALL)))
    batch = [] if errors else _batch(desk, found, came)
    if not errors and not batch:
        alone = len(_questions(desk, visitor)) == 1
        errors = {"": [desk.say(_NOTHING_OF_ONE if alone else _NOTHING)]}
    if not errors:
        errors = {name: list(texts) for name, texts in desk.send(Ready(tuple(batch))).items()}
    if errors:
        return _shown(request, desk, visitor, came.form(errors))
    people = len({step.told.data.get("placement") for step in found if not step.id})
    told = say_many(
        desk.language,
        "Tak. Svaret er gemt for %(num)s person. Du kan ændre det, til linket udløber.",
        "Tak. Svarene er gemt for %(num)s personer. Du kan ændre dem, til linket udløber.",
        people,
    )
    gone = go(request, f"/link/{token}", told)
    gone.headers.update(_HEADERS)
    return gone


def _read(
    desk: Desk, visitor: Visitor, typed: dict[str, str], *, everybody: bool
) -> tuple[list[Step], dict[str, list[str]]]:
    """The steps of all answers; with `everybody`, who was not answered for is still here."""
    found: list[Step] = []
    errors: dict[str, list[str]] = {}
    source = Sender(visitor.caller, desk.language, LINK).source
    for question in _questions(desk, visitor):
        if everybody:
            typed.setdefault(f"answer-{question.key}", Answer.STILL.value)
        said = steps(question, typed, source, desk.on, desk.language)
        if isinstance(said, dict):
            errors |= said
        else:
            found += said
    return found, errors


def _batch(desk: Desk, found: Sequence[Step], came: Posted) -> list[Decoded]:
    """The events of the answers. They are made of dates and ids that were checked: one that is refused is our fault."""
    sender = Sender(desk.caller, desk.language, LINK)
    batch = []
    for step in found:
        setting = Setting(desk.organisation, desk.on, step.subject)
        identity = (step.id or f"{came.drawn.number}-{step.told.part}", came.drawn.time)
        raw = event_bytes(sender, setting, step.told.fact, step.told.data, identity)
        decoded = checked(raw, desk.caller, own_system=True)
        if isinstance(decoded, Admitted):
            raise TypeError(f"{step.told.fact.name}: {[fault.code for fault in decoded.faults]}")
        batch.append(decoded)
    return batch


def _visitor(request: Request, parts: Parts, token: str) -> Visitor | None:
    found = parts.access.links.caller_of_link(token)
    if found is None:
        parts.limits.check_login(address_of(request))
        return None
    visitor = Visitor(*found)
    parts.limits.check(visitor.caller.who)
    request.state.caller = visitor.caller
    return visitor


def _desk(parts: Parts, visitor: Visitor, language: Language) -> Desk:
    return Desk(parts, visitor.caller, language, today())


def _questions(desk: Desk, visitor: Visitor) -> list[Question]:
    link, prefix = visitor.link, f"link-{visitor.link.no}-"
    people = [(tender, one) for tender, one in desk.courses(link.tender) if not one.only_job_centre]
    with desk.looking() as connection:
        told = retold.told_under(connection, Sender(visitor.caller, desk.language, LINK).source, prefix)
    return questions(people, link.organisation, desk.on, prefix, told)


def _shown(request: Request, desk: Desk, visitor: Visitor, form: Form) -> Response:
    asked = _questions(desk, visitor)
    names = desk.names([question.placement.person for question in asked])
    several = len({question.tender for question in asked}) > 1
    drawn = [
        Asked(
            question.key,
            names.of_person(question.placement.person),
            _what(desk, question, several=several),
            _answered(question, visitor.link.organisation),
        )
        for question in asked
    ]
    answer = show(
        request,
        "links/question.html",
        422 if form.errors else 200,
        form=form,
        asked=sorted(drawn, key=lambda one: one.name.casefold()),
        answers=[(one.value, one.label(desk.language)) for one in Answer],
        firm=desk.company(visitor.link.organisation),
        where=desk.title(visitor.link.tender) if visitor.link.tender else None,
        until=day(visitor.link.expires_at.astimezone(COPENHAGEN).date()),
    )
    answer.headers.update(_HEADERS)
    return answer


def _what(desk: Desk, question: Question, *, several: bool) -> str:
    start = f"{desk.what(question.placement)} · {desk.say(_SINCE, first=day(question.placement.start))}"
    return f"{start} · {desk.title(question.tender)}" if several else start


def _answered(question: Question, contractor: str) -> str:
    """The day on which the contractor last said yes to the placement."""
    said = (verdict for verdict in question.placement.verdicts if verdict.organisation == contractor)
    words = [verdict.on for verdict in said if not verdict.disputed]
    return day(max(words)) if words else ""


def _over(request: Request) -> Response:
    answer = show(request, "links/over.html", 410)
    answer.headers.update(_HEADERS)
    return answer
