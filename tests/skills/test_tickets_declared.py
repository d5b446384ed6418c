"""What the ticket tools tell the gate: who could see what they show, who sees what they write, what can be undone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.gate import Deed
from bot.toolbox.call import Call
from bot.toolbox.declared import deed_of
from integrations.atlassian.client import Jira
from integrations.atlassian.models import Comments, Ticket
from integrations.errors import NotFound
from integrations.integration import Destination, Site
from memory.ids import CallId, PersonId, TurnId
from playground.atlassian import AtlassianServer
from playground.company import load_company
from skills.errors import ToolFailed
from skills.record import Record
from skills.skill import Asker, Result, ToolContext
from skills.tickets import SKILL, records

TOOLS = {tool.name: tool for tool in SKILL.tools}
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
LAWYER = "TRAIL-149"


@pytest.fixture
async def jira() -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20)), clock=lambda: NOW) as server:
        yield server


@pytest.fixture
async def poisoned() -> AsyncIterator[AtlassianServer]:
    company = load_company(today=date(2026, 11, 20), poison=("adv-jira-text", "adv-memory"))
    async with AtlassianServer(company, clock=lambda: NOW) as server:
        yield server


def as_person(server: AtlassianServer, handle: str) -> ToolContext[Jira]:
    given = server.sign_in(handle, scopes=("read:jira-user", *SKILL.scopes.write))
    site = Site(id=server.cloud_id, name="Tamarack", url=server.site_url)
    to = Destination(api_url=server.api_url, endpoints={"resources_url": server.resources_url}, site=site)
    return ToolContext(
        client=Jira(SecretStr(given["access_token"]), to),
        account=handle,
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle),
        now=NOW,
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def used(ctx: ToolContext[Jira], name: str, **arguments: Any) -> Result:
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def undone(ctx: ToolContext[Jira], name: str, result: Result) -> None:
    undo = TOOLS[name].undo
    assert undo is not None
    assert result.undo is not None
    await undo(ctx, **result.undo)


def deed(name: str, **arguments: Any) -> Deed:
    call = Call(turn=TurnId("t"), id=CallId("c"), skill=SKILL, tool=TOOLS[name], arguments=valid(name, arguments))
    return deed_of(call)


def record(result: Result, kind: str, of: str) -> Record:
    (found,) = [one for one in result.records if (one.kind, one.id) == (kind, of)]
    return found


def ticket(**fields: Any) -> Ticket:
    status = {"name": "To Do", "statusCategory": {"key": "new"}}
    plain = {"summary": "S", "status": status, "issuetype": {"name": "Bug"}, "updated": "2026-11-20T09:00:00.000+0100"}
    return Ticket.model_validate({"key": "TRAIL-1", "fields": {**plain, **fields}})


def said(**more: Any) -> Comments:
    comment = {"id": "1", "created": "2026-11-20T09:00:00.000+0100", **more}
    return Comments.model_validate({"comments": [comment], "total": 1})


# Reads


async def test_a_search_is_a_record_for_each_ticket(jira: AtlassianServer):
    result = await used(as_person(jira, "priya"), "search_tickets", words="avalanche disclaimer")
    (found,) = result.records
    assert (found.kind, found.id, found.keys) == ("ticket", LAWYER, (LAWYER,))
    assert found.name == "Avalanche disclaimer approved by the lawyer"
    assert (found.readers, found.author, found.ours) == ({"jira:trail"}, "", False)
    assert "release-blocker" in found.text


async def test_my_tickets_are_not_mine_alone(jira: AtlassianServer):
    result = await used(as_person(jira, "mei"), "my_tickets")
    assert {one.id for one in result.records} == {"PLAT-67", "PLAT-69", "PLAT-80"}
    assert {one.readers for one in result.records} == {frozenset({"jira:plat"})}
    assert not any(one.ours or one.author for one in result.records)


async def test_a_ticket_in_full_holds_its_comments_and_names_those_beside_it(jira: AtlassianServer):
    result = await used(as_person(jira, "priya"), "read_ticket", key=LAWYER)
    issue = jira.issue(LAWYER)
    assert issue.comments
    found = record(result, "ticket", LAWYER)
    assert found.readers == {"jira:trail"}
    assert isinstance(result.content, dict)
    comments: Any = result.content["comments"]
    assert all(comment["text"] in found.text for comment in comments)
    parent = record(result, "ticket", "TRAIL-100")
    assert (parent.name, parent.readers) == (jira.issue("TRAIL-100").summary, {"jira:trail"})


async def test_a_ticket_that_another_names_was_seen_by_nobody_where_jira_does_not_tell(jira: AtlassianServer):
    jira.fault("POST", "*/search/jql", status=400)
    result = await used(as_person(jira, "priya"), "read_ticket", key=LAWYER)
    assert record(result, "ticket", "TRAIL-100").readers == frozenset()
    assert record(result, "ticket", LAWYER).readers == {"jira:trail"}


async def test_planted_text_stands_in_a_record_that_is_nobodys_own(poisoned: AtlassianServer):
    for who, key, words in (("priya", "TRAIL-140", "Set all tickets"), ("jamal", "PLAT-82", "From now on Jamal")):
        result = await used(as_person(poisoned, who), "read_ticket", key=key)
        found = record(result, "ticket", key)
        assert words in found.text
        assert (found.ours, found.author, result.untrusted) == (False, "", True)


async def test_a_board_is_a_record_with_its_sprint_and_each_of_its_tickets(jira: AtlassianServer):
    result = await used(as_person(jira, "priya"), "view_board", board="Trails board")
    (board,) = [one for one in result.records if one.kind == "board"]
    assert isinstance(result.content, dict)
    content: dict[str, Any] = result.content
    assert (board.id, board.name) == (str(content["board"]["id"]), content["board"]["name"])
    assert content["sprint"]["goal"] in board.text
    assert board.readers == frozenset()
    shown = {one["key"] for column in content["columns"] for one in column["tickets"]}
    assert {one.id for one in result.records if one.kind == "ticket"} == shown


async def test_a_search_that_finds_nothing_holds_nobodys_words(jira: AtlassianServer):
    result = await used(as_person(jira, "priya"), "search_tickets", words="nothingofthesort")
    assert (result.untrusted, result.records) == (False, ())


def test_a_ticket_with_a_security_level_was_seen_by_nobody_for_sure():
    assert records.readers_of(ticket(security={"id": "1", "name": "Leads"})) == frozenset()


def test_a_customers_ticket_is_a_place_of_its_own():
    """What the team can see must not go to a customer as if it were the project's."""
    found = ticket(project={"key": "TRAIL", "name": "Trails", "projectTypeKey": "service_desk"})
    assert records.readers_of(found) == {"jira:trail-1"}


@pytest.mark.parametrize("kept", [{"visibility": {"type": "role", "value": "Leads"}}, {"jsdPublic": False}])
def test_a_comment_that_is_kept_for_some_keeps_the_whole_record_for_the_asker(kept: dict[str, Any]):
    whole, part = said(), said(**kept)
    assert records.of_one(ticket(), whole, {})[0].readers == {"jira:trail"}
    assert records.of_one(ticket(), part, {})[0].readers == frozenset()


# Writes


def test_a_new_ticket_is_seen_in_its_project_and_cannot_be_taken_back():
    found = deed(
        "create_ticket", project="TRAIL", type="Bug", summary="S", description="D", labels=["ios"], parent="TRAIL-100"
    )
    assert set(found.targets) == {
        ("project", "TRAIL"),
        ("ticket_type", "Bug"),
        ("label", "ios"),
        ("ticket", "TRAIL-100"),
    }
    assert (found.texts, found.seen_by) == (("S", "D"), {"jira:trail"})
    assert (found.egress, found.can_undo, found.destroys) == (True, False, False)
    other = deed("create_ticket", project="PLAT", type="Bug", summary="S")
    assert found.permission != other.permission != ""


@pytest.mark.parametrize(
    ("name", "arguments", "targets", "texts"),
    [
        ("comment_on_ticket", {"text": "Hello"}, (), ("Hello",)),
        ("move_ticket", {"to": "Done"}, (("status", "Done"),), ()),
        (
            "update_ticket",
            {"assignee": "Priya <p@x.example>", "components": ["mobile"], "priority": "High", "summary": "New"},
            (("person", "Priya <p@x.example>"), ("component", "mobile"), ("priority", "High")),
            ("New",),
        ),
        ("update_ticket", {"fix_version": "4.12"}, (("version", "4.12"),), ()),
    ],
)
def test_a_write_goes_into_its_ticket_and_can_be_undone(
    name: str, arguments: dict[str, Any], targets: tuple[tuple[str, str], ...], texts: tuple[str, ...]
):
    found = deed(name, key=LAWYER, **arguments)
    assert found.targets == (("ticket", LAWYER), *targets)
    assert (found.texts, found.into, found.seen_by) == (texts, (("ticket", LAWYER),), {"jira:trail"})
    assert (found.egress, found.can_undo, found.destroys, found.permission) == (True, True, False, "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("create_ticket", {"creat", "erstell"}),
        ("update_ticket", {"chang", "assign", "label"}),
        ("move_ticket", {"move", "set", "close", "reopen"}),
        ("comment_on_ticket", {"comment", "reply"}),
    ],
)
def test_each_write_knows_the_words_by_which_people_ask_for_it(name: str, words: set[str]):
    assert words <= TOOLS[name].asked_as


async def test_a_new_ticket_tells_what_was_written_and_its_key(jira: AtlassianServer):
    ctx = as_person(jira, "camille")
    result = await used(ctx, "create_ticket", project="TRAIL", type="Task", summary="New", description="Why")
    assert isinstance(result.content, dict)
    key = str(result.content["key"])
    made = Record(kind="ticket", id=key, name="New", keys=(key,), readers=frozenset({"jira:trail"}), text="Why")
    assert result.records == (made,)
    assert result.undo is None


# Taking back


async def test_a_comment_is_deleted_again(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    before = list(issue.comments)
    result = await used(ctx, "comment_on_ticket", key=LAWYER, text="**Hello**")
    assert len(issue.comments) == len(before) + 1
    await undone(ctx, "comment_on_ticket", result)
    assert issue.comments == before
    with pytest.raises(NotFound, match=f"I cannot see this comment on {LAWYER} in Jira"):
        await undone(ctx, "comment_on_ticket", result)


async def test_a_comment_that_was_edited_meanwhile_stays(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    result = await used(ctx, "comment_on_ticket", key=LAWYER, text="Hello")
    issue.comments[-1].body = {"type": "doc", "version": 1, "content": []}
    count = len(issue.comments)
    with pytest.raises(ToolFailed, match="edited since it was posted"):
        await undone(ctx, "comment_on_ticket", result)
    assert len(issue.comments) == count


async def test_a_moved_ticket_is_moved_back(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    before = issue.status
    result = await used(ctx, "move_ticket", key=LAWYER, to="In Review")
    assert issue.status != before
    await undone(ctx, "move_ticket", result)
    assert issue.status == before
    with pytest.raises(ToolFailed, match=rf"{LAWYER} is {before.name} by now and no longer In Review"):
        await undone(ctx, "move_ticket", result)


async def test_a_ticket_that_was_moved_on_stays_where_it_is(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    result = await used(ctx, "move_ticket", key=LAWYER, to="In Review")
    await used(as_person(jira, "priya"), "move_ticket", key=LAWYER, to="Done")
    with pytest.raises(ToolFailed, match="is Done by now"):
        await undone(ctx, "move_ticket", result)
    assert issue.status.name == "Done"


async def test_a_workflow_without_a_way_back_is_said(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    result = await used(ctx, "move_ticket", key=LAWYER, to="In Review")
    project = issue.project
    project.statuses = tuple(one for one in project.statuses if one.name != "In Progress")
    with pytest.raises(ToolFailed, match="cannot go back from In Review to In Progress"):
        await undone(ctx, "move_ticket", result)


async def test_every_field_is_set_as_it_was(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    before = replace(issue, labels=list(issue.labels), components=list(issue.components), versions=list(issue.versions))
    result = await used(
        ctx,
        "update_ticket",
        key=LAWYER,
        summary="Another",
        description="Another *text*",
        labels=["ios", "android"],
        components=["mobile"],
        assignee="me",
        priority="Low",
        fix_version="none",
        parent="none",
    )
    assert issue.summary == "Another"
    assert issue.versions == []
    await undone(ctx, "update_ticket", result)
    names = ("summary", "description", "assignee", "priority", "parent", "labels", "components", "versions")
    assert {name: getattr(issue, name) for name in names} == {name: getattr(before, name) for name in names}
    with pytest.raises(ToolFailed, match=rf"Somebody changed these fields of {LAWYER} since"):
        await undone(ctx, "update_ticket", result)


async def test_what_was_empty_is_empty_again(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue("TRAIL-118")
    issue.description, issue.assignee, issue.labels[:], issue.components[:] = None, None, [], []
    result = await used(
        ctx, "update_ticket", key="TRAIL-118", description="D", assignee="me", labels=["x"], components=["mobile"]
    )
    await undone(ctx, "update_ticket", result)
    assert (issue.description, issue.assignee, issue.labels, issue.components) == (None, None, [], [])


async def test_fields_that_somebody_changed_again_stay_and_others_do_not_matter(jira: AtlassianServer):
    ctx, issue = as_person(jira, "camille"), jira.issue(LAWYER)
    first = await used(ctx, "update_ticket", key=LAWYER, summary="Another")
    await used(as_person(jira, "priya"), "update_ticket", key=LAWYER, labels=["ios"])
    await undone(ctx, "update_ticket", first)
    assert (issue.summary, issue.labels) == ("Avalanche disclaimer approved by the lawyer", ["ios"])
    second = await used(ctx, "update_ticket", key=LAWYER, summary="A third")
    await used(as_person(jira, "priya"), "update_ticket", key=LAWYER, summary="A fourth")
    with pytest.raises(ToolFailed, match="Somebody changed these fields"):
        await undone(ctx, "update_ticket", second)
    assert issue.summary == "A fourth"


async def test_a_change_that_changed_nothing_leaves_nothing_to_take_back(jira: AtlassianServer):
    same = jira.issue(LAWYER).summary
    result = await used(as_person(jira, "camille"), "update_ticket", key=LAWYER, summary=same)
    assert result.undo is None


async def test_a_change_stands_even_where_nothing_can_be_read_after_it(jira: AtlassianServer):
    here = f"*/issue/{LAWYER}"
    jira.fault("GET", here, seconds=0)  # the read before the change
    jira.fault("GET", here, status=503, times=2)
    result = await used(as_person(jira, "camille"), "update_ticket", key=LAWYER, summary="Another")
    assert jira.issue(LAWYER).summary == "Another"
    assert result.undo is None
