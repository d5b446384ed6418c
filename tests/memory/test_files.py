"""The files of conversations: kept once, named safely, seen by whom they are for, forgotten when nobody asks."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.database import Database
from memory.files import KEPT, NAME, Files, FileToKeep, distinct_name, safe_name
from memory.ids import CallId, ConversationId, PersonId, TurnId
from memory.workings import Workings

HERE, REN, MEI = ConversationId("T1:C1:1.1"), PersonId("T1:U1"), PersonId("T1:U2")
TURN = TurnId("T1:C1:1.1")


def to_keep(source: str = "F1", **others: Any) -> FileToKeep:
    facts: dict[str, Any] = {
        "conversation": HERE,
        "person": REN,
        "is_shared": True,
        "turn": TURN,
        "source": source,
        "name": "plan.csv",
        "media": "text/csv",
        "body": b"a,b\n1,2\n",
    }
    return FileToKeep(**{**facts, **others})


async def test_the_same_source_is_kept_once(database: Database):
    files = Files(database)
    first, again = await files.add(to_keep()), await files.add(to_keep(body=b"other"))
    assert first == again
    assert await files.body(first.id) == b"a,b\n1,2\n"


async def test_two_files_of_one_name_are_told_apart(database: Database):
    files = Files(database)
    names = [(await files.add(to_keep(source))).name for source in ("F1", "F2", "F3")]
    assert names == ["plan.csv", "plan (2).csv", "plan (3).csv"]


async def test_what_a_tool_brought_is_seen_by_its_asker_alone(database: Database):
    """Two people in one thread: the one's own documents are none of the other's business."""
    files = Files(database)
    await files.add(to_keep("F1", name="shared.csv"))
    await files.add(to_keep("c1:0", name="private.csv", is_shared=False))
    assert [one.name for one in await files.seen_by(HERE, REN)] == ["shared.csv", "private.csv"]
    assert [one.name for one in await files.seen_by(HERE, MEI)] == ["shared.csv"]


async def test_a_name_is_taken_for_the_whole_conversation(database: Database):
    """Else whoever has a private file of that name would read, or compute with, the wrong one."""
    files = Files(database)
    await files.add(to_keep("c1:0", name="rows.csv", is_shared=False))
    other = await files.add(to_keep("F2", name="rows.csv", person=MEI))
    assert other.name == "rows (2).csv"


async def test_two_that_come_at_once_get_two_names(database: Database):
    files = Files(database)
    kept = await asyncio.gather(*(files.add(to_keep(f"F{n}", name="image.png")) for n in range(4)))
    assert len({one.name for one in kept}) == 4


async def test_no_other_conversation_sees_a_file(database: Database):
    files = Files(database)
    await files.add(to_keep())
    assert await files.seen_by(ConversationId("T1:C1:2.2"), REN) == []


async def test_what_was_read_is_kept_beside_the_bytes(database: Database):
    files = Files(database)
    file = await files.add(to_keep(problem=""))
    assert await files.document(file.id) is None
    await files.keep_document(file.id, '{"kind":"sheet"}')
    assert await files.document(file.id) == '{"kind":"sheet"}'


async def test_a_file_that_nobody_asks_for_is_forgotten(database: Database):
    files, workings = Files(database), Workings(database)
    file = await files.add(to_keep())
    code = await workings.keep(TURN, CallId("c0"), person=REN, language="sql", code="SELECT 1")
    await files.prune(now=datetime.now(UTC) + KEPT - timedelta(hours=1))
    assert await files.find(file.id) is not None
    for store in (files, workings):
        await store.prune(now=datetime.now(UTC) + KEPT + timedelta(hours=1))
    assert await files.find(file.id) is None
    assert await workings.find(code) is None


async def test_the_code_behind_a_result_is_kept_once_and_for_its_asker(database: Database):
    workings = Workings(database)
    first = await workings.keep(TURN, CallId("c0"), person=REN, language="python", code="1 + 1")
    again = await workings.keep(TURN, CallId("c0"), person=REN, language="python", code="other")
    found = await workings.find(first)
    assert first == again
    assert found is not None
    assert (found.person, found.code) == (REN, "1 + 1")


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\plan.xlsx", "plan.xlsx"),
        ("budget\u202exslx.exe", "budgetxslx.exe"),
        ('a<script>"b".html', "ascriptb.html"),
        ("   ", "file"),
        ("..", "file"),
        (".env", "env"),
        ("a\nb.csv", "ab.csv"),
        ("", "file"),
    ],
)
def test_a_name_becomes_a_single_safe_file_name(given_name: str, safe: str):
    assert safe_name(given_name) == safe


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400), st.sets(st.text(max_size=20), max_size=5))
def test_no_name_leaves_its_folder_or_is_taken_twice(name: str, taken: set[str]):
    safe = safe_name(name)
    assert PurePath(safe).name == safe
    assert safe not in ("", ".", "..")
    assert 0 < len(safe) <= NAME
    assert safe.isprintable()
    assert safe_name(safe) == safe
    assert distinct_name(safe, taken) not in taken
