"""Which agent answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from bot.agents.file import AgentFile
from bot.agents.shelf import Shelf
from bot.agents.writing import write_agent
from bot.router import DEFAULT, Router, words_of
from memory.agents import Agents, AgentShare
from memory.database import Database
from memory.ids import AgentId, ConversationId, PersonId, TurnId, WorkspaceId, person_id
from memory.turns import NewTurn, Turns
from tests.fakes.agents import PINYON, agent_file
from tests.fakes.rooms import TEAM, incoming

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NADIA, PRIYA = person_id(TEAM, "UNADIA"), person_id(TEAM, "U1")
Says = Callable[..., Awaitable[str]]


async def in_every_channel(_person: PersonId, _channel: str) -> bool:
    return True


@dataclass
class Place:
    """A workspace where somebody speaks."""

    store: Agents
    router: Router
    turns: Turns
    said: int = 0

    async def made(self, handle: str, *, by: PersonId = NADIA, **fields: object) -> AgentId:
        """An agent that is published, and everybody's."""
        file = agent_file(handle=handle, name=handle.title(), **fields)
        agent = await self.store.make(by, handle=handle, name=file.name, text=write_agent(file), writer=by, now=NOW)
        await self.store.publish(
            agent.id, handle=handle, name=file.name, by=by, revision=agent.draft_revision, note="", now=NOW
        )
        await self.shared(agent.id, by)
        return agent.id

    async def shared(self, agent: AgentId, by: PersonId = NADIA) -> None:
        everybody = AgentShare(agent=agent, kind="workspace", to="", role="user", by=by, at=NOW, expires_at=None)
        await self.store.share(agent, everybody)
        await self.store.share(agent, replace(everybody, kind="person", to=PRIYA))

    async def taken_back(self, agent: AgentId) -> None:
        await self.store.unshare(agent, kind="workspace", to="", by=NADIA, now=NOW)
        await self.store.unshare(agent, kind="person", to=PRIYA, by=NADIA, now=NOW)

    async def answers(
        self, text: str = "hello", *, thread: str = "", person: PersonId = PRIYA, channel: str = ""
    ) -> tuple[str, str, bool]:
        """(handle, the text that is left, withdrawn) of the next message."""
        self.said += 1
        ts = f"{self.said}.1"
        place = channel or "D1"
        message = incoming(
            text,
            turn=TurnId(f"{TEAM}:{place}:{ts}"),
            person=person,
            conversation=ConversationId(f"{TEAM}:{place}:{thread or ts}"),
            channel=place,
            private=not channel,
        )
        await self.turns.record(
            NewTurn(id=message.turn, workspace=TEAM, person=person, conversation=message.conversation, message="{}")
        )
        first, again = await self.router.choose(message), await self.router.choose(message)
        assert first.agent == again.agent, "a turn that runs again after a crash has the same agent"
        assert first.text == again.text
        return first.agent.file.handle, first.text, first.withdrawn


@pytest.fixture
def place(database: Database) -> Place:
    store = Agents(database)
    builtins: tuple[AgentFile, ...] = (PINYON.file, agent_file(handle="prep", name="Meeting prep"))
    shelf = Shelf(store, builtins=builtins, in_channel=in_every_channel, now=lambda: NOW)
    return Place(store=store, router=Router(shelf, store, now=lambda: NOW), turns=Turns(database))


async def test_the_default_answers_where_nobody_chose(place: Place) -> None:
    assert await place.answers("hello") == ("pinyon", "hello", False)


async def test_who_is_named_answers_and_is_not_told_their_own_name(place: Place) -> None:
    await place.made("update")
    assert await place.answers("update: write this week's") == ("update", "write this week's", False)
    assert await place.answers("Update : write this week's") == ("update", "write this week's", False)
    assert await place.answers("prep: my next meeting") == ("prep", "my next meeting", False)


@pytest.mark.parametrize("text", ["note: buy bread", "update:", "see https://a.example: it works", "10:30 is fine"])
async def test_a_colon_alone_names_nobody(place: Place, text: str) -> None:
    await place.made("update")
    assert await place.answers(text) == ("pinyon", text, False)


async def test_the_persons_choice_answers_from_now_on(place: Place) -> None:
    agent = await place.made("update")
    await place.store.choose(PRIYA, agent, once=False, now=NOW)
    assert (await place.answers())[0] == "update"
    assert (await place.answers())[0] == "update"
    assert (await place.answers(person=NADIA))[0] == "pinyon"


async def test_a_choice_for_one_question_answers_one(place: Place) -> None:
    agent = await place.made("update")
    await place.store.choose(PRIYA, agent, once=True, now=NOW)
    assert [(await place.answers())[0] for _ in range(2)] == ["update", "pinyon"]


async def test_a_thread_keeps_its_agent_whatever_is_chosen_later(place: Place) -> None:
    update, tickets = await place.made("update"), await place.made("filing")
    await place.answers("hello", thread="7.7")
    await place.store.choose(PRIYA, update, once=False, now=NOW)
    await place.answers("hello", thread="8.8")
    await place.store.choose(PRIYA, tickets, once=False, now=NOW)
    assert (await place.answers(thread="7.7"))[0] == "pinyon"
    assert (await place.answers(thread="8.8"))[0] == "update"
    assert (await place.answers())[0] == "filing"


async def test_a_channel_has_its_own_and_a_person_theirs(place: Place) -> None:
    update, tickets = await place.made("update"), await place.made("filing")
    await place.store.set_channel(TEAM, "C1", update, by=NADIA, now=NOW)
    assert (await place.answers(channel="C1"))[0] == "update"
    assert (await place.answers(channel="C2"))[0] == "pinyon"
    await place.store.choose(PRIYA, tickets, once=False, now=NOW)
    assert (await place.answers(channel="C1"))[0] == "filing"


async def test_naming_another_goes_before_the_threads_own(place: Place) -> None:
    await place.made("update")
    await place.answers("update: hello", thread="7.7")
    assert (await place.answers("pinyon: and you?", thread="7.7"))[0] == "pinyon"
    assert (await place.answers("go on", thread="7.7"))[0] == "pinyon"


async def test_share_link_who_was_taken_back_answers_nobody_and_it_is_said_once(place: Place) -> None:
    agent = await place.made("update")
    await place.store.choose(PRIYA, agent, once=False, now=NOW)
    await place.answers("hello", thread="7.7")
    await place.taken_back(agent)
    assert await place.answers("update: hello", thread="9.9") == ("pinyon", "update: hello", True)
    assert await place.answers() == ("pinyon", "hello", False)
    assert await place.answers(thread="7.7") == ("pinyon", "hello", True)


async def test_share_link_a_colleague_who_may_not_use_the_threads_agent_gets_the_default(place: Place) -> None:
    agent = await place.made("update")
    await place.taken_back(agent)
    assert (await place.answers("update: hello", thread="7.7", person=NADIA, channel="C1"))[0] == "update"
    # Nothing tells them that there is such an agent.
    assert await place.answers("me too", thread="7.7", channel="C1") == ("pinyon", "me too", False)
    assert (await place.answers("and again", thread="7.7", person=NADIA, channel="C1"))[0] == "update"


async def test_a_channels_agent_that_was_taken_back_is_nobodys_loss(place: Place) -> None:
    agent = await place.made("update")
    await place.store.set_channel(TEAM, "C1", agent, by=NADIA, now=NOW)
    await place.taken_back(agent)
    assert await place.answers(channel="C1") == ("pinyon", "hello", False)


async def test_uses_are_counted_once_a_turn(place: Place) -> None:
    agent = await place.made("update")
    await place.answers("update: hello", thread="7.7")
    await place.answers("go on", thread="7.7")
    used = await place.store.used([agent], TEAM, PRIYA)
    assert (used[agent].people, used[agent].turns) == (1, 2)


async def test_a_draft_is_tried_by_who_may_edit_it_and_nobody_else(place: Place) -> None:
    file = agent_file(handle="update", name="Draft")
    made = await place.store.make(NADIA, handle="update", name="Draft", text=write_agent(file), writer=NADIA, now=NOW)
    trying = await place.router.choose(incoming("hello", person=NADIA, trying=made.id))
    assert (trying.agent.file.name, trying.agent.is_draft, trying.by) == ("Draft", True, "Draft")
    assert (await place.router.choose(incoming("hello", person=PRIYA, trying=made.id))).agent.id == DEFAULT
    stranger = incoming("hello", person=person_id(WorkspaceId("T2"), "UNADIA"), trying=made.id)
    assert (await place.router.choose(stranger)).agent.id == DEFAULT


def test_deputy_prompt_what_is_told_says_whose_instructions_they_are(place: Place) -> None:
    shaped = agent_file(instructions="Write it. {braces} stay.")
    agent = PINYON.__class__(id=AgentId("x" * 22), file=shaped, owner=NADIA, writer=NADIA)
    told = place.router.told(agent, PRIYA)
    assert "Somebody else than the person" in told
    assert told.endswith("Write it. {braces} stay.")
    assert "Somebody else" not in place.router.told(agent, NADIA)
    assert place.router.told(PINYON, PRIYA) == "Be brief."


def test_the_words_of_an_agent_hold_its_fixed_values() -> None:
    words = words_of(agent_file(parameters={"create_ticket": {"project": "PLAT", "labels": ["eve/x", "infra"]}}))
    assert "PLAT" in words
    assert "eve/x" in words


async def test_a_continuation_and_a_retry_are_answered_by_whoever_answered_the_question(place: Place) -> None:
    await place.answers("hello", thread="7.7")
    await place.store.choose(PRIYA, await place.made("update"), once=False, now=NOW)
    for suffix in ("c1", "r1"):
        message = incoming(
            "hello", turn=f"{TEAM}:D1:1.1:{suffix}", person=PRIYA, conversation=ConversationId(f"{TEAM}:D1:7.7")
        )
        assert (await place.router.choose(message)).agent.id == DEFAULT


async def test_what_an_admin_switched_off_for_an_hour_is_chosen_again_afterwards(place: Place) -> None:
    agent = await place.made("update")
    await place.store.choose(PRIYA, agent, once=False, now=NOW)
    await place.store.disable(agent, by=NADIA, why="Looked at", now=NOW)
    assert await place.answers() == ("pinyon", "hello", True)
    await place.store.enable(agent, by=NADIA, now=NOW)
    assert await place.answers() == ("update", "hello", False)


async def test_deputy_prompt_a_word_before_a_colon_means_only_agents_that_one_knows(place: Place) -> None:
    """Whoever shares with everybody could otherwise answer all who begin so."""
    agent = await place.made("rollout")
    await place.store.unshare(agent, kind="person", to=PRIYA, by=NADIA, now=NOW)
    assert await place.answers("rollout: is it done?") == ("pinyon", "rollout: is it done?", False)
    assert (await place.answers("rollout: is it done?", channel="C1"))[0] == "rollout"  # after "@Pinyon"
    assert (await place.answers("rollout: is it done?"))[0] == "rollout"  # who has used it knows it
