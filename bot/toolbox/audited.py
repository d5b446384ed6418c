"""What the audit log is told of a call: never what was read or written, only that it was, by whom and as whom."""

from collections.abc import Awaitable, Callable

from bot.toolbox.call import Call, Outcome
from bot.toolbox.declared import targets_of
from memory.audit import Action, Audit, Entry, digest, target_of
from memory.people import Person

Audited = Callable[[Call, Outcome], Awaitable[None]]
"""Takes down how one call that changes something ended."""
_ACTIONS: dict[str, Action] = {"done": "tool.done", "unknown": "tool.unknown"}


def audited_by(audit: Audit, person: Person) -> Audited:
    """For the calls of one person's turn."""

    async def take_down(call: Call, outcome: Outcome) -> None:
        await audit.enter(entry_of(call, outcome, person))

    return take_down


def entry_of(call: Call, outcome: Outcome, person: Person) -> Entry:
    """One call as the log keeps it."""
    target, target_hash = target_of(value for _, value in targets_of(call.tool, call.arguments))
    return Entry(
        workspace=person.workspace,
        person=person.id,
        actor=person.id,
        action="tool.denied_by_gate" if outcome.forbidden else _ACTIONS.get(outcome.kind, "tool.failed"),
        tool=call.tool.name,
        account=outcome.account,
        verdict="deny" if outcome.forbidden else "ask" if call.approved else "allow",
        reason=call.because,
        target=target,
        target_hash=target_hash,
        arguments_hash=digest(call.canonical),
        turn=call.turn,
        outcome=outcome.kind,
    )
