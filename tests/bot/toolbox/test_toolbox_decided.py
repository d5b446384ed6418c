"""What a person decided, carried out by the turn that goes on."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.messages import ApprovalCard, message_text
from bot.pending import APPROVAL, CONNECT, Decisions, card_of
from bot.toolbox.decided import ASKED_AGAIN, DENIED, EXPIRED, MOVED_ON, NOT_SHOWN, SKIPPED, Carried, Decided, said_of
from integrations.errors import AccessRevoked, OutcomeUnknown, Refused, ServiceUnavailable
from memory.conversations import Conversations
from memory.database import Database
from memory.ids import CallId, TurnId
from memory.pending import PendingItem
from memory.turns import NewTurn, Turns
from tests.fakes.rooms import PERSON, TURN, Bench, Board, FakeAccounts, bench, incoming

ON = TurnId(f"{TURN}:c1")
WRITE = {"place": "wall", "text": "Buy milk"}


async def asked(database: Database, *writes: dict[str, Any], accounts: FakeAccounts | None = None) -> Bench:
    """The turn that left `writes` waiting."""
    message = incoming("put it up")
    await Turns(database).record(
        NewTurn(
            id=TURN,
            workspace=message.workspace,
            person=message.person,
            conversation=message.conversation,
            message=message_text(message),
        )
    )
    desk = await bench(database, message=message, accounts=accounts)
    for number, write in enumerate(writes or (WRITE,)):
        assert (await desk.call("write_note", write, call=f"c{number}")).kind == "waits"
    return desk


async def going_on(database: Database, desk: Bench, *, turn: TurnId = ON, **others: Any) -> tuple[Bench, Decided]:
    """The turn that goes on, which has a toolbox of its own."""
    message = incoming("put it up", turn=turn, continues=TURN)
    after = await bench(database, message=message, accounts=desk.accounts, **others)
    return after, Decided(
        tools=after.tools,
        act=after.act,
        waiting=after.waiting,
        ledger=after.ledger,
        items=after.items,
        trail=after.trail,
    )


async def decide(database: Database, desk: Bench, *words: Any) -> None:
    decisions = Decisions(database)
    for item, word in zip(await desk.items.of_turn(TURN), words, strict=True):
        assert (await decisions.decide(item.id, PERSON.id, word)).answered == "decided"


async def carry_out(database: Database, desk: Bench, **others: Any) -> Carried:
    _, decided = await going_on(database, desk, **others)
    return await decided.carry_out(TURN)


async def test_an_approved_write_runs_as_it_stood_on_the_card(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    carried = await carry_out(database, desk)
    assert desk.board.notes == ["wall/wall: Buy milk"]
    assert carried.results[CallId("c0")].startswith('Executed write_note {"place": "wall/wall"')
    assert (carried.asks_again, carried.quiet) == (False, False)
    [item] = await desk.items.of_turn(TURN)
    assert (item.state, item.reason) == ("done", "https://board.test/1")


async def test_after_a_crash_it_is_not_written_again(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    first = await carry_out(database, desk)
    desk.board.version = "v2"  # by the write itself
    again = await carry_out(database, desk)
    assert desk.board.notes == ["wall/wall: Buy milk"]
    assert again.results == first.results
    assert not again.asks_again


async def test_what_was_denied_is_told_and_the_rest_runs(database: Database) -> None:
    desk = await asked(database, WRITE, {"place": "door", "text": "Closed"})
    await decide(database, desk, "denied", "approved")
    carried = await carry_out(database, desk)
    assert desk.board.notes == ["wall/door: Closed"]
    assert carried.results["c0"] == DENIED
    assert not carried.quiet


async def test_when_all_is_denied_the_card_says_it_all(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "denied")
    carried = await carry_out(database, desk)
    assert carried == Carried(results={"c0": DENIED}, quiet=True)
    assert desk.board.notes == []


async def test_a_target_that_changed_is_asked_about_again(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    desk.board.version = "v2"
    for _ in range(2):  # also when the step runs again after a crash
        carried = await carry_out(database, desk)
        assert carried.asks_again
        assert not carried.quiet
        assert carried.results == {}
    assert desk.board.notes == []
    [again] = await desk.items.of_turn(ON)
    assert (again.state, again.reason) == ("open", "now v2, before v1")
    card = card_of([again])
    assert isinstance(card, ApprovalCard)
    assert card.items[0].outcome == "stale"
    [before] = await desk.items.of_turn(TURN)
    assert before.state == "stale"
    old = card_of([before])
    assert isinstance(old, ApprovalCard)
    assert (old.items[0].outcome, old.items[0].said) == ("failed", "Not done yet: I ask you once more.")


async def test_what_is_approved_the_second_time_runs(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    desk.board.version = "v2"
    after, decided = await going_on(database, desk)
    await Turns(database).record(
        NewTurn(
            id=ON,
            workspace=after.message.workspace,
            person=PERSON.id,
            conversation=after.message.conversation,
            message=message_text(after.message),
        )
    )
    assert (await decided.carry_out(TURN)).outcomes[0].text == ASKED_AGAIN
    [again] = await desk.items.of_turn(ON)
    assert (await Decisions(database).decide(again.id, PERSON.id, "approved")).answered == "decided"
    _, last = await going_on(database, desk, turn=TurnId(f"{TURN}:c2"))
    assert (await last.carry_out(ON)).outcomes[0].kind == "done"
    assert desk.board.notes == ["wall/wall: Buy milk"]
    assert await Conversations(database).load(desk.message.conversation, turns=9) == []


async def test_another_account_is_asked_about_again(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    desk.accounts.account = "ren-private"
    assert (await carry_out(database, desk)).asks_again
    [again] = await desk.items.of_turn(ON)
    assert again.reason == "it would be done as ren-private"
    assert APPROVAL.validate_json(again.body).write.account == "ren-private"
    assert desk.board.notes == []


async def test_a_short_name_that_means_something_else_by_now_is_asked_about_again(database: Database) -> None:
    desk = await asked(database)
    [item] = await desk.items.of_turn(TURN)
    await decide(database, desk, "approved")
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE pending SET digest = 'other arguments' WHERE id = :id"), {"id": item.id})
    assert (await carry_out(database, desk)).asks_again
    [again] = await desk.items.of_turn(ON)
    assert again.reason == "it would act on something else"


@pytest.mark.parametrize("at_the_look", [True, False])
async def test_an_access_that_ended_after_the_click_shows_a_card_to_connect(
    database: Database, *, at_the_look: bool
) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    ended = AccessRevoked("401")
    if at_the_look:
        desk.board.fails.append(ended)
    else:
        desk.accounts = FakeAccounts(_EndsAtTheWrite(ended))
    carried = await carry_out(database, desk)
    assert carried.asks_again
    assert carried.results == {}
    [missing] = await desk.items.of_turn(ON)
    assert (missing.kind, missing.state) == ("connect", "open")
    assert CONNECT.validate_json(missing.body).offer.again
    assert desk.accounts.board.notes == []


class _EndsAtTheWrite(Board):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def called(self, name: str) -> None:
        if name == "write_note":
            raise self._error


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Refused("No."), "failed", "The service refused it."),
        (ServiceUnavailable("No."), "failed", "The service did not answer. Nothing was changed."),
        (OutcomeUnknown("No."), "unknown", "The connection broke while I did it."),
    ],
)
async def test_a_write_that_fails_is_said_on_its_card(
    database: Database, error: Exception, state: str, reason: str
) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    desk.accounts = FakeAccounts(_EndsAtTheWrite(error))
    await carry_out(database, desk)
    [item] = await desk.items.of_turn(TURN)
    assert (item.state, item.reason) == (state, reason)


async def test_a_skill_that_was_disconnected_meanwhile_does_not_act(database: Database) -> None:
    desk = await asked(database)
    await decide(database, desk, "approved")
    carried = await carry_out(database, desk, connected=())
    assert "no tool 'write_note'" in carried.results["c0"]
    assert desk.board.notes == []


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("denied", DENIED),
        ("expired", EXPIRED),
        ("skipped", SKIPPED),
        ("moved_on", MOVED_ON),
        ("open", NOT_SHOWN),
    ],
)
async def test_the_model_hears_why_a_call_did_not_run(database: Database, state: Any, told: str) -> None:
    desk = await asked(database)
    [item] = await desk.items.of_turn(TURN)
    assert said_of(with_state(item, state)) == told


async def test_the_model_hears_as_whom_an_account_was_connected(database: Database) -> None:
    desk = await asked(database)
    [item] = await desk.items.of_turn(TURN)
    assert "(ren-w)" in said_of(with_state(item, "connected", reason="ren-w"))


def with_state(item: PendingItem, state: Any, **others: Any) -> PendingItem:
    return replace(item, state=state, **others)
