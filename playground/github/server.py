"""The playground's GitHub as one server: start it, sign people in, make trouble, see what was written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from playground.company import Company
from playground.faults import Fault
from playground.github import errors
from playground.github.api import LOGIN, Api, refused
from playground.github.diffs import large, parse, spot
from playground.github.limits import Limits
from playground.github.pages import Pages
from playground.github.seed import planted
from playground.github.sign_in import SignIn
from playground.github.site import Site, stamp
from playground.github.tokens import TOKEN_LIFE, App, Session, Tokens
from playground.github.world import Account, Commit, Issue, Pull, Repository, Write, sha
from playground.look import STATIC, Look
from playground.watched import Watched

PINYON = App(
    name="Pinyon",
    client_id="Iv23lipinyonplay",
    client_secret="playground-github-secret",
    redirects=("http://127.0.0.1/", "http://localhost/"),
)


class GitHubServer(Watched):
    """GitHub for one company, on a port of its own.

    Base URL for clients: `api_url`. Everything that changed through the API stands in `writes`, every request in
    `calls`, by its path below the base URL or as `/login/oauth/access_token`. People are named by login or by handle.
    A fault with status 403 or 429 and `retry_after` is the secondary rate limit.
    """

    def __init__(
        self,
        company: Company,
        *,
        app: App = PINYON,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_life: timedelta = TOKEN_LIFE,
        quota: int = 5_000,
        search_quota: int = 600,
        static: Path = STATIC,
    ) -> None:
        super().__init__(clock, address=(host, port), named=_named, refused=_refused, login=LOGIN)
        self.world = planted(company, clock)
        self.app = app
        self.tokens = Tokens(app, clock, life=token_life)
        self.limits = Limits(clock, core=quota, search=search_quota)
        self._look = Look("GitHub", Path(__file__).parent / "templates", zone=company.zone, static=static)

    @property
    def api_url(self) -> str:
        """`GITHUB_API_URL`."""
        return f"{self.url}/api"

    @property
    def authorize_url(self) -> str:
        """`GITHUB_AUTHORIZE_URL`."""
        return f"{self.url}/login/oauth/authorize"

    @property
    def token_url(self) -> str:
        """`GITHUB_TOKEN_URL`."""
        return f"{self.url}/login/oauth/access_token"

    @property
    def revoke_url(self) -> str:
        """`GITHUB_REVOKE_URL`: ends everything a person granted."""
        return f"{self.api_url}/applications/{self.app.client_id}/grant"

    @property
    def writes(self) -> list[Write]:
        """What was changed through the API, oldest first."""
        return self.world.writes

    def add_to(self, router: web.UrlDispatcher) -> None:
        Api(Site(self.world, self.url), self.tokens, self.limits).add_to(router)
        SignIn(self.world, self.tokens, self._look).add_to(router)
        self._look.add_to(router)
        Pages(self.world, self._look).add_to(router)

    def sign_in(self, person: str) -> dict[str, Any]:
        """Tokens for `person` without a browser, as the token endpoint would give them."""
        session = self.tokens.open(self.world.person(person))
        return {
            "access_token": session.access,
            "expires_at": stamp(session.access_expires),
            "refresh_token": session.refresh,
            "refresh_token_expires_at": stamp(session.refresh_expires),
            "scope": "",
            "token_type": "bearer",
            "login": session.account.login,
        }

    def revoke(self, person: str) -> None:
        """Take the app away from `person`, as in GitHub's settings: every token dies."""
        self.tokens.drop_all(self.world.person(person))

    def expire(self, person: str) -> None:
        """Let the access tokens of `person` run out; the refresh tokens still work."""
        self.tokens.expire(self.world.person(person))

    def sessions(self, person: str) -> tuple[Session, ...]:
        return self.tokens.sessions(self.world.person(person))

    def repository(self, name: str) -> Repository:
        """The repository called `name`, with or without its owner."""
        return self.world.repositories[name.rpartition("/")[2].lower()]

    def issue(self, repository: str, number: int) -> Issue:
        return self.repository(repository).issues[number]

    def pull(self, repository: str, number: int) -> Pull:
        """The pull request as it stands: its `comments`, `reviews`, `wants`, `merge`."""
        found = self.issue(repository, number)
        if not isinstance(found, Pull):
            raise TypeError(f"{repository}#{number} is an issue and no pull request")
        return found

    def push(
        self, repository: str, number: int, *, message: str = "Address the review", diff: str | None = None
    ) -> str:
        """A new commit on a pull request, with its whole diff anew when given; the new head's sha."""
        pull, now = self.pull(repository, number), self._clock()
        files = parse(diff) if diff is not None else pull.files
        commit = Commit(
            sha=sha(repository, number, message, len(pull.commits)),
            parent=pull.head.sha,
            message=message,
            by=pull.by,
            at=now,
            checks=self.world.green(self.repository(repository), now),
            files=files,
        )
        pull.commits.append(commit)
        pull.files, pull.updated = files, now
        for comment in pull.line_comments:
            file = pull.file(comment.path)
            comment.outdated = file is None or spot(file.patch, line=comment.line, side=comment.side) is None
        return commit.sha

    def add_large_pull(self, repository: str, number: int, *, files: int, lines: int, by: str | None = None) -> Pull:
        """A pull request that adds `files` files of `lines` lines each."""
        where = self.repository(repository)
        author: Account = self.world.person(by) if by else where.main[0].by
        diff = large("generated", files=files, lines=lines)
        title = f"Add {files} generated files"
        return self.world.new_pull(where, number=number, by=author, title=title, diff=diff)


def _named(request: web.Request) -> str | None:
    """The path below the API's base URL, or of the token endpoint."""
    path = request.path.removeprefix("/api")
    return None if path == request.path and path != "/login/oauth/access_token" else path


def _refused(fault: Fault) -> web.Response:
    return refused(_refusal(fault))


def _refusal(fault: Fault) -> errors.Refusal:
    if fault.retry_after is not None:
        return errors.secondary_limit(fault.retry_after, fault.status)
    if fault.status == HTTPStatus.UNAUTHORIZED:
        return errors.bad_credentials()
    said = "Server Error" if fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus(fault.status).phrase
    return errors.Refusal(fault.status, said)
