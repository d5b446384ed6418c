"""The people skill at the playground's Slack."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.integration import Destination
from integrations.slack.client import Slack
from memory.ids import PersonId
from playground.company import load_company
from playground.slack import SlackServer
from skills.errors import RetryToolCall, ToolFailed
from skills.people import SKILL
from skills.skill import Asker, Result, ToolContext

TOOLS = {tool.name: tool for tool in SKILL.tools}
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    async with SlackServer(company, clock=company.now.timestamp) as server:
        yield server


def as_person(server: SlackServer, handle: str, scopes: tuple[str, ...] = SKILL.scopes.write) -> ToolContext[Slack]:
    given = server.sign_in_user(handle, scopes)
    user = server.user(handle)
    return ToolContext(
        client=Slack(SecretStr(given["access_token"]), Destination(api_url=server.api_url)),
        account=f"{handle} in Tamarack",
        asker=Asker(person=PersonId(f"{server.workspace.id}:{user.id}"), name=user.name, zone=user.zone),
        now=NOW,
    )


async def used(ctx: ToolContext[Slack], name: str, **arguments: Any) -> Result:
    """Call a tool as the toolbox does: arguments validated first."""
    valid = TOOLS[name].arguments.model_validate(arguments)
    return await TOOLS[name].run(ctx, **{field: getattr(valid, field) for field in type(valid).model_fields})


def content(result: Result) -> dict[str, Any]:
    assert isinstance(result.content, dict)
    return result.content


def names(result: Result) -> list[str]:
    return [row["name"] for row in content(result)["people"]]


# Finding somebody


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("jamal", ["Jamal Whitfield"]),
        ("npetrenko", ["Nadia Petrenko"]),
        ("tomas", ["Tomás Arriaga"]),
        ("beamont", ["Camille Beaumont"]),
        ("product designer", ["Yuki Tanabe"]),
        ("engineer wayfinder", ["Camille Beaumont", "Devraj Malhotra"]),
        ("atlas-team lead", ["Ren Kobayashi"]),
        ("mei@tamarack.example", ["Mei-Ling Zhao"]),
        ("ling", ["Mei-Ling Zhao"]),
        ("nobody like that", []),
    ],
)
async def test_people_are_found_by_what_is_known_of_them(slack: SlackServer, words: str, found: list[str]):
    assert sorted(names(await used(as_person(slack, "ren"), "find_people", words=words))) == sorted(found)


async def test_a_hit_says_who_it_is_and_what_time_it_is_there(slack: SlackServer):
    result = await used(as_person(slack, "ren"), "find_people", words="jamal")
    assert content(result)["people"] == [
        {
            "id": "U0T7N3YG1",
            "name": "Jamal Whitfield",
            "handle": "@jamal",
            "title": "Site reliability engineer",
            "team": "Bedrock",
            "address": "jamal@tamarack.example",
            "time_zone": "America/Denver",
            "local_time": "2026-11-20T02:30-07:00 (Friday)",
        }
    ]
    assert (result.untrusted, result.said) == (True, "Found 1 person")


async def test_guests_and_outsiders_are_marked_and_apps_are_no_people(slack: SlackServer):
    ctx = as_person(slack, "priya")
    (harriet,) = content(await used(ctx, "find_people", words="harriet"))["people"]
    (luca,) = content(await used(ctx, "find_people", words="luca"))["people"]
    assert (harriet["standing"], luca["standing"]) == ("guest", "other company")
    assert names(await used(ctx, "find_people", words="pinyon")) == []


async def test_many_hits_are_cut_with_a_word_about_it(slack: SlackServer):
    shown = content(await used(as_person(slack, "priya"), "find_people", words="team lead"))
    assert shown["total"] == 3
    slack.workspace.groups["S0ATLAS"] = replace(slack.workspace.groups["S0ATLAS"], users=tuple(slack.workspace.users))
    shown = content(await used(as_person(slack, "priya"), "find_people", words="atlas"))
    assert len(shown["people"]) == 10
    assert shown["note"] == f"Only the first 10 of {shown['total']} are listed. Add a word."


async def test_without_user_groups_people_are_found_all_the_same(slack: SlackServer):
    slack.faults.fail("usergroups.list", "paid_teams_only", times=9)
    ctx = as_person(slack, "ren")
    assert names(await used(ctx, "find_people", words="jamal")) == ["Jamal Whitfield"]
    with pytest.raises(Refused, match="plan does not have it"):
        await used(ctx, "list_group", group="atlas")


# Profiles


async def test_my_manager_stands_in_my_own_profile(slack: SlackServer):
    shown = content(await used(as_person(slack, "jamal"), "read_profile", person="me"))
    assert shown["manager"] == {
        "id": "U0T6L1WE9",
        "name": "Nadia Petrenko",
        "handle": "@nadia",
        "title": "Team lead Bedrock",
        "address": "nadia@tamarack.example",
    }
    assert shown["fields"] == {"Manager": "Nadia Petrenko", "Team": "Bedrock", "Working hours": "07:00-15:30"}
    assert shown["status"] == {"text": "on call this week", "emoji": ":pager:"}
    assert (shown["pronouns"], shown["team"]) == ("he/him", "Bedrock")


@pytest.mark.parametrize("person", ["nadia", "@nadia", "Nadia Petrenko", "<@U0T6L1WE9>", "nadia@tamarack.example"])
async def test_a_person_may_be_named_in_many_ways(slack: SlackServer, person: str):
    assert content(await used(as_person(slack, "ren"), "read_profile", person=person))["id"] == "U0T6L1WE9"


async def test_a_manager_who_is_not_known_is_said_to_be_unknown(slack: SlackServer):
    shown = content(await used(as_person(slack, "ren"), "read_profile", person="marit"))
    assert shown["manager"] is None
    assert shown["note"] == "The profile does not say who their manager is."
    slack.faults.fail("team.profile.get", "not_allowed")
    assert content(await used(as_person(slack, "ren"), "read_profile", person="jamal"))["manager"] is None


async def test_a_first_name_that_two_have_is_asked_about(slack: SlackServer):
    slack.user("mei").name = "Jamal Zhao"
    with pytest.raises(RetryToolCall, match=r"any of Jamal Whitfield \(U0T7N3YG1\), Jamal Zhao \(U0T7N3YG5\)"):
        await used(as_person(slack, "ren"), "read_profile", person="Jamal")


async def test_nobody_is_invented(slack: SlackServer):
    ctx = as_person(slack, "ren")
    with pytest.raises(RetryToolCall, match="cannot find a person called 'Gideon'"):
        await used(ctx, "read_profile", person="Gideon")
    with pytest.raises(ToolFailed, match=r"Nobody in this workspace has the address 'gideon@leadlantern\.example'"):
        await used(ctx, "read_profile", person="gideon@leadlantern.example")
    with pytest.raises(NotFound):
        await used(ctx, "read_profile", person="U0NOBODY1")


async def test_a_status_that_has_ended_is_not_told(slack: SlackServer):
    slack.user("jamal").status_until = int(NOW.timestamp()) - 1
    assert content(await used(as_person(slack, "ren"), "read_profile", person="jamal"))["status"] is None


# Groups


@pytest.mark.parametrize("group", ["bedrock", "@bedrock-team", "S0BEDROCK", "<!subteam^S0BEDROCK>", "bedro"])
async def test_a_group_tells_its_members_and_who_leads_it(slack: SlackServer, group: str):
    shown = content(await used(as_person(slack, "priya"), "list_group", group=group))
    assert (shown["group"], shown["handle"]) == ("Bedrock", "@bedrock-team")
    assert [member["name"] for member in shown["members"]] == ["Nadia Petrenko", "Jamal Whitfield", "Mei-Ling Zhao"]
    assert shown["leads"] == [{"id": "U0T6L1WE9", "name": "Nadia Petrenko", "why": "manager of 2 in Bedrock"}]


async def test_a_group_whose_leader_nobody_names_says_so(slack: SlackServer):
    for user in slack.workspace.users.values():
        user.manager = ""
    shown = content(await used(as_person(slack, "priya"), "list_group", group="atlas"))
    assert (shown["leads"], shown["note"]) == ([], "No profile says who leads this group.")


async def test_an_unknown_group_tells_which_there_are(slack: SlackServer):
    with pytest.raises(RetryToolCall, match="There are @atlas-team, @wayfinder-team, @bedrock-team"):
        await used(as_person(slack, "priya"), "list_group", group="marketing")
    with pytest.raises(RetryToolCall, match="may be any of"):
        await used(as_person(slack, "priya"), "list_group", group="team")


# One's own status


async def test_a_status_is_set_for_a_while_and_cleared(slack: SlackServer):
    ctx = as_person(slack, "ren")
    result = await used(ctx, "set_my_status", text="Writing: back at 15:00", emoji="memo", minutes=60)
    assert content(result)["status"] == {
        "text": "Writing: back at 15:00",
        "emoji": ":memo:",
        "until": "2026-11-20T02:30-08:00",
    }
    ren = slack.user("ren")
    assert (ren.status, ren.status_until) == (":memo: Writing: back at 15:00", int(NOW.timestamp()) + 3_600)
    assert not result.untrusted
    cleared = await used(ctx, "set_my_status", text="")
    assert (content(cleared)["status"], cleared.said, ren.status) == (None, "Cleared the status", "")


async def test_the_card_shows_the_emoji_as_slack_names_it(slack: SlackServer):
    settle = TOOLS["set_my_status"].settle
    assert settle is not None
    card = await settle(as_person(slack, "ren"), text="Writing", emoji="memo", minutes=None)
    assert card == {"text": "Writing", "emoji": ":memo:", "minutes": None}


@pytest.mark.parametrize(
    ("arguments", "wants"),
    [
        ({"text": "x" * 101}, "may have 100 characters, got 101"),
        ({"text": "x", "emoji": "two words"}, "emoji's name in Slack"),
    ],
)
async def test_a_status_that_slack_refuses_is_mended(slack: SlackServer, arguments: dict[str, str], wants: str):
    with pytest.raises(RetryToolCall, match=wants):
        await used(as_person(slack, "ren"), "set_my_status", **arguments)


async def test_a_status_lasts_at_least_a_minute(slack: SlackServer):
    with pytest.raises(ValidationError):
        await used(as_person(slack, "ren"), "set_my_status", text="x", minutes=0)


async def test_an_emoji_that_the_workspace_lacks_is_told(slack: SlackServer):
    slack.faults.fail("users.profile.set", "profile_status_set_failed_not_valid_emoji")
    with pytest.raises(Refused, match="no such emoji"):
        await used(as_person(slack, "ren"), "set_my_status", text="x", emoji="nope")


# What goes wrong at Slack

ARGUMENTS: dict[str, dict[str, Any]] = {
    "find_people": {"words": "jamal"},
    "read_profile": {"person": "me"},
    "list_group": {"group": "atlas"},
    "set_my_status": {"text": "hello"},
}
FIRST = {
    "find_people": "users.list",
    "read_profile": "users.profile.get",
    "list_group": "usergroups.list",
    "set_my_status": "users.profile.set",
}
FAILURES: dict[str, type[IntegrationError]] = {
    "token_revoked": AccessRevoked,
    "missing_scope": PermissionMissing,
    "user_not_found": NotFound,
    "no_permission": Refused,
    "ratelimited": ServiceUnavailable,
}


@pytest.mark.parametrize("name", list(ARGUMENTS))
@pytest.mark.parametrize("error", list(FAILURES))
async def test_every_failure_of_every_tool_ends_in_a_sentence(slack: SlackServer, name: str, error: str):
    slack.faults.fail(FIRST[name], error, times=9)
    with pytest.raises(IntegrationError) as caught:
        await used(as_person(slack, "priya"), name, **ARGUMENTS[name])
    assert type(caught.value) is FAILURES[error]
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", list(ARGUMENTS))
async def test_a_slack_that_is_down_is_unavailable_or_unknown(slack: SlackServer, name: str):
    slack.faults.server_error(FIRST[name], times=9)
    with pytest.raises(OutcomeUnknown if name == "set_my_status" else ServiceUnavailable):
        await used(as_person(slack, "priya"), name, **ARGUMENTS[name])


async def test_reading_needs_no_permission_to_change_the_status(slack: SlackServer):
    ctx = as_person(slack, "priya", SKILL.scopes.read)
    for name in ("find_people", "read_profile", "list_group"):
        await used(ctx, name, **ARGUMENTS[name])
    with pytest.raises(PermissionMissing, match=r"users\.profile:write"):
        await used(ctx, "set_my_status", text="hello")


async def test_local_time_follows_the_clock(slack: SlackServer):
    ctx = replace(as_person(slack, "ren"), now=NOW + timedelta(hours=12))
    (jamal,) = content(await used(ctx, "find_people", words="jamal"))["people"]
    assert jamal["local_time"] == "2026-11-20T14:30-07:00 (Friday)"
