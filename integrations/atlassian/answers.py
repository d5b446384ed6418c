"""What an answer of Atlassian means: its content, or an error that is named for who acts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from integrations.errors import IntegrationError, PermissionMissing, Refused, ended, limited, silent, unknown, unseen

T = TypeVar("T")

SERVICE = "Jira"
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
_MAX_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str


def content(answer: Answer, kind: TypeAdapter[T], *, write: bool = False) -> T:
    """The content of `answer`. Raises the errors of `integrations.errors`."""
    if answer.status >= 300:
        raise refusal(answer, write=write)
    try:
        return kind.validate_json(answer.text)
    except ValidationError:
        # Not what Jira documents: a proxy's page, or half an answer. What pydantic says would quote private text.
        raise (unknown(SERVICE) if write else silent(SERVICE)) from None


def check_done(answer: Answer) -> None:
    """Pass when `answer` says that a change was made, which Jira does with nothing or with the ticket."""
    if answer.status >= 300:
        raise refusal(answer, write=True)
    if answer.text.strip():
        content(answer, _JSON, write=True)


def refusal(answer: Answer, *, write: bool = False) -> IntegrationError:
    """The error for an answer that is no success."""
    reason = _reason(answer)
    match answer.status:
        case 429:
            return limited(SERVICE, until=datetime.now(UTC) + _pause(answer))
        # api.atlassian.com says so of a sign-in that is good but whose consent does not cover the call.
        case 401 | 403 if "scope" in f"{reason} {answer.headers.get('www-authenticate', '')}".lower():
            return PermissionMissing(
                "Your consent at Atlassian does not cover this. Connect Jira again and allow more."
            )
        case 401:
            return ended(SERVICE)
        case 403:
            return Refused(f"Jira did not allow this to your account: {reason}.")
        case 404 | 410:
            return unseen()
        case 409:
            return Refused("Jira did not do this: somebody changed it at the same moment. Read it again first.")
        case 413:
            return Refused("Jira did not do this: the text is too long.")
        case status if status >= 500:
            return unknown(SERVICE) if write else silent(SERVICE)
        # Redirects are not followed: the access must not travel to another address.
        case status if status < 400:
            return Refused("Jira did not do this: its site answers at another address. Connect Jira again.")
        case _:
            return Refused(f"Jira did not do this: {reason}.")


def _pause(answer: Answer) -> timedelta:
    """How long to wait (developer.atlassian.com, "Rate limiting": Retry-After in seconds, not always sent)."""
    told = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(told)) if re.fullmatch(r"\d{1,6}", told) else timedelta(minutes=1)


def _reason(answer: Answer) -> str:
    """Why Jira says no, in its own words, short and on one line."""
    try:
        told = _JSON.validate_json(answer.text)
    except ValidationError:
        told = None
    said = "; ".join(_sentences(told))
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", said)).strip(" .")
    return plain[:_MAX_REASON] or f"HTTP {answer.status}"


def _sentences(told: JsonValue) -> list[str]:
    """What an error says: Jira has `errorMessages` and `errors` by field, its gateway `message` or `errorMessage`."""
    if not isinstance(told, dict):
        return []
    general, fields = told.get("errorMessages"), told.get("errors")
    said = [text for text in general if isinstance(text, str)] if isinstance(general, list) else []
    if isinstance(fields, dict):
        said += [f"{name}: {text}" for name, text in fields.items() if isinstance(text, str)]
    return said or [text for name in ("message", "errorMessage") if isinstance(text := told.get(name), str)]
