"""Endpoints about the API itself."""

from playground.github.calls import Answer, Call, Json, Route
from playground.github.limits import Window


def read_meta(call: Call) -> Answer:
    return Answer(body={"verifiable_password_authentication": False, "hooks": [], "api": ["127.0.0.0/8"]})


def read_rate_limit(call: Call) -> Answer:
    """Asking how much is left costs nothing."""
    core, search = (_window(call.limits.window(call.account, resource)) for resource in ("core", "search"))
    return Answer(body={"resources": {"core": core, "search": search}, "rate": core})


def _window(found: Window) -> Json:
    return {"limit": found.limit, "used": found.used, "remaining": found.remaining, "reset": found.resets}


ROUTES = (
    Route("GET", "/meta", read_meta),
    Route("GET", "/rate_limit", read_rate_limit),
)
