"""The page on which somebody lets the app act in their name (OAuth v2 with `user_scope`)."""

import html
import re

from aiohttp import web

from playground.slack.app import SlackApp
from playground.slack.sign_in import HEADERS
from playground.slack.user_tokens import SCOPES
from playground.slack.workspace import Workspace

KEPT = ("client_id", "redirect_uri", "state", "scope", "user_scope", "team")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Allow {app} · the playground's Slack</title>
<link rel="icon" href="/static/brand/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/pinyon.css"></head>
<body><main class="page narrow"><div class="stack"><p class="badge">The playground's Slack</p>
<h1>{app} asks to act as you in {team}</h1>
<p class="quiet">It could then do this in your name:</p><ul>{wanted}</ul>
<form class="stack" method="post" action="/oauth/v2/allow">{hidden}
<label class="field"><span>You are</span><select name="user">{options}</select></label>
<button class="btn primary wide" name="answer" value="allow">Allow</button>
<button class="btn plain wide" name="answer" value="deny">Cancel</button></form>
<p class="faint">This stands in for slack.com. Nothing leaves this machine.</p></div></main></body></html>"""


def scopes_of(text: str) -> tuple[str, ...]:
    """The permissions in a parameter; Slack takes commas, and spaces too."""
    return tuple(dict.fromkeys(part for part in re.split(r"[,\s]+", text) if part))


def unknown_scopes(query: dict[str, str]) -> str:
    """Say which asked permissions do not exist; empty when all do."""
    unknown = [scope for scope in scopes_of(query.get("user_scope", "")) if scope not in SCOPES]
    return f"invalid_scope: {', '.join(unknown)}" if unknown else ""


def page(app: SlackApp, workspace: Workspace, query: dict[str, str], chosen: str) -> web.Response:
    """Draw the page with `chosen` (a handle) already picked."""
    people = [user for user in workspace.users.values() if user.kind != "bot" and not user.deleted]
    options = "".join(
        f'<option value="{html.escape(user.id)}"{" selected" if user.handle == chosen else ""}>{html.escape(user.name)}'
        f"{html.escape(f' ({user.tag})') if user.tag else ''}</option>"
        for user in people
    )
    text = PAGE.format(
        app=html.escape(app.name),
        team=html.escape(workspace.name),
        wanted="".join(f"<li>{SCOPES[scope]}</li>" for scope in scopes_of(query["user_scope"])),
        hidden="".join(
            f'<input type="hidden" name="{name}" value="{html.escape(query[name])}">' for name in KEPT if name in query
        ),
        options=options,
    )
    return web.Response(text=text, content_type="text/html", headers=HEADERS)
