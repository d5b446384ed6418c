"""Passages as people cite them: title, heading and page (pure)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from memory.knowledge import KeptSource, Passage
from skills.knowledge.client import KnownPassage


def known(
    passage: Passage, source: KeptSource, *, place: str = "", title: str = "", link: str | None = None
) -> KnownPassage:
    """A passage as it is cited. `title` and `link` are those that the asker sees, where they differ."""
    return KnownPassage(
        title=title or source.title,
        place=place or place_of(passage),
        text=passage.text,
        link=link or link_of(source),
    )


def place_of(passage: Passage) -> str:
    """Where it stands: "Refunds > By card, page 3"."""
    return ", ".join(filter(None, (passage.heading, passage.place)))


def link_of(source: KeptSource) -> str | None:
    """Where anybody opens it; a Drive document's link is what Google tells the asker."""
    return source.at if source.kind == "page" else None


def in_order(passages: Sequence[Passage]) -> Iterable[tuple[Passage, str]]:
    """All passages of a source, each with a place of its own: a second one of a place is its part 2."""
    alike = Counter(map(place_of, passages))
    seen = Counter[str]()
    for passage in passages:
        place = place_of(passage)
        seen[place] += 1
        if alike[place] > 1 and seen[place] > 1:
            place = f"{place}, part {seen[place]}" if place else f"part {seen[place]}"
        yield passage, place
