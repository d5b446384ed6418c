"""What can go wrong outside our walls, named for who has to act."""

from datetime import datetime


class IntegrationError(Exception):
    """A call to a vendor failed; the message is a sentence that a person may read and names no token."""


class AccessRevoked(IntegrationError):
    """The vendor no longer accepts this sign-in: the person connects again."""


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
