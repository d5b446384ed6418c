"""Who owns which file, as a CODEOWNERS file says it (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks, in its order; the first one found counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line: the files it speaks of, and their owners (`@login`, `@org/team` or an e-mail address), maybe none."""

    pattern: str
    owners: tuple[str, ...]

    def covers(self, path: str) -> bool:
        return re.fullmatch(_expression(self.pattern), path) is not None


def parse_codeowners(text: str) -> tuple[Rule, ...]:
    """The rules of a CODEOWNERS file in its order; lines that GitHub would skip are skipped."""
    rules: list[Rule] = []
    for line in text.splitlines():
        # A space within a pattern is written `\ `, a comment begins at any unescaped #.
        pattern, *owners = re.split(r"(?<!\\)\s+", re.sub(r"(?<!\\)#.*", "", line).strip())
        if pattern and not pattern.startswith("!"):
            rules.append(Rule(pattern=pattern, owners=tuple(owner for owner in owners if "@" in owner)))
    return tuple(rules)


def owners_of(rules: Iterable[Rule], path: str) -> tuple[str, ...]:
    """The owners of `path`: those of the last rule that covers it."""
    found: tuple[str, ...] = ()
    for rule in rules:
        if rule.covers(path):
            found = rule.owners
    return found


def _expression(pattern: str) -> str:
    """`pattern` as a regular expression (docs.github.com, "About code owners": gitignore's rules, with less).

    A slash at the start or in the middle ties it to the root; a folder stands for everything below it; `*` stays
    within one folder, so `docs/*` means the files of docs and nothing deeper; `**` crosses folders.
    """
    body = pattern.replace("\\", "")
    tied = "/" in body.rstrip("/")
    folder = body.endswith("/")
    parts = [part for part in body.split("/") if part]
    if not parts:
        return ".*"
    middle = "".join(_part(part) for part in parts[:-1])
    last = ".*" if parts[-1] == "**" else _within(parts[-1])
    below = "/.*" if folder else "" if parts[-1] == "*" and tied else "(?:/.*)?"
    return f"{'' if tied else '(?:.*/)?'}{middle}{last}{below}"


def _part(part: str) -> str:
    return "(?:.*/)?" if part == "**" else f"{_within(part)}/"


def _within(part: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)) for character in part)
