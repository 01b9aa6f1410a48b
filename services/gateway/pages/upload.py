"""The pages of uploads: hand a sheet in, see what it would do, answer, choose columns, say yes, and the receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from fastapi.routing import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from schemas.vocabulary import Language
from services.clock import today
from services.domain.rights import Caller
from services.gateway.languages import language_of
from services.gateway.pages.answers import go, show
from services.gateway.pages.posting import PostedForm, form_of, text_of
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import ReportingPageCaller
from services.gateway.pages.stops import Stop
from services.gateway.pages.texts import marked, say
from services.gateway.pages.upload_view import Shown
from services.gateway.parts import Parts, PartsOf
from services.gateway.uploads.book import layouts_of
from services.gateway.uploads.clerk import CHANGED, FAILED, INTERRUPTED, NOT_YOURS, Sent, wish_of
from services.gateway.uploads.desk import Opened
from services.gateway.uploads.looking import Wish
from services.gateway.uploads.templates import Wanted, months_to_report
from services.sheets.layouts import HOURS, LAYOUTS, SITE_HOURS
from services.sheets.mapping import Mapping as SheetMapping
from services.sheets.refusing import UnreadableSheet
from services.sheets.texts import folded
from services.store.uploads import State

router = APIRouter()

WAITS_SECONDS = 2.0
"""Most sheets are looked at before anybody would want to see a page that says wait."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LATEST = 8
_OF_MONTHS = (HOURS.key, SITE_HOURS.key)

_NOT_THERE = marked("Arket er her ikke")
_GONE = marked("Det er sendt, kasseret eller over et døgn gammelt, eller det er en anden organisations.")
_NO_FILE = marked("Vælg den fil, du vil sende.")
_NOT_FOR_THEM = marked("Vælg en entreprenør på listen.")
_NOT_READY = marked("Vælg først, hvad kolonnerne er.")
_DISCARDED = marked("Arket er kasseret. Intet er sendt.")
_TOO_LATE = marked("Arket er ændret, siden siden blev vist. Se det igennem igen.")
_NOT_YOUR_KIND = marked("Det ligner et ark, som jeres organisation ikke indberetter. Brug en af skabelonerne herunder.")
_NO_MONTH = marked("Måneden findes ikke")
_CHOOSE_MONTH = marked("Gå tilbage, og vælg en måned på listen.")
_NOTES = {
    CHANGED: marked("Noget er indberettet et andet sted, siden du så arket. Se det igennem igen, før du sender det."),
    FAILED: marked("Det lykkedes ikke, og intet er sendt. Prøv igen; sker det igen, så skriv til os."),
    INTERRUPTED: marked("Læsningen blev afbrudt. Intet er gemt: send filen igen."),
    NOT_YOURS: _NOT_YOUR_KIND,
}


class _Visit(NamedTuple):
    """Who is at the desk."""

    request: Request
    parts: Parts
    caller: Caller
    language: Language

    def say(self, text: str) -> str:
        return say(self.language, text)

    def open(self, upload: str) -> Opened:
        found = self.parts.uploads.open(self.caller, upload)
        if found is None:
            raise Stop(404, _NOT_THERE, _GONE)
        return found


def _visit(request: Request, parts: PartsOf, caller: ReportingPageCaller) -> _Visit:
    return _Visit(request, parts, caller, language_of(request))


VisitOf = Annotated[_Visit, Depends(_visit)]


@router.get("/upload")
def ask(visit: VisitOf) -> Response:
    """Hand in a sheet, or get one to fill in."""
    return _front(visit, Form())


@router.post("/upload")
async def hand_in(visit: VisitOf, posted: PostedForm) -> Response:
    """Take a file in, and show what it would do as soon as that is known."""
    file = posted.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        form = form_of(posted, {"file": [visit.say(_NO_FILE)]})
        return await run_in_threadpool(_front, visit, form, 422)
    sent = Sent(await file.read(), file.filename, None, text_of(posted, "on_behalf_of") or None, visit.language)
    try:
        upload = await run_in_threadpool(visit.parts.uploads.hand_in, visit.caller, sent)
    except UnreadableSheet as error:
        form = form_of(posted, {"file": [error.text(visit.language)]})
        return await run_in_threadpool(_front, visit, form, 422)
    except LookupError:
        form = form_of(posted, {"on_behalf_of": [visit.say(_NOT_FOR_THEM)]})
        return await run_in_threadpool(_front, visit, form, 422)
    return await _then(visit, upload)


@router.get("/upload/template/{layout}")
def template(visit: VisitOf, layout: str, copied: Annotated[bool, Query()] = False, month: str = "") -> Response:
    """A workbook to fill in, with the caller's own people and tenders."""
    try:
        made = visit.parts.uploads.template(visit.caller, layout, visit.language, Wanted(month or None, copied))
    except LookupError:
        raise Stop(404, _NOT_THERE, _NOT_YOUR_KIND) from None
    except ValueError:
        raise Stop(422, _NO_MONTH, _CHOOSE_MONTH) from None
    of_month = f" {month}" if month and layout in _OF_MONTHS else ""
    return workbook(made, f"{LAYOUTS[layout].title(visit.language)}{of_month}.xlsx")


@router.get("/upload/{upload}")
def look(visit: VisitOf, upload: str) -> Response:
    """How far a sheet has come: being read, to be looked through, sent, or refused."""
    found = visit.open(upload)
    match found.upload.state:
        case State.READING | State.CONFIRMING:
            answer = show(visit.request, "upload/waiting.html", upload=found.upload)
            answer.headers["Refresh"] = "1"
            return answer
        case State.REFUSED:
            return _refused(visit, found)
        case State.PREVIEWED if found.document is not None:
            shown = Shown(found, found.document, visit.language, _names(visit, found))
            note = _NOTES.get(found.upload.note or "", "")
            return show(visit.request, "upload/preview.html", shown=shown, upload=found.upload, note=note, form=Form())
        case _:
            return show(visit.request, "upload/over.html", upload=found.upload)


@router.post("/upload/{upload}/answers")
async def answer(visit: VisitOf, upload: str, posted: PostedForm) -> Response:
    """Look again with what was answered."""

    def answered(found: Opened) -> Wish:
        assert found.document is not None  # noqa: S101 -- asked for by _again
        asked = found.document.questions
        given = {
            question.key: text
            for nr, question in enumerate(asked)
            if (text := text_of(posted, f"q-{nr}")) in {choice.value for choice in question.choices}
        }
        wish = wish_of(found.document, found.upload.on_behalf_of)
        return Wish(wish.layout, wish.on_behalf_of, wish.signature, wish.chosen, {**found.document.answers, **given})

    return await _again(visit, upload, posted, answered)


@router.get("/upload/{upload}/columns")
def columns(visit: VisitOf, upload: str) -> Response:
    """Choose which column says what, with some of the rows beside."""
    found = visit.open(upload)
    if found.document is None or found.upload.state is not State.PREVIEWED:
        return go(visit.request, _address(upload))
    shown = Shown(found, found.document, visit.language, _names(visit, found))
    tenders = visit.parts.uploads.tenders(visit.caller, shown.layout.key)
    allowed = layouts_of(visit.caller)
    return show(
        visit.request,
        "upload/columns.html",
        shown=shown,
        upload=found.upload,
        tenders=[(named.id, named.name) for named in tenders],
        layouts=[(key, title) for key, title in shown.layouts if key in allowed],
        form=_columns_form(shown),
    )


@router.post("/upload/{upload}/columns")
async def choose(visit: VisitOf, upload: str, posted: PostedForm) -> Response:
    """Look again with the columns as chosen, or as another kind of sheet."""

    def chosen(found: Opened) -> Wish:
        assert found.document is not None  # noqa: S101 -- asked for by _again
        layout = text_of(posted, "layout")
        if layout in layouts_of(visit.caller) and layout != found.document.sheet_mapping.layout:
            return Wish(layout, found.upload.on_behalf_of)
        mapping = _mapping_of(posted, found)
        return Wish(mapping.layout, found.upload.on_behalf_of, found.document.signature, mapping, {})

    return await _again(visit, upload, posted, chosen)


@router.post("/upload/{upload}/confirm")
async def confirm(visit: VisitOf, upload: str, posted: PostedForm) -> Response:
    """Send what the preview that was looked at came to."""
    found = await run_in_threadpool(visit.open, upload)
    if found.upload.state is State.PREVIEWED and not found.is_ready:
        return go(visit.request, _address(upload), visit.say(_NOT_READY), "warning")
    edition = text_of(posted, "edition")
    begun = edition.isdecimal() and await run_in_threadpool(
        visit.parts.uploads.confirm, visit.caller, found.upload, int(edition[:9])
    )
    if not begun and found.upload.state is State.PREVIEWED:
        return go(visit.request, _address(upload), visit.say(_TOO_LATE), "warning")
    return await _then(visit, upload)


@router.post("/upload/{upload}/discard")
def discard(visit: VisitOf, upload: str) -> Response:
    """Put a sheet away unsent."""
    if not visit.parts.uploads.discard(visit.caller, upload):
        return go(visit.request, _address(upload))
    return go(visit.request, "/upload", visit.say(_DISCARDED))


@router.get("/upload/{upload}/marked")
def marked_sheet(visit: VisitOf, upload: str) -> Response:
    """The sheet handed back with what is wrong and asked at its place."""
    found = visit.open(upload)
    made = visit.parts.uploads.marked(visit.caller, found.upload, visit.language)
    if made is None:
        raise Stop(404, _NOT_THERE, _GONE)
    stem = found.upload.file_name.rpartition(".")[0] or found.upload.file_name
    return workbook(made, f"{stem} – rettes.xlsx" if visit.language == "da" else f"{stem} – to mend.xlsx")


def workbook(made: bytes, name: str) -> Response:
    """A workbook to be kept as a file."""
    plain = "".join(sign if sign in "-_. " or (sign.isascii() and sign.isalnum()) else "_" for sign in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(made, media_type=XLSX, headers={"Content-Disposition": disposition})


async def _then(visit: _Visit, upload: str) -> Response:
    await visit.parts.uploads.work.settled(upload, WAITS_SECONDS)
    return go(visit.request, _address(upload))


async def _again(visit: _Visit, upload: str, posted: FormData, wish: Callable[[Opened], Wish]) -> Response:
    found = await run_in_threadpool(visit.open, upload)
    if found.document is None or text_of(posted, "edition") != str(found.upload.edition):
        return go(visit.request, _address(upload), visit.say(_TOO_LATE), "warning")
    await run_in_threadpool(visit.parts.uploads.look_again, visit.caller, found, wish(found))
    return await _then(visit, upload)


def _address(upload: str) -> str:
    return f"/upload/{quote(upload, safe='')}"


def _front(visit: _Visit, form: Form, status: int = 200) -> Response:
    layouts = [(key, LAYOUTS[key].title(visit.language)) for key in layouts_of(visit.caller)]
    return show(
        visit.request,
        "upload/front.html",
        status,
        form=form,
        layouts=layouts,
        of_months=_OF_MONTHS,
        months=[(month.key, month.text(visit.language)) for month in months_to_report(today())],
        contractors=[(named.id, named.name) for named in visit.parts.uploads.contractors(visit.caller)],
        latest=visit.parts.uploads.register.latest(visit.caller.organisation or "", _LATEST),
    )


def _refused(visit: _Visit, found: Opened) -> Response:
    note = _NOTES.get(found.upload.note or "", _NOTES[FAILED])
    text = found.refused.text(visit.language) if found.refused else visit.say(note)
    return _front(visit, Form({}, {"file": [f"{found.upload.file_name}: {text}"]}), 422)


def _names(visit: _Visit, found: Opened) -> dict[str, str]:
    companies = {one.cvr: one.name for one in visit.parts.access.organisations.list()}
    layout = found.document.sheet_mapping.layout if found.document else ""
    tenders = visit.parts.uploads.tenders(visit.caller, layout) if layout in layouts_of(visit.caller) else ()
    return companies | {named.id: named.name for named in tenders}


def _columns_form(shown: Shown) -> Form:
    mapping = shown.document.sheet_mapping
    values = {f"column-{one.column.key}": one.value for one in shown.choices}
    constants = {f"constant-{key}": text for key, text in mapping.constants.items()}
    return Form({"layout": mapping.layout, **values, **constants})


def _mapping_of(posted: FormData, found: Opened) -> SheetMapping:
    """What was chosen, as far as the sheet has such columns."""
    assert found.document is not None  # noqa: S101 -- asked for by _again
    before = found.document.sheet_mapping
    labels = {str(index): label for index, label in found.document.labels.items()}
    columns = {
        key: folded(label) for key in before.of.by_key if (label := labels.get(text_of(posted, f"column-{key}")))
    }
    tender = text_of(posted, "constant-tender")
    constants = {**before.constants, **({"tender": tender} if tender else {})}
    if "tender" in columns or not tender:
        constants.pop("tender", None)
    return SheetMapping(
        layout=before.layout, columns=columns, constants=constants, words=before.unlearnt().words,
        natural_key=before.natural_key,
    )  # fmt: skip
