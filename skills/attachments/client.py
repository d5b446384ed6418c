"""What the tools for attached files act on."""

from collections.abc import Sequence
from typing import Protocol

from documents.document import Document


class Attached(Protocol):
    """The files of one conversation, as far as the asker may use them."""

    async def names(self) -> Sequence[str]:
        """Their names, oldest first."""
        ...

    async def document(self, name: str) -> Document:
        """What stands in the file of that name. Raises Unreadable, and KeyError when there is no such file."""
        ...
