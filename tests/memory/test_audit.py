"""The audit log: what it holds, that nothing can be changed in it, and that a change shows."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import ProgrammingError

from memory.audit import Audit, AuditRow, Entry, Head, Wanted, canonical, digest, enter_within, linked, target_of
from memory.database import Database, open_database
from memory.ids import PersonId, TurnId, WorkspaceId

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TEAM, OTHER = WorkspaceId("T1"), WorkspaceId("T2")
REN, PRIYA = PersonId("T1:UREN"), PersonId("T1:UPRIYA")
DONE = Entry(
    workspace=TEAM,
    at=NOW,
    person=REN,
    actor=REN,
    action="tool.done",
    tool="comment",
    account="ren-k",
    verdict="allow",
    reason="You asked for this.",
    target="TRAIL-140",
    target_hash=digest("TRAIL-140"),
    arguments_hash=digest("{}"),
    turn=TurnId("T1:D1:1.2"),
    outcome="done",
)


async def enter(audit: Audit, count: int, workspace: WorkspaceId = TEAM) -> None:
    for number in range(1, count + 1):
        await audit.enter(replace(DONE, workspace=workspace, at=NOW + timedelta(minutes=number), outcome=f"{number}"))


async def tamper(database: Database, *statements: str, **values: Any) -> None:
    """What somebody does who owns the tables and switches off what guards them."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement), values)


async def test_an_empty_log_is_whole(database: Database) -> None:
    found = await Audit(database).verify(TEAM)
    assert (found.unbroken, found.entries, found.head) == (True, 0, None)


async def test_every_workspace_counts_for_itself(database: Database) -> None:
    audit = Audit(database)
    await enter(audit, 3)
    await enter(audit, 2, OTHER)
    assert await audit.workspaces() == (TEAM, OTHER)
    for workspace, count in ((TEAM, 3), (OTHER, 2)):
        found = await audit.verify(workspace)
        assert (found.unbroken, found.entries) == (True, count)
        assert found.head == await audit.head(workspace)
        assert found.head is not None
        assert found.head.seq == count


async def test_a_row_is_bound_to_the_one_before_it(database: Database) -> None:
    audit = Audit(database)
    await enter(audit, 2)
    first, second = [entered async for entered in audit.export(TEAM)]
    assert first.hash == linked("0" * 64, 1, first.entry)
    assert second.hash == linked(first.hash, 2, second.entry)
    assert first.entry == replace(DONE, at=NOW + timedelta(minutes=1), outcome="1")


CHANGES = [
    "UPDATE audit SET actor = 'T1:UPRIYA' WHERE seq = 2",
    "DELETE FROM audit WHERE seq = 2",
    "TRUNCATE audit",
    "DELETE FROM audit WHERE false",
    "DELETE FROM audit_heads",
    "TRUNCATE audit_heads",
    "UPDATE audit_heads SET seq = 2",
    "UPDATE audit_heads SET hash = 'x'",
    "UPDATE audit_heads SET workspace = 'T9', seq = seq + 1",
]


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_database_itself_refuses_to_change_the_log(database: Database, statement: str) -> None:
    """audit_chain"""
    audit = Audit(database)
    await enter(audit, 3)
    with pytest.raises(ProgrammingError, match="only ever added"):
        async with database.engine.begin() as connection:
            await connection.execute(text(statement))
    assert (await audit.verify(TEAM)).entries == 3


TAMPERED = [
    ("UPDATE audit SET actor = 'T1:UPRIYA' WHERE seq = 3", 3, "Row 3 is not what was entered."),
    ("UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 1", 1, "Row 1 is not what was entered."),
    ("UPDATE audit SET hash = repeat('0', 64) WHERE seq = 4", 4, "Row 4 is not what was entered."),
    ("DELETE FROM audit WHERE seq = 3", 3, "Row 3 is missing."),
    ("DELETE FROM audit WHERE seq = 1", 1, "Row 1 is missing."),
    ("DELETE FROM audit WHERE seq = 5", 5, "The log was cut off after row 4; it had 5."),
    ("DELETE FROM audit", 1, "The log was cut off after row 0; it had 5."),
    ("DELETE FROM audit_heads", 1, "The end of the log is not known any more."),
    ("UPDATE audit_heads SET hash = repeat('0', 64)", 5, "Row 5 is not the one that the log ended with."),
    ("UPDATE audit SET seq = CASE seq WHEN 2 THEN 30 ELSE 2 END WHERE seq IN (2, 3)", 2, "Row 2 is not"),
]


@pytest.mark.parametrize(("statement", "bad", "why"), TAMPERED)
async def test_a_log_that_was_changed_says_where(database: Database, statement: str, bad: int, why: str) -> None:
    """audit_chain"""
    audit = Audit(database)
    await enter(audit, 5)
    await enter(audit, 2, OTHER)
    await tamper(database, f"{statement}{' AND' if 'WHERE' in statement else ' WHERE'} workspace = 'T1'")
    found = await audit.verify(TEAM)
    assert (found.unbroken, found.bad) == (False, bad)
    assert found.why.startswith(why)
    assert (await audit.verify(OTHER)).unbroken


async def test_a_row_that_was_put_in_is_found(database: Database) -> None:
    """audit_chain"""
    audit = Audit(database)
    await enter(audit, 4)
    copied = "INSERT INTO audit SELECT (jsonb_populate_record(a, '{\"seq\": %s}')).* FROM audit a WHERE seq = 2"
    await tamper(database, "UPDATE audit SET seq = seq + 100 WHERE seq > 2", copied % 3)
    await tamper(database, "UPDATE audit SET seq = seq - 99 WHERE seq > 100")
    assert (await audit.verify(TEAM)).bad == 3


async def test_a_whole_chain_computed_anew_differs_from_the_head_that_was_noted(database: Database) -> None:
    """audit_chain"""
    audit = Audit(database)
    await enter(audit, 3)
    noted = await audit.head(TEAM)
    assert noted is not None
    await enter(audit, 2)
    assert (await audit.verify(TEAM, noted=noted)).unbroken
    await tamper(database, "DELETE FROM audit", "DELETE FROM audit_heads")
    await enter(audit, 2)
    assert (await audit.verify(TEAM)).unbroken, "by itself it is a chain like any other"
    cut = await audit.verify(TEAM, noted=noted)
    assert (cut.bad, cut.why) == (3, "The log was cut off after row 2; row 3 was noted.")
    await enter(audit, 1)
    assert (await audit.verify(TEAM, noted=Head(3, "0" * 64))).why == "Row 3 is not the one that was noted."


Edit = Callable[[list[Any], random.Random], list[Any]]


def change(rows: list[Any], chance: random.Random) -> list[Any]:
    at = chance.randrange(len(rows))
    column = chance.choice(["actor", "action", "account", "reason", "outcome", "hash", "turn"])
    return [*rows[:at], {**rows[at], column: f"{rows[at][column]}x"}, *rows[at + 1 :]]


def drop(rows: list[Any], chance: random.Random) -> list[Any]:
    at = chance.randrange(len(rows))
    kept = [*rows[:at], *rows[at + 1 :]]
    return numbered(kept) if chance.random() < 0.5 else kept


def swap(rows: list[Any], chance: random.Random) -> list[Any]:
    one, two = chance.sample(range(len(rows)), 2)
    moved = [*rows]
    moved[one], moved[two] = rows[two], rows[one]
    return numbered(moved)


def double(rows: list[Any], chance: random.Random) -> list[Any]:
    at = chance.randrange(len(rows))
    return numbered([*rows[: at + 1], rows[at], *rows[at + 1 :]])


def numbered(rows: Sequence[Any]) -> list[Any]:
    return [{**row, "seq": seq} for seq, row in enumerate(rows, start=1)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=st.sampled_from([change, drop, swap, double]), size=st.integers(2, 9), seed=st.integers(0, 2**32))
def test_whatever_is_edited_dropped_moved_or_doubled_is_found(
    database_url: str, edit: Edit, size: int, seed: int
) -> None:
    """audit_chain"""

    async def broken() -> bool:
        database = open_database(database_url)
        audit = Audit(database)
        await tamper(database, "TRUNCATE audit", "TRUNCATE audit_heads")
        await enter(audit, size)
        async with database.engine.begin() as connection:
            rows = (await connection.execute(text("SELECT * FROM audit ORDER BY seq"))).mappings().all()
            edited = edit([dict(row) for row in rows], random.Random(seed))  # noqa: S311 - a repeatable edit
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(text("DELETE FROM audit"))
            await connection.execute(insert(AuditRow), edited)
        found = await audit.verify(TEAM)
        await database.close()
        return not found.unbroken

    assert asyncio.run(broken())


async def test_twenty_entries_at_once_make_one_chain(database: Database, database_url: str) -> None:
    """audit_chain"""
    other = open_database(database_url)
    logs = (Audit(database), Audit(other))
    await asyncio.gather(*(logs[number % 2].enter(replace(DONE, outcome=f"{number}")) for number in range(20)))
    await other.close()
    found = await logs[0].verify(TEAM)
    assert (found.unbroken, found.entries) == (True, 20)
    assert {entered.entry.outcome async for entered in logs[0].export(TEAM)} == {f"{number}" for number in range(20)}


async def test_an_entry_falls_with_the_transaction_that_it_is_part_of(database: Database) -> None:
    audit = Audit(database)
    await enter(audit, 1)
    async with database.engine.connect() as connection:
        await enter_within(connection, DONE)
        await connection.rollback()
    async with database.engine.begin() as connection:
        await enter_within(connection, DONE)
    async with database.sessions.begin() as session:
        await enter_within(session, DONE)
    found = await audit.verify(TEAM)
    assert (found.unbroken, found.entries) == (True, 3)


ODD = st.text(st.characters(), max_size=40)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(ODD, min_size=5, max_size=5))
def test_whatever_stands_in_an_entry_it_is_kept_and_the_chain_holds(database_url: str, words: list[str]) -> None:
    """audit_chain: control characters, quotes, surrogates"""

    async def check() -> None:
        database = open_database(database_url)
        audit = Audit(database)
        tool, account, reason, target, outcome = words
        await audit.enter(replace(DONE, tool=tool, account=account, reason=reason, target=target, outcome=outcome))
        assert (await audit.verify(TEAM)).unbroken
        await database.close()

    asyncio.run(check())


async def test_a_text_that_is_too_long_is_cut_and_the_chain_holds(database: Database) -> None:
    audit = Audit(database)
    await audit.enter(replace(DONE, reason="because " * 1000))
    [entered] = await audit.page(TEAM)
    assert len(entered.entry.reason) == 400
    assert (await audit.verify(TEAM)).unbroken


async def test_pages_are_newest_first_and_filtered(database: Database) -> None:
    audit = Audit(database)
    await enter(audit, 5)
    await audit.enter(replace(DONE, at=NOW + timedelta(days=1), person=PRIYA, actor=REN, tool="merge"))
    await audit.enter(replace(DONE, at=NOW + timedelta(days=2), person=PRIYA, actor=PRIYA))
    await enter(audit, 1, OTHER)

    async def seqs(wanted: Wanted, **more: Any) -> list[int]:
        return [entered.seq for entered in await audit.page(TEAM, wanted, **more)]

    assert await seqs(Wanted(), most=3) == [7, 6, 5]
    assert await seqs(Wanted(), before=5, most=3) == [4, 3, 2]
    assert await seqs(Wanted(people=[PRIYA])) == [7, 6]
    assert await seqs(Wanted(people=[REN], since=NOW + timedelta(hours=1))) == [6]
    assert await seqs(Wanted(people=[])) == []
    assert await seqs(Wanted(tool="merge")) == [6]
    assert await seqs(Wanted(until=NOW + timedelta(minutes=3))) == [2, 1]


async def test_an_export_goes_through_all_pages_and_keeps_to_its_time(database: Database) -> None:
    audit = Audit(database, at_once=2)
    await enter(audit, 5)
    assert [entered.seq async for entered in audit.export(TEAM)] == [1, 2, 3, 4, 5]
    since, until = NOW + timedelta(minutes=2), NOW + timedelta(minutes=4)
    assert [entered.seq async for entered in audit.export(TEAM, since, until)] == [2, 3]
    assert (await audit.verify(TEAM)).unbroken


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["TRAIL-140"], "TRAIL-140"),
        (["tamarack/web#482"], "tamarack/web#482"),
        (["tamarack/web", "482"], "tamarack/web, 482"),
        (["C0123456789"], "C0123456789"),
        (["priya@tamarack.example"], ""),
        (["Plans for the merger"], ""),
        (["tamarack/web", "Plans for the merger"], ""),
        (["x/ghp_16C7e42F292c6912E7710c838347Ae178B4a"], ""),
        (["xoxb-1/2"], ""),
        ([""], ""),
        ([], ""),
    ],
)
def test_only_typed_identifiers_are_kept_in_clear(values: list[str], said: str) -> None:
    clear, hashed = target_of(values)
    assert clear == said
    assert hashed == (digest("\n".join(values)) if any(values) else "")


@given(value=st.text(min_size=1))
def test_of_any_other_target_only_the_hash_is_kept(value: str) -> None:
    clear, hashed = target_of([value])
    assert clear in ("", value)
    assert len(hashed) == 64


def test_the_canonical_form_is_ascii_and_the_same_in_every_zone() -> None:
    here = replace(DONE, reason="Grüße 🌲")
    assert canonical(here).isascii()
    assert canonical(here) == canonical(replace(here, at=NOW.astimezone(tz=None)))
