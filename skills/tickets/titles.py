"""A ticket's title: its prefix and the rest, apart while they are decided and together when they are written (pure)."""

from collections.abc import Mapping
from typing import Any

from skills.errors import RetryToolCall
from skills.left_out import NONE
from skills.own_records import prefix_of

MAX_PREFIX = 60


def parted(title_prefix: str | None, summary: str) -> tuple[str, str]:
    """The prefix and the summary without it. One in square brackets that stands in the summary alone counts too.

    Raises RetryToolCall for a prefix that is too long to be one.
    """
    prefix, bare = _one_line(title_prefix or ""), _one_line(summary)
    if prefix.lower() == NONE:
        prefix = ""
    if len(prefix) > MAX_PREFIX:
        raise RetryToolCall(f"`title_prefix` may have {MAX_PREFIX} characters, got {len(prefix)}.")
    if not prefix and (mark := prefix_of(bare)) and bare.removeprefix(mark).startswith(" "):
        prefix = mark
    while prefix and _begins_with(bare, prefix):
        bare = bare[len(prefix) :].lstrip()
    return prefix, bare


def together(prefix: str, bare: str) -> str:
    """The title as it is written."""
    return f"{prefix} {bare}" if prefix and bare else bare


def apart(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a model that wrote the prefix into the summary, with each at its own place."""
    summary = arguments.get("summary")
    if arguments.get("title_prefix") or not isinstance(summary, str):
        return {**arguments}
    prefix, bare = parted("", summary)
    return {**arguments, "title_prefix": prefix, "summary": bare} if prefix else {**arguments}


def _begins_with(title: str, prefix: str) -> bool:
    """Whether the prefix stands there as one: "DB" is none of "DBA rota"."""
    rest = title[len(prefix) :]
    is_apart = not rest or rest[0].isspace() or not prefix[-1].isalnum()
    return title.lower().startswith(prefix.lower()) and is_apart


def _one_line(text: str) -> str:
    return " ".join(text.split())
