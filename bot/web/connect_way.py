"""The way to an account: which vendor it leads to, and the page of ours that it leads back to."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import Response

from bot.web.site import Site
from bot.web.stopped import Stopped
from bot.web.visitor import drop_cookie, in_app
from integrations.integration import Integration, OAuthApp

COOKIE = "pinyon-way"
LIFE = timedelta(minutes=30)
"""How long the page on which somebody began to connect is known; the steps of the way have 10 minutes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A service that can be connected here."""

    declared: Integration
    app: OAuthApp

    @property
    def title(self) -> str:
        return self.declared.title


def vendor_of(site: Site, name: str) -> Vendor:
    declared, app = site.connections.integrations.get(name), site.connections.apps.get(name)
    if declared is None or app is None or site.public_url is None:
        raise Stopped(
            title="This cannot be connected here",
            text="No such service is set up in this Pinyon. Nothing was connected.",
            status=404,
            why="unknown_integration",
        )
    return Vendor(declared=declared, app=app)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One person's way through these pages: its link, and the page of ours on which it began."""

    link: str
    after: str = ""
    """Where it leads back to; empty, and it ends here."""

    @property
    def again(self) -> str:
        """Where the same way begins once more."""
        return with_way_back(f"/connect/{self.link}", self.after) if self.after else f"/connect/{self.link}"

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What a person can do where it ended early."""
        back = ("Go back", self.after) if self.after else ("Back to Slack", "slack")
        return (("Try again", self.again), back)


def with_way_back(offered: str, after: str) -> str:
    """Return the address at which connecting begins that leads back to `after` in the end."""
    return f"{offered}?{urlencode({'after': after})}"


def way_through(request: Request, site: Site, link: str) -> Way:
    """Read from the browser where the way of this link began. What is no page of ours, or another link's, is none."""
    began, _, after = request.cookies.get(site.cookie(COOKIE), "").partition(".")
    return Way(link=link, after=after if began == link and _is_ours(after) else "")


def note_way(response: Response, site: Site, way: Way) -> None:
    """Let the browser keep where it leads back to, and nothing where it leads nowhere of ours.

    The vendor brings back a state and nothing else, and the connect link itself is the same wherever it is offered.
    """
    if not _is_ours(way.after):
        drop_cookie(response, site, COOKIE)
        return
    response.set_cookie(
        site.cookie(COOKIE),
        f"{way.link}.{way.after}",
        max_age=int(LIFE.total_seconds()),
        secure=site.is_https,
        httponly=True,
        samesite="lax",
    )


def _is_ours(path: str) -> bool:
    return bool(path) and in_app(path) == path
