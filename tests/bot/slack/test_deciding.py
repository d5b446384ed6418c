"""Who may decide what on a card, how often, and what everybody else is told."""

import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.background import Background
from bot.editing import Edited
from bot.messages import EditForm, Field, Question, Write, message_text
from bot.pending import APPROVAL, QUESTION, ApprovalBody, Decision, Decisions, QuestionBody
from bot.slack.answering import Answering
from bot.slack.card_desk import CardDesk
from bot.slack.cards import Entered
from bot.slack.clicked import Click, read_click, read_submission
from bot.slack.deciding import Deciding
from bot.slack.surface import SlackSurface, Workplace
from memory.database import Database
from memory.ids import CallId, PendingId, PersonId, TurnId
from memory.pending import Kind, PendingItem, PendingItems, PendingState
from memory.people import People
from memory.turns import NewTurn, Turns
from playground.slack.limits import message_errors, view_errors
from tests.bot.slack.card_samples import ALWAYS, UNDO, comment
from tests.fakes.rooms import NOW, PERSON, TEAM, TURN, incoming

COLLEAGUE = PersonId("T1:U2")
NOT_YOURS = "Only the person who asked can decide this. Ask me yourself and I do it as you."
OUT_OF_DATE = "This card is out of date, so nothing was done. The newest one is further down, or ask me again."
TO = Field(name="to", label="To", kind="line", value="a@tamarack.example")


class Slack:
    """Slack's Web API as far as clicks need it, with its own limits."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.token = "xoxb-fake"

    async def api_call(self, method: str, **given: Any) -> Any:
        arguments: dict[str, Any] = given.get("json") or given.get("params") or {}
        self.calls.append((method, arguments))
        errors = view_errors(arguments["view"]) if "view" in arguments else message_errors(arguments.get("blocks", []))
        assert errors == [], errors
        user: dict[str, Any] = {"id": arguments.get("user"), "profile": {"email": "mei@tamarack.example"}}
        answers: dict[str, dict[str, Any]] = {"users.info": {"user": user}}
        return type("Answer", (), {"data": {"ok": True, **answers.get(method, {})}})

    def named(self, method: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called == method]


class Later(Background):
    """Does what may be lost when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.work: list[Coroutine[Any, Any, Any]] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        self.work.append(work)

    async def all(self) -> None:
        while self.work:
            await self.work.pop(0)


@dataclass
class FakePorts:
    """What the tools and the permissions would do, told here."""

    decisions: Decisions
    items: PendingItems
    problems: dict[str, str] = field(default_factory=dict[str, str])
    trouble: str = ""
    entered: list[dict[str, Entered]] = field(default_factory=list[dict[str, Entered]])
    permitted: list[PendingId] = field(default_factory=list[PendingId])
    taken_back: list[PendingId] = field(default_factory=list[PendingId])

    async def form(self, pending: PendingId, person: PersonId) -> EditForm | None:
        item = await self.items.find(pending)
        if item is None or item.person != person or item.state != "open":
            return None
        return EditForm(pending=pending, title="Edit before posting", fields=(TO,))

    async def edit(self, pending: PendingId, person: PersonId, values: Mapping[str, Entered]) -> Edited:
        self.entered.append(dict(values))
        if self.problems:
            return Edited(problems=self.problems)
        return Edited(decision=await self.decisions.look(pending, person))

    async def always(self, pending: PendingId, person: PersonId) -> Decision:
        decision = await self.decisions.decide(pending, person, "approved")
        if decision.answered == "decided":
            self.permitted.append(pending)
        return decision

    async def undo(self, pending: PendingId, person: PersonId) -> Decision:
        looked = await self.decisions.look(pending, person)
        if looked.answered == "not_yours":
            return looked
        begun = await self.items.turn_into(pending, person, before="done", after="undoing")
        after = await self.decisions.look(pending, person)
        return replace(after, answered="decided" if begun else "already")

    async def undone(self, pending: PendingId, person: PersonId) -> tuple[Decision, str]:
        self.taken_back.append(pending)
        await self.items.turn_into(pending, person, before="undoing", after="done" if self.trouble else "undone")
        return await self.decisions.look(pending, person), self.trouble


class Desk:
    """Cards that stand in Slack, and the people who click on them."""

    def __init__(self, database: Database) -> None:
        self.slack = Slack()
        self.later = Later()
        self.items = PendingItems(database)
        self.turns = Turns(database)
        self.decisions = Decisions(database)
        self.ports = FakePorts(self.decisions, self.items)
        self.woken = 0
        self.retried: list[TurnId] = []
        client: Any = self.slack
        surface = SlackSurface(People(database), now=lambda: NOW)
        surface.enter(Workplace(id=TEAM, name="Tamarack", bot_user="UB", bot_id="B1", client=client))
        desk = CardDesk(surface, background=self.later, wake=self._wake, home=self._home)
        self.answering = Answering(surface, self.decisions, desk)
        self.deciding = Deciding(
            self.decisions, self.ports, desk, background=self.later, retry=self._retry, now=lambda: NOW
        )

    def _wake(self) -> None:
        self.woken += 1

    async def _home(self, person: PersonId) -> None:
        assert person == PERSON.id

    async def _retry(self, turn: TurnId, person: str) -> bool:
        self.retried.append(turn)
        return True

    async def waits(self, *writes: Write, state: PendingState = "open", lasts: timedelta = timedelta(hours=24)) -> None:
        """A card of `writes`, posted and waiting, or in another state."""
        await self._turn()
        for write in writes:
            body = ApprovalBody(
                skill="pull_requests",
                tool="comment",
                canonical="{}",
                service="GitHub",
                write=write,
                fingerprint=None,
                version_said="",
                because="",
                asked_in="",
            )
            await self._add(write.pending, "approval", APPROVAL.dump_json(body).decode(), state, lasts)

    async def asks(self, *questions: Question) -> None:
        await self._turn()
        for question in questions:
            body = QUESTION.dump_json(QuestionBody(question=question)).decode()
            await self._add(question.pending, "question", body, "open", timedelta(days=7))

    async def _turn(self) -> None:
        message = incoming("do it")
        await self.turns.record(
            NewTurn(
                id=message.turn,
                workspace=message.workspace,
                person=message.person,
                conversation=message.conversation,
                message=message_text(message),
            )
        )

    async def _add(self, pending: PendingId, kind: Kind, body: str, state: PendingState, lasts: timedelta) -> None:
        message = incoming("do it")
        item = PendingItem(
            id=pending,
            turn=TURN,
            call=CallId(pending),
            kind=kind,
            workspace=message.workspace,
            person=message.person,
            conversation=message.conversation,
            body=body,
            digest="d",
            expires_at=datetime.now(UTC) + lasts,
            state=state,
        )
        await self.items.add(item)
        await self.items.shown(TURN, "D1:2.2")

    async def click(self, action: str, value: str, *, who: PersonId = PERSON.id) -> None:
        noun, _, verb = action.partition(":")[0].partition(".")
        match noun, verb:
            case "question", "pick":
                await self.answering.pick(clicked(action, value, who=who))
            case "question", "other":
                await self.answering.other(clicked(action, value, who=who))
            case _:
                assert await self.deciding.clicked(clicked(action, value, who=who), noun, verb)
        await self.later.all()

    async def submit(
        self, callback: str, pending: str, *, who: PersonId = PERSON.id, view: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        sent = {"callback_id": callback, "private_metadata": pending, **(view or {})}
        user = {"id": who.rpartition(":")[2]}
        read = read_submission({"team": {"id": TEAM}, "user": user, "view": sent})
        told = await (self.answering if callback.startswith("question.") else self.deciding).submitted(read)
        await self.later.all()
        return told

    async def state(self, pending: str) -> PendingState:
        found = await self.items.find(PendingId(pending))
        assert found is not None
        return found.state

    @property
    def told(self) -> list[str]:
        """What people were told that nobody else saw."""
        return [str(call["text"]) for call in self.slack.named("chat.postEphemeral")]

    @property
    def opened(self) -> list[dict[str, Any]]:
        return [call["view"] for call in self.slack.named("views.open")]

    @property
    def card(self) -> str:
        """The card as it was drawn last."""
        return json.dumps(self.slack.named("chat.update")[-1]["blocks"], ensure_ascii=False)


def clicked(action: str, value: str, *, who: PersonId = PERSON.id) -> Click:
    return read_click(
        {
            "team": {"id": TEAM},
            "user": {"id": who.rpartition(":")[2]},
            "trigger_id": "t.1",
            "channel": {"id": "D1"},
            "container": {"message_ts": "2.2", "channel_id": "D1"},
            "message": {"thread_ts": "1.1"},
            "actions": [{"action_id": action, "value": value}],
        }
    )


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


WRITE = comment(1, edits=True, always=ALWAYS, undo=UNDO)
BOARD = Question(pending=PendingId("p_1"), ask="Which board?", choices=("Platform (INFRA)", "Storefront (WEB)"))
EVERY_CLICK = [
    ("approval.approve", "p_1"),
    ("approval.approve", "p_1:all"),
    ("approval.deny", "p_1"),
    ("approval.item:1", "p_1:approve"),
    ("approval.item:1", "p_1:deny"),
    ("approval.item:1", "p_1:edit"),
    ("approval.item:1", "p_1:always"),
    ("approval.edit", "p_1"),
    ("approval.always", "p_1"),
    ("approval.always", "p_1:ask"),
    ("approval.show", "p_1"),
    ("stale.show", "p_1:all"),
    ("done.undo", "p_1"),
    ("denied.reason:place", "p_1:place"),
    ("expired.again", "p_1"),
]
EVERY_DIALOG = ["approval.all", "approval.always", "approval.edited"]


# Whose click counts


async def test_a_colleagues_click_changes_nothing_and_shows_nothing(desk: Desk):
    """appr_actor"""
    await desk.waits(WRITE)
    for action, value in EVERY_CLICK:
        await desk.click(action, value, who=COLLEAGUE)
    assert desk.told == [NOT_YOURS] * len(EVERY_CLICK)
    assert await desk.state("p_1") == "open"
    assert desk.opened == desk.slack.named("chat.update") == desk.ports.permitted == desk.retried == []


async def test_a_dialog_that_a_colleague_sends_changes_nothing(desk: Desk):
    """appr_actor"""
    await desk.waits(WRITE)
    for callback in EVERY_DIALOG:
        told = await desk.submit(callback, "p_1", who=COLLEAGUE, view=edited("b@tamarack.example"))
        assert NOT_YOURS in str(told["view"])
        assert view_errors(dict(told["view"])) == []
    assert await desk.state("p_1") == "open"
    assert desk.ports.permitted == desk.ports.entered == []


async def test_a_click_on_what_nobody_knows_is_told_so(desk: Desk):
    for action, value in EVERY_CLICK:
        await desk.click(action, value)
    assert desk.told == [OUT_OF_DATE] * len(EVERY_CLICK)
    assert desk.opened == []


# How often it counts


@pytest.mark.parametrize(
    ("first", "again"), [("approval.approve", "approval.approve"), ("approval.deny", "approval.approve")]
)
async def test_the_first_click_counts_and_the_second_is_told_what_became_of_it(desk: Desk, first: str, again: str):
    """appr_once"""
    await desk.waits(WRITE)
    await desk.click(first, "p_1")
    before = await desk.state("p_1")
    for action, value in ((again, "p_1"), ("approval.always", "p_1"), ("approval.item:1", "p_1:approve")):
        await desk.click(action, value)
    assert await desk.state("p_1") == before
    assert len(desk.told) == 3
    assert all(text.startswith("You decided this already:") for text in desk.told)
    assert desk.ports.permitted == []


async def test_a_dialog_that_stood_open_too_long_says_so_and_changes_nothing(desk: Desk):
    """appr_once"""
    states: list[PendingState] = ["denied", "expired", "moved_on", "done", "approved", "undone"]
    for number, state in enumerate(states, start=1):
        await desk.waits(comment(number, edits=True, always=ALWAYS), state=state)
        for callback in EVERY_DIALOG:
            told = await desk.submit(callback, f"p_{number}", view=edited("b@tamarack.example"))
            assert told["response_action"] == "update"
            assert await desk.state(f"p_{number}") == state
    assert desk.ports.permitted == desk.ports.entered == []


@pytest.mark.parametrize(("action", "value"), [("approval.approve", "p_1"), ("approval.always", "p_1")])
async def test_a_click_after_a_day_does_nothing(desk: Desk, action: str, value: str):
    """appr_once"""
    await desk.waits(WRITE, lasts=timedelta(seconds=-1))
    await desk.click(action, value)
    assert desk.told == [OUT_OF_DATE]
    assert "Expired. Nothing was posted." in desk.card
    assert desk.ports.permitted == []


# Changing


async def test_edit_opens_the_fields_at_once(desk: Desk):
    await desk.waits(WRITE)
    await desk.click("approval.edit", "p_1")
    await desk.click("approval.item:2", "p_1:edit")
    assert [view["callback_id"] for view in desk.opened] == ["approval.edited", "approval.edited"]
    assert desk.told == []


async def test_what_was_changed_is_handed_on_and_the_card_drawn_anew(desk: Desk):
    await desk.waits(WRITE)
    assert await desk.submit("approval.edited", "p_1", view=edited("b@tamarack.example")) == {}
    assert desk.ports.entered == [{"to": "b@tamarack.example"}]
    assert await desk.state("p_1") == "open"
    assert "approval.approve" in desk.card


async def test_a_wrong_value_is_told_at_its_field(desk: Desk):
    await desk.waits(WRITE)
    desk.ports.problems = {"to": "This is no address."}
    told = await desk.submit("approval.edited", "p_1", view=edited("b"))
    assert told == {"response_action": "errors", "errors": {"to": "This is no address."}}
    assert desk.slack.named("chat.update") == []


async def test_what_is_over_can_no_longer_be_changed(desk: Desk):
    await desk.waits(WRITE, state="denied")
    await desk.click("approval.edit", "p_1")
    assert desk.opened == []
    assert desk.told[0].startswith("You decided this already: not posted")


def edited(to: str) -> dict[str, Any]:
    """The view that is sent when the Edit dialog is."""
    return {
        "blocks": [{"type": "input", "block_id": "to"}],
        "state": {"values": {"to": {"edit.to": {"type": "plain_text_input", "value": to}}}},
    }


# Lasting permissions


async def test_always_approves_this_one_and_gives_the_permission(desk: Desk):
    await desk.waits(WRITE)
    await desk.click("approval.always", "p_1")
    assert await desk.state("p_1") == "approved"
    assert desk.ports.permitted == ["p_1"]


@pytest.mark.parametrize(("action", "value"), [("approval.item:1", "p_1:always"), ("approval.always", "p_1:ask")])
async def test_where_no_button_can_confirm_a_dialog_does(desk: Desk, action: str, value: str):
    await desk.waits(WRITE)
    await desk.click(action, value)
    assert await desk.state("p_1") == "open"
    assert [view["callback_id"] for view in desk.opened] == ["approval.always"]
    assert await desk.submit("approval.always", "p_1") == {}
    assert desk.ports.permitted == ["p_1"]


async def test_a_write_that_can_have_no_permission_offers_no_dialog(desk: Desk):
    await desk.waits(comment(1))
    await desk.click("approval.item:1", "p_1:always")
    assert desk.opened == []
    assert desk.told == [OUT_OF_DATE]


# Looking


async def test_what_changed_is_shown_with_all_that_waits(desk: Desk):
    await desk.waits(WRITE, comment(2))
    await desk.click("stale.show", "p_1:all")
    await desk.click("approval.show", "p_2")
    assert [view["title"]["text"] for view in desk.opened] == ["What waits for you", "Text in full"]


async def test_all_of_a_card_is_approved_in_its_dialog(desk: Desk):
    await desk.waits(WRITE, comment(2))
    assert await desk.submit("approval.all", "p_1") == {}
    assert [await desk.state(f"p_{n}") for n in (1, 2)] == ["approved", "approved"]
    assert desk.woken == 1


async def test_a_reason_is_kept_and_what_is_over_prepared_again(desk: Desk):
    await desk.waits(WRITE, state="denied")
    await desk.click("denied.reason:words", "p_1:words")
    assert "Reason: Wrong words" in desk.card
    await desk.click("denied.again", "p_1")
    assert desk.retried == [TURN]


# Taking back


async def test_undo_is_entered_drawn_and_done_once(desk: Desk):
    """appr_once"""
    await desk.waits(WRITE, state="done")
    await desk.click("done.undo", "p_1")
    assert [call["text"] for call in desk.slack.named("chat.update")] == [
        "Comment posted. I am taking it back.",
        "Comment deleted.",
    ]
    await desk.click("done.undo:1", "p_1")
    assert desk.ports.taken_back == ["p_1"]
    assert desk.told == ["This was taken back already."]


async def test_an_undo_that_fails_is_told_with_its_reason(desk: Desk):
    desk.ports.trouble = "The connection broke while I took it back."
    await desk.waits(WRITE, state="done")
    await desk.click("done.undo", "p_1")
    assert await desk.state("p_1") == "done"
    assert desk.told == ["This was not taken back."]
    assert desk.ports.trouble in str(desk.slack.named("chat.postEphemeral"))


async def test_what_waits_is_not_taken_back(desk: Desk):
    await desk.waits(WRITE)
    await desk.click("done.undo", "p_1")
    assert await desk.state("p_1") == "open"
    assert desk.ports.taken_back == []


# Questions


async def test_a_tapped_answer_is_the_choices_own_words(desk: Desk):
    await desk.asks(BOARD)
    await desk.click("question.pick:1", "p_1:1")
    assert await answer_of(desk) == "Storefront (WEB)"
    assert "*Which board?* · _you chose_" in desk.card
    assert desk.woken == 1


async def test_a_second_answer_is_refused_with_the_first(desk: Desk):
    """appr_once"""
    await desk.asks(BOARD)
    await desk.click("question.pick:1", "p_1:1")
    await desk.click("question.pick:0", "p_1:0")
    told = await desk.submit("question.said", "p_1", view=said("text", "neither"))
    assert desk.told == ["You answered this already."]
    assert "Storefront (WEB)" in str(desk.slack.named("chat.postEphemeral"))
    assert "Storefront (WEB)" in str(told["view"])
    assert await answer_of(desk) == "Storefront (WEB)"


async def test_an_answer_that_was_never_offered_is_none(desk: Desk):
    await desk.asks(BOARD)
    for place in ("7", "-1", "x", "", "²"):
        await desk.click("question.pick:0", f"p_1:{place}")
    assert desk.told == [OUT_OF_DATE] * 5
    assert await desk.state("p_1") == "open"


async def test_another_answer_is_written_in_a_dialog(desk: Desk):
    await desk.asks(BOARD)
    await desk.click("question.other", "p_1")
    assert [view["callback_id"] for view in desk.opened] == ["question.said"]
    assert await desk.submit("question.said", "p_1", view=said("text", "neither")) == {}
    assert await answer_of(desk) == "neither"


async def test_a_person_who_is_chosen_is_known_by_their_address(desk: Desk):
    await desk.asks(replace(BOARD, field="person"))
    assert await desk.submit("question.said", "p_1", view=said("person", "U2")) == {}
    assert await answer_of(desk) == "mei@tamarack.example"


async def test_several_people_who_are_chosen_are_known_by_their_addresses(desk: Desk):
    await desk.asks(replace(BOARD, field="people"))
    assert await desk.submit("question.said", "p_1", view=said("people", "U2", "U3")) == {}
    assert await answer_of(desk) == "mei@tamarack.example, mei@tamarack.example"


async def test_an_empty_answer_is_none(desk: Desk):
    await desk.asks(BOARD)
    told = await desk.submit("question.said", "p_1", view=said("text", "  "))
    assert told == {"response_action": "errors", "errors": {"answer": "Write an answer."}}
    assert await desk.state("p_1") == "open"


async def test_a_colleague_cannot_answer(desk: Desk):
    """appr_actor"""
    await desk.asks(BOARD)
    await desk.click("question.pick:0", "p_1:0", who=COLLEAGUE)
    await desk.click("question.other", "p_1", who=COLLEAGUE)
    told = await desk.submit("question.said", "p_1", who=COLLEAGUE, view=said("text", "mine"))
    assert desk.told == [NOT_YOURS, NOT_YOURS]
    assert NOT_YOURS in str(told["view"])
    assert desk.opened == []
    assert await desk.state("p_1") == "open"


async def test_an_approval_is_no_question_and_a_question_no_approval(desk: Desk):
    """appr_spoof: ids of one kind do nothing where the other is decided."""
    await desk.waits(WRITE)
    await desk.click("question.pick:0", "p_1:0")
    await desk.click("question.other", "p_1")
    assert desk.told == [OUT_OF_DATE, OUT_OF_DATE]
    assert await desk.state("p_1") == "open"


def said(kind: str, value: str, *others: str) -> dict[str, Any]:
    """The view that is sent with another answer."""
    entered: dict[str, Any] = {"person": {"selected_user": value}, "people": {"selected_users": [value, *others]}}
    return {"state": {"values": {"answer": {"question.answer": entered.get(kind, {"value": value})}}}}


async def answer_of(desk: Desk) -> str | None:
    found = await desk.items.find(BOARD.pending)
    return found.reason if found and found.state == "answered" else None
