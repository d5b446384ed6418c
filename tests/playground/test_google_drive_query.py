"""Drive's search language: what it finds, and what it refuses."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.google.drive_convert import DOCUMENT, SHEET
from playground.google.drive_query import BadQuery, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    name: str = "Winter trails: product plan"
    words: str = "Six of ten support questions are about paths."
    mime_type: str = DOCUMENT
    created: datetime = datetime(2026, 11, 13, 9, tzinfo=UTC)
    modified: datetime = datetime(2026, 11, 16, 14, 10, tzinfo=UTC)
    trashed: bool = False
    shared_with_me: bool = True
    visibility: str = "domainCanFind"
    places: frozenset[tuple[str, str]] = field(
        default=frozenset({("folder-1", "parents"), ("priya@tamarack.example", "owners")})
    )

    def is_in(self, value: str, collection: str) -> bool:
        return (value, collection) in self.places


@pytest.mark.parametrize(
    "query",
    [
        "",
        "name contains 'win'",
        "name contains 'plan winter'",
        "name = 'winter trails: product plan'",
        "name != 'Budget'",
        "fullText contains 'support'",
        "fullText contains 'paths winter'",
        "fullText contains '\"ten support questions\"'",
        f"mimeType = '{DOCUMENT}'",
        "mimeType contains 'application/'",
        f"mimeType != '{SHEET}'",
        "trashed = false",
        "trashed != true",
        "sharedWithMe = true",
        "starred = false",
        "visibility = 'domainCanFind'",
        "'folder-1' in parents",
        "'priya@tamarack.example' in owners",
        "not 'leila@tamarack.example' in owners",
        "modifiedTime > '2026-11-16T12:00:00'",
        "modifiedTime <= '2026-11-16T15:10:00+01:00'",
        "createdTime >= '2026-11-13'",
        "name contains 'zebra' or name contains 'win' and trashed = false",
        "not (name contains 'zebra' or trashed = true)",
        "(name contains 'zebra' or name contains 'win') and not trashed = true",
    ],
)
def test_a_query_finds_what_it_describes(query: str) -> None:
    assert parse(query).test(Paper())


@pytest.mark.parametrize(
    "query",
    [
        "name contains 'inter'",
        "name contains 'win zebra'",
        "name = 'winter'",
        "fullText contains 'supp'",
        "fullText contains '\"support ten\"'",
        "mimeType contains 'document'",
        "trashed = true",
        "starred = true",
        "'folder-2' in parents",
        "modifiedTime < '2026-11-16T14:10:00Z'",
        "name contains 'win' and trashed = true",
        "not name contains 'win'",
    ],
)
def test_a_query_leaves_out_what_it_does_not_describe(query: str) -> None:
    assert not parse(query).test(Paper())


@pytest.mark.parametrize(
    "query",
    [
        "winter",
        "name contains winter",
        "name contains 'winter",
        "name like 'winter'",
        "title contains 'winter'",
        "fullText = 'winter'",
        "trashed = 'false'",
        "trashed > true",
        "'me' in friends",
        "modifiedTime > 'yesterday'",
        "(name contains 'winter'",
        "name contains 'winter' and",
        "name contains 'winter' trashed = false",
        "name contains 'it's'",
        "name contains 'winter' && trashed = false",
    ],
)
def test_what_does_not_parse_is_refused(query: str) -> None:
    with pytest.raises(BadQuery):
        parse(query)


@settings(max_examples=60)
@given(name=st.text(max_size=30))
def test_any_name_can_be_asked_for_when_its_quotes_are_escaped(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")

    assert parse(f"name = '{quoted}'").test(Paper(name=name))


def test_the_words_of_a_full_text_search_count_most_in_the_name() -> None:
    query = parse("fullText contains 'paths' and trashed = false")

    assert query.score(Paper(name="Paths")) > query.score(Paper(words="paths paths paths"))
