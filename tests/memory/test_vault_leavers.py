"""Who leaves loses what is theirs, all of it, and nobody else loses anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from integrations.integration import Account, Tokens
from memory.agents import AgentRules, Agents, AgentShare
from memory.audit import Audit
from memory.connect_flows import ConnectFlows
from memory.crypto import Keyring, new_key
from memory.database import Base, Database, import_tables
from memory.files import Files, FileToKeep
from memory.grants import Grants
from memory.ids import AgentId, CallId, ConversationId, PendingId, PersonId, TurnId, WorkspaceId, user_of, workspace_of
from memory.offboarding import LEFT, Offboarding
from memory.pages import Pages
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItem, PendingItems
from memory.people import People, Person
from memory.permissions import StandingPermissions
from memory.shares import Shares
from memory.skill_rules import SkillRule, SkillRules
from memory.tool_rules import ToolRules
from memory.warm_starts import WarmStarts
from memory.web_replies import WebReplies, WebTurn
from memory.web_sessions import WebSessions
from memory.workings import Workings
from tests.memory.parameters.storing import done
from tests.memory.queueing import Queue
from tests.memory.sharing import share_of

NOW = datetime.now(UTC)
REN, NEAR, FAR = PersonId("T1:U1"), PersonId("T1:U10"), PersonId("T10:U1")
"""Who leaves, and two whose ids begin or end alike."""
ENDED = {
    "agent_choices",
    "agent_openings",
    "connect_flows",
    "connect_links",
    "files",
    "grants",
    "pages",
    "parameter_aliases",
    "parameter_events",
    "parameter_evidence",
    "pending",
    "permissions",
    "shares",
    "turns",
    "warm_starts",
    "web_replies",
    "web_sessions",
    "workings",
}
STAYS = {
    "agent_reports": "what somebody said of an agent is for the admins to look at",
    "agent_uses": "how much an agent is used is the workspace's business",
    "audit": "says what happened, by ids and without names, and is only ever added to",
    "feedback": "a word about an answer lets nobody do anything",
    "model_usage": "what models cost is the workspace's business",
    "people": "says that they are gone",
}
"""Tables that name people, and why leaving changes nothing in them."""


@pytest.fixture
async def filled(database: Database) -> Database:
    """Three people, each with one of everything."""
    for person in (REN, NEAR, FAR):
        await fill(database, person)
    return database


async def fill(database: Database, person: PersonId) -> None:
    grants = Grants(database, Keyring(new_key()))
    await People(database).upsert(
        Person(id=person, workspace=workspace_of(person), user=user_of(person), name="Somebody", refreshed_at=NOW)
    )
    tokens = Tokens(access=SecretStr("gho_1"))
    grant = await grants.grant(person, "github", account=Account(id="1", name="octo"), tokens=tokens, now=NOW)
    await WarmStarts(database).allow(grant, now=NOW)
    await WebSessions(database).start(person, workspace_name="Tamarack", now=NOW)
    flows = ConnectFlows(database, grants.keyring, grants)
    link = await flows.open((await flows.issue(person, "google", now=NOW)), now=NOW)
    assert link
    await flows.begin(link, now=NOW)
    await PendingItems(database).add(
        PendingItem(
            id=PendingId(f"p {person}"),
            turn=TurnId(f"t {person}"),
            call=CallId("c"),
            kind="approval",
            workspace=workspace_of(person),
            person=person,
            conversation=ConversationId(f"{person}:1"),
            body="{}",
            digest="d",
            expires_at=NOW + timedelta(days=1),
        )
    )
    queue = Queue(database)
    for turn in ("running", "waiting"):
        await queue.ask(f"{turn} {person}", person=person, conversation=f"{person}:1", workspace=workspace_of(person))
    await queue.sql("UPDATE turns SET state = 'admitted' WHERE id LIKE 'running %' AND state = 'queued'")
    await StandingPermissions(database).give(
        person, "key", tool="comment", target="octo/hello", says="post comments", integration="github", now=NOW
    )
    await Shares(database).add(share_of(person))
    conversation, turn = ConversationId(f"{person}:1"), TurnId(f"t {person}")
    await Files(database).add(
        FileToKeep(
            conversation=conversation,
            person=person,
            is_shared=True,
            turn=turn,
            source="F1",
            name="plan.csv",
            media="text/csv",
            body=b"a,b",
        )
    )
    await Workings(database).keep(turn, CallId("c"), person=person, language="sql", code="SELECT 1")
    await Pages(database).keep(
        turn=turn, conversation=conversation, channel="D1", person=person, title="Plan", html="<p>", now=NOW
    )
    await ParameterMemory(database).learn(done(1, person, project="INFRA"))
    await Aliases(database).keep(person, "my manager", "person", ["U7"], shown="Head of Platform")
    await WebReplies(database).asked(
        WebTurn(turn=turn, began=turn, person=person, conversation=conversation, agent=AgentId("a"), asked="?")
    )
    await fill_agents(Agents(database), person, conversation)
    await ToolRules(database).set(workspace_of(person), "merge", "forbid", by=person, now=NOW)
    await SkillRules(database).set(workspace_of(person), SkillRule(skill="mail", allowed="off"), by=person, now=NOW)


async def fill_agents(agents: Agents, person: PersonId, conversation: ConversationId) -> None:
    """One of their own, shared with everybody of whom there is any, and what they chose, opened and reported."""
    handle = f"of-{person.replace(':', '-').lower()}"
    mine = await agents.make(person, handle=handle, name="Mine", text="---", writer=person, now=NOW)
    await agents.publish(mine.id, handle=handle, name="Mine", by=person, revision=1, note="", now=NOW)
    link = await agents.make_link(mine.id, by=person, expires_at=None, now=NOW)
    await agents.open_link(link.id, person, now=NOW)
    await agents.choose(person, mine.id, once=False, now=NOW)
    await agents.set_channel(workspace_of(person), "C1", mine.id, by=person, now=NOW)
    await agents.settle(conversation, mine.id, TurnId(f"{person}:1"), person, once=False, now=NOW)
    await agents.report(mine.id, by=person, why="x", now=NOW)
    await agents.set_rules(workspace_of(person), AgentRules(most=1), by=person, now=NOW)
    if person == NEAR:
        shared = AgentShare(agent=mine.id, kind="person", to=REN, role="editor", by=NEAR, at=NOW, expires_at=None)
        await agents.share(mine.id, shared)


async def alive(database: Database) -> dict[str, set[str]]:
    """Whom each table still lets do something."""
    queue = Queue(database)
    living = {
        "grants": "SELECT person FROM grants WHERE problem IS NULL",
        "web_sessions": "SELECT person FROM web_sessions",
        "connect_links": "SELECT person FROM connect_links",
        "connect_flows": "SELECT person FROM connect_flows",
        "parameter_aliases": "SELECT person FROM parameter_aliases",
        "parameter_events": "SELECT person FROM parameter_events",
        "parameter_evidence": "SELECT person FROM parameter_evidence",
        "permissions": "SELECT person FROM permissions",
        "files": "SELECT person FROM files",
        "pages": "SELECT person FROM pages",
        "workings": "SELECT person FROM workings",
        "shares": "SELECT person FROM shares",
        "warm_starts": "SELECT person FROM warm_starts",
        "pending": "SELECT person FROM pending WHERE state = 'open'",
        "agent_choices": "SELECT person FROM agent_choices",
        "agent_openings": "SELECT person FROM agent_openings",
        "web_replies": "SELECT person FROM web_replies",
        "turns": "SELECT person FROM turns WHERE state IN ('queued', 'admitted')",
    }
    return {table: {row[0] for row in await queue.sql(statement)} for table, statement in living.items()}


async def test_a_person_loses_everything_and_nobody_else_does(filled: Database) -> None:
    """tok_offboard"""
    left = await Offboarding(filled).end_person(REN)
    assert await alive(filled) == {table: {NEAR, FAR} for table in ENDED}
    assert (left.people, left.cards) == ((REN,), (TurnId(f"t {REN}"),))
    states = await Queue(filled).sql("SELECT id, state FROM turns WHERE state IN ('stopping', 'stopped') ORDER BY id")
    assert [tuple(row) for row in states] == [(f"running {REN}", "stopping"), (f"waiting {REN}", "stopped")]
    again = await Offboarding(filled).end_person(REN)
    assert again.cards == ()


async def test_a_workspace_loses_everything_and_no_other_does(filled: Database) -> None:
    """tok_offboard"""
    left = await Offboarding(filled).end_workspace(WorkspaceId("T1"))
    assert await alive(filled) == {table: {FAR} for table in ENDED}
    assert left.people == (REN, NEAR)
    for rules in (SkillRules(filled), ToolRules(filled)):
        assert (await rules.of(WorkspaceId("T1")), len(await rules.of(WorkspaceId("T10")))) == ({}, 1)


async def test_who_left_may_use_nothing_and_what_they_shared_goes_on(filled: Database) -> None:
    """share_link, tok_offboard"""
    agents = Agents(filled)
    [of_near] = await agents.owned_by(NEAR)
    [of_ren] = await agents.owned_by(REN)
    [link] = await agents.links(of_ren.id, now=NOW)
    assert await agents.open_link(link.id, NEAR, now=NOW)
    await Offboarding(filled).end_person(REN)
    gone = await agents.access(of_near.id, REN, now=NOW)
    assert gone is not None
    assert gone.role is None
    used = await agents.access(of_ren.id, NEAR, now=NOW)
    assert used is not None
    assert used.role == "user"


async def test_nothing_of_a_workspaces_agents_outlives_it(filled: Database) -> None:
    """share_link, tok_offboard"""
    await Offboarding(filled).end_workspace(WorkspaceId("T1"))
    agents = Agents(filled)
    for workspace, count in (("T1", 0), ("T10", 1)):
        assert len(await agents.all_of(WorkspaceId(workspace))) == count
        assert (await agents.of_channel(WorkspaceId(workspace), "C1") is not None) is bool(count)
        assert (await agents.rules(WorkspaceId(workspace)) == AgentRules()) is not bool(count)
    for table in ("agent_versions", "agent_links", "agent_threads", "agent_turns", "agent_uses", "agent_reports"):
        assert len(await Queue(filled).sql(f"SELECT * FROM {table}")) == 1, table  # noqa: S608 - names from here


async def named(database: Database) -> set[str]:
    """Whom the models of the workspaces count among those who used something."""
    found = await Queue(database).sql("SELECT body FROM parameter_rows WHERE body IS NOT NULL")
    return {person for person in (REN, NEAR, FAR) if any(f'"{person}"' in row[0] for row in found)}


async def test_the_workspaces_models_do_not_name_who_left(filled: Database) -> None:
    """tok_offboard"""
    assert await named(filled) == {REN, NEAR, FAR}
    await Offboarding(filled).end_person(REN)
    assert await named(filled) == {NEAR, FAR}
    await Offboarding(filled).end_workspace(WorkspaceId("T1"))
    assert await named(filled) == {FAR}


async def test_the_audit_log_says_what_ended_with_somebody_and_stays(filled: Database) -> None:
    """audit_chain"""
    for _ in range(2):
        await Offboarding(filled).end_person(REN)
    audit = Audit(filled)
    ended = [entered.entry async for entered in audit.export(WorkspaceId("T1")) if entered.entry.actor == "pinyon"]
    assert [(entry.person, entry.action, entry.reason) for entry in ended] == [
        (REN, "permission.revoked", LEFT),
        (REN, "account.disconnected", LEFT),
    ]
    assert (await audit.verify(WorkspaceId("T1"))).unbroken


async def test_whoever_is_gone_and_still_has_something_is_found(filled: Database) -> None:
    """tok_offboard"""
    offboarding = Offboarding(filled)
    assert await offboarding.overlooked(most=9) == []
    people = People(filled)
    ren = await people.get(REN)
    assert ren
    for gone in (replace(ren, is_guest=True), replace(ren, is_outsider=True), replace(ren, deactivated_at=NOW)):
        await people.upsert(gone)
        assert await offboarding.overlooked(most=9) == [REN]
    await offboarding.end_person(REN)
    assert await offboarding.overlooked(most=9) == []


async def test_only_who_has_something_and_was_not_seen_is_looked_at(filled: Database) -> None:
    offboarding, here = Offboarding(filled), WorkspaceId("T1")
    assert await offboarding.unseen(here, before=NOW, most=9) == []
    later = NOW + timedelta(days=1)
    assert sorted(await offboarding.unseen(here, before=later, most=9)) == [REN, NEAR]
    assert len(await offboarding.unseen(here, before=later, most=1)) == 1
    await offboarding.end_person(REN)
    assert await offboarding.unseen(here, before=later, most=9) == [NEAR]


def test_every_table_that_names_a_person_says_what_becomes_of_it() -> None:
    """tok_offboard: a new table is ended in `Offboarding`, or listed here with its reason."""
    import_tables()
    naming = {table.name for table in Base.metadata.tables.values() if {"person", "user"} & {*table.columns.keys()}}
    assert naming == ENDED | STAYS.keys()
