"""What alembic runs: the steps that are missing, on the connection that `services.store.migrate` hands over."""

from alembic import context

from services.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
