"""The search language of the playground's GitHub."""

import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company import load_company
from playground.github.errors import Refusal
from playground.github.search import search
from playground.github.seed import planted
from playground.github.world import World


@pytest.fixture(scope="module")
def world() -> World:
    now = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return planted(load_company(today=date(2026, 11, 20)), lambda: now)


def found(world: World, who: str, query: str) -> set[str]:
    hits = search(world, world.person(who), query)
    return {f"{hit.repository.name}#{hit.issue.number}" for hit in hits}


@pytest.mark.parametrize(
    ("who", "query", "wanted"),
    [
        (
            "ren",
            "is:pr is:open review-requested:@me",
            {"atlas-api#415", "atlas-api#417", "bedrock-infra#156"},
        ),
        ("camille", "is:open is:pr review-requested:cbeaumont", {"wayfinder-app#319"}),
        ("camille", "is:pr author:@me is:open", {"wayfinder-app#318", "wayfinder-app#320"}),
        ("ren", "is:pr is:open draft:true", {"atlas-api#418", "wayfinder-app#321"}),
        ("ren", "is:pr is:merged repo:tamarack-maps/tile-forge merged:>=2026-11-19", {"tile-forge#94"}),
        (
            "ren",
            "is:pr repo:tamarack-maps/tile-forge merged:2026-11-12..2026-11-13",
            {"tile-forge#91", "tile-forge#92"},
        ),
        ("ren", "is:pr is:unmerged is:closed", {"atlas-api#405", "wayfinder-app#316"}),
        ("ren", 'is:pr "rate limit" exports', {"atlas-api#412"}),
        ("ren", "is:pr RATE limit", {"atlas-api#412"}),
        ("ren", "is:pr is:open review:approved", {"atlas-api#416", "bedrock-infra#157", "wayfinder-app#320"}),
        ("ren", "is:pr is:open status:failure", {"atlas-api#416", "wayfinder-app#318", "tile-forge#95"}),
        (
            "ren",
            "is:pr is:open -repo:tamarack-maps/atlas-api author:whitfield-j",
            {"bedrock-infra#154", "bedrock-infra#156"},
        ),
        ("oskar", "is:issue is:open assignee:@me", {"atlas-api#399"}),
        ("ren", "is:issue label:customer-ask is:open", {"atlas-api#400", "atlas-api#410"}),
        ("ren", "is:issue milestone:4.13", {"wayfinder-app#308"}),
        ("ren", "is:pr is:open mentions:npetrenko", {"bedrock-infra#154"}),
        (
            "ren",
            "is:pr is:open repo:tamarack-maps/tile-forge repo:tamarack-maps/bedrock-infra",
            {"tile-forge#95", "bedrock-infra#154", "bedrock-infra#156", "bedrock-infra#157"},
        ),
    ],
)
def test_a_query_finds_what_it_says(world: World, who: str, query: str, wanted: set[str]) -> None:
    assert found(world, who, query) == wanted


def test_nobody_finds_what_they_may_not_see(world: World) -> None:
    assert not any(name.startswith("bedrock-infra") for name in found(world, "camille", "is:pr state:open"))


def test_a_word_in_the_title_comes_first(world: World) -> None:
    hits = search(world, world.person("ren"), "is:issue slope")

    assert hits[0].issue.title == "Winter slope missing above zoom 14"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Validation Failed"),
        ("author:@me", "Query must include 'is:issue' or 'is:pull-request'"),
        ("is:pr repo:tamarack-maps/no-such-thing", "Validation Failed"),
        ("is:pr org:somebody-else", "Validation Failed"),
        ("is:pr merged:>=yesterday", "Validation Failed"),
    ],
)
def test_a_query_without_sense_is_refused(world: World, query: str, said: str) -> None:
    with pytest.raises(Refusal) as caught:
        search(world, world.person("ren"), query)

    assert (caught.value.status, caught.value.message) == (422, said)


def test_a_repository_that_may_not_be_seen_is_refused_like_one_that_is_not_there(world: World) -> None:
    with pytest.raises(Refusal):
        search(world, world.person("camille"), "is:pr repo:tamarack-maps/bedrock-infra")


@settings(max_examples=40, derandomize=True, deadline=None)
@given(days=st.integers(0, 40))
def test_a_date_splits_the_merged_ones_into_before_and_after(world: World, days: int) -> None:
    day = date(2026, 11, 20) - timedelta(days=days)

    before, after = found(world, "ren", f"is:pr merged:<{day}"), found(world, "ren", f"is:pr merged:>={day}")

    assert before.isdisjoint(after)
    assert before | after == found(world, "ren", "is:pr is:merged")


@settings(max_examples=60, derandomize=True, deadline=None)
@given(text=st.text(max_size=60))
def test_any_words_are_answered_or_refused_and_break_nothing(world: World, text: str) -> None:
    with contextlib.suppress(Refusal):
        search(world, world.person("ren"), f"is:pr {text}")
