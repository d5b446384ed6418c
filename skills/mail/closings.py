"""The end of a mail: the words with which a person signs, apart while decided, below the text when sent (pure)."""

import re

from skills.errors import RetryToolCall
from skills.left_out import NONE

MAX_SIGN_OFF = 200
MAX_LINES = 4
MAX_CLOSING = 3
"""Lines of a last paragraph that may be a sign-off."""
_BETWEEN = re.compile(r"\n[^\S\n]*\n")
"""What parts two paragraphs."""
_WORDS = 5
"""Of a line above the name: "Kind regards and many thanks"."""


def parted(body: str, sign_off: str | None, *, name: str) -> tuple[str, str]:
    """The text without its end, and the end that it shall have; the text as it is where there is no `sign_off`.

    Whatever ends the text and is `sign_off` already, or plainly another one of the person called `name`, gives way to
    it. Raises RetryToolCall for a sign-off that is too long to be one.
    """
    end = (sign_off or "").strip()
    if not end or end.lower() == NONE:
        return body, ""
    if len(end) > MAX_SIGN_OFF or len(end.splitlines()) > MAX_LINES:
        raise RetryToolCall(f"`sign_off` may have {MAX_SIGN_OFF} characters on {MAX_LINES} lines, got {len(end)}.")
    text = body.rstrip()
    if text.endswith(f"\n{end}"):
        return text.removesuffix(end).rstrip(), end
    above, last = _last_paragraph(text)
    return (above, end) if last and (_same(last, end) or _is_closing(last, name)) else (text, end)


def _last_paragraph(text: str) -> tuple[str, str]:
    """(what stands above, the last paragraph); no paragraph where it is the only one or a long one."""
    parts = [found.span() for found in _BETWEEN.finditer(text)]
    if not parts:
        return text, ""
    start, end = parts[-1]
    last = text[end:]
    return (text[:start].rstrip(), last) if len(last.splitlines()) <= MAX_CLOSING else (text, "")


def together(text: str, sign_off: str) -> str:
    """The mail's text as it is sent."""
    return f"{text}\n\n{sign_off}" if sign_off else text


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _is_closing(paragraph: str, name: str) -> bool:
    """Whether a paragraph is a few words and, by itself or after a comma, the person's own name."""
    *above, last = [line.strip() for line in paragraph.splitlines()]
    before, _, signed = last.rpartition(",")
    if not _is_name(signed, name):
        return False
    return all(len(line.split()) <= _WORDS and not re.search(r"[\d?:/]", line) for line in (*above, before))


def _is_name(signed: str, name: str) -> bool:
    given = signed.strip(" .-\u2013\u2014").casefold()
    return bool(given) and given in {name.casefold(), *name.casefold().split()[:1]}
