"""The lines that open and close a code block in Markdown."""

import re

_OPENER = re.compile(r"[ \t]*(`{3,}|~{3,})([^\n]*)")


def opening(line: str) -> str:
    """The fence with which `line` opens a code block, or nothing."""
    found = _OPENER.match(line)
    # After backticks, more of them make it a code span (CommonMark 4.5).
    return found[1] if found and not (found[1][0] == "`" and "`" in found[2]) else ""


def closes(line: str, fence: str) -> bool:
    """Whether `line` ends the code block that `fence` opened."""
    bare = line.strip()
    return len(bare) >= len(fence) and bare == fence[0] * len(bare)
