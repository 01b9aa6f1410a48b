"""What is published: fresh, whole, labelled in both languages, and named by the conventions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from schemas import publish
from schemas.codec import EVENT_TYPES
from schemas.facts import Fact
from schemas.vocabulary import Word

TYPES = sorted(EVENT_TYPES.values(), key=lambda cls: cls.type())
WORDS = publish.LISTS
# How a day is named. A name ending in `_on` that is no day, and money that is no whole number, would mislead.
DAY_SUFFIXES = ("_on", "_start", "_end", "_from", "_since", "_until", "_cut_off")
NO_DAY = {"residence_on"}
by_name = pytest.mark.parametrize("cls", TYPES, ids=lambda cls: cls.name)


def models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        for part in leaves(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models_in(part)


def leaves(annotation: Any) -> list[Any]:
    """The plain types in an annotation, without what is said about them."""
    if hasattr(annotation, "__metadata__"):
        return leaves(annotation.__origin__)
    parts = get_args(annotation)
    return [leaf for part in parts for leaf in leaves(part)] if parts else [annotation]


FIELDS = {
    (model.__name__, name, leaf)
    for cls in TYPES
    for model in models_in(cls)
    for name, field in model.model_fields.items()
    for leaf in leaves(field.annotation)
    if leaf not in {type(None), Ellipsis}
}


def test_published_files_are_fresh() -> None:
    published = publish.files()
    found = {path.name: path.read_text("utf-8") for path in publish.FOLDER.glob("*.v*.json")}
    found |= {name: (publish.FOLDER / name).read_text("utf-8") for name in ("README.md", "vocabulary.json")}
    stale = sorted(
        name
        for name in published.keys() | found.keys()
        if (name in published) != (name in found) or published[name] != found[name]
    )
    assert not stale, f"out of date: {', '.join(stale)}; run `{publish.COMMAND}` and commit what it writes"


def test_writing_removes_what_is_no_more_and_nothing_else(tmp_path: Any) -> None:
    (tmp_path / "gone.happened.v1.json").write_text("{}")
    (tmp_path / "asyncapi.yaml").write_text("")
    publish.write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == publish.files().keys() | {"asyncapi.yaml"}


@by_name
def test_schema_is_draft_2020_12(cls: type[Fact]) -> None:
    Draft202012Validator.check_schema(publish.event_schema(cls))


@by_name
def test_type_says_what_it_is_and_who_sends_it(cls: type[Fact]) -> None:
    assert cls.__doc__
    assert not cls.__doc__.startswith(Fact.__doc__ or "")
    assert cls.da
    assert cls.en
    assert cls.senders


def test_no_two_types_share_a_label() -> None:
    assert len({cls.da for cls in TYPES}) == len({cls.en for cls in TYPES}) == len(TYPES) == 68


@by_name
def test_rules_between_fields_are_told(cls: type[Fact]) -> None:
    rules = publish.rules_of(cls)
    assert all(rule.endswith(".") and "None" not in rule for rule in rules)
    assert len(rules) >= 2  # the envelope's and the one every fact has
    assert all(rule in publish.event_schema(cls)["description"] for rule in rules)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_words_have_labels_and_none_twice(words: type[Word]) -> None:
    values = list(words)
    assert words.__doc__
    assert values
    assert all(word.da.strip() == word.da != "" and word.en.strip() == word.en != "" for word in values)
    assert len({word.da.casefold() for word in values}) == len({word.en.casefold() for word in values}) == len(values)
    assert all(word.value.isascii() and word.value == word.value.lower() for word in values)
    assert [word.label("da") for word in values] == [word.da for word in values]
    assert [word.label("en") for word in values] == [word.en for word in values]


def test_every_vocabulary_is_published() -> None:
    used = {leaf.__name__ for _, _, leaf in FIELDS if isinstance(leaf, type) and issubclass(leaf, Word)}
    assert used <= publish.vocabulary().keys() == {words.__name__ for words in WORDS}


def test_days_are_named_as_days() -> None:
    days = {(model, name) for model, name, leaf in FIELDS if leaf is date}
    named = {(model, name) for model, name, _ in FIELDS if name.endswith(DAY_SUFFIXES) and name not in NO_DAY}
    assert days == named


@pytest.mark.parametrize(("suffix", "kind"), [("_dkk", int), ("weeks", int), ("hours", Decimal), ("man_days", Decimal)])
def test_units_are_in_the_name(suffix: str, kind: type) -> None:
    named = {(model, name, leaf) for model, name, leaf in FIELDS if name.endswith(suffix)}
    assert named
    assert {(model, name) for model, name, leaf in named if leaf is not kind} == set()


def test_nothing_is_a_float() -> None:
    assert {(model, name) for model, name, leaf in FIELDS if leaf is float} == set()


def test_every_fact_begins_with_who_reports() -> None:
    assert all(list(cls.model_fields)[:2] == ["reported_by", "on_behalf_of"] for cls in TYPES)
