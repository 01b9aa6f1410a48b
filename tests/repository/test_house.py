"""The house in order: what the README names, both languages everywhere, file sizes, nothing of one machine."""

from __future__ import annotations

import inspect
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from schemas import vocabulary
from services.cli.app import EXIT_CODES, app
from services.domain import courses, status
from services.domain.findings import _TEXTS
from services.settings import SETTINGS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
LONGEST = 400
# The data of examples, what is generated and the translated texts may be as long as they need to be.
MAY_BE_LONG = ("uv.lock", "services/sample/data/", "schemas/published/", "services/gateway/pages/locale/")
# Somebody's home or scratch folder, however the machine is called. `/var/tmp` and the like are everybody's.
OF_ONE_MACHINE = re.compile(r"(?<![\w.~-])/(?:home|Users|root|work|workspace|mnt|opt/[a-z]+/venv)/[\w.-]+")


def tracked() -> Iterator[str]:
    """Every file of the project, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    yield from (name for name in listed.decode().split("\0") if name and (ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked():
        try:
            yield name, (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue


def commands() -> Iterator[str]:
    """Every command as it is typed, from the command line itself."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        yield from (f"{name} {one}" for one in inner) if inner else (name,)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_the_readme_names_every_setting_with_its_default(setting: object) -> None:
    name, default = setting.name, setting.default  # type: ignore[attr-defined]
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}`"))
    assert default in row


@pytest.mark.parametrize("command", list(commands()))
def test_the_readme_names_every_command(command: str) -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `"))
    group, _, inner = command.partition(" ")
    assert re.search(rf"`{group}\b", table)
    assert not inner or re.search(rf"`(?:{group} )?{inner}`", table)


def test_the_readme_names_no_command_or_setting_that_is_not_there() -> None:
    names = {command.split()[0] for command in commands()}
    assert set(re.findall(r"^\$bygspor (\w+)", README, re.MULTILINE)) <= names
    assert set(re.findall(r"BYGSPOR_[A-Z_]+", README)) <= {setting.name for setting in SETTINGS}


def test_the_readme_and_the_help_name_the_same_exit_codes() -> None:
    told = re.search(r"Exit codes: .*?\.", README, re.DOTALL)
    assert told is not None
    assert set(re.findall(r"(\d+) ", EXIT_CODES)) <= set(re.findall(r"(\d+) ", told.group()))


WORDS = sorted(
    {
        found
        for room in (vocabulary, status, courses)
        for _, found in inspect.getmembers(room, inspect.isclass)
        if issubclass(found, vocabulary.Word) and found is not vocabulary.Word
    },
    key=lambda found: found.__name__,
)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_value_of_every_list_has_a_label_of_its_own_in_both_languages(words: type[vocabulary.Word]) -> None:
    assert len(words) > 0
    for language in ("da", "en"):
        labels = [word.label(language) for word in words]
        assert all(label.strip() for label in labels)
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("code", _TEXTS)
def test_every_finding_has_a_text_in_both_languages_with_the_same_facts(code: str) -> None:
    _, da, en = _TEXTS[code]
    assert da != en
    assert da[0].isupper() or da[0] == "{"
    assert en[0].isupper() or en[0] == "{"
    assert set(re.findall(r"{(\w+)}", da)) == set(re.findall(r"{(\w+)}", en))


def test_no_file_is_longer_than_somebody_can_hold_in_mind() -> None:
    long = {name: text.count("\n") for name, text in texts() if not name.startswith(MAY_BE_LONG)}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_nothing_of_one_machine_is_in_the_tree() -> None:
    found = [f"{name}: {path}" for name, text in texts() for path in OF_ONE_MACHINE.findall(text)]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    modules = [(name, text) for name, text in texts() if name.endswith(".py")]
    assert [name for name, text in modules if text.strip() and not text.startswith(('"""', 'r"""'))] == []


@pytest.mark.parametrize("path", ["/ho" + "me/anna/x", "/ro" + "ot/.cache", "/wo" + "rk/main"])
def test_the_rule_on_paths_sees_what_it_forbids(path: str) -> None:
    assert OF_ONE_MACHINE.search(f"in {path} there")
    assert not OF_ONE_MACHINE.search("a folder work/main and https://example.org/home/page")
