"""Who left: ends what a person, or a workspace, can do here once Slack says that they are gone."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from bot.background import Background
from bot.messages import Card
from bot.pending import card_of
from bot.self_service.connections import Connections
from bot.slack.api import Failed, Unanswered, reason
from bot.slack.surface import SlackSurface
from integrations.errors import AccessRevoked, IntegrationError
from memory.ids import PersonId, TurnId, WorkspaceId, person_id
from memory.offboarding import Left, Offboarding
from memory.pending import PendingItem, PendingItems
from memory.people import People, profile_from_slack

log = structlog.get_logger()

LOOKED_AT = timedelta(days=1)
"""How often Slack is asked about everybody who has something here: an event may have missed us."""
BATCH = 30
"""People of one workspace that one round asks about. Slack answers a hundred such questions in a minute."""
NOBODY = ("user_not_found", "user_not_visible")
"""What Slack says of somebody who is no longer of this workspace."""
THROWN_OUT = ("account_inactive", "token_revoked")
"""What Slack says to an app that was removed from a workspace."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Hears what changed about people and workspaces, and looks for what it did not hear."""

    surface: SlackSurface
    people: People
    connections: Connections
    background: Background
    show: Callable[[Card | None, Sequence[PendingItem]], Awaitable[None]]
    """Draws a card anew, wherever it stands."""
    now: Callable[[], datetime] = utc_now
    looking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """Held by the round that runs: a slow one must not meet the next."""

    async def changed(self, workspace: WorkspaceId, event: Mapping[str, Any]) -> None:
        """Take up one event of `user_change`, `tokens_revoked` or `app_uninstalled`.

        Access has ended when this returns; vendors and cards hear of it afterwards. Raises the database's error when it
        cannot be kept: Slack then sends the event again.
        """
        match event["type"]:
            case "user_change":
                await self._person_changed(workspace, event["user"])
            case "app_uninstalled":
                await self._workspace_gone(workspace, why="app_uninstalled")
            case "tokens_revoked" if event["tokens"].get("bot"):
                await self._workspace_gone(workspace, why="tokens_revoked")
            case "tokens_revoked":
                for user in event["tokens"].get("oauth", ()):
                    self.background.run(self._try_account(person_id(workspace, user)))
            case other:
                log.info("nothing that concerns who is here", type=other)

    async def sweep(self) -> None:
        """End what is left of people who are gone, and look at some whom nobody looked at for a day.

        Each round goes on where the last one stopped, in whichever process; one that meets another does nothing.
        """
        if self.looking.locked():
            return
        async with self.looking:
            for person in await self._store.overlooked(most=BATCH):
                await self._person_gone(person)
            for workspace in tuple(self.surface.workplaces):
                await self._look_round(workspace)

    @property
    def _store(self) -> Offboarding:
        return Offboarding(self.people.database)

    # People.

    async def _person_changed(self, workspace: WorkspaceId, user: Mapping[str, Any]) -> None:
        person = person_id(workspace, user["id"])
        known, said = await self.people.get(person), profile_from_slack(user, workspace=workspace, now=self.now())
        if known is None or not (known.is_member or said.is_member):
            return  # guests and outsiders change their status all day
        if said.is_member:
            # An event may come late and twice: what counts is what Slack says now.
            self.background.run(self._look_again(person))
            return
        await self.people.upsert(said)
        left = await self._store.end_person(person)
        self.background.run(self._after(person, left))

    async def _after(self, person: PersonId, left: Left) -> None:
        await self._follow_up({person}, left)
        await self._look_again(person)  # the event may have been an old one

    async def _look_round(self, workspace: WorkspaceId) -> None:
        """Ask Slack about those whom nobody looked at for a day, as long as it answers."""
        for person in await self._store.unseen(workspace, before=self.now() - LOOKED_AT, most=BATCH):
            try:
                await self._look_again(person)
            except Failed as error:
                log.info("somebody could not be looked at", person=person, error=reason(error))
                if reason(error) in THROWN_OUT and await self._is_thrown_out(workspace):
                    await self._workspace_gone(workspace, why=reason(error))
                if isinstance(error, Unanswered) or reason(error) in (*THROWN_OUT, "ratelimited"):
                    return  # it is not about this person

    async def _look_again(self, person: PersonId) -> None:
        """Ask Slack who somebody is now, and end their access if they are gone. Raises one of `Failed`."""
        try:
            found = await self.surface.person(person, again=True)
        except Failed as error:
            known = await self.people.get(person)
            if reason(error) not in NOBODY or known is None:
                raise
            found = await self.people.upsert(replace(known, deactivated_at=self.now(), refreshed_at=self.now()))
        if not found.is_member:
            await self._person_gone(person)

    async def _person_gone(self, person: PersonId) -> None:
        await self._follow_up({person}, await self._store.end_person(person))

    # Workspaces.

    async def _workspace_gone(self, workspace: WorkspaceId, *, why: str) -> None:
        left = await self._store.end_workspace(workspace)
        log.warning("Slack ended our access to a workspace", workspace=workspace, why=why, people=len(left.people))
        # Slack does not let us touch its cards any more.
        self.background.run(self._follow_up(left.people, replace(left, cards=())))

    async def _is_thrown_out(self, workspace: WorkspaceId) -> bool:
        try:
            await self.surface.workplaces[workspace].api.post("auth.test")
        except Failed as error:
            return reason(error) in THROWN_OUT
        return False

    # What the database alone cannot do. Whatever is lost here, the next rounds find.

    async def _follow_up(self, people: Collection[PersonId], left: Left) -> None:
        for person in people:
            await self.connections.leave(person)
        if left.people or left.cards:
            log.info("people are gone and their accounts ended", people=len(people))
        for turn in left.cards:
            await self._redraw(turn)

    async def _redraw(self, turn: TurnId) -> None:
        items = await PendingItems(self.people.database).of_turn(turn)
        await self.show(card_of(items), items)

    async def _try_account(self, person: PersonId) -> None:
        """Note it if somebody took back at Slack what they let us do there: the next question asks them to reconnect.

        The event may be late, and about access that was replaced long since: only trying tells.
        """
        for name, declared in self.connections.integrations.items():
            if not declared.acts_as_asker:
                continue
            try:
                acting = await self.connections.client_for(person, name, now=self.now())
                if acting is None:
                    continue
                try:
                    await declared.whoami(acting.client)
                except AccessRevoked:
                    await self.connections.ended(acting)
            except IntegrationError as error:
                log.info("an account could not be tried", person=person, integration=name, why=str(error))
