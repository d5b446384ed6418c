"""What people hear when Gmail does not do what the mail skill asks, and what is sent to it, held to its description."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

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
from integrations.google.calls import Calls
from integrations.google.client import Google
from integrations.google.mail import Gmail
from integrations.google.mail_compose import Letter
from integrations.integration import Destination
from memory.ids import PersonId
from playground.company import load_company
from playground.google import GoogleServer
from skills.mail import SKILL
from skills.skill import Asker, ToolContext
from tests.playground.google_schemas import google_schemas

TOOLS = {tool.name: tool for tool in SKILL.tools}
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LETTER = {"to": ["luca.ferrante@valtorta.example"], "subject": "Hello", "body": "Dear Luca"}
THREAD = "{thread}"
CALLS: dict[str, dict[str, Any]] = {
    "search_mail": {"words": "winter"},
    "read_mail": {"thread": THREAD},
    "draft_mail": LETTER,
    "send_mail": LETTER,
    "reply_to_mail": {"thread": THREAD, "body": "Yes.", "to": ["luca.ferrante@valtorta.example"]},
    "file_mail": {"thread": THREAD, "archive": True},
}
WRITES = [tool.name for tool in SKILL.tools if tool.effect == "write"]


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(load_company(today=date(2026, 11, 20)), clock=lambda: NOW) as server:
        yield server


def destination(server: GoogleServer) -> Destination:
    return Destination(api_url=server.api_url, endpoints={"mail_url": f"{server.url}/mail"})


def priya(
    server: GoogleServer, scopes: tuple[str, ...] = SKILL.scopes.write, patience: Patience | None = None
) -> ToolContext[Google]:
    access = SecretStr(server.sign_in("priya", scopes)["access_token"])
    return ToolContext(
        client=Google(access, destination(server), patience=patience or Patience()),
        account="priya@tamarack.example",
        asker=Asker(person=PersonId("T:priya"), name="priya"),
        now=NOW,
    )


async def a_thread(ctx: ToolContext[Google]) -> str:
    return (await ctx.client.mail.search('subject:"Winter pilot"', limit=1)).threads[0].id


async def failure(ctx: ToolContext[Google], tool: str, thread: str) -> IntegrationError:
    given = {name: thread if value == THREAD else value for name, value in CALLS[tool].items()}
    valid = TOOLS[tool].arguments.model_validate(given)
    with pytest.raises(IntegrationError) as caught:
        await TOOLS[tool].run(ctx, **{name: getattr(valid, name) for name in type(valid).model_fields})
    said = str(caught.value)
    assert said.endswith(".")
    assert "<" not in said
    assert "HTTP" not in said
    return caught.value


@pytest.mark.parametrize("tool", CALLS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AccessRevoked),
        (403, PermissionMissing),
        (404, NotFound),
        (409, Refused),
        (429, ServiceUnavailable),
        (503, ServiceUnavailable),
    ],
)
async def test_every_refusal_ends_in_a_sentence(google: GoogleServer, tool: str, status: int, kind: type):
    ctx = priya(google)
    thread = await a_thread(ctx)
    google.fault("*", "/gmail/*", status=status, times=50, retry_after=20 if status == 429 else None)
    error = await failure(ctx, tool, thread)
    # A search whose parts vanish is still a search; its list itself is never missing.
    assert isinstance(error, kind)
    assert not google.writes


@pytest.mark.parametrize("tool", CALLS)
async def test_a_silent_gmail_ends_in_a_sentence(google: GoogleServer, tool: str):
    ctx = priya(google)
    thread = await a_thread(ctx)
    google.fault("*", "/gmail/*", drop=True, times=50)
    error = await failure(ctx, tool, thread)
    assert isinstance(error, ServiceUnavailable | OutcomeUnknown)


@pytest.mark.parametrize("tool", WRITES)
async def test_a_write_that_hangs_may_have_happened(google: GoogleServer, tool: str):
    thread = await a_thread(priya(google))
    # Only the write hangs. What comes before it may take as long as a busy machine needs.
    ctx = priya(google, patience=Patience(answer=1))
    google.fault("POST", "/gmail/*", hang=True, times=1)
    assert isinstance(await failure(ctx, tool, thread), OutcomeUnknown)
    assert len([seen for seen in google.calls if seen.method == "POST"]) == 1


@pytest.mark.parametrize("tool", ["send_mail", "reply_to_mail"])
async def test_a_mail_whose_answer_was_lost_is_looked_up_and_never_sent_again(google: GoogleServer, tool: str):
    ctx = priya(google)
    given = {**CALLS[tool], **({"thread": await a_thread(ctx)} if "thread" in CALLS[tool] else {})}
    google.fault("POST", "*/messages/send", drop=True, done=True)
    valid = TOOLS[tool].arguments.model_validate(given)
    result = await TOOLS[tool].run(ctx, **{name: getattr(valid, name) for name in type(valid).model_fields})
    assert isinstance(result.content, dict)
    assert result.content["sent_to"] == ["luca.ferrante@valtorta.example"]
    assert len(google.writes) == 1


@pytest.mark.parametrize("tool", WRITES)
async def test_who_allowed_reading_only_is_asked_for_more(google: GoogleServer, tool: str):
    ctx = priya(google, SKILL.scopes.read)
    error = await failure(ctx, tool, await a_thread(ctx))
    assert isinstance(error, PermissionMissing)
    assert "Connect Google again" in str(error)


# What is sent


class Described(Calls):
    """Holds every write against Google's own description."""

    async def write(self, method: str, kind: TypeAdapter[Any], *, if_match: str = "", **parameters: Any) -> Any:
        assert google_schemas("gmail.v1").request_complaints(method, parameters.get("body")) == []
        return await super().write(method, kind, if_match=if_match, **parameters)


async def test_every_write_is_as_google_describes_it(google: GoogleServer):
    access = SecretStr(google.sign_in("priya")["access_token"])
    mail = Gmail(Described(access, destination(google)))
    found = (await mail.search('subject:"Winter pilot"', limit=1)).threads[0]
    letter = Letter(to=["ren@tamarack.example"], subject="Grüße", body="Hi")
    await mail.send(letter)
    await mail.draft(letter)
    await mail.reply(await mail.thread(found.id), to=["ren@tamarack.example"], body="Yes.")
    await mail.file(found.id, add=["STARRED"], remove=["UNREAD"])
    assert [write.action.rpartition(".")[2] for write in google.writes][:3] == ["send", "create", "send"]
