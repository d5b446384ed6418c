"""The card of a turn's writes: what would be done, and what became of it."""

from collections.abc import Iterator
from datetime import datetime

from bot.harmless.visible import visible
from bot.messages import ApprovalCard, Outcome, Write, WriteState
from bot.slack.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    context,
    cut,
    modal,
    mrkdwn,
    phrase,
    reference,
    said,
    section,
    sentence,
    slack_date,
    words,
)
from bot.slack.cards.approval_list import approval_list, numbered
from bot.slack.cards.parts import (
    OPEN,
    PREVIEW,
    SHORT_PREVIEW,
    UNASKED,
    UNDO_LASTS,
    always_button,
    always_says,
    approve_label,
    deed,
    done_buttons,
    edit_button,
    first_fitting,
    is_undoable,
    lead,
    lower,
    open_button,
    origin_of_question,
    pair_blocks,
    pairs_of,
    size,
    terms,
    text_blocks,
    text_line,
    told,
    undo_button,
    waiting_in,
)
from bot.slack.cards.receipt import corrects, menus_of, remembered, told_of_memory, value_buttons

VIEW_BLOCKS, VIEW_SIZE = 98, 200_000
"""What fits into a dialog, with room for its frame: Slack takes 100 blocks and 250 kB."""

_RAN: frozenset[Outcome] = frozenset(("done", "undoing", "undone"))


def approval_card(card: ApprovalCard, *, now: datetime) -> Message:
    """The card as it stands. A button's value is the write's pending id, with `:all` where it means all of the card's.

    Targets are shown whole or not at all. What does not fit cannot be approved here, only in the dialog behind
    "Show all".
    """
    if len(card.items) != 1:
        return approval_list(card, now=now)
    item = card.items[0]
    return _open(card, item, now) if item.outcome in OPEN else _over(card, item, now)


def payload_modal(write: Write) -> View:
    """A write's text in full."""
    pieces = cut(visible(write.text))
    length = context(mrkdwn(f"{len(write.text):,} characters"))
    blocks = [text_line(write), length, *(said(piece) for piece in pieces[: VIEW_BLOCKS - 2])]
    if missing := sum(map(len, pieces[VIEW_BLOCKS - 2 :])):
        blocks.append(context(mrkdwn(f"and {missing:,} more characters, too many for this window")))
    return modal("Text in full", blocks, identity=write.pending)


def approval_modal(card: ApprovalCard, *, now: datetime) -> View:
    """Every write of a card with its whole text. Only here can be approved at once what a card cannot show.

    Submitting it is the callback `approval.all`, for the pending id in `private_metadata` and its whole card.
    """
    waiting, first = waiting_in(card), lead(card)
    blocks = [*_modal_blocks(card), context(*(terms(card, now) if waiting else [reference(card.reference)]))]
    if len(blocks) > VIEW_BLOCKS or size(blocks) > VIEW_SIZE:
        too_long = "This is too long to be shown in full, so it cannot be approved. Ask me for less at once."
        return modal("Too long to show", [section(too_long)], identity=first)
    if not waiting:
        return modal("What became of it", blocks, identity=first)
    submit = approve_label(len(waiting), len(card.items))
    return modal("What waits for you", blocks, identity=first, submit=submit, callback="approval.all")


def always_modal(write: Write) -> View:
    """The question before a lasting permission, for where a button has no room to ask it.

    Submitting it is the callback `approval.always`, for the pending id in `private_metadata`.
    """
    pieces = cut(always_says(write.always)) if write.always else []
    if not pieces or len(pieces) > VIEW_BLOCKS:
        never = "What this would be for is too long to be shown in full, so it cannot be given."
        return modal("Too long to show", [section(never)], identity=write.pending)
    return modal(
        "Stop asking here?",
        [said(piece) for piece in pieces],
        identity=write.pending,
        submit="Stop asking",
        callback="approval.always",
        close="Keep asking",
    )


def _modal_blocks(card: ApprovalCard) -> Iterator[Block]:
    yield from origin_of_question(card)
    for number, item in enumerate(card.items, start=1):
        yield section(f"*{numbered(number, item)}*")
        yield from pair_blocks(pairs_of(card, item, with_account=True))
        if item.write.text:
            yield text_line(item.write)
            yield from (said(piece) for piece in cut(visible(item.write.text)))


def _open(card: ApprovalCard, item: WriteState, now: datetime) -> Message:
    write, is_stale = item.write, item.outcome == "stale"
    question = f"Changed since I asked. {deed(write)} anyway?" if is_stale else write.ask
    unused = [mrkdwn("Your earlier approval was not used")] if is_stale else []
    top = [*origin_of_question(card), *sentence(question, card.because)]
    quiet = context(*unused, *terms(card, now))
    deny = button("Deny", "approval.deny", write.pending)
    row = actions(f"approval:{write.pending}", _choices(write, deny, is_stale=is_stale))
    pairs = pair_blocks(pairs_of(card, item, with_account=True))
    whole = ([*top, *pairs, *text_blocks(write, about), row, quiet] for about in (PREVIEW, SHORT_PREVIEW))
    blocks = first_fitting(whole) or [*top, *_unshown(write, deny), quiet]
    text = "It changed since I asked. Look again before you approve." if is_stale else f"{write.ask} Approve or deny."
    return Message(words(text), blocks)


def _choices(write: Write, deny: Block, *, is_stale: bool) -> Iterator[Block]:
    spoken = f"Approve: {lower(deed(write))}"
    yield button("Approve", "approval.approve", write.pending, style="primary", spoken=spoken)
    if is_stale:
        yield button("Show what changed", "stale.show", f"{write.pending}:all")
    yield from edit_button(write)
    yield deny
    # Who has to look again is not asked for more than this once.
    yield from [] if is_stale else always_button(write)


def _unshown(write: Write, deny: Block) -> list[Block]:
    show = button("Show all", "approval.show", f"{write.pending}:all", style="primary")
    return [
        section("What this acts on is too long for a card. Look at all of it before you decide."),
        actions(f"approval:{write.pending}", [show, deny]),
    ]


def _over(card: ApprovalCard, item: WriteState, now: datetime) -> Message:
    headline, detail, text = _ending(item)
    top, quiet = sentence(headline, detail), context(*_aftermath(card, item, now))
    if remembered(item) and (opened := open_button(card, item, "done.open")):
        top[0]["accessory"] = opened
    identity, buttons = f"{item.outcome}:{item.write.pending}", list(_afterwards(card, item))
    row = [actions(identity, buttons)] if buttons else []
    whole = ([*top, *pairs, *row, quiet] for pairs in _pairs_over(card, item))
    show = button("Show all", "approval.show", f"{item.write.pending}:all")
    blocks = first_fitting(whole) or [*top, actions(identity, [*buttons, show]), quiet]
    return Message(words(text), blocks)


def _pairs_over(card: ApprovalCard, item: WriteState) -> Iterator[list[Block]]:
    """With a menu for each of several remembered values; without any where Slack would not take them."""
    pairs = pairs_of(card, item, with_account=item.outcome in _RAN)
    if len(remembered(item)) > 1:
        yield pair_blocks(pairs, menus_of([item]))
    yield pair_blocks(pairs)


def _ending(item: WriteState) -> tuple[str, str, str]:
    """Headline, detail and fallback of a write that is over."""
    refused = item.write.refused
    match item.outcome:
        case "approved":
            approved = f"{deed(item.write)}: approved"
            return f"{approved}.", "", f"{approved}."
        case "done":
            return item.write.done, told(item), f"{item.write.done}{told_of_memory(item)}."
        case "undoing":
            return item.write.done, "I am taking it back.", f"{item.write.done}. I am taking it back."
        case "undone":
            back, kept = _taken_back(item.write)
            return back, kept, f"{back}."
        case "denied":
            return refused, "", f"{refused}. You denied this."
        case "expired":
            nothing = _nothing(refused)
            return f"Expired. {nothing}.", "", f"Expired: {lower(nothing)}."
        case "failed":
            return refused, item.said, f"{refused}. It did not work."
        case "unknown":
            unsure = "I do not know whether this was done."
            return unsure, item.said or "The connection broke on the way. Look there before you ask again.", unsure
        case _:
            put_aside = "Put aside, because you asked something new."
            return put_aside, "", put_aside


def _taken_back(write: Write) -> tuple[str, str]:
    if write.undo and write.undo.undone:
        return write.undo.undone, write.undo.kept
    return f"{write.done}: taken back", ""


def _nothing(refused: str) -> str:
    """What follows "Expired": "Not posted" becomes "Nothing was posted"."""
    verb = refused.removeprefix("Not ")
    return refused if verb == refused else f"Nothing was {verb}"


def _afterwards(card: ApprovalCard, item: WriteState) -> Iterator[Block]:
    pending = item.write.pending
    match item.outcome:
        case "denied":
            if not item.said:
                yield button("Wrong place", "denied.reason:place", f"{pending}:place")
                yield button("Wrong words", "denied.reason:words", f"{pending}:words")
                yield button("Not now", "denied.reason:later", f"{pending}:later")
            yield button("Change and ask again", "denied.again", pending)
        case "expired":
            yield button("Prepare it again", "expired.again", pending)
        case "moved_on":
            yield button("Bring it back", "moved_on.again", pending)
        case "failed":
            yield button("Prepare it again", "failed.again", pending)
        case "undone":
            pass
        case "done" if remembered(item):
            yield from undo_button(card, item, "done.undo")
            yield from value_buttons(item)
        case _:
            yield from done_buttons(card, item)


def _aftermath(card: ApprovalCard, item: WriteState, now: datetime) -> list[Block]:
    at = f" {slack_date(item.at, now)}" if item.at else ""
    match item.outcome:
        case "done":
            how = f"You approved this{at}" if item.asked else UNASKED
            last = mrkdwn(UNDO_LASTS) if is_undoable(item) else reference(card.reference)
            return [mrkdwn(how), *corrects([item]), last]
        case "denied":
            optional = mrkdwn("A reason helps me do better, and is optional")
            return [mrkdwn(f"You denied this{at}"), phrase(f"Reason: {item.said[:200]}") if item.said else optional]
        case "expired":
            return [mrkdwn("Approvals wait 24 hours, because what they act on changes"), reference(card.reference)]
        case _:
            return [reference(card.reference)]
