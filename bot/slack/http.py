"""Slack's signed requests, where there is no socket to hear it by."""

import hashlib
import hmac
import re
import time

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

SIGNED_FOR = 300
"""Seconds for which a signed request of Slack's counts."""


class SlackEvents:
    """Hands requests that Slack signed to Bolt, with their body untouched; others get 401."""

    def __init__(self, bolt: AsyncApp, signing_secret: str) -> None:
        self._handler = AsyncSlackRequestHandler(bolt)
        self._secret = signing_secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        # Bolt checks the signature as well, but only after it has parsed the body: here nobody but Slack gets so far.
        if self._is_signed(await request.body(), request.headers):
            response = await self._handler.handle(request)
        else:
            response = Response(status_code=401)
        await response(scope, receive, send)

    def _is_signed(self, body: bytes, headers: Headers) -> bool:
        """As https://docs.slack.dev/authentication/verifying-requests-from-slack says, over the bytes as they came."""
        stamp = headers.get("x-slack-request-timestamp", "")
        if not re.fullmatch("[0-9]{1,12}", stamp) or abs(time.time() - int(stamp)) > SIGNED_FOR:
            return False
        digest = hmac.new(self._secret, b"v0:%b:%b" % (stamp.encode(), body), hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={digest}".encode(), headers.get("x-slack-signature", "").encode())
