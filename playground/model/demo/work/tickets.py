"""Tickets: filed with what the person said and no more, listed, read, moved and commented on."""

import re
from dataclasses import dataclass, replace

from playground.model.conversation import Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.tickets import (
    KEY,
    Ticket,
    board_of,
    text_of,
    ticket_of,
    tickets_of,
)
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outcomes import Outcome
from playground.model.demo.plain import split_body
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.run import Ends, Run, said_to_people
from playground.model.demo.work.tickets_told import told

UNCLEAR = Plan(text="I did not understand which ticket you mean. Name it by its key.")
_TICKET = r"t[iy]c?k+[ei]?t"
"""As people in a hurry write it, too."""
_NEW = re.compile(
    rf"^(?:(?:please|pls|can you|could you|and|new|another|one more|next|last|quick)\b[\s,]*)*"
    rf"{_TICKET}\b[^:\n]{{0,80}}:"
    rf"|\b(?:create|open|file|add|make|put|raise|write|log)\s+(?:me\s+)?(?:an?|another|one more|the next)\s+"
    rf"(?:new\s+)?{_TICKET}\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    r"^(?:and\s+|ok(?:ay)?,?\s+|then\s+)?(?:an?other(?: one)?|one more|one|(?:the )?(?:next|last)(?: one)?)\b"
    r"\s*(?:[:,]|\bfor\b|\babout\b|\bto\b)\s*(?P<what>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_FOR_WHAT = re.compile(rf"\b{_TICKET}\b.*?\b(?:for|about|to|that|saying)\s+(?P<what>\S.*)$", re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(
    r"\b(?:on|in|to|at|for)\s+(?P<words>(?:(?:the|our|my)\s+)?(?:(?P<name>[\w-]+)\s+)?(?:board|project|desk))\b",
    re.IGNORECASE,
)
_PULLS = re.compile(r"\b(?:prs?|pull requests?|merged?|approved?|review)\b|#\d")
_MOVE = re.compile(
    r"\b(?:move|set|put|transition|mark|drag)\s+(?P<key>[\w]+-\d+)\s+(?:back\s+)?(?:to|as|into)\s+(?P<to>[^.?!]+)",
    re.IGNORECASE,
)
_CLOSE = re.compile(r"\b(?:close|finish|resolve)\s+(?P<key>[a-z][a-z0-9]+-\d+)\b", re.IGNORECASE)
_COMMENT = re.compile(
    r"\b(?:comment|note|reply|write|say|add a comment|leave a (?:comment|note))\s+(?:on|under|to|in|at)\s+"
    r"(?P<key>[a-z][a-z0-9]+-\d+)\b[\s,:]*(?:that\s+|saying\s+|:\s*)?(?P<text>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ANY_KEY = re.compile(r"\b[a-z][a-z0-9]+-\d+\b", re.IGNORECASE)
_BOARD = re.compile(r"\b(?P<words>(?:the|our)\s+(?P<name>[\w-]+(?:\s[\w-]+)?)\s+(?:board|desk))\b", re.IGNORECASE)
_OWN_WORDS = re.compile(r"(?:usual|normal|same|team|team's)", re.IGNORECASE)
"""What makes a phrase of the person's own out of "the … board": no board is called so."""


# Filing.


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A ticket that somebody asks for."""

    summary: str
    place: str
    """A project or board in their words; empty when they name none."""


def wanted_of(said: Said) -> Wanted | None:
    """What is to be filed, and where; None when nothing is."""
    if _NEW.search(said.text):
        head, body = _split(said.text)
        return Wanted(summary=_line(body), place=_place(head)) if body else None
    # "And one for …" is a ticket only where the last word was about one.
    if (more := _NEXT.match(said.text)) and re.search(r"\b[Tt]ickets?\b", said.before):
        return Wanted(summary=_line(more["what"]), place="")
    return None


def _split(text: str) -> tuple[str, str]:
    """What is said around the ticket, and its own words."""
    if found := re.search(r":(?!//)\s*(?P<what>\S.*)$", text, re.DOTALL) or _FOR_WHAT.search(text):
        return text[: found.start("what")], found["what"]
    return split_body(text)


def _place(head: str) -> str:
    if key := re.search(r"\b(?:on|in|to)\s+([A-Z][A-Z0-9]{1,9})\b", head):
        return key[1]
    found = _PLACE.search(head)
    return _as_named(found) if found else ""


def _as_named(found: re.Match[str]) -> str:
    """A board's name; or the person's whole phrase where it is none, such as "the usual board"."""
    name = found["name"] or ""
    return name if name and not _OWN_WORDS.fullmatch(name) else found["words"]


def _line(text: str) -> str:
    line = re.sub(r"\s+", " ", text).strip(" .")
    return f"{line[:1].upper()}{line[1:]}"


def _files(run: Run, said: Said) -> Plan:
    if (wanted := wanted_of(said)) is None:
        raise Ends(UNCLEAR)
    reach(run, {"create_ticket": "file this ticket"})
    outcome = create(run, wanted, kind="Task")
    if outcome.kind == "failed" and wanted.place:
        on_board = replace(wanted, place=_of_board(run, wanted.place, otherwise=outcome))
        outcome = create(run, on_board, kind="Task")
    return Plan(text=filed(run, outcome))


def _of_board(run: Run, board: str, *, otherwise: Outcome) -> str:
    """The project of a board's tickets: people name boards as if they were projects."""
    reach(run, {"view_board": "see which project that board shows"})
    [seen] = run.ask([run.call("view_board", board=board)])
    shown = board_of(seen.content)
    for ticket in (*shown.open, *shown.done):
        return ticket.project
    raise Ends(Plan(text=f"I could not file it. {said_to_people(otherwise.text)}"))


def create(run: Run, wanted: Wanted, *, kind: str, text: str = "", body: str = "") -> Outcome:
    """A ticket with what the person said of it. All else is left to their memory and to their answers."""
    call = run.call("create_ticket", project=wanted.place, type=kind, summary=wanted.summary, description=body)
    return run.ask([call], text=text)[0]


def filed(run: Run, outcome: Outcome) -> str:
    key, link = text_of(outcome.content.get("key")), text_of(outcome.content.get("link"))
    summary = text_of(outcome.executed.get("summary"))
    whole = f"{text_of(outcome.executed.get('title_prefix'))} {summary}".strip()

    def look(again: Run) -> str:
        found = tickets_of(again.read(again.call("search_tickets", project="all", words=summary))[0])
        there = [ticket for ticket in found if ticket.summary == whole]
        return f"{there[0].linked} is there." if there else "it is not there. Ask again and I prepare it anew."

    done = f"Ticket created: {f'[{key}]({link})' if link else key} {whole}."
    return told(run, outcome, done=done, undone="Ticket not created", look=look)


# Looking.


def _lists_mine(said: Said) -> bool:
    return not _PULLS.search(said.lowered) and (
        has(said.lowered, "(?:my|mine) (?:open |own )?tickets?", "tickets? (?:of mine|assigned to me|on my plate)")
        or (has(said.lowered, "tickets?", "jira") and has(said.lowered, "(?:are |is )?mine", "my plate", "do i have"))
    )


def _mine(run: Run, said: Said) -> Plan:
    del said
    reach(run, {"my_tickets": "see your tickets"})
    found = tickets_of(run.read(run.call("my_tickets"))[0])
    if not found:
        return Plan(text="No open ticket is assigned to you.")
    heading = f"**{counted(len(found), 'open ticket')} {'is' if len(found) == 1 else 'are'} yours:**"
    return Plan(text="\n".join([heading, "", *(row(ticket) for ticket in found)]))


def row(ticket: Ticket) -> str:
    facts = [ticket.status, ticket.priority if ticket.is_blocker else "", ", ".join(ticket.versions)]
    return f"- {ticket.linked} {ticket.summary}, {', '.join(fact for fact in facts if fact)}"


def _looks_at_board(said: Said) -> bool:
    asks = has(said.lowered, "what(?:'s| is)", "show", "how", "look at", "state of", "which")
    return asks and has(said.lowered, "board", "sprint") and not _ANY_KEY.search(said.lowered)


def _board(run: Run, said: Said) -> Plan:
    reach(run, {"view_board": "look at the board"})
    board = board_of(run.read(run.call("view_board", board=board_named(said.text)))[0])
    lines = [f"**[{board.name}]({board.link})**" if board.link else f"**{board.name}**"]
    if board.sprint:
        ends = f", until {run.day(board.ends)}" if board.ends else ""
        lines.append(f"{board.sprint}{ends}: {board.goal}")
    lines.append(f"{counted(len(board.open), 'ticket')} open, {len(board.done)} done in the sprint.")
    statuses = list(dict.fromkeys(ticket.status for ticket in board.open))
    for status in statuses:
        here = [ticket for ticket in board.open if ticket.status == status]
        lines += ["", f"*{status}* ({len(here)})", *(_card(ticket) for ticket in here)]
    return Plan(text="\n".join([*lines, *(["", board.note] if board.note else [])]))


def board_named(text: str) -> str:
    """A board in the words that name it; empty for just "the board", which memory knows or the person is asked."""
    found = _BOARD.search(text)
    return _as_named(found) if found else ""


def _card(ticket: Ticket) -> str:
    who = ticket.assignee or "nobody"
    return f"- {ticket.linked} {ticket.summary}, {who}" + (f", {ticket.priority}" if ticket.is_blocker else "")


def _reads(said: Said) -> bool:
    return KEY.search(said.text) is not None and not _PULLS.search(said.lowered)


def _read(run: Run, said: Said) -> Plan:
    keys = list(dict.fromkeys(KEY.findall(said.text)))[:4]
    reach(run, {"read_ticket": "read this ticket"})
    found = [ticket_of(one) for one in run.read(*(run.call("read_ticket", key=key) for key in keys))]
    return Plan(text="\n\n".join(_in_full(run, ticket) for ticket in found))


def _in_full(run: Run, ticket: Ticket) -> str:
    versions = f", {', '.join(ticket.versions)}" if ticket.versions else ""
    lines = [
        f"**{ticket.linked} {ticket.summary}**",
        f"{ticket.type}, {ticket.status}, {ticket.assignee or 'nobody'} has it, {ticket.priority}{versions}.",
    ]
    if ticket.description:
        lines.append(f"“{quoted(ticket.description, 300)}”")
    lines += [f"- {one.by}, {run.day(one.at)}: “{quoted(one.text, 240)}”" for one in ticket.comments[-5:]]
    return "\n".join(lines)


# Changing.


def _moves(said: Said) -> bool:
    return bool(_MOVE.search(said.text) or _CLOSE.search(said.text))


def _move(run: Run, said: Said) -> Plan:
    asked = _MOVE.search(said.text)
    if (found := asked or _CLOSE.search(said.text)) is None:
        raise Ends(UNCLEAR)
    key, to = found["key"].upper(), asked["to"].strip(' "') if asked else "Done"
    reach(run, {"move_ticket": "move this ticket", "read_ticket": "read this ticket"})
    outcome = run.ask([run.call("move_ticket", key=key, to=to)])[0]
    status, link = text_of(outcome.content.get("status")), text_of(outcome.content.get("link"))

    def look(again: Run) -> str:
        ticket = ticket_of(again.read(again.call("read_ticket", key=key))[0])
        return f"{ticket.linked} is {ticket.status}."

    done = f"Moved: {f'[{key}]({link})' if link else key} is {status} now."
    return Plan(text=told(run, outcome, done=done, undone="Not moved", look=look))


def _comments(said: Said) -> bool:
    return _COMMENT.search(said.text) is not None and not _PULLS.search(said.lowered)


def _comment(run: Run, said: Said) -> Plan:
    if (found := _COMMENT.search(said.text)) is None:
        raise Ends(UNCLEAR)
    key, text = found["key"].upper(), found["text"].strip(' "')
    if not text:
        return Plan(text=f"What shall I write on {key}? Say “comment on {key} that …”.")
    reach(run, {"comment_on_ticket": "comment on this ticket", "read_ticket": "read this ticket"})
    outcome = run.ask([run.call("comment_on_ticket", key=key, text=_line(text))])[0]
    return Plan(text=commented(run, outcome, key=key))


def commented(run: Run, outcome: Outcome, *, key: str) -> str:
    link = text_of(outcome.content.get("link"))
    text = text_of(outcome.executed.get("text"))

    def look(again: Run) -> str:
        ticket = ticket_of(again.read(again.call("read_ticket", key=key))[0])
        times = sum(" ".join(one.text.split()) == " ".join(text.split()) for one in ticket.comments)
        return f"it is on {ticket.linked}, once." if times else f"it is not on {ticket.linked}. Ask again."

    done = f"Comment posted: {f'[{key}]({link})' if link else key}."
    return told(run, outcome, done=done, undone="Comment not posted", look=look)


JOBS = (
    Job(name="move a ticket", fits=_moves, run=_move, order=30),
    Job(name="comment on a ticket", fits=_comments, run=_comment, order=31),
    Job(name="file a ticket", fits=lambda said: wanted_of(said) is not None, run=_files, order=32),
    Job(name="my tickets", fits=_lists_mine, run=_mine, order=60),
    Job(name="a board", fits=_looks_at_board, run=_board, order=61),
    Job(name="read a ticket", fits=_reads, run=_read, order=90),
)
