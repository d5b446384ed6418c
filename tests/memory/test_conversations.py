"""What was said in each thread."""

from memory.conversations import Conversations, Transcript
from memory.database import Database
from memory.ids import ConversationId, TurnId
from tests.memory.queueing import PERSON, Queue


async def said(database: Database, *turns: str, conversation: str = "T1:D1:1") -> None:
    """Turns that were asked, ran and ended."""
    queue = Queue(database)
    if not await queue.workers.has("w1"):
        await queue.enter(8)
    for name in turns:
        await queue.ask(name, conversation=conversation)
        await queue.admit()
        transcript = Transcript(turn=TurnId(name), messages=f'["{name}"]')
        await queue.turns.conclude(transcript, "answered", worker="w1")
    await queue.close()


async def test_a_thread_is_read_oldest_first(database: Database) -> None:
    await said(database, "1.1", "1.2", "1.3")
    kept = await Conversations(database).load(ConversationId("T1:D1:1"), turns=30)
    assert [(one.turn, one.messages, one.held, one.person) for one in kept] == [
        ("1.1", '["1.1"]', "{}", PERSON),
        ("1.2", '["1.2"]', "{}", PERSON),
        ("1.3", '["1.3"]', "{}", PERSON),
    ]


async def test_of_a_long_thread_the_last_turns_are_read(database: Database) -> None:
    await said(database, "1.1", "1.2", "1.3")
    kept = await Conversations(database).load(ConversationId("T1:D1:1"), turns=2)
    assert [one.turn for one in kept] == ["1.2", "1.3"]


async def test_another_thread_is_not_read(database: Database) -> None:
    await said(database, "1.1")
    await said(database, "2.1", conversation="T1:D1:2")
    kept = await Conversations(database).load(ConversationId("T1:D1:2"), turns=30)
    assert [one.turn for one in kept] == ["2.1"]
    assert await Conversations(database).load(ConversationId("T1:D1:3"), turns=30) == []
