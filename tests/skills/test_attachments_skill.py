"""What people attached, read on and searched by the model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.document import Document, Part, Unreadable
from skills.attachments.passages import LENGTH, best, passages_of
from skills.attachments.tools import MOST_READ, read_attachment, search_attachments
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import Asker, ToolContext
from tests.fakes.rooms import NOW, PERSON

PAGES = Document(
    kind="pdf",
    facts="3 pages",
    parts=tuple(
        Part(place=f"page {n}", text=f"Page {n} tells of {what}.") for n, what in enumerate(("snow", "maps", "huts"), 1)
    ),
)


@dataclass
class Attached:
    """A conversation with some files; one that cannot be read is locked."""

    documents: dict[str, Document] = field(default_factory=dict[str, Document])
    locked: Sequence[str] = ()

    async def names(self) -> Sequence[str]:
        return [*self.documents, *self.locked]

    async def document(self, name: str) -> Document:
        if name in self.locked:
            raise Unreadable("It is locked with a password. Send it without one.")
        return self.documents[name]


def at(documents: dict[str, Document], *, locked: Sequence[str] = ()) -> ToolContext[Any]:
    asker = Asker(person=PERSON.id, name=PERSON.name)
    return ToolContext(client=Attached(documents, locked), account="", asker=asker, now=NOW)


def content(result: Any) -> Any:
    return result.content


async def test_a_file_is_read_with_its_places():
    read = content(await read_attachment.run(at({"a.pdf": PAGES}), "a.pdf"))
    assert read["text"].startswith("[page 1]\nPage 1 tells of snow.")
    assert read["places"] == ["page 1", "page 2", "page 3"]
    assert read["goes_on_at"] is None


async def test_reading_goes_on_where_the_model_says():
    read = content(await read_attachment.run(at({"a.pdf": PAGES}), "a.pdf", "Page 2"))
    assert read["text"].startswith("[page 2]")


async def test_a_long_file_says_where_it_goes_on():
    long = Document(kind="pdf", parts=tuple(Part(place=f"page {n}", text="x" * 20_000) for n in range(1, 5)))
    read = content(await read_attachment.run(at({"a.pdf": long}), "a.pdf"))
    assert read["goes_on_at"] == "page 2"
    assert len(read["text"]) <= MOST_READ


async def test_one_endless_part_is_cut():
    long = Document(kind="text", parts=(Part(place="", text="x" * 90_000),))
    assert len(content(await read_attachment.run(at({"a.txt": long}), "a.txt"))["text"]) == MOST_READ


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("b.pdf",), "There is no file 'b.pdf' in this conversation. The files are: a.pdf, c.pdf."),
        (("a.pdf", "page 9"), "'a.pdf' has no place 'page 9'. Its places are: page 1, page 2, page 3."),
    ],
)
async def test_a_wrong_name_is_answered_with_the_right_ones(arguments: tuple[str, ...], says: str):
    with pytest.raises(RetryToolCall, match=says.replace("?", r"\?")):
        await read_attachment.run(at({"a.pdf": PAGES}, locked=("c.pdf",)), *arguments)


async def test_a_file_that_cannot_be_read_says_what_works_instead():
    with pytest.raises(ToolFailed, match=r"c\.pdf: It is locked with a password\. Send it without one\."):
        await read_attachment.run(at({}, locked=("c.pdf",)), "c.pdf")


async def test_a_search_names_file_and_place_and_leaves_out_what_is_locked():
    found = content(await search_attachments.run(at({"a.pdf": PAGES}, locked=("c.pdf",)), "where are the huts"))
    assert found["found"][0] == {"file": "a.pdf", "place": "page 3", "text": "Page 3 tells of huts."}


async def test_what_was_read_is_somebody_elses_text():
    """inj_sources: a file's words are never the person's."""
    result: Any = await read_attachment.run(at({"a.pdf": PAGES}), "a.pdf")
    assert result.untrusted
    assert "Page 1 tells of snow." in result.records[0].text


def test_the_passage_with_the_rarer_word_comes_first():
    texts = {"1": "the map and the hut", "2": "the marmot", "3": "the map of the valley"}
    document = Document(kind="text", parts=tuple(Part(place=place, text=text) for place, text in texts.items()))
    assert best(passages_of("a", document), "map marmot", most=3)[0].place == "2"


def test_nothing_is_found_where_no_word_fits():
    assert best(passages_of("a.pdf", PAGES), "zebra", most=3) == []
    assert best([], "zebra", most=3) == []
    assert best(passages_of("a.pdf", PAGES), "?!", most=3) == []


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=5_000))
def test_cutting_loses_nothing_but_blank_ends(text: str):
    passages = passages_of("a", Document(kind="text", parts=(Part(place="", text=text),)))
    assert all(len(one.text) <= LENGTH for one in passages)
    assert "".join("".join(one.text.split()) for one in passages) == "".join(text.split())
