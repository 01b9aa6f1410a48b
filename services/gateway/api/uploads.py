"""Sheets for systems: hand one in, see what it would do, confirm it, and get it back with what is wrong marked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from schemas.faults import Fault
from schemas.identifiers import CVR_FORM
from services.gateway.api.described import NOT_FOUND, NOT_TO_BE_CONFIRMED, SHEET_PROBLEMS
from services.gateway.api.sheet_answers import LayoutKey, SheetUpload, answer_of
from services.gateway.callers import ReportingCaller
from services.gateway.languages import language_of
from services.gateway.parts import Parts, PartsOf
from services.gateway.problems import Refusal
from services.gateway.uploads.clerk import CHANGED, FAILED, INTERRUPTED, NOT_YOURS, Sent
from services.gateway.uploads.desk import Opened
from services.gateway.uploads.templates import MONTH_FORM, Wanted
from services.sheets.refusing import UnreadableSheet
from services.store.uploads import State

router = APIRouter(tags=["sheets"])

WAITS_SECONDS = 10.0
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RAW = {XLSX, "text/csv", "application/csv", "application/octet-stream"}
_FORM = "multipart/form-data"

UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


_TEXTS = {
    NOT_YOURS: (
        "jeres organisation indberetter ikke den slags ark",
        "your organisation reports no sheets of this kind",
    ),
    INTERRUPTED: ("læsningen blev afbrudt; send filen igen", "reading was interrupted; send the file again"),
    FAILED: ("det lykkedes ikke; send filen igen", "it did not work; send the file again"),
    CHANGED: (
        "noget er indberettet et andet sted siden; se arket igennem igen",
        "something was reported elsewhere since; look through the sheet again",
    ),
}
_NOTHING = ("arket har intet, der kan sendes", "the sheet has nothing that can be sent")
_OVER = ("arket er kasseret eller for gammelt", "the sheet was put away or is too old")
_NO_FILE = ("send filen i feltet file", "send the file in the field file")
_NOT_FOR_THEM = ("I kan ikke indberette for den organisation", "you cannot report for that organisation")

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            "text/csv": {
                "schema": {"type": "string"},
                "examples": {"hours": {"value": "Navn;Periode;Timer\nMette Holm;oktober 2026;148,5\n"}},
            },
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}
_FILE: dict[str, Any] = {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}


@router.get(
    "/sheets/{layout}/template",
    response_class=Response,
    responses={**SHEET_PROBLEMS, 200: {"description": "A workbook", **_FILE}},
    summary="Get a sheet to fill in, with your own people and tenders",
)
def get_template(  # noqa: PLR0913, PLR0917 -- what a route asks for
    caller: ReportingCaller,
    request: Request,
    parts: PartsOf,
    layout: LayoutKey,
    copied: Annotated[bool, Query(description="of hours: with those of the month before filled in")] = False,
    month: Annotated[
        str | None, Query(pattern=MONTH_FORM, description="of hours: as 2026-10; the last one over if left out")
    ] = None,
) -> Response:
    """An XLSX file with dropdowns and examples. Each row carries a hidden id, so that a repeat is a repeat."""
    try:
        made = parts.uploads.template(caller, layout, language_of(request), Wanted(month, copied))
    except LookupError:
        raise Refusal(403, "forbidden", [_fault(NOT_YOURS, *_TEXTS[NOT_YOURS])]) from None
    return Response(made, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{layout}.xlsx"'})


@router.post(
    "/sheets/{layout}",
    status_code=201,
    response_model=SheetUpload,
    responses={202: {"model": SheetUpload, "description": "Still being read: ask for it again"}, **SHEET_PROBLEMS},
    openapi_extra=_BODY,
    summary="Hand in a sheet and see what it would do",
)
async def hand_in(  # noqa: PLR0913, PLR0917 -- what a route asks for
    caller: ReportingCaller,
    request: Request,
    parts: PartsOf,
    layout: LayoutKey,
    on_behalf_of: Annotated[str | None, Query(pattern=CVR_FORM, description="by a secretariat: for whom")] = None,
    file_name: Annotated[str, Query(max_length=200, description="of a body that is the file itself")] = "",
) -> Response:
    """An XLSX or CSV file of at most 10 MB. Nothing is reported before it is confirmed; a preview is kept for a day."""
    raw, name = await _received(request)
    sent = Sent(raw, file_name or name or "ark", layout, on_behalf_of, language_of(request))
    try:
        upload = await run_in_threadpool(parts.uploads.hand_in, caller, sent)
    except UnreadableSheet as error:
        raise Refusal(422, "invalid", [_fault(error.short, error.da, error.en)]) from None
    except LookupError:
        raise Refusal(422, "invalid", [_fault("on_behalf_of", *_NOT_FOR_THEM)]) from None
    done = await parts.uploads.work.settled(upload, WAITS_SECONDS)
    found = await run_in_threadpool(_opened, parts, caller, upload)
    if found.upload.state is State.REFUSED:
        raise _refusal(found)
    return _json(found, request, 201 if done else 202, {"Location": f"/v1/uploads/{upload}"})


@router.get(
    "/uploads/{upload}",
    response_model=SheetUpload,
    responses={**SHEET_PROBLEMS, 404: NOT_FOUND},
    summary="See how far a sheet has come, and what it would do",
)
def show_upload(caller: ReportingCaller, request: Request, parts: PartsOf, upload: UploadId) -> Response:
    """All faults, questions and changes of a sheet that waits to be confirmed; counts of any."""
    return _json(_opened(parts, caller, upload), request)


@router.get(
    "/uploads/{upload}/marked",
    response_class=Response,
    responses={**SHEET_PROBLEMS, 404: NOT_FOUND, 200: {"description": "A workbook", **_FILE}},
    summary="Get a sheet back with what is wrong marked",
)
def get_marked(caller: ReportingCaller, request: Request, parts: PartsOf, upload: UploadId) -> Response:
    """The file that was sent, with the cells coloured; mend it and send it again. 404 once the upload is over."""
    found = _opened(parts, caller, upload)
    try:
        made = parts.uploads.marked(caller, found.upload, language_of(request))
    except UnreadableSheet as error:
        raise Refusal(422, "invalid", [_fault(error.short, error.da, error.en)]) from None
    if made is None:
        raise Refusal(404, "not_found")
    return Response(made, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="marked.xlsx"'})


@router.post(
    "/uploads/{upload}/confirm",
    response_model=SheetUpload,
    responses={
        202: {"model": SheetUpload, "description": "Under way: ask for it again"},
        **SHEET_PROBLEMS,
        404: NOT_FOUND,
        409: NOT_TO_BE_CONFIRMED,
    },
    summary="Report what a sheet was previewed to do",
)
async def confirm(
    caller: ReportingCaller,
    request: Request,
    parts: PartsOf,
    upload: UploadId,
    edition: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="the preview; the latest one if left out")
    ] = None,
) -> Response:
    """All rows that can be sent, in one transaction: 200 means committed. Confirmed again it answers as before."""
    found = await run_in_threadpool(_opened, parts, caller, upload)
    if found.upload.state is State.PREVIEWED:
        if not found.is_ready:
            raise _conflict("nothing_to_send", _NOTHING)
        at = edition or found.upload.edition
        if not await run_in_threadpool(parts.uploads.confirm, caller, found.upload, at):
            raise _conflict(CHANGED, _TEXTS[CHANGED])
    await parts.uploads.work.settled(upload, WAITS_SECONDS)
    found = await run_in_threadpool(_opened, parts, caller, upload)
    match found.upload.state:
        case State.CONFIRMED:
            return _json(found, request)
        case State.CONFIRMING | State.READING:
            return _json(found, request, 202)
        case State.PREVIEWED:
            note = found.upload.note or CHANGED
            raise _conflict(note, _TEXTS.get(note, _TEXTS[CHANGED]))
        case _:
            raise _conflict("over", _OVER)


async def _received(request: Request) -> tuple[bytes, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _RAW:
        return await request.body(), ""
    if kind != _FORM:
        raise HTTPException(415)
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refusal(422, "invalid", [_fault("missing", *_NO_FILE)])
        return await file.read(), file.filename or ""


def _opened(parts: Parts, caller: ReportingCaller, upload: str) -> Opened:
    found = parts.uploads.open(caller, upload)
    if found is None:
        raise Refusal(404, "not_found")
    return found


def _refusal(found: Opened) -> Refusal:
    if found.refused is not None:
        error = UnreadableSheet(found.refused.code, **found.refused.context)
        return Refusal(422, "invalid", [_fault(error.short, error.da, error.en)])
    note = found.upload.note or FAILED
    return Refusal(403 if note == NOT_YOURS else 422, "forbidden" if note == NOT_YOURS else "invalid",
                   [_fault(note, *_TEXTS[note])])  # fmt: skip


def _conflict(code: str, texts: tuple[str, str]) -> Refusal:
    return Refusal(409, "not_confirmed", [_fault(code, *texts)])


def _fault(code: str, da: str, en: str) -> Fault:
    return Fault(code, "", "", da, en)


def _json(found: Opened, request: Request, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    language = language_of(request)
    told = {"Content-Language": language, **(headers or {})}
    return Response(answer_of(found, language).model_dump_json(), status, told, "application/json")
