"""What the pages of the administration share: whose it is, what may be typed, and how something is asked once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from schemas.identifiers import CPR_SHAPE
from schemas.vocabulary import Language
from services.errors import BadInput
from services.gateway.languages import language_of
from services.gateway.pages.answers import show
from services.gateway.pages.posting import form_of, text_of
from services.gateway.pages.rendering import Form
from services.gateway.pages.sessions import AdministratingPageCaller
from services.gateway.pages.stops import not_there
from services.gateway.pages.texts import marked, say
from services.gateway.parts import PartsOf
from services.store.access import Organisation

START = "/administration"
_LONGEST = 100
_TOO_LONG = marked("Skriv højst 100 tegn.")
_CPR = marked("Det ligner et CPR-nummer. Det må ikke stå her.")
NO_TIME = marked("Vælg, hvor længe det skal gælde.")

# What the store refuses, in words for the field it is about.
_REFUSED: Mapping[str, tuple[str, str]] = {
    "user.known": ("login", marked("Brugernavnet er optaget. Vælg et andet, for eksempel en e-mail.")),
    "user.login": ("login", marked("Et brugernavn må ikke indeholde mellemrum.")),
    "key.too_many": (
        "label",
        marked("To nøgler med det navn er i brug. Luk den, der ikke bruges mere, før du laver en ny."),
    ),
    "organisation.cvr": ("cvr", marked("Det er ikke et CVR-nummer. Et CVR-nummer har 8 cifre, og det sidste passer.")),
    "organisation.known": ("cvr", marked("Organisationen er oprettet i forvejen.")),
    "organisation.kinds": ("kinds", marked("Vælg, hvad organisationen er.")),
    "organisation.municipality": ("municipality", marked("Et jobcenter skal have sin kommunes nummer.")),
}


def _organisation(cvr: str, caller: AdministratingPageCaller, parts: PartsOf) -> Organisation:
    """The organisation of the address, if the caller may manage it; others are not there."""
    found = parts.access.organisations.get(cvr) if caller.organisation in {None, cvr} else None
    if found is None:
        raise not_there()
    return found


Managed = Annotated[Organisation, Depends(_organisation)]
"""The organisation that is managed: an administrator's own, for an operator any; 404 otherwise."""


def address_of(organisation: Organisation) -> str:
    """The page of an organisation."""
    return f"{START}/{organisation.cvr}"


@dataclass
class Checked:
    """A form that is being read: what was typed, and every fault of it."""

    posted: FormData
    language: Language
    errors: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str, empty: str | None) -> str:
        """A line of text that somebody may read later; `empty` is said where there is none, None where it may be."""
        typed = text_of(self.posted, name)
        if not typed and empty is not None:
            self.wrong(name, empty)
        if len(typed) > _LONGEST:
            self.wrong(name, _TOO_LONG)
        if CPR_SHAPE.search(typed):
            self.wrong(name, _CPR)
        return typed

    def choice(self, name: str, options: Sequence[str], otherwise: str) -> str:
        """One of these; `otherwise` is said where it is none of them."""
        typed = text_of(self.posted, name)
        if typed not in options:
            self.wrong(name, otherwise)
        return typed

    def wrong(self, name: str, text: str) -> None:
        """Note a fault: a marked Danish text."""
        self.errors.setdefault(name, []).append(say(self.language, text))

    def refused(self, error: BadInput) -> None:
        """Note what the store refused. Raises it again where no page foresees it."""
        if error.code not in _REFUSED:
            raise error
        self.wrong(*_REFUSED[error.code])

    def form(self) -> Form:
        """The form again, with what is wrong; what looks like a CPR number is not repeated."""
        return form_of(self.posted, self.errors)


# How long something holds, as people choose it.
LASTS: Mapping[str, tuple[int | None, str]] = {
    "30": (30, marked("30 dage")),
    "90": (90, marked("90 dage")),
    "365": (365, marked("1 år")),
    "no": (None, marked("Ingen udløbsdato")),
}


def lasts(language: Language) -> list[tuple[str, str]]:
    """The choices of `LASTS` for a form."""
    return [(value, say(language, text)) for value, (_, text) in LASTS.items()]


def until(choice: str) -> datetime | None:
    """The moment when something ends that lasts so long from now; None for never."""
    days = LASTS[choice][0]
    return None if days is None else datetime.now(UTC) + timedelta(days=days)


def ask(request: Request, organisation: Organisation, heading: str, text: str, button: str) -> HTMLResponse:
    """Ask once more before something is done by a POST to this address; the texts are in the reader's language."""
    values: dict[str, Any] = {"heading": heading, "text": text, "button": button, "organisation": organisation}
    return show(request, "administration/ask.html", **values)


def told(request: Request, text: str, **values: object) -> str:
    """A marked text in the language of the request."""
    return say(language_of(request), text, **values)
