"""A site with invented neighbours: a vendor and a Slack that answer in memory, and browsers to visit with."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from bot.self_service.connections import Connections
from bot.web.app import build_web
from bot.web.site import Site, SlackApp
from integrations.errors import AccessRevoked, ServiceUnavailable
from integrations.integration import Account, Integration, OAuth2, OAuthApp, Tokens
from memory.connect_flows import ConnectFlows
from memory.crypto import Keyring, new_key
from memory.database import Database
from memory.grants import Grants
from memory.ids import PendingId, PersonId, WorkspaceId, workspace_of
from memory.pages import Pages
from memory.people import People, Person
from memory.skill_rules import SkillRules
from memory.web_sessions import WebSessions
from skills.skill import Result, Says, Skill, Tool, ToolContext, tool

HOME = "https://pinyon.test"
JAMAL, REN = PersonId("T1:UJAMAL"), PersonId("T1:UREN")
ACCESS, REFRESH, SECRET = "gho_canary_access", "ghr_canary_refresh", "canary_client_secret"
NOW = datetime(2026, 11, 21, 10, 44, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: int) -> None:
        self.now += timedelta(**by)


@dataclass
class FakeVendor:
    """GitHub's OAuth: single-use codes bound to their challenge and redirect address."""

    account: Account = field(default_factory=lambda: Account(id="7", name="octo", email="octo@tamarack.example"))
    codes: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    exchanges: int = 0
    away: bool = False
    revoked: list[str] = field(default_factory=list[str])

    def consent(self, authorize: str) -> str:
        """What happens when somebody agrees on the vendor's page: the address they are sent back to."""
        asked = dict(parse_qsl(urlsplit(authorize).query))
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(self.codes)}"
        self.codes[code] = asked["code_challenge"], asked["redirect_uri"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.exchanges += 1
        if self.away:
            return httpx.Response(503)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        challenge, redirect_uri = self.codes.pop(form["code"], ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (proof, form["redirect_uri"], form["client_secret"]) != (challenge, redirect_uri, SECRET):
            return httpx.Response(200, json={"error": "bad_verification_code"})
        return httpx.Response(
            200,
            json={
                "access_token": ACCESS,
                "token_type": "bearer",
                "expires_in": 28800,
                "refresh_token": REFRESH,
                "refresh_token_expires_in": 15811200,
                "scope": "",
            },
        )

    async def whoami(self, client: SecretStr) -> Account:
        if client.get_secret_value() != ACCESS:
            raise AccessRevoked("GitHub does not know this access")
        return self.account

    async def revoke(self, app: OAuthApp, tokens: Tokens) -> None:
        if self.away:
            raise ServiceUnavailable("GitHub is not answering")
        self.revoked.append(tokens.access.get_secret_value())


@dataclass
class FakeSlack:
    """Sign in with Slack for whoever `user` is."""

    user: str = "UJAMAL"
    team: str = "T1"
    claims: dict[str, object] = field(default_factory=dict[str, object])
    sub: str | None = None
    error: str = ""
    nonces: dict[str, str] = field(default_factory=dict[str, str])

    def consent(self, authorize: str) -> str:
        asked = dict(parse_qsl(urlsplit(authorize).query))
        code = f"slack{len(self.nonces)}"
        self.nonces[code] = asked["nonce"]
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.error:
            return httpx.Response(200, json={"ok": False, "error": self.error})
        if request.url.path.endswith("userInfo"):
            assert request.headers["authorization"] == "Bearer xoxp-canary"
            return httpx.Response(200, json=self._user())
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        nonce = self.nonces.pop(form["code"], None)
        if nonce is None:
            return httpx.Response(200, json={"ok": False, "error": "invalid_code"})
        claims = {
            "iss": "https://slack.com",
            "aud": "slack-client",
            "sub": self.user,
            "nonce": nonce,
            "exp": int(NOW.timestamp()) + 300,
            **self.claims,
        }
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        return httpx.Response(200, json={"ok": True, "access_token": "xoxp-canary", "id_token": f"e30.{body}.c2ln"})

    def _user(self) -> dict[str, object]:
        return {
            "ok": True,
            "sub": self.sub or self.user,
            "https://slack.com/user_id": self.user,
            "https://slack.com/team_id": self.team,
            "https://slack.com/team_name": "Tamarack",
        }


@dataclass
class World:
    """A running site and everything around it."""

    app: FastAPI
    site: Site
    vendor: FakeVendor
    slack: FakeSlack
    clock: Clock
    people: dict[PersonId, Person]
    connected: list[tuple[PersonId, str, PendingId | None]]

    def browser(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=HOME)

    async def signed_in(self, person: PersonId = JAMAL, after: str = "/connections") -> httpx.AsyncClient:
        """A browser in which `person` has signed in."""
        browser = self.browser()
        await self.sign_in(browser, person, after)
        return browser

    async def sign_in(self, browser: httpx.AsyncClient, person: PersonId, after: str = "") -> httpx.Response:
        self.slack.user = person.partition(":")[2]
        begun = await browser.get("/slack/signin", params={"next": after})
        return await browser.get(self.slack.consent(begun.headers["location"]))

    async def link(self, person: PersonId = JAMAL, pending: str | None = "p1") -> str:
        """The path of a fresh link, as Slack shows it to `person`."""
        waits = PendingId(pending) if pending else None
        url = await self.site.connections.offer(person, "pull_requests", now=self.clock.now, pending=waits)
        return url.removeprefix(HOME)

    async def to_vendor(self, browser: httpx.AsyncClient, link: str) -> str:
        """The address at which the vendor would send `browser` back after consent."""
        begun = await browser.get(link)
        assert begun.status_code == 302, begun.text
        return self.vendor.consent(begun.headers["location"])

    async def held(self, browser: httpx.AsyncClient, link: str) -> str:
        """Go as far as the question whether it is the right account; returns its path."""
        back = await browser.get(await self.to_vendor(browser, link))
        assert back.status_code == 303, back.text
        return back.headers["location"]

    async def connect(self, person: PersonId = JAMAL) -> httpx.AsyncClient:
        """A browser whose person has connected the vendor's account."""
        browser = await self.signed_in(person)
        path = await self.held(browser, await self.link(person))
        confirmed = await browser.post(path, data={"csrf": await csrf(browser, path)})
        assert confirmed.status_code == 303
        return browser


async def csrf(browser: httpx.AsyncClient, path: str) -> str:
    """The token of the form on the page at `path`."""
    html = (await browser.get(path)).text
    return html.partition('name="csrf" value="')[2].partition('"')[0]


def person(id: PersonId, name: str, *, is_guest: bool = False) -> Person:
    return Person(
        id=id,
        workspace=workspace_of(id),
        user=id.partition(":")[2],
        name=name,
        email=f"{name.lower()}@tamarack.example",
        zone="Europe/Berlin",
        refreshed_at=NOW,
        is_guest=is_guest,
    )


@tool(
    "write",
    says=Says(
        doing="Commenting in {repository}",
        ask="Post this comment on GitHub?",
        done="Comment posted",
        refused="Not posted",
        always="post comments in {repository}",
    ),
    targets=("repository",),
    payload=("text",),
    always=("repository",),
)
async def comment(_ctx: ToolContext[object], repository: str, text: str) -> Result:
    """Post a comment in a repository."""
    return Result(content=f"{repository}: {text}")


@tool(
    "write",
    says=Says(doing="Merging", ask="Merge this pull request?", done="Pull request merged", refused="Not merged"),
    destroys=True,
)
async def merge(_ctx: ToolContext[object]) -> Result:
    """Merge a pull request."""
    return Result(content="merged")


@tool("read", says=Says(doing="Reading"))
async def look_round(_ctx: ToolContext[object]) -> Result:
    """List the pull requests there are."""
    return Result(content=[])


def skills() -> dict[str, Skill]:
    def skill(name: str, title: str, integration: str | None, *tools: Tool) -> Skill:
        return Skill(
            name=name,
            title=title,
            purpose="Read, comment, review, merge",
            integration=integration,
            tools=tools,
            examples=(),
            reads="pull requests, reviews, checks",
            changes="comments, reviews, merges, after you asked for it or approved it",
            instructions=Path("none.md"),
        )

    return {
        "pull_requests": skill("pull_requests", "Pull requests", "github", comment, look_round, merge),
        "tickets": skill("tickets", "Tickets", "atlassian"),
        "schedules": skill("schedules", "Schedules", None),
    }


def build_world(database: Database, *, edit: Callable[[Site], Site] = lambda site: site) -> World:
    vendor, slack, clock = FakeVendor(), FakeSlack(), Clock()
    auth = OAuth2(
        authorize_url="https://vendor.test/authorize",
        token_url="https://vendor.test/token",
        another_account=(("prompt", "select_account"),),
    )
    github = Integration(
        name="github",
        title="GitHub",
        api_url="https://vendor.test",
        auth=auth,
        client=lambda access, _to: access,
        whoami=vendor.whoami,
        revoke=vendor.revoke,
        wider_than_used="GitHub’s own permission is wider. Pinyon keeps to the list above.",
    )
    app = OAuthApp(
        name="github",
        client_id="client",
        client_secret=SecretStr(SECRET),
        api_url=github.api_url,
        authorize_url=auth.authorize_url,
        token_url=auth.token_url,
    )

    def answer(request: httpx.Request) -> httpx.Response:
        return vendor.answer(request) if request.url.host == "vendor.test" else slack.answer(request)

    keyring, people = (
        Keyring(new_key()),
        {
            found.id: found
            for found in (
                person(JAMAL, "Jamal"),
                person(REN, "Ren"),
                person(PersonId("T1:UGUEST"), "Harriet", is_guest=True),
            )
        },
    )
    grants = Grants(database, keyring)
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    connected: list[tuple[PersonId, str, PendingId | None]] = []

    async def look_up(id: PersonId) -> Person | None:
        return people.get(id)

    async def on_connected(person: PersonId, integration: str, pending: PendingId | None) -> None:
        connected.append((person, integration, pending))

    async def waits_for(_person: PersonId, _integration: str) -> list[str]:
        return []

    def slack_link(workspace: WorkspaceId | None) -> str:
        return f"https://slack.test/app_redirect?team={workspace or ''}"

    site = edit(
        Site(
            public_url=HOME,
            slack=SlackApp(
                client_id="slack-client", client_secret=SecretStr(SECRET), api_url="https://slack.test/api/"
            ),
            slack_link=slack_link,
            connections=Connections(
                grants=grants,
                flows=ConnectFlows(database, keyring, grants),
                people=People(database),
                rules=SkillRules(database),
                skills=skills(),
                integrations={"github": github},
                apps={"github": app},
                http=http,
                public_url=HOME,
            ),
            people=People(database),
            sessions=WebSessions(database),
            keyring=keyring,
            http=http,
            look_up=look_up,
            on_connected=on_connected,
            waits_for=waits_for,
            clock=clock,
            pages=Pages(database),
        )
    )
    return World(build_web(site, database=database), site, vendor, slack, clock, people, connected)
