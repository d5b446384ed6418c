"""Whether Slack and the vendors know our registration, so that people can sign in and connect."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from bot.built.pages import sign_in_app
from bot.doctor.consent import ask_consent_page
from bot.doctor.finding import Finding
from bot.settings import Settings
from bot.slack.manifest import SIGN_IN_PATH
from bot.web.slack_identity import SignInFailed, authorize_url, identify
from integrations import oauth
from integrations.catalog import integration_catalog
from integrations.errors import AccessRevoked, Misconfigured, Refused, ServiceUnavailable
from integrations.integration import Integration, OAuthApp
from skills.catalog import skill_catalog

CODE = "pinyon-doctor"
"""A code that nobody was given: who knows us says that it is wrong, and who does not says so first."""
NO_ADDRESS = "http://127.0.0.1"
"""Stands in for PINYON_PUBLIC_URL where that is not set, which is said elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way through a vendor's page and back."""

    about: str
    """What its lines are about."""
    title: str
    knows: str
    """The setting that the vendor was found to know."""
    redirect: str
    url_for: Callable[[str], str]
    """The page's address, for a callback address."""
    scopes: tuple[str, ...] = ()


async def check_sign_in(settings: Settings, *, http: httpx.AsyncClient, now: Callable[[], datetime]) -> list[Finding]:
    """Whether Sign in with Slack is set up."""
    app = sign_in_app(settings)
    if app is None:
        setting = "SLACK_CLIENT_SECRET" if settings.slack_client_id else "SLACK_CLIENT_ID"
        mend = "api.slack.com/apps, your app, Basic Information, App Credentials."
        return [Finding("note", setting, "not set: nobody can sign in or connect an account", mend)]
    redirect = f"{settings.pinyon_public_url or NO_ADDRESS}{SIGN_IN_PATH}"
    try:
        await identify(app, code=CODE, nonce=CODE, redirect_uri=redirect, http=http, now=now())
    except Misconfigured as error:
        return [Finding("fix", "SLACK_CLIENT_ID", str(error))]
    except ServiceUnavailable as error:
        return [Finding("fix", "Sign in with Slack", str(error))]
    except SignInFailed:
        pass
    if settings.pinyon_public_url is None:
        return [Finding("ok", "Sign in with Slack", "Slack knows SLACK_CLIENT_ID")]

    def url_for(address: str) -> str:
        return authorize_url(app, state=CODE, nonce=CODE, redirect_uri=address)

    door = Door(about="Sign in with Slack", title="Slack", knows="SLACK_CLIENT_ID", redirect=redirect, url_for=url_for)
    return await _way_back(door, http=http)


async def check_integrations(
    settings: Settings, *, http: httpx.AsyncClient, now: Callable[[], datetime]
) -> list[Finding]:
    """Some lines for each service that people could connect."""
    declared = integration_catalog().values()
    found = await asyncio.gather(*(_integration(settings, one, http=http, now=now()) for one in declared))
    return [finding for group in found for finding in group]


async def _integration(
    settings: Settings, declared: Integration, *, http: httpx.AsyncClient, now: datetime
) -> list[Finding]:
    app, setting = settings.oauth_app(declared), f"{declared.name.upper()}_CLIENT_ID"
    # Who acts as the asker in Slack goes by the registration that people sign in with: it was checked there.
    is_shared = declared.acts_as_asker
    if app is None:
        return [] if is_shared else [Finding("note", setting, f"not set up: nobody can connect {declared.title}")]
    redirect = f"{settings.pinyon_public_url or NO_ADDRESS}/oauth/{declared.name}/callback"
    if not is_shared and (wrong := await _registration(app, declared, redirect, http=http, now=now)):
        return [wrong]
    if settings.pinyon_public_url is None:
        return [] if is_shared else [Finding("ok", declared.title, f"knows {setting}")]
    theirs = (skill for skill in skill_catalog().values() if skill.integration == declared.name)
    scopes = tuple(dict.fromkeys(scope for skill in theirs for scope in skill.scopes.write))

    def url_for(address: str) -> str:
        return oauth.authorization_url(
            app, declared.auth, state=CODE, verifier=CODE * 4, redirect_uri=address, scopes=scopes
        )

    door = Door(
        about=declared.title, title=declared.title, knows=setting, redirect=redirect, url_for=url_for, scopes=scopes
    )
    return await _way_back(door, http=http)


async def _registration(
    app: OAuthApp, declared: Integration, redirect: str, *, http: httpx.AsyncClient, now: datetime
) -> Finding | None:
    """What is wrong with the client id and secret, if anything is."""
    try:
        await oauth.exchange(
            app, declared.auth, code=CODE, verifier=CODE * 4, redirect_uri=redirect, http=http, now=now
        )
    except Misconfigured as error:
        return Finding("fix", f"{declared.name.upper()}_CLIENT_ID", str(error))
    except ServiceUnavailable as error:
        return Finding("fix", f"{declared.name.upper()}_TOKEN_URL", str(error))
    except (AccessRevoked, Refused):
        pass
    return None


async def _way_back(door: Door, *, http: httpx.AsyncClient) -> list[Finding]:
    """Whether the vendor sends people back to us, as far as it says so to somebody whom it does not know."""
    try:
        told = await ask_consent_page(door.url_for, door.redirect, http=http)
    except httpx.HTTPError as error:
        host = httpx.URL(door.url_for(door.redirect)).host
        said = f"the consent page at {host} does not answer ({str(error) or type(error).__name__})"
        return [Finding("fix", door.about, said, "Check the network, and the setting that ends in AUTHORIZE_URL.")]
    match told.refused:
        case "redirect":
            mend = f"Add {door.redirect} to the callback addresses of the app there."
            return [Finding("fix", door.about, f"{door.title} does not know our callback address", mend)]
        case "scope":
            mend = f"Switch these on in the app there: {', '.join(door.scopes)}."
            said = f"{door.title} does not let our app ask for all that the skills need"
            return [Finding("fix", door.about, said, mend)]
        case "":
            pass
    if told.checks:
        return [Finding("ok", door.about, f"knows {door.knows} and our callback address")]
    by_hand = f"Look by hand: the callback addresses of the app there have to hold {door.redirect}"
    said = f"{door.title} tells only people who are signed in whether our callback address is right"
    return [Finding("ok", door.about, f"knows {door.knows}"), Finding("note", f"{door.about}, callback", said, by_hand)]
