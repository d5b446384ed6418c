"""Slack as a place where people talk to Pinyon: who they are, what they said, where answers and cards go."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.messages import (
    Answer,
    ApprovalCard,
    AttachedFile,
    Card,
    ConnectCard,
    FailureCard,
    IncomingMessage,
    QuestionCard,
    Reply,
)
from bot.sharing import Readers
from bot.slack.api import Failed, SlackApi, reason
from bot.slack.blocks import Block, Message, context, mrkdwn
from bot.slack.cards import (
    answered_here,
    answered_privately,
    card_message,
    empty_message,
    only_file,
    refusal,
    waits_for_answer,
    waits_for_asker,
)
from bot.slack.downloads import Downloads
from bot.slack.offer import Offers
from bot.slack.onboarding import chosen, onboarding
from bot.slack.pace import Pace
from bot.slack.readers import is_member, others_read, readers, shared_channels
from bot.slack.reply import SlackReply
from bot.slack.text import incoming_text, mentioned
from bot.slack.uploads import Kept, Uploads
from memory.ids import PersonId, WorkspaceId, person_id, user_of, workspace_of
from memory.people import People, Person, profile_from_slack
from memory.shares import Shares

log = structlog.get_logger()

FRESH = timedelta(hours=12)
"""How long we trust what Slack said of a person; `user_change` events correct it at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """One workspace that Pinyon is installed in."""

    id: WorkspaceId
    name: str
    bot_user: str
    bot_id: str
    client: AsyncWebClient

    @property
    def api(self) -> SlackApi:
        return SlackApi(self.client)


class SlackSurface:
    """Slack, for all workspaces."""

    def __init__(
        self,
        people: People,
        *,
        now: Callable[[], datetime],
        shares: Shares | None = None,
        files: Kept | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._people = people
        self._shares = shares
        self._files = files
        self._sleep = sleep
        self._now = now
        self._workplaces: dict[WorkspaceId, Workplace] = {}
        self._paces: defaultdict[WorkspaceId, Pace] = defaultdict(Pace)
        self._channels: dict[tuple[WorkspaceId, str], str] = {}
        self._direct: dict[PersonId, str] = {}

    def enter(self, workplace: Workplace) -> None:
        """Serve one more workspace."""
        self._workplaces[workplace.id] = workplace

    @property
    def workplaces(self) -> Mapping[WorkspaceId, Workplace]:
        return self._workplaces

    # Who, and what they said.

    async def introduce(self, message: IncomingMessage) -> Person:
        person = await self.person(message.person)
        if message.home_team is not None and not person.is_outsider:
            return replace(person, is_outsider=True)
        return person

    async def person(self, person: PersonId, *, again: bool = False) -> Person:
        """Someone, as Slack described them within the last hours; asked anew with `again`."""
        known = None if again else await self._people.get(person)
        if known is None or self._now() - known.refreshed_at > FRESH:
            workplace = self._workplaces[workspace_of(person)]
            answer = await workplace.api.get("users.info", user=user_of(person), include_locale=True)
            known = await self._people.upsert(
                profile_from_slack(answer["user"], workspace=workplace.id, now=self._now())
            )
        return known

    async def look_up(self, person: PersonId) -> Person | None:
        """Someone as Slack describes them now; None when it knows nobody of that id."""
        if workspace_of(person) not in self._workplaces:
            return None
        try:
            return await self.person(person, again=True)
        except Failed as error:
            log.info("nobody of that id", error=reason(error))
            return None

    async def words(self, message: IncomingMessage) -> str:
        names: dict[str, str] = {}
        for identity in mentioned(message.text):
            if name := await self.name(message.workspace, identity):
                names[identity] = name
        return incoming_text(message.text, names=names, bot=self._workplaces[message.workspace].bot_user)

    async def name(self, workspace: WorkspaceId, identity: str) -> str:
        """The name of a person or of a channel, as anybody may have chosen it; empty when Slack does not say."""
        if identity == self._workplaces[workspace].bot_user:
            return "Pinyon"
        try:
            if identity.startswith(("U", "W")):
                return (await self.person(person_id(workspace, identity))).name
            return await self.channel_name(workspace, identity)
        except Failed as error:
            log.info("no name", identity=identity, error=reason(error))
            return ""

    async def channel_name(self, workspace: WorkspaceId, channel: str) -> str:
        """A channel's name without its #."""
        if (workspace, channel) not in self._channels:
            answer = await self._workplaces[workspace].api.get("conversations.info", channel=channel)
            self._channels[workspace, channel] = str(answer["channel"].get("name") or "")
        return self._channels[workspace, channel]

    async def fetch(self, message: IncomingMessage, file: AttachedFile, *, limit: int) -> bytes:
        return await self._downloads(message).fetch(file, limit=limit)

    async def transcript(self, message: IncomingMessage, file: AttachedFile) -> str | None:
        return await self._downloads(message).transcript(file)

    def _downloads(self, message: IncomingMessage) -> Downloads:
        return Downloads(self._workplaces[message.workspace].client, self._sleep)

    # Who reads along.

    async def in_channel(self, person: PersonId, channel: str) -> bool:
        """Whether `person` is in a conversation now; no when Slack does not say."""
        if (workplace := self._workplaces.get(workspace_of(person))) is None:
            return False
        try:
            return await is_member(workplace.api, channel, user_of(person))
        except Failed as error:
            log.info("members unknown", channel=channel, error=reason(error))
            return False

    async def channels_of(self, person: PersonId) -> Sequence[tuple[str, str]]:
        """(id, name without #) of the channels that `person` and Pinyon are both in; none when Slack does not say."""
        if (workplace := self._workplaces.get(workspace_of(person))) is None:
            return ()
        try:
            return await shared_channels(workplace.api, user_of(person))
        except Failed as error:
            log.info("channels unknown", error=reason(error))
            return ()

    async def others_read(self, message: IncomingMessage) -> bool:
        api = self._workplaces[message.workspace].api

        async def person(user: str) -> Person:
            return await self.person(person_id(message.workspace, user))

        try:
            return await others_read(api, message.channel, workspace=message.workspace, person=person, now=self._now())
        except Failed as error:
            log.info("readers unknown", channel=message.channel, error=reason(error))
            return True

    async def readers(self, asker: PersonId, channel: str) -> Readers:
        """Who beside `asker` would see a post in `channel` now; the worst is assumed when Slack does not say."""
        workspace = workspace_of(asker)

        async def person(user: str) -> Person:
            return await self.person(person_id(workspace, user))

        api, me = self._workplaces[workspace].api, user_of(asker)
        try:
            return await readers(api, channel, workspace=workspace, person=person, besides=me, now=self._now())
        except Failed as error:
            log.info("readers unknown", channel=channel, error=reason(error))
            return Readers(people=None, outside=True)

    # Where answers and cards go.

    def reply(self, message: IncomingMessage, *, taken_over: bool) -> Reply:
        workplace = self._workplaces[message.workspace]

        async def draw(card: Card) -> Message:
            return await self.drawn(card, workplace.id)

        async def open_direct() -> str:
            return await self.direct(message.person)

        async def heading() -> Block:
            return answered_here(await self.name(workplace.id, message.channel))

        return SlackReply(
            workplace.api,
            message,
            pace=self._paces[message.workspace],
            draw=draw,
            notice=self._notice,
            neutral=neutral,
            open_direct=open_direct,
            heading=heading,
            bot_user=workplace.bot_user,
            taken_over=taken_over,
            offering=self._offers(workplace),
            attaching=Uploads(workplace.client, self._files, self._sleep) if self._files else None,
        )

    def _offers(self, workplace: Workplace) -> Offers | None:
        if self._shares is None:
            return None

        async def channel_name(channel: str) -> str:
            return await self.name(workplace.id, channel)

        return Offers(
            shares=self._shares,
            readers=self.readers,
            channel_name=channel_name,
            team=workplace.name,
            now=self._now,
        )

    async def direct(self, person: PersonId) -> str:
        """The id of the direct conversation with `person`."""
        if person not in self._direct:
            answer = await self._workplaces[workspace_of(person)].api.post("conversations.open", users=user_of(person))
            self._direct[person] = str(answer["channel"]["id"])
        return self._direct[person]

    async def drawn(self, card: Card, workspace: WorkspaceId) -> Message:
        """A card as blocks, channels by their names."""
        if isinstance(card, ApprovalCard | QuestionCard) and card.asked_in:
            card = replace(card, asked_in=await self.name(workspace, card.asked_in))
        return card_message(card, now=self._now())

    async def redraw(self, card: Card, place: str, workspace: WorkspaceId) -> None:
        channel, _, ts = place.partition(":")
        message = await self.drawn(card, workspace)
        try:
            await self._workplaces[workspace].api.post(
                "chat.update", channel=channel, ts=ts, text=message.text, blocks=message.blocks
            )
        except Failed as error:
            log.warning("a card could not be redrawn", error=reason(error))

    async def permalink(self, place: str, workspace: WorkspaceId) -> str | None:
        """The address at which people open the message at `place`; None when Slack does not give it."""
        channel, _, ts = place.partition(":")
        try:
            answer = await self._workplaces[workspace].api.get("chat.getPermalink", channel=channel, message_ts=ts)
        except Failed as error:
            log.info("no permalink", error=reason(error))
            return None
        return str(answer["permalink"])

    async def _notice(self, answer: Answer, message: IncomingMessage) -> Message:
        team = self._workplaces[message.workspace].name
        match answer.notice:
            case "guest" | "outsider" | "bot":
                return refusal(answer.notice, team=team)
            case "only_file":
                return only_file(message.files, answer.received)
            case _:
                return empty_message(chosen(onboarding().starters, ready=()))


def neutral(card: Card | None, *, said: bool) -> Message | None:
    """What a channel's thread shows of what only the asker gets: that something waits for them, or was answered.

    `said` when they got words as well. A card about what is over, and nothing said, is nobody else's business.
    """
    match card:
        case ConnectCard():
            text = "Waits for the asker to connect an account."
            return Message(text, [context(mrkdwn(text))])
        case ApprovalCard() if any(item.outcome in ("waiting", "stale") for item in card.items):
            return waits_for_asker()
        case QuestionCard() if any(item.outcome == "waiting" for item in card.items):
            return waits_for_answer()
        case FailureCard():
            return answered_privately()
        case _:
            return answered_privately() if said else None
