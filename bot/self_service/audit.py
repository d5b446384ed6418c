"""The audit log as people read it: in words, as lines of a file, and how its chain stands."""

import csv
import io
import json
import unicodedata
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields
from typing import Any, Literal, TypeAlias

from memory.audit import Action, Entered, Entry, Verdict
from skills.skill import Skill

Format: TypeAlias = Literal["jsonl", "csv"]
NAMES = ("seq", *(field.name for field in fields(Entry)), "hash")
"""The columns of an export, in order. From those of a line in JSON its hash can be computed again."""
SAID: Mapping[Action, str] = {
    "tool.done": "Done",
    "tool.failed": "Failed",
    "tool.unknown": "Outcome unknown",
    "tool.denied_by_gate": "Not allowed",
    "approval.given": "Approved",
    "approval.denied": "Denied",
    "approval.refused": "Click refused",
    "approval.edited": "Edited",
    "permission.given": "Asks no more",
    "permission.revoked": "Asks again",
    "rule.changed": "Rule changed",
    "account.connected": "Account connected",
    "account.disconnected": "Account disconnected",
    "account.ended": "Access ended",
    "undo.done": "Taken back",
    "undo.failed": "Not taken back",
    "share.posted": "Answer shared",
    "memory.own_records_allowed": "May learn from own records",
    "memory.own_records_read": "Learned from own records",
    "memory.own_records_forgotten": "Own records forgotten",
    "agent.published": "Agent published",
    "agent.shared": "Agent shared",
    "agent.unshared": "Agent no longer shared",
    "agent.link_made": "Agent link made",
    "agent.link_revoked": "Agent link taken back",
    "agent.disabled": "Agent disabled",
    "agent.enabled": "Agent enabled",
    "agent.handed_over": "Agent handed over",
    "agent.deleted": "Agent deleted",
    "agent.rules_set": "Rules for agents set",
}
EVERY_CHANGE = "Every change"
# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@")


async def lines(entries: AsyncIterator[Entered], form: Format) -> AsyncIterator[str]:
    """Yield a file of `entries`, line by line; no character in it moves a cursor, breaks a line or hides."""
    if form == "csv":
        yield _row(NAMES)
    async for entered in entries:
        said = _said(entered)
        yield f"{json.dumps(said)}\n" if form == "jsonl" else _row(map(_cell, said.values()))


def line(entered: Entered) -> str:
    """One entry in one line, for a terminal."""
    entry = entered.entry
    who = entry.person if entry.actor == entry.person else f"{entry.person} (by {entry.actor})"
    parts = [
        f"{entered.seq}",
        f"{entry.at:%Y-%m-%d %H:%M:%SZ}",
        who,
        entry.action,
        entry.tool,
        entry.target or entry.target_hash[:12],
        f"as {entry.account}" if entry.account else "",
        f"{entry.verdict}: {entry.reason}" if entry.verdict else entry.reason,
        entry.outcome,
    ]
    return shown("  ".join(part for part in parts if part))


def verdict_words(found: Verdict) -> str:
    """How a chain stands, in one sentence."""
    entries = f"{found.entries:,} {'entry' if found.entries == 1 else 'entries'}"
    return f"{entries}, unbroken." if found.unbroken else f"Broken after {entries}. {found.why}"


def tool_words(tool: str, skills: Mapping[str, Skill]) -> str:
    """What a tool does, in a person's words."""
    if tool == "*":
        return EVERY_CHANGE
    known = next((one for skill in skills.values() for one in skill.tools if one.name == tool), None)
    asked = known.says.ask.removesuffix("?") if known else ""
    return asked or tool.replace("_", " ").capitalize()


def shown(text: str) -> str:
    """`text` in one line, with every character that draws nothing written out as JSON writes it."""
    return "".join(char if _draws(char) else json.dumps(char)[1:-1] for char in text)


def _draws(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _said(entered: Entered) -> dict[str, Any]:
    entry = entered.entry
    middle = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    return {"seq": entered.seq, **middle, "at": entry.at.isoformat(timespec="microseconds"), "hash": entered.hash}


def _cell(value: str | int) -> str:
    text = shown(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(cells: Any) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
