"""Which turns run: each once, in the order of their conversation, and fairly between workspaces."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from memory.conversations import Conversations, Transcript
from memory.database import Database
from memory.ids import ConversationId, PersonId, TurnId
from memory.turns import insert
from memory.workers import Fenced
from tests.memory.queueing import PERSON, Queue, new_turn

CONVERSATION = ConversationId("T1:C1:1")


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[Queue]:
    queue = Queue(database)
    await queue.enter(8)
    yield queue
    await queue.close()


# Accepting.


async def test_the_same_turn_again_changes_nothing(queue: Queue) -> None:
    assert await queue.ask("a")
    assert not await queue.ask("a", conversation="T1:C2:2")
    assert (await queue.turns.load(TurnId("a"))).message == "message of a"
    assert await queue.admit() == ["a"]


async def test_a_turn_that_is_over_is_not_accepted_again(queue: Queue) -> None:
    await queue.ask("a")
    await queue.admit()
    await queue.turns.finish(TurnId("a"), "answered")
    assert not await queue.ask("a")
    assert await queue.admit() == []


async def test_of_many_deliveries_at_once_one_is_accepted(queue: Queue) -> None:
    accepted = await asyncio.gather(*(queue.ask("a") for _ in range(10)))
    assert accepted.count(True) == 1


async def test_an_unknown_turn_is_a_key_error(queue: Queue) -> None:
    with pytest.raises(KeyError):
        await queue.turns.load(TurnId("nobody"))


async def test_what_is_stored_is_found_again(queue: Queue) -> None:
    await queue.ask("a:c1", continues=TurnId("a"))
    stored = await queue.turns.load(TurnId("a:c1"))
    assert (stored.state, stored.continues, stored.attempts) == ("queued", "a", 0)


async def test_it_is_known_who_asked_and_where(queue: Queue) -> None:
    await queue.ask("a")
    assert await queue.turns.has_asked("T1:U1")
    assert not await queue.turns.has_asked("T1:U2")
    assert await queue.turns.takes_part(CONVERSATION)
    assert not await queue.turns.takes_part(ConversationId("T1:C2:2"))


# Order within a conversation.


async def test_a_conversation_runs_one_turn_at_a_time_in_order(queue: Queue) -> None:
    for name in ("1.2", "1.1", "1.3"):  # events may overtake each other; the ids say what was said first
        await queue.ask(name)
    ran: list[str] = []
    for _ in range(3):
        [turn] = await queue.admit()
        assert await queue.admit() == []
        await queue.turns.finish(TurnId(turn), "answered")
        ran.append(turn)
    assert ran == ["1.1", "1.2", "1.3"]


async def test_a_continuation_goes_before_the_other_turns_of_its_conversation(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.ask("1.0:c1", ahead=True)
    assert await queue.admit() == ["1.0:c1"]


async def test_a_turn_that_is_for_later_lets_the_others_go_first(queue: Queue) -> None:
    now = datetime.now(UTC)
    await queue.ask("1.0:c1", ahead=True, not_before=now + timedelta(hours=1))
    await queue.ask("1.1")
    assert await queue.admit() == ["1.1"]
    await queue.turns.finish(TurnId("1.1"), "answered")
    assert await queue.admit() == []
    await queue.sql("UPDATE turns SET not_before = :now WHERE id = '1.0:c1'", now=now - timedelta(seconds=1))
    assert await queue.admit() == ["1.0:c1"]


async def test_the_database_itself_refuses_a_second_running_turn(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.ask("1.2")
    await queue.admit()
    with pytest.raises(IntegrityError):
        await queue.sql("UPDATE turns SET state = 'stopping' WHERE id = '1.2'")


async def test_two_workers_that_admit_at_once_never_take_the_same_conversation(queue: Queue) -> None:
    other = Queue(queue.database)
    await queue.workers.enter("w2", 8)
    for n in range(20):
        await queue.ask(f"{n:02}", conversation=f"T1:C{n % 5}:1")
    mine, theirs = await asyncio.gather(queue.admit(worker="w1"), other.admit(worker="w2"))
    assert len(mine + theirs) == len({int(turn) % 5 for turn in mine + theirs}) == 5
    await other.close()


# Between workspaces.


async def test_a_worker_takes_no_more_than_it_has_room_for(queue: Queue) -> None:
    for n in range(6):
        await queue.ask(f"{n}", conversation=f"T1:C{n}:1")
    assert len(await queue.admit(2)) == 2


async def test_a_workspace_that_is_alone_leaves_a_quarter_of_the_slots(queue: Queue) -> None:
    for n in range(20):
        await queue.ask(f"{n:02}", conversation=f"T1:C{n}:1")
    assert len(await queue.admit()) == 6
    await queue.ask("quiet", workspace="T2", conversation="T2:C1:1")
    assert await queue.admit() == ["quiet"]


async def test_with_one_slot_a_workspace_that_is_alone_still_runs(database: Database) -> None:
    queue = Queue(database)
    await queue.enter(1)
    await queue.ask("a")
    assert await queue.admit(1) == ["a"]
    await queue.close()


async def test_workspaces_take_turns(queue: Queue) -> None:
    for n in range(5):
        await queue.ask(f"loud{n}", conversation=f"T1:C{n}:1")
    for n in range(2):
        await queue.ask(f"quiet{n}", workspace="T2", conversation=f"T2:C{n}:1")
    assert await queue.admit(4) == ["loud0", "loud1", "quiet0", "quiet1"]


async def test_what_runs_already_counts_against_a_workspace(queue: Queue) -> None:
    for n in range(3):
        await queue.ask(f"loud{n}", conversation=f"T1:C{n}:1")
    assert len(await queue.admit(2)) == 2
    await queue.ask("quiet", workspace="T2", conversation="T2:C1:1")
    assert await queue.admit(1) == ["quiet"]


async def test_the_slots_of_the_silent_do_not_count(database: Database) -> None:
    queue = Queue(database)
    await queue.enter(4, 100)
    await queue.sql("UPDATE workers SET beat = clock_timestamp() - interval '1 minute' WHERE id = 'w2'")
    for n in range(20):
        await queue.ask(f"{n:02}", conversation=f"T1:C{n}:1")
    assert len(await queue.admit()) == 3
    await queue.close()


@dataclass
class Model:
    """What the queue holds, by the rules that it promises."""

    slots: int
    queued: dict[str, tuple[str, str, bool]] = field(default_factory=dict[str, tuple[str, str, bool]])
    """(workspace, conversation, ahead) by turn."""
    running: dict[str, tuple[str, str, bool]] = field(default_factory=dict[str, tuple[str, str, bool]])

    def heads(self) -> dict[str, str]:
        """The turn of each free conversation that may run next."""
        busy = {conversation for _, conversation, _ in self.running.values()}
        heads: dict[str, str] = {}
        for turn in sorted(self.queued, key=lambda name: (not self.queued[name][2], name)):
            conversation = self.queued[turn][1]
            if conversation not in busy:
                heads.setdefault(conversation, turn)
        return heads

    def admitted(self, turns: list[str], free: int) -> None:
        heads = self.heads()
        most = max(1, self.slots * 3 // 4)
        assert len(turns) <= free
        assert set(turns) <= set(heads.values())
        for turn in turns:
            self.running[turn] = self.queued.pop(turn)
        conversations = Counter(conversation for _, conversation, _ in self.running.values())
        assert set(conversations.values()) <= {1}
        load = Counter(workspace for workspace, _, _ in self.running.values())
        assert max(load.values(), default=0) <= most
        left = {self.queued[turn][0] for turn in heads.values() if turn in self.queued}
        for workspace in left:
            # Whoever is left behind had no room for itself, or nobody who went had more than a turn's lead.
            assert load[workspace] == most or len(turns) == free
            assert all(load[self.running[turn][0]] <= load[workspace] + 1 for turn in turns) or load[workspace] == most


@dataclass(frozen=True)
class Ask:
    workspace: str
    thread: int
    ahead: bool
    at: int


@dataclass(frozen=True)
class Admit:
    free: int


@dataclass(frozen=True)
class Finish:
    which: int


ASKS = st.builds(
    Ask,
    workspace=st.sampled_from(["T1", "T1", "T1", "T2", "T3"]),
    thread=st.integers(1, 3),
    ahead=st.booleans(),
    at=st.integers(0, 99),
)
ACTIONS = ASKS | ASKS | st.builds(Admit, st.integers(1, 5)) | st.builds(Finish, st.integers(0, 9))


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slots=st.integers(1, 9), actions=st.lists(ACTIONS, max_size=40))
async def test_whatever_is_asked_the_order_is_kept_and_nobody_starves(
    queue: Queue, slots: int, actions: list[Ask | Admit | Finish]
) -> None:
    await queue.sql("TRUNCATE turns")
    await queue.sql("UPDATE workers SET slots = :slots, beat = clock_timestamp()", slots=slots)
    model = Model(slots=slots)
    for action in [*actions, Admit(9)]:
        match action:
            case Ask(workspace, thread, ahead, at):
                conversation = f"{workspace}:C{thread}:1"
                turn = f"{conversation}:{at:02}"
                if await queue.ask(turn, workspace=workspace, conversation=conversation, ahead=ahead):
                    model.queued[turn] = (workspace, conversation, ahead)
            case Admit(free):
                model.admitted(await queue.admit(free), free)
            case Finish(which):
                if model.running:
                    turn = sorted(model.running)[which % len(model.running)]
                    await queue.turns.finish(TurnId(turn), "answered")
                    del model.running[turn]
    for _ in range(100):  # everything runs in the end
        for turn in list(model.running):
            await queue.turns.finish(TurnId(turn), "answered")
            del model.running[turn]
        model.admitted(await queue.admit(9), 9)
        if not model.running:
            break
    assert model.queued == {}


# Stopping.


async def test_a_stop_reaches_the_running_turn_and_drops_what_waits_behind_it(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.ask("1.2")
    await queue.ask("other", conversation="T1:C2:2")
    await queue.admit()
    assert await queue.turns.stop(CONVERSATION, PERSON) == "1.1"
    assert [await queue.state(turn) for turn in ("1.1", "1.2", "other")] == ["stopping", "stopped", "admitted"]


async def test_a_turn_that_stops_keeps_its_conversation_until_it_is_over(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit()
    await queue.turns.stop(CONVERSATION, PERSON)
    await queue.ask("1.2")
    assert await queue.admit() == []
    await queue.turns.finish(TurnId("1.1"), "stopped")
    assert await queue.admit() == ["1.2"]


async def test_a_second_stop_and_one_of_nothing_say_that_nothing_runs(queue: Queue) -> None:
    assert await queue.turns.stop(CONVERSATION, PERSON) is None
    await queue.ask("1.1")
    await queue.admit()
    await queue.turns.stop(CONVERSATION, PERSON)
    assert await queue.turns.stop(CONVERSATION, PERSON) is None


async def test_a_stop_leaves_what_others_asked_in_the_thread(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.ask("1.2", person=PersonId("T1:U2"))
    await queue.admit()
    assert await queue.turns.stop(CONVERSATION, PersonId("T1:U3")) is None
    assert await queue.turns.stop(CONVERSATION, PERSON) == "1.1"
    assert [await queue.state(turn) for turn in ("1.1", "1.2")] == ["stopping", "queued"]


async def test_a_stop_leaves_what_its_person_has_approved(queue: Queue) -> None:
    await queue.ask("1.2")
    await queue.admit()
    await queue.ask("1.1:c1", ahead=True)
    await queue.turns.stop(CONVERSATION, PERSON)
    assert await queue.state("1.1:c1") == "queued"


# Ending.


def transcript(turn: str, messages: str = "[]") -> Transcript:
    return Transcript(turn=TurnId(turn), messages=messages, held='{"c0": "x"}')


async def test_ending_a_turn_keeps_what_was_said_and_queues_what_follows(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit()
    then = new_turn("1.1:c1", ahead=True, continues=TurnId("1.1"))
    await queue.turns.conclude(transcript("1.1", "[1]"), "waiting", worker="w1", then=then)
    assert await queue.state("1.1") == "waiting"
    assert await queue.admit() == ["1.1:c1"]
    await queue.turns.conclude(transcript("1.1:c1", "[2]"), "answered", worker="w1")
    kept = await Conversations(queue.database).load(CONVERSATION, turns=9)
    assert [(one.turn, one.messages, one.held) for one in kept] == [
        ("1.1", "[1]", '{"c0": "x"}'),
        ("1.1:c1", "[2]", '{"c0": "x"}'),
    ]


async def test_the_same_ending_again_changes_nothing(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit()
    await queue.turns.conclude(transcript("1.1", "[1]"), "answered", worker="w1")
    await queue.turns.conclude(transcript("1.1", "[2]"), "failed", worker="w1")
    assert await queue.state("1.1") == "answered"
    [kept] = await Conversations(queue.database).load(CONVERSATION, turns=9)
    assert kept.messages == "[1]"


async def test_who_lost_a_turn_cannot_end_it(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit()
    await queue.workers.enter("w2", 4)
    assert await queue.turns.claim(TurnId("1.1"), "w2")
    with pytest.raises(Fenced):
        await queue.turns.conclude(transcript("1.1"), "answered", worker="w1")
    assert await queue.state("1.1") == "admitted"
    await queue.turns.conclude(transcript("1.1"), "answered", worker="w2")
    with pytest.raises(Fenced):
        await queue.turns.conclude(transcript("1.1"), "answered", worker="w1")


async def test_the_buried_can_claim_nothing(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit()
    await queue.workers.leave("w1")
    with pytest.raises(Fenced):
        await queue.turns.claim(TurnId("1.1"), "w1")


async def test_a_turn_that_is_over_is_not_claimed(queue: Queue) -> None:
    await queue.ask("1.1")
    await queue.admit()
    await queue.turns.finish(TurnId("1.1"), "answered")
    assert not await queue.turns.claim(TurnId("1.1"), "w1")


async def test_a_transaction_that_fails_queues_nothing(queue: Queue) -> None:
    async def fails() -> None:
        async with queue.database.engine.begin() as connection:
            assert await insert(connection, new_turn("1.1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await queue.admit() == []
