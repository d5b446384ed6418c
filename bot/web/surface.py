"""The web as a place where people talk to Pinyon: who they are, and where their answers stand."""

from collections.abc import Awaitable, Callable

from bot.messages import AttachedFile, Card, IncomingMessage, NotFetched, Reply
from bot.web.reply import PLACE, PageReply
from memory.ids import PersonId, TurnId, WorkspaceId
from memory.people import Person
from memory.web_replies import WebReplies


def is_ours(place: str) -> bool:
    """Whether a card stands on a page (`PendingItem.card`)."""
    return place.startswith(PLACE)


class WebSurface:
    """Pages, for all workspaces. Whoever signed in talks alone there."""

    def __init__(self, replies: WebReplies, *, person: Callable[[PersonId], Awaitable[Person]]) -> None:
        """`person` is somebody as their workspace describes them now."""
        self._replies = replies
        self._person = person

    async def introduce(self, message: IncomingMessage) -> Person:
        return await self._person(message.person)

    async def words(self, message: IncomingMessage) -> str:
        return message.text

    async def fetch(self, message: IncomingMessage, file: AttachedFile, *, limit: int) -> bytes:
        raise NotFetched("Files cannot be attached here. Attach it in Slack.")

    async def transcript(self, message: IncomingMessage, file: AttachedFile) -> str | None:
        return None

    async def others_read(self, message: IncomingMessage) -> bool:
        return not message.private

    def reply(self, message: IncomingMessage, *, taken_over: bool) -> Reply:
        """The same whether it is taken over or not: all that a worker shows stands in place of what stood before."""
        return PageReply(self._replies, message)

    async def redraw(self, card: Card, place: str, workspace: WorkspaceId) -> None:
        """Let the page draw the card anew: it looks itself how what waits stands."""
        await self._replies.touch(TurnId(place.removeprefix(PLACE)))
