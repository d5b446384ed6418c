"""What is searched for on GitHub."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.github.models import Owner
from integrations.github.query import MAX_LENGTH, pulls_query

SYNTAX = {"is:pull-request", "archived:false", "is:open", "author:@me"}


def test_what_waits_for_me_is_open_asked_of_me_and_no_draft():
    query = pulls_query("waiting_for_my_review")
    assert query.split() == ["is:pull-request", "archived:false", "is:open", "draft:false", "review-requested:@me"]


def test_merged_ones_are_dated_by_their_merge():
    query = pulls_query("merged", repository="o/r", since=date(2026, 11, 13))
    assert query.split() == ["is:pull-request", "archived:false", "is:merged", "repo:o/r", "merged:>=2026-11-13"]


def test_open_ones_are_dated_by_their_last_activity():
    assert "updated:>=2026-11-13" in pulls_query("open", since=date(2026, 11, 13))


def test_without_a_repository_one_owner_is_searched():
    assert pulls_query("open", owner=Owner(login="tamarack", type="Organization")).endswith("is:open org:tamarack")
    assert pulls_query("open", owner=Owner(login="ren", type="User")).endswith("is:open user:ren")


def test_words_keep_ticket_keys_whole():
    assert pulls_query("mine", words="TRAIL-143 compass").endswith("author:@me TRAIL-143 compass")


@settings(derandomize=True, max_examples=100)
@given(st.text(max_size=300))
def test_words_are_never_taken_for_syntax(words: str):
    query = pulls_query("mine", words=words)
    added = [part for part in query.split() if part not in SYNTAX]
    assert not any(":" in part or '"' in part or part.startswith("-") for part in added)
    assert not {part.lower() for part in added} & {"and", "or", "not"}
    assert len(query) <= MAX_LENGTH
