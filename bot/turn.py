"""One durable turn, top to bottom: who asks, with which tools, the answer, and what stays of it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from pydantic import TypeAdapter

from bot.agent import End, Ended
from bot.attachments import Received, looks_like_table
from bot.desk import Desk, Desks, Opened, Parts, heard_in
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
from bot.pending import card_of, continuation
from bot.prompt import (
    NOTHING,
    PUT_ASIDE,
    History,
    asked,
    closed_with,
    closing,
    dump,
    history,
    told_late,
)
from bot.provenance import Run
from bot.toolbox.decided import Carried, results_of
from bot.toolbox.trail import STEPS, Trail
from integrations.integration import Audience
from memory.conversations import Transcript
from memory.ids import ConversationId, PersonId, TurnId
from memory.pending import PendingItem, PendingItems
from memory.people import Person
from memory.turns import NewTurn, State, StoredTurn, Turns

log = structlog.get_logger()

CARRIED: TypeAdapter[Carried] = TypeAdapter(Carried)


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
        self._items = PendingItems(parts.database)
        self._desks = Desks(parts)
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
            chosen = await patiently(lambda: self._parts.router.choose(replace(message, text=opened.text)))
            message = replace(message, text=chosen.text)
            desk = await patiently(lambda: self._desks.set(message, stored, reply, opened, chosen, aborted))
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
            # Both take a moment: side by side.
            self._parts.own.computes(self._desks.place(message, person, question=""))
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
        answer = replace(told(ended, work, around), by=desk.chosen.by, withdrawn=desk.chosen.withdrawn)
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

    async def _redraw(self, surface: str, items: Sequence[PendingItem]) -> None:
        card = card_of(items)
        place = next((item.card for item in items if item.card), None)
        if card is not None and place is not None:
            await self._parts.surfaces[surface].redraw(card, place, items[0].workspace)


def unshown_of(transcript: Transcript | None) -> Findings:
    """What calls of the turn that this one goes on with left for the person, and no answer showed."""
    return FINDINGS.validate_json(transcript.findings) if transcript and transcript.findings else Findings()
