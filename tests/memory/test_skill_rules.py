"""What admins decided about skills."""

from datetime import UTC, datetime

import pytest

from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.skill_rules import SkillRule, SkillRules

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TEAM, OTHER = WorkspaceId("T1"), WorkspaceId("T2")
JAMAL, REN = PersonId("T1:UJAMAL"), PersonId("T1:UREN")


async def test_without_a_rule_there_is_none(database: Database) -> None:
    assert await SkillRules(database).of(TEAM) == {}


async def test_a_rule_is_kept_with_who_made_it_and_when(database: Database) -> None:
    rules = SkillRules(database)
    await rules.set(TEAM, SkillRule(skill="mail", allowed="read", people=(REN, JAMAL)), by=REN, now=NOW)
    assert await rules.of(TEAM) == {
        "mail": SkillRule(skill="mail", allowed="read", people=(JAMAL, REN), changed_by=REN, changed_at=NOW)
    }


async def test_the_last_rule_counts_and_another_workspace_has_its_own(database: Database) -> None:
    rules = SkillRules(database)
    await rules.set(TEAM, SkillRule(skill="mail", allowed="off"), by=REN, now=NOW)
    await rules.set(TEAM, SkillRule(skill="mail", allowed="write"), by=JAMAL, now=NOW)
    assert (await rules.of(TEAM))["mail"].allowed == "write"
    assert await rules.of(OTHER) == {}


@pytest.mark.parametrize(("people", "expected"), [(None, "read"), ((JAMAL,), "read"), ((REN,), "off"), ((), "off")])
def test_a_rule_is_for_everybody_or_for_those_it_names(people: tuple[PersonId, ...] | None, expected: str) -> None:
    assert SkillRule(skill="mail", allowed="read", people=people).allows(JAMAL) == expected
