"""The texts of the pages: Danish in the code and templates, English in `locale/en/LC_MESSAGES/bygspor.po`.

``python -m services.gateway.pages.texts`` brings the English catalogue up to date with the texts that are used; a test
fails while it is not. Texts of the domain (kinds, statuses, reasons) stand in pairs beside their code and are no part
of this.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from schemas.vocabulary import Language

_GATEWAY = Path(__file__).parents[1]
ENGLISH = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "bygspor.po"
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
# `say(language, "tekst")` and `say_many(language, "én", "flere", antal)`: the language comes first.
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": (2,), "say_many": (2, 3), "marked": None}
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}


def say(language: Language, text: str, **values: object) -> str:
    """A Danish text in a language, its ``%(name)s`` filled in."""
    said = translations(language).gettext(text)
    return said % values if values else said


def say_many(language: Language, one: str, many: str, count: int, **values: object) -> str:
    """A Danish text for one or for many, in a language; ``%(num)s`` is the count."""
    return translations(language).ngettext(one, many, count) % {"num": count, **values}


def marked(text: str) -> str:
    """A text that is said later, by `say` or by a template: known to the catalogue from here."""
    return text


@cache
def translations(language: Language) -> NullTranslations:
    """The translations into a language; into Danish there is nothing to do."""
    if language == "da":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalogue() -> Catalog:
    """The English catalogue as it is committed."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def used() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Every text that templates and code say: file, line and the text, or its forms for one and for many."""
    found = extract_from_dir(_GATEWAY, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("NB:",))
    for name, line, text, _, _ in found:
        yield name, line, text


def renewed(old: Catalog) -> Catalog:
    """A catalogue of just the texts that are used, with the translations it had."""
    new = Catalog(locale="en", project="BygSpor", fuzzy=False)
    for name, _, text in sorted(used(), key=lambda found: (found[0], found[1])):
        new.add(text, locations=[(name, 1)])
    for message in new:
        known = old.get(message.id) if message.id else None
        if isinstance(known, Message):
            message.string = known.string
    return new


def wanting(in_it: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue: texts without an English one, and English ones that nobody says."""
    said = {text if isinstance(text, str) else text[0] for _, _, text in used()}
    known = {_first(message.id): message for message in in_it if message.id}
    for text in sorted(said - known.keys()):
        yield f"not in the catalogue: {text}"
    for text in sorted(known.keys() - said):
        yield f"said nowhere: {text}"
    for text, message in known.items():
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if not strings or not all(strings):
            yield f"without English: {text}"


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def main() -> None:
    """Bring the English catalogue up to date; what is new has an empty English text."""
    new = renewed(catalogue()) if ENGLISH.exists() else renewed(Catalog(locale="en"))
    with ENGLISH.open("wb") as file:
        write_po(file, new, width=120, sort_output=True, no_location=True, omit_header=True)
    for line in wanting(new):
        print(line)  # noqa: T201 -- what a person who runs this wants to know


if __name__ == "__main__":
    main()
