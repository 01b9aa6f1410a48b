"""What Kafka is run with: a Java, and Kafka's jars, which Maven fetches once into the cache.

Java and Maven are those on the path, or else Debian's. A folder in the cache comes into being by a rename, so a half is
never used, and two processes that fetch at once each fetch for themselves, and the first one counts.
"""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509 import load_pem_x509_certificates

from deploy.debian import CACHE, Unavailable, install_or_unpack, run, tell, whole

__all__ = ["Programs", "Unavailable", "fetched", "found", "version"]

_POM = Path(__file__).with_name("pom.xml")
_OLDEST_JAVA = 17
_PACKAGES = ("openjdk-17-jre-headless", "maven")
_UNPACKED = CACHE / "java"


@dataclass(frozen=True, slots=True)
class Programs:
    """A Java that is new enough, and the folder with Kafka's jars."""

    java: Path
    jars: Path

    def command(self, main: str, *arguments: str | Path, options: tuple[str, ...] = ()) -> list[str]:
        """How one of Kafka's main classes is run."""
        return [str(self.java), *options, "-cp", f"{self.jars}/*", main, *map(str, arguments)]


def version() -> str:
    """Kafka's version, as the pom names it."""
    found = ElementTree.parse(_POM).findtext("{*}version")  # noqa: S314 -- our own file
    assert found  # noqa: S101 -- our own file
    return found


def found() -> Programs | None:
    """Java and Kafka as they are here already, if both are."""
    java, jars = _java(), _jars()
    return Programs(java, jars) if java and jars.is_dir() else None


def fetched() -> Programs:
    """The same, with what is missing fetched; this takes a minute or two the first time. Raises Unavailable."""
    return found() or _fetch()


def _fetch() -> Programs:
    if not _java() or not _maven():
        tell("kafka", "getting Debian's Java and Maven, which takes a minute the first time")
        install_or_unpack(_UNPACKED, *_PACKAGES)
    java, maven = _java(), _maven()
    if not java or not maven:
        raise Unavailable(f"Debian's packages were fetched, but brought no Java {_OLDEST_JAVA} or no Maven")
    home = java.resolve().parents[1]
    with whole(_jars()) as draft, tempfile.NamedTemporaryFile() as store:
        goal = ("dependency:copy-dependencies", f"-DoutputDirectory={draft}")
        options = _trust(home, Path(store.name))
        run([str(maven), "-B", "-q", "-f", str(_POM), *goal], JAVA_HOME=str(home), MAVEN_OPTS=options)
    return Programs(java, _jars())


def _jars() -> Path:
    return CACHE / "kafka" / version()


def _maven() -> Path | None:
    return _first("mvn", _UNPACKED / "usr/share/maven/bin/mvn")


def _java() -> Path | None:
    """The Java that is here, unless it is too old."""
    java = _first("java", *_UNPACKED.glob("usr/lib/jvm/*/bin/java"))
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False) if java else None
    number = re.search(r'version "(\d+)', told.stderr) if told else None
    return java if number and int(number.group(1)) >= _OLDEST_JAVA else None


def _first(name: str, *unpacked: Path) -> Path | None:
    on_path = shutil.which(name)
    return Path(on_path) if on_path else next((path for path in unpacked if path.exists()), None)


def _trust(home: Path, store: Path) -> str:
    """What lets a Java that was unpacked trust whom the system trusts; installing it would have made a list of them."""
    bundle = Path(ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt")
    if (home / "lib/security/cacerts").exists() or not bundle.exists():
        return ""
    certificates = [
        pkcs12.PKCS12Certificate(one, b"%d" % no)
        for no, one in enumerate(load_pem_x509_certificates(bundle.read_bytes()))
    ]
    store.write_bytes(pkcs12.serialize_java_truststore(certificates, NoEncryption()))
    return f"-Djavax.net.ssl.trustStore={store}"
