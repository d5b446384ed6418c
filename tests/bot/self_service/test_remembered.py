"""A person's memory as they see it and change it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from bot.messages import Question
from bot.pending import QUESTION, QuestionBody
from bot.self_service.known import Known, declared
from bot.self_service.remembered import GONE, NO_CHANGE, NOT_ANSWERED, TOO_LATE, Remembered, Summary
from memory.database import Database
from memory.ids import CallId, ConversationId, PendingId, TurnId, WorkspaceId
from memory.parameters.aliases import Aliases, name_id
from memory.parameters.evidence import Occasion, PastCall, memory_id
from memory.parameters.store import Done, ParameterMemory
from memory.pending import PendingItem, PendingItems
from skills.skill import Habit, Result, Says, Skill, ToolContext, tool
from tests.memory.parameters.storing import BEGAN, JAMAL, REN, call, holding

BOARD, PREFIX = Habit(label="Board", ask="Which?"), Habit(label="Title prefix", ask="Which?", within="project")


@tool(
    "write",
    says=Says(doing="Filing a ticket in {project}"),
    targets=("project", "title_prefix", "labels", "priority"),
    remembers={
        "project": BOARD,
        "title_prefix": PREFIX,
        "labels": Habit(label="Labels", ask="Which?"),
        "priority": Habit(label="", ask=""),
    },
)
async def file_ticket(
    ctx: ToolContext[object],
    project: str,
    title_prefix: str = "",
    labels: Annotated[list[str], Field(max_length=3)] = [],  # noqa: B006
    priority: Literal["calm", "urgent"] | None = None,
) -> Result:
    """File."""
    raise NotImplementedError


@tool(
    "write",
    says=Says(doing="Planning {title}"),
    targets=("title", "minutes", "share", "private", "room"),
    remembers={name: Habit(label="", ask="") for name in ("minutes", "share", "private", "room")},
)
async def plan_event(
    ctx: ToolContext[object],
    title: str,
    minutes: Annotated[int, Field(ge=5, lt=600)] = 30,
    share: float = 1.0,
    private: bool = False,  # noqa: FBT001, FBT002
    room: Annotated[str, Field(max_length=9, pattern="^[A-Z]")] = "Oak",
) -> Result:
    """Plan."""
    raise NotImplementedError


def skill(name: str, one: object) -> Skill:
    return Skill(
        name=name,
        title=name.capitalize(),
        purpose="For tests.",
        integration=None,
        tools=(one,),  # pyright: ignore[reportArgumentType]: what the decorator made
        examples=(),
        reads="",
        changes="",
        instructions=Path("none"),
    )


SKILLS = {"tickets": skill("tickets", file_ticket), "calendar": skill("calendar", plan_event)}
NOW = datetime.fromtimestamp(BEGAN, UTC) + timedelta(days=1)
WORDS = {"INFRA": "Platform (INFRA)", "WEB": "Storefront (WEB)"}


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(database: Database, clock: Clock) -> ParameterMemory:
    return ParameterMemory(database, now=clock)


@pytest.fixture
def aliases(database: Database) -> Aliases:
    return Aliases(database)


@pytest.fixture
def remembered(database: Database, memory: ParameterMemory, aliases: Aliases, clock: Clock) -> Remembered:
    return Remembered(database, memory, aliases, SKILLS, now=clock)


def done(past: PastCall, name: str = "file_ticket") -> Done:
    return Done(person=REN, tool=name, kinds=declared(SKILLS, name).kinds, call=past, words=WORDS)


async def file(memory: ParameterMemory, *projects: str, start: int = 0) -> None:
    for number, key in enumerate(projects, start=start):
        await memory.learn(done(call(number, project=key)))


BOARD_ID = memory_id(REN, "file_ticket", "project")


async def board(remembered: Remembered) -> Known:
    found = await remembered.find(REN, BOARD_ID)
    assert found
    return found


async def test_nothing_is_known_of_somebody_new(remembered: Remembered) -> None:
    assert await remembered.all_of(REN) == []
    assert await remembered.names_of(REN) == []
    assert await remembered.find(REN, BOARD_ID) is None
    assert await remembered.summary(REN) == Summary(values=0)
    assert await remembered.forget_all(REN) == 0


async def test_what_is_known_says_on_what_it_rests(remembered: Remembered, memory: ParameterMemory) -> None:
    await file(memory, *["INFRA"] * 10, "WEB", *["INFRA"] * 9)
    found = await board(remembered)
    assert found == Known(
        id=BOARD_ID,
        skill="tickets",
        tool="file_ticket",
        parameter="project",
        label="Board",
        doing="Filing a ticket",
        value="INFRA",
        shown="Platform (INFRA)",
        standing="learned",
        seeds=(*[True] * 5, False, *[True] * 9),
        first=datetime.fromtimestamp(BEGAN, UTC),
        last=datetime.fromtimestamp(BEGAN + 19 * 60, UTC),
        places=("C1",),
        how="chose",
        others=(("WEB", "Storefront (WEB)"),),
    )
    assert await remembered.all_of(REN) == [found]
    assert await remembered.all_of(JAMAL) == []


async def test_the_best_known_comes_first_and_skills_stay_together(
    remembered: Remembered, memory: ParameterMemory
) -> None:
    await memory.learn(done(call(0, title_prefix="[infra]"), "file_ticket"))
    for number in range(1, 4):
        await memory.learn(done(call(number, project="INFRA")))
        await memory.learn(done(call(number, minutes=45), "plan_event"))
    await memory.learn(done(call(9, room="Oak"), "taken_out"))
    found = [(one.skill, one.label, one.shown, one.doing) for one in await remembered.all_of(REN)]
    assert found == [
        ("tickets", "Board", "Platform (INFRA)", "Filing a ticket"),
        ("tickets", "Title prefix", "[infra]", "Filing a ticket"),
        ("calendar", "Minutes", "45", "Planning an event"),
        ("", "Room", "Oak", "Taken out"),
    ]


async def test_what_depends_on_another_value_says_where_it_applies(
    remembered: Remembered, memory: ParameterMemory
) -> None:
    past = call(1, project="INFRA")
    await memory.learn(done(replace(past, values={**past.values, "title_prefix|INFRA": "[infra]", "labels|X": None})))
    labels = {one.label: one.shown for one in await remembered.all_of(REN)}
    assert labels == {
        "Board": "Platform (INFRA)",
        "Title prefix, when the board is Platform (INFRA)": "[infra]",
        "Labels, when the value is X": "leave blank",
    }


async def test_lists_and_yes_and_no_are_said_in_words(remembered: Remembered, memory: ParameterMemory) -> None:
    await memory.learn(done(call(1, labels=("INFRA", "urgent"))))
    await memory.learn(done(call(1, private=True, share=0.5), "plan_event"))
    assert {one.shown for one in await remembered.all_of(REN)} == {"Platform (INFRA), urgent", "yes", "0.5"}


async def test_a_change_retires_the_old_value_and_can_be_taken_back(
    remembered: Remembered, memory: ParameterMemory, clock: Clock
) -> None:
    await file(memory, "WEB", "INFRA", "INFRA", "INFRA")
    was = await board(remembered)
    changed = await remembered.change(REN, BOARD_ID, "storefront (web)")
    assert changed.known
    assert (changed.known.value, changed.known.standing, changed.known.shown) == ("WEB", "order", "Storefront (WEB)")
    assert (changed.before, changed.problem, changed.known.decided) == ("Platform (INFRA)", "", NOW)
    assert await board(remembered) == changed.known
    assert (await remembered.take_back(JAMAL, changed.change)).problem == TOO_LATE
    back = await remembered.take_back(REN, changed.change)
    assert (back.known, back.before) == (was, "Storefront (WEB)")
    assert (await remembered.take_back(REN, changed.change)).problem == TOO_LATE
    late = await remembered.change(REN, BOARD_ID, "WEB")
    clock.now += timedelta(days=2)
    assert (await remembered.take_back(REN, late.change)).problem == TOO_LATE


@pytest.mark.parametrize(
    ("parameter", "text", "value"),
    [
        ("project", " TRAIL\0 ", "TRAIL"),
        ("project", "infra", "INFRA"),
        ("title_prefix", "[Infra]", "[Infra]"),
        ("title_prefix", "", None),
        ("title_prefix", "Leave blank", None),
        ("labels", "b, a,, b\nStorefront (WEB)", ("WEB", "a", "b")),
        ("labels", "", None),
        ("priority", "calm", "calm"),
        ("minutes", "45", 45),
        ("share", "0,5", None),
        ("share", "0.5", 0.5),
        ("private", "yes", True),
    ],
)
async def test_what_is_typed_becomes_a_value_of_the_right_type(
    remembered: Remembered, memory: ParameterMemory, parameter: str, text: str, value: object
) -> None:
    name = "plan_event" if parameter in ("minutes", "share", "private") else "file_ticket"
    await memory.learn(done(call(0, project="WEB"), name))
    await memory.learn(
        done(call(1, **{"project": "INFRA", parameter: None if parameter != "project" else "INFRA"}), name)
    )
    changed = await remembered.change(REN, memory_id(REN, name, parameter), text)
    if (parameter, value) == ("share", None):
        assert changed.problem == "Write a number, such as 1.5."
    else:
        assert changed.known
        assert (changed.problem, changed.known.value) == ("", value)
        assert type(changed.known.value) is type(value)


@pytest.mark.parametrize(
    ("parameter", "text", "problem"),
    [
        ("project", "", "Write a value: Filing a ticket needs one. To be asked each time, use “Never fill this in”."),
        ("project", "x" * 300, "Write something shorter, of at most 200 characters."),
        ("labels", "a, b, c, d", "Write fewer: at most 3 fit here."),
        ("priority", "low", "Write one of these: calm, urgent."),
        ("minutes", "half an hour", "Write a whole number, such as 30."),
        ("minutes", "1", "Write a larger number, from 5 on."),
        ("minutes", "600", "Write a smaller number, up to 600."),
        ("private", "perhaps", "Write yes or no."),
        ("room", "The great hall", "Write something shorter, of at most 9 characters."),
        ("room", "elm", "Write another value: Planning an event does not take this one."),
    ],
)
async def test_what_is_no_value_changes_nothing_and_says_what_to_write(
    remembered: Remembered, memory: ParameterMemory, parameter: str, text: str, problem: str
) -> None:
    name = "plan_event" if parameter in ("minutes", "private", "room") else "file_ticket"
    await memory.learn(done(call(1, **{parameter: "old"}), name))
    before = await remembered.find(REN, memory_id(REN, name, parameter))
    changed = await remembered.change(REN, memory_id(REN, name, parameter), text)
    assert (changed.known, changed.problem, changed.change) == (before, problem, "")


async def test_a_value_of_a_tool_that_is_no_longer_there_can_be_changed(
    remembered: Remembered, memory: ParameterMemory
) -> None:
    await memory.learn(done(call(1, room="Oak"), "taken_out"))
    changed = await remembered.change(REN, memory_id(REN, "taken_out", "room"), "Elm")
    assert changed.known
    assert (changed.known.value, changed.before) == ("Elm", "Oak")


async def test_the_same_value_again_retires_nothing(remembered: Remembered, memory: ParameterMemory) -> None:
    await file(memory, "INFRA")
    changed = await remembered.change(REN, BOARD_ID, "INFRA")
    assert changed.known
    assert (changed.before, changed.known.standing, changed.known.seeds) == ("", "order", (True,))


async def test_a_value_can_be_used_always_never_and_learned_again(
    remembered: Remembered, memory: ParameterMemory
) -> None:
    await file(memory, "INFRA", "INFRA", "WEB", "INFRA")
    value = (await board(remembered)).value
    pinned = await remembered.always(REN, BOARD_ID)
    assert pinned.known
    assert (pinned.known.standing, pinned.known.value, pinned.known.decided) == ("always", value, NOW)
    never = await remembered.never(REN, BOARD_ID)
    assert never.known
    assert (never.known.standing, never.before) == ("never", pinned.known.shown)
    again = await remembered.learn_again(REN, BOARD_ID)
    assert again.known
    assert (again.known.standing, again.known.decided) == ("learned", None)


async def test_what_is_never_filled_in_is_found_also_without_any_value(
    remembered: Remembered, memory: ParameterMemory
) -> None:
    await memory.tell(REN, "file_ticket", "project", "never", None, at=BEGAN)
    found = await board(remembered)
    assert (found.standing, found.value, found.seeds) == ("never", None, ())
    assert (await remembered.learn_again(REN, BOARD_ID)).known is None
    assert await remembered.find(REN, BOARD_ID) is None


async def test_after_forget_nothing_of_it_is_in_the_database(
    remembered: Remembered, memory: ParameterMemory, aliases: Aliases, database: Database
) -> None:
    await file(memory, "INFRA", "INFRA")
    await aliases.keep(REN, "my board", "board", ["INFRA"], shown="Platform (INFRA)")
    forgotten = await remembered.forget(REN, BOARD_ID)
    assert (forgotten.known, forgotten.before, forgotten.problem) == (None, "Platform (INFRA)", "")
    assert await holding(database, "infra") == ["parameter_aliases"]
    [name] = await remembered.names_of(REN)
    assert (name.phrase, name.shown) == ("my board", "Platform (INFRA)")
    assert (await remembered.forget(JAMAL, name.id)).problem == GONE
    assert (await remembered.change(REN, name.id, "WEB")).problem == NO_CHANGE
    assert name.id == name_id(REN, "to My board")
    assert (await remembered.forget(REN, name.id)).before == "Platform (INFRA)"
    assert await holding(database, "infra") == []
    assert (await remembered.forget(REN, BOARD_ID)).problem == GONE


async def test_what_is_not_theirs_is_not_changed(remembered: Remembered, memory: ParameterMemory) -> None:
    """mem_cross"""
    await file(memory, "INFRA")
    for answer in (
        await remembered.change(JAMAL, BOARD_ID, "WEB"),
        await remembered.always(JAMAL, BOARD_ID),
        await remembered.never(JAMAL, BOARD_ID),
        await remembered.learn_again(JAMAL, BOARD_ID),
        await remembered.forget(JAMAL, BOARD_ID),
        await remembered.change(REN, "m_unknown", "WEB"),
    ):
        assert (answer.known, answer.problem) == (None, GONE)
    assert (await board(remembered)).standing == "learned"


async def test_all_of_one_skill_is_forgotten_or_everything(
    remembered: Remembered, memory: ParameterMemory, aliases: Aliases
) -> None:
    await file(memory, "INFRA")
    await memory.learn(done(call(2, minutes=45, private=True), "plan_event"))
    await aliases.keep(REN, "my manager", "person", ["U7"], shown="Seven")
    assert await remembered.forget_all(REN, "no such skill") == 0
    assert await remembered.forget_all(REN, "calendar") == 2
    assert [one.label for one in await remembered.all_of(REN)] == ["Board"]
    assert await remembered.forget_all(REN) == 2
    assert (await remembered.all_of(REN), await remembered.names_of(REN)) == ([], [])


async def test_a_summary_counts_what_is_known_and_what_was_not_asked(
    remembered: Remembered, memory: ParameterMemory, aliases: Aliases
) -> None:
    await file(memory, "INFRA", "INFRA")
    await memory.learn(
        replace(done(call(2, "remembered", project="INFRA", labels=("a",))), filled={"project": "INFRA"})
    )
    await memory.tell(REN, "plan_event", "minutes", "never", None, at=BEGAN)
    await aliases.keep(REN, "my manager", "person", ["U7"], shown="Seven")
    assert await remembered.summary(REN) == Summary(
        values=4, labels=("board", "labels"), saved=1, since=datetime.fromtimestamp(BEGAN + 120, UTC)
    )


async def test_everything_can_be_taken_along_as_json(
    remembered: Remembered, memory: ParameterMemory, aliases: Aliases
) -> None:
    await memory.learn(replace(done(call(1, project="INFRA", labels=("a", "b"))), always=["project"]))
    await remembered.change(REN, memory_id(REN, "file_ticket", "labels"), "a")
    await aliases.keep(REN, "my manager", "person", ["U7"], shown="Seven")
    exported = await remembered.export(REN)
    [name] = exported.pop("names")
    assert (name["phrase"], name["values"], name["shown"]) == ("my manager", ["U7"], "Seven")
    ran = datetime.fromtimestamp(BEGAN + 60, UTC).isoformat()
    assert exported == {
        "exported_at": NOW.isoformat(),
        "tools": {
            "file_ticket": {
                "skill": "tickets",
                "calls": [
                    {
                        "time": ran,
                        "place": "C1",
                        "values": {"project": "INFRA", "labels": ["a"]},
                        "how": {"project": "chose", "labels": "chose"},
                    }
                ],
                "decided": {
                    "project": {"standing": "always", "value": "INFRA", "time": ran},
                    "labels": {"standing": "order", "value": ["a"], "time": NOW.isoformat()},
                },
                "retired": {"labels": [["a", "b"]]},
                "words": {"INFRA": "Platform (INFRA)"},
            }
        },
    }


# "Always use this", on the card of a question that was answered.

PENDING = PendingId("p1")


async def ask(database: Database, *, tool: str = "file_ticket", state: str = "answered") -> None:
    body = QuestionBody(question=Question(pending=PENDING, ask="Which board?"), tool=tool, parameter="title_prefix")
    item = PendingItem(
        id=PENDING,
        turn=TurnId("t1"),
        call=CallId("c1"),
        kind="question",
        workspace=WorkspaceId("T1"),
        person=REN,
        conversation=ConversationId("T1:C1:1"),
        body=QUESTION.dump_json(body).decode(),
        digest="question",
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    await PendingItems(database).add(replace(item, state=state))


def ran(**values: str) -> PastCall:
    named = {name.replace("__", "|"): value for name, value in values.items()}
    return PastCall(id="t1:c1", occasion=Occasion(at=BEGAN), values=named, how=dict.fromkeys(named, "chose"))


async def test_an_answer_is_used_always_once_its_call_has_run(
    remembered: Remembered, memory: ParameterMemory, database: Database
) -> None:
    await ask(database)
    await memory.learn(done(ran(project="INFRA", title_prefix__INFRA="[infra]")))
    pinned = (await remembered.always_answer(REN, PENDING)).known
    assert pinned
    assert (pinned.parameter, pinned.value, pinned.standing) == ("title_prefix|INFRA", "[infra]", "always")
    item = await PendingItems(database).find(PENDING)
    assert item
    assert QUESTION.validate_json(item.body).always, "the card says so from now on"


@pytest.mark.parametrize("values", [{}, {"project": "INFRA"}])
async def test_before_its_call_has_run_the_wish_is_kept_with_the_answer(
    remembered: Remembered, memory: ParameterMemory, database: Database, values: dict[str, str]
) -> None:
    await ask(database)
    if values:
        await memory.learn(done(ran(**values)))
    answer = await remembered.always_answer(REN, PENDING)
    assert (answer.known, answer.problem) == (None, "")
    item = await PendingItems(database).find(PENDING)
    assert item
    assert (QUESTION.validate_json(item.body).always, item.state) == (True, "answered")


async def test_only_an_own_answer_for_a_call_is_used_always(remembered: Remembered, database: Database) -> None:
    assert (await remembered.always_answer(REN, PENDING)).problem == GONE
    await ask(database, state="open")
    assert (await remembered.always_answer(REN, PENDING)).problem == NOT_ANSWERED
    assert (await remembered.always_answer(JAMAL, PENDING)).problem == GONE


async def test_an_answer_to_the_models_own_question_teaches_nothing(remembered: Remembered, database: Database) -> None:
    await ask(database, tool="")
    assert (await remembered.always_answer(REN, PENDING)).problem == NOT_ANSWERED


@pytest.mark.parametrize(
    ("name", "doing", "says"),
    [
        ("read_issue", "Reading {repository} #{number}", "Reading an issue"),
        ("comment_on_pull_request", "Commenting on {repository}", "Commenting on a pull request"),
        ("request_reviewers", "Asking {people}", "Asking reviewers"),
        ("create_ticket", "Creating a ticket in {project}", "Creating a ticket"),
        ("search", "", "Search"),
    ],
)
def test_what_a_tool_does_is_said_without_what_one_call_was_about(name: str, doing: str, says: str) -> None:
    one = replace(file_ticket, name=name, says=Says(doing=doing))
    assert declared({"tickets": skill("tickets", one)}, name).doing == says
