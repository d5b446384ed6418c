"""Third wrapper: every call is entered before it runs and after, so that a write acts at most once."""

from bot.durable import patiently
from bot.provenance import Step
from bot.toolbox.audited import Audited
from bot.toolbox.call import Call, Outcome, Wrapped
from bot.toolbox.trail import step_of
from memory.ledger import Earlier, Intent, Ledger
from skills.record import Record
from skills.skill import Result


def entered(inner: Wrapped, ledger: Ledger, audited: Audited) -> Wrapped:
    """Run `inner` at most once for each write, whatever crashes; what changes something is taken down for the audit."""

    async def enter(call: Call) -> Outcome:
        intent = Intent(
            turn=call.turn,
            call=call.id,
            tool=call.tool.name,
            effect=call.tool.effect,
            arguments=call.canonical,
            verdict="approved" if call.approved else "allowed",
            account=None,
        )
        earlier: Earlier | None = await patiently(lambda: ledger.begin(intent))
        if earlier is not None and call.tool.effect == "write":
            again = repeated(call, earlier)
            if again.kind == "unknown":  # whoever began it had no time to say so
                await patiently(lambda: audited(call, again))
            return again
        outcome = await inner(call)
        if call.tool.effect == "write":
            await patiently(lambda: audited(call, outcome))
        state = outcome.kind if outcome.kind in ("done", "unknown") else "failed"
        # A read's result lives in the transcript; the ledger keeps what a write left behind.
        kept = outcome.text if call.tool.effect == "write" else outcome.said
        await patiently(
            lambda: ledger.end(call.turn, call.id, state, result=kept, link=outcome.link, undo=outcome.undo)
        )
        return outcome

    return enter


def repeated(call: Call, earlier: Earlier) -> Outcome:
    """What a write that was begun before came to: its result, or that nobody knows."""
    if earlier.state == "done":
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="done",
            effect="write",
            text=earlier.result or "",
            said=call.tool.says.about(call.arguments).done,
            link=earlier.link,
            audience=call.skill.audience,
            step=step_of(call, Result(content=earlier.result)),
            undo=earlier.undo,
        )
    if earlier.state == "failed":
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="told",
            effect="write",
            text=earlier.result or "",
            audience=call.skill.audience,
            step=Step(tool=call.tool.name, records=(Record(kind="", text=earlier.result or ""),)),
        )
    return call.outcome_unknown
