"""What came out of a sandbox, looked at as a stranger's bytes."""

import mimetypes
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.sandbox.kernel import ALL_FILES, ALT, FILE, FILES, OUTPUT
from bot.sandbox.sandbox import Lost
from memory.files import safe_name
from skills.showing import NewFile

Model = TypeVar("Model", bound=BaseModel)
MOST = 4_000_000
"""Bytes of what is said of a run: its output, escaped as JSON, and the rest."""
_SIGNATURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8"}
_DRAWING = "image/svg+xml"
BROKEN = "The sandbox said something that makes no sense, so it was ended."


class About(BaseModel):
    """What is said of a file."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=300)]
    size: Annotated[int, Field(ge=1, le=FILE)]
    alt: Annotated[str, Field(max_length=ALT)] = ""


class Said(BaseModel):
    """What is said of a run."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    number: Annotated[str, Field(max_length=40)]
    """Which question it answers."""
    output: Annotated[str, Field(max_length=OUTPUT)]
    error: Annotated[str, Field(max_length=OUTPUT)]
    notes: Annotated[tuple[Annotated[str, Field(max_length=1_000)], ...], Field(max_length=200)]
    files: Annotated[tuple[About, ...], Field(max_length=2 * FILES)]


def understood(kind: type[Model], text: bytes) -> Model:
    """What was said, checked. Raises Lost where it makes no sense, or promises too much."""
    try:
        said = kind.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise Lost(BROKEN) from error
    if isinstance(said, Said) and sum(file.size for file in said.files) > 2 * ALL_FILES:
        raise Lost(BROKEN)
    return said


def new_file(name: str, body: bytes, alt: str = "") -> NewFile:
    """A file for its person: one safe name, and a picture only where its bytes are one."""
    safe = safe_name(name)
    return NewFile(name=safe, body=body, media=media_of(safe, body), show=True, alt=_visible(alt))


def media_of(name: str, body: bytes) -> str:
    """The media type that a name promises; that of bytes where a picture is promised and none is there."""
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if not media.startswith("image/"):
        return media
    signature = _SIGNATURES.get(media)
    is_picture = body.startswith(signature) if signature else media == _DRAWING and b"<svg" in body[:2_000]
    return media if is_picture else "application/octet-stream"


def _visible(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
