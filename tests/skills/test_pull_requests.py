"""The pull requests skill at the playground's GitHub, as the people of the invented company."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import JsonValue, SecretStr

from integrations.errors import AccessRevoked, NotFound, OutcomeUnknown, Refused, ServiceUnavailable
from integrations.github.client import GitHub
from integrations.github.models import Owner, Repository
from memory.ids import PersonId
from playground.company import load_company
from playground.github import GitHubServer
from skills.errors import RetryToolCall, ToolFailed
from skills.pull_requests import SKILL
from skills.pull_requests.names import full_name
from skills.skill import Asker, Result, Tool, ToolContext, Version

TOOLS = {tool.name: tool for tool in SKILL.tools}


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


async def used(ctx: ToolContext[GitHub], name: str, **arguments: Any) -> Result:
    """Call a tool as the toolbox does: arguments validated first."""
    valid = TOOLS[name].arguments.model_validate(arguments)
    return await TOOLS[name].run(ctx, **{field: getattr(valid, field) for field in type(valid).model_fields})


def rows(result: Result) -> list[Any]:
    assert isinstance(result.content, dict)
    found = result.content["pull_requests"]
    assert isinstance(found, list)
    return found


def names(result: Result) -> list[str]:
    return [f"{row['repository'].split('/')[1]}#{row['number']}" for row in rows(result)]


def content(result: Result) -> dict[str, JsonValue]:
    assert isinstance(result.content, dict)
    return result.content


async def version(ctx: ToolContext[GitHub], tool: Tool, **arguments: Any) -> Version:
    assert tool.version is not None
    return await tool.version(ctx, **arguments)


# Lists


async def test_what_waits_for_ren_is_what_she_has_not_answered(github: GitHubServer):
    result = await used(as_person(github, "ren"), "list_pull_requests", which="waiting_for_my_review")
    assert sorted(names(result)) == ["atlas-api#415", "atlas-api#417", "bedrock-infra#156"]
    assert result.said == "Found 3 pull requests"
    assert result.untrusted


async def test_a_waiting_one_ends_with_what_was_said_last(github: GitHubServer):
    result = await used(as_person(github, "ren"), "list_pull_requests", which="waiting_for_my_review", words="GPX")
    (row,) = rows(result)
    assert row["last_comment"]["text"].startswith("Decided today: this waits for 4.13.")
    assert row["labels"] == ["backend", "customer-ask"]


async def test_my_own_say_what_they_wait_for(github: GitHubServer):
    result = await used(as_person(github, "camille"), "list_pull_requests", which="mine")
    assert {row["number"]: row["waits_for"] for row in rows(result)} == {
        318: ["changes that devraj-m requested", "checks failing (ios-ui)"],
        320: ["nothing: approved by yukidraws, devraj-m, checks green"],
    }


async def test_merged_ones_of_all_repositories_are_listed_since_a_day(github: GitHubServer):
    result = await used(as_person(github, "priya"), "list_pull_requests", which="merged", since="2026-11-13")
    merged = names(result)
    assert "wayfinder-app#314" in merged
    assert "atlas-api#398" not in merged
    assert all(row["merged"] >= "2026-11-13" for row in rows(result))


async def test_open_ones_of_one_repository_are_found_by_its_bare_name(github: GitHubServer):
    result = await used(as_person(github, "camille"), "list_pull_requests", which="open", repository="wayfinder-app")
    assert sorted(names(result)) == ["wayfinder-app#318", "wayfinder-app#319", "wayfinder-app#320", "wayfinder-app#321"]


async def test_a_long_list_says_that_there_is_more(github: GitHubServer):
    for number in range(900, 925):
        github.add_large_pull("atlas-api", number, files=1, lines=1, by="leila")
    result = await used(as_person(github, "ren"), "list_pull_requests", which="open", words="generated")
    assert len(rows(result)) == 20
    assert str(content(result)["note"]).startswith("Only the first 20 of 25 are listed.")


async def test_an_empty_list_is_an_answer(github: GitHubServer):
    result = await used(as_person(github, "camille"), "list_pull_requests", which="mine", words="nothingofthesort")
    assert content(result) == {"total": 0, "pull_requests": []}


# Reading


async def test_reading_brings_diff_owners_and_what_it_waits_for(github: GitHubServer):
    result = await used(as_person(github, "camille"), "read_pull_request", repository="wayfinder-app", number=318)
    read = content(result)
    assert read["repository"] == "tamarack-maps/wayfinder-app"
    assert read["code_owners"] == [{"owner": "@stupou", "owns": "2 of 2 changed files"}]
    assert read["waits_for"] == ["changes that devraj-m requested", "checks failing (ios-ui)"]
    assert "missingFor" in str(read["files"])
    assert read["note"] == ""
    assert result.said == "Read pull request 318"
    assert result.link == read["link"]


async def test_a_large_diff_says_what_is_missing(github: GitHubServer):
    github.add_large_pull("atlas-api", 900, files=120, lines=100)
    read = content(await used(as_person(github, "ren"), "read_pull_request", repository="atlas-api", number=900))
    assert str(read["note"]).startswith("The diff is cut: ")
    assert len(str(read)) < 60_000


async def test_the_discussion_holds_comments_line_comments_reviews_and_checks(github: GitHubServer):
    result = await used(as_person(github, "camille"), "read_discussion", repository="wayfinder-app", number=318)
    said = content(result)
    assert "The red UI test is real" in str(said["comments"])
    assert "2.1 is a magic number" in str(said["review_comments"])
    assert "check again right before unpacking" in str(said["reviews"])
    assert "is not hittable" in str(said["checks"])


async def test_a_foreign_repository_is_said_to_be_out_of_sight(github: GitHubServer):
    ctx = as_person(github, "camille")
    with pytest.raises(NotFound, match=f"I cannot see tamarack-maps/bedrock-infra #154 as {ctx.account}"):
        await used(ctx, "read_pull_request", repository="tamarack-maps/bedrock-infra", number=154)


# Names


async def test_a_name_that_fits_nothing_offers_what_is_alike(github: GitHubServer):
    with pytest.raises(RetryToolCall, match=r"Did they mean tamarack-maps/wayfinder-app\?"):
        await used(as_person(github, "camille"), "read_pull_request", repository="wayfinder", number=318)


class TwoOfAName(GitHub):
    """An account that sees the same name twice."""

    async def repositories(self) -> tuple[Repository, ...]:
        names = ("tamarack/web", "ren/web", "ren/notes")
        return tuple(Repository(full_name=n, owner=Owner(login=n.split("/")[0], type="User")) for n in names)


async def test_a_name_that_fits_several_names_them():
    ctx: ToolContext[GitHub] = ToolContext(
        client=TwoOfAName(SecretStr("token"), "http://127.0.0.1:9"),
        account="ren",
        asker=Asker(person=PersonId("T:ren"), name="ren"),
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
    with pytest.raises(RetryToolCall, match="may be any of tamarack/web, ren/web"):
        await full_name(ctx, "Web")
    assert await full_name(ctx, "notes") == "ren/notes"


@pytest.mark.parametrize("name", ["", "a/b/c", "o/..", "..", "o/r?x=1", "o/r#1", "https://github.com/o/r"])
async def test_a_name_that_is_none_goes_back_to_the_model(github: GitHubServer, name: str):
    with pytest.raises(RetryToolCall, match="`repository` must look like `owner/name`"):
        await used(as_person(github, "camille"), "read_pull_request", repository=name, number=318)
    assert not github.writes


# Writes


async def test_a_comment_is_posted_once_and_only_its_id_and_link_come_back(github: GitHubServer):
    ctx = as_person(github, "camille")
    result = await used(ctx, "comment_on_pull_request", repository="wayfinder-app", number=318, body="Fixed in 2.2.")
    (write,) = github.writes
    assert (write.by, write.number, write.arguments["body"]) == (ctx.account, 318, "Fixed in 2.2.")
    assert content(result).keys() == {"id", "link"}
    assert result.untrusted is False
    assert result.link is not None
    assert str(content(result)["id"]) in result.link


async def test_a_review_carries_its_verdict(github: GitHubServer):
    await used(as_person(github, "ren"), "review_pull_request", repository="atlas-api", number=417, verdict="approve")
    (write,) = github.writes
    assert write.arguments["event"] == "APPROVE"


async def test_reviewers_are_asked_with_or_without_the_at_sign(github: GitHubServer):
    ctx = as_person(github, "camille")
    owner = github.world.person("sione").login
    result = await used(ctx, "request_reviewers", repository="wayfinder-app", number=318, reviewers=[f"@{owner}"])
    assert content(result)["now_asked"] == [owner]
    assert [account.login for account in github.pull("wayfinder-app", 318).wants] == [owner]


async def test_merging_uses_the_method_and_the_newest_commit(github: GitHubServer):
    head = github.pull("wayfinder-app", 320).head.sha
    result = await used(as_person(github, "camille"), "merge_pull_request", repository="wayfinder-app", number=320)
    (write,) = github.writes
    assert (write.arguments["merge_method"], write.arguments["sha"]) == ("squash", head)
    assert content(result).keys() == {"sha", "link"}


async def test_merging_again_is_said_to_be_over(github: GitHubServer):
    ctx = as_person(github, "camille")
    await used(ctx, "merge_pull_request", repository="wayfinder-app", number=320)
    with pytest.raises(ToolFailed, match="is merged already"):
        await used(ctx, "merge_pull_request", repository="wayfinder-app", number=320)
    assert len(github.writes) == 1


async def test_merging_a_draft_is_refused_with_githubs_reason(github: GitHubServer):
    with pytest.raises(Refused, match="GitHub did not do this"):
        await used(as_person(github, "sione"), "merge_pull_request", repository="wayfinder-app", number=321)
    assert github.writes == []


async def test_nobody_approves_their_own(github: GitHubServer):
    with pytest.raises(Refused, match="own pull request"):
        await used(
            as_person(github, "camille"),
            "review_pull_request",
            repository="wayfinder-app",
            number=318,
            verdict="approve",
        )


async def test_a_comment_whose_answer_is_lost_is_unknown_and_not_repeated(github: GitHubServer):
    github.fault("POST", "*/comments", drop=True, done=True)
    with pytest.raises(OutcomeUnknown):
        await used(
            as_person(github, "camille"), "comment_on_pull_request", repository="wayfinder-app", number=318, body="x"
        )
    assert len(github.writes) == 1


async def test_a_limit_on_a_comment_says_when_to_go_on(github: GitHubServer):
    github.fault("POST", "*/comments", status=403, retry_after=60)
    with pytest.raises(ServiceUnavailable) as caught:
        await used(
            as_person(github, "camille"), "comment_on_pull_request", repository="wayfinder-app", number=318, body="x"
        )
    assert caught.value.retry_at is not None


async def test_an_ended_sign_in_asks_to_connect_again(github: GitHubServer):
    ctx = as_person(github, "camille")
    github.revoke("camille")
    with pytest.raises(AccessRevoked):
        await used(ctx, "list_pull_requests", which="mine")


# Before the card


async def test_a_card_names_the_repository_in_full(github: GitHubServer):
    tool = TOOLS["comment_on_pull_request"]
    assert tool.settle is not None
    settled = await tool.settle(as_person(github, "camille"), repository="wayfinder-app", number=318, body="Hello")
    assert settled == {"repository": "tamarack-maps/wayfinder-app", "number": 318, "body": "Hello"}


async def test_no_card_is_shown_for_what_cannot_be_posted(github: GitHubServer):
    ctx = as_person(github, "camille")
    for name, arguments in (
        ("comment_on_pull_request", {"body": "  "}),
        ("comment_on_pull_request", {"body": "x" * 65_537}),
        ("review_pull_request", {"body": "", "verdict": "request_changes"}),
        ("request_reviewers", {"reviewers": ["Sione Tupou"]}),
        ("merge_pull_request", {"repository": "nowhere", "method": "squash"}),
    ):
        settle = TOOLS[name].settle
        assert settle is not None
        with pytest.raises(RetryToolCall):
            await settle(ctx, **{"repository": "wayfinder-app", "number": 318, **arguments})


async def test_an_approval_may_be_wordless(github: GitHubServer):
    settle = TOOLS["review_pull_request"].settle
    assert settle is not None
    settled = await settle(as_person(github, "ren"), repository="o/r", number=1, verdict="approve", body="")
    assert settled["verdict"] == "approve"


async def test_reviewers_are_settled_each_once(github: GitHubServer):
    settle = TOOLS["request_reviewers"].settle
    assert settle is not None
    settled = await settle(as_person(github, "ren"), repository="o/r", number=1, reviewers=["@a", "a", " o/team "])
    assert settled["reviewers"] == ["a", "o/team"]


async def test_a_new_commit_makes_an_approval_stale_and_a_comment_not(github: GitHubServer):
    ctx = as_person(github, "camille")
    where = {"repository": "tamarack-maps/wayfinder-app", "number": 320}
    review, comment = TOOLS["review_pull_request"], TOOLS["comment_on_pull_request"]
    before = await version(ctx, review, **where, verdict="approve", body="")
    talk = await version(ctx, comment, **where, body="x")
    assert before.said == "1 commit, checks green"
    assert talk.said == "open"
    github.push("wayfinder-app", 320)
    after = await version(ctx, review, **where, verdict="approve", body="")
    assert after.fingerprint != before.fingerprint
    assert after.said.startswith("2 commits")
    assert await version(ctx, comment, **where, body="x") == talk


def test_a_review_card_asks_for_what_will_happen():
    says = TOOLS["review_pull_request"].says
    assert says.about({"verdict": "approve"}).ask == "Approve this pull request?"
    assert says.about({"verdict": "request_changes"}).refused == "Not requested"
    assert says.about({"verdict": "comment"}) == says


async def test_a_list_of_all_repositories_can_be_asked_for(github: GitHubServer):
    ctx = as_person(github, "leila")
    every = names(await used(ctx, "list_pull_requests", which="open"))
    assert names(await used(ctx, "list_pull_requests", which="open", repository="all")) == every


async def test_the_repositories_offered_are_those_of_the_persons_own_work_first(github: GitHubServer):
    repository = TOOLS["request_reviewers"].remembers["repository"]
    assert repository.choices is not None
    offered = await repository.choices(as_person(github, "leila"), number=412)
    assert offered[0] == "tamarack-maps/atlas-api"
    assert len(offered) == len(set(offered)) <= 5
