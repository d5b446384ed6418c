"""Second wrapper: the gate. A call that needs the person is stored, and does not run."""

import asyncio

from bot.gate import Allow, Ask, Deny, gate
from bot.pending import Waiting, WriteRequest
from bot.toolbox.act import Act, Looked
from bot.toolbox.call import Call, Outcome, Wrapped


def asking(inner: Wrapped, act: Act, waiting: Waiting) -> Wrapped:
    """Let `inner` run what the gate allows or the person approved; store the rest."""
    # A card lists writes, and they are done, in the order in which the model wrote them.
    in_order = asyncio.Lock()

    async def ask(call: Call) -> Outcome:
        if call.approved:
            return await inner(call)
        match gate(call.tool):
            case Allow():
                return await inner(call)
            case Deny(because=because):
                return Outcome(call=call.id, tool=call.tool.name, kind="told", text=f"Not allowed: {because}")
            case Ask(because=because):
                async with in_order:
                    looked = await act.look(call)
                    if isinstance(looked, Outcome):
                        return looked
                    pending = await waiting.ask(request(looked, because))
                return Outcome(
                    call=call.id,
                    tool=call.tool.name,
                    kind="waits",
                    text="Waits for the person's approval.",
                    said=f"{looked.call.doing}: waits for your approval",
                    effect="write",
                    service=looked.service,
                    pending=pending,
                )

    return ask


def request(looked: Looked, because: str) -> WriteRequest:
    """What the person is asked to approve."""
    call = looked.call
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
    )
