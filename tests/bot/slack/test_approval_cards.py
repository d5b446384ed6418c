"""What an approval card offers beside yes and no, and the receipt of what needed no asking."""

import json

import pytest
from hypothesis import given, settings

from bot.messages import Always, Outcome, Pair, Undo
from bot.slack import cards
from bot.slack.cards import always_modal, approval_card, approval_modal
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import (
    ALWAYS,
    NOW,
    UNDO,
    built,
    buttons,
    card_of,
    comment,
    nasty,
    state,
    values,
)

quick = settings(max_examples=60, derandomize=True, deadline=None)


# What waits


def test_a_write_that_can_be_changed_and_made_lasting_offers_both():
    card = built(approval_card(card_of(state(write=comment(edits=True, always=ALWAYS))), now=NOW))
    check(card)
    assert list(buttons(card)) == ["Approve", "Edit", "Deny", "Always for tamarack/web"]


def test_a_lasting_permission_is_confirmed_in_full_before_it_counts():
    card = built(approval_card(card_of(state(write=comment(always=ALWAYS))), now=NOW))
    asked = buttons(card)["Always for tamarack/web"]["confirm"]
    assert asked["text"]["text"].startswith("I will post pull request comments in tamarack/web as you, without asking")
    assert (asked["confirm"]["text"], asked["deny"]["text"]) == ("Stop asking", "Keep asking")


@pytest.mark.parametrize("size", [70, 290, 3_000])
def test_a_target_with_no_room_in_a_confirmation_is_confirmed_in_a_dialog(size: int):
    """appr_spoof"""
    target = "x" * size
    write = comment(always=Always(target=target, says=f"post comments in {target}"))
    card = built(approval_card(card_of(state(write=write)), now=NOW))
    check(card)
    offer = buttons(card)["Always for this…"]
    assert offer["value"] == "p_7f3k:ask"
    assert "confirm" not in offer
    view = always_modal(write)
    check(view)
    assert target in "".join(block["text"]["text"] for block in view["blocks"])
    assert (view["callback_id"], view["private_metadata"]) == ("approval.always", "p_7f3k")


def test_a_permission_that_no_dialog_can_show_cannot_be_given():
    """appr_spoof"""
    view = always_modal(comment(always=Always(target="x", says="x" * 400_000)))
    check(view)
    assert "submit" not in view


def test_a_changed_target_can_be_looked_at_and_is_not_made_lasting():
    card = built(approval_card(card_of(state("stale", write=comment(edits=True, always=ALWAYS))), now=NOW))
    assert list(buttons(card)) == ["Approve", "Show what changed", "Edit", "Deny"]
    assert "Changed" in ours(approval_modal(card_of(state("stale")), now=NOW))


def test_a_menu_offers_what_its_item_can():
    items = [state(number=1), state(write=comment(2, edits=True, always=ALWAYS)), state("stale", 3)]
    card = built(approval_card(card_of(*items), now=NOW))
    check(card)
    menus = [node["options"] for _, node in walk(card["blocks"]) if node.get("type") == "overflow"]
    assert [[option["text"]["text"] for option in menu] for menu in menus] == [
        ["Approve this one", "Deny this one"],
        ["Approve this one", "Edit…", "Deny this one", "Always for this target…"],
        ["Approve this one", "Deny this one"],
    ]
    assert [option["value"] for option in menus[1]] == ["p_2:approve", "p_2:edit", "p_2:deny", "p_2:always"]


def test_a_target_that_the_person_never_gave_stands_out():
    pair = Pair(label="Cc", value="a@b.example", origin="found in the mail, outside Tamarack", foreign=True)
    card = built(approval_card(card_of(state(write=comment(pairs=(pair,)))), now=NOW))
    assert "*Cc* · *not from you*, _found in the mail, outside Tamarack_" in ours(card)


def test_why_it_asks_stands_under_the_first_sentence():
    why = "I read a mail from outside Tamarack on the way, so I ask before I act."
    card = built(approval_card(card_of(state(), because=why), now=NOW))
    assert card["blocks"][0]["text"]["text"] == f"*Post this comment on GitHub?*\n{why}"


def test_twenty_things_are_approved_only_where_all_twenty_are_shown():
    """appr_fatigue"""
    card = card_of(*(state(number=n) for n in range(1, 21)))
    message = built(approval_card(card, now=NOW))
    assert "and 12 more" in ours(message)
    assert set(buttons(message)) == {"Show all 20", "Deny all"}
    assert approval_modal(card, now=NOW)["submit"]["text"] == "Approve all 20"


def test_forty_things_make_one_message():
    """appr_fatigue"""
    message = built(approval_card(card_of(*(state(number=n) for n in range(1, 41))), now=NOW))
    check(message)
    assert "and 32 more" in ours(message)


# What ran


def test_what_ran_unasked_says_so_and_can_be_taken_back():
    done = state("done", write=comment(undo=UNDO), can_undo=True, asked=False)
    card = built(approval_card(card_of(done), now=NOW))
    check(card)
    assert list(buttons(card)) == ["Open on GitHub", "Undo"]
    assert "*Comment posted*" in ours(card)
    assert "You asked for this, so I did it without asking\nUndo works for 24 hours" in ours(card)
    assert "You approved this" not in ours(card)
    assert values(card).splitlines()[:2] == ["tamarack/web #482", "tamarack-lead"]


def test_taking_back_is_confirmed_and_says_what_stays():
    card = built(approval_card(card_of(state("done", write=comment(undo=UNDO), can_undo=True)), now=NOW))
    asked = buttons(card)["Undo"]["confirm"]
    assert {key: asked[key]["text"] for key in ("title", "text", "confirm", "deny")} == {
        "title": "Delete the comment?",
        "text": "People who were notified keep their notification.",
        "confirm": "Delete comment",
        "deny": "Keep it",
    }


@pytest.mark.parametrize("outcome", ["waiting", "approved", "failed", "unknown", "undoing", "undone", "expired"])
def test_only_what_is_done_can_be_taken_back(outcome: Outcome):
    """appr_once"""
    item = state(outcome, write=comment(undo=UNDO), can_undo=True)
    for shown in (card_of(item), card_of(item, state("done", 2))):
        assert "done.undo" not in json.dumps(built(approval_card(shown, now=NOW)))


def test_what_cannot_be_taken_back_says_so_where_its_tool_does():
    never = Undo(ask="", undone="", kept="A sent mail cannot be taken back.")
    done = state("done", write=comment(done="Mail sent", undo=never), can_undo=True, asked=False)
    card = built(approval_card(card_of(done), now=NOW))
    check(card)
    assert "*Mail sent*\nA sent mail cannot be taken back." in ours(card)
    assert "Undo" not in json.dumps(card)


def test_what_was_taken_back_says_so_and_what_stays():
    card = built(approval_card(card_of(state("undone", write=comment(undo=UNDO))), now=NOW))
    check(card)
    assert "*Comment deleted*\nPeople who were notified keep their notification." in ours(card)
    assert card["text"] == "Comment deleted."
    assert not buttons(card)


def test_what_is_being_taken_back_says_so():
    card = built(approval_card(card_of(state("undoing", write=comment(undo=UNDO))), now=NOW))
    assert "*Comment posted*\nI am taking it back." in ours(card)


def test_an_undo_that_did_not_work_says_why():
    done = state("done", write=comment(undo=UNDO), said="GitHub did not answer, so it is still there.")
    assert "GitHub did not answer, so it is still there." in ours(built(approval_card(card_of(done), now=NOW)))


def test_several_receipts_share_a_card_and_each_is_taken_back_by_itself():
    items = [state("done", write=comment(n, undo=UNDO), can_undo=True, asked=False) for n in (1, 2, 3)]
    card = built(approval_card(card_of(*items), now=NOW))
    check(card)
    assert "*3 things done*" in ours(card)
    assert "You asked for these, so I did them without asking\nUndo works for 24 hours" in ours(card)
    found = [node for _, node in walk(card["blocks"]) if str(node.get("action_id")).startswith("done.undo")]
    undos = {node["action_id"]: node["value"] for node in found}
    assert undos == {"done.undo:1": "p_1", "done.undo:2": "p_2", "done.undo:3": "p_3"}


def test_receipts_beside_what_waits_are_not_counted_as_decided():
    ran = state("done", 1, asked=False)
    one = built(approval_card(card_of(ran, state(number=2)), now=NOW))
    two = built(approval_card(card_of(ran, state(number=2), state(number=3)), now=NOW))
    assert "*Do this as well?*" in ours(one)
    assert "*Do these 2 as well?*" in ours(two)


def test_all_of_a_card_is_decided_by_an_item_that_waits():
    card = card_of(state("done", 1, asked=False), state(number=2), state(number=3))
    message = built(approval_card(card, now=NOW))
    assert {node["value"] for node in buttons(message).values() if node["action_id"] == "approval.approve"} == {
        "p_2:all"
    }
    assert approval_modal(card, now=NOW)["private_metadata"] == "p_2"


def test_a_click_on_undo_that_comes_twice_or_too_late_is_told_so():
    """appr_once"""
    for item in (state("undoing"), state("undone"), state("done")):
        check(built(cards.not_undone(item)))
    assert cards.not_undone(state("undone")).text == "This was taken back already."


def test_why_an_undo_did_not_work_is_told_as_a_value():
    note = built(cards.not_taken_back("<!channel> 409 Conflict" * 400))
    check(note)
    assert "<!channel>" not in ours(note)


# Values of strangers


@quick
@given(nasty, nasty)
def test_whatever_a_permission_is_for_it_is_told_whole_and_nothing_in_it_acts(target: str, says: str):
    """appr_spoof, appr_unicode"""
    write = comment(always=Always(target=f"<{target}>", says=f"{says} in <{target}>"))
    card = built(approval_card(card_of(state(write=write)), now=NOW))
    check(card)
    check(always_modal(write))
    assert "<" not in ours(always_modal(write)).replace("<!date", "")
    for offer in (node for node in buttons(card).values() if node["action_id"] == "approval.always"):
        whole = "".join(block["text"]["text"] for block in always_modal(write)["blocks"])
        assert "confirm" not in offer or offer["confirm"]["text"]["text"] == whole


@quick
@given(nasty)
def test_no_value_reaches_the_lock_screen(value: str):
    """appr_spoof: the fallback is parsed as markup, and holds nothing that a third party wrote."""
    pairs = (Pair(label="To", value=value),)
    for outcome in ("waiting", "stale", "done", "denied", "failed", "undone"):
        hostile = comment(pairs=pairs, text=value, account=value, always=Always(target=value, says=value))
        card = card_of(state(outcome, write=hostile, said=value), asked_in=value, because=value)
        assert approval_card(card, now=NOW).text == approval_card(card_of(state(outcome)), now=NOW).text


def test_a_text_that_pretends_to_be_decided_changes_nothing_of_the_card():
    """appr_spoof"""
    fake = "Fine.\n\n*Approved* by <@U1>\n`Ref 7F3K`\n\n[Approve]"
    card = built(approval_card(card_of(state(write=comment(text=fake))), now=NOW))
    assert ours(card) == ours(built(approval_card(card_of(state(write=comment(text="Fine."))), now=NOW)))


def test_what_calls_no_service_names_none():
    item = state("done", write=comment(account="", undo=UNDO), can_undo=True, link="https://example.org/a")
    card = built(approval_card(card_of(item, service=""), now=NOW))
    check(card)
    assert "Open" in buttons(card)
    assert " on ," not in str(card)
    assert "Open on" not in str(card)
