"""What was done is taken back: once, by its person, within a day."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import ApprovalCard
from bot.pending import Decisions
from bot.toolbox.act import Act, OutsideTurn
from bot.undoing import Undoing
from integrations.errors import AccessRevoked, OutcomeUnknown, ServiceUnavailable
from memory.audit import Audit
from memory.database import Database
from memory.ids import PendingId, PersonId
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItem
from tests.fakes.rooms import NOTES, NOW, PERSON, TURN, Bench, bench, incoming

OTHER = PersonId("T1:U2")


class Done:
    """A note that was put up unasked."""

    def __init__(self, database: Database, desk: Bench, item: PendingItem) -> None:
        self.desk, self.item = desk, item
        self.now = datetime.now(UTC)
        self.undoing = Undoing(
            items=desk.items,
            decisions=Decisions(database),
            skills={"notes": NOTES},
            act=self._act,
            audit=Audit(database),
            now=lambda: self.now,
            retract=ParameterMemory(database).retract,
        )

    async def _act(self, _person: PersonId) -> Act:
        return Act(PERSON, self.desk.accounts, OutsideTurn(), now=lambda: NOW)

    async def state(self) -> str:
        found = await self.desk.items.find(self.item.id)
        assert found is not None
        return found.state


@pytest.fixture
async def done(database: Database) -> Done:
    desk = await bench(database, message=incoming("put up the note “Buy milk” at wall/wall"), ruled={})
    assert (await desk.call("write_note", {"place": "wall/wall", "text": "Buy milk"})).kind == "done"
    [item] = await desk.items.of_turn(TURN)
    return Done(database, desk, item)


async def test_it_is_taken_back_and_the_card_says_so(done: Done) -> None:
    begun = await done.undoing.begin(done.item.id, PERSON.id)
    assert begun.answered == "decided"
    assert isinstance(begun.card, ApprovalCard)
    assert begun.card.items[0].outcome == "undoing"
    decision, problem = await done.undoing.carry_out(done.item.id, PERSON.id)
    assert (problem, done.desk.board.notes) == ("", [""])
    assert isinstance(decision.card, ApprovalCard)
    assert (decision.card.items[0].outcome, decision.card.items[0].can_undo) == ("undone", False)


async def test_two_clicks_at_once_take_it_back_once(done: Done) -> None:
    answers = await asyncio.gather(*(done.undoing.begin(done.item.id, PERSON.id) for _ in range(4)))
    assert sorted(one.answered for one in answers) == ["already", "already", "already", "decided"]
    for _ in range(2):
        await done.undoing.carry_out(done.item.id, PERSON.id)
    assert done.desk.board.calls.count("undo") == 1


async def test_only_its_person_may(done: Done) -> None:
    assert (await done.undoing.begin(done.item.id, OTHER)).answered == "not_yours"
    assert (await done.undoing.begin(PendingId("p_none"), PERSON.id)).answered == "gone"
    assert (await done.state(), done.desk.board.notes) == ("done", ["wall/wall: Buy milk"])


async def test_after_a_day_it_stays(done: Done) -> None:
    done.now += timedelta(hours=25)
    assert (await done.undoing.begin(done.item.id, PERSON.id)).answered == "expired"
    assert await done.state() == "done"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ServiceUnavailable("Board is not answering."), "Board is not answering."),
        (AccessRevoked("401"), "The account has to be connected again first. Write /pinyon connect."),
        (OutcomeUnknown("broke off"), "The connection broke while I took it back. Look whether it is still there."),
    ],
)
async def test_what_could_not_be_taken_back_says_why_and_can_be_tried_again(
    done: Done, error: Exception, told: str
) -> None:
    await done.undoing.begin(done.item.id, PERSON.id)
    done.desk.board.fails.append(error)
    decision, problem = await done.undoing.carry_out(done.item.id, PERSON.id)
    assert problem == told
    assert isinstance(decision.card, ApprovalCard)
    assert decision.card.items[0].can_undo
    assert (await done.undoing.begin(done.item.id, PERSON.id)).answered == "decided"


async def test_what_is_gone_already_is_said(done: Done) -> None:
    done.desk.board.notes[0] = ""
    await done.undoing.begin(done.item.id, PERSON.id)
    _, problem = await done.undoing.carry_out(done.item.id, PERSON.id)
    assert problem == "The note is gone already."
