"""The person's words, without markup, and what in them is to be posted."""

import re

_OTHERS = re.compile(r"\n<third-party source=\"(?:attached[^\n]*|passed on)\">.*?</third-party>", re.DOTALL)
"""What others wrote, beside the person's own words."""


def plain(said: str) -> str:
    """The person's words without Slack's markup: mentions, links, curly quotes."""
    text = re.sub(
        r"\n<third-party source=\"(?:attached[^\n]*|passed on)\">.*?</third-party>", "", said, flags=re.DOTALL
    )
    text = text.translate(str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "\u00a0": " "}))
    text = re.sub(r"<(https?://[^|>]+)(?:\|[^>]*)?>", r"\1", text)
    text = re.sub(r"<[@#!][^>]*>", " ", text)
    text = re.sub(r"^\s*@?pinyon\b[\s,:]*", "", text, flags=re.IGNORECASE)
    return re.sub(r"[ \t]+", " ", text).strip()


def split_body(text: str) -> tuple[str, str]:
    """The command and the text to post, when quotes or a colon set it apart."""
    if found := re.search(r'"([^"]+)"', text):
        return f"{text[: found.start()]} {text[found.end() :]}".strip(), found[1].strip()
    if found := re.search(r":(?!//)\s+(\S.*)$", text, re.DOTALL):
        return text[: found.start()].strip(), found[1].strip()
    return text, ""
