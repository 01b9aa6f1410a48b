"""The corpus: small files as clerks make them, each a text that says what it holds and what it must come to.

A specimen begins with `Key: value` lines (`Why`, `File`; if needed `Layout`, `Party`, `Answers`, `Merge`, `Hide`), then
`[raw]` for a CSV file's text as it is, or one or more `[sheet NAME]` with cells parted by `|`, then `[expect]`.
Cells: plain text; `d:2026-03-02` a date; `n:46083` a number; `t:37.5` a duration in hours; `b:1` yes; `f:=A1` a formula
without a value; `f:=A1=>37` one with a value; `\\n` a line break.
Expected, one line per row that is not blank: `3 new placement.started kind=apprenticeship`, `4 wrong Startdato:date`,
`5 question person`, `1 title`; and `blank 2`, `file broken` where the file as a whole is refused.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from schemas.vocabulary import Party
from services.sheets.book import KnownPlacement, Named
from services.sheets.outcomes import Proposal, RowOutcome
from tests.sheets.shelf import HAVNEGADE, SKOVPARKEN, US, Shelf

CORPUS = Path(__file__).parent / "corpus"


@dataclass
class Specimen:
    """One file of the corpus, taken apart."""

    name: str
    head: dict[str, str] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)
    sheets: dict[str, list[str]] = field(default_factory=dict)
    expected: list[str] = field(default_factory=list)

    def content(self) -> bytes:
        """The file as it would be sent."""
        kind, *how = self.head["File"].split()
        if kind == "csv":
            text = ("\r\n" if "crlf" in how else "\n").join(self.raw).replace("\\t", "\t")
            return text.encode(how[0] if how else "utf-8")
        return self._workbook()

    def answers(self) -> dict[str, str]:
        """Answers to questions: `key = value; key = value`."""
        pairs = (pair.split(" = ") for pair in self.head.get("Answers", "").split("; ") if pair)
        return {key.strip(): value.strip() for key, value in pairs}

    def book(self) -> Shelf:
        """What the organisation knows."""
        return shelf(Party.of(self.head.get("Party", "contractor")))

    def _workbook(self) -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False})
        formats = {"d": book.add_format({"num_format": "dd-mm-yyyy"}), "t": book.add_format({"num_format": "[h]:mm"})}
        for name, lines in self.sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                for column, text in enumerate(line.split("|")):
                    _write(sheet, row, column, text.strip().replace("\\n", "\n"), formats)
            if name == next(iter(self.sheets)):
                self._dress(sheet)
        book.close()
        return out.getvalue()

    def _dress(self, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for area in filter(None, self.head.get("Merge", "").split()):
            first = area.split(":")[0]
            row, column = xlsxwriter.utility.xl_cell_to_rowcol(first)
            text = self.sheets[next(iter(self.sheets))][row].split("|")[column].strip()
            sheet.merge_range(area, text)
        for what in filter(None, self.head.get("Hide", "").split()):
            if what.isdigit():
                sheet.set_row(int(what) - 1, None, None, {"hidden": True})
            elif what == "sheet":
                sheet.hide()
            else:
                sheet.set_column(f"{what}:{what}", None, None, {"hidden": True})


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    text: str,
    formats: dict[str, xlsxwriter.format.Format],
) -> None:
    kind, colon, value = text.partition(":")
    if not text:
        return
    if colon and kind == "d":
        sheet.write_datetime(row, column, datetime.fromisoformat(value), formats["d"])
    elif colon and kind == "n":
        sheet.write_number(row, column, float(value))
    elif colon and kind == "t":
        sheet.write_number(row, column, float(value) / 24, formats["t"])
    elif colon and kind == "b":
        sheet.write_boolean(row, column, value == "1")
    elif colon and kind == "f":
        formula, _, cached = value.partition("=>")
        sheet.write_formula(row, column, formula, None, float(cached) if _is_number(cached) else cached)
    else:
        sheet.write_string(row, column, text)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def shelf(party: Party = Party.CONTRACTOR) -> Shelf:
    """A contractor with four people; Anna is on two tenders, and two are called Ali Khan."""
    people = [
        Named(f"{US}:p1", "Peter Jensen", ("1042",)),
        Named(f"{US}:p2", "Søren Ærø", ("1043",)),
        Named(f"{US}:p3", "Anna Bøgh Larsen", ("0044",)),
        Named(f"{US}:p4", "Ali Khan", ("1045",)),
        Named(f"{US}:p5", "Ali Khan", ("1046",)),
    ]
    placed = [
        KnownPlacement(f"{US}:pl1", HAVNEGADE, f"{US}:p1", US, "apprenticeship", date(2026, 3, 2)),
        KnownPlacement(f"{US}:pl2", HAVNEGADE, f"{US}:p2", US, "work_placement", date(2026, 8, 3), date(2026, 10, 30)),
        KnownPlacement(f"{US}:pl3", HAVNEGADE, f"{US}:p3", US, "apprenticeship", date(2026, 1, 5)),
        KnownPlacement(f"{US}:pl4", SKOVPARKEN, f"{US}:p3", US, "apprenticeship", date(2026, 1, 5)),
        KnownPlacement(f"{US}:pl5", SKOVPARKEN, f"{US}:p4", US, "ordinary_employment", date(2026, 2, 2)),
    ]
    return Shelf(party=party, named=people, placed=placed)


def load(path: Path) -> Specimen:
    """A specimen from its text."""
    found = Specimen(path.stem)
    into: list[str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line == "[raw]":
            into = found.raw
        elif line.startswith("[sheet"):
            into = found.sheets.setdefault(line[6:].strip(" ]") or "Ark1", [])
        elif line == "[expect]":
            into = found.expected
        elif into is not None:
            into.append(line)
        elif line.strip():
            key, _, value = line.partition(": ")
            found.head[key] = value
    found.expected = [line for line in found.expected if line.strip()]
    return found


def told(proposal: Proposal) -> dict[int, str]:
    """What a proposal came to, by row, in the words of a specimen; events apart."""
    found = {line.number: line.kind.value for line in proposal.lines}
    for row in proposal.rows:
        faults = sorted(f"{fault.header or '-'}:{fault.code}".replace(" ", "_") for fault in row.faults)
        questions = sorted({question.key.partition(":")[0] for question in row.questions})
        found[row.number] = " ".join([row.state.value, *faults, *([] if faults else questions)])
    return found


def facts(row: RowOutcome) -> set[str]:
    """Types and fields of a row's events, as `type` and `field=value`."""
    found: set[str] = set()
    for event in row.events:
        body = json.loads(event.raw)
        found.add(event.type.removeprefix("dk.bygspor.").removesuffix(".v1"))
        found.add(f"subject={event.subject.partition(':')[2]}")
        data = {**body["data"], **body["data"].get("replacement", {}).get("data", {})}
        found |= {f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in data.items()}
    return found
