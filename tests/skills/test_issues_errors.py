"""How every tool of the issues skill ends when GitHub does not do what it should."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.blocking import Patience
from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    Refused,
    ServiceUnavailable,
)
from integrations.github.client import GitHub
from memory.ids import PersonId
from skills.issues import SKILL
from skills.skill import Asker, ToolContext

CANARY = "canary-token-7f3k"
MOMENT = "2026-11-19T07:05:00Z"
ISSUE = {
    "number": 7,
    "title": "Slow",
    "user": None,
    "state": "open",
    "html_url": "https://github.com/o/r/issues/7",
    "repository_url": "https://api.github.com/repos/o/r",
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "comments": 0,
    "labels": [{"name": "bug"}],
    "assignees": [],
}
ANSWERS: dict[str, Any] = {
    "/user": {"login": "ren", "id": 7},
    "/search/issues": {"total_count": 0, "items": []},
    "/repos/o/r/issues/7": ISSUE,
    "/repos/o/r/issues/7/comments": [],
    "/repos/o/r/issues/7/timeline": [],
    "/repos/o/r/labels": [{"name": "bug"}, {"name": "late"}],
    "/repos/o/r/assignees": [{"login": "ren", "id": 7}],
}
CALLS: dict[str, dict[str, Any]] = {
    "search_issues": {"repository": "o/r"},
    "read_issue": {"repository": "o/r", "number": 7},
    "open_issue": {"repository": "o/r", "title": "Slow", "labels": ["bug"], "assignees": ["ren"]},
    "comment_on_issue": {"repository": "o/r", "number": 7, "body": "Still."},
    "update_issue": {"repository": "o/r", "number": 7, "add_labels": ["late"]},
    "close_issue": {"repository": "o/r", "number": 7},
}
WRITES = [tool.name for tool in SKILL.tools if tool.effect == "write"]
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Vendor:
    """Answers well, but for the methods that a test spoils."""

    url: str = ""
    trouble: Reply | None = None
    spoiled: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.trouble and request.method in self.spoiled and request.path != "/user":
            self.seen.append(request.method)
            return await self.trouble(request)
        return web.json_response(ANSWERS[request.path])


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", vendor.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    vendor.url = f"http://{host}:{port}"
    yield vendor
    await runner.cleanup()


def says(status: int, message: str = "no", **headers: str) -> Reply:
    async def reply(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"message": message}, status=status, headers=named)

    return reply


async def talks_nonsense(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>Welcome to this hotel</html>", content_type="text/html")


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def stays_silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


PLAIN: list[tuple[str, Reply, type[IntegrationError]]] = [
    ("401", says(401), AccessRevoked),
    ("403", says(403, "Must have push access to repository"), Refused),
    ("403-app", says(403, "Resource not accessible by integration"), Refused),
    ("404", says(404), NotFound),
    ("409", says(409, "Conflict"), Refused),
    ("410", says(410, "Issues are disabled for this repo"), NotFound),
    ("422", says(422, "Validation Failed"), Refused),
    ("429", says(429, retry_after="30"), ServiceUnavailable),
]
LOST: list[tuple[str, Reply]] = [
    ("500", says(500)),
    ("503", says(503)),
    ("nonsense", talks_nonsense),
    ("drop", hangs_up),
    ("time-out", stays_silent),
]
every_plain = pytest.mark.parametrize(("reply", "kind"), [each[1:] for each in PLAIN], ids=[each[0] for each in PLAIN])
every_lost = pytest.mark.parametrize("reply", [each[1] for each in LOST], ids=[each[0] for each in LOST])
every_tool = pytest.mark.parametrize("name", [tool.name for tool in SKILL.tools])
every_write = pytest.mark.parametrize("name", WRITES)


async def failure(vendor: Vendor, name: str) -> IntegrationError:
    """How the tool fails; whatever it raises is a sentence that tells no token."""
    tool = next(tool for tool in SKILL.tools if tool.name == name)
    model = tool.arguments.model_validate(CALLS[name])
    ctx = ToolContext(
        client=GitHub(
            SecretStr(CANARY), vendor.url, patience=Patience(call=0.3 if vendor.trouble is stays_silent else 10)
        ),
        account="ren",
        asker=Asker(person=PersonId("T:ren"), name="Ren"),
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
    with pytest.raises(IntegrationError) as caught:
        await tool.run(ctx, **{field: getattr(model, field) for field in type(model).model_fields})
    said = str(caught.value)
    assert said[0].isupper()
    assert said.endswith(".")
    assert CANARY not in repr(caught.value)
    assert "<html>" not in said
    return caught.value


@every_tool
@every_plain
async def test_a_refused_reading_ends_in_a_sentence(
    vendor: Vendor, name: str, reply: Reply, kind: type[IntegrationError]
):
    vendor.trouble, vendor.spoiled = reply, ("GET",)
    assert isinstance(await failure(vendor, name), kind)


@every_tool
@every_lost
async def test_a_lost_reading_is_unavailable_and_writes_nothing(vendor: Vendor, name: str, reply: Reply):
    vendor.trouble, vendor.spoiled = reply, ("GET",)
    assert isinstance(await failure(vendor, name), ServiceUnavailable)
    assert set(vendor.seen) == {"GET"}


@every_write
@every_plain
async def test_a_refused_write_ends_in_a_sentence(
    vendor: Vendor, name: str, reply: Reply, kind: type[IntegrationError]
):
    vendor.trouble, vendor.spoiled = reply, ("POST", "PATCH")
    assert isinstance(await failure(vendor, name), kind)


@every_write
@every_lost
async def test_a_lost_write_is_unknown_and_never_repeated(vendor: Vendor, name: str, reply: Reply):
    vendor.trouble, vendor.spoiled = reply, ("POST", "PATCH")
    assert isinstance(await failure(vendor, name), OutcomeUnknown)
    assert len(vendor.seen) == 1
