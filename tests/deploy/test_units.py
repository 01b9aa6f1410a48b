"""The systemd units: systemd can read them, they run commands that exist, and shut themselves in."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.stack.stack import GATEWAY, WORKER
from services.cli.app import app
from services.settings import Settings
from services.stream.running import STOPS_WITHIN_SECONDS

FOLDER = Path(__file__).parents[2] / "deploy/systemd"
UNITS = sorted(FOLDER.glob("*.service"))
COMMON = FOLDER / "bygspor-.service.d/common.conf"
ANALYZE = shutil.which("systemd-analyze")
PROGRAM = "/opt/bygspor/bin/bygspor"
MOST_EXPOSED = 20  # of 100; a service that shuts nothing has 96
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze here (Debian's package systemd)")


def test_there_is_a_unit_for_each_part() -> None:
    names = ["bygspor-gateway.service", "bygspor-migrate.service", "bygspor-worker@.service"]
    assert [unit.name for unit in UNITS] == names


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_a_command_that_there_is(unit: Path) -> None:
    program, command = settings(unit)["ExecStart"][0].split(maxsplit=1)
    assert program == PROGRAM
    assert command in {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}


def test_gateway_and_worker_run_what_the_stack_runs() -> None:
    assert settings(FOLDER / "bygspor-gateway.service")["ExecStart"] == [f"{PROGRAM} {' '.join(GATEWAY)}"]
    assert settings(FOLDER / "bygspor-worker@.service")["ExecStart"] == [f"{PROGRAM} {' '.join(WORKER)}"]


def test_a_unit_is_given_longer_to_stop_than_it_takes() -> None:
    for name in ("bygspor-gateway.service", "bygspor-worker@.service"):
        assert int(settings(FOLDER / name)["TimeoutStopSec"][0]) > STOPS_WITHIN_SECONDS * 1.5
    assert settings(COMMON)["KillSignal"] == ["SIGTERM"]


def test_what_must_be_mended_by_somebody_is_not_started_again_for_ever() -> None:
    assert settings(COMMON)["Restart"] == ["on-failure"]
    assert settings(COMMON)["RestartPreventExitStatus"] == ["2"]
    assert settings(FOLDER / "bygspor-worker@.service")["RestartPreventExitStatus"] == ["4"]
    assert all({"StartLimitBurst", "StartLimitIntervalSec"} <= settings(unit).keys() for unit in UNITS)


def test_a_database_that_is_away_for_long_is_waited_for() -> None:
    (pause,) = settings(COMMON)["RestartSec"]
    for unit in UNITS:
        (burst,), (interval,) = settings(unit)["StartLimitBurst"], settings(unit)["StartLimitIntervalSec"]
        assert int(pause) * (int(burst) - 1) > int(interval), "systemd gives up before the limit's interval is over"
        assert "3" not in settings(unit).get("RestartPreventExitStatus", [])


def test_the_settings_they_are_given_are_settings() -> None:
    lines = [line for line in (FOLDER / "bygspor.env.example").read_text().splitlines() if not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    for file in (COMMON, *UNITS):
        given |= dict(one.replace("%i", "1").split("=", 1) for one in settings(file).get("Environment", []))
    found = Settings.from_environment(given)
    assert found.kafka is not None
    assert found.metrics == ("127.0.0.1", 8741)
    assert found.data == Path("/var/lib") / settings(COMMON)["StateDirectory"][0]


@needs_systemd
def test_systemd_reads_the_units_without_a_word(installed: Path) -> None:
    done = analyze("verify", "--man=no", *instances(installed))
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


@needs_systemd
def test_systemd_finds_a_unit_that_is_wrong(installed: Path) -> None:
    unit = installed / "bygspor-gateway.service"
    unit.write_text(unit.read_text().replace("bin/bygspor serve", "bin/bigspor serve"))
    done = analyze("verify", "--man=no", str(unit))
    assert "is not executable" in done.stderr
    assert done.returncode != 0


@needs_systemd
@pytest.mark.parametrize("nr", range(len(UNITS)))
def test_a_unit_is_shut_in(installed: Path, nr: int) -> None:
    level = f"--threshold={MOST_EXPOSED}"
    done = analyze("security", "--offline=true", "--no-pager", level, instances(installed)[nr])
    assert done.returncode == 0, done.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as installed, their program being ours: systemd asks whether it is there."""
    folder = tmp_path / "system"
    shutil.copytree(FOLDER, folder)
    for unit in folder.glob("*.service"):
        unit.write_text(unit.read_text().replace(PROGRAM, str(Path(sys.executable).with_name("bygspor"))))
    return folder


def instances(folder: Path) -> list[str]:
    return [str(folder / unit.name.replace("@", "@1")) for unit in UNITS]


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ANALYZE or "", *arguments], capture_output=True, text=True, check=False)


def settings(unit: Path) -> dict[str, list[str]]:
    """Every setting of a unit with its values in their order."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found
