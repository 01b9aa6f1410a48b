"""Published schemas may grow, not tighten: the comparison itself, and the committed files held against it."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.compatibility import breaking_changes
from schemas.contractor import HoursReported, PlacementStarted
from schemas.publish import event_schema, files
from schemas.secretariat import AgreementSigned

ROOT = Path(__file__).parents[2]
PUBLISHED = "schemas/published"

Change = Callable[[dict[str, Any]], object]


def hours(schema: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = schema["$defs"]["HoursReported"]
    return data


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = hours(schema)["properties"]
    return inner


HARMLESS: dict[str, Change] = {
    "nothing": lambda schema: None,
    "optional field added": lambda schema: fields(schema).update(shift={"type": "string"}),
    "field made optional": lambda schema: hours(schema)["required"].remove("placement"),
    "bound widened": lambda schema: fields(schema)["school_hours"].update(maximum=800),
    "bound removed": lambda schema: fields(schema)["revision"].pop("maximum"),
    "pattern removed": lambda schema: fields(schema)["placement"].pop("pattern"),
    "null allowed": lambda schema: fields(schema).update(
        placement={"anyOf": [fields(schema)["placement"], {"type": "null"}]}
    ),
    "whole number became a number": lambda schema: fields(schema)["revision"].update(type="number"),
    "other words": lambda schema: schema.update(title="Timer", description="Målte timer."),
    "sender added": lambda schema: schema["x-senders"].append("site"),
    "fields let through": lambda schema: hours(schema).update(additionalProperties=True),
    "rule dropped": lambda schema: schema["x-rules"].pop(),
}
BREAKING: dict[str, tuple[Change, str]] = {
    "field removed": (lambda schema: fields(schema).pop("school_hours"), ".data.school_hours: removed"),
    "field retyped": (lambda schema: fields(schema)["revision"].update(type="string"), "no longer integer"),
    "null no longer allowed": (lambda schema: fields(schema).update(hours={"type": "number"}), "no longer null"),
    "field newly required": (lambda schema: hours(schema)["required"].append("hours"), ".data.hours: required"),
    "required field added": (
        lambda schema: (fields(schema).update(shift={}), hours(schema)["required"].append("shift")),
        ".data.shift: required",
    ),
    "pattern changed": (lambda schema: fields(schema)["placement"].update(pattern="^x$"), "other pattern"),
    "format added": (lambda schema: fields(schema)["placement"].update(format="uuid"), "other format"),
    "maximum lowered": (lambda schema: fields(schema)["school_hours"].update(maximum=200), "became 200"),
    "minimum raised": (lambda schema: fields(schema)["revision"].update(minimum=2), "became 2"),
    "length bound added": (lambda schema: fields(schema)["placement"].update(maxLength=9), "maxLength None became 9"),
    "default changed": (lambda schema: fields(schema)["revision"].update(default=2), "default 1 became 2"),
    "type renamed": (lambda schema: schema["properties"]["type"].update(const="x"), ".type: no longer 'dk"),
    "extensions shut out": (lambda schema: schema.update(additionalProperties=False), "no longer let through"),
    "rule added": (lambda schema: schema["x-rules"].append("hours is even."), "new rule: hours is even."),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_harmless_change_passes(change: Change) -> None:
    old = event_schema(HoursReported)
    new = copy.deepcopy(old)
    change(new)
    assert breaking_changes(old, new) == []


@pytest.mark.parametrize(("change", "told"), BREAKING.values(), ids=BREAKING.keys())
def test_breaking_change_is_told(change: Change, told: str) -> None:
    old = event_schema(HoursReported)
    new = copy.deepcopy(old)
    change(new)
    (found,) = breaking_changes(old, new)
    assert told in found


def test_words_may_be_added_but_not_dropped() -> None:
    old = event_schema(PlacementStarted)
    fewer = copy.deepcopy(old)
    fewer["$defs"]["Trade"]["enum"].remove("paver")
    assert breaking_changes(old, fewer) == [".data.trade: no longer 'paver'"]
    assert breaking_changes(fewer, old) == []


def test_members_of_lists_are_compared_too() -> None:
    old = event_schema(AgreementSigned)
    new = copy.deepcopy(old)
    new["$defs"]["Target"]["properties"]["amount"]["maximum"] = 10
    new["$defs"]["AgreementSigned"]["properties"]["targets"]["maxItems"] = 3
    assert breaking_changes(old, new) == [
        ".data.targets: maxItems 100 became 3",
        ".data.targets[].amount: maximum 1000000 became 10",
    ]


def test_what_was_published_still_holds() -> None:
    """The models of the working tree against the schemas of the last release, or before any release, of `HEAD`.

    It catches a breaking edit even where somebody published anew in the working tree, and, once there is a release tag
    (`v*`), also one that was committed since. Before the first release a breaking change passes as soon as it is
    committed: nobody outside has been promised anything. In a clone without tags it can look no further than `HEAD`.
    """
    baseline = newest_release() or "HEAD"
    now = files()
    broken = []
    for name in git("ls-tree", "--name-only", baseline, f"{PUBLISHED}/").split():
        if ".v" in name:
            new = now.get(Path(name).name)
            old = json.loads(git("show", f"{baseline}:{name}"))
            found = breaking_changes(old, json.loads(new)) if new else ["the type and version are gone"]
            broken += [f"{Path(name).name} {change}" for change in found]
    assert not broken, (
        f"breaks what {baseline} published; give the type a new version and an upcast"
        f" (before the first release, committing the change settles it):\n" + "\n".join(broken)
    )


def newest_release() -> str:
    tags = git("tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname").split()
    return next((tag for tag in tags if git("ls-tree", tag, f"{PUBLISHED}/")), "")


def git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", ROOT, *arguments], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no git: nothing to hold the schemas against")
    if done.returncode:
        pytest.skip(f"no history to hold the schemas against: {done.stderr.strip()}")
    return done.stdout
