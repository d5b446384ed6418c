"""Whatever an agent is, its file gives it back."""

from collections.abc import Sequence
from typing import get_args

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.agents.file import (
    AgentFile,
    Faulty,
    Job,
    Problem,
    Role,
    Source,
    problems_of,
    read_agent,
    read_draft,
    rewritten,
    tidied,
    write_agent,
)
from bot.llm import RouteName

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=40)
TRICKY = st.sampled_from(
    [
        *["no", "~", "null", "1", "1.0", "0x1f", "1e5", "1:30", "2026-01-31", "1_000", ".5", "+1", "on", "=", "<<"],
        *["- a", "a: b", "#a", "a #b", "'", '"', "---", "...", "&a", "*a", "!a", "%a", "@a", "`a", "{a", "[a", "|"],
        *[">", "? a", "a\\nb", "-", ":", "a:", "1.5e+20", "-0", "0o17", "y"],
    ]
)
WORDS = LINE | TRICKY
WORD = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
NUMBER = st.integers(-(10**14), 10**14) | st.floats(-1e9, 1e9)
VALUE = st.none() | st.booleans() | NUMBER | WORDS | st.lists(WORDS, max_size=3)
ADDRESS = st.from_regex(r"https://[a-z]{1,9}/[a-z#:&]{0,9}", fullmatch=True)
SOURCE = st.one_of(
    st.builds(Source, kind=st.just("text"), at=WORDS, text=TEXT | st.text(alphabet=" \n\t-#:ab", max_size=40)),
    st.builds(Source, kind=st.just("file"), at=WORDS),
    st.builds(Source, kind=st.sampled_from(["drive", "page"]), at=ADDRESS),
)
AGENTS = st.builds(
    AgentFile,
    name=WORDS,
    handle=st.from_regex(r"[a-z][a-z0-9-]{1,31}", fullmatch=True),
    icon=st.sampled_from(["", "PU", "📣", "~", "1", "#"]),
    description=WORDS,
    instructions=TEXT | st.text(alphabet=" \n-#:ab", max_size=40),
    job=st.sampled_from(get_args(Job)),
    roles=st.lists(st.sampled_from(get_args(Role)), unique=True).map(tuple),
    skills=st.none() | st.dictionaries(WORD, st.sampled_from(["read", "write"]), max_size=4),
    route=st.sampled_from(get_args(RouteName)),
    starters=st.lists(WORDS, max_size=6, unique=True).map(tuple),
    knowledge=st.lists(SOURCE, max_size=4).map(tuple),
    parameters=st.dictionaries(WORD, st.dictionaries(WORD, VALUE, max_size=3), max_size=3),
    must_ask=st.lists(WORD, max_size=4, unique=True).map(tuple),
)
YAML = st.text(alphabet="-\n: ab[]{}&*!|>'\"#%@`\t,?~", max_size=120).map(lambda text: f"---\n{text}\n---\n")


@settings(max_examples=100, deadline=None)
@given(AGENTS)
def test_what_is_written_reads_as_it_was(file: AgentFile) -> None:
    assume(not any(problem.stops for problem in problems_of(file)))
    text = write_agent(file)
    assert read_agent(text) == tidied(file)
    assert read_agent(text.replace("\n", "\r\n").encode()) == tidied(file)
    assert write_agent(read_agent(text)) == text
    assert rewritten(text, file) == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300) | YAML)
def test_any_text_is_read_or_its_problems_are_told(text: str) -> None:
    """cost_dos: nothing that somebody brings breaks what reads it."""
    assert all(problem.said and problem.line >= 0 for problem in problems_in(text))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_their_problems_are_told(body: bytes) -> None:
    assert all(problem.said for problem in problems_in(body))


@settings(max_examples=50, deadline=None)
@given(TEXT)
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    file = AgentFile(name="a", handle="ab", description=text, instructions=text, starters=(text,))
    assert tidied(tidied(file)) == tidied(file)


def problems_in(body: bytes | str) -> Sequence[Problem]:
    try:
        return read_draft(body).problems
    except Faulty as error:
        return error.problems
