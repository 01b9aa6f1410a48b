"""Whether events that an old published schema allowed are still allowed by a new one, and still mean the same.

It looks from the senders' side, and from the log's, where old events stay for ever: whoever reads events must expect
new optional fields and new words in a closed list. It compares what pydantic writes (one alternative for each JSON
type); what it cannot tell harmless from harmful, such as another pattern, it reports. Rules between fields it cannot
see, so it reports every sentence new in `x-rules`. A wider CPR shape passes: it may be refused at any time.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_ALL_OR_NOTHING = ("pattern", "format", "not", "allOf", "uniqueItems", "propertyNames")
_EVERYTHING: Schema = {}


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What the new schema of the same type and version refuses, or reads otherwise, that the old one did not."""
    added_rules = [rule for rule in new.get("x-rules", []) if rule not in old.get("x-rules", [])]
    return [*_Comparison(old, new).differences(old, new, ""), *(f"new rule: {rule}" for rule in added_rules)]


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old_defs, self._new_defs = old.get("$defs", {}), new.get("$defs", {})

    def differences(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        """All breaking changes at one place and below it."""
        if "default" in old and old["default"] != new.get("default"):
            yield f"{at}: default {old['default']!r} became {new.get('default')!r}"
        after = _by_type(new, self._new_defs)
        for kind, before in _by_type(old, self._old_defs).items():
            match = after.get(kind) or (after.get("number") if kind == "integer" else None) or after.get("any")
            if match is None:
                yield f"{at}: no longer {kind}"
            else:
                yield from self._narrowed(before, match, at)

    def _narrowed(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        yield from _fewer_words(old, new, at)
        yield from _tighter_bounds(old, new, at)
        yield from (f"{at}: other {key}" for key in _ALL_OR_NOTHING if key in new and new[key] != old.get(key))
        yield from self._fields(old, new, at)
        if "items" in new:
            yield from self.differences(old.get("items", _EVERYTHING), new["items"], f"{at}[]")

    def _fields(self, old: Schema, new: Schema, at: str) -> Iterator[str]:
        known, allowed = old.get("properties", {}), new.get("properties", {})
        others, others_before = new.get("additionalProperties", True), old.get("additionalProperties", True)
        yield from (f"{at}.{name}: required" for name in new.get("required", []) if name not in old.get("required", []))
        for name, field in known.items():
            if name in allowed:
                yield from self.differences(field, allowed[name], f"{at}.{name}")
            elif others is not True:
                yield f"{at}.{name}: removed"
        if others is not True and others_before is not False and others != others_before:
            yield f"{at}: other fields are no longer let through"


def _by_type(schema: Schema, defs: Mapping[str, Schema]) -> dict[str, Schema]:
    """The alternatives of a schema, by JSON type."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        # A rule about the whole event stands beside other keywords; there, and in another file, a reference is a word.
        if name in defs and "type" not in schema:
            return _by_type(defs[name], defs)
    alternatives = schema.get("anyOf")
    if alternatives:
        return {kind: found for part in alternatives for kind, found in _by_type(part, defs).items()}
    kinds = schema.get("type", "string" if {"const", "enum"} & schema.keys() else "any")
    return dict.fromkeys([kinds] if isinstance(kinds, str) else kinds, schema)


def _words(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _fewer_words(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = _words(old), _words(new)
    if after is not None:
        gone = [word for word in before if word not in after] if before is not None else ["any other value"]
        yield from (f"{at}: no longer {word!r}" for word in gone)


def _tighter_bounds(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for keys, is_tighter in ((_LOWER_BOUNDS, float.__gt__), (_UPPER_BOUNDS, float.__lt__)):
        for key in keys:
            if key in new and (key not in old or is_tighter(float(new[key]), float(old[key]))):
                yield f"{at}: {key} {old.get(key)} became {new[key]}"
