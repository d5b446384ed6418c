"""What one person can call in one turn."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic_ai.messages import ModelMessage, ToolCallPart
from pydantic_ai.tools import ToolDefinition

from bot.durable import patiently
from bot.pending import Waiting
from bot.provenance import Step, is_known, known_links, links_in
from bot.toolbox.act import Act
from bot.toolbox.ask import TOO_MUCH, Asking
from bot.toolbox.audited import Audited
from bot.toolbox.call import ACCOUNT, UNKNOWN, Call, Outcome, Wrapped
from bot.toolbox.fill import Answers, Filled
from bot.toolbox.lacking import ASKED_ALREADY, Held, questions_for
from bot.toolbox.learn import learning
from bot.toolbox.ledger import entered
from bot.toolbox.menu import OPEN, Available, Menu, opened_by
from bot.toolbox.questions import ASK_PERSON, questions_of
from bot.toolbox.questions import DEFINITION as ASKS
from bot.toolbox.recalling import Recalling
from bot.toolbox.trail import Trail
from bot.toolbox.validate import check, invalid, one_account, parsed, validated
from integrations.integration import Level
from memory.ids import CallId, TurnId
from memory.ledger import Ledger
from skills.skill import Skill, Tool


class Tools:
    """The tools of one turn: those of connected skills, and one `connect_<skill>` for each that is not."""

    def __init__(
        self,
        usable: Sequence[Available],
        missing: Sequence[Skill],
        *,
        act: Act,
        waiting: Waiting,
        ledger: Ledger,
        trail: Trail,
        audited: Audited,
        announce: Callable[[Call], Awaitable[None]],
        recall: Recalling,
        off: Sequence[str] = (),
    ) -> None:
        """`off` says, in a sentence each, which skills cannot be used here and why."""
        self._off = off
        self._menu = Menu(usable, missing)
        self._waiting = waiting
        self._announce = announce
        self._trail = trail
        self._ledger = ledger
        self._fill = recall.fill(trail, act)
        self._one_by_one = asyncio.Lock()
        self._in_order = asyncio.Lock()
        inner = learning(entered(act, ledger, audited), recall)
        self._run: Wrapped = Asking(inner, act=act, waiting=waiting, ledger=ledger, trail=trail, audited=audited)

    @property
    def instructions(self) -> list[str]:
        """How the skills that are shown from the start are used well; others tell it when they are opened."""
        shown = filter(self._menu.begins_open, self._menu.usable.values())
        told = [one.skill.instructions.read_text(encoding="utf-8") for one in shown]
        if held := [one.skill.title for one in self._menu.usable.values() if one.is_held_back]:
            told.append(
                f"Only reading is allowed here, by an admin's decision: {', '.join(held)}. Say so when asked for more."
            )
        if reading := [one.skill.title for one in self._menu.usable.values() if one.by_agent]:
            told.append(f"As this agent you only read here: {', '.join(reading)}. Asked for more, say so: {ASK_PINYON}")
        if self._off:
            told.append("\n".join(["Not here, so say so and why when asked for it:", *self._off]))
        return told

    @property
    def skills(self) -> list[tuple[str, str | None]]:
        """(title, integration) of each skill that works now."""
        return [(one.skill.title, one.skill.integration) for one in self._menu.usable.values()]

    def definitions(self, messages: Iterable[ModelMessage]) -> list[ToolDefinition]:
        """The tools as the model is offered them after `messages`."""
        offered = self._menu.definitions(self._menu.opened(messages))
        return [*offered, ASKS] if offered else []

    def remember(self, outcomes: Iterable[Outcome]) -> None:
        """Keep what calls came to that ran before a crash, and so did not pass through here."""
        for outcome in outcomes:
            self._trail.enter(outcome.call, outcome.step)

    def gives(self) -> Callable[[str], bool]:
        """Which addresses an answer may hold now: those that the person wrote, or a service gave for what was read."""
        known = known_links(self._trail.run)
        return lambda address: is_known(address, known)

    async def call(self, turn: TurnId, part: ToolCallPart) -> Outcome:
        """Run one call of the model, or store it until the person decided, or tell the model what is wrong with it."""
        call_id = CallId(part.tool_call_id)
        if part.tool_name == OPEN:
            return self._opened(call_id, part)
        if part.tool_name in self._menu.connects:
            return await self._connect(call_id, part)
        if part.tool_name == ASK_PERSON:
            return await self._ask_person(call_id, part)
        try:
            return await self._complete(turn, call_id, part.tool_name, part.args)
        except ValueError as error:
            return invalid(call_id, part.tool_name, str(error))

    async def go_on(self, held: Held) -> Outcome:
        """Make a call that waited for values of which only the person knew."""
        self._trail.answered(held.begun.answers.said)  # an earlier card's, too
        try:
            return await self._complete(held.turn, held.call, held.tool, dict(held.begun.arguments), held.begun.answers)
        except ValueError as error:
            return invalid(held.call, held.tool, str(error))

    @property
    def by_name(self) -> Mapping[str, Tool]:
        """Every tool that can be called now."""
        return {name: tool for name, (_, tool) in self._menu.tools.items()}

    async def _complete(
        self,
        turn: TurnId,
        call_id: CallId,
        name: str,
        arguments: str | dict[str, Any] | None,
        answers: Answers | None = None,
    ) -> Outcome:
        """Run a call with what memory knows put in; or ask what it lacks, all on one card."""
        one, tool = self._known(name)
        if tool.effect == "read":
            return await self._do(one, tool, turn, call_id, arguments, answers)
        # First come, first served: a card lists writes in the order in which the model wrote them.
        async with self._in_order:
            return await self._do(one, tool, turn, call_id, arguments, answers)

    async def _do(
        self,
        one: Available,
        tool: Tool,
        turn: TurnId,
        call_id: CallId,
        arguments: str | dict[str, Any] | None,
        answers: Answers | None,
    ) -> Outcome:
        name = tool.name
        if tool.effect == "write" and (begun := await patiently(lambda: self._ledger.begun(turn, call_id))) is not None:
            # It ran, or may have: what memory would put in by now is another call, and nobody may be asked for it.
            try:
                call = self.prepared(turn, call_id, name, begun)
            except ValueError:  # its account is gone meanwhile: made anew it would be done twice
                return Outcome(call=call_id, tool=name, kind="unknown", effect="write", text=UNKNOWN)
            return replace(await self._run(call), doing=call.doing)
        given = parsed(tool, arguments)
        filled = await self._fill(one, tool, tool.apart(given) if tool.apart is not None else given, answers)
        if filled.needs:
            check(tool, _without_account(filled.arguments))  # nobody is asked for a call that cannot be made
            return await self._ask_values(call_id, tool, filled)
        call = self.prepared(turn, call_id, name, filled.arguments)
        call = replace(call, recalled=filled.recalled, lesson=filled.lesson)
        await self._announce(call)
        return replace(await self._run(call), doing=call.doing)

    async def _ask_values(self, call: CallId, tool: Tool, filled: Filled) -> Outcome:
        asked = questions_for(tool, filled)
        wanted = {(tool.name, body.parameter, body.phrase) for body in asked}
        async with self._one_by_one:  # of calls made side by side, the first asks
            stored = await patiently(self._waiting.asked_values)
            others = {(body.tool, body.parameter, body.phrase) for other, body in stored if other != call}
            is_stored = any(other == call for other, _ in stored)
            if wanted & others or (not is_stored and await patiently(self._waiting.full)):
                told = ASKED_ALREADY if wanted & others else TOO_MUCH
                self._trail.enter(call, Step(tool=tool.name, untrusted=False))  # nothing was read by it
                return Outcome(call=call, tool=tool.name, kind="told", effect=tool.effect, text=told)
            pending = await patiently(lambda: self._waiting.ask_values(call, asked))
        return Outcome(call=call, tool=tool.name, kind="waits", text=WAITS, effect=tool.effect, pending=pending)

    async def approved(self, call: Call) -> Outcome:
        """Run a call that the person approved."""
        await self._announce(call)
        return replace(await self._run(call), doing=call.doing)

    def prepared(self, turn: TurnId, call: CallId, name: str, arguments: str | dict[str, Any] | None) -> Call:
        """The call with valid arguments. Raises ValueError that tells the model what to mend."""
        one, tool = self._known(name)
        account, given = one_account(tool, arguments, one.accounts)
        return Call(turn=turn, id=call, skill=one.skill, tool=tool, arguments=validated(tool, given), account=account)

    def _known(self, name: str) -> tuple[Available, Tool]:
        if name not in self._menu.tools:
            raise ValueError(f"There is no tool {name!r}. The tools are: {', '.join(self._menu.names)}.")
        return self._menu.tools[name]

    def _opened(self, call: CallId, part: ToolCallPart) -> Outcome:
        known = [self._menu.usable[name] for name in opened_by(part) if name in self._menu.usable]
        if not known:
            return invalid(call, OPEN, f"`names` must hold some of: {', '.join(self._menu.usable)}.")
        told = [one.skill.instructions.read_text(encoding="utf-8") for one in known]
        return Outcome(call=call, tool=OPEN, kind="done", text="\n\n".join(["Their tools are here now.", *told]))

    async def _ask_person(self, call: CallId, part: ToolCallPart) -> Outcome:
        try:
            questions = questions_of(part)
        except ValueError as error:
            return invalid(call, ASK_PERSON, str(error))
        if await patiently(self._waiting.full):
            return Outcome(call=call, tool=ASK_PERSON, kind="told", text=TOO_MUCH)
        pending = await self._waiting.ask_person(call, questions)
        return Outcome(call=call, tool=ASK_PERSON, kind="waits", text=WAITS, pending=pending)

    async def _connect(self, call: CallId, part: ToolCallPart) -> Outcome:
        skill = self._menu.connects[part.tool_name]
        if await patiently(self._waiting.full):
            return Outcome(call=call, tool=part.tool_name, kind="told", text=TOO_MUCH)
        needs: Level = "write" if skill.name in self._menu.usable else "read"
        pending = await self._waiting.ask_to_connect(call, skill, purpose=purpose_of(part, skill), needs=needs)
        return Outcome(
            call=call,
            tool=part.tool_name,
            kind="waits",
            text="Waits for the person to connect their account.",
            pending=pending,
        )


ASK_PINYON = "in a new thread the person can ask Pinyon itself for it."


def _without_account(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != ACCOUNT}


WAITS = "Waits for the person's answer."


def purpose_of(part: ToolCallPart, skill: Skill) -> str:
    """What an account is needed for, in a few words of the model, which end a sentence of ours."""
    try:
        given = str(part.args_as_dict().get("purpose") or "")
    except ValueError:
        given = ""
    words = " ".join(re.split(r"[.!?:;]\s|\n", given, maxsplit=1)[0].split())
    return words if 0 < len(words) <= MOST_PURPOSE and not links_in(words) else skill.purpose


MOST_PURPOSE = 80
"""Characters. More is a text of its own, which would be read as ours."""
