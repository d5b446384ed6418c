"""The files of a conversation, for the skill that reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.attachments import Attachments
from bot.own_skills.own import Here, OwnSkill
from documents.document import Document


@dataclass(frozen=True, slots=True)
class AttachedHere:
    """The files of one conversation, as far as the asker may use them: `skills.attachments.client.Attached`."""

    attachments: Attachments
    here: Here

    async def names(self) -> Sequence[str]:
        files = await self.attachments.seen_by(self.here.conversation, self.here.person.id)
        return [file.name for file in files]

    async def document(self, name: str) -> Document:
        files = await self.attachments.seen_by(self.here.conversation, self.here.person.id)
        named = {file.name: file for file in files}
        return await self.attachments.document(named[name])


@dataclass(frozen=True, slots=True)
class AttachmentsSkill(OwnSkill):
    """Stands behind the skill `attachments`."""

    attachments: Attachments

    def client(self, here: Here) -> AttachedHere:
        return AttachedHere(self.attachments, here)
