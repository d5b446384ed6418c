"""First wrapper: the model's arguments are what the tool takes, or the model is told what is wrong."""

import json
from collections.abc import Sequence
from typing import Any, cast

from pydantic import JsonValue, TypeAdapter, ValidationError

from bot.toolbox.call import ACCOUNT, Outcome
from memory.ids import CallId
from skills.skill import Tool

_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def validated(tool: Tool, arguments: str | dict[str, Any] | None) -> dict[str, Any]:
    """The arguments as Python values.

    Raises ValueError whose message tells the model which argument to mend.
    """
    given = _read(tool, arguments)
    try:
        model = tool.arguments.model_validate(given)
    except ValidationError as error:
        problems = "; ".join(
            f"`{'.'.join(str(part) for part in problem['loc'])}`: {problem['msg']}, got {problem['input']!r}"[:300]
            for problem in error.errors(include_url=False, include_context=False)
        )
        raise ValueError(f"{tool.name} cannot take these arguments. {problems}. Mend them and call again.") from error
    return {name: getattr(model, name) for name in tool.arguments.model_fields}


def one_account(
    tool: Tool, arguments: str | dict[str, Any] | None, accounts: Sequence[str]
) -> tuple[str, str | dict[str, Any] | None]:
    """Which of a person's `accounts` a call is for, empty for the usual one, and the arguments without it.

    Raises ValueError that names the accounts when it is none of them.
    """
    if len(accounts) < 2:
        return "", arguments
    try:
        given = _OBJECT.validate_python(_read(tool, arguments))
    except ValidationError:
        return "", arguments  # no object: `validated` says so
    account = given.pop(ACCOUNT, None)
    if account is not None and account not in accounts:
        raise ValueError(f"`{ACCOUNT}` must be one of {', '.join(accounts)}, got {account!r}. Mend it and call again.")
    return account or "", given


def check(tool: Tool, arguments: dict[str, JsonValue]) -> None:
    """Raise the ValueError of `validated` for what is wrong in arguments of which some are not there yet."""
    try:
        tool.arguments.model_validate(arguments)
    except ValidationError as error:
        if any(problem["type"] != "missing" or problem["loc"][0] not in tool.remembers for problem in error.errors()):
            validated(tool, arguments)


def parsed(tool: Tool, arguments: str | dict[str, Any] | None) -> dict[str, JsonValue]:
    """The arguments as the model gave them, by name. Raises ValueError that tells the model what is wrong."""
    given = _read(tool, arguments)
    if not isinstance(given, dict):
        # A wrong value of the model, like any other that it is told of.
        raise ValueError(f"The arguments of {tool.name} must be a JSON object. Send them again.")  # noqa: TRY004
    return cast(dict[str, JsonValue], given)


def _read(tool: Tool, arguments: str | dict[str, Any] | None) -> Any:
    try:
        return json.loads(arguments or "{}") if not isinstance(arguments, dict) else arguments
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"The arguments of {tool.name} are not valid JSON ({error}). Send them again.") from error


def invalid(call: CallId, tool: str, told: str) -> Outcome:
    """The model made a call that cannot be one."""
    return Outcome(call=call, tool=tool, kind="invalid", text=told)
