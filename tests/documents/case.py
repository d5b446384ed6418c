"""One awkward input with what must come of it: a right answer or a clear sentence."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from documents.document import Document, Kind, Unreadable
from documents.reading import read

_LEAKS = re.compile(r"Traceback|Error\b|Exception|/work|/tmp|\.py\b|site-packages|None\b|<[a-z]+ object")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, and what reading it gives."""

    title: str
    name: str
    make: Callable[[], bytes]
    media: str = ""
    kind: Kind | None = None
    says: tuple[str, ...] = ()
    """What stands in its text."""
    never: tuple[str, ...] = ()
    """What does not stand in anything of it."""
    called: str = ""
    """Its title."""
    facts: str = ""
    notes: tuple[str, ...] = ()
    """What stands in its note."""
    places: tuple[str, ...] | None = None
    refused: str = ""
    """What the sentence says when it cannot be read."""


def each(*cases: Case) -> pytest.MarkDecorator:
    """Run a test for every case, named by its title."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.title) for case in cases])


async def check(case: Case) -> None:
    """Read it, and compare."""
    try:
        document = await read(case.make(), name=case.name, media=case.media)
    except Unreadable as why:
        sentence = str(why)
        assert case.refused, f"it was refused: {sentence}"
        assert case.refused in sentence
        assert sentence.endswith(".")
        assert not _LEAKS.search(sentence)
    else:
        assert not case.refused, f"it was read: {document.text[:200]!r}"
        _compare(case, document)


def _compare(case: Case, document: Document) -> None:
    assert case.kind in {document.kind, None}
    assert case.facts in document.facts
    for words in case.says:
        assert words in document.text
    for words in case.notes:
        assert words in document.note
    for words in case.never:
        assert words not in f"{document.text} {document.title} {document.facts} {document.note}"
    assert not _LEAKS.search(document.note)
    if case.called:
        assert case.called == document.title
    if case.places is not None:
        assert case.places == tuple(part.place for part in document.parts)
