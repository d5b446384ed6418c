"""What was said, from WebVTT, the form in which Slack gives the transcript of a clip (W3C WebVTT)."""

import re
from html import unescape

_TAG = re.compile(r"<[^<>]*>")
_DASH = re.compile(r"^-(?:\s+|$)")


def spoken_words(vtt: str) -> str:
    """The words of all cues in one line; without times, names of cues, notes and styles."""
    text = vtt.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    cues = (_cue(block.split("\n")) for block in re.split(r"\n{2,}", text))
    return " ".join(filter(None, cues))


def _cue(lines: list[str]) -> str:
    """The words of one block: only one that has its times is a cue."""
    at = next((number for number, line in enumerate(lines[:2]) if "-->" in line), None)
    if at is None:
        return ""
    said = (_DASH.sub("", unescape(_TAG.sub("", line)).strip()) for line in lines[at + 1 :])
    return " ".join(" ".join(said).split())
