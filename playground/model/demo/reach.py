"""What stands between a flow and its tools: accounts to connect, and skills to open first."""

import re
from collections.abc import Mapping

from playground.model.conversation import Conversation, OfferedTool, Plan, PlannedCall
from playground.model.demo.outcomes import Outcome, outcome_of
from playground.model.demo.run import Ends, Run

OPEN = "open_skills"
CONNECT = "connect_"


def reach(run: Run, tools: Mapping[str, str]) -> None:
    """Go on only when every one of `tools` is there; each has the purpose for which its account is asked for.

    Connects and opens all that is missing in one go. Ends the flow while it waits for that, and for good when the
    person does not want to connect or nobody offers the tool.
    """
    missing = {tool: purpose for tool, purpose in tools.items() if run.conversation.tool(tool) is None}
    if not missing:
        return
    tried = {call.tool: outcome_of(call, result) for call, result in run.conversation.returned}
    calls = _calls(run.conversation, missing, tried)
    if calls:
        raise Ends(Plan(calls=tuple(calls)))
    raise Ends(Plan(text=_why_not(missing, tried)))


def can_reach(conversation: Conversation, tool: str) -> bool:
    """Whether `tool` is there, or is once its skill is opened."""
    return conversation.tool(tool) is not None or bool(_opened_by(conversation, tool))


def _calls(conversation: Conversation, missing: Mapping[str, str], tried: Mapping[str, Outcome]) -> list[PlannedCall]:
    """What was not tried yet, each skill once."""
    calls: dict[str, PlannedCall] = {}
    to_open: list[str] = []
    for tool, purpose in missing.items():
        connect = next((one for one in conversation.tools if _is_way_to(one, tool)), None)
        if connect is not None and connect.name not in tried:
            calls.setdefault(connect.name, PlannedCall(tool=connect.name, arguments={"purpose": purpose}))
        to_open += [skill for skill in _opened_by(conversation, tool) if skill not in to_open]
    if to_open:
        calls[OPEN] = PlannedCall(tool=OPEN, arguments={"names": [*to_open]})
    return list(calls.values())


def _is_way_to(offered: OfferedTool, tool: str) -> bool:
    """Whether connecting this brings `tool`: the offer names the tools that come with it."""
    return offered.name.startswith(CONNECT) and re.search(rf"\b{tool}\b", offered.description) is not None


def _opened_by(conversation: Conversation, tool: str) -> list[str]:
    """The closed skills that have `tool`, as the opener lists them: `- mail: … Tools: search_mail, read_mail`."""
    opener = conversation.tool(OPEN)
    lines = opener.description.splitlines() if opener else []
    return [found[1] for line in lines if (found := re.match(r"- (\w+):", line)) and re.search(rf"\b{tool}\b", line)]


def _why_not(missing: Mapping[str, str], tried: Mapping[str, Outcome]) -> str:
    asked = [outcome for name, outcome in tried.items() if name.startswith(CONNECT)]
    if any(outcome.kind == "skipped" for outcome in asked):
        return f"Without that account I cannot {next(iter(missing.values()))}. Ask again when you want to connect it."
    if any(outcome.kind == "connected" for outcome in asked):
        return "Your account is connected, but not the permission that this needs. Ask me again to allow it."
    return f"There is no skill here with which I could {next(iter(missing.values()))}."
