"""Whether Slack knows our tokens, gave every scope, and goes by the same clock."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from pydantic import SecretStr, TypeAdapter, ValidationError

from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.slack.manifest import EVENTS_PATH, SCOPES

SKEW = timedelta(seconds=60)
"""Slack's signatures and people's sign-ins are refused by clocks a few minutes apart."""
_ANSWER: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_APP = "api.slack.com/apps, your app"
UNSAID = Finding(
    "note",
    "Slack app",
    "no token of ours may ask Slack which events, tabs, commands and buttons the app has",
    f"Look by hand: {_APP}, App Manifest has to read as `pinyon manifest` prints it.",
)
"""Reading an app's manifest takes a configuration token of its maker's (apps.manifest.export), which lasts 12 hours."""


class NoAnswer(Exception):
    """Slack said nothing useful; the message is why."""


async def check_slack(settings: Settings, *, http: httpx.AsyncClient, now: Callable[[], datetime]) -> list[Finding]:
    """One line for each token, each scope that is missing, and the clock."""
    found: list[Finding] = []
    try:
        for number, token in enumerate(settings.bot_tokens):
            answer, headers = await _call(settings, "auth.test", token, http=http)
            found += _bot(answer, headers)
            if number == 0:
                found += _clock(headers, now())
        found += await _hearing(settings, http=http)
        found += [UNSAID] if any(finding.about == "Slack bot token" for finding in found) else []
    except NoAnswer as silence:
        mend = "Check the network of this machine, HTTPS_PROXY if it needs one, and SLACK_API_URL."
        found.append(Finding("fix", "SLACK_API_URL", str(silence), mend))
    return found


def _bot(answer: Mapping[str, Any], headers: httpx.Headers) -> list[Finding]:
    if not answer.get("ok"):
        mend = f"{_APP}, Install App: install it again, then copy the Bot User OAuth Token."
        return [Finding("fix", "SLACK_BOT_TOKEN", f"Slack says {answer.get('error')}", mend)]
    if not answer.get("bot_id"):
        mend = f"{_APP}, OAuth & Permissions: copy the Bot User OAuth Token, which begins with xoxb-."
        return [Finding("fix", "SLACK_BOT_TOKEN", "this token is a person's and not the bot's", mend)]
    return [Finding("ok", "Slack bot token", f"{answer.get('team')}, as @{answer.get('user')}"), *_scopes(headers)]


def _scopes(headers: httpx.Headers) -> list[Finding]:
    """Slack names what a token may do in a header of every answer."""
    said = headers.get("x-oauth-scopes")
    if said is None:
        return [Finding("note", "Slack scopes", "Slack did not say which scopes this token has")]
    given = {scope.strip() for scope in said.split(",")}
    missing = {scope: use for scope, use in SCOPES.items() if scope not in given}
    if not missing:
        return [Finding("ok", "Slack scopes", f"all {len(SCOPES)} that the manifest asks for")]
    mend = f"{_APP}, App Manifest: paste the output of `pinyon manifest`, then reinstall."
    return [
        Finding("fix", "Slack scope", f"{scope} is missing. With it, Pinyon {use}.", mend)
        for scope, use in missing.items()
    ]


def _clock(headers: httpx.Headers, now: datetime) -> list[Finding]:
    try:
        away = now - parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return []
    seconds = round(abs(away).total_seconds())
    if abs(away) <= SKEW:
        return [Finding("ok", "Clock", "as Slack's")]
    side = "ahead of" if away > timedelta() else "behind"
    return [Finding("fix", "Clock", f"{seconds} s {side} Slack's", "Let the machine set its clock by NTP.")]


async def _hearing(settings: Settings, *, http: httpx.AsyncClient) -> list[Finding]:
    """How Slack's events reach us."""
    if settings.slack_app_token is not None:
        answer, _ = await _call(settings, "apps.connections.open", settings.slack_app_token, http=http)
        if answer.get("ok"):
            return [Finding("ok", "Slack app token", "opens Socket Mode")]
        mend = f"{_APP}: switch Socket Mode on; Basic Information, App-Level Tokens: one with connections:write."
        return [Finding("fix", "SLACK_APP_TOKEN", f"Slack says {answer.get('error')}", mend)]
    if settings.slack_signing_secret is None:
        return []
    if settings.pinyon_public_url is None:
        mend = "Set it to an address that reaches this machine, or set SLACK_APP_TOKEN to use Socket Mode."
        return [Finding("fix", "PINYON_PUBLIC_URL", "not set, so Slack has nowhere to send events", mend)]
    said = f"set; only an event from Slack can prove it, sent to {settings.pinyon_public_url}{EVENTS_PATH}"
    return [Finding("note", "SLACK_SIGNING_SECRET", said)]


async def _call(
    settings: Settings, method: str, token: SecretStr, *, http: httpx.AsyncClient
) -> tuple[dict[str, Any], httpx.Headers]:
    """Slack's answer. Raises NoAnswer."""
    url = f"{settings.slack_api_url}{method}"
    try:
        response = await http.post(url, headers={"Authorization": f"Bearer {token.get_secret_value()}"})
    except httpx.HTTPError as error:
        raise NoAnswer(f"{httpx.URL(url).host} does not answer ({type(error).__name__})") from None
    try:
        return _ANSWER.validate_json(response.content), response.headers
    except ValidationError:
        raise NoAnswer(f"{url} does not answer as Slack does (HTTP {response.status_code})") from None
