"""Whether Slack and the vendors know our registration, so that people can sign in and connect."""

from collections.abc import Callable
from datetime import datetime

import httpx

from bot.app import sign_in_app
from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.slack.manifest import SIGN_IN_PATH
from bot.web.slack_identity import SignInFailed, identify
from integrations import oauth
from integrations.catalog import integration_catalog
from integrations.errors import AccessRevoked, Misconfigured, Refused, ServiceUnavailable
from integrations.integration import Integration

CODE = "pinyon-doctor"
"""A code that nobody was given: who knows us says that it is wrong, and who does not says so first."""


async def check_sign_in(settings: Settings, *, http: httpx.AsyncClient, now: Callable[[], datetime]) -> list[Finding]:
    """Whether Sign in with Slack is set up."""
    app, url = sign_in_app(settings), settings.pinyon_public_url
    if app is None:
        setting = "SLACK_CLIENT_SECRET" if settings.slack_client_id else "SLACK_CLIENT_ID"
        mend = "api.slack.com/apps, your app, Basic Information, App Credentials."
        return [Finding("note", setting, "not set: nobody can sign in or connect an account", mend)]
    redirect = f"{url or 'http://127.0.0.1'}{SIGN_IN_PATH}"
    try:
        await identify(app, code=CODE, nonce=CODE, redirect_uri=redirect, http=http, now=now())
    except Misconfigured as error:
        return [Finding("fix", "SLACK_CLIENT_ID", str(error))]
    except ServiceUnavailable as error:
        return [Finding("fix", "Sign in with Slack", str(error))]
    except SignInFailed:
        pass
    return [Finding("ok", "Sign in with Slack", "Slack knows SLACK_CLIENT_ID")]


async def check_integrations(
    settings: Settings, *, http: httpx.AsyncClient, now: Callable[[], datetime]
) -> list[Finding]:
    """One line for each service that people could connect."""
    return [await _integration(settings, one, http=http, now=now()) for one in integration_catalog().values()]


async def _integration(settings: Settings, declared: Integration, *, http: httpx.AsyncClient, now: datetime) -> Finding:
    app, setting = settings.oauth_app(declared), f"{declared.name.upper()}_CLIENT_ID"
    if app is None:
        return Finding("note", setting, f"not set up: nobody can connect {declared.title}")
    redirect = f"{settings.pinyon_public_url or 'http://127.0.0.1'}/oauth/{declared.name}/callback"
    try:
        await oauth.exchange(
            app, declared.auth, code=CODE, verifier=CODE * 4, redirect_uri=redirect, http=http, now=now
        )
    except Misconfigured as error:
        return Finding("fix", setting, str(error))
    except ServiceUnavailable as error:
        return Finding("fix", f"{declared.name.upper()}_TOKEN_URL", str(error))
    except (AccessRevoked, Refused):
        pass
    return Finding("ok", declared.title, f"knows {setting}")
