"""Signed HTTP delivery to the bot's request URL."""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout

from playground.slack.app import JSON, SlackApp, is_object
from playground.slack.delivery import Attempt, Outcome


@dataclass(slots=True)
class HttpDelivery:
    """Posts payloads to one URL, as Slack does: events as JSON, interactions and commands as forms."""

    app: SlackApp
    url: str
    _session: ClientSession | None = field(default=None)

    async def verify(self) -> bool:
        """Send the challenge that Slack sends when the URL is entered; whether it came back."""
        body = {"token": "playground", "challenge": "a-challenge", "type": "url_verification"}
        outcome = await self.send("events_api", body, Attempt())
        return outcome.is_acked and outcome.body.get("challenge", outcome.body.get("text")) == "a-challenge"

    async def send(self, kind: str, payload: JSON, attempt: Attempt) -> Outcome:
        """Post one payload and wait for the answer."""
        match kind:
            case "events_api":
                raw, content_type = orjson.dumps(payload), "application/json"
            case "slash_commands":
                raw, content_type = urlencode(payload).encode(), "application/x-www-form-urlencoded"
            case _:
                raw = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
                content_type = "application/x-www-form-urlencoded"
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **signature(self.app, raw)}
        if attempt.number:
            headers |= {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": attempt.reason}
        return await self._post(raw, headers, attempt)

    async def _post(self, raw: bytes, headers: dict[str, str], attempt: Attempt) -> Outcome:
        self._session = self._session or ClientSession()
        timeout = ClientTimeout(total=attempt.ack_seconds)
        try:
            async with self._session.post(self.url, data=raw, headers=headers, timeout=timeout) as response:
                answer = await response.read()
        except TimeoutError:
            return Outcome(is_acked=False, reason="http_timeout")
        except ClientError:
            return Outcome(is_acked=False, reason="connection_failed")
        is_acked = 200 <= response.status < 300
        return Outcome(
            is_acked=is_acked,
            body=_body(answer, response.content_type),
            status=response.status,
            reason="" if is_acked else "http_error",
            may_retry=response.headers.get("x-slack-no-retry") != "1",
        )

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()


def signature(app: SlackApp, raw: bytes, *, at: float | None = None) -> dict[str, str]:
    """Sign a body as https://docs.slack.dev/authentication/verifying-requests-from-slack says."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(app.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}


def _body(answer: bytes, content_type: str) -> JSON:
    text = answer.decode(errors="replace").strip()
    if not text:
        return {}
    if content_type == "application/json":
        read = orjson.loads(text)
        return read if is_object(read) else {}
    return {"text": text}
