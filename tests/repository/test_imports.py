"""Who may import what: import-linter holds the arrows between our rooms, a table here what comes from outside."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for room in ("schemas", "services") for path in (ROOT / room).rglob("*.py"))

# What a room may import beside the standard library, where that is the whole list.
NOTHING_BUT = {
    "schemas": {"schemas", "pydantic", "msgspec"},
    "services.domain": {"services.domain", "schemas"},
}
# A library with one home.
ONLY_IN = {
    "alembic": "services.store",
    "argon2": "services.store",
    "authlib": "services.gateway",
    "cryptography": "services.store",
    "aiokafka": "services.stream",
    "fastapi": "services.gateway",
    "faust": "services.stream",
    "httpx2": "services.gateway",
    "jinja2": "services.gateway",
    "joserfc": "services.gateway",
    "kafka": "services.stream",
    "limits": "services.gateway",
    "mode": "services.stream",
    "openpyxl": "services.sheets",
    "psycopg": "services.store",
    "python_calamine": "services.sheets",
    "rich": "services.cli",
    "sqlalchemy": "services.store",
    "starlette": "services.gateway",
    "typer": "services.cli",
    "uvicorn": "services.gateway",
    "vl_convert": "services.reports",
    "xlsxwriter": "services.sheets",
}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
READS_THE_ENVIRONMENT = ROOT / "services" / "settings.py"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from services import domain` names the room in its second half.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, room: str) -> bool:
    # A room may begin as one file with helpers beside it: services.cli, services.cli_tables.
    return module == room or module.startswith((f"{room}.", f"{room}_"))


def environment_uses(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT:
            yield f"line {node.lineno}: {node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (f"line {node.lineno}: {alias.name}" for alias in node.names if alias.name in ENVIRONMENT)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    module, found = name_of(path), list(imports_of(path))
    for room, allowed in NOTHING_BUT.items():
        if within(module, room):
            outside = [name for name in found if name.split(".")[0] not in sys.stdlib_module_names]
            assert [name for name in outside if not any(within(name, home) for home in allowed)] == []
    for library, home in ONLY_IN.items():
        if not within(module, home):
            assert [name for name in found if name.split(".")[0] == library] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    assert path == READS_THE_ENVIRONMENT or list(environment_uses(path)) == []


def test_the_environment_rule_sees_what_it_forbids() -> None:
    assert len(list(environment_uses(READS_THE_ENVIRONMENT))) > 0


def test_the_arrows_hold(capsys: pytest.CaptureFixture[str]) -> None:
    result = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert result == EXIT_STATUS_SUCCESS, capsys.readouterr().out
