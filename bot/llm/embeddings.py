"""Texts as vectors that lie near each other where they mean alike, through any vendor with OpenAI's interface."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot.llm.routes import OPENAI_URL

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger()

SECONDS = 20.0
MOST_TEXTS = 64
"""Texts of one call: with passages of 300 tokens far below what vendors take."""


class NotEmbedded(Exception):
    """No vectors were made. The message is a sentence to an operator."""


class Embeddings:
    """Makes vectors with one key and one model (developers.openai.com, "Vector embeddings")."""

    def __init__(self, *, key: SecretStr, model: str, base_url: str = OPENAI_URL, seconds: float = SECONDS) -> None:
        self._key = key
        self._base_url = base_url
        self._seconds = seconds
        self.model = model
        """Vectors of different models cannot be compared."""

    async def embed(self, texts: Sequence[str], *, seconds: float | None = None) -> list[list[float]]:
        """A vector for each text, at most `MOST_TEXTS` of them. Raises NotEmbedded."""
        import openai

        if not texts:
            return []
        try:
            answer = await self._client.embeddings.create(
                model=self.model,
                input=[one or " " for one in texts[:MOST_TEXTS]],
                encoding_format="float",
                timeout=seconds or self._seconds,
            )
        except openai.APIStatusError as error:
            # Without what the vendor said, which may hold part of a key.
            log.warning("no vectors were made", status=error.status_code, code=error.code)
            said = "Check PINYON_EMBEDDING_MODEL and the key." if error.status_code in (400, 401, 403, 404) else ""
            raise NotEmbedded(
                f"The embedding model answered with status {error.status_code}. {said}".strip()
            ) from error
        except openai.APIError as error:
            log.info("no vectors were made", error=type(error).__name__)
            raise NotEmbedded("The embedding model does not answer.") from error
        vectors = [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]
        if len(vectors) != len(texts[:MOST_TEXTS]) or len({len(vector) for vector in vectors}) != 1:
            raise NotEmbedded("The embedding model answered with other vectors than it was asked for.")
        return vectors

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.close()

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=self._key.get_secret_value(), base_url=self._base_url, timeout=self._seconds, max_retries=1
        )
