"""What waits for a person as their page draws it: every value whole, as plain text, with nothing hidden in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from bot.harmless.visible import visible, visible_target
from bot.messages import (
    ApprovalCard,
    Card,
    ConnectCard,
    ConnectOffer,
    Outcome,
    Pair,
    QuestionCard,
    QuestionState,
    WriteState,
)
from memory.ids import PendingId
from memory.pending import PendingItem

OPEN: frozenset[Outcome] = frozenset(("waiting", "stale"))
LONG = 600
"""Characters of a text from which on its end is behind "Show all"."""
SHORT = 400
CardKind: TypeAlias = Literal["", "approval", "question", "connect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnWrite:
    """One write of a card."""

    pending: PendingId
    shown: str
    """What an approval counts for; it goes along with it, so that nobody approves what they did not see."""
    headline: str
    detail: str
    pairs: tuple[Pair, ...]
    text_label: str
    text: str
    """Whole."""
    begins: str
    """Its beginning, where all of it is too long to stand there at once."""
    is_open: bool
    link: str
    undo: str
    """What taking it back asks; empty where it cannot be."""
    kept: str
    """What stays when it is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnQuestion:
    """One question of a card."""

    pending: PendingId
    ask: str
    about: str
    why: str
    choices: tuple[str, ...]
    kind: Literal["text", "number", "date", "time"]
    hint: str
    is_open: bool
    answer: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnOffer:
    """One account that is missing."""

    pending: PendingId
    label: str
    url: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCard:
    """What waits for the person, or did."""

    kind: CardKind = ""
    headline: str = ""
    detail: str = ""
    because: str = ""
    writes: tuple[DrawnWrite, ...] = ()
    questions: tuple[DrawnQuestion, ...] = ()
    offers: tuple[DrawnOffer, ...] = ()
    waiting: int = 0
    lead: str = ""
    """The item that stands for all that waits."""
    shown: str = ""
    """What approving all of it counts for."""
    expires: datetime | None = None
    reference: str = ""


def draw_card(card: Card | None, items: Sequence[PendingItem]) -> DrawnCard:
    """A card as it stands; `items` is what is on it."""
    match card:
        case ApprovalCard():
            return _approval(card, items)
        case QuestionCard():
            return _question(card)
        case ConnectCard():
            return _connect(card)
        case _:
            return DrawnCard()


def _approval(card: ApprovalCard, items: Sequence[PendingItem]) -> DrawnCard:
    waiting = [one for one in card.items if one.outcome in OPEN]
    by_id = {item.id: item for item in items}
    return DrawnCard(
        kind="approval",
        headline=f"Do these {len(waiting)} things?" if len(waiting) > 1 else "",
        because=visible(card.because) if waiting else "",
        writes=tuple(_write(card, one, by_id[one.write.pending]) for one in card.items),
        waiting=len(waiting),
        lead=waiting[0].write.pending if waiting else "",
        shown=exactly([by_id[one.write.pending] for one in waiting]),
        expires=card.expires if waiting else None,
        reference=card.reference,
    )


def _write(card: ApprovalCard, one: WriteState, item: PendingItem) -> DrawnWrite:
    write, is_open = one.write, one.outcome in OPEN
    headline, detail = _ending(one)
    text, undo = visible(write.text), write.undo
    return DrawnWrite(
        pending=write.pending,
        shown=exactly([item]),
        headline=headline,
        detail=visible(detail),
        pairs=tuple(_pairs(card, one)),
        text_label=f"{write.text_label or 'Text'}, {write.text_origin}" if write.text else "",
        text=text,
        begins=f"{text[:SHORT].rstrip()} …" if len(text) > LONG else "",
        is_open=is_open,
        link=one.link if one.link and opens(one.link) else "",
        undo=undo.ask if undo and one.outcome == "done" and one.can_undo else "",
        kept=undo.kept if undo else "",
    )


def _ending(one: WriteState) -> tuple[str, str]:
    """Headline and detail of a write as it stands, in the words of its card in Slack."""
    write, deed = one.write, one.write.ask.removesuffix("?")
    match one.outcome:
        case "waiting":
            return write.ask, ""
        case "stale":
            return f"Changed since I asked. {deed} anyway?", one.said
        case "approved":
            return f"{deed}: approved.", ""
        case "done":
            unasked = "" if one.asked else "You asked for this, so I did it without asking."
            return write.done, one.said or unasked
        case "undoing":
            return write.done, "I am taking it back."
        case "undone":
            back = write.undo.undone if write.undo and write.undo.undone else f"{write.done}: taken back"
            return back, write.undo.kept if write.undo else ""
        case "denied":
            return write.refused, "You denied this."
        case "expired":
            return "Expired.", f"{write.refused}. Ask me again, and I prepare it again."
        case "failed":
            return write.refused, one.said
        case "unknown":
            broke = "The connection broke on the way. Look there before you ask again."
            return "I do not know whether this was done.", one.said or broke
        case "moved_on":
            return "Put aside, because you asked something new.", ""


def _pairs(card: ApprovalCard, one: WriteState) -> list[Pair]:
    is_open = one.outcome in OPEN
    account = one.write.account
    as_whom = Pair(label="As", value=account, origin=f"your connected {card.service} account" if is_open else "")
    return [
        Pair(
            label=pair.label,
            value=visible_target(pair.value),
            origin=pair.origin if is_open else "",
            foreign=pair.foreign and is_open,
        )
        for pair in (*one.write.pairs, *([as_whom] if account else []))
    ]


def _question(card: QuestionCard) -> DrawnCard:
    waiting = [one for one in card.items if one.outcome == "waiting"]
    return DrawnCard(
        kind="question",
        headline=f"{len(waiting)} questions, then I go on" if len(waiting) > 1 else "",
        questions=tuple(map(_asked, card.items)),
        waiting=len(waiting),
        lead=waiting[0].question.pending if waiting else "",
        expires=card.expires if waiting else None,
        reference=card.reference,
    )


def _asked(one: QuestionState) -> DrawnQuestion:
    question = one.question
    kind = question.field if question.field not in ("person", "people") else "text"
    hints = {"person": "A name or an e-mail address", "people": "E-mail addresses, with commas between them"}
    over = {"skipped": "Not answered", "expired": "Expired", "moved_on": "Put aside, because you asked something new"}
    how = {"chose": "you chose", "said": "you said"}
    return DrawnQuestion(
        pending=question.pending,
        ask=visible(question.ask),
        about=visible(question.about),
        why=question.why,
        choices=tuple(visible(choice) or "(empty)" for choice in question.choices),
        kind=kind,
        hint=hints.get(question.field, ""),
        is_open=one.outcome == "waiting",
        answer=visible(one.answer) if one.outcome == "answered" else over.get(one.outcome, ""),
        how=how.get(one.how, ""),
    )


def _connect(card: ConnectCard) -> DrawnCard:
    services = " and ".join(offer.service for offer in card.offers)
    be = "is" if len(card.offers) == 1 else "are"
    headline, detail = {
        "waiting": (f"Connect {services} to go on", "I act as you and see only what you see. I go on by myself."),
        "connected": (f"{services} {be} connected.", "Your question goes on."),
        "skipped": ("Not now.", "Nothing was connected. Ask me again, and I offer it again."),
        "expired": ("Expired.", "Nothing was connected. Ask me again, and I offer it again."),
        "moved_on": ("Put aside, because you asked something new.", ""),
    }[card.state]
    is_open = card.state == "waiting"
    return DrawnCard(
        kind="connect",
        headline=headline,
        detail=detail,
        offers=tuple(map(_offer, card.offers)) if is_open else (),
        waiting=len(card.offers) if is_open else 0,
        lead=card.offers[0].pending if is_open else "",
    )


def _offer(offer: ConnectOffer) -> DrawnOffer:
    facts = (("For", offer.purpose), ("Can read", offer.reads), ("Can change", offer.changes))
    return DrawnOffer(
        pending=offer.pending,
        label=f"{'Reconnect' if offer.again else 'Connect'} {offer.service}",
        url=offer.url if opens(offer.url) else "",
        pairs=tuple(Pair(label=label, value=visible_target(value)) for label, value in facts if value),
    )


def exactly(items: Sequence[PendingItem]) -> str:
    """What an approval of `items` counts for."""
    return hashlib.sha256("\n".join(f"{item.id} {item.digest}" for item in items).encode()).hexdigest()[:32]


def opens(link: str) -> bool:
    """Whether a browser may be sent there."""
    return link.startswith(("https://", "http://"))
