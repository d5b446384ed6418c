"""Request bodies read against the vendors' own types."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import cache

from pydantic import TypeAdapter, ValidationError

from playground.model.conversation import Json
from playground.model.wires.rules import invalid


@cache
def _adapters() -> dict[str, TypeAdapter[object]]:
    # The SDKs take two seconds to import: only a server that checks requests pays for them.
    from anthropic.types.beta.message_create_params import MessageCreateParamsNonStreaming as Messages
    from anthropic.types.beta.message_create_params import MessageCreateParamsStreaming as MessagesStream
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming as Chat
    from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming as ChatStream
    from openai.types.embedding_create_params import EmbeddingCreateParams as Embeddings
    from openai.types.image_generate_params import ImageGenerateParamsNonStreaming as Images
    from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming as Responses
    from openai.types.responses.response_create_params import ResponseCreateParamsStreaming as ResponsesStream

    return {
        "messages": TypeAdapter[object](Messages),
        "messages stream": TypeAdapter[object](MessagesStream),
        "chat": TypeAdapter[object](Chat),
        "chat stream": TypeAdapter[object](ChatStream),
        "embeddings": TypeAdapter[object](Embeddings),
        "images": TypeAdapter[object](Images),
        "responses": TypeAdapter[object](Responses),
        "responses stream": TypeAdapter[object](ResponsesStream),
    }


def load() -> None:
    """Import the vendors' types now; slow, meant for a thread."""
    _adapters()


def check_params(wire: str, body: Json) -> None:
    """Raises VendorError, naming the place, where `body` is not what the vendor's types say."""
    adapter = _adapters()[f"{wire} stream" if body.get("stream") else wire]
    with _refusing(""):
        checked = adapter.validate_python(body)
    _walk(checked, "")


def _walk(value: object, place: str) -> None:
    """Ask for every member: pydantic checks those of an Iterable only when they are asked for."""
    if isinstance(value, Mapping):
        for key, member in value.items():  # pyright: ignore[reportUnknownVariableType] -- any JSON
            _walk(member, f"{place}{key}.")  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        with _refusing(place):
            members: list[object] = [*value]
        for i, member in enumerate(members):
            _walk(member, f"{place}{i}.")


@contextmanager
def _refusing(place: str) -> Generator[None]:
    try:
        yield
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        steps = ".".join(str(step) for step in fault["loc"])
        raise invalid(f"{place}{steps}: {fault['msg']}") from error
