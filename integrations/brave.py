"""Brave's web search (api-dashboard.search.brave.com), with a key of the operator."""

import html
import re

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from integrations.errors import Misconfigured, ServiceUnavailable, silent

URL = "https://api.search.brave.com"
_SECONDS = 15.0
_MARKS = re.compile(r"</?(?:strong|b|em)>")


class BraveResult(BaseModel):
    """One result, its words as plain text."""

    title: str
    url: str
    description: str = ""


class _Web(BaseModel):
    results: list[BraveResult] = Field(default_factory=list[BraveResult])


class _Answer(BaseModel):
    web: _Web = Field(default_factory=_Web)


class Brave:
    """Searches with one key."""

    def __init__(self, key: SecretStr, *, url: str = URL, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._key = key
        self._url = url.rstrip("/")
        self._transport = transport

    async def results(self, words: str, *, limit: int) -> list[BraveResult]:
        """The best results for `words`, at most `limit` (20 is the vendor's own limit).

        Raises ServiceUnavailable, and Misconfigured for a key that is not accepted.
        """
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, transport=self._transport) as client:
                answer = await client.get(
                    f"{self._url}/res/v1/web/search",
                    params={"q": words, "count": limit, "text_decorations": "false"},
                    headers={"Accept": "application/json", "X-Subscription-Token": self._key.get_secret_value()},
                )
        except httpx.HTTPError:
            # The request hangs on the error, and the key in its headers: nothing of it is passed on.
            raise silent("The web search") from None
        return _read(answer)


def _read(answer: httpx.Response) -> list[BraveResult]:
    match answer.status_code:
        case 200:
            pass
        case 401 | 403 | 422:
            raise Misconfigured("BRAVE_API_KEY: Brave does not accept this key.")
        case 429:
            raise ServiceUnavailable("The web search lets me continue later: its limit is reached.")
        case _:
            raise silent("The web search")
    try:
        found = _Answer.model_validate_json(answer.content).web.results
    except ValidationError as error:
        raise silent("The web search") from error
    return [
        one.model_copy(update={"title": _plain(one.title), "description": _plain(one.description)}) for one in found
    ]


def _plain(text: str) -> str:
    """Brave marks the words that were searched for, and writes entities."""
    return html.unescape(_MARKS.sub("", text))
