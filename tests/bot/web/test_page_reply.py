"""A reply that stands on a page: filtered while it comes, whole at its end, and harmless in every part."""

import asyncio
import json

import pytest

from bot.harmless.links import REMOVED
from bot.messages import Answer, Task
from bot.web.reply import ENDING, SHOW_EVERY, PageReply
from bot.web.try_drawn import draw
from memory.database import Database
from memory.ids import AgentId, ConversationId, TurnId
from memory.web_replies import WebReplies, WebReply
from skills.showing import Table
from tests.fakes.rooms import incoming

EVIL = "https://evil.example/x?q=secret"
TURN = TurnId("T1:web-A:one.1")
MESSAGE = incoming(
    "What waits?",
    turn=TURN,
    conversation=ConversationId("T1:web-A:one"),
    surface="web",
    trying=AgentId("A" * 22),
)


@pytest.fixture
def replies(database: Database) -> WebReplies:
    return WebReplies(database)


def nothing(_address: str) -> bool:
    return False


async def found(replies: WebReplies) -> WebReply:
    reply = await replies.find(TURN)
    assert reply is not None
    return reply


async def written(replies: WebReplies) -> WebReply:
    await asyncio.sleep(2 * SHOW_EVERY)
    return await found(replies)


async def test_half_an_address_is_held_back_while_it_comes(replies: WebReplies) -> None:
    """exfil_unfurl"""
    reply = PageReply(replies, MESSAGE)
    reply.only_links(nothing)
    await reply.write("Look at [this](https://evil.exam")
    assert (await written(replies)).said == "Look at "
    await reply.write("ple/x) now.")
    shown = (await written(replies)).said
    assert "evil" not in shown
    assert REMOVED in shown
    await reply.finish(Answer(text=f"Look at [this]({EVIL}) now."))
    assert "evil" not in (await found(replies)).said


async def test_an_answer_that_begins_again_leaves_nothing_of_the_first(replies: WebReplies) -> None:
    reply = PageReply(replies, MESSAGE)
    await reply.write("The first try. ")
    assert (await written(replies)).said == "The first try. "
    await reply.restart()
    await reply.write("The second. ")
    assert (await written(replies)).said == "The second. "


async def test_steps_tables_and_status_open_no_address_either(replies: WebReplies) -> None:
    """exfil_unfurl"""
    reply = PageReply(replies, MESSAGE)
    reply.only_links(nothing)
    await reply.status(f"Reading {EVIL}")
    await reply.task(Task(id="c0", title=f"Reading {EVIL}", state="in_progress", link="javascript:alert(1)"))
    assert EVIL not in (await written(replies)).status
    table = Table(caption=EVIL, columns=("a", EVIL), rows=((EVIL, 1), *((None, 2.5) for _ in range(120))))
    await reply.finish(Answer(text="Done.", table=table))
    kept = await found(replies)
    assert EVIL not in kept.tasks + kept.answer
    drawn = draw(kept, ())
    assert drawn.tasks[0].link is None
    assert drawn.table is not None
    assert (len(drawn.table.rows), drawn.table.more) == (100, 21)
    assert drawn.table.rows[1] == (("–", False), ("2.5", True))


async def test_the_same_end_twice_is_one(replies: WebReplies) -> None:
    answer = Answer(text="Two wait.", by="Note taker", footer=("As you on Board",))
    for _ in range(2):
        await PageReply(replies, MESSAGE).finish(answer)
    kept = await found(replies)
    assert (kept.revision, kept.said, json.loads(kept.links)) == (1, "Two wait.", [])
    ending = ENDING.validate_json(kept.answer)
    assert (ending.by, ending.footer, ending.has_card) == ("Note taker", ("As you on Board",), False)


async def test_what_is_said_after_the_end_is_not_shown(replies: WebReplies) -> None:
    reply = PageReply(replies, MESSAGE)
    await reply.finish(Answer(text="Two wait."))
    await reply.status("Reading")
    await reply.write("More.")
    assert (await written(replies)).said == "Two wait."
    assert (await found(replies)).status == ""
