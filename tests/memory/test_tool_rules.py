"""What admins decided about single tools."""

from datetime import UTC, datetime

from memory.audit import Audit
from memory.database import Database
from memory.ids import PersonId, WorkspaceId
from memory.tool_rules import EVERY, ToolRule, ToolRules

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TEAM, OTHER = WorkspaceId("T1"), WorkspaceId("T2")
JAMAL, PRIYA = PersonId("T1:UJAMAL"), PersonId("T1:UPRIYA")


async def test_without_a_rule_there_is_none(database: Database) -> None:
    assert await ToolRules(database).of(TEAM) == {}


async def test_a_rule_is_kept_with_who_made_it_and_when(database: Database) -> None:
    rules = ToolRules(database)
    await rules.set(TEAM, "merge", "forbid", by=PRIYA, now=NOW)
    await rules.set(TEAM, EVERY, "ask", by=PRIYA, now=NOW)
    assert await rules.of(TEAM) == {"merge": "forbid", "*": "ask"}
    assert await rules.of(OTHER) == {}
    assert (await rules.list(TEAM))[1] == ToolRule(tool="merge", rule="forbid", changed_by=PRIYA, changed_at=NOW)


async def test_the_last_rule_counts_and_can_be_taken_back(database: Database) -> None:
    rules = ToolRules(database)
    await rules.set(TEAM, "merge", "forbid", by=PRIYA, now=NOW)
    await rules.set(TEAM, "merge", "ask", by=JAMAL, now=NOW)
    assert await rules.of(TEAM) == {"merge": "ask"}
    await rules.set(TEAM, "merge", None, by=JAMAL, now=NOW)
    assert await rules.of(TEAM) == {}


async def test_each_decision_stands_in_the_audit_log(database: Database) -> None:
    """audit_chain"""
    rules = ToolRules(database)
    await rules.set(TEAM, "merge", "forbid", by=PRIYA, now=NOW)
    await rules.set(TEAM, "merge", None, by=JAMAL, now=NOW)
    log = [entered.entry async for entered in Audit(database).export(TEAM)]
    assert [(entry.actor, entry.action, entry.tool, entry.outcome, entry.at) for entry in log] == [
        (PRIYA, "rule.changed", "merge", "Forbidden", NOW),
        (JAMAL, "rule.changed", "merge", "As each person decides", NOW),
    ]
