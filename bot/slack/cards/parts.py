"""What approval cards of one and of several writes are made of."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.harmless.visible import visible, visible_target
from bot.messages import Always, ApprovalCard, Outcome, Pair, QuestionCard, Write, WriteState
from bot.slack.blocks import (
    CONFIRM,
    FIELD,
    SPOKEN,
    Block,
    actions,
    button,
    confirmation,
    context,
    cut,
    mrkdwn,
    plain,
    reference,
    said,
    section,
    slack_date,
    words,
)
from memory.ids import PendingId

PREVIEW, SHORT_PREVIEW = 400, 120
"""Characters of a text that a card shows, about."""
MESSAGE_SIZE = 11_500
"""Characters of JSON in a card's blocks: Slack refuses messages near 13,200."""
OPEN: frozenset[Outcome] = frozenset(("waiting", "stale"))
UNASKED = "You asked for this, so I did it without asking"
UNDO_LASTS = "Undo works for 24 hours"
_LINK = 3_000
"""Characters in a button's address."""
_ANSWER = 30
"""Characters in an answer to a confirmation."""


def waiting_in(card: ApprovalCard) -> list[WriteState]:
    return [item for item in card.items if item.outcome in OPEN]


def lead(card: ApprovalCard) -> PendingId:
    """The item that stands for all of a card: one that waits, as long as any does, since only those are decided."""
    return next(iter(waiting_in(card)), card.items[0]).write.pending


def origin_of_question(card: ApprovalCard | QuestionCard) -> list[Block]:
    """The line that says where a question came from when that is not where the card stands."""
    if not card.asked_in:
        return []
    return [context(plain(f"For your question in #{visible_target(card.asked_in.removeprefix('#'))[:200]}"))]


def terms(card: ApprovalCard, now: datetime) -> list[Block]:
    """Who may decide, until when, and the reference."""
    return [
        mrkdwn("Only you can decide"),
        mrkdwn(f"Expires {slack_date(card.expires, now)}"),
        reference(card.reference),
    ]


def pairs_of(card: ApprovalCard, item: WriteState, *, with_account: bool) -> list[Pair]:
    """The lines of one write. Where a value came from is said while it is open; that memory knew it, also once done."""
    is_open = item.outcome in OPEN
    pairs = [pair if is_open or _is_remembered(item, pair) else _bare(pair) for pair in item.write.pairs]
    if item.outcome == "stale" and item.said:
        pairs.append(Pair(label="Changed", value=item.said, origin=f"found{_on(card)}"))
    if with_account and item.write.account:
        origin = "your connected account" if is_open else ""
        pairs.append(Pair(label="As", value=item.write.account, origin=origin))
    return pairs


def pair_blocks(pairs: Iterable[Pair], menus: dict[str, Block] | None = None) -> list[Block]:
    """Label beside value, five pairs to a block; a value too long for a field has sections of its own.

    A pair with a menu (by its memory) has a block to itself, as a block has room for one. What is drawn is taken out
    of `menus`: a menu stands once in a message.
    """
    blocks: list[Block] = []
    for pair in pairs:
        value, menu = visible_target(pair.value), menus.pop(pair.memory, None) if menus else None
        beside: Block = {"block_id": f"memory:{pair.memory}", "accessory": menu} if menu else {}
        if len(value) > FIELD:
            blocks += [section(_label(pair)) | beside, *(said(piece) for piece in cut(value))]
            continue
        if menu or not blocks or "accessory" in blocks[-1] or len(blocks[-1].get("fields", ())) not in range(1, 10):
            fields: list[Block] = []
            blocks.append({"type": "section", "fields": fields} | beside)
        blocks[-1]["fields"] += [mrkdwn(_label(pair)), plain(value)]
    return blocks


def _is_remembered(item: WriteState, pair: Pair) -> bool:
    return item.outcome == "done" and bool(pair.memory)


def _bare(pair: Pair) -> Pair:
    return Pair(label=pair.label, value=pair.value)


def open_button(card: ApprovalCard, item: WriteState, action: str) -> Block | None:
    """The way to what was done, when the vendor gave a link that Slack would open."""
    if not item.link or len(item.link) > _LINK or not item.link.startswith(("https://", "http://")):
        return None
    return button(f"Open{_on(card)}", action, item.write.pending, url=item.link)


def _on(card: ApprovalCard) -> str:
    """Where it happens, after a verb; nothing where no service is called."""
    return f" on {card.service}" if card.service else ""


def is_undoable(item: WriteState) -> bool:
    return item.outcome == "done" and item.can_undo and item.write.undo is not None and bool(item.write.undo.ask)


def told(item: WriteState) -> str:
    """What has to be known of a write that ran: why it was not taken back, or that it cannot be."""
    undo = item.write.undo
    return item.said or (undo.kept if undo and not undo.ask else "")


def done_buttons(card: ApprovalCard, item: WriteState, number: str = "") -> list[Block]:
    """What can be done about a write that ran: look at it, and take it back."""
    opened = open_button(card, item, f"done.open{number}")
    return [*([opened] if opened else []), *undo_button(card, item, f"done.undo{number}")]


def undo_button(card: ApprovalCard, item: WriteState, action: str) -> list[Block]:
    """The way to take a write back, where there is one."""
    undo = item.write.undo
    if undo is None or not is_undoable(item):
        return []
    # "Delete the comment?" is answered with "Delete comment" or "Keep it".
    yes = undo.ask.removesuffix("?").replace(" the ", " ", 1)
    kept = undo.kept or f"I do this{_on(card)}, as you."
    asked = confirmation(undo.ask, kept, yes=yes if len(yes) <= _ANSWER else "Undo", no="Keep it", style="danger")
    return [button("Undo", action, item.write.pending, confirm=asked)]


def edit_button(write: Write) -> list[Block]:
    return [button("Edit", "approval.edit", write.pending)] if write.edits else []


def always_button(write: Write) -> list[Block]:
    """The offer of a lasting permission, whose value ends in `:ask` where only a dialog has room to confirm it."""
    if write.always is None:
        return []
    label, says = f"Always for {visible_target(write.always.target)}", always_says(write.always)
    if len(label) > SPOKEN or len(says) > CONFIRM:
        return [button("Always for this…", "approval.always", f"{write.pending}:ask")]
    asked = confirmation("Stop asking here?", says, yes="Stop asking", no="Keep asking")
    return [button(label, "approval.always", write.pending, confirm=asked)]


def always_says(always: Always) -> str:
    """What a lasting permission means, in full. It holds the target, so it is a value."""
    will = f"I will {visible_target(always.says)} as you, without asking, beginning with this one."
    return f"{will} Elsewhere I still ask. Take it back in Home at any time."


def text_blocks(write: Write, about: int) -> list[Block]:
    """The text under its line, and the button that shows what a preview leaves out."""
    if not write.text:
        return []
    if not is_cut(write, about):
        return [text_line(write), *shown_text(write, about)]
    length = f"{len(write.text):,}"
    line = f"Text, the first {len(_preview(write.text, about)):,} of {length} characters · _{words(write.text_origin)}_"
    show = button(f"Show all {length} characters", "approval.show", write.pending)
    return [context(mrkdwn(line)), *shown_text(write, about), actions(f"show:{write.pending}", [show])]


def text_line(write: Write) -> Block:
    return context(mrkdwn(f"{words(write.text_label or 'Text')} · _{words(write.text_origin)}_"))


def shown_text(write: Write, about: int) -> list[Block]:
    """As much of the text as a card shows."""
    return [said(piece) for piece in cut(visible(_preview(write.text, about)) + "…" * is_cut(write, about))]


def is_cut(write: Write, about: int) -> bool:
    return _preview(write.text, about) != write.text


def approve_label(waiting: int, items: int) -> str:
    if waiting == items > 1:
        return f"Approve all {items}"
    return f"Approve other {waiting}" if waiting > 1 else "Approve"


def deed(write: Write) -> str:
    """What would be done: the card's question without its mark."""
    return write.ask.removesuffix("?")


def lower(ours: str) -> str:
    """A phrase of ours inside a sentence: "board", but "CC"."""
    return ours if ours[1:2].isupper() else ours[:1].lower() + ours[1:]


def size(blocks: Sequence[Block]) -> int:
    """Characters of JSON, as Slack counts a message."""
    return len(json.dumps(blocks, ensure_ascii=False))


def first_fitting(candidates: Iterable[list[Block]]) -> list[Block]:
    """The first that Slack would take as one message, or nothing."""
    nothing: list[Block] = []
    return next((blocks for blocks in candidates if size(blocks) <= MESSAGE_SIZE and len(blocks) <= 50), nothing)


def _label(pair: Pair) -> str:
    origin = f"_{words(pair.origin)}_" if pair.origin else ""
    if pair.foreign:
        origin = f"*not from you*, {origin}" if origin else "*not from you*"
    return f"*{words(pair.label)}* · {origin}" if origin else f"*{words(pair.label)}*"


def _preview(text: str, about: int) -> str:
    """The beginning of `text` up to a line's or a word's end near `about`; `text` itself when little is left out."""
    if len(text) <= about * 3 // 2:
        return text
    half = about // 2
    end = max(text.rfind("\n", half, about), 0) or max(text.rfind(" ", half, about), 0) or about
    return text[:end].rstrip() or text[:end]
