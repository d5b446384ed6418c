"""The data skill's client: which files a person's code finds, over a real database and real walls."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.own_skills.data import DataSkill
from bot.own_skills.own import Here
from bot.sandbox.bubblewrap import Bubblewrap
from bot.sandbox.choice import open_sandboxes
from bot.sandbox.pool import WarmSandboxes
from memory.database import Database
from memory.files import Files, FileToKeep
from memory.ids import ConversationId, PersonId, TurnId, WorkspaceId
from memory.people import Person
from skills.errors import ToolFailed
from tests.fakes.needs_walls import needs_bubblewrap

NOW = datetime(2026, 11, 20, tzinfo=UTC)
THREAD = ConversationId("T1:C1:1.1")


def person(user: str) -> Person:
    return Person(id=PersonId(f"T1:{user}"), workspace=WorkspaceId("T1"), user=user, name=user, refreshed_at=NOW)


def here(user: str, turn: str = "T1:C1:1.1", thread: ConversationId = THREAD) -> Here:
    turn_id = TurnId(turn)
    return Here(
        person=person(user), conversation=thread, turn=turn_id, question="", channel="C1", private=False, now=NOW
    )


@pytest.fixture
async def data(database: Database) -> AsyncIterator[DataSkill]:
    walls = Bubblewrap(furnished=False)
    sandboxes = WarmSandboxes(walls.start, walls.off)
    yield DataSkill(sandboxes, Files(database))
    await sandboxes.close()


async def keep(database: Database, name: str, owner: str, *, is_shared: bool) -> None:
    file = FileToKeep(
        conversation=THREAD,
        person=person(owner).id,
        is_shared=is_shared,
        turn=TurnId("T1:C1:1.1"),
        source=name,
        name=name,
        media="text/csv",
        body=b"a,b\n1,2\n",
    )
    await Files(database).add(file)


LOOK = "import os; print(*sorted(os.listdir('.')))"


@needs_bubblewrap
async def test_the_conversations_files_lie_in_the_working_folder(data: DataSkill, database: Database):
    await keep(database, "shared.csv", "U1", is_shared=True)
    ran = await data.client(here("U1")).run("open('shared.csv').read()")
    assert (ran.error, ran.output) == ("", "'a,b\\n1,2\\n'\n")
    await keep(database, "later.csv", "U1", is_shared=True)
    assert (await data.client(here("U1")).run(LOOK)).output == "later.csv shared.csv\n"


@needs_bubblewrap
async def test_two_persons_in_one_thread_share_neither_variables_nor_their_own_files(
    data: DataSkill, database: Database
):
    """[sandbox] What a tool brought for one is not placed for the other, and what one wrote is not there either."""
    await keep(database, "shared.csv", "U1", is_shared=True)
    await keep(database, "private.csv", "U1", is_shared=False)
    first, second = data.client(here("U1")), data.client(here("U2"))
    await first.run("salary = 100; open('notes.txt', 'w').write('mine')")
    assert (await first.run(LOOK)).output == "notes.txt private.csv shared.csv\n"
    assert (await second.run(LOOK)).output == "shared.csv\n"
    assert "NameError" in (await second.run("salary")).error


@needs_bubblewrap
async def test_another_thread_of_the_same_person_starts_afresh(data: DataSkill):
    """[sandbox]"""
    await data.client(here("U1")).run("x = 1")
    elsewhere = here("U1", thread=ConversationId("T1:C9:9.9"))
    assert "NameError" in (await data.client(elsewhere).run("x")).error


@needs_bubblewrap
async def test_failures_are_counted_within_their_turn(data: DataSkill):
    for number in range(1, 3):
        await data.client(here("U1")).run("1/0")
        assert data.client(here("U1")).failures == number
    assert data.client(here("U1", turn="T1:C1:2.2")).failures == 0


async def test_where_no_code_can_run_it_says_why(database: Database):
    skill = DataSkill(open_sandboxes("off"), Files(database))
    assert "PINYON_SANDBOX" in await skill.off(person("U1"))
    with pytest.raises(ToolFailed, match="PINYON_SANDBOX"):
        await skill.client(here("U1")).run("1")
