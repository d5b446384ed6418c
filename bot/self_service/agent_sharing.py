"""Where people share agents, and see what an agent does before they use it."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

import structlog

from bot.agents.file import AgentFile
from bot.agents.shelf import Listed, Shelved
from bot.self_service.connections import SkillState
from bot.self_service.workbench import DELETED, NotPossible, Workbench
from integrations.integration import Level
from memory.agents import AgentGone, AgentRole, AgentShare, ShareKind, ShareLink, StoredAgent, Who
from memory.ids import AgentId, LinkId, PersonId
from memory.people import Person

log = structlog.get_logger()

LinkState: TypeAlias = Literal["open", "gone", "revoked", "elsewhere"]
MOST_PEOPLE = 500
MOST_CHANNELS = 20
"""Slack is asked about each of them when somebody looks for an agent."""
MOST_LINKS = 20
"""Living links of one agent."""
_UNKNOWN = "This agent is not there any more, or not shared with you. /pinyon agents shows those that you may use."


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """A skill that an agent works with, as it stands for the one who looks."""

    skill: str
    title: str
    level: Level
    says: str
    """What it is for, in a few words: "reads pull requests and checks, and changes after you approve"."""
    state: SkillState | None
    """None where there is no such skill here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAgent:
    """An agent as somebody sees it who may use it: the share page."""

    agent: Shelved
    role: AgentRole
    maker: str
    """The owner's name, as they chose it; empty for built-ins, and where they left."""
    people: int
    needs: tuple[Needed, ...]
    """None of them of an agent that works with all skills: `agent.file.skills` is None."""
    can_copy: bool
    link_ends: datetime | None = None
    """When the link that was opened ends."""


class AgentSharing(Workbench):
    """Shares, takes back, shows."""

    async def shares(self, person: Person, agent: AgentId) -> tuple[Sequence[AgentShare], Sequence[ShareLink]]:
        """For the owner and editors; nothing for others."""
        if await self.bench(person, agent) is None:
            return (), ()
        now = self.now()
        shares, links = await asyncio.gather(self.store.shares(agent, now=now), self.store.links(agent, now=now))
        return shares, links

    async def share(
        self,
        person: Person,
        agent: AgentId,
        *,
        kind: ShareKind,
        to: str = "",
        role: AgentRole = "user",
        expires_at: datetime | None = None,
    ) -> None:
        """Share with a person, a channel or everybody; again, and the new role and end count. Raises NotPossible.

        Only the owner shares; a channel only where they are in it, and everybody only where the admins let them.
        """
        stored = await self._owned(person, agent)
        self._refuse_past(expires_at)
        whom = "" if kind == "workspace" else to
        if kind == "person":
            await self._refuse_person(stored, whom)
        elif role != "user":
            raise NotPossible("Only people can be editors. Share it with them one by one.")
        if kind == "channel" and not await self.in_channel(person.id, whom):
            raise NotPossible("You are not in that channel, or Pinyon is not. Join it, invite Pinyon, and share again.")
        if kind == "workspace":
            self._refuse_by(person, (await self.store.rules(person.workspace)).widely, "share with everybody")
        await self._refuse_too_many(agent, kind, whom)
        share = AgentShare(
            agent=agent,
            kind=kind,
            to=whom,
            role="editor" if role == "editor" else "user",
            by=person.id,
            at=self.now(),
            expires_at=expires_at,
        )
        try:
            await self.store.share(agent, share)
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.shared", workspace=stored.workspace, by=person.id, agent=agent, kind=kind)

    async def unshare(self, person: Person, agent: AgentId, *, kind: str, to: str) -> None:
        """Take it back, from this moment. Raises NotPossible."""
        await self._owned(person, agent)
        try:
            await self.store.unshare(agent, kind=kind, to=to.replace("\x00", ""), by=person.id, now=self.now())
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.unshared", workspace=person.workspace, by=person.id, agent=agent, kind=kind)

    async def make_link(self, person: Person, agent: AgentId, *, expires_at: datetime | None = None) -> ShareLink:
        """Raises NotPossible: not published yet, or the admins keep links to themselves."""
        stored = await self._owned(person, agent)
        self._refuse_past(expires_at)
        if stored.live is None:
            raise NotPossible("Publish it first: a link leads to what is live.")
        if stored.disabled_at is not None:
            raise NotPossible("An admin disabled this agent, so no link to it works. Ask them to enable it.")
        self._refuse_by(person, (await self.store.rules(person.workspace)).links, "share by link")
        if len(await self.store.links(agent, now=self.now())) >= MOST_LINKS:
            raise NotPossible(f"It has {MOST_LINKS} links already. Take one back first.")
        try:
            link = await self.store.make_link(agent, by=person.id, expires_at=expires_at, now=self.now())
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.link_made", workspace=stored.workspace, by=person.id, agent=agent)
        return link

    async def revoke_link(self, person: Person, link: LinkId) -> None:
        """Nobody uses it through this link any more, from this moment. Raises NotPossible."""
        known = await self.store.link(link)
        if known is None or known.workspace != person.workspace:
            raise NotPossible("There is no such link. It may have been taken back already.")
        await self._owned(person, known.agent)
        if await self.store.revoke_link(link, by=person.id, now=self.now()):
            log.info("agent.link_revoked", workspace=person.workspace, by=person.id, agent=known.agent)

    async def let_copy_knowledge(self, person: Person, agent: AgentId, *, copies: bool) -> None:
        """Whether copies take its knowledge and fixed values along. Raises NotPossible."""
        await self._owned(person, agent)
        await self.store.let_copy_knowledge(agent, copies=copies)

    async def opened(self, person: Person, link: str) -> tuple[LinkState, ShownAgent | None]:
        """What a share link's address leads `person` to; from now on they may use the agent while the link lives.

        `gone`: there is no such link. `revoked`: taken back, too old, its agent disabled, or not what the admins let
        links do any more. `elsewhere`: another workspace's. With all of these nothing of the agent is told.
        """
        known = await self.store.link(LinkId(link))
        if known is None:
            return "gone", None
        if known.workspace != person.workspace:
            return "elsewhere", None
        if not await self.store.open_link(known.id, person.id, now=self.now()):
            return "revoked", None
        shown = await self.shown(person, known.agent)
        return ("open", replace(shown, link_ends=known.expires_at)) if shown else ("revoked", None)

    async def shown(self, person: Person, agent: AgentId) -> ShownAgent | None:
        """An agent that `person` may use, by its id."""
        found = await self.shelf.find(agent, person.id)
        role = await self.shelf.role(agent, person.id)
        if found is None or role is None:
            return None
        used, needs, maker = await asyncio.gather(
            self.store.used([agent], person.workspace, person.id),
            self._needs(person, found.file),
            self.people.get(found.owner) if found.owner else _nobody(),
        )
        return ShownAgent(
            agent=found,
            role=role,
            maker=maker.name if maker else "",
            people=used[agent].people if agent in used else 0,
            needs=needs,
            can_copy=True,
        )

    async def gallery(self, person: Person, *, job: str = "", role: str = "") -> Sequence[Listed]:
        """What `person` may use: built-ins, their own, shared ones, most used first.

        With a role: what is for that role, and what is for everybody.
        """
        found = [one for one in await self.shelf.listed(person.id) if _fits(one.agent.file, job=job, role=role)]
        return sorted(found, key=lambda one: (-one.people, -one.turns, one.agent.file.name.casefold()))

    async def report(self, person: Person, agent: AgentId, why: str) -> None:
        """Tell the admins that something is wrong with it. Raises NotPossible."""
        role = await self.shelf.role(agent, person.id)
        if role is None:
            raise NotPossible(_UNKNOWN)
        if role == "owner":
            raise NotPossible("This agent is yours. Change it, or delete it.")
        if agent in {one.id for one in self.shelf.builtins}:
            raise NotPossible("Pinyon brings this agent along. Tell an admin what is wrong with it.")
        await self.store.report(agent, by=person.id, why=" ".join(why.split()), now=self.now())
        log.info("agent.reported", workspace=person.workspace, by=person.id, agent=agent)

    async def _needs(self, person: Person, file: AgentFile) -> tuple[Needed, ...]:
        if not file.skills:
            return ()
        states = {state.skill: state for state in await self.connections.states(person.id)}
        return tuple(self._needed(skill, level, states.get(skill)) for skill, level in file.skills.items())

    def _needed(self, name: str, level: Level, state: SkillState | None) -> Needed:
        skill = self.connections.skills.get(name)
        if skill is None:
            return Needed(skill=name, title=name, level=level, says="", state=None)
        changes = ", and changes after you approve" if level == "write" and skill.changes else ""
        services = {one.title for one in self.connections.integrations.values()}
        says = f"reads {_begun_small(skill.reads, services)}{changes}"
        return Needed(skill=name, title=skill.title, level=level, says=says, state=state)

    async def _refuse_too_many(self, agent: AgentId, kind: ShareKind, whom: str) -> None:
        most = MOST_PEOPLE if kind == "person" else MOST_CHANNELS
        shares = await self.store.shares(agent, now=self.now())
        if sum(share.kind == kind and share.to != whom for share in shares) >= most:
            said = f"{most} {'people' if kind == 'person' else 'channels'}"
            raise NotPossible(f"It is shared with {said} already, which is the most. Share it with everybody.")

    async def _refuse_person(self, stored: StoredAgent, to: str) -> None:
        if to == stored.owner:
            raise NotPossible("It is theirs already.")
        known = await self.people.get(PersonId(to)) if to.isprintable() else None
        if known is None or known.workspace != stored.workspace or not known.is_member:
            raise NotPossible("There is no such member here. Choose somebody who has written to Pinyon before.")

    def _refuse_by(self, person: Person, rule: Who, what: str) -> None:
        """Raises NotPossible where the admins keep this to themselves."""
        if rule == "nobody":
            raise NotPossible(f"The admins of this workspace let nobody {what}. Share it with people or channels.")
        if rule == "admins" and not person.is_admin:
            raise NotPossible(f"Only admins {what} here. Ask one of them, or share it with people or channels.")

    def _refuse_past(self, expires_at: datetime | None) -> None:
        if expires_at is not None and expires_at <= self.now():
            raise NotPossible("This would be over already. Choose a day that is still to come.")


def _fits(file: AgentFile, *, job: str, role: str) -> bool:
    return (not job or file.job == job) and (not role or not file.roles or role in file.roles)


def _begun_small(words: str, names: Collection[str]) -> str:
    """Words in the middle of a sentence; PDF and Google keep their large letters."""
    first = words.partition(" ")[0]
    return words if first in names or first[1:] != first[1:].lower() else words[:1].lower() + words[1:]


async def _nobody() -> None:
    return None
