"""What one person can call in one turn, as the model sees it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic_ai.messages import ToolCallPart
from pydantic_ai.tools import ToolDefinition

from bot.pending import Waiting
from bot.toolbox.act import Act
from bot.toolbox.ask import asking
from bot.toolbox.call import Call, Outcome, Wrapped
from bot.toolbox.ledger import entered
from bot.toolbox.validate import invalid, validated
from memory.ids import CallId, TurnId
from memory.ledger import Ledger
from skills.skill import Skill, Tool

CONNECT = "connect_"
PURPOSE = {
    "type": "object",
    "properties": {
        "purpose": {
            "type": "string",
            "description": "What it is needed for, after “I need your own account to …”: “read this pull request”.",
        }
    },
    "required": ["purpose"],
    "additionalProperties": False,
}


class Tools:
    """The tools of one turn: those of connected skills, and one `connect_<skill>` for each that is not."""

    def __init__(
        self,
        connected: Sequence[Skill],
        missing: Sequence[Skill],
        *,
        act: Act,
        waiting: Waiting,
        ledger: Ledger,
        announce: Callable[[Call], Awaitable[None]],
    ) -> None:
        self._connected = connected
        self._missing = {f"{CONNECT}{skill.name}": skill for skill in missing}
        self._offered: Mapping[str, tuple[Skill, Tool]] = {
            tool.name: (skill, tool) for skill in connected for tool in skill.tools
        }
        self._waiting = waiting
        self._announce = announce
        self._run: Wrapped = asking(entered(act, ledger), act, waiting)

    @property
    def skills(self) -> Sequence[Skill]:
        """The skills that are connected."""
        return self._connected

    @property
    def definitions(self) -> list[ToolDefinition]:
        """The tools as the model is offered them."""
        offered = [
            ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.schema)
            for _, tool in self._offered.values()
        ]
        connect = [
            ToolDefinition(
                name=name,
                description=f"{skill.purpose} Not connected yet: calling this shows the person a card to connect"
                " their account; afterwards its tools are here and you go on.",
                parameters_json_schema=PURPOSE,
            )
            for name, skill in self._missing.items()
        ]
        return offered + connect

    async def call(self, turn: TurnId, part: ToolCallPart) -> Outcome:
        """Run one call of the model, or store it until the person decided, or tell the model what is wrong with it."""
        call_id = CallId(part.tool_call_id)
        if part.tool_name in self._missing:
            return await self._connect(call_id, part)
        try:
            call = self.prepared(turn, call_id, part.tool_name, part.args)
        except ValueError as error:
            return invalid(call_id, part.tool_name, str(error))
        await self._announce(call)
        return replace(await self._run(call), doing=call.doing)

    async def approved(self, call: Call) -> Outcome:
        """Run a call that the person approved."""
        await self._announce(call)
        return replace(await self._run(call), doing=call.doing)

    def prepared(self, turn: TurnId, call: CallId, name: str, arguments: str | dict[str, Any] | None) -> Call:
        """The call with valid arguments. Raises ValueError that tells the model what to mend."""
        if name not in self._offered:
            raise ValueError(
                f"There is no tool {name!r}. The tools are: {', '.join([*self._offered, *self._missing])}."
            )
        skill, tool = self._offered[name]
        return Call(turn=turn, id=call, skill=skill, tool=tool, arguments=validated(tool, arguments))

    async def _connect(self, call: CallId, part: ToolCallPart) -> Outcome:
        skill = self._missing[part.tool_name]
        purpose = str(part.args_as_dict().get("purpose") or skill.purpose)
        pending = await self._waiting.ask_to_connect(call, skill, purpose=purpose)
        return Outcome(
            call=call,
            tool=part.tool_name,
            kind="waits",
            text="Waits for the person to connect their account.",
            pending=pending,
        )
