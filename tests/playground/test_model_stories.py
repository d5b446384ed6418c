"""The stories that the pull requests skill can serve, told with the real skill at the playground's GitHub."""

import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import JsonValue, SecretStr

from bot.toolbox.call import Call, executed
from integrations.github.client import GitHub
from memory.ids import CallId, PersonId, TurnId
from playground.company import Company, load_company
from playground.github import GitHubServer
from playground.model import Conversation, DemoModel
from playground.model.conversation import Message, OfferedTool, Part, ToolCall, ToolResult, Words
from playground.model.stories import Story, StoryTurn, served_stories
from skills.pull_requests import SKILL
from skills.skill import Asker, ToolContext

TOOLS = {tool.name: tool for tool in SKILL.tools}
OFFERED = tuple(OfferedTool(name=t.name, description=t.description, schema=t.schema) for t in SKILL.tools)
TODAY = date(2026, 11, 20)


@dataclass(kw_only=True)
class Told:
    """What a turn came to."""

    calls: list[tuple[str, Mapping[str, JsonValue]]] = field(default_factory=list[tuple[str, Mapping[str, JsonValue]]])
    texts: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@pytest.fixture(params=[False, True], ids=["as written", "renamed"])
def company(request: pytest.FixtureRequest) -> Company:
    return load_company(today=TODAY, renamed=request.param)


@pytest.fixture
async def github(company: Company) -> AsyncIterator[GitHubServer]:
    async with GitHubServer(company) as server:
        yield server


async def tell(github: GitHubServer, who: str, said: str, *, known: Mapping[str, JsonValue] | None = None) -> Told:
    """One turn: the demo model and the tools take turns until it only speaks; every write is approved.

    `known` is what memory would put into calls that leave it out.
    """
    given = github.sign_in(who)
    asker = Asker(person=PersonId(f"T:{who}"), name=who)
    client = GitHub(SecretStr(given["access_token"]), github.api_url)
    context = ToolContext(client=client, account=given["login"], asker=asker, now=datetime.now(UTC))
    messages, told, ids = [Message("user", (Words(said),))], Told(), itertools.count()
    for _ in range(10):
        system = f"For them today is {TODAY:%A, %d %B %Y} (Europe/Amsterdam)."
        asked = Conversation(wire="messages", model="m", system=system, messages=tuple(messages), tools=OFFERED)
        plan = DemoModel()(asked)
        told.texts += [plan.text] if plan.text else []
        if not plan.calls:
            return told
        made: list[Part] = []
        results: list[Part] = []
        for call in plan.calls:
            assert not isinstance(call.arguments, str)
            told.calls.append((call.tool, call.arguments))
            made.append(ToolCall(id=f"c{next(ids)}", tool=call.tool, arguments=call.arguments))
            results.append(await _result(context, made[-1], known or {}))
        messages += [Message("assistant", tuple(made)), Message("user", tuple(results))]
    raise AssertionError(f"no end: {told.calls}")


async def _result(context: ToolContext[GitHub], made: Part, known: Mapping[str, JsonValue]) -> ToolResult:
    assert isinstance(made, ToolCall)
    tool = TOOLS[made.tool]
    filled = {name: value for name, value in known.items() if name in tool.remembers and tool.effect == "write"}
    valid = tool.arguments.model_validate({**filled, **made.arguments})
    arguments: dict[str, Any] = {name: getattr(valid, name) for name in tool.arguments.model_fields}
    result = await tool.run(context, **arguments)
    call = Call(turn=TurnId("t"), id=CallId(made.id), skill=SKILL, tool=tool, arguments=arguments)
    return ToolResult(call=made.id, text=executed(call, result.content, untrusted=result.untrusted))


def expected(told: Told, turn: StoryTurn) -> None:
    """Every call of the story was made, with what it must say, and without what memory knows."""
    for call in turn.calls:
        made = [arguments for tool, arguments in told.calls if tool == call.tool]
        wanted = {name: value for name, value in call.arguments.items() if name not in call.left_out}
        assert any(
            wanted.items() <= {**arguments}.items() and not call.left_out.keys() & arguments.keys()
            for arguments in made
        ), f"{call.tool} {wanted} without {[*call.left_out]} not in {made}"


def known_in(turn: StoryTurn) -> dict[str, JsonValue]:
    """What memory would know in a story's turn."""
    return {name: call.arguments[name] for call in turn.calls for name in call.left_out if name in call.arguments}


@pytest.mark.parametrize(
    "story_id", ["prs-wait", "prs-wait-camille", "merge-compass", "other-reviewer", "reviewers-drift"]
)
async def test_the_story_makes_its_calls(story_id: str, company: Company, github: GitHubServer):
    story = story_of(story_id, company)
    for turn in story.turns:
        expected(await tell(github, story.who, turn.say, known=known_in(turn)), turn)


def story_of(story_id: str, company: Company) -> Story:
    return next(story for story in served_stories(company) if story.id == story_id)


@pytest.mark.parametrize("story_id", ["prs-wait", "prs-wait-camille"])
async def test_exactly_what_waits_is_listed(story_id: str, company: Company, github: GitHubServer):
    story = story_of(story_id, company)
    told = await tell(github, story.who, story.turns[0].say)
    rows = [line for line in told.text.split("\n") if line.startswith("- ")]
    assert len(rows) == len(story.turns[0].waiting)
    assert all(any(name in row for row in rows) for name in story.turns[0].waiting)


async def test_what_can_wait_is_said_to_wait(company: Company, github: GitHubServer):
    told = await tell(github, company.renamed("ren"), "which PRs wait for me")
    row = next(line for line in told.text.split("\n") if "#415" in line)
    assert "It can wait: " in row
    assert "4.13" in row


async def test_the_compass_is_merged_with_its_reasons(company: Company, github: GitHubServer):
    told = await tell(github, company.renamed("camille"), "merge the compass one")
    assert "2 approvals" in told.texts[0]
    assert "all checks green" in told.texts[0]
    assert told.texts[-1].endswith(company.renamed("TRAIL-143 can be closed."))
    assert github.pull(company.renamed("wayfinder-app"), 320).merge is not None


async def test_the_owner_is_asked_instead_of_who_is_gone(company: Company, github: GitHubServer):
    story = story_of("other-reviewer", company)
    told = await tell(github, story.who, story.turns[0].say)
    sione = company.person(company.renamed("sione")).github
    assert told.calls[-1][1]["reviewers"] == [sione]
    assert f"{sione} owns 2 of 2 changed files" in told.text


async def test_whom_a_new_review_is_asked_of_is_left_to_memory(company: Company, github: GitHubServer):
    story = story_of("reviewers-drift", company)
    told = await tell(github, story.who, story.turns[0].say, known=known_in(story.turns[0]))
    assert ("request_reviewers", {"number": 412}) in told.calls
    both = [company.person(company.renamed(who)).github for who in ("ren", "oskar")]
    assert f"Asked {' and '.join(map(str, both))} for a review" in told.text
    assert company.renamed("tamarack-maps/atlas-api#415") in told.text


async def test_a_reviewed_pull_request_gets_its_comment(company: Company, github: GitHubServer):
    told = await tell(github, company.renamed("ren"), "review 417 and comment")
    comments = github.pull(company.renamed("atlas-api"), 417).comments
    assert "summer and a winter name?" in comments[-1].body
    assert told.texts[-1].startswith("Comment posted: [")
