"""One call of a Web API method: its arguments as the method wants them, and how it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from playground.slack.app import JSON
from playground.slack.conversation import Conversation
from playground.slack.people import User
from playground.slack.user_tokens import CONVERSATION_SCOPES, KINDS, UserToken
from playground.slack.workspace import Workspace
from playground.slack.world import World

# Arguments that may come as JSON in a string: forms and query strings carry nothing else.
NESTED = (
    "blocks",
    "attachments",
    "chunks",
    "metadata",
    "prompts",
    "view",
    "files",
    "loading_messages",
    "unfurls",
    "message",
)


class Refused(Exception):
    """Slack says no: `error` is its code, `messages` say where."""

    def __init__(self, error: str, *messages: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages
        self.more = more

    def answer(self) -> JSON:
        """Shape the refusal as Slack answers it."""
        answer: JSON = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call by the bot of one workspace, or by the app in somebody's name."""

    world: World
    workspace: Workspace
    name: str
    args: JSON
    token: str = ""
    caller: UserToken | None = None
    """In whose name the app calls; None when the bot does."""

    @property
    def actor(self) -> User:
        """Who acts."""
        return self.workspace.bot if self.caller is None else self.workspace.users[self.caller.user]

    def need(self, *scopes: str) -> None:
        """Refuse what the person did not allow. The bot's own permissions are not looked into."""
        if self.caller is not None and (missing := [scope for scope in scopes if scope not in self.caller.scopes]):
            provided = ",".join(("identify", *self.caller.scopes))
            raise Refused("missing_scope", needed=",".join(missing), provided=provided)

    def sees(self, conversation: Conversation) -> bool:
        """Say whether whoever acts can see a conversation; guests see only those they are in."""
        is_open = conversation.kind == "channel" and self.actor.kind in ("member", "bot")
        return is_open or self.actor.id in conversation.members

    def shown(self, user: User) -> JSON:
        """Shape a user for whoever calls: addresses are a permission of their own."""
        info = user.info()
        if self.caller is not None and "users:read.email" not in self.caller.scopes:
            info["profile"].pop("email", None)
        return info

    def text(self, name: str) -> str:
        """Give an argument as a string; empty when it is not there."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give an argument as a yes or no; forms write `true`, `1` or `false`."""
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("true", "1")

    def number(self, name: str, default: int) -> int:
        """Give an argument as a number."""
        try:
            return int(self.args.get(name, default))
        except (TypeError, ValueError):
            raise Refused("invalid_arguments", f"[ERROR] must be a number [json-pointer:/{name}]") from None

    def nested(self, name: str) -> Any:
        """Give an argument that is JSON, read when it came as a string; None when it is not there."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            error = f"invalid_{name}" if name == "blocks" else "invalid_arguments"
            raise Refused(error, f"[ERROR] must be valid JSON [json-pointer:/{name}]") from None

    def user(self, name: str = "user") -> User:
        """Find the user that an argument names."""
        found = self.workspace.users.get(self.text(name))
        if found is None:
            raise Refused("user_not_found")
        return found

    def conversation(self, name: str = "channel", *, member: bool = True) -> Conversation:
        """Find the conversation that an argument names: an id, a #name, or a user whose DM is meant."""
        wanted = self.text(name)
        found = self._named(wanted)
        is_in = found is not None and self.actor.id in found.members
        if found is None or not self.sees(found):
            raise Refused("channel_not_found")
        if what := CONVERSATION_SCOPES.get(self.name):
            self.need(f"{KINDS[found.kind]}:{what}")
        if member and not is_in:
            raise Refused("not_in_channel")
        return found

    def _named(self, wanted: str) -> Conversation | None:
        workspace = self.workspace
        if self.caller is not None:
            # Only posting takes a name in place of an id.
            return workspace.channel(wanted) if self.name == "chat.postMessage" else workspace.conversations.get(wanted)
        found = workspace.channel(wanted)
        if found is None and wanted in workspace.users and wanted != workspace.bot.id:
            found = workspace.dm(workspace.users[wanted])
        return found


Method: TypeAlias = Callable[[Call], JSON]


@dataclass(frozen=True, slots=True)
class Registered:
    """A method, and the arguments it cannot do without."""

    run: Method
    required: tuple[str, ...]

    def __call__(self, call: Call) -> JSON:
        """Check the arguments and run the method."""
        missing = [name for name in self.required if call.args.get(name) in (None, "")]
        if missing:
            raise Refused("invalid_arguments", *(f"[ERROR] missing required field: {name}" for name in missing))
        return self.run(call)


class Methods:
    """The methods of one file, by their names."""

    def __init__(self) -> None:
        self.known: dict[str, Registered] = {}

    def method(self, name: str, *required: str) -> Callable[[Method], Method]:
        """Register a method with the arguments it cannot do without."""

        def register(run: Method) -> Method:
            self.known[name] = Registered(run, required)
            return run

        return register


def page_of(items: list[JSON], call: Call, *, default: int, most: int = 1000) -> tuple[list[JSON], Mapping[str, str]]:
    """Cut out the page that `cursor` and `limit` ask for, with the cursor of the next."""
    limit = min(call.number("limit", default) or default, most)
    cursor = call.text("cursor")
    if cursor and not cursor.removeprefix("next:").isdigit():
        raise Refused("invalid_cursor")
    start = int(cursor.removeprefix("next:")) if cursor else 0
    end = start + limit
    return items[start:end], {"next_cursor": f"next:{end}" if end < len(items) else ""}
