"""Approvals through the whole product, each promise by its id: who decides, what it counts for, and how often."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import JsonValue, SecretStr

from integrations.integration import Account, Tokens
from playground.github.world import Write
from playground.model import Conversation, Plan, PlannedCall, Scripted, call
from playground.servers import Servers
from playground.slack.app import JSON, SlackApp
from playground.slack.interactions import find_element
from playground.slack.people import User
from tests.bot.slack.card_rules import walk
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.restarting import restarted

pytestmark = pytest.mark.every_write_asks

BODY = "Please name the segment after the valley."
COMMENT = call("comment_on_pull_request", repository="atlas-api", number=417, body=BODY)
REVIEW = call("review_pull_request", repository="atlas-api", number=417, verdict="approve", body="Good.")
APPROVE, DENY = "approval.approve", "approval.deny"
OTHER_TEAM = "T0ELSEWHERE"


# 20. appr_actor


async def test_appr_actor_somebody_else_decides_nothing_and_the_audit_says_who_tried(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    await world.connect("mei")
    _, card = await asked(world)
    before = str(now(world, card))
    for action in (APPROVE, DENY, "approval.edit", "approval.always"):
        assert (await world.slack.click("mei", card["ts"], action)).is_acked
    await world.slack.settled()
    assert await states(world) == ["open"]
    assert str(now(world, card)) == before
    assert world.slack.modal("mei") is None
    assert writes(world) == []
    tried = await world.rows("SELECT person, actor FROM audit WHERE action = 'approval.refused'")
    assert {"person": world.person("ren"), "actor": world.person("mei")} in tried


async def test_appr_actor_the_same_id_in_another_workspace_is_somebody_else(open_world: OpenWorld) -> None:
    """Slack's ids of people are only unique within a workspace, and Pinyon may be in several."""

    tokens = f"{SlackApp().bot_token},xoxb-elsewhere-1"
    world = await open_world(Scripted([COMMENT, "It is posted."]), prepare=elsewhere, SLACK_BOT_TOKEN=tokens)
    await world.connect("ren")
    thread, card = await asked(world)
    before = str(now(world, card))
    await forged(world, card, APPROVE, team=OTHER_TEAM)
    await forged(world, card, DENY, team=OTHER_TEAM)
    await world.slack.settled()
    assert await states(world) == ["open"]
    assert str(now(world, card)) == before
    assert writes(world) == []
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert [written.by for written in writes(world)] == ["ren-k"]


async def test_appr_actor_a_workspace_that_pinyon_is_not_in_is_not_heard(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]), prepare=elsewhere)
    await world.connect("ren")
    _, card = await asked(world)
    await forged(world, card, APPROVE, team=OTHER_TEAM)
    await world.slack.settled()
    assert await states(world) == ["open"]
    assert writes(world) == []


async def test_appr_actor_a_dialog_that_somebody_else_sends_changes_nothing(open_world: OpenWorld) -> None:
    """Its only mark of whose it is, is a number that could be made up."""
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    _, card = await asked(world)
    before = str(now(world, card))
    await stolen(world, card, "approval.edit", {"body": "Merge it."})
    assert await states(world) == ["open"]
    assert str(now(world, card)) == before
    assert "Merge it." not in str(await world.rows("SELECT body FROM pending"))
    assert writes(world) == []


async def test_appr_actor_a_dialog_for_all_that_somebody_else_sends_approves_nothing(open_world: OpenWorld) -> None:
    many = Plan(calls=tuple(comment(f"Remark {number}.") for number in range(10)))
    world = await open_world(Scripted([many]))
    await world.connect("ren")
    _, card = await asked(world, action="approval.show")
    await stolen(world, card, "approval.show", None)
    assert await states(world) == ["open"] * 10
    assert writes(world) == []


async def test_appr_actor_nobody_else_takes_back_what_was_done(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    await world.connect("mei")
    thread, card = await asked(world)
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    await reads(world, card, "*Comment posted*")
    assert (await world.slack.click("mei", card["ts"], "done.undo")).is_acked
    await world.slack.settled()
    assert await states(world) == ["done"]
    assert [written.action for written in writes(world)] == ["comment"]
    await asyncio.gather(*(click(world, card, "done.undo") for _ in range(3)))
    await reads(world, card, "Comment deleted")
    assert await states(world) == ["undone"]
    assert BODY not in [one.body for one in world.github.pull("atlas-api", 417).comments]


def elsewhere(servers: Servers) -> None:
    servers.slack.add_workspace(OTHER_TEAM, bot_token="xoxb-elsewhere-1")


# 21. appr_hash


async def test_appr_hash_a_write_that_was_changed_in_the_database_is_asked_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    await world.rows("UPDATE pending SET body = replace(body, 'the valley', 'the lake')")
    await click(world, card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    assert "the lake" in world.words("dm:ren", second)
    assert "Your earlier approval was not used" in world.words("dm:ren", second)
    assert writes(world) == []


async def test_appr_hash_another_account_is_asked_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    await sign_in_as(world, "ren", "mei")
    await click(world, card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    shown = world.words("dm:ren", second)
    assert "it would be done as meiling-z" in shown
    assert "Your earlier approval was not used" in shown
    assert writes(world) == []
    await click(world, second, APPROVE)
    await world.answer("dm:ren", thread, count=3)
    assert [written.by for written in writes(world)] == ["meiling-z"]


async def test_appr_hash_what_the_person_changed_is_what_counts(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    [first] = await world.rows("SELECT digest FROM pending")
    await click(world, card, "approval.edit")
    await world.until(lambda: world.slack.modal("ren"))
    assert (await world.slack.submit("ren", {"body": "Name it after the lake."})).is_acked
    await reads(world, card, "Name it after the lake.")
    [second] = await world.rows("SELECT digest FROM pending")
    assert first != second
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert [written.arguments["body"] for written in writes(world)] == ["Name it after the lake."]


async def test_appr_hash_what_is_changed_and_approved_at_the_same_moment_is_one_of_the_two(
    open_world: OpenWorld,
) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    await click(world, card, "approval.edit")
    await world.until(lambda: world.slack.modal("ren"))
    await asyncio.gather(world.slack.submit("ren", {"body": "Name it after the lake."}), click(world, card, APPROVE))
    await world.answer("dm:ren", thread, count=2)
    await world.over(2)
    [written] = writes(world)
    assert written.arguments["body"] in (BODY, "Name it after the lake.")
    [stored] = await world.rows("SELECT body FROM pending")
    assert str(written.arguments["body"]) in stored["body"]


async def test_appr_hash_a_typed_yes_approves_nothing(open_world: OpenWorld) -> None:
    """Words are bound to no arguments: who knows which of two cards they saw."""
    world = await open_world(Scripted([COMMENT, "Tap Approve on the card for that."]))
    await world.connect("ren")
    thread, _ = await asked(world)
    await world.slack.say("ren", "dm", "yes, approved, go ahead", thread=thread)
    await world.answer("dm:ren", thread, count=2)
    assert await states(world) == ["moved_on"]
    assert writes(world) == []


# 22. appr_once


async def test_appr_once_clicks_at_the_same_moment_act_once(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    await asyncio.gather(*(click(world, card, APPROVE) for _ in range(5)))
    await world.answer("dm:ren", thread, count=2)
    assert len(writes(world)) == 1
    assert await world.over(2) == ["waiting", "answered"]


async def test_appr_once_yes_and_no_at_the_same_moment_are_one_of_them(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    _, card = await asked(world)
    await asyncio.gather(*(click(world, card, action) for action in (APPROVE, DENY, APPROVE, DENY)))
    await world.over(2)
    [state] = await states(world)
    assert len(writes(world)) == {"done": 1, "denied": 0}[state]


async def test_appr_once_after_expiry_nothing_happens(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    _, card = await asked(world)
    seen = dict(card)
    await world.rows("UPDATE pending SET expires_at = now() - interval '1 second'")
    await again(world, seen, APPROVE)
    await world.app.tick()
    await reads(world, card, "*Expired. Nothing was posted.*")
    await again(world, seen, APPROVE)
    await world.slack.settled()
    assert await states(world) == ["expired"]
    assert writes(world) == []


async def test_appr_once_after_a_denial_nothing_happens(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    _, card = await asked(world)
    seen = dict(card)
    await click(world, card, DENY)
    await reads(world, card, "*Not posted*")
    for action in (APPROVE, "approval.edit", "approval.always"):
        await again(world, seen, action)
    await world.over(2)
    assert await states(world) == ["denied"]
    assert world.slack.modal("ren") is None
    assert writes(world) == []
    assert await world.rows("SELECT * FROM permissions") == []


async def test_appr_once_a_replayed_payload_does_nothing(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    for _ in range(3):
        await replay(world)
    assert len(writes(world)) == 1
    assert await world.over(2) == ["waiting", "answered"]


async def test_appr_once_a_replayed_payload_after_a_restart_does_nothing(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    seen = dict(card)
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    await world.over(2)
    async with restarted(world, database_url, tmp_path):
        await replay(world)
        await again(world, seen, DENY)
        await world.slack.settled()
        assert await world.over(2) == ["waiting", "answered"]
        assert len(writes(world)) == 1
        assert await states(world) == ["done"]


async def test_appr_once_a_card_from_before_a_restart_acts_once(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    world = await open_world(Scripted([COMMENT, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    await world.over()
    async with restarted(world, database_url, tmp_path):
        await asyncio.gather(click(world, card, APPROVE), click(world, card, APPROVE))
        await world.answer("dm:ren", thread, count=2)
        assert len(writes(world)) == 1
        assert await world.over(2) == ["waiting", "answered"]


# 23. appr_spoof


async def test_appr_spoof_a_text_cannot_draw_on_the_card(open_world: OpenWorld) -> None:
    hostile = (
        "<!channel> <@U0T1A7KQ2> <https://evil.example|tamarack-maps/atlas-api #1>\n"
        "```\n*Approved by Ren*\n```\n:white_check_mark: `Comment posted`\n" + "x " * 3_000 + "\nand the end of it"
    )
    comment = call("comment_on_pull_request", repository="atlas-api", number=417, body=hostile)
    world = await open_world(Scripted([comment, "Posted."]))
    await world.connect("ren")
    thread, card = await asked(world)
    acting = [text for text in markup(card["blocks"]) if "evil.example" in text or "Approved by" in text]
    assert acting == []
    assert not any(word in card["text"] for word in ("evil", "<!", "Approved"))
    shown = str(card["blocks"])
    assert shown.index("tamarack-maps/atlas-api #417") < shown.index("evil.example")
    assert "approval.show" in shown
    await click(world, card, "approval.show")
    assert "and the end of it" in str(await world.until(lambda: world.slack.modal("ren")))
    await world.slack.close_modal("ren")
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert [written.arguments["body"] for written in writes(world)] == [hostile]


# 24. appr_unicode


async def test_appr_unicode_a_recipient_that_only_looks_right_shows(open_world: OpenWorld) -> None:
    looks_like = "marit@t\u0430marack.example"
    hidden = "Hi\u202e, the plan\u200b"
    mail = call("send_mail", to=[looks_like], subject="Plan", body=hidden)
    world = await open_world(Scripted([mail]))
    await world.connect("ren", "google")
    _, card = await asked(world)
    shown = world.words("dm:ren", card)
    assert looks_like not in shown
    assert "xn--" in shown
    assert "⟨U+202E⟩" in shown
    assert "⟨U+200B⟩" in shown
    assert "\u202e" not in str(card["blocks"])


# 25. appr_fatigue


async def test_appr_fatigue_forty_writes_are_one_card_and_no_more_than_twenty(open_world: OpenWorld) -> None:
    many = Plan(calls=tuple(comment(f"Remark {number}.") for number in range(40)))
    world = await open_world(Scripted([many, "Twenty of them."]))
    await world.connect("ren")
    thread, card = await asked(world, action="approval.show")
    cards = [post for post in world.slack.replies("dm:ren", thread) if "approval." in str(post.get("blocks"))]
    assert [post["ts"] for post in cards] == [card["ts"]]
    assert await states(world) == ["open"] * 20
    assert await world.over() == ["waiting"]
    assert len(world.model.requests) == 1
    assert writes(world) == []


# 26. appr_toctou


async def test_appr_toctou_a_push_before_the_click_is_shown_and_asked_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([REVIEW, "Approved."]))
    await world.connect("ren")
    thread, card = await asked(world)
    world.github.push("atlas-api", 417)
    await click(world, card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    assert "Changed since I asked" in world.words("dm:ren", second)
    assert writes(world) == []
    await click(world, second, APPROVE)
    await world.answer("dm:ren", thread, count=3)
    assert [written.action for written in writes(world)] == ["review"]


async def test_appr_toctou_a_push_after_the_second_look_is_asked_a_third_time(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([REVIEW, "Approved."]))
    await world.connect("ren")
    thread, card = await asked(world)
    for count in (2, 3):
        world.github.push("atlas-api", 417)
        await click(world, card, APPROVE)
        card = await world.answer("dm:ren", thread, count=count)
        assert "Changed since I asked" in world.words("dm:ren", card)
    assert writes(world) == []


async def test_appr_toctou_a_ticket_that_was_moved_meanwhile_is_asked_again(open_world: OpenWorld) -> None:
    move = call("move_ticket", key="TRAIL-141", to="Done")
    world = await open_world(Scripted([move, "Moved."]))
    await world.connect("ren", "atlassian")
    await world.connect("priya", "atlassian")
    thread, card = await asked(world)
    ticket = world.atlassian.issue("TRAIL-141")
    ticket.status = next(
        status for status in ticket.project.statuses if status.name not in (ticket.status.name, "Done")
    )
    await click(world, card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    assert "Changed since I asked" in world.words("dm:ren", second)
    assert world.atlassian.writes == []


async def test_appr_toctou_whoever_joined_a_channel_meanwhile_is_shown_before_anything_is_posted(
    open_world: OpenWorld,
) -> None:
    """What was approved was for those who read there then."""
    post = call("post_message", channel="#eng", text="We are done.")
    world = await open_world(Scripted([post, "Posted."]))
    await world.connect("ren", "slack")
    thread, card = await asked(world)
    assert "guest" not in world.words("dm:ren", card).replace("no guests", "")
    world.slack.place("#eng")[1].members.append(world.slack.user("harriet").id)
    await click(world, card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    shown = world.words("dm:ren", second)
    assert "Changed since I asked" in shown
    assert "1 guest" in shown
    assert not [message for message in world.slack.messages("#eng") if message["text"] == "We are done."]
    await click(world, second, APPROVE)
    await world.answer("dm:ren", thread, count=3)
    assert len([message for message in world.slack.messages("#eng") if message["text"] == "We are done."]) == 1


async def test_appr_toctou_what_was_written_meanwhile_is_shown_before_a_mail_is_answered(
    open_world: OpenWorld,
) -> None:
    def brain(conversation: Conversation) -> Plan | str:
        return "Sent." if conversation.returned else call("reply_to_mail", thread=last.thread, body="16:45 is fine.")

    world = await open_world(Scripted(brain))
    last = next(mail for mail in world.google.mail.mailbox("ren").newest_first() if mail.seed == "mail-cand-3")
    await world.connect("ren", "google")
    thread, card = await asked(world)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "jamal.osei@mailbox.example", "ren@tamarack.example", last.subject
    mail["In-Reply-To"] = last.message_id
    mail.set_content("Please forget it, 16:30 works.")
    assert world.google.mail.receive("ren", mail.as_bytes()).thread == last.thread
    await click(world, card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    assert "Changed since I asked" in world.words("dm:ren", second)
    assert world.google.writes == []


# Clicks, as they are and as they are not.


async def asked(world: World, *, action: str = APPROVE) -> tuple[str, JSON]:
    """Ren asks for something; gives the thread, and the card that waits there."""
    thread = await world.slack.say("ren", "dm", "do it")
    return thread, await world.card("dm:ren", thread, action, seconds=15)


async def click(world: World, card: JSON, action: str) -> None:
    assert (await world.slack.click("ren", card["ts"], action)).is_acked


async def again(world: World, seen: JSON, action: str) -> None:
    """Click a button of a card as it was, though it was redrawn meanwhile."""
    await forged(world, seen, action, team=world.slack.workspace.id)


async def forged(world: World, seen: JSON, action: str, *, team: str) -> None:
    """A click with Ren's id, on the button that Ren saw, which comes from the workspace `team`."""
    found = find_element(seen["blocks"], action)
    assert found is not None
    block, element = found
    ren = world.slack.user("ren")
    conversation, message, _ = world.slack.message(world.slack.workspace, ren, seen["ts"])
    workspace = world.slack.world.workspaces[team]
    twin = User(id=ren.id, team=team, handle=ren.handle, name=ren.name, email=ren.email)
    clicked = {"type": "button", "block_id": block, "action_id": action, "value": element["value"]}
    await world.slack.act_in_message(workspace, twin, conversation, message, clicked)


async def stolen(world: World, card: JSON, action: str, entered: Mapping[str, str] | None) -> None:
    """Mei sends the dialog that Ren opened."""
    await click(world, card, action)
    view = await world.until(lambda: world.slack.modal("ren"))
    await world.slack.close_modal("ren")
    assert view is not None
    world.slack.workspace.modals[world.slack.user("mei").id] = [view["id"]]
    await world.slack.submit("mei", entered)
    await world.slack.settled()


async def replay(world: World) -> None:
    """Send the last approval once more, byte for byte."""
    entries = world.slack.world.traffic.entries
    last = next(entry for entry in reversed(entries) if entry.name == "block_actions" and APPROVE in str(entry.request))
    await world.slack.world.courier.interact("interactive", "block_actions", last.request, at=world.slack.world.clock())
    await world.slack.settled()


async def sign_in_as(world: World, who: str, other: str) -> None:
    """Connect somebody's GitHub account to another person's Pinyon, as a second consent would."""
    given = world.github.sign_in(other)
    login = str(given["login"])
    await world.app.connections.grants.grant(
        world.person(who),
        "github",
        account=Account(id=login, name=login),
        tokens=Tokens(
            access=SecretStr(given["access_token"]), refresh=None, expires_at=None, refresh_expires_at=None, scopes=()
        ),
        now=datetime.now(UTC),
    )


def comment(body: str) -> PlannedCall:
    return PlannedCall(
        tool="comment_on_pull_request", arguments={"repository": "atlas-api", "number": 417, "body": body}
    )


def now(world: World, card: JSON) -> JSON:
    return world.slack.place("dm:ren")[1].messages[card["ts"]]


async def reads(world: World, card: JSON, words: str) -> str:
    """Wait until a card reads so; gives all of it."""
    await world.until(lambda: words in world.words("dm:ren", card))
    return world.words("dm:ren", card)


async def states(world: World) -> list[str]:
    return [row["state"] for row in await world.rows("SELECT state FROM pending ORDER BY created_at, id")]


def writes(world: World) -> Sequence[Write]:
    """What GitHub was changed by, oldest first."""
    return world.github.writes


def markup(blocks: JsonValue) -> list[str]:
    """Every text of a card in which Slack finds markup."""
    return [str(node["text"]) for _, node in walk(blocks) if node.get("type") == "mrkdwn"]
