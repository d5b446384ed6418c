"""The page on which an agent is edited: one form that is saved as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.agents.file import LONGEST_INSTRUCTIONS, MOST_STARTERS, AgentFile, Problem, Source
from bot.knowledge.desk import LARGEST, Knowledge, NotTaken
from bot.self_service.workshop import Bench, NotPossible, Overtaken, Workshop, Wrong
from bot.web import agent_drawn as drawn
from bot.web.agent_bench import Closing, agent_page, file_in, sent_in, with_lines
from bot.web.agent_form import Meant, Sent, meant
from bot.web.agent_words import JOBS, ROLES
from bot.web.site import Site, TheSite
from bot.web.visitor import SentBy, SignedIn, Visitor
from bot.web.workshop_of import Mine, TheWorkshop
from memory.knowledge import KeptSource
from skills.skill import Skill

router = APIRouter(prefix="/agents", dependencies=[Closing])

HAPPENED: Mapping[str, str] = {
    "begun": "Here it is. Say what it does, write its instructions, then try it out.",
    "copied": "Copied. It is yours to change, and nobody else has it yet.",
    "brought": "Brought from its file, as it was, byte for byte.",
    "drafted": "Drafted from your outline. Read it before you publish.",
    "saved": "Saved as a draft.",
    "back": "The old version is your draft now. It answers nobody until you publish it.",
    "dropped": "The draft is dropped. This is what is live.",
    "published": "Published. This version answers from now on.",
    "replaced": "The file is your draft now, byte for byte.",
}
"""What an address may say that was done just now."""
NO_KNOWLEDGE = "Documents cannot be read here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the editor shows beside the agent itself."""

    file: AgentFile | None = None
    """What somebody wrote and could not be saved; None and the saved draft is shown."""
    problems: Sequence[Problem] | None = None
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    free: Sequence[str] = ()
    sent: Sent = field(default_factory=lambda: Sent({}))
    revision: int = -1
    """What the browser knew; -1 and it is what it is now."""
    said: str = ""
    is_overtaken: bool = False
    mends: bool = False
    """Whether what is missing is marked too: somebody wanted to publish it, or brought it."""
    is_file: bool = False
    """Whether problems are those of a file, and name its lines."""
    happened: str = ""
    file_problems: Sequence[Problem] = ()
    """Of a file that was to take the draft's place."""
    status: int = 200


@router.get("/{agent}")
async def editor_page(request: Request, site: TheSite, visitor: SignedIn, bench: Mine) -> Response:
    """Show the agent as it was saved last."""
    asked = request.query_params
    happened = next((said for name, said in HAPPENED.items() if name in asked), "")
    is_file = "brought" in asked or "replaced" in asked
    shown = Shown(happened=happened, mends=is_file or "mend" in asked, is_file=is_file)
    return await draw(site, visitor, bench, shown, thread=asked.get("thread", ""))


@router.post("/{agent}")
async def save(request: Request, site: TheSite, bench: Mine, visitor: SentBy, workshop: TheWorkshop) -> Response:
    """Save what was sent as the draft, and do what the pressed button says."""
    sent = await sent_in(request)
    by_script = request.headers.get("accept") == "application/json"
    read = meant(sent, bench.file, site.connections.skills)
    revision = bench.stored.draft_revision if sent.does[0] == "over" else sent.number("revision")
    try:
        saved = await workshop.save(visitor.person, bench.stored.id, _understood(read), revision=revision)
        if (upload := await file_in(request, "new_file", most=LARGEST)) is not None:
            saved = await _with_upload(site.knowledge, workshop, visitor, saved, *upload)
        await _read_again(site.knowledge, visitor, saved, sent)
    except (Wrong, Overtaken, NotPossible, NotTaken) as error:
        refused = _refused(error, sent, read)
        now = await workshop.bench(visitor.person, bench.stored.id) or bench
        return _told(refused) if by_script else await draw(site, visitor, now, refused)
    return _saved_now(saved) if by_script else _next(saved, sent)


async def draw(site: Site, visitor: Visitor, bench: Bench, shown: Shown, *, thread: str = "") -> Response:
    """Draw the editor."""
    file = shown.file or bench.file
    sources: Sequence[KeptSource | Source] = file.knowledge
    if site.knowledge is not None:
        sources = await site.knowledge.sources(bench.stored.id, file.knowledge, seen_by=visitor.person)
    trial = await site.trying.trial(visitor.person, bench, thread=thread) if site.trying else None
    return agent_page(
        site,
        "agent.html",
        visitor,
        bench,
        status=shown.status,
        reads=site.knowledge is not None,
        drafts=site.drafting is not None,
        trial=trial,
        **facts_of(bench, shown, site.connections.skills, sources),
    )


def facts_of(
    bench: Bench, shown: Shown, skills: Mapping[str, Skill], sources: Sequence[KeptSource | Source]
) -> dict[str, object]:
    """All that the form shows; `sources` are what the agent knows, as it is kept."""
    file = shown.file or bench.file
    problems = bench.problems if shown.problems is None else shown.problems
    rows = drawn.source_rows(sources, file.knowledge)
    return {
        "file": file,
        "shown": shown,
        "sent": shown.sent,
        "marks": drawn.Marks(problems, shown.names),
        "problems": problems,
        "lines": with_lines(shown.file_problems),
        "mends": with_lines(problems) if shown.mends else [],
        "revision": shown.revision if shown.revision >= 0 else bench.stored.draft_revision,
        "jobs": JOBS,
        "roles": ROLES,
        "routes": drawn.ROUTES,
        "skills": drawn.skill_rows(skills, file),
        "other_asks": drawn.other_asks(skills, file),
        "fixed": drawn.fixed_rows(skills, file),
        "choices": drawn.choices(skills),
        "sources": rows,
        "is_reading": any(row.reading == "waiting" for row in rows),
        "longest": LONGEST_INSTRUCTIONS,
        "most_starters": MOST_STARTERS,
    }


def _understood(read: Meant) -> AgentFile:
    """What a form means. Raises Wrong."""
    if read.wrong:
        raise Wrong(*read.wrong)
    return read.file


async def _with_upload(
    knowledge: Knowledge | None, workshop: Workshop, visitor: Visitor, bench: Bench, name: str, body: bytes
) -> Bench:
    """Keep an uploaded document, and let the draft name it."""
    if knowledge is None:
        raise NotTaken(NO_KNOWLEDGE)
    source = await knowledge.upload(bench.stored.id, name, body, by=visitor.person)
    if source in bench.file.knowledge:
        return bench
    file = replace(bench.file, knowledge=(*bench.file.knowledge, source))
    return await workshop.save(visitor.person, bench.stored.id, file, revision=bench.stored.draft_revision)


async def _read_again(knowledge: Knowledge | None, visitor: Visitor, bench: Bench, sent: Sent) -> None:
    verb, place = sent.does
    if knowledge is not None and verb == "read" and (source := _source(bench.file, place)):
        await knowledge.read_again(bench.stored.id, source, by=visitor.person.id)


def _source(file: AgentFile, place: str) -> Source | None:
    at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0
    return file.knowledge[at - 1] if 0 < at <= len(file.knowledge) else None


def _refused(error: Wrong | Overtaken | NotPossible | NotTaken, sent: Sent, read: Meant) -> Shown:
    """What the page says of a form that was not saved; what was written stays in it."""
    revision = max(0, sent.number("revision"))
    shown = Shown(file=_without_added(read), sent=sent, revision=revision, names=read.added, status=400)
    match error:
        case Wrong():
            return replace(shown, problems=error.problems, free=error.free)
        case Overtaken():
            return replace(shown, problems=(), is_overtaken=True, status=409)
        case NotTaken():
            # All else is saved by now: the page knows the new revision, and only the document is missing.
            return Shown(problems=(Problem(line=0, field="new_file", said=str(error)),), status=400)
        case NotPossible():
            return replace(shown, problems=(), said=str(error))


def _without_added(read: Meant) -> AgentFile:
    """What was added and not saved stands in its fields still, and not in the list."""
    added = {name for name in read.added if name.startswith("knowledge.")}
    kept = [one for at, one in enumerate(read.file.knowledge, start=1) if f"knowledge.{at}" not in added]
    return replace(read.file, knowledge=tuple(kept))


def _next(bench: Bench, sent: Sent) -> Response:
    """Where the pressed button leads once everything is saved."""
    path = f"/agents/{bench.stored.id}"
    match sent.does[0]:
        case "publish" if bench.problems:
            return RedirectResponse(f"{path}?mend=1#main", 303)
        case "publish":
            return RedirectResponse(f"{path}/publish", 303)
        case "drop" | "read" | "add":
            return RedirectResponse(f"{path}#knowledge", 303)
        case "unset" | "set":
            return RedirectResponse(f"{path}#fixed", 303)
        case _:
            return RedirectResponse(f"{path}?saved=1", 303)


def _saved_now(bench: Bench) -> Response:
    return JSONResponse(
        {
            "revision": bench.stored.draft_revision,
            "isDraft": bench.stored.draft is not None,
            "name": bench.file.name,
            "problems": drawn.Marks(bench.problems, {}).by_name,
            "free": [],
        }
    )


def _told(refused: Shown) -> Response:
    return JSONResponse(
        {
            "overtaken": refused.is_overtaken,
            "said": refused.said,
            "problems": drawn.Marks(refused.problems or (), refused.names).by_name,
            "free": list(refused.free),
        },
        refused.status,
    )
