"""The card of several writes, each with its own menu."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from bot.harmless.visible import visible_target
from bot.messages import ApprovalCard, Outcome, WriteState
from bot.slack.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    mrkdwn,
    overflow,
    phrase,
    plain,
    reference,
    section,
    sentence,
    words,
)
from bot.slack.cards.parts import (
    OPEN,
    PREVIEW,
    SHORT_PREVIEW,
    UNDO_LASTS,
    approve_label,
    deed,
    done_buttons,
    first_fitting,
    is_cut,
    is_undoable,
    lead,
    lower,
    open_button,
    origin_of_question,
    pair_blocks,
    pairs_of,
    shown_text,
    terms,
    told,
    waiting_in,
)
from bot.slack.cards.receipt import all_button, corrects, menus_of, remembered

ITEMS = 8
"""Writes that one card shows; the rest stands behind "Show all"."""
_OUTCOMES: dict[Outcome, str] = {
    "waiting": "waiting",
    "approved": "approved",
    "stale": "changed",
    "done": "done",
    "denied": "denied",
    "expired": "expired",
    "moved_on": "put aside",
    "failed": "failed",
    "unknown": "not known",
    "undoing": "being taken back",
    "undone": "taken back",
}


def approval_list(card: ApprovalCard, *, now: datetime) -> Message:
    """The card as it stands: texts get shorter, then items fewer, until Slack takes it."""
    most = min(ITEMS, len(card.items))
    sizes = [(most, PREVIEW), *((shown, SHORT_PREVIEW) for shown in range(most, -1, -1))]
    # The menus of remembered values go before any write does: all of them stand behind one button as well.
    none: dict[str, Block] = {}
    drawn = [(most, PREVIEW, menus_of(card.items[:most])), *((shown, about, none) for shown, about in sizes)]
    blocks = first_fitting(_blocks(card, now, shown=shown, about=about, menus=menus) for shown, about, menus in drawn)
    return Message(words(_fallback(card)), blocks)


def numbered(number: int, item: WriteState) -> str:
    """The heading of one write in a list: what is asked, or what became of it."""
    titles: dict[Outcome, str] = {
        "waiting": deed(item.write),
        "approved": f"{deed(item.write)} · approved",
        "stale": f"{deed(item.write)} · changed since I asked",
        "done": item.write.done,
        "unknown": f"{deed(item.write)} · not known whether it was done",
        "undoing": f"{item.write.done} · being taken back",
        "undone": f"{item.write.done} · taken back",
    }
    title = titles.get(item.outcome) or f"{item.write.refused} · {_OUTCOMES[item.outcome]}"
    return f"{number} · {words(title)}"


def _fallback(card: ApprovalCard) -> str:
    match len(waiting_in(card)):
        case 0:
            return _summary(card)
        case 1:
            return "1 thing waits for your approval."
        case waiting:
            return f"{waiting} things wait for your approval."


def _blocks(card: ApprovalCard, now: datetime, *, shown: int, about: int, menus: dict[str, Block]) -> list[Block]:
    items, hidden, is_open = card.items[:shown], len(card.items) - shown, bool(waiting_in(card))
    blocks = [*origin_of_question(card), *sentence(_headline(card), card.because if is_open else "")]
    for number, item in enumerate(items, start=1):
        blocks += [divider(), *_item(card, number, item, about, menus)]
    if hidden:
        blocks += [divider(), context(mrkdwn(f"and {hidden} more" if items else "Too long for a card"))]
    has_cut = any(item.outcome in OPEN and is_cut(item.write, about) for item in items)
    blocks.append(divider())
    if buttons := list(_buttons(card, has_cut=has_cut, hides=hidden > 0)):
        blocks.append(actions(f"approval:{lead(card)}", buttons))
    return [*blocks, context(*_account(card), *(terms(card, now) if is_open else _afterwards(card)))]


def _headline(card: ApprovalCard) -> str:
    match len(waiting_in(card)):
        case 0:
            return _summary(card)
        case waiting if waiting == len(card.items):
            return f"Do these {waiting} things?"
        case 1:
            return "Do this as well?" if _is_first_question(card) else "Do the last one?"
        case waiting:
            return f"Do these {waiting} as well?" if _is_first_question(card) else f"Do the other {waiting} things?"


def _is_first_question(card: ApprovalCard) -> bool:
    """Whether all that is over on the card was never asked about."""
    return not any(item.asked for item in card.items if item.outcome not in OPEN)


def _afterwards(card: ApprovalCard) -> Iterator[Block]:
    if not any(item.asked for item in card.items):
        yield mrkdwn("You asked for these, so I did them without asking")
    if any(map(is_undoable, card.items)):
        yield mrkdwn(UNDO_LASTS)
    elif corrected := corrects(card.items):
        yield from corrected
    yield reference(card.reference)


def _summary(card: ApprovalCard) -> str:
    if all(item.outcome == "done" and not item.asked for item in card.items):
        return f"{len(card.items)} things done"
    counts = Counter(_OUTCOMES[item.outcome] for item in card.items)
    return f"{len(card.items)} things: {', '.join(f'{n} {outcome}' for outcome, n in counts.items())}"


def _item(card: ApprovalCard, number: int, item: WriteState, about: int, menus: dict[str, Block]) -> list[Block]:
    is_open = item.outcome in OPEN
    heading = section(
        f"*{numbered(number, item)}*", accessory=_accessory(card, number, item), block_id=f"item:{item.write.pending}"
    )
    pairs = pair_blocks(pairs_of(card, item, with_account=len(_accounts(card)) > 1), menus)
    if len(pairs) == 1 and "fields" in pairs[0] and "accessory" not in pairs[0]:
        heading["fields"] = pairs.pop()["fields"]
    why = [context(phrase(said[:1_000]))] if (said := _said(item)) else []
    row = [actions(f"done:{item.write.pending}", done_buttons(card, item, f":{number}"))] if is_undoable(item) else []
    return [heading, *pairs, *why, *(shown_text(item.write, about) if is_open else []), *row]


def _said(item: WriteState) -> str:
    match item.outcome:
        case "failed" | "unknown":
            return item.said
        case "done":
            return told(item)
        case "undone":
            return item.write.undo.kept if item.write.undo else ""
        case _:
            return ""


def _accessory(card: ApprovalCard, number: int, item: WriteState) -> Block | None:
    if item.outcome in OPEN:
        return overflow(f"approval.item:{number}", dict(_menu(item)))
    # Where it can be taken back as well, both buttons stand in a row below.
    return None if is_undoable(item) else open_button(card, item, f"done.open:{number}")


def _menu(item: WriteState) -> Iterator[tuple[str, str]]:
    write = item.write
    yield "Approve this one", f"{write.pending}:approve"
    if write.edits:
        yield "Edit…", f"{write.pending}:edit"
    yield "Deny this one", f"{write.pending}:deny"
    if write.always and item.outcome != "stale":
        yield "Always for this target…", f"{write.pending}:always"


def _buttons(card: ApprovalCard, *, has_cut: bool, hides: bool) -> Iterator[Block]:
    """The row below. What is not shown cannot be approved here, only where "Show all" leads."""
    waiting, items, value = waiting_in(card), len(card.items), f"{lead(card)}:all"
    if hides:
        yield button(f"Show all {items}", "approval.show", value, style="primary" if waiting else None)
    elif waiting:
        label = approve_label(len(waiting), items)
        spoken = f"{label}: {', '.join(lower(deed(item.write)) for item in waiting)}"
        yield button(label, "approval.approve", value, style="primary", spoken=spoken)
        if has_cut:
            yield button("Show all text", "approval.show", value)
    if waiting:
        yield button("Deny all" if len(waiting) == items else "Deny the rest", "approval.deny", value)
    elif any(item.outcome in {"expired", "moved_on"} for item in card.items):
        yield button("Prepare it again", "expired.again", value)
    if not waiting and any(map(remembered, card.items)):
        yield all_button(card.items)


def _account(card: ApprovalCard) -> list[Block]:
    """Whose account all of it uses; where there are several, each item says its own."""
    accounts = _accounts(card)
    return [plain(f"{card.service} as {visible_target(accounts[0])[:300]}")] if len(accounts) == 1 else []


def _accounts(card: ApprovalCard) -> list[str]:
    return sorted({item.write.account for item in card.items if item.write.account})
