"""Answers that can be shared: once, by their person, for a week."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from memory.audit import Audit
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.shares import Shares
from tests.memory.queueing import Queue
from tests.memory.sharing import share_of

ME, OTHER = PersonId("T1:U1"), PersonId("T1:U2")


@pytest.fixture
def shares(database: Database) -> Shares:
    return Shares(database)


async def test_what_is_kept_is_found_as_it_was(shares: Shares) -> None:
    share = share_of(ME)
    for words in ("There are three.", "Other words"):
        await shares.add(share_of(ME, words=words, created_at=share.created_at, expires_at=share.expires_at))
    await shares.shown(share.id, "D1:2.2")
    assert await shares.find(share.id) == share_of(
        ME, card="D1:2.2", created_at=share.created_at, expires_at=share.expires_at
    )


async def test_of_many_clicks_at_once_one_takes_it(shares: Shares, database: Database) -> None:
    """appr_once"""
    await shares.add(share_of(ME))
    taken = await asyncio.gather(*(shares.take(f"s {ME}", ME, words="a") for _ in range(10)))
    assert sorted(taken) == [False] * 9 + [True]
    await shares.posted(share_of(ME))
    assert not await shares.take(f"s {ME}", ME, words="a")
    entries = [entered.entry async for entered in Audit(database).export(WorkspaceId("T1"))]
    assert [(entry.action, entry.person, entry.target) for entry in entries] == [("share.posted", ME, "C1")]


async def test_nobody_else_takes_it(shares: Shares, database: Database) -> None:
    """appr_actor"""
    await shares.add(share_of(ME))
    assert not await shares.take(f"s {ME}", OTHER, words="a")


async def test_what_could_not_be_posted_can_be_taken_again(shares: Shares) -> None:
    await shares.add(share_of(ME))
    assert await shares.take(f"s {ME}", ME, words="a")
    await shares.give_back(f"s {ME}")
    assert await shares.take(f"s {ME}", ME, words="a")


async def test_what_a_dead_process_took_can_be_taken_again(shares: Shares, database: Database) -> None:
    await shares.add(share_of(ME))
    assert await shares.take(f"s {ME}", ME, words="a")
    assert not await shares.take(f"s {ME}", ME, words="a")
    await Queue(database).sql("UPDATE shares SET taken_at = taken_at - interval '3 minutes'")
    assert await shares.take(f"s {ME}", ME, words="a")


async def test_after_a_week_it_is_gone_and_its_words_are_forgotten(shares: Shares, database: Database) -> None:
    await shares.add(share_of(ME, expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert await shares.find(f"s {ME}") is None
    assert not await shares.take(f"s {ME}", ME, words="a")
    await shares.add(share_of(OTHER))
    assert [row[0] for row in await Queue(database).sql("SELECT person FROM shares")] == [OTHER]
