"""First wrapper: the model's arguments are what the tool takes, or the model is told what is wrong."""

import json
from typing import Any

from pydantic import ValidationError

from bot.toolbox.call import Outcome
from memory.ids import CallId
from skills.skill import Tool


def validated(tool: Tool, arguments: str | dict[str, Any] | None) -> dict[str, Any]:
    """The arguments as Python values.

    Raises ValueError whose message tells the model which argument to mend.
    """
    try:
        given = json.loads(arguments or "{}") if not isinstance(arguments, dict) else arguments
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"The arguments of {tool.name} are not valid JSON ({error}). Send them again.") from error
    try:
        model = tool.arguments.model_validate(given)
    except ValidationError as error:
        problems = "; ".join(
            f"`{'.'.join(str(part) for part in problem['loc'])}`: {problem['msg']}, got {problem['input']!r}"[:300]
            for problem in error.errors(include_url=False, include_context=False)
        )
        raise ValueError(f"{tool.name} cannot take these arguments. {problems}. Mend them and call again.") from error
    return {name: getattr(model, name) for name in tool.arguments.model_fields}


def invalid(call: CallId, tool: str, told: str) -> Outcome:
    """The model made a call that cannot be one."""
    return Outcome(call=call, tool=tool, kind="invalid", text=told)
