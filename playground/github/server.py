"""The playground's GitHub as one server: start it, sign people in, make trouble, see what was written."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.company import Company
from playground.github import errors
from playground.github.api import LOGIN, Api, refused
from playground.github.diffs import large, parse, spot
from playground.github.faults import Fault, Faults
from playground.github.limits import Limits
from playground.github.look import STATIC, Look
from playground.github.pages import Pages
from playground.github.seed import planted
from playground.github.sign_in import SignIn
from playground.github.site import Site, stamp
from playground.github.tokens import TOKEN_LIFE, App, Session, Tokens
from playground.github.world import Account, Commit, Issue, Pull, Repository, Write, sha

PINYON = App(
    name="Pinyon",
    client_id="Iv23lipinyonplay",
    client_secret="playground-github-secret",
    redirects=("http://127.0.0.1/", "http://localhost/"),
)

_KEPT_CALLS = 2_000
_MOST_BYTES = 4 * 1024**2


@dataclass(slots=True)
class Seen:
    """One request that came, and how it ended; status 0 while it is under way or when it was cut off."""

    method: str
    path: str
    login: str
    status: int
    at: datetime


class GitHubServer:
    """GitHub for one company, on a port of its own.

    Base URL for clients: `api_url`. Everything that changed through the API stands in `writes`, every request in
    `calls`. People are named by login or by handle.
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
        self.world = planted(company, clock)
        self.app = app
        self.calls: deque[Seen] = deque(maxlen=_KEPT_CALLS)
        self.tokens = Tokens(app, clock, life=token_life)
        self.limits = Limits(clock, core=quota, search=search_quota)
        self.faults = Faults()
        self._clock = clock
        self._address = (host, port)
        self._look = Look(zone=company.zone, static=static)
        self._site: Site | None = None
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Event()

    @property
    def url(self) -> str:
        """The origin, under which the pages hang."""
        if self._site is None:
            raise RuntimeError("The playground's GitHub has no address before `start()`.")
        return self._site.html

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

    async def start(self) -> None:
        """Listen; with port 0 on any free one."""
        # Bound before anything else: the address stands in nearly every answer.
        listener = socket.create_server(self._address)
        host, port = listener.getsockname()[:2]
        self._site = Site(self.world, f"http://{host}:{port}")
        application = web.Application(middlewares=[self._watched], client_max_size=_MOST_BYTES)
        Api(self._site, self.tokens, self.limits).add_to(application.router)
        SignIn(self.world, self.tokens, self._look).add_to(application.router)
        self._look.add_to(application.router)
        Pages(self.world, self._look).add_to(application.router)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Let hanging requests go and close the port."""
        self.faults.calm()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> "GitHubServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

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

    def fault(
        self,
        method: str,
        path: str,
        *,
        times: int = 1,
        status: int | None = None,
        retry_after: int | None = None,
        hang: bool = False,
        drop: bool = False,
        done: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Make trouble for the next `times` requests that match.

        `path` is a glob below the base URL (`*/issues/*/comments`), or `/login/oauth/access_token`. One of: `status`
        (403 or 429 with `retry_after` is the secondary rate limit), `hang` until `calm()`, `drop` the connection, or
        nothing but `seconds` of delay. With `done` the request is carried out first and only its answer is lost.
        """
        trouble = "hang" if hang else "drop" if drop else "slow" if status is None else "status"
        self.faults.add(
            Fault(
                method=method.upper(),
                path=path,
                trouble=trouble,
                times=times,
                status=status or 0,
                retry_after=retry_after,
                seconds=seconds,
                done=done,
            )
        )

    def calm(self) -> None:
        """End all trouble; hanging requests go on."""
        self.faults.calm()

    async def until(self, holds: Callable[[], bool], *, seconds: float = 5.0) -> None:
        """Wait until `holds()`; looked at after every request. TimeoutError when it never does."""
        async with asyncio.timeout(seconds):
            while not holds():
                await self._changed.wait()

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

    @web.middleware
    async def _watched(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep a line about every request that is not a page, and make the trouble that waits for it."""
        path = request.path.removeprefix("/api")
        if path == request.path and path != "/login/oauth/access_token":
            return await handler(request)
        seen = Seen(request.method, path, "", 0, self._clock())
        self.calls.append(seen)
        self._notice()
        try:
            response = await self._troubled(request, handler, self.faults.take(request.method, path))
            seen.status = response.status
        finally:
            seen.login = request.get(LOGIN, "")
            self._notice()
        return response

    async def _troubled(self, request: web.Request, handler: Handler, fault: Fault | None) -> web.StreamResponse:
        if fault is None:
            return await handler(request)
        # Taken before anybody hears of the request: whoever sees it hang may end that at once.
        calmed = self.faults.calmed
        answer = await handler(request) if fault.done else None
        self._notice()
        await asyncio.sleep(fault.seconds)
        match fault.trouble:
            case "status":
                return refused(_refusal(fault))
            case "drop":
                if request.transport:
                    request.transport.abort()
                return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
            case "hang":
                await calmed.wait()
            case "slow":
                pass
        return answer or await handler(request)

    def _notice(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()


def _refusal(fault: Fault) -> errors.Refusal:
    if fault.retry_after is not None:
        return errors.secondary_limit(fault.retry_after, fault.status)
    if fault.status == HTTPStatus.UNAUTHORIZED:
        return errors.bad_credentials()
    said = "Server Error" if fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus(fault.status).phrase
    return errors.Refusal(fault.status, said)
