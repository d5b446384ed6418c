"""An agent that the visitor may change: what all of its pages begin with."""

from collections.abc import AsyncIterator, Sequence

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from bot.agents.file import LONGEST_FILE, Problem
from bot.self_service.workshop import Bench, NotPossible
from bot.web.agent_form import Sent
from bot.web.agent_words import letters
from bot.web.pages import page
from bot.web.site import Site
from bot.web.visitor import Visitor

CHANGED = "The draft was changed meanwhile, so nothing was done. This is how it stands now."


async def closing(request: Request) -> AsyncIterator[None]:
    """Let go of the files that came with a form, also where nobody looked at them."""
    yield
    await request.close()


Closing = Depends(closing)


async def sent_in(request: Request) -> Sent:
    """Return the fields of a form; its files are read with `file_in`."""
    form = await request.form()
    return Sent({name: [one for one in form.getlist(name) if isinstance(one, str)] for name in form})


async def file_in(request: Request, name: str, *, most: int) -> tuple[str, bytes] | None:
    """Return (name, body) of a file in the form; None where nobody chose one. At most one byte more than `most`."""
    given = (await request.form()).get(name)
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return given.filename, await given.read(most + 1)


async def brought_in(request: Request) -> bytes:
    """Return the agent's file in the form. Raises NotPossible."""
    found = await file_in(request, "file", most=LONGEST_FILE)
    if found is None:
        raise NotPossible("Choose a file first: an agent's file ends in .md.")
    return found[1]


def next_version(bench: Bench) -> int:
    return (bench.stored.live or 0) + 1


def agent_page(
    site: Site, template: str, visitor: Visitor, bench: Bench, *, status: int = 200, **facts: object
) -> Response:
    """Draw a page of one agent."""
    return page(
        site,
        template,
        visitor=visitor,
        status=status,
        bench=bench,
        stored=bench.stored,
        path=f"/agents/{bench.stored.id}",
        tile=letters(bench.file),
        next_version=next_version(bench),
        **facts,
    )


def with_lines(problems: Sequence[Problem]) -> list[tuple[int, str]]:
    """What is wrong with a file: (line, sentence), from the first line to the last."""
    return sorted((one.line, one.said) for one in problems)
