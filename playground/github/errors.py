"""The ways in which GitHub says no, each with the status and the body that the real one sends."""

from collections.abc import Mapping, Sequence
from typing import Any

DOCS = "https://docs.github.com/rest"


class Refusal(Exception):
    """A request that is answered with an error in GitHub's shape."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any] | str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The error as GitHub writes it; `errors` is there only for validation."""
        said: dict[str, Any] = {"message": self.message}
        if self.errors:
            said["errors"] = list(self.errors)
        return {**said, "documentation_url": DOCS, "status": str(self.status)}


def bad_credentials() -> Refusal:
    """The token is unknown, expired or revoked: GitHub does not say which."""
    return Refusal(401, "Bad credentials")


def sign_in_needed() -> Refusal:
    return Refusal(401, "Requires authentication")


def not_found() -> Refusal:
    """Also for what exists and may not be seen: a private repository does not betray itself."""
    return Refusal(404, "Not Found")


def push_needed() -> Refusal:
    return Refusal(403, "Must have push access to repository")


def secondary_limit(seconds: int, status: int = 403) -> Refusal:
    return Refusal(
        status,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        headers={"Retry-After": str(seconds)},
    )


def invalid(resource: str, field: str, code: str, message: str = "") -> Refusal:
    """One field is wrong; `code` is one of missing, missing_field, invalid, already_exists, unprocessable, custom."""
    error = {"resource": resource, "field": field, "code": code}
    return Refusal(422, "Validation Failed", errors=[error | ({"message": message} if message else {})])


def unprocessable(*reasons: str) -> Refusal:
    """What reviews answer: the reasons are plain strings."""
    return Refusal(422, "Unprocessable Entity", errors=reasons)


def not_supplied(*fields: str) -> Refusal:
    """A required key of the body is missing altogether."""
    missing = ", ".join(f'"{field}"' for field in fields)
    return Refusal(422, f"Invalid request.\n\n{missing} wasn't supplied.")


def not_of_type(field: str, value: object, wanted: str) -> Refusal:
    return Refusal(422, f"Invalid request.\n\nFor '{field}', {value!r} is not {wanted}.")
