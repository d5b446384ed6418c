"""The local Slack as one server on loopback, with the verbs of what people do in it."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

from aiohttp import web

from playground.company import Company
from playground.slack import consent, sign_in
from playground.slack.app import JSON, SlackApp
from playground.slack.clicks import Clicks
from playground.slack.delivery import Patience
from playground.slack.faults import Faults
from playground.slack.http_events import HttpDelivery
from playground.slack.page_api import PageApi, only_here
from playground.slack.page_reading import PageFacts, PageReading
from playground.slack.people import User
from playground.slack.seed import company_workspace
from playground.slack.sign_in import COOKIE
from playground.slack.transfers import Transfers
from playground.slack.user_tokens import SCOPES
from playground.slack.web_api import WebApi
from playground.slack.workspace import Workspace, empty_workspace
from playground.slack.world import Times, World

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "playground" / "page"
STATIC = ROOT / "bot" / "web" / "static"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


class SlackServer(Clicks):
    """Start it, point the bot at `api_url`, and act: `await slack.say("jamal", "dm", "hello")`."""

    def __init__(
        self,
        company: Company | None = None,
        *,
        app: SlackApp | None = None,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        page: PageFacts | None = None,
        times: Times | None = None,
        patience: Patience | None = None,
        with_tiers: bool = False,
    ) -> None:
        self.app = app or SlackApp()
        world = World(app=self.app, clock=clock, times=times or Times(), patience=patience or Patience())
        super().__init__(world)
        self.page = page or PageFacts()
        self._company = company
        self._port = port
        self._http: HttpDelivery | None = None
        self._runner: web.AppRunner | None = None
        self._refreshing: set[asyncio.Task[None]] = set()
        self.web_api = WebApi(world, with_tiers=with_tiers)
        self._join_faults()

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:8123`."""
        return self.world.url

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    @property
    def authorize_url(self) -> str:
        """Where Sign in with Slack begins."""
        return f"{self.url}/openid/connect/authorize"

    @property
    def install_url(self) -> str:
        """Where installing the app begins."""
        return f"{self.url}/oauth/v2/authorize"

    @property
    def faults(self) -> Faults:
        """What goes wrong on demand."""
        return self.world.faults

    @property
    def workspace(self) -> Workspace:
        """The first workspace: the company's."""
        return next(iter(self.world.workspaces.values()))

    async def start(self) -> None:
        """Listen on loopback; port 0 takes a free one."""
        web_app = web.Application(client_max_size=1 << 26, middlewares=[only_here])
        web_app.add_routes(self._routes())
        self._runner = web.AppRunner(web_app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.url = f"http://{host}:{port}"
        if self._company is not None:
            workspace = company_workspace(self._company, self.app, base=self.url, now=self.world.clock())
            self.world.workspaces = {workspace.id: workspace, **self.world.workspaces}
        elif not self.world.workspaces:
            self.add_workspace("T0EMPTY", bot_token=self.app.bot_token)

    async def stop(self) -> None:
        """Close everything."""
        self.world.live.close()
        await self.world.courier.stop()
        await self.world.sockets.close()
        self.world.stop()
        if self._http is not None:
            await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> "SlackServer":
        """Start it."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        await self.stop()

    async def deliver_to(self, request_url: str) -> bool:
        """Send events and clicks to a URL, signed, in place of Socket Mode; whether it answered Slack's challenge."""
        self._http = HttpDelivery(self.app, request_url)
        self.world.courier.transport = self._http
        return await self._http.verify()

    def wait_for_acks(self, seconds: float) -> None:
        """Wait longer than Slack's 3 seconds, where a test is about something else and the machine may be busy."""
        self.world.courier.patience = replace(self.world.courier.patience, ack=seconds)

    def add_workspace(
        self, team: str, *, bot_token: str, name: str = "", people: Iterable[str] = ("ada", "ben")
    ) -> Workspace:
        """Add another workspace that has the app installed, with people of these handles and nothing said yet."""
        users = [
            User(
                id=f"U{team[1:]}{number}",
                team=team,
                handle=handle,
                name=handle.capitalize(),
                email=f"{handle}@{team.lower()}.example",
            )
            for number, handle in enumerate(people)
        ]
        workspace = empty_workspace(self.app, team=team, name=name or team, bot_token=bot_token, people=users)
        self.world.workspaces[team] = workspace
        return workspace

    def _routes(self) -> list[web.RouteDef | web.StaticDef]:
        files: list[web.StaticDef] = [
            web.static(prefix, folder) for prefix, folder in (("/page", PAGE), ("/static", STATIC)) if folder.is_dir()
        ]
        return [
            web.get("/", self._index),
            web.route("*", "/api/{method}", self.web_api.answer),
            web.get("/link", self.world.sockets.link),
            *Transfers(self.world).routes(),
            web.get("/openid/connect/authorize", self._sign_in_page),
            web.post("/openid/connect/allow", self._sign_in),
            web.get("/openid/connect/keys", self._keys),
            web.get("/.well-known/openid-configuration", self._openid),
            web.get("/archives/{channel}/{message}", self._archive),
            web.get("/archives/{channel}", self._archive),
            web.get("/oauth/v2/authorize", self._install),
            web.post("/oauth/v2/allow", self._consent),
            *PageReading(self, self.page).routes(),
            *PageApi(self, self.page).routes(),
            *files,
        ]

    async def _index(self, _: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return web.FileResponse(PAGE / "index.html", headers=headers)

    async def _archive(self, request: web.Request) -> web.Response:
        """Open a permalink on the page: the channel, and the thread when the message is in one."""
        channel, digits = request.match_info["channel"], request.match_info.get("message", "").removeprefix("p")
        conversation = self.workspace.channel(channel)
        if conversation is None:
            return web.Response(status=404, text="There is no such channel.")
        thread = request.query.get("thread_ts", f"{digits[:-6]}.{digits[-6:]}")
        where = f"{conversation.id}/{thread}" if conversation.replies.get(thread) else conversation.id
        return web.Response(status=302, headers={"Location": f"/#{where}"})

    # Signing in and installing

    async def _sign_in_page(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        if problem := self.world.sign_in.problem(query):
            return web.Response(status=400, text=problem)
        if "openid" not in query.get("scope", "").replace(",", " ").split():
            return sign_in.back(query, error="invalid_scope")
        chosen = query.get("as") or request.cookies.get(COOKIE, "")
        return sign_in.page(self.app, self.workspace, query, chosen)

    async def _sign_in(self, request: web.Request) -> web.Response:
        query = {name: str(value) for name, value in (await request.post()).items()}
        if problem := self.world.sign_in.problem(query):
            return web.Response(status=400, text=problem)
        if query.get("answer") == "deny":
            return sign_in.back(query, error="access_denied")
        user = self.workspace.user(query["user"])
        code = self.world.sign_in.code(query, team=self.workspace.id, user=user.id, now=self.world.clock())
        return sign_in.back(query, code=code)

    async def sign_in_as(self, who: str, authorize_url: str, *, team: str = "") -> str:
        """Do what a person does on the sign-in page; gives the address the browser is sent back to.

        `team` is another workspace than the company's, where `who` is somebody of that one.
        """
        query = dict(parse_qsl(authorize_url.partition("?")[2]))
        if problem := self.world.sign_in.problem(query):
            raise ValueError(problem)
        workspace = self.world.workspaces[team] if team else self.workspace
        user = workspace.user(who)
        code = self.world.sign_in.code(query, team=workspace.id, user=user.id, now=self.world.clock())
        return sign_in.back(query, code=code).headers["Location"]

    async def _install(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        if problem := self.world.sign_in.problem(query):
            return web.Response(status=400, text=problem)
        team = self.world.workspaces.get(query.get("team", ""), self.workspace)
        if query.get("user_scope"):
            if problem := consent.unknown_scopes(query):
                return web.Response(status=400, text=problem)
            return consent.page(self.app, team, query, query.get("as") or request.cookies.get(COOKIE, ""))
        admin = next(user.id for user in team.users.values() if user.kind != "bot")
        return sign_in.back(
            query, code=self.world.sign_in.code(query, team=team.id, user=admin, now=self.world.clock())
        )

    async def _consent(self, request: web.Request) -> web.Response:
        query = {name: str(value) for name, value in (await request.post()).items()}
        if problem := self.world.sign_in.problem(query) or consent.unknown_scopes(query):
            return web.Response(status=400, text=problem)
        return self._consented(query, query["user"], is_allowed=query.get("answer") != "deny")

    def _consented(self, query: dict[str, str], who: str, *, is_allowed: bool) -> web.Response:
        if not is_allowed:
            return sign_in.back(query, error="access_denied")
        team = self.world.workspaces.get(query.get("team", ""), self.workspace)
        code = self.world.sign_in.code(query, team=team.id, user=team.user(who).id, now=self.world.clock())
        return sign_in.back(query, code=code)

    async def consent_as(self, who: str, authorize_url: str, *, is_allowed: bool = True) -> str:
        """Do what a person does on the consent page; gives the address the browser is sent back to."""
        query = dict(parse_qsl(authorize_url.partition("?")[2]))
        if problem := self.world.sign_in.problem(query) or consent.unknown_scopes(query):
            raise ValueError(problem)
        return self._consented(query, who, is_allowed=is_allowed).headers["Location"]

    def sign_in_user(self, who: str, scopes: Iterable[str] = tuple(SCOPES)) -> JSON:
        """Let the app act as somebody, without the pages: `access_token`, `scope`, `id` as Slack answers them."""
        user, team = self.user(who), self.workspace
        token = self.world.grants.give(
            team.id, user.id, scopes, now=self.world.clock(), rotates=self.app.token_rotation
        )
        part: JSON = {"id": user.id, "scope": ",".join(token.scopes), "access_token": token.access}
        return {**part, "token_type": "user", **({"refresh_token": token.refresh} if token.refresh else {})}

    async def revoke_user(self, who: str) -> None:
        """Let somebody take back what they allowed the app; the bot is told, as Slack does."""
        user = self.user(who)
        for token in self.world.grants.of(user.id):
            self.world.grants.end(token.access)
        event = {"type": "tokens_revoked", "tokens": {"oauth": [user.id], "bot": []}}
        self.world.send_event(self.workspace, event, None, "tokens_revoked")

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self.world.sign_in.keys())

    async def _openid(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": sign_in.ISSUER,
                "authorization_endpoint": self.authorize_url,
                "token_endpoint": f"{self.api_url}openid.connect.token",
                "userinfo_endpoint": f"{self.api_url}openid.connect.userInfo",
                "jwks_uri": f"{self.url}/openid/connect/keys",
                "scopes_supported": ["openid", "profile", "email"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            }
        )

    # Faults that act at once

    def _join_faults(self) -> None:
        def refresh() -> None:
            task = asyncio.get_running_loop().create_task(self.world.sockets.refresh())
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

        self.faults.refresh = refresh
        self.faults.cut = self.world.sockets.cut
        self.faults.revoke = lambda: self.world.revoked.update(w.bot_token for w in self.world.workspaces.values())
        self.faults.restore = self.world.revoked.clear
