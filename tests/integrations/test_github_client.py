"""What GitHub's client makes of everything that can go wrong, against a server that answers as told."""

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.blocking import PATIENCE, Patience
from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    Refused,
    ServiceUnavailable,
)
from integrations.github.client import GitHub

USER = {"login": "tamarack-lead", "id": 7, "email": None}
POSTED = {"id": 5, "html_url": "https://github.com/o/r/pull/1#issuecomment-5"}
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Answers:
    """A server that gives the planned answers in order, the last one again and again; `/user` always works."""

    replies: list[Reply] = field(default_factory=list[Reply])
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    url: str = ""

    def plan(self, *replies: Reply) -> None:
        self.replies = list(replies)

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [entry for entry in self.seen if entry[1] != "/user"]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path_qs))
        if request.path == "/user":
            return web.json_response(USER)
        return await (self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])(request)


@pytest.fixture
async def github() -> AsyncIterator[Answers]:
    answers = Answers()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answers.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    answers.url = f"http://{host}:{port}"
    yield answers
    await runner.cleanup()


def says(status: int, body: Any = None, **headers: str) -> Reply:
    async def reply(_: web.Request) -> web.StreamResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(body if body is not None else {"message": "no"}, status=status, headers=names)

    reply.__name__ = f"says_{status}"
    return reply


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def stays_silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def half_an_answer(_: web.Request) -> web.StreamResponse:
    return web.Response(text='{"id": 5, "html_', content_type="application/json")


def client(github: Answers, patience: Patience | None = None) -> GitHub:
    return GitHub(SecretStr("canary-token"), github.url, patience=patience or PATIENCE)


async def error_of(call: Awaitable[object]) -> IntegrationError:
    try:
        await call
    except IntegrationError as error:
        return error
    raise AssertionError("nothing was raised")


# Reads


async def test_a_sign_in_that_ended_asks_to_connect_again(github: Answers):
    github.plan(says(401, {"message": "Bad credentials"}))
    assert isinstance(await error_of(client(github).pull("o/r", 1)), AccessRevoked)
    assert len(github.asked) == 1


async def test_what_cannot_be_seen_is_named_with_the_account(github: Answers):
    github.plan(says(404, {"message": "Not Found"}))
    error = await error_of(client(github).pull("tamarack/payments", 12))
    assert isinstance(error, NotFound)
    assert str(error) == (
        "I cannot see tamarack/payments #12 as tamarack-lead. It does not exist, or your account has no access."
    )


async def test_a_search_in_a_hidden_repository_says_that_it_cannot_be_seen(github: Answers):
    hidden = "The listed users and repositories cannot be searched either because the resources do not exist or …"
    github.plan(says(422, {"message": "Validation Failed", "errors": [{"message": hidden, "code": "invalid"}]}))
    error = await error_of(client(github).find_pulls("open", repository="tamarack/payments"))
    assert str(error).startswith("I cannot see tamarack/payments as tamarack-lead.")


@pytest.mark.parametrize("status", [403, 429])
async def test_a_limit_says_when_it_ends_and_is_not_tried_again(github: Answers, status: int):
    github.plan(says(status, {"message": "You have exceeded a secondary rate limit."}, retry_after="90"))
    error = await error_of(client(github).pull("o/r", 1))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at is not None
    assert timedelta(seconds=80) < error.retry_at - datetime.now(UTC) <= timedelta(seconds=90)
    assert len(github.asked) == 1


async def test_a_used_up_quota_ends_when_github_says(github: Answers):
    github.plan(
        says(403, {"message": "API rate limit exceeded"}, x_ratelimit_remaining="0", x_ratelimit_reset="2000000000")
    )
    error = await error_of(client(github).pull("o/r", 1))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at == datetime.fromtimestamp(2_000_000_000, UTC)


@pytest.mark.parametrize(
    "reply", [says(429), says(403, {"message": "You have exceeded a secondary rate limit. Please wait."})]
)
async def test_a_limit_without_an_end_takes_a_minute(github: Answers, reply: Reply):
    github.plan(reply)
    error = await error_of(client(github).pull("o/r", 1))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at is not None
    assert timedelta(seconds=50) < error.retry_at - datetime.now(UTC) <= timedelta(seconds=60)


async def test_a_missing_right_of_the_app_says_who_can_give_it(github: Answers):
    github.plan(says(403, {"message": "Resource not accessible by integration"}))
    error = await error_of(client(github).pull("o/r", 1))
    assert isinstance(error, Refused)
    assert "An owner of the organisation can change that." in str(error)


@pytest.mark.parametrize("fault", [says(500), says(502), hangs_up, half_an_answer, says(200, {"unexpected": "shape"})])
async def test_a_github_that_is_down_is_asked_twice(github: Answers, fault: Reply):
    github.plan(fault)
    error = await error_of(client(github).pull("o/r", 1))
    assert isinstance(error, ServiceUnavailable)
    assert str(error) == "GitHub is not answering."
    assert len(github.asked) == 2


@pytest.mark.parametrize("fault", [says(503), hangs_up])
async def test_a_short_fault_goes_unnoticed(github: Answers, fault: Reply):
    github.plan(fault, says(200, [USER_REPOSITORY]))
    assert [found.full_name for found in await client(github).repositories()] == ["o/r"]


async def test_a_silent_github_is_given_up(github: Answers):
    github.plan(stays_silent)
    error = await error_of(client(github, Patience(answer=10, call=0.2)).pull("o/r", 1))
    assert isinstance(error, ServiceUnavailable)


async def test_a_github_that_is_not_there_is_not_answering():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    error = await error_of(GitHub(SecretStr("canary-token"), url).pull("o/r", 1))
    assert isinstance(error, ServiceUnavailable)


async def test_pages_are_read_to_their_end(github: Answers):
    more = f'<{github.url}/user/repos?page=2>; rel="next"'
    other = {**USER_REPOSITORY, "full_name": "o/s"}
    github.plan(says(200, [USER_REPOSITORY], link=more), says(200, [other]))
    assert [found.full_name for found in await client(github).repositories()] == ["o/r", "o/s"]
    assert github.asked == [("GET", "/user/repos?page=1&per_page=100"), ("GET", "/user/repos?page=2&per_page=100")]


async def test_an_organisation_that_keeps_the_app_out_hides_only_its_own(github: Answers):
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/user/repos":
            private = {"full_name": "p/q", "owner": {"login": "p", "type": "User"}}
            return web.json_response([USER_REPOSITORY, private])
        if "org:o" in request.query["q"]:
            return web.json_response({"message": "Resource protected by organization SAML enforcement."}, status=403)
        return web.json_response({"total_count": 1, "incomplete_results": False, "items": [FOUND]})

    github.plan(answer)
    listing = await client(github).find_pulls("open")
    assert [(pull.repository, pull.number) for pull in listing.pulls] == [("p/q", 4)]
    assert listing.total == 1


async def test_checks_that_may_not_be_read_are_not_called_missing(github: Answers):
    github.plan(says(403, {"message": "Resource not accessible by integration"}))
    assert await client(github).checks("o/r", "abc") is None


async def test_checks_of_both_kinds_are_read(github: Answers):
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/check-runs"):
            told = {"title": "unit", "summary": "3 tests fail"}
            ended = {"name": "unit", "status": "completed", "conclusion": "timed_out", "output": told}
            return web.json_response({"total_count": 2, "check_runs": [ended, {"name": "lint", "status": "queued"}]})
        states = ("success", "pending", "error")
        return web.json_response({"statuses": [{"context": state, "state": state} for state in states]})

    github.plan(answer)
    checks = await client(github).checks("o/r", "abc")
    assert checks is not None
    assert [(check.name, check.outcome, check.detail) for check in checks] == [
        ("unit", "failing", "3 tests fail"),
        ("lint", "running", "queued"),
        ("success", "green", "success"),
        ("pending", "running", "pending"),
        ("error", "failing", "error"),
    ]


async def test_the_last_comment_is_on_the_last_page(github: Answers):
    comments = [{"id": n, "user": None, "created_at": "2026-11-19T07:05:00Z", "html_url": "x"} for n in range(30)]
    github.plan(says(200, comments))
    last = await client(github).last_comment("o/r", 1, count=230)
    assert last is not None
    assert last.id == 29
    assert github.asked == [("GET", "/repos/o/r/issues/1/comments?page=3&per_page=100")]


async def test_when_a_review_was_asked_for_is_the_newest_request_to_this_person(github: Answers):
    me, other = USER, {"login": "ren", "id": 8}
    github.plan(
        says(
            200,
            [
                {"event": "review_requested", "created_at": "2026-11-17T07:00:00Z", "requested_reviewer": me},
                {"event": "review_requested", "created_at": "2026-11-18T07:00:00Z", "requested_reviewer": me},
                {"event": "review_requested", "created_at": "2026-11-19T07:00:00Z", "requested_reviewer": other},
                {"event": "review_requested", "created_at": "2026-11-19T08:00:00Z", "requested_team": {"slug": "core"}},
                {"event": "labeled", "created_at": "2026-11-19T09:00:00Z"},
            ],
        )
    )
    assert await client(github).review_asked_at("o/r", 1) == datetime(2026, 11, 18, 7, tzinfo=UTC)


async def test_whose_account_it_is_comes_with_the_verified_address(github: Answers):
    github.plan(
        says(
            200,
            [
                {"email": "old@tamarack.example", "primary": False, "verified": True},
                {"email": "lead@tamarack.example", "primary": True, "verified": True},
            ],
        )
    )
    account = await client(github).whoami()
    assert (account.id, account.name, account.email) == ("7", "tamarack-lead", "lead@tamarack.example")


async def test_an_address_that_may_not_be_read_is_left_out(github: Answers):
    github.plan(says(404, {"message": "Not Found"}))
    assert (await client(github).whoami()).email is None


# Writes


async def test_a_write_brings_back_its_id_and_link(github: Answers):
    github.plan(says(201, POSTED))
    posted = await client(github).comment("o/r", 1, "Hello")
    assert (posted.id, posted.html_url) == (5, POSTED["html_url"])
    assert github.asked == [("POST", "/repos/o/r/issues/1/comments")]


@pytest.mark.parametrize(
    "fault",
    [
        says(500),
        says(502),
        says(504),
        hangs_up,
        half_an_answer,
    ],
)
async def test_a_write_without_a_clear_answer_is_unknown_and_never_repeated(github: Answers, fault: Reply):
    github.plan(fault)
    assert isinstance(await error_of(client(github).comment("o/r", 1, "Hello")), OutcomeUnknown)
    assert len(github.asked) == 1


@pytest.mark.parametrize("patience", [Patience(answer=1, call=20), Patience(answer=20, call=0.2)])
async def test_a_write_that_is_not_answered_in_time_is_unknown(github: Answers, patience: Patience):
    github.plan(stays_silent)
    assert isinstance(await error_of(client(github, patience).comment("o/r", 1, "Hello")), OutcomeUnknown)
    assert len(github.asked) == 1


async def test_a_write_that_could_not_be_sent_changed_nothing():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    error = await error_of(GitHub(SecretStr("canary-token"), url).comment("o/r", 1, "Hello"))
    assert isinstance(error, ServiceUnavailable)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (405, {"message": "Pull Request is not mergeable"}, "GitHub did not do this: Pull Request is not mergeable."),
        (409, {"message": "Head branch was modified."}, "GitHub did not do this: Head branch was modified."),
        (
            422,
            {"message": "Unprocessable Entity", "errors": ["Can not approve your own pull request"]},
            "GitHub did not do this: Can not approve your own pull request.",
        ),
        (
            422,
            {"message": "Validation Failed", "errors": [{"field": "body", "code": "missing_field"}]},
            "GitHub did not do this: body is missing field.",
        ),
        (403, {"message": "Must have\nwrite access"}, "GitHub did not do this: Must have write access."),
        (415, "nothing to read", "GitHub did not do this: HTTP 415."),
        # GitHub wants a write to a renamed repository sent elsewhere; it has not done it.
        (
            307,
            {"message": "Moved Permanently", "url": "https://api.github.com/repositories/1"},
            "GitHub did not do this: the repository was renamed or moved. Use its new name.",
        ),
    ],
)
async def test_a_refusal_is_a_sentence_with_githubs_reason(github: Answers, status: int, body: Any, said: str):
    github.plan(says(status, body))
    error = await error_of(client(github).merge("o/r", 1, "squash", sha="abc"))
    assert isinstance(error, Refused)
    assert str(error) == said
    assert len(github.asked) == 1


async def test_a_limit_on_a_write_is_no_unknown_outcome(github: Answers):
    github.plan(says(403, {"message": "You have exceeded a secondary rate limit."}, retry_after="5"))
    assert isinstance(await error_of(client(github).comment("o/r", 1, "Hello")), ServiceUnavailable)


@pytest.mark.parametrize(
    "fault", [says(401, {"message": "Bad credentials"}), says(500), hangs_up, says(422), half_an_answer]
)
async def test_no_error_holds_the_token(github: Answers, fault: Reply):
    github.plan(fault)
    for call in (client(github).pull("o/r", 1), client(github).comment("o/r", 1, "Hello")):
        error = await error_of(call)
        told = "".join(traceback.format_exception(error)) + repr(error)
        hung = [vars(link) for link in causes(error)]
        assert "canary-token" not in told + repr(hung)


def causes(error: BaseException) -> chain[BaseException]:
    below = error.__cause__
    return chain([error], causes(below) if below else [])


def test_a_client_shows_no_token():
    shown = GitHub(SecretStr("canary-token"), "https://api.github.com")
    assert "canary" not in repr(shown) + repr(vars(shown))


async def test_many_calls_at_once_share_a_few_connections(github: Answers):
    most, open_now = 0, 0

    async def counted(_: web.Request) -> web.StreamResponse:
        nonlocal most, open_now
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.01)
        open_now -= 1
        return web.json_response([USER_REPOSITORY])

    github.plan(counted)
    signed_in = client(github)
    await asyncio.gather(*(signed_in.repositories() for _ in range(30)))
    assert 1 < most <= 8


USER_REPOSITORY = {"full_name": "o/r", "owner": {"login": "o", "type": "Organization"}}
FOUND = {
    "number": 4,
    "title": "Fix the door",
    "user": None,
    "state": "open",
    "html_url": "https://github.com/p/q/pull/4",
    "repository_url": "https://api.github.com/repos/p/q",
    "created_at": "2026-11-19T07:05:00Z",
    "updated_at": "2026-11-19T07:05:00Z",
    "comments": 0,
}
