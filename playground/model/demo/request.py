"""What can be asked of the demo model."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from playground.model.demo.targets import Target

Which = Literal["mine", "waiting_for_my_review", "open", "merged"]
Aspect = Literal["review", "checks", "discussion", "word"]
Topic = Literal[
    "greeting", "thanks", "help", "yourself", "bye", "nothing", "long", "table", "word", "empty", "elsewhere", "unknown"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    which: Which
    repository: str | None = None
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Read one, and answer about an aspect of it."""

    target: Target
    aspect: Aspect = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    target: Target
    body: str = ""
    """Empty: what I find myself."""
    with_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Approve, or request changes."""

    target: Target
    verdict: Literal["approve", "request_changes"]
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewers:
    """Ask for reviews, or only say who could give one."""

    target: Target
    names: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only_says_who: bool = False
    usual: bool = False
    """Nobody was named, not even by what they are: it is left to whom this person usually asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    target: Target
    method: Literal["merge", "squash", "rebase"] | None = None
    anyway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    topic: Topic
    length: int = 0
    """Of a long text: the characters that were asked for."""


Request: TypeAlias = Listing | Look | Comment | Judge | Reviewers | Merge | Talk
