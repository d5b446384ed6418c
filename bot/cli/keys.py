"""`pinyon keys`: the keys that seal people's accounts."""

import asyncio

import typer

from bot.cli.run import database_url, settings_or_exit
from bot.settings import new_key
from memory.crypto import Keyring
from memory.database import open_database
from memory.rotation import Rotation, rotate

app = typer.Typer(help="The keys that seal people's accounts.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """The keys that seal people's accounts."""


@app.command("new")
def new() -> None:
    """Print a fresh value for PINYON_SECRET_KEY."""
    print(new_key())


@app.command("rotate")
def rotated() -> None:
    """Seal everything anew with the first key of PINYON_SECRET_KEY; may run beside `serve`, and again.

    Put the new key before the old one, separated by a comma, and restart every process first. Exit code 1 when some
    rows were in use all the time.
    """
    settings = settings_or_exit()
    keyring = Keyring(settings.secret_key().get_secret_value())

    async def rotation() -> Rotation:
        database = open_database(await database_url(settings), pool=1, name="pinyon keys")
        try:
            return await rotate(database, keyring)
        finally:
            await database.close()

    done = asyncio.run(rotation())
    print(told(done, older=len(keyring.older)))
    raise typer.Exit(done.waiting > 0)


def told(done: Rotation, *, older: int) -> str:
    """What a rotation did, and what is to be done now; `older` counts the keys after the first."""
    lines = [f"Sealed anew with the first key: {_rows(done.resealed)}."]
    if done.unreadable:
        lines.append("No key here opens these; they stay, and their people are asked to connect again:")
        lines += [f"  {lost.integration} of {lost.person} ({lost.table}, {lost.row})" for lost in done.unreadable]
    if done.waiting:
        lines.append(f"In use all the time: {_rows(done.waiting)}. Run it again before you take a key away.")
    elif older:
        keys = "the second key" if older == 1 else f"the {older} keys after the first"
        lines.append(f"Nothing needs {keys} now: leave only the first in PINYON_SECRET_KEY, restart every process.")
        lines.append("Pages that are open in a browser then have to be loaded again.")
    else:
        lines.append("There is only one key. To change it, put the new one first, then a comma and the old one.")
    return "\n".join(lines)


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"
