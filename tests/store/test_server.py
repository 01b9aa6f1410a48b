"""The embedded server against the real thing: started twice, started at once, its starter killed, itself killed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from services.errors import DatabaseUnavailable
from services.store.programs import SYSTEM_HOME
from services.store.server import EmbeddedPostgres, ServerStatus
from tests.waiting import until

ROOT = Path(__file__).parents[2]
SMALL = {"shared_buffers": "16MB", "fsync": "off"}
START = "from pathlib import Path; from services.store.server import EmbeddedPostgres as E; import sys, time"
START_AND_PRINT = f"{START}; print(E(Path(sys.argv[1])).start({SMALL}))"
START_AND_STAY = f"{START}; print(E(Path(sys.argv[1])).start({SMALL}), flush=True); time.sleep(60)"


@pytest.fixture
def server(server_home: Path) -> Iterator[EmbeddedPostgres]:
    found = EmbeddedPostgres(server_home / "data")
    yield found
    found.stop()


def ask(url: str, query: str = "SELECT current_database()") -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def pid_of(server: EmbeddedPostgres) -> int:
    pid = server.status().pid
    assert pid is not None
    return pid


def kill_9(server: EmbeddedPostgres) -> int:
    """Returns when it is dead: a signal takes a moment to arrive, and until then the socket still answers."""
    pid = pid_of(server)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not server.status().running)
    return pid


def test_starting_twice_gives_the_same_server(server: EmbeddedPostgres) -> None:
    first = server.start(SMALL)
    pid = pid_of(server)
    assert server.start(SMALL) == first
    assert pid_of(server) == pid


def test_one_url_serves_psycopg_and_sqlalchemy(server: EmbeddedPostgres) -> None:
    url = server.start(SMALL)
    assert ask(url) == "bygspor"
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
    engine.dispose()


def test_starts_from_several_processes_at_once_give_one_server(server: EmbeddedPostgres) -> None:
    command = [sys.executable, "-c", START_AND_PRINT, str(server.data_dir)]
    starters = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 4
    assert len(answers) == 1
    assert ask(answers.pop()) == "bygspor"


def test_killing_the_starter_leaves_the_server_up(server: EmbeddedPostgres) -> None:
    command = [sys.executable, "-c", START_AND_STAY, str(server.data_dir)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        url = starter.stdout.readline().strip()
        starter.kill()
    assert ask(url) == "bygspor"
    assert server.status().running
    server.stop()
    assert not server.status().running


def test_killing_the_starter_midway_leaves_nothing_half_made(server: EmbeddedPostgres) -> None:
    command = [sys.executable, "-c", START_AND_STAY, str(server.data_dir)]
    with subprocess.Popen(command, cwd=ROOT) as starter:
        until((server.data_dir / "postgres.new").exists)
        starter.kill()
    assert ask(server.start(SMALL)) == "bygspor"


def test_what_was_committed_survives_kill_9_of_the_server(server: EmbeddedPostgres) -> None:
    url = server.start(SMALL)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE promise AS SELECT 7 AS weeks")
    killed = kill_9(server)
    assert ask(server.start(SMALL), "SELECT weeks FROM promise") == 7
    assert pid_of(server) != killed


def test_a_busy_child_of_a_killed_server_is_ended_before_the_next_starts(server: EmbeddedPostgres) -> None:
    url = server.start(SMALL)
    with contextlib.closing(psycopg.connect(url)) as busy:
        child = busy.info.backend_pid
        # A loop without waits never looks whether the postmaster still lives.
        busy.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
        time.sleep(0.2)
        kill_9(server)
        assert ask(server.start(SMALL)) == "bygspor"
    # In a container the dead may stay listed: nobody collects them.
    listed = Path(f"/proc/{child}/stat")
    assert not listed.exists() or listed.read_text().split()[2] == "Z"


def test_a_pid_file_that_names_someone_else_by_now_is_seen_through(server: EmbeddedPostgres) -> None:
    server.start(SMALL)
    folder = server.data_dir / "postgres"
    lines = (folder / "postmaster.pid").read_text().splitlines()
    server.stop()
    (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    assert not server.status().running
    assert ask(server.start(SMALL)) == "bygspor"


def test_a_folder_too_deep_for_a_socket_gets_a_short_private_one(server_home: Path) -> None:
    server = EmbeddedPostgres(server_home.joinpath(*["en lang sti med mellemrum og $tegn"] * 4))
    with server.running(SMALL) as url:
        assert ask(url) == "bygspor"
        short = server.status().socket_dir
    assert short is not None
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    with server.running(SMALL) as again:
        assert again == url
    short.rmdir()


def test_status_says_what_an_operator_asks(server: EmbeddedPostgres) -> None:
    assert server.status() == ServerStatus(running=False, data_dir=server.data_dir)
    server.start(SMALL)
    status = server.status()
    assert status.running
    assert status.version is not None
    assert int(status.version.split(".")[0]) >= 18
    assert status.size_bytes > 20_000_000
    assert status.since is not None
    assert abs(time.time() - status.since.timestamp()) < 60
    assert status.socket_dir == server.data_dir / "socket"


def test_only_the_owner_may_enter_and_the_network_may_not(server: EmbeddedPostgres) -> None:
    url = server.start(SMALL)
    assert stat.S_IMODE((server.data_dir / "socket").stat().st_mode) == 0o700
    assert stat.S_IMODE((server.data_dir / "postgres").stat().st_mode) == 0o700
    assert ask(url, "SHOW listen_addresses") == ""


def test_it_is_durable_unless_told_otherwise(server: EmbeddedPostgres) -> None:
    url = server.start({"shared_buffers": "16MB"})
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert ask(url, f"SHOW {name}") == "on"
    assert ask(url, "SHOW data_checksums") == "on"


def test_a_server_that_cannot_start_says_why(server: EmbeddedPostgres) -> None:
    with pytest.raises(DatabaseUnavailable, match="no_such_setting") as caught:
        server.start({"no_such_setting": "1"})
    assert caught.value.code == "database.start_failed"
    assert caught.value.hint
    assert ask(server.start(SMALL)) == "bygspor"


def test_data_of_another_major_version_is_refused_by_both_names(server: EmbeddedPostgres) -> None:
    server.start(SMALL)
    server.stop()
    version = server.data_dir / "postgres" / "PG_VERSION"
    ours = version.read_text().strip()
    version.write_text("15\n")
    with pytest.raises(DatabaseUnavailable, match=rf"15.*{ours}"):
        server.start(SMALL)
    version.write_text(f"{ours}\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as someone else")
def test_as_root_the_server_runs_unprivileged(server: EmbeddedPostgres) -> None:
    server.start(SMALL)
    assert Path(f"/proc/{pid_of(server)}").stat().st_uid not in (0, pwd.getpwnam("nobody").pw_uid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as someone else")
def test_as_root_in_a_closed_home_the_data_goes_elsewhere_and_the_home_stays_closed(server_home: Path) -> None:
    closed = server_home / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "data")
    with server.running(SMALL) as url:
        assert ask(url) == "bygspor"
    kept = (closed / "data" / "postgres").resolve()
    assert kept.is_relative_to(SYSTEM_HOME)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    shutil.rmtree(kept.parent)
    with pytest.raises(DatabaseUnavailable, match="is gone"):
        server.start(SMALL)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user for the test")
def test_as_a_normal_user_and_root_may_look_after_it(server: EmbeddedPostgres) -> None:
    python, nobody = "/usr/bin/python3", pwd.getpwnam("nobody")
    packages = Path(psycopg.__file__).parents[1]
    os.chown(server.data_dir.parent, nobody.pw_uid, nobody.pw_gid)

    def as_nobody(program: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-I", "-c", f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(packages)!r}]; {program}"]
        arguments = [*command, str(server.data_dir)]
        return subprocess.run(
            arguments,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
        )

    if as_nobody("import psycopg, services").returncode != 0:
        pytest.skip(f"{python} as nobody cannot read this installation")
    answer = as_nobody(START_AND_PRINT)
    assert answer.returncode == 0, answer.stderr
    assert ask(answer.stdout.strip()) == "bygspor"
    server.stop()
    assert ask(server.start(SMALL)) == "bygspor"
    assert Path(f"/proc/{pid_of(server)}").stat().st_uid == nobody.pw_uid
