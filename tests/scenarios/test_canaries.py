"""No secret of any vendor is written where somebody could read it, whatever goes wrong on the way."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from memory.ids import GrantId
from playground.model import Scripted, call
from playground.model.conversation import Plan
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.consenting import SERVICES, allow, begin, confirm
from tests.scenarios.test_security import stored

EACH = Plan(
    calls=tuple(
        planned
        for plan in (
            call("list_pull_requests", which="waiting_for_my_review"),
            call("my_tickets"),
            call("search_mail", words="release"),
            call("search_messages", words="release"),
        )
        for planned in plan.calls
    )
)
PROVES_US = ("openid.connect.token", "oauth.v2.access")
"""Calls that show Slack itself our secret, which is what it is for."""


class Canaries:
    """Every secret that was ever in use, by what it is."""

    def __init__(self, world: World) -> None:
        self._world = world
        apps = world.app.connections.apps.items()
        self.secrets = {f"client secret of {name}": app.client_secret.get_secret_value() for name, app in apps} | {
            "bot token": world.slack.app.bot_token,
            "app token": world.slack.app.app_token,
            "model key": "sk-ant-playground",
            "PINYON_SECRET_KEY": world.key,
        }

    async def gather(self) -> None:
        """Take down the tokens that are held now."""
        for row in await self._world.rows("SELECT id, integration, version FROM grants"):
            tokens = await self._world.app.connections.grants.tokens(GrantId(row["id"]))
            assert tokens
            which = f"of {row['integration']}, version {row['version']}"
            self.secrets[f"access {which}"] = tokens.access.get_secret_value()
            if tokens.refresh:
                self.secrets[f"refresh {which}"] = tokens.refresh.get_secret_value()

    def found_in(self, sinks: dict[str, str]) -> Iterator[str]:
        """Which secret stands where, in clear or as bytes."""
        for what, secret in self.secrets.items():
            for where, text in sinks.items():
                if secret in text or secret.encode().hex() in text:
                    yield f"{what} in {where}"


async def test_no_token_of_any_vendor_is_written_anywhere(
    open_world: OpenWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """tok_canary: connected, used, renewed, broken, limited, silent, revoked and disconnected, at all four vendors."""
    pages: list[httpx.Response] = []
    with capture_logs([format_exc_info]) as logged:
        world = await open_world(Scripted([EACH, "Read.", EACH, "Broken.", EACH, "Silent.", EACH, "Over."]))
        canaries = Canaries(world)
        async with world.browser() as browser:
            for service in SERVICES:
                back = await allow(world, service, await begin(world, browser, "jamal", service), "jamal")
                path = (await browser.get(back)).headers["location"]
                pages += [await browser.get(path), await confirm(browser, path)]
            await canaries.gather()
            await world.ask("jamal", "what is new everywhere?", seconds=20)
            for server in (world.github, world.atlassian, world.google):
                assert any(seen.login and seen.status == 200 for seen in server.calls)
            assert world.slack.calls_of("search.messages")
            for service in SERVICES:
                acting = await world.app.connections.client_for(
                    world.person("jamal"), service, now=datetime.now(UTC) + timedelta(hours=9)
                )
                assert acting
                pages.append(httpx.Response(200, text=repr((acting, getattr(acting.client, "__dict__", "")))))
            await canaries.gather()
            trouble(world, status=500)
            await world.ask("jamal", "and now?", seconds=30)
            trouble(world, drop=True)
            await world.ask("jamal", "and now?", seconds=30)
            for server in (world.github, world.atlassian, world.google):
                server.calm()
                server.revoke("jamal")
            await world.slack.revoke_user("jamal")
            await world.slack.say("jamal", "dm", "and in the end?")
            await world.over(4, seconds=30)
            pages += [await browser.get(page) for page in ("/connections", "/metrics", "/admin/doctor", "/nothing")]
            kept = await stored(world)
            for account in await world.app.connections.accounts(world.person("jamal")):
                pages.append(await browser.get(f"/connections/{account.grant}/disconnect"))
                await world.app.connections.disconnect_account(world.person("jamal"), account.grant)
    sinks = {
        "Slack": json.dumps([seen.request for seen in world.slack.calls if seen.name not in PROVES_US]),
        "the logs": f"{logged}\n{caplog.text}",
        "the database": kept,
        "the model": "\n".join(json.dumps(request.body) + request.system for request in world.model.requests),
        "the pages": "\n".join(f"{page.text}\n{page.headers}" for page in pages),
    }
    assert len([what for what in canaries.secrets if what.startswith("access")]) > len(SERVICES)
    assert all(len(text) > 500 for text in sinks.values())
    assert [*canaries.found_in(sinks)] == []


def trouble(world: World, *, status: int | None = None, drop: bool = False) -> None:
    """Let every vendor answer no other than so."""
    for server in (world.github, world.atlassian, world.google):
        server.calm()
        server.fault("*", "*", status=status, drop=drop, times=1000)
