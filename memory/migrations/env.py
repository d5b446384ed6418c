"""How Alembic reaches the database: one transaction, under a lock, so that two starting processes do not race."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from memory.database import Base, import_tables

import_tables()

OURS = Base.metadata.schema


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table found in the database is ours; DBOS keeps its own in the schema `dbos`."""
    return kind != "schema" or name is OURS


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(7000)"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=ours,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
