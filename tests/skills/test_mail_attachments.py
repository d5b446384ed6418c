"""Files attached to mails, read at the playground's Google."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.google.client import Google
from integrations.google.mail_models import Body, Mail, Part, Thread
from integrations.integration import Destination
from memory.ids import PersonId
from playground.company import load_company
from playground.google import GoogleServer
from skills.errors import RetryToolCall
from skills.mail import SKILL
from skills.mail.attached import attached_file
from skills.skill import Asker, Result, ToolContext

COMPANY = load_company(today=date(2026, 11, 20))
TOOLS = {tool.name: tool for tool in SKILL.tools}


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(COMPANY) as server:
        yield server


def as_nadia(server: GoogleServer) -> ToolContext[Google]:
    given = server.sign_in("nadia", SKILL.scopes.read)
    to = Destination(api_url=server.api_url, endpoints={"mail_url": f"{server.url}/mail"})
    return ToolContext(
        client=Google(SecretStr(given["access_token"]), to),
        account=given["email"],
        asker=Asker(person=PersonId("T:nadia"), name="Nadia"),
        now=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )


async def invoice(ctx: ToolContext[Google]) -> str:
    """The id of the thread with the invoice."""
    search = TOOLS["search_mail"]
    found = await search.run(ctx, **dict(search.arguments.model_validate({"words": "NV-20417", "folder": "anywhere"})))
    assert isinstance(found.content, dict)
    mails: Any = found.content["mails"]
    return str(next(row for row in mails if "invoice" in str(row).lower())["thread"])


async def read(ctx: ToolContext[Google], name: str, place: str = "") -> Result:
    return await TOOLS["read_mail_attachment"].run(ctx, thread=await invoice(ctx), name=name, place=place)


async def test_an_attached_file_is_read_and_kept(google: GoogleServer):
    result = await read(as_nadia(google), "NV-20417.pdf")
    assert isinstance(result.content, dict)
    assert "Purchase order: PO-0311" in str(result.content["text"])
    assert result.content["kept_as"] == "NV-20417.pdf"
    assert [file.name for file in result.files] == ["NV-20417.pdf"]


async def test_what_an_attached_file_says_is_the_word_of_a_stranger(google: GoogleServer):
    result = await read(as_nadia(google), "nv-20417.PDF")
    (record,) = result.records
    assert result.untrusted
    assert not record.ours
    assert "billing@northvale.example" in record.readers
    assert "Purchase order" in record.text


async def test_a_name_that_is_none_goes_back_to_the_model_with_those_there_are(google: GoogleServer):
    with pytest.raises(RetryToolCall, match=r"Its attachments are: NV-20417\.pdf"):
        await read(as_nadia(google), "invoice.pdf")


async def test_a_place_that_is_none_goes_back_to_the_model(google: GoogleServer):
    with pytest.raises(RetryToolCall, match="has no `place` 'page 4'"):
        await read(as_nadia(google), "NV-20417.pdf", place="page 4")


def mail(identity: str, *names: str) -> Mail:
    files = tuple(Part(filename=name, body=Body(attachment_id=f"{identity}-{name}")) for name in names)
    return Mail(id=identity, thread_id="t", payload=Part(mime_type="multipart/mixed", parts=files))


def test_of_files_of_one_name_the_newest_is_meant():
    thread = Thread(id="t", messages=(mail("1", "plan.pdf"), mail("2", "plan.pdf"), mail("3", "other.pdf")))
    holder, part = attached_file(thread, "plan.pdf")
    assert (holder.id, part.body.attachment_id) == ("2", "2-plan.pdf")


def test_a_name_without_its_hidden_signs_is_enough():
    holder, _ = attached_file(Thread(id="t", messages=(mail("1", "plan\u202e.pdf"),)), "plan.pdf")
    assert holder.id == "1"
