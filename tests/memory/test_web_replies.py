"""What stands on a page of a turn: shown as it comes, ended once, and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from memory.database import Database
from memory.ids import AgentId, ConversationId, PersonId, TurnId, workspace_of
from memory.turns import NewTurn, Turns
from memory.web_replies import KEPT, WebReplies, WebReply, WebTurn

REN, MIRA = PersonId("T1:U1"), PersonId("T1:U2")
AGENT = AgentId("A" * 22)
THREAD = ConversationId(f"T1:web-{AGENT}:one")
NOW = datetime.now(UTC)


def turn(name: str = "one.1", *, person: PersonId = REN, thread: ConversationId = THREAD) -> WebTurn:
    id = TurnId(f"T1:web-{AGENT}:{name}")
    return WebTurn(turn=id, began=id, person=person, conversation=thread, agent=AGENT, asked="What waits?")


@pytest.fixture
def replies(database: Database) -> WebReplies:
    return WebReplies(database)


async def found(replies: WebReplies, of: WebTurn) -> WebReply:
    reply = await replies.find(of.turn)
    assert reply is not None
    return reply


async def shown(replies: WebReplies, of: WebTurn, said: str) -> None:
    await replies.show(of, status="Reading", tasks="[]", said=said, links="[]")


async def ended(replies: WebReplies, of: WebTurn, said: str, *, answer: str = "{}", tasks: str = "[]") -> None:
    await replies.finish(of, state="answered", tasks=tasks, said=said, links="[]", answer=answer)


async def test_a_question_stands_there_before_anybody_works_on_it(replies: WebReplies) -> None:
    await replies.asked(turn())
    await replies.asked(turn())
    reply = await found(replies, turn())
    assert (reply.asked, reply.state, reply.is_over, reply.revision) == ("What waits?", "queued", False, 1)


async def test_a_worker_may_be_faster_than_the_page_that_asked(replies: WebReplies) -> None:
    await shown(replies, turn(), "Two")
    await replies.asked(turn())
    reply = await found(replies, turn())
    assert (reply.asked, reply.state, reply.said, reply.status) == ("What waits?", "working", "Two", "Reading")


async def test_each_change_is_counted_and_the_same_end_again_is_none(replies: WebReplies) -> None:
    await replies.asked(turn())
    await shown(replies, turn(), "Two")
    await shown(replies, turn(), "Two wait")
    await ended(replies, turn(), "Two wait.")
    before = await found(replies, turn())
    await ended(replies, turn(), "Two wait.")
    after = await found(replies, turn())
    assert (before.revision, before.said, before.status, before.is_over) == (4, "Two wait.", "", True)
    assert after == before


async def test_who_was_declared_dead_shows_nothing_after_the_end(replies: WebReplies) -> None:
    await ended(replies, turn(), "Two wait.")
    await shown(replies, turn(), "Tw")
    assert (await found(replies, turn())).said == "Two wait."


async def test_an_apology_after_an_answer_stands_beside_it(replies: WebReplies) -> None:
    await ended(replies, turn(), "Two wait.", tasks='[{"id":"c0"}]')
    await replies.finish(turn(), state="failed", tasks="[]", said="", links="[]", answer='{"failure":1}')
    reply = await found(replies, turn())
    assert (reply.state, reply.said, reply.answer, reply.tasks) == (
        "failed",
        "Two wait.",
        '{"failure":1}',
        '[{"id":"c0"}]',
    )


async def test_what_was_streamed_and_is_no_part_of_the_end_goes(replies: WebReplies) -> None:
    await shown(replies, turn(), "I will look at")
    await ended(replies, turn(), "")
    assert (await found(replies, turn())).said == ""


async def test_a_thread_shows_its_person_their_own_turns_in_order(replies: WebReplies) -> None:
    """mem_cross"""
    for name in ("one.2", "one.1"):
        await replies.asked(turn(name))
    await replies.asked(turn("one.3", person=MIRA))
    assert [one.turn[-5:] for one in await replies.of_thread(THREAD, REN)] == ["one.2", "one.1"]
    assert [one.turn[-5:] for one in await replies.of_thread(THREAD, MIRA)] == ["one.3"]


async def test_the_latest_thread_is_found_while_it_is_fresh(replies: WebReplies) -> None:
    await replies.asked(turn())
    other = ConversationId(f"T1:web-{AGENT}:two")
    await replies.asked(turn("two.1", thread=other))
    assert await replies.latest(REN, AGENT, after=NOW - timedelta(hours=1)) == other
    assert await replies.latest(REN, AGENT, after=NOW + timedelta(hours=1)) is None
    assert await replies.latest(MIRA, AGENT, after=NOW - timedelta(hours=1)) is None


async def test_a_question_that_was_stopped_before_it_began_says_so(replies: WebReplies, database: Database) -> None:
    turns, waits = Turns(database), turn("one.2")
    for one in (turn(), waits):
        new = NewTurn(id=one.turn, workspace=workspace_of(REN), person=REN, conversation=THREAD, message="{}")
        await turns.record(new)
        await replies.asked(one)
    assert await replies.is_running(THREAD)
    await turns.stop(THREAD, REN)
    await replies.drop(THREAD, REN)
    assert [(await found(replies, one)).state for one in (turn(), waits)] == ["stopped", "stopped"]
    assert not await replies.is_running(THREAD)


async def test_what_changed_beside_a_turn_is_counted_too(replies: WebReplies) -> None:
    await ended(replies, turn(), "Two wait.")
    before = await found(replies, turn())
    await replies.touch(turn().turn)
    after = await found(replies, turn())
    assert (after.revision, after.said) == (before.revision + 1, before.said)
    assert after.changed_at > before.changed_at


async def test_after_thirty_days_it_is_gone(replies: WebReplies, database: Database) -> None:
    await replies.asked(turn())
    await replies.prune(now=NOW)
    assert await replies.find(turn().turn) is not None
    await replies.prune(now=NOW + KEPT + timedelta(days=1))
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM web_replies")) == 0
