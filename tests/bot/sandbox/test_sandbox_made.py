"""What comes out of a sandbox, looked at as a stranger's bytes [sandbox]."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.bubblewrap import read_frame
from bot.sandbox.kernel import FILE, FILES
from bot.sandbox.made import Said, media_of, new_file, understood
from bot.sandbox.sandbox import Lost

HONEST: dict[str, object] = {"number": "1", "output": "2\n", "error": "", "notes": [], "files": []}


def said(**others: object) -> bytes:
    return json.dumps({**HONEST, **others}).encode()


def test_an_honest_answer_is_understood():
    assert understood(Said, said(files=[{"name": "a.csv", "size": 3}])).files[0].name == "a.csv"


@pytest.mark.parametrize(
    "others",
    [
        {"output": 1},
        {"output": "x" * 100_001},
        {"notes": ["x"] * 201},
        {"files": [{"name": "a", "size": -1}]},
        {"files": [{"name": "a", "size": FILE + 1}]},
        {"files": [{"name": "", "size": 1}]},
        {"files": [{"name": "a" * 301, "size": 1}]},
        {"files": [{"name": "a", "size": "1"}]},
        {"files": [{"name": "a", "size": FILE}] * 6},
        {"files": [{"name": "a", "size": 1}] * (2 * FILES + 1)},
    ],
)
def test_an_answer_that_promises_too_much_or_nonsense_ends_the_session(others: dict[str, object]):
    with pytest.raises(Lost):
        understood(Said, said(**others))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500) | st.binary(max_size=300).map(lambda rest: b"\x00\x00\x00\x20" + rest))
def test_whatever_bytes_come_the_reader_only_says_that_the_session_is_lost(given: bytes):
    async def read() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(given)
        stream.feed_eof()
        understood(Said, await read_frame(stream))

    with pytest.raises((Lost, asyncio.IncompleteReadError)):
        asyncio.run(read())


def test_deep_nesting_is_no_way_to_break_the_reader():
    with pytest.raises(Lost):
        understood(Said, b"[" * 1_000_000)


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_every_name_becomes_a_single_safe_one(name: str):
    safe = new_file(name, b"x").name
    assert safe
    assert "/" not in safe
    assert safe not in (".", "..")
    assert safe.isprintable()


@pytest.mark.parametrize(
    ("name", "body", "media"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("a.png", b"<html>", "application/octet-stream"),
        ("a.jpg", b"\xff\xd8\xff", "image/jpeg"),
        ("a.svg", b'<?xml version="1.0"?><svg>', "image/svg+xml"),
        ("a.svg", b"<html>", "application/octet-stream"),
        ("a.bmp", b"BM", "application/octet-stream"),
        ("a.csv", b"a,b", "text/csv"),
        ("a", b"a", "application/octet-stream"),
    ],
)
def test_a_picture_is_one_only_when_its_bytes_are(name: str, body: bytes, media: str):
    assert media_of(name, body) == media


def test_what_is_said_of_a_chart_is_one_visible_line():
    assert new_file("a.png", b"x", "Sales\nby\u202e month\x00").alt == "Sales by month"
