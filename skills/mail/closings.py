"""The end of a mail: the words with which a person signs, apart while decided, below the text when sent (pure)."""

import re

from skills.errors import RetryToolCall
from skills.left_out import NONE

MAX_SIGN_OFF = 200
MAX_LINES = 4
_LAST = re.compile(r"\n[^\S\n]*\n(?P<last>[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*){0,2})\Z")
"""The last paragraph, of at most 3 lines, below another one."""
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
    if (found := _LAST.search(text)) and (_same(found["last"], end) or _is_closing(found["last"], name)):
        return text[: found.start()].rstrip(), end
    return text, end


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
