"""Files between people and Pinyon, through the local Slack: attached, spoken, handed over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import aiohttp
import pytest

from bot.messages import Answer, HandedFile, IncomingMessage, NotFetched
from bot.slack import downloads
from bot.slack.api import slack_client
from bot.slack.incoming import spoken
from bot.slack.surface import SlackSurface, Workplace
from memory.ids import FileId, WorkspaceId, person_id
from playground.clips import Voice
from playground.company import load_company
from playground.slack import SlackServer
from playground.slack.acts import ToAttach
from skills.showing import Table
from tests.bot.slack.test_uploads import FakeFiles

TEAM = WorkspaceId("T0TAMARACK")
LIMIT = 10_000_000


@dataclass
class Place:
    """The local Slack, with Pinyon's surface before it."""

    slack: SlackServer
    surface: SlackSurface
    files: FakeFiles

    async def say(self, *files: ToAttach, voice: str | Voice = "", where: str = "dm") -> IncomingMessage:
        """What Pinyon hears when Jamal says it."""
        ts = await self.slack.say("jamal", where, "@Pinyon look" if where != "dm" else "look", files=files, voice=voice)
        workspace, conversation = self.slack.place(where, "jamal")
        event = {**conversation.messages[ts], "type": "app_mention", "channel": conversation.id}
        if where == "dm":
            event |= {"type": "message", "channel_type": "im"}
        message = spoken({"team_id": workspace.id, "event": event}, workspace.bot.id)
        assert message is not None
        return message

    async def fetch(self, message: IncomingMessage, *, limit: int = LIMIT) -> bytes:
        return await self.surface.fetch(message, message.files[0], limit=limit)

    async def refusal(self, message: IncomingMessage, *, limit: int = LIMIT) -> str:
        with pytest.raises(NotFetched) as error:
            await self.fetch(message, limit=limit)
        return str(error.value)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    company = load_company(today=date(2026, 11, 20))
    people: Any = None

    async def sleep(_seconds: float) -> None:
        await asyncio.sleep(0.02)

    files = FakeFiles()
    server = SlackServer(company, clock=company.now.timestamp)
    async with server, aiohttp.ClientSession() as session:
        surface = SlackSurface(people, now=lambda: company.now, files=files, sleep=sleep)
        client = slack_client(server.api_url, server.app.bot_token, session)
        bot = server.app.bot_user
        surface.enter(Workplace(id=TEAM, name="Tamarack", bot_user=bot, bot_id="B1", client=client))
        yield Place(server, surface, files)


@pytest.mark.parametrize("name", ["figures.csv", "Zahlen für Café №1.csv", "a b%20c?.csv"])
async def test_an_attached_file_is_read(place: Place, name: str) -> None:
    message = await place.say((name, "a;b\n1;2\n"))
    assert [(file.name, file.size, file.is_voice) for file in message.files] == [(name, 8, False)]
    assert await place.fetch(message) == b"a;b\n1;2\n"


async def test_a_file_in_a_channel_is_read_as_well(place: Place) -> None:
    assert await place.fetch(await place.say(("figures.csv", "a;b"), where="#eng")) == b"a;b"


async def test_a_file_that_is_too_large_is_not_asked_for(place: Place) -> None:
    """cost_dos"""
    message = await place.say(("figures.csv", "x" * 2_000))
    assert await place.refusal(message, limit=1_000) == downloads.too_large(1_000)


@pytest.mark.parametrize(("how", "why"), [("hidden_by_limit", downloads.HIDDEN), ("tombstone", downloads.GONE)])
async def test_a_file_that_slack_withholds_is_said_with_the_reason(place: Place, how: str, why: str) -> None:
    place.slack.faults.withhold_files(how)
    assert await place.refusal(await place.say(("figures.csv", "a;b"))) == why


async def test_a_file_of_slack_connect_is_looked_up(place: Place) -> None:
    place.slack.faults.withhold_files("check_file_info")
    assert await place.fetch(await place.say(("figures.csv", "a;b"))) == b"a;b"


async def test_a_page_to_sign_in_is_no_file(place: Place) -> None:
    message = await place.say(("figures.csv", "a;b"))
    place.slack.faults.spoil_downloads("login_page")
    assert await place.refusal(message) == downloads.NOT_ALLOWED


async def test_a_download_that_breaks_off_is_tried_once_more(place: Place) -> None:
    message = await place.say(("figures.csv", "a;b\n" * 1_000))
    place.slack.faults.spoil_downloads("broken")
    assert await place.fetch(message) == b"a;b\n" * 1_000
    place.slack.faults.spoil_downloads("broken", times=2)
    assert await place.refusal(message) == downloads.AWAY


# Spoken.


@pytest.mark.parametrize("says", ["Sort my thoughts.", "Sort my thoughts, all of them. " * 20])
async def test_what_slack_hears_in_a_clip_is_waited_for(place: Place, says: str) -> None:
    message = await place.say(voice=Voice(says=says, after=0.0))
    [clip] = message.files
    assert clip.is_voice
    assert await place.surface.transcript(message, clip) == says.strip()


@pytest.mark.parametrize("how", ["never", "failed"])
async def test_a_clip_that_slack_does_not_understand_has_no_words(place: Place, how: str) -> None:
    place.slack.faults.keep_transcripts(how)
    message = await place.say(voice="Sort my thoughts.")
    assert await place.surface.transcript(message, message.files[0]) is None
    assert await place.fetch(message)


# Handed over.

CHART = HandedFile(id=FileId("f1"), name="chart.png", media="image/png", size=3, alt="Rising.")
SHEET = HandedFile(id=FileId("f2"), name="sales.csv", media="text/csv", size=3)
TABLE = Table(caption="By plan", columns=("Plan", "Net"), rows=(("Solo", 4), ("Crew", 9)), more=3)


async def test_an_answer_comes_with_its_table_and_then_its_files_in_the_thread(place: Place) -> None:
    message = await place.say(("figures.csv", "a;b"))
    reply = place.surface.reply(message, taken_over=False)
    answer = Answer(text="Crew brings most.", turn=message.turn, files=(CHART, SHEET), table=TABLE)
    await reply.finish(answer)
    _, words, files = place.slack.messages("dm:jamal", message.ts)
    assert [block["type"] for block in words["blocks"]] == [
        "markdown",
        "context",
        "table",
        "context",
        "context_actions",
    ]
    assert "and 3 more rows, in the file" in str(words["blocks"])
    assert [file["name"] for file in files["files"]] == ["chart.png", "sales.csv"]
    again = place.surface.reply(message, taken_over=True)
    await again.finish(answer)
    assert len(place.slack.messages("dm:jamal", message.ts)) == 3


async def test_a_voice_note_is_repeated_above_its_answer(place: Place) -> None:
    message = await place.say(voice="Sort my thoughts.", where="#eng")
    for taken_over in (False, True):
        reply = place.surface.reply(message, taken_over=taken_over)
        await reply.heard("Sort my thoughts.")
        await reply.finish(Answer(text="1. Ship it.", turn=message.turn))
    _, heard, answer = place.slack.messages("#eng", message.ts)
    assert "Heard: Sort my thoughts." in str(heard["blocks"])
    assert "Ship it." in str(answer["blocks"])


async def test_who_is_in_a_channel_is_asked_now(place: Place) -> None:
    jamal, channel = person_id(TEAM, place.slack.user("jamal").id), place.slack.place("#eng", "jamal")[1]
    assert await place.surface.in_channel(jamal, channel.id)
    channel.members.remove(place.slack.user("jamal").id)
    assert not await place.surface.in_channel(jamal, channel.id)
    place.slack.faults.fail("conversations.members", "internal_error")
    assert not await place.surface.in_channel(jamal, channel.id)
