"""What is typed into Jira's search to find tickets (pure)."""

import re
from collections.abc import Iterable
from typing import Literal

Which = Literal["open", "done", "any"]

MAX_WORDS = 12
_NEWEST_FIRST = "ORDER BY updated DESC"
_STATUS: dict[Which, tuple[str, ...]] = {
    "open": ("statusCategory != Done",),
    "done": ("statusCategory = Done",),
    "any": (),
}
_OPERATORS = {"and", "or", "not"}
# A quoted value, or the words that begin the order; what stands within quotes is skipped over.
_PARTS = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\border\s+by\b""", re.IGNORECASE | re.DOTALL)


def quoted(value: str) -> str:
    """`value` as one JQL string, whatever it holds (support.atlassian.com, "JQL: advanced searching", reserved)."""
    return f'"{"".join(map(_escaped, value))}"'


def tickets_query(
    *,
    words: str = "",
    jql: str = "",
    project: str | None = None,
    assignee: str | None = None,
    status: Which = "any",
    fix_version: str | None = None,
) -> str:
    """The search for tickets that fit all of it, the last changed first unless `jql` has an order of its own.

    `assignee` is an account id, `currentUser()` or `EMPTY`. Words are never taken for syntax.
    """
    filters, order = split(jql)
    parts = [f"({filters})"] if filters else []
    if project:
        parts.append(f"project = {quoted(project)}")
    if assignee:
        parts.append(_assigned_to(assignee))
    parts += _STATUS[status]
    if fix_version:
        parts.append(f"fixVersion = {quoted(fix_version)}")
    parts += [f"text ~ {quoted(word)}" for word in plain_words(words)[:MAX_WORDS]]
    # Jira refuses a search without any bound.
    return f"{' AND '.join(parts) or 'updated >= -30d'} {order or _NEWEST_FIRST}"


def sprint_query(sprint: int) -> str:
    """The tickets of a sprint, in the order of the board."""
    return f"sprint = {sprint} ORDER BY Rank ASC"


def keys_query(keys: Iterable[str]) -> str:
    """The tickets with these keys."""
    return f"key in ({', '.join(map(quoted, keys))}) {_NEWEST_FIRST}"


def filed_query() -> str:
    """What this person filed in their own name, the newest first."""
    return "reporter = currentUser() AND creator = currentUser() ORDER BY created DESC"


def board_query() -> str:
    """What a board without sprints shows: all that is open, and what was finished lately."""
    return "statusCategory != Done OR updated >= -14d"


def split(jql: str) -> tuple[str, str]:
    """A search's filters and its order; either may be empty."""
    for found in _PARTS.finditer(jql):
        if found.group(1) is None:
            return jql[: found.start()].strip(), jql[found.start() :].strip()
    return jql.strip(), ""


def plain_words(words: str) -> list[str]:
    """The words of `words` with nothing in them that Jira's text search would take for syntax."""
    found: Iterable[str] = re.findall(r"[^\W_][\w.'-]*", words)
    return [word.strip(".'-") for word in found if word.lower() not in _OPERATORS]


def _assigned_to(assignee: str) -> str:
    match assignee:
        case "currentUser()":
            return "assignee = currentUser()"
        case "EMPTY":
            return "assignee IS EMPTY"
        case _:
            return f"assignee = {quoted(assignee)}"


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    # A line break or another control character would end the string.
    return character if character.isprintable() else " "
