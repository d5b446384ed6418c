"""Whether what has to survive a restart has a place: the database, and the data folder."""

import os
from collections.abc import Awaitable, Callable
from subprocess import SubprocessError

from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.doctor.finding import Finding
from bot.settings import Settings
from memory.database import alembic_config, open_database

OLDEST = 14
"""Nobody mends older ones any more (https://www.postgresql.org/support/versioning/)."""


async def check_database(settings: Settings, address: Callable[[], Awaitable[str]]) -> list[Finding]:
    """Whether the database answers, may be written to, and has this version's tables."""
    setting, mend = (
        ("PINYON_DATABASE_URL", "Pinyon needs PostgreSQL there, and the right to make tables.")
        if settings.pinyon_database_url
        else ("PINYON_DATA_DIR", "The embedded PostgreSQL keeps its files and its log in the folder postgres there.")
    )
    try:
        url = await address()
        database = open_database(url)
    except (OSError, RuntimeError, ValueError, SubprocessError) as error:
        return [Finding("fix", setting, _first_line(error), mend)]
    try:
        async with database.engine.connect() as connection:
            return [await _tables(connection, url)]
    except (SQLAlchemyError, OSError) as error:
        why = getattr(error, "orig", None) or error
        return [Finding("fix", setting, _first_line(why), mend)]
    finally:
        await database.close()


async def _tables(connection: AsyncConnection, url: str) -> Finding:
    script = ScriptDirectory.from_config(alembic_config(url))
    known = [revision.revision for revision in script.walk_revisions()]
    version = str(await connection.scalar(text("SHOW server_version"))).partition(".")[0]
    may_create = await connection.scalar(text("SELECT has_database_privilege(current_database(), 'CREATE')"))
    has_tables = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    now = await connection.scalar(text("SELECT version_num FROM alembic_version")) if has_tables else None
    if int(version) < OLDEST:
        return Finding("fix", "Database", f"PostgreSQL {version} is too old", f"Pinyon needs {OLDEST} or newer.")
    if now == script.get_current_head():
        return Finding("ok", "Database", f"PostgreSQL {version}, {len(known)} migration{'s' * (len(known) > 1)}")
    if now is not None and now not in known:
        said = f"PostgreSQL {version}, with the tables of a newer Pinyon ({now})"
        return Finding("fix", "Database", said, "Run that version, or restore the database from before it.")
    if not may_create:
        mend = "GRANT CREATE ON DATABASE … TO the user that PINYON_DATABASE_URL names."
        return Finding("fix", "Database", f"PostgreSQL {version}, where we may make no tables", mend)
    said = "no tables yet" if now is None else "older tables"
    return Finding("note", "Database", f"PostgreSQL {version}, {said}: `pinyon serve` brings them up to date")


def check_data_dir(settings: Settings) -> list[Finding]:
    """Where the key that seals people's accounts is, and whether the folder can hold it."""
    if settings.pinyon_secret_key is not None:
        count = len(settings.pinyon_secret_key.get_secret_value().split(","))
        return [Finding("ok", "Secret key", "from PINYON_SECRET_KEY" + (f", {count} keys" if count > 1 else ""))]
    if settings.pinyon_database_url is not None:
        return []  # then it is missing, which is said already
    folder = settings.pinyon_data_dir.absolute()
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return [Finding("fix", "PINYON_DATA_DIR", f"{folder} cannot be written to", "Name a folder that can be.")]
    file = settings.pinyon_data_dir / "secret.key"
    kept = "kept in" if file.exists() else "will be made at the first start, in"
    return [Finding("ok", "Secret key", f"{kept} {file}")]


def _first_line(error: object) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
