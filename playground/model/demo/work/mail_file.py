"""A file that is to go to somebody: asked about when the name or the file itself leaves a doubt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playground.model.conversation import Json, Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.calendar import Colleague, colleagues_of, without_accents, words_of
from playground.model.demo.found.calendar_told import told
from playground.model.demo.found.mail import sentences
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import any_of
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run
from playground.model.demo.understand import LONGEST_COMMAND
from playground.model.wires.wire import items

_KINDS = any_of(
    *("notes?", "doc(?:ument)?s?", "files?", "sheets?", "slides", "deck", "spreadsheet", "report", "minutes"),
    *("agenda", "postmortem", "runbook", "checklist", "csv", "pdf", "plan"),
)
_SEND = r"^(?:(?:please|pls|ok|now|(?:can|could) you)\s+)*(?:send|share|forward|give|show)\s+"
_TO_FIRST = re.compile(
    rf"{_SEND}(?P<who>[^\W\d_][\w'-]*(?: [A-Z][\w'-]+)?)\s+(?:the|our|my)\s+(?P<what>.+?)[.?! ]*$", re.I
)
_FILE_FIRST = re.compile(
    rf"{_SEND}(?:the|our|my)\s+(?P<what>.+?)\s+(?:to|with)\s+(?P<who>[^\W\d_][\w' -]*?)[.?! ]*$", re.I
)
_CLOSED = re.compile(
    any_of("confidential", "internal", "private", "only", "do not (?:share|forward)", "not for", "secret", "panel"),
    re.IGNORECASE,
)
_TOP = 6
"""Sentences at the beginning of a file, where it says for whom it is."""
_ASKED = re.compile(r"^Which .+ do you mean\?.*I have sent nothing: \[[^\]]*\]\((?P<link>[^)\s]+)\)", re.DOTALL)
_NO = re.compile(r"\b(?:no|nobody|neither|none|not|don't|stop|leave|never)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    id: str
    name: str
    link: str

    @property
    def linked(self) -> str:
        return f"[{self.name}]({self.link})"


def _wish(said: Said) -> tuple[str, str] | None:
    """Who is to get it, and the words for the file."""
    found = _TO_FIRST.match(said.text[:LONGEST_COMMAND]) or _FILE_FIRST.match(said.text[:LONGEST_COMMAND])
    if found is None or found["who"].lower() in ("me", "us", "them", "him", "her", "everyone", "it"):
        return None
    return found["who"], found["what"]


def _fits(said: Said) -> bool:
    wish = _wish(said)
    return wish is not None and re.search(_KINDS, wish[1].lower()) is not None and "#" not in wish[0]


def _send(run: Run, said: Said) -> Plan:
    if (wish := _wish(said)) is None:
        raise Ends(Plan(text="Which file shall go to whom?"))
    who, what = wish
    tools = {
        "find_people": "see who is meant",
        "search_files": "find the file",
        "read_file": "see for whom the file is",
    }
    reach(run, tools)
    known, files = run.read(run.call("find_people", words=who), run.call("search_files", words=what))
    people, file = _called(colleagues_of(known), who), _best(files, what)
    text = str(run.read(run.call("read_file", file=file.id))[0].get("text") or "")
    others = _others_called(who, people, f"{file.name}\n{text}")
    closed = _closed(text, who, others)
    if len(people) == 1 and not others and not closed:
        return _share(run, file.id, file.linked, people[0])
    return Plan(text=_doubt(who, people, others, file, closed))


def _best(content: Json, what: str) -> _File:
    """The file whose name has most of the words."""
    files = [
        _File(id=str(row.get("id")), name=str(row.get("name")), link=str(row.get("link")))
        for row in items(content.get("files"))
    ]
    if not files:
        raise Ends(Plan(text=f"I find no file for “{quoted(what, 80)}” that you can open. What is it called?"))
    wanted = set(words_of(what))
    return max(files, key=lambda file: len(wanted & set(words_of(file.name))))


def _called(people: Sequence[Colleague], who: str) -> list[Colleague]:
    wanted = words_of(who)
    return [one for one in people if set(wanted) <= set(words_of(one.name))]


def _others_called(who: str, people: Sequence[Colleague], text: str) -> list[str]:
    """Names in the file that fit too, and are nobody's of the workspace."""
    first = without_accents(who.split()[0])
    named = re.findall(r"\b([^\W\d_]+ [^\W\d_a-z][\w'-]+)", text)
    fitting = [name for name in named if words_of(name)[0] == first and all(name != one.name for one in people)]
    return list(dict.fromkeys(fitting))


def _doubt(who: str, people: Sequence[Colleague], others: Sequence[str], file: _File, closed: str) -> str:
    name = who.capitalize()
    rows = [f"- {one.described}" for one in people] + [
        f"- {one}, whom the file {'is about' if one in file.name else 'names'}" for one in others
    ]
    lines = [f"Which {name} do you mean?", *rows, "", f"I have sent nothing: {file.linked} is the file.", closed]
    return "\n".join(lines).strip()


def _closed(text: str, who: str, others: Sequence[str]) -> str:
    """For whom the file says that it is, and whether somebody of that name is among them."""
    said = next((one for one in sentences(_plain(text))[:_TOP] if _CLOSED.search(one)), "")
    if not said:
        return ""
    for other in others:
        text = text.replace(other, "")
    named = without_accents(who.split()[0]) in words_of(text)
    one = f"no {who.capitalize()}" if not others else f"neither {who.capitalize()}"
    among = "Whether they are meant I cannot tell." if named else f"By its text, {one} is one of those it is for."
    return f"It says “{quoted(said, 160)}” {among} Name the person in full if it is to go to them all the same."


def _fits_named(said: Said) -> bool:
    return _ASKED.match(said.before) is not None and not _NO.search(said.lowered) and len(said.text.split()) <= 8


def _named(run: Run, said: Said) -> Plan:
    """After my question: the person names one in full."""
    asked = _ASKED.match(said.before)
    reach(run, {"find_people": "see who is meant", "share_file": "share the file"})
    names = re.findall(
        r"[^\W\d_]+ [^\W\d_]+",
        re.sub(r"(?i)^(?:(?:yes|yeah|ok|i mean|to|send it|share it|with)\b[\s,]*)+", "", said.text),
    )
    people = colleagues_of(run.read(run.call("find_people", words=names[-1] if names else said.text))[0])
    if asked is None or len(people) != 1 or not names:
        return Plan(text="I share it only with one person, named with first and last name. I have sent nothing.")
    return _share(run, asked["link"], "the file", people[0])


def _share(run: Run, file: str, linked: str, person: Colleague) -> Plan:
    reach(run, {"share_file": "share the file"})
    outcome = run.ask([run.call("share_file", file=file, people=[person.address])])[0]
    done = f"{person.name} can open {linked} now."
    return Plan(text=told(outcome, done=done, undone="Not shared", place="at who can open it"))


def _plain(text: str) -> str:
    """Markdown's lines as paragraphs of their own."""
    return re.sub(r"^#+ ", "", re.sub(r"\n+", "\n\n", text), flags=re.MULTILINE)


JOBS = (
    Job(name="send a file", fits=_fits, run=_send, order=30),
    Job(name="send a file, to whom", fits=_fits_named, run=_named, order=5),
)
