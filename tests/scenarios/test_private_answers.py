"""An answer that was asked for in a channel and rests on what only the asker may hear goes to them alone."""

from playground.model import Conversation, Plan, Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

LINE = "Answered privately, because it rests on private sources."
SECRET = "The deck says: plenty of money."
DECK = call("read_file", file="Board deck")


def thread_words(world: World, where: str, thread: str) -> list[str]:
    return [world.words(where, reply) for reply in world.slack.replies(where, thread)]


def direct_words(world: World, who: str) -> str:
    """All that Pinyon wrote to somebody directly."""
    posts = [post for post in world.slack.messages(f"dm:{who}") if post.get("bot_id")]
    return "\n".join(world.words(f"dm:{who}", post) for post in posts)


def spoken(world: World, where: str) -> str:
    """Everything of a channel that anybody could have seen: posts, edits, streams, status lines."""
    channel = world.slack.place(where)[1].id
    requests = [entry.request for entry in world.slack.world.traffic.entries if entry.way == "in"]
    return "\n".join(str(asked) for asked in requests if channel in (asked.get("channel"), asked.get("channel_id")))


async def test_what_rests_on_a_file_is_answered_to_the_asker_alone(open_world: OpenWorld) -> None:
    """chan_leak"""
    world = await open_world(Scripted([DECK, SECRET]))
    await world.connect("tomas", "google")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon what does the deck say?")
    await world.answer("#eng", thread)
    await world.over()
    assert thread_words(world, "#eng", thread) == [LINE]
    answer = direct_words(world, "tomas")
    assert answer.startswith("Your question in #eng, answered here because it rests on private sources")
    assert answer.count(SECRET) == 1
    assert "only you can see this" in answer
    assert "plenty of money" not in spoken(world, "#eng")


async def test_what_the_work_names_is_not_told_to_the_channel_meanwhile(open_world: OpenWorld) -> None:
    """chan_leak: the status line of a thread is read by everybody."""
    world = await open_world(Scripted([call("read_channel", channel="#hiring"), "Nothing new."]))
    await world.connect("tomas", "slack")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon anything new there?")
    await world.answer("#eng", thread)
    await world.over()
    assert "hiring" not in spoken(world, "#eng")


async def test_what_rests_on_a_private_channel_is_answered_to_the_asker_alone(open_world: OpenWorld) -> None:
    """chan_leak"""
    reads = call("read_channel", channel="#hiring")
    world = await open_world(Scripted([reads, "Two people next year."]))
    await world.connect("tomas", "slack")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon how many?")
    await world.answer("#eng", thread)
    await world.over()
    assert thread_words(world, "#eng", thread) == [LINE]
    assert "Two people next year." in direct_words(world, "tomas")


async def test_what_every_member_may_hear_is_answered_in_the_channel(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([call("read_channel", channel="#general"), "Maps were slow."]))
    await world.connect("tomas", "slack")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon what was that outage?")
    answer = await world.answer("#eng", thread)
    assert world.words("#eng", answer).startswith("Maps were slow.")
    assert "As you on Slack" in world.words("#eng", answer)
    assert "only you can see this" not in world.words("#eng", answer)


async def test_with_another_company_in_the_channel_all_that_was_read_is_private(open_world: OpenWorld) -> None:
    """chan_external"""
    world = await open_world(Scripted([call("list_pull_requests", which="open"), "Five are open."]))
    await world.connect("leila")
    thread = await world.slack.say("leila", "#ext-valtorta", "@Pinyon what is open?")
    await world.answer("#ext-valtorta", thread)
    await world.over()
    assert thread_words(world, "#ext-valtorta", thread) == [LINE]
    assert "Five are open." in direct_words(world, "leila")


async def test_with_a_guest_in_the_channel_all_that_was_read_is_private(open_world: OpenWorld) -> None:
    """chan_external: the readers are looked at when the answer is there, not when it was asked for."""
    world = await open_world(Scripted([call("list_pull_requests", which="open"), "Five are open."] * 2))
    await world.connect("leila")
    before = await world.slack.say("leila", "#eng", "@Pinyon what is open?")
    answer = await world.answer("#eng", before)
    assert world.words("#eng", answer).startswith("Five are open.")
    world.slack.place("#eng")[1].members.append(world.slack.user("harriet").id)
    after = await world.slack.say("leila", "#eng", "@Pinyon what is open?")
    await world.answer("#eng", after)
    await world.over(2)
    assert thread_words(world, "#eng", after) == [LINE]


async def test_when_nobody_can_say_who_reads_the_answer_is_private(open_world: OpenWorld) -> None:
    """chan_external"""
    world = await open_world(Scripted([call("list_pull_requests", which="open"), "Five are open."]))
    await world.connect("leila")
    world.slack.faults.fail("conversations.members", "internal_error")
    thread = await world.slack.say("leila", "#eng", "@Pinyon what is open?")
    await world.answer("#eng", thread)
    await world.over()
    assert thread_words(world, "#eng", thread) == [LINE]


async def test_an_answer_that_rests_on_nothing_stands_in_any_channel(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Good morning."]))
    thread = await world.slack.say("leila", "#ext-valtorta", "@Pinyon good morning")
    answer = await world.answer("#ext-valtorta", thread)
    assert world.words("#ext-valtorta", answer).startswith("Good morning.")


async def test_what_comes_later_in_the_thread_stays_private_too(open_world: OpenWorld) -> None:
    """chan_leak: the model still sees what it read, so it could repeat it without reading again."""
    world = await open_world(Scripted([DECK, SECRET, f"As I said: {SECRET}"]))
    await world.connect("tomas", "google")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon what does the deck say?")
    await world.answer("#eng", thread)
    await world.slack.say("tomas", "#eng", "@Pinyon say it again", thread=thread)
    await world.answer("#eng", thread, count=2)
    await world.over(2)
    assert thread_words(world, "#eng", thread) == [LINE, LINE]
    assert "plenty of money" not in spoken(world, "#eng")


async def test_a_colleague_in_the_thread_hears_nothing_of_a_private_answer(open_world: OpenWorld) -> None:
    """chan_leak: what the thread does not show, no other person's turn is told."""
    world = await open_world(Scripted([DECK, SECRET, "I do not know."]))
    await world.connect("tomas", "google")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon what does the deck say?")
    await world.answer("#eng", thread)
    await world.slack.say("leila", "#eng", "@Pinyon what did it say?", thread=thread)
    answer = await world.answer("#eng", thread, count=2)
    assert world.words("#eng", answer).startswith("I do not know.")
    assert [message.text for message in world.model.requests[-1].messages] == [
        "what does the deck say?",
        LINE,
        "what did it say?",
    ]


async def test_what_is_said_beside_a_card_is_as_private_as_what_it_rests_on(open_world: OpenWorld) -> None:
    """chan_leak: also when the turn waits, and when it goes on afterwards."""

    def brain(conversation: Conversation) -> Plan | str:
        tools = [made.tool for made, _ in conversation.returned]
        if "post_message" in tools:
            return "Posted, without the figure."
        if "read_file" in tools:
            return Plan(text=SECRET, calls=call("post_message", channel="#eng", text="All is well.").calls)
        return DECK

    world = await open_world(Scripted(brain))
    await world.connect("tomas", "google", "slack")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon calm them")
    card = await direct_card(world, "tomas")
    await world.over()
    assert thread_words(world, "#eng", thread) == ["Waits for the asker's approval."]
    assert SECRET in direct_words(world, "tomas")
    await world.slack.click("tomas", card["ts"], "approval.approve")
    await world.answer("#eng", thread, count=2)
    await world.over(2)
    assert thread_words(world, "#eng", thread)[1] == LINE
    assert "Posted, without the figure." in direct_words(world, "tomas")
    assert "plenty of money" not in spoken(world, "#eng")


async def test_in_a_direct_message_everything_is_answered_there(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([DECK, SECRET]))
    await world.connect("tomas", "google")
    answer = await world.ask("tomas", "what does the deck say?")
    assert SECRET in world.words("dm:tomas", answer)


async def direct_card(world: World, who: str) -> JSON:
    """The message in somebody's own chat that has something to approve."""

    def found() -> list[JSON]:
        return [m for m in world.slack.messages(f"dm:{who}") if "'approval.approve'" in str(m.get("blocks"))]

    return (await world.slack.until(found, 15))[0]
