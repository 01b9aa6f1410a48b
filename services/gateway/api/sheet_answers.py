"""What the API answers about a sheet that was handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, Field

from schemas.vocabulary import Language
from services.gateway.uploads.desk import Opened
from services.sheets.outcomes import State as RowState
from services.store.uploads import State

LayoutKey = Literal["placements", "hours", "site_hours", "candidates"]


class SheetFault(BaseModel):
    """One thing wrong in a row; `column` is a letter, empty for the whole row."""

    row: int
    column: str
    header: str
    code: str
    got: str
    detail: str = Field(description="what was expected, in the language asked for")


class SheetChange(BaseModel):
    """One field that is told otherwise; `new` is null where what was told is taken back."""

    row: int
    field: str
    label: str
    old: Any = None
    new: Any = None


class SheetChoice(BaseModel):
    """An answer there may be."""

    value: str
    label: str


class SheetQuestion(BaseModel):
    """What only a person can say; it is answered on the pages, or by mending the sheet."""

    key: str
    row: int
    column: str
    detail: str
    choices: list[SheetChoice]


class SheetUpload(BaseModel):
    """A sheet that was handed in, and what it would do. `counts` and lines that are no rows make up the file's rows."""

    id: str
    state: State = Field(
        description="`previewed` waits to be confirmed; `reading` and `confirming` are under way; "
        "one that says nothing new is `confirmed` at once"
    )
    layout: LayoutKey | None
    file_name: str
    on_behalf_of: str | None
    created_at: datetime
    confirmed_at: datetime | None
    edition: int = Field(description="counts the previews")
    rows_in_file: int | None = Field(description="null while it is read and once it is over")
    counts: dict[str, int] = Field(description="rows by what they come to: new, changed, unchanged, wrong, …, lines")
    events_to_send: int | None
    events_sent: int | None = Field(description="of a confirmed one: those that were not in the log before")
    note: str | None = Field(
        description="`changed`: something else came in between, look again; `failed`; `interrupted`"
    )
    faults: list[SheetFault]
    questions: list[SheetQuestion]
    changes: list[SheetChange]


def answer_of(found: Opened, language: Language) -> SheetUpload:
    """An upload in a language."""
    upload, document = found.upload, found.document
    en = language == "en"
    rows = document.rows if document else ()
    return SheetUpload(
        id=upload.id,
        state=upload.state,
        layout=cast("LayoutKey | None", upload.layout),
        file_name=upload.file_name,
        on_behalf_of=upload.on_behalf_of,
        created_at=upload.created_at,
        confirmed_at=upload.confirmed_at,
        edition=upload.edition,
        rows_in_file=document.height if document else None,
        counts=dict(upload.counts),
        events_to_send=document.events if document else None,
        events_sent=upload.events,
        note=upload.note,
        faults=[
            SheetFault(
                row=one.row, column=one.column, header=one.header, code=one.code, got=one.got,
                detail=one.en if en else one.da,
            )
            for row in rows if row.state is RowState.WRONG for one in row.faults
        ],
        questions=[
            SheetQuestion(
                key=one.key, row=one.row, column=one.column, detail=one.en if en else one.da,
                choices=[SheetChoice(value=c.value, label=c.en if en else c.da) for c in one.choices],
            )
            for one in (document.questions if document else ())
        ],
        changes=[
            SheetChange(row=row.number, field=one.field, label=one.en if en else one.da, old=one.old, new=one.new)
            for row in rows for one in row.changes
        ],
    )  # fmt: skip
