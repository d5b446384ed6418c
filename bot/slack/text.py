"""Between what people write in Slack, what the model reads, and what Pinyon posts."""

import re
from collections.abc import Mapping

from bot.harmless.hold_back import neutralise
from bot.harmless.links import Given, everything
from bot.harmless.visible import visible_target
from bot.messages import Answer
from bot.slack.blocks import Block, Message, context, mrkdwn, phrase, plain
from bot.slack.cards.handed import workings_row
from bot.slack.split import LIMIT, split_answer
from bot.slack.tables import characters, table_blocks

FALLBACK = 3_900
"""Characters in a message's `text`; Slack's own limit is 4,000."""

_ANGLED = re.compile(r"<([^<>\n]+)>")
_NAMED = re.compile(r"<([@#][A-Z0-9]+)(?:\|[^<>]*)?>")
_FENCE_LINE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*\n?", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^()\s]+)\)")
_WHOLE_QUOTE = re.compile(r"\s*>>>")
_MARKS = re.compile(r"[\s@#/\\<>|]+")
NAME = 80
"""Characters of a name that somebody chose for themselves, a channel or an agent."""
FACTS = 4
"""Facts in one line under an answer."""
WITHDRAWN = "The agent you had chosen is not shared with you any more."
_HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)


def incoming_text(text: str, *, names: Mapping[str, str], bot: str) -> str:
    """A person's words, for the model, from Slack's `text`.

    `names` gives the display name of a user id and the name of a channel id; an id without a name stays as it is.
    `bot` is our own user id: the mention that calls us is no part of the question.
    """
    called = re.sub(rf"^\s*<@{re.escape(bot)}(?:\|[^<>]*)?>[\s,:]*", "", text)
    return quoted_by_line(_unescaped(_ANGLED.sub(lambda match: _read(match[1], names), called)).strip())


def quoted_by_line(text: str) -> str:
    """`text` with `> ` before each line that Slack shows as quoted: `>>>` quotes everything that follows it."""
    lines, is_code = text.split("\n"), False
    for at, line in enumerate(lines):
        is_code ^= line.count("```") % 2 == 1
        if not is_code and _WHOLE_QUOTE.match(line):
            rest = [line.replace(">>>", "", 1), *lines[at + 1 :]]
            return "\n".join([*lines[:at], *(f"> {one.strip()}" for one in rest)])
    return text


def mentioned(text: str) -> set[str]:
    """The ids of the people and channels that `incoming_text` wants names for."""
    return {match[1][1:] for match in _NAMED.finditer(text)}


def answer_message(answer: Answer, *, given: Given = everything) -> list[Message]:
    """The answer in as many messages as Slack needs; the last one carries what closes it.

    That is its table, which gets a message of its own where it does not fit beside the words, then the way to the code
    behind it, its facts and the feedback buttons.
    """
    parts = split_answer(neutralise(answer.text, given=given))
    messages = [Message(plain_text(part), [{"type": "markdown", "text": part}]) for part in parts]
    if not messages:
        return []
    table = table_blocks(answer.table, in_file=_has_sheet(answer), given=given) if answer.table else []
    if len(parts[-1]) + characters(table) > LIMIT:
        messages.append(Message("The table that belongs to the answer.", []))
    messages[-1].blocks.extend([*table, *closing_blocks(answer)])
    return messages


def closing_blocks(answer: Answer) -> list[Block]:
    """What stands under an answer and its table."""
    under = [*workings_row(answer.workings), *_facts(answer)]
    return [*under, _feedback(answer)] if answer.state == "answered" and answer.turn else under


def _facts(answer: Answer) -> list[Block]:
    """Who answered, where it was not the default agent, and the facts of the answer: one line while they fit."""
    # What an agent is called its maker chose: nothing in it acts, and none of it hides.
    who = [plain(f"Answered by {visible_target(answer.by)[:NAME]}")] if answer.by else []
    if answer.withdrawn:
        who.insert(0, mrkdwn(WITHDRAWN if answer.by else f"{WITHDRAWN} Pinyon answered."))
    facts = [phrase(fact) for fact in answer.footer[:FACTS]]
    if len(who) + len(facts) <= FACTS:
        return [context(*who, *facts)] if who or facts else []
    return [context(*who), context(*facts)]


def _has_sheet(answer: Answer) -> bool:
    return any(file.name.lower().endswith((".csv", ".xlsx")) for file in answer.files)


def plain_text(markdown: str, limit: int = FALLBACK) -> str:
    """`markdown` without its markup, for notifications and screen readers; safe where Slack reads it as mrkdwn."""
    bare = _HEADING.sub("", _FENCE_LINE.sub("", markdown))
    bare = _LINK.sub(r"\1 (\2)", bare).replace("**", "").replace("`", "")
    shown = escaped(bare.strip()) or "An answer."
    return shown if len(shown) <= limit else re.sub(r"&[a-z]*$", "", shown[: limit - 1]).rstrip() + "…"


def escaped(text: str) -> str:
    """`text` as Slack would write it in a message's own text: nothing in it is a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _feedback(answer: Answer) -> Block:
    def choice(label: str, spoken: str, way: str) -> Block:
        return {"text": plain(label), "accessibility_label": f"{label}: {spoken}", "value": f"{way}:{answer.turn}"}

    element: Block = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": choice("Helpful", "this answer helped", "up"),
        "negative_button": choice("Not helpful", "this answer did not help", "down"),
    }
    return {"type": "context_actions", "block_id": "feedback", "elements": [element]}


def _read(entity: str, names: Mapping[str, str]) -> str:
    """What stands between `<` and `>` in Slack's text, in words."""
    target, _, label = entity.partition("|")
    match target[0]:
        case "@":
            return _name("@", target[1:], label, names)
        case "#":
            return _name("#", target[1:], label, names)
        case "!":
            return _special(target[1:], label)
        case _:
            address = target.removeprefix("mailto:").removeprefix("tel:")
            return f"{label} ({address})" if label and not address.endswith(label) else address


def _name(sign: str, identity: str, label: str, names: Mapping[str, str]) -> str:
    # People choose what they are called: no name may read like an address, or go on like a message. Its words hold
    # together by no-break spaces, so that none of them counts as what the person asked for.
    name = "\u00a0".join(_MARKS.sub(" ", names.get(identity) or label)[:NAME].split())
    return f"{sign}{name}" if name else f"<{sign}{identity}>"


def _special(word: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@team>`, `<!date^…|fallback>`."""
    return label or f"@{word.partition('^')[0]}"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
