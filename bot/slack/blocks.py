"""The pieces of Block Kit that Pinyon's messages and views are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from bot.harmless.visible import is_plain_words

Block: TypeAlias = dict[str, Any]
View: TypeAlias = dict[str, Any]

SECTION = 2_900
"""Characters in one section; Slack takes 3,000."""
FIELD = 1_900
"""Characters in one field; Slack takes 2,000."""
HEADLINE = 300
"""Characters in a card's first sentence; ours are far shorter."""
SPOKEN = 75
"""Characters in the text and the accessibility label of a button."""
CONFIRM = 300
"""Characters in the text of a confirmation."""
LABEL = 1_900
"""Characters in the label of a field; Slack takes 2,000."""

# Our own phrases hold no markup. Should a value ever slip in, it can neither ping, link nor change the type.
_INERT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "", "_": "", "~": "", "`": ""})


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks to look at, and the same in one sentence for lock screens and screen readers."""

    text: str
    blocks: list[Block]


def words(ours: str) -> str:
    """A phrase of ours for mrkdwn."""
    return ours.translate(_INERT)


def plain(text: str) -> Block:
    """A text in which nothing becomes a link, a mention, bold or an emoji. The only home of values."""
    return {"type": "plain_text", "text": text if text.strip() else "(empty)", "emoji": False}


def mrkdwn(text: str) -> Block:
    """Our own words, marked up."""
    return {"type": "mrkdwn", "text": text}


def phrase(text: str) -> Block:
    """A short text of whoever: in mrkdwn while it is only words, else where nothing in it can act."""
    return mrkdwn(text) if is_plain_words(text) else plain(text)


def section(text: str, *, accessory: Block | None = None, block_id: str | None = None) -> Block:
    """One sentence of ours."""
    block: Block = {"type": "section"}
    if block_id:
        block["block_id"] = block_id
    block["text"] = mrkdwn(text)
    if accessory:
        block["accessory"] = accessory
    return block


def code(text: str) -> Block:
    """A text in the type of code, lines and spaces as they are. Nothing in it becomes a link, a mention or an emoji."""
    written: Block = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [written]}]}


def said(text: str) -> Block:
    """A value in a section of its own."""
    return {"type": "section", "text": plain(text)}


def sentence(headline: str, detail: str = "") -> list[Block]:
    """A card's first sentence in bold, and what follows it; a detail that is more than words stands apart."""
    bold = f"*{words(headline)[:HEADLINE]}*"
    if not detail:
        return [section(bold)]
    if is_plain_words(detail):
        return [section(f"{bold}\n{detail[: SECTION - len(bold)]}")]
    return [section(bold), said(detail[:SECTION])]


def context(*elements: Block) -> Block:
    """The quiet voice."""
    return {"type": "context", "elements": list(elements)}


def actions(block_id: str, buttons: Iterable[Block]) -> Block:
    """One row of buttons."""
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def reference(ours: str) -> Block:
    """What people quote to an admin; a no-break space holds it together."""
    return mrkdwn(f"Ref\u00a0{words(ours)}")


def divider() -> Block:
    return {"type": "divider"}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def button(
    label: str,
    action: str,
    value: str,
    *,
    style: Literal["primary", "danger"] | None = None,
    url: str | None = None,
    spoken: str = "",
    confirm: Block | None = None,
) -> Block:
    """A button; `spoken` is read out in place of the label and begins with it, `confirm` is asked before it counts."""
    block: Block = {"type": "button", "text": plain(label), "action_id": action, "value": value}
    if style:
        block["style"] = style
    if url:
        block["url"] = url
    if spoken:
        block["accessibility_label"] = spoken[:SPOKEN]
    if confirm:
        block["confirm"] = confirm
    return block


def confirmation(title: str, text: str, *, yes: str, no: str, style: Literal["primary", "danger"] = "primary") -> Block:
    """What Slack asks after a click, before it tells us of it."""
    return {
        "title": plain(title[:100]),
        "text": plain(text[:CONFIRM]),
        "confirm": plain(yes[:30]),
        "deny": plain(no[:30]),
        "style": style,
    }


def overflow(action: str, options: Mapping[str, str]) -> Block:
    """The menu behind the three dots: label → value."""
    return {
        "type": "overflow",
        "action_id": action,
        "options": [{"text": plain(label), "value": value} for label, value in options.items()],
    }


def field(name: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """A field of a dialog, whose `name` is the id of its block."""
    block: Block = {"type": "input", "block_id": name, "label": plain(label[:LABEL]), "element": element}
    block["optional"] = optional
    if hint:
        block["hint"] = plain(hint[:LABEL])
    return block


def modal(
    title: str, blocks: list[Block], *, identity: str, submit: str = "", callback: str = "", close: str = "Close"
) -> View:
    """A dialog. `identity` is all it knows of what it is about."""
    view: View = {"type": "modal", "title": plain(title), "close": plain(close), "private_metadata": identity}
    if submit:
        view["submit"] = plain(submit)
    if callback:
        view["callback_id"] = callback
    return view | {"blocks": blocks}


def slack_date(at: datetime, now: datetime) -> str:
    """`at` as each reader's own clock shows it, with UTC for clients that cannot."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{_utc(at, now)}>"


def slack_day(at: datetime, now: datetime) -> str:
    """The day of `at` by each reader's own calendar: "today", "3 Nov 2026"."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}|{_day(at, now)}>"


def _utc(at: datetime, now: datetime) -> str:
    return f"{_day(at, now)} at {at.astimezone(UTC):%H:%M} UTC"


def _day(at: datetime, now: datetime) -> str:
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get((at.date() - now.date()).days, f"{at.day} {at:%B}")


def cut(text: str, size: int = SECTION) -> list[str]:
    """`text` in pieces of at most `size` characters, at line ends where there are any; joined they are `text`."""
    pieces: list[str] = []
    while len(text) > size:
        end = text.rfind("\n", size // 2, size) + 1 or size
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text] if text else pieces
