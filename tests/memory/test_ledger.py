"""Every tool call that was ever begun: what makes a write act at most once."""

import asyncio

import pytest

from memory.database import Database
from memory.ids import CallId, TurnId
from memory.ledger import CallState, Earlier, Intent, Ledger
from memory.workers import Fenced, Workers

TURN, CALL = TurnId("T1:D1:1.1"), CallId("c0")


def intent(turn: TurnId = TURN, call: CallId = CALL) -> Intent:
    return Intent(
        turn=turn, call=call, tool="write_note", effect="write", arguments="{}", verdict="approved", account=None
    )


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    for worker in ("w1", "w2"):
        await Workers(database).enter(worker, 4)
    return Ledger(database, "w1")


async def test_a_call_that_is_new_may_go(ledger: Ledger) -> None:
    assert not await ledger.knows(TURN, CALL)
    assert await ledger.begin(intent()) is None
    assert await ledger.knows(TURN, CALL)


async def test_a_call_that_was_begun_and_not_ended_is_in_doubt_whoever_asks(database: Database, ledger: Ledger) -> None:
    await ledger.begin(intent())
    for who in (ledger, Ledger(database, "w2")):
        assert await who.begin(intent()) == Earlier(state="intent", result=None, link=None)


@pytest.mark.parametrize("state", ["done", "failed", "unknown"])
async def test_a_call_that_ended_gives_its_result_again(ledger: Ledger, state: CallState) -> None:
    await ledger.begin(intent())
    await ledger.end(TURN, CALL, state, result="written", link="https://board.test/1")
    assert await ledger.begin(intent()) == Earlier(state=state, result="written", link="https://board.test/1")


async def test_calls_of_other_turns_and_other_calls_are_their_own(ledger: Ledger) -> None:
    await ledger.begin(intent())
    assert await ledger.begin(intent(call=CallId("c1"))) is None
    assert await ledger.begin(intent(turn=TurnId("T1:D1:2.2"))) is None


async def test_of_two_workers_at_once_one_may_go(database: Database, ledger: Ledger) -> None:
    both = (ledger, Ledger(database, "w2"))
    for n in range(10):
        begun = await asyncio.gather(*(who.begin(intent(call=CallId(f"c{n}"))) for who in both))
        assert [one for one in begun if one is not None] == [Earlier(state="intent", result=None, link=None)]


async def test_who_is_not_on_the_roll_enters_nothing(database: Database, ledger: Ledger) -> None:
    with pytest.raises(Fenced):
        await Ledger(database, "w9").begin(intent())
    assert not await ledger.knows(TURN, CALL)
