"""What a failed call to Slack means: an error that is named for who acts."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.errors import (
    IntegrationError,
    PermissionMissing,
    Refused,
    ended,
    limited,
    silent,
    unknown,
    unseen,
)

_ENDED = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
    "user_removed_from_team",
}
_UNSEEN: Mapping[str, str] = {
    "channel_not_found": "this channel",
    "message_not_found": "this message",
    "no_such_subteam": "this group",
    "thread_not_found": "this thread",
    "user_not_found": "this person",
    "user_not_visible": "this person",
    "users_not_found": "this person",
}
_LIMITED = {"rate_limited", "ratelimited"}
_DOWN = {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
_REFUSALS: Mapping[str, str] = {
    "access_denied": "your workspace does not allow it",
    "app_missing_action_url": "the app is not set up for it",
    "cannot_dm_bot": "nobody can write to an app like that",
    "cannot_reply_to_message": "nobody can reply to this message",
    "cant_delete_message": "your workspace does not let you delete it",
    "compliance_exports_prevent_deletion": "your workspace keeps every message",
    "ekm_access_denied": "your organisation has locked these messages",
    "enterprise_is_restricted": "your organisation does not allow it",
    "is_archived": "the channel is archived",
    "msg_too_long": "the message is too long",
    "no_permission": "your account has no right to do it",
    "no_text": "the message is empty",
    "not_allowed_token_type": "it cannot be done in a person's name",
    "not_in_channel": "you are not a member of this channel",
    "paid_teams_only": "your workspace's plan does not have it",
    "profile_status_set_failed_not_valid_emoji": "the workspace has no such emoji",
    "restricted_action": "an admin of your workspace does not allow it",
    "restricted_action_non_threadable_channel": "this channel has no threads",
    "restricted_action_read_only_channel": "nobody but its admins can write in this channel",
    "restricted_action_thread_only_channel": "only replies are allowed in this channel",
    "team_access_not_granted": "your organisation did not allow Pinyon in this workspace",
    "too_long": "the text is too long",
    "user_disabled": "they are no longer in the workspace",
    "user_is_restricted": "guests cannot do it",
}
_MINUTE = timedelta(minutes=1)


def refusal(response: Any, *, write: bool = False) -> IntegrationError:
    """The error for what Slack answered in place of a success.

    Slack says no with 200 and a code in `error` (https://docs.slack.dev/apis/web-api); other statuses are those of its
    limits and of what stands before it.
    """
    status, code = _status(response), _code(response)
    if status == 429 or code in _LIMITED:
        return limited("Slack", until=datetime.now(UTC) + _wait(response))
    if code in _ENDED or status == 401:
        return ended("Slack")
    if code == "missing_scope":
        return _missing(response)
    if code in _UNSEEN:
        return unseen(_UNSEEN[code])
    # An answer without Slack's own code is no answer of Slack's: a proxy's page, or half of one.
    if not code or code in _DOWN or status >= 500:
        return unknown("Slack") if write else silent("Slack")
    why = _REFUSALS.get(code)
    return Refused(f"Slack did not do this: {why}." if why else f"Slack did not do this ({code}).")


def _missing(response: Any) -> PermissionMissing:
    needed = _plain(_field(response, "needed"), pattern=r"[a-z.:,]{1,120}")
    named = f" ({needed.replace(',', ', ')})" if needed else ""
    return PermissionMissing(f"Your consent at Slack does not cover this{named}. Connect Slack again and allow more.")


def _wait(response: Any) -> timedelta:
    headers: Any = getattr(response, "headers", None) or {}
    told = str(headers.get("Retry-After", ""))
    return timedelta(seconds=min(int(told), 86_400)) if told.isdecimal() else _MINUTE


def _status(response: Any) -> int:
    # slack_sdk hands over its own response, or aiohttp's where the body was no JSON.
    return getattr(response, "status_code", None) or getattr(response, "status", None) or 0


def _code(response: Any) -> str:
    return _plain(_field(response, "error"), pattern=r"[a-z0-9_]{1,80}")


def _field(response: Any, name: str) -> object:
    data: Any = getattr(response, "data", None)
    return data.get(name) if isinstance(data, dict) else None  # pyright: ignore[reportUnknownMemberType,reportUnknownVariableType]  untyped


def _plain(told: object, *, pattern: str) -> str:
    """Slack's own word when it looks like one: it is shown to people, so anything else is withheld."""
    return told if isinstance(told, str) and re.fullmatch(pattern, told) else ""
