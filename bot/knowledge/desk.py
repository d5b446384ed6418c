"""What an agent knows: taken in, listed, searched for one asker."""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.agents.file import MOST_SOURCES, Source
from bot.background import Background
from bot.knowledge.access import Checked, check
from bot.knowledge.finding import Finding
from bot.knowledge.shown import in_order, known
from bot.knowledge.taking import Taking
from integrations.google.drive_models import File
from memory.files import safe_name
from memory.ids import AgentId, PersonId, SourceId, workspace_of
from memory.knowledge import KeptSource, KnownSources, NewSource, Passage
from memory.people import Person
from skills.knowledge.client import FoundPassages, KnownPassage

LARGEST = 20_000_000
"""Bytes of one uploaded file."""
MOST_BYTES = 200_000_000
"""Bytes of all files of one agent."""
MOST_FOUND = 8
"""Passages that a search gives."""
AT_ONCE = 20
"""Sources that one round of refreshing looks at."""
VECTORS_AT_ONCE = 1_000
IsPublic: TypeAlias = Callable[[AgentId], Awaitable[bool]]
"""Whether every member of its workspace may use an agent."""
Key: TypeAlias = tuple[str, str, str]


class NotTaken(Exception):
    """Why something could not be taken in: a sentence to its person."""


class Knowledge:
    """The knowledge of all agents."""

    def __init__(
        self,
        store: KnownSources,
        finding: Finding,
        taking: Taking,
        *,
        is_public: IsPublic,
        background: Background,
    ) -> None:
        self._store = store
        self._finding = finding
        self._taking = taking
        self._is_public = is_public
        self._background = background

    async def open(self) -> None:
        """Make ready what searching by meaning needs, where a model for it is set. Asked again, it changes nothing."""
        await self._finding.open()

    async def close(self) -> None:
        """Let go of connections to vendors."""
        await self._finding.close()

    async def sources(
        self, agent: AgentId, declared: Sequence[Source], *, seen_by: Person
    ) -> Sequence[KeptSource | Source]:
        """What an agent's file declares, in its order: as it is kept, or as declared where nothing is kept of it.

        What a Drive document is called, only those are told who added it or may open it.
        """
        kept = await self._kept(agent)
        found = [kept.get(_key(one), one) for one in declared]
        others = [one for one in found if isinstance(one, KeptSource) and one.added_by != seen_by.id]
        checked = await self._checked(seen_by, others)
        closed = {one.id for one in others if one.kind == "drive"} - checked.open.keys()
        return [_unnamed(one) if isinstance(one, KeptSource) and one.id in closed else one for one in found]

    async def upload(self, agent: AgentId, name: str, body: bytes, *, by: Person) -> Source:
        """Keep a file for an agent, in place of one of that name; what its draft then has to declare.

        Its words are read in the background. Raises NotTaken.
        """
        at = safe_name(name)
        _check_size(at, body)
        others = [one for one in await self._store.of(agent) if (one.kind, one.at) != ("file", at)]
        if len(others) >= MOST_SOURCES:
            raise NotTaken(f"An agent can know {MOST_SOURCES} things, and this one does. Remove one first.")
        if sum(one.size for one in others if one.kind == "file") + len(body) > MOST_BYTES:
            raise NotTaken(f"The files of an agent can have {MOST_BYTES // 10**6} MB together. Remove one first.")
        new = NewSource(agent=agent, kind="file", at=at, title=at, added_by=by.id, body=body)
        await self._store.keep(new, now=self._taking.now())
        self._background.run(self._read_waiting(agent))
        return Source(kind="file", at=at)

    async def settle(self, agent: AgentId, declared: Sequence[Source], *, by: PersonId) -> None:
        """Make what is kept fit what any of the agent's files (live or draft) declares.

        New texts are there at once, new pages and Drive documents are read in the background, what none declares is
        forgotten. A file counts from its upload on.
        """
        kept, wanted = await self._kept(agent), {_key(one): one for one in declared}
        await self._store.forget([one.id for key, one in kept.items() if key not in wanted])
        new = [one for key, one in wanted.items() if key not in kept and one.kind != "file"][: 2 * MOST_SOURCES]
        for one in new:
            source = await self._store.keep(_new(agent, one, by), now=self._taking.now())
            if one.kind == "text":
                await self._read_now(source.id)
        if any(one.kind != "text" for one in new):
            self._background.run(self._read_waiting(agent))

    async def read_again(self, agent: AgentId, source: Source, *, by: PersonId) -> None:
        """Look at once whether it changed; a Drive document that could not be read is read as `by` from now on."""
        found = (await self._kept(agent)).get(_key(source))
        if found is None:
            return
        if found.kind == "drive" and found.problem and found.added_by != by:
            await self._store.read_as(found.id, by, now=self._taking.now())
        await self._store.wake(found.id, now=self._taking.now())
        await self._read_now(found.id)

    async def copy(self, source: AgentId, to: AgentId, *, by: PersonId) -> None:
        """Take along the texts and uploaded files of another agent; what is in Drive or on a page is read as `by`."""
        for one in await self._store.of(source):
            body = await self._store.body(one.id) if one.kind in ("text", "file") else None
            new = NewSource(
                agent=to,
                kind=one.kind,
                at=one.at,
                # What a Drive document is called its new reader's account will tell, or will not.
                title=one.at if one.kind == "drive" else one.title,
                added_by=by,
                digest=one.digest,
                body=body,
            )
            await self._store.keep(new, now=self._taking.now())
        self._background.run(self._read_waiting(to))

    async def forget(self, agent: AgentId) -> None:
        """Everything, also the files."""
        await self._store.forget_agent(agent)

    async def titles(self, agent: AgentId, declared: Sequence[Source], *, asker: Person) -> Sequence[str]:
        """What the sources are called that every user of the agent may know of: those that are not in Drive."""
        sources = await self._readable(agent, declared, asker)
        return list(dict.fromkeys(one.title for one in sources if one.kind != "drive"))

    async def search(self, agent: AgentId, declared: Sequence[Source], words: str, *, asker: Person) -> FoundPassages:
        """The passages of these sources that fit best, without those that `asker` may not read at this moment.

        Google is asked of all of them before any is searched: whether a closed one is spoken of must not depend on the
        words that stand in it.
        """
        sources = await self._readable(agent, declared, asker)
        checked = await self._checked(asker, sources)
        may = {one.id: one for one in sources if one.kind != "drive" or one.id in checked.open}
        found = (await self._finding.find(may, words))[:MOST_FOUND]
        passages = tuple(_known(one, may[one.source], checked.open) for one in found)
        used = {one.source for one in found}
        if found:
            return await self._told(agent, passages, checked, used=used)
        titles = dict.fromkeys(_title(one, checked.open) for one in may.values())
        told = await self._told(agent, (), checked, used=set(may))
        return replace(told, titles=tuple(titles))

    async def read(
        self, agent: AgentId, declared: Sequence[Source], title: str, place: str, *, asker: Person
    ) -> FoundPassages:
        """The passages of one source from `place` on; of several of that title one after the other.

        Raises KeyError when there is no such title or place, or the asker may not read it: both look alike.
        """
        sources = await self._readable(agent, declared, asker)
        named = [one for one in sources if one.title.casefold() == title.casefold()]
        in_drive = [one for one in named if one.kind == "drive"]
        if not named:
            # Somebody who guesses titles learns nothing from how long it takes or what is said of Google.
            in_drive = [one for one in sources if one.kind == "drive"][:1]
        checked = await self._checked(asker, in_drive)
        may = [one for one in named if one.kind != "drive" or one.id in checked.open]
        if not may and not checked.is_told:
            return await self._told(agent, (), checked, used=())
        passages = [one for source in may for one in await self._whole(source, checked.open)]
        begin = next((at for at, one in enumerate(passages) if not place or _same(one.place, place)), None)
        if not may or (begin is None and place):
            raise KeyError(title)
        return await self._told(agent, tuple(passages[begin or 0 :]), checked, used=checked.open)

    async def refresh(self) -> None:
        """Look at the sources whose turn it is; what one process of all does now and again."""
        for _ in range(AT_ONCE):
            if not await self._read_next():
                break
        await self._finding.catch_up(most=VECTORS_AT_ONCE)

    async def _kept(self, agent: AgentId) -> dict[Key, KeptSource]:
        return {(one.kind, one.at, one.digest): one for one in await self._store.of(agent)}

    async def _readable(self, agent: AgentId, declared: Sequence[Source], asker: Person) -> list[KeptSource]:
        """What was read of the declared sources; of this workspace only, whatever an id may be."""
        kept = await self._kept(agent)
        found = [kept[key] for key in dict.fromkeys(map(_key, declared)) if key in kept]
        return [one for one in found if one.passages and one.workspace == workspace_of(asker.id)]

    async def _checked(self, asker: Person, sources: Sequence[KeptSource]) -> Checked:
        return await check(self._taking.drive, asker.id, [one for one in sources if one.kind == "drive"])

    async def _whole(self, source: KeptSource, may: dict[SourceId, File]) -> list[KnownPassage]:
        passages = await self._store.passages([source.id])
        return [_known(passage, source, may, place=place) for passage, place in in_order(passages)]

    async def _told(
        self, agent: AgentId, passages: tuple[KnownPassage, ...], checked: Checked, *, used: Collection[SourceId]
    ) -> FoundPassages:
        """A Drive document is for the asker alone, and so is that one was left out. `used` are those spoken of."""
        in_drive = any(one in checked.open for one in used)
        is_private = in_drive or bool(checked.withheld) or not await self._is_public(agent)
        return FoundPassages(
            passages=passages, withheld=checked.withheld, audience="asker" if is_private else "members"
        )

    async def _read_now(self, source: SourceId) -> None:
        if (taken := await self._store.take(now=self._taking.now(), source=source)) is not None:
            await self._taking.take(taken)

    async def _read_waiting(self, agent: AgentId) -> None:
        while await self._read_next(agent):
            pass
        await self._finding.catch_up(most=VECTORS_AT_ONCE)

    async def _read_next(self, agent: AgentId | None = None) -> bool:
        taken = await self._store.take(now=self._taking.now(), agent=agent)
        if taken is None:
            return False
        await self._taking.take(taken)
        return True


def _check_size(name: str, body: bytes) -> None:
    if not body:
        raise NotTaken(f"{name} is empty: there is nothing in it to read.")
    if len(body) > LARGEST:
        most, size = LARGEST // 10**6, len(body) / 1e6
        raise NotTaken(f"{name} has {size:,.0f} MB, and files can have {most}. Add the part that matters.")


def _key(source: Source) -> Key:
    return source.kind, source.at, _digest(source)


def _digest(source: Source) -> str:
    return hashlib.sha256(source.text.encode()).hexdigest()[:32] if source.kind == "text" else ""


def _new(agent: AgentId, source: Source, by: PersonId) -> NewSource:
    body = source.text.encode() if source.kind == "text" else None
    return NewSource(
        agent=agent, kind=source.kind, at=source.at, title=source.at, added_by=by, digest=_digest(source), body=body
    )


def _unnamed(source: KeptSource) -> KeptSource:
    """It, as who may not open it sees it."""
    return replace(source, title=source.at, facts="")


def _title(source: KeptSource, may: dict[SourceId, File]) -> str:
    """What the asker calls it."""
    file = may.get(source.id)
    return file.name if file else source.title


def _known(passage: Passage, source: KeptSource, may: dict[SourceId, File], *, place: str = "") -> KnownPassage:
    file = may.get(source.id)
    return known(
        passage, source, place=place, title=file.name if file else "", link=file.web_view_link if file else None
    )


def _same(place: str, asked: str) -> bool:
    return place.casefold() == asked.casefold()
