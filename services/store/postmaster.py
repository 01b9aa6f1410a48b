"""What PostgreSQL leaves on disk and in the process table about itself, and how far that may be believed.

The pid file outlives a killed server, and its number may since belong to another process. So a server is up only when
its socket takes a connection, and a process is PostgreSQL's only when its working directory is the cluster's folder.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.store.cluster import SOCKET_NAME, Cluster

# Run as the server's user: in a container even root may not see the working directories of other users' processes.
FIND_RESIDENTS = """
[ -d /proc/self ] || exit 1
for process in /proc/[0-9]*; do
    if [ "$process/cwd" -ef "$1" ]; then echo "${process#/proc/}"; fi
done
"""


@dataclass(frozen=True, slots=True)
class PidFile:
    """PostgreSQL's own postmaster.pid: who runs since when, where its socket is, and how far it has come."""

    pid: int
    since: datetime
    port: int
    socket_dir: Path
    state: str

    @classmethod
    def read(cls, cluster: Cluster) -> PidFile | None:
        """None when there is none, or when it is not yet fully written."""
        try:
            lines = (cluster.folder / "postmaster.pid").read_text().splitlines()
            since = datetime.fromtimestamp(int(lines[2]), UTC)
            return cls(int(lines[0]), since, int(lines[3]), Path(lines[4]), lines[7].strip())
        except (FileNotFoundError, IndexError, ValueError):
            return None

    @property
    def answers(self) -> bool:
        """Whether a server that takes work stands behind this file."""
        return self.state == "ready" and self.connects

    @property
    def connects(self) -> bool:
        """Whether some server, ready or not, stands behind this file."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_dir / SOCKET_NAME))
            except OSError:
                return False
            return True


def ask_to_stop(cluster: Cluster, pid: int) -> None:
    """Fast shutdown: open transactions are rolled back, what is committed is written out."""
    found = _residents(cluster)
    if found is None or pid in found:
        _signal(pid, signal.SIGINT)


def remove_stale_files(cluster: Cluster, socket_dir: Path) -> None:
    """Remove what a killed server left; to be called with the server lock held.

    PostgreSQL itself would refuse to start when the number in these files is another process's by now, or that of a
    dead process nobody has collected, as happens in containers.
    """
    if _residents(cluster) == []:
        for left in (cluster.folder / "postmaster.pid", socket_dir / f"{SOCKET_NAME}.lock", socket_dir / SOCKET_NAME):
            left.unlink(missing_ok=True)


def quit_orphans(cluster: Cluster) -> None:
    """End children that outlived a killed postmaster; most notice by themselves, a busy one only after its query.

    The pid file is read again *after* looking for them: a new server removes it before it starts, so as long as it
    names the same dead process, nobody found can belong to a new one.
    """
    before = PidFile.read(cluster)
    if before is None or before.connects:
        return
    found = _residents(cluster) or []
    if before.pid not in found and PidFile.read(cluster) == before:
        for pid in found:
            _signal(pid, signal.SIGQUIT)


def _residents(cluster: Cluster) -> list[int] | None:
    """The processes that live in the cluster's folder; None where the system does not tell."""
    answer = cluster.user.run(["sh", "-c", FIND_RESIDENTS, "sh", cluster.folder])
    return [int(pid) for pid in answer.stdout.split()] if answer.returncode == 0 else None


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
