"""Pictures: upright, small enough for a model's eyes, and without what else the file says."""

import warnings
from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

from documents.document import Document, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LONGEST = 1_568
"""Pixels; vendors scale larger ones down themselves."""
MAX_PIXELS = 50_000_000
_MAX_JPEG_PIXELS = 250_000_000
"""A JPEG is unpacked at a fraction of its size."""
_MAX_SHOWN = 3_500_000
"""Bytes; vendors take up to 5 MB as base64."""
_BROKEN = "The picture is damaged: it ends early or does not fit together. Save it again and send that."


def read_picture(body: bytes, known: str) -> Document:
    """The picture for a model's eyes. `known`: its format. Raises Unreadable for a broken or an immense one."""
    from PIL import Image, UnidentifiedImageError

    # The limit is ours, below, before anything is unpacked.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    try:
        with Image.open(BytesIO(body), formats=[known]) as opened:
            return _told(opened)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as error:
        raise Unreadable(_BROKEN) from error


def _told(opened: "Picture") -> Document:
    from PIL import ImageOps

    width, height = opened.size
    if width * height > (_MAX_JPEG_PIXELS if opened.format == "JPEG" else MAX_PIXELS):
        raise Unreadable(
            f"The picture has {width * height / 1e6:,.0f} million pixels, which is more than I open. Save it smaller."
        )
    frames = int(getattr(opened, "n_frames", 1))
    opened.draft("RGB", (LONGEST, LONGEST))
    small = opened.copy() if frames > 1 else opened
    small.thumbnail((LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(small)
    turned = (upright.width > upright.height) != (small.width > small.height)
    shown, media = _written(_plain(upright))
    return Document(
        kind="picture",
        facts=f"{height:,} × {width:,} pixels" if turned else f"{width:,} × {height:,} pixels",
        note=f"It has {frames} frames or pages: I see the first." if frames > 1 else "",
        picture=b64encode(shown).decode(),
        picture_media=media,
    )


def _plain(picture: "Picture") -> "Picture":
    """The pixels alone: no place, no maker, no comment, no profile."""
    from PIL import Image

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = Image.new(mode, picture.size)
    plain.paste(picture.convert(mode))
    return plain


def _written(picture: "Picture") -> tuple[bytes, str]:
    """As PNG where that is small, as of screenshots and drawings; else as JPEG."""
    out = BytesIO()
    picture.save(out, format="PNG")
    if out.tell() <= _MAX_SHOWN / 3 or (picture.mode == "RGBA" and out.tell() <= _MAX_SHOWN):
        return out.getvalue(), "image/png"
    out = BytesIO()
    picture.convert("RGB").save(out, format="JPEG", quality=85)
    return out.getvalue(), "image/jpeg"
