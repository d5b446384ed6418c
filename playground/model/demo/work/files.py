"""Documents in Drive: find one, say what is in it, and look up what "our …" is."""

import re

from playground.model.conversation import Plan
from playground.model.demo.days import day_said
from playground.model.demo.findings import quoted
from playground.model.demo.found.channels import moment_of
from playground.model.demo.found.files import File, file_of, files_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outline import outline
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.request import Talk
from playground.model.demo.run import Run
from playground.model.demo.understand import LONGEST_COMMAND, understand
from playground.model.wires.wire import items, text_of

MODEST = "*Demo model, no AI: I searched for your words and quoted, I did not read for meaning.*"
_KINDS = r"(?:google )?(?:docs?|documents?|files?|sheets?|spreadsheets?|slides|decks?|presentations?)"
_FIND = (
    rf"\b(?:find|search for|look for|open|show me|get)\s+(?:me )?(?:the |a |our |my |any )?{_KINDS}\s+"
    r"(?:about|on|for|with|called|named|that \w+)\s+(.+)$",
    rf"\b(?:find|search for|look for|open|show me|get)\s+(?:me )?(?:the |a |our |my )(.+?)\s+{_KINDS}\W*$",
    rf"\bsearch\s+(?:my |our |the |in )*(?:{_KINDS}|drive|google drive)\s+for\s+(.+)$",
    rf"\bwhere (?:is|are|do i find)\s+(?:the |our |my )?(.+?)\s+{_KINDS}\W*$",
    r"\b(?:find|search for|look for)\s+(.+?)\s+in\s+(?:my |our |the |google )*drive\W*$",
)
_TELL = (
    rf"\b(?:summari[sz]e|sum up|read|recap|explain)\s+(?:me )?(?:the |our |my |this )?{_KINDS}\s+"
    r"(?:(?:about|on|for|called|named)\s+)?(.+)$",
    rf"\b(?:summari[sz]e|sum up|read|recap|explain)\s+(?:me )?(?:the |our |my )?(.+?)\s+{_KINDS}\W*$",
    rf"\b(?:what(?:'s| is| does| stands)|whats)\b.*?\b(?:in|on)\s+(?:the |our |my )?(.+?)\s+{_KINDS}\b",
    rf"\bwhat does (?:the |our |my )?(.+?)\s+{_KINDS}\s+say\b",
    rf"\bsummary of (?:the |our |my )?(?:{_KINDS}\s+(?:about|on|called)\s+)?(.+?)(?:\s+{_KINDS})?\W*$",
)
_OURS = re.compile(
    r"^(?:\W*(?:so|and|hey|hi|remind me)\W+)*(?:what(?:'s|s| is| are| was)|how (?:much|long|big|many) (?:is|are))\s+"
    r"(?:our|the (?:current|company'?s?))\s+([\w' -]{3,60}?)"
    r"(?:\s+(?:again|now|right now|at the moment|these days))*\W*$"
)
_IDLE = frozenset({"the", "a", "an", "our", "my", "this", "that", "of", "for", "on", "in", "about", "please", "and"})
_ELSEWHERE = (
    "prs?",
    "pull requests?",
    "mails?",
    "inbox",
    "slack",
    "channels?",
    "tickets?",
    "jira",
    "board",
    "sprint",
    "calendar",
    "meetings?",
)
_MOST = 10


def _words(patterns: tuple[str, ...], text: str) -> str:
    found = next((match[1] for pattern in patterns if (match := re.search(pattern, text, re.IGNORECASE))), "")
    return " ".join(word for word in re.findall(r"[\w'-]+", found) if word.lower() not in _IDLE)[:80]


def _is_mine(said: Said) -> bool:
    return not has(said.lowered, *_ELSEWHERE) and isinstance(understand(said.text), Talk)


# Find one.


def _finds(said: Said) -> bool:
    return bool(_words(_FIND, said.lowered)) and _is_mine(said)


def _find(run: Run, said: Said) -> Plan:
    words = _words(_FIND, said.text[:LONGEST_COMMAND])
    found = _found(run, words)
    if not found:
        return Plan(text=f"I find no file about “{words}” that you can read.")
    lines = [f"- {one.linked}{_changed(one)}" for one in found[:_MOST]]
    return Plan(text="\n".join([f"**{counted(len(found), 'file')} about “{words}”:**", "", *lines]))


def _found(run: Run, words: str) -> list[File]:
    reach(run, {"search_files": "look for it in your files", "read_file": "read it in your files"})
    return files_of(run.read(run.call("search_files", words=words))[0])


def _changed(file: File) -> str:
    return f", last changed by {file.changed_by}" if file.changed_by else ""


# Say what is in one.


def _tells(said: Said) -> bool:
    return bool(_words(_TELL, said.lowered)) and _is_mine(said)


def _tell(run: Run, said: Said) -> Plan:
    words = _words(_TELL, said.text[:LONGEST_COMMAND])
    found = _found(run, words)
    if not found:
        return Plan(text=f"I find no file about “{words}” that you can read.")
    best = next((one for one in found if words.lower() in one.name.lower()), found[0])
    content = run.read(run.call("read_file", file=best.id))[0]
    file = file_of(content)
    at = day_said(moment_of(content.get("changed")), today=run.today, zone=run.zone)
    lines = [f"**{file.linked}**{_changed(file)}{f', {at}' if at else ''}", "", *outline(file.text)]
    if comments := items(content.get("comments")):
        last = comments[-1]
        said_last = f"{text_of(last.get('by'))}: “{quoted(text_of(last.get('text')))}”"
        lines += ["", f"{counted(len(comments), 'comment')}, the last by {said_last}"]
    if others := [one.linked for one in found if one.id != best.id][:3]:
        lines += ["", f"Also found: {', '.join(others)}"]
    return Plan(text="\n".join([*lines, "", MODEST]))


# What "our …" is.


def _asks_ours(said: Said) -> bool:
    return _OURS.match(said.lowered) is not None and _is_mine(said)


def _ours(run: Run, said: Said) -> Plan:
    match = _OURS.match(said.lowered)
    words = " ".join(word for word in re.findall(r"[\w'-]+", match[1] if match else "") if word not in _IDLE)
    found = _found(run, words)
    if not found:
        return Plan(text=f"I find no file about “{words}” that you can read, so I do not know.")
    reads: list[File] = []
    for file in found[:3]:
        reads.append(file_of(run.read(run.call("read_file", file=file.id))[0]))
        if passage := _passage(reads[-1].text, words):
            return Plan(text=f"{passage}\n\nThat is what {file.linked} says{_changed(file)}.")
    begins = "\n".join(outline(reads[0].text))
    return Plan(text=f"No line says what “{words}” is. {found[0].linked} is about it:\n\n{begins}\n\n{MODEST}")


def _passage(text: str, words: str) -> str:
    """What stands under the heading with `words`, or the first lines with them; empty when there is neither."""
    lines = [line.strip() for line in text.splitlines()]
    wanted = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words.split()]
    fitting = [n for n, line in enumerate(lines) if all(word.search(line) for word in wanted)]
    for n in fitting:
        # A slide's title is a line of its own; in a document a heading begins with a hash.
        if (lines[n].startswith("#") or len(lines[n]) <= len(words) + 12) and (below := _below(lines[n + 1 :])):
            return f"**{lines[n].lstrip('# ')}:** {quoted(' · '.join(below), 400)}"
    return "\n".join(f"- {quoted(lines[n], 240)}" for n in fitting[:3] if len(lines[n].lstrip("# ")) > len(words))


def _below(lines: list[str]) -> list[str]:
    """The first lines after a heading, up to the next gap, heading or slide."""
    text = lines[1:] if lines and not lines[0] else lines
    end = next((n for n, line in enumerate(text) if not line or line.startswith(("#", "---"))), len(text))
    return text[: min(end, 4)]


JOBS = (
    Job(name="find a file", fits=_finds, run=_find, order=66),
    Job(name="what is in a file", fits=_tells, run=_tell, order=67),
    Job(name="what ours is", fits=_asks_ours, run=_ours, order=95),
)
