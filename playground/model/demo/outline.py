"""A text in short: its headings, each with the first words under it."""

import re

from playground.model.demo.findings import quoted

_PLACE = re.compile(r"^\[(?:page|sheet|slide|lines?)\b[^\]]*\]$", re.IGNORECASE)


def outline(text: str) -> list[str]:
    """The headings of a text, each with the first words under it; without headings, its first lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not re.fullmatch(r"[-|: ]+", line.strip())]
    sections = [(n, line.lstrip("# ").strip("[]")) for n, line in enumerate(lines) if _heads(line)]
    if not sections:
        return [f"- {quoted(line)}" for line in lines[:8]] or ["It is empty."]
    found: list[str] = []
    for n, title in sections[:12]:
        below = lines[n + 1] if n + 1 < len(lines) and not _heads(lines[n + 1]) and lines[n + 1][0] != "|" else ""
        found.append(f"- {quoted(title, 80)}" + (f": {quoted(below.lstrip('-*• '), 160)}" if below else ""))
    return found


def _heads(line: str) -> bool:
    """Whether a line is a heading, or the place where a page, a sheet or a slide begins."""
    return line.startswith("#") or _PLACE.match(line) is not None
