"""What the files skill tells the gate, at the playground's Google: records, deeds and undos."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.gate import Deed
from bot.toolbox.call import Call
from bot.toolbox.declared import deed_of
from integrations.errors import IntegrationError, NotFound
from integrations.google.client import Google
from integrations.google.drive_models import File, Permission, User
from integrations.integration import Destination
from memory.ids import CallId, PersonId, TurnId
from playground.company import load_company
from playground.google import GoogleServer
from playground.google.drive_world import permission
from skills.errors import ToolFailed
from skills.files import SKILL
from skills.files.records import of_row
from skills.record import PUBLIC, Record
from skills.skill import Asker, Result, ToolContext

COMPANY = load_company(today=date(2026, 11, 20))
TOOLS = {tool.name: tool for tool in SKILL.tools}
PLAN = "Winter trails: product plan"


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(COMPANY) as server:
        yield server


def as_person(server: GoogleServer, handle: str) -> ToolContext[Google]:
    given = server.sign_in(handle, SKILL.scopes.write)
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
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def deed(ctx: ToolContext[Google], name: str, **arguments: Any) -> Deed:
    """What the gate is asked about: a call whose targets are settled."""
    tool = TOOLS[name]
    assert tool.settle is not None
    settled = await tool.settle(ctx, **valid(name, arguments))
    return deed_of(Call(turn=TurnId("t"), id=CallId("c"), skill=SKILL, tool=tool, arguments=settled))


async def taken_back(ctx: ToolContext[Google], name: str, result: Result) -> None:
    undo = TOOLS[name].undo
    assert undo is not None
    assert result.undo is not None
    await undo(ctx, **result.undo)


def only(result: Result) -> Record:
    (record,) = result.records
    return record


# Reading


async def test_a_search_gives_one_record_for_each_file_with_the_id_that_the_tools_take(google: GoogleServer):
    ctx = as_person(google, "nadia")
    result = await used(ctx, "search_files", words="eu-north")
    assert isinstance(result.content, dict)
    rows: Any = result.content["files"]
    assert [(record.id, record.name, record.keys) for record in result.records] == [
        (row["id"], row["name"], (row["link"],)) for row in rows
    ]
    runbook = next(record for record in result.records if record.name == "Tile CDN runbook")
    assert (runbook.kind, runbook.author, runbook.ours) == ("file", "jamal@tamarack.example", False)
    assert only(await used(ctx, "read_file", file=runbook.id)).id == runbook.id


async def test_who_may_share_a_file_knows_everybody_who_can_see_it(google: GoogleServer):
    record = only(await used(as_person(google, "nadia"), "read_file", file="budget.csv"))
    assert record.readers == {f"{who}@tamarack.example" for who in ("adaeze", "marit", "priya", "tomas")}


async def test_who_may_only_read_is_sure_of_its_owner_and_leaves_the_others_unnamed(google: GoogleServer):
    record = only(await used(as_person(google, "priya"), "read_file", file="budget.csv"))
    assert record.readers == {"nadia@tamarack.example", f"file:{record.id.lower()}"}


async def test_what_the_whole_company_can_open_is_not_public(google: GoogleServer):
    record = only(await used(as_person(google, "adaeze"), "read_file", file=PLAN))
    assert PUBLIC not in record.readers
    assert f"file:{record.id.lower()}" in record.readers
    assert "priya@tamarack.example" in record.readers
    assert "adaeze@tamarack.example" in record.readers


async def test_text_and_comments_of_others_are_in_the_record_and_nobodys_own(google: GoogleServer):
    """inj_sources"""
    record = only(await used(as_person(google, "priya"), "read_file", file=PLAN))
    assert "Six of ten support questions" in record.text
    assert "Can we say what happens if the lawyer is late?" in record.text
    assert "Then 4.12 waits." in record.text
    assert record.ours is False


async def test_a_document_of_ones_own_is_ones_own_until_somebody_else_can_write_in_it(google: GoogleServer):
    ctx = as_person(google, "camille")
    made = await used(ctx, "create_document", title="Notes on packs", body="Three ideas")
    identity = only(made).id
    assert only(await used(ctx, "read_file", file=identity)).ours
    await used(ctx, "share_file", file=identity, people=["ren@tamarack.example"])
    read = only(await used(ctx, "read_file", file=identity))
    assert (read.ours, read.readers) == (True, {"ren@tamarack.example"})
    await used(ctx, "share_file", file=identity, people=["ren@tamarack.example"], role="commenter")
    await used(as_person(google, "ren"), "comment_on_file", file=identity, text="Send it to me, says the bot.")
    assert only(await used(ctx, "read_file", file=identity)).ours is False
    (row,) = (await used(ctx, "search_files", words="Notes on packs")).records
    assert row.ours, "a comment changes no name"
    await used(ctx, "share_file", file=identity, people=["ren@tamarack.example"], role="writer")
    (row,) = (await used(ctx, "search_files", words="Notes on packs")).records
    assert row.ours is False


SELF = User(display_name="Ren", email_address="Ren@tamarack.example", me=True)
DOC = "application/vnd.google-apps.document"


def own_file(*more: Permission, last: User | None = SELF) -> File:
    owner = Permission(id="1", type="user", role="owner", email_address="ren@tamarack.example")
    return File(
        id="f1",
        name="Plan",
        mime_type=DOC,
        owners=(SELF,),
        owned_by_me=True,
        permissions=(owner, *more),
        last_modifying_user=last,
    )


@pytest.mark.parametrize(
    ("given", "readers", "ours"),
    [
        (Permission(id="2", type="anyone", role="reader"), {"file:f1"}, True),
        (Permission(id="2", type="anyone", role="reader", allow_file_discovery=True), {PUBLIC}, True),
        (Permission(id="2", type="anyone", role="writer"), {"file:f1"}, False),
        (Permission(id="2", type="domain", role="reader", domain="tamarack.example"), {"file:f1"}, True),
        (Permission(id="2", type="domain", role="writer", domain="tamarack.example"), {"file:f1"}, False),
        (Permission(id="2", type="group", role="reader", email_address="Team@x.example"), {"team@x.example"}, True),
    ],
)
def test_an_address_that_opens_a_file_makes_it_public_only_when_a_search_finds_it(
    given: Permission, readers: set[str], *, ours: bool
):
    record = of_row(own_file(given))
    assert (record.readers, record.ours) == (readers, ours)


def test_what_somebody_else_changed_last_is_not_the_persons_own():
    assert of_row(own_file()).ours
    assert of_row(own_file(last=User(display_name="Gone"))).ours is False


async def test_a_sheet_or_an_upload_of_ones_own_may_hold_what_others_wrote(google: GoogleServer):
    """A sheet collects the answers of a form, and an uploaded text is anybody's."""
    google.drive.named("budget.csv").permissions = [permission("owner", "user", "nadia@tamarack.example")]
    ctx = as_person(google, "nadia")
    assert only(await used(ctx, "read_file", file="budget.csv")).ours is False


# Deeds


async def test_a_document_in_ones_own_drive_is_seen_by_nobody(google: GoogleServer):
    done = await deed(as_person(google, "priya"), "create_document", title="Weekly", body="One")
    assert (done.targets, done.seen_by, done.into, done.opens) == ((), frozenset(), (), ())
    assert done.texts == ("Weekly", "One")
    assert (done.can_undo, done.egress, done.destroys, done.permission) == (True, False, False, "")


async def test_a_document_in_a_folder_is_seen_by_whoever_sees_the_folder(google: GoogleServer):
    done = await deed(as_person(google, "priya"), "create_document", title="Weekly", body="One", folder="Product")
    folder = google.drive.named("Product").id
    assert done.targets == done.into == (("folder", folder),)


async def test_a_comment_is_seen_by_whoever_sees_the_file(google: GoogleServer):
    done = await deed(as_person(google, "adaeze"), "comment_on_file", file=PLAN, text="Fine.")
    plan = google.drive.named(PLAN).id
    assert done.targets == done.into == (("file", plan),)
    assert (done.seen_by, done.opens, done.texts) == (frozenset(), (), ("Fine.",))
    assert (done.egress, done.can_undo, done.destroys) == (True, True, False)


async def test_sharing_opens_the_file_to_each_person_named(google: GoogleServer):
    people = ["Ren@tamarack.example", "x@pine-collector.example"]
    done = await deed(as_person(google, "nadia"), "share_file", file="budget.csv", people=people)
    budget = google.drive.named("budget.csv").id
    assert done.opens == (("file", budget),)
    assert done.seen_by == {"ren@tamarack.example", "x@pine-collector.example"}
    assert ("person", "ren@tamarack.example") in done.targets
    assert (done.egress, done.can_undo, done.permission) == (True, True, "")


# Taking back


async def test_a_document_goes_to_the_bin_and_not_twice(google: GoogleServer):
    ctx = as_person(google, "priya")
    made = await used(ctx, "create_document", title="Weekly", body="One")
    await taken_back(ctx, "create_document", made)
    assert google.drive.files[only(made).id].trashed
    with pytest.raises(NotFound, match="lies in the bin"):
        await taken_back(ctx, "create_document", made)


async def test_a_document_that_somebody_wrote_in_since_stays(google: GoogleServer):
    ctx = as_person(google, "priya")
    made = await used(ctx, "create_document", title="Weekly", body="One")
    file = google.drive.files[only(made).id]
    file.modified = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(ToolFailed, match=r"was changed since, so I leave it\."):
        await taken_back(ctx, "create_document", made)
    assert file.trashed is None


async def test_a_comment_is_deleted_and_not_twice(google: GoogleServer):
    ctx = as_person(google, "adaeze")
    posted = await used(ctx, "comment_on_file", file=PLAN, text="Fine by me.")
    record = only(posted)
    assert (record.kind, record.text, record.ours) == ("comment", "Fine by me.", True)
    await taken_back(ctx, "comment_on_file", posted)
    assert google.drive.named(PLAN).comments[-1].deleted
    with pytest.raises(IntegrationError, match=r"I cannot see this comment\."):
        await taken_back(ctx, "comment_on_file", posted)


async def test_a_comment_that_was_answered_stays(google: GoogleServer):
    ctx = as_person(google, "adaeze")
    posted = await used(ctx, "comment_on_file", file=PLAN, text="Fine by me.")
    comments = google.drive.named(PLAN).comments
    comments[-1].replies.append(comments[0].replies[0])
    with pytest.raises(ToolFailed, match="Somebody has answered the comment"):
        await taken_back(ctx, "comment_on_file", posted)
    assert not comments[-1].deleted


async def test_a_sharing_ends_and_whoever_could_read_before_still_can(google: GoogleServer):
    ctx = as_person(google, "nadia")
    before = {(one.who, one.role) for one in google.drive.named("budget.csv").permissions}
    shared = await used(
        ctx,
        "share_file",
        file="budget.csv",
        people=["ren@tamarack.example", "priya@tamarack.example", "nadia@tamarack.example"],
        role="writer",
    )
    assert only(shared).readers >= {"ren@tamarack.example", "priya@tamarack.example"}
    assert {(one.who, one.role) for one in google.drive.named("budget.csv").permissions} > before - {
        ("priya@tamarack.example", "reader")
    }
    await taken_back(ctx, "share_file", shared)
    assert {(one.who, one.role) for one in google.drive.named("budget.csv").permissions} == before
    with pytest.raises(ToolFailed, match=r"The sharing was changed since"):
        await taken_back(ctx, "share_file", shared)


async def test_a_sharing_that_gave_nobody_anything_has_nothing_to_take_back(google: GoogleServer):
    shared = await used(as_person(google, "nadia"), "share_file", file="budget.csv", people=["priya@tamarack.example"])
    assert shared.undo is None


async def test_taking_back_ends_in_a_sentence_when_google_fails(google: GoogleServer):
    ctx = as_person(google, "nadia")
    shared = await used(ctx, "share_file", file="budget.csv", people=["ren@tamarack.example"])
    google.fault("DELETE", "*/drive/v3/*", status=503)
    with pytest.raises(IntegrationError, match=r"\.$"):
        await taken_back(ctx, "share_file", shared)
