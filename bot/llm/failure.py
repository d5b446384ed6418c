"""What a vendor's error means for what to do next."""

from pydantic_ai import UnexpectedModelBehavior, UserError
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
)

from bot.llm.attempt import Failure


def failure_of(error: ModelAPIError | UnexpectedModelBehavior | UserError) -> Failure:
    """Sort `error` by who acts. What is unknown counts as passing: another vendor may still answer."""
    match error:
        case ModelAuthenticationError():
            # What the vendor says may repeat part of the key, so only the status is kept.
            forbidden = isinstance(error, ModelHTTPError) and error.status_code == 403
            return Failure(kind="forbidden" if forbidden else "key", reason=_status(error))
        case ModelNotFoundError():
            return Failure(kind="no_such_model", reason=_said(error))
        case ModelQuotaExceededError():
            return Failure(kind="quota", reason=_said(error))
        case ModelContextWindowExceededError() | ModelHTTPError(status_code=413):
            return Failure(kind="too_long", reason=_said(error))
        case ContentFilterError():
            return Failure(kind="declined", reason=_said(error))
        case ModelHTTPError(status_code=status) if status < 500 and status not in (408, 409, 425, 429):
            return Failure(kind="malformed", reason=_said(error))
        case ModelRequestRejectedError() | UserError():
            return Failure(kind="malformed", reason=_said(error))
        case ModelAPIError():
            return Failure(kind="passing", reason=_said(error), retry_after=error.retry_after)
        case _:
            return Failure(kind="passing", reason=_said(error))


def _said(error: Exception) -> str:
    match error.body if isinstance(error, ModelAPIError) else None:
        case {"error": {"message": str(message)}} | {"message": str(message)}:
            said = message
        case _:
            said = str(error)
    return f"{_status(error)}: {' '.join(said.split())[:300]}"


def _status(error: Exception) -> str:
    return f"status {error.status_code}" if isinstance(error, ModelHTTPError) else type(error).__name__
