"""Long answers in several messages."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.harmless.fences import closes, opening
from bot.slack.split import LIMIT, split_answer

quick = settings(max_examples=200, derandomize=True, deadline=None)
lines = st.sampled_from(
    ["words here", "a. b. c", "", "", "x" * 90, "```py", "```", "~~~", "| a | b |", "|--|--|", "  - q"]
)
markdown = st.lists(lines, max_size=60).map("\n".join)


def is_closed(part: str) -> bool:
    fence = ""
    for line in part.split("\n"):
        fence = ("" if closes(line, fence) else fence) if fence else opening(line)
    return not fence


def test_a_short_answer_is_one_part():
    assert split_answer("Hello.\n\nBye.") == ["Hello.\n\nBye."]


def test_nothing_is_no_part():
    assert split_answer(" \n\n ") == []


def test_parts_end_between_paragraphs():
    assert split_answer("a" * 50 + "\n\n" + "b" * 50, limit=60) == ["a" * 50, "b" * 50]


def test_a_code_block_stays_whole():
    code = "```py\n" + "x = 1\n" * 5 + "```"
    assert split_answer(f"{'a' * 50}\n\n{code}\n\nend", limit=60) == ["a" * 50, f"{code}\n\nend"]


def test_a_code_block_longer_than_a_part_is_fenced_again():
    parts = split_answer("```py\n" + "x = 1\n" * 20 + "```", limit=60)
    assert len(parts) > 1
    assert all(part.startswith("```py\n") and part.endswith("\n```") for part in parts)
    assert "".join(part.removeprefix("```py\n").removesuffix("```") for part in parts) == "x = 1\n" * 20


def test_a_table_longer_than_a_part_gets_its_header_again():
    header = "| a | b |\n|---|---|\n"
    rows = [f"| {n} | x |\n" for n in range(20)]
    parts = split_answer(header + "".join(rows), limit=80)
    assert len(parts) > 1
    assert all(part.startswith(header) for part in parts)
    assert "".join(f"{part}\n".removeprefix(header) for part in parts) == "".join(rows)


def test_a_long_paragraph_is_cut_between_sentences():
    assert split_answer("First one here. Second one there. " * 3, limit=40)[0] == "First one here. Second one there. "


def test_a_limit_without_room_for_a_fence_is_refused():
    with pytest.raises(ValueError, match="needs room"):
        split_answer("x", limit=10)


def test_forty_thousand_characters_fit_into_four_parts():
    parts = split_answer("Some words, and more of them. " * 1_334)
    assert len(parts) == 4
    assert max(map(len, parts)) <= LIMIT


@quick
@given(markdown, st.integers(min_value=40, max_value=300))
def test_no_part_is_too_long_or_empty(text: str, limit: int):
    assert all(0 < len(part.strip()) <= len(part) <= limit for part in split_answer(text, limit))


@quick
@given(st.text(st.characters(codec="utf-8", exclude_characters="`~|"), max_size=600), st.integers(40, 200))
def test_prose_loses_nothing_but_line_breaks_at_the_borders(text: str, limit: int):
    assert re.sub(r"\s", "", "".join(split_answer(text, limit))) == re.sub(r"\s", "", text)


@quick
@given(markdown, st.integers(min_value=40, max_value=300))
def test_every_line_is_in_some_part(text: str, limit: int):
    shown = "\n".join(split_answer(text, limit))
    for word in ("words", "q", "c"):
        assert shown.count(word) == text.count(word)
    assert shown.count("x") == text.count("x")


@quick
@given(markdown, st.integers(min_value=40, max_value=300))
def test_every_part_but_an_unfinished_last_one_closes_its_code(text: str, limit: int):
    assert all(map(is_closed, split_answer(text, limit)[:-1]))
