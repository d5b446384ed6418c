"""Instructions, history and what was just said, as the model's messages."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_ai.messages import (
    BinaryContent,
    ImageUrl,
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)

from bot.attachments import Received
from bot.messages import ANSWERED_PRIVATELY, IncomingMessage
from memory.conversations import Transcript
from memory.ids import FileId
from memory.people import Person

PUT_ASIDE = "Put aside: the conversation went on before this was decided. Nothing was done so far."

OURS = "[From Pinyon, not the person]"
LATE = f"{OURS} Decided meanwhile:"
NOTHING = Received()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A thread as the model sees it."""

    messages: tuple[ModelMessage, ...]
    held: dict[str, str]
    """Results, by call id, that the calls at the end of `messages` already have."""

    @property
    def open_calls(self) -> tuple[ToolCallPart, ...]:
        """The calls at the end that have no result yet."""
        if self.messages and isinstance(last := self.messages[-1], ModelResponse):
            return tuple(part for part in last.parts if isinstance(part, ToolCallPart))
        return ()


def history(transcripts: Sequence[Transcript]) -> History:
    """Join what the turns of a thread added; calls that nobody answered are closed as put aside.

    Begins with something that a person said: vendors refuse an answer without its question, or a result without its
    call, and the first turns of a long thread are left out.
    """
    messages: list[ModelMessage] = []
    held: dict[str, str] = {}
    for transcript in transcripts:
        added = ModelMessagesTypeAdapter.validate_json(transcript.messages)
        if not messages and added and not _says(added[0]):
            continue
        if added and not _answers(added[0]):
            messages += closing(History(messages=tuple(messages), held=held), PUT_ASIDE)
            held = {}
        if added:
            held = {}
        messages += added
        held |= json.loads(transcript.held)
    return History(messages=tuple(messages), held=held)


def overheard(transcript: Transcript) -> Transcript:
    """What others in a thread could read of a turn: question and answer, not what tools found for its person."""
    parts = [
        part
        for message in ModelMessagesTypeAdapter.validate_json(transcript.messages)
        for part in message.parts
        if isinstance(part, UserPromptPart | TextPart)
    ]
    heard = [part for part in parts if isinstance(part, UserPromptPart) and not _said(part).startswith(OURS)]
    said = "\n\n".join(part.content for part in parts if isinstance(part, TextPart))
    if transcript.audience == "asker":
        said = ANSWERED_PRIVATELY
    messages: list[ModelMessage] = [ModelRequest(parts=heard)] if heard else []
    if said:
        messages.append(ModelResponse(parts=[TextPart(content=said)]))
    return replace(transcript, messages=dump(messages), held="{}")


def said_in(transcript: Transcript) -> str:
    """All words of a turn's messages."""
    messages = ModelMessagesTypeAdapter.validate_json(transcript.messages)
    parts = (part for message in messages for part in message.parts if isinstance(part, UserPromptPart | TextPart))
    return "\n".join(_said(part) for part in parts)


def own_words_in(transcript: Transcript) -> str:
    """What the person of a turn wrote themselves: without what they passed on or attached."""
    messages = ModelMessagesTypeAdapter.validate_json(transcript.messages)
    parts = (part for message in messages for part in message.parts if isinstance(part, UserPromptPart))
    said = (_said(part) for part in parts)
    return "\n".join(words.partition("<third-party ")[0].strip() for words in said if not words.startswith(OURS))


def _said(part: UserPromptPart | TextPart) -> str:
    """The words of a part that may hold pictures as well."""
    if isinstance(part.content, str):
        return part.content
    return "\n".join(piece for piece in part.content if isinstance(piece, str))


def _says(message: ModelMessage) -> bool:
    return isinstance(message, ModelRequest) and any(isinstance(part, UserPromptPart) for part in message.parts)


def _answers(message: ModelMessage) -> bool:
    return isinstance(message, ModelRequest) and any(isinstance(part, ToolReturnPart) for part in message.parts)


def closing(past: History, default: str) -> list[ModelMessage]:
    """The message that gives every open call of `past` its result, or `default`; empty when none is open."""
    returns = [
        ToolReturnPart(
            tool_name=call.tool_name, content=past.held.get(call.tool_call_id, default), tool_call_id=call.tool_call_id
        )
        for call in past.open_calls
    ]
    return [ModelRequest(parts=returns)] if returns else []


def alternating(messages: Iterable[ModelMessage]) -> list[ModelMessage]:
    """The same messages with neighbouring requests as one: what put a call aside and what was asked then.

    Anthropic's roles alternate; results of calls stay before other words, as they came first.
    """
    found: list[ModelMessage] = []
    for message in messages:
        if found and isinstance(message, ModelRequest) and isinstance(last := found[-1], ModelRequest):
            found[-1] = replace(last, parts=[*last.parts, *message.parts])
        else:
            found.append(message)
    return found


def tool_returns(
    calls: Sequence[ToolCallPart], results: dict[str, str], pictures: Sequence[FileId] = ()
) -> ModelRequest:
    """The results of `calls`, by call id, as the model reads them, and the pictures that they brought."""
    returns = [
        ToolReturnPart(tool_name=c.tool_name, content=results[c.tool_call_id], tool_call_id=c.tool_call_id)
        for c in calls
    ]
    shown = [UserPromptPart(content=[BROUGHT, *map(_picture, pictures)])] if pictures else []
    return ModelRequest(parts=[*returns, *shown])


BROUGHT = f"{OURS} What these calls brought looks like this:"
PICTURE = "pinyon-file:"
"""Begins the address of a picture in a stored message: its bytes stay with the files."""
MOST_PICTURES = 6
"""So many of the newest pictures of a thread the model is shown; each costs as much as a page of text."""
Look = Callable[[FileId], Awaitable[tuple[bytes, str] | None]]
"""A picture's bytes and media type; None when it is gone."""


async def unseen(file: FileId) -> tuple[bytes, str] | None:
    """What is seen of a picture where no files are kept: nothing."""
    del file
    return None


def _picture(file: FileId) -> ImageUrl:
    return ImageUrl(url=f"{PICTURE}{file}", media_type="image/png", identifier=file)


async def with_pictures(messages: Sequence[ModelMessage], look: Look) -> list[ModelMessage]:
    """`messages` with the newest pictures in them, where they only name them."""
    named = [file for message in messages for file in _pictures_in(message)]
    if not named:
        return list(messages)
    seen = {file: await look(file) for file in dict.fromkeys(named[-MOST_PICTURES:])}
    return [_looked_at(message, seen) for message in messages]


def _looked_at(message: ModelMessage, seen: Mapping[FileId, tuple[bytes, str] | None]) -> ModelMessage:
    if not isinstance(message, ModelRequest) or not _pictures_in(message):
        return message
    return replace(message, parts=[_seen(part, seen) for part in message.parts])


def _pictures_in(message: ModelMessage) -> list[FileId]:
    contents = [part.content for part in message.parts if isinstance(part, UserPromptPart)]
    pieces = [piece for content in contents if not isinstance(content, str) for piece in content]
    urls = [piece.url for piece in pieces if isinstance(piece, ImageUrl)]
    return [FileId(url.removeprefix(PICTURE)) for url in urls if url.startswith(PICTURE)]


def _seen(part: Any, seen: Mapping[FileId, tuple[bytes, str] | None]) -> Any:
    if not isinstance(part, UserPromptPart) or isinstance(part.content, str):
        return part
    content: list[UserContent] = []
    for piece in part.content:
        if isinstance(piece, ImageUrl) and piece.url.startswith(PICTURE):
            found = seen.get(FileId(piece.url.removeprefix(PICTURE)))
            content.append(BinaryContent(data=found[0], media_type=found[1]) if found else _NOT_SHOWN)
        else:
            content.append(piece)
    return replace(part, content=content)


_NOT_SHOWN = "(a picture that is not shown any more)"


def told_late(results: Mapping[str, str]) -> list[ModelMessage]:
    """How decided calls ended, after the thread went on to something else and closed them without a result."""
    said = "\n\n".join(results.values())
    return [ModelRequest(parts=[UserPromptPart(content=f"{LATE} {said}")])]


def asked(message: IncomingMessage, received: Received = NOTHING) -> ModelRequest:
    """What the person said, with what they passed on of others, and the files that came with it."""
    attached = "".join(f"\n{fenced(text, f'attached {name}'.strip())}" for name, text in received.told)
    passed_on = f"\n{fenced(message.quoted, 'passed on')}" if message.quoted else ""
    text = f"{message.text}{passed_on}{attached}"
    if not received.pictures:
        return ModelRequest(parts=[UserPromptPart(content=text)])
    return ModelRequest(parts=[UserPromptPart(content=[text, *map(_picture, received.pictures)])])


def fenced(text: str, source: str) -> str:
    """`text` of a third party, between marks that it cannot close by itself."""
    inside = _FENCE_END.sub(r"<\\/", text)
    return f'<third-party source="{source}">\n{inside}\n</third-party>'


_FENCE_END = re.compile(r"<\s*/(?=\s*third-party)", re.IGNORECASE)


def closed_with(text: str) -> ModelResponse:
    """What Pinyon itself said at the end of a turn that the model did not finish."""
    return ModelResponse(parts=[TextPart(content=text)])


def instructions(agent: str, skills: Sequence[str], person: Person, message: IncomingMessage, now: datetime) -> str:
    """What the model is told first. It changes only from day to day, so that a vendor can cache it."""
    try:
        local = now.astimezone(ZoneInfo(person.zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = now
    where = "a direct message" if message.private else "a channel where other people read the answer"
    about = f"You speak with {person.name} in {where}. For them today is {local:%A, %d %B %Y} ({person.zone})."
    if message.without:
        about += f" {message.without.capitalize()} is not answering: answer without it, and say what is missing."
    return "\n\n".join([agent, *skills, about])


def dump(messages: Sequence[ModelMessage]) -> str:
    """Model messages as JSON text."""
    return ModelMessagesTypeAdapter.dump_json(list(messages)).decode()
