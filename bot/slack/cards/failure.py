"""The card that says what went wrong, what was changed and what works now."""

from bot.messages import FailureCard
from bot.slack.blocks import Block, Message, actions, button, context, reference, sentence, words


def failure_card(card: FailureCard) -> Message:
    blocks: list[Block] = sentence(card.headline, card.detail)
    if card.retry:
        retry = button("Try again", "error.retry", card.retry, style="primary")
        blocks.append(actions(f"error:{card.retry}", [retry]))
    blocks.append(context(reference(card.reference)))
    return Message(words(card.headline), blocks)
