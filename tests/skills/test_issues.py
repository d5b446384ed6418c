"""The issues skill at the playground's GitHub, as the people of the invented company."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import JsonValue, SecretStr

from integrations.blocking import PATIENCE
from integrations.errors import NotFound, OutcomeUnknown
from integrations.github.calls import Calls
from integrations.github.client import GitHub
from integrations.github.issues import Issues
from integrations.github.me import Me
from integrations.github.models import Issue, Label
from memory.ids import PersonId
from playground.company import load_company
from playground.github import GitHubServer
from skills.errors import RetryToolCall, ToolFailed
from skills.issues import SKILL
from skills.skill import Asker, Result, ToolContext, Version

TOOLS = {tool.name: tool for tool in SKILL.tools}
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ATLAS = "tamarack-maps/atlas-api"


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
        now=NOW,
    )


def valid(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the toolbox hands them on: validated, with every default."""
    model = TOOLS[name].arguments.model_validate(arguments)
    return {field: getattr(model, field) for field in type(model).model_fields}


async def used(ctx: ToolContext[GitHub], name: str, **arguments: Any) -> Result:
    return await TOOLS[name].run(ctx, **valid(name, arguments))


async def settled(ctx: ToolContext[GitHub], name: str, **arguments: Any) -> dict[str, Any]:
    settle = TOOLS[name].settle
    assert settle is not None
    return await settle(ctx, **valid(name, arguments))


async def version(ctx: ToolContext[GitHub], name: str, **arguments: Any) -> Version:
    look = TOOLS[name].version
    assert look is not None
    return await look(ctx, **valid(name, arguments))


def content(result: Result) -> dict[str, Any]:
    assert isinstance(result.content, dict)
    return result.content


def names(result: Result) -> list[str]:
    return [f"{row['repository'].split('/')[1]}#{row['number']}" for row in content(result)["issues"]]


# Search


async def test_words_find_issues_and_no_pull_requests(github: GitHubServer):
    result = await used(as_person(github, "camille"), "search_issues", words="elevation profile")
    assert sorted(names(result)) == ["atlas-api#410", "wayfinder-app#313"]
    assert result.said == "Found 2 issues"
    assert result.untrusted


async def test_a_row_says_what_a_person_needs_to_choose(github: GitHubServer):
    (row,) = content(await used(as_person(github, "ren"), "search_issues", words="overlap"))["issues"]
    assert row == {
        "repository": ATLAS,
        "number": 399,
        "title": "Flaky: test_import_overlap",
        "author": "leila-h",
        "state": "open",
        "labels": ["flaky-test"],
        "assignees": ["oskarmaps"],
        "opened": row["opened"],
        "last_activity": row["last_activity"],
        "comments": 1,
        "link": f"{github.url}/{ATLAS}/issues/399",
        "body": "Fails about 1 in 10. The order of segments is not fixed.",
    }


async def test_what_is_assigned_to_me_is_mine_to_do(github: GitHubServer):
    result = await used(as_person(github, "jamal"), "search_issues", which="assigned_to_me")
    assert sorted(names(result)) == ["bedrock-infra#153", "tile-forge#87"]


async def test_mine_are_those_that_i_opened_and_that_are_open(github: GitHubServer):
    result = await used(as_person(github, "camille"), "search_issues", which="mine")
    assert sorted(names(result)) == ["wayfinder-app#306", "wayfinder-app#313"]


async def test_closed_ones_say_how_and_when(github: GitHubServer):
    ctx = as_person(github, "ren")
    result = await used(ctx, "search_issues", which="closed", repository="atlas-api", words="accents")
    (row,) = content(result)["issues"]
    assert (row["number"], row["state"]) == (395, "closed (completed)")
    assert row["closed"]


async def test_labels_narrow_a_search(github: GitHubServer):
    ctx = as_person(github, "camille")
    result = await used(ctx, "search_issues", repository="wayfinder-app", labels=["Android", "bug"])
    assert names(result) == ["wayfinder-app#308"]


async def test_a_repository_that_i_cannot_see_is_named(github: GitHubServer):
    ctx = as_person(github, "camille")
    with pytest.raises(NotFound, match=f"I cannot see tamarack-maps/bedrock-infra as {ctx.account}"):
        await used(ctx, "search_issues", repository="tamarack-maps/bedrock-infra")


async def test_an_empty_search_is_an_answer(github: GitHubServer):
    assert content(await used(as_person(github, "ren"), "search_issues", words="nothingofthesort")) == {
        "total": 0,
        "issues": [],
    }


async def test_a_long_list_says_that_there_is_more(github: GitHubServer):
    ctx = as_person(github, "ren")
    for number in range(25):
        await ctx.client.issues.open(ATLAS, f"Generated number {number}")
    result = await used(ctx, "search_issues", words="generated")
    assert len(names(result)) == 20
    assert content(result)["note"] == "Only the first 20 of 25 are listed. Narrow it with `words`."


# Reading


async def test_reading_brings_what_was_said_and_who_works_on_it(github: GitHubServer):
    result = await used(as_person(github, "ren"), "read_issue", repository="atlas-api", number=399)
    read = content(result)
    assert read["repository"] == ATLAS
    assert [(comment["by"], comment["text"]) for comment in read["comments"]] == [
        ("oskarmaps", "Will be part of #417.")
    ]
    assert [(pull["number"], pull["state"]) for pull in read["pull_requests"]] == [(417, "open")]
    assert read["assignees"] == ["oskarmaps"]
    assert read["note"] == ""
    assert result.said == "Read issue 399"
    assert result.link == read["link"]
    assert result.untrusted


async def test_an_issue_without_anything_is_short(github: GitHubServer):
    read = content(await used(as_person(github, "ren"), "read_issue", repository="atlas-api", number=391))
    assert (read["comments"], read["pull_requests"], read["milestone"], read["closed_by"]) == ([], [], None, None)


async def test_a_history_that_is_not_told_is_not_called_empty(github: GitHubServer):
    github.fault("GET", "*/timeline", status=403)
    read = content(await used(as_person(github, "ren"), "read_issue", repository="atlas-api", number=399))
    assert read["pull_requests"] == "not readable for this account"


# Pull requests


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("read_issue", {}),
        ("comment_on_issue", {"body": "Hello"}),
        ("update_issue", {"add_labels": ["bug"]}),
        ("close_issue", {}),
    ],
)
async def test_a_pull_request_is_politely_refused(github: GitHubServer, name: str, arguments: dict[str, Any]):
    ctx = as_person(github, "ren")
    where = {"repository": "atlas-api", "number": 417}
    with pytest.raises(ToolFailed, match=r"atlas-api #417 is a pull request and no issue\..*Nothing was changed\."):
        await used(ctx, name, **where, **arguments)
    if TOOLS[name].settle:
        with pytest.raises(ToolFailed, match="is a pull request"):
            await settled(ctx, name, **where, **arguments)
    assert github.writes == []


# Opening


async def test_an_issue_is_opened_once_with_labels_and_assignees(github: GitHubServer):
    ctx = as_person(github, "ren")
    result = await used(
        ctx,
        "open_issue",
        repository="atlas-api",
        title=" Tiles are late ",
        body="Since Monday.",
        labels=["Bug"],
        assignees=["@Leila-H", "me"],
    )
    (write,) = github.writes
    assert write.arguments == {
        "title": "Tiles are late",
        "body": "Since Monday.",
        "labels": ["bug"],
        "assignees": ["leila-h", ctx.account],
    }
    number = content(result)["number"]
    assert content(result) == {"repository": ATLAS, "number": number, "link": f"{github.url}/{ATLAS}/issues/{number}"}
    assert result.said == f"Opened issue {number}"
    assert result.untrusted is False


async def test_what_github_left_out_is_said(github: GitHubServer):
    result = await used(as_person(github, "camille"), "open_issue", repository="atlas-api", title="x", labels=["bug"])
    assert content(result)["note"] == "GitHub did not set the labels: this account may not do so there."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"labels": ["bugs"]}, r"`labels`: tamarack-maps/atlas-api has no label 'bugs'\. The nearest are: bug\."),
        ({"labels": ["zzz"]}, r"has no label 'zzz'\. There are: backend, bug, "),
        ({"assignees": ["leila"]}, r"Nobody can be assigned in .* by the login 'leila'\. The nearest are: leila-h"),
        ({"assignees": ["Leila Haddad"]}, r"`assignees` must be GitHub logins or `me`, got 'Leila Haddad'"),
        ({"title": "  "}, "`title` must be one line"),
        ({"title": "a\nb"}, "`title` must be one line"),
        ({"title": "x" * 257}, "`title` may have 256 characters, got 257"),
        ({"body": "x" * 65_537}, "`body` may have 65,536 characters, got 65,537"),
        ({"repository": "atlas"}, r"Did they mean tamarack-maps/atlas-api\?"),
    ],
)
async def test_no_card_is_shown_for_what_cannot_be_opened(github: GitHubServer, arguments: dict[str, Any], told: str):
    ctx = as_person(github, "ren")
    given = {"repository": "atlas-api", "title": "A title", **arguments}
    with pytest.raises(RetryToolCall, match=told):
        await settled(ctx, "open_issue", **given)
    with pytest.raises(RetryToolCall, match=told):
        await used(ctx, "open_issue", **given)
    assert github.writes == []


async def test_a_card_shows_everything_in_full(github: GitHubServer):
    ctx = as_person(github, "ren")
    assert await settled(
        ctx, "open_issue", repository="atlas-api", title="T", labels=["BUG", "bug"], assignees=["me"]
    ) == {
        "repository": ATLAS,
        "title": "T",
        "body": "",
        "labels": ["bug"],
        "assignees": [ctx.account],
    }


async def test_an_issue_whose_answer_is_lost_is_not_opened_again(github: GitHubServer):
    github.fault("POST", "*/issues", drop=True, done=True)
    with pytest.raises(OutcomeUnknown):
        await used(as_person(github, "ren"), "open_issue", repository="atlas-api", title="Tiles are late")
    assert len(github.writes) == 1


async def test_a_change_that_github_passed_over_is_said():
    issue = Issue(
        number=7,
        title="Slow",
        user=None,
        state="open",
        html_url="https://github.com/o/r/issues/7",
        repository_url="https://api.github.com/repos/o/r",
        created_at=NOW,
        updated_at=NOW,
        comments=0,
        labels=(Label(name="bug"),),
    )

    class Deaf(Issues):
        """An account whose changes GitHub passes over."""

        async def read(self, repository: str, number: int) -> Issue:
            return issue

        async def change(
            self, repository: str, number: int, *, labels: Iterable[str] | None, assignees: Iterable[str] | None
        ) -> Issue:
            return issue

    client = GitHub(SecretStr("token"), "http://127.0.0.1:9")
    calls = Calls(SecretStr("token"), "http://127.0.0.1:9", patience=PATIENCE)
    client.issues = Deaf(calls, Me(calls))
    ctx = ToolContext(client=client, account="ren", asker=Asker(person=PersonId("T:ren"), name="ren"), now=NOW)
    result = await used(ctx, "update_issue", repository="o/r", number=7, remove_labels=["bug"])
    assert content(result)["note"] == "GitHub did not set the labels: this account may not do so there."


# Commenting


async def test_a_comment_brings_back_its_id_and_link_only(github: GitHubServer):
    ctx = as_person(github, "camille")
    result = await used(ctx, "comment_on_issue", repository="wayfinder-app", number=306, body="Seen again.")
    (write,) = github.writes
    assert (write.by, write.number, write.arguments) == (ctx.account, 306, {"body": "Seen again."})
    assert content(result).keys() == {"id", "link"}
    assert result.untrusted is False


async def test_an_empty_comment_goes_back_to_the_model(github: GitHubServer):
    with pytest.raises(RetryToolCall, match="`body` must not be empty"):
        await settled(as_person(github, "ren"), "comment_on_issue", repository="atlas-api", number=399, body=" ")


async def test_a_comment_card_is_stale_when_the_issue_was_closed(github: GitHubServer):
    ctx, where = as_person(github, "ren"), {"repository": ATLAS, "number": 399}
    before = await version(ctx, "comment_on_issue", **where, body="x")
    await used(ctx, "close_issue", **where)
    after = await version(ctx, "comment_on_issue", **where, body="x")
    assert (before.said, after.said) == ("open", "closed (completed)")
    assert before.fingerprint != after.fingerprint


# Changing


async def test_labels_and_assignees_change_in_one_request(github: GitHubServer):
    ctx = as_person(github, "ren")
    result = await used(
        ctx,
        "update_issue",
        repository="atlas-api",
        number=410,
        add_labels=["backend"],
        remove_labels=["BUG"],
        assignees=["leila-h"],
    )
    (write,) = github.writes
    assert write.arguments == {"labels": ["customer-ask", "backend"], "assignees": ["leila-h"]}
    assert content(result) == {"number": 410, "link": f"{github.url}/{ATLAS}/issues/410"}
    assert result.said == "Changed issue 410"


@pytest.mark.parametrize("nobody", [[], ["none"]])
async def test_taking_everybody_off_is_written_on_the_card(github: GitHubServer, nobody: list[str]):
    ctx, where = as_person(github, "ren"), {"repository": ATLAS, "number": 399}
    card = await settled(ctx, "update_issue", **where, assignees=nobody)
    assert card["assignees"] == ["none"]
    await used(ctx, "update_issue", **card)
    (write,) = github.writes
    assert write.arguments == {"assignees": []}
    assert github.issue("atlas-api", 399).assignees == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "Say what to change"),
        ({"add_labels": ["buggy"]}, r"has no label 'buggy'\. The nearest are: bug\."),
        ({"remove_labels": ["tiles"]}, r"`remove_labels`: The issue has no label 'tiles'"),
        ({"add_labels": ["bug"], "remove_labels": ["Bug"]}, "both name bug"),
        ({"assignees": ["none", "leila-h"]}, "'none' stands alone"),
    ],
)
async def test_a_change_that_makes_no_sense_goes_back(github: GitHubServer, arguments: dict[str, Any], told: str):
    with pytest.raises(RetryToolCall, match=told):
        await settled(as_person(github, "ren"), "update_issue", repository="atlas-api", number=410, **arguments)


async def test_somebody_elses_change_makes_a_card_stale(github: GitHubServer):
    ctx, where = as_person(github, "ren"), {"repository": ATLAS, "number": 410}
    before = await version(ctx, "update_issue", **where)
    assert before.said == "open; labels: bug, customer-ask; assigned to nobody"
    await used(as_person(github, "leila"), "update_issue", **where, assignees=["me"])
    assert (await version(ctx, "update_issue", **where)).fingerprint != before.fingerprint


# Closing


@pytest.mark.parametrize("reason", ["completed", "not_planned"])
async def test_closing_says_why(github: GitHubServer, reason: str):
    ctx = as_person(github, "ren")
    result = await used(ctx, "close_issue", repository="atlas-api", number=399, reason=reason)
    (write,) = github.writes
    assert write.arguments == {"state": "closed", "state_reason": reason}
    assert content(result)["state"] == f"closed ({reason})"


async def test_closing_again_is_said_to_be_over_before_any_card(github: GitHubServer):
    ctx, where = as_person(github, "ren"), {"repository": "atlas-api", "number": 395}
    for attempt in (settled, used):
        with pytest.raises(ToolFailed, match=r"#395 is closed \(completed\) already\. Nothing was changed\."):
            await attempt(ctx, "close_issue", **where)
    assert github.writes == []


def test_a_closing_card_asks_for_what_will_happen():
    says = TOOLS["close_issue"].says
    assert says.about({"reason": "completed"}).ask == "Close this issue as done?"
    assert says.about({"reason": "not_planned"}).done == "Issue closed as not planned"


def test_what_is_remembered_is_where_how_and_who():
    remembered: dict[str, JsonValue] = {name: list(tool.remembers) for name, tool in TOOLS.items()}
    assert remembered["open_issue"] == ["repository", "labels", "assignees"]
    assert all("repository" in tool.remembers for tool in SKILL.tools)
