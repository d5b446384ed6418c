"""What one turn works with: who answers, the tools in reach, the thread before it, and what the gate goes by."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from pydantic_ai.messages import ModelRequest

from bot.agent import Agent, Answering, Asked, Budget, End
from bot.agents.shelf import Shelved
from bot.attachments import Attachments, Received
from bot.durable import patiently
from bot.messages import (
    IncomingMessage,
    Notice,
    Reply,
    Surface,
    Task,
)
from bot.own_skills import Here as Place
from bot.own_skills import OwnSkills
from bot.pending import QUESTION, Offer, Waiting, began
from bot.prompt import (
    NOTHING,
    asked,
    instructions,
    overheard,
    own_words_in,
    said_in,
)
from bot.provenance import Run, company_domain, norm, quoted_words
from bot.router import Chooses, Chosen, words_of
from bot.spending import Spending
from bot.toolbox.act import Accounts, Act
from bot.toolbox.audited import audited_by
from bot.toolbox.call import Call, Outcome
from bot.toolbox.decided import Decided, answers_in
from bot.toolbox.fill import Here
from bot.toolbox.menu import Available
from bot.toolbox.narrowed import Narrowed
from bot.toolbox.recalling import Recalling
from bot.toolbox.surroundings import Surroundings
from bot.toolbox.tools import Tools
from bot.toolbox.trail import Trail, identities, rules_of, steps_of
from integrations.integration import Audience
from memory.audit import Audit
from memory.conversations import Conversations, Transcript
from memory.database import Database
from memory.files import Files
from memory.ids import CallId, TurnId
from memory.ledger import Ledger
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItems
from memory.people import Person
from memory.permissions import StandingPermissions
from memory.tool_rules import Rule, ToolRules
from memory.turns import StoredTurn, Turns
from memory.workings import Workings
from skills.skill import Skill

WITHDRAWN = "The instructions of an agent that may not be used any more."
PAST_TURNS = 30
"""Turns of a thread that the model is shown."""


class Connected(Protocol):
    """Which skills a person can use now."""

    async def skills(self, person: Person) -> tuple[Sequence[Available], Sequence[Skill]]:
        """(work now, could be connected)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a turn begins with."""

    person: Person
    text: str
    """What the person said, in plain words."""
    notice: Notice | None = None
    told: str = ""
    """What the person is told instead of an answer."""
    received: Received = NOTHING
    """What they attached."""


@dataclass(kw_only=True)
class Parts:
    """What the rooms below a turn are made of; `app.build` fills it in."""

    database: Database
    router: Chooses
    agent: Agent
    ledger: Ledger
    memory: ParameterMemory
    aliases: Aliases
    surfaces: Mapping[str, Surface]
    attachments: Attachments
    own: OwnSkills
    published: Callable[[TurnId, Audience], Awaitable[None]]
    """Told (turn, audience) when an answer stands where others read it: what was made for it is theirs to open."""
    accounts: Accounts
    connected: Connected
    offer: Offer
    titles: dict[str, str]
    spending: Spending
    ended: Callable[[End, float], None]
    """Told how each turn ended, and after how many seconds."""
    now: Callable[[], datetime]
    wake: Callable[[], None]
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One turn's live things, built anew around the steps whenever it runs."""

    message: IncomingMessage
    stored: StoredTurn
    reply: Reply
    person: Person
    decided: Decided
    work: Answering
    trail: Trail
    earlier: Sequence[Transcript]
    """The thread before this turn: the person's own turns, and of others what people could read."""
    asked: ModelRequest
    """What the person said and attached, as the model reads it."""
    heard_by: Sequence[Audience]
    """Who may hear what stands in the files that are within the tools' reach."""
    chosen: Chosen
    """Who answers."""


class Desks:
    """Sets the desk of each turn."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._turns = Turns(parts.database)
        self._conversations = Conversations(parts.database)
        self._items = PendingItems(parts.database)
        self._files = Files(parts.database)
        self._workings = Workings(parts.database)

    async def set(
        self,
        message: IncomingMessage,
        stored: StoredTurn,
        reply: Reply,
        opened: Opened,
        chosen: Chosen,
        aborted: asyncio.Event,
    ) -> Desk:
        """Everything that the turn of `message` works with."""
        parts, person, agent = self._parts, opened.person, chosen.agent.file
        narrowed = Narrowed(agent.skills, knows=bool(agent.knowledge))
        found, could_be = await parts.connected.skills(person)
        usable, missing = narrowed.usable(found), narrowed.missing(could_be)
        usable = [one for one in usable if not message.without or one.skill.integration != message.without]
        waiting = Waiting(
            self._items,
            message,
            offer=parts.offer,
            titles=parts.titles,
            now=parts.now,
            asked_in="" if message.private else message.channel,
        )
        earlier, answers = await self._earlier(message, person), await self._answers(message)
        trail = await self._trail(message, person, usable, earlier, opened.received, chosen)
        words = [message.text, *answers, *(own_words_in(one) for one in earlier if one.person == person.id)]
        surroundings = self._surroundings(message, person, chosen.agent, question="\n".join(words))
        act = Act(person, parts.accounts, waiting, now=parts.now, surroundings=surroundings)

        async def announce(call: Call) -> None:
            # What a call names, others in a channel may not know of.
            await reply.status(call.doing if message.private else "Working on it")
            await reply.task(Task(id=call.id, title=call.doing, state="in_progress"))

        tools = Tools(
            usable,
            missing,
            act=act,
            waiting=waiting,
            ledger=parts.ledger,
            trail=trail,
            audited=audited_by(Audit(parts.database), person),
            announce=announce,
            recall=self._recalling(message, person, chosen.agent),
            off=[f"- {name}: {why}" for name, why in narrowed.off(await parts.own.off(person)).items()],
        )

        work = self._answering(message, reply, chosen, person, tools, aborted)
        decided = Decided(tools=tools, act=act, waiting=waiting, ledger=parts.ledger, items=self._items, trail=trail)
        return Desk(
            message=message,
            stored=stored,
            reply=reply,
            person=person,
            decided=decided,
            work=work,
            trail=trail,
            earlier=earlier,
            asked=asked(message, opened.received),
            heard_by=await self._heard_by(message, person),
            chosen=chosen,
        )

    def _answering(
        self,
        message: IncomingMessage,
        reply: Reply,
        chosen: Chosen,
        person: Person,
        tools: Tools,
        aborted: asyncio.Event,
    ) -> Answering:
        """The work of the model, before it was asked anything."""
        parts, agent = self._parts, chosen.agent.file

        async def record(answer: Asked, model: str) -> None:
            await parts.spending.record(message, agent, answer, model)

        async def record_tool(outcome: Outcome) -> None:
            await parts.spending.record_tool(message, agent, outcome)

        async def stopping() -> bool:
            return (await patiently(lambda: self._turns.load(message.turn))).state == "stopping"

        return Answering(
            turn=message.turn,
            workspace=message.workspace,
            route=agent.route,
            instructions=instructions(
                parts.router.told(chosen.agent, person.id),
                tools.instructions,
                person,
                message,
                parts.now(),
            ),
            past=(),
            tools=tools,
            reply=reply,
            budget=parts.budget,
            stopping=stopping,
            aborted=aborted,
            deadline=asyncio.get_running_loop().time() + parts.budget.seconds,
            record=record,
            record_tool=record_tool,
            look=parts.attachments.picture,
        )

    async def _answers(self, message: IncomingMessage) -> Sequence[str]:
        """What the person answered to the questions of the turn that this one goes on with."""
        return answers_in(await self._items.of_turn(message.continues)) if message.continues is not None else ()

    def _surroundings(self, message: IncomingMessage, person: Person, agent: Shelved, *, question: str) -> Surroundings:
        here = replace(self.place(message, person, question=question), agent=agent.id, knows=agent.file.knowledge)
        return Surroundings(here=here, own=self._parts.own, files=self._files, workings=self._workings)

    def place(self, message: IncomingMessage, person: Person, *, question: str) -> Place:
        return Place(
            person=person,
            conversation=message.conversation,
            turn=message.turn,
            question=question,
            channel=message.channel,
            private=message.private,
            now=self._parts.now(),
        )

    async def _heard_by(self, message: IncomingMessage, person: Person) -> Sequence[Audience]:
        if message.continues is None and message.ts == message.thread:
            return ()  # a thread begins without files of its own
        return [file.audience for file in await self._files.seen_by(message.conversation, person.id)]

    def _recalling(self, message: IncomingMessage, person: Person, agent: Shelved) -> Recalling:
        here = Here(
            person=person,
            place="" if message.private else message.channel,
            agent=agent.file.handle if agent.is_builtin else agent.id,  # a handle may be another agent's tomorrow
            fixed=agent.file.parameters,
            fixed_by_asker=agent.is_trusted_by(person.id),
        )
        return Recalling(
            memory=self._parts.memory,
            aliases=self._parts.aliases,
            here=here,
            now=self._parts.now,
            always=self._always,
        )

    async def _always(self, turn: TurnId, call: CallId) -> Sequence[str]:
        items = [item for asked in dict.fromkeys((began(turn), turn)) for item in await self._items.of_turn(asked)]
        bodies = [QUESTION.validate_json(item.body) for item in items if item.kind == "question" and item.call == call]
        return [body.parameter for body in bodies if body.always and body.parameter]

    async def _earlier(self, message: IncomingMessage, person: Person) -> list[Transcript]:
        """The thread so far. Of colleagues' turns it holds what was said, not what tools found for them."""
        transcripts = await self._conversations.load(message.conversation, turns=PAST_TURNS)
        return [
            transcript if transcript.person == person.id else overheard(transcript)
            for transcript in transcripts
            if transcript.turn != message.turn
        ]

    async def _trail(
        self,
        message: IncomingMessage,
        person: Person,
        usable: Sequence[Available],
        earlier: Sequence[Transcript],
        received: Received,
        chosen: Chosen,
    ) -> Trail:
        """What the gate goes by as the turn begins: whose instructions the model has, what was passed on with the
        question, or led up to this card.
        """
        agent = chosen.agent
        trail = Trail(about=await self._about(message, person, usable, earlier, agent))
        if chosen.lost:
            trail.instructed(WITHDRAWN)  # before a crash its model may have been asked already
        if not agent.is_trusted_by(person.id):
            trail.instructed(words_of(agent.file))
        if message.continues is None:
            tapped = message.text if is_starter(message, agent) else ""
            trail.heard("\n".join(filter(None, (tapped, heard_in(message, received)))))
            return trail
        trail.answered(await self._answers(message))
        for transcript in earlier:
            if began(transcript.turn) == began(message.turn):
                trail.go_on(steps_of(transcript))
        return trail

    async def _about(
        self,
        message: IncomingMessage,
        person: Person,
        usable: Sequence[Available],
        earlier: Sequence[Transcript],
        agent: Shelved,
    ) -> Run:
        """What the gate goes by before anything was called."""
        words = "" if is_starter(message, agent) else message.text
        database = self._parts.database
        own = [transcript for transcript in earlier if transcript.person == person.id]
        others = [said_in(transcript) for transcript in earlier if transcript.person != person.id]
        permitted, ruled = frozenset[str](), dict[str, Rule]()
        if usable:  # without tools there is nothing to permit or forbid
            permitted, ruled = await asyncio.gather(
                StandingPermissions(database).given(person.id), ToolRules(database).of(person.workspace)
            )
        return Run(
            words=words,
            me=identities(person, usable),
            domain=company_domain(person.email or ""),
            past=[
                step
                for transcript in own
                if began(transcript.turn) != began(message.turn)
                for step in steps_of(transcript)
            ],
            heard="\n".join(others),
            permitted=permitted,
            ruled={**dict.fromkeys(agent.file.must_ask, "must_ask"), **rules_of(ruled, usable)},
        )


def is_starter(message: IncomingMessage, agent: Shelved) -> bool:
    """Whether the person only tapped what somebody else wrote for them: it asks, and wants nothing in their name.

    What stands on a button may be a sentence that names targets and a text; a tap on a suggestion is no more consent
    than the instructions are (facts/security.md §2 number 14).
    """
    if message.suggested:
        return True
    if agent.is_trusted_by(message.person):
        return False
    return norm(message.text) in {norm(starter) for starter in agent.file.starters}


def heard_in(message: IncomingMessage, received: Received) -> str:
    """All that came with a message and is not its person's own words."""
    attached = (piece for told in received.told for piece in told)
    return "\n".join(filter(None, [message.quoted, quoted_words(message.text), *attached]))
