"""From a template and values to a page. Who asks, in which language, and what was just done come with every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from schemas.identifiers import CPR_SHAPE
from schemas.vocabulary import Language, Word
from services.clock import COPENHAGEN
from services.domain.rights import Caller
from services.domain.status import Status
from services.gateway.pages.assets import asset
from services.gateway.pages.texts import marked, translations
from services.reports.words import amount, day, number, unit

_TEMPLATES = Path(__file__).parent / "templates"

Tone = Literal["success", "info", "warning", "error"]


class Flash(NamedTuple):
    """Something that was just done or went wrong, told once above the page; `text` is in the reader's language."""

    tone: Tone
    text: str


class Section(NamedTuple):
    """An entry of the main menu. A page says which it belongs to by ``{% set section = "tenders" %}``."""

    name: str
    address: str
    title: str


@dataclass(frozen=True, slots=True)
class PageContext:
    """What every page is drawn with. `organisation` and `user` are what they are called, for the header."""

    language: Language
    path: str = "/"
    caller: Caller | None = None
    organisation: str | None = None
    user: str | None = None
    csrf: str = ""
    flashes: Sequence[Flash] = ()

    @property
    def sections(self) -> Sequence[Section]:
        """The main menu, as far as the caller may go."""
        return tuple(section for section in _SECTIONS if self.caller and _goes_to(self.caller, section.name))

    @property
    def other_language(self) -> str:
        """The address of the language switch."""
        other = "da" if self.language == "en" else "en"
        back = "/" if CPR_SHAPE.search(unquote(self.path)) else self.path
        return f"/language/{other}?back={quote(back)}"


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed into a form, and what is wrong with it: field by field, that of the whole form under ``""``."""

    values: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What a field holds; nothing where it was never filled in."""
        held = self.values.get(name, "")
        return without_cpr(held if isinstance(held, str) else next(iter(held), ""))

    def chosen(self, name: str) -> Sequence[str]:
        """All that is ticked of a group of boxes."""
        held = self.values.get(name, ())
        return [without_cpr(one) for one in ((held,) if isinstance(held, str) else held)]

    def wrong(self, name: str) -> Sequence[str]:
        """What is wrong with a field."""
        return self.errors.get(name, ())


def without_cpr(typed: str) -> str:
    """What was typed, as it may be shown again: without anything that looks like a person number."""
    return CPR_SHAPE.sub("", typed)


_SECTIONS = (
    Section("tasks", "/", marked("Mine opgaver")),
    Section("tenders", "/tenders", marked("Udbud")),
    Section("report", "/report", marked("Indberet")),
    Section("upload", "/upload", marked("Upload")),
    Section("administration", "/administration", marked("Administration")),
)

# Colour and sign say what the word says; none of them stands alone.
_BADGES: Mapping[Status, tuple[str, str]] = {
    Status.AHEAD: ("success", "▲"),
    Status.ON_TRACK: ("success", "●"),
    Status.AT_RISK: ("warning", "◆"),
    Status.BEHIND: ("error", "▼"),
    Status.CANNOT_BE_MET: ("error", "✖"),
    Status.AGREED_DEVIATION: ("info", "≈"),
    Status.UNKNOWN: ("quiet", "?"),
}


def _goes_to(caller: Caller, section: str) -> bool:
    match section:
        case "administration":
            return caller.may_administer
        case "report" | "upload":
            return caller.may_report
        case _:
            return caller.organisation is not None


def render(context: PageContext, template: str, **values: object) -> str:
    """A page, or a part of one for htmx, as HTML. A name that a template asks for and nobody gave is an error."""
    return _environment(context.language).get_template(template).render(page=context, **values)


@cache
def _environment(language: Language) -> Environment:
    """One environment a language, so that macros know the language without being told."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        language=language,
        version=version("bygspor"),
        asset=asset,
        badges=_BADGES,
        day=day,
        number=lambda value, places=1: number(value, language, places),
        amount=lambda value, metric: amount(value, metric, language),
        unit=lambda metric, value=None: unit(metric, language, value),
        label=lambda word: _label(word, language),
        labels=lambda words: ", ".join(sorted(_label(word, language) for word in words)),
        local=lambda at: at.astimezone(COPENHAGEN).date(),
        moment=lambda at: _moment(at, language),
    )
    return made


def _label(word: Word | None, language: Language) -> str:
    return "–" if word is None else word.label(language)


def _moment(at: datetime, language: Language) -> str:
    """When something happened, by the clock on the wall."""
    clock = "%d-%m-%Y %H:%M" if language == "en" else "%d-%m-%Y kl. %H.%M"
    return at.astimezone(COPENHAGEN).strftime(clock)
