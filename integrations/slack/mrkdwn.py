"""Between Slack's message text (mrkdwn) and what people read and write (pure)."""

import re
from collections.abc import Callable, Iterable, Mapping

_ANGLED = re.compile(r"<([^<>\n]+)>")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_TYPED_PERSON = re.compile(r"<@([UW][A-Z0-9]{5,20})>")
_TYPED_CHANNEL = re.compile(r"<#([CG][A-Z0-9]{5,20})>")
_IMAGE = re.compile(r"!\[([^\[\]\n\x00]*)\]\((https?://[^()\s<>|]+)\)")
_LINK = re.compile(r"\[([^\[\]\n\x00]+)\]\(((?:https?://|mailto:)[^()\s<>|]+)\)")
_BARE = re.compile(r"(?<![<|(\w])https?://[^\s<>|()]+[^\s<>|().,;:!?'\"*_~]")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[-*+][ \t]+", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|__(?=\S)(.+?)(?<=\S)__")
_ITALIC = re.compile(r"(?<![*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![*\w])")
_STRUCK = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_KEPT = re.compile("\x00(\\d+)\x00")


def readable(text: str, names: Mapping[str, str]) -> str:
    """Slack's text in words. `names` gives the name of a person, channel or group by id; others keep their id."""
    return _unescaped(_ANGLED.sub(lambda match: _read(match[1], names), text)).strip()


def mentioned_people(text: str) -> tuple[str, ...]:
    """The ids of the people whom a message names."""
    return tuple(dict.fromkeys(re.findall(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>", text)))


def mentioned_channels(text: str) -> tuple[str, ...]:
    """The ids of the channels that a message names."""
    return tuple(dict.fromkeys(re.findall(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>", text)))


def from_markdown(text: str) -> str:
    """Markdown as mrkdwn, https://docs.slack.dev/messaging/formatting-message-text.

    Nobody is mentioned but by an id that was written out (`<@U0123456>`), a whole channel never; nothing but http,
    https and mail becomes a link, and code stays as it is.
    """
    parts = _CODE.split(text.replace("\x00", ""))
    return "".join(_escaped(part) if part.startswith("`") else _formatted(part) for part in parts)


def _formatted(text: str) -> str:
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"\x00{len(kept) - 1}\x00"

    for pattern, made in _MADE:
        text = pattern.sub(lambda match, made=made: keep(made(match)), text)
    text = _escaped(text)
    text = _BULLET.sub("\\1• ", _HEADING.sub(lambda match: keep(f"*{match[1].replace('*', '')}*"), text))
    text = _BOLD.sub(lambda match: keep("*") + (match[1] or match[2]) + keep("*"), text)
    text = _STRUCK.sub(r"~\1~", _ITALIC.sub(r"_\1_", text))
    while _KEPT.search(text):
        text = _KEPT.sub(lambda match: kept[int(match[1])], text)
    return text


def _label(text: str) -> str:
    return _escaped(text.replace("|", "¦"))


_MADE: Iterable[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (_TYPED_PERSON, lambda match: f"<@{match[1]}>"),
    (_TYPED_CHANNEL, lambda match: f"<#{match[1]}>"),
    (_IMAGE, lambda match: f"{_label(match[1])} <{_escaped(match[2])}>".strip()),
    (_LINK, lambda match: f"<{_escaped(match[2])}|{_label(match[1])}>"),
    (_BARE, lambda match: f"<{_escaped(match[0])}>"),
)
"""What becomes an entity of Slack's, which nothing after it may touch."""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _read(entity: str, names: Mapping[str, str]) -> str:
    """What stands between `<` and `>`, in words."""
    target, _, label = entity.partition("|")
    match target[:1]:
        case "@" | "#":
            return _named(target[0], names.get(target[1:]) or label or target[1:])
        case "!":
            return _special(target[1:], label, names)
        case _:
            address = target.removeprefix("mailto:").removeprefix("tel:")
            return f"{label} ({address})" if label and not address.endswith(label) else address


def _special(word: str, label: str, names: Mapping[str, str]) -> str:
    """`<!here>`, `<!subteam^S1|@team>`, `<!date^…|fallback>`."""
    kind, _, rest = word.partition("^")
    if kind == "subteam":
        return _named("@", names.get(rest) or label or rest)
    return label or f"@{kind}"


def _named(sign: str, name: str) -> str:
    return f"{sign}{' '.join(name.split()).removeprefix(sign)}"
