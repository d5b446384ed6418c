"""What an answer of GitHub means: its content, or an error that is named for who acts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from integrations.errors import IntegrationError, Refused, ended, limited, silent, unknown, unseen

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str

    @property
    def has_more(self) -> bool:
        """Whether this is a page with another after it."""
        return 'rel="next"' in self.headers.get("link", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Detail:
    """One entry of an error's details."""

    message: str | None = None
    field: str = "a field"
    code: str = "invalid"

    @property
    def said(self) -> str:
        return self.message or f"{self.field} is {self.code.replace('_', ' ')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _No:
    """What GitHub says when it says no."""

    message: str
    errors: tuple[str | _Detail, ...] = ()


_NO = TypeAdapter(_No)


def content(answer: Answer, kind: TypeAdapter[T], *, write: bool = False) -> T:
    """The content of `answer`. Raises the errors of `integrations.errors`."""
    if answer.status >= 300:
        raise refusal(answer, write=write)
    try:
        return kind.validate_json(answer.text)
    except ValidationError:
        # Not what GitHub documents: a proxy's page, or half an answer. What pydantic says would quote private text.
        raise (unknown("GitHub") if write else silent("GitHub")) from None


def check_done(answer: Answer) -> None:
    """Pass when `answer` says that a change was made, whatever it tells of it. Raises as `content` does."""
    if answer.status >= 300:
        raise refusal(answer, write=True)


def refusal(answer: Answer, *, write: bool = False) -> IntegrationError:
    """The error for an answer that is no success."""
    if (retry_at := _limited_until(answer)) is not None:
        return limited("GitHub", until=retry_at)
    match answer.status:
        case 401:
            return ended("GitHub")
        case 404 | 410 | 451:
            return unseen()
        case 403 if "not accessible by integration" in _reason(answer).lower():
            return Refused(
                "GitHub did not allow this: Pinyon's GitHub App is not installed there or lacks this permission."
                " An owner of the organisation can change that."
            )
        # The search answers so for a repository that does not exist, or that this account cannot see.
        case 422 if "cannot be searched" in _reason(answer).lower():
            return unseen()
        case status if status >= 500:
            return unknown("GitHub") if write else silent("GitHub")
        # PyGithub follows redirects of reads only; a redirected write was not carried out.
        case status if status < 400:
            return Refused("GitHub did not do this: the repository was renamed or moved. Use its new name.")
        case _:
            return Refused(f"GitHub did not do this: {_reason(answer)}.")


def _limited_until(answer: Answer) -> datetime | None:
    """When GitHub's limits let us go on, or None when this is no limit.

    docs.github.com, "Rate limits for the REST API": 403 or 429, with Retry-After, or with nothing remaining until
    the reset, or else a wait of a minute.
    """
    if answer.status not in {403, 429}:
        return None
    now, headers = datetime.now(UTC), answer.headers
    if headers.get("retry-after", "").isdecimal():
        return now + timedelta(seconds=int(headers["retry-after"]))
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdecimal():
        return datetime.fromtimestamp(int(headers["x-ratelimit-reset"]), UTC)
    if answer.status == 429 or "rate limit" in _reason(answer).lower():
        return now + timedelta(minutes=1)
    return None


def _reason(answer: Answer) -> str:
    """Why GitHub says no, in its own words, short and on one line."""
    try:
        told = _NO.validate_json(answer.text)
    except ValidationError:
        return f"HTTP {answer.status}"
    # "Validation Failed" says nothing that the details do not say better.
    details = [detail if isinstance(detail, str) else detail.said for detail in told.errors]
    return re.sub(r"\s+", " ", "; ".join(details) or told.message).strip(" .")[:300]
