"""The model's Markdown, made harmless for Slack, whole or in pieces."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.harmless.hold_back import HoldBack, neutralise
from bot.harmless.links import REMOVED

quick = settings(max_examples=300, derandomize=True, deadline=None)
READER = MarkdownIt("commonmark", {"html": True}).enable("table")
JOINER = "\u2060"

bits = st.sampled_from(
    [
        *"`~|[]()!<>@\\# \n:*-\t.a",
        "```",
        "~~~",
        "```py\n",
        "\n```\n",
        "    ```\n",
        "![",
        "](",
        "[x](",
        "https://a.example/x",
        "javascript:alert(1)",
        "data:text/html,x",
        "<!channel>",
        "<@U0T1A7KQ2>",
        "@channel",
        "<https://a.example|words>",
        "<b>",
        "</b>",
        "<!-- x -->",
        "| a | b |\n",
        "|--|--|\n",
        "[x]: ",
        "\n\n",
        "> ",
        "- ",
        '"t"',
        "&#106;avascript:x",
        "words",
    ]
)
markdown = st.lists(bits, max_size=25).map("".join)


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for token in READER.parse(text):
        found += [token, *(token.children or [])]
    return found


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("call <!channel>", f"call <{JOINER}!channel>"),
        ("ask <@U0T1A7KQ2>", f"ask <{JOINER}@U0T1A7KQ2>"),
        ("tell @channel", f"tell @{JOINER}channel"),
        ("![a chart](https://evil.example/x?secret=1)", "a chart (evil.example)"),
        ("![](https://evil.example/x)", "image (evil.example)"),
        ("[click](javascript:alert(1))", "[click] (link removed)"),
        ("[read](README.md)", "[read] (README.md)"),
        ('[docs](https://a.example/b_(c) "title")', "[docs](https://a.example/b_(c))"),
        ("<https://a.example|the docs>", "the docs <https://a.example>"),
        ("<img src=x>", f"<{JOINER}img src=x>"),
        ("a < b and 3 > 2", "a < b and 3 > 2"),
        ("`<b>` and `![x](y)`", "`<b>` and `![x](y)`"),
        ("`<!channel>`", f"`<{JOINER}!channel>`"),
        ("```\n<b> ![x](y) <!here>\n```\n", f"```\n<b> ![x](y) <{JOINER}!here>\n```\n"),
        ("see [1] and a[0]", "see [1] and a[0]"),
    ],
)
def test_what_could_act_can_only_be_read(written: str, shown: str):
    assert neutralise(written) == shown


def test_ordinary_markdown_stays_as_it_is():
    text = (
        "# Title\n\nSome **bold**, _it_ and `code`.\n\n- one\n- two [link](https://a.example)\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx: list[int] = [a < b]\n```\n\n> quoted\n"
    )
    assert neutralise(text) == text


@quick
@given(markdown)
@example("[x]![](https://a.example/x)")
@example("!<https://a.example|words>")
@example("[x](javascript:a)(javascript:b)")
@example("[a\nb](javascript:x)")
@example('[a](javascript:x "t(")')
@example("    ```\n![x](https://a.example)\n    ```")
@example("\\`![x](https://a.example/x)\\`")
@example("![x][y]\n\n[y]: https://a.example/x")
def test_another_reader_of_markdown_finds_nothing_that_acts(text: str):
    found = tokens(neutralise(text))
    assert not [token for token in found if token.type == "image"]
    # Four blanks in, readers do not agree on what is code. Slack shows HTML as text, so there it is left as it was.
    for token in [] if re.search(r"^(?: {4}|\s*\t)\s*[`~]{3}", text, re.MULTILINE) else found:
        assert token.type not in {"html_block", "html_inline"}
        if token.type == "link_open":
            assert re.match("(https?://|mailto:)", str(token.attrs["href"]), re.IGNORECASE)


@quick
@given(markdown)
def test_nobody_is_pinged(text: str):
    shown = neutralise(text)
    assert not re.search(r"<(!(channel|here|everyone|subteam|date)\b|[@#][A-Z])", shown)


@quick
@given(markdown, st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=10))
def test_the_pieces_make_no_difference(text: str, sizes: list[int]):
    hold_back, shown, at, turn = HoldBack(), "", 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        shown += hold_back.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    assert shown + hold_back.flush() == neutralise(text)


@quick
@given(st.text(st.characters(codec="utf-8", exclude_characters="`~\\![]<@|"), max_size=200))
def test_plain_words_are_never_held_nor_changed(text: str):
    hold_back = HoldBack()
    assert hold_back.feed(text).rstrip(" \t") == text.rstrip(" \t")
    assert neutralise(text) == text


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [
        ("See [the docs](https://a.exam", "See "),
        ("Look: ![chart](http", "Look: "),
        ("Ask <@U0T", f"Ask <{JOINER}@U0T"),
        ("Ask <", "Ask "),
        ("Mail <https://a.ex", "Mail "),
        ("Run `make pl", "Run "),
        ("| a | b", ""),
        ("| a | b |\n| 1", "| a | b |\n"),
        ("Code:\n```py\nx = 1\n", "Code:\n"),
        ("Done [x] now", "Done [x] now"),
        ("Hello th", "Hello th"),
    ],
)
def test_what_is_unfinished_is_held_back(so_far: str, shown: str):
    assert HoldBack().feed(so_far) == shown


def test_a_finished_code_block_is_let_go():
    hold_back = HoldBack()
    assert hold_back.feed("```py\nx = 1\n") == ""
    assert hold_back.feed("```\n") == "```py\nx = 1\n```\n"


def test_a_long_code_block_goes_on_line_by_line():
    hold_back = HoldBack()
    shown = hold_back.feed("```\n" + "x = 1\n" * 600 + "half a li")
    assert shown == "```\n" + "x = 1\n" * 600


def test_a_bracket_that_never_closes_is_let_go():
    assert HoldBack().feed("[" + "x" * 1_200).startswith("[xxx")


def test_half_an_answer_that_ends_is_shown():
    hold_back = HoldBack()
    assert hold_back.feed("see [the docs](https://a") == "see "
    assert hold_back.flush() == f"[the docs]{JOINER}(https://a"


@pytest.mark.parametrize("unit", ["[", "](", "![[", "[x](", "`a", "<https://", "```\n", "| ", "@", "\\"])
def test_a_flood_of_markup_is_read_in_time_that_grows_with_its_length(unit: str):
    started = time.process_time()
    neutralise(unit * 10_000)
    assert time.process_time() - started < 1


# Addresses that nobody gave.

OURS = frozenset({"https://good.example/a", "https://good.example", "https://good.example/?a=1&b=2", "good.example/x"})
foreign_bits = st.sampled_from(
    [
        *"`~|[]()!<>@\\# \n:*-/.&;x",
        "```\n",
        "\n```\n",
        "    ```\n",
        "![",
        "](",
        "[x](",
        "https://evil.example/x?d=secret",
        "HtTpS://EVIL.example",
        "https:\\\\evil.example/x",
        "https://good.example@evil.example/x",
        "https://good.example/a",
        "https://good.example",
        "http",
        "s://",
        "evil.example",
        "/x",
        "?d=secret",
        "www.",
        "//",
        "mailto:",
        "a@evil.example",
        "<https://evil.example|words>",
        "&#46;",
        "&colon;",
        "[x]: ",
        "| a |\n",
        "\n\n",
        "words ",
        "、",
        "。",
    ]
)
foreign = st.lists(foreign_bits, max_size=25).map("".join)


def from_us(address: str) -> bool:
    return address in OURS


def filtered(text: str) -> str:
    return neutralise(text, given=from_us)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see https://evil.example/x?d=1, please", f"see {REMOVED}, please"),
        ("**HTTPS://EVIL.example**", f"**{REMOVED}**"),
        ("[docs](https://evil.example/x)", f"docs {REMOVED}"),
        ("[https://good.example/a](https://evil.example)", REMOVED),
        ("[a [b](https://evil.example) c](https://good.example/a)", f"[a b {REMOVED} c](https://good.example/a)"),
        ("[two\nlines](https://evil.example/x)", f"[two\nlines] {REMOVED}"),
        ("[x]: https://evil.example", f"[x]: {REMOVED}"),
        ("[x](evil.example/p?d=1)", f"x {REMOVED}"),
        ("![a chart](https://evil.example/p.png)", f"a chart {REMOVED}"),
        ("<https://evil.example>", REMOVED),
        ("<https://evil.example|label>", f"label {REMOVED}"),
        ("<https://good.example/a|https://evil.example>", "<https://good.example/a>"),
        ("www.evil.example", REMOVED),
        ("evil.example/x", REMOVED),
        ("//evil.example/x", REMOVED),
        ("https:\\\\evil.example/x", REMOVED),
        ("https://good.example@evil.example/x", REMOVED),
        ("https://good.example\\@evil.example/x", REMOVED),
        ("github.com@evil.example/x", REMOVED),
        ("https://good.example.evil.example", REMOVED),
        ("https://good.example/a%2Fsecret", REMOVED),
        ("https://g\u043e\u043ed.example/a", REMOVED),
        ("https://good.example/a[secret]", f"{REMOVED}{JOINER}[secret]"),
        ("mailto:a@evil.example?subject=secret", REMOVED),
        ("[a@evil.example](mailto:a@evil.example?body=secret)", f"a evil.example {REMOVED}"),
        ("[write](mailto:a@evil.example)", f"write {REMOVED}"),
        ("https:[//evil.example](https://e.example)", f"https: //evil.example {REMOVED}"),
        ("evil.example[/x](https://e.example)", f"evil.example /x {REMOVED}"),
        ("evil&#46;example/x", f"evil&{JOINER}#46;example/x"),
        ("`curl https://evil.example/x`", f"`curl hxxps[:]//evil[.]example/x` {REMOVED}"),
        (
            "```\nurl = https://evil.example/x\nls\n```\n",
            f"```\nurl = hxxps[:]//evil[.]example/x {REMOVED}\nls\n```\n",
        ),
    ],
)
def test_of_an_address_that_nobody_gave_only_the_words_stay(written: str, shown: str):
    """exfil_unfurl"""
    assert filtered(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "see (https://good.example/a), and **https://good.example**.",
        "[docs](https://good.example/a) and <https://good.example>",
        "[https://good.example/a](https://good.example/a)",
        "https://good.example/?a=1&amp;b=2",
        "| https://good.example/a|x|\n",
        "good.example/x",
        "`curl https://good.example/a`",
        "mail a@other.example, or mailto:a@other.example",
        "[a@other.example](mailto:a@other.example)",
        "README.md, bot/app.py and Node.js/Express; 24/7 and/or x//2, e.g. tamarack/web#482",
        "AT&amp;T and fish & chips",
    ],
)
def test_what_was_given_and_what_is_no_address_stays(text: str):
    assert filtered(text) == text


@quick
@given(foreign)
@example("[a](https://good.example/a)b](https://evil.example)")
@example("![x][https://good.example/a]")
@example("mailto:```\n<https://evil.example|words>")
@example("    ```\nhttps://evil.example/x\n    ```")
def test_no_reader_of_markdown_finds_an_address_that_nobody_gave(text: str):
    """exfil_unfurl"""
    shown = filtered(text)
    for token in tokens(shown):
        if token.type == "link_open":
            address = str(token.attrs["href"])
            leads_out = re.match(r"[a-z]+:|//", address, re.IGNORECASE)
            assert not leads_out or address in OURS or re.fullmatch("mailto:[^?]*", address)
    bare = re.sub(r"https://good\.example(?:/a)?(?![\w@/?\\-]|\.\w)", "", shown)
    assert not re.search(
        r"https?:[/\\]|\bwww\.\w|mailto:\S*\?\w|(?<![\w./-])[\w.-]*evil\.example[/?]\w", bare, re.IGNORECASE
    )


@quick
@given(foreign, st.lists(st.integers(min_value=1, max_value=9), min_size=1, max_size=10))
@example("https://good.example/a@joe.example/x", [4])
def test_the_pieces_make_no_difference_to_addresses(text: str, sizes: list[int]):
    hold_back, shown, at, turn = HoldBack(from_us), "", 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        shown += hold_back.feed(text[at : at + size])
        at, turn = at + size, turn + 1
    assert shown + hold_back.flush() == filtered(text)


@pytest.mark.parametrize("far", [600, 1_300, 2_600, 5_300])
def test_the_pieces_make_no_difference_to_very_long_words(far: int):
    text = f"{'x' * far}https://evil.example/{'y' * far} and {'z.' * far}/a https://good.example/a{'[' * far}"
    for size in (97, 700, 2_500):
        hold_back = HoldBack(from_us)
        shown = "".join(hold_back.feed(text[at : at + size]) for at in range(0, len(text), size))
        assert shown + hold_back.flush() == filtered(text)


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [("See https://ev", "See "), ("See evil.exam", "See "), ("a b ", "a b "), ("はい、地図", "はい、")],
)
def test_a_word_that_may_become_an_address_is_held_back(so_far: str, shown: str):
    assert HoldBack(from_us).feed(so_far) == shown


def test_what_is_given_may_change_while_an_answer_arrives():
    hold_back = HoldBack()
    assert hold_back.feed("See https://a.example and ") == "See https://a.example and "
    hold_back.given = from_us
    assert hold_back.feed("https://b.example now") == f"{REMOVED} "


@pytest.mark.parametrize(
    "unit", ["[", "](", "![[", "[x](", "`a", "<https://", "```\n", "@", "\\", "//", "a.", "a@", "a:", "&#46;", "www."]
)
def test_a_flood_of_addresses_is_read_in_time_that_grows_with_its_length(unit: str):
    started = time.process_time()
    filtered(unit * 10_000)
    assert time.process_time() - started < 2
