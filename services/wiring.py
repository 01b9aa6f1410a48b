"""The one place that builds things: from settings to a store that is ready."""

from services.settings import Settings
from services.store.migrate import migrate
from services.store.server import EmbeddedPostgres
from services.store.store import Store


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
