"""The client of the data skill: it runs code in the sandbox of this person in this conversation."""

from collections import OrderedDict
from functools import partial

from bot.own_skills.own import Here, OwnSkill
from bot.sandbox.sandbox import Given, Lost, Ran, Sandboxes, Whose
from memory.files import Files
from memory.ids import TurnId
from memory.people import Person
from skills.errors import ToolFailed

TURNS = 500
"""Turns whose failed runs are counted; older ones have long ended."""


class DataSkill(OwnSkill):
    """What stands behind the data skill."""

    def __init__(self, sandboxes: Sandboxes, files: Files) -> None:
        self._sandboxes, self._files = sandboxes, files
        self._failures = OrderedDict[TurnId, int]()

    async def off(self, person: Person) -> str:
        """Why no code can run here; the same for everybody."""
        del person
        return await self._sandboxes.off()

    def client(self, here: Here) -> "PythonHere":
        """Runs code for this person in this conversation."""
        return PythonHere(here, self._sandboxes, self._files, self._failures)

    def warm(self, here: Here) -> None:
        """Begin the session in the background, when what the person sent is likely to be computed with."""
        self._sandboxes.warm(_whose(here))


class PythonHere:
    """Runs the code of one person in one conversation."""

    def __init__(self, here: Here, sandboxes: Sandboxes, files: Files, failures: OrderedDict[TurnId, int]) -> None:
        self._here, self._sandboxes, self._files, self._counted = here, sandboxes, files, failures

    @property
    def failures(self) -> int:
        """How many runs of this turn failed so far."""
        return self._counted.get(self._here.turn, 0)

    async def run(self, code: str) -> Ran:
        """Run `code` where the files lie that the person may use here. Raises ToolFailed when it cannot run at all."""
        given = [
            Given(id=file.id, name=file.name, size=file.size, read=partial(self._files.body, file.id))
            for file in await self._files.seen_by(self._here.conversation, self._here.person.id)
        ]
        try:
            ran = await self._sandboxes.run(_whose(self._here), code, given)
        except Lost as error:
            raise ToolFailed(f"No code can run at the moment: {error}") from error
        if ran.error:
            self._count()
        return ran

    def _count(self) -> None:
        self._counted[self._here.turn] = self.failures + 1
        self._counted.move_to_end(self._here.turn)
        while len(self._counted) > TURNS:
            self._counted.popitem(last=False)


def _whose(here: Here) -> Whose:
    return Whose(conversation=here.conversation, person=here.person.id)
