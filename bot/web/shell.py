"""What stands around every response: the headers a browser is held to, and the end of a request that broke."""

import re
import traceback

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.pages import stopped_page
from bot.web.site import Site
from bot.web.stopped import Stopped

log = structlog.get_logger()

MAX_BODY = 2 * 1024 * 1024
"""Bytes. Slack's largest events and interactions stay below it."""
MAX_UPLOAD = 21 * 1024 * 1024
"""Bytes, where people upload a document for an agent; the form around it counts too."""
_UPLOADS = re.compile(r"/agents/[A-Za-z0-9_-]{22}")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # a connect link must not reach the vendor's logs
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}


class Shell:
    """ASGI middleware around the whole site."""

    def __init__(self, app: ASGIApp, *, site: Site) -> None:
        self.app = app
        self.site = site
        self.headers = {**HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if site.is_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, received = False, 0
        most = MAX_UPLOAD if _UPLOADS.fullmatch(scope["path"]) else MAX_BODY

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    # A page that was made for somebody brings a policy of its own (made.py).
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", self._caching(scope["path"]))
            await send(message)

        try:
            await self.app(scope, limited, guarded)
        except Exception as error:
            # A request ends here. The trace is logged as text: a renderer that adds local variables would add codes and
            # tokens. The path is cut for the same reason: a connect link stands in it.
            trace = "".join(traceback.format_exception(error))
            log.error("web.failed", path=scope["path"].split("/")[1], error=type(error).__name__, trace=trace)  # noqa: TRY400 - see above
            if started:
                raise
            request = Request(scope, receive)
            await stopped_page(self.site, request, _broken(error), visitor=None)(scope, receive, guarded)

    @staticmethod
    def _caching(path: str) -> str:
        return "public, max-age=300" if path.startswith("/static/") else "no-store"


def _broken(error: Exception) -> Stopped:
    return Stopped(
        title="Something broke on my side",
        text="Try again in a moment. If it stays, tell an admin the reference below.",
        actions=(("Open Connections", "/connections"), ("Back to Slack", "slack")),
        status=500,
        why="broken",
        details={"error": type(error).__name__},
    )
