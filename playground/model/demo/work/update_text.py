"""A regular update as a mail: what was told last, what is new since, and both in the sender's own form (pure)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from playground.model.demo.found.tickets import Board, Ticket
from playground.model.demo.pulls import Pull

MOST_WORDS = 160
HEADINGS = ("Shipped", "In progress", "Watch out", "Next")
_ROLES = (
    r"shipp|done|merged|live|new",
    r"progress|doing|working|under way",
    r"watch|risk|problem|block|care",
    r"next|plan|coming",
)
_SECTION = re.compile(r"^\W*(?P<heading>[^\W\d][\w ]{1,24}?)\W*:\W*(?P<text>\S.*)$")
_PREFIX = re.compile(r"^\[([^\]]+)\]\s*")
_REVERT = re.compile(r"^revert:?\s+[\"“]?(?P<title>.+?)[\"”]?$", re.IGNORECASE)
_WRITTEN_SO = {"ios": "iOS", "api": "API", "ui": "UI"}
_AMOUNT = r"\d[\d.,]*\s?(?:%|[a-zA-Z]{1,3}\b)?"
_MOVED_NUMBER = re.compile(rf"{_AMOUNT}\s+to\s+{_AMOUNT}")
_FROM_TO = re.compile(rf"\bfrom\s+{_AMOUNT}\s+to\s+{_AMOUNT}", re.IGNORECASE)
_UNDEPLOYED = re.compile(
    r"\bnot\s+(?:yet\s+)?deployed\b|\b(?:needs?|waits?\s+for|until|before)\s+(?:the|a|its)\s+deploy", re.IGNORECASE
)
_DEPLOY_WHEN = re.compile(r"\bdeploy(?:ment)?\s+(on\s+[\w ]{3,24}?)(?=\s+to\b|[.,;)]|$)", re.IGNORECASE)
_MOVED_TO = re.compile(
    r"\b(?:goes|go|gone|moves?|moved|postponed|pushed|slips?)\b[^.]*?\bto\s+v?(\d+\.\d+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The form of the last update. How its sender signs is no part of it: that is a habit, which memory has."""

    subject: str
    greeting: str
    headings: tuple[str, ...] = HEADINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new since then."""

    merged: tuple[Pull, ...]
    said: tuple[str, ...]
    """Messages, oldest first."""
    board: Board
    day: str
    """When the sprint ends, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """The four parts, each with what stands in it."""

    shipped: list[str] = field(default_factory=list[str])
    in_progress: list[str] = field(default_factory=list[str])
    watch_out: list[str] = field(default_factory=list[str])
    next: list[str] = field(default_factory=list[str])


def form_of(mail: str, *, subject: str) -> Before:
    """Greeting and headings of a mail that was an update."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", mail.strip()) if part.strip()]
    first = paragraphs[0] if len(paragraphs) > 1 else ""
    return Before(subject=subject, greeting=first if len(first.split()) <= 8 else "", headings=_headings(mail))


def _headings(mail: str) -> tuple[str, ...]:
    """The four headings as the sender writes them, where they can be told."""
    own = [heading for heading, _ in sections_in(mail)]
    return tuple(
        next((heading for heading in own if re.search(role, heading, re.IGNORECASE)), usual)
        for role, usual in zip(_ROLES, HEADINGS, strict=True)
    )


def sections_in(text: str) -> list[tuple[str, str]]:
    """Each line that is a heading, a colon and text."""
    found = (_SECTION.match(line) for line in text.splitlines())
    return [(match["heading"].strip(), match["text"].strip()) for match in found if match]


def is_update(mail: str) -> bool:
    return len(sections_in(mail)) > 1


def mail_of(news: News, before: Before) -> str:
    """The mail: as much as fits into so many words, the less telling left out."""
    body = ""
    for most in (8, 6, 5, 4, 3, 2, 1):
        body = _written(sections_of(news, most=most), before)
        if len(body.split()) <= MOST_WORDS:
            break
    return body


def _written(sections: Sections, before: Before) -> str:
    parts = (sections.shipped, sections.in_progress, sections.watch_out, sections.next)
    lines = [
        f"{heading}: {'; '.join(part) or 'nothing'}." for heading, part in zip(before.headings, parts, strict=True)
    ]
    intro = "this is the draft. Please tell me what is wrong before I post it."
    opening = f"{before.greeting}\n\n{intro}" if before.greeting else f"{intro[:1].upper()}{intro[1:]}"
    return "\n\n".join((opening, "\n".join(lines)))


def post_of(mail: str, *, subject: str) -> str:
    """The sections of a mail as a message, in Markdown."""
    title = re.split(r"[,(:–-]|\bdraft\b", subject)[0].strip()
    return "\n".join([f"**{title}**", *(f"**{heading}:** {text}" for heading, text in sections_in(mail))])


def sections_of(news: News, *, most: int) -> Sections:
    merged = without_reverts(news.merged)
    waiting = [pull for pull in merged if _is_undeployed(pull, news.said)]
    shipped = [pull for pull in merged if pull not in waiting]
    told = _grouped(shipped)
    numbers = _numbers(news.said, known=" ".join(told))
    open_tickets = [ticket for ticket in news.board.open if not ticket.is_blocker]
    this_time = [ticket.plainly for ticket in open_tickets if _is_of_goal(ticket, news.board)]
    more = len(open_tickets) - len(this_time[:most])
    return Sections(
        shipped=[*_some(told, most), *numbers[:most]],
        in_progress=[
            *([_waits(waiting[:most], news.said)] if waiting else []),
            *this_time[:most],
            *([f"{more} more on the board"] if more > 0 else []),
        ],
        watch_out=[f"{one.plainly} ({one.key}, {one.status})" for one in news.board.open if one.is_blocker][:most],
        next=[*_goal(news), *_moved(news)[:most]],
    )


def without_reverts(pulls: Sequence[Pull]) -> list[Pull]:
    """What is still there: a revert takes away itself and what it reverts."""
    reverts = [pull for pull in pulls if _REVERT.match(pull.title)]
    gone = {(pull.repository, match["title"]) for pull in reverts if (match := _REVERT.match(pull.title))}
    return [pull for pull in pulls if pull not in reverts and (pull.repository, pull.title) not in gone]


def _grouped(pulls: Iterable[Pull]) -> list[str]:
    """One entry for each title, with the parts that share it, and with the numbers that its author gives."""
    groups: dict[str, list[Pull]] = {}
    for pull in pulls:
        groups.setdefault(_PREFIX.sub("", pull.title), []).append(pull)
    return [_entry(title, group) for title, group in groups.items()]


def _entry(title: str, group: Sequence[Pull]) -> str:
    found = (_PREFIX.match(pull.title) for pull in group)
    parts = [_WRITTEN_SO.get(match[1].lower(), match[1].capitalize()) for match in found if match]
    numbers = [line for pull in group for line in _sentences(pull.body) if _MOVED_NUMBER.search(line)]
    aside = [" and ".join(parts)] if len(group) > 1 and parts else []
    aside += [_lowered(line) for line in numbers[:1] if len(line.split()) <= 12]
    return f"{title} ({'; '.join(aside)})" if aside else title


def _is_undeployed(pull: Pull, said: Sequence[str]) -> bool:
    """Whether its author or a message about it says that it waits for a deploy."""
    return any(_UNDEPLOYED.search(text) for text in (pull.body, *_about(pull, said)))


def _about(pull: Pull, said: Sequence[str]) -> list[str]:
    name = f"{pull.repository.rpartition('/')[2]}#{pull.number}"
    return [text for text in said if re.search(rf"(?<![\w-]){re.escape(name)}\b", text)]


def _waits(pulls: Sequence[Pull], said: Sequence[str]) -> str:
    found = [match[1] for pull in pulls for text in _about(pull, said) if (match := _DEPLOY_WHEN.search(text))]
    verb = "waits" if len(pulls) == 1 else "wait"
    return f"{' and '.join(_grouped(pulls))}, merged, {verb} for the deploy{f' {found[0]}' if found else ''}"


def _numbers(said: Sequence[str], *, known: str) -> list[str]:
    """Sentences that say from what to what a number went, those left out that are told already."""
    found: list[str] = []
    for line in (line for text in said for line in _sentences(text)):
        match = _FROM_TO.search(line)
        amounts = re.findall(r"\d[\d.,]*", match[0]) if match else []
        if match and len(line.split()) <= 16 and not all(amount in known for amount in amounts):
            found.append(line)
    return found


def _is_of_goal(ticket: Ticket, board: Board) -> bool:
    """Whether it belongs to the version that the sprint is about; to any, when it names none."""
    named = re.findall(r"\d+\.\d+", board.goal)
    return not named or any(version in named for version in ticket.versions)


def _goal(news: News) -> list[str]:
    if not news.board.goal:
        return []
    return [f"{news.board.goal} (sprint until {news.day})" if news.day else news.board.goal]


def _moved(news: News) -> list[str]:
    """What somebody says was moved to another version, when the board says so too."""
    moved: dict[str, str] = {}
    for text in news.said:
        for line in _sentences(text):
            to = _MOVED_TO.search(line)
            for ticket in news.board.open:
                if to and to[1] in ticket.versions and re.search(rf"\b{re.escape(ticket.key)}\b", line):
                    moved[ticket.key] = f"{ticket.plainly} moved to {to[1]}"
    return [*moved.values()]


def _some(entries: Sequence[str], most: int) -> list[str]:
    rest = len(entries) - most
    return [*entries[:most], *([f"{rest} smaller changes"] if rest > 0 else [])]


def _sentences(text: str) -> list[str]:
    # A full stop within a number, as in 3.1%, ends no sentence.
    parts = re.split(r"(?<=[.!?])\s+|\n+", text.strip())
    return [part.strip().rstrip(".") for part in parts if part.strip()]


def _lowered(line: str) -> str:
    return line if line[1:2].isupper() else f"{line[:1].lower()}{line[1:]}"


def is_after(moment: datetime | None, since: datetime | None) -> bool:
    return since is None or (moment is not None and moment > since)
