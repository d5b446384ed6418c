"""A bug from what somebody wrote: found among the tickets first, filed only when it is not there."""

import re
from collections.abc import Iterator

from playground.model.conversation import Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.tickets import Ticket, text_of, ticket_of, tickets_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run
from playground.model.demo.work.tickets import UNCLEAR, Wanted, commented, create, filed
from playground.model.wires.wire import items

_ASKED = re.compile(
    r"\b(?:file|open|create|report|raise|make|log|write)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:bug|ticket|issue)s?"
    r"(?:\s+report)?\s+(?:for|about|from|of|on)\s+what\s+@?(?P<who>[\w.-]+)(?:\s+[A-Z][\w.-]+)?\s+"
    r"(?:has\s+)?(?:just\s+|last\s+)?(?:wrote|written|said|reported|posted)",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\b(?:cause|because|reason|due to|comes from|turns out|root)\b", re.IGNORECASE)
_EMPTY_WORDS = re.compile(
    r"(?:about|after|again|also|always|another|because|been|before|could|does|done|from|gives|have|here|into|just|like"
    r"|more|most|much|must|need|only|other|over|please|really|same|seen|send|sent|should|since|some|still|such|than|that"
    r"|their|them|then|there|these|they|thing|think|this|those|very|want|week|were|what|when|where|which|while|will"
    r"|with|without|would|your)"
)


def _asked(said: Said) -> bool:
    return _ASKED.search(said.text) is not None


def _bug(run: Run, said: Said) -> Plan:
    if (found := _ASKED.search(said.text)) is None:
        raise Ends(UNCLEAR)
    purpose = "see what was written and whether there is a ticket for it"
    tools = ("search_messages", "search_tickets", "read_ticket", "comment_on_ticket", "create_ticket")
    reach(run, dict.fromkeys(tools, purpose))
    by, place, words = _said_last(run, found["who"])
    known = _known(run, words)
    if known is None:
        return _file(run, by=by, place=place, words=words)
    ticket = ticket_of(run.read(run.call("read_ticket", key=known.key))[0])
    standing = _standing(ticket)
    body = f"{by} reports the same in {place}: “{quoted(words, 500)}”"
    outcome = run.ask([run.call("comment_on_ticket", key=ticket.key, text=body)], text=f"It exists: {standing}")[0]
    return Plan(text=f"I filed no new one, it exists: {standing}\n\n{commented(run, outcome, key=ticket.key)}")


def _said_last(run: Run, who: str) -> tuple[str, str, str]:
    """Who wrote last under that name, where, and what."""
    call = run.call("search_messages", words=f"from:@{who.lower()}")
    for message in items(run.read(call)[0].get("messages")):
        by = re.sub(r"\s*\([^)]*\)$", "", text_of(message.get("by")))
        return by, text_of(message.get("channel")), text_of(message.get("text"))
    raise Ends(Plan(text=f"I find no message by {who} in your channels. Paste it here, and I look for a ticket."))


def _known(run: Run, words: str) -> Ticket | None:
    """A ticket about the same, looked for with fewer and fewer words."""
    for some in _searches(words):
        found = tickets_of(run.read(run.call("search_tickets", project="all", words=" ".join(some)))[0])
        if found:
            return max(found, key=lambda ticket: sum(word in ticket.summary.lower() for word in some))
    return None


def _searches(words: str) -> Iterator[list[str]]:
    """The telling words of the sentence that has most of them; then the longest three."""
    sentences = [_telling(sentence) for sentence in re.split(r"(?<=[.!?])\s+", words)]
    best = max(sentences, key=len)[:6]
    if best:
        yield best
    longest = sorted(best, key=len, reverse=True)[:3]
    if len(longest) == 3 and len(best) > 3:
        yield longest


def _telling(sentence: str) -> list[str]:
    words = re.findall(r"[a-z]{4,}", sentence.lower())
    return [word for word in dict.fromkeys(words) if not _EMPTY_WORDS.fullmatch(word)]


def _standing(ticket: Ticket) -> str:
    """Which ticket it is, how it stands, and its cause where somebody named it."""
    line = f"{ticket.linked} {ticket.summary}, {ticket.status}, {ticket.assignee or 'assigned to nobody'}."
    spoken = [one for one in ticket.comments if _CAUSE.search(one.text)]
    if spoken:
        return f"{line} The cause is known, {spoken[-1].by}: “{quoted(spoken[-1].text, 240)}”"
    return f"{line} Nobody has named the cause there."


def _file(run: Run, *, by: str, place: str, words: str) -> Plan:
    summary = quoted(max(re.split(r"(?<=[.!?])\s+", words), key=lambda one: len(_telling(one))), 120).rstrip(".")
    body = f"{by} in {place}: “{quoted(words, 1_500)}”"
    wanted = Wanted(summary=summary, place="")
    return Plan(text=filed(run, create(run, wanted, kind="Bug", text="I found no ticket for it.", body=body)))


JOBS = (Job(name="a bug from a message", fits=_asked, run=_bug, order=20),)
