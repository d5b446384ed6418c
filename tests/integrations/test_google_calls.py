"""What Google's calls make of everything that can go wrong, against a server that answers as told."""

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import JsonValue, SecretStr, TypeAdapter

from integrations.blocking import PATIENCE, Patience
from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.google.answers import NOTHING
from integrations.google.calls import Calls, request_of
from integrations.integration import Destination

ANYTHING: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
CANARY = "canary-token-4k2p"
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Answers:
    """A server that gives the planned answers in order, the last one again and again."""

    replies: list[Reply] = field(default_factory=list[Reply])
    seen: list[web.Request] = field(default_factory=list[web.Request])
    bodies: list[bytes] = field(default_factory=list[bytes])
    url: str = ""

    def plan(self, *replies: Reply) -> None:
        self.replies = list(replies)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        self.bodies.append(await request.read())
        return await (self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])(request)


@pytest.fixture
async def google() -> AsyncIterator[Answers]:
    answers = Answers()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    answers.url = f"http://{host}:{port}"
    yield answers
    await runner.cleanup()


def says(status: int, body: Any = None, **headers: str) -> Reply:
    async def reply(_: web.Request) -> web.StreamResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body, status=status, headers=names)

    reply.__name__ = "_".join(map(str, [status, *headers.values()]))
    return reply


def no(status: int, reason: str = "", message: str = "No.", **headers: str) -> Reply:
    """Google's own words for a refusal."""
    errors = [{"domain": "global", "reason": reason, "message": message}] if reason else []
    reply = says(status, {"error": {"code": status, "message": message, "errors": errors}}, **headers)
    reply.__name__ += f"_{reason or message[:5]}"
    return reply


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def stays_silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def half_an_answer(_: web.Request) -> web.StreamResponse:
    return web.Response(text='{"id": "a", "thr', content_type="application/json")


async def a_sign_in_page(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>Please sign in to this hotel's network</html>", content_type="text/html")


async def much(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"0123456789" * 100_000)


def calls(google: Answers, patience: Patience = PATIENCE) -> Calls:
    to = Destination(api_url=google.url, endpoints={"userinfo_url": f"{google.url}/userinfo"})
    return Calls(SecretStr(CANARY), to, patience=patience)


def reading(google: Answers, patience: Patience = PATIENCE) -> Awaitable[object]:
    return calls(google, patience).read("gmail.users.threads.get", ANYTHING, userId="me", id="a1")


def writing(google: Answers, patience: Patience = PATIENCE) -> Awaitable[object]:
    body = {"raw": "aGk="}
    return calls(google, patience).write("gmail.users.messages.send", ANYTHING, userId="me", body=body)


async def error_of(call: Awaitable[object]) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        await call
    error = caught.value
    assert str(error).endswith(".")
    assert CANARY not in "".join(traceback.format_exception(error)) + repr(error)
    return error


# What is asked


@pytest.mark.parametrize(
    ("method", "parameters", "url"),
    [
        ("gmail.users.getProfile", {"userId": "me"}, "https://gmail.googleapis.com/gmail/v1/users/me/profile"),
        ("drive.files.get", {"fileId": "f"}, "https://www.googleapis.com/drive/v3/files/f"),
        ("calendar.calendars.get", {"calendarId": "c"}, "https://www.googleapis.com/calendar/v3/calendars/c"),
    ],
)
def test_google_is_asked_where_each_of_its_products_lives(method: str, parameters: dict[str, str], url: str):
    assert request_of(method, parameters, root=None).uri.startswith(url)


def test_another_address_takes_the_place_of_all_of_googles():
    uri = request_of("gmail.users.getProfile", {"userId": "me"}, root="http://127.0.0.1:9").uri
    assert uri.startswith("http://127.0.0.1:9/gmail/v1/users/me/profile")


def test_a_parameter_that_google_does_not_know_is_our_own_mistake():
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        request_of("gmail.users.getProfile", {"userId": "me", "nonsense": 1}, root=None)


async def test_the_access_stands_in_the_header_and_nowhere_else(google: Answers):
    google.plan(says(200, {"id": "a1"}))
    assert await reading(google) == {"id": "a1"}
    (request,) = google.seen
    assert request.headers["Authorization"] == f"Bearer {CANARY}"
    assert CANARY not in request.path_qs
    assert CANARY not in repr(vars(calls(google)))


async def test_a_precondition_is_sent_as_google_wants_it(google: Answers):
    google.plan(says(204))
    await calls(google).write("calendar.events.delete", NOTHING, if_match='"7"', calendarId="primary", eventId="e")
    assert (google.seen[0].method, google.seen[0].headers["If-Match"]) == ("DELETE", '"7"')


async def test_an_id_cannot_lead_to_another_path(google: Answers):
    google.plan(says(200, {}))
    await calls(google).read("gmail.users.threads.get", ANYTHING, userId="me", id="../labels?x=1")
    assert google.seen[0].raw_path.startswith("/gmail/v1/users/me/threads/..%2Flabels%3Fx%3D1")


# What comes back


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (no(401, "authError", "Invalid Credentials"), AccessRevoked, "Connect Google again."),
        (no(403, "insufficientPermissions"), PermissionMissing, "does not cover this"),
        (
            says(403, {"error": {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}),
            PermissionMissing,
            "allow it there",
        ),
        (says(403, None, www_authenticate='Bearer error="insufficient_scope"'), PermissionMissing, "allow it"),
        (no(403, "accessNotConfigured"), Misconfigured, "GOOGLE_CLIENT_ID"),
        (no(403, "domainPolicy"), Refused, "administrator"),
        (no(403, "insufficientFilePermissions", "You may not."), Refused, "Google did not allow this: You may not."),
        (no(404, "notFound"), NotFound, "I cannot see this."),
        (no(410, "deleted"), NotFound, "I cannot see this."),
        (no(409, "conflict"), Refused, "changed meanwhile"),
        (no(412, "conditionNotMet"), Refused, "changed meanwhile"),
        (no(400, "invalidArgument", "Invalid <b>To</b>\n header"), Refused, "did not do this: Invalid To header."),
        (says(400, "nonsense"), Refused, "did not do this: HTTP 400."),
        (no(403, "rateLimitExceeded"), ServiceUnavailable, "continue later"),
        (no(403, "userRateLimitExceeded"), ServiceUnavailable, "continue later"),
        (no(429), ServiceUnavailable, "continue later"),
        (no(500, "backendError"), ServiceUnavailable, "not answering"),
        (no(503), ServiceUnavailable, "not answering"),
        (says(302, None, location="https://elsewhere.example/"), ServiceUnavailable, "not answering"),
        (a_sign_in_page, ServiceUnavailable, "not answering"),
        (half_an_answer, ServiceUnavailable, "not answering"),
        (hangs_up, ServiceUnavailable, "not answering"),
    ],
)
async def test_a_read_that_fails_says_who_has_to_act(
    google: Answers, reply: Reply, kind: type[IntegrationError], words: str
):
    google.plan(reply)
    error = await error_of(reading(google))
    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize("reply", [no(500), hangs_up, half_an_answer, a_sign_in_page], ids=["500", "cut", "half", "x"])
async def test_a_write_without_a_clear_answer_is_sent_once_and_may_have_happened(google: Answers, reply: Reply):
    google.plan(reply, says(200, {"id": "twice"}))
    assert isinstance(await error_of(writing(google)), OutcomeUnknown)
    assert len(google.seen) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 429])
async def test_a_write_that_google_refuses_did_not_happen(google: Answers, status: int):
    google.plan(no(status))
    assert not isinstance(await error_of(writing(google)), OutcomeUnknown)


async def test_a_write_that_never_left_did_not_happen():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Answers(url=f"http://127.0.0.1:{free.getsockname()[1]}")
    assert isinstance(await error_of(writing(nobody)), ServiceUnavailable)


async def test_a_read_is_tried_twice(google: Answers):
    google.plan(no(503), says(200, {"id": "a1"}))
    assert await reading(google) == {"id": "a1"}


async def test_a_silent_google_is_not_waited_for(google: Answers):
    google.plan(stays_silent)
    patience = Patience(answer=1, call=0.3)
    assert isinstance(await error_of(reading(google, patience)), ServiceUnavailable)
    assert isinstance(await error_of(writing(google, patience)), OutcomeUnknown)


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        (no(429, retry_after="30"), 30),
        (no(429, retry_after="9" * 6), 24 * 3600),
        (no(403, "rateLimitExceeded"), 60),
        (no(403, "sharingRateLimitExceeded"), 3600),
        (no(429, retry_after="soon"), 60),
    ],
)
async def test_a_limit_says_when_it_ends_and_is_not_pressed(google: Answers, reply: Reply, seconds: int):
    google.plan(reply)
    error = await error_of(reading(google))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at is not None
    assert abs((error.retry_at - datetime.now(UTC)).total_seconds() - seconds) < 60
    assert len(google.seen) == 1


async def test_a_limit_may_say_its_end_in_words(google: Answers):
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    google.plan(no(429, message=f"Retry after {until:%Y-%m-%dT%H:%M:%S.000}Z"))
    error = await error_of(reading(google))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at == until


async def test_a_download_stops_at_its_limit(google: Answers):
    google.plan(much)
    answer = await calls(google).download("drive.files.get_media", limit=1_000, fileId="f")
    assert (len(answer.body), answer.whole) == (1_000, False)


async def test_a_download_that_fits_is_whole(google: Answers):
    google.plan(much)
    answer = await calls(google).download("drive.files.get_media", limit=1_000_000, fileId="f")
    assert (len(answer.body), answer.whole) == (1_000_000, True)


async def test_a_download_of_what_cannot_be_seen_fails_as_a_read(google: Answers):
    google.plan(no(404, "notFound"))
    assert isinstance(await error_of(calls(google).download("drive.files.get_media", limit=9, fileId="f")), NotFound)


async def test_nothing_is_an_answer_too(google: Answers):
    google.plan(says(204))
    await calls(google).write("drive.files.delete", NOTHING, fileId="f")
