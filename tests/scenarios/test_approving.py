"""How a change comes about: asked on a card, decided by its person, done once."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from playground.github.world import Write
from playground.model import Pace, Plan, PlannedCall, Scripted, call
from playground.model.conversation import Conversation
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

pytestmark = pytest.mark.every_write_asks

BODY = "Please name the segment after the valley."
COMMENT = call("comment_on_pull_request", repository="atlas-api", number=417, body=BODY)
MERGE = call("merge_pull_request", repository="wayfinder-app", number=320, method="squash")
APPROVE, DENY, MENU = "approval.approve", "approval.deny", "approval.item:{}"


async def test_what_was_read_and_approved_is_posted_once_and_told(world: World) -> None:
    await world.connect("ren")
    thread, card = await asked(world, "ren", "review 417 and comment")
    before = world.words("dm:ren", card)
    assert "Post this comment on GitHub?" in before
    assert "tamarack-maps/atlas-api #417" in before
    review = world.words("dm:ren", world.slack.replies("dm:ren", thread)[0])
    assert "Commenting on tamarack-maps/atlas-api #417: waits for your approval" in review
    assert writes(world) == []
    await click(world, "ren", card, APPROVE)
    # The review, the card, and what became of it.
    answer = await world.answer("dm:ren", thread, count=3)
    assert "Comment posted" in world.words("dm:ren", answer)
    [written] = writes(world)
    comment = world.github.pull("atlas-api", 417).comments[-1]
    assert written.by == comment.by.login == "ren-k"
    assert comment.body in before
    after = await reads(world, "ren", card, "*Comment posted*")
    assert f"#issuecomment-{comment.id}" in str(card_now(world, "ren", card))
    assert "You approved this" in after
    assert await world.over(2) == ["waiting", "answered"]


async def test_what_was_denied_is_not_posted_and_no_model_is_asked(open_world: OpenWorld) -> None:
    slow = Plan(text="Something else.", pace=Pace(first=1.7))
    world = await open_world(Scripted([COMMENT, slow]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "tell them to name it")
    await click(world, "ren", card, DENY)
    denied = await reads(world, "ren", card, "*Not posted*")
    assert "A reason helps me do better" in denied
    await click(world, "ren", card, "denied.reason:words")
    assert "Wrong place" not in await reads(world, "ren", card, "Reason: Wrong words")
    assert await world.over(2) == ["waiting", "answered"]
    assert len(world.model.requests) == 1
    assert world.slack.replies("dm:ren", thread) == [card_now(world, "ren", card)]
    # As long as the next answer takes, a stop button that was left behind would have shown up.
    await world.ask("ren", "and something else")
    session = world.slack.session("dm:ren", thread)
    assert session is None or session.status != "processing"
    assert world.slack.status("dm:ren", thread) == ""
    assert writes(world) == []


async def test_a_second_click_is_refused_and_changes_nothing(open_world: OpenWorld) -> None:
    """appr_once"""
    world = await open_world(Scripted([COMMENT, "It is posted."]))
    await world.connect("ren")
    world.github.fault("POST", "*/issues/*/comments", hang=True)
    thread, card = await asked(world, "ren", "tell them to name it")
    seen = dict(card)
    await asyncio.gather(click(world, "ren", card, APPROVE), click(world, "ren", card, APPROVE))
    early = (await world.until(lambda: world.slack.whispers("ren")))[0]
    assert "You decided this already: approved <!date^" in early["text"]
    world.github.calm()
    await world.answer("dm:ren", thread, count=2)
    await again(world, seen, DENY)
    late = (await world.until(lambda: world.slack.whispers("ren")[1:]))[0]
    assert "You decided this already: comment posted" in late["text"]
    assert len(writes(world)) == 1
    assert await world.over(2) == ["waiting", "answered"]


async def again(world: World, seen: JSON, action: str) -> None:
    """Click a button of a card as it was, though it was redrawn meanwhile."""
    conversation, message, _ = world.slack.message(world.slack.workspace, world.slack.user("ren"), seen["ts"])
    element = next(e for block in seen["blocks"] for e in block.get("elements", ()) if e.get("action_id") == action)
    await world.slack.act_in_message(
        world.slack.workspace,
        world.slack.user("ren"),
        conversation,
        message,
        {"type": "button", "block_id": "b", "action_id": action, "value": element["value"]},
    )


async def test_nobody_else_can_decide(open_world: OpenWorld) -> None:
    """appr_actor"""
    world = await open_world(Scripted([COMMENT, "It is posted."]))
    for who in ("ren", "mei"):
        await world.connect(who)
    thread, card = await asked(world, "ren", "tell them to name it")
    for action in (APPROVE, DENY):
        await click(world, "mei", card, action)
    assert [row["state"] for row in await world.rows("SELECT state FROM pending")] == ["open"]
    assert len(world.slack.calls_of("chat.postEphemeral")) == 2
    assert writes(world) == []
    await click(world, "ren", card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert [written.by for written in writes(world)] == ["ren-k"]


async def test_an_approval_that_comes_too_late_does_nothing_and_can_be_prepared_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, COMMENT, "It is posted."]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "tell them to name it")
    await world.rows("UPDATE pending SET expires_at = now() - interval '1 second'")
    await click(world, "ren", card, APPROVE)
    expired = await reads(world, "ren", card, "*Expired. Nothing was posted.*")
    assert "Approve" not in expired.replace("Approvals wait 24 hours", "")
    assert "nothing was done" in (await world.until(lambda: world.slack.whispers("ren")))[0]["text"]
    assert writes(world) == []
    await click(world, "ren", card, "expired.again")
    second = await world.answer("dm:ren", thread, count=2)
    await click(world, "ren", second, APPROVE)
    await world.answer("dm:ren", thread, count=3)
    assert len(writes(world)) == 1


async def test_the_minutes_tick_draws_an_expired_card_without_a_click(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    _, card = await asked(world, "ren", "tell them to name it")
    await world.rows("UPDATE pending SET expires_at = now() - interval '1 second'")
    await world.app.tick()
    await reads(world, "ren", card, "*Expired. Nothing was posted.*")


async def test_a_change_before_the_merge_is_shown_and_asked_again(open_world: OpenWorld) -> None:
    """appr_hash"""
    world = await open_world(Scripted([MERGE, "Merged."]))
    await world.connect("camille")
    thread, card = await asked(world, "camille", "merge the compass one")
    world.github.push("wayfinder-app", 320)
    await click(world, "camille", card, APPROVE)
    second = await world.answer("dm:camille", thread, count=2)
    asks = world.words("dm:camille", second)
    assert "Changed since I asked. Merge this pull request anyway?" in asks
    assert "Your earlier approval was not used" in asks
    assert "now 2 commits" in asks or "now 3 commits" in asks, asks
    first = await reads(world, "camille", card, "ask you once more")
    assert "you asked something new" not in first
    assert writes(world) == []
    assert len(world.model.requests) == 1
    await click(world, "camille", second, APPROVE)
    await world.answer("dm:camille", thread, count=3)
    assert [written.action for written in writes(world)] == ["merge"]
    assert await world.over(3) == ["waiting", "waiting", "answered"]


async def test_a_review_of_a_change_that_was_not_seen_is_asked_again_and_may_be_denied(open_world: OpenWorld) -> None:
    review = call("review_pull_request", repository="atlas-api", number=417, verdict="approve", body="Good.")
    world = await open_world(Scripted([review]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "approve 417")
    world.github.push("atlas-api", 417)
    await click(world, "ren", card, APPROVE)
    second = await world.answer("dm:ren", thread, count=2)
    await click(world, "ren", second, DENY)
    await reads(world, "ren", second, "*Not approved*")
    assert writes(world) == []
    assert await world.over(3) == ["waiting", "waiting", "answered"]


async def test_three_writes_share_a_card_and_each_is_decided_by_itself(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([three(), "Two of three."]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "tell all three")
    assert "Do these 3 things?" in world.words("dm:ren", card)
    await choose(world, "ren", card, 1, "approve")
    await reads(world, "ren", card, "Do the other 2 things?")
    assert writes(world) == []
    await choose(world, "ren", card, 2, "deny")
    await reads(world, "ren", card, "Do the last one?")
    await choose(world, "ren", card, 3, "approve")
    await world.answer("dm:ren", thread, count=2)
    assert sorted(written.number for written in writes(world)) == [412, 417]
    end = await reads(world, "ren", card, "3 things: 2 done, 1 denied")
    assert end.count("Comment posted") == 2
    told = {result.text for _, result in world.model.requests[-1].returned}
    assert sum("denied this call" in text for text in told) == 1


async def test_all_of_a_card_is_approved_at_once(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([three(), "All three."]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "tell all three")
    await click(world, "ren", card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert sorted(written.number for written in writes(world)) == [412, 415, 417]
    await reads(world, "ren", card, "3 things: 3 done")


async def test_a_long_text_is_shown_whole_before_it_is_approved(open_world: OpenWorld) -> None:
    body = "\n".join(f"{number}. This line is one of very many." for number in range(400))
    long = call("comment_on_pull_request", repository="atlas-api", number=417, body=body)
    world = await open_world(Scripted([long, "It is posted."]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "tell them everything")
    assert "399." not in world.words("dm:ren", card)
    await click(world, "ren", card, "approval.show")
    modal = await world.until(lambda: world.slack.modal("ren"))
    assert "399. This line is one of very many." in str(modal)
    await world.slack.close_modal("ren")
    await click(world, "ren", card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert world.github.pull("atlas-api", 417).comments[-1].body == body


async def test_more_writes_than_a_card_shows_are_approved_in_the_dialog_only(open_world: OpenWorld) -> None:
    many = Plan(calls=tuple(comment(417, f"Remark {number}.") for number in range(10)))
    world = await open_world(Scripted([many, "All ten."]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "ten remarks", action="approval.show")
    assert APPROVE not in str(card["blocks"])
    await click(world, "ren", card, "approval.show")
    await world.until(lambda: world.slack.modal("ren"))
    assert (await world.slack.submit("ren")).is_acked
    await world.answer("dm:ren", thread, count=2)
    assert sorted(written.arguments["body"] for written in writes(world)) == sorted(
        f"Remark {number}." for number in range(10)
    )


async def test_a_new_message_puts_the_card_aside_until_it_is_brought_back(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Nothing.", COMMENT, "It is posted."]))
    await world.connect("ren")
    thread, card = await asked(world, "ren", "tell them to name it")
    seen = dict(card)
    await world.slack.say("ren", "dm", "wait, what is new?", thread=thread)
    await reads(world, "ren", card, "Put aside, because you asked something new.")
    await world.answer("dm:ren", thread, count=2)
    assert "Put aside" in str(world.model.requests[1].messages[-1])
    assert {asked.vendor for asked in world.model.requests} == {"anthropic"}
    await again(world, seen, APPROVE)
    await world.until(lambda: world.slack.whispers("ren"))
    assert writes(world) == []
    await click(world, "ren", card, "moved_on.again")
    second = await world.answer("dm:ren", thread, count=3)
    await click(world, "ren", second, APPROVE)
    await world.answer("dm:ren", thread, count=4)
    assert len(writes(world)) == 1


async def test_what_github_refuses_is_said_on_the_card_and_to_the_model(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "GitHub did not take it."]))
    await world.connect("ren")
    world.github.fault("POST", "*/issues/*/comments", status=422)
    thread, card = await asked(world, "ren", "tell them to name it")
    await click(world, "ren", card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert "The service refused it." in await reads(world, "ren", card, "*Not posted*")
    assert "GitHub did not do this" in world.model.requests[-1].returned[-1][1].text
    assert writes(world) == []
    assert await world.over(2) == ["waiting", "answered"]


async def test_asked_in_a_channel_the_card_comes_privately_and_the_answer_publicly(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "It is posted."]))
    await world.connect("ren")
    thread = await world.slack.say("ren", "#eng", "<@bot> tell them on 417 to name it")
    line = await world.answer("#eng", thread)
    assert world.words("#eng", line) == "Waits for the asker's approval."
    card = (await world.until(lambda: [m for m in world.slack.messages("dm:ren") if "bot_id" in m]))[0]
    assert "For your question in #eng" in world.words("dm:ren", card)
    await click(world, "ren", card, APPROVE)
    answer = await world.answer("#eng", thread, count=2)
    assert "It is posted." in world.words("#eng", answer)
    assert BODY not in world.words("#eng", answer)
    await reads(world, "ren", card, "*Comment posted*")
    assert len(writes(world)) == 1


async def test_what_a_colleague_asks_in_the_thread_leaves_the_card_as_it_is(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "Good morning.", "It is posted."]))
    await world.connect("ren")
    thread = await world.slack.say("ren", "#eng", "<@bot> tell them on 417 to name it")
    await world.answer("#eng", thread)
    card = (await world.until(lambda: [m for m in world.slack.messages("dm:ren") if "bot_id" in m]))[0]
    await world.slack.say("jamal", "#eng", "<@bot> good morning", thread=thread)
    await world.answer("#eng", thread, count=2)
    assert "Put aside" not in world.words("dm:ren", card)
    await click(world, "ren", card, APPROVE)
    answer = await world.answer("#eng", thread, count=3)
    assert "It is posted." in world.words("#eng", answer)
    assert "Decided meanwhile" in world.model.requests[-1].messages[-1].text
    assert len(writes(world)) == 1


async def test_a_denial_is_no_answer_to_a_channel_and_says_nothing_of_what_it_was(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    thread = await world.slack.say("ren", "#eng", "<@bot> tell them on 417 to name it")
    await world.answer("#eng", thread)
    card = (await world.until(lambda: [m for m in world.slack.messages("dm:ren") if "bot_id" in m]))[0]
    await click(world, "ren", card, DENY)
    last = await world.answer("#eng", thread, count=2)
    assert world.words("#eng", last) == "Put aside."


async def test_the_home_tab_lists_a_waiting_card_and_drops_it_when_it_is_decided(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT]))
    await world.connect("ren")
    _, card = await asked(world, "ren", "tell them to name it")
    await world.slack.open_home("ren")
    home = await world.until(lambda: world.slack.home("ren"))
    assert "1 thing waits for you" in str(home)
    blocks: list[JSON] = home["blocks"] if home else []
    opens = next(block["accessory"] for block in blocks if "accessory" in block)
    assert opens["text"]["text"] == "Open"
    assert card["ts"].replace(".", "") in opens["url"]
    await click(world, "ren", card, DENY)
    await world.until(lambda: "waits for you" not in str(world.slack.home("ren")))


async def test_the_home_tab_counts_what_a_person_has_done_already(world: World) -> None:
    await world.connect("ren")
    _, card = await asked(world, "ren", "Comment on 417: fine.")
    await click(world, "ren", card, APPROVE)
    await world.over(2)
    await world.slack.open_home("ren")
    done = "Ask me something · Connect an account · See your open pull requests · Approve something that I prepared"
    await world.until(lambda: done in str(world.slack.home("ren")))


async def test_whatever_is_clicked_each_write_happens_once_if_its_first_decision_was_to_approve(
    open_world: OpenWorld,
) -> None:
    """dup_write, appr_once: held over many orders of clicks on cards of three."""
    orders = random.Random(4171)  # noqa: S311  no secret, a repeatable choice
    numbers = iter(range(1_000))

    def brain(conversation: Conversation) -> Plan:
        if conversation.returned:
            return Plan(text="Done.")
        return Plan(calls=tuple(comment(417, f"Remark {next(numbers)}.") for _ in range(3)))

    world = await open_world(Scripted(brain))
    await world.connect("ren")
    expected: list[str] = []
    for turn in range(6):
        thread, card = await asked(world, "ren", f"three remarks, {turn}")
        seen = dict(card)
        first: dict[int, str] = {}
        while len(first) < 3:
            wave = [(orders.randint(1, 3), orders.choice(("approve", "deny"))) for _ in range(orders.randint(1, 2))]
            for item, word in wave:
                await choose(world, "ren", seen, item, word)
                first.setdefault(item, word)
        if "approve" in first.values():
            await world.answer("dm:ren", thread, count=2)
        expected += [f"Remark {turn * 3 + item - 1}." for item, word in first.items() if word == "approve"]
    await world.over(12)
    assert sorted(written.arguments["body"] for written in writes(world)) == sorted(expected)


def comment(number: int, body: str) -> PlannedCall:
    return PlannedCall(
        tool="comment_on_pull_request", arguments={"repository": "atlas-api", "number": number, "body": body}
    )


def three() -> Plan:
    return Plan(calls=tuple(comment(number, f"To {number}.") for number in (417, 415, 412)))


async def asked(world: World, who: str, said: str, *, action: str = APPROVE) -> tuple[str, JSON]:
    """Ask for a change; gives the thread, and the card that waits there."""
    thread = await world.slack.say(who, "dm", said)
    return thread, await world.card(f"dm:{who}", thread, action, seconds=15)


def card_now(world: World, who: str, card: JSON) -> JSON:
    return world.slack.place(f"dm:{who}")[1].messages[card["ts"]]


async def reads(world: World, who: str, card: JSON, words: str) -> str:
    """Wait until a card reads so; gives all of it."""
    await world.until(lambda: words in world.words(f"dm:{who}", card))
    return world.words(f"dm:{who}", card)


async def click(world: World, who: str, card: JSON, action: str) -> None:
    assert (await world.slack.click(who, card["ts"], action)).is_acked


async def choose(world: World, who: str, card: JSON, item: int, word: str) -> None:
    """Choose from the menu of one item of a card, as it was seen."""
    name = MENU.format(item)
    menus = (block["accessory"] for block in card["blocks"] if "accessory" in block)
    menu = next(menu for menu in menus if menu["action_id"] == name)
    option = next(option for option in menu["options"] if option["value"].endswith(f":{word}"))
    conversation, message, _ = world.slack.message(world.slack.workspace, world.slack.user(who), card["ts"])
    action: JSON = {
        "type": "overflow",
        "block_id": "b",
        "action_id": name,
        "selected_option": option,
    }
    outcome = await world.slack.act_in_message(
        world.slack.workspace, world.slack.user(who), conversation, message, action
    )
    assert outcome.is_acked


def writes(world: World) -> Sequence[Write]:
    """What GitHub was changed by, oldest first."""
    return world.github.writes
