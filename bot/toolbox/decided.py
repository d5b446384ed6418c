"""What a person decided, carried out: approved writes run, and the model hears how each thing ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.gate import FORBIDDEN
from bot.pending import APPROVAL, QUESTION, ApprovalBody, Waiting, shown
from bot.toolbox.act import Act, Looked
from bot.toolbox.ask import request
from bot.toolbox.call import Call, Outcome
from bot.toolbox.lacking import held_calls
from bot.toolbox.tools import Tools
from bot.toolbox.trail import Trail
from memory.ids import TurnId
from memory.ledger import Ledger
from memory.pending import PendingItem, PendingItems, PendingState

DENIED = "The person denied this call. Nothing was done. Do not make it again unless they ask for it."
EXPIRED = "Nobody decided in time, so nothing was done."
SKIPPED = "The person does not want to connect this account now. Answer without it, and say what is missing."
MOVED_ON = "Put aside: the person asked something new before this was decided. Nothing was done."
NOT_SHOWN = "Nobody was asked yet. Make this call again if it is still needed."
ASKED_AGAIN = "Not done yet: the person is asked once more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How the decided items of one turn ended, as journaled."""

    results: dict[str, str] = field(default_factory=dict[str, str])
    """What the model reads, by call id."""
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    asks_again: bool = False
    """Something waits for the person once more."""
    quiet: bool = False
    """Everything was denied or ran out: the card says it all, and the model need not speak."""


class Decided:
    """Carries out what was decided about one turn's items, on behalf of the turn that goes on."""

    def __init__(
        self, *, tools: Tools, act: Act, waiting: Waiting, ledger: Ledger, items: PendingItems, trail: Trail
    ) -> None:
        self._tools = tools
        self._act = act
        self._waiting = waiting
        self._ledger = ledger
        self._items = items
        self._trail = trail

    async def carry_out(self, origin: TurnId) -> Carried:
        """Run what was approved, once; say of the rest why it did not run. May be called again after a crash."""
        items = await self._items.of_turn(origin)
        results: dict[str, str] = {}
        outcomes: list[Outcome] = []
        for item in items:
            if item.kind == "approval" and item.state not in ("denied", "expired", "moved_on", "open"):
                outcome = await self._write(item)
                outcomes.append(outcome)
                if outcome.kind != "waits":
                    results[item.call] = outcome.text
            elif item.kind not in ("receipt", "question"):
                results[item.call] = said_of(item)
            elif item.kind == "question" and item.state == "open":
                await self._items.settle(item.id, "moved_on")  # it stood on no card, so nothing may answer it later
        results |= results_of(items)
        for held in held_calls(items, self._tools.by_name):
            outcome = await self._tools.go_on(held)
            outcomes.append(outcome)
            results[held.call] = outcome.text
            if outcome.kind == "waits":
                del results[held.call]
        return Carried(
            results=results,
            outcomes=outcomes,
            asks_again=any(outcome.kind == "waits" for outcome in outcomes),
            quiet=bool(items) and all(item.state in ("denied", "expired", "moved_on") for item in shown(items)),
        )

    async def _write(self, item: PendingItem) -> Outcome:
        body = APPROVAL.validate_json(item.body)
        try:
            call = self._tools.prepared(item.turn, item.call, body.tool, body.canonical)
        except ValueError as error:
            outcome = Outcome(call=item.call, tool=body.tool, kind="told", effect="write", text=str(error))
        else:
            call = replace(call, edited=body.edited, because=body.because, lesson=body.lesson)
            outcome = await self._checked(item, body, call)
        why = outcome.link or (FORBIDDEN if outcome.forbidden else REASONS.get(outcome.kind))
        await self._items.settle(item.id, STATES[outcome.kind], reason=why, undo=outcome.undo)
        return outcome

    async def _checked(self, item: PendingItem, body: ApprovalBody, call: Call) -> Outcome:
        # After a crash the target may have changed by this very write: then the ledger knows, and nobody looks again.
        if not await self._ledger.knows(call.turn, call.id):
            looked = await self._act.look(call)
            if isinstance(looked, Outcome):
                return looked
            if changed := self._changed(item, body, looked):
                again = replace(request(looked, body.because, self._trail), changed=changed)
                pending = await self._waiting.ask(again)
                return Outcome(
                    call=item.call, tool=body.tool, kind="waits", effect="write", text=ASKED_AGAIN, pending=pending
                )
        return await self._tools.approved(replace(call, approved=True))

    def _changed(self, item: PendingItem, body: ApprovalBody, looked: Looked) -> str:
        """What is different from what the person approved, in words; empty when nothing is."""
        if looked.call.digest(looked.account) != item.digest:
            other = looked.account != body.write.account
            return f"it would be done as {looked.account}" if other else "it would act on something else"
        if looked.version is not None and looked.version.fingerprint != body.fingerprint:
            return f"now {looked.version.said}" + (f", before {body.version_said}" if body.version_said else "")
        return ""


STATES: dict[Literal["done", "told", "invalid", "waits", "unavailable", "unknown"], PendingState] = {
    "done": "done",
    "unknown": "unknown",
    "told": "failed",
    "invalid": "failed",
    "unavailable": "failed",
    "waits": "stale",
}
REASONS = {
    "told": "The service refused it.",
    "invalid": "It cannot be done in this form.",
    "unavailable": "The service did not answer. Nothing was changed.",
    "unknown": "The connection broke while I did it.",
    "waits": "Not done yet: I ask you once more.",
}


def results_of(items: Sequence[PendingItem]) -> dict[str, str]:
    """What the model is told of the questions among `items`, by the call that asked them."""
    results: dict[str, str] = {}
    for item in items:
        if item.kind == "question":
            results[item.call] = "\n".join(filter(None, (results.get(item.call), answered(item))))
    return results


def answers_in(items: Sequence[PendingItem]) -> list[str]:
    """What the person answered to the questions among `items`."""
    return [item.reason for item in items if item.kind == "question" and item.state == "answered" and item.reason]


def answered(item: PendingItem) -> str:
    """What the model is told of a question."""
    body = QUESTION.validate_json(item.body)
    asked = f"Not made: {body.tool} lacked a value. The person was asked: " if body.tool else "You asked: "
    asked += body.question.ask
    if item.state == "answered":
        again = " Make the call again with that." if body.tool else ""
        return f"{asked} The person answered: {item.reason}{again}"
    return f"{asked} {said_of(item)}"


def said_of(item: PendingItem) -> str:
    """What the model is told of an item that was no approved write."""
    match item.state:
        case "connected":
            return (
                f"The person connected their account ({item.reason or 'connected'}). Its tools are available now:"
                " go on with what was asked."
            )
        case "denied":
            return DENIED
        case "skipped":
            return SKIPPED
        case "expired":
            return EXPIRED
        case "open":
            return NOT_SHOWN
        case _:
            return MOVED_ON
