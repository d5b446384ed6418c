"""Clicks on the buttons under a private answer: looked at again, posted once, as the person's, and drawn."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.background import Background
from bot.sharing import NotPosted, Readers, Sharing
from bot.slack.api import QUIET, Failed, SlackApi, Unanswered, reason
from bot.slack.blocks import Block, Message
from bot.slack.cards import not_yours
from bot.slack.clicked import Body, Click, read_submission, tell
from bot.slack.offer import (
    asks_again,
    in_place,
    not_posted,
    nothing_to_share,
    posted,
    sent_words,
    share_modal,
    share_over,
    shared_already,
    shared_line,
)
from bot.slack.surface import SlackSurface
from memory.ids import PersonId, workspace_of
from memory.shares import Share, Shares

log = structlog.get_logger()


class ShareClicks:
    """Where clicks on `share.…` and the dialog `share.edited` arrive."""

    def __init__(
        self,
        surface: SlackSurface,
        shares: Shares,
        *,
        background: Background,
        published: Callable[[str, PersonId, str], Awaitable[None]] | None = None,
    ) -> None:
        """`published` is told what somebody shared, and where: pages of theirs that it names are to open there too."""
        self._surface = surface
        self._published = published
        self._background = background
        self._shares = shares
        self._sharing = Sharing(shares, SlackWall(surface))

    async def clicked(self, click: Click) -> None:
        """Open the dialog, or share. The trigger of a dialog lives 3 seconds, so it comes before anything else."""
        share = await self._open(click)
        if share is None:
            return
        if click.action == "share.edit":
            name, team = await self._names(share)
            view = share_modal(share, channel=name, team=team)
            await self._api(share).post("views.open", trigger_id=click.trigger, view=view)
        else:
            self._background.run(self._share(click, share, share.words))

    async def submitted(self, body: Body) -> None:
        """Share what the person made of it."""
        sent = read_submission(body)
        click = Click(
            person=sent.person,
            workspace=sent.workspace,
            action=sent.callback,
            value=sent.pending,
            channel="",
            message_ts="",
            thread=None,
            trigger="",
        )
        words = sent_words(sent.view)
        if not words:
            self._background.run(tell(self._surface, click, nothing_to_share()))
        elif share := await self._open(click):
            self._background.run(self._share(click, share, words))

    async def _open(self, click: Click) -> Share | None:
        """What can be shared by this click; otherwise says why it cannot."""
        standing, share = await self._sharing.look(click.value, click.person)
        match standing:
            case "open":
                return share
            case "already" if share is not None:
                self._background.run(self._say_already(click, share))
            case "not_yours":
                self._background.run(tell(self._surface, click, not_yours()))
            case _:
                self._background.run(tell(self._surface, click, share_over()))
        return None

    async def _share(self, click: Click, share: Share, words: str) -> None:
        match await self._sharing.share(share, words):
            case "shared":
                if self._published is not None:
                    await self._published(words, share.person, share.channel)
                await self._draw(share, shared_line((await self._names(share))[0]))
            case "asks_again":
                again = await self._shares.find(share.id) or share
                name, team = await self._names(share)
                blocks = asks_again(again, channel=name, team=team, is_edited=words != share.words)
                await self._draw(share, *blocks)
            case "already":
                await self._say_already(click, share)
            case "failed":
                await tell(self._surface, click, not_posted())

    async def _say_already(self, click: Click, share: Share) -> None:
        await tell(self._surface, click, shared_already((await self._names(share))[0]))

    async def _draw(self, share: Share, *blocks: Block) -> None:
        place, _, ts = (share.card or "").partition(":")
        drawn = in_place(share, *blocks)
        try:
            await self._api(share).post("chat.update", channel=place, ts=ts, text=drawn.text, blocks=drawn.blocks)
        except Failed as error:
            log.warning("the share buttons could not be redrawn", error=reason(error))

    async def _names(self, share: Share) -> tuple[str, str]:
        """The channel's and the workspace's."""
        workspace = workspace_of(share.person)
        name = await self._surface.name(workspace, share.channel)
        return name, self._surface.workplaces[workspace].name

    def _api(self, share: Share) -> SlackApi:
        return self._surface.workplaces[workspace_of(share.person)].api


class SlackWall:
    """A thread of a channel, where an answer is shared."""

    def __init__(self, surface: SlackSurface) -> None:
        self._surface = surface

    async def readers(self, share: Share) -> Readers:
        return await self._surface.readers(share.person, share.channel)

    async def post(self, share: Share, words: str) -> None:
        """Post it in as many messages as it needs; one that stands there already is not posted again."""
        name = (await self._surface.person(share.person)).name
        api = self._surface.workplaces[workspace_of(share.person)].api
        try:
            # Whoever took it before may have posted some of it before they were lost.
            standing = await self._standing(api, share) if share.taken_at is not None else set[str]()
            for number, message in enumerate(posted(name, words)):
                if str(number) not in standing:
                    await self._post(api, share, message, part=str(number))
        except Failed as error:
            log.info("not shared", error=reason(error))
            raise NotPosted from error

    async def _post(self, api: SlackApi, share: Share, message: Message, *, part: str) -> None:
        try:
            await api.post(
                "chat.postMessage",
                channel=share.channel,
                thread_ts=share.thread,
                text=message.text,
                blocks=message.blocks,
                **QUIET,
                metadata={"event_type": "pinyon_share", "event_payload": {"share": share.id, "part": part}},
            )
        except Unanswered:
            if part not in await self._standing(api, share):
                raise

    async def _standing(self, api: SlackApi, share: Share) -> set[str]:
        """The parts of it that stand in the thread."""
        replies: dict[str, Any] = await api.get(
            "conversations.replies",
            channel=share.channel,
            ts=share.thread,
            oldest=f"{share.created_at.timestamp():.6f}",
            include_all_metadata=True,
            limit=200,
        )
        bot = self._surface.workplaces[workspace_of(share.person)].bot_user
        posts: list[dict[str, Any]] = [post for post in replies.get("messages", []) if post.get("user") == bot]
        marks: list[dict[str, Any]] = [post["metadata"]["event_payload"] for post in posts if post.get("metadata")]
        return {str(mark.get("part")) for mark in marks if mark.get("share") == share.id}
