"""What a brain reads and what it answers, the same for every vendor's wire format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue

Vendor: TypeAlias = Literal["anthropic", "openai"]
WireName: TypeAlias = Literal["messages", "chat", "responses"]
Json: TypeAlias = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedTool:
    """A tool that the request offers."""

    name: str
    description: str
    schema: Mapping[str, JsonValue]
    """The arguments as JSON schema."""

    @property
    def parameters(self) -> frozenset[str]:
        properties = self.schema.get("properties")
        return frozenset(properties) if isinstance(properties, dict) else frozenset()

    @property
    def required(self) -> frozenset[str]:
        names = self.schema.get("required")
        return frozenset(str(name) for name in names) if isinstance(names, list) else frozenset()


@dataclass(frozen=True, slots=True)
class Words:
    """Text of a message."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that the model made earlier."""

    id: str
    tool: str
    arguments: Mapping[str, JsonValue]
    """Empty when the model's arguments were no JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What came back for a call."""

    call: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that the model is shown. No wire gives it a name: the words around it may."""

    media: str
    """Such as `image/png`."""
    size: int
    """Bytes."""


Part: TypeAlias = Words | Picture | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Message:
    """One message; tool results are the user's, whatever the vendor calls them."""

    role: Literal["user", "assistant"]
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts if isinstance(part, Words))

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What it shows."""
        return tuple(part for part in self.parts if isinstance(part, Picture))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One request to the model."""

    wire: WireName
    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[OfferedTool, ...] = ()
    key: str = field(default="", repr=False)
    """The API key it came with; invented in the playground."""
    body: Json = field(default_factory=dict[str, JsonValue], repr=False)
    """The request as it was sent."""

    @property
    def vendor(self) -> Vendor:
        return "anthropic" if self.wire == "messages" else "openai"

    @property
    def said(self) -> str:
        """What the person wrote last."""
        return self.messages[self._last_said].text if self.messages else ""

    @property
    def shown(self) -> tuple[Picture, ...]:
        """The pictures that came with what the person wrote last."""
        return self.messages[self._last_said].pictures if self.messages else ()

    @property
    def before(self) -> tuple[Message, ...]:
        """Everything before what the person wrote last."""
        return self.messages[: self._last_said] if self.messages else ()

    @property
    def returned(self) -> tuple[tuple[ToolCall, ToolResult], ...]:
        """Each call that was made since the person last wrote, with what came back, in order."""
        return calls_with_results(self.messages[self._last_said :]) if self.messages else ()

    def tool(self, name: str) -> OfferedTool | None:
        return next((tool for tool in self.tools if tool.name == name), None)

    @property
    def _last_said(self) -> int:
        spoken = [i for i, message in enumerate(self.messages) if message.role == "user" and message.text.strip()]
        return spoken[-1] if spoken else 0


def calls_with_results(messages: tuple[Message, ...]) -> tuple[tuple[ToolCall, ToolResult], ...]:
    """Every call in `messages` that was answered there, with its answer."""
    parts = [part for message in messages for part in message.parts]
    results = {part.call: part for part in parts if isinstance(part, ToolResult)}
    return tuple((part, results[part.id]) for part in parts if isinstance(part, ToolCall) and part.id in results)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """A call that the model makes now."""

    tool: str
    arguments: Mapping[str, JsonValue] | str
    """A string is sent as it is, so that a test can send what is no JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page that the vendor's own web search found."""

    url: str
    title: str
    text: str
    """A passage of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A search that the vendor itself made before it answered."""

    query: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast an answer is streamed."""

    first: float = 0.0
    """Seconds until the first token."""
    word: float = 0.0
    """Seconds for each word after it."""
    longest: float = 8.0
    """Seconds within which a whole answer is out, however long it is."""


SPOKEN = Pace(first=0.25, word=0.02)
"""As a person in the playground sees it: quick, but word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the model answers: text, calls, or both."""

    text: str = ""
    calls: tuple[PlannedCall, ...] = ()
    searched: Searched | None = None
    """Its own web search, where the request allowed one; it stands before the text."""
    ends: Literal["done", "length"] = "done"
    """`length`: as if the token limit had cut it."""
    pace: Pace | None = None
    """None: as the server is set."""


class VendorError(Exception):
    """The vendor refuses; a brain may raise it, the server answers it in the vendor's shape."""

    def __init__(self, status: int, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message or f"status {status}")
        self.status = status
        self.message = message or "The playground was told to fail here."
        self.retry_after = retry_after
        """Seconds, sent as a header."""


Brain: TypeAlias = Callable[[Conversation], Plan]
