"""The playground's Atlassian as one server: start it, sign people in, make trouble, see what was written."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from markupsafe import Markup

from playground.atlassian import adf
from playground.atlassian.api import PREFIX, Api, refusal_of, refused
from playground.atlassian.pages import Pages
from playground.atlassian.scopes import ALLOWS
from playground.atlassian.seed import planted
from playground.atlassian.sign_in import RESOURCES, SignIn
from playground.atlassian.tokens import TOKEN_LIFE, App, Session, Tokens
from playground.atlassian.world import Issue, Jira, Write
from playground.company import Company
from playground.faults import Fault
from playground.look import STATIC, Look
from playground.watched import Watched

PINYON = App(
    name="Pinyon",
    client_id="pinyonplayatlassianclientid00001",
    client_secret="ATOA-playground-atlassian-secret",
    redirect="http://127.0.0.1/",
)


class AtlassianServer(Watched):
    """Atlassian for one company, on a port of its own.

    Base URL for clients: `api_url`, to which they add `/ex/jira/{cloudId}/rest/…`. Everything that changed through
    the API stands in `writes`, every request in `calls`: by its path below the site (`/rest/api/3/myself`), or as
    `/oauth/token` and `/oauth/token/accessible-resources`. A call's `login` is the account id. People are named by
    handle, account id or address. A fault with `retry_after` is a rate limit; one with 401, 403, 404, 409 or 5xx
    answers as Atlassian does.
    """

    def __init__(
        self,
        company: Company,
        *,
        sites: int = 1,
        app: App = PINYON,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_life: timedelta = TOKEN_LIFE,
        refresh_ended: str = "unauthorized_client",
        static: Path = STATIC,
    ) -> None:
        super().__init__(clock, address=(host, port), named=_named, refused=_refused)
        self.world = planted(company, clock, sites=sites)
        self.app = app
        self.tokens = Tokens(app, clock, life=token_life, ended=refresh_ended)
        self._people = _names(company)
        self._look = Look(
            "Jira",
            Path(__file__).parent / "templates",
            zone=company.zone,
            static=static,
            filters={"document": _document},
        )

    @property
    def api_url(self) -> str:
        """`ATLASSIAN_API_URL`."""
        return self.url

    @property
    def authorize_url(self) -> str:
        """`ATLASSIAN_AUTHORIZE_URL`."""
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        """`ATLASSIAN_TOKEN_URL`."""
        return f"{self.url}/oauth/token"

    @property
    def resources_url(self) -> str:
        """`ATLASSIAN_RESOURCES_URL`."""
        return f"{self.url}{RESOURCES}"

    @property
    def writes(self) -> list[Write]:
        """What was changed through the API, oldest first."""
        return self.world.writes

    @property
    def jira(self) -> Jira:
        """The company's own site."""
        return next(iter(self.world.sites.values()))

    @property
    def cloud_id(self) -> str:
        return self.jira.cloud

    @property
    def site_url(self) -> str:
        """Where people look at the company's own site."""
        return f"{self.url}/{self.jira.slug}"

    def add_to(self, router: web.UrlDispatcher) -> None:
        Api(self.world, self.tokens, self.url).add_to(router)
        SignIn(self.world, self.tokens, self._look, origin=self.url, people=self._people).add_to(router)
        self._look.add_to(router)
        Pages(self.world, self._look).add_to(router)

    def sign_in(
        self, person: str, *, scopes: Iterable[str] = tuple(ALLOWS), sites: Iterable[str] | None = None
    ) -> dict[str, Any]:
        """Tokens for `person` without a browser, as the token endpoint gives them.

        `sites` are the cloud ids that the person opens to the app, all unless given.
        """
        account = self.world.person(person)
        self.tokens.open_sites(account, self.world.sites if sites is None else sites)
        return self.tokens.open(account, tuple(scopes))

    def revoke(self, person: str) -> None:
        """Take the app away from `person`, as under Connected apps: every token dies."""
        self.tokens.drop_all(self.world.person(person))

    def expire(self, person: str) -> None:
        """Let the access tokens of `person` run out; the refresh tokens still work."""
        self.tokens.expire(self.world.person(person))

    def sessions(self, person: str) -> tuple[Session, ...]:
        return self.tokens.sessions(self.world.person(person))

    def issue(self, key: str) -> Issue:
        """The ticket as it stands, on whichever site."""
        return next(site.issues[key] for site in self.world.sites.values() if key in site.issues)

    def hide(self, key: str, *people: str) -> None:
        """Let `people` no longer see a ticket; for them it does not exist."""
        self.issue(key).hidden_from.update(self.world.person(person).id for person in people)


def _named(request: web.Request) -> str | None:
    """The path below the site, or of an OAuth endpoint."""
    if request.path.startswith(PREFIX):
        return "/" + request.path.removeprefix(PREFIX).partition("/")[2]
    return request.path if request.path.startswith("/oauth/") else None


def _refused(fault: Fault) -> web.Response:
    return refused(refusal_of(fault))


def _names(company: Company) -> dict[str, str]:
    """The handle behind every name by which another page may call somebody."""
    return {
        name.lower(): person.handle
        for person in company.people
        for name in (person.handle, person.email, person.slack, person.github, person.jira)
        if name
    }


def _document(body: Mapping[str, Any] | None) -> Markup:
    """Jira's rich text."""
    return Markup(adf.html(body))  # noqa: S704  `adf.html` escapes every text and writes the tags itself
