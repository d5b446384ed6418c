"""Signing in and out: Slack says who a person is, and this browser remembers it."""

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from bot.web.pages import page, stopped_page
from bot.web.site import Site, SlackApp, TheSite
from bot.web.slack_identity import SignInFailed, SlackIdentity, authorize_url, identify
from bot.web.stopped import Stopped
from bot.web.visitor import COOKIE, MaybeVisitor, SentBy, drop_cookie, in_app, remember
from memory.crypto import Keyring
from memory.people import Person

log = structlog.get_logger()
router = APIRouter()

CALLBACK = "/slack/signin/callback"
ATTEMPT = "pinyon-signin"
ATTEMPT_LIFE = timedelta(minutes=10)
After = Annotated[str, Query(alias="next")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to sign in. It lives in a signed cookie, so only the browser that began can finish it."""

    state: str
    nonce: str
    after: str
    until: float


@router.get("/signin")
async def sign_in_page(site: TheSite, visitor: MaybeVisitor, after: After = "") -> Response:
    """Say why the person is here, and what Slack will tell us."""
    _registered(site)
    after = in_app(after)
    link = await site.connections.flows.open(after.rpartition("/")[2], now=site.clock())
    integration = site.connections.integration_of(link.integration) if link else None
    return page(site, "signin.html", visitor=visitor, after=after, service=integration.title if integration else "")


@router.get("/slack/signin")
async def begin(site: TheSite, after: After = "") -> Response:
    """Send the person to Slack."""
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        after=in_app(after),
        until=(site.clock() + ATTEMPT_LIFE).timestamp(),
    )
    to = authorize_url(_registered(site), state=attempt.state, nonce=attempt.nonce, redirect_uri=site.address(CALLBACK))
    response = RedirectResponse(to, 302)
    response.set_cookie(
        site.cookie(ATTEMPT),
        _signed(site.keyring, attempt),
        max_age=int(ATTEMPT_LIFE.total_seconds()),
        secure=site.is_https,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(CALLBACK)
async def come_back(request: Request, site: TheSite, visitor: MaybeVisitor) -> Response:
    """Take Slack's answer. Whatever it is, this attempt is over."""
    try:
        response = await _finish(request, site)
    except Stopped as stopped:
        response = stopped_page(site, request, stopped, visitor=visitor)
    drop_cookie(response, site, ATTEMPT)
    return response


@router.post("/signout")
async def sign_out(request: Request, site: TheSite, visitor: SentBy) -> Response:
    await site.sessions.end(request.cookies.get(site.cookie(COOKIE), ""))
    log.info("web.signed_out", person=visitor.person.id)
    response = RedirectResponse("/signin", 303)
    drop_cookie(response, site, COOKIE)
    return response


async def _finish(request: Request, site: Site) -> Response:
    app, query = _registered(site), request.query_params
    attempt = _attempt(site.keyring, request.cookies.get(site.cookie(ATTEMPT), ""), site.clock())
    if attempt is None or not hmac.compare_digest(attempt.state.encode(), query.get("state", "").encode()):
        raise _not_here()
    if "code" not in query:
        raise Stopped(
            title="You are not signed in",
            text="Slack sent you back without signing you in. Nothing was changed.",
            actions=(("Try again", f"/slack/signin?next={attempt.after}"), ("Back to Slack", "slack")),
            status=200,
            why="sign_in_denied",
        )
    try:
        identity = await identify(
            app,
            code=query["code"],
            nonce=attempt.nonce,
            redirect_uri=site.address(CALLBACK),
            http=site.http,
            now=site.clock(),
        )
    except SignInFailed as error:
        raise _not_here(why=str(error)) from error
    person = await _member(site, identity)
    return await _welcome(request, site, person=person, identity=identity, after=attempt.after)


async def _member(site: Site, identity: SlackIdentity) -> Person:
    """Return the person if Pinyon works for them. Identity is the workspace and user id, never a name or an address."""
    person = await site.look_up(identity.person)
    if person is None:
        raise Stopped(
            title="Pinyon does not work there",
            text="Pinyon is not installed in the workspace you signed in with. Sign in with another one.",
            actions=(("Sign in with Slack", "/slack/signin"),),
            status=403,
            why="unknown_workspace",
            details={"workspace": identity.workspace},
        )
    person = await site.people.upsert(person)
    if not person.is_member:
        raise Stopped(
            title="Members only",
            text=f"I work only for members of {identity.workspace_name or 'the workspace'}. A member can ask for you.",
            status=403,
            why="not_a_member",
            details={"person": person.id},
        )
    return person


async def _welcome(request: Request, site: Site, *, person: Person, identity: SlackIdentity, after: str) -> Response:
    """Start a new session, never going on with one that was there before (session fixation)."""
    before = request.cookies.get(site.cookie(COOKIE))
    if before:
        await site.sessions.end(before)
    secret = await site.sessions.start(person.id, workspace_name=identity.workspace_name, now=site.clock())
    log.info("web.signed_in", person=person.id)
    response = RedirectResponse(after, 303)
    remember(response, site, secret)
    return response


def _registered(site: Site) -> SlackApp:
    if site.slack is None or site.public_url is None:
        raise Stopped(
            title="Signing in is not set up",
            text="An admin of this Pinyon sets SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and PINYON_PUBLIC_URL first.",
            status=503,
            why="sign_in_not_set_up",
        )
    return site.slack


def _not_here(*, why: str = "sign_in_state") -> Stopped:
    return Stopped(
        title="You are not signed in",
        text="This sign-in was begun in another browser, was used already, or is older than 10 minutes.",
        actions=(("Sign in with Slack", "/signin"), ("Back to Slack", "slack")),
        warning="Did someone send you this link? Do not sign in for them.",
        status=400,
        why=why,
    )


def _signed(keyring: Keyring, attempt: Attempt) -> str:
    fields = {"state": attempt.state, "nonce": attempt.nonce, "after": attempt.after, "until": attempt.until}
    text = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()
    return f"{text}.{keyring.sign('sign-in', text)}"


def _attempt(keyring: Keyring, cookie: str, now: datetime) -> Attempt | None:
    text, _, signature = cookie.partition(".")
    if not keyring.verify("sign-in", text, signature):
        return None
    try:
        attempt = Attempt(**json.loads(base64.urlsafe_b64decode(text)))
    except (binascii.Error, ValueError, TypeError):
        return None
    return attempt if attempt.until > now.timestamp() else None
