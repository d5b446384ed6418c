"""Markdown to Jira's documents and back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from integrations.atlassian.adf import from_markdown
from integrations.atlassian.adf_text import to_markdown, words

BLOCKS = {"paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "rule", "table"}
CONTENT = {
    "doc": BLOCKS,
    "paragraph": {"text", "hardBreak"},
    "heading": {"text", "hardBreak"},
    "bulletList": {"listItem"},
    "orderedList": {"listItem"},
    "listItem": {"paragraph", "bulletList", "orderedList", "codeBlock"},
    "codeBlock": {"text"},
    "blockquote": {"paragraph", "bulletList", "orderedList", "codeBlock"},
    "table": {"tableRow"},
    "tableRow": {"tableHeader", "tableCell"},
    "tableHeader": {"paragraph"},
    "tableCell": {"paragraph"},
    "rule": set[str](),
    "text": set[str](),
    "hardBreak": set[str](),
}
NEVER_EMPTY = {"bulletList", "orderedList", "listItem", "blockquote", "table", "tableRow", "tableHeader", "tableCell"}
ATTRIBUTES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "heading": lambda attrs: attrs.keys() == {"level"} and 1 <= attrs["level"] <= 6,
    "orderedList": lambda attrs: attrs.keys() == {"order"} and attrs["order"] >= 0,
    "codeBlock": lambda attrs: attrs.keys() == {"language"} and isinstance(attrs["language"], str),
}
MARKS = {"strong", "em", "code", "strike", "link"}


def check(node: Any) -> None:
    """What Atlassian's schema asks of the nodes that we make (unpkg.com/@atlaskit/adf-schema)."""
    kind, content = node["type"], node.get("content", [])
    assert kind in CONTENT
    assert {child["type"] for child in content} <= CONTENT[kind]
    assert content or kind not in NEVER_EMPTY
    assert ATTRIBUTES[kind](node["attrs"]) if "attrs" in node else kind not in {"heading", "orderedList"}
    if kind in {"listItem", "blockquote"}:
        assert content[0]["type"] in {"paragraph", "codeBlock"}
    if kind == "codeBlock":
        assert not any(child.get("marks") for child in content)
    if kind == "text":
        check_text(node)
    for child in content:
        check(child)


def check_text(node: Any) -> None:
    assert isinstance(node["text"], str)
    assert node["text"]
    kinds = [mark["type"] for mark in node.get("marks", [])]
    assert set(kinds) <= MARKS
    assert len(kinds) == len(set(kinds))
    assert "code" not in kinds or set(kinds) <= {"code", "link"}
    for mark in node.get("marks", []):
        assert mark["type"] != "link" or mark["attrs"]["href"].lower().startswith(("http://", "https://", "mailto:"))


def blocks(text: str) -> list[Any]:
    document = from_markdown(text)
    check(document)
    assert (document["type"], document["version"]) == ("doc", 1)
    content = document["content"]
    assert isinstance(content, list)
    return content


def only(text: str) -> Any:
    (block,) = blocks(text)
    return block


def said(*content: dict[str, JsonValue]) -> JsonValue:
    return {"type": "doc", "version": 1, "content": list(content)}


# Markdown to a document


def test_paragraphs_keep_their_line_breaks():
    assert blocks("One\ntwo\n\nThree") == [
        {
            "type": "paragraph",
            "content": [{"type": "text", "text": "One"}, {"type": "hardBreak"}, {"type": "text", "text": "two"}],
        },
        {"type": "paragraph", "content": [{"type": "text", "text": "Three"}]},
    ]


def test_bold_italic_code_and_strike_are_marks():
    made = only("a **b** *c* `d` ~~e~~ ***f***")["content"]
    marks = {node["text"]: [mark["type"] for mark in node.get("marks", [])] for node in made if node["text"].strip()}
    assert marks == {"a ": [], "b": ["strong"], "c": ["em"], "d": ["code"], "e": ["strike"], "f": ["em", "strong"]}


def test_code_in_bold_is_only_code():
    (made,) = only("**`x`**")["content"]
    assert made["marks"] == [{"type": "code"}]


def test_headings_rules_and_code_blocks():
    heading, rule, code = blocks("## Steps\n\n---\n\n```python\nprint(1)\n```")
    assert heading["attrs"] == {"level": 2}
    assert rule == {"type": "rule"}
    assert code == {
        "type": "codeBlock",
        "attrs": {"language": "python"},
        "content": [{"type": "text", "text": "print(1)"}],
    }


def test_lists_nest_and_keep_their_first_number():
    outer = only("3. one\n   - inner\n4. two")
    assert (outer["type"], outer["attrs"]) == ("orderedList", {"order": 3})
    paragraph, inner = outer["content"][0]["content"]
    assert paragraph["type"] == "paragraph"
    assert inner["type"] == "bulletList"


def test_a_heading_in_a_list_and_a_quote_in_a_quote_become_what_may_stand_there():
    assert only("- # Loud")["content"][0]["content"][0]["type"] == "paragraph"
    assert [block["type"] for block in only("> one\n>\n> > two")["content"]] == ["paragraph", "paragraph"]


def test_tables_have_header_cells_first():
    header, row = only("| a | b |\n|---|---|\n| 1 | **2** |")["content"]
    assert [cell["type"] for cell in header["content"]] == ["tableHeader", "tableHeader"]
    assert row["content"][1]["content"][0]["content"] == [{"type": "text", "text": "2", "marks": [{"type": "strong"}]}]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[here](https://tamarack.example/a?b=ü)", "https://tamarack.example/a?b=ü"),
        ("see https://tamarack.example/a.", "https://tamarack.example/a"),
        ("<https://tamarack.example/a>", "https://tamarack.example/a"),
        ("![a map](https://tamarack.example/a.png)", "https://tamarack.example/a.png"),
        ("[write](mailto:priya@tamarack.example)", "mailto:priya@tamarack.example"),
    ],
)
def test_addresses_become_links(text: str, address: str):
    links = [mark for node in only(text)["content"] for mark in node.get("marks", [])]
    assert links == [{"type": "link", "attrs": {"href": address}}]


@pytest.mark.parametrize("text", ["[x](javascript:alert(1))", "[x](file:///etc/passwd)", "[x](/relative)", "@priya"])
def test_what_is_no_web_address_and_whoever_is_named_stays_text(text: str):
    assert only(text)["content"] == [{"type": "text", "text": text}]


@pytest.mark.parametrize(
    "text",
    [
        "[note]: https://tamarack.example",
        "| a |\n|---|\n| b | lost |",
        "<b>bold</b> &amp; <!-- hidden -->",
        "> " * 80 + "deep",
        '[x](https://tamarack.example "a title")',
        "```python title=example\nx\n```",
    ],
)
def test_what_markdown_would_drop_is_kept(text: str):
    document = from_markdown(text)
    check(document)
    assert words(text) <= words(to_markdown(document))


def test_nothing_makes_an_empty_document():
    assert from_markdown("  \n ") == {"type": "doc", "version": 1, "content": []}


MARKDOWN = st.text(st.one_of(st.sampled_from("ab 1.\n\t-*_`~#>|[]()!\\<&:/@"), st.characters()), max_size=200)
PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "word ",
                "**bold** ",
                "*it* ",
                "`code` ",
                "\n",
                "\n\n",
                "- item\n",
                "1. first\n",
                "> quote\n",
                "  - sub\n",
            ),
            *("# Head\n", "```\nfence\n```\n", "| a | b |\n|---|---|\n| c | d |\n", "---\n", "https://x.example/y "),
            *("  - sub\n", "[link](https://x.example) ", "~~gone~~ ", "    indented\n", "<tag> ", "&lt; ", "@someone "),
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.one_of(MARKDOWN, PIECES))
def test_any_text_becomes_a_valid_document_that_keeps_its_words(text: str):
    document = from_markdown(text)
    check(document)
    json.dumps(document).encode()
    readable = "".join(character for character in text if not "\ud800" <= character <= "\udfff")
    assert {word for word in words(readable) if word.isascii()} <= words(to_markdown(document))


# A document to text


def test_what_people_put_into_tickets_can_be_read():
    document = said(
        {"type": "panel", "attrs": {"panelType": "warning"}, "content": [paragraph({"type": "text", "text": "Hot"})]},
        paragraph(
            {"type": "mention", "attrs": {"id": "7", "text": "@Priya"}},
            {"type": "text", "text": " see "},
            {"type": "inlineCard", "attrs": {"url": "https://tamarack.example/x"}},
            {"type": "emoji", "attrs": {"shortName": ":+1:", "text": "👍"}},
            {"type": "status", "attrs": {"text": "BLOCKED"}},
            {"type": "date", "attrs": {"timestamp": "1764028800000"}},
        ),
        {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "1", "type": "file", "alt": "map.png"}}]},
        {
            "type": "taskList",
            "content": [
                {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [{"type": "text", "text": "buy"}]},
                {"type": "taskItem", "attrs": {"state": "TODO"}, "content": [{"type": "text", "text": "build"}]},
            ],
        },
        {"type": "expand", "attrs": {"title": "More"}, "content": [paragraph({"type": "text", "text": "within"})]},
    )
    assert to_markdown(document) == (
        "> [warning] Hot\n\n"
        "@Priya see https://tamarack.example/x👍[BLOCKED]2025-11-25\n\n"
        "[attachment: map.png]\n\n"
        "- [x] buy\n- [ ] build\n\n"
        "More\nwithin"
    )


def test_unknown_nodes_keep_their_text():
    unknown: dict[str, JsonValue] = {
        "type": "someMacro",
        "content": [{"type": "inner", "content": [{"type": "text", "text": "kept"}]}],
    }
    assert to_markdown(said(unknown, {"type": "widget", "attrs": {"text": "also"}})) == "kept\n\nalso"


@pytest.mark.parametrize(
    "text", ["# A *b*\n\nc", "- a\n- b\n  - c", "| a | b |\n|---|---|\n| c | d |", "> q", "1. x\n2. y"]
)
def test_what_was_written_reads_back_as_it_was(text: str):
    assert to_markdown(from_markdown(text)) == text


@pytest.mark.parametrize(("body", "text"), [(None, ""), ("plain words", "plain words"), (7, ""), ([], ""), ({}, "")])
def test_a_body_of_another_shape_is_no_trouble(body: JsonValue, text: str):
    assert to_markdown(body) == text


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["content", "text", "marks", "attrs", "href", "order", "level"]), inner)
        | st.fixed_dictionaries(
            {
                "type": st.sampled_from(
                    ["doc", "paragraph", "text", "table", "bulletList", "heading", "mention", "date"]
                ),
                "content": st.lists(inner, max_size=3),
            },
            optional={"attrs": inner, "marks": inner, "text": inner},
        )
    ),
    max_leaves=15,
)


@settings(max_examples=100, deadline=None)
@given(ANYTHING)
def test_no_document_however_odd_breaks_the_reading(document: JsonValue):
    assert isinstance(to_markdown(document), str)


def paragraph(*content: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {"type": "paragraph", "content": list(content)}
