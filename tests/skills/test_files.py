"""The files skill at the playground's Google, as the people of the invented company."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from integrations.errors import (
    AccessRevoked,
    IntegrationError,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.google.client import Google
from integrations.integration import Destination
from memory.ids import PersonId
from playground.company import load_company
from playground.google import GoogleServer
from skills.errors import RetryToolCall, ToolFailed
from skills.files import SKILL
from skills.skill import Asker, Result, ToolContext

COMPANY = load_company(today=date(2026, 11, 20))
TOOLS = {tool.name: tool for tool in SKILL.tools}


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(COMPANY) as server:
        yield server


def as_person(server: GoogleServer, handle: str, *, level: str = "write") -> ToolContext[Google]:
    given = server.sign_in(handle, SKILL.scopes.write if level == "write" else SKILL.scopes.read)
    return ToolContext(
        client=Google(SecretStr(given["access_token"]), Destination(api_url=server.api_url)),
        account=given["email"],
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle, zone="Europe/Amsterdam"),
        now=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def used(ctx: ToolContext[Google], name: str, **arguments: Any) -> Result:
    """Call a tool as the toolbox does: arguments validated first."""
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def settled(ctx: ToolContext[Google], name: str, **arguments: Any) -> dict[str, Any]:
    """The arguments of a write as its card gets them."""
    settle = TOOLS[name].settle
    assert settle is not None
    return await settle(ctx, **valid(name, arguments))


def content(result: Result) -> dict[str, Any]:
    assert isinstance(result.content, dict)
    return result.content


def names(result: Result) -> list[str]:
    return [row["name"] for row in content(result)["files"]]


# Finding


async def test_a_file_is_found_by_a_word_of_its_text(google: GoogleServer):
    result = await used(as_person(google, "nadia"), "search_files", words="eu-north")
    assert "Tile CDN runbook" in names(result)
    assert result.untrusted


async def test_a_row_says_what_it_is_whose_and_when_it_changed(google: GoogleServer):
    result = await used(as_person(google, "priya"), "search_files", words="release checklist")
    row = next(row for row in content(result)["files"] if row["name"] == "4.12 release checklist")
    assert row["kind"] == "Google Doc"
    assert row["owner"]
    assert row["changed"].endswith("+00:00")
    assert row["link"].startswith(google.url)


async def test_a_kind_and_an_owner_narrow_the_list(google: GoogleServer):
    ctx = as_person(google, "priya")
    assert names(await used(ctx, "search_files", kind="sheet")) == ["OKRs this quarter"]
    mine = await used(ctx, "search_files", owner="me", kind="document")
    assert {row["owner"] for row in content(mine)["files"]} == {"Priya Raghunathan"}


async def test_nobody_finds_what_they_may_not_read(google: GoogleServer):
    assert names(await used(as_person(google, "leila"), "search_files", words="runway")) == []
    assert "Board deck" in names(await used(as_person(google, "tomas"), "search_files", words="runway"))


async def test_an_owner_that_is_no_address_goes_back_to_the_model(google: GoogleServer):
    with pytest.raises(RetryToolCall, match="`owner` must be an e-mail address, got 'Priya'"):
        await used(as_person(google, "leila"), "search_files", owner="Priya")


async def test_quotes_and_backslashes_are_words_like_others(google: GoogleServer):
    result = await used(as_person(google, "leila"), "search_files", words="it's \\ or name contains 'a")
    assert content(result) == {"files": []}
    assert result.said == "Found 0 files"


async def test_a_search_that_is_too_long_goes_back_to_the_model(google: GoogleServer):
    with pytest.raises(RetryToolCall, match="`words` may have 200 characters"):
        await used(as_person(google, "leila"), "search_files", words="a" * 201)


# Reading


async def test_a_document_is_read_with_its_comments_and_replies(google: GoogleServer):
    read = content(await used(as_person(google, "yuki"), "read_file", file="Winter trails: product plan"))
    assert "Six of ten support questions" in read["text"]
    (comment,) = read["comments"]
    assert comment["by"] == "Adaeze Nwosu"
    assert comment["replies"][0]["text"] == "Then 4.12 waits. The layer cannot be switched off alone on iOS."
    assert read["note"] == ""


async def test_a_sheet_is_read_with_all_its_tabs_and_kept_to_compute_with(google: GoogleServer):
    sheet = google.drive.named("doc-okr")
    sheet.text += "# tab: Last quarter\nobjective,reached\nO9,0.8\n"
    result = await used(as_person(google, "mei"), "read_file", file="OKRs this quarter")
    read = content(result)
    assert "[sheet OKRs]\nobjective,key_result,owner" in read["text"]
    assert "[sheet Last quarter]\nobjective,reached\nO9,0.8" in read["text"]
    assert read["facts"].startswith("2 sheets")
    assert read["kept_as"] == "OKRs this quarter.xlsx"
    assert [file.name for file in result.files] == ["OKRs this quarter.xlsx"]


async def test_a_sheet_that_is_too_large_to_export_is_read_as_far_as_it_can_be(google: GoogleServer):
    google.drive.export_limit = 1_000
    read = content(await used(as_person(google, "mei"), "read_file", file="OKRs this quarter"))
    assert read["text"].startswith("objective,key_result,owner")
    assert "Only the first tab" in read["note"]


async def test_slides_are_read_as_text(google: GoogleServer):
    read = content(await used(as_person(google, "tomas"), "read_file", file="Board deck"))
    assert "19 months" in read["text"]


async def test_a_csv_file_is_read_as_it_is(google: GoogleServer):
    result = await used(as_person(google, "nadia"), "read_file", file="budget.csv")
    assert ";" in content(result)["text"]
    assert content(result)["kind"] == "CSV file"
    assert result.said == "Read budget.csv"


async def test_a_file_is_read_by_its_id_and_by_its_link(google: GoogleServer):
    ctx = as_person(google, "mei")
    row = content(await used(ctx, "search_files", words="Metrics we agree on"))["files"][0]
    by_id = await used(ctx, "read_file", file=row["id"])
    by_link = await used(ctx, "read_file", file=row["link"])
    assert by_id.content == by_link.content
    assert by_id.link == row["link"]


async def test_a_name_that_fits_nothing_offers_what_is_about_it(google: GoogleServer):
    with pytest.raises(
        RetryToolCall, match=r"I see no file 'postmortem' as jamal@.*'Postmortem: tile CDN outage' of Jam"
    ):
        await used(as_person(google, "jamal"), "read_file", file="postmortem")


async def test_a_name_that_fits_several_names_them_with_their_ids(google: GoogleServer):
    ctx = as_person(google, "camille")
    for _ in range(2):
        await used(ctx, "create_document", title="Notes", body="One")
    with pytest.raises(RetryToolCall, match=r"`file` 'Notes' may be any of these: .*\(id .*\(id .*ask which"):
        await used(ctx, "read_file", file="Notes")


@pytest.mark.parametrize("file", ["", "  ", "https://example.com/plan"])
async def test_what_can_be_no_file_goes_back_to_the_model(google: GoogleServer, file: str):
    with pytest.raises(RetryToolCall, match="`file` must be"):
        await used(as_person(google, "camille"), "read_file", file=file)


async def test_a_link_to_what_cannot_be_seen_says_so(google: GoogleServer):
    board = content(await used(as_person(google, "tomas"), "search_files", words="Board deck"))["files"][0]
    with pytest.raises(NotFound, match="I cannot see this file"):
        await used(as_person(google, "leila"), "read_file", file=board["link"])


# Writing a document


async def test_a_document_is_written_from_markdown(google: GoogleServer):
    ctx = as_person(google, "priya")
    body = "# Weekly\n\n- Closures are done\n- Größe: 3 €\n"
    made = await used(ctx, "create_document", title=" Weekly \n update ", body=body)
    assert content(made).keys() == {"id", "link"}
    assert made.untrusted is False
    read = content(await used(ctx, "read_file", file=content(made)["id"]))
    assert read["name"] == "Weekly update"
    assert "Größe: 3 €" in read["text"]
    assert [(write.action, write.who) for write in google.writes] == [("drive.files.create", "priya")]


async def test_a_document_goes_into_the_folder_that_the_card_names(google: GoogleServer):
    ctx = as_person(google, "priya")
    arguments = {"title": "Winter notes", "body": "One", "folder": "Product"}
    asked = await settled(ctx, "create_document", **arguments)
    assert str(asked["folder"]) == "Product"
    approved = valid("create_document", json.loads(TOOLS["create_document"].arguments(**asked).model_dump_json()))
    assert approved["folder"] != "Product"
    await used(ctx, "create_document", **approved)
    (write,) = google.writes
    assert write.arguments["parents"] == [approved["folder"]]


async def test_a_folder_that_is_none_goes_back_to_the_model(google: GoogleServer):
    with pytest.raises(RetryToolCall, match="I see no folder 'Nowhere at all'"):
        await settled(as_person(google, "priya"), "create_document", title="A", body="B", folder="Nowhere at all")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": " "}, "`title` must have 1 to 250 characters"),
        ({"title": "a" * 251}, "`title` must have 1 to 250 characters, got 251"),
        ({"body": "\n"}, "`body` must not be empty"),
        ({"body": "a" * 200_001}, "`body` may have 200,000 characters"),
    ],
)
async def test_a_document_without_a_name_or_a_fitting_text_goes_back(
    google: GoogleServer, wrong: dict[str, str], told: str
):
    with pytest.raises(RetryToolCall, match=told):
        await settled(as_person(google, "priya"), "create_document", **{"title": "A", "body": "B", **wrong})
    assert not google.writes


# Comments


async def test_a_comment_is_posted_once_and_can_be_read(google: GoogleServer):
    ctx = as_person(google, "adaeze")
    posted = await used(ctx, "comment_on_file", file="Winter trails: product plan", text="Fine by me.")
    assert content(posted).keys() == {"id", "file", "link"}
    assert posted.untrusted is False
    read = content(await used(ctx, "read_file", file=content(posted)["file"]))
    assert read["comments"][-1]["text"] == "Fine by me."
    assert [write.action for write in google.writes] == ["drive.comments.create"]


@pytest.mark.parametrize(("text", "told"), [(" ", "must not be empty"), ("a" * 4097, "may have 4,096 characters")])
async def test_a_comment_that_drive_would_refuse_goes_back(google: GoogleServer, text: str, told: str):
    with pytest.raises(RetryToolCall, match=told):
        await settled(as_person(google, "adaeze"), "comment_on_file", file="Winter trails: product plan", text=text)


# Sharing


async def test_the_card_names_the_file_in_words_and_who_can_see_it_now(google: GoogleServer):
    asked = await settled(as_person(google, "nadia"), "share_file", file="budget.csv", people=["Ren@tamarack.example"])
    shown = str(asked["file"])
    assert shown.startswith("budget.csv (CSV file, owner Nadia Petrenko). Now: ")
    assert "Marit Solheim can edit" in shown
    assert "Priya Raghunathan can read" in shown
    assert asked["people"] == ["ren@tamarack.example"]


async def test_what_is_approved_is_the_files_id_whatever_the_card_calls_it(google: GoogleServer):
    ctx = as_person(google, "nadia")
    asked = await settled(ctx, "share_file", file="budget.csv", people=["ren@tamarack.example"])
    approved = json.loads(TOOLS["share_file"].arguments(**asked).model_dump_json())
    found = content(await used(ctx, "search_files", words="budget"))["files"]
    assert approved["file"] == next(row["id"] for row in found if row["name"] == "budget.csv")
    again = await settled(ctx, "share_file", **approved)
    assert json.loads(TOOLS["share_file"].arguments(**again).model_dump_json()) == approved


async def test_whoever_it_is_shared_with_can_open_it(google: GoogleServer):
    ctx = as_person(google, "nadia")
    with pytest.raises(RetryToolCall):
        await used(as_person(google, "ren"), "read_file", file="budget.csv")
    shared = await used(ctx, "share_file", file="budget.csv", people=["ren@tamarack.example"], role="commenter")
    assert content(shared)["shared_with"] == ["ren@tamarack.example"]
    assert content(await used(as_person(google, "ren"), "read_file", file="budget.csv"))["text"]


async def test_a_sharing_meanwhile_is_noticed(google: GoogleServer):
    ctx, version = as_person(google, "nadia"), TOOLS["share_file"].version
    assert version is not None
    before = await version(ctx, file="budget.csv", people=[], role="reader")
    await used(ctx, "share_file", file="budget.csv", people=["ren@tamarack.example"])
    after = await version(ctx, file="budget.csv", people=[], role="reader")
    assert before.fingerprint != after.fingerprint
    assert "Ren Kobayashi can read" in after.said


async def test_who_may_not_share_hears_who_can(google: GoogleServer):
    with pytest.raises(ToolFailed, match=r"may not share this file\. Its owner can: nadia@tamarack\.example"):
        await settled(as_person(google, "priya"), "share_file", file="budget.csv", people=["ren@tamarack.example"])


@pytest.mark.parametrize("person", ["Ren", "ren@", "@tamarack.example", "a@b.example, c@d.example"])
async def test_people_must_be_addresses(google: GoogleServer, person: str):
    with pytest.raises(RetryToolCall, match="`people` must be an e-mail address, got"):
        await settled(as_person(google, "nadia"), "share_file", file="budget.csv", people=[person])


# When Google does not do it

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search_files", {"words": "budget"}),
    ("read_file", {"file": "budget.csv"}),
    ("create_document", {"title": "A", "body": "B"}),
    ("comment_on_file", {"file": "budget.csv", "text": "Fine."}),
    ("share_file", {"file": "budget.csv", "people": ["ren@tamarack.example"]}),
]
every_write = pytest.mark.parametrize(("name", "arguments"), CALLS[2:], ids=[name for name, _ in CALLS[2:]])
every_tool = pytest.mark.parametrize(("name", "arguments"), CALLS, ids=[name for name, _ in CALLS])


@every_tool
async def test_an_ended_sign_in_asks_to_connect_again(google: GoogleServer, name: str, arguments: dict[str, Any]):
    ctx = as_person(google, "nadia")
    google.revoke("nadia")
    with pytest.raises(AccessRevoked, match=r"^Google no longer accepts this sign-in\."):
        await used(ctx, name, **arguments)


@every_write
async def test_a_consent_to_read_does_not_write(google: GoogleServer, name: str, arguments: dict[str, Any]):
    with pytest.raises(PermissionMissing, match=r"Connect Google again"):
        await used(as_person(google, "nadia", level="read"), name, **arguments)
    assert not google.writes


@every_tool
@pytest.mark.parametrize("status", [404, 429, 503])
async def test_every_refusal_ends_in_a_sentence(
    google: GoogleServer, name: str, arguments: dict[str, Any], status: int
):
    ctx = as_person(google, "nadia")
    google.fault("*", "*/drive/v3/*", status=status, times=50)
    with pytest.raises((IntegrationError, RetryToolCall)) as caught:
        await used(ctx, name, **arguments)
    assert str(caught.value).endswith((".", "ask which."))
    assert not google.writes


@every_write
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (403, PermissionMissing),
        (404, NotFound),
        (409, Refused),
        (429, ServiceUnavailable),
        (503, OutcomeUnknown),
    ],
)
async def test_a_write_that_google_refuses_is_told_from_one_that_may_have_happened(
    google: GoogleServer, name: str, arguments: dict[str, Any], status: int, error: type[IntegrationError]
):
    ctx = as_person(google, "nadia")
    google.fault("POST", "*/drive/v3/*", status=status)
    with pytest.raises(error, match=r"\.$"):
        await used(ctx, name, **arguments)
    assert not google.writes


@every_write
async def test_a_write_whose_answer_is_lost_was_done_once_and_is_not_repeated(
    google: GoogleServer, name: str, arguments: dict[str, Any]
):
    ctx = as_person(google, "nadia")
    google.fault("POST", "*/drive/v3/*", drop=True, done=True)
    with pytest.raises(OutcomeUnknown):
        await used(ctx, name, **arguments)
    assert len(google.writes) == 1


async def test_a_sharing_that_fails_at_the_second_says_who_has_it(google: GoogleServer):
    ctx = as_person(google, "nadia")
    google.fault("POST", "*/permissions", seconds=0.01)
    google.fault("POST", "*/permissions", status=409)
    with pytest.raises(
        ToolFailed, match=r"Shared with ren@tamarack\.example, but not with leila@tamarack\.example: Go"
    ):
        await used(ctx, "share_file", file="budget.csv", people=["ren@tamarack.example", "leila@tamarack.example"])
    assert len(google.writes) == 1
