"""What a call finds in its conversation beside an account, and what it leaves there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from bot.messages import HandedFile, HandedWorking
from bot.own_skills import Here, OwnSkills
from bot.toolbox.call import Call
from memory.files import Files, FileToKeep
from memory.ids import FileId
from memory.workings import Workings
from skills.showing import NewFile
from skills.skill import Result, Skill

MOST_FILES = 20
"""Files that one call may leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What of a result stays in the conversation."""

    handed: tuple[HandedFile, ...] = ()
    """What the person gets with the answer."""
    pictures: tuple[FileId, ...] = ()
    """What the model is shown."""
    working: HandedWorking | None = None
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Files that are kept under another name than the tool gave them: as given → as kept."""

    def told(self, content: JsonValue) -> JsonValue:
        """A result's content with the names under which its files are kept."""
        return _renamed(content, self.renamed) if self.renamed else content


NAMES = frozenset({"kept_as", "name", "file", "files", "charts"})
"""Where a result names its files."""


def _renamed(content: JsonValue, renamed: Mapping[str, str], *, names: bool = False) -> JsonValue:
    match content:
        case str() if names:
            return renamed.get(content, content)
        case list():
            return [_renamed(one, renamed, names=names) for one in content]
        case dict():
            return {key: _renamed(value, renamed, names=key in NAMES) for key, value in content.items()}
        case _:
            return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """One turn's conversation, as its calls find it."""

    here: Here
    own: OwnSkills
    files: Files
    workings: Workings

    def client(self, skill: Skill) -> Any:
        """What a skill without an account acts on."""
        return self.own.client(skill.name, self.here)

    async def keep(self, call: Call, result: Result) -> Left:
        """Keep what a call brought, for its asker alone. Again, it finds what it kept."""
        if not result.files and result.working is None:
            return Left()
        handed: list[HandedFile] = []
        renamed: dict[str, str] = {}
        pictures: list[FileId] = []
        for number, file in enumerate(result.files[:MOST_FILES]):
            kept = await self._kept(call, result, file, number)
            handed += [kept] if file.show else []
            renamed |= {file.name: kept.name} if file.name != kept.name else {}
            pictures += [kept.id] if file.look else []
        return Left(
            handed=tuple(handed), pictures=tuple(pictures), working=await self._working(call, result), renamed=renamed
        )

    async def _kept(self, call: Call, result: Result, file: NewFile, number: int) -> HandedFile:
        stored = await self.files.add(
            FileToKeep(
                conversation=self.here.conversation,
                person=self.here.person.id,
                is_shared=False,
                turn=call.turn,
                source=f"{call.turn}:{call.id}:{number}",
                name=file.name,
                media=file.media_type,
                body=file.body,
                alt=file.alt,
                audience=result.audience or call.skill.audience,
            )
        )
        return HandedFile(id=stored.id, name=stored.name, media=stored.media, size=stored.size, alt=stored.alt)

    async def _working(self, call: Call, result: Result) -> HandedWorking | None:
        if (working := result.working) is None:
            return None
        kept = await self.workings.keep(
            call.turn, call.id, person=self.here.person.id, language=working.language, code=working.text
        )
        return HandedWorking(id=kept, language=working.language)
