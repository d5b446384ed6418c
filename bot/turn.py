"""One durable turn, top to bottom: who asks, with which tools, the answer, and what stays of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import structlog
from pydantic import TypeAdapter
from pydantic_ai.messages import ModelRequest

from bot.agent import Agent, Answering, Asked, Budget, End, Ended
from bot.attachments import Attachments, Received, looks_like_table
from bot.durable import patiently, repeatable, step
from bot.ending import Around, apology, audience_of, findings_of, narrowest, told, tries_again, unshown
from bot.messages import (
    FINDINGS,
    Answer,
    Findings,
    IncomingMessage,
    Notice,
    Reply,
    Surface,
    Task,
    message_text,
    read_message,
)
from bot.own_skills import Here as Place
from bot.own_skills import OwnSkills
from bot.pending import QUESTION, Offer, Waiting, began, card_of, continuation
from bot.prompt import (
    NOTHING,
    PUT_ASIDE,
    History,
    asked,
    closed_with,
    closing,
    dump,
    history,
    instructions,
    overheard,
    own_words_in,
    said_in,
    told_late,
)
from bot.provenance import Run, company_domain, quoted_words
from bot.router import AgentFile, Router
from bot.spending import Spending
from bot.toolbox.act import Accounts, Act
from bot.toolbox.audited import audited_by
from bot.toolbox.call import Call, Outcome
from bot.toolbox.decided import Carried, Decided, answers_in, results_of
from bot.toolbox.fill import Here
from bot.toolbox.menu import Available
from bot.toolbox.recalling import Recalling
from bot.toolbox.surroundings import Surroundings
from bot.toolbox.tools import Tools
from bot.toolbox.trail import STEPS, Trail, identities, rules_of, steps_of
from integrations.integration import Audience
from memory.audit import Audit
from memory.conversations import Conversations, Transcript
from memory.database import Database
from memory.files import Files
from memory.ids import CallId, ConversationId, PersonId, TurnId
from memory.ledger import Ledger
from memory.parameters.aliases import Aliases
from memory.parameters.store import ParameterMemory
from memory.pending import PendingItem, PendingItems
from memory.people import Person
from memory.permissions import StandingPermissions
from memory.tool_rules import Rule, ToolRules
from memory.turns import NewTurn, State, StoredTurn, Turns
from memory.workings import Workings
from skills.skill import Skill

log = structlog.get_logger()

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


CARRIED: TypeAdapter[Carried] = TypeAdapter(Carried)


@dataclass(kw_only=True)
class Parts:
    """What the rooms below a turn are made of; `app.build` fills it in."""

    database: Database
    router: Router
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


STATES: dict[End, State] = {
    "answered": "answered",
    "waiting": "waiting",
    "quiet": "answered",
    "stopped": "stopped",
    "budget": "stopped",
    "spent": "stopped",
    "later": "waiting",
    "unavailable": "failed",
    "failed": "failed",
}


class TurnRoom:
    """Where turns are accepted and run."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._turns = Turns(parts.database)
        self._conversations = Conversations(parts.database)
        self._items = PendingItems(parts.database)
        self._files = Files(parts.database)
        self._workings = Workings(parts.database)
        self._aborted: dict[TurnId, asyncio.Event] = {}

    async def enqueue(self, message: IncomingMessage) -> bool:
        """Accept `message`; False when it was accepted before. Raises the database's error when it cannot be kept."""
        accepted = await self._turns.record(
            NewTurn(
                id=message.turn,
                workspace=message.workspace,
                person=message.person,
                conversation=message.conversation,
                message=message_text(message),
            )
        )
        if accepted:
            self._parts.wake()
        return accepted

    async def run(self, turn: TurnId) -> None:
        """Carry one turn from its message to its answer. Runs again from the start after a crash; steps do not."""
        aborted = self._aborted[turn] = asyncio.Event()  # before looking: a stop is then either heard or seen
        stored = await patiently(lambda: self._turns.load(turn))
        message = read_message(stored.message)
        reply = self._parts.surfaces[message.surface].reply(message, taken_over=stored.attempts > 0)
        if stored.state == "stopping":
            aborted.set()
        structlog.contextvars.bind_contextvars(turn=turn, workspace=message.workspace)
        try:
            opened = await repeatable(self._open, message, stored, reply)
            if opened.notice is not None or opened.told:
                await repeatable(self._give_notice, message, reply, opened)
                return
            message = replace(message, text=opened.text)
            desk = await patiently(lambda: self._desk(message, stored, reply, opened, aborted))
            carried = Carried()
            if message.continues is not None:
                carried = CARRIED.validate_json(await step("resume", self._resume, desk, message.continues))
            ended = await self._answer(desk, carried)
            await repeatable(self._finish, desk, ended)
        except Exception:
            log.exception("a turn broke")
            await repeatable(self._apologise, message, reply)
        finally:
            self._aborted.pop(turn, None)

    async def give_up(self, turn: TurnId) -> None:
        """Tell the person that their turn broke, and close it: it ended one worker after the other."""
        message = read_message((await self._turns.load(turn)).message)
        reply = self._parts.surfaces[message.surface].reply(message, taken_over=True)
        await self._apologise(message, reply)
        self._parts.wake()

    def abort(self, turn: TurnId) -> None:
        """Stop asking the model for `turn` if it runs in this process; a tool call is never cut off."""
        if (event := self._aborted.get(turn)) is not None:
            event.set()

    async def stop(self, conversation: ConversationId, person: PersonId) -> bool:
        """Stop what runs for `person` in a thread, on whichever worker; False when nothing does."""
        turn = await self._turns.stop(conversation, person)
        if turn is not None:
            self.abort(turn)
        return turn is not None

    async def retry(self, turn: TurnId, person: str) -> bool:
        """Ask a failed turn's question once more; False when it is not that person's, or was asked again already."""
        return await self.without(turn, person, "")

    async def without(self, turn: TurnId, person: str, integration: str) -> bool:
        """Ask it once more, to be answered without an integration that is failing."""
        message = read_message((await self._turns.load(turn)).message)
        if message.person != person:
            return False
        again = TurnId(f"{turn}:r1")
        return await self.enqueue(replace(message, turn=again, continues=None, trying_since=None, without=integration))

    # What happens, in order. `_resume` is journaled as a step; the others may happen twice.

    async def _open(self, message: IncomingMessage, stored: StoredTurn, reply: Reply) -> Opened:
        await reply.status("Reading your message" if message.continues is None else "Going on")
        surface = self._parts.surfaces[message.surface]
        person = await surface.introduce(message)
        if not person.is_member:
            notice = "bot" if person.is_bot else "guest" if person.is_guest else "outsider"
            return Opened(person=person, text="", notice=notice)
        text = await surface.words(message)
        if message.continues is not None:
            return Opened(person=person, text=text)
        received = await self._received(message, person, reply, surface)
        text = "\n".join(filter(None, (text.strip(), received.heard)))
        if stored.follows_open:
            await self._move_on(message, text)
        if text or message.quoted:
            return Opened(person=person, text=text, received=received)
        notice: Notice = "only_file" if received.files else "empty"
        return Opened(person=person, text="", notice=notice, told=received.unheard, received=received)

    async def _received(self, message: IncomingMessage, person: Person, reply: Reply, surface: Surface) -> Received:
        """What came with a message, once it was read; what a voice note says is shown before it is acted on."""
        if not message.files:
            return NOTHING
        if any(looks_like_table(file.name) for file in message.files):
            self._parts.own.computes(self._place(message, person, question=""))  # both take a moment: side by side
        await reply.status("Listening" if any(file.is_voice for file in message.files) else "Reading what you attached")
        received = await self._parts.attachments.receive(message, surface)
        if received.heard:
            await reply.heard(received.heard)
        return received

    async def _move_on(self, message: IncomingMessage, text: str) -> None:
        """Close what the person's earlier turns left open in the thread: they answered it, or asked something new."""
        answered = await patiently(
            lambda: self._items.answer(message.conversation, message.person, to=message.turn, answer=text)
        )
        for turn in dict.fromkeys(item.turn for item in answered):
            await self._redraw(message.surface, await self._items.of_turn(turn))
        put_aside = await patiently(lambda: self._items.move_on(message.conversation, message.person, to=message.turn))
        for turn in dict.fromkeys(item.turn for item in put_aside):
            await self._redraw(message.surface, await self._items.of_turn(turn))

    async def _resume(self, desk: Desk, origin: TurnId) -> str:
        carried = await desk.decided.carry_out(origin)
        for outcome in carried.outcomes:
            state = "complete" if outcome.kind == "done" else "error"
            if title := outcome.said or outcome.doing:
                await desk.reply.task(Task(id=outcome.call, title=title, state=state, link=outcome.link))
        await self._redraw(desk.message.surface, await self._items.of_turn(origin))
        return CARRIED.dump_json(carried).decode()

    async def _answer(self, desk: Desk, carried: Carried) -> Ended:
        earlier = desk.earlier
        past, work = history(earlier), desk.work
        before: list[Audience | None] = [one.audience for one in earlier if one.person == desk.person.id]
        work.audience = narrowest([*before, *desk.heard_by])
        if desk.message.continues is None:
            carried = await self._answered(desk, past)
            past = replace(past, held=past.held | carried.results)
            work.outcomes += carried.outcomes
            work.tools.remember(carried.outcomes)
            work.unshown = unshown_of(earlier[-1] if carried.results else None)
            if carried.asks_again:
                return Ended(end="waiting")
            closed = closing(past, PUT_ASIDE)
            work.closes = closed if carried.results else ()
            work.past = [*past.messages, *closed, desk.asked]
        else:
            work.unshown = unshown_of(next((one for one in earlier if one.turn == desk.message.continues), None))
            # Others may have gone on with the thread meanwhile, and may be waiting for something themselves.
            goes_on = bool(earlier) and earlier[-1].turn == desk.message.continues
            work.past = past.messages if goes_on else [*past.messages, *closing(past, PUT_ASIDE)]
            work.outcomes += carried.outcomes
            work.tools.remember(carried.outcomes)
            known = past.held | carried.results if goes_on else carried.results
            if carried.asks_again:
                return Ended(end="waiting", held=known)
            if goes_on:
                work.new += closing(replace(past, held=known), "Nothing was done.")
            if carried.quiet:
                return Ended(end="quiet")
            # The calls of a card that a typed reply led to are closed already.
            open_calls = {call.tool_call_id for call in past.open_calls} if goes_on else set[str]()
            if late := {call: told for call, told in carried.results.items() if call not in open_calls}:
                work.new += told_late(late)
        if why := await patiently(lambda: self._parts.spending.refusal(desk.person, now=self._parts.now())):
            return Ended(end="spent", why=why)
        return await self._parts.agent.answer(work)

    async def _answered(self, desk: Desk, past: History) -> Carried:
        """What the person answered, by writing on, to the questions at the end of the thread.

        The words to one question are its answer, so the call that lacked it goes on; of several the model finds out
        which words answer which.
        """
        if not past.open_calls:
            return Carried()
        turn = desk.earlier[-1].turn
        items = await patiently(lambda: self._items.of_turn(turn))
        answered = [item for item in items if item.kind == "question" and item.state == "answered"]
        if len(answered) == 1 and len(items) == 1:
            return CARRIED.validate_json(await step("resume", self._resume, desk, turn))
        return Carried(results=results_of(answered))

    async def _finish(self, desk: Desk, ended: Ended) -> str:
        message, work = desk.message, desk.work
        items: Sequence[PendingItem] = ()
        if ended.end == "waiting" or any(outcome.pending for outcome in work.outcomes):
            items = await self._items.of_turn(message.turn)
        audience = audience_of(work)
        if audience == "members" and await self._others_read(message):
            audience = "asker"
        around = Around(
            message=message,
            person=desk.person,
            asked_at=message.trying_since or desk.stored.accepted_at,
            titles=self._parts.titles,
            card=card_of(items),
            skills=work.tools.skills,
            aside=audience == "asker" and not message.private,
        )
        answer = told(ended, work, around)
        # Also after a crash, when the step that asked the model is not run again.
        desk.reply.only_links(work.tools.gives())
        place = await desk.reply.finish(answer)
        if not (message.private or answer.aside):
            await patiently(lambda: self._parts.published(message.turn, audience or "here"))
        if items and place and answer.card is around.card:
            await patiently(lambda: self._items.shown(message.turn, place))
        new = list(work.new)
        if ended.end not in ("answered", "waiting", "later"):
            new.append(closed_with(answer.text or "(I said nothing more.)"))
        if message.continues is None:
            new[:0] = [*work.closes, desk.asked]
        transcript = Transcript(
            turn=message.turn,
            messages=dump(new),
            held=json.dumps(ended.held),
            audience=audience,
            trail=STEPS.dump_json(list(desk.trail.steps)).decode(),
            findings=unshown(answer, findings_of(work)),
        )
        retry_at = ended.retry_at if tries_again(ended, around) else None
        state = "failed" if ended.end == "later" and retry_at is None else STATES[ended.end]
        trying = replace(message, trying_since=around.asked_at)
        await patiently(lambda: self._close(trying, transcript, state, retry_at))
        self._parts.wake()
        self._parts.ended(ended.end, (self._parts.now() - desk.stored.accepted_at).total_seconds())
        return ended.end

    async def _others_read(self, message: IncomingMessage) -> bool:
        return not message.private and await self._parts.surfaces[message.surface].others_read(message)

    async def _close(
        self, message: IncomingMessage, transcript: Transcript, state: State, retry_at: datetime | None
    ) -> None:
        then = continuation(message, message.turn, not_before=retry_at) if retry_at is not None else None
        await self._turns.conclude(transcript, state, worker=self._parts.ledger.worker, then=then)

    async def _give_notice(self, message: IncomingMessage, reply: Reply, opened: Opened) -> str:
        if opened.notice == "bot" and message.ts not in ("", message.thread):
            await reply.status("")  # two machines that answer each other in a thread would never end
        else:
            notice = None if opened.told else opened.notice
            answer = Answer(text=opened.told, state="failed", notice=notice, turn=message.turn)
            await reply.finish(replace(answer, received=opened.received.summary))
        if opened.notice == "only_file":
            await patiently(lambda: self._keep_files(message, opened.received))
        else:
            await patiently(lambda: self._turns.finish(message.turn, "answered"))
        return str(opened.notice)

    async def _keep_files(self, message: IncomingMessage, received: Received) -> None:
        """Close a turn that brought only files, so that the next question in the thread knows them."""
        trail = Trail(about=Run(words="", me=frozenset()))
        trail.heard(heard_in(message, received))
        transcript = Transcript(
            turn=message.turn,
            messages=dump([asked(message, received), closed_with("What should I do with it?")]),
            trail=STEPS.dump_json(list(trail.steps)).decode(),
        )
        await self._turns.conclude(transcript, "answered", worker=self._parts.ledger.worker)

    async def _apologise(self, message: IncomingMessage, reply: Reply) -> str:
        await reply.finish(Answer(text="", state="failed", card=apology(message.turn), turn=message.turn))
        await patiently(lambda: self._turns.finish(message.turn, "failed"))
        return "failed"

    # What they are made of.

    async def _desk(
        self, message: IncomingMessage, stored: StoredTurn, reply: Reply, opened: Opened, aborted: asyncio.Event
    ) -> Desk:
        parts, person = self._parts, opened.person
        agent = parts.router.choose(message)
        usable, missing = await parts.connected.skills(person)
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
        trail = await self._trail(message, person, usable, earlier, opened.received)
        words = [message.text, *answers, *(own_words_in(one) for one in earlier if one.person == person.id)]
        surroundings = self._surroundings(message, person, question="\n".join(words))
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
            recall=self._recalling(message, person, agent),
            off=[f"- {name}: {why}" for name, why in (await parts.own.off(person)).items()],
        )

        async def record(answer: Asked, model: str) -> None:
            await parts.spending.record(message, agent, answer, model)

        async def record_tool(outcome: Outcome) -> None:
            await parts.spending.record_tool(message, agent, outcome)

        async def stopping() -> bool:
            return (await patiently(lambda: self._turns.load(message.turn))).state == "stopping"

        work = Answering(
            turn=message.turn,
            workspace=message.workspace,
            route=agent.route,
            instructions=instructions(
                agent.instructions,
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
        )

    async def _answers(self, message: IncomingMessage) -> Sequence[str]:
        """What the person answered to the questions of the turn that this one goes on with."""
        return answers_in(await self._items.of_turn(message.continues)) if message.continues is not None else ()

    def _surroundings(self, message: IncomingMessage, person: Person, *, question: str) -> Surroundings:
        here = self._place(message, person, question=question)
        return Surroundings(here=here, own=self._parts.own, files=self._files, workings=self._workings)

    def _place(self, message: IncomingMessage, person: Person, *, question: str) -> Place:
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

    def _recalling(self, message: IncomingMessage, person: Person, agent: AgentFile) -> Recalling:
        place = "" if message.private else message.channel
        return Recalling(
            memory=self._parts.memory,
            aliases=self._parts.aliases,
            here=Here(person=person, place=place, agent=agent.handle, fixed=agent.parameters),
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
    ) -> Trail:
        """What the gate goes by as the turn begins: what was passed on with the question, or led up to this card."""
        trail = Trail(about=await self._about(message, person, usable, earlier))
        if message.continues is None:
            trail.heard(heard_in(message, received))
            return trail
        trail.answered(await self._answers(message))
        for transcript in earlier:
            if began(transcript.turn) == began(message.turn):
                trail.go_on(steps_of(transcript))
        return trail

    async def _about(
        self, message: IncomingMessage, person: Person, usable: Sequence[Available], earlier: Sequence[Transcript]
    ) -> Run:
        """What the gate goes by before anything was called."""
        database = self._parts.database
        own = [transcript for transcript in earlier if transcript.person == person.id]
        others = [said_in(transcript) for transcript in earlier if transcript.person != person.id]
        permitted, ruled = frozenset[str](), dict[str, Rule]()
        if usable:  # without tools there is nothing to permit or forbid
            permitted, ruled = await asyncio.gather(
                StandingPermissions(database).given(person.id), ToolRules(database).of(person.workspace)
            )
        return Run(
            words=message.text,
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
            ruled=rules_of(ruled, usable),
        )

    async def _redraw(self, surface: str, items: Sequence[PendingItem]) -> None:
        card = card_of(items)
        place = next((item.card for item in items if item.card), None)
        if card is not None and place is not None:
            await self._parts.surfaces[surface].redraw(card, place, items[0].workspace)


def heard_in(message: IncomingMessage, received: Received) -> str:
    """All that came with a message and is not its person's own words."""
    attached = (piece for told in received.told for piece in told)
    return "\n".join(filter(None, [message.quoted, quoted_words(message.text), *attached]))


def unshown_of(transcript: Transcript | None) -> Findings:
    """What calls of the turn that this one goes on with left for the person, and no answer showed."""
    return FINDINGS.validate_json(transcript.findings) if transcript and transcript.findings else Findings()
