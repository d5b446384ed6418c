"""What a person or the model is told when Jira does not do what a tickets tool asked of it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.atlassian.client import Jira
from integrations.blocking import Patience
from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.integration import Destination, Site
from memory.ids import PersonId
from playground.atlassian import AtlassianServer
from playground.company import load_company
from skills.errors import RetryToolCall
from skills.skill import Asker, ToolContext
from skills.tickets import SKILL

TOOLS = {tool.name: tool for tool in SKILL.tools}
CANARY = "canary-token"
READS: dict[str, dict[str, Any]] = {
    "search_tickets": {"words": "winter", "project": "TRAIL", "assignee": "marit"},
    "my_tickets": {},
    "read_ticket": {"key": "TRAIL-149"},
    "view_board": {"board": "Trails board"},
}
WRITES: dict[str, dict[str, Any]] = {
    "create_ticket": {"project": "PLAT", "type": "Task", "summary": "x", "assignee": "me"},
    "update_ticket": {"key": "TRAIL-149", "priority": "High"},
    "move_ticket": {"key": "TRAIL-149", "to": "In Review"},
    "comment_on_ticket": {"key": "TRAIL-149", "text": "x"},
}
CALLS = [*READS.items(), *WRITES.items()]
every_call = pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])
every_write = pytest.mark.parametrize(("name", "arguments"), list(WRITES.items()), ids=list(WRITES))


@pytest.fixture
async def jira() -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


@pytest.fixture
async def nonsense() -> AsyncIterator[str]:
    """A Jira that answers everything with a page of something else."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="<html>Please sign in to this hotel's network</html>", content_type="text/html")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


def context(client: Jira) -> ToolContext[Jira]:
    asker = Asker(person=PersonId("T:priya"), name="priya")
    return ToolContext(client=client, account="priya", asker=asker, now=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))


def as_priya(server: AtlassianServer, patience: Patience | None = None) -> ToolContext[Jira]:
    site = Site(id=server.cloud_id, name="Tamarack", url=server.site_url)
    access = SecretStr(server.sign_in("priya")["access_token"])
    to = Destination(api_url=server.api_url, site=site)
    return context(Jira(access, to, patience=patience or Patience()))


async def used(ctx: ToolContext[Jira], name: str, arguments: dict[str, Any]) -> None:
    valid = TOOLS[name].arguments.model_validate(arguments)
    await TOOLS[name].run(ctx, **{field: getattr(valid, field) for field in type(valid).model_fields})


def write_of(name: str) -> tuple[str, str]:
    """Which request is the write itself."""
    return ("PUT" if name == "update_ticket" else "POST", "/rest/api/3/issue*")


def check_sentence(error: BaseException) -> None:
    said = str(error)
    assert said[0].isupper()
    assert said.split(" The search was: ")[0].endswith(".")
    assert not any(sign in said for sign in "{<\n")
    assert "http" not in said.lower().replace("http 4", "")


# A search that Jira refuses may be mended by the model, which is told what Jira said.
REFUSED = (Refused, RetryToolCall)


@every_call
@pytest.mark.parametrize(
    ("status", "kind"), [(401, AccessRevoked), (403, REFUSED), (404, NotFound), (409, REFUSED), (503, IntegrationError)]
)
async def test_every_failure_of_every_tool_is_a_sentence(
    jira: AtlassianServer, name: str, arguments: dict[str, Any], status: int, kind: Any
):
    jira.fault("*", "/rest/*", times=100, status=status)
    with pytest.raises(kind) as caught:
        await used(as_priya(jira), name, arguments)
    check_sentence(caught.value)


@every_call
async def test_every_limit_says_when_to_come_back(jira: AtlassianServer, name: str, arguments: dict[str, Any]):
    jira.fault("*", "/rest/*", times=100, status=429, retry_after=30)
    with pytest.raises(ServiceUnavailable) as caught:
        await used(as_priya(jira), name, arguments)
    assert caught.value.retry_at is not None
    check_sentence(caught.value)


@every_call
async def test_a_silent_jira_is_given_up(jira: AtlassianServer, name: str, arguments: dict[str, Any]):
    jira.fault("*", "/rest/*", times=100, hang=True)
    with pytest.raises((ServiceUnavailable, OutcomeUnknown)) as caught:
        await used(as_priya(jira, Patience(answer=5, call=0.1)), name, arguments)
    check_sentence(caught.value)
    jira.calm()


@every_call
async def test_an_answer_that_is_none_is_no_answer(nonsense: str, name: str, arguments: dict[str, Any]):
    site = Site(id="c", name="Tamarack", url="https://tamarack.example")
    ctx = context(Jira(SecretStr(CANARY), Destination(api_url=nonsense, site=site)))
    with pytest.raises((ServiceUnavailable, OutcomeUnknown)) as caught:
        await used(ctx, name, arguments)
    check_sentence(caught.value)


@every_write
async def test_a_write_whose_answer_is_lost_happened_once_and_says_that_it_may_have(
    jira: AtlassianServer, name: str, arguments: dict[str, Any]
):
    verb, path = write_of(name)
    jira.fault(verb, path, drop=True, done=True)
    with pytest.raises(OutcomeUnknown, match="may or may not have happened"):
        await used(as_priya(jira), name, arguments)
    assert len(jira.writes) == 1


@every_write
@pytest.mark.parametrize(
    ("status", "kind"), [(401, AccessRevoked), (403, Refused), (404, NotFound), (409, Refused), (503, OutcomeUnknown)]
)
async def test_a_write_that_fails_is_sent_once_and_says_how_it_stands(
    jira: AtlassianServer, name: str, arguments: dict[str, Any], status: int, kind: type[IntegrationError]
):
    verb, path = write_of(name)
    jira.fault(verb, path, times=5, status=status)
    with pytest.raises(kind) as caught:
        await used(as_priya(jira), name, arguments)
    check_sentence(caught.value)
    assert len([call for call in jira.calls if call.method == verb and "/issue" in call.path]) == 1
    assert not jira.writes


@every_call
async def test_an_ended_sign_in_and_a_narrow_one_are_told_apart(
    jira: AtlassianServer, name: str, arguments: dict[str, Any]
):
    ended = as_priya(jira)
    jira.revoke("priya")
    with pytest.raises(AccessRevoked, match="Connect Jira again"):
        await used(ended, name, arguments)
    site = Site(id=jira.cloud_id, name="Tamarack", url=jira.site_url)
    narrow = SecretStr(jira.sign_in("priya", scopes=("read:jira-user",))["access_token"])
    with pytest.raises(PermissionMissing, match="allow more"):
        await used(context(Jira(narrow, Destination(api_url=jira.api_url, site=site))), name, arguments)
