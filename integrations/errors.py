"""What can go wrong outside our walls, named for who has to act."""

from datetime import datetime


class IntegrationError(Exception):
    """A call to a vendor failed; the message is a sentence that a person may read and names no token."""


class AccessRevoked(IntegrationError):
    """The vendor no longer accepts this sign-in: the person connects again."""


class PermissionMissing(IntegrationError):
    """The person's consent does not cover this: they connect again and allow more."""


class NotFound(IntegrationError):
    """No such thing, or this account cannot see it: the model or the person names another one."""


class Refused(IntegrationError):
    """The vendor understood and said no (a rule, a conflict, a missing right): asking again changes nothing."""


class ServiceUnavailable(IntegrationError):
    """The vendor does not answer, or not now: time helps.

    `retry_at` is when the vendor said it will answer again, where it said so.
    """

    def __init__(self, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class OutcomeUnknown(IntegrationError):
    """The connection broke after a write was sent: it may have happened, so it is read back and never repeated."""


class Misconfigured(IntegrationError):
    """The vendor does not accept our own registration there: an operator mends the settings that the message names."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        """The vendor's own code for it, where it gave one."""


def silent(service: str) -> ServiceUnavailable:
    """The error for a vendor that does not answer, or answers nothing useful."""
    return ServiceUnavailable(f"{service} is not answering.")


def unknown(service: str) -> OutcomeUnknown:
    """The error for a write that was sent and of which nothing is known."""
    return OutcomeUnknown(
        f"The connection to {service} broke after the request was sent: it may or may not have happened."
    )


def ended(service: str) -> AccessRevoked:
    """The error for a sign-in that the vendor no longer accepts."""
    return AccessRevoked(f"{service} no longer accepts this sign-in. Connect {service} again.")


def limited(service: str, *, until: datetime) -> ServiceUnavailable:
    """The error for a vendor's rate limit."""
    return ServiceUnavailable(f"{service} lets me continue later: its limit is reached.", retry_at=until)


def unseen(subject: str = "this", account: str = "") -> NotFound:
    """The error for what does not exist or is hidden from this account."""
    whom = f" as {account}" if account else ""
    return NotFound(f"I cannot see {subject}{whom}. It does not exist, or your account has no access.")
