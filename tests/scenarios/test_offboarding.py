"""People and workspaces that leave: nothing of theirs is used any more, whether Slack told us or not."""

import asyncio
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.slack.departures import Departures
from integrations.errors import AccessRevoked
from memory.ids import workspace_of
from memory.skill_rules import SkillRule, SkillRules
from playground.model import Scripted, call
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.test_connecting import ask, signed_in_page
from tests.scenarios.test_security import value_of

ALL = ("github", "atlassian", "google", "slack")
READ = call("read_pull_request", repository="tile-forge", number=95)
COMMENT = call("comment_on_pull_request", repository="tile-forge", number=95, body="Looks good to me.")


def departures(world: World) -> Departures:
    """The one who looks, as `App.tick` lets it."""
    return world.app.departures


async def met(world: World, *people: str, connects: tuple[str, ...] = ("github",)) -> None:
    """Let Pinyon know people who have connected their accounts."""
    for who in people:
        await world.app.surface.person(world.person(who))
        await world.connect(who, *connects)


async def becomes(world: World, expected: list[Any], statement: str, **values: Any) -> None:
    """Wait until a query gives what is expected."""
    async with asyncio.timeout(10):
        while True:
            if [tuple(row.values()) for row in await world.rows(statement, **values)] == expected:
                return
            await asyncio.sleep(0.02)


async def no_accounts(world: World) -> None:
    await becomes(world, [], "SELECT person, integration, problem FROM grants")


async def unseen_for_days(world: World) -> None:
    await world.rows("UPDATE people SET refreshed_at = now() - interval '2 days'")


def looks(world: World) -> list[str]:
    """About whom Slack was asked."""
    return [str(seen.request.get("user")) for seen in world.slack.calls if seen.name == "users.info"]


async def is_signed_in(browser: httpx.AsyncClient) -> bool:
    return "/signin" not in (await browser.get("/connections")).headers.get("location", "")


async def test_somebody_who_is_deactivated_loses_every_account_here_and_at_the_vendors(world: World) -> None:
    """tok_offboard"""
    await met(world, "jamal", "mei", connects=ALL)
    async with world.browser() as browser:
        await signed_in_page(world, browser, "jamal", "/connections")
        assert await is_signed_in(browser)
        await world.slack.change_user("jamal", deleted=True)
        await becomes(
            world,
            [(world.person("mei"), service) for service in sorted(ALL)],
            "SELECT person, integration FROM grants ORDER BY integration",
        )
        assert not await is_signed_in(browser)
    assert world.github.sessions("jamal") == ()
    assert world.google.granted("jamal") == frozenset()
    assert world.github.sessions("mei") != ()
    assert world.google.granted("mei") != frozenset()
    assert await world.rows("SELECT * FROM web_sessions") == []


async def test_whoever_disconnects_is_forgotten_here_and_at_every_vendor_that_can(world: World) -> None:
    """tok_offboard: Atlassian has no way to be told, which its page says."""
    await met(world, "jamal", connects=ALL)
    connections, jamal = world.app.connections, world.person("jamal")
    (slack,) = world.slack.world.grants.of(world.slack.user("jamal").id)
    can_revoke = {account.integration: account.can_revoke for account in await connections.accounts(jamal)}
    for service in ALL:
        assert await connections.disconnect(jamal, service)
    assert await world.rows("SELECT * FROM grants") == []
    assert world.github.sessions("jamal") == ()
    assert world.google.granted("jamal") == frozenset()
    assert world.slack.world.grants.is_ended(slack.access)
    assert can_revoke == {"github": True, "google": True, "slack": True, "atlassian": False}
    assert any("no way for Pinyon to end" in said for said in connections.integrations["atlassian"].limits)


async def test_access_ends_at_once_even_when_a_vendor_does_not_answer(world: World) -> None:
    """tok_offboard: nothing is used while the vendor is away, and it hears of the end when it is back."""
    await met(world, "jamal")
    world.github.fault("DELETE", "/applications/*", status=503, times=1000)
    await world.slack.change_user("jamal", deleted=True)
    await becomes(world, [("disconnecting",)], "SELECT problem FROM grants")
    await refused(world, "jamal")
    assert world.github.sessions("jamal") != ()
    world.github.calm()
    await world.app.tick()
    await no_accounts(world)
    assert world.github.sessions("jamal") == ()


async def refused(world: World, who: str) -> None:
    """Pinyon cannot act as somebody any more."""
    try:
        acting = await world.app.connections.client_for(world.person(who), "github", now=datetime.now(UTC))
    except AccessRevoked:
        return
    assert acting is None


async def test_what_waits_for_somebody_who_is_gone_is_void(open_world: OpenWorld) -> None:
    """tok_offboard: also for who became a guest, and so could still click."""
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await met(world, "jamal")
    thread = await world.slack.say("jamal", "dm", "comment on 95")
    card = deepcopy(await world.card("dm:jamal", thread, seconds=15))
    await world.slack.change_user("jamal", kind="guest")
    await becomes(world, [("expired",)], "SELECT state FROM pending")
    await world.until(lambda: "xpired" in world.words("dm:jamal", card))
    workspace, conversation = world.slack.place("dm", "jamal")
    button = {"type": "button", "action_id": "approval.approve", "block_id": "b", "value": value_of(card)}
    clicked = await world.slack.act_in_message(workspace, world.slack.user("jamal"), conversation, card, button)
    assert clicked.is_acked
    await no_accounts(world)
    assert world.github.writes == []
    assert await world.rows("SELECT state FROM pending") == [{"state": "expired"}]


async def test_a_connect_link_of_somebody_who_is_gone_leads_nowhere(world: World) -> None:
    """tok_offboard"""
    asked = await ask(world, "jamal")
    async with world.browser() as browser:
        begun = await signed_in_page(world, browser, "jamal", asked.link)
        back = await world.consent(begun.headers["location"], "jamal")
        held = await browser.get(back)
        assert held.headers["location"].endswith("/confirm")
        await world.slack.change_user("jamal", deleted=True)
        await becomes(world, [], "SELECT id FROM connect_links")
        for path in (asked.link, held.headers["location"], back):
            assert (await browser.get(path)).status_code in (303, 403)
    assert await world.rows("SELECT * FROM connect_flows") == []
    assert await world.rows("SELECT state FROM pending") == [{"state": "expired"}]


async def test_a_turn_that_runs_meanwhile_uses_no_account_of_theirs(open_world: OpenWorld) -> None:
    """tok_offboard: the call that is under way gets no further than its vendor lets it, and none comes after it."""
    world = await open_world(Scripted([READ, READ, COMMENT, "Read."]))
    await met(world, "jamal")
    world.github.fault("GET", "*", hang=True)
    await world.slack.say("jamal", "dm", "look at 95, twice")
    await world.github.until(lambda: any(seen.method == "GET" for seen in world.github.calls), seconds=15)
    await world.slack.change_user("jamal", deleted=True)
    await becomes(world, [("stopping",)], "SELECT state FROM turns")
    await no_accounts(world)  # ended by a second transaction, a moment later
    await refused(world, "jamal")
    asked, called = len(world.model.requests), len(world.github.calls)
    world.github.calm()
    await world.over(seconds=15)
    assert len(world.model.requests) == asked
    assert [seen for seen in [*world.github.calls][called:] if seen.status == 200 and seen.method == "GET"] == []
    assert world.github.writes == []
    await departures(world).sweep()
    assert await world.rows("SELECT id FROM pending WHERE state = 'open'") == []
    assert await world.rows("SELECT id FROM connect_links") == []


async def test_a_workspace_that_throws_pinyon_out_takes_everybodys_accounts_along(open_world: OpenWorld) -> None:
    """tok_offboard"""
    world = await open_world(Scripted([COMMENT]))
    await met(world, "jamal", "mei", connects=("github", "google"))
    rule = SkillRule(skill="mail", allowed="off")
    await SkillRules(world.app.database).set(
        workspace_of(world.person("mei")), rule, by=world.person("mei"), now=datetime.now(UTC)
    )
    await world.rows(
        "INSERT INTO skill_rules (workspace, skill, allowed, changed_by, changed_at)"
        " VALUES ('TOTHER', 'mail', 'off', 'TOTHER:U1', now())"
    )
    async with world.browser() as browser:
        await signed_in_page(world, browser, "mei", "/connections")
        thread = await world.slack.say("jamal", "dm", "comment on 95")
        await world.card("dm:jamal", thread, seconds=15)
        await world.slack.uninstall()
        await no_accounts(world)
        assert not await is_signed_in(browser)
    for who in ("jamal", "mei"):
        assert world.github.sessions(who) == ()
        assert world.google.granted(who) == frozenset()
    assert await world.rows("SELECT state FROM pending") == [{"state": "expired"}]
    assert await world.rows("SELECT workspace FROM skill_rules") == [{"workspace": "TOTHER"}]


async def test_what_somebody_took_back_at_slack_wants_reconnecting_and_the_rest_stays(world: World) -> None:
    """tok_offboard"""
    await met(world, "jamal", connects=("github", "slack"))
    await world.slack.revoke_user("jamal")
    await becomes(
        world,
        [("github", None), ("slack", "revoked")],
        "SELECT integration, problem FROM grants ORDER BY integration",
    )


async def test_an_old_word_of_slack_about_access_that_was_replaced_since_changes_nothing(world: World) -> None:
    await met(world, "jamal", connects=("slack",))
    event = {"type": "tokens_revoked", "tokens": {"oauth": [world.slack.user("jamal").id], "bot": []}}
    await departures(world).changed(world.app.surface.workplaces[next(iter(world.app.surface.workplaces))].id, event)
    await world.until(lambda: any(seen.name == "auth.test" for seen in world.slack.calls))
    assert await world.rows("SELECT problem FROM grants") == [{"problem": None}]


# What Slack never told us.


@pytest.mark.parametrize("how", ["deleted", "guest", "unknown"])
async def test_whoever_left_without_a_word_is_found_within_a_day(world: World, how: str) -> None:
    """tok_offboard"""
    await met(world, "jamal", "mei")
    match how:
        case "deleted":
            world.slack.user("jamal").deleted = True
        case "guest":
            world.slack.user("jamal").kind = "guest"
        case _:
            world.slack.faults.fail("users.info", "user_not_found", times=1)
    await unseen_for_days(world)
    before = len(looks(world))
    if how == "unknown":
        await world.rows("UPDATE people SET refreshed_at = now() WHERE id = :mei", mei=world.person("mei"))
    await departures(world).sweep()
    assert await world.rows("SELECT person FROM grants") == [{"person": world.person("mei")}]
    assert world.github.sessions("jamal") == ()
    asked = len(looks(world)) - before
    assert asked == (1 if how == "unknown" else 2)
    await departures(world).sweep()
    assert len(looks(world)) - before == asked, "everybody is asked about once in a day, by whichever process"


async def test_nobody_is_asked_about_who_has_nothing_here(world: World) -> None:
    await world.app.surface.person(world.person("camille"))
    await unseen_for_days(world)
    before = len(looks(world))
    await departures(world).sweep()
    assert len(looks(world)) == before


async def test_a_sweep_that_slack_cuts_off_goes_on_in_the_next_round(world: World) -> None:
    """tok_offboard"""
    await met(world, "jamal", "mei", "camille")
    for who in ("jamal", "mei", "camille"):
        world.slack.user(who).deleted = True
    await unseen_for_days(world)
    world.slack.faults.fail("users.info", "ratelimited", times=1)
    await departures(world).sweep()
    assert len(await world.rows("SELECT * FROM grants")) == 3
    await departures(world).sweep()
    assert await world.rows("SELECT * FROM grants") == []


async def test_somebody_about_whom_slack_says_nothing_holds_nobody_up(world: World) -> None:
    await met(world, "jamal", "mei")
    for who in ("jamal", "mei"):
        world.slack.user(who).deleted = True
    await unseen_for_days(world)
    world.slack.faults.fail("users.info", "internal_error", times=1)
    await departures(world).sweep()
    assert len(await world.rows("SELECT * FROM grants")) == 1


async def test_what_a_process_left_undone_when_it_died_is_done_by_the_next_round(world: World) -> None:
    """tok_offboard: it knew that they are gone, and got no further."""
    await met(world, "jamal", "mei")
    await world.rows("UPDATE people SET deactivated_at = now() WHERE id = :who", who=world.person("jamal"))
    before = len(looks(world))
    await departures(world).sweep()
    assert await world.rows("SELECT person FROM grants") == [{"person": world.person("mei")}]
    assert len(looks(world)) == before


async def test_a_workspace_that_left_without_a_word_is_found_too(world: World) -> None:
    """tok_offboard"""
    await met(world, "jamal", "mei")
    await unseen_for_days(world)
    world.slack.world.revoked.add(world.slack.workspace.bot_token)
    await departures(world).sweep()
    await no_accounts(world)


async def test_two_rounds_at_once_ask_once(world: World) -> None:
    await met(world, "jamal", "mei")
    await unseen_for_days(world)
    before, looking = len(looks(world)), departures(world)
    await asyncio.gather(looking.sweep(), looking.sweep())
    assert len(looks(world)) - before == 2


async def test_who_comes_back_starts_without_accounts(world: World) -> None:
    await met(world, "jamal")
    await world.slack.change_user("jamal", deleted=True)
    await no_accounts(world)
    await world.slack.change_user("jamal", deleted=False)
    await becomes(world, [(None,)], "SELECT deactivated_at FROM people")
    again = await ask(world, "jamal")
    assert again.link.startswith(world.servers.bot_url)
