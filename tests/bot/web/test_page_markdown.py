"""The model's Markdown on a page: whatever it writes, nothing acts, and no address opens that nobody gave."""

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.harmless.hold_back import neutralise
from bot.harmless.links import is_mail
from bot.web.markdown import addresses, drawn

OURS = "https://ours.example/a"
EVIL = "https://evil.example/x?q=secret"
PIECES = (
    *(
        OURS,
        EVIL,
        f"<{EVIL}>",
        f"[a]({EVIL})",
        f"![a]({EVIL})",
        f"[a]({OURS})",
        "[a][b]",
        f"[b]: {EVIL}",
        "evil.example/x",
    ),
    *(
        "<script>",
        "<img src=x onerror=alert(1)>",
        "<a href=javascript:alert(1)>",
        "[a](javascript:alert(1))",
        "&#104;ttps://",
    ),
    *(
        "`",
        "```",
        "~~~",
        "**",
        "_",
        "|",
        "|-|-|",
        "# ",
        "- ",
        "1. ",
        "> ",
        "\n",
        "\n\n",
        "    ",
        "\\",
        "!",
        "[",
        "]",
        "(",
        ")",
    ),
    *("\u202e", "\u200b", "\0", "words", "//evil.example/x", "mailto:ren@ours.example", "data:text/html,x", '"', "'"),
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def ours(address: str) -> bool:
    return address == OURS


class Tags(HTMLParser):
    """Every tag of a piece of HTML, with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    return parser.found


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_whatever_is_written_only_given_addresses_open_and_nothing_acts(text: str) -> None:
    """web_xss, exfil_unfurl: with and without the filter of the stream before it."""
    for words in (text, neutralise(text, given=ours)):
        links = addresses(words, ours)
        assert all(link == OURS or is_mail(link) for link in links)
        for tag, attributes in tags(drawn(words, links)):
            assert tag not in ("img", "script", "style", "iframe", "form", "input", "svg", "h1")
            assert not any(name.startswith("on") or name in ("style", "src", "id") for name in attributes)
            assert tag != "a" or (attributes["href"] in links and attributes["rel"] == "noopener noreferrer")


def test_what_a_text_is_made_of_reads_as_such() -> None:
    html = drawn(
        "# Head\n\nOne **two** ~~three~~\nfour\n\n- a\n- b\n\n| x |\n|--|\n| 1 |\n\n```py\nprint('<b>')\n```", []
    )
    assert [tag for tag, _ in tags(html)] == [
        *("h4", "p", "strong", "s", "br", "ul", "li", "li"),
        *("div", "table", "thead", "tr", "th", "tbody", "tr", "td", "pre"),
    ]
    assert "print('&lt;b&gt;')" in html.replace("&#x27;", "'")


def test_an_address_that_stands_for_itself_opens_without_the_sentence_around_it() -> None:
    text = f"See {OURS}, or ({OURS})."
    html = drawn(text, addresses(text, ours))
    assert re.findall(r'href="([^"]+)"', html) == [OURS, OURS]
    assert html.count(f">{OURS}</a>") == 2


def test_letters_that_hide_are_written_out_also_in_code() -> None:
    html = drawn("a\u202eb `c\u200bd`\n\n```\ne\u2066f\n```", [])
    assert all(f"⟨U+{number}⟩" in html for number in ("202E", "200B", "2066"))
