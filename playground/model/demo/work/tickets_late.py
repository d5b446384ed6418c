"""What was decided after the thread had gone on: told, and never taken for the person's own words."""

import re

from playground.model.conversation import Plan, ToolCall, ToolResult
from playground.model.demo.found.tickets import text_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.outcomes import outcome_of
from playground.model.demo.run import Run, said_to_people

_LATE = re.compile(r"^\[From Pinyon, not the person\]\s*(?:Decided meanwhile:)?\s*")
_EXECUTED = re.compile(r"^Executed (\w+)")


def _tells(run: Run, said: Said) -> Plan:
    del said
    parts = re.split(r"\n\n(?=Executed )", _LATE.sub("", run.conversation.said))
    return Plan(text="\n".join(f"- Decided meanwhile: {_told(part)}" for part in parts))


def _told(part: str) -> str:
    found = _EXECUTED.match(part)
    if not found:
        return said_to_people(part)
    outcome = outcome_of(ToolCall(id="", tool=found[1], arguments={}), ToolResult(call="", text=part))
    link = text_of(outcome.content.get("link"))
    name = found[1].replace("_", " ")
    return f"done, [{name}]({link})." if link else f"done, {name}."


JOBS = (Job(name="decided late", fits=lambda said: _LATE.match(said.text) is not None, run=_tells, order=1),)
