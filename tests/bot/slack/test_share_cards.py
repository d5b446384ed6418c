"""The buttons and dialogs with which a private answer is shared, whatever stands in them."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blocks import Message
from bot.slack.offer import (
    EDITABLE,
    asks_again,
    in_place,
    posted,
    share_buttons,
    share_modal,
    share_over,
    shared_already,
    shared_line,
)
from memory.shares import Share
from tests.bot.slack.card_rules import check
from tests.memory.sharing import share_of

DESIGN = Path(__file__).parents[4] / "shared" / "ux" / "cards" / "private-answer.json"
SHARE = share_of("T1:U1", id="s_12", people=38, words="There is **enough**.")
quick = settings(max_examples=60, derandomize=True, deadline=None)
ODD = ["<@U1>", "`", "*", "_", "\u202e", "\u200b", "\n", "&", "<https://e.example|x>", "a", " ", "#"]
names = st.lists(st.sampled_from(ODD), max_size=40).map("".join)
answers = st.lists(st.sampled_from([*ODD, "<!channel>", "🎉"]), max_size=40).map("".join)


@pytest.mark.skipif(not DESIGN.exists(), reason="needs ../shared")
def test_the_buttons_look_as_designed() -> None:
    design: list[dict[str, Any]] = json.loads(DESIGN.read_text("utf-8"))["blocks"]
    [drawn] = [block for block in design if block["type"] == "actions"]
    assert share_buttons(SHARE, channel="team", team="Tamarack") == {**drawn, "block_id": "share:s_12"}


@pytest.mark.parametrize(
    ("people", "outside", "told"),
    [
        (1, False, "1 person will see the answer above"),
        (1_204, False, "1,204 people will see the answer above"),
        (9, True, "9 people, also people outside Tamarack, will see the answer above"),
        (None, True, "Everybody who reads there, also people outside Tamarack, will see the answer above"),
    ],
)
def test_before_the_click_it_says_who_will_see_it(people: int | None, outside: bool, told: str) -> None:  # noqa: FBT001
    """chan_external"""
    share = replace(SHARE, people=people, outside=outside)
    confirm = share_buttons(share, channel="team", team="Tamarack")["elements"][0]["confirm"]
    assert confirm["text"]["text"] == f"{told}, exactly as written, with your name on it."


def test_what_is_too_long_for_a_field_is_shared_as_it_is_or_not() -> None:
    long = replace(SHARE, words="x" * (EDITABLE + 1))
    actions = [one["action_id"] for one in share_buttons(long, channel="team", team="Tamarack")["elements"]]
    assert actions == ["share.here"]


@quick
@given(names, names, answers, st.integers(1, 400))
def test_no_name_and_no_answer_breaks_them(channel: str, team: str, words: str, times: int) -> None:
    """appr_spoof"""
    share = replace(SHARE, words=words * times, outside=True)
    drawn: list[Any] = [*asks_again(share, channel=channel, team=team, is_edited=False), shared_line(channel)]
    check({"text": "x", "blocks": drawn})
    check(asdict(shared_already(channel)))
    check(asdict(share_over()))
    for message in posted(team, share.words):
        assert [block["type"] for block in message.blocks][-1] == "markdown"
        assert 0 < len(message.text) <= 4_000
    if len(share.words) <= EDITABLE:
        view = share_modal(share, channel=channel, team=team)
        assert len(view["title"]["text"]) <= 24
        assert view["blocks"][0]["element"]["initial_value"] == share.words


def test_a_long_answer_is_posted_whole_under_one_name() -> None:
    words = "\n\n".join(f"Paragraph {n} " + "x" * 500 for n in range(60))
    messages = posted("Ada", words)
    assert "\n\n".join(str(message.blocks[-1]["text"]) for message in messages) == words
    assert ["Ada shared this answer:" in str(message.blocks) for message in messages] == [True, False, False]


def test_only_the_buttons_give_way_to_what_became_of_them() -> None:
    before = Message("x", [{"type": "divider"}, share_buttons(SHARE, channel="team", team="T"), {"type": "divider"}])
    share: Share = replace(SHARE, message=json.dumps(asdict(before)))
    after = in_place(share, shared_line("team")).blocks
    assert [block["type"] for block in after] == ["divider", "context", "divider"]
    assert after[1]["elements"][0]["text"] == "Shared in #team"
