"""Pictures inside a request, as the vendors take them."""

import base64
import binascii

from playground.model.conversation import Picture
from playground.model.wires.rules import invalid

_BEGINS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
_MOST_BYTES = 5 * 1024 * 1024
"""Anthropic's limit; OpenAI's is larger, and Pinyon keeps to the smaller."""


def picture(place: str, media: str, data: str) -> Picture:
    """A picture given as base64. Raises VendorError where the vendor would not take it."""
    begins = _BEGINS.get(media)
    if begins is None:
        raise invalid(f"{place}: the media type {media!r} is none of {', '.join(_BEGINS)}")
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid(f"{place}: the picture is not valid base64") from error
    if not content.startswith(begins):
        raise invalid(f"{place}: Could not process image, it is no {media}")
    if len(content) > _MOST_BYTES:
        raise invalid(f"{place}: image exceeds 5 MB maximum")
    return Picture(media=media, size=len(content))


def picture_at(place: str, url: str) -> Picture:
    """A picture given as a data URL. Raises VendorError for any other address: nothing is fetched here."""
    head, comma, data = url.partition(",")
    if not (head.startswith("data:") and head.endswith(";base64") and comma):
        raise invalid(f"{place}: the playground takes pictures as data URLs only")
    return picture(place, head.removeprefix("data:").removesuffix(";base64"), data)
