"""What an answer of Google means: its content, or an error that is named for who acts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from integrations.errors import (
    IntegrationError,
    Misconfigured,
    PermissionMissing,
    Refused,
    ended,
    limited,
    silent,
    unknown,
    unseen,
)

T = TypeVar("T")

NOTHING: TypeAdapter[None] = TypeAdapter(None)
"""The content of an answer that has none, as after deleting something."""

# Reasons of Google's errors: developers.google.com/workspace/{gmail/api/guides/handle-errors,
# drive/api/guides/handle-errors, calendar/api/guides/errors}; the spelled-out ones are google.rpc.ErrorInfo's.
_NOT_CONSENTED = {"insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
_ENDED = {"authError", "ACCESS_TOKEN_EXPIRED", "ACCOUNT_STATE_INVALID"}
_SWITCHED_OFF = {"accessNotConfigured", "SERVICE_DISABLED"}
_LIMITS = {
    "rateLimitExceeded": timedelta(minutes=1),
    "userRateLimitExceeded": timedelta(minutes=1),
    "RATE_LIMIT_EXCEEDED": timedelta(minutes=1),
    "quotaExceeded": timedelta(minutes=10),
    "sharingRateLimitExceeded": timedelta(hours=1),
    "dailyLimitExceeded": timedelta(hours=1),
}
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes
    whole: bool = True
    """Whether all of it was read: a download has a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Error:
    """One entry of an error's `errors` or `details`."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _No:
    """What Google says when it says no."""

    message: str = ""
    errors: tuple[_Error, ...] = ()
    details: tuple[_Error, ...] = ()

    @property
    def reasons(self) -> set[str]:
        return {entry.reason for entry in (*self.errors, *self.details) if entry.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    error: _No


_REFUSAL = TypeAdapter(_Refusal)


def content(answer: Answer, kind: TypeAdapter[T], *, write: bool = False) -> T:
    """The content of `answer`. Raises the errors of `integrations.errors`."""
    if answer.status >= 300:
        raise refusal(answer, write=write)
    if not answer.whole:
        raise unknown("Google") if write else Refused("Google's answer is too large for me to read.")
    try:
        return kind.validate_json(answer.body or b"null")
    except ValidationError:
        # Not what Google documents: a proxy's page, or half an answer. What pydantic says would quote private text.
        raise (unknown("Google") if write else silent("Google")) from None


def refusal(answer: Answer, *, write: bool = False) -> IntegrationError:
    """The error for an answer that is no success."""
    told = _told(answer)
    if (retry_at := _limited_until(answer, told)) is not None:
        return limited("Google", until=retry_at)
    match answer.status:
        case 401:
            return ended("Google")
        case 403:
            return _forbidden(answer, told)
        case 404 | 410:
            return unseen()
        case 409 | 412:
            return Refused("Google did not do this: it was changed meanwhile. Look at it again first.")
        case status if status >= 500 or status == 408:
            return unknown("Google") if write else silent("Google")
        # Redirects are not followed: no method that is used here answers with one.
        case status if status < 400:
            return unknown("Google") if write else silent("Google")
        case _:
            return Refused(f"Google did not do this: {_words(answer, told)}.")


def _forbidden(answer: Answer, told: _No) -> IntegrationError:
    """The error for a 403 that is no limit."""
    if told.reasons & _NOT_CONSENTED or "insufficient_scope" in answer.headers.get("www-authenticate", ""):
        return PermissionMissing("Your consent at Google does not cover this. Connect Google again and allow it there.")
    if told.reasons & _ENDED:
        return ended("Google")
    if told.reasons & _SWITCHED_OFF:
        return Misconfigured(
            "This Google API is not switched on in the Google Cloud project of GOOGLE_CLIENT_ID."
            " An admin can enable it there, under APIs and services."
        )
    if "domainPolicy" in told.reasons:
        return Refused("Your organisation's administrator at Google does not allow apps to do this.")
    return Refused(f"Google did not allow this: {_words(answer, told)}.")


def _told(answer: Answer) -> _No:
    try:
        return _REFUSAL.validate_json(answer.body).error
    except ValidationError:
        return _No()


def _limited_until(answer: Answer, told: _No) -> datetime | None:
    """When Google's limits let us go on, or None when this is no limit."""
    if answer.status not in {403, 429}:
        return None
    waits = [_LIMITS[reason] for reason in told.reasons if reason in _LIMITS]
    if answer.status != 429 and not waits:
        return None
    now = datetime.now(UTC)
    until = _named_end(answer, told, now) or now + max(waits, default=timedelta(minutes=1))
    return min(max(until, now + timedelta(seconds=1)), now + _LONGEST_WAIT)


def _named_end(answer: Answer, told: _No, now: datetime) -> datetime | None:
    """The end of a limit as Google names it: in Retry-After (RFC 9110 §10.2.3), or, as Gmail does, in its words."""
    after = answer.headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,6}", after):
        return now + timedelta(seconds=int(after))
    if (found := re.search(r"Retry after (\d{4}-\d\d-\d\dT[\d:.]+)Z", told.message)) is not None:
        return _moment(f"{found[1]}+00:00", datetime.fromisoformat)
    return _moment(after, parsedate_to_datetime) if after else None


def _moment(text: str, read: Any) -> datetime | None:
    try:
        moment: datetime = read(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(answer: Answer, told: _No) -> str:
    """Why Google says no, in its own words, short and on one line."""
    words = re.sub(r"<[^>]*>|\s+", " ", told.message)
    return re.sub(r" +", " ", words).strip(" .")[:300] or f"HTTP {answer.status}"
