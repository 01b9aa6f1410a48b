"""What the README tells integrators to do works as it stands there: run against a server that serves in earnest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.domain.rights import Kind
from services.store.access import Access
from tests.cli.runner import Bygspor

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SECTION = README.partition("\n## Integrate with it\n")[2].partition("\n## ")[0]
ADDRESS = "http://127.0.0.1:8731"
COMMAND = Path(sys.executable).with_name("bygspor")


def block(language: str) -> str:
    """The one block of a language in the section."""
    [found] = re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    return str(found)


@pytest.fixture
def served(own_estates: Bygspor, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a shell in which `bygspor serve` runs on the sample, at `API`."""
    with own_estates.store() as store:
        Access(store.database).organisations.register("10000319", "Lærkeholt Tømrer A/S", [Kind.CONTRACTOR])
    (tmp_path / "event.json").write_text(block("json"), "utf-8")
    told = {**os.environ, "BYGSPOR_DATABASE_URL": own_estates.url, "BYGSPOR_DATA": str(tmp_path), "BYGSPOR_LANG": "en"}
    server = subprocess.Popen([COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, env=told, text=True)
    assert server.stdout is not None
    with server, server.stdout:
        address = next(found[0] for line in server.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        yield {**told, "bygspor": str(COMMAND), "ADDRESS": address}
        server.terminate()


def test_the_readme_s_commands_do_what_it_says(served: dict[str, str], tmp_path: Path) -> None:
    address = served.pop("ADDRESS")
    python = "\n".join(
        ("cat > integrate.py <<'END'", block("python"), "END", f"{sys.executable} -W error integrate.py")
    )
    script = "\n".join(("set -euo pipefail", block("bash").replace(ADDRESS, address), python))
    done = subprocess.run(["bash", "-c", script], env=served, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    dry, first, again, receipt, targets, *rest = done.stdout.splitlines()
    assert '"acceptable":1' in dry
    assert first == again
    assert '"fate":"stands"' in receipt
    assert '"target":"10000270:havnegade/oplaering"' in targets
    assert rest[0].startswith("0 201")
    assert rest[1].startswith("1 201")
    # The period goes over the end of a month: that is what a fault looks like.
    assert rest[2].startswith("2 422 /data: ")
    assert any(line.startswith("Oplæring, årsværk") and "of 12 FTE" in line for line in rest)
