"""Clicks on what is remembered: whose they are, what they do, and where the person reads of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.messages import Question, message_text
from bot.pending import APPROVAL, QUESTION, ApprovalBody, Decisions, QuestionBody
from bot.slack.answering import Answering
from bot.slack.card_desk import CardDesk
from bot.slack.cards import memory_modal, note_modal, problem_note
from bot.slack.clicked import Click, read_click, read_submission
from bot.slack.commands import Commands
from bot.slack.memory_window import MemoryWindow
from bot.slack.remembering import Remembering
from bot.slack.surface import SlackSurface, Workplace
from bot.slack.welcome import Welcome
from memory.database import Database
from memory.ids import CallId, PendingId, PersonId, TurnId
from memory.pending import Kind, PendingItem, PendingItems, PendingState
from memory.people import People
from memory.turns import NewTurn, Turns
from playground.slack.forms import fill, state_of
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import buttons, values
from tests.bot.slack.memory_samples import FOUR, LABELS, LENGTH, MANAGER, FakeRemembered, known, state, ticket
from tests.bot.slack.test_deciding import Later, Slack
from tests.bot.web.fakes import build_world
from tests.fakes.rooms import NOW, PERSON, TEAM, TURN, incoming

COLLEAGUE = PersonId("T1:U2")
ME = PERSON.id
NOT_YOURS = "Only the person who asked can decide this. Ask me yourself and I do it as you."
OUT_OF_DATE = "This card is out of date, so nothing was done. The newest one is further down, or ask me again."
GONE = "Nothing of this is kept any more, so nothing was changed."
LIST, DONE = memory_modal(state(*FOUR)), note_modal(problem_note("x"))
BOARD = Question(
    pending=PendingId("p_1"),
    ask="Which board should this ticket go to?",
    label="Board",
    choices=("Platform (INFRA)", "Storefront (WEB)"),
)


class Desk:
    """Cards and dialogs that stand in Slack, and the people who click on them."""

    def __init__(self, database: Database) -> None:
        self.slack, self.later = Slack(), Later()
        self.items, self.turns, self.decisions = PendingItems(database), Turns(database), Decisions(database)
        self.remembered = FakeRemembered()
        self.homes: list[PersonId] = []
        client: Any = self.slack
        surface = SlackSurface(People(database), now=lambda: NOW)
        surface.enter(Workplace(id=TEAM, name="Tamarack", bot_user="UB", bot_id="B1", client=client))
        connections = build_world(database).site.connections
        self.window = MemoryWindow(surface, self.remembered, connections, now=lambda: NOW)
        desk = CardDesk(surface, background=self.later, wake=lambda: None, home=self._home)
        self.remembering = Remembering(self.window, self.decisions, desk, background=self.later, home=self._home)
        self.answering = Answering(surface, self.decisions, desk, remembering=self.remembering)
        self.connections, self.surface = connections, surface

    async def _home(self, person: PersonId) -> None:
        self.homes.append(person)

    async def click(
        self, action: str, value: str, *, who: PersonId = ME, view: Mapping[str, Any] | None = None
    ) -> None:
        noun, _, verb = action.partition(":")[0].partition(".")
        click = clicked(action, value, who=who, view=view)
        await (self.answering.kept(click, verb) if noun == "question" else self.remembering.clicked(click, verb))
        await self.later.all()

    async def submit(self, filled: Mapping[str, Any], *, who: PersonId = ME, below: str | None = None) -> Any:
        """Send the dialog that was opened last, filled in."""
        view = (self.slack.named("views.push") or self.slack.named("views.open"))[-1]["view"]
        sent = {**view, "state": state_of(view, fill(view, filled)), "previous_view_id": below}
        told = await self.remembering.submitted(
            read_submission({"team": {"id": TEAM}, "user": {"id": who.rpartition(":")[2]}, "view": sent})
        )
        await self.later.all()
        return told

    async def filed(self) -> None:
        """A ticket of mine was filed, and its receipt posted."""
        body = ApprovalBody(
            skill="tickets",
            tool="create_ticket",
            canonical="{}",
            service="Jira",
            write=ticket().write,
            fingerprint=None,
            version_said="",
            because="",
            asked_in="",
        )
        await self._add(PendingId("p_214"), "receipt", APPROVAL.dump_json(body).decode(), "done")

    async def asked(self, *questions: Question, state: PendingState = "answered") -> None:
        for question in questions:
            body = QuestionBody(question=question, tool="create_ticket", parameter=question.label.lower())
            await self._add(question.pending, "question", QUESTION.dump_json(body).decode(), state)

    async def memory_of(self, pending: str) -> str:
        """The id that the card of a question gives to what its answer teaches."""
        card: Any = (await self.decisions.look(PendingId(pending), ME)).card
        return next(item.memory for item in card.items if item.question.pending == pending)

    async def _add(self, pending: PendingId, kind: Kind, body: str, state: PendingState) -> None:
        message = incoming("file it")
        await self.turns.record(
            NewTurn(
                id=message.turn,
                workspace=message.workspace,
                person=message.person,
                conversation=message.conversation,
                message=message_text(message),
            )
        )
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
            expires_at=datetime.now(UTC) + timedelta(days=7),
            state=state,
            reason="Platform (INFRA)" if kind == "question" else None,
        )
        await self.items.add(item)
        await self.items.shown(TurnId(TURN), "D1:2.2")

    @property
    def told(self) -> list[str]:
        """What people were told beside a card, in full."""
        return [blocks["blocks"][0]["text"]["text"] for blocks in self.slack.named("chat.postEphemeral")]

    def shown(self, method: str) -> dict[str, Any]:
        """The dialog that was shown last by `method`."""
        view = self.slack.named(method)[-1]["view"]
        check(view)
        return view


def clicked(action: str, value: str, *, who: PersonId = ME, view: Mapping[str, Any] | None = None) -> Click:
    where: dict[str, Any] = {
        "channel": {"id": "D1"},
        "container": {"message_ts": "2.2", "channel_id": "D1"},
        "message": {"thread_ts": "1.1"},
    }
    if view is not None:
        where = {"container": {"view_id": "V1"}, "view": {**view, "id": "V1"}}
    chosen = {"selected_option": {"value": value}} if "value" in action or "skill" in action else {"value": value}
    person = {"team": {"id": TEAM}, "user": {"id": who.rpartition(":")[2]}, "trigger_id": "t.1"}
    return read_click({**person, **where, "actions": [{"action_id": action, **chosen}]})


@pytest.fixture
def desk(database: Database) -> Desk:
    made = Desk(database)
    made.remembered.give(ME, *FOUR, LENGTH, MANAGER)
    made.remembered.give(COLLEAGUE, known(2, shown="Payments (PAY)", value="PAY"))
    return made


# Whose click counts

EVERY_ENTRY = [
    *(
        (f"memory.value:{n}", f"m2:{verb}:p_214")
        for n, verb in enumerate(("change", "forget", "pin", "never", "learn"))
    ),
    ("memory.change", "m2:change:p_214"),
    ("memory.forget", "m2:forget:p_214"),
]


async def test_a_colleagues_click_on_my_receipt_changes_nothing_of_anybodys(desk: Desk):
    """mem_cross, appr_actor: also where the same id is one of theirs."""
    await desk.filed()
    before = {who: desk.remembered.kept(who) for who in (ME, COLLEAGUE)}
    for action, value in EVERY_ENTRY:
        await desk.click(action, value, who=COLLEAGUE)
    assert desk.told == [NOT_YOURS] * len(EVERY_ENTRY)
    assert {who: desk.remembered.kept(who) for who in (ME, COLLEAGUE)} == before
    assert desk.slack.named("views.open") == []


async def test_a_colleague_sees_and_forgets_only_their_own(desk: Desk):
    """mem_cross"""
    await desk.click("memory.open", "m2", who=COLLEAGUE)
    view = desk.shown("views.open")
    assert "Payments (PAY)" in values(view)
    assert "Platform" not in str(view)
    await desk.click("memory.forget_all", "tickets", who=COLLEAGUE, view=LIST)
    assert desk.remembered.kept(COLLEAGUE) == {}
    assert len(desk.remembered.kept(ME)) == 5


async def test_a_dialog_that_a_colleague_sends_changes_nothing_of_mine(desk: Desk):
    """mem_cross"""
    await desk.click("memory.change", "m3:change")
    told = await desk.submit({"value": "theirs"}, who=COLLEAGUE)
    assert GONE in str(told["view"])
    assert desk.remembered.kept(ME)["m3"] == LABELS.shown


async def test_a_colleague_cannot_use_my_answer_always(desk: Desk):
    """mem_cross, appr_actor"""
    await desk.asked(BOARD)
    for action, value in (("question.always", "p_1"), ("question.change", "p_1"), ("question.menu:0", "p_1:always")):
        await desk.click(action, value, who=COLLEAGUE)
    assert desk.told == [NOT_YOURS] * 3
    assert desk.remembered.always_said == []


# From a receipt


async def test_a_value_is_forgotten_from_its_receipt(desk: Desk):
    await desk.filed()
    await desk.click("memory.value:2", "m2:forget:p_214")
    assert desk.told == ["Forgot the board Platform (INFRA). I will ask next time."]
    assert "m2" not in desk.remembered.kept(ME)
    assert desk.homes == [ME]


async def test_a_second_click_hears_that_nothing_is_kept(desk: Desk):
    await desk.filed()
    for _ in range(2):
        await desk.click("memory.forget", "m2:forget:p_214")
    await desk.click("memory.change", "m2:change:p_214")
    assert desk.told[1:] == [GONE, GONE]


async def test_a_value_is_pinned_from_its_receipt(desk: Desk):
    await desk.filed()
    await desk.click("memory.value:2", "m2:pin:p_214")
    assert desk.told == ["Board is always Platform (INFRA) from now on."]
    assert (await desk.remembered.find(ME, "m2") or LABELS).standing == "always"


async def test_a_value_is_changed_in_a_dialog_which_then_says_so(desk: Desk):
    await desk.filed()
    await desk.click("memory.value:2", "m2:change:p_214")
    pick = desk.shown("views.open")["blocks"][0]["element"]["options"][0]["value"]
    told = await desk.submit({"pick": pick})
    assert told["response_action"] == "update"
    check(told["view"])
    assert "Board is now Storefront (WEB). I stopped using Platform (INFRA)." in values(told["view"])
    assert desk.remembered.kept(ME)["m2"] == "Storefront (WEB)"
    assert desk.homes == [ME]


async def test_a_change_is_taken_back_where_it_was_told(desk: Desk):
    await desk.click("memory.change", "m2:change")
    told = await desk.submit({"value": "Mobile"})
    undo = buttons(told["view"])["Undo"]
    for _ in range(2):
        await desk.click(undo["action_id"], undo["value"], view=told["view"])
    assert [values(call["view"]).splitlines()[0] for call in desk.slack.named("views.update")] == [
        "Board is Platform (INFRA) again.",
        "This can no longer be taken back.",
    ]
    assert desk.remembered.kept(ME)["m2"] == "Platform (INFRA)"


async def test_what_cannot_be_a_value_is_told_at_its_field(desk: Desk):
    await desk.click("memory.change", "m2:change")
    desk.remembered.problem = "There is no such board."
    told = await desk.submit({"value": "nonsense"})
    assert told == {"response_action": "errors", "errors": {"value": "There is no such board."}}
    assert desk.homes == []


async def test_all_that_is_remembered_opens_at_the_skill_of_the_receipt(desk: Desk):
    for about, skill in (("m5", "calendar"), ("m2", "tickets"), ("all", "tickets"), ("gone", "tickets")):
        await desk.click("memory.open", about)
        assert desk.shown("views.open")["private_metadata"] == skill


# In the list


async def test_another_skill_is_looked_at_in_place(desk: Desk):
    await desk.click("memory.skill", "calendar", view=LIST)
    call = desk.slack.named("views.update")[-1]
    assert (call["view_id"], call["view"]["private_metadata"]) == ("V1", "calendar")


@pytest.mark.parametrize(
    ("verb", "says", "standing"),
    [
        ("pin", "Board is always Platform (INFRA) from now on.", "always"),
        ("never", "I never fill in the board from now on.", "never"),
        ("learn", "I learn the board again from what you do.", "learned"),
    ],
)
async def test_each_entry_does_what_it_says_and_the_list_says_it(desk: Desk, verb: str, says: str, standing: str):
    await desk.click("memory.value:2", f"m2:{verb}", view=LIST)
    assert says in values(desk.shown("views.update"))
    found = await desk.remembered.find(ME, "m2")
    assert found is not None
    assert found.standing == standing
    assert desk.told == []


async def test_a_value_is_forgotten_in_the_list_which_closes_the_gap(desk: Desk):
    await desk.click("memory.value:2", "m2:forget", view=LIST)
    view = desk.shown("views.update")
    assert "Forgot the board Platform (INFRA). I will ask next time." in values(view)
    assert "memory:m2" not in str(view)


async def test_a_name_is_forgotten(desk: Desk):
    await desk.click("memory.forget:1", "n1:forget", view=LIST)
    view = desk.shown("views.update")
    assert "Forgot “my manager”. I will ask next time." in values(view)
    assert view["private_metadata"] == LIST["private_metadata"]
    assert await desk.remembered.names_of(ME) == []


async def test_a_value_is_changed_over_the_list_which_then_says_so(desk: Desk):
    await desk.click("memory.value:2", "m2:change", view=LIST)
    assert await desk.submit({"value": "Mobile"}, below="V1") == {}
    view = desk.shown("views.update")
    assert "Board is now Mobile. I stopped using Platform (INFRA)." in values(view)
    undo = buttons(view)["Undo"]
    await desk.click(undo["action_id"], undo["value"], view=view)
    assert "Board is Platform (INFRA) again." in values(desk.shown("views.update"))


async def test_all_of_a_skill_is_forgotten_and_the_rest_stays(desk: Desk):
    await desk.click("memory.forget_all", "tickets", view=LIST)
    view = desk.shown("views.update")
    assert "Forgot 4 values for tickets." in values(view)
    assert view["private_metadata"] == "calendar"
    assert list(desk.remembered.kept(ME)) == ["m5"]


async def test_when_all_is_forgotten_the_list_is_empty(desk: Desk):
    await desk.click("memory.forget_all", "all", view=LIST)
    assert "Nothing remembered yet." in ours(desk.shown("views.update"))


async def test_a_click_that_nothing_offers_does_nothing(desk: Desk):
    before = desk.remembered.kept(ME)
    for value in ("", "m2", "m2:explode", ":forget", "m9:forget", "::", "m9:pin:p_nobody"):
        await desk.click("memory.value:1", value, view=LIST)
        await desk.click("memory.value:1", value)
    assert desk.remembered.kept(ME) == before
    assert set(desk.told) == {GONE}


async def test_a_link_to_the_web_needs_no_answer(desk: Desk):
    await desk.click("memory.web", "tickets", view=LIST)
    assert desk.slack.calls == []


# From an answered question


async def test_an_answer_is_used_always_and_its_card_drawn_anew(desk: Desk):
    await desk.asked(BOARD)
    await desk.click("question.always", "p_1")
    assert desk.remembered.always_said == [(ME, "p_1")]
    assert len(desk.slack.named("chat.update")) == 1
    assert desk.told == []


async def test_one_of_several_answers_is_used_always_from_its_menu(desk: Desk):
    labels = replace(BOARD, pending=PendingId("p_2"), label="Labels")
    await desk.asked(BOARD, labels)
    await desk.click("question.menu:1", "p_2:always")
    assert desk.remembered.always_said == [(ME, "p_2")]


async def test_why_an_answer_cannot_be_used_always_is_told(desk: Desk):
    await desk.asked(BOARD)
    desk.remembered.problem = "This answer was for one time."
    await desk.click("question.always", "p_1")
    assert desk.told == ["This answer was for one time."]


async def test_an_answer_is_changed_in_a_dialog(desk: Desk):
    await desk.asked(BOARD)
    desk.remembered.give(ME, known(id=await desk.memory_of("p_1")))
    await desk.click("question.change", "p_1")
    assert desk.shown("views.open")["title"]["text"] == "Change board"


async def test_an_answer_whose_call_has_not_run_has_nothing_to_change(desk: Desk):
    await desk.asked(BOARD)
    await desk.click("question.change", "p_1")
    assert desk.told[0].startswith("I have not used this answer yet")
    assert desk.slack.named("views.open") == []


async def test_what_is_not_answered_is_not_used_always(desk: Desk):
    await desk.asked(BOARD, state="open")
    for action in ("question.always", "question.change"):
        await desk.click(action, "p_1")
    await desk.click("question.menu:0", "p_1:explode")
    assert desk.told == [OUT_OF_DATE] * 3
    assert desk.remembered.always_said == []


# The command


@pytest.fixture
async def commands(desk: Desk, database: Database) -> Commands:
    await People(database).upsert(PERSON)

    async def has_asked(_person: PersonId) -> bool:
        return False

    async def tools_done(_person: PersonId) -> frozenset[str]:
        return frozenset()

    welcome = Welcome(
        desk.surface,
        People(database),
        desk.connections,
        desk.items,
        background=desk.later,
        has_asked=has_asked,
        tools_done=tools_done,
        now=lambda: NOW,
        remembered=desk.remembered,
    )
    return Commands(desk.surface, desk.connections, welcome, now=lambda: NOW, memory=desk.window)


async def typed(commands: Commands, text: str, *, trigger: str = "t.1") -> dict[str, Any]:
    """What Slack is answered when somebody types the command."""
    acked: list[dict[str, Any]] = []

    async def ack(**answer: Any) -> None:
        acked.append(answer)

    body = {"team_id": TEAM, "user_id": "U1", "command": "/pinyon", "text": text, "trigger_id": trigger}
    await commands.run(ack, body)
    [answer] = acked
    return answer


async def test_the_command_opens_the_list_and_says_nothing_beside_it(desk: Desk, commands: Commands):
    assert await typed(commands, " Memory ") == {}
    assert desk.shown("views.open")["title"]["text"] == "What I remember"


async def test_without_a_dialog_the_command_offers_one(desk: Desk, commands: Commands):
    answer = await typed(commands, "memory", trigger="")
    check({"text": answer["text"], "blocks": answer["blocks"]})
    assert buttons(answer)["Look through"]["action_id"] == "memory.open"
    assert desk.slack.named("views.open") == []


async def test_a_guest_is_shown_nothing(desk: Desk, commands: Commands, database: Database):
    await People(database).upsert(replace(PERSON, is_guest=True))
    assert "I work only for members" in (await typed(commands, "memory"))["text"]
    assert desk.slack.named("views.open") == []


async def test_help_names_it(commands: Commands):
    answer = await typed(commands, "help")
    assert "`/pinyon memory`" in json.dumps(answer["blocks"])
    assert [node["value"] for _, node in walk(answer["blocks"]) if node.get("action_id") == "help.memory"] == ["memory"]
