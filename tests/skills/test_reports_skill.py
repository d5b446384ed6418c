"""The tools that make documents: what they hand over, and what they ask to be mended."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.writing import NoBrowser
from memory.ids import PersonId
from skills.errors import RetryToolCall, ToolFailed
from skills.reports import SKILL
from skills.skill import Asker, Result, ToolContext

TOOLS = {tool.name: tool for tool in SKILL.tools}
PDF = b"%PDF-1.7"


@dataclass
class Place:
    """Keeps pages in memory, and prints where it can."""

    address: str = "https://pinyon.test/d/abc"
    prints: bool = True
    by: str = "Made for Ren by Pinyon, 22 November 2026"
    published: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def publish(self, title: str, html: str) -> str:
        self.published.append((title, html))
        return self.address

    async def pdf(self, html: str) -> bytes:
        if not self.prints:
            raise NoBrowser
        return PDF + html.encode()


@pytest.fixture
def place() -> Place:
    return Place()


async def used(place: Place, called: str, /, **arguments: Any) -> Result:
    """Call a tool as the toolbox does: arguments validated first."""
    valid = TOOLS[called].arguments.model_validate(arguments)
    ctx = ToolContext(
        client=place,
        account="",
        asker=Asker(person=PersonId("T1:UREN"), name="Ren"),
        now=datetime(2026, 11, 22, tzinfo=UTC),
    )
    return await TOOLS[called].run(ctx, **{one: getattr(valid, one) for one in type(valid).model_fields})


async def test_a_page_has_a_link_and_goes_with_the_answer_as_a_file(place: Place) -> None:
    result = await used(place, "make_page", title="How mobile  stands: März?", body="## On track\n\nYes.")
    [file] = result.files
    assert (file.name, file.media, file.show) == ("how-mobile-stands-märz.html", "text/html", True)
    assert b"Made for Ren by Pinyon" in file.body
    assert place.published == [("How mobile stands: März?", file.body.decode())]
    assert result.link == "https://pinyon.test/d/abc"
    assert result.content == {
        "name": file.name,
        "link": "https://pinyon.test/d/abc",
        "seen_by": "The asker; in a channel its members too, once this answer was shown there.",
    }
    assert not result.untrusted


async def test_slides_are_a_page_too(place: Place) -> None:
    result = await used(place, "make_page", title="Talk", body="## One\n\n## Two", form="slides")
    assert result.said == "Made slides"
    assert result.files[0].body.count(b'<section class="slide"') == 3


async def test_without_addresses_a_page_is_a_file_only() -> None:
    result = await used(Place(address=""), "make_page", title="Talk", body="x")
    assert result.link is None
    assert isinstance(result.content, dict)
    assert "link" not in result.content
    assert result.content["note"] == "Pages have no address here, so the person gets the page as a file only."


@pytest.mark.parametrize(
    ("format", "name", "begins"),
    [("pdf", "orders.pdf", PDF), ("markdown", "orders.md", b"# Orders"), ("html", "orders.html", b"<!doctype html>")],
)
async def test_a_document_is_a_file_of_its_kind(place: Place, format: str, name: str, begins: bytes) -> None:
    result = await used(place, "make_document", title="Orders", body="Text", format=format)
    [file] = result.files
    assert (file.name, file.show) == (name, True)
    assert file.body.startswith(begins)
    assert place.published == []


async def test_where_nothing_prints_it_says_what_is_missing_and_what_works() -> None:
    with pytest.raises(ToolFailed, match=r"PINYON_CHROMIUM\. Offer `html` instead"):
        await used(Place(prints=False), "make_document", title="Orders", body="Text")


async def test_a_sheet_is_a_workbook_of_its_tables(place: Place) -> None:
    table = {"name": "Open", "columns": ["Ticket", "Days"], "rows": [["TRAIL-140", 3], ["=1+1", None]]}
    result = await used(place, "make_sheet", name="Open tickets.xlsx", tables=[table, {**table, "name": "Other"}])
    assert result.content == {"name": "open-tickets.xlsx", "sheets": 2, "rows": 4}
    assert result.files[0].body.startswith(b"PK")
    assert result.said == "Made a spreadsheet with 4 rows"


async def test_a_csv_holds_one_table(place: Place) -> None:
    table = {"name": "Open", "columns": ["Ticket"], "rows": [["TRAIL-140"]]}
    result = await used(place, "make_sheet", name="Open", tables=[table], format="csv")
    assert result.files[0].body == b"\xef\xbb\xbfTicket\r\nTRAIL-140\r\n"
    with pytest.raises(RetryToolCall, match="holds one table, got 2"):
        await used(place, "make_sheet", name="Open", tables=[table, table], format="csv")


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("make_page", {"title": " ", "body": "x"}, "`title` needs 1 to 150 characters, got 0"),
        ("make_page", {"title": "t" * 151, "body": "x"}, "got 151"),
        ("make_page", {"title": "t", "body": "\n"}, "`body` is empty"),
        ("make_document", {"title": "t", "body": "x" * 200_001}, "200,000 characters, got 200,001"),
        ("make_page", {"title": "t", "body": "```chart\n{}\n```"}, "Chart 1: The chart cannot be read: kind"),
        ("make_sheet", {"name": "s", "tables": []}, "1 to 50 sheets, got 0"),
        (
            "make_sheet",
            {"name": "s", "tables": [{"name": "a", "columns": ["x"], "rows": [[1, 2]]}]},
            "Row 1 of 'a' has 2 cells for 1 columns",
        ),
    ],
)
async def test_what_cannot_be_written_says_what_to_mend(
    place: Place, name: str, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(RetryToolCall, match=said):
        await used(place, name, **arguments)
    assert place.published == []


async def test_a_title_of_signs_alone_still_names_a_file(place: Place) -> None:
    result = await used(place, "make_document", title="../../?", body="x", format="html")
    assert result.files[0].name == "document.html"


def test_its_tools_change_nothing_and_reach_nobody() -> None:
    """The page is its asker's until the answer was shown; what was read decides who that is."""
    assert [(tool.effect, tool.egress) for tool in SKILL.tools] == [("read", False)] * 3
    assert SKILL.audience == "here"
