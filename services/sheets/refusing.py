"""Why a whole file cannot be read, in words a clerk can act on.

Standard library only: the child process raises it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from services.errors import BadInput

_SAVE = (
    "Åbn den i Excel, vælg »Gem som« og gem som .xlsx eller .csv.",
    "Open it in Excel, choose Save as .xlsx or .csv.",
)

# Each text says what the file is; the hint says what to do.
_TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "empty": (
        "Filen er tom.",
        "The file is empty.",
        "Gem arket igen, og send det.",
        "Save the sheet again and send it.",
    ),
    "too_big": (
        "Filen fylder {mb} MB; den må højst fylde {most_mb} MB.",
        "The file is {mb} MB; the most is {most_mb} MB.",
        "Del arket i flere, eller slet billeder og tomme faner.",
        "Split the sheet, or delete pictures and empty tabs.",
    ),
    "is_html": ("Filen er en hjemmeside (HTML), ikke et regneark.", "The file is a web page (HTML), no sheet.", *_SAVE),
    "is_xls": ("Filen er et regneark i det gamle .xls-format.", "The file is a sheet in the old .xls format.", *_SAVE),
    "is_xml": ("Filen er et regneark i XML 2003-format.", "The file is a sheet in the XML 2003 format.", *_SAVE),
    "is_xlsb": ("Filen er et regneark i .xlsb-format.", "The file is a sheet in the .xlsb format.", *_SAVE),
    "is_ods": ("Filen er et OpenDocument-regneark (.ods).", "The file is an OpenDocument sheet (.ods).", *_SAVE),
    "is_word": (
        "Filen er et Word-dokument.",
        "The file is a Word document.",
        "Kopiér tabellen ind i et regneark, og gem som .xlsx eller .csv.",
        "Copy the table into a sheet and save as .xlsx or .csv.",
    ),
    "is_other": (
        "Filen er {what}, ikke et regneark.",
        "The file is {what_en}, no sheet.",
        "Send arket som .xlsx eller .csv.",
        "Send the sheet as .xlsx or .csv.",
    ),
    "encrypted": (
        "Filen er låst med en adgangskode.",
        "The file is locked with a password.",
        "Fjern adgangskoden (Filer > Oplysninger > Beskyt projektmappe), gem, og send igen.",
        "Remove the password (File > Info > Protect Workbook), save and send again.",
    ),
    "broken": (
        "Filen er beskadiget eller ikke hel; den kan ikke læses.",
        "The file is damaged or not whole; it cannot be read.",
        "Åbn den i Excel, gem den igen, og send den.",
        "Open it in Excel, save it again and send it.",
    ),
    "unsafe": (
        "Filen er bygget, som intet regneark er ({why}), og bliver ikke åbnet.",
        "The file is built as no sheet is ({why_en}) and is not opened.",
        "Kopiér rækkerne over i en ny projektmappe, og send den.",
        "Copy the rows into a new workbook and send that.",
    ),
    "too_heavy": (
        "Arket er for stort at læse.",
        "The sheet is too large to read.",
        "Del det i flere, eller kopiér kun rækkerne over i en ny projektmappe.",
        "Split it, or copy only the rows into a new workbook.",
    ),
    "too_many_cells": (
        "Fanen »{sheet}« bruger et område på {rows} rækker og {columns} kolonner; det er for stort.",
        "The tab “{sheet}” uses {rows} rows and {columns} columns; that is too large.",
        "Slet det, der står langt nede eller langt til højre, eller kopiér kun rækkerne over i en ny projektmappe.",
        "Delete what stands far down or far to the right, or copy only the rows into a new workbook.",
    ),
    "encoding": (
        "Filen har tegn, som hverken er UTF-8 eller Windows-1252 (ANSI).",
        "The file has characters of neither UTF-8 nor Windows-1252 (ANSI).",
        "Gem som »CSV UTF-8« eller .xlsx.",
        "Save as “CSV UTF-8” or .xlsx.",
    ),
    "bad_csv": (
        "Filen kan ikke læses som CSV fra række {row}: et anførselstegn mangler måske sin mage.",
        "The file cannot be read as CSV from row {row}: a quotation mark may lack its mate.",
        "Ret anførselstegnet, eller gem arket som .xlsx.",
        "Mend the quotation mark, or save the sheet as .xlsx.",
    ),
    "no_rows": (
        "Der står ingenting i filen.",
        "There is nothing in the file.",
        "Udfyld arket, gem det, og send det igen.",
        "Fill in the sheet, save it and send it again.",
    ),
    "no_header": (
        "Der er ingen overskriftsrække, vi kender.",
        "There is no row of headers that we know.",
        "Brug vores skabelon, eller vælg selv, hvad kolonnerne er.",
        "Use our template, or choose yourself what the columns are.",
    ),
}


class UnreadableSheet(BadInput):
    """The whole file is refused. `da` and `en` say what it is, `hint_da` and `hint_en` what to do about it."""

    def __init__(self, code: str, **context: object) -> None:
        """One of the known codes, with what its text names."""
        self.context = {name: str(value) for name, value in context.items()}
        self.da, self.en, self.hint_da, self.hint_en = (text.format(**self.context) for text in _TEXTS[code])
        self.short = code
        super().__init__(f"sheet.{code}", self.en, self.hint_en)

    def text(self, language: Literal["da", "en"]) -> str:
        """What it is and what to do, as people read it."""
        return f"{self.en} {self.hint_en}" if language == "en" else f"{self.da} {self.hint_da}"


def known_codes() -> frozenset[str]:
    """Every reason there is a text for."""
    return frozenset(_TEXTS)
