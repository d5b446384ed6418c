"""OpenAI's pictures and transcriptions (https://platform.openai.com/docs/api-reference/images, …/audio)."""

import base64
import io
import re
import textwrap
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from playground.model.cache import tokens
from playground.model.conversation import Json, VendorError
from playground.model.wires.rules import invalid

SOUNDS = ("flac", "mp3", "mp4", "mpeg", "mpga", "m4a", "ogg", "wav", "webm")
"""The endings by which the vendor knows a sound; it looks at nothing else."""
MOST_SOUND = 25 * 1024 * 1024
_SIZE = re.compile(r"(\d{3,4})x(\d{3,4})")
_TOKENS: Mapping[str, int] = {"low": 272, "medium": 1056, "high": 4160, "xhigh": 6240, "max": 8320}
"""About what a square of 1,024 pixels costs, in tokens of output; others by their area."""
_GROUNDS = ("#1f4e5f", "#5b3a29", "#3d5a2b", "#6a2e4f", "#2f3e73", "#7a4b12")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A sound that came to be written down."""

    name: str
    model: str
    content: bytes


def answer_picture(body: Json, *, created: int) -> Json:
    """What the vendor answers to a request for a picture. Raises VendorError for what it would not draw; slow."""
    prompt = str(body.get("prompt") or "").strip()
    if not prompt:
        raise invalid("prompt: field required")
    if body.get("response_format"):
        raise invalid("Unknown parameter: 'response_format'.")
    quality = "medium" if body.get("quality") in (None, "auto") else str(body["quality"])
    if quality not in _TOKENS:
        raise invalid(f"Invalid value: {quality!r}. Supported values are: {', '.join(_TOKENS)}.")
    width, height = _size("1024x1024" if body.get("size") in (None, "auto") else str(body["size"]))
    read, drawn = tokens(prompt), round(_TOKENS[quality] * width * height / 1024**2)
    return {
        "created": created,
        "background": "opaque",
        "output_format": "png",
        "quality": quality,
        "size": f"{width}x{height}",
        "data": [{"b64_json": base64.b64encode(draw(prompt, (width, height))).decode()}],
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"text_tokens": read, "image_tokens": 0},
            "output_tokens": drawn,
            "output_tokens_details": {"text_tokens": 0, "image_tokens": drawn},
            "total_tokens": read + drawn,
        },
    }


def _size(asked: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(asked)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (
        width and width % 16 == height % 16 == 0 and 1 / 3 <= width / height <= 3 and width * height <= 3840 * 2160
    ):
        raise invalid(f"Invalid value: {asked!r}. Supported values are: '1024x1024', '1024x1536', '1536x1024', 'auto'.")
    return width, height


def draw(description: str, size: tuple[int, int]) -> bytes:
    """A PNG that says what a picture would show, and that nobody drew it."""
    from PIL import Image, ImageDraw, ImageFont

    width, height = size
    ground = _GROUNDS[zlib.crc32(description.encode()) % len(_GROUNDS)]
    picture = Image.new("RGB", size, ground)
    pen, edge = ImageDraw.Draw(picture), width // 16
    pen.rectangle((edge // 2, edge // 2, width - edge // 2, height - edge // 2), outline="#ffffff", width=4)
    words = "\n".join(textwrap.wrap(description, width // 25)[: height // 80])
    pen.multiline_text((edge, edge), words, fill="#ffffff", font=ImageFont.load_default(44), spacing=18)
    note = "Demo picture, no AI"
    pen.text((edge, height - edge - 36), note, fill="#ffffff", font=ImageFont.load_default(32))
    written = io.BytesIO()
    picture.quantize(32).save(written, "PNG")
    return written.getvalue()


def answer_words(heard: Heard, said: str, *, form: str) -> Json | str:
    """What the vendor answers to a sound. Raises VendorError for what it would not listen to."""
    ending = heard.name.rpartition(".")[2].lower()
    if ending not in SOUNDS:
        raise invalid(f"Unrecognized file format. Supported formats: {list(SOUNDS)}")
    if not heard.content:
        raise invalid("Audio file is too short. Minimum audio length is 0.1 seconds.")
    if len(heard.content) > MOST_SOUND:
        raise VendorError(413, "Maximum content size limit (26214400) exceeded")
    if form == "text":
        return said + "\n"
    if form != "json":
        raise invalid(f"response_format {form!r} is not compatible with model {heard.model!r}. Use 'json' or 'text'.")
    read, written = max(1, len(heard.content) // 400), tokens(said)
    usage: Json = {
        "type": "tokens",
        "input_tokens": read,
        "input_token_details": {"audio_tokens": read, "text_tokens": 0},
        "output_tokens": written,
        "total_tokens": read + written,
    }
    return {"text": said, "usage": usage}
