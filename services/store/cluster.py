"""The files of an embedded server: where they lie, how they are made, and what PostgreSQL is told.

<data>/server.lock     held by whoever makes or runs the server (see `server.py`)
<data>/postgres/       PostgreSQL's own folder, or a link to it when we are root and the server's user may not
                       enter <data>; then it lies in a folder of its own under /var/lib/bygspor
<data>/socket/         the Unix socket, in a folder only the server's user (and root) may enter
<data>/socket.path     where the socket is instead, when <data> is too deep for a socket address
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.errors import DatabaseUnavailable
from services.store.programs import SYSTEM_HOME, Command, Programs, ServerUser, programs_for, server_user

DATABASE = "bygspor"
ROLE = "bygspor"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
# 107 bytes on Linux and 103 elsewhere, less the name of PostgreSQL's lock beside the socket.
SOCKET_FOLDER_BYTES = 103 - len(f"/{SOCKET_NAME}.lock")

# Durable first: an answer of "stored" must survive a power cut. Memory and work for two cores and a few gigabytes;
# few checkpoints, because full pages are written again after each.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_connections": "60",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "off",  # built without lz4; pglz saved nothing on random keys and cost a fifth of the rows
    "autovacuum": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # one per weekday, written over after a week
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}

# Whoever can enter the socket's folder (mode 0700) is let in; there is no way in over the network.
HOST_BASED_ACCESS = "local all all trust\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    """PostgreSQL's folder of one data directory, ready to be started, and what it is started with."""

    folder: Path
    user: ServerUser
    programs: Programs

    @property
    def made(self) -> bool:
        """Whether the folder has been filled; it is filled elsewhere and renamed, so there is no half."""
        return (self.folder / "PG_VERSION").exists()

    @property
    def startup_log(self) -> Path:
        """Where PostgreSQL writes until its own logging begins, and when it cannot start at all."""
        return self.folder / "startup.log"

    def log_tail(self, lines: int = 12) -> str:
        """The last lines PostgreSQL wrote, from before and after its own logging began."""
        logs = [self.startup_log, *(self.folder / "log").glob("*.log")]
        latest = sorted((log for log in logs if log.exists()), key=lambda log: log.stat().st_mtime)[-2:]
        text = "".join(log.read_text(errors="replace") for log in latest)
        return "\n".join(text.splitlines()[-lines:])


def locate(data: Path) -> Cluster:
    """Find the cluster of a data directory, or decide where it will be; makes folders, but no cluster yet."""
    _make_data_folder(data)
    link = data / "postgres"
    _refuse_missing_or_foreign(data, link)
    user = server_user(link)
    if not os.path.lexists(link) and not user.may_enter(data):
        _link_to_private_home(link)
    return Cluster(link.resolve(), user, programs_for(user))


def make(cluster: Cluster, lock: int) -> None:
    """Make an empty cluster with the database in it; whole, or not at all. `lock` is kept until the last child ends."""
    draft = cluster.folder.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    cluster.user.own(draft)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    fill: Command = ["initdb", "-D", draft, "-U", ROLE, "--auth=trust", *locale]
    _must(cluster, fill, "", lock)
    cluster.user.write(draft / "pg_hba.conf", HOST_BASED_ACCESS)
    single: Command = ["postgres", "--single", "-D", draft, "-c", "exit_on_error=on", "template1"]
    _must(cluster, single, f"CREATE DATABASE {DATABASE}\n", lock)
    if cluster.folder.exists():
        cluster.folder.rmdir()
    draft.rename(cluster.folder)


def refuse_other_version(cluster: Cluster) -> None:
    """Stop before the programs of one major version touch the data of another; they would refuse, less clearly."""
    theirs = (cluster.folder / "PG_VERSION").read_text().strip()
    if theirs != str(cluster.programs.major):
        raise DatabaseUnavailable(
            "database.version",
            f"The data in {cluster.folder} is PostgreSQL {theirs}'s; this BygSpor brings {cluster.programs.major}.",
            "Dump it with the BygSpor that made it (pg_dump), then restore into a new BYGSPOR_DATA (pg_restore).",
        )


def configure(cluster: Cluster) -> None:
    """Write postgresql.conf anew, so that a newer BygSpor's settings arrive; `local.conf` and ALTER SYSTEM win."""
    lines = [f"{name} = '{value}'" for name, value in SERVER_SETTINGS.items()]
    text = "\n".join(["# Written at every start. Put your own lines in local.conf.", *lines])
    cluster.user.write(cluster.folder / "postgresql.conf", f"{text}\ninclude_if_exists = 'local.conf'\n")


def socket_folder(data: Path, cluster: Cluster) -> Path:
    """The folder of the socket, made if need be: beside the cluster, or short and recorded when that is too deep."""
    beside = cluster.folder.parent / "socket"
    if len(os.fsencode(beside)) <= SOCKET_FOLDER_BYTES:
        beside.mkdir(exist_ok=True)
        cluster.user.own(beside)
        return beside
    record = data / "socket.path"
    if record.exists() and _is_private(recorded := Path(record.read_text()), cluster.user):
        return recorded
    # Not XDG_RUNTIME_DIR: that goes when its user logs out, and the server stays.
    short = Path(tempfile.mkdtemp(prefix="bygspor-", dir="/tmp"))
    cluster.user.own(short)
    record.unlink(missing_ok=True)
    with record.open("x") as file:
        file.write(str(short))
    return short


def _make_data_folder(data: Path) -> None:
    """Private to us; as root, passable for the server's user, who has a folder of its own in it."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise DatabaseUnavailable(
            "database.no_folder",
            f"The data folder {data} cannot be made: {error.strerror}.",
            "Set BYGSPOR_DATA to a folder you may write in.",
        ) from error


def _refuse_missing_or_foreign(data: Path, link: Path) -> None:
    if link.is_symlink() and not link.exists():
        raise DatabaseUnavailable(
            "database.data_missing",
            f"The database of {data} was kept in {link.readlink()}, and that is gone.",
            f"Put it back from a backup; or, to begin with an empty one, remove the link {link}.",
        )
    mine = link.stat().st_uid == os.geteuid() if link.exists() else os.access(data, os.W_OK)
    if not mine and os.geteuid() != 0:
        raise DatabaseUnavailable(
            "database.not_ours",
            f"The data folder {data} belongs to another user.",
            "Run as the user who made it, or set BYGSPOR_DATA to a folder of your own.",
        )


def _link_to_private_home(link: Path) -> None:
    SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="data-", dir=SYSTEM_HOME))
    home.chmod(0o711)
    (home / "postgres").mkdir()
    (home / "belongs-to").write_text(f"{link.parent}\n")
    try:
        link.symlink_to(home / "postgres")
    except FileExistsError:  # another start was quicker
        shutil.rmtree(home)


def _must(cluster: Cluster, command: Command, stdin: str, lock: int) -> None:
    name, *arguments = command
    answer = cluster.user.run([cluster.programs.path(str(name)), *arguments], stdin=stdin, keep=(lock,))
    if answer.returncode != 0:
        tail = "\n".join(answer.stdout.splitlines()[-12:])
        raise DatabaseUnavailable(
            "database.make_failed",
            f"PostgreSQL could not make its folder {cluster.folder} ({name} failed):\n{tail}",
            "Is the disk full, or the folder on a file system that PostgreSQL cannot use?",
        )


def _is_private(folder: Path, user: ServerUser) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return not folder.is_symlink() and found.st_uid == user.uid and found.st_mode & 0o777 == 0o700
