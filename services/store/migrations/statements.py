"""The statements of a migration: files of SQL beside it, run in its transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import op

_VERSIONS = Path(__file__).with_name("versions")


def run(*parts: str) -> None:
    """Run the files in their order. They are whole: a migration cannot be written out as SQL without a database."""
    # The driver itself takes a file of many statements, and leaves percent signs alone.
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise NotImplementedError("these tables cannot be written out as SQL")
    for part in parts:
        driver.execute((_VERSIONS / part).read_bytes())
