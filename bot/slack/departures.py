"""Who left: ends what a person, or a workspace, can do here once Slack says that they are gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.background import Background
from bot.self_service.connections import Connections
from bot.slack.surface import SlackSurface
from memory.ids import WorkspaceId, person_id
from memory.people import People
from memory.web_sessions import WebSessions

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """Hears what changed about people and workspaces."""

    surface: SlackSurface
    people: People
    sessions: WebSessions
    connections: Connections
    background: Background

    async def changed(self, workspace: WorkspaceId, event: Mapping[str, Any]) -> None:
        """Take up one event of `user_change`, `tokens_revoked` or `app_uninstalled`; nobody waits for it."""
        if event["type"] == "user_change":
            self.background.run(self._look_again(workspace, event["user"]["id"]))
        else:
            log.warning("Slack ended our access to a workspace", workspace=workspace, event=event["type"])

    async def _look_again(self, workspace: WorkspaceId, user: str) -> None:
        person = person_id(workspace, user)
        if await self.people.get(person) is None:
            return
        if (await self.surface.person(person, again=True)).deactivated_at is not None:
            await self.sessions.end_all(person)
            await self.connections.leave(person)
