"""A fresh database for each start, on one PostgreSQL in the data folder."""

import secrets
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.errors import ObjectInUse
from sqlalchemy.engine import make_url

from memory.database import start_embedded

PREFIX = "play_"


def fresh_database(folder: Path) -> str:
    """The URL of an empty database on the PostgreSQL in `folder`, started when it does not run.

    The playground's Slack and GitHub forget everything when they end, so what Pinyon remembers of them is of no use to
    the next start. Making a database takes a moment where a new PostgreSQL would take seconds. Those of earlier starts
    are dropped, but not one in which another playground is still at work.
    """
    url = make_url(start_embedded(folder))
    name = PREFIX + secrets.token_hex(4)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]).fetchall()
        for (old,) in left:
            _drop(connection, old)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.set(database=name).render_as_string(hide_password=False)


def _drop(connection: psycopg.Connection, name: str) -> None:
    try:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    except ObjectInUse:
        return
