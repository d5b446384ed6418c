"""`pinyon keys`: the keys that seal people's accounts."""

import typer

from bot.settings import new_key

app = typer.Typer(help="The keys that seal people's accounts.", no_args_is_help=True)


@app.callback()
def keys() -> None:
    """The keys that seal people's accounts."""


@app.command("new")
def new() -> None:
    """Print a fresh value for PINYON_SECRET_KEY."""
    print(new_key())
