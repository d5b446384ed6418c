"""What waits for a person, as it is stored."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memory.database import Database
from memory.ids import CallId, ConversationId, PendingId, PersonId, TurnId, WorkspaceId
from memory.pending import PendingItem, PendingItems, decide, lock, of_turn

CONVERSATION = ConversationId("T1:D1:1")
NEW = TurnId("T1:D1:9.9")
PERSON = PersonId("T1:U1")


def item(name: str, **facts: Any) -> PendingItem:
    return replace(
        PendingItem(
            id=PendingId(name),
            turn=TurnId("T1:D1:1.1"),
            call=CallId(f"call of {name}"),
            kind="approval",
            workspace=WorkspaceId("T1"),
            person=PERSON,
            conversation=CONVERSATION,
            body="{}",
            digest="digest",
            expires_at=datetime.now(UTC) + timedelta(hours=24),
        ),
        **facts,
    )


@pytest.fixture
def items(database: Database) -> PendingItems:
    return PendingItems(database)


async def states(items: PendingItems, turn: str = "T1:D1:1.1") -> dict[str, str]:
    return {one.id: one.state for one in await items.of_turn(TurnId(turn))}


async def settled(items: PendingItems, *stored: PendingItem) -> None:
    """Store items in the states that they have."""
    for one in stored:
        await items.add(one)
        if one.state != "open":
            await items.settle(one.id, one.state, reason=one.reason)


async def test_what_is_stored_is_found_as_it_was(items: PendingItems) -> None:
    stored = item("a", reason="now v2")
    await items.add(stored)
    assert await items.find(PendingId("a")) == stored
    assert await items.find(PendingId("b")) is None


async def test_the_same_item_again_changes_nothing(items: PendingItems) -> None:
    await items.add(item("a"))
    await items.settle(PendingId("a"), "denied")
    await items.add(item("a", body="other"))
    found = await items.find(PendingId("a"))
    assert found is not None
    assert (found.state, found.body) == ("denied", "{}")


async def test_items_come_in_the_order_they_were_asked(items: PendingItems) -> None:
    for name in ("b", "c", "a"):
        await items.add(item(name))
    assert list(await states(items)) == ["b", "c", "a"]


async def test_an_item_is_decided_once(database: Database, items: PendingItems) -> None:
    await items.add(item("a"))
    async with database.engine.begin() as connection:
        decided = await decide(connection, PendingId("a"), "approved")
        assert decided is not None
        assert (decided.state, decided.decided_at is not None) == ("approved", True)
        assert await decide(connection, PendingId("a"), "denied") is None


async def test_of_two_connections_one_decides(database: Database, items: PendingItems) -> None:
    async def one(name: str, word: Any) -> bool:
        async with database.engine.begin() as connection:
            return await decide(connection, PendingId(name), word) is not None

    for n in range(10):
        await items.add(item(f"{n}"))
        assert sorted(await asyncio.gather(one(f"{n}", "approved"), one(f"{n}", "denied"))) == [False, True]


async def test_a_locked_card_makes_the_next_click_wait_and_see(database: Database, items: PendingItems) -> None:
    await settled(items, item("a"), item("b"))
    turn = item("a").turn

    async def click(name: str) -> list[str]:
        async with database.engine.begin() as connection:
            await lock(connection, turn)
            await decide(connection, PendingId(name), "approved")
            return [one.state for one in await of_turn(connection, turn)]

    seen = await asyncio.gather(click("a"), click("b"))
    assert sorted(map(sorted, seen)) == [["approved", "approved"], ["approved", "open"]]


async def test_time_decides_when_nobody_did(database: Database, items: PendingItems) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    await settled(items, item("a", expires_at=past), item("b", expires_at=past, state="denied"))
    await settled(items, item("c", turn=TurnId("T1:D1:2.2")))
    async with database.engine.begin() as connection:
        assert await decide(connection, PendingId("a"), "approved") is None
    assert [one.id for one in await items.expire()] == ["a"]
    assert await states(items) == {"a": "expired", "b": "denied"}
    assert await states(items, "T1:D1:2.2") == {"c": "open"}
    assert await items.expire() == []


async def test_what_was_approved_but_waited_for_the_rest_expires_with_it(items: PendingItems) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    await settled(items, item("a", expires_at=past, state="approved"), item("b", expires_at=past))
    await settled(items, item("c", turn=TurnId("T1:D1:2.2"), expires_at=past, state="approved"))
    assert {one.id for one in await items.expire()} == {"a", "b"}
    assert await states(items, "T1:D1:2.2") == {"c": "approved"}  # on its way


async def test_a_new_question_closes_what_earlier_turns_of_its_thread_left_open(items: PendingItems) -> None:
    await settled(
        items,
        item("open"),
        item("done", state="done"),
        item("elsewhere", conversation=ConversationId("T1:D1:2"), turn=TurnId("T1:D1:2.2")),
        item("its own", turn=NEW),
    )
    assert [one.id for one in await items.move_on(CONVERSATION, PERSON, to=NEW)] == ["open"]
    assert await states(items) == {"open": "moved_on", "done": "done"}
    assert await states(items, "T1:D1:2.2") == {"elsewhere": "open"}
    assert await states(items, NEW) == {"its own": "open"}
    assert await items.move_on(CONVERSATION, PERSON, to=NEW) == []


async def test_a_question_of_somebody_else_closes_nothing(items: PendingItems) -> None:
    await settled(items, item("open"))
    assert await items.move_on(CONVERSATION, PersonId("T1:U2"), to=NEW) == []
    assert await states(items) == {"open": "open"}


async def test_only_what_is_open_waits_for_a_person(items: PendingItems) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    await settled(
        items,
        item("a"),
        item("b", state="done"),
        item("c", expires_at=past),
        item("d", person=PersonId("T1:U2")),
    )
    assert [one.id for one in await items.open_of(PersonId("T1:U1"))] == ["a"]


async def test_a_card_has_one_place_for_all_its_items(items: PendingItems) -> None:
    await settled(items, item("a"), item("b"), item("c", turn=TurnId("T1:D1:2.2")))
    await items.shown(item("a").turn, "D1:5.5")
    assert [one.card for one in await items.of_turn(item("a").turn)] == ["D1:5.5", "D1:5.5"]
    assert (await items.of_turn(TurnId("T1:D1:2.2")))[0].card is None


async def test_settling_without_a_reason_keeps_the_one_there_is(items: PendingItems) -> None:
    await settled(items, item("a", state="failed", reason="refused"))
    await items.settle(PendingId("a"), "unknown")
    found = await items.find(PendingId("a"))
    assert found is not None
    assert (found.state, found.reason) == ("unknown", "refused")
