"""What the pages of agents have in common: the workshop, and an agent in an address."""

from typing import Annotated

from fastapi import Depends, Path

from bot.self_service.workshop import Workshop
from bot.web.site import TheSite
from bot.web.stopped import nothing_here


def workshop_of(site: TheSite) -> Workshop:
    """Return the workshop; where there is none, there is no such page."""
    if site.workshop is None:
        raise nothing_here(why="no_workshop")
    return site.workshop


TheWorkshop = Annotated[Workshop, Depends(workshop_of)]
# Whatever else stands there is no agent, and asks the database nothing.
Agent = Annotated[str, Path(pattern=r"^(?:[A-Za-z0-9_-]{22}|builtin:[a-z][a-z0-9-]{1,31})$")]
"""An agent in a page's address."""
