"""What keeps a release from going out: its open tickets, its checklist, and what was said about them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from playground.model.conversation import Json, Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.files import Checklist, File, checklist_of, file_of, files_of
from playground.model.demo.found.tickets import Ticket, text_of, ticket_of, tickets_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.pulls import pull_of
from playground.model.demo.reach import OPEN, reach
from playground.model.demo.reads import counted, reviews_said
from playground.model.demo.run import Ends, Run, said_to_people
from playground.model.wires.wire import items

_VERSION = re.compile(r"(?<![\w.])v?(\d+\.\d+(?:\.\d+)?)(?![\w.]*\d)")
_BLOCKED = re.compile(
    r"\b(?:(?:un)?blocked|block(?:s|ers?|ing)?|ready|on track|go(?:es)? out|at risk|late|slips?|hold(?:s|ing)? up"
    r"|still open|left for|missing (?:for|from|in)|in the way)\b"
)
_PULL = re.compile(r"(?<![\w/#])((?:[\w.-]+/)?[A-Za-z][\w.-]*#\d+)\b")
_ASKED_FOR_CHANGES = re.compile(
    r"\b(?:ask(?:ed|s)? for|request(?:ed|s)?|want(?:ed|s)?)\s+(?:some\s+|more\s+)?changes\b|\bchanges requested\b",
    re.IGNORECASE,
)
_GITHUB = "read_pull_request"
_MODEST = "*Demo model, no AI: I put side by side what tickets, checklist and messages say.*"
_LOOK_AHEAD = 21
"""Days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Everything about one version."""

    version: str
    open: tuple[Ticket, ...]
    """With this fix version and not done."""
    also: tuple[Ticket, ...]
    """Named by open boxes of the checklist, and not done."""
    file: File | None
    checklist: Checklist

    @property
    def blocking(self) -> list[Ticket]:
        return [ticket for ticket in (*self.open, *self.also) if self._blocks(ticket)]

    @property
    def can_wait(self) -> list[Ticket]:
        return [ticket for ticket in (*self.open, *self.also) if not self._blocks(ticket)]

    def _blocks(self, ticket: Ticket) -> bool:
        boxes = [box for box in self.checklist.on(ticket.key) if not box.is_done]
        return ticket.is_blocker or any(not box.can_wait for box in boxes)


def _asks(said: Said) -> bool:
    return _VERSION.search(said.lowered) is not None and _BLOCKED.search(said.lowered) is not None


def _is_it(run: Run, said: Said) -> Plan:
    version = found[1] if (found := _VERSION.search(said.text)) else ""
    tickets = ("search_tickets", "read_ticket")
    others = ("search_files", "read_file", "search_messages", "find_people", "list_events")
    reach(run, dict.fromkeys((*tickets, *others), f"see what {version} waits for"))
    has_github = _reaches_github(run)
    release = _release(run, version)
    said_on = {ticket.key: _facts(run, release, ticket, has_github=has_github) for ticket in release.blocking}
    return Plan(text="\n".join(_told(run, release, said_on, has_github=has_github)))


def _reaches_github(run: Run) -> bool:
    """Whether pull requests can be read as this person; an account is not asked for, not everybody has one."""
    opener = run.conversation.tool(OPEN)
    if run.conversation.tool(_GITHUB) is None and opener and re.search(rf"\b{_GITHUB}\b", opener.description):
        reach(run, {_GITHUB: "read pull requests"})
    return run.conversation.tool(_GITHUB) is not None


def _release(run: Run, version: str) -> Release:
    searched, looked = run.ask(
        [
            run.call("search_tickets", project="all", fix_version=version, status="open"),
            run.call("search_files", words=f"{version} checklist"),
        ]
    )
    if searched.kind != "done":
        raise Ends(Plan(text=f"I could not look: {said_to_people(searched.text).partition(' The search was')[0]}"))
    open_tickets = tickets_of(searched.content)
    files = [file for file in files_of(looked.content) if version in file.name]
    named = next((file for file in files if "checklist" in file.name.lower()), files[0] if files else None)
    file = file_of(run.read(run.call("read_file", file=named.id))[0]) if named else None
    checklist = checklist_of(file.text if file else "")
    known = {ticket.key for ticket in open_tickets}
    keys = [key for box in checklist.items if not box.is_done for key in box.keys if key not in known]
    also = [ticket_of(one) for one in run.read(*(run.call("read_ticket", key=key) for key in dict.fromkeys(keys)))]
    release = Release(
        version=version,
        open=tuple(open_tickets),
        also=tuple(ticket for ticket in also if ticket.status.lower() not in ("done", "closed", "resolved")),
        file=file,
        checklist=checklist,
    )
    return _in_full(run, release)


def _in_full(run: Run, release: Release) -> Release:
    """The same, with descriptions and comments of the open tickets that block."""
    blocking = {ticket.key for ticket in release.blocking}
    wanted = [ticket.key for ticket in release.open if ticket.key in blocking]
    read = {key: run.call("read_ticket", key=key) for key in wanted}
    full = {ticket.key: ticket for ticket in map(ticket_of, run.read(*read.values()))}
    return replace(release, open=tuple(full.get(ticket.key, ticket) for ticket in release.open))


def _facts(run: Run, release: Release, ticket: Ticket, *, has_github: bool) -> list[str]:
    """What is known about a ticket beside its own line."""
    boxes = [box.text for box in release.checklist.on(ticket.key) if not box.is_done]
    lines = [f"On the checklist: “{quoted(box, 200)}”." for box in boxes]
    if ticket.comments:
        last = ticket.comments[-1]
        lines.append(f"Last word, {last.by}, {run.day(last.at)}: “{quoted(last.text, 240)}”")
    pulls = _PULL.findall("\n".join([*boxes, ticket.description, *(one.text for one in ticket.comments)]))
    for name in dict.fromkeys(pulls):
        lines += _on_github(run, name) if has_github else _in_slack(run, name)
    return lines


def _on_github(run: Run, name: str) -> list[str]:
    repository, _, number = name.partition("#")
    [outcome] = run.ask([run.call(_GITHUB, repository=repository, number=int(number))])
    if outcome.kind != "done":
        return []
    pull = pull_of(outcome.content)
    standing = f"{pull.linked} is {pull.state}: {reviews_said(pull)} {pull.checks.capitalize()}."
    return [standing, *_away(run, _about(run, name))] if pull.state == "open" else [standing]


def _in_slack(run: Run, name: str) -> list[str]:
    messages = _about(run, name)
    told = _objecting(messages)
    if not told:
        return [_said(message) for message in messages[:1]]
    return [f"Changes are requested on {name}. {_said(told[0])}", *_away(run, told)]


def _about(run: Run, name: str) -> list[Json]:
    """What was said in Slack about a pull request, newest first."""
    return items(run.read(run.call("search_messages", words=name))[0].get("messages"))


def _objecting(messages: Sequence[Json]) -> list[Json]:
    return [message for message in messages if _ASKED_FOR_CHANGES.search(text_of(message.get("text")))]


def _away(run: Run, messages: Sequence[Json]) -> list[str]:
    """Whether who asked for changes is away."""
    by = next((text_of(message.get("by")) for message in _objecting(messages)), "")
    away = _away_until(run, by) if by else None
    return [f"{by} is away until {_named(run, away)}, so somebody else must approve."] if away else []


def _said(message: Json) -> str:
    by, channel = text_of(message.get("by")), text_of(message.get("channel"))
    return f"{by} in {channel}: “{quoted(text_of(message.get('text')), 200)}”"


def _away_until(run: Run, name: str) -> date | None:
    """The last day on which somebody is out of office, if they are so today."""
    people = items(run.read(run.call("find_people", words=name))[0].get("people"))
    addresses = [text_of(person.get("address")) for person in people if text_of(person.get("name")) == name]
    if len(addresses) != 1 or not addresses[0]:
        return None
    call = run.call("list_events", day=run.today.isoformat(), days=_LOOK_AHEAD, person=addresses[0])
    [outcome] = run.ask([call])
    days = [
        (date.fromisoformat(text_of(event.get("start"))[:10]), date.fromisoformat(text_of(event.get("end"))[:10]))
        for event in items(outcome.content.get("events"))
        if event.get("kind") == "out of office"
    ]
    return end_of_leave(days, run.today)


def end_of_leave(days: Sequence[tuple[date, date]], today: date) -> date | None:
    """The last day off of a row that begins by today; only a weekend does not break it."""
    last: date | None = None
    for start, end in sorted(days):
        if end >= today and start <= _workday_from(last + timedelta(days=1) if last else today):
            last = max(end, last or end)
    return last


def _workday_from(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _named(run: Run, day: date) -> str:
    return "today" if day == run.today else f"{day.day} {day:%B}"


def _told(run: Run, release: Release, said_on: dict[str, list[str]], *, has_github: bool) -> list[str]:
    blocking = release.blocking
    count = counted(len(blocking), "thing")
    yes = f"Yes, {count} {'is' if len(blocking) == 1 else 'are'} open for {release.version}:"
    no = f"No, nothing blocks {release.version} as far as I can see."
    lines = [f"**{yes if blocking else no}**"]
    for ticket in blocking:
        lines += ["", f"- {ticket.linked} {ticket.plainly}, {ticket.status}, with {ticket.assignee or 'nobody'}."]
        lines += [f"  - {fact}" for fact in said_on[ticket.key]]
    if release.can_wait:
        listed = ", ".join(f"{ticket.linked} {ticket.plainly}" for ticket in release.can_wait)
        lines += ["", f"Open too, but nobody calls it a blocker: {listed}."]
    if release.checklist.moved:
        lines += ["", f"Not a blocker any more: {' '.join(release.checklist.moved)}"]
    if release.checklist.dates:
        lines += ["", " ".join(release.checklist.dates)]
    if release.file:
        lines += ["", f"From {release.file.linked} and the tickets."]
    else:
        lines += ["", "I found no checklist for it in your files."]
    if not has_github and any("#" in fact for facts in said_on.values() for fact in facts):
        lines.append("You have no GitHub account here: what I say of pull requests comes from these and from Slack.")
    return [*lines, "", _MODEST]


JOBS = (Job(name="is a release blocked", fits=_asks, run=_is_it, order=25),)
