"""What can be found in a pull request by counting and matching, without understanding it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.model.demo.pulls import Discussion, File, Pull, Remark

_CODE = re.compile(r"\.(?:py|ts|tsx|js|jsx|go|kt|java|swift|rs|rb|c|cc|cpp|h|cs|php|scala|sh|sql)$")
_TEST = re.compile(r"(?:^|[/_.-])(?:tests?|specs?|e2e)(?:[/_.-]|$)|Tests?\.", re.IGNORECASE)
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)")
_BARE_NUMBER = re.compile(r"(?<![\w.\"'#])(\d+\.\d+|\d{3,})(?![\w.\"'%])")
_NAMED_VALUE = re.compile(r"^\s*(?:(?:export|const|final|static|let|var|val|private|public)\s+)*[A-Z][A-Z0-9_]+\s*[:=]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|//.*|#.*|/\*.*")
OPENING = "Read through it."
"""How a comment of mine begins; its remarks are no questions to anybody."""
_LARGE = 400
"""Changed lines from which reviews miss most (SmartBear's study of Cisco, 2006)."""
_LINES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("leaves a TODO", re.compile(r"\b(?:TODO|FIXME|XXX)\b")),
    (
        "looks like output for debugging",
        re.compile(r"(?:\bconsole\.log|\bprint|\bfmt\.Println|\bdebugger|\bdbg!|\bSystem\.out\.print\w*)\b\s*[(;]"),
    ),
    ("swallows every error", re.compile(r"\bexcept\s*:|catch\s*(?:\([^)]*\))?\s*\{\s*\}")),
    (
        "looks like a secret in the code",
        re.compile(r"(?:api_?key|secret|passw\w*|token)\w*\s*[:=]\s*[\"'][^\"']{8,}", re.IGNORECASE),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """One added line."""

    path: str
    line: int
    text: str


def findings(pull: Pull, said: Discussion) -> list[str]:
    """Everything that stands in the way or stands out, most important first, one sentence each."""
    return [*blockers(pull, said), *_questions(pull, said), *_in_code(pull)]


def blockers(pull: Pull, said: Discussion | None = None) -> list[str]:
    """What keeps it from being merged."""
    found: list[str] = []
    if pull.is_draft:
        found.append("It is still a draft.")
    if pull.mergeable is False:
        found.append("It conflicts with its base branch.")
    if said is not None and (failing := [check for check in said.checks if check.outcome == "failing"]):
        found += [f"Check `{check.name}` fails" + (f": {check.detail}" if check.detail else ".") for check in failing]
    elif "failing" in pull.checks or "running" in pull.checks:
        found.append(f"{pull.checks[:1].upper()}{pull.checks[1:]}.")
    for login in pull.with_verdict("changes_requested"):
        found.append(f"{login} requested changes{_reason(login, said)}.")
    return found


def _reason(login: str, said: Discussion | None) -> str:
    texts = [
        remark.text
        for remark in (said.remarks if said else ())
        if remark.by == login and remark.verdict == "changes_requested"
    ]
    return f": “{quoted(texts[-1]).rstrip('.')}”" if texts and texts[-1].strip() else ""


def _questions(pull: Pull, said: Discussion) -> list[str]:
    """Questions to which the author has not said anything since."""
    found: list[str] = []
    for remark in said.remarks:
        asked = [sentence for sentence in re.split(r"(?<=[.?!])\s+", remark.text) if sentence.endswith("?")]
        if (
            asked
            and not remark.text.startswith(OPENING)
            and remark.by != pull.author
            and not _answered(remark, pull.author, said)
        ):
            place = f" at `{remark.place}`" if remark.place else ""
            found.append(f"{remark.by} asks{place}: “{quoted(asked[0])}” I see no answer.")
    return found


def _answered(question: Remark, author: str, said: Discussion) -> bool:
    return any(r.by == author and r.at and question.at and r.at > question.at for r in said.remarks)


def _in_code(pull: Pull) -> list[str]:
    added = [line for file in pull.files for line in _added(file) if _CODE.search(file.path)]
    found = [
        f"`{line.path}:{line.line}` {what}." for what, pattern in _LINES for line in added if pattern.search(line.text)
    ]
    numbers = [line for line in added if _bare_number(line.text) and not _TEST.search(line.path)]
    found += [
        f"`{line.path}:{line.line}` has the bare number {_bare_number(line.text)}: name it?" for line in numbers[:2]
    ]
    touched = pull.additions + pull.deletions
    if touched > _LARGE:
        found.append(f"{touched:,} lines change at once; it is easier to review in parts.")
    code = [file for file in pull.files if _CODE.search(file.path)]
    if code and not any(_TEST.search(file.path) for file in pull.files):
        found.append("Code changes, and no test changes with it.")
    if pull.note:
        found.append(f"I did not see all of it. {pull.note}")
    return found


def _bare_number(text: str) -> str:
    if _NAMED_VALUE.search(text):
        return ""
    found = _BARE_NUMBER.search(_QUOTED.sub("", text))
    return found[1] if found else ""


def _added(file: File) -> Iterator[Added]:
    """The lines that a diff adds, with their numbers in the new file."""
    number = 0
    for line in file.diff.split("\n"):
        if hunk := _HUNK.match(line):
            number = int(hunk[1])
            continue
        if line.startswith("+") and not line.startswith("+++"):
            yield Added(path=file.path, line=number, text=line[1:])
        if not line.startswith(("-", "\\")):
            number += 1


def quoted(text: str, limit: int = 160) -> str:
    """Other people's words on one line, short enough to quote."""
    line = re.sub(r"\s+", " ", text).strip().translate(str.maketrans("“”", '""'))
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
