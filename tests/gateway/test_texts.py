"""The pages' texts: every Danish one has its English one, says the same facts, and none is left over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages import Catalog
from jinja2 import UndefinedError

from services.gateway.pages.rendering import Form, PageContext, render
from services.gateway.pages.texts import catalogue, renewed, say, say_many, wanting

FACTS = re.compile(r"%\((\w+)\)s")


def translated() -> Iterator[tuple[str, str]]:
    """Every Danish text with its English one; forms for one and for many, each with its own."""
    for message in catalogue():
        if message.id:
            both = [message.id] if isinstance(message.id, str) else list(message.id)
            english = [message.string] if isinstance(message.string, str) else list(message.string or ())
            yield from zip(both, english, strict=True)


def test_the_catalogue_has_just_the_texts_that_are_said() -> None:
    assert list(wanting(catalogue())) == [], "run: python -m services.gateway.pages.texts"


def test_the_rule_on_the_catalogue_sees_what_it_forbids() -> None:
    short = Catalog(locale="en")
    short.add("Siges ingen steder", "Said nowhere")
    found = list(wanting(short))
    assert "said nowhere: Siges ingen steder" in found
    assert "not in the catalogue: Log ud" in found
    assert "without English: Log ud" in list(wanting(renewed(short)))


def test_renewing_keeps_every_translation() -> None:
    kept = {message.id: message.string for message in renewed(catalogue()) if message.id}
    assert kept == {message.id: message.string for message in catalogue() if message.id}


@pytest.mark.parametrize(("danish", "english"), list(translated()))
def test_both_languages_state_the_same_facts(danish: str, english: str) -> None:
    assert set(FACTS.findall(danish)) == set(FACTS.findall(english))
    assert danish[0].isupper() == english[0].isupper()
    assert danish.endswith((".", ":")) == english.endswith((".", ":"))


def test_a_text_in_code_is_said_in_the_language_asked_for() -> None:
    assert (say("da", "Log ud"), say("en", "Log ud")) == ("Log ud", "Log out")
    one, many = "Der er %(num)s fejl at rette", "Der er %(num)s fejl at rette"
    assert say_many("en", one, many, 1) == "There is 1 error to correct"
    assert say_many("en", one, many, 2) == "There are 2 errors to correct"


def test_a_page_that_misses_a_value_is_an_error_and_no_page() -> None:
    with pytest.raises(UndefinedError):
        render(PageContext("da"), "error.html")


def test_a_form_holds_what_was_typed() -> None:
    form = Form({"one": "a", "many": ["b", "c"], "none": []}, {"one": ["Forkert."]})
    assert (form.value("one"), form.value("many"), form.value("none"), form.value("unknown")) == ("a", "b", "", "")
    assert [list(form.chosen(name)) for name in ("one", "many", "unknown")] == [["a"], ["b", "c"], []]
    assert [list(form.wrong(name)) for name in ("one", "many")] == [["Forkert."], []]
