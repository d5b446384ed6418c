"""What the agent that answers knows: looked for in the question's words, told in the passage's own."""

import re

from playground.model.conversation import Plan
from playground.model.demo.findings import quoted
from playground.model.demo.found.knowledge import Pieces, best_lines, pieces_of, telling
from playground.model.demo.jobs import Job, Said, all_jobs, job_for
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.request import Talk
from playground.model.demo.run import Run
from playground.model.demo.understand import LONGEST_COMMAND, understand

MODEST = "*Demo model, no AI: I searched for your words and quoted, I did not read for meaning.*"
_EXPLICIT = (
    "what do you know",
    "according to",
    r"in (?:your|the) (?:knowledge|documents|sources|notes)",
    r"(?:handbook|guide(?:lines?)?|policy|policies|runbook|playbook|faq|wiki|rules?|notes|document|knowledge) says?",
    r"what (?:does|do) [\w' -]{3,60} say",
)
"""Who asks so means what is written down, whatever else it is about."""
_ASKS = re.compile(
    r"^(?:\W*(?:please|pls|hey|hi|so|and|ok(?:ay)?)\W+)*"
    r"(?:who|whom|whose|what|whats|which|when|where|why|how|is|are|was|were|do|does|did|can|could|may|must|should|has"
    r"|have|tell me|explain|remind me)\b"
)
_OPEN_TOPICS = ("unknown", "elsewhere")
_NEAREST = 3


_ELSEWHERE = re.compile(r"https?://|#\w|\b[A-Z][A-Z0-9]+-\d+\b")
"""Pages, channels and tickets are read where they are."""


def _fits_explicit(said: Said) -> bool:
    return said.knows and not said.new_files and has(said.lowered, *_EXPLICIT) and not _ELSEWHERE.search(said.text)


def _fits(said: Said) -> bool:
    request = understand(said.text)
    is_free = isinstance(request, Talk) and request.topic in _OPEN_TOPICS
    asks = bool(_ASKS.match(said.lowered)) or said.lowered.rstrip().endswith("?")
    return said.knows and is_free and asks and bool(telling(said.lowered))


def _answer(run: Run, said: Said) -> Plan:
    reach(run, {"search_knowledge": "look that up in what this agent knows"})
    words = telling(said.text[:LONGEST_COMMAND])
    found = pieces_of(run.read(run.call("search_knowledge", words=" ".join(words) or said.text[:LONGEST_COMMAND]))[0])
    if not found.pieces and (other := _otherwise(said)) is not None:
        return other.run(run, said)
    return Plan(text=_told(found, words))


def _otherwise(said: Said) -> Job | None:
    """Who else could answer, as if this agent knew nothing."""
    return job_for(said, tuple(job for job in all_jobs() if job not in JOBS))


def _told(found: Pieces, words: list[str]) -> str:
    withheld = "\n".join(found.withheld)
    if not found.pieces:
        nothing = f"I find nothing about “{' '.join(words)[:80]}” in what I know here, so I do not answer it."
        return "\n\n".join(filter(None, (nothing, withheld)))
    lines = best_lines(found.pieces, words)
    if not lines:
        nearest = "\n".join(f"- {piece.cited}" for piece in found.pieces[:_NEAREST])
        nothing = f"No sentence that I know says that. Nearest to it:\n\n{nearest}"
        return "\n\n".join(filter(None, (nothing, withheld, MODEST)))
    piece = lines[0][0]
    said = " ".join(_whole(quoted(line, 280)) for _, line in lines)
    more = [one.cited for one in found.pieces if one.title != piece.title][:1]
    also = f" See also {more[0]}." if more else ""
    return "\n\n".join(filter(None, (f"“{said}”", f"That is what {piece.cited} says.{also}", withheld, MODEST)))


def _whole(line: str) -> str:
    """A line that ends as a sentence does."""
    return line if line.endswith((".", "!", "?", "…", ":")) else f"{line}."


JOBS = (
    Job(name="what its documents say", fits=_fits_explicit, run=_answer, order=2),
    Job(name="what it knows", fits=_fits, run=_answer, order=94),
)
