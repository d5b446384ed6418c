"""Which agents there are for somebody, and what they may do with each."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.agents.file import write_agent
from bot.agents.shelf import FRESH, Shelf
from memory.agents import Agents, AgentShare
from memory.database import Database
from memory.ids import AgentId, PersonId, TurnId, workspace_of
from tests.bot.web.fakes import NOW, Clock
from tests.fakes.agents import agent_file

PRIYA, MEI, FAR = PersonId("T1:UPRIYA"), PersonId("T1:UMEI"), PersonId("T10:UMEI")
PINYON, INBOX = AgentId("builtin:pinyon"), AgentId("builtin:inbox")


class Room:
    """A shelf, its store, and who is in which channel."""

    def __init__(self, database: Database) -> None:
        self.store, self.clock = Agents(database), Clock(NOW)
        self.members: dict[str, set[PersonId]] = {"C1": {MEI, FAR}}
        self.asked: list[tuple[PersonId, str]] = []
        builtins = [agent_file(name="Pinyon", handle="pinyon"), agent_file(name="Inbox", handle="inbox")]
        self.shelf = Shelf(self.store, builtins=builtins, in_channel=self.in_channel, now=self.clock)

    async def in_channel(self, person: PersonId, channel: str) -> bool:
        self.asked.append((person, channel))
        return person in self.members.get(channel, set())

    async def published(self, owner: PersonId = PRIYA, *, handle: str = "update", words: str | None = None) -> AgentId:
        file = write_agent(agent_file(handle=handle, name=handle)) if words is None else words
        made = await self.store.make(owner, handle=handle, name=handle, text=file, writer=owner, now=NOW)
        await self.store.publish(made.id, handle=handle, name=handle, by=owner, revision=1, note="", now=NOW)
        return made.id

    async def share(self, agent: AgentId, kind: str, to: str = "") -> None:
        known = "channel" if kind == "channel" else "workspace" if kind == "workspace" else "person"
        share = AgentShare(agent=agent, kind=known, to=to, role="user", by=PRIYA, at=NOW, expires_at=None)
        await self.store.share(agent, share)

    async def listed(self, person: PersonId) -> Sequence[AgentId]:
        return [one.agent.id for one in await self.shelf.listed(person)]


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


async def test_everybody_uses_the_built_in_ones(room: Room) -> None:
    for person in (PRIYA, FAR):
        assert await room.listed(person) == [INBOX, PINYON]
        assert await room.shelf.role(INBOX, person) == "user"
        found = await room.shelf.called(workspace_of(person), "inbox", person)
        assert found == await room.shelf.find(INBOX, person)
    assert room.shelf.default.id == PINYON
    assert room.shelf.default.is_trusted_by(FAR)
    assert await room.shelf.draft(PINYON, PRIYA) is None
    assert await room.shelf.role(AgentId("builtin:none"), PRIYA) is None


async def test_members_of_a_channel_use_what_is_shared_with_it_while_it_is(room: Room) -> None:
    """share_link"""
    agent = await room.published()
    await room.share(agent, "channel", "C1")
    assert await room.shelf.find(agent, MEI) is not None
    assert await room.listed(MEI) == [INBOX, PINYON, agent]
    assert room.asked == [(MEI, "C1")]
    await room.store.unshare(agent, kind="channel", to="C1", by=PRIYA, now=NOW)
    assert await room.shelf.find(agent, MEI) is None
    assert await room.listed(MEI) == [INBOX, PINYON]


async def test_slack_is_asked_again_after_a_minute(room: Room) -> None:
    agent = await room.published()
    await room.share(agent, "channel", "C1")
    assert await room.shelf.role(agent, MEI) == "user"
    room.members["C1"].clear()
    assert await room.shelf.role(agent, MEI) == "user"
    room.clock.now += FRESH
    assert await room.shelf.role(agent, MEI) is None
    room.members["C1"].add(MEI)
    assert await room.shelf.role(agent, MEI) is None
    room.clock.now += FRESH
    assert await room.shelf.role(agent, MEI) == "user"


async def test_a_channel_of_another_workspace_that_has_the_same_id_opens_nothing(room: Room) -> None:
    """mem_cross"""
    agent = await room.published()
    await room.share(agent, "channel", "C1")
    assert await room.shelf.role(agent, FAR) is None
    assert await room.shelf.called(workspace_of(PRIYA), "update", FAR) is None
    assert await room.listed(FAR) == [INBOX, PINYON]
    assert (FAR, "C1") not in room.asked


async def test_what_was_used_last_comes_first_then_ones_own_then_by_use(room: Room) -> None:
    mine, popular, plain = [await room.published(handle=handle) for handle in ("mine", "popular", "plain")]
    for agent in (popular, plain):
        await room.store.hand_over(agent, MEI, by=PRIYA, now=NOW)
        share = AgentShare(agent=agent, kind="workspace", to="", role="user", by=MEI, at=NOW, expires_at=None)
        await room.store.share(agent, share)
    await room.store.count(popular, MEI, TurnId("1"), now=NOW)
    await room.store.count(INBOX, PRIYA, TurnId("2"), now=NOW)
    assert await room.listed(PRIYA) == [INBOX, mine, popular, PINYON, plain]
    first = (await room.shelf.listed(PRIYA))[0]
    assert (first.people, first.turns, first.last_used, first.role) == (1, 1, NOW, "user")


async def test_a_file_that_cannot_be_read_is_left_out_of_lists(room: Room) -> None:
    broken = await room.published(words="no agent")
    whole = await room.published(handle="whole")
    assert await room.listed(PRIYA) == [whole, INBOX, PINYON]
    assert await room.shelf.find(broken, PRIYA) is None
    assert await room.shelf.draft(broken, PRIYA) is None


async def test_a_draft_is_read_with_what_still_keeps_it_from_being_published(room: Room) -> None:
    agent = await room.published()
    half = "---\nname: Half\nhandle: update\nskills:\n  nothing: write\n---\nDo it.\n"
    await room.store.save_draft(
        agent, handle="update", name="Half", text=half, by=MEI, writer=None, revision=2, now=NOW
    )
    draft = await room.shelf.draft(agent, PRIYA)
    assert draft is not None
    assert (draft.file.name, draft.is_draft, draft.version, draft.writer) == ("Half", True, 1, None)
    live = await room.shelf.find(agent, PRIYA)
    assert live is not None
    assert (live.file.name, live.is_draft, live.version, live.writer) == ("update", False, 1, PRIYA)
    assert await room.shelf.draft(agent, MEI) is None


async def test_a_new_version_and_a_new_owner_are_seen_at_once(room: Room) -> None:
    agent = await room.published()
    before = await room.shelf.find(agent, PRIYA)
    other = write_agent(agent_file(handle="update", name="Other"))
    await room.store.save_draft(
        agent, handle="update", name="Other", text=other, by=PRIYA, writer=PRIYA, revision=2, now=NOW
    )
    await room.store.publish(agent, handle="update", name="Other", by=PRIYA, revision=3, note="", now=NOW)
    await room.store.hand_over(agent, MEI, by=PRIYA, now=NOW)
    after = await room.shelf.find(agent, MEI)
    assert before is not None
    assert after is not None
    assert (before.file.name, before.owner, before.version) == ("update", PRIYA, 1)
    assert (after.file.name, after.owner, after.version, after.writer) == ("Other", MEI, 2, PRIYA)


STEPS = st.lists(
    st.sampled_from(["join", "leave", "share", "unshare", "disable", "enable", "later", "look"]), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_nobody_uses_through_a_channel_what_is_not_shared_with_it(database: Database, steps: list[str]) -> None:
    """share_link: at most a minute behind Slack, never behind the owner."""
    async with database.sessions.begin() as session:
        await session.execute(text("DELETE FROM agents"))
    room = Room(database)
    agent, is_shared, is_on = await room.published(), False, True
    seen = NOW - timedelta(days=1)
    for step in steps:
        match step:
            case "join":
                room.members["C1"].add(MEI)
            case "leave" if MEI in room.members["C1"]:
                room.members["C1"].discard(MEI)
                seen = room.clock.now
            case "share":
                await room.share(agent, "channel", "C1")
                is_shared = True
            case "unshare":
                await room.store.unshare(agent, kind="channel", to="C1", by=PRIYA, now=NOW)
                is_shared = False
            case "disable":
                await room.store.disable(agent, by=PRIYA, why="", now=NOW)
                is_on = False
            case "enable":
                await room.store.enable(agent, by=PRIYA, now=NOW)
                is_on = True
            case "later":
                room.clock.now += timedelta(seconds=40)
            case _:
                pass
        found = await room.shelf.find(agent, MEI)
        if found is not None:
            assert is_shared
            assert is_on
            assert MEI in room.members["C1"] or room.clock.now - seen < FRESH
        assert (await room.shelf.find(agent, PRIYA) is not None) is is_on
