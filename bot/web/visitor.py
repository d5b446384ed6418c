"""Who is looking at a page, and whether a form was really sent from one of ours."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from bot.web.site import Site, TheSite
from bot.web.stopped import Stopped
from memory.people import Person
from memory.web_sessions import LONGEST

COOKIE = "pinyon"
START = "/connections"
_AGENT = r"(?:[A-Za-z0-9_-]{22}|builtin:[a-z][a-z0-9-]{1,31})"
_IN_APP = re.compile(
    r"/connections|/memory|/connect/[A-Za-z0-9_-]{22}|/d/[A-Za-z0-9_-]{22}(?:/about)?|/admin/(?:skills|audit|figures|doctor)"
    r"|/admin/databases(?:/[A-Za-z0-9_-]{22})?"
    r"|/a/[A-Za-z0-9_-]{22}|/agents(?:/gallery|/draft)?|/admin/agents(?:/[A-Za-z0-9_-]{22})?"
    rf"|/agents/{_AGENT}(?:/about|/sharing|/try|/versions(?:/[1-9][0-9]{{0,5}})?)?"
)


class SignInFirst(Exception):
    """Nobody is signed in; `after` is where signing in leads."""

    def __init__(self, after: str) -> None:
        super().__init__(after)
        self.after = after


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person who is signed in in this browser."""

    person: Person
    workspace_name: str
    csrf: str
    """Goes into every form; another site cannot know it."""

    @property
    def said(self) -> str:
        """Return who they are, as pages say it: "Priya at Tamarack"."""
        return f"{self.person.name} at {self.workspace_name}" if self.workspace_name else self.person.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.person.name.split()[:2]).upper()


def in_app(path: str) -> str:
    """Return `path` if it is one of the few places that signing in may lead to, else the start page."""
    return path if _IN_APP.fullmatch(path) else START


async def visitor_of(request: Request, site: TheSite) -> Visitor | None:
    """Return who is signed in. Somebody who left the workspace is nobody at once, whatever their browser holds."""
    secret = request.cookies.get(site.cookie(COOKIE))
    session = await site.sessions.find(secret, now=site.clock()) if secret else None
    person = await site.people.get(session.person) if session else None
    if secret is None or session is None or person is None or not person.is_member:
        return None
    return Visitor(person=person, workspace_name=session.workspace_name, csrf=site.keyring.sign("csrf", secret))


MaybeVisitor = Annotated[Visitor | None, Depends(visitor_of)]


def signed_in(request: Request, visitor: MaybeVisitor) -> Visitor:
    if visitor is None:
        raise SignInFirst(in_app(request.url.path))
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]


async def sent_by(request: Request, site: TheSite, visitor: SignedIn) -> Visitor:
    """Return who sent this form. Raises Stopped unless it carries the token of their own session."""
    form = await request.form()
    given = form.get("csrf")
    secret = request.cookies.get(site.cookie(COOKIE), "")
    if not isinstance(given, str) or not site.keyring.verify("csrf", secret, given):
        raise Stopped(
            title="This page was too old",
            text="Nothing was changed. Open the page again and repeat what you did.",
            actions=(("Open Connections", START),),
            status=403,
            why="csrf",
        )
    return visitor


SentBy = Annotated[Visitor, Depends(sent_by)]


def remember(response: Response, site: Site, secret: str) -> None:
    """Let the browser keep the session."""
    response.set_cookie(
        site.cookie(COOKIE),
        secret,
        max_age=int(LONGEST.total_seconds()),
        secure=site.is_https,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, site: Site, name: str) -> None:
    response.delete_cookie(site.cookie(name), secure=site.is_https, httponly=True, samesite="lax")
