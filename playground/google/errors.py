"""The ways in which Google's APIs say no, each with the status and the body that the real ones send."""

from collections.abc import Mapping, Sequence
from typing import Any

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_REALM = 'Bearer realm="https://accounts.google.com/"'


class Refusal(Exception):
    """A request that is answered with an error in Google's shape."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        reason: str,
        domain: str = "global",
        said: str = "",
        place: tuple[str, str] | None = None,
        details: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`said` is the inner message where it differs; `place` is what `location` and `locationType` say."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.domain = domain
        self.said = said or message
        self.place = place
        self.details = tuple(details)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The error as Google writes it."""
        inner: dict[str, Any] = {"message": self.said, "domain": self.domain, "reason": self.reason}
        if self.place:
            inner |= {"location": self.place[0], "locationType": self.place[1]}
        error: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [inner]}
        if status := _STATUS.get(self.code):
            error["status"] = status
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return {"error": error}


def bad_credentials() -> Refusal:
    """The token is unknown, expired or revoked: Google does not say which."""
    return Refusal(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        reason="authError",
        said="Invalid Credentials",
        place=("Authorization", "header"),
        headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'},
    )


def sign_in_needed() -> Refusal:
    return Refusal(
        401,
        "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other "
        "valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        reason="required",
        said="Login Required.",
        place=("Authorization", "header"),
        headers={"WWW-Authenticate": _REALM},
    )


def scope_needed(service: str, scopes: Sequence[str]) -> Refusal:
    """The consent does not cover this; any one of `scopes` would."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": service},
    }
    return Refusal(
        403,
        "Request had insufficient authentication scopes.",
        reason="insufficientPermissions",
        said="Insufficient Permission",
        details=(info,),
        headers={"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{" ".join(scopes)}"'},
    )


def not_found(message: str = "Requested entity was not found.") -> Refusal:
    """Also for what exists and may not be seen."""
    return Refusal(404, message, reason="notFound")


def invalid(message: str, *, reason: str = "invalidArgument") -> Refusal:
    return Refusal(400, message, reason=reason)


def forbidden(message: str, *, reason: str = "forbidden", domain: str = "global") -> Refusal:
    return Refusal(403, message, reason=reason, domain=domain)


def conflict(message: str, *, reason: str = "aborted") -> Refusal:
    return Refusal(409, message, reason=reason)


def rate_limit(seconds: int | None, code: int = 429) -> Refusal:
    """Too many requests: 429, or 403 as the older APIs say it."""
    return Refusal(
        code,
        "Rate Limit Exceeded" if code == 429 else "User Rate Limit Exceeded",
        reason="rateLimitExceeded" if code == 429 else "userRateLimitExceeded",
        domain="usageLimits",
        headers={} if seconds is None else {"Retry-After": str(seconds)},
    )


def broken(code: int = 500) -> Refusal:
    """Something is wrong at Google."""
    return Refusal(
        code, "The service is currently unavailable." if code == 503 else "Backend Error", reason="backendError"
    )
