"""Why there is no answer, named for who has to act."""

from datetime import datetime


class ModelsUnavailable(Exception):
    """No model answers now: time helps. `retry_at` is when asking again makes sense."""

    def __init__(self, message: str, *, retry_at: datetime) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class ModelRefused(Exception):
    """Every model turned the request down, so asking again changes nothing.

    `declined` tells a vendor's content filter from a request that is malformed, which is a bug of ours.
    """

    def __init__(self, message: str, *, declined: bool) -> None:
        super().__init__(message)
        self.declined = declined


class TooLong(Exception):
    """The conversation does not fit the model: the caller shortens it and asks again."""
