"""What admins decide about skills, and work that runs once for many."""

import asyncio
from dataclasses import replace

import pytest

from bot.self_service.administration import Administration, OneAtATime, RuledEvery, RuledTool
from memory.audit import Audit
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.people import Person
from memory.skill_rules import SkillRule
from memory.tool_rules import Rule, ToolRules
from tests.bot.web.fakes import JAMAL, NOW, REN, build_world, person

HERE, THERE = WorkspaceId("T1"), WorkspaceId("T2")
ADMIN = replace(person(PersonId("T1:UADMIN"), "Priya"), is_admin=True)
GONE = replace(person(PersonId("T1:UGONE"), "Anna"), deactivated_at=NOW)
KNOWN: tuple[Person, ...] = (
    person(REN, "ren"),
    person(JAMAL, "Jamal"),
    ADMIN,
    GONE,
    person(PersonId("T1:UGUEST"), "Harriet", is_guest=True),
    person(PersonId("T2:UOMAR"), "Omar"),
)


@pytest.fixture
async def administration(database: Database) -> Administration:
    connections = build_world(database).site.connections
    for known in KNOWN:
        await connections.people.upsert(known)
    return Administration(
        rules=connections.rules,
        tool_rules=ToolRules(database),
        people=connections.people,
        skills=connections.skills,
    )


async def test_without_a_decision_every_skill_is_on_for_everybody(administration: Administration) -> None:
    ruled = await administration.ruled(HERE)
    assert [(one.skill.name, one.rule) for one in ruled] == [
        (name, SkillRule(skill=name)) for name in administration.skills
    ]
    assert {(one.chosen, one.changed_by) for one in ruled} == {((), "")}


async def test_members_are_offered_by_name_and_nobody_else_is(administration: Administration) -> None:
    assert [member.name for member in await administration.members(HERE)] == ["Jamal", "Priya", "ren"]
    assert [member.name for member in await administration.members(THERE)] == ["Omar"]


async def test_a_decision_says_who_made_it_and_holds_in_their_workspace_alone(administration: Administration) -> None:
    assert await administration.decide(ADMIN, "tickets", "read", people=None, now=NOW) == "decided"
    [here] = [one for one in await administration.ruled(HERE) if one.skill.name == "tickets"]
    assert (here.rule.allowed, here.changed_by, here.rule.changed_at) == ("read", "Priya", NOW)
    [there] = [one for one in await administration.ruled(THERE) if one.skill.name == "tickets"]
    assert there.rule == SkillRule(skill="tickets")


async def test_only_the_workspaces_own_people_can_be_chosen(administration: Administration) -> None:
    chosen = [REN, GONE.id, "T2:UOMAR", "nobody"]
    assert await administration.decide(ADMIN, "tickets", "write", people=chosen, now=NOW) == "decided"
    [one] = [one for one in await administration.ruled(HERE) if one.skill.name == "tickets"]
    assert [mine.name for mine in one.chosen] == ["Anna", "ren"], "who left stays chosen until an admin takes them out"
    assert one.rule.people == (GONE.id, REN)


@pytest.mark.parametrize(
    ("skill", "people", "outcome"),
    [("nothing", None, "unknown"), ("tickets", [], "nobody"), ("tickets", ["T2:UOMAR"], "nobody")],
)
async def test_what_cannot_be_decided_changes_nothing(
    administration: Administration, skill: str, people: list[str] | None, outcome: str
) -> None:
    assert await administration.decide(ADMIN, skill, "off", people=people, now=NOW) == outcome
    assert await administration.rules.of(HERE) == {}


async def test_what_a_skill_changes_is_listed_with_its_rule(administration: Administration) -> None:
    assert await administration.decide_tools(ADMIN, "pull_requests", {"merge": "forbid"}, now=NOW) == "decided"
    assert await administration.tools(HERE, "pull_requests") == (
        RuledTool(tool="comment", does="Post this comment on GitHub", rule=None),
        RuledTool(tool="merge", does="Merge this pull request", rule="forbid"),
    )
    assert [one.rule for one in await administration.tools(THERE, "pull_requests")] == [None, None]
    assert await administration.tools(HERE, "nothing") == ()


@pytest.mark.parametrize("tool", ["look_round", "nothing", "*"])
async def test_only_what_the_skill_changes_can_be_ruled(administration: Administration, tool: str) -> None:
    decided: dict[str, Rule | None] = {"merge": "forbid", tool: "forbid"}
    assert await administration.decide_tools(ADMIN, "pull_requests", decided, now=NOW) == "unknown"
    assert await administration.tool_rules.of(HERE) == {}


async def test_only_what_is_different_is_entered_in_the_audit_log(administration: Administration) -> None:
    """audit_chain"""
    for _ in range(2):
        decided: dict[str, Rule | None] = {"merge": "ask", "comment": None}
        await administration.decide_tools(ADMIN, "pull_requests", decided, now=NOW)
        await administration.ask_before_every_change(ADMIN, asks=True, now=NOW)
    entries = [entered.entry async for entered in Audit(administration.rules.database).export(HERE)]
    assert [(entry.actor, entry.action, entry.tool, entry.outcome) for entry in entries] == [
        (ADMIN.id, "rule.changed", "merge", "Asks every time"),
        (ADMIN.id, "rule.changed", "*", "Asks every time"),
    ]


async def test_asking_before_every_change_is_switched_on_and_off(administration: Administration) -> None:
    assert await administration.every(HERE) == RuledEvery()
    await administration.ask_before_every_change(ADMIN, asks=True, now=NOW)
    assert await administration.every(HERE) == RuledEvery(rule="ask", changed_by="Priya", changed_at=NOW)
    assert await administration.every(THERE) == RuledEvery()
    await administration.ask_before_every_change(ADMIN, asks=False, now=NOW)
    assert await administration.tool_rules.of(HERE) == {}


async def test_long_work_runs_once_for_all_who_wait_and_again_afterwards() -> None:
    runs: list[int] = []
    gate = asyncio.Event()

    async def work() -> int:
        runs.append(len(runs) + 1)
        await gate.wait()
        return runs[-1]

    once = OneAtATime(work)
    waiting = [asyncio.create_task(once()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    gate.set()
    assert await asyncio.gather(*waiting[1:]) == [1, 1], "who goes away does not end it for the others"
    assert await once() == 2


async def test_work_that_breaks_can_be_asked_for_again() -> None:
    outcomes = iter((OSError("away"), None))

    async def work() -> str:
        if wrong := next(outcomes):
            raise wrong
        return "found"

    once = OneAtATime(work)
    with pytest.raises(OSError, match="away"):
        await once()
    assert await once() == "found"
