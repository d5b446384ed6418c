"""The tools for what an agent knows: find the passages that answer, and read on where they stand."""

from collections.abc import Sequence

from pydantic import JsonValue

from skills.errors import RetryToolCall, ToolFailed
from skills.knowledge.client import FoundPassages, Known, KnownPassage
from skills.record import Record
from skills.skill import Result, Says, ToolContext, tool

MOST_READ = 30_000
"""Characters that one call gives."""
MOST_WORDS = 400
"""Characters of a search."""
MOST_TITLES = 50
_LONGEST_TITLE = 200
"""Characters of a title that is named."""
_WITHHELD = "Tell the person what `withheld` says; do not guess what stands there."


@tool("read", says=Says(doing="Searching what this agent knows"))
async def search_knowledge(ctx: ToolContext[Known], words: str) -> Result:
    """Find the passages of what this agent knows that answer a question best, with title and place of each.

    Args:
        words: The question, or its words that matter, in the language of the documents.
    """
    wanted = " ".join(words.split())
    if not 0 < len(wanted) <= MOST_WORDS:
        raise RetryToolCall(f"`words` must be 1 to {MOST_WORDS} characters, got {len(wanted):,}.")
    found = await ctx.client.search(wanted)
    content: dict[str, JsonValue] = {"passages": [_shown(one) for one in found.passages]}
    if not found.passages:
        titles: list[JsonValue] = [_short(title) for title in found.titles[:MOST_TITLES]]
        content |= {"note": "No passage fits. Try other words once, then say that it is not there.", "titles": titles}
    return _result(content, found, found.passages, said="Searched what this agent knows")


@tool("read", says=Says(doing="Reading {title}"))
async def read_knowledge(ctx: ToolContext[Known], title: str, place: str = "") -> Result:
    """Read one document of what this agent knows, from its beginning or from a place on.

    Args:
        title: As a search or a list of titles names it.
        place: Where to begin, as a search or `goes_on_at` names it. Left out, at the beginning.
    """
    try:
        found = await ctx.client.read(title.strip(), place.strip())
    except KeyError:
        raise RetryToolCall(await _no_such(ctx, title, place)) from None
    if not found.passages:
        raise ToolFailed(" ".join(found.withheld) or f"There is nothing to read in {_short(title)!r} yet.")
    taken = _taken(found.passages)
    content: dict[str, JsonValue] = {"passages": [_shown(one) for one in taken]}
    if len(taken) < len(found.passages):
        content["goes_on_at"] = found.passages[len(taken)].place
    return _result(content, found, taken, said=f"Read {_short(title)}")


def _result(content: dict[str, JsonValue], found: FoundPassages, shown: Sequence[KnownPassage], *, said: str) -> Result:
    if found.withheld:
        content |= {"withheld": [*found.withheld], "about_withheld": _WITHHELD}
    titles = {one.title: one.link for one in shown}
    return Result(
        content=content,
        said=said,
        audience=found.audience,
        links=tuple(dict.fromkeys(link for link in titles.values() if link)),
        link=next(iter(titles.values())) if len(titles) == 1 else None,
        records=tuple(_record(title, [one for one in shown if one.title == title]) for title in titles),
    )


def _shown(one: KnownPassage) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = {"title": one.title, "place": one.place, "text": one.text}
    return {**shown, "link": one.link} if one.link else shown


def _record(title: str, passages: Sequence[KnownPassage]) -> Record:
    return Record(kind="file", name=title, text="\n".join(f"{one.place}\n{one.text}" for one in passages))


def _taken(passages: Sequence[KnownPassage]) -> Sequence[KnownPassage]:
    """As many as fit; always the first."""
    length = 0
    for number, one in enumerate(passages):
        length += len(one.text) + len(one.place)
        if length > MOST_READ:
            return passages[: max(1, number)]
    return passages


async def _no_such(ctx: ToolContext[Known], title: str, place: str) -> str:
    titles = ", ".join(map(repr, await _titles(ctx))) or "none"
    where = f" with the place {_short(place)!r}" if place.strip() else ""
    return f"This agent knows nothing that is called {_short(title)!r}{where}. It knows: {titles}."


async def _titles(ctx: ToolContext[Known]) -> list[str]:
    return [_short(title) for title in await ctx.client.titles()][:MOST_TITLES]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_TITLE else f"{name[:_LONGEST_TITLE]}…"
