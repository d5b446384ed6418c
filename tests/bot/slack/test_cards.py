"""What Pinyon's cards look like, in every state, whatever is in them."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.harmless.visible import visible, visible_target
from bot.messages import (
    Always,
    ApprovalCard,
    AttachedFile,
    ConnectCard,
    ConnectOffer,
    FailureCard,
    Outcome,
    Pair,
    Undo,
    WriteState,
)
from bot.slack import cards
from bot.slack.cards import always_modal, approval_card, approval_modal, connect_card, payload_modal
from bot.slack.onboarding import chosen, onboarding
from memory.ids import PendingId, TurnId
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import (
    ALWAYS,
    DECIDED,
    DESIGNS,
    NOW,
    OUTCOMES,
    UNDO,
    built,
    buttons,
    card_of,
    comment,
    design,
    nasty,
    state,
    values,
)

STARTERS = chosen(onboarding().starters, ())

quick = settings(max_examples=40, derandomize=True, deadline=None)


# Against the designs


def test_one_waiting_write_looks_as_designed():
    write = comment(text=design("approval")["blocks"][3]["text"]["text"], edits=True, always=ALWAYS)
    assert built(approval_card(card_of(state(write=write)), now=NOW)) == design("approval")


def test_a_long_text_is_previewed_as_designed():
    shown = design("approval-long")["blocks"][3]["text"]["text"].removesuffix("…")
    pairs = (
        Pair(label="To", value="design-lead@tamarack.example, sales-lead@tamarack.example", origin="you said"),
        Pair(label="Subject", value="Product update, week 47", origin="written by me"),
    )
    mail = replace(
        comment(text=f"{shown}\n".ljust(4812, "x"), pairs=pairs, edits=True),
        ask="Send this mail?",
        account="lead@tamarack.example",
    )
    expected = design("approval-long")
    expected["blocks"][2]["elements"][0]["text"] = f"Text, the first {len(shown)} of 4,812 characters · _written by me_"
    assert built(approval_card(card_of(state(write=mail)), now=NOW)) == expected


def test_three_waiting_writes_look_as_designed():
    ticket = replace(
        comment(1, text=""),
        ask="Create a ticket?",
        pairs=(
            Pair(label="Board", value="Platform (INFRA)", origin="remembered, 14 of your last\u00a015"),
            Pair(label="Title", value="[infra] Rotate the staging certificates", origin="written by me"),
        ),
    )
    mail = replace(
        comment(2, text=design("approval-3")["blocks"][5]["text"]["text"]),
        ask="Send a mail?",
        pairs=(
            Pair(label="To", value="design-lead@tamarack.example", origin="you said"),
            Pair(
                label="Cc",
                value="partner@birchline.example",
                origin="found in the mail, outside Tamarack",
                foreign=True,
            ),
            Pair(label="Subject", value="Certificates on staging", origin="written by me"),
        ),
    )
    meeting = replace(
        comment(3, text=""),
        ask="Move a meeting?",
        pairs=(
            Pair(label="Meeting", value="Release check", origin="found in your calendar, one match"),
            Pair(label="From", value="Tue 24 Nov, 09:00 to 09:30"),
            Pair(label="To", value="Tue 24 Nov, 11:00 to 11:30", origin="you said"),
        ),
    )
    items = [
        WriteState(write=replace(write, account="lead@tamarack.example", edits=True, always=ALWAYS), outcome="waiting")
        for write in (ticket, mail, meeting)
    ]
    because = "I read a mail from outside Tamarack on the way, so I ask before I act."
    card = card_of(*items, service="Google", because=because)
    assert built(approval_card(card, now=NOW)) == design("approval-3")


@pytest.mark.parametrize("outcome", ["done", "denied", "expired"])
def test_a_write_that_is_over_looks_as_designed(outcome: Outcome):
    assert built(approval_card(card_of(state(outcome)), now=NOW)) == design(outcome)


def test_a_write_whose_target_changed_looks_as_designed():
    changed = state("stale", write=comment(edits=True, always=ALWAYS))
    assert built(approval_card(card_of(changed), now=NOW)) == design("stale")


def test_a_write_that_can_be_taken_back_looks_as_designed():
    done = state("done", write=comment(undo=UNDO), can_undo=True)
    assert built(approval_card(card_of(done), now=NOW)) == design("done-undo")


def test_the_connect_card_looks_as_designed():
    assert built(connect_card(ConnectCard(offers=(offer(),)))) == design("connect")


def test_a_failure_looks_as_designed():
    failure = FailureCard(
        headline="GitHub is not answering.",
        detail="I tried for 40 seconds and changed nothing. Your question is kept.",
        reference="T91-K4",
        retry=TurnId("t_91"),
    )
    assert built(cards.card_message(failure, now=NOW)) == design("error")


def test_the_greetings_look_as_designed():
    assert built(cards.first_message(STARTERS)) == design("first-message")
    assert built(cards.second_message(STARTERS, team="Tamarack")) == design("second-message")


def test_a_private_answer_leaves_the_designed_line_in_the_channel():
    assert built(cards.answered_privately()) == design("channel-line")


@pytest.mark.parametrize("file", sorted(DESIGNS.glob("*.json")), ids=lambda file: file.stem)
def test_every_design_keeps_the_rules(file: Path):
    check(json.loads(file.read_text("utf-8")))


# Approvals


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_single_card_keeps_the_rules_in_every_state(outcome: Outcome):
    check(built(approval_card(card_of(state(outcome)), now=NOW)))


@pytest.mark.parametrize("count", [2, 3, 8, 9, 20])
def test_a_list_keeps_the_rules_in_every_mix(count: int):
    for shift in range(len(OUTCOMES)):
        items = [state(OUTCOMES[(n + shift) % len(OUTCOMES)], n + 1) for n in range(count)]
        check(built(approval_card(card_of(*items), now=NOW)))
        check(approval_modal(card_of(*items), now=NOW))


def test_an_open_write_offers_approve_and_deny_and_nothing_that_is_not_built():
    card = built(approval_card(card_of(state()), now=NOW))
    assert {node["action_id"] for node in buttons(card).values()} == {"approval.approve", "approval.deny"}


def test_a_write_that_is_over_can_no_longer_be_approved():
    for outcome in set(OUTCOMES) - {"waiting", "stale"}:
        for items in ([state(outcome)], [state(outcome, 1), state(outcome, 2)]):
            dumped = json.dumps(built(approval_card(card_of(*items), now=NOW)))
            assert "approval.approve" not in dumped
            assert "approval.item" not in dumped


def test_a_question_from_a_channel_says_which():
    card = built(approval_card(card_of(state(), asked_in="platform"), now=NOW))
    assert card["blocks"][0]["elements"][0]["text"] == "For your question in #platform"


def test_each_waiting_item_has_its_own_menu():
    card = built(approval_card(card_of(state(number=1), state("done", 2), state(number=3)), now=NOW))
    menus = {node["action_id"]: node for _, node in walk(card["blocks"]) if node.get("type") == "overflow"}
    assert set(menus) == {"approval.item:1", "approval.item:3"}
    assert [option["value"] for option in menus["approval.item:3"]["options"]] == ["p_3:approve", "p_3:deny"]


def test_a_decided_item_says_what_became_of_it():
    card = built(approval_card(card_of(state("done", 1), state("denied", 2), state(number=3)), now=NOW))
    assert "*1 · Comment posted*" in ours(card)
    assert "*2 · Not posted · denied*" in ours(card)
    assert "*Do the last one?*" in ours(card)


def test_a_list_that_is_decided_counts_its_outcomes():
    card = built(approval_card(card_of(state("done", 1), state("done", 2), state("denied", 3)), now=NOW))
    assert card["text"] == "3 things: 2 done, 1 denied"


def test_more_than_eight_items_cannot_be_approved_before_all_were_shown():
    card = built(approval_card(card_of(*(state(number=n) for n in range(1, 21))), now=NOW))
    assert "and 12 more" in ours(card)
    assert set(buttons(card)) == {"Show all 20", "Deny all"}


def test_the_dialog_of_all_items_approves_them_all():
    view = approval_modal(card_of(*(state(number=n) for n in range(1, 21))), now=NOW)
    check(view)
    assert (view["submit"]["text"], view["callback_id"], view["private_metadata"]) == (
        "Approve all 20",
        "approval.all",
        "p_1",
    )


def test_a_target_too_long_for_a_card_moves_to_the_dialog_whole():
    target = "x" * 30_000
    card = card_of(state(write=comment(pairs=(Pair(label="To", value=target),))))
    message = built(approval_card(card, now=NOW))
    check(message)
    assert set(buttons(message)) == {"Show all", "Deny"}
    view = approval_modal(card, now=NOW)
    check(view)
    assert target in "".join(node["text"] for _, node in walk(view["blocks"]) if node.get("type") == "plain_text")


def test_what_no_dialog_can_show_cannot_be_approved():
    card = card_of(state(write=comment(pairs=(Pair(label="To", value="x" * 400_000),))))
    assert "submit" not in approval_modal(card, now=NOW)


def test_the_whole_text_is_shown_in_pieces():
    text = "\n".join(f"line {n}" for n in range(6_000))
    view = payload_modal(comment(text=text))
    check(view)
    pieces = [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]
    assert "".join(pieces) == text
    assert all(len(piece) <= 2_900 for piece in pieces)


def test_a_reason_given_takes_the_reasons_away():
    card = built(approval_card(card_of(state("denied", said="wrong words")), now=NOW))
    assert set(buttons(card)) == {"Change and ask again"}
    assert "Reason: wrong words" in ours(card)


def test_a_link_that_is_no_web_address_is_not_offered():
    card = built(approval_card(card_of(state("done", link="javascript:alert(1)")), now=NOW))
    assert not buttons(card)


# Values of strangers

pairs = st.builds(
    Pair, label=st.just("To"), value=nasty, origin=st.sampled_from(["", "you said"]), foreign=st.booleans()
)

asks = st.sampled_from(["", "Delete the comment?", "People who were notified keep their notification. " * 9])


@st.composite
def approvals(draw: st.DrawFn) -> ApprovalCard:
    count = draw(st.sampled_from([1, 1, 2, 3, 9, 40]))
    items = [
        WriteState(
            write=replace(
                comment(number),
                pairs=tuple(draw(st.lists(pairs, min_size=1, max_size=3))),
                account=draw(nasty),
                text=draw(nasty),
                edits=draw(st.booleans()),
                always=draw(st.none() | st.builds(Always, target=nasty, says=nasty)),
                undo=draw(st.none() | st.builds(Undo, ask=asks, undone=asks, kept=asks)),
            ),
            asked=draw(st.booleans()),
            can_undo=draw(st.booleans()),
            outcome=draw(st.sampled_from(OUTCOMES)),
            at=draw(st.none() | st.just(DECIDED)),
            link=draw(st.none() | nasty),
            said=draw(nasty),
        )
        for number in range(1, count + 1)
    ]
    return card_of(*items, asked_in=draw(nasty), because=draw(nasty))


@quick
@given(approvals())
def test_whatever_is_in_it_a_card_keeps_the_rules(card: ApprovalCard):
    """appr_spoof, appr_unicode, appr_fatigue: 40 items, markup, 3,000 characters, hidden ones, none at all."""
    check(built(approval_card(card, now=NOW)))
    check(approval_modal(card, now=NOW))
    check(payload_modal(card.items[0].write))
    check(always_modal(card.items[0].write))


@quick
@given(approvals())
def test_what_can_be_approved_was_shown_whole(card: ApprovalCard):
    """appr_spoof"""
    message = built(approval_card(card, now=NOW))
    shown = values(message)
    if "approval.approve" in json.dumps(message):
        for item in card.items:
            if item.outcome in {"waiting", "stale"}:
                targets = [visible_target(pair.value) for pair in item.write.pairs if pair.value.strip()]
                assert all(target in shown.replace("\n", "") for target in targets)


@quick
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=3_000).filter(str.strip))
def test_the_dialog_shows_every_character_of_a_text(text: str):
    view = payload_modal(comment(text=text))
    assert "".join(b["text"]["text"] for b in view["blocks"] if b["type"] == "section") == visible(text)


@quick
@given(nasty)
def test_no_value_stands_where_markup_works(value: str):
    """appr_spoof: our words differ from the same card with harmless values only in counts."""
    hostile = card_of(state(write=comment(pairs=(Pair(label="To", value=f"<{value}>"),), text="x")))
    harmless = card_of(state(write=comment(pairs=(Pair(label="To", value="y"),), text="x")))
    if "Show all" not in buttons(built(approval_card(hostile, now=NOW))):
        assert ours(built(approval_card(hostile, now=NOW))) == ours(built(approval_card(harmless, now=NOW)))


@quick
@given(nasty, nasty)
def test_a_failure_keeps_the_rules_whatever_the_vendor_says(headline: str, detail: str):
    failure = FailureCard(headline=f"It broke. {headline.replace('!', '')}"[:2_000], detail=detail, reference="T91-K4")
    message = built(cards.failure_card(failure))
    markup = [node["text"] for _, node in walk(message["blocks"]) if node.get("type") == "mrkdwn"]
    assert not any("<" in text for text in markup)


# Connecting


def offer(number: int = 0, **changes: Any) -> ConnectOffer:
    made = ConnectOffer(
        pending=PendingId(f"p_{number}" if number else "p_7f3k"),
        service="GitHub",
        purpose="read this pull request",
        reads="Pull requests, reviews, checks",
        changes="Comments, reviews and merges, after you approve",
        url="https://pinyon.tamarack.example/connect/7f3k",
    )
    return replace(made, **changes)


def test_two_missing_accounts_share_one_card():
    two = (offer(1, service="Jira", purpose="read the board"), offer(2, service="Google", purpose="send the mail"))
    card = built(connect_card(ConnectCard(offers=two)))
    check(card)
    assert "*This needs two accounts*\nJira to read the board, Google to send the mail." in ours(card)
    assert list(buttons(card)) == ["Connect Jira", "Connect Google", "Not now"]


def test_an_ended_account_is_connected_again():
    card = built(connect_card(ConnectCard(offers=(offer(again=True),))))
    check(card)
    assert "*GitHub ended my access*\nConnect again and I carry on where I stopped." in ours(card)
    assert "Reconnect GitHub" in buttons(card)


def test_a_connected_account_is_named_as_a_value():
    card = built(connect_card(ConnectCard(offers=(offer(),), state="connected", account="<!here>")))
    check(card)
    assert card["text"] == "GitHub is connected. Your question goes on."
    assert "<!here>" in values(card)


@pytest.mark.parametrize("over", ["connected", "skipped", "expired", "moved_on"])
def test_a_connect_card_that_is_over_has_no_buttons(over: Any):
    card = built(connect_card(ConnectCard(offers=(offer(), offer(2)), state=over)))
    check(card)
    assert not buttons(card)


def test_a_purpose_with_markup_becomes_a_value():
    card = built(connect_card(ConnectCard(offers=(offer(purpose="read <!channel> #482"),))))
    check(card)
    assert "<!channel>" not in ours(card)
    assert "read <!channel> #482" in values(card)


# Short texts


def test_every_short_text_keeps_the_rules():
    rows = [
        cards.SkillRow(name=f"s{n}", title="Pull requests", purpose="Read and comment.", state=status, service="GitHub")
        for n, status in enumerate(("ready", "connected", "ended", "not_connected", "off", "not_set_up"))
    ]
    notes = [
        cards.refusal("guest", team="Tamarack"),
        cards.refusal("outsider", team="<@U1> & Co"),
        cards.refusal("outsider"),
        cards.refusal("bot"),
        cards.not_yours(),
        cards.out_of_date(),
        cards.try_again(),
        cards.thanks(helpful=True),
        cards.thanks(helpful=False),
        cards.waits_for_asker(),
        cards.help_message(),
        cards.unknown_command("conect"),
        cards.unknown_command("<!channel> \u202e" * 50),
        cards.empty_message(STARTERS),
        cards.only_file([AttachedFile(id="F1", name="figures.csv", kind="csv", size=12_345)] * 7, ()),
        cards.heard_message("Sort my <!channel> thoughts " * 500),
        cards.working_gone(),
        cards.working_not_yours(),
        cards.asked_by("<!here> *Ren*", "Summarise the file that I attached."),
        cards.asked_by("", "Summarise the file that I attached."),
        cards.skills_message(rows),
        cards.skills_message([]),
        cards.skills_message([replace(rows[1], name=f"n{n}", account="x" * 5_000) for n in range(3)]),
    ]
    for note in notes:
        check(built(note))


def test_a_guest_reads_whose_members_may_ask():
    assert cards.refusal("guest", team="Tamarack").text == (
        "I work only for members of Tamarack. A member can ask for you."
    )


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_second_click_reads_what_was_decided(outcome: Outcome):
    check(built(cards.decided_already(state(outcome), now=NOW)))


def test_a_second_click_reads_when_it_was_decided():
    text = cards.decided_already(state("done"), now=NOW).text
    assert text.startswith("You decided this already: comment posted <!date^")
    assert "today at 10:44 UTC" in text


def test_a_mistyped_command_is_answered_with_the_nearest_one():
    card = built(cards.unknown_command("conect"))
    others = "skills, memory, agents, use, web, help"
    assert f"/pinyon conect is not one of mine. Did you mean connect? Others: {others}." in values(card)
    assert list(buttons(card)) == ["Connect", "Skills", "Memory", "Agents", "Help"]


def test_a_command_like_no_other_gets_the_list():
    assert "I know: connect, skills, memory, agents, use, web, help." in values(built(cards.unknown_command("xyzzy")))


def test_the_greeting_says_which_starters_work_right_now():
    connected = chosen(onboarding().starters, {"pull_requests"})
    assert [starter.name for starter in connected] == ["waiting", "mine", "review"]
    assert "All of them work right now." in ours(built(cards.first_message(connected, {"pull_requests"})))


def test_a_day_is_named_when_it_is_near():
    far = approval_card(card_of(state(), expires=NOW + timedelta(days=9)), now=NOW)
    assert "|29 November at 10:45 UTC>" in ours(built(far))
