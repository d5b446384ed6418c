"""What Drive makes of documents: exports, and documents out of uploads."""

import pytest

from playground.google.drive_convert import DOCUMENT, SHEET, SLIDES, NotConvertible, exported, imported, slides, tabs

PLAN = """# Plan
**When:** soon, see [the board](https://jira.example/board).
- [x] done
- open
| Part | State |
|---|---|
| Layer | merged |
"""
BOOK = """# tab: People
name,city
Åse,"Oslo, Norway"
# tab: Numbers
a,b
1,2
"""


def test_a_document_is_exported_as_plain_text_the_way_google_writes_it() -> None:
    text = exported(DOCUMENT, PLAN, "text/plain").decode()

    assert text == (
        "\ufeffPlan\r\nWhen: soon, see the board.\r\n[x] done\r\n* open\r\nPart\r\nState\r\nLayer\r\nmerged"
    )


def test_a_document_is_exported_as_the_markdown_that_it_is() -> None:
    assert exported(DOCUMENT, PLAN, "text/markdown").decode() == PLAN


def test_a_sheet_is_exported_as_its_first_tab_only() -> None:
    assert exported(SHEET, BOOK, "text/csv").decode() == 'name,city\r\nÅse,"Oslo, Norway"'


def test_a_sheet_has_tabs_with_rows() -> None:
    assert tabs(BOOK) == [
        ("People", [["name", "city"], ["Åse", "Oslo, Norway"]]),
        ("Numbers", [["a", "b"], ["1", "2"]]),
    ]


def test_slides_are_exported_one_after_the_other() -> None:
    deck = "# One\nfirst\n---\n## Two\nsecond\n"

    assert slides(deck) == ["# One\nfirst", "## Two\nsecond"]
    assert exported(SLIDES, deck, "text/plain").decode() == "\ufeffOne\r\nfirst\r\n\r\nTwo\r\nsecond"


@pytest.mark.parametrize(
    ("kind", "media"), [(DOCUMENT, "application/pdf"), (SHEET, "text/plain"), ("text/csv", "text/csv")]
)
def test_formats_that_are_not_made_are_refused(kind: str, media: str) -> None:
    with pytest.raises(NotConvertible):
        exported(kind, "", media)


def test_html_becomes_a_document_without_its_scripts() -> None:
    html = (
        b"<html><head><title>no</title></head><body><h2>Why</h2><p>It is <b>late</b>.</p>"
        b"<ul><li>one</li><li>two</li></ul><script>alert(1)</script><a href='https://a.example'>there</a></body></html>"
    )

    text = imported(DOCUMENT, "text/html", html)

    assert text == "## Why\n\nIt is **late**.\n\n- one\n- two[there](https://a.example)\n"


@pytest.mark.parametrize("media", ["image/png", "application/pdf", "text/csv"])
def test_what_no_document_can_be_made_of_is_refused(media: str) -> None:
    with pytest.raises(NotConvertible):
        imported(DOCUMENT, media, b"")
