"""The Home tab of different people."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.self_service.remembered import Summary
from bot.slack.cards import SkillRow
from bot.slack.home import HomeState, HomeWait, home_view
from bot.slack.onboarding import onboarding
from memory.ids import PendingId
from tests.bot.slack.card_rules import check, ours, walk

NOW = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
LAST_YEAR = datetime(2025, 12, 3, tzinfo=UTC)
WAIT = HomeWait(
    pending=PendingId("p_7f3k"),
    ask="Post this comment on GitHub?",
    expires=datetime(2026, 11, 21, 10, 42, tzinfo=UTC),
)
SKILL = SkillRow(
    name="pull_requests",
    title="Pull requests",
    purpose="Read, comment, review. Asks before it writes.",
    state="connected",
    service="GitHub",
    account="tamarack-lead",
)
BUSY = HomeState(
    now=NOW,
    waits=tuple(replace(WAIT, pending=PendingId(f"p_{n}"), asked_in="platform") for n in range(30)),
    skills=tuple(replace(SKILL, name=f"s{n}", state="not_connected") for n in range(30)),
    memory=Summary(values=31, labels=("board", "title prefix"), saved=118, since=datetime(2026, 9, 3, tzinfo=UTC)),
    wins=onboarding().wins,
    won=frozenset({"ask", "connect"}),
    web_url="https://pinyon.tamarack.example/",
)


def labels(view: dict[str, Any]) -> list[str]:
    return [node["text"]["text"] for _, node in walk(view["blocks"]) if node.get("type") == "button"]


def headers(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]


def test_the_home_of_a_busy_person_keeps_to_forty_blocks():
    view = home_view(BUSY)
    check(view)
    assert len(view["blocks"]) <= 40


def test_the_home_of_a_newcomer_says_what_there_is():
    view = home_view(HomeState(now=NOW))
    check(view)
    assert headers(view) == ["Who answers", "Your skills"]
    assert "No skills are set up here yet." in ours(view)


def test_what_waits_comes_first():
    view = home_view(HomeState(now=NOW, waits=(WAIT,), skills=(SKILL,)))
    assert headers(view)[0] == "1 thing waits for you"
    assert "*Post this comment on GitHub*\nExpires <!date^1795257720^" in ours(view)
    assert labels(view)[0] == "Open"


def test_the_rest_of_what_waits_is_counted():
    view = home_view(BUSY)
    assert headers(view)[0] == "30 things wait for you"
    assert "and 25 more, in our chat" in ours(view)


def test_a_skill_shows_its_account_as_a_value():
    view = home_view(HomeState(now=NOW, skills=(replace(SKILL, account="<!here> *x*"),)))
    assert "<!here>" not in ours(view)
    assert "Connected as <!here> *x*" in str(view["blocks"])


def test_a_skill_that_lost_its_account_can_be_reconnected():
    ended = replace(SKILL, state="ended", url="https://pinyon.tamarack.example/connect/x")
    assert labels(home_view(HomeState(now=NOW, skills=(ended,)))) == ["Reconnect GitHub"]


def test_skills_that_need_nothing_share_a_line():
    ready = [
        replace(SKILL, name=f"r{n}", title=title, state="ready", account="")
        for n, title in enumerate(("Data", "Web pages"))
    ]
    off = replace(SKILL, name="off", title="Pictures", state="not_set_up", account="", why="An admin sets a KEY_X.")
    view = home_view(HomeState(now=NOW, skills=(SKILL, *ready, off)))
    check(view)
    assert "*Works right now*  Data, Web pages" in ours(view)
    assert "Not set up here: Pictures. An admin can add what is missing." in ours(view)
    assert [block["block_id"] for block in view["blocks"] if "block_id" in block] == ["skill:pull_requests"]


def test_the_next_small_wins_are_offered():
    assert "Small wins · 2 of 7" in headers(home_view(BUSY))
    assert "*Next*  See your open pull requests" in ours(home_view(BUSY))


def test_what_is_remembered_and_what_it_saved_is_told_in_a_sentence():
    view = home_view(BUSY)
    assert (
        "31 values from your own work, such as your board and your title prefix."
        " They saved you 118 questions since September." in ours(view)
    )
    [look] = [node for _, node in walk(view["blocks"]) if node.get("action_id") == "memory.open"]
    assert (look["text"]["text"], look["value"]) == ("Look through", "all")
    assert headers(view).index("What I remember") == headers(view).index("Your skills") + 1


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        (Summary(values=1, labels=("board",)), "1 value from your own work: your board."),
        (
            Summary(values=1, labels=("board",), saved=1, since=NOW),
            "1 value from your own work: your board. It saved you 1 question since November.",
        ),
        (
            Summary(values=1_200, labels=("board", "title prefix", "labels"), saved=2_000, since=LAST_YEAR),
            "1,200 values from your own work, such as your board, your title prefix and your labels."
            " They saved you 2,000 questions since December 2025.",
        ),
        (Summary(values=2, labels=("<!here> *x*",)), "2 values from your own work."),
        (
            Summary(values=0),
            "*Nothing remembered yet.*\n"
            "File a ticket or plan a meeting with Pinyon. What you choose yourself shows up here.",
        ),
    ],
)
def test_however_much_is_remembered_the_sentence_is_right(summary: Summary, says: str):
    view = home_view(HomeState(now=NOW, memory=summary))
    check(view)
    assert f"{says}\n" in ours(view)
    assert ("memory.open" in str(view)) == (summary.values > 0)
