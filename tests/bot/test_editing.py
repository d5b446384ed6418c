"""A write that is changed on its card: which fields there are, what is taken, and what the card says then."""

from dataclasses import replace
from typing import Any

import pytest

from bot.editing import Edits
from bot.messages import ApprovalCard, message_text
from bot.pending import APPROVAL, Decisions
from bot.toolbox.act import Act, OutsideTurn
from integrations.errors import NotFound
from memory.audit import Audit
from memory.database import Database
from memory.ids import PendingId, PersonId
from memory.pending import PendingItem
from memory.turns import NewTurn, Turns
from tests.fakes.rooms import NOTES, NOW, PERSON, TURN, Bench, bench, incoming

OTHER = PersonId("T1:U2")


class Table:
    """One write that waits, and what its card offers."""

    def __init__(self, database: Database, desk: Bench, item: PendingItem) -> None:
        self.desk, self.item, self.decisions = desk, item, Decisions(database)
        self.edits = Edits(
            items=desk.items, decisions=self.decisions, skills={"notes": NOTES}, act=self._act, audit=Audit(database)
        )

    async def _act(self, _person: PersonId) -> Act:
        return Act(PERSON, self.desk.accounts, OutsideTurn(), now=lambda: NOW)

    async def edit(self, **values: Any) -> Any:
        return await self.edits.edit(self.item.id, PERSON.id, values)

    async def stored(self) -> Any:
        found = await self.desk.items.find(self.item.id)
        assert found is not None
        return found, APPROVAL.validate_json(found.body)


@pytest.fixture
async def table(database: Database) -> Table:
    message = incoming("put it up for jo")
    await Turns(database).record(
        NewTurn(
            id=TURN,
            workspace=message.workspace,
            person=message.person,
            conversation=message.conversation,
            message=message_text(message),
        )
    )
    desk = await bench(database, message=message)
    await desk.call("write_note", {"place": "wall/a", "text": "Buy milk", "readers": ["jo"]})
    [item] = await desk.items.of_turn(TURN)
    return Table(database, desk, item)


async def test_each_target_and_the_text_has_a_field_of_its_kind(table: Table) -> None:
    form = await table.edits.form(table.item.id, PERSON.id)
    assert form is not None
    assert [(one.name, one.label, one.kind, one.value) for one in form.fields] == [
        ("place", "Place", "line", "wall/a"),
        ("readers", "For", "list", ("jo",)),
        ("text", "Text", "text", "Buy milk"),
    ]
    assert [one.optional for one in form.fields] == [False, True, False]


@pytest.mark.parametrize("person", [OTHER, PersonId("T2:U1")])
async def test_nobody_else_sees_or_changes_it(table: Table, person: PersonId) -> None:
    assert await table.edits.form(table.item.id, person) is None
    assert (await table.edits.edit(table.item.id, person, {"text": "Mine"})).decision is None
    found, _ = await table.stored()
    assert found.body == table.item.body


async def test_what_is_decided_or_was_never_there_cannot_be_changed(table: Table) -> None:
    assert await table.edits.form(PendingId("p_none"), PERSON.id) is None
    await table.decisions.decide(table.item.id, PERSON.id, "denied")
    assert await table.edits.form(table.item.id, PERSON.id) is None
    assert (await table.edit(text="Other")).decision is None


async def test_changed_fields_become_the_persons_words_and_others_stay_what_they_were(table: Table) -> None:
    edited = await table.edit(place="wall/a", readers=("jo", "ren"), text="Buy bread")
    assert not edited.problems
    found, body = await table.stored()
    assert body.edited == ("readers", "text")
    assert [(pair.label, pair.value, pair.origin) for pair in body.write.pairs] == [
        ("Place", "wall/a", APPROVAL.validate_json(table.item.body).write.pairs[0].origin),
        ("For", "jo, ren", "you changed"),
    ]
    assert (body.write.text, body.write.text_origin) == ("Buy bread", "you changed")
    assert found.digest != table.item.digest
    assert isinstance(edited.decision.card, ApprovalCard)
    assert table.desk.board.notes == []


async def test_what_the_vendor_completes_is_on_the_card_before_it_is_approved(table: Table) -> None:
    await table.edit(place="b")
    _, body = await table.stored()
    assert body.write.pairs[0].value == "wall/b"
    assert '"place": "wall/b"' in body.canonical


async def test_a_value_that_cannot_be_taken_is_said_at_its_field(table: Table) -> None:
    table.desk.board.fails.append(NotFound("There is no such wall."))
    edited = await table.edit(place="c")
    assert edited.problems == {"place": "There is no such wall."}
    found, _ = await table.stored()
    assert found.body == table.item.body


async def test_nothing_changed_changes_nothing(table: Table) -> None:
    edited = await table.edit(place="wall/a", readers=("jo",), text="Buy milk")
    assert edited.decision is not None
    found, body = await table.stored()
    assert (found.body, body.edited) == (table.item.body, ())
    assert replace(found, card=None) == replace(table.item, card=None)
