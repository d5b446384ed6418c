"""What a person sees and changes of what Pinyon remembers of them."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from bot.self_service.audit import shown
from bot.self_service.known import Known
from bot.self_service.remembered import Remembered
from bot.web import known as words
from bot.web.memory_drawn import NAMES, Note, draw, draw_after, draw_change, title_of
from bot.web.pages import page
from bot.web.site import TheSite
from bot.web.stopped import Stopped, nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor

router = APIRouter()


def remembered(site: TheSite) -> Remembered:
    if site.remembered is None:
        raise nothing_here(why="no_memory")
    return site.remembered


Memory = Annotated[Remembered, Depends(remembered)]


@router.get("/memory")
async def memory_page(site: TheSite, visitor: SignedIn, memory: Memory, skill: str = "") -> Response:
    """Show what is remembered of the person, one skill at a time."""
    return await draw(site, visitor, memory, skill=skill)


@router.get("/memory/export")
async def export(site: TheSite, visitor: SignedIn, memory: Memory) -> Response:
    """Send all of it as a file."""
    text = json.dumps(await memory.export(visitor.person.id), indent=2, ensure_ascii=False)
    headers = {"Content-Disposition": f'attachment; filename="pinyon-memory-{site.clock().date()}.json"'}
    return Response(f"{text}\n", media_type="application/json", headers=headers)


@router.get("/memory/forget")
async def forget_page(site: TheSite, visitor: SignedIn, memory: Memory, skill: str = "") -> Response:
    """Say what forgetting everything, or all of one skill, deletes, before it does."""
    person = visitor.person.id
    known = [one for one in await memory.all_of(person) if not skill or one.skill == skill]
    names = 0 if skill else len(await memory.names_of(person))
    if not known and not names:
        raise _not_known()
    title = title_of(site, skill) if skill else ""
    return page(site, "memory_forget.html", visitor=visitor, skill=skill, title=title, values=len(known), names=names)


@router.post("/memory/forget")
async def forget_all(
    site: TheSite, visitor: SentBy, memory: Memory, skill: Annotated[str, Form()] = "", all: Annotated[str, Form()] = ""
) -> Response:
    """Delete all of one skill, or everything where the form says so."""
    if not skill and all != "yes":
        raise nothing_here(why="forget_what")
    count = await memory.forget_all(visitor.person.id, skill)
    of = f" of {title_of(site, skill)}" if skill else ""
    said = f"Forgot {count} value{'' if count == 1 else 's'}{of}. Nothing of it is kept."
    return await draw(site, visitor, memory, note=Note(said=said))


@router.post("/memory/undo")
async def undo(
    site: TheSite,
    visitor: SentBy,
    memory: Memory,
    change: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Take a change back."""
    done = await memory.take_back(visitor.person.id, change)
    return await draw_after(site, visitor, memory, done, words.taken_back(done), skill=back)


@router.post("/memory/learning")
async def learning(
    site: TheSite,
    visitor: SentBy,
    memory: Memory,
    integration: Annotated[str, Form()],
    to: Annotated[Literal["on", "off"], Form()],
) -> Response:
    """Learn from the person's own records at a service, or forget what was learned there and do so no more."""
    warm, declared = site.warm_start, site.connections.integrations.get(integration)
    if warm is None or declared is None:
        raise nothing_here(why="no_warm_start")
    if to == "off":
        count = await warm.forget(visitor.person.id, integration)
        learned = f" Forgot {count} value{'' if count == 1 else 's'} that I had read there." if count else ""
        note = Note(said=f"I learn no more from your records at {declared.title}.{learned}")
    elif await warm.allow(visitor.person.id, integration):
        note = Note(said=f"I read your records at {declared.title} in a moment, and tell you in Slack what I learned.")
    else:
        note = Note(said=f"Connect {declared.title} first. Nothing was changed.", failed=True)
    return await draw(site, visitor, memory, note=note)


@router.get("/memory/{known}")
async def change_page(known: str, site: TheSite, visitor: SignedIn, memory: Memory) -> Response:
    """Ask what a value should be from now on."""
    return await draw_change(site, visitor, await _own(memory, visitor, known))


@router.post("/memory/{known}/change")
async def change(
    known: str,
    site: TheSite,
    visitor: SentBy,
    memory: Memory,
    pick: Annotated[str, Form()] = "",
    other: Annotated[str, Form()] = "",
) -> Response:
    """Use another value from now on: one of those offered, or what was written."""
    mine = await _own(memory, visitor, known)
    written = " ".join(other.split())
    if wrong := _wrong(pick, written):
        return await draw_change(site, visitor, mine, wrong=wrong, pick=pick, other=other)
    done = await memory.change(visitor.person.id, mine.id, written or pick)
    if done.problem:
        return await draw_change(site, visitor, mine, wrong=done.problem, pick=pick, other=other)
    return await draw_after(site, visitor, memory, done, words.changed(done), skill=mine.skill)


@router.post("/memory/{known}/always")
async def always(known: str, site: TheSite, visitor: SentBy, memory: Memory) -> Response:
    """Fill the value in always, as it stands."""
    mine = await _own(memory, visitor, known)
    done = await memory.always(visitor.person.id, mine.id)
    return await draw_after(site, visitor, memory, done, words.pinned(done.known or mine), skill=mine.skill)


@router.post("/memory/{known}/never")
async def never(known: str, site: TheSite, visitor: SentBy, memory: Memory) -> Response:
    """Never fill it in."""
    mine = await _own(memory, visitor, known)
    done = await memory.never(visitor.person.id, mine.id)
    return await draw_after(site, visitor, memory, done, words.never_filled(mine), skill=mine.skill)


@router.post("/memory/{known}/learn")
async def learn_again(known: str, site: TheSite, visitor: SentBy, memory: Memory) -> Response:
    """Go by what the person chooses again."""
    mine = await _own(memory, visitor, known)
    done = await memory.learn_again(visitor.person.id, mine.id)
    return await draw_after(site, visitor, memory, done, words.learned_again(mine), skill=mine.skill)


@router.post("/memory/{known}/forget")
async def forget(known: str, site: TheSite, visitor: SentBy, memory: Memory) -> Response:
    """Delete one value, or what one of the person's own words means."""
    person = visitor.person.id
    names = await memory.names_of(person)
    if name := next((name for name in names if name.id == known), None):
        done = await memory.forget(person, name.id)
        said = f"Forgot whom or what “{shown(name.phrase)}” means. I will ask next time."
        return await draw_after(site, visitor, memory, done, said, skill=NAMES)
    mine = await _own(memory, visitor, known)
    before = len(await memory.all_of(person))
    done = await memory.forget(person, mine.id)
    besides = before - len(await memory.all_of(person)) - 1
    return await draw_after(site, visitor, memory, done, words.forgotten(mine, besides), skill=mine.skill)


def _wrong(pick: str, written: str) -> str:
    """What is wrong with a choice; empty when it is one."""
    if not pick and not written:
        return "Pick one of your values, or write another one."
    if pick and written:
        return "You picked a value and wrote another one. Keep one of them."
    if not written.isprintable():
        return "Write it without characters that cannot be seen."
    return ""


async def _own(memory: Remembered, visitor: Visitor, known: str) -> Known:
    """Return what is known under this id, if it is the visitor's own; to everybody else there is no such page."""
    found = await memory.find(visitor.person.id, known)
    if found is None:
        raise _not_known()
    return found


def _not_known() -> Stopped:
    return Stopped(
        title="Nothing of this is remembered",
        text="It is forgotten already, or it never was yours. Nothing was changed.",
        actions=(("Open Memory", "/memory"),),
        status=404,
        why="unknown_memory",
    )
