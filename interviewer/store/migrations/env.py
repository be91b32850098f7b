"""Runs the migrations on the connection that `store.database` hands over.

Logging is left as the program set it: this environment reads no ini file.
"""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
