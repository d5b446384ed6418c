"""What a person owes an answer: how it is worded, shown, and decided once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.messages import ApprovalCard, ConnectCard, QuestionCard, message_text, read_message
from bot.pending import (
    CONNECT,
    Decision,
    Decisions,
    Word,
    as_write,
    card_of,
    continuation,
    next_continuation,
    pending_id,
    spoken,
    told_origin,
)
from bot.toolbox.act import Looked
from bot.toolbox.ask import request
from integrations.integration import Level
from memory.database import Database
from memory.ids import CallId, ConversationId, PendingId, PersonId, TurnId
from memory.pending import PendingItem, PendingItems, PendingState
from memory.turns import NewTurn, Turns
from tests.fakes.rooms import NOW, PERSON, TURN, Bench, bench, incoming

OTHER = PersonId("T1:U2")
NOTE = {"place": "wall", "text": "Buy milk"}


async def accepted(database: Database, turn: str = TURN, **others: Any) -> Bench:
    """A turn that was accepted, with its toolbox."""
    message = incoming("put it up", turn=turn, **others)
    await Turns(database).record(
        NewTurn(
            id=message.turn,
            workspace=message.workspace,
            person=message.person,
            conversation=message.conversation,
            message=message_text(message),
        )
    )
    return await bench(database, message=message)


async def waiting(database: Database, count: int = 1, *, turn: str = TURN, accounts: int = 0) -> list[PendingItem]:
    """A turn that waits for `count` writes and for as many accounts as are said."""
    desk = await accepted(database, turn)
    for n in range(count):
        await desk.call("write_note", {**NOTE, "text": f"Note {n}"}, call=f"w{n}")
    for n in range(accounts):
        await desk.call("connect_mail", {"purpose": "read mail"}, call=f"m{n}")
    return list(await desk.items.of_turn(TurnId(turn)))


async def queued(database: Database) -> list[str]:
    """The turns that go on, in the order they were queued."""
    async with database.engine.begin() as connection:
        return list(await connection.scalars(text("SELECT id FROM turns WHERE ahead ORDER BY seq")))


async def state_of(database: Database, item: PendingItem) -> PendingState:
    found = await PendingItems(database).find(item.id)
    assert found is not None
    return found.state


# Deciding.


@pytest.mark.parametrize("word", ["approved", "denied"])
async def test_a_click_decides_and_the_turn_goes_on(database: Database, word: Word) -> None:
    [item] = await waiting(database)
    decision = await Decisions(database).decide(item.id, PERSON.id, word)
    assert decision.answered == "decided"
    assert [one.state for one in decision.items] == [word]
    assert await queued(database) == [f"{TURN}:c1"]


async def test_a_second_click_is_refused(database: Database) -> None:
    [item] = await waiting(database)
    decisions = Decisions(database)
    await decisions.decide(item.id, PERSON.id, "denied")
    again = await decisions.decide(item.id, PERSON.id, "approved")
    assert again.answered == "already"
    assert await state_of(database, item) == "denied"
    assert await queued(database) == [f"{TURN}:c1"]


async def test_somebody_elses_click_is_refused(database: Database) -> None:
    [item] = await waiting(database)
    assert (await Decisions(database).decide(item.id, OTHER, "approved")).answered == "not_yours"
    assert await state_of(database, item) == "open"
    assert await queued(database) == []


async def test_a_click_on_nothing_says_so(database: Database) -> None:
    decisions = Decisions(database)
    assert (await decisions.decide(PendingId("p_none"), PERSON.id, "approved")).answered == "gone"
    assert (await decisions.look(PendingId("p_none"), PERSON.id)).answered == "gone"
    assert Decision(answered="gone").card is None


async def test_the_turn_goes_on_when_the_last_item_is_decided(database: Database) -> None:
    first, second = await waiting(database, 2)
    decisions = Decisions(database)
    await decisions.decide(first.id, PERSON.id, "approved")
    assert await queued(database) == []
    await decisions.decide(second.id, PERSON.id, "denied")
    assert await queued(database) == [f"{TURN}:c1"]


async def test_two_clicks_at_the_same_moment_do_not_lose_the_turn(database: Database) -> None:
    decisions = Decisions(database)
    for n in range(8):
        items = await waiting(database, 2, turn=f"T1:D1:{n}")
        await asyncio.gather(*(decisions.decide(item.id, PERSON.id, "approved") for item in items))
    assert len(await queued(database)) == 8


async def test_the_same_click_twice_at_once_decides_once(database: Database) -> None:
    [item] = await waiting(database)
    decisions = Decisions(database)
    answers = await asyncio.gather(*(decisions.decide(item.id, PERSON.id, word) for word in ("approved", "denied")))
    assert sorted(answer.answered for answer in answers) == ["already", "decided"]


async def test_everything_on_the_card_is_approved_at_once(database: Database) -> None:
    items = await waiting(database, 3)
    decisions = Decisions(database)
    await decisions.decide(items[1].id, PERSON.id, "denied")
    decision = await decisions.decide(items[0].id, PERSON.id, "approved", every=True)
    assert [one.state for one in decision.items] == ["approved", "denied", "approved"]
    assert await queued(database) == [f"{TURN}:c1"]


async def test_approving_everything_connects_nothing_and_waits_for_nothing_unseen(database: Database) -> None:
    note, mail = await waiting(database, 1, accounts=1)
    assert isinstance(card_of([note, mail]), ApprovalCard)
    await Decisions(database).decide(note.id, PERSON.id, "approved", every=True)
    assert await state_of(database, mail) == "open"
    assert await queued(database) == [f"{TURN}:c1"]


async def test_after_24_hours_a_click_comes_too_late(database: Database) -> None:
    [item] = await waiting(database)
    await overdue(database)
    assert (await Decisions(database).decide(item.id, PERSON.id, "approved")).answered == "expired"
    assert await PendingItems(database).expire()
    assert (await Decisions(database).decide(item.id, PERSON.id, "approved")).answered == "expired"
    assert await queued(database) == []


async def test_an_approval_lasts_a_day_and_a_connection_a_week(database: Database) -> None:
    note, mail = await waiting(database, 1, accounts=1)
    assert mail.expires_at - note.expires_at == pytest.approx(timedelta(days=6), abs=timedelta(minutes=1))


async def overdue(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE pending SET expires_at = clock_timestamp() - interval '1 s'"))


async def test_looking_decides_nothing(database: Database) -> None:
    [item] = await waiting(database)
    decisions = Decisions(database)
    assert (await decisions.look(item.id, PERSON.id)).answered == "already"
    assert (await decisions.look(item.id, OTHER)).answered == "not_yours"
    assert await state_of(database, item) == "open"


async def test_a_reason_is_kept_of_what_was_denied_only(database: Database) -> None:
    first, second = await waiting(database, 2)
    decisions = Decisions(database)
    assert (await decisions.explain(first.id, PERSON.id, "words")).answered == "not_yours"
    await decisions.decide(first.id, PERSON.id, "denied")
    await decisions.decide(second.id, PERSON.id, "approved")
    assert (await decisions.explain(first.id, OTHER, "words")).answered == "not_yours"
    explained = await decisions.explain(first.id, PERSON.id, "words")
    assert explained.answered == "decided"
    assert explained.items[0].reason == "Wrong words"
    assert (await decisions.explain(first.id, PERSON.id, "no such word")).items[0].reason == "Not now"
    assert (await decisions.explain(PendingId("p_none"), PERSON.id, "words")).answered == "not_yours"


# A new question puts aside what waits, unless the click came first.


async def test_a_click_before_a_new_question_counts_and_one_after_it_does_not(database: Database) -> None:
    decisions, items = Decisions(database), PendingItems(database)
    [early] = await waiting(database, turn="T1:D1:1.2")
    await decisions.decide(early.id, PERSON.id, "approved")
    assert await items.move_on(ConversationId("T1:D1:1.1"), PERSON.id, to=TurnId("T1:D1:5.5")) == []
    assert await state_of(database, early) == "approved"
    [late] = await waiting(database, turn="T1:D1:1.3")
    assert [item.id for item in await items.move_on(late.conversation, PERSON.id, to=TurnId("T1:D1:5.5"))] == [late.id]
    assert (await decisions.decide(late.id, PERSON.id, "approved")).answered == "already"
    assert await queued(database) == ["T1:D1:1.2:c1"]


async def test_a_card_is_put_aside_whole(database: Database) -> None:
    first, second = await waiting(database, 2)
    await Decisions(database).decide(first.id, PERSON.id, "approved")
    put_aside = await PendingItems(database).move_on(first.conversation, PERSON.id, to=TurnId("T1:D1:5.5"))
    assert {item.id for item in put_aside} == {first.id, second.id}
    assert await queued(database) == []


async def test_of_a_click_and_a_new_question_at_the_same_moment_one_wins_whole(database: Database) -> None:
    decisions, items = Decisions(database), PendingItems(database)
    for n in range(8):
        first, last = await waiting(database, 2, turn=f"T1:D1:{n}")
        await decisions.decide(first.id, PERSON.id, "approved")
        await asyncio.gather(
            decisions.decide(last.id, PERSON.id, "approved"),
            items.move_on(last.conversation, PERSON.id, to=TurnId("T1:D1:5.5")),
        )
        both = {await state_of(database, first), await state_of(database, last)}
        goes_on = f"T1:D1:{n}:c1" in await queued(database)
        assert both == ({"approved"} if goes_on else {"moved_on"})


# Connecting.


def everything(_skill: str, _needs: Level) -> bool:
    return True


async def test_a_connected_account_answers_every_card_that_waits_for_it(database: Database) -> None:
    for turn in ("T1:D1:1.2", "T1:D2:1.3"):
        await waiting(database, 0, turn=turn, accounts=1)
    decisions = await Decisions(database).connected(PERSON.id, "post", "ren@post.test", covers=everything)
    assert [decision.answered for decision in decisions] == ["decided", "decided"]
    assert {item.reason for decision in decisions for item in decision.items} == {"ren@post.test"}
    assert await queued(database) == ["T1:D1:1.2:c1", "T1:D2:1.3:c1"]
    assert decisions[0].card == replace(the_connect_card(decisions[0].items), state="connected")


def the_connect_card(items: Sequence[PendingItem]) -> ConnectCard:
    card = card_of(items)
    assert isinstance(card, ConnectCard)
    return card


async def test_an_account_answers_no_card_of_another_service_or_person(database: Database) -> None:
    note, mail = await waiting(database, 1, accounts=1)
    decisions = Decisions(database)
    assert await decisions.connected(PERSON.id, "board", "ren", covers=everything) == []
    assert await decisions.connected(OTHER, "post", "ren", covers=everything) == []
    assert await state_of(database, note) == await state_of(database, mail) == "open"


async def test_a_consent_that_kept_a_permission_back_leaves_the_card_open(database: Database) -> None:
    [mail] = await waiting(database, 0, accounts=1)
    decisions = Decisions(database)
    assert await decisions.waits_for(PERSON.id, "post") == ["mail"]
    assert await decisions.connected(PERSON.id, "post", "ren", covers=lambda _skill, _needs: False) == []
    assert await state_of(database, mail) == "open"


async def test_a_skipped_account_stays_skipped_when_it_is_connected_later(database: Database) -> None:
    [mail] = await waiting(database, 0, accounts=1)
    decisions = Decisions(database)
    await decisions.decide(mail.id, PERSON.id, "skipped")
    assert await decisions.connected(PERSON.id, "post", "ren", covers=everything) == []
    assert (await decisions.decide(mail.id, PERSON.id, "connected", told="ren")).answered == "already"
    assert await state_of(database, mail) == "skipped"


# Going on.


def test_continuations_are_counted() -> None:
    assert next_continuation(TurnId("T1:D1:1.1")) == "T1:D1:1.1:c1"
    assert next_continuation(TurnId("T1:D1:1.1:c1")) == "T1:D1:1.1:c2"
    assert next_continuation(TurnId("T1:D1:1.1:c9")) == "T1:D1:1.1:c10"
    assert next_continuation(TurnId("T1:D1:1.1:c1:r1")) == "T1:D1:1.1:c1:r1:c1"


@settings(max_examples=50, derandomize=True, deadline=None)
@given(name=st.text(min_size=1, max_size=12))
def test_every_continuation_has_an_id_of_its_own(name: str) -> None:
    turn, seen = TurnId(name), {name}
    for _ in range(4):
        turn = next_continuation(turn)
        assert turn not in seen
        seen.add(turn)


def test_a_continuation_goes_ahead_and_keeps_the_question() -> None:
    turn = continuation(incoming("put it up"), TURN)
    assert (turn.id, turn.ahead, turn.continues, turn.not_before) == (f"{TURN}:c1", True, TURN, None)
    assert read_message(turn.message) == incoming("put it up", turn=f"{TURN}:c1", continues=TURN)


def test_a_turn_that_tries_again_remembers_since_when_and_one_that_was_decided_does_not() -> None:
    trying = incoming(trying_since=NOW)
    later = continuation(trying, TURN, not_before=NOW + timedelta(seconds=30))
    assert read_message(later.message).trying_since == NOW
    assert read_message(continuation(trying, TURN).message).trying_since is None


@settings(max_examples=100, derandomize=True, deadline=None)
@given(turns=st.lists(st.text(max_size=8), min_size=2, max_size=2, unique=True), call=st.text(max_size=8))
def test_a_call_waits_under_the_same_id_however_often_it_is_replayed(turns: list[str], call: str) -> None:
    first, second = (pending_id(TurnId(turn), CallId(call)) for turn in turns)
    assert first == pending_id(TurnId(turns[0]), CallId(call))
    assert first != second


async def test_an_answer_is_entered_once_and_known_as_chosen_or_written(database: Database) -> None:
    questions = [{"question": "Which?", "choices": ["wall/a", "wall/b"]}, {"question": "How long?"}]
    desk = await accepted(database)
    await desk.call("ask_person", {"questions": questions})
    first, second = await desk.items.of_turn(TURN)
    decisions = Decisions(database)
    assert (await decisions.answer(first.id, OTHER, "wall/a")).answered == "not_yours"
    await decisions.answer(first.id, PERSON.id, "wall/b")
    assert await queued(database) == []
    assert (await decisions.answer(first.id, PERSON.id, "wall/a")).answered == "already"
    decision = await decisions.answer(second.id, PERSON.id, "a week")
    assert isinstance(decision.card, QuestionCard)
    assert [(state.answer, state.how) for state in decision.card.items] == [("wall/b", "chose"), ("a week", "said")]
    assert await queued(database) == [f"{TURN}:c1"]


# Words.


def test_a_line_says_of_its_values_what_most_deserves_a_look() -> None:
    said, found, foreign = ("you said", False), ("found on Board", False), ("found in the mail", True)
    origins = {"place": said, "number": found, "readers": foreign}
    assert told_origin("{place}", origins) == said
    assert told_origin("{place} #{number}", origins) == found
    assert told_origin("{place} for {readers}", origins) == foreign
    assert told_origin("{none}", origins) == ("", False)


def test_values_in_a_line_are_words() -> None:
    assert (
        spoken("{place} for {readers}{none}", {"place": "{x}", "readers": ["a", "b"], "none": None}) == "{x} for a, b"
    )


async def test_what_was_left_out_has_no_line_on_the_card(database: Database) -> None:
    desk = await accepted(database)
    for arguments, labels in ((NOTE, ["Place"]), ({**NOTE, "readers": ["jo"]}, ["Place", "For"])):
        looked = await desk.act.look(desk.tools.prepared(TURN, CallId("c0"), "write_note", arguments))
        assert isinstance(looked, Looked)
        write = as_write(PendingId("p"), request(looked, "", desk.trail), PERSON.id)
        assert [pair.label for pair in write.pairs] == labels
        assert (write.ask, write.done, write.refused) == ("Put up this note?", "Note put up", "Not put up")
        assert (write.text, write.text_origin) == ("Buy milk", "written by me")


# Cards.


async def test_a_turn_without_items_has_no_card() -> None:
    assert card_of([]) is None


async def test_a_card_holds_every_write_of_its_turn(database: Database) -> None:
    items = await waiting(database, 11)
    card = card_of(items)
    assert isinstance(card, ApprovalCard)
    assert [state.write.text for state in card.items] == [f"Note {n}" for n in range(11)]
    assert {state.outcome for state in card.items} == {"waiting"}
    assert card.service == "Board"
    assert card.expires == max(item.expires_at for item in items)


@pytest.mark.parametrize(
    ("state", "reason", "expected"),
    [
        ("open", None, ("waiting", "", None)),
        ("open", "now v2", ("stale", "now v2", None)),
        ("approved", None, ("approved", "", None)),
        ("denied", "Wrong words", ("denied", "Wrong words", None)),
        ("expired", None, ("expired", "", None)),
        ("moved_on", None, ("moved_on", "", None)),
        ("done", "https://board.test/1", ("done", "", "https://board.test/1")),
        ("failed", "The service refused it.", ("failed", "The service refused it.", None)),
        ("unknown", "It broke.", ("unknown", "It broke.", None)),
        ("stale", "Not done yet.", ("failed", "Not done yet.", None)),
    ],
)
async def test_a_card_says_how_each_write_stands(database: Database, state: Any, reason: Any, expected: Any) -> None:
    [item] = await waiting(database)
    card = card_of([replace(item, state=state, reason=reason)])
    assert isinstance(card, ApprovalCard)
    assert (card.items[0].outcome, card.items[0].said, card.items[0].link) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("open", "open"), ("waiting", 2)),
        (("connected", "open"), ("waiting", 1)),
        (("connected", "connected"), ("connected", 2)),
        (("connected", "skipped"), ("skipped", 2)),
        (("expired", "expired"), ("expired", 2)),
        (("moved_on", "moved_on"), ("moved_on", 2)),
    ],
)
async def test_a_connect_card_says_what_is_still_missing(database: Database, states: Any, expected: Any) -> None:
    items = await waiting(database, 0, accounts=2)
    changed = [
        replace(item, state=state, body=for_service(item.body, f"post-{n}"))
        for n, (item, state) in enumerate(zip(items, states, strict=True))
    ]
    card = the_connect_card(changed)
    assert (card.state, len(card.offers)) == expected


async def test_two_skills_of_one_service_have_one_button(database: Database) -> None:
    items = await waiting(database, 0, accounts=2)
    [offer] = the_connect_card(items).offers
    assert offer.url == CONNECT.validate_json(items[0].body).offer.url


def for_service(body: str, integration: str) -> str:
    return CONNECT.dump_json(replace(CONNECT.validate_json(body), integration=integration)).decode()
