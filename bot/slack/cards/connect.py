"""The card that asks for an account."""

from collections.abc import Iterator

from bot.harmless.visible import is_plain_words
from bot.messages import ConnectCard, ConnectOffer, Pair
from bot.slack.blocks import Block, Message, actions, button, context, mrkdwn, section, sentence, words
from bot.slack.cards.parts import pair_blocks


def connect_card(card: ConnectCard) -> Message:
    """The card as it stands. Its links lead to our own page, never straight to the vendor."""
    match card.state:
        case "waiting":
            return _one(card.offers[0]) if len(card.offers) == 1 else _several(card)
        case "connected":
            return _connected(card)
        case "skipped":
            return _quiet("Not now. Nothing was connected. Ask me again, and I offer it again.")
        case "expired":
            return _quiet("Expired. Nothing was connected. Ask me again, and I offer it again.")
        case "moved_on":
            return _quiet("Put aside, because you asked something new.")


def _one(offer: ConnectOffer) -> Message:
    service = words(offer.service)
    if offer.again:
        headline, detail = f"{service} ended my access", "Connect again and I carry on where I stopped."
    else:
        purpose = offer.purpose if is_plain_words(offer.purpose) else "do this"
        headline = f"Connect {service} to go on"
        detail = f"I need your own {service} account to {purpose}. I act as you and see only what you see."
    blocks = [
        *sentence(headline, detail),
        *pair_blocks(_facts(offer)),
        actions(f"connect:{offer.pending}", [_open(offer), button("Not now", "connect.skip", offer.pending)]),
        _terms(f"Opens {service}, then brings you back. I carry on with your question by myself."),
    ]
    return Message(f"{headline}.", blocks)


def _facts(offer: ConnectOffer) -> Iterator[Pair]:
    if not offer.again and not is_plain_words(offer.purpose):
        yield Pair(label="For", value=offer.purpose)
    yield Pair(label="Can read", value=offer.reads)
    yield Pair(label="Can change", value=offer.changes)


def _several(card: ConnectCard) -> Message:
    count = "two" if len(card.offers) == 2 else str(len(card.offers))
    headline = f"This needs {count} accounts"
    purposes = ", ".join(f"{offer.service} to {offer.purpose}" for offer in card.offers)
    first = card.offers[0].pending
    buttons = [_open(offer, number) for number, offer in enumerate(card.offers[:4], start=1)]
    blocks = [
        *sentence(headline, f"{purposes}. I act as you and see only what you see."),
        actions(f"connect:{first}", [*buttons, button("Not now", "connect.skip", f"{first}:all")]),
        _terms("Opens your browser, then brings you back. I carry on with your question by myself."),
    ]
    return Message(f"{headline}.", blocks)


def _open(offer: ConnectOffer, number: int = 0) -> Block:
    label = f"{'Reconnect' if offer.again else 'Connect'} {offer.service}"
    action = f"connect.open:{number}" if number else "connect.open"
    # Of several, none is the one that most people want.
    style = None if number else "primary"
    return button(label, action, offer.pending, style=style, url=offer.url, spoken=f"{label}, opens your browser")


def _terms(way: str) -> Block:
    return context(mrkdwn(way), mrkdwn("Waits 7 days"))


def _connected(card: ConnectCard) -> Message:
    services = " and ".join(words(offer.service) for offer in card.offers)
    text = f"{services} {'is' if len(card.offers) == 1 else 'are'} connected. Your question goes on."
    account = [Pair(label="As", value=card.account)] if card.account else []
    headline, _, detail = text.partition(". ")
    return Message(text, [*sentence(headline, detail), *pair_blocks(account)])


def _quiet(text: str) -> Message:
    headline, _, detail = text.partition(". ")
    return Message(text, [section(f"*{headline}.*\n{detail}" if detail else f"*{headline}*")])
