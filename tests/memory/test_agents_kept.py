"""Agents, as they are kept: versions, drafts, choices, counts, and what the audit log says of them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from memory.agents import AgentGone, AgentRules, Agents, AgentShare, DraftChanged, HandleTaken, StoredAgent
from memory.audit import Audit
from memory.database import Database
from memory.ids import AgentId, ConversationId, LinkId, PersonId, TurnId, WorkspaceId, user_of, workspace_of
from memory.people import People, Person
from tests.memory.queueing import Queue

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PRIYA, MEI, FAR = PersonId("T1:UPRIYA"), PersonId("T1:UMEI"), PersonId("T10:UMEI")
T1 = WorkspaceId("T1")
FILE = "---\r\nname:  Update\r\n---\r\n\tDo  it. \n\n"
"""No reader of ours has to understand it here."""
BUILTIN = AgentId("builtin:update")
THREAD = ConversationId("T1:C1:1")


@pytest.fixture
def agents(database: Database) -> Agents:
    return Agents(database)


async def begun(agents: Agents, owner: PersonId = PRIYA, *, handle: str = "update") -> StoredAgent:
    return await agents.make(owner, handle=handle, name="Update", text=FILE, writer=owner, now=NOW)


async def published(agents: Agents, owner: PersonId = PRIYA, *, handle: str = "update") -> StoredAgent:
    stored = await begun(agents, owner, handle=handle)
    await agents.publish(stored.id, handle=handle, name="Update", by=owner, revision=1, note="", now=NOW)
    found = await agents.find(stored.id)
    assert found is not None
    return found


async def saved(agents: Agents, stored: StoredAgent, words: str, *, by: PersonId = PRIYA) -> StoredAgent:
    return await agents.save_draft(
        stored.id,
        handle=stored.handle,
        name=stored.name,
        text=words,
        by=by,
        writer=by,
        revision=stored.draft_revision,
        now=NOW + DAY,
    )


def share(
    agent: AgentId, to: PersonId | str, *, kind: str = "person", role: str = "user", ends: datetime | None = None
) -> AgentShare:
    return AgentShare(
        agent=agent,
        kind="channel" if kind == "channel" else "workspace" if kind == "workspace" else "person",
        to=to,
        role="editor" if role == "editor" else "user",
        by=PRIYA,
        at=NOW,
        expires_at=ends,
    )


async def role(agents: Agents, agent: AgentId, person: PersonId = MEI, *, now: datetime = NOW) -> str | None:
    access = await agents.access(agent, person, now=now)
    return access.role if access else None


async def met(database: Database, person: PersonId, *, is_admin: bool = False, left: bool = False) -> None:
    await People(database).upsert(
        Person(
            id=person,
            workspace=workspace_of(person),
            user=user_of(person),
            name="Somebody",
            is_admin=is_admin,
            deactivated_at=NOW if left else None,
            refreshed_at=NOW,
        )
    )


async def test_a_file_is_kept_byte_for_byte_in_drafts_and_versions(agents: Agents) -> None:
    stored = await begun(agents)
    assert (stored.draft, stored.live, stored.draft_revision) == (FILE, None, 1)
    version = await agents.publish(stored.id, handle="update", name="U", by=MEI, revision=1, note="New", now=NOW)
    assert (version.text, version.number, version.author, version.writer) == (FILE, 1, MEI, PRIYA)
    assert await agents.version(stored.id, 1) == version
    assert await agents.versions(stored.id) == [version]
    assert await agents.live([stored.id]) == {stored.id: version}


async def test_two_of_a_workspace_do_not_have_one_handle(agents: Agents) -> None:
    first = await begun(agents)
    await begun(agents, FAR)
    with pytest.raises(HandleTaken):
        await begun(agents, MEI)
    other = await begun(agents, MEI, handle="other")
    with pytest.raises(HandleTaken):
        await agents.publish(other.id, handle="update", name="U", by=MEI, revision=1, note="", now=NOW)
    with pytest.raises(HandleTaken):
        await agents.save_draft(other.id, handle="update", name="U", text="x", by=MEI, writer=None, revision=1, now=NOW)
    assert (await agents.find(other.id)) == other
    assert await agents.handles(T1) == {"update", "other"}
    assert await agents.called(T1, "update") == first


async def test_of_two_who_save_at_once_the_second_is_told(agents: Agents) -> None:
    stored = await begun(agents)
    found = await asyncio.gather(*(saved(agents, stored, words) for words in ("one", "two")), return_exceptions=True)
    assert [type(one) for one in found if isinstance(one, Exception)] == [DraftChanged]
    with pytest.raises(DraftChanged):
        await agents.publish(stored.id, handle="update", name="U", by=PRIYA, revision=1, note="", now=NOW)


async def test_a_draft_that_says_what_is_live_is_none(agents: Agents) -> None:
    stored = await published(agents)
    changed = await saved(agents, stored, "other")
    assert (changed.draft, changed.draft_saved_by, changed.draft_saved_at) == ("other", PRIYA, NOW + DAY)
    again = await saved(agents, changed, FILE)
    assert (again.draft, again.draft_writer, again.draft_revision) == (None, None, changed.draft_revision + 1)
    with pytest.raises(DraftChanged):
        await agents.publish(
            stored.id, handle="update", name="U", by=PRIYA, revision=again.draft_revision, note="", now=NOW
        )


async def test_a_draft_is_dropped_only_where_something_is_live(agents: Agents) -> None:
    stored = await begun(agents)
    with pytest.raises(DraftChanged):
        await agents.drop_draft(stored.id, revision=stored.draft_revision)
    assert await agents.find(stored.id) == stored
    live = await published(agents, handle="other")
    changed = await saved(agents, live, "other")
    with pytest.raises(DraftChanged):
        await agents.drop_draft(live.id, revision=live.draft_revision)
    await agents.drop_draft(live.id, revision=changed.draft_revision)
    dropped = await agents.find(live.id)
    assert dropped is not None
    assert (dropped.draft, dropped.draft_revision) == (None, changed.draft_revision + 1)


async def test_a_live_agents_draft_takes_no_handle_before_it_is_published(agents: Agents) -> None:
    stored = await published(agents)
    drafted = await agents.save_draft(
        stored.id,
        handle="weekly",
        name="Weekly",
        text="x",
        by=PRIYA,
        writer=PRIYA,
        revision=stored.draft_revision,
        now=NOW,
    )
    assert (drafted.handle, drafted.name) == ("update", "Update")
    await agents.publish(
        stored.id, handle="weekly", name="Weekly", by=PRIYA, revision=drafted.draft_revision, note="", now=NOW
    )
    assert await agents.handles(T1) == {"weekly"}


async def test_whoever_is_of_another_workspace_finds_and_changes_nothing(agents: Agents) -> None:
    """share_link, mem_cross"""
    stored = await published(agents)
    await agents.share(stored.id, share(stored.id, "", kind="workspace"))
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=None, now=NOW)
    before = await agents.find(stored.id)
    assert await agents.access(stored.id, FAR, now=NOW) is None
    assert await agents.accessible(FAR, now=NOW) == []
    assert not await agents.open_link(link.id, FAR, now=NOW)
    assert not await agents.revoke_link(link.id, by=FAR, now=NOW)
    assert await agents.called(WorkspaceId("T10"), "update") is None
    for change in (
        saved(agents, stored, "x", by=FAR),
        agents.publish(stored.id, handle="x", name="X", by=FAR, revision=2, note="", now=NOW),
        agents.share(stored.id, share(stored.id, FAR)),
        agents.make_link(stored.id, by=FAR, expires_at=None, now=NOW),
        agents.unshare(stored.id, kind="workspace", to="", by=FAR, now=NOW),
        agents.disable(stored.id, by=FAR, why="", now=NOW),
        agents.enable(stored.id, by=FAR, now=NOW),
        agents.hand_over(stored.id, FAR, by=FAR, now=NOW),
        agents.hand_over(stored.id, FAR, by=PRIYA, now=NOW),
    ):
        with pytest.raises(AgentGone):
            await change
    await agents.report(stored.id, by=FAR, why="x", now=NOW)
    await agents.delete(stored.id, by=FAR, now=NOW)
    await agents.choose(FAR, stored.id, once=False, now=NOW)
    await agents.set_channel(WorkspaceId("T10"), "C1", stored.id, by=FAR, now=NOW)
    assert await agents.find(stored.id) == before
    assert await agents.chosen(FAR) == (None, None)
    assert await agents.of_channel(WorkspaceId("T10"), "C1") is None
    assert await agents.used([stored.id], WorkspaceId("T10"), FAR) == {}


async def test_the_highest_of_several_roles_counts(agents: Agents) -> None:
    stored = await published(agents)
    assert await role(agents, stored.id) is None
    await agents.share(stored.id, share(stored.id, "", kind="workspace"))
    assert await role(agents, stored.id) == "user"
    await agents.share(stored.id, share(stored.id, MEI, role="editor", ends=NOW + DAY))
    assert await role(agents, stored.id) == "editor"
    assert await role(agents, stored.id, now=NOW + DAY) == "user"
    await agents.hand_over(stored.id, MEI, by=PRIYA, now=NOW)
    assert await role(agents, stored.id) == "owner"
    assert await role(agents, stored.id, PRIYA) == "user"
    assert await agents.unshare(stored.id, kind="workspace", to="", by=MEI, now=NOW)
    assert not await agents.unshare(stored.id, kind="workspace", to="", by=MEI, now=NOW)
    assert await role(agents, stored.id, PRIYA) is None


async def test_shares_end_with_their_time(agents: Agents) -> None:
    stored = await published(agents)
    await agents.share(stored.id, share(stored.id, MEI, ends=NOW + DAY))
    await agents.share(stored.id, share(stored.id, "C1", kind="channel", ends=NOW + DAY))
    access = await agents.access(stored.id, MEI, now=NOW)
    assert access is not None
    assert (access.role, access.channels, access.everybody) == ("user", ("C1",), False)
    later = await agents.access(stored.id, MEI, now=NOW + DAY)
    assert later is not None
    assert (later.role, later.channels) == (None, ())
    assert await agents.shares(stored.id, now=NOW + DAY) == []
    assert await agents.accessible(MEI, now=NOW + DAY) == []


async def test_a_link_works_while_it_lives_and_ends_at_once(agents: Agents) -> None:
    """share_link"""
    stored = await published(agents)
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=None, now=NOW)
    assert len(link.id) == 22
    assert await role(agents, stored.id) is None
    assert await agents.open_link(link.id, MEI, now=NOW)
    assert await agents.open_link(link.id, MEI, now=NOW)
    assert await role(agents, stored.id) == "user"
    assert await agents.revoke_link(link.id, by=PRIYA, now=NOW)
    assert not await agents.revoke_link(link.id, by=PRIYA, now=NOW)
    assert await role(agents, stored.id) is None
    assert not await agents.open_link(link.id, MEI, now=NOW)
    ended = await agents.link(link.id)
    assert ended is not None
    assert not ended.is_alive(NOW)


async def test_a_link_is_too_old_for_who_came_by_it_too(agents: Agents) -> None:
    """share_link"""
    stored = await published(agents)
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=NOW + DAY, now=NOW)
    assert await agents.open_link(link.id, MEI, now=NOW)
    assert await role(agents, stored.id, now=NOW + DAY) is None
    assert not await agents.open_link(link.id, MEI, now=NOW + DAY)
    assert await agents.links(stored.id, now=NOW + DAY) == []


@pytest.mark.parametrize("wrong", ["", "\x00", "a" * 22, "../" * 5, "ä" * 22])
async def test_what_is_no_link_or_agent_is_none(agents: Agents, wrong: str) -> None:
    """share_link"""
    assert await agents.link(LinkId(wrong)) is None
    assert not await agents.open_link(LinkId(wrong), MEI, now=NOW)
    assert await agents.find(AgentId(wrong)) is None
    assert await agents.access(AgentId(wrong), MEI, now=NOW) is None
    assert await agents.called(T1, wrong) is None
    assert await agents.version(AgentId(wrong), 1) is None
    with pytest.raises(AgentGone):
        await agents.disable(AgentId(wrong), by=PRIYA, why="", now=NOW)


@pytest.mark.parametrize("what", ["links", "widely"])
async def test_what_admins_do_not_let_be_ends_at_once_where_it_is_shared_already(
    agents: Agents, database: Database, what: str
) -> None:
    """share_link"""
    await met(database, PRIYA)
    stored = await published(agents)
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=None, now=NOW)
    if what == "links":
        await agents.open_link(link.id, MEI, now=NOW)
    else:
        await agents.share(stored.id, share(stored.id, "", kind="workspace"))
    assert await role(agents, stored.id) == "user"
    rules = AgentRules(links="admins") if what == "links" else AgentRules(widely="admins")
    await agents.set_rules(T1, rules, by=PRIYA, now=NOW)
    assert await agents.rules(T1) == rules
    assert await role(agents, stored.id) is None
    await met(database, PRIYA, is_admin=True)
    assert await role(agents, stored.id) == "user"
    await agents.set_rules(T1, AgentRules(links="nobody", widely="nobody"), by=PRIYA, now=NOW)
    assert await role(agents, stored.id) is None
    assert not await agents.open_link(link.id, MEI, now=NOW)


async def test_a_link_of_an_unpublished_or_disabled_agent_opens_nothing(agents: Agents) -> None:
    """share_link"""
    stored = await begun(agents)
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=None, now=NOW)
    assert not await agents.open_link(link.id, MEI, now=NOW)
    await agents.publish(stored.id, handle="update", name="U", by=PRIYA, revision=1, note="", now=NOW)
    await agents.disable(stored.id, by=PRIYA, why="Wrong", now=NOW)
    assert not await agents.open_link(link.id, MEI, now=NOW)
    await agents.enable(stored.id, by=PRIYA, now=NOW)
    assert await agents.open_link(link.id, MEI, now=NOW)


async def test_a_deleted_agent_takes_everything_along(agents: Agents, database: Database) -> None:
    stored = await published(agents)
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=None, now=NOW)
    await agents.open_link(link.id, MEI, now=NOW)
    await agents.share(stored.id, share(stored.id, MEI))
    await agents.choose(MEI, stored.id, once=False, now=NOW)
    await agents.set_channel(T1, "C1", stored.id, by=MEI, now=NOW)
    await agents.settle(THREAD, stored.id, TurnId("T1:C1:1"), MEI, once=False, now=NOW)
    await agents.report(stored.id, by=MEI, why="x", now=NOW)
    await agents.delete(stored.id, by=PRIYA, now=NOW)
    await agents.delete(stored.id, by=PRIYA, now=NOW)
    tables = ["agents", "agent_versions", "agent_shares", "agent_links", "agent_openings", "agent_reports"]
    for table in (*tables, "agent_channels", "agent_threads", "agent_uses"):
        assert (await Queue(database).sql(f"SELECT count(*) FROM {table}"))[0][0] == 0, table  # noqa: S608 - names from here
    assert await agents.chosen(MEI) == (None, None)
    assert await agents.link(link.id) is None


async def test_a_choice_for_once_lies_over_the_lasting_one(agents: Agents) -> None:
    stored = await published(agents)
    await agents.choose(MEI, stored.id, once=False, now=NOW)
    await agents.choose(MEI, BUILTIN, once=True, now=NOW)
    assert await agents.chosen(MEI) == (stored.id, BUILTIN)
    await agents.choose(MEI, None, once=False, now=NOW)
    assert await agents.chosen(MEI) == (None, None)


async def test_a_turn_that_is_run_again_settles_and_counts_once(agents: Agents) -> None:
    turn = TurnId("T1:C1:1")
    await agents.choose(MEI, BUILTIN, once=True, now=NOW)
    await agents.settle(THREAD, BUILTIN, turn, MEI, once=True, now=NOW)
    assert await agents.chosen(MEI) == (None, None)
    await agents.choose(MEI, BUILTIN, once=True, now=NOW)
    for again in (turn, TurnId(f"{turn}:c1"), TurnId(f"{turn}:r1"), TurnId(f"{turn}:r1:c2")):
        await agents.settle(THREAD, BUILTIN, again, MEI, once=True, now=NOW)
        await agents.count(BUILTIN, MEI, again, now=NOW)
    assert await agents.chosen(MEI) == (None, BUILTIN)
    assert await agents.of_thread(THREAD) == (BUILTIN, turn)
    used = (await agents.used([BUILTIN], T1, MEI))[BUILTIN]
    assert (used.people, used.turns, used.last) == (1, 1, NOW)


async def test_uses_are_counted_by_person_and_workspace(agents: Agents) -> None:
    for number, person in enumerate((MEI, MEI, PRIYA, FAR)):
        await agents.count(BUILTIN, person, TurnId(f"t{number}"), now=NOW + number * DAY)
    used = (await agents.used([BUILTIN], T1, MEI))[BUILTIN]
    assert (used.people, used.turns, used.last) == (2, 3, NOW + DAY)
    assert (await agents.used([BUILTIN], WorkspaceId("T10"), MEI))[BUILTIN].last is None
    await agents.prune(now=NOW + 60 * DAY)
    assert (await agents.used([BUILTIN], T1, MEI))[BUILTIN] == used


async def test_all_that_says_who_answers_is_read_at_once(agents: Agents, database: Database) -> None:
    queue, stored = Queue(database), await published(agents)
    for turn in ("T1:C1:1", "T1:C1:2"):
        await queue.ask(turn, person=MEI, conversation=THREAD, workspace="T1")
    await queue.ask("T1:C1:1:c1", person=MEI, conversation=THREAD, workspace="T1")
    first = await agents.standing(THREAD, TurnId("T1:C1:1:c1"), MEI, "C1")
    assert (first.thread, first.once, first.lasting, first.channel, first.is_new) == (None, None, None, None, True)
    await agents.choose(MEI, stored.id, once=False, now=NOW)
    await agents.choose(MEI, BUILTIN, once=True, now=NOW)
    await agents.set_channel(T1, "C1", BUILTIN, by=MEI, now=NOW)
    await agents.settle(THREAD, stored.id, TurnId("T1:C1:1"), MEI, once=False, now=NOW)
    second = await agents.standing(THREAD, TurnId("T1:C1:2"), MEI, "C1")
    assert (second.thread, second.once, second.lasting, second.channel) == (stored.id, BUILTIN, stored.id, BUILTIN)
    assert not second.is_new
    elsewhere = await agents.standing(ConversationId("T10:C1:1"), TurnId("T10:C1:1"), FAR, "C1")
    assert (elsewhere.lasting, elsewhere.channel, elsewhere.is_new) == (None, None, True)


async def test_a_channels_default_is_taken_back(agents: Agents) -> None:
    await agents.set_channel(T1, "C1", BUILTIN, by=MEI, now=NOW)
    assert await agents.of_channel(T1, "C1") == BUILTIN
    await agents.set_channel(T1, "C1", None, by=MEI, now=NOW)
    assert await agents.of_channel(T1, "C1") is None


async def test_reports_count_people_until_an_admin_looked(agents: Agents) -> None:
    stored = await published(agents)
    for person, why in ((MEI, "old"), (MEI, "It lies"), (PRIYA, "x" * 900)):
        await agents.report(stored.id, by=person, why=why, now=NOW)
    found = await agents.find(stored.id)
    assert found is not None
    assert found.reports == 2
    assert set((await agents.reported(T1))[stored.id]) == {"It lies", "x" * 500}
    await agents.enable(stored.id, by=PRIYA, now=NOW)
    assert await agents.reported(T1) == {}


async def test_an_owner_who_left_is_known_to_have_left(agents: Agents, database: Database) -> None:
    stored = await published(agents)
    assert not stored.owner_left
    await met(database, PRIYA, left=True)
    found = await agents.find(stored.id)
    assert found is not None
    assert found.owner_left


async def test_old_versions_go_first(agents: Agents, database: Database) -> None:
    stored = await published(agents)
    await Queue(database).sql("UPDATE agents SET live = 200")
    changed = await saved(agents, stored, "new")
    version = await agents.publish(
        stored.id, handle="update", name="U", by=PRIYA, revision=changed.draft_revision, note="", now=NOW
    )
    assert [one.number for one in await agents.versions(stored.id)] == [version.number] == [201]


async def test_the_audit_log_says_what_concerns_others_and_holds_no_link(agents: Agents, database: Database) -> None:
    """audit_chain"""
    stored = await published(agents)
    await agents.share(stored.id, share(stored.id, MEI, role="editor"))
    link = await agents.make_link(stored.id, by=PRIYA, expires_at=None, now=NOW)
    await agents.revoke_link(link.id, by=PRIYA, now=NOW)
    await agents.unshare(stored.id, kind="person", to=MEI, by=PRIYA, now=NOW)
    await agents.disable(stored.id, by=PRIYA, why="Canary", now=NOW)
    await agents.enable(stored.id, by=PRIYA, now=NOW)
    await agents.hand_over(stored.id, MEI, by=PRIYA, now=NOW)
    await agents.set_rules(T1, AgentRules(), by=PRIYA, now=NOW)
    await agents.delete(stored.id, by=MEI, now=NOW)
    entries = [entered.entry async for entered in Audit(database).export(T1)]
    assert [entry.action for entry in entries] == [
        "agent.published",
        "agent.shared",
        "agent.link_made",
        "agent.link_revoked",
        "agent.unshared",
        "agent.disabled",
        "agent.enabled",
        "agent.handed_over",
        "agent.rules_set",
        "agent.deleted",
    ]
    assert entries[1].target == f"{stored.id}, {MEI}"
    assert not any(word in str(entries) for word in (link.id, "Update", "Canary"))


PEOPLE = (PRIYA, MEI, PersonId("T1:UREN"), FAR)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["share", "edit", "unshare", "all", "none", "link", "open", "revoke", "own", "later"]),
        st.sampled_from(PEOPLE),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_nobody_may_ever_do_more_than_the_shares_say(
    database: Database, steps: list[tuple[str, PersonId]]
) -> None:
    """share_link, mem_cross: whatever is shared and taken back, in whichever order."""
    async with database.sessions.begin() as session:
        await session.execute(text("DELETE FROM agents"))
    agents, clock, owner = Agents(database), NOW, PRIYA
    stored = await published(agents)
    named: dict[PersonId, tuple[str, datetime]] = {}
    opened: set[PersonId] = set()
    everybody, link = False, None
    for step, person in steps:
        is_far = workspace_of(person) != T1
        match step:
            case "share" | "edit":
                how, ends = "editor" if step == "edit" else "user", clock + DAY
                given_to = share(stored.id, person, role=how, ends=ends)
                if is_far:
                    with pytest.raises(AgentGone):
                        await agents.share(stored.id, given_to)
                else:
                    await agents.share(stored.id, given_to)
                    named[person] = (how, ends)
            case "unshare":
                await agents.unshare(stored.id, kind="person", to=person, by=owner, now=clock)
                named.pop(person, None)
            case "all":
                await agents.share(stored.id, share(stored.id, "", kind="workspace"))
                everybody = True
            case "none":
                await agents.unshare(stored.id, kind="workspace", to="", by=owner, now=clock)
                everybody = False
            case "link" if link is None:
                link = await agents.make_link(stored.id, by=owner, expires_at=None, now=clock)
            case "open" if link is not None:
                assert await agents.open_link(link.id, person, now=clock) is not is_far
                opened.add(person)
            case "revoke" if link is not None:
                await agents.revoke_link(link.id, by=owner, now=clock)
                opened.clear()
                link = None
            case "own" if not is_far:
                await agents.hand_over(stored.id, person, by=owner, now=clock)
                owner = person
                named.pop(person, None)
                opened.clear()
                link = None
            case "later":
                clock += DAY / 2
            case _:
                pass
        for one in PEOPLE:
            how, ends = named.get(one, ("", clock))
            wanted = how if how and clock < ends else "user" if everybody or one in opened else None
            wanted = None if workspace_of(one) != T1 else "owner" if one == owner else wanted
            assert await role(agents, stored.id, one, now=clock) == wanted
            assert bool(await agents.accessible(one, now=clock)) == (wanted is not None)
