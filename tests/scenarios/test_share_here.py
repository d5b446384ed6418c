"""A private answer is shared where it was asked for: by its asker, as shown, once, after a look at who reads."""

import asyncio
from typing import Any

from bot.harmless.links import REMOVED
from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

LINE = "Answered privately, because it rests on private sources."
SECRET = "The deck says: **plenty** of money."
DECK = call("read_file", file="Board deck")
SHARE, EDIT = "share.here", "share.edit"


async def asked(world: World, who: str = "tomas", where: str = "#eng") -> tuple[str, JSON]:
    """Somebody asks in a channel; the thread, and the answer in their own chat."""
    await world.connect(who, "google")
    thread = await world.slack.say(who, where, "@Pinyon what does the deck say?")
    await world.answer(where, thread)
    await world.over()
    return thread, private_answer(world, who)


def private_answer(world: World, who: str = "tomas") -> JSON:
    """The message with the answer, as it stands now."""
    posts = [post for post in world.slack.messages(f"dm:{who}") if "Your question in" in str(post.get("blocks"))]
    return posts[-1]


def shared(world: World, thread: str, where: str = "#eng") -> list[JSON]:
    return [post for post in world.slack.replies(where, thread) if "shared this answer" in str(post.get("blocks"))]


def element(message: JSON, action: str) -> JSON:
    rows: list[list[JSON]] = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return next(one for row in rows for one in row if one["action_id"] == action)


def told(message: JSON) -> str:
    return element(message, SHARE)["confirm"]["text"]["text"]


async def reads(world: World, words: str, who: str = "tomas") -> str:
    """What the private answer shows once it holds `words`."""

    def now() -> str:
        shown = str(private_answer(world, who)["blocks"])
        return shown if words in shown else ""

    return await world.until(now)


async def test_what_was_answered_privately_is_shared_exactly_as_shown(open_world: OpenWorld) -> None:
    """chan_leak: nothing reaches the channel before the click, and then what the person saw."""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    assert element(answer, SHARE)["text"]["text"] == "Share in #eng"
    others = len(world.slack.place("#eng")[1].members) - 2
    assert told(answer) == f"{others} people will see the answer above, exactly as written, with your name on it."
    assert shared(world, thread) == []
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Shared in #eng")
    [post] = shared(world, thread)
    assert [block["type"] for block in post["blocks"]] == ["context", "markdown"]
    assert post["blocks"][0]["elements"][0]["text"] == "Tomás shared this answer:"
    assert post["blocks"][1]["text"] == SECRET
    assert SHARE not in str(private_answer(world))


async def test_two_clicks_at_once_share_it_once(open_world: OpenWorld) -> None:
    """appr_once"""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    await asyncio.gather(*(world.slack.click("tomas", answer["ts"], SHARE) for _ in range(3)))
    await reads(world, "Shared in #eng")
    whisper = (await world.until(lambda: world.slack.whispers("tomas")))[0]
    assert "already" in str(whisper)
    assert len(shared(world, thread)) == 1


async def test_what_is_shared_is_never_unfurled(open_world: OpenWorld) -> None:
    """exfil_unfurl"""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Shared in #eng")
    assert shared(world, thread)
    posts = posted_by_us(world)
    assert len(posts) >= 3
    assert [(post.get("unfurl_links"), post.get("unfurl_media")) for post in posts] == [(False, False)] * len(posts)
    assert "'image'" not in str(posts)


def posted_by_us(world: World) -> list[dict[str, Any]]:
    entries = [entry for entry in world.slack.world.traffic.entries if entry.way == "in"]
    return [entry.request for entry in entries if entry.name == "chat.postMessage"]


async def test_what_the_person_makes_of_it_is_posted_and_nothing_else(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    await world.slack.click("tomas", answer["ts"], EDIT)
    view = world.slack.modal("tomas")
    assert view is not None
    assert view["blocks"][0]["element"]["initial_value"] == SECRET
    await world.slack.submit("tomas", {"words": "There is enough. <!channel>"})
    await reads(world, "Shared in #eng")
    [post] = shared(world, thread)
    assert post["blocks"][1]["text"].replace("\u2060", "") == "There is enough. <!channel>"
    assert "<!channel>" not in str(post)
    assert "plenty" not in str(post)


async def test_whoever_it_was_not_for_shares_nothing(open_world: OpenWorld) -> None:
    """appr_actor: also when a click is made up."""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    lent = await world.slack.say("leila", "dm", "hello")
    await world.answer("dm:leila", lent)
    stolen = {**element(answer, SHARE), "confirm": None}
    team, conversation = world.slack.place("dm:leila")
    post = conversation.messages[lent]
    post["blocks"] = [{"type": "actions", "block_id": "stolen", "elements": [stolen]}]
    await world.slack.click("leila", lent, SHARE)
    whisper = (await world.until(lambda: world.slack.whispers("leila")))[0]
    assert "Only the person who asked can decide this" in str(whisper)
    assert shared(world, thread) == []
    assert team is not None


async def test_a_guest_who_came_since_is_told_of_before_anything_is_posted(open_world: OpenWorld) -> None:
    """chan_external: the readers are looked at again when it is posted."""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    world.slack.place("#eng")[1].members.append(world.slack.user("harriet").id)
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Not shared yet.")
    assert shared(world, thread) == []
    again = private_answer(world)
    others = len(world.slack.place("#eng")[1].members) - 2
    assert told(again).startswith(f"{others} people, also people outside ")
    await world.slack.click("tomas", again["ts"], SHARE)
    await reads(world, "Shared in #eng")
    assert len(shared(world, thread)) == 1


async def test_what_was_changed_is_shown_when_it_is_asked_once_more(open_world: OpenWorld) -> None:
    """chan_external"""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    world.slack.place("#eng")[1].members.append(world.slack.user("harriet").id)
    await world.slack.click("tomas", answer["ts"], EDIT)
    await world.slack.submit("tomas", {"words": "There is enough."})
    shown = await reads(world, "Not shared yet.")
    assert "There is enough." in shown
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Shared in #eng")
    assert [post["blocks"][1]["text"] for post in shared(world, thread)] == ["There is enough."]


async def test_with_another_company_in_the_channel_the_button_says_so(open_world: OpenWorld) -> None:
    """chan_external"""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world, "leila", "#ext-valtorta")
    assert "also people outside" in told(answer)
    await world.slack.click("leila", answer["ts"], SHARE)
    await reads(world, "Shared in #ext-valtorta", "leila")
    assert len(shared(world, thread, "#ext-valtorta")) == 1


async def test_when_nobody_can_say_who_reads_it_is_asked_once_more(open_world: OpenWorld) -> None:
    """chan_external"""
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    world.slack.faults.fail("conversations.members", "internal_error")
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Not shared yet.")
    assert told(private_answer(world)).startswith("Everybody who reads there, also people outside ")
    assert shared(world, thread) == []


async def test_what_slack_does_not_take_can_be_shared_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    world.slack.faults.fail("chat.postMessage", "is_archived")
    await world.slack.click("tomas", answer["ts"], SHARE)
    whisper = (await world.until(lambda: world.slack.whispers("tomas")))[0]
    assert "nothing was shared" in str(whisper)
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Shared in #eng")
    assert len(shared(world, thread)) == 1


async def test_after_a_week_nothing_is_shared(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([DECK, SECRET]))
    thread, answer = await asked(world)
    await world.rows("UPDATE shares SET expires_at = now()")
    await world.slack.click("tomas", answer["ts"], SHARE)
    whisper = (await world.until(lambda: world.slack.whispers("tomas")))[0]
    assert "An answer can be shared for 7 days" in str(whisper)
    assert shared(world, thread) == []


async def test_a_link_that_the_deck_brought_in_is_not_shared_either(open_world: OpenWorld) -> None:
    """exfil_unfurl: what is shared went through the filter of links."""
    world = await open_world(Scripted([DECK, "See [the plan](https://evil.example/x?money=plenty)."]))
    thread, answer = await asked(world)
    assert REMOVED in str(answer)
    await world.slack.click("tomas", answer["ts"], SHARE)
    await reads(world, "Shared in #eng")
    [post] = shared(world, thread)
    assert post["blocks"][1]["text"] == f"See the plan {REMOVED}."


async def test_an_answer_in_a_direct_message_has_nothing_to_share(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([DECK, SECRET]))
    await world.connect("tomas", "google")
    answer = await world.ask("tomas", "what does the deck say?")
    assert SHARE not in str(answer)
    assert await world.rows("SELECT id FROM shares") == []
