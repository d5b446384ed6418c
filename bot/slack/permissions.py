"""What is done without asking, as Home and `/pinyon skills` list it, each with its way back."""

from collections.abc import Sequence

from bot.harmless.visible import visible_target
from bot.self_service.permissions import Given
from bot.slack.blocks import SECTION, Block, Message, button, context, header, mrkdwn, plain, section

TITLE = "Without asking"
LISTED = 6
"""Lines of a message; the page of connections has them all."""
SAYS = 300
"""Characters of one line; there they stand in full."""


def home_permissions(given: Sequence[Given], *, most: int) -> list[Block]:
    """The part of the Home tab; nothing when everything is asked."""
    return [header(TITLE), *_rows(given, most)] if given else []


def listed_permissions(given: Sequence[Given]) -> list[Block]:
    """The part of a message; nothing when everything is asked."""
    return [section(f"*{TITLE}*\nWhat you let me do without asking first."), *_rows(given, LISTED)] if given else []


def revoked(says: str | None) -> Message:
    """What is said when somebody took something back; None when it was over already."""
    if says is None:
        return Message("You took this back already.", [section("You took this back already.")])
    told = f"I ask again before I {visible_target(says)}."
    return Message("I ask again before I do this.", [{"type": "section", "text": plain(told[:SECTION])}])


def _rows(given: Sequence[Given], most: int) -> list[Block]:
    more = len(given) - most
    rest = [context(mrkdwn(f"and {more} more, on the web"))] if more > 0 else []
    return [*(_row(number, one) for number, one in enumerate(given[:most])), *rest]


def _row(number: int, one: Given) -> Block:
    says = visible_target(one.says)
    line = f"{says[:1].upper()}{says[1:SAYS]}{'…' if len(says) > SAYS else ''}"
    back = button("Revoke", f"permission.revoke:{number}", one.id, spoken=f"Revoke: {says}")
    return {
        "type": "section",
        "block_id": f"permission:{number}",
        "text": plain(f"{line}\n{one.note}" if one.note else line),
        "accessory": back,
    }
