"""The card that says what went wrong, what was changed and what works now."""

from bot.messages import FailureCard
from bot.slack.blocks import Block, Message, actions, button, context, mrkdwn, reference, sentence, words


def failure_card(card: FailureCard) -> Message:
    blocks: list[Block] = sentence(card.headline, card.detail)
    if card.retry:
        buttons = [button("Try again", "error.retry", card.retry, style="primary")]
        if card.missing:
            buttons.append(button(f"Answer without {card.service}", "error.without", f"{card.missing}:{card.retry}"))
        blocks.append(actions(f"error:{card.retry}", buttons))
    works = [mrkdwn(f"Works right now: {words(', '.join(map(str.lower, card.works)))}")] if card.works else []
    blocks.append(context(*works, reference(card.reference)))
    return Message(words(card.headline), blocks)
