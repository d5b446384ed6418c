"""The tools for attached files: read on where the prompt shows only a beginning, and search."""

import asyncio
from collections.abc import Sequence

from pydantic import JsonValue

from documents.document import Document, Part, Unreadable
from skills.attachments.client import Attached
from skills.attachments.passages import Passage, best, passages_of
from skills.errors import RetryToolCall, ToolFailed
from skills.record import Record
from skills.skill import Result, Says, ToolContext, tool

MOST_READ = 30_000
"""Characters that one call gives."""
MOST_PLACES = 200
MOST_FOUND = 8
"""Passages."""


@tool("read", says=Says(doing="Reading {file}"))
async def read_attachment(ctx: ToolContext[Attached], file: str, place: str = "") -> Result:
    """Read a file of this conversation: an attached one, or one that a tool brought or made.

    Args:
        file: Its name as it was given: `report.pdf`.
        place: Where to begin, as `places` names it: `page 3`, `sheet Budget`, `slide 4`. Left out, at the beginning.
    """
    document = await _document(ctx, file)
    parts = document.parts[_start(document, file, place) :]
    taken = _taken(parts)
    text = "\n\n".join(_worded(part) for part in taken)[:MOST_READ]
    places = [part.place for part in document.parts if part.place][:MOST_PLACES]
    return Result(
        content={
            "file": file,
            "kind": document.kind,
            "facts": document.facts,
            "note": document.note,
            "text": text,
            "places": [*places],
            "goes_on_at": parts[len(taken)].place if len(taken) < len(parts) else None,
        },
        said=f"Read {_short(file)}",
        records=(_record(file, text),),
    )


@tool("read", says=Says(doing="Searching the attached files"))
async def search_attachments(ctx: ToolContext[Attached], words: str, file: str = "") -> Result:
    """Find the passages of this conversation's files that fit some words, with the place of each.

    Args:
        words: What to look for, in the language of the file.
        file: Only in this one; left out, in all of them.
    """
    if not words.strip():
        raise RetryToolCall("`words` must say what to look for.")
    names = [file] if file else list(await ctx.client.names())
    read = await asyncio.gather(*(_document(ctx, name, all_of_them=not file) for name in names))
    passages = [one for name, document in zip(names, read, strict=True) for one in passages_of(name, document)]
    found = best(passages, words, most=MOST_FOUND)
    shown: list[JsonValue] = [{"file": one.file, "place": one.place, "text": one.text} for one in found]
    return Result(
        content={"found": shown, "searched": [*names]},
        said=f"Searched {len(names)} {'file' if len(names) == 1 else 'files'}",
        records=_records(found),
    )


async def _document(ctx: ToolContext[Attached], file: str, *, all_of_them: bool = False) -> Document:
    try:
        return await ctx.client.document(file)
    except KeyError:
        names = ", ".join(await ctx.client.names()) or "none"
        raise RetryToolCall(f"There is no file {file!r} in this conversation. The files are: {names}.") from None
    except Unreadable as error:
        if all_of_them:
            return Document(kind="text")
        raise ToolFailed(f"{file}: {error}") from error


def _start(document: Document, file: str, place: str) -> int:
    if not place:
        return 0
    places = [part.place.casefold() for part in document.parts]
    if place.casefold().strip() in places:
        return places.index(place.casefold().strip())
    known = ", ".join(part.place for part in document.parts[:40] if part.place) or "only one, so leave it out"
    raise RetryToolCall(f"{file!r} has no place {place!r}. Its places are: {known}.")


def _taken(parts: Sequence[Part]) -> Sequence[Part]:
    """As many parts as fit; always the first."""
    length = 0
    for number, part in enumerate(parts):
        length += len(_worded(part)) + 2
        if length > MOST_READ:
            return parts[: max(1, number)]
    return parts


def _worded(part: Part) -> str:
    return f"[{part.place}]\n{part.text}" if part.place else part.text


def _records(found: Sequence[Passage]) -> tuple[Record, ...]:
    texts: dict[str, list[str]] = {}
    for one in found:
        texts.setdefault(one.file, []).append(one.text)
    return tuple(_record(file, "\n".join(text)) for file, text in texts.items())


def _record(file: str, text: str) -> Record:
    return Record(kind="file", name=file, text=text)


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"
