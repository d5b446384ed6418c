"""search.messages: what a person finds, in what they can see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused
from playground.slack.conversation import Conversation
from playground.slack.methods.chat import permalink

METHODS = Methods()
PART = re.compile(r'"(?P<phrase>[^"]*)"|(?P<key>in|from|after|before|on):(?P<value>\S+)|(?P<word>\S+)', re.IGNORECASE)


@dataclass(slots=True)
class Query:
    """A search as it was written."""

    words: list[str] = field(default_factory=list[str])
    places: list[str] = field(default_factory=list[str])
    authors: list[str] = field(default_factory=list[str])
    after: date | None = None
    before: date | None = None
    on: date | None = None

    def allows_day(self, day: date) -> bool:
        """Say whether a day is wanted; `after` and `before` leave out the day they name."""
        return (
            (self.after is None or day > self.after)
            and (self.before is None or day < self.before)
            and (self.on is None or day == self.on)
        )


def parsed(text: str) -> Query:
    """Read Slack's search syntax."""
    query = Query()
    for match in PART.finditer(text):
        key, value = (match["key"] or "").lower(), match["value"] or ""
        match key:
            case "in":
                query.places.append(value.strip("<>").partition("|")[0].removeprefix("#"))
            case "from":
                query.authors.append(value.strip("<>").partition("|")[0].removeprefix("@"))
            case "after" | "before" | "on":
                setattr(query, key, _day(value))
            case _:
                query.words.append((match["phrase"] or match["word"] or "").lower())
    query.words = [word for word in query.words if word]
    return query


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@METHODS.method("search.messages", "query")
def search_messages(call: Call) -> JSON:
    if call.caller is None:
        raise Refused("not_allowed_token_type")
    query = parsed(call.text("query"))
    newest_first = sorted(_found(call, query), key=lambda pair: pair[1]["ts"], reverse=call.text("sort_dir") != "asc")
    count, page = min(call.number("count", 20), 100), max(1, call.number("page", 1))
    shown = newest_first[(page - 1) * count : page * count]
    paging = {"count": count, "total": len(newest_first), "page": page, "pages": -(-len(newest_first) // count)}
    matches = [_match(call, conversation, message) for conversation, message in shown]
    return {
        "query": call.text("query"),
        "messages": {"total": len(newest_first), "paging": paging, "matches": matches},
    }


def _found(call: Call, query: Query) -> Iterator[tuple[Conversation, JSON]]:
    zone = ZoneInfo(call.actor.zone)
    for conversation in call.workspace.conversations.values():
        if not call.sees(conversation) or (
            query.places and not {conversation.id, conversation.name} & set(query.places)
        ):
            continue
        for message in conversation.messages.values():
            author = call.workspace.users[message["user"]]
            names = {author.id, author.handle, "me" if author is call.actor else author.id}
            at = datetime.fromtimestamp(float(message["ts"]), UTC).astimezone(zone)
            fits = not query.authors or bool(names & set(query.authors))
            if fits and query.allows_day(at.date()) and _has(message, query.words):
                yield conversation, message


def _has(message: JSON, words: list[str]) -> bool:
    text = message["text"].lower()
    return all(re.search(rf"(?<!\w){re.escape(word)}", text) for word in words)


def _match(call: Call, conversation: Conversation, message: JSON) -> JSON:
    return {
        "type": "message",
        "team": call.workspace.id,
        "channel": {
            "id": conversation.id,
            "name": conversation.name,
            "is_channel": conversation.kind == "channel",
            "is_group": conversation.kind == "private",
            "is_im": conversation.kind == "im",
            "is_mpim": conversation.kind == "group",
            "is_private": conversation.kind != "channel",
            "is_shared": bool(conversation.shared_with),
            "is_ext_shared": bool(conversation.shared_with),
            "is_org_shared": False,
            "pending_shared": [],
        },
        "user": message["user"],
        "username": call.workspace.users[message["user"]].handle,
        "ts": message["ts"],
        "text": message["text"],
        "permalink": permalink(call, conversation, message["ts"]),
    }
