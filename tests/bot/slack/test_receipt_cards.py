"""What a receipt says of what memory filled in, and what can be done about it from there."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import ApprovalCard, Outcome, Pair, WriteState
from bot.slack.cards import approval_card
from memory.parameters.aliases import name_id
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import EXPIRES, NOW, OUTCOMES, built, buttons, design, nasty
from tests.bot.slack.memory_samples import BOARD, TAGS, TITLE, ticket

quick = settings(max_examples=60, derandomize=True, deadline=None)


def shown(*items: WriteState) -> dict[str, Any]:
    card = ApprovalCard(items=items, service="Jira", expires=EXPIRES, reference="7F3K")
    made = built(approval_card(card, now=NOW))
    check(made)
    return made


def menus(card: dict[str, Any]) -> list[dict[str, str]]:
    """Label → value of each menu, in order."""
    found = [node for _, node in walk(card["blocks"]) if node.get("type") == "overflow"]
    return [{option["text"]["text"]: option["value"] for option in menu["options"]} for menu in found]


def test_a_receipt_with_remembered_values_looks_as_designed():
    assert shown(ticket()) == design("receipt")


def test_each_of_several_values_can_be_changed_forgotten_and_pinned_in_place():
    assert menus(shown(ticket())) == [
        {
            "Change…": f"{memory}:change:p_214",
            "Forget": f"{memory}:forget:p_214",
            "Always use this": f"{memory}:pin:p_214",
        }
        for memory in ("m1", "m2", "m3")
    ]


def test_a_single_value_has_plain_buttons():
    card = shown(ticket(BOARD))
    assert menus(card) == []
    assert {label: node["value"] for label, node in buttons(card).items() if "memory" in node["action_id"]} == {
        "Change": "m2:change:p_214",
        "Forget": "m2:forget:p_214",
        "All I remember": "m2",
    }
    assert card["text"] == "Created INFRA-214, with 1 value I remembered: board."


def test_what_is_used_always_is_not_offered_to_be():
    pinned = replace(BOARD, origin="always, you set it")
    assert [list(menu) for menu in menus(shown(ticket(pinned, TAGS)))] == [
        ["Change…", "Forget"],
        ["Change…", "Forget", "Always use this"],
    ]


def test_a_name_can_be_forgotten_and_is_changed_by_saying_it_anew():
    attendee = Pair(
        label="With", value="Marit Solberg", origin="remembered, 3 of 3", memory=name_id("T1:U1", "my lead")
    )
    assert list(buttons(shown(ticket(attendee)))) == ["Open on Jira", "Undo", "Forget", "All I remember"]
    several = shown(ticket(attendee, BOARD))
    [forget] = [node for _, node in walk(several["blocks"]) if node.get("action_id") == "memory.forget:1"]
    assert forget["value"] == f"{attendee.memory}:forget:p_214"
    assert len(menus(several)) == 1


def test_how_often_a_value_was_used_stays_on_the_receipt_and_other_origins_do_not():
    said = Pair(label="Type", value="Bug", origin="you said")
    card = shown(ticket(BOARD, said))
    assert "*Board* · _remembered, 14 of your last\u00a015_" in ours(card)
    assert "you said" not in ours(card)


def test_a_receipt_without_remembered_values_says_nothing_of_memory():
    card = shown(ticket(replace(BOARD, memory="", origin="you said")))
    assert "memory" not in str(card)
    assert "remember" not in str(card)


@pytest.mark.parametrize("outcome", [outcome for outcome in OUTCOMES if outcome != "done"])
def test_only_what_is_done_is_corrected_from_its_card(outcome: Outcome):
    for items in ([ticket(outcome=outcome)], [ticket(outcome=outcome), ticket(number=215, outcome=outcome)]):
        assert "memory." not in str(shown(*items))


def test_an_open_card_says_what_was_remembered_and_leaves_changing_it_to_edit():
    waits = ticket(outcome="waiting")
    card = shown(replace(waits, write=replace(waits.write, edits=True)))
    assert "*Board* · _remembered, 14 of your last\u00a015_" in ours(card)
    assert list(buttons(card)) == ["Approve", "Edit", "Deny"]


def test_a_value_that_several_writes_share_has_one_menu():
    card = shown(ticket(), ticket(BOARD, TAGS, number=215), ticket(BOARD, number=216))
    assert [next(iter(menu.values())) for menu in menus(card)] == [f"{m}:change:p_214" for m in ("m1", "m2", "m3")]
    assert ours(card).count("remembered, 14 of your last") == 3
    assert ours(card).count("All I remember") == 1


def test_where_menus_would_not_fit_every_write_is_still_shown():
    items = [
        ticket(*(replace(pair, memory=f"{pair.memory}_{number}") for pair in (TITLE, BOARD, TAGS)), number=number)
        for number in range(1, 9)
    ]
    card = shown(*items)
    assert menus(card) == []
    assert all(f"Created INFRA-{number}" in ours(card) for number in range(1, 9))
    assert "All I remember" in buttons(card)


def test_many_values_fit_with_a_menu_for_each():
    pairs = [replace(BOARD, label=f"Label {number}", memory=f"m{number}") for number in range(16)]
    card = shown(ticket(*pairs))
    assert len(menus(card)) == 16
    assert card["text"].endswith(": label 0, label 1, label 2, label 3, label 4, and 11 more.")


def test_more_values_than_a_message_holds_stand_without_menus():
    pairs = [replace(BOARD, label=f"Label {number}", memory=f"m{number}") for number in range(40)]
    card = shown(ticket(*pairs))
    assert menus(card) == []
    assert list(buttons(card)) == ["Open on Jira", "Undo", "All I remember"]


@quick
@given(value=nasty, other=nasty, outcome=st.sampled_from(OUTCOMES))
def test_whatever_was_remembered_it_is_a_value_on_every_card(value: str, other: str, outcome: Outcome):
    """appr_spoof, appr_unicode, mem_poison: nothing that was learned acts, or reaches the lock screen."""
    harmless = tuple(replace(pair, value="x") for pair in (TITLE, BOARD, TAGS))
    hostile = tuple(
        replace(pair, value=text) for pair, text in zip(harmless, (value, f"<!here>{other}", other), strict=True)
    )
    for many in ([3], [1], [3, 1], [3, 3, 2]):
        tame, wild = (
            shown(*(ticket(*pairs[:count], number=at, outcome=outcome) for at, count in enumerate(many)))
            for pairs in (harmless, hostile)
        )
        assert wild["text"] == tame["text"]
        assert "<!here>" not in ours(wild)
