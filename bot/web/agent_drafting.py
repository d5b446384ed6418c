"""The page on which an agent is drafted from what somebody wants of it, and its instructions for one that there is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.responses import RedirectResponse, Response

from bot.agents.drafting import LONGEST_ANSWER, LONGEST_OUTLINE, MOST_QUESTIONS, Drafting, NotDrafted
from bot.agents.file import LONGEST_INSTRUCTIONS, AgentFile
from bot.self_service.workshop import Bench, NotPossible, Overtaken, Workshop, Wrong
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import TheWorkshop
from memory.ids import AgentId

router = APIRouter(prefix="/agents/draft")

_CHANGED = "The draft was changed meanwhile, so nothing was saved. Open it, and take these instructions over by hand."
_ID = 22
"""Characters of an agent's id."""


def drafting_of(site: TheSite) -> Drafting:
    """Return who drafts; where no model does, there is no such page."""
    if site.drafting is None:
        raise nothing_here(why="no_drafting")
    return site.drafting


TheDrafting = Annotated[Drafting, Depends(drafting_of)]
Words = Annotated[str, Form()]


@router.get("")
async def draft_page(
    site: TheSite, visitor: SignedIn, workshop: TheWorkshop, _drafting: TheDrafting, agent: str = ""
) -> Response:
    """Ask what the agent should do."""
    return _asked(site, visitor, await _bench(workshop, visitor, agent) if agent else None)


@router.post("")
async def draft(
    site: TheSite,
    workshop: TheWorkshop,
    drafting: TheDrafting,
    visitor: SentBy,
    outline: Words = "",
    agent: Words = "",
    question: Annotated[Sequence[str], Form()] = (),
    answer: Annotated[Sequence[str], Form()] = (),
    last: Words = "",
) -> Response:
    """Draft it, or ask back what has to be known first."""
    bench = await _bench(workshop, visitor, agent) if agent else None
    outline = _clean(outline)
    pairs = [(_clean(asked), _clean(said)) for asked, said in zip_longest(question, answer, fillvalue="")]
    answers = [pair for pair in pairs if pair[0]][:MOST_QUESTIONS]
    if wrong := _wrong(outline, answers, needs_outline=bench is None):
        return _asked(site, visitor, bench, outline=outline, answers=answers, wrong=wrong)
    try:
        if bench is not None:
            found = await drafting.instructions_for(bench.file, outline, person=visitor.person)
            return _beside(site, visitor, bench, outline=outline, instructions=found)
        drafted = await drafting.draft(outline, answers, person=visitor.person, is_last=bool(last))
        if drafted.file is None:
            back = [(asked, "") for asked in drafted.questions]
            return _asked(site, visitor, None, outline=outline, answers=back)
        made = await _made(workshop, visitor, drafted.file)
    except (NotDrafted, NotPossible, Wrong) as error:
        return _asked(site, visitor, bench, outline=outline, answers=answers, wrong=str(error))
    return _to(made)


@router.post("/take")
async def take(
    site: TheSite,
    workshop: TheWorkshop,
    _drafting: TheDrafting,
    visitor: SentBy,
    agent: Words = "",
    instructions: Words = "",
    outline: Words = "",
    revision: Annotated[int, Form(ge=0, lt=2**31)] = 0,
) -> Response:
    """Take new instructions into the draft of an agent."""
    bench = await _bench(workshop, visitor, agent)
    words = _clean(instructions.replace("\r\n", "\n"))
    try:
        file = replace(bench.file, instructions=words)
        return _to(await workshop.save(visitor.person, bench.stored.id, file, revision=revision))
    except Overtaken:
        wrong = _CHANGED
    except (NotPossible, Wrong) as error:
        wrong = str(error)
    return _beside(site, visitor, bench, outline=_clean(outline), instructions=words, wrong=wrong)


async def _bench(workshop: Workshop, visitor: Visitor, agent: str) -> Bench:
    """The agent for its owner and editors; for everybody else there is none."""
    known = len(agent) == _ID and agent.isascii() and agent.isprintable()
    bench = await workshop.bench(visitor.person, AgentId(agent)) if known else None
    if bench is None:
        raise nothing_here(why="no_bench")
    return bench


async def _made(workshop: Workshop, visitor: Visitor, file: AgentFile) -> Bench:
    """Begin it; where somebody has its handle, with one near to it that is free."""
    try:
        return await workshop.make(visitor.person, file)
    except Wrong as error:
        if not error.free:
            raise
        return await workshop.make(visitor.person, replace(file, handle=error.free[0]))


def _wrong(outline: str, answers: Sequence[tuple[str, str]], *, needs_outline: bool) -> str:
    """Why nothing can be drafted from this; empty when it can."""
    if needs_outline and not outline:
        return "Write what the agent should do first."
    if len(outline) > LONGEST_OUTLINE:
        return f"This is {len(outline):,} characters long. Shorten it to {LONGEST_OUTLINE:,}."
    if any(len(said) > LONGEST_ANSWER for _, said in answers):
        return f"An answer is longer than {LONGEST_ANSWER:,} characters. Shorten it."
    return ""


def _clean(words: str) -> str:
    return words.replace("\0", "").strip()


def _to(bench: Bench) -> Response:
    return RedirectResponse(f"/agents/{bench.stored.id}?drafted=1", 303)


def _asked(
    site: Site,
    visitor: Visitor,
    bench: Bench | None,
    *,
    outline: str = "",
    answers: Sequence[tuple[str, str]] = (),
    wrong: str = "",
) -> Response:
    return page(
        site,
        "agent_draft.html",
        visitor=visitor,
        status=400 if wrong else 200,
        bench=bench,
        outline=outline,
        answers=answers,
        wrong=wrong,
        longest=LONGEST_OUTLINE,
        longest_answer=LONGEST_ANSWER,
    )


def _beside(
    site: Site, visitor: Visitor, bench: Bench, *, outline: str, instructions: str, wrong: str = ""
) -> Response:
    return page(
        site,
        "agent_draft_beside.html",
        visitor=visitor,
        status=400 if wrong else 200,
        bench=bench,
        outline=outline,
        instructions=instructions,
        wrong=wrong,
        longest=LONGEST_OUTLINE,
        most=LONGEST_INSTRUCTIONS,
    )
