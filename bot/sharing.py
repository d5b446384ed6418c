"""An answer that only its asker got, shared where they asked: exactly as shown, once, after a look at who reads."""

from dataclasses import dataclass
from typing import Literal, Protocol

from memory.ids import PersonId
from memory.shares import Share, Shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who would see a post beside the one who asks for it."""

    people: int | None
    """None when nobody could say."""
    outside: bool
    """Whether guests or people of another company are among them, or may be."""


class NotPosted(Exception):
    """It could not be posted, and does not stand there."""


class Wall(Protocol):
    """Where answers are shared."""

    async def readers(self, share: Share) -> Readers:
        """Who reads there now."""
        ...

    async def post(self, share: Share, words: str) -> None:
        """Post `words` as what the person shares, unless they stand there already. Raises NotPosted."""
        ...


Shared = Literal["shared", "asks_again", "already", "failed"]
Standing = Literal["open", "already", "not_yours", "over"]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Decides about every click on a share button."""

    shares: Shares
    wall: Wall

    async def look(self, identity: str, person: PersonId) -> tuple[Standing, Share | None]:
        """How an answer stands for `person`; whose it is not learns nothing of it."""
        share = await self.shares.find(identity)
        if share is None:
            return "over", None
        if share.person != person:
            return "not_yours", None
        return ("already" if share.state == "posted" else "open"), share

    async def share(self, share: Share, words: str) -> Shared:
        """Post `words`, unless people outside read there now of whom the person was not told: then they are asked."""
        readers = await self.wall.readers(share)
        if readers.outside and not share.outside:
            await self.shares.recount(share.id, readers.people, outside=True, words=words)
            return "asks_again"
        if not await self.shares.take(share.id, share.person, words=words):
            return "already"
        try:
            await self.wall.post(share, words)
        except NotPosted:
            await self.shares.give_back(share.id)
            return "failed"
        await self.shares.posted(share)
        return "shared"
