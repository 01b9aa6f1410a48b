"""The one place that builds things: from settings to a store that is ready."""

from services.settings import Settings
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store
from services.store.vault import Keyring, Vault
from services.store.vault.tables import beside


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


def open_vault(settings: Settings) -> Vault:
    """The vault, which opens nothing until it is used. Starts the embedded server if it is there.

    Raises DatabaseUnavailable.
    """
    url = settings.vault_url or beside(settings.database_url or embedded(settings).start())
    return Vault(url, Keyring(settings.keys or settings.data / "keys.json"))
