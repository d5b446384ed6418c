"""Workers are killed at every boundary of a turn: each time there is one answer, and one write."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.model import Conversation, Pace, Plan, call
from playground.model.conversation import PlannedCall
from playground.slack.app import JSON
from tests.scenarios.processes import Cluster, cluster, fresh_database

REPOSITORY = "tamarack-maps/atlas-api"
WHO = "jamal"
LONG = 60.0
"""Seconds for which a boundary is held; the kill ends it."""
SLOTS = 7
"""For each process; DBOS keeps one connection more, and a step that is held takes one."""
UNKNOWN = "The outcome of this call is unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """Where a turn is when its worker is killed."""

    name: str
    number: int
    """The pull request of this case."""
    approved: bool = False
    """Held after the click, in the turn that goes on."""
    asks: int | None = None
    """Held in the model call with so many results before it."""
    reads: str = ""
    """Held in the next GitHub request of this kind, once the model has `after` results."""
    after: int = 0
    is_lost: bool = False
    """Whether GitHub is held before it did what it was asked."""
    speaks: bool = False
    """Held in the middle of the answer's stream."""
    writes_down: str = ""
    """Held where the database is told that this step is done: whatever the step did has happened."""


INSIDE = (
    Boundary(name="while the model is asked first", number=901, asks=0),
    Boundary(name="while the first read runs", number=902, reads="GET pulls/{}", after=0),
    Boundary(name="while the model is asked with one result", number=903, asks=1),
    Boundary(name="while the second read runs", number=904, reads="GET issues/{}/comments", after=1),
    Boundary(name="while the model decides to write", number=905, asks=2),
    Boundary(name="while the write is prepared for its card", number=906, reads="GET pulls/{}", after=2),
    Boundary(name="while the card waits", number=907),
    Boundary(name="while the approved write is checked", number=908, reads="GET pulls/{}", approved=True),
    Boundary(name="after the write, before its answer", number=909, reads="POST issues/{}/comments", approved=True),
    Boundary(
        name="after the intent, before the write",
        number=912,
        reads="POST issues/{}/comments",
        approved=True,
        is_lost=True,
    ),
    Boundary(name="while the model is asked after the write", number=910, asks=3, approved=True),
    Boundary(name="in the middle of the answer", number=911, speaks=True, approved=True),
)
AT_THE_END = (
    Boundary(name="before the end is written down", number=921, writes_down="the end"),
    Boundary(name="before the end is written down, after the click", number=922, writes_down="the end", approved=True),
)
BEFORE_THE_CLICK = tuple(
    Boundary(name=f"before {step} is written down", number=number, writes_down=step)
    for number, step in enumerate(
        ("model#0", "tools#0", "model#1", "tools#1", "model#2", "tools#2", "the close"), start=931
    )
)
AFTER_THE_CLICK = tuple(
    Boundary(name=f"before {step} is written down, after the click", number=number, writes_down=step, approved=True)
    for number, step in enumerate(("resume", "model#0", "the close"), start=941)
)
WAVES = ((*INSIDE, *AT_THE_END), (*BEFORE_THE_CLICK, *AFTER_THE_CLICK))
"""Each wave of cases dies together, because each death costs seconds."""
BOUNDARIES = [boundary for wave in WAVES for boundary in wave]

# The database itself holds a step that is done at the moment when it is written down, as slow discs would.
HOLDS = """
CREATE TABLE held (number int, step text, approved bool);
CREATE FUNCTION hold(this text, step_done text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found int;
BEGIN
  SELECT h.number INTO found FROM held h JOIN turns t ON t.message LIKE '%#' || h.number || ',%'
    WHERE h.step = step_done AND (this = t.id) <> h.approved AND (this = t.id OR this LIKE t.id || ':c%');
  IF found IS NOT NULL THEN
    PERFORM set_config('application_name', 'held ' || found, false), pg_sleep(60);
  END IF;
END $$;
CREATE FUNCTION hold_step() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM hold(NEW.workflow_uuid, NEW.function_name); RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE INSERT ON dbos.operation_outputs FOR EACH ROW EXECUTE FUNCTION hold_step();
CREATE FUNCTION hold_close() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM hold(NEW.id, 'the close'); RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON turns FOR EACH ROW
  WHEN (NEW.finished_at IS NOT NULL AND OLD.finished_at IS NULL) EXECUTE FUNCTION hold_close();
CREATE FUNCTION hold_end() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM hold(NEW.workflow_uuid, 'the end'); RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE UPDATE ON dbos.workflow_status FOR EACH ROW
  WHEN (NEW.status = 'SUCCESS' AND OLD.status <> 'SUCCESS') EXECUTE FUNCTION hold_end();
"""


class Commenter:
    """A model that reads twice, writes once, and looks when nobody knows whether it wrote. It stalls where told."""

    def __init__(self) -> None:
        self.stalls: dict[int, Boundary] = {}
        self.reached: set[int] = set()
        self.trouble: Callable[[Boundary], None] = lambda _: None

    def __call__(self, conversation: Conversation) -> Plan:
        found = re.search(r"#(\d+)", " ".join(message.text for message in conversation.messages))
        number = int(found[1]) if found else 0
        results = [result.text for _, result in conversation.returned]
        plan = self._plan(number, results)
        boundary = self.stalls.get(number)
        if boundary is None:
            return plan
        if boundary.asks == len(results):
            return self._stalled(plan, boundary, Pace(first=LONG))
        if boundary.speaks and plan.text:
            return self._stalled(plan, boundary, Pace(word=LONG / 10, longest=LONG))
        if boundary.reads and not boundary.approved and boundary.after == len(results):
            del self.stalls[number]
            self.trouble(boundary)
        return plan

    def _stalled(self, plan: Plan, boundary: Boundary, pace: Pace) -> Plan:
        del self.stalls[boundary.number]
        self.reached.add(boundary.number)
        return Plan(text=plan.text, calls=plan.calls, pace=pace)

    def _plan(self, number: int, results: list[str]) -> Plan:
        read = {"repository": REPOSITORY, "number": number}
        match len(results):
            case 0:
                return call("read_pull_request", **read)
            case 1:
                return call("read_discussion", **read)
            case 2:
                said = PlannedCall(tool="comment_on_pull_request", arguments={**read, "body": f"Word {number}"})
                return Plan(calls=(said,))
            case 3 if UNKNOWN in results[2]:
                return call("read_discussion", **read)
            case 3:
                return Plan(
                    text=f"I have posted your comment on number {number} just as you wanted it, and that is all."
                )
            case _:
                seen = f"Word {number}" in results[3]
                return Plan(text=f"I looked: your comment on number {number} is {'there' if seen else 'not there'}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one case."""

    answers: list[str]
    cards: list[str]
    posts: int
    """Everything of Pinyon's that stands in the thread, finished or not."""
    writes: int
    states: list[str]


class Killing:
    """Plays every case: each turn is brought to its own boundary, then every worker is killed."""

    def __init__(self, world: Cluster, brain: Commenter) -> None:
        self.world = world
        self.brain = brain
        self.brain.trouble = self.hang
        self.asked: dict[int, str] = {}

    async def run(self) -> dict[str, Seen]:
        world = self.world
        world.execute(HOLDS)
        world.ask_about_every_write()
        await world.connect(WHO)
        for boundary in BOUNDARIES:
            world.servers.github.add_large_pull("atlas-api", boundary.number, files=1, lines=3)
        await world.start(2)
        for wave in WAVES:
            await self.play(wave)
        await asyncio.sleep(1)
        return {boundary.name: self.seen(boundary.number) for boundary in BOUNDARIES}

    async def play(self, wave: tuple[Boundary, ...]) -> None:
        """Kill all workers in the middle of `wave`, and see it through with fresh ones."""
        world = self.world
        approved = [boundary for boundary in wave if boundary.approved]
        for boundary in wave:
            if not boundary.approved:
                self.lie_in_wait(boundary)
        for boundary in wave:
            self.asked[boundary.number] = await world.ask(WHO, f"Comment on atlas-api #{boundary.number}, please.")
        for boundary in approved:
            await self.card(boundary.number)
            self.lie_in_wait(boundary)
            await self.click(boundary.number)
        await world.until(lambda: all(self.is_reached(boundary) for boundary in wave), seconds=30)
        await world.kill()
        self.release()
        await world.start(2)
        for boundary in wave:
            if not boundary.approved:
                await self.card(boundary.number)
                await self.click(boundary.number)
        for boundary in wave:
            await world.until(lambda number=boundary.number: self.is_over(number), seconds=20)

    def lie_in_wait(self, boundary: Boundary) -> None:
        """See to it that the turn halts at its boundary."""
        if boundary.writes_down:
            values = (boundary.number, boundary.writes_down, boundary.approved)
            self.world.execute("INSERT INTO held VALUES (%s, %s, %s)", *values)
        elif boundary.reads and boundary.approved:
            self.hang(boundary)
        else:
            self.brain.stalls[boundary.number] = boundary

    def release(self) -> None:
        """Let the database forget what the dead were about to say."""
        self.world.execute("DELETE FROM held")
        self.world.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'held %%' AND pid <> pg_backend_pid()"
        )

    def is_over(self, number: int) -> bool:
        seen = self.seen(number)
        return bool(seen.answers) and seen.states == ["waiting", "answered"]

    def hang(self, boundary: Boundary) -> None:
        """Let the next request of the boundary's kind hang, before or after GitHub did what it asks for."""
        method, path = boundary.reads.format(boundary.number).split()
        self.world.servers.github.fault(method, f"*/{path}", hang=True, done=not boundary.is_lost)

    def is_reached(self, boundary: Boundary) -> bool:
        if boundary.writes_down:
            held = self.world.query("SELECT application_name FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            return (f"held {boundary.number}",) in held
        if boundary.reads:
            method, path = boundary.reads.format(boundary.number).split()
            calls = self.world.servers.github.calls
            return any(c.method == method and c.path.endswith(path) and c.status == 0 for c in calls)
        if boundary.asks is not None:
            return boundary.number in self.brain.reached
        if boundary.speaks:
            return boundary.number in self.brain.reached and self.is_speaking(boundary.number)
        return bool(self.cards(boundary.number))

    def is_speaking(self, number: int) -> bool:
        slack = self.world.servers.slack
        _, conversation = slack.place("dm", WHO)
        thread = conversation.thread(self.asked[number])
        return any(slack.is_streaming(conversation.id, message["ts"]) for message in thread)

    async def card(self, number: int) -> str:
        """The ts of the case's card, once it is there."""
        [card] = await self.world.until(lambda: self.cards(number)[:1], seconds=25)
        return card

    def cards(self, number: int) -> list[str]:
        return [post["ts"] for post in self.posts(number) if post["metadata"]["event_payload"]["part"] == "card"]

    def posts(self, number: int) -> list[JSON]:
        """Pinyon's posts in the case's thread that are finished, and so say which turn's they are."""
        slack = self.world.servers.slack
        _, conversation = slack.place("dm", WHO)
        return [post for post in slack.replies(conversation.id, self.asked[number]) if post.get("metadata")]

    async def click(self, number: int) -> None:
        outcome = await self.world.servers.slack.click(WHO, self.cards(number)[0], "approval.approve")
        assert outcome.is_acked

    def answers(self, number: int) -> list[str]:
        texts = self.world.texts(WHO, self.asked[number])
        return [text for text in texts if f"on number {number}" in text]

    def seen(self, number: int) -> Seen:
        turn = self.world.turn(WHO, self.asked[number])
        states = [state for name, state in self.world.states().items() if name.startswith(turn)]
        writes = [w for w in self.world.servers.github.pull("atlas-api", number).comments if w.body == f"Word {number}"]
        _, conversation = self.world.servers.slack.place("dm", WHO)
        return Seen(
            answers=self.answers(number),
            cards=self.cards(number),
            posts=len(conversation.thread(self.asked[number])) - 1,
            writes=len(writes),
            states=states,
        )


@pytest.fixture(scope="module")
def seen(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Seen]]:
    """What came of every case: they are played together, because each death costs seconds."""
    brain = Commenter()

    async def play(url: str, folder: Path) -> dict[str, Seen]:
        async with cluster(brain, url, folder, slots=SLOTS) as world:
            return await Killing(world, brain).run()

    with fresh_database(postgres) as url:
        yield asyncio.run(play(url, tmp_path_factory.mktemp("kill")))


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda b: b.name)
def test_killed_at_any_boundary_there_is_one_answer(seen: dict[str, Seen], boundary: Boundary) -> None:
    assert len(seen[boundary.name].answers) == 1


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda b: b.name)
def test_killed_at_any_boundary_there_is_one_card_and_nothing_half_written(
    seen: dict[str, Seen], boundary: Boundary
) -> None:
    assert (len(seen[boundary.name].cards), seen[boundary.name].posts) == (1, 2)


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda b: b.name)
def test_killed_at_any_boundary_there_is_one_write_unless_it_never_left(
    seen: dict[str, Seen], boundary: Boundary
) -> None:
    assert seen[boundary.name].writes == (0 if boundary.is_lost else 1)


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda b: b.name)
def test_killed_at_any_boundary_both_turns_end_as_usual(seen: dict[str, Seen], boundary: Boundary) -> None:
    assert seen[boundary.name].states == ["waiting", "answered"]


def test_a_write_whose_answer_was_lost_is_looked_for_and_not_repeated(seen: dict[str, Seen]) -> None:
    lost = seen["after the write, before its answer"]
    assert (lost.writes, "is there" in lost.answers[0]) == (1, True)


def test_a_write_that_never_left_is_looked_for_and_said_to_be_missing(seen: dict[str, Seen]) -> None:
    lost = seen["after the intent, before the write"]
    assert (lost.writes, "is not there" in lost.answers[0]) == (0, True)
