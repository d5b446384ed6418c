"""The client of the database skill: the databases that this person may ask, and the careful way to ask them."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from pydantic import JsonValue

from bot.databases.address import BadAddress
from bot.databases.described import described
from bot.databases.run import Away, Failed, Rows, Sources
from bot.databases.walls import Refused
from bot.own_skills.own import Here, OwnSkill
from memory.crypto import Tampered
from memory.databases import Databases, KnownDatabase, Term
from memory.ids import TurnId
from memory.people import Person
from skills.errors import RetryToolCall, ToolFailed

log = structlog.get_logger()

REPAIRS = 3
"""How often the SQL of one turn may be mended."""
TURNS = 500
"""Turns whose failures are counted; older ones have long ended."""
NONE_SET_UP = "No database is set up for questions yet. An admin adds one on the page Databases."
NOT_FOR_YOU = "You may not ask any of the databases that are set up. An admin can let you, on the page Databases."


class DatabaseSkill(OwnSkill):
    """What stands behind the database skill."""

    def __init__(self, databases: Databases, sources: Sources) -> None:
        self._databases, self._sources = databases, sources
        self._failures = OrderedDict[TurnId, int]()

    async def off(self, person: Person) -> str:
        """Why `person` can ask no database; empty when they can."""
        match await self._databases.standing(person.id):
            case "mine":
                return ""
            case "others":
                return NOT_FOR_YOU
            case "none":
                return NONE_SET_UP

    def client(self, here: Here) -> "DatabasesHere":
        """The databases of this person, in this turn."""
        return DatabasesHere(here, self._databases, self._sources, self._failures)


@dataclass(frozen=True, slots=True)
class Source:
    """A database that the asker may ask."""

    known: KnownDatabase

    @property
    def name(self) -> str:
        return self.known.name

    @property
    def terms(self) -> Sequence[Term]:
        return self.known.terms

    @property
    def is_for_everybody(self) -> bool:
        return self.known.people is None

    def described(self, *, most: int) -> dict[str, JsonValue]:
        return described(self.known, most=most)


class DatabasesHere:
    """The databases of one person, in one turn."""

    def __init__(self, here: Here, databases: Databases, sources: Sources, failures: OrderedDict[TurnId, int]) -> None:
        self._here, self._databases, self._sources, self._counted = here, databases, sources, failures

    @property
    def words(self) -> str:
        """What the person wrote."""
        return self._here.question

    async def all(self) -> Sequence[Source]:
        """Return those that the person may ask, by name."""
        return [Source(known) for known in await self._databases.for_person(self._here.person.id)]

    async def ask(self, source: str, sql: str) -> Rows:
        """Run one SELECT. Raises RetryToolCall for what can be mended, three times in a turn, then ToolFailed."""
        if self._failures > REPAIRS:
            raise ToolFailed(self._enough(""))
        # Asked again: who may ask it can have been changed since it was described.
        found = [known for known in await self._databases.for_person(self._here.person.id) if known.name == source]
        if not found:
            raise ToolFailed(f"The person may not ask the database {source} any more.")
        try:
            return await self._asked(found[0], sql)
        except (Refused, Failed) as error:
            raise self._failed(str(error)) from error
        except (Away, BadAddress, Tampered) as error:
            log.info("database.not_asked", database=found[0].id, why=type(error).__name__)
            said = str(error) if isinstance(error, Away) else "An admin writes its address anew."
            raise ToolFailed(f"The database {source} cannot be asked now. {said}") from error

    async def _asked(self, known: KnownDatabase, sql: str) -> Rows:
        address = await self._databases.address(known)
        if address is None:
            raise Away("It was removed.")
        return await self._sources.ask(address, sql, known.tables)

    def _failed(self, why: str) -> RetryToolCall | ToolFailed:
        """What the model hears: to mend it, or to stop."""
        self._counted[self._here.turn] = self._failures + 1
        self._counted.move_to_end(self._here.turn)
        while len(self._counted) > TURNS:
            self._counted.popitem(last=False)
        if self._failures > REPAIRS:
            return ToolFailed(self._enough(f" The last reason: {why}"))
        return RetryToolCall(why)

    def _enough(self, why: str) -> str:
        return (
            f"The SQL was mended {REPAIRS} times in this turn and did not run. Try no more: tell the person in plain"
            f" words what could not be found out.{why}"
        )

    @property
    def _failures(self) -> int:
        return self._counted.get(self._here.turn, 0)
