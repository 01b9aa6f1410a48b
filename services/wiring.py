"""The one place that builds things: from settings to a store that is ready."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from services.errors import BadInput
from services.settings import Settings
from services.store.keeper import Keeper
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside

if TYPE_CHECKING:
    from schemas.vocabulary import Language
    from services.gateway.forwarding import Conveyor
    from services.gateway.shell import Shell
    from services.metrics import WorkerMetrics
    from services.stream.keeping import KeeperProcess
    from services.stream.running import Worker


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of the data folder; nothing is started."""
    return EmbeddedPostgres(settings.data)


def open_store(settings: Settings) -> Store:
    """A store with its tables up to date. Starts the embedded server unless another database is set.

    Raises DatabaseUnavailable.
    """
    url = settings.database_url or embedded(settings).start()
    migrate(url)
    return Store(url)


def open_gateway(settings: Settings, store: Store, url: str) -> Shell:
    """The gateway on an open store, reached at `url`. Its keeper of figures starts and stops with it."""
    # Only here, because the web framework takes longer to import than most commands take to run.
    from services.gateway.app import create_app  # noqa: PLC0415
    from services.gateway.parts import Broker, Options, Parts  # noqa: PLC0415

    # An embedded server is ours to keep alive; another is its operator's.
    keeper = Keeper(store) if settings.database_url else Keeper(store, embedded(settings).start)
    oidc = settings.oidc
    broker = Broker(oidc.issuer, oidc.client_id, _secret(oidc.client_secret_file)) if oidc else None
    language = cast("Language", settings.language)
    options = Options(url=url, language=language, cpr=settings.cpr, broker=broker, deny=settings.deny)
    return create_app(Parts.of(store, open_vault(settings), keeper, options, _conveyor(settings)))


def _conveyor(settings: Settings) -> Conveyor | None:
    """The way of events through Kafka, which opens nothing until it is used; None without Kafka."""
    if settings.kafka is None:
        return None
    from services.stream.producer import Producer  # noqa: PLC0415 -- as above

    return Producer(settings.kafka)


def open_worker(settings: Settings, store: Store, metrics: WorkerMetrics) -> tuple[Worker, KeeperProcess]:
    """A worker on an open store, and its keeper of figures; nothing is started. Raises BadInput without Kafka."""
    # Faust takes long to import, as above.
    from services.stream.keeping import KeeperProcess, Order  # noqa: PLC0415
    from services.stream.running import Worker  # noqa: PLC0415
    from services.stream.work import work_of  # noqa: PLC0415

    if settings.kafka is None:
        raise BadInput(
            "settings.kafka", "A worker needs Kafka.", "Set BYGSPOR_KAFKA=host:port; without Kafka no worker is needed."
        )
    order = Order(store.url, None if settings.database_url else str(settings.data))
    keeper = KeeperProcess(order, metrics.delay.observe)
    return Worker(settings.kafka, work_of(store, settings.kafka, keeper, metrics)), keeper


def _secret(file: Path) -> str:
    """The one line of a file. Raises BadInput."""
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret:
        raise BadInput("settings.secret", f"There is no secret to be read in {file}.", "Put it there, in one line.")
    return secret


def open_vault(settings: Settings) -> Vault:
    """The vault, which opens nothing until it is used. Starts the embedded server if it is there.

    Raises DatabaseUnavailable.
    """
    url = settings.vault_url or beside(settings.database_url or embedded(settings).start())
    return Vault(url, Keyring(settings.keys or settings.data / "keys.json"))
