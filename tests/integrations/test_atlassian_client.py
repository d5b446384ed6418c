"""What Jira's client makes of everything that can go wrong, against a server that answers as told."""

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.atlassian import INTEGRATION
from integrations.atlassian.client import Jira
from integrations.blocking import PATIENCE, Patience
from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.integration import Account, Destination, Site

SITE = Site(id="cloud-1", name="Tamarack", url="https://tamarack.atlassian.net")
AT_SITE = "/ex/jira/cloud-1/rest/api/3"
CANARY = "canary-token"
USER = {"accountId": "712020:ab", "displayName": "Priya Raman", "emailAddress": "priya@tamarack.example"}
STATUS = {"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}}
TICKET = {
    "key": "TRAIL-141",
    "fields": {
        "summary": "Packs fail in tunnels",
        "status": STATUS,
        "issuetype": {"id": "1", "name": "Bug"},
        "updated": "2026-11-20T09:00:00.000+0100",
        "assignee": None,
        "components": None,
    },
}
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Answers:
    """A server that gives the planned answers in order, the last one again and again."""

    replies: list[Reply] = field(default_factory=list[Reply])
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    bodies: list[Any] = field(default_factory=list[Any])
    url: str = ""

    def plan(self, *replies: Reply) -> None:
        self.replies = list(replies)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.method, request.path_qs))
        assert request.headers["Authorization"] == f"Bearer {CANARY}"
        self.bodies.append(await request.json() if request.can_read_body else None)
        return await (self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])(request)


@pytest.fixture
async def atlassian() -> AsyncIterator[Answers]:
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
        if status == 204:
            return web.Response(status=204)
        told: Any = {"errorMessages": ["no"], "errors": {}} if body is None else body
        return web.json_response(told, status=status, headers=names)

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
    return web.Response(text='{"key": "TRAIL-1", "fie', content_type="application/json")


async def a_hotels_page(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>Please sign in to this hotel's network</html>", content_type="text/html")


def client(atlassian: Answers, patience: Patience | None = None, *, site: Site | None = SITE) -> Jira:
    to = Destination(api_url=f"{atlassian.url}/", endpoints={"resources_url": f"{atlassian.url}/resources"}, site=site)
    return Jira(SecretStr(CANARY), to, patience=patience or PATIENCE)


async def error_of(call: Awaitable[object]) -> IntegrationError:
    try:
        await call
    except IntegrationError as error:
        return error
    raise AssertionError("nothing was raised")


# Who, and where


def resource(name: str, *scopes: str, cloud: str = "") -> dict[str, Any]:
    site = cloud or name.lower()
    return {"id": site, "name": name, "url": f"https://{site}.atlassian.net", "scopes": scopes, "avatarUrl": "x"}


async def test_sites_are_those_with_jira_each_once(atlassian: Answers):
    atlassian.plan(
        says(
            200,
            [
                resource("Wiki", "read:confluence-content.all"),
                resource("Tamarack", "read:jira-work"),
                resource("Tamarack", "read:board-scope:jira-software"),
                resource("alpha", "read:jira-user"),
            ],
        )
    )
    assert await client(atlassian, site=None).sites() == (
        Site(id="alpha", name="alpha", url="https://alpha.atlassian.net"),
        Site(id="tamarack", name="Tamarack", url="https://tamarack.atlassian.net"),
    )
    assert atlassian.asked == [("GET", "/resources")]


async def test_right_after_consent_the_first_site_tells_who_it_is(atlassian: Answers):
    atlassian.plan(says(200, [resource("Tamarack", "read:jira-user")]), says(200, USER))
    account = await INTEGRATION.whoami(client(atlassian, site=None))
    assert account == Account(id="712020:ab", name="Priya Raman", email="priya@tamarack.example")
    assert atlassian.asked[1] == ("GET", "/ex/jira/tamarack/rest/api/3/myself")


async def test_a_hidden_address_is_none(atlassian: Answers):
    atlassian.plan(says(200, {**USER, "emailAddress": ""}))
    assert (await client(atlassian).whoami()).email is None
    assert atlassian.asked == [("GET", f"{AT_SITE}/myself")]


async def test_an_account_without_jira_is_told_so(atlassian: Answers):
    atlassian.plan(says(200, [resource("Wiki", "read:confluence-content.all")]))
    error = await error_of(client(atlassian, site=None).whoami())
    assert str(error) == "This Atlassian account has no Jira site. Connect with an account that has one."


async def test_without_a_site_nothing_is_sent_and_the_person_is_told_what_to_do(atlassian: Answers):
    error = await error_of(client(atlassian, site=None).ticket("TRAIL-141"))
    assert isinstance(error, AccessRevoked)
    assert str(error) == "No Jira site is chosen for this account. Connect Jira again and choose one."
    assert atlassian.asked == []


# Reads


async def test_a_ticket_is_read_with_jiras_nulls_and_time_zones(atlassian: Answers):
    atlassian.plan(says(200, TICKET))
    ticket = await client(atlassian).ticket("TRAIL-141")
    assert (ticket.key, ticket.summary, ticket.components, ticket.assignee) == (
        "TRAIL-141",
        "Packs fail in tunnels",
        (),
        None,
    )
    assert ticket.updated.isoformat() == "2026-11-20T09:00:00+01:00"
    assert ticket.done_at is None


async def test_a_search_goes_on_until_it_has_enough(atlassian: Answers):
    page = {"issues": [TICKET], "nextPageToken": "t2"}
    atlassian.plan(says(200, page), says(200, {"issues": [TICKET], "isLast": True}))
    tickets, more = await client(atlassian).find("project = TRAIL", limit=5)
    assert (len(tickets), more) == (2, False)
    assert [body.get("nextPageToken") for body in atlassian.bodies] == [None, "t2"]
    assert [body["maxResults"] for body in atlassian.bodies] == [5, 4]


async def test_a_search_says_when_there_is_more(atlassian: Answers):
    atlassian.plan(says(200, {"issues": [TICKET, TICKET], "nextPageToken": "t2"}))
    tickets, more = await client(atlassian).find("project = TRAIL", limit=2)
    assert (len(tickets), more) == (2, True)
    assert len(atlassian.asked) == 1


async def test_boards_are_read_page_after_page(atlassian: Answers):
    board = {"id": 11, "name": "Trails board", "type": "scrum"}
    atlassian.plan(says(200, {"values": [board], "isLast": False}), says(200, {"values": [board], "isLast": True}))
    assert len(await client(atlassian).boards("Trails")) == 2
    assert [path for _, path in atlassian.asked] == [
        "/ex/jira/cloud-1/rest/agile/1.0/board?startAt=0&maxResults=50&name=Trails",
        "/ex/jira/cloud-1/rest/agile/1.0/board?startAt=1&maxResults=50&name=Trails",
    ]


async def test_a_board_without_sprints_has_none(atlassian: Answers):
    atlassian.plan(says(400, {"errorMessages": ["The board does not support sprints"], "errors": {}}))
    assert await client(atlassian).sprints(12, "active") == ()


async def test_statuses_of_several_types_are_told_once(atlassian: Answers):
    atlassian.plan(says(200, [{"statuses": [STATUS]}, {"statuses": [STATUS, {**STATUS, "id": "4", "name": "Done"}]}]))
    assert [status.name for status in await client(atlassian).statuses("TRAIL")] == ["In Progress", "Done"]


async def test_statuses_that_may_not_be_seen_are_none(atlassian: Answers):
    atlassian.plan(says(404))
    assert await client(atlassian).statuses("TRAIL") == ()


async def test_programs_and_people_who_left_are_no_candidates(atlassian: Answers):
    people = [USER, {**USER, "accountType": "app"}, {**USER, "active": False}]
    atlassian.plan(says(200, people))
    assert [user.account_id for user in await client(atlassian).people("priya", project="TRAIL")] == ["712020:ab"]
    assert atlassian.asked == [("GET", f"{AT_SITE}/user/assignable/search?query=priya&project=TRAIL")]


async def test_an_account_is_found_by_its_id_alone(atlassian: Answers):
    atlassian.plan(says(200, [{**USER, "accountId": "712020:abc"}, USER]))
    found = await client(atlassian).person("712020:ab")
    assert found is not None
    assert found.account_id == "712020:ab"


async def test_a_key_cannot_lead_elsewhere(atlassian: Answers):
    atlassian.plan(says(404))
    await error_of(client(atlassian).ticket("../../myself?x=1"))
    assert atlassian.asked[0][1].startswith(f"{AT_SITE}/issue/..%2F..%2Fmyself%3Fx%3D1?")


async def test_a_sign_in_that_ended_asks_to_connect_again(atlassian: Answers):
    atlassian.plan(says(401, {"code": 401, "message": "Unauthorized"}))
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert isinstance(error, AccessRevoked)
    assert len(atlassian.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        says(401, {"code": 401, "message": "Unauthorized; scope does not match"}),
        says(403, {"message": "insufficient_scope"}),
        says(403, {}, www_authenticate='Bearer error="insufficient_scope"'),
    ],
    ids=["gateway", "message", "header"],
)
async def test_a_consent_that_does_not_cover_it_is_told_from_an_ended_one(atlassian: Answers, reply: Reply):
    atlassian.plan(reply)
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert isinstance(error, PermissionMissing)
    assert str(error) == "Your consent at Atlassian does not cover this. Connect Jira again and allow more."


async def test_a_missing_right_is_jiras_no(atlassian: Answers):
    atlassian.plan(says(403, {"errorMessages": ["You cannot browse this project."], "errors": {}}))
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert isinstance(error, Refused)
    assert str(error) == "Jira did not allow this to your account: You cannot browse this project."


async def test_what_cannot_be_seen_is_named(atlassian: Answers):
    atlassian.plan(says(404, {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}))
    error = await error_of(client(atlassian).ticket("TRAIL-999"))
    assert isinstance(error, NotFound)
    assert str(error) == "I cannot see TRAIL-999 in Jira. It does not exist, or your account has no access."


async def test_a_limit_says_when_it_ends_and_is_not_tried_again(atlassian: Answers):
    atlassian.plan(says(429, retry_after="90"))
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at is not None
    assert timedelta(seconds=80) < error.retry_at - datetime.now(UTC) <= timedelta(seconds=90)
    assert len(atlassian.asked) == 1


@pytest.mark.parametrize("told", ["", "soon", "9" * 30])
async def test_a_limit_without_a_clear_end_takes_a_minute(atlassian: Answers, told: str):
    atlassian.plan(says(429, retry_after=told))
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at is not None
    assert timedelta(seconds=50) < error.retry_at - datetime.now(UTC) <= timedelta(seconds=60)


FAULTS = [says(500), says(502), hangs_up, half_an_answer, a_hotels_page, says(200, {"unexpected": "shape"})]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_jira_that_is_down_is_asked_twice(atlassian: Answers, fault: Reply):
    atlassian.plan(fault)
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert isinstance(error, ServiceUnavailable)
    assert str(error) == "Jira is not answering."
    assert len(atlassian.asked) == 2


@pytest.mark.parametrize("fault", [says(503), hangs_up])
async def test_a_short_fault_goes_unnoticed(atlassian: Answers, fault: Reply):
    atlassian.plan(fault, says(200, {"issues": [TICKET]}))
    tickets, _ = await client(atlassian).find("project = TRAIL", limit=5)
    assert len(tickets) == 1


async def test_a_silent_jira_is_given_up(atlassian: Answers):
    atlassian.plan(stays_silent)
    error = await error_of(client(atlassian, Patience(answer=10, call=0.2)).ticket("TRAIL-141"))
    assert isinstance(error, ServiceUnavailable)


async def test_an_answer_that_stalls_ends_within_its_time(atlassian: Answers):
    atlassian.plan(stays_silent)
    error = await error_of(client(atlassian, Patience(answer=1, call=5)).move("TRAIL-141", "5"))
    assert isinstance(error, OutcomeUnknown)


async def test_a_jira_that_is_not_there_is_not_answering():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    gone = Jira(SecretStr(CANARY), Destination(api_url=url, site=SITE))
    assert isinstance(await error_of(gone.ticket("TRAIL-1")), ServiceUnavailable)
    assert isinstance(await error_of(gone.comment("TRAIL-1", "x")), ServiceUnavailable)


@pytest.mark.parametrize("body", [5, None, [], "no", {"errorMessages": None}, {"message": {"a": 1}}, {"errors": [1]}])
async def test_an_error_of_an_odd_shape_is_still_an_error(atlassian: Answers, body: Any):
    async def odd(_: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=400)

    atlassian.plan(odd)
    error = await error_of(client(atlassian).ticket("TRAIL-141"))
    assert str(error) == "Jira did not do this: HTTP 400."


async def test_what_jira_says_is_short_plain_and_names_the_field(atlassian: Answers):
    told = {"errorMessages": ["<b>Bad</b>\n request."], "errors": {"components": "No 'x' there. " + "y" * 900}}
    atlassian.plan(says(400, told))
    error = await error_of(client(atlassian).create({}))
    assert str(error).startswith("Jira did not do this: Bad request.; components: No 'x' there. yyy")
    assert len(str(error)) < 330


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500])
async def test_no_error_tells_the_token(atlassian: Answers, status: int):
    atlassian.plan(says(status))
    for call in (client(atlassian).ticket("TRAIL-1"), client(atlassian).comment("TRAIL-1", "x")):
        error = await error_of(call)
        assert CANARY not in "".join(traceback.format_exception(error)) + repr(error.args)
        assert str(error).endswith(".")


# Writes


async def test_a_comment_is_posted_as_a_document(atlassian: Answers):
    atlassian.plan(says(201, {"id": "10042", "body": {}}))
    assert (await client(atlassian).comment("TRAIL-141", "**Done**")).id == "10042"
    (body,) = atlassian.bodies
    text = {"type": "text", "text": "Done", "marks": [{"type": "strong"}]}
    assert body["body"]["content"] == [{"type": "paragraph", "content": [text]}]


async def test_a_success_without_an_answer_is_one(atlassian: Answers):
    atlassian.plan(says(204))
    await client(atlassian).move("TRAIL-141", "31")
    await client(atlassian).update("TRAIL-141", {"summary": "New"})
    assert atlassian.bodies == [{"transition": {"id": "31"}}, {"fields": {"summary": "New"}}]


@pytest.mark.parametrize("fault", [says(500), says(503), hangs_up, half_an_answer])
async def test_a_write_whose_answer_is_lost_is_unknown_and_never_repeated(atlassian: Answers, fault: Reply):
    atlassian.plan(fault)
    error = await error_of(client(atlassian).comment("TRAIL-141", "x"))
    assert isinstance(error, OutcomeUnknown)
    assert len(atlassian.asked) == 1


async def test_two_changes_at_once_are_told(atlassian: Answers):
    atlassian.plan(says(409))
    error = await error_of(client(atlassian).update("TRAIL-141", {"summary": "New"}))
    assert isinstance(error, Refused)
    assert str(error) == "Jira did not do this: somebody changed it at the same moment. Read it again first."


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_no_redirect_is_followed(atlassian: Answers, status: int):
    atlassian.plan(says(status, location=f"{atlassian.url}/elsewhere"))
    assert isinstance(await error_of(client(atlassian).move("TRAIL-141", "31")), Refused)
    assert isinstance(await error_of(client(atlassian).ticket("TRAIL-141")), Refused)
    assert not [path for _, path in atlassian.asked if "elsewhere" in path]
