"""Where people make agents: drafts, versions, files brought from elsewhere, copies."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.agents.file import (
    AgentFile,
    Faulty,
    Problem,
    Source,
    decoded,
    read_draft,
    rewritten,
    tidied,
    write_agent,
)
from bot.self_service.handles import RESERVED, free_near
from bot.self_service.workbench import DELETED, Bench, NotPossible, Overtaken, Workbench, Wrong
from memory.agents import AgentGone, AgentRole, DraftChanged, HandleTaken, StoredAgent, Version
from memory.ids import AgentId, PersonId, WorkspaceId
from memory.people import Person

log = structlog.get_logger()

LONGEST_NOTE = 300
"""Characters of what somebody says is new in a version."""
_TRIES = 3
"""How often a copy looks for another handle, when somebody takes the one that was free."""


class AgentMaking(Workbench):
    """Makes, saves, publishes, copies, deletes."""

    async def mine(self, person: Person) -> Sequence[Bench]:
        """What `person` owns or edits, last changed first."""
        mine: list[tuple[StoredAgent, AgentRole]] = [
            (one.agent, one.role)
            for one in await self.store.accessible(person.id, now=self.now())
            if one.role == "owner" or (one.role == "editor" and one.agent.disabled_at is None)
        ]
        benches = await self._benches(mine)
        return sorted(benches, key=lambda one: one.changed_at or one.stored.created_at, reverse=True)

    async def make(self, person: Person, file: AgentFile) -> Bench:
        """Begin an agent as a draft. Raises Wrong, NotPossible (too many)."""
        return await self._begin(person, write_agent(tidied(file)), writer=person.id)

    async def bring(self, person: Person, body: bytes) -> Bench:
        """Begin an agent from a file, kept byte for byte. Raises Wrong, NotPossible.

        What still keeps it from being published is no obstacle: it stands in the draft's problems, with its line.
        """
        return await self._begin(person, _text(body), writer=None)

    async def copy(self, person: Person, agent: AgentId) -> Bench:
        """Begin an agent from one that `person` may use, under a handle that is free.

        Its knowledge and fixed values come along only where its owner said so; from a built-in one and from one of
        their own all comes along, and the words count as theirs where they were. Raises NotPossible.
        """
        source = await self.shelf.find(agent, person.id)
        if source is None:
            raise NotPossible(f"This agent is not there any more, or not shared with you. {_SEE}")
        file, own, with_knowledge = source.file, source.owner == person.id, source.is_builtin
        if not source.is_builtin:
            stored = await self.store.find(agent)
            with_knowledge = own or (stored is not None and stored.copies_knowledge)
        if not with_knowledge:
            file = replace(file, knowledge=(), parameters={})
        writer = person.id if source.is_builtin or (own and source.writer == person.id) else None
        bench = await self._copied(person, file, writer=writer)
        if with_knowledge and self.knowledge is not None and file.knowledge:
            await self.knowledge.copy(agent, bench.stored.id, by=person.id)
            await self._settle(bench.stored.id, person.id)
        return bench

    async def save(self, person: Person, agent: AgentId, file: AgentFile, *, revision: int) -> Bench:
        """Save the draft, as far as it may still be wrong: only a handle, a name and the sizes must be right.

        A file whose fields did not change stays byte for byte. Raises Wrong, Overtaken, NotPossible.
        """
        bench = await self._mine(person, agent)
        writer = person.id if bench.writer == person.id else None
        return await self._save(person, bench, rewritten(bench.text, file), writer=writer, revision=revision)

    async def replace(self, person: Person, agent: AgentId, body: bytes, *, revision: int) -> Bench:
        """Save a file as the draft, byte for byte. Raises Wrong, Overtaken, NotPossible."""
        return await self._save(person, await self._mine(person, agent), _text(body), writer=None, revision=revision)

    async def publish(self, person: Person, agent: AgentId, *, revision: int, note: str = "") -> Version:
        """Make the draft answer. Raises Wrong with all that is wrong, Overtaken, NotPossible."""
        bench = await self._mine(person, agent)
        stored, file = bench.stored, bench.file
        if stored.draft_revision != revision:
            raise Overtaken
        if stored.draft is None:
            raise NotPossible(f"Nothing changed since version {stored.live}, so there is nothing to publish.")
        if bench.problems:
            raise Wrong(*bench.problems)
        await self._refuse_clash(stored.workspace, file, bench.text, own=stored.handle)
        said = " ".join(note.replace("\x00", "").split())[:LONGEST_NOTE]
        try:
            version = await self.store.publish(
                agent, handle=file.handle, name=file.name, by=person.id, revision=revision, note=said, now=self.now()
            )
        except DraftChanged as error:
            raise Overtaken from error
        except HandleTaken as error:
            raise await self._clash(stored.workspace, file, bench.text) from error
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        log.info("agent.published", workspace=stored.workspace, by=person.id, agent=agent, version=version.number)
        await self._settle(agent, person.id)
        return version

    async def versions(self, person: Person, agent: AgentId) -> Sequence[Version]:
        """Newest first; none of an agent that they may not change."""
        return await self.store.versions(agent) if await self.bench(person, agent) else ()

    async def roll_back(self, person: Person, agent: AgentId, number: int, *, revision: int) -> Bench:
        """Take an old version's file as the draft. Publishing it is one step more. Raises NotPossible, Overtaken."""
        bench, version = await self._mine(person, agent), await self.store.version(agent, number)
        if version is None:
            raise NotPossible(f"There is no version {number} any more. See Versions for those that are kept.")
        # Whoever brings old words of somebody else's back decides what that person's agent says.
        writer = person.id if version.writer == person.id else None
        return await self._kept(person, bench, version.text, writer=writer, revision=revision)

    async def drop_draft(self, person: Person, agent: AgentId, *, revision: int) -> Bench:
        """Back to what is live. Raises NotPossible, Overtaken."""
        bench = await self._mine(person, agent)
        if bench.stored.live is None:
            raise NotPossible("This agent was never published, so its draft is all there is. Delete the agent instead.")
        try:
            await self.store.drop_draft(agent, revision=revision)
        except DraftChanged as error:
            raise Overtaken from error
        await self._settle(agent, person.id)
        return await self._mine(person, agent)

    async def delete(self, person: Person, agent: AgentId) -> None:
        """For the owner. Raises NotPossible."""
        stored = await self._owned(person, agent)
        await self.store.delete(agent, by=person.id, now=self.now())
        if self.knowledge is not None:
            await self.knowledge.forget(agent)
        log.info("agent.deleted", workspace=stored.workspace, by=person.id, agent=agent)

    def free_handles(self, wanted: str, taken: frozenset[str]) -> Sequence[str]:
        """Three handles near to `wanted` that are free: "product-update", "weekly-update"."""
        return free_near(wanted, taken | self._builtin_handles)

    @property
    def _builtin_handles(self) -> frozenset[str]:
        return frozenset(one.file.handle for one in self.shelf.builtins)

    async def _begin(self, person: Person, text: str, *, writer: PersonId | None) -> Bench:
        await self._refuse_more(person)
        file = await self._checked(person.workspace, text)
        try:
            stored = await self.store.make(
                person.id, handle=file.handle, name=file.name, text=text, writer=writer, now=self.now()
            )
        except HandleTaken as error:
            raise await self._clash(person.workspace, file, text) from error
        log.info("agent.made", workspace=person.workspace, by=person.id, agent=stored.id)
        await self._settle(stored.id, person.id)
        return await self._mine(person, stored.id)

    async def _copied(self, person: Person, file: AgentFile, *, writer: PersonId | None) -> Bench:
        for _ in range(_TRIES):
            handle = (await self._free(person.workspace, file))[0]
            try:
                return await self._begin(person, write_agent(replace(file, handle=handle)), writer=writer)
            except Wrong as error:
                if not error.free:
                    raise NotPossible(f"It cannot be copied as it is: {error}") from error
        raise NotPossible("Somebody took the handle of the copy at this moment. Copy it once more.")

    async def _save(self, person: Person, bench: Bench, text: str, *, writer: PersonId | None, revision: int) -> Bench:
        if bench.stored.draft_revision != revision:
            raise Overtaken
        if text == bench.text:
            return bench
        await self._checked(bench.stored.workspace, text, own=bench.stored.handle)
        return await self._kept(person, bench, text, writer=writer, revision=revision)

    async def _kept(self, person: Person, bench: Bench, text: str, *, writer: PersonId | None, revision: int) -> Bench:
        agent, file = bench.stored.id, self._read(bench.stored, text).file
        try:
            await self.store.save_draft(
                agent,
                handle=file.handle,
                name=file.name,
                text=text,
                by=person.id,
                writer=writer,
                revision=revision,
                now=self.now(),
            )
        except DraftChanged as error:
            raise Overtaken from error
        except HandleTaken as error:
            raise await self._clash(bench.stored.workspace, file, text) from error
        except AgentGone as error:
            raise NotPossible(DELETED) from error
        await self._settle(agent, person.id)
        return await self._mine(person, agent)

    async def _checked(self, workspace: WorkspaceId, text: str, *, own: str = "") -> AgentFile:
        """A file that may be kept as a draft. Raises Wrong."""
        try:
            understood = read_draft(text, self.vocabulary)
        except Faulty as error:
            raise Wrong(*error.problems) from error
        if stops := [problem for problem in understood.problems if problem.stops]:
            is_handle = any(problem.field == "handle" for problem in stops)
            raise Wrong(*stops, free=await self._free(workspace, understood.file) if is_handle else ())
        await self._refuse_clash(workspace, understood.file, text, own=own)
        return understood.file

    async def _refuse_more(self, person: Person) -> None:
        rules = await self.store.rules(person.workspace)
        if len(await self.store.owned_by(person.id)) >= rules.most:
            raise NotPossible(
                f"You own {rules.most} agents, the most that one person may have here. Delete one that you do not"
                " use, or ask an admin to allow more."
            )

    async def _refuse_clash(self, workspace: WorkspaceId, file: AgentFile, text: str, *, own: str = "") -> None:
        """Raises Wrong where the handle is another agent's, or nobody's."""
        if file.handle != own and file.handle in await self._taken(workspace) | RESERVED:
            raise await self._clash(workspace, file, text)

    async def _clash(self, workspace: WorkspaceId, file: AgentFile, text: str) -> Wrong:
        free = await self._free(workspace, file)
        why = "is a word of Pinyon's own" if file.handle in RESERVED else "is taken"
        said = f"“{file.handle}” {why}. Free: {', '.join(free)}."
        return Wrong(Problem(line=_handle_line(text), field="handle", said=said, stops=True), free=free)

    async def _taken(self, workspace: WorkspaceId) -> frozenset[str]:
        return await self.store.handles(workspace) | self._builtin_handles

    async def _free(self, workspace: WorkspaceId, file: AgentFile) -> Sequence[str]:
        return free_near(file.handle, await self._taken(workspace), name=file.name)

    async def _settle(self, agent: AgentId, by: PersonId) -> None:
        """Let what is kept of an agent's knowledge fit what its files declare now."""
        if self.knowledge is None or (stored := await self.store.find(agent)) is None:
            return
        live = (await self.store.live([agent])).get(agent)
        texts = [stored.draft or "", live.text if live else ""]
        declared: list[Source] = [one for text in texts if text for one in self._read(stored, text).file.knowledge]
        await self.knowledge.settle(agent, list(dict.fromkeys(declared)), by=by)


_SEE = "/pinyon agents shows those that you may use."


def _text(body: bytes) -> str:
    """The bytes of a file as text that gives the same bytes again. Raises Wrong."""
    try:
        return decoded(body)
    except Faulty as error:
        raise Wrong(*error.problems) from error


def _handle_line(text: str) -> int:
    """On which line a file names its handle; 0 where it does not say."""
    return next((at for at, line in enumerate(text.splitlines(), start=1) if line.startswith("handle:")), 0)
