"""The one way in for what people hand over: bytes under a name become a document, or a sentence that says why not."""

import asyncio
from pathlib import PurePath

from documents.confined import Broke, Limits, Overran, confined
from documents.document import Document, Unreadable
from documents.signs import is_sound, refusal
from documents.stored import DOCUMENT

MAX_BYTES = 25_000_000
"""What is read of anything, before a byte of it is looked at."""


async def read(body: bytes, *, name: str, media: str = "", limits: Limits | None = None) -> Document:
    """What `body` says, whatever its name and its media type claim: text with places, or a picture for a model's eyes.

    It is parsed in a process of its own (documents/confined.py). Of sound nothing is parsed: it has only a kind.
    Raises Unreadable, whose message is for the person who handed it over.
    """
    if not body:
        raise Unreadable("The file is empty: there is nothing in it to read.")
    if len(body) > MAX_BYTES:
        raise Unreadable(
            f"The file has {len(body) / 1e6:,.0f} MB; I read files up to {MAX_BYTES / 1e6:.0f} MB. "
            "Send the part that matters, or save it smaller."
        )
    if why := refusal(body, name=name, media=media):
        raise Unreadable(why)
    if is_sound(body, name=name, media=media):
        return Document(kind="sound")
    try:
        told = await confined("read", body, {"name": PurePath(name).name, "media": media}, limits=limits or Limits())
    except (Overran, Broke) as error:
        raise Unreadable(f"I could not read this file. {error}") from error
    # A document of many parts takes a moment to check; others are being answered meanwhile.
    return await asyncio.to_thread(DOCUMENT.validate_json, told)
