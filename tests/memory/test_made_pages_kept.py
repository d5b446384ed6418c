"""Pages that were made for people, as they are kept."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from memory.database import Database
from memory.ids import ConversationId, PageId, PersonId, TurnId
from memory.pages import KEPT, Pages

JAMAL, REN = PersonId("T1:UJAMAL"), PersonId("T1:UREN")
TURN = TurnId("T1:C1:1700.1")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def pages(database: Database) -> Pages:
    return Pages(database)


async def keep(pages: Pages, *, turn: TurnId = TURN, html: str = "<p>1</p>") -> PageId:
    return await pages.keep(
        turn=turn,
        conversation=ConversationId("T1:C1:1700.1"),
        channel="C1",
        person=JAMAL,
        title="Orders",
        html=html,
        now=NOW,
    )


async def test_the_same_page_in_the_same_turn_is_kept_once(pages: Pages) -> None:
    """A tool may run again after a crash."""
    first = await keep(pages)
    assert await keep(pages) == first
    assert await keep(pages, turn=TurnId(f"{TURN}:c1")) == first
    assert await keep(pages, html="<p>2</p>") != first
    assert await keep(pages, turn=TurnId("T1:C1:1700.2")) != first


async def test_its_address_holds_128_random_bits(pages: Pages) -> None:
    """share_link"""
    ids = {await keep(pages, html=str(number)) for number in range(20)}
    assert len(ids) == 20
    assert all(len(id) == 22 for id in ids)


async def test_it_is_its_askers_alone_until_an_answer_was_shown_to_others(pages: Pages) -> None:
    page = await keep(pages)
    await pages.open_to(TURN, "asker")
    found = await pages.find(page, now=NOW)
    assert found
    assert (found.person, found.workspace, found.open_to) == (JAMAL, "T1", "asker")
    await pages.open_to(TurnId(f"{TURN}:c2"), "here")
    opened = await pages.find(page, now=NOW)
    assert opened
    assert opened.open_to == "channel"


async def test_what_is_taken_back_is_gone_with_its_text(pages: Pages, database: Database) -> None:
    page = await keep(pages)
    assert not await pages.take_back(page, person=REN, now=NOW)
    assert await pages.find(page, now=NOW)
    assert await pages.take_back(page, person=JAMAL, now=NOW)
    assert not await pages.take_back(page, person=JAMAL, now=NOW)
    assert await pages.find(page, now=NOW) is None
    async with database.engine.connect() as connection:
        assert (await connection.scalars(text("SELECT html FROM pages"))).all() == [""]


async def test_it_is_forgotten_after_its_time(pages: Pages, database: Database) -> None:
    page = await keep(pages)
    assert await pages.find(page, now=NOW + KEPT - timedelta(seconds=1))
    assert await pages.find(page, now=NOW + KEPT) is None
    await pages.prune(now=NOW + KEPT)
    async with database.engine.connect() as connection:
        assert (await connection.scalars(text("SELECT id FROM pages"))).all() == []


async def test_who_shares_an_answer_opens_the_pages_of_theirs_that_it_names(pages: Pages) -> None:
    page, other = await keep(pages), await keep(pages, html="<p>2</p>")
    words = f"Here it is: [Orders](https://pinyon.example/d/{page}). Not /d/{other}x."
    await pages.open_named(words, REN, "C1")
    await pages.open_named(words, JAMAL, "C2")
    before = await pages.find(page, now=NOW)
    await pages.open_named(words, JAMAL, "C1")
    opened, closed = await pages.find(page, now=NOW), await pages.find(other, now=NOW)
    assert before
    assert opened
    assert closed
    assert (before.open_to, opened.open_to, closed.open_to) == ("asker", "channel", "asker")
