"""What model calls used, as the database sums it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from memory.database import Database
from memory.ids import PersonId, TurnId, WorkspaceId
from memory.usage import Spent, Used, record, spent_by_person, spent_by_turn, spent_by_workspace

LEAD, DESIGNER = PersonId("T0TAMARACK:U1"), PersonId("T0TAMARACK:U2")
WORKSPACE = WorkspaceId("T0TAMARACK")
NOTHING = Spent(calls=0, tokens=0, cost_usd=Decimal(0), unpriced=0)


def used(person: PersonId = LEAD, *, cost: str | None = "0.0125", turn: str = "t1") -> Used:
    return Used(
        workspace=WORKSPACE,
        person=person,
        turn=TurnId(turn),
        route="default",
        model="anthropic:claude-sonnet-5-5",
        input=1000,
        output=50,
        cache_read=800,
        cache_write=100,
        cost_usd=None if cost is None else Decimal(cost),
        seconds=1.5,
    )


async def test_a_person_a_workspace_and_a_turn_have_their_own_sums(database: Database):
    since = datetime.now(UTC) - timedelta(hours=1)
    await record(database, used())
    await record(database, used(turn="t2"))
    await record(database, used(DESIGNER, turn="t3"))
    async with database.sessions() as session:
        assert await spent_by_person(session, LEAD, since=since) == Spent(
            calls=2, tokens=2100, cost_usd=Decimal("0.025"), unpriced=0
        )
        assert (await spent_by_workspace(session, WORKSPACE, since=since)).tokens == 3150
        assert (await spent_by_turn(session, TurnId("t3"))).calls == 1


async def test_a_call_of_unknown_price_is_counted_and_is_not_free(database: Database):
    await record(database, used())
    await record(database, used(cost=None))
    async with database.sessions() as session:
        spent = await spent_by_turn(session, TurnId("t1"))
    assert spent == Spent(calls=2, tokens=2100, cost_usd=Decimal("0.0125"), unpriced=1)


async def test_what_was_used_before_does_not_count(database: Database):
    await record(database, used())
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    async with database.sessions() as session:
        assert await spent_by_person(session, LEAD, since=tomorrow) == NOTHING
