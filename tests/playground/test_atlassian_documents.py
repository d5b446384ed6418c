"""Atlassian's document format in the playground: what Jira takes, what a reader sees, what a page shows."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.atlassian import adf

SAID = {"type": "text", "text": "Fits."}


def doc(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


def paragraph(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(content)}


ITEM = {"type": "listItem", "content": [paragraph(SAID)]}
CELL = {"type": "tableCell", "content": [paragraph(SAID)]}


@pytest.mark.parametrize(
    "body",
    [
        doc(),
        doc(paragraph()),
        doc(paragraph(SAID, {"type": "hardBreak"}, {"type": "mention", "attrs": {"id": "1", "text": "@Ren"}})),
        doc({"type": "heading", "attrs": {"level": 2}, "content": [SAID]}),
        doc({"type": "bulletList", "content": [ITEM, ITEM]}, {"type": "rule"}),
        doc({"type": "codeBlock", "attrs": {"language": "py"}, "content": [SAID]}),
        doc({"type": "table", "content": [{"type": "tableRow", "content": [CELL]}]}),
        doc(paragraph({**SAID, "marks": [{"type": "code"}, {"type": "link", "attrs": {"href": "https://a.example"}}]})),
    ],
)
def test_a_document_as_the_editor_makes_it_is_taken(body: dict[str, Any]) -> None:
    assert adf.is_document(body)


@pytest.mark.parametrize(
    "body",
    [
        "plain text",
        None,
        {"type": "doc", "content": []},
        doc(SAID),
        doc(paragraph({"type": "text", "text": ""})),
        doc({"type": "heading", "content": [SAID]}),
        doc({"type": "bulletList", "content": []}),
        doc({"type": "bulletList", "content": [paragraph(SAID)]}),
        doc({"type": "marquee", "content": [SAID]}),
        doc(paragraph({**SAID, "marks": [{"type": "code"}, {"type": "strong"}]})),
        doc(paragraph({**SAID, "marks": [{"type": "link"}]})),
        doc(paragraph({"type": "mention", "attrs": {}})),
    ],
)
def test_what_the_format_forbids_is_refused(body: object) -> None:
    assert not adf.is_document(body)


def test_a_reader_sees_every_word_once() -> None:
    body = doc(
        paragraph(SAID, {"type": "mention", "attrs": {"id": "1", "text": "@Ren"}}),
        {"type": "bulletList", "content": [ITEM]},
        {"type": "blockCard", "attrs": {"url": "https://a.example"}},
    )

    assert adf.text_of(body) == "Fits.@Ren\nFits.\nhttps://a.example"


def test_nothing_that_somebody_wrote_becomes_a_tag_or_a_dangerous_link() -> None:
    link = {"type": "link", "attrs": {"href": "javascript:alert(1)"}}
    shown = adf.html(doc(paragraph({"type": "text", "text": "<b>x</b>", "marks": [link]})))

    assert shown == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


@given(st.text(max_size=80))
@settings(max_examples=100)
def test_every_seed_text_becomes_a_document_that_keeps_its_words(text: str) -> None:
    body = adf.document(text, lambda _: None)

    assert adf.is_document(body) or not text.strip()
    assert adf.text_of(body).split() == text.split()


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "content", "attrs", "marks", "text", "version"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150)
def test_anything_else_is_judged_without_a_crash(body: object) -> None:
    assert adf.is_document(body) in (True, False)
    assert adf.is_document({"type": "doc", "version": 1, "content": [body]}) in (True, False)
