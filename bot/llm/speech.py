"""Words from a voice note, through OpenAI's transcription, where the surface did not hear them itself."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot.attachments import Unheard
from bot.llm.prices import price
from bot.llm.routes import OPENAI_URL

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI
    from openai.types.audio import Transcription

log = structlog.get_logger()

SECONDS = 90.0
MOST_BYTES = 25_000_000
"""What the vendor takes (developers.openai.com, "Speech to text")."""
_WRITE = "Write what you need instead."


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said, and what hearing it cost."""

    text: str
    cost_usd: Decimal | None
    """In US dollars; None where that is not known."""


class Speech:
    """Hears with one key and one model. Without a key `off` says what is missing."""

    def __init__(self, *, key: SecretStr | None, model: str, base_url: str = OPENAI_URL) -> None:
        self._key = key
        self._model = model
        self._base_url = base_url

    @property
    def off(self) -> str:
        """Why nothing can be heard here, in a sentence; empty when it can."""
        return "" if self._key else f"I cannot listen here: an admin has to set OPENAI_API_KEY. {_WRITE}"

    async def transcribe(self, body: bytes, *, name: str) -> str:
        """The words of a recording. Raises Unheard."""
        return (await self.hear(body, name=name)).text

    async def hear(self, body: bytes, *, name: str) -> Heard:
        """The words of a recording, with what that cost. Raises Unheard."""
        import openai

        if self.off:
            raise Unheard(self.off)
        if len(body) > MOST_BYTES:
            raise Unheard(f"This recording is longer than I can listen to, {MOST_BYTES // 10**6} MB. {_WRITE}")
        ending = ending_of(body)
        if not ending:
            raise Unheard(f"I can listen to MP3, M4A, WAV, OGG, WebM and FLAC, and {name} is none of them. {_WRITE}")
        try:
            # The vendor tells formats by the name, and names lie.
            told = await self._client.audio.transcriptions.create(
                model=self._model, file=(f"voice.{ending}", body), response_format="json"
            )
        except openai.APIStatusError as error:
            raise _failed(error) from error
        except openai.APIError as error:
            log.info("a voice note was not heard", error=type(error).__name__)
            raise Unheard("Listening does not work right now. Try again later, or write what you need.") from error
        text = told.text.strip()
        if not text:
            raise Unheard(f"I heard no words in this recording. {_WRITE}")
        return Heard(text=text, cost_usd=_cost(told, self._model))

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.close()

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        key = self._key.get_secret_value() if self._key else ""
        return AsyncOpenAI(api_key=key, base_url=self._base_url, timeout=SECONDS, max_retries=1)


def ending_of(body: bytes) -> str:
    """The ending by which the vendor knows the format of a recording; empty for what it does not take."""
    if body[4:8] == b"ftyp":
        return "m4a" if body[8:11] == b"M4A" else "mp4"
    if body.startswith(b"RIFF") and body[8:12] == b"WAVE":
        return "wav"
    if len(body) > 1 and body[0] == 0xFF and body[1] & 0xE6 in (0xE2, 0xE4):  # a frame of MPEG layer III or II
        return "mp3"
    return next((ending for sign, ending in _SIGNS if body.startswith(sign)), "")


_SIGNS = ((b"\x1a\x45\xdf\xa3", "webm"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"ID3", "mp3"))


def _failed(error: "APIStatusError") -> Unheard:
    """Without what the vendor said, which may hold part of a key."""
    log.warning("a voice note was not heard", status=error.status_code, code=error.code)
    if error.status_code in (401, 403, 404):
        return Unheard(f"An admin has to correct how listening is set up here. {_WRITE}")
    if error.status_code in (400, 413, 415, 422):
        return Unheard(f"I cannot make anything of this recording: it may be damaged or too long. {_WRITE}")
    return Unheard("Listening does not work right now. Try again later, or write what you need.")


def _cost(told: "Transcription", model: str) -> Decimal | None:
    used = told.usage
    if used is None:
        return None
    if used.type == "duration":
        return price("openai", model, audio_seconds=used.seconds)
    details = used.input_token_details
    return price(
        "openai",
        model,
        input_tokens=used.input_tokens,
        input_audio_tokens=(details.audio_tokens or 0) if details else 0,
        output_tokens=used.output_tokens,
    )
