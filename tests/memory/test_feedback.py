"""Whether an answer helped."""

from memory.database import Database
from memory.feedback import keep
from memory.ids import PersonId, TurnId
from tests.memory.queueing import Queue


async def test_of_two_words_on_an_answer_the_last_one_counts(database: Database) -> None:
    queue = Queue(database)
    for person, word in (("T1:U1", "up"), ("T1:U1", "down"), ("T1:U2", "up")):
        await keep(database, TurnId("1.1"), PersonId(person), word)
    rows = await queue.sql("SELECT person, word FROM feedback ORDER BY person")
    assert [tuple(row) for row in rows] == [("T1:U1", "down"), ("T1:U2", "up")]
