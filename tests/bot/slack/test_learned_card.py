"""The receipt of a warm start."""

from bot.slack.cards.learned import learned_message
from tests.bot.slack.card_rules import check


def test_the_receipt_counts_and_offers_to_look() -> None:
    message = learned_message(12, [(200, "tickets")])
    assert message.text == "Learned 12 values from your last 200 tickets, only fields you set yourself."
    card = {"text": message.text, "blocks": message.blocks}
    check(card)
    (button,) = message.blocks[1]["elements"]
    assert (button["text"]["text"], button["action_id"]) == ("Look through", "memory.open")


def test_two_kinds_of_records_and_one_value_read_well() -> None:
    message = learned_message(1, [(7, "issues"), (42, "pull requests")])
    assert message.text.startswith("Learned 1 value from your last 7 issues and 42 pull requests, ")


def test_where_nothing_was_learned_there_is_nothing_to_look_at() -> None:
    message = learned_message(0, [(3, "tickets")])
    check({"text": message.text, "blocks": message.blocks})
    assert len(message.blocks) == 1
    assert "nothing of yours to learn from" in message.text
