"""What the issue tools tell the gate: whose words they show, who sees what they write, what can be undone."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.gate import Deed
from bot.toolbox.call import Call
from bot.toolbox.declared import deed_of
from integrations.errors import NotFound, Refused
from integrations.github.client import GitHub
from memory.ids import CallId, PersonId, TurnId
from playground.company import load_company
from playground.github import GitHubServer
from skills.errors import ToolFailed
from skills.issues import SKILL
from skills.record import PUBLIC, Record
from skills.skill import Asker, Result, ToolContext

TOOLS = {tool.name: tool for tool in SKILL.tools}
ATLAS = "tamarack-maps/atlas-api"
PLACE = f"github:{ATLAS}"
FLAKY = {"repository": ATLAS, "number": 399}


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


def as_person(server: GitHubServer, handle: str) -> ToolContext[GitHub]:
    given = server.sign_in(handle)
    return ToolContext(
        client=GitHub(SecretStr(given["access_token"]), server.api_url),
        account=given["login"],
        asker=Asker(person=PersonId(f"T:{handle}"), name=handle),
        now=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def used(ctx: ToolContext[GitHub], name: str, **arguments: Any) -> Result:
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def undone(ctx: ToolContext[GitHub], name: str, result: Result) -> None:
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


# Reads


async def test_a_search_is_a_record_for_each_issue_and_each_repository(github: GitHubServer):
    result = await used(as_person(github, "ren"), "search_issues", words="overlap")
    found = record(result, "issue", "399")
    assert found.name == "Flaky: test_import_overlap"
    assert {f"{ATLAS}#399", "atlas-api#399", "atlas-api 399"} <= set(found.keys)
    assert (found.author, found.readers, found.ours) == ("github:leila-h", {PLACE}, False)
    assert "The order of segments is not fixed." in found.text
    assert "flaky-test" in found.text
    assert record(result, "repository", ATLAS).keys == (ATLAS, "atlas-api")


async def test_an_issue_under_which_others_wrote_has_no_author(github: GitHubServer):
    result = await used(as_person(github, "ren"), "read_issue", **FLAKY)
    found = record(result, "issue", "399")
    assert "Will be part of #417." in found.text
    assert (found.author, found.ours) == ("", False)


async def test_the_pull_requests_that_name_an_issue_are_records_of_their_own(github: GitHubServer):
    result = await used(as_person(github, "ren"), "read_issue", **FLAKY)
    pull = record(result, "pull_request", "417")
    assert (pull.name, pull.readers) == (github.pull("atlas-api", 417).title, {PLACE})
    assert {f"{ATLAS}#417", "atlas-api#417"} <= set(pull.keys)


async def test_an_issue_without_an_answer_is_its_authors_own_words(github: GitHubServer):
    result = await used(as_person(github, "ren"), "read_issue", repository=ATLAS, number=391)
    assert record(result, "issue", "391").author == f"github:{github.issue('atlas-api', 391).by.login.lower()}"


async def test_my_own_issue_is_not_mine_alone(github: GitHubServer):
    # Whoever may write to the repository may edit its text, and GitHub does not tell.
    result = await used(as_person(github, "camille"), "search_issues", which="mine")
    assert [one.ours for one in result.records] == [False] * len(result.records)


async def test_a_public_repository_is_read_by_everybody_and_the_others_are_not(github: GitHubServer):
    github.repository("wayfinder-app").private = False
    result = await used(as_person(github, "camille"), "search_issues", words="elevation profile")
    assert record(result, "issue", "313").readers == {PUBLIC}
    assert record(result, "issue", "410").readers == {PLACE}


async def test_readers_that_github_does_not_tell_are_nobody(github: GitHubServer):
    github.fault("GET", f"/repos/{ATLAS}", status=403)
    result = await used(as_person(github, "ren"), "read_issue", **FLAKY)
    assert record(result, "issue", "399").readers == frozenset()
    assert record(result, "repository", ATLAS).keys == (ATLAS,)


async def test_a_search_that_finds_nothing_holds_nobodys_words(github: GitHubServer):
    result = await used(as_person(github, "ren"), "search_issues", words="nothingofthesort")
    assert (result.untrusted, result.records) == (False, ())


# Writes


def test_a_new_issue_is_seen_where_it_is_opened_and_cannot_be_taken_back():
    found = deed("open_issue", repository=ATLAS, title="T", body="B", labels=["bug"], assignees=["leila-h"])
    assert found.targets == (("repository", ATLAS), ("label", "bug"), ("person", "leila-h"))
    assert (found.texts, found.seen_by) == (("T", "B"), {PLACE})
    assert (found.egress, found.can_undo, found.destroys) == (True, False, False)
    assert found.permission == deed("open_issue", repository=ATLAS, title="U").permission


@pytest.mark.parametrize(
    ("name", "arguments", "texts", "more"),
    [
        ("comment_on_issue", {"body": "Hello"}, ("Hello",), ()),
        (
            "update_issue",
            {"add_labels": ["bug"], "remove_labels": ["low"], "assignees": ["leila-h"]},
            (),
            (("label", "bug"), ("label", "low"), ("person", "leila-h")),
        ),
        ("close_issue", {"reason": "not_planned"}, (), ()),
    ],
)
def test_a_write_goes_into_its_issue_and_can_be_undone(
    name: str, arguments: dict[str, Any], texts: tuple[str, ...], more: tuple[tuple[str, str], ...]
):
    found = deed(name, **FLAKY, **arguments)
    assert found.targets == (("repository", ATLAS), ("issue", "399"), *more)
    assert (found.texts, found.seen_by, found.into) == (texts, {PLACE}, (("issue", "399"),))
    assert (found.egress, found.can_undo, found.destroys) == (True, True, False)
    assert found.permission == deed(name, repository=ATLAS, number=391, **arguments).permission


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("open_issue", {"open", "erstell", "crea"}),
        ("comment_on_issue", {"comment", "reply", "antwort"}),
        ("update_issue", {"label", "assign", "change"}),
        ("close_issue", {"close", "schliess", "ferm"}),
    ],
)
def test_each_write_knows_the_words_by_which_people_ask_for_it(name: str, words: set[str]):
    assert words <= TOOLS[name].asked_as


async def test_a_new_issue_tells_what_was_written_and_its_number(github: GitHubServer):
    result = await used(as_person(github, "ren"), "open_issue", repository="atlas-api", title=" New ", body="Why")
    assert isinstance(result.content, dict)
    number = result.content["number"]
    keys, readers = (f"{ATLAS}#{number}",), frozenset({PLACE})
    made = Record(kind="issue", id=str(number), name="New", keys=keys, readers=readers, text="Why")
    assert (result.records, result.undo) == ((made,), None)


# Taking back


async def test_a_comment_is_deleted_again(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 391)
    result = await used(ctx, "comment_on_issue", repository=ATLAS, number=391, body="Hello")
    assert [comment.body for comment in issue.comments] == ["Hello"]
    await undone(ctx, "comment_on_issue", result)
    assert issue.comments == []
    with pytest.raises(NotFound, match="I cannot see this comment"):
        await undone(ctx, "comment_on_issue", result)


async def test_a_comment_that_was_edited_meanwhile_stays(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 391)
    result = await used(ctx, "comment_on_issue", repository=ATLAS, number=391, body="Hello")
    issue.comments[0].body = "Hello all"
    with pytest.raises(Refused, match="edited since it was posted"):
        await undone(ctx, "comment_on_issue", result)
    assert [comment.body for comment in issue.comments] == ["Hello all"]


async def test_labels_and_assignees_are_set_back(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 399)
    labels, people = list(issue.labels), list(issue.assignees)
    result = await used(ctx, "update_issue", **FLAKY, add_labels=["bug"], assignees=["leila-h"])
    assert (issue.labels, issue.assignees) != (labels, people)
    await undone(ctx, "update_issue", result)
    assert (issue.labels, issue.assignees) == (labels, people)
    with pytest.raises(ToolFailed, match=r"atlas-api #399 since\. Nothing was changed\."):
        await undone(ctx, "update_issue", result)


async def test_only_what_was_changed_is_set_back(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 399)
    result = await used(ctx, "update_issue", **FLAKY, assignees=["none"])
    issue.labels.append("bug")
    await undone(ctx, "update_issue", result)
    assert [account.login for account in issue.assignees] == ["oskarmaps"]
    assert "bug" in issue.labels


async def test_a_change_that_changed_nothing_leaves_nothing_to_take_back(github: GitHubServer):
    result = await used(as_person(github, "ren"), "update_issue", **FLAKY, add_labels=["flaky-test"])
    assert result.undo is None


async def test_a_change_that_somebody_changed_again_stays(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 399)
    result = await used(ctx, "update_issue", **FLAKY, add_labels=["bug"])
    issue.labels.append("low")
    with pytest.raises(ToolFailed, match="Somebody changed the labels"):
        await undone(ctx, "update_issue", result)
    assert {"bug", "low"} <= set(issue.labels)


async def test_a_closed_issue_is_opened_again(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 399)
    result = await used(ctx, "close_issue", **FLAKY, reason="not_planned")
    await undone(ctx, "close_issue", result)
    assert (issue.state, issue.closed) == ("open", None)
    with pytest.raises(ToolFailed, match="was opened or closed again since"):
        await undone(ctx, "close_issue", result)


async def test_an_issue_that_was_closed_anew_stays_closed(github: GitHubServer):
    ctx, issue = as_person(github, "ren"), github.issue("atlas-api", 399)
    result = await used(ctx, "close_issue", **FLAKY)
    assert issue.closed is not None
    issue.closed += timedelta(minutes=3)
    with pytest.raises(ToolFailed, match="was opened or closed again since"):
        await undone(ctx, "close_issue", result)
    assert issue.state == "closed"
