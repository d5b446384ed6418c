"""What the pages of agents have in common: the workshop, and an agent in an address, for those who may change it."""

from typing import Annotated

from fastapi import Depends, Path

from bot.self_service.workshop import Bench, Workshop
from bot.web.site import TheSite
from bot.web.stopped import nothing_here
from bot.web.visitor import SignedIn
from memory.ids import AgentId


def workshop_of(site: TheSite) -> Workshop:
    """Return the workshop; where there is none, there is no such page."""
    if site.workshop is None:
        raise nothing_here(why="no_workshop")
    return site.workshop


TheWorkshop = Annotated[Workshop, Depends(workshop_of)]
# Whatever else stands there is no agent, and asks the database nothing.
Agent = Annotated[str, Path(pattern=r"^(?:[A-Za-z0-9_-]{22}|builtin:[a-z][a-z0-9-]{1,31})$")]
"""An agent in a page's address."""


async def bench_of(agent: Agent, visitor: SignedIn, workshop: TheWorkshop) -> Bench:
    """Return the agent, for its owner and editors; for everybody else there is none."""
    bench = await workshop.bench(visitor.person, AgentId(agent))
    if bench is None:
        raise nothing_here(why="no_bench")
    return bench


# Before `SentBy` among the parameters: who may not see the page at all is told so before a form's token counts.
Mine = Annotated[Bench, Depends(bench_of)]


async def owned(bench: Mine) -> Bench:
    """Return the agent, for its owner."""
    if bench.role != "owner":
        raise nothing_here(why="not_the_owner")
    return bench


Owned = Annotated[Bench, Depends(owned)]
