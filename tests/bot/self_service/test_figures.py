"""Figures that single nobody out: whom they count, and whom they leave out."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.self_service.figures import FEWEST, OTHER, Tally, by_week, figures
from memory.ids import PersonId
from memory.parameters.happened import Counts, Week
from skills.skill import Result, Says, Skill, ToolContext, tool

MONDAY = date(2026, 11, 16)


@tool("read", says=Says(doing="Reading"))
async def file_ticket(_ctx: ToolContext[object]) -> Result:
    """File a ticket."""
    return Result(content="")


@tool("read", says=Says(doing="Reading"))
async def send_note(_ctx: ToolContext[object]) -> Result:
    """Send a note."""
    return Result(content="")


TICKETS = Skill(
    name="tickets",
    title="Tickets",
    purpose="",
    integration=None,
    tools=(file_ticket,),
    examples=(),
    reads="",
    changes="",
    instructions=Path("none.md"),
)
SKILLS = {"tickets": TICKETS, "mail": replace(TICKETS, name="mail", title="Mail", tools=(send_note,))}


def people(*numbers: int) -> frozenset[PersonId]:
    return frozenset(PersonId(f"T1:U{number}") for number in numbers)


def week(back: int = 0, **tools: Counts) -> Week:
    return Week(begins=MONDAY - timedelta(weeks=back), tools=tools)


FIVE = Counts(people=people(*range(5)), tasks=10, asked=5, filled=20, corrected=4, wrong=1)
FOUR = replace(FIVE, people=people(*range(4)))


def test_figures_begin_at_five_people():
    few = figures([week(file_ticket=FOUR)], SKILLS)
    assert (few.shows, few.people, few.skills, few.total) == (False, 4, (), Tally())
    enough = figures([week(file_ticket=FIVE)], SKILLS)
    assert (enough.shows, enough.people) == (True, 5)
    assert enough.skills[0][0] == "Tickets"


def test_a_figure_is_per_task_and_per_value_that_was_filled_in():
    [(_, tickets)] = figures([week(file_ticket=FIVE)], SKILLS).skills
    assert (tickets.asked_each, tickets.filled_each) == (0.5, 2.0)
    assert (tickets.corrected_share, tickets.wrong_share) == (0.2, 0.05)


def test_without_any_task_or_fill_there_is_no_division():
    nothing = Tally()
    assert (nothing.asked_each, nothing.filled_each, nothing.corrected_share, nothing.wrong_share) == (0, 0, 0, 0)


def test_a_skill_of_too_few_people_is_in_no_sum_either():
    found = figures([week(file_ticket=FIVE, send_note=replace(FOUR, asked=99))], SKILLS)
    assert [title for title, _ in found.skills] == ["Tickets"]
    assert found.total.asked == 5
    assert found.weeks == ((MONDAY, found.total),)
    assert found.left_out == (0, 1)


def test_a_week_of_too_few_people_is_in_no_sum_either():
    found = figures([week(1, file_ticket=FOUR), week(file_ticket=FIVE)], SKILLS)
    assert found.weeks == ((MONDAY - timedelta(weeks=1), None), (MONDAY, found.total))
    assert found.total.tasks == 10
    assert found.left_out == (1, 0)


def test_leaving_a_week_out_can_leave_a_skill_with_too_few_people():
    few = replace(FIVE, people=people(1, 2))
    weeks = [week(1, send_note=replace(few, people=people(3, 4, 5))), week(file_ticket=FIVE, send_note=few)]
    found = figures(weeks, SKILLS)
    assert [title for title, _ in found.skills] == ["Tickets"]
    assert found.left_out == (1, 1)


def test_the_tools_of_one_skill_are_counted_together_and_gone_ones_apart():
    both = replace(TICKETS, tools=(file_ticket, send_note))
    found = figures([week(file_ticket=FIVE, send_note=FOUR, gone=replace(FIVE, tasks=1))], {"tickets": both})
    assert [(title, tally.tasks) for title, tally in found.skills] == [("Tickets", 20), (OTHER, 1)]


def test_a_persons_own_course_begins_where_something_happened():
    weeks = [week(3), week(2, file_ticket=replace(FIVE, asked=0, filled=0)), week(1, file_ticket=FIVE), week()]
    assert [(begins, tally.filled) for begins, tally in by_week(weeks)] == [
        (MONDAY - timedelta(weeks=1), 20),
        (MONDAY, 0),
    ]
    assert by_week([week(1), week()]) == ()


COUNTS = st.builds(
    Counts,
    people=st.frozensets(st.integers(0, 8), min_size=1).map(lambda numbers: people(*numbers)),
    tasks=st.integers(1, 9),
    asked=st.integers(0, 9),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["file_ticket", "send_note", "gone"]), COUNTS), max_size=4))
def test_no_figure_is_of_fewer_than_five_people_and_none_can_be_subtracted(several: list[dict[str, Counts]]):
    found = figures([week(-at, **tools) for at, tools in enumerate(several)], SKILLS)
    shown = [tally for _, tally in found.weeks if tally]
    for tally in (*shown, *(tally for _, tally in found.skills)):
        assert len(tally.people) >= FEWEST
    by_weeks, by_skills = sum(tally.asked for tally in shown), sum(tally.asked for _, tally in found.skills)
    assert by_weeks == by_skills == found.total.asked
    assert found.shows == bool(shown) == bool(found.skills)


@pytest.mark.parametrize("count", [0, 1])
def test_few_weeks_are_no_problem(count: int):
    assert figures([week()] * count, SKILLS).people == 0
