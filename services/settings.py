"""Every setting, its default and its help, and the only place that reads the environment.

One table, so that a setting cannot exist without help text, and so that `bygspor` can list what there is. Everything
else in the house gets a `Settings` handed to it, which is what makes the house testable.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from services.errors import BadInput

LANGUAGES = ("da", "en")
_PREFIX = re.compile(r"[a-z][a-z0-9-]{0,40}")
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting: its name in the environment, its default as text, and what it does."""

    name: str
    default: str
    help: str


DATA = Setting(
    "BYGSPOR_DATA",
    # Not in the current folder: a command must find the same figures wherever it is run from.
    "~/.local/share/bygspor",
    "Folder that holds everything BygSpor keeps on this machine; the embedded database belongs to it.",
)
DATABASE_URL = Setting(
    "BYGSPOR_DATABASE_URL",
    "",
    "Use this PostgreSQL instead of the embedded one, for example postgresql://user@host/bygspor. Empty: embedded.",
)
LANG = Setting("BYGSPOR_LANG", "da", "Language of what is shown: da (Danish) or en (English).")
VAULT_URL = Setting(
    "BYGSPOR_VAULT_URL",
    "",
    "Keep names and CPR pseudonyms in this PostgreSQL. Empty: on the same server as the rest, in its own database.",
)
KEYS = Setting(
    "BYGSPOR_KEYS",
    "",
    "File with the vault's keys, made at first use; back it up apart from the databases. Empty: keys.json in the data.",
)
CPR = Setting(
    "BYGSPOR_CPR", "off", "Whether a sender may give a CPR number, turned into a pseudonym at once: on or off."
)
LISTEN = Setting("BYGSPOR_LISTEN", "127.0.0.1:8731", "Address and port on which the pages and the API answer.")
URL = Setting(
    "BYGSPOR_URL",
    "",
    "Where people reach the pages, for example https://bygspor.example.dk behind a proxy. Empty: where it listens.",
)
OIDC_ISSUER = Setting(
    "BYGSPOR_OIDC_ISSUER",
    "",
    "Let people log in with MitID Erhverv through this broker (OpenID Connect), given by its issuer. Empty: not.",
)
OIDC_CLIENT_ID = Setting("BYGSPOR_OIDC_CLIENT_ID", "", "How BygSpor is called at the broker.")
OIDC_CLIENT_SECRET_FILE = Setting(
    "BYGSPOR_OIDC_CLIENT_SECRET_FILE", "", "File that holds the secret the broker gave, and nothing else."
)
KAFKA = Setting(
    "BYGSPOR_KAFKA",
    "",
    "Send events that come over the API through this Kafka, for example kafka1:9092,kafka2:9092. Empty: no Kafka.",
)
KAFKA_USER = Setting("BYGSPOR_KAFKA_USER", "", "Log in to Kafka as this user (SASL SCRAM-SHA-512). Empty: no login.")
KAFKA_PASSWORD_FILE = Setting(
    "BYGSPOR_KAFKA_PASSWORD_FILE", "", "File that holds that user's password, and nothing else."
)
KAFKA_CA = Setting(
    "BYGSPOR_KAFKA_CA", "", "Speak to Kafka over TLS, and trust this certificate file. Empty: not encrypted."
)
KAFKA_PREFIX = Setting(
    "BYGSPOR_KAFKA_PREFIX", "bygspor", "What the names of topics and of the workers' group begin with."
)
DENY = Setting(
    "BYGSPOR_DENY",
    "",
    "File with the beginnings of API keys (bsk_...) that are refused at once, one a line; read while the gateway runs.",
)
METRICS = Setting(
    "BYGSPOR_METRICS", "", "Address and port on which a worker tells its metrics, such as 127.0.0.1:8732. Empty: not."
)

SETTINGS = (
    *(DATA, DATABASE_URL, LANG, VAULT_URL, KEYS, CPR, LISTEN, URL),
    *(OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_FILE),
    *(KAFKA, KAFKA_USER, KAFKA_PASSWORD_FILE, KAFKA_CA, KAFKA_PREFIX, DENY, METRICS),
)


@dataclass(frozen=True, slots=True)
class Oidc:
    """A broker that people log in through; its secret is read from the file when the gateway is opened."""

    issuer: str
    client_id: str
    client_secret_file: Path


@dataclass(frozen=True, slots=True)
class Kafka:
    """The brokers that are asked first, and how one logs in to them; the password is read from its file when needed.

    `prefix` begins the names of topics and of the workers' group, so that several installations may share a cluster.
    """

    servers: tuple[str, ...]
    prefix: str = "bygspor"
    user: str | None = None
    password_file: Path | None = None
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run, checked.

    `database_url` is None when the embedded database is to be used, `vault_url` when the vault is beside it, and
    `keys` when they are in the data folder.
    """

    data: Path
    database_url: str | None
    language: str
    vault_url: str | None = None
    keys: Path | None = None
    cpr: bool = False
    listen: tuple[str, int] = ("127.0.0.1", 8731)
    url: str | None = None
    oidc: Oidc | None = None
    kafka: Kafka | None = None
    deny: Path | None = None
    metrics: tuple[str, int] | None = None

    def listens_at(self, port: int | None = None) -> str:
        """The web address of where it listens; on another port, where one is given."""
        host, own = self.listen
        return f"http://{f'[{host}]' if ':' in host else host}:{own if port is None else port}"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read and check all settings; a misspelt name or a bad value is refused, because silence would hide it."""
        _refuse_unknown(environ)
        return cls(
            data=_path(_text(environ, DATA)),
            database_url=_url(DATABASE_URL, _text(environ, DATABASE_URL)),
            language=_language(_text(environ, LANG)),
            vault_url=_url(VAULT_URL, _text(environ, VAULT_URL)),
            keys=_path(keys) if (keys := _text(environ, KEYS)) else None,
            cpr=_switch(CPR, _text(environ, CPR)),
            listen=_address(LISTEN, _text(environ, LISTEN)),
            url=_web_address(_text(environ, URL)),
            oidc=_oidc(environ),
            kafka=_kafka(environ),
            deny=_path(deny) if (deny := _text(environ, DENY)) else None,
            metrics=_address(METRICS, metrics) if (metrics := _text(environ, METRICS)) else None,
        )


def _text(environ: Mapping[str, str], setting: Setting) -> str:
    return environ.get(setting.name, "").strip() or setting.default


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {setting.name for setting in SETTINGS}
    unknown = sorted(name for name in environ if name.startswith("BYGSPOR_") and name not in known)
    if unknown:
        raise BadInput(
            "settings.unknown",
            f"No such setting: {', '.join(unknown)}.",
            f"The settings are {', '.join(sorted(known))}.",
        )


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _url(setting: Setting, text: str) -> str | None:
    """A PostgreSQL URL, or None where there is none. It may hold a password, so it is not repeated."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"postgresql", "postgres"} and parts.port != 0
    except ValueError:
        sound = False
    if text and not sound:
        form = "Write postgresql://user@host:port/database."
        raise BadInput(_code(setting), f"{setting.name} is no PostgreSQL URL.", form)
    return text or None


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise BadInput("settings.language", f"{LANG.name} is {text!r}.", f"Use one of {', '.join(LANGUAGES)}.")
    return text


def _switch(setting: Setting, text: str) -> bool:
    if text not in {"on", "off"}:
        raise BadInput(_code(setting), f"{setting.name} is {text!r}.", "Use on or off.")
    return text == "on"


def _code(setting: Setting) -> str:
    return f"settings.{setting.name.removeprefix('BYGSPOR_').lower()}"


def _address(setting: Setting, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        raise BadInput(_code(setting), f"{setting.name} is {text!r}.", "Write address:port, such as 127.0.0.1:8731.")
    return host.strip("[]"), int(port)


def _web_address(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path in {"", "/"}
    except ValueError:
        sound = False
    if text and not sound:
        raise BadInput("settings.url", f"{URL.name} is {text!r}.", "Write https://name, without a path.")
    return text.rstrip("/") or None


def _oidc(environ: Mapping[str, str]) -> Oidc | None:
    given = [_text(environ, setting) for setting in (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET_FILE)]
    if not any(given):
        return None
    issuer, client_id, secret_file = given
    if not all(given):
        together = f"{OIDC_ISSUER.name}, {OIDC_CLIENT_ID.name} and {OIDC_CLIENT_SECRET_FILE.name}"
        raise BadInput("settings.oidc", f"Only a part of the broker is set: {together}.", "Set all three, or none.")
    if not _is_broker(issuer):
        raise BadInput(_code(OIDC_ISSUER), f"{OIDC_ISSUER.name} is {issuer!r}.", "Write https://name/path.")
    return Oidc(issuer, client_id, _path(secret_file))


def _kafka(environ: Mapping[str, str]) -> Kafka | None:
    """The brokers, or None. Raises BadInput where only half of a login is set, or a login without any broker."""
    servers = tuple(filter(None, (one.strip() for one in _text(environ, KAFKA).split(","))))
    user, password_file, ca = (_text(environ, one) for one in (KAFKA_USER, KAFKA_PASSWORD_FILE, KAFKA_CA))
    prefix = _prefix(_text(environ, KAFKA_PREFIX))
    for server in servers:
        _address(KAFKA, server)
    if bool(user) != bool(password_file):
        together = f"{KAFKA_USER.name} and {KAFKA_PASSWORD_FILE.name}"
        raise BadInput(_code(KAFKA_USER), f"Only one of {together} is set.", "Set both, or neither.")
    if (user or ca) and not servers:
        raise BadInput(_code(KAFKA), f"{KAFKA.name} is not set, but how to reach it is.", f"Set {KAFKA.name} too.")
    if not servers:
        return None
    files = _path(password_file) if password_file else None, _path(ca) if ca else None
    return Kafka(servers, prefix, user or None, *files)


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise BadInput(_code(KAFKA_PREFIX), f"{KAFKA_PREFIX.name} is {text!r}.", "Use small letters, digits and -.")
    return text


def _is_broker(issuer: str) -> bool:
    """Whether it is reached over HTTPS, or is on this machine, where tests have theirs."""
    try:
        parts = urlsplit(issuer)
        return bool(parts.hostname) and (parts.scheme == "https" or parts.hostname in _THIS_MACHINE)
    except ValueError:
        return False
