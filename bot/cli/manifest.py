"""`pinyon manifest`: Slack's description of the app."""

from typing import Annotated

import typer

from bot.slack.manifest import manifest_yaml


def manifest(
    url: Annotated[str | None, typer.Option(help="Where its pages are: https://pinyon.example.com")] = None,
    name: Annotated[str, typer.Option(help="What the app is called in Slack")] = "Pinyon",
    *,
    http: Annotated[bool, typer.Option(help="Events by HTTP at that address instead of Socket Mode")] = False,
) -> None:
    """Print the manifest to paste at api.slack.com/apps, Create New App, From a manifest."""
    try:
        print(manifest_yaml(name=name, public_url=url, socket_mode=not http), end="")
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
