"""Instructions, history and what was just said, as the model's messages."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from bot.messages import ANSWERED_PRIVATELY, IncomingMessage
from memory.conversations import Transcript
from memory.people import Person

PUT_ASIDE = "Put aside: the conversation went on before this was decided. Nothing was done so far."

LATE = "[From Pinyon, not the person] Decided meanwhile:"


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
    heard = [part for part in parts if isinstance(part, UserPromptPart) and not str(part.content).startswith(LATE)]
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
    return "\n".join(str(part.content) for part in parts)


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


def tool_returns(calls: Sequence[ToolCallPart], results: dict[str, str]) -> ModelRequest:
    """The results of `calls`, by call id, as the model reads them."""
    return ModelRequest(
        parts=[
            ToolReturnPart(tool_name=c.tool_name, content=results[c.tool_call_id], tool_call_id=c.tool_call_id)
            for c in calls
        ]
    )


def told_late(results: Mapping[str, str]) -> list[ModelMessage]:
    """How decided calls ended, after the thread went on to something else and closed them without a result."""
    said = "\n\n".join(results.values())
    return [ModelRequest(parts=[UserPromptPart(content=f"{LATE} {said}")])]


def asked(message: IncomingMessage) -> ModelRequest:
    """What the person said, with what they passed on of others, and the names of what they attached."""
    names = "\n".join(f"{file.name}, {file.kind}, {file.size:,} bytes; not read" for file in message.files)
    attached = f"\n{fenced(names, 'attached')}" if names else ""
    passed_on = f"\n{fenced(message.quoted, 'passed on')}" if message.quoted else ""
    return ModelRequest(parts=[UserPromptPart(content=f"{message.text}{passed_on}{attached}")])


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
