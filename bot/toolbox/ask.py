"""Second wrapper: the gate. What needs the person is stored and does not run; what ran unasked leaves a receipt."""

import asyncio
from dataclasses import replace

from bot.durable import patiently
from bot.gate import FORBIDDEN, Allow, Ask, Deny, gate
from bot.pending import Waiting, WriteRequest
from bot.provenance import Target, instructed
from bot.toolbox.act import Act, Looked
from bot.toolbox.audited import Audited
from bot.toolbox.call import Call, Outcome, Wrapped
from bot.toolbox.declared import deed_of, permission, values
from bot.toolbox.given import words_of
from bot.toolbox.trail import Trail, origins_of, step_of
from memory.ledger import Ledger
from skills.skill import Result

TOO_MUCH = (
    "Not asked: the person is shown enough to decide on already. Tell them what is left, and go on when they answered."
)


class Asking:
    """Lets `inner` run what the gate allows or the person approved; stores the rest."""

    def __init__(
        self, inner: Wrapped, *, act: Act, waiting: Waiting, ledger: Ledger, trail: Trail, audited: Audited
    ) -> None:
        self._inner = inner
        self._act = act
        self._waiting = waiting
        self._ledger = ledger
        self._trail = trail
        self._audited = audited
        # Each write is judged with those before it, and a card lists them in the order in which the model wrote them.
        self._in_order = asyncio.Lock()

    async def __call__(self, call: Call) -> Outcome:
        if call.approved and self._trail.about.ruled.get(call.tool.name) == "forbid":
            outcome = await self._deny(call, FORBIDDEN)  # decided since the card was shown
        elif call.approved:
            outcome = await self._inner(call)
        elif call.tool.effect == "write" or call.tool.destroys:
            async with self._in_order:
                return self._enter(call, await self._write(call))
        else:
            outcome = await self._read(call)
        return self._enter(call, outcome)

    def _enter(self, call: Call, outcome: Outcome) -> Outcome:
        if outcome.kind == "unknown":  # for what may follow, it happened
            outcome = replace(outcome, step=step_of(call, Result(content=None, untrusted=False)))
        self._trail.enter(call.id, outcome.step)
        return outcome

    async def _read(self, call: Call) -> Outcome:
        match gate(deed_of(call), self._trail.run):
            case Allow():
                return await self._inner(call)
            case Deny(because=because):
                return await self._deny(call, because)
            case Ask(because=because):
                looked = await self._act.look(call)
                return looked if isinstance(looked, Outcome) else await self._ask(looked, because, asked=call)

    async def _write(self, call: Call) -> Outcome:
        # After a crash the ledger knows what happened; what was settled and judged then may look different now.
        if await patiently(lambda: self._ledger.knows(call.turn, call.id)):
            outcome = await self._inner(call)
            return await self._with_receipt(await self._act.settled(call), outcome, asked=call)
        looked = await self._act.settled(call)
        if isinstance(looked, Outcome):
            return looked
        self._trail.remember(recalled_targets(looked.call))
        match gate(deed_of(looked.call, asked=call), self._trail.run):
            case Allow(because=because):
                outcome = await self._inner(replace(_taught(looked.call).as_taken, because=because))
                return await self._with_receipt(looked, outcome, asked=call)
            case Deny(because=because):
                return await self._deny(looked.call, because)
            case Ask(because=because):
                seen = await self._act.standing(looked)
                return seen if isinstance(seen, Outcome) else await self._ask(seen, because, asked=call)

    async def _ask(self, looked: Looked, because: str, *, asked: Call) -> Outcome:
        call = looked.call
        if await patiently(self._waiting.full):
            return Outcome(call=call.id, tool=call.tool.name, kind="told", text=TOO_MUCH, effect="write")
        wanted = request(looked, because, self._trail, asked=asked)
        pending = await patiently(lambda: self._waiting.ask(wanted))
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="waits",
            text="Waits for the person's approval.",
            said=f"{call.doing}: waits for your approval",
            effect="write",
            service=looked.service,
            pending=pending,
        )

    async def _deny(self, call: Call, because: str) -> Outcome:
        outcome = Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="told",
            effect=call.tool.effect,
            text=f"Not allowed. {because} Tell the person so, and do not try it another way.",
            forbidden=True,
        )
        await patiently(lambda: self._audited(replace(call, because=because), outcome))
        return outcome

    async def _with_receipt(self, looked: Looked | Outcome, outcome: Outcome, *, asked: Call) -> Outcome:
        if outcome.kind != "done" or isinstance(looked, Outcome):
            return outcome
        done = request(looked, looked.call.because, self._trail, asked=asked)
        pending = await patiently(lambda: self._waiting.receipt(done, link=outcome.link, undo=outcome.undo))
        return replace(outcome, pending=pending)


def request(looked: Looked, because: str, trail: Trail, *, asked: Call | None = None) -> WriteRequest:
    """What the person is asked to approve, or is told that it was done. `asked` is the call as the model made it."""
    call = _taught(looked.call)
    return WriteRequest(
        call=call.id,
        skill=call.skill.name,
        tool=call.tool,
        arguments=call.arguments,
        canonical=call.canonical,
        digest=call.digest(looked.account),
        account=looked.account,
        service=looked.service,
        version=looked.version,
        because=because,
        integration=call.skill.integration or "",
        origins=origins_of(call, deed_of(call, asked=asked), trail.run, service=looked.service),
        permission="" if instructed(trail.run) else permission(call.tool, call.arguments, call.account),
        edited=call.edited,
        recalled=call.recalled,
        lesson=call.lesson,
    )


def recalled_targets(call: Call) -> list[Target]:
    """The targets that memory filled in and that are the person's own by habit, as the service spells them."""
    return [
        (call.tool.kinds.get(name, ""), value)
        for name, recall in call.recalled.items()
        if recall.proven and name in call.tool.targets
        for value in values(call.arguments.get(name))
        if value in values(recall.value)  # beside it may stand what the model added
    ]


def _taught(call: Call) -> Call:
    """The call with the words in which the service speaks of its values, before only the values are left."""
    if call.lesson is None:
        return call
    words = {plain: said for name in call.lesson.how for plain, said in words_of(call.arguments.get(name)).items()}
    return replace(call, lesson=replace(call.lesson, words={**call.lesson.words, **words})) if words else call
