"""Uploaded files of Drive, read through the parser of documents, at the playground's Google."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.google.client import Google
from integrations.integration import Destination
from memory.ids import PersonId
from playground.company import load_company
from playground.google import GoogleServer
from playground.google.drive_world import File, permission
from skills.errors import RetryToolCall
from skills.files import SKILL
from skills.skill import Asker, Result, ToolContext
from tests.documents.made import locked_pdf, pdf, picture, rows, said, word_xml, workbook, zipped

COMPANY = load_company(today=date(2026, 11, 20))
READ = next(tool for tool in SKILL.tools if tool.name == "read_file")
AT = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(COMPANY) as server:
        yield server


async def read(server: GoogleServer, name: str, media: str, body: bytes, **more: Any) -> Result:
    """Let Nadia upload a file, and read it as her."""
    given = server.sign_in("nadia", SKILL.scopes.read)
    mail = given["email"]
    server.drive.add(
        File(
            id="f" * 33,
            name=name,
            mime_type=media,
            owner=mail,
            created=AT,
            modified=AT,
            modified_by=mail,
            data=body,
            permissions=[permission("owner", "user", mail)],
        )
    )
    ctx = ToolContext(
        client=Google(SecretStr(given["access_token"]), Destination(api_url=server.api_url)),
        account=mail,
        asker=Asker(person=PersonId("T:nadia"), name="Nadia"),
        now=AT,
    )
    return await READ.run(ctx, file="f" * 33, **{"place": "", **more})


def told(result: Result) -> dict[str, Any]:
    assert isinstance(result.content, dict)
    return result.content


async def test_a_pdf_is_read_page_by_page_and_kept(google: GoogleServer):
    result = await read(google, "plan.pdf", "application/pdf", pdf("We open in June", "We close in May"))
    assert told(result)["text"] == "[page 1]\nWe open in June\n\n[page 2]\nWe close in May"
    assert told(result)["facts"] == "2 pages"
    assert told(result)["kept_as"] == "plan.pdf"
    assert [file.name for file in result.files] == ["plan.pdf"]
    assert result.untrusted
    assert not result.records[0].ours


async def test_a_pdf_is_read_on_from_a_page(google: GoogleServer):
    result = await read(google, "a.pdf", "application/pdf", pdf("One", "Two"), place="page 2")
    assert told(result)["text"] == "[page 2]\nTwo"
    assert result.files == ()


async def test_a_page_that_is_not_there_goes_back_to_the_model(google: GoogleServer):
    with pytest.raises(RetryToolCall, match="Its places are: page 1, page 2"):
        await read(google, "a.pdf", "application/pdf", pdf("One", "Two"), place="page 7")


async def test_a_word_file_is_read(google: GoogleServer):
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert told(await read(google, "a.docx", media, word_xml(said("We open"))))["text"] == "We open"


async def test_a_workbook_is_read_with_all_its_sheets(google: GoogleServer):
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    body = workbook({"One": [["a", "b"], [1, 2]], "Two": [["c"], ["d"]]})
    result = await read(google, "a.xlsx", media, body)
    assert told(result)["text"] == "[sheet One]\na,b\n1,2\n\n[sheet Two]\nc\nd"
    assert result.files[0].body == body


async def test_of_a_large_table_the_beginning_is_shown_and_all_of_it_is_kept(google: GoogleServer):
    body = rows(100_000)
    result = await read(google, "huts.csv", "text/csv", body)
    assert told(result)["text"].startswith("id,name,region")
    assert "The text is cut" in told(result)["note"]
    assert result.files[0].body == body


async def test_a_picture_is_kept_for_the_eyes_of_the_model(google: GoogleServer):
    result = await read(google, "hut.png", "image/png", picture(800, 600))
    assert told(result)["facts"] == "800 × 600 pixels"
    assert result.files[0].look


@pytest.mark.parametrize(
    ("name", "media", "body", "why"),
    [
        ("a.pdf", "application/pdf", locked_pdf(), "protected with a password"),
        ("a.zip", "application/zip", zipped({"a.txt": b"x"}), "Send the files in it one by one"),
        ("a.mp4", "video/mp4", b"\0\0\0\x18ftypmp42" + bytes(80), "It is a video"),
        ("a.mp3", "audio/mpeg", b"ID3" + bytes(80), "something to listen to"),
    ],
)  # fmt: skip
async def test_of_what_cannot_be_read_the_reason_is_told(
    google: GoogleServer, name: str, media: str, body: bytes, why: str
):
    result = await read(google, name, media, body)
    assert told(result)["text"] == ""
    assert why in told(result)["note"]
    assert result.files == ()
