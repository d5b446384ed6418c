"""A workspace that floods Pinyon, another one that asks a little meanwhile, and what the queue made of both."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from playground.model import Conversation, Pace, Plan
from playground.slack.workspace import Workspace
from tests.scenarios.processes import Cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One turn as the database has it, times in seconds."""

    id: str
    conversation: str
    accepted: float
    admitted: float
    finished: float
    state: str

    @property
    def wait(self) -> float:
        """Seconds from being accepted to being admitted."""
        return self.admitted - self.accepted


COMMIT = 0.25
"""Seconds that may pass between the time at which a turn says it was accepted and when others can see it."""
ROWS = """
SELECT id, conversation, extract(epoch FROM accepted_at)::float8, extract(epoch FROM admitted_at)::float8,
  extract(epoch FROM finished_at)::float8, state
FROM turns WHERE workspace = %s ORDER BY seq
"""


@dataclass(kw_only=True)
class Flood:
    """`noisy` asks everything at once, `quiet` one thing after the other."""

    world: Cluster
    noisy: Workspace
    quiet: Workspace
    asked: dict[str, int] = field(default_factory=dict[str, int])
    """How often something was asked in each workspace."""

    async def pour(self, turns: int, *, threads: int) -> None:
        """Ask `turns` things in `threads` threads, a person for each thread, as fast as Slack takes them."""
        people = itertools.cycle(user for user in self.noisy.users.values() if user.kind == "member")
        first = [(who, await self.world.ask(who, "Question 0")) for who in itertools.islice(people, threads)]
        for number in range(threads, turns):
            who, thread = first[number % threads]
            await self.world.servers.slack.say(who, "dm", f"Question {number}", thread=thread)
            await asyncio.sleep(0)
        self.asked[self.noisy.id] = self.asked.get(self.noisy.id, 0) + turns

    async def trickle(self, turns: int, *, every: float) -> None:
        """Ask `turns` things in the quiet workspace, one each `every` seconds."""
        who = next(user for user in self.quiet.users.values() if user.kind == "member")
        for _ in range(turns):
            number = self.asked[self.quiet.id] = self.asked.get(self.quiet.id, 0) + 1
            await self.world.ask(who, f"Quiet question {number}")
            await asyncio.sleep(every)

    async def over(self, *, seconds: float) -> None:
        """Wait until everything that was asked is answered."""
        total = sum(self.asked.values())

        def is_over() -> bool:
            [(finished,)] = self.world.query("SELECT count(*) FROM turns WHERE finished_at IS NOT NULL")
            return bool(finished == total)

        await self.world.until(is_over, seconds=seconds)
        await asyncio.sleep(0.5)  # what would be doubled would come now

    def rows(self, workspace: Workspace) -> list[Row]:
        """The turns of `workspace`, in the order in which they were accepted."""
        return [
            Row(id=name, conversation=thread, accepted=accepted, admitted=admitted, finished=finished, state=state)
            for name, thread, accepted, admitted, finished, state in self.world.query(ROWS, workspace.id)
        ]

    def overtakers(self) -> list[int]:
        """For each quiet turn: how many turns of the flood were admitted while it was ready and was not."""
        flood = self.rows(self.noisy)
        return [sum(q.accepted < row.admitted < q.admitted for row in flood) for q in self.rows(self.quiet)]

    def out_of_order(self) -> list[tuple[Row, Row]]:
        """Turns of one conversation that ran together, or began before an earlier one that was there as well."""
        threads: dict[str, list[Row]] = {}
        for row in sorted([*self.rows(self.noisy), *self.rows(self.quiet)], key=lambda row: row.id):
            threads.setdefault(row.conversation, []).append(row)
        pairs = [pair for rows in threads.values() for pair in itertools.pairwise(rows)]
        return [(earlier, later) for earlier, later in pairs if not follows(earlier, later)]

    def answers(self) -> Counter[str]:
        """How many finished posts each turn has in Slack."""
        conversations = [c for w in (self.noisy, self.quiet) for c in w.conversations.values()]
        posts = [post for c in conversations for post in c.messages.values() if post.get("metadata")]
        return Counter(str(post["metadata"]["event_payload"]["turn"]) for post in posts)

    def wrongly_answered(self) -> dict[str, int]:
        """The turns that have not exactly one answer, and how many they have."""
        answers = self.answers()
        rows: Sequence[Row] = [*self.rows(self.noisy), *self.rows(self.quiet)]
        return {row.id: answers[row.id] for row in rows if answers[row.id] != 1}

    def states(self) -> Counter[str]:
        return Counter(row.state for row in [*self.rows(self.noisy), *self.rows(self.quiet)])


def follows(earlier: Row, later: Row) -> bool:
    """Whether two turns of one conversation ran in order, or could not, as Slack's events overtook each other."""
    if earlier.admitted > later.admitted:
        return earlier.accepted > later.admitted - COMMIT and earlier.admitted >= later.finished
    return later.admitted >= earlier.finished


def brief(_: Conversation) -> Plan:
    """A model that thinks for a moment and says little."""
    return Plan(text="That is how it is.", pace=Pace(first=0.2))


def flood(world: Cluster) -> Flood:
    """A flood between two new workspaces; before any process starts."""
    return Flood(world=world, noisy=world.add_workspace("T0NOISY", people=40), quiet=world.add_workspace("T0QUIET"))
