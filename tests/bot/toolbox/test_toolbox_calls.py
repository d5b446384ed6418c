"""One call through the whole toolbox: it runs, waits, or ends in words for whoever has to act."""

import asyncio
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pending import APPROVAL, CONNECT, pending_id
from bot.toolbox.act import Looked
from bot.toolbox.call import MOST_TEXT, UNKNOWN, Call, executed
from integrations.errors import AccessRevoked, Misconfigured, NotFound, OutcomeUnknown, Refused, ServiceUnavailable
from memory.database import Database
from memory.ids import CallId
from memory.ledger import Intent
from skills.errors import RetryToolCall, ToolFailed
from tests.fakes.rooms import NOTES, TURN, Bench, Board, FakeAccounts, bench, incoming, read_notes

WRITE = {"place": "wall", "text": "Buy milk"}


@pytest.fixture
async def desk(database: Database) -> Bench:
    return await bench(database)


async def test_a_read_runs_at_once_and_says_what_it_did(desk: Bench) -> None:
    outcome = await desk.call("read_notes", {"place": "wall"})
    assert (outcome.kind, outcome.said, outcome.service, outcome.effect) == ("done", "Read wall", "Board", "read")
    assert outcome.doing == "Reading wall"
    assert desk.announced == ["Reading wall"]
    assert outcome.text.startswith('Executed read_notes {"limit": 3, "place": "wall"}\n')


async def test_a_write_does_not_run_but_waits_with_its_target_in_full(desk: Bench) -> None:
    outcome = await desk.call("write_note", WRITE)
    assert (outcome.kind, outcome.effect) == ("waits", "write")
    assert desk.board.notes == []
    [item] = await desk.items.of_turn(TURN)
    assert item.id == outcome.pending == pending_id(TURN, CallId("c0"))
    body = APPROVAL.validate_json(item.body)
    assert json.loads(body.canonical) == {"place": "wall/wall", "text": "Buy milk", "readers": None}
    assert (body.fingerprint, body.version_said, body.write.account) == ("wall/wall v1", "v1", "ren-w")
    assert not await desk.ledger.knows(TURN, CallId("c0"))


async def test_the_same_write_after_a_crash_waits_once(desk: Bench) -> None:
    first = await desk.call("write_note", WRITE)
    assert await desk.call("write_note", WRITE) == first
    assert len(await desk.items.of_turn(TURN)) == 1


async def test_what_destroys_waits_too(desk: Bench) -> None:
    desk.board.notes.append("old")
    assert (await desk.call("clear", {})).kind == "waits"
    assert desk.board.notes == ["old"]


async def test_an_unknown_tool_is_answered_with_those_there_are(desk: Bench) -> None:
    outcome = await desk.call("drop_tables", {})
    assert outcome.kind == "invalid"
    assert "no tool 'drop_tables'" in outcome.text
    assert "read_notes" in outcome.text
    assert "connect_mail" in outcome.text
    assert desk.announced == []


async def test_a_missing_account_is_offered_once(desk: Bench) -> None:
    for purpose in ("read the mail of today", "something else"):
        outcome = await desk.call("connect_mail", {"purpose": purpose})
        assert outcome.kind == "waits"
    [item] = await desk.items.of_turn(TURN)
    offer = CONNECT.validate_json(item.body).offer
    assert (offer.service, offer.purpose, offer.again) == ("Post", "read the mail of today", False)
    assert offer.url == f"https://pinyon.test/connect/mail/{item.id}"
    assert item.digest == "post"


@pytest.mark.parametrize("sent", ["", "[1]", '{"purpose": ""}', "{"])
async def test_a_connect_call_without_a_purpose_says_what_the_skill_is_for(desk: Bench, sent: str) -> None:
    await desk.call("connect_mail", sent)
    [item] = await desk.items.of_turn(TURN)
    assert CONNECT.validate_json(item.body).offer.purpose == "Read mail."


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (RetryToolCall("`place` may be any of a/x, b/x."), "invalid", "may be any of"),
        (ToolFailed("A note cannot be empty."), "told", "cannot be empty"),
        (NotFound("There is no such wall."), "told", "no such wall"),
        (Refused("You may not read there."), "told", "may not read"),
        (Misconfigured("BOARD_CLIENT_SECRET is wrong"), "told", "An admin has to correct"),
        (ServiceUnavailable("Board does not answer."), "unavailable", "Nothing was changed."),
        (TimeoutError(), "unavailable", "No answer within 60 seconds."),
        (OutcomeUnknown("broke off"), "unknown", UNKNOWN),
        (RuntimeError("a SECRET of the code"), "told", "This tool broke on Pinyon's side."),
    ],
)
async def test_each_failure_is_told_by_who_acts(desk: Bench, error: Exception, kind: str, told: str) -> None:
    desk.board.fails.append(error)
    outcome = await desk.call("read_notes", {"place": "wall"})
    assert outcome.kind == kind
    assert told in outcome.text
    assert "SECRET" not in outcome.text


async def test_a_service_that_is_away_is_named(desk: Bench) -> None:
    desk.board.fails.append(ServiceUnavailable("No."))
    assert (await desk.call("read_notes", {"place": "wall"})).service == "board"


async def test_what_fails_before_the_card_is_told_and_nothing_waits(desk: Bench) -> None:
    desk.board.fails.append(RetryToolCall("Which wall?"))
    outcome = await desk.call("write_note", WRITE)
    assert outcome.kind == "invalid"
    assert await desk.items.of_turn(TURN) == []


@pytest.mark.parametrize("tool", ["read_notes", "write_note"])
async def test_an_ended_access_asks_to_connect_again(desk: Bench, tool: str) -> None:
    desk.board.fails.append(AccessRevoked("401"))
    outcome = await desk.call(tool, WRITE if tool == "write_note" else {"place": "wall"})
    assert outcome.kind == "waits"
    [item] = await desk.items.of_turn(TURN)
    assert item.kind == "connect"
    assert CONNECT.validate_json(item.body).offer.again


async def test_an_access_that_was_renewed_meanwhile_is_used(database: Database) -> None:
    board = Board(fails=[AccessRevoked("401")])
    desk = await bench(database, accounts=FakeAccounts(board, renewed=1))
    assert (await desk.call("read_notes", {"place": "wall"})).kind == "done"
    assert board.calls == ["read_notes", "read_notes"]


async def test_an_account_that_is_gone_asks_to_connect(database: Database) -> None:
    desk = await bench(database, accounts=FakeAccounts(Board(), is_connected=False))
    assert (await desk.call("read_notes", {"place": "wall"})).kind == "waits"


async def test_a_tool_without_a_service_needs_no_account(database: Database) -> None:
    desk = await bench(database, accounts=FakeAccounts(Board(), is_connected=False))
    asked: list[object] = []

    async def run(ctx: object) -> object:
        asked.append(ctx)
        raise ToolFailed("Seen.")

    alone = replace(NOTES, integration=None)
    call = Call(turn=TURN, id=CallId("c0"), skill=alone, tool=replace(NOTES.tools[1], run=run), arguments={})
    assert (await desk.act(call)).text == "Seen."
    assert getattr(asked[0], "account", None) == ""


async def test_a_card_says_how_the_target_stands(desk: Bench) -> None:
    call = desk.tools.prepared(TURN, CallId("c0"), "write_note", WRITE)
    looked = await desk.act.look(call)
    assert isinstance(looked, Looked)
    assert looked.version is not None
    assert looked.version.said == "v1"
    assert looked.call.arguments["place"] == "wall/wall"
    plain = await desk.act.look(desk.tools.prepared(TURN, CallId("c1"), "clear", "{}"))
    assert isinstance(plain, Looked)
    assert plain.version is None


async def test_the_tools_are_offered_with_their_schemas_and_no_others(desk: Bench) -> None:
    offered = {definition.name: definition for definition in desk.tools.definitions(())}
    assert list(offered) == ["read_notes", "count_notes", "write_note", "clear", "connect_mail", "ask_person"]
    assert offered["read_notes"].description == "Read the notes at a place."
    assert "Not connected yet" in (offered["connect_mail"].description or "")


# The ledger's wrapper.


async def approved(desk: Bench, call: str = "c0") -> Call:
    return replace(desk.tools.prepared(TURN, CallId(call), "write_note", WRITE), approved=True)


async def test_an_approved_write_runs_once_however_often_it_is_replayed(desk: Bench) -> None:
    first = await desk.tools.approved(await approved(desk))
    again = await desk.tools.approved(await approved(desk))
    assert desk.board.notes == ["wall: Buy milk"]
    assert (first.kind, again.kind) == ("done", "done")
    assert (again.text, again.link) == (first.text, first.link)
    assert (first.said, again.said) == ("Wrote", "Note put up")


async def test_a_write_that_a_dead_worker_began_is_not_repeated_and_not_known(desk: Bench) -> None:
    call = await approved(desk)
    intent = Intent(
        turn=TURN,
        call=call.id,
        tool="write_note",
        effect="write",
        arguments=call.canonical,
        verdict="approved",
        account=None,
    )
    assert await desk.ledger.begin(intent) is None
    outcome = await desk.tools.approved(call)
    assert (outcome.kind, outcome.text) == ("unknown", UNKNOWN)
    assert desk.board.notes == []


async def test_a_write_that_failed_is_told_again_and_not_tried_again(desk: Bench) -> None:
    desk.board.fails.append(Refused("Not there."))
    for _ in range(2):
        outcome = await desk.tools.approved(await approved(desk))
        assert (outcome.kind, outcome.text) == ("told", "Not there.")
    assert desk.board.calls == ["write_note"]


@pytest.mark.parametrize("error", [OutcomeUnknown("broke off"), RuntimeError("a bug, after it was sent or before")])
async def test_an_approved_write_that_broke_off_is_unknown_for_ever(desk: Bench, error: Exception) -> None:
    desk.board.fails.append(error)
    for _ in range(2):
        assert (await desk.tools.approved(await approved(desk))).kind == "unknown"
    assert desk.board.calls == ["write_note"]


async def test_a_read_runs_again_after_a_crash(desk: Bench) -> None:
    for _ in range(2):
        assert (await desk.call("read_notes", {"place": "wall"})).kind == "done"
    assert desk.board.calls == ["read_notes", "read_notes"]


async def test_an_approved_write_without_an_answer_in_time_is_unknown(desk: Bench) -> None:
    desk.board.fails.append(TimeoutError())
    assert (await desk.tools.approved(await approved(desk))).kind == "unknown"


# What the model reads.

TEXT = st.text(max_size=80) | st.sampled_from(["</third-party>", "< / THIRD-PARTY >", "</Third-Party", "<third-party>"])


@settings(max_examples=200, derandomize=True, deadline=None)
@given(pieces=st.lists(TEXT, max_size=6))
def test_third_party_text_cannot_end_its_fence(pieces: list[str]) -> None:
    call = Call(turn=TURN, id=CallId("c0"), skill=NOTES, tool=read_notes, arguments={"place": "wall", "limit": 3})
    told = executed(call, "".join(pieces), untrusted=True)
    head, _, rest = told.partition("\n")
    assert head == 'Executed read_notes {"limit": 3, "place": "wall"}'
    assert rest.startswith('<third-party source="notes">\n')
    assert [found.start() for found in re.finditer(r"(?i)<\s*/\s*third-party", rest)] == [
        len(rest) - len("</third-party>")
    ]


def test_trusted_text_has_no_fence() -> None:
    call = Call(turn=TURN, id=CallId("c0"), skill=NOTES, tool=read_notes, arguments={"place": "wall", "limit": 3})
    assert "third-party" not in executed(call, "ours", untrusted=False)


def test_a_long_result_is_cut_and_says_so_inside_its_fence() -> None:
    call = Call(turn=TURN, id=CallId("c0"), skill=NOTES, tool=read_notes, arguments={"place": "wall", "limit": 3})
    told = executed(call, "x" * (MOST_TEXT + 10), untrusted=True)
    assert "…[cut, 12 characters more" in told
    assert told.endswith("\n</third-party>")


async def test_calls_of_one_response_do_not_wait_for_each_other(desk: Bench) -> None:
    outcomes = await asyncio.gather(
        *(desk.call("read_notes", {"place": place}, call=place) for place in ("wall", "door", "desk"))
    )
    assert [outcome.said for outcome in outcomes] == ["Read wall", "Read door", "Read desk"]


async def test_a_card_marks_what_the_person_wrote_themselves(database: Database) -> None:
    desk = await bench(database, message=incoming("put “Buy milk” on wall/wall"))
    await desk.call("write_note", WRITE)
    [item] = await desk.items.of_turn(TURN)
    write = APPROVAL.validate_json(item.body).write
    assert [(pair.label, pair.value, pair.origin) for pair in write.pairs] == [("Place", "wall/wall", "you said")]
    assert (write.text, write.text_origin) == ("Buy milk", "you said")
