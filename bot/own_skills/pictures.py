"""Drawing, for the skill that makes pictures."""

from dataclasses import dataclass

from bot.llm.pictures import Pictures
from bot.own_skills.own import Here, OwnSkill
from memory.people import Person


@dataclass(frozen=True, slots=True)
class PicturesSkill(OwnSkill):
    """Stands behind the skill `pictures`."""

    pictures: Pictures

    async def off(self, person: Person) -> str:
        del person
        return self.pictures.off

    def client(self, here: Here) -> Pictures:
        del here
        return self.pictures
