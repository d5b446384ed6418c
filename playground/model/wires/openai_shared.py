"""What OpenAI's two formats have in common."""

from pydantic import JsonValue

from playground.model.conversation import Json, OfferedTool, VendorError
from playground.model.wires.wire import as_object, items

_KINDS = {401: "authentication_error", 429: "rate_limit_error"}
_CODES: dict[int, str] = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}


def problem(error: VendorError) -> Json:
    default = "server_error" if error.status >= 500 else "invalid_request_error"
    kind = _KINDS.get(error.status, default)
    return {"error": {"message": error.message, "type": kind, "param": None, "code": _CODES.get(error.status)}}


def offered(function: JsonValue) -> OfferedTool:
    """A function as both formats describe it, the one under `function`, the other at the top."""
    fields = as_object(function)
    return OfferedTool(
        name=str(fields.get("name")),
        description=str(fields.get("description") or ""),
        schema=as_object(fields.get("parameters")),
    )


def functions(body: Json) -> list[Json]:
    return [tool for tool in items(body.get("tools")) if tool.get("type") == "function"]
