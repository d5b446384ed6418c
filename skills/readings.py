"""A file of somebody as a tool shows it: its text by places, what was left out, and the file itself to compute with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.document import Document, Part, Unreadable
from documents.reading import MAX_BYTES, read
from skills.errors import RetryToolCall
from skills.showing import NewFile

MAX_TEXT = 36_000
"""Characters of a file that one call shows."""
_MAX_PLACES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as it was read."""

    parts: tuple[Part, ...] = ()
    facts: str = ""
    note: str = ""
    file: NewFile | None = None
    """The file itself, where one may want to compute with it or look at it."""

    def text(self, place: str = "") -> str:
        """What stands there from `place` on, as far as one call shows it. Raises RetryToolCall for no such place."""
        return _together(self._from(place))[:MAX_TEXT]

    def told(self, place: str = "") -> Iterable[str]:
        """What was left out, and where it goes on, in sentences."""
        yield self.note
        whole, shown = len(_together(self._from(place))), 0
        if whole <= MAX_TEXT:
            return
        yield f"The text is cut: these are {MAX_TEXT:,} of {whole:,} characters."
        for part in self._from(place):
            shown += len(_together([part])) + 2
            if shown > MAX_TEXT and part.place:
                yield f"It goes on with `place` {part.place!r}."
                return

    def _from(self, place: str) -> Sequence[Part]:
        if not place.strip():
            return self.parts
        places = [part.place.casefold() for part in self.parts]
        if place.strip().casefold() in places:
            return self.parts[places.index(place.strip().casefold()) :]
        known = ", ".join(part.place for part in self.parts[:_MAX_PLACES] if part.place) or "only one, so leave it out"
        raise RetryToolCall(f"The file has no `place` {place!r}. Its places are: {known}.")


async def parsed(body: bytes, *, name: str, media: str) -> Reading:
    """What the one parser of documents makes of a file; of one that cannot be read, the reason as a note."""
    try:
        document = await read(body, name=name, media=media)
    except Unreadable as why:
        return Reading(note=str(why))
    if document.kind == "sound":
        return Reading(note="It is something to listen to, which I cannot do here.")
    file = NewFile(name=name, body=body, media=media, look=bool(document.picture))
    return Reading(parts=_single(document), facts=document.facts, note=document.note, file=file)


def too_large(size: int | None) -> str:
    """Why a file of that many bytes is not read."""
    told = f"{size / 1e6:,.0f} MB" if size else "more"
    return f"The file has {told}; I read files up to {MAX_BYTES / 1e6:.0f} MB."


def _single(document: Document) -> tuple[Part, ...]:
    """Its parts; one that stands alone needs no place."""
    if len(document.parts) == 1:
        return (Part(place="", text=document.parts[0].text),)
    return document.parts


def _together(parts: Sequence[Part]) -> str:
    if all(part.place.startswith("line") for part in parts):
        return "\n".join(part.text for part in parts)
    return "\n\n".join(f"[{part.place}]\n{part.text}" if part.place else part.text for part in parts)
