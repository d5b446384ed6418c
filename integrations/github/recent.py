"""The repositories that a person works in now."""

import asyncio

from integrations.github.client import GitHub

_LOOKED_AT = 30
"""Of the person's own open pull requests."""


async def recent_repositories(client: GitHub, *, most: int) -> list[str]:
    """`owner/name` of those with their own open pull requests, the newest first, then of others they were let into."""
    listing, visible = await asyncio.gather(client.find_pulls("mine", limit=_LOOKED_AT), client.repositories())
    names = (*(pull.repository for pull in listing.pulls), *(one.full_name for one in visible if one.is_worked_in))
    return list(dict.fromkeys(names))[:most]
