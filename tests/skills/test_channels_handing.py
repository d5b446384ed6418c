"""Asking somebody to take over, at the playground's Slack."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.errors import IntegrationError, NotFound, OutcomeUnknown, PermissionMissing
from integrations.integration import Destination
from integrations.slack.client import Slack
from memory.ids import PersonId
from playground.company import load_company
from playground.slack import SlackServer
from skills.channels import SKILL
from skills.channels.handing import hand_to
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import Asker, Result, ToolContext

EMAIL = (*SKILL.scopes.write, "users:read.email")
WORDS = {
    "question": "Can you **deploy** PLAT-77?",
    "summary": "I tried twice: the pipeline is locked.\n\n- open: who may",
}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    async with SlackServer(company, clock=company.now.timestamp) as server:
        yield server


def as_person(server: SlackServer, handle: str, scopes: tuple[str, ...] = EMAIL) -> ToolContext[Slack]:
    given = server.sign_in_user(handle, scopes)
    user = server.user(handle)
    return ToolContext(
        client=Slack(SecretStr(given["access_token"]), Destination(api_url=server.api_url)),
        account=f"{handle} in Tamarack",
        asker=Asker(person=PersonId(f"{server.workspace.id}:{user.id}"), name=user.name, zone=user.zone),
        now=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )


async def handed(ctx: ToolContext[Slack], to: str, **more: str) -> Result:
    """Hand over as the toolbox does: settled, then run with what the card held."""
    assert hand_to.settle is not None
    arguments = await hand_to.settle(ctx, **{"to": to, **WORDS, **more})
    valid = hand_to.arguments.model_validate(hand_to.arguments(**arguments).model_dump(mode="json"))
    return await hand_to.run(ctx, **{field: getattr(valid, field) for field in type(valid).model_fields})


async def card(ctx: ToolContext[Slack], to: str) -> dict[str, Any]:
    assert hand_to.settle is not None
    return await hand_to.settle(ctx, to=to, **WORDS)


async def test_the_card_names_the_colleague_in_full_and_says_that_only_they_read_it(slack: SlackServer):
    ctx = as_person(slack, "priya")
    shown = await card(ctx, "nadia petrenko")
    assert str(shown["to"]) == f"Nadia Petrenko, {slack.user('nadia').title}, nadia@tamarack.example"
    assert (shown["to"], str(shown["readers"])) == ("nadia@tamarack.example", "Only Nadia Petrenko")
    assert await card(ctx, "nadia@tamarack.example") == shown
    assert await card(ctx, slack.user("nadia").id) == shown
    assert await card(ctx, "@nadia") == shown


async def test_the_card_says_when_a_guest_would_read_it(slack: SlackServer):
    ctx = as_person(slack, "priya")
    harriet = await card(ctx, "Harriet Boone")
    assert (str(harriet["to"]), str(harriet["readers"])) == (
        "Harriet Boone, Freelance cartographer, harriet@boonemaps.example, guest",
        "Only Harriet Boone, guest",
    )
    place = await card(ctx, "#proj-winter-maps")
    assert (place["to"], str(place["readers"])) == ("#proj-winter-maps", "4 people, 1 guest")


async def test_a_colleague_is_asked_in_a_direct_message_in_the_persons_name(slack: SlackServer):
    result = await handed(as_person(slack, "priya"), "Nadia Petrenko")
    assert result.undo is not None
    place = str(result.undo["channel"])
    (message,) = slack.messages(place)
    assert message["text"] == "Can you *deploy* PLAT-77?\n\nI tried twice: the pipeline is locked.\n\n• open: who may"
    assert message["user"] == slack.user("priya").id
    assert set(slack.place(place)[1].members) == {slack.user(who).id for who in ("priya", "nadia")}
    assert result.link == f"{slack.url}/archives/{place}/p{message['ts'].replace('.', '')}"
    assert (result.untrusted, result.said) == (False, "Asked nadia@tamarack.example to take over")


async def test_both_talk_in_one_place_however_often_they_do(slack: SlackServer):
    ctx = as_person(slack, "priya")
    first, second = await handed(ctx, "nadia"), await handed(ctx, "nadia", question="And now?")
    assert first.undo is not None
    assert second.undo is not None
    assert first.undo["channel"] == second.undo["channel"]


async def test_a_channel_is_asked_where_the_person_is_a_member(slack: SlackServer):
    ctx = as_person(slack, "priya")
    await handed(ctx, "#team")
    assert slack.messages("#team")[-1]["text"].startswith("Can you *deploy* PLAT-77?")
    with pytest.raises(ToolFailed, match="not a member of #platform-oncall"):
        await card(ctx, "#platform-oncall")


async def test_no_words_of_it_call_a_whole_channel(slack: SlackServer):
    """appr_spoof: what is posted is what the card showed."""
    await handed(as_person(slack, "priya"), "#team", question="<!channel> look", summary="<!here> now")
    assert slack.messages("#team")[-1]["text"] == "&lt;!channel&gt; look\n\n&lt;!here&gt; now"


@pytest.mark.parametrize(
    ("to", "error", "told"),
    [
        ("nobody at all", RetryToolCall, "nobody is called 'nobody at all'"),
        ("", RetryToolCall, "nobody is called ''"),
        ("ma", RetryToolCall, r"may be any of .*ask which"),
        ("priya", ToolFailed, "That is the person themselves"),
        ("nobody@tamarack.example", ToolFailed, "nobody with the address"),
        ("#nowhere", RetryToolCall, "in no channel called '#nowhere'"),
    ],
)
async def test_whom_nobody_can_mean_goes_back(slack: SlackServer, to: str, error: type[Exception], told: str):
    with pytest.raises(error, match=told):
        await card(as_person(slack, "priya"), to)


async def test_two_of_one_name_are_never_guessed(slack: SlackServer):
    slack.user("harriet").name = "Nadia Petrenko"
    with pytest.raises(RetryToolCall, match=r"may be any of Nadia Petrenko \(U\w+\), Nadia Petrenko \(U\w+\)"):
        await card(as_person(slack, "priya"), "Nadia Petrenko")


async def test_who_left_and_apps_cannot_take_over(slack: SlackServer):
    ctx, identity = as_person(slack, "priya"), slack.user("oskar").id
    await slack.change_user("oskar", deleted=True)
    with pytest.raises(ToolFailed, match=r"Oskar .* is no longer in the workspace"):
        await card(ctx, f"<@{identity}>")
    with pytest.raises(ToolFailed, match="is an app"):
        await card(ctx, f"<@{slack.workspace.bot.id}>")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"question": " "}, "`question` must not be empty"),
        ({"summary": ""}, "`summary` must not be empty"),
        ({"question": "x" * 501}, "`question` may have 500 characters, got 501"),
        ({"summary": "x" * 6_001}, "`summary` may have 6,000 characters"),
    ],
)
async def test_words_that_do_not_help_go_back(slack: SlackServer, more: dict[str, str], told: str):
    with pytest.raises(RetryToolCall, match=told):
        await handed(as_person(slack, "priya"), "nadia", **more)


async def test_somebody_who_becomes_a_guest_meanwhile_asks_anew(slack: SlackServer):
    assert hand_to.version is not None
    arguments = {"to": "nadia@tamarack.example", **WORDS, "readers": ""}
    before = await hand_to.version(as_person(slack, "priya"), **arguments)
    await slack.change_user("nadia", kind="guest")
    after = await hand_to.version(as_person(slack, "priya"), **arguments)
    assert before.fingerprint != after.fingerprint


async def test_without_the_permission_to_open_direct_messages_the_person_connects_again(slack: SlackServer):
    few = tuple(scope for scope in EMAIL if scope != "im:write")
    with pytest.raises(PermissionMissing, match=r"im:write"):
        await handed(as_person(slack, "priya", few), "nadia")


async def test_a_lost_answer_is_unknown_and_not_repeated(slack: SlackServer):
    ctx = as_person(slack, "priya")
    slack.faults.drop("chat.postMessage", after=True)
    with pytest.raises(OutcomeUnknown):
        await handed(ctx, "#team")
    texts = [message["text"] for message in slack.messages("#team")]
    assert sum(text.startswith("Can you *deploy*") for text in texts) == 1


@pytest.mark.parametrize(("error", "kind"), [("user_not_found", NotFound), ("cannot_dm_bot", IntegrationError)])
async def test_what_slack_refuses_ends_in_a_sentence(slack: SlackServer, error: str, kind: type[Exception]):
    slack.faults.fail("conversations.open", error)
    with pytest.raises(kind, match=r"\.$"):
        await handed(as_person(slack, "priya"), "nadia")
