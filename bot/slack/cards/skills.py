"""The list of skills, how each of them stands, and the offers to connect more."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.harmless.visible import visible_target
from bot.messages import Pair
from bot.self_service.standing import Limit, Status
from bot.slack.blocks import FIELD, Block, Message, actions, button, context, mrkdwn, plain, section, sentence, words
from bot.slack.cards.parts import pair_blocks
from integrations.integration import Level

_ROWS = 40
_WHY = 500
"""Characters of why a skill is off here."""
_ACCOUNT = 150
"""Characters of an account's name in a list; the page of connections has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRow:
    """One skill as a person has it."""

    name: str
    title: str
    purpose: str
    """One short sentence of ours."""
    state: Status
    level: Level = "write"
    limit: Limit = ""
    """Why it only reads."""
    service: str = ""
    """The vendor's name."""
    account: str = ""
    others: int = 0
    """How many more accounts it can act as."""
    why: str = ""
    """Why it is off here, in a sentence that names the next step."""
    url: str | None = None
    """Where the person mends what is missing; without it the click is an action."""


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
    """One skill: what it is for, whose account it uses, how far it goes, and the button that mends it."""
    title, purpose, state = f"*{words(row.title)}*", words(row.purpose), _state(row)
    block: Block = {"type": "section", "block_id": f"skill:{row.name}"}
    if row.why or (row.account and row.state in ("connected", "not_connected")):
        # An account's name is its owner's, and a setting's has marks in it: they stand where nothing in them can act.
        block["fields"] = [mrkdwn(f"{title}\n{purpose}"), plain(state[:FIELD])]
    else:
        block["text"] = mrkdwn(f"{title}  {words(state)}\n{purpose}")
    if label := _label(row):
        # A click on an address is reported as well; only one without an address is answered in Slack.
        action = "skill.open" if row.url else "skill.connect"
        spoken = f"{label} for {row.title}, opens your browser" if row.url else f"{label} for {row.title}"
        block["accessory"] = button(label, f"{action}:{row.name}", row.name, url=row.url, spoken=spoken)
    return block


def folded(rows: Sequence[SkillRow]) -> tuple[list[SkillRow], list[Block]]:
    """The skills that deserve a row, and a line for the others.

    Of some there is nothing to say but that they work, or that an admin has to set them up.
    """
    plain = [row for row in rows if row.state in ("ready", "not_set_up") and not _label(row)]
    at_once = [row.title for row in plain if row.state == "ready"]
    off = [row.title for row in plain if row.state == "not_set_up"]
    lines = [section(f"*Works right now*  {words(', '.join(at_once))}")] if at_once else []
    if off:
        lines.append(context(mrkdwn(f"Not set up here: {words(', '.join(off))}. An admin can add what is missing.")))
    return [row for row in rows if row not in plain], lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one skill does with an account."""

    title: str
    reads: str
    changes: str


def connect_offer(service: str, skills: Sequence[Reach], *, url: str, again: bool) -> Message:
    """The offer of an account that somebody asked for; no question waits for it."""
    headline = f"{service} ended my access" if again else f"Connect {service}"
    detail = "Connect again, and it works as before." if again else "I act as you and see only what you see."
    message = _offer(headline, detail, f"{'Reconnect' if again else 'Connect'} {service}", url, "connect.open")
    several = len(skills) > 1
    pairs = [
        Pair(label=f"{skill.title} {can}" if several else can.capitalize(), value=value)
        for skill in skills
        for can, value in (("can read", skill.reads), ("can change", skill.changes))
        if value
    ]
    headed, *buttons = message.blocks
    return Message(message.text, [headed, *pair_blocks(pairs), *buttons, _for_you()])


def another_account(service: str, *, url: str) -> Message:
    """The offer of a second account at the same vendor."""
    detail = "The first one stays connected. When you ask me something, name the account that you mean."
    message = _offer(f"Connect another {service} account", detail, f"Connect {service}", url, "connect.open")
    return Message(message.text, [*message.blocks, _for_you()])


def wider_consent(service: str, skill: Reach, *, url: str | None) -> Message:
    """The answer to connecting what is connected, where the vendor's consent covers only reading."""
    detail = f"{service} was allowed no more so far. I change only what you asked for or approved."
    message = _offer(f"{skill.title}: I only read so far", detail, "Allow changes", url, "connect.open")
    headed, *buttons = message.blocks
    return Message(message.text, [headed, *pair_blocks([Pair(label="Could change", value=skill.changes)]), *buttons])


def wants_changes(title: str, *, url: str | None) -> Message:
    """The answer to connecting what is connected, where the person lets it only read."""
    detail = "You set it so. When you allow changes, I still ask before what you did not clearly ask for."
    return _offer(f"{title}: I only read so far", detail, "Allow changes", url, "skill.open")


def switched_off(title: str, *, url: str | None) -> Message:
    """The answer to connecting what the person switched off themselves."""
    return _offer(f"{title} is switched off", "You switched it off yourself.", "Switch it on", url, "skill.open")


def _offer(headline: str, detail: str, label: str, url: str | None, action: str) -> Message:
    blocks = sentence(headline, detail)
    if url:
        spoken = f"{label}, opens your browser"
        mend = button(label, action, "offer", style="primary", url=url, spoken=spoken)
        blocks.append(actions("connect:offer", [mend]))
    return Message(words(f"{headline}. {detail}"), blocks)


def _for_you() -> Block:
    return context(mrkdwn("Opens your browser"), mrkdwn("The link is for you alone and holds 7 days"))


def _label(row: SkillRow) -> str:
    match row.state:
        case "ended":
            return f"Reconnect {row.service}"
        case "not_connected":
            return f"Connect {row.service}"
        case "connected" | "ready" if row.limit in ("you", "consent"):
            return "Allow changes"
        case _:
            return ""


def _state(row: SkillRow) -> str:
    account = visible_target(row.account)[:_ACCOUNT]
    match row.state:
        case "ready":
            return f"Works right now{_only_reads(row)}"
        case "connected":
            others = f" and {row.others} more" if row.others else ""
            return f"Connected{f' as {account}' if account else ''}{others}{_only_reads(row)}"
        case "ended":
            return "Needs you to sign in again"
        case "not_connected" if account:
            return f"{row.service} is connected as {account}, without the permission for this"
        case "not_connected":
            return "Not connected"
        case "off":
            return "Switched off by you"
        case "not_set_up" if row.why:
            return f"Off here: {visible_target(row.why)[:_WHY]}"
        case "not_set_up":
            return "Not set up here. An admin can add it."


def _only_reads(row: SkillRow) -> str:
    match row.limit:
        case "admin":
            return "\nOnly reads: an admin set it so"
        case "you":
            return "\nOnly reads: you set it so"
        case "consent":
            return f"\nOnly reads: you did not allow more at {row.service}"
        case "":
            return "\nOnly reads" if row.level == "read" else ""
