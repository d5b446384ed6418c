"""Pictures from a description, drawn by OpenAI's image models."""

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot.llm.prices import price
from bot.llm.routes import OPENAI_URL
from integrations.errors import Misconfigured, Refused, ServiceUnavailable
from skills.pictures.client import Picture, Shape

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI
    from openai.types import ImagesResponse

log = structlog.get_logger()

SECONDS = 110.0
"""Less than the skill's patience, so that it is the vendor who is said to be slow."""
_SIZES: Mapping[Shape, str] = {"square": "1024x1024", "wide": "1536x1024", "tall": "1024x1536"}
_MEDIA = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))
_DECLINED = {"moderation_blocked", "content_policy_violation"}
_SILENT = "The vendor of pictures is not answering. Try again later."


class Pictures:
    """Draws with one key and one model. Without a key `off` says what is missing."""

    def __init__(self, *, key: SecretStr | None, model: str, base_url: str = OPENAI_URL) -> None:
        self._key = key
        self._model = model
        self._base_url = base_url

    @property
    def off(self) -> str:
        """Why nothing can be drawn here, in a sentence; empty when it can."""
        return "" if self._key else "Drawing pictures needs a key of OpenAI. An admin can set OPENAI_API_KEY."

    async def draw(self, description: str, shape: Shape) -> Picture:
        """One picture, in medium quality. Raises Refused, ServiceUnavailable and Misconfigured, in sentences."""
        import openai

        try:
            answer = await self._client.images.generate(
                model=self._model, prompt=description, size=_SIZES[shape], quality="medium", output_format="png", n=1
            )
        except openai.APIStatusError as error:
            raise _failed(error) from error
        except openai.APIError as error:
            log.info("a picture was not drawn", error=type(error).__name__)
            raise ServiceUnavailable(_SILENT) from error
        body = _body(answer)
        media = next((media for sign, media in _MEDIA if body.startswith(sign)), "")
        if not media:
            raise ServiceUnavailable("What the vendor of pictures sent is no picture. Try again later.")
        size = (answer.size or _SIZES[shape]).replace("x", " x ")
        return Picture(body=body, media=media, size=size, cost_usd=_cost(answer, self._model))

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.close()

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        if self._key is None:
            raise Misconfigured("OPENAI_API_KEY: missing; pictures are drawn with it.")
        # Not tried again: a picture that is drawn twice is paid twice.
        return AsyncOpenAI(
            api_key=self._key.get_secret_value(), base_url=self._base_url, timeout=SECONDS, max_retries=0
        )


def _failed(error: "APIStatusError") -> Exception:
    """Named for who has to act; without what the vendor said, which may hold part of a key."""
    log.info("a picture was not drawn", status=error.status_code, code=error.code)
    if error.code in _DECLINED:
        return Refused("The vendor of pictures does not draw this: its rules do not allow it. Describe it otherwise.")
    if error.status_code == 400:
        return Refused("The vendor of pictures cannot draw from this description. Describe it otherwise, and shorter.")
    if error.status_code in (401, 403):
        return Misconfigured("OPENAI_API_KEY: the vendor does not let this key draw pictures.")
    if error.status_code == 404:
        return Misconfigured("PINYON_PICTURE_MODEL: the vendor has no such model.")
    return ServiceUnavailable(_SILENT)


def _body(answer: "ImagesResponse") -> bytes:
    given = answer.data[0].b64_json if answer.data else None
    try:
        return base64.b64decode(given or "", validate=True)
    except binascii.Error:
        return b""


def _cost(answer: "ImagesResponse", model: str) -> Decimal | None:
    used = answer.usage
    if used is None:
        return None
    return price(
        "openai",
        model,
        input_tokens=used.input_tokens,
        input_image_tokens=used.input_tokens_details.image_tokens,
        output_tokens=used.output_tokens,
        # Models have a price of their own for these; what the vendor does not tell apart is all picture.
        output_image_tokens=used.output_tokens_details.image_tokens
        if used.output_tokens_details
        else used.output_tokens,
    )
