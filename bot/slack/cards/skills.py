"""The list of skills, and how each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.slack.blocks import FIELD, Block, Message, button, context, mrkdwn, plain, section, words
from bot.slack.visible import visible_target

_ROWS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRow:
    """One skill as a person has it."""

    name: str
    title: str
    purpose: str
    """One short sentence of ours."""
    state: Literal["ready", "connected", "ended", "not_connected", "off", "not_set_up"]
    """`ready` needs no account; `ended` had one, and the vendor took it back."""
    service: str = ""
    """The vendor's name."""
    account: str = ""
    url: str | None = None
    """Where connecting begins; without it the click is an action."""


def skills_message(rows: Sequence[SkillRow]) -> Message:
    if not rows:
        return Message(
            "No skills are set up here yet.", [section("No skills are set up here yet. An admin adds them.")]
        )
    more = len(rows) - _ROWS
    rest = [context(mrkdwn(f"and {more} more"))] if more > 0 else []
    blocks = [section("*Your skills*\nWhat I can do for you, as you."), *map(skill_row, rows[:_ROWS]), *rest]
    return Message("Your skills, and which of them are connected.", blocks)


def skill_row(row: SkillRow) -> Block:
    """One skill: what it is for, whose account it uses, and the button that mends it."""
    block: Block = {
        "type": "section",
        "block_id": f"skill:{row.name}",
        "fields": [mrkdwn(f"*{words(row.title)}*\n{words(row.purpose)}"), plain(_state(row)[:FIELD])],
    }
    if row.state in {"ended", "not_connected"}:
        label = f"{'Reconnect' if row.state == 'ended' else 'Connect'} {row.service}"
        block["accessory"] = button(label, f"skill.connect:{row.name}", row.name, url=row.url)
    return block


def _state(row: SkillRow) -> str:
    match row.state:
        case "ready":
            return "Works right now"
        case "connected":
            return f"Connected as {visible_target(row.account)}" if row.account else "Connected"
        case "ended":
            return "Needs you to sign in again"
        case "not_connected":
            return "Not connected"
        case "off":
            return "Switched off"
        case "not_set_up":
            return "Not set up here. An admin can add it."
