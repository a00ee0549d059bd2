"""Alembic's environment: runs the revisions on the connection that `storage.migrate` hands over."""

from alembic import context

from storage.sql import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    # Our SQLite connections begin by themselves (storage/sql.py), so there too a revision is done whole or not at all.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
