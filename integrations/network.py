"""What the network raises through `requests`, which several vendors' libraries stand on, as our errors."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from integrations.errors import silent, unknown

if TYPE_CHECKING:
    from requests import RequestException


@contextmanager
def translated(service: str, *, write: bool = False) -> Generator[None]:
    """Raise ServiceUnavailable, or OutcomeUnknown for a write that may have arrived."""
    from requests import RequestException

    try:
        yield
    except RequestException as error:
        # The request hangs on the error, and the person's access in its headers.
        error.request = None
        raise (unknown(service) if write and not _never_sent(error) else silent(service)) from error


def _never_sent(error: "RequestException") -> bool:
    """Whether the connection was not even there; in any other case the vendor may have read the request."""
    from requests import ConnectTimeout
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(error, ConnectTimeout) or (
        isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    )
