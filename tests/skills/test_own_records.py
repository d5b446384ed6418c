"""What people's own records at the playground's services say of how they work."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, TypeAdapter

from integrations.atlassian.client import Jira
from integrations.atlassian.jql import filed_query
from integrations.atlassian.models import Ticket
from integrations.errors import ServiceUnavailable
from integrations.github.client import GitHub
from integrations.github.models import Event, Issue
from integrations.google.client import Google
from integrations.integration import Destination, Site
from memory.ids import PersonId
from playground.atlassian import AtlassianServer
from playground.company import load_company
from playground.github import GitHubServer
from playground.google import GoogleServer
from skills import calendar, issues, pull_requests, tickets
from skills.catalog import skill_catalog
from skills.own_records import MOST, OwnRecord, OwnRecords, prefix_of
from skills.skill import Asker, Skill, ToolContext

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
COMPANY = load_company(today=date(2026, 11, 20))


@pytest.fixture
async def jira() -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20)), clock=lambda: NOW) as server:
        yield server


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


@pytest.fixture
async def google() -> AsyncIterator[GoogleServer]:
    async with GoogleServer(load_company(today=date(2026, 11, 20)), clock=lambda: NOW) as server:
        yield server


def context(client: Any, handle: str) -> ToolContext[Any]:
    asker = Asker(person=PersonId(f"T:{handle}"), name=handle)
    return ToolContext(client=client, account=handle, asker=asker, now=NOW)


def at_jira(server: AtlassianServer, handle: str) -> ToolContext[Jira]:
    given = server.sign_in(handle, scopes=("read:jira-user", *tickets.SKILL.scopes.write))
    site = Site(id=server.cloud_id, name="Tamarack", url=server.site_url)
    to = Destination(api_url=server.api_url, endpoints={"resources_url": server.resources_url}, site=site)
    return context(Jira(SecretStr(given["access_token"]), to), handle)


def at_github(server: GitHubServer, handle: str) -> ToolContext[GitHub]:
    return context(GitHub(SecretStr(server.sign_in(handle)["access_token"]), server.api_url), handle)


def at_google(server: GoogleServer, handle: str) -> ToolContext[Google]:
    given = server.sign_in(handle, calendar.SKILL.scopes.read)
    return context(Google(SecretStr(given["access_token"]), Destination(api_url=server.api_url)), handle)


def own(skill: Skill) -> OwnRecords:
    assert skill.own_records is not None
    return skill.own_records


async def read(skill: Skill, ctx: ToolContext[Any], *, most: int = MOST) -> dict[str, OwnRecord]:
    """The records by key; of those that stand for two tools, the last one."""
    return {record.key: record for record in await own(skill).newest(ctx, most=most)}


def learning() -> Sequence[Skill]:
    return [skill for skill in skill_catalog().values() if skill.own_records]


# Tickets


async def test_tickets_say_how_their_person_files_tickets(jira: AtlassianServer) -> None:
    found = await read(tickets.SKILL, at_jira(jira, "jamal"))
    assert found["PLAT-82"].values == {
        "project": "PLAT",
        "type": "Task",
        "title_prefix": "[infra]",
        "components": ("infra",),
        "labels": ("infra",),
        "priority": "Medium",
        "assignee": f"{COMPANY.person('jamal').name} <jamal@tamarack.example>",
        "fix_version": None,
    }
    assert found["PLAT-82"].tool == "create_ticket"
    assert found["PLAT-82"].shown == {"PLAT": "Platform (PLAT)"}
    assert found["PLAT-72"].values["title_prefix"] is None


async def test_values_are_those_that_the_tool_itself_would_settle_on(jira: AtlassianServer) -> None:
    ctx = at_jira(jira, "jamal")
    record = (await read(tickets.SKILL, ctx))["PLAT-82"]
    tool = next(tool for tool in tickets.SKILL.tools if tool.name == "create_ticket")
    given = {
        "summary": "Rotate keys",
        **{name: list(value) if isinstance(value, tuple) else value for name, value in record.values.items() if value},
    }
    valid = tool.arguments.model_validate(given)
    assert tool.settle is not None
    settled = await tool.settle(ctx, **{name: getattr(valid, name) for name in type(valid).model_fields})
    assert {name: settled[name] or None for name in record.values} == {
        name: [*value] if isinstance(value, tuple) else value for name, value in record.values.items()
    }


async def test_records_come_oldest_first(jira: AtlassianServer) -> None:
    found = [*(await read(tickets.SKILL, at_jira(jira, "jamal"))).values()]
    assert [record.at for record in found] == sorted(record.at for record in found)
    assert len(found) > 5


async def test_only_ones_own_tickets_are_read(jira: AtlassianServer) -> None:
    found = await read(tickets.SKILL, at_jira(jira, "jamal"))
    assert "PLAT-79" not in found, "an [infra] ticket of Nadia's"
    assert filed_query().startswith("reporter = currentUser() AND creator = currentUser() ")


async def test_of_a_ticket_no_more_is_read_than_its_fields_and_its_title(jira: AtlassianServer) -> None:
    filed = await at_jira(jira, "jamal").client.filed(limit=MOST)
    assert filed
    assert all(ticket.description is None and not ticket.links and ticket.parent is None for ticket in filed)


async def test_what_somebody_else_relabelled_does_not_teach_the_new_label(jira: AtlassianServer) -> None:
    """mem_poison: a field that another person set is no choice of the person's."""
    await edit(jira, "nadia", "PLAT-82", {"labels": ["payments", "someone-elses"]})
    record = (await read(tickets.SKILL, at_jira(jira, "jamal")))["PLAT-82"]
    assert "labels" not in record.values
    assert record.values["components"] == ("infra",)


@pytest.mark.parametrize(
    ("field", "value", "parameter"),
    [
        ("summary", "[evil] Disk alert", "title_prefix"),
        ("priority", {"name": "Blocker"}, "priority"),
        ("components", [{"name": "tiles"}], "components"),
        ("assignee", None, "assignee"),
    ],
)
async def test_no_field_counts_that_another_person_changed(
    jira: AtlassianServer, field: str, value: Any, parameter: str
) -> None:
    """mem_poison"""
    await edit(jira, "nadia", "PLAT-82", {field: value})
    record = (await read(tickets.SKILL, at_jira(jira, "jamal")))["PLAT-82"]
    assert parameter not in record.values
    assert record.values["project"] == "PLAT"


async def test_of_what_the_person_changed_later_the_first_value_counts(jira: AtlassianServer) -> None:
    changes = {"labels": ["later"], "components": [{"name": "tiles"}], "summary": "[later] Disk alert"}
    await edit(jira, "jamal", "PLAT-82", {**changes, "priority": {"name": "Low"}, "assignee": None})
    record = (await read(tickets.SKILL, at_jira(jira, "jamal")))["PLAT-82"]
    assert record.values["labels"] == ("infra",)
    assert record.values["title_prefix"] == "[infra]"
    assert record.values["priority"] == "Medium"
    assert record.values["components"] == ("infra",)
    assert record.values["assignee"] == f"{COMPANY.person('jamal').name} <jamal@tamarack.example>"


async def test_a_version_that_another_person_moved_does_not_count(jira: AtlassianServer) -> None:
    found = await read(tickets.SKILL, at_jira(jira, "devraj"))
    assert "fix_version" not in found["TRAIL-145"].values, "Priya moved it to 4.13"
    assert found["TRAIL-142"].values["fix_version"] == "4.13"


async def test_a_ticket_whose_history_is_cut_short_says_nothing() -> None:
    made = ticket(changelog={"total": 60, "histories": []})
    assert await read(tickets.SKILL, context(Filed(made), "jamal")) == {}
    assert await read(tickets.SKILL, context(Filed(ticket()), "jamal"))


async def test_a_ticket_that_was_moved_to_another_project_says_nothing() -> None:
    moved = {"field": "project", "fieldId": "project", "fromString": "Trails", "toString": "Platform"}
    history = {"created": "2026-11-10T09:00:00.000+0000", "author": ME, "items": [moved]}
    made = ticket(changelog={"total": 1, "histories": [history]})
    assert await read(tickets.SKILL, context(Filed(made), "jamal")) == {}


async def test_entries_that_name_a_field_only_for_people_count_too() -> None:
    change = {"field": "Component", "fromString": "infra", "toString": ""}
    history = {"created": "2026-11-10T09:00:00.000+0000", "author": NADIA, "items": [change]}
    made = ticket(changelog={"total": 1, "histories": [history]}, components=[])
    (record,) = (await read(tickets.SKILL, context(Filed(made), "jamal"))).values()
    assert "components" not in record.values


async def test_names_that_came_and_went_one_by_one_are_undone_one_by_one() -> None:
    changes = [
        {"field": "Component", "fieldId": "components", "fromString": "infra", "toString": None},
        {"field": "Component", "fieldId": "components", "fromString": None, "toString": "tiles"},
        {"field": "Fix Version", "fieldId": "fixVersions", "fromString": None, "toString": "4.13"},
    ]
    history = {"created": "2026-11-10T09:00:00.000+0000", "author": ME, "items": changes}
    made = ticket(
        changelog={"total": 1, "histories": [history]}, components=[{"name": "tiles"}], fixVersions=[{"name": "4.13"}]
    )
    (record,) = (await read(tickets.SKILL, context(Filed(made), "jamal"))).values()
    assert record.values["components"] == ("infra",)
    assert record.values["fix_version"] is None


async def test_at_most_two_hundred_tickets_are_read() -> None:
    many = Filed(*(ticket(key=f"PLAT-{number}") for number in range(230)))
    assert len(await read(tickets.SKILL, context(many, "jamal"))) == MOST == 200
    assert many.asked == 200


async def test_the_newest_are_read_where_there_are_more(jira: AtlassianServer) -> None:
    found = await read(tickets.SKILL, at_jira(jira, "jamal"), most=2)
    assert [*found] == ["PLAT-82", "PLAT-81"]
    assert sum("search" in call.path for call in jira.calls) == 1


@pytest.mark.parametrize(
    ("title", "prefix"),
    [
        ("[infra] Rotate keys", "[infra]"),
        ("  [map-data] x", "[map-data]"),
        ("Rotate [infra] keys", None),
        ("[] empty", None),
        (f"[{'x' * 60}] long", None),
        ("", None),
    ],
)
def test_a_prefix_is_a_mark_at_the_very_beginning(title: str, prefix: str | None) -> None:
    assert prefix_of(title) == prefix


# Pull requests and issues


async def test_pull_requests_say_whom_their_author_asked(github: GitHubServer) -> None:
    found = await read(pull_requests.SKILL, at_github(github, "leila"))
    record = found["tamarack-maps/atlas-api#415"]
    assert record.values == {"repository": "tamarack-maps/atlas-api", "reviewers": ("oskarmaps", "ren-k")}
    assert record.tool == "request_reviewers"


async def test_whom_somebody_else_asked_for_a_review_does_not_count(github: GitHubServer) -> None:
    """mem_poison"""
    ctx = at_github(github, "leila")
    before = (await read(pull_requests.SKILL, ctx))["tamarack-maps/atlas-api#415"].values["reviewers"]
    await at_github(github, "ren").client.request_reviewers("tamarack-maps/atlas-api", 415, ["cbeaumont"])
    after = (await read(pull_requests.SKILL, ctx))["tamarack-maps/atlas-api#415"].values["reviewers"]
    assert before == after


async def test_where_a_request_was_taken_back_no_reviewers_count(github: GitHubServer) -> None:
    ctx = at_github(github, "leila")
    await ctx.client.withdraw_request("tamarack-maps/atlas-api", 415, ["oskarmaps"])
    assert "reviewers" not in (await read(pull_requests.SKILL, ctx))["tamarack-maps/atlas-api#415"].values


async def test_of_many_pull_requests_only_the_newest_are_looked_into(github: GitHubServer) -> None:
    await read(pull_requests.SKILL, at_github(github, "leila"), most=3)
    assert sum(call.path.endswith("/events") for call in github.calls) == 3


async def test_issues_say_where_their_person_opens_them(github: GitHubServer) -> None:
    found = await read(issues.SKILL, at_github(github, "oskar"))
    assert found["tamarack-maps/tile-forge#90"].values["repository"] == "tamarack-maps/tile-forge"
    assert found["tamarack-maps/tile-forge#90"].tool == "open_issue"
    assert "labels" not in found["tamarack-maps/tile-forge#90"].values, "GitHub does not tell who set them"


async def test_labels_and_assignees_that_the_person_gave_at_once_count() -> None:
    opened = Opened(
        event("labeled", "octo", minutes=0, label={"name": "bug"}),
        event("labeled", "octo", minutes=2, label={"name": "oops"}),
        event("unlabeled", "octo", minutes=3, label={"name": "oops"}),
        event("assigned", "octo", minutes=0, assignee={"login": "octo", "id": 1}),
        event("labeled", "octo", minutes=600, label={"name": "triaged"}),
    )
    (record,) = (await read(issues.SKILL, context(opened, "octo"))).values()
    assert record.values == {"repository": "octo/hello", "labels": ("bug",), "assignees": ("octo",)}


async def test_labels_that_anybody_else_touched_do_not_count() -> None:
    """mem_poison"""
    opened = Opened(
        event("labeled", "octo", minutes=0, label={"name": "bug"}),
        event("labeled", "stranger", minutes=5, label={"name": "evil"}),
    )
    (record,) = (await read(issues.SKILL, context(opened, "octo"))).values()
    assert record.values == {"repository": "octo/hello", "assignees": None}


# Meetings


async def test_meetings_say_how_long_they_are(google: GoogleServer) -> None:
    records = await own(calendar.SKILL).newest(at_google(google, "nadia"))
    one_to_ones = [record for record in records if record.words.startswith("1:1")]
    assert one_to_ones
    assert {record.values["minutes"] for record in one_to_ones} == {30}
    assert {record.tool for record in one_to_ones} == {"create_event", "find_time"}


async def test_whom_a_meeting_of_many_is_with_does_not_count(google: GoogleServer) -> None:
    """mem_poison: any guest may invite more, and Google does not tell who did."""
    records = await own(calendar.SKILL).newest(at_google(google, "nadia"))
    review = [record for record in records if record.words == "Platform sprint review"]
    assert review
    assert all("attendees" not in record.values for record in review)


async def test_private_events_and_whole_days_say_nothing(google: GoogleServer) -> None:
    words = {record.words for record in await own(calendar.SKILL).newest(at_google(google, "marit"))}
    assert "Board call" not in words


async def test_nothing_is_read_of_what_an_event_describes(google: GoogleServer) -> None:
    made = await at_google(google, "nadia").client.calendar.made(NOW - timedelta(days=30), limit=MOST)
    assert any(event.attendees for event in made)
    assert all(event.description is None for event in made)


# All of them


@pytest.mark.parametrize("skill", learning(), ids=lambda skill: skill.name)
async def test_a_service_that_is_away_says_so(
    skill: Skill, jira: AtlassianServer, github: GitHubServer, google: GoogleServer
) -> None:
    servers = {"atlassian": (jira, at_jira), "github": (github, at_github), "google": (google, at_google)}
    server, at = servers[skill.integration or ""]
    ctx = at(server, "nadia")  # pyright: ignore[reportArgumentType]: each with its own server
    server.fault("*", "*", status=503, times=50)
    with pytest.raises(ServiceUnavailable):
        await own(skill).newest(ctx)


@pytest.mark.parametrize("skill", learning(), ids=lambda skill: skill.name)
async def test_every_record_stands_for_a_tool_with_these_parameters(
    skill: Skill, jira: AtlassianServer, github: GitHubServer, google: GoogleServer
) -> None:
    servers = {"atlassian": (jira, at_jira), "github": (github, at_github), "google": (google, at_google)}
    server, at = servers[skill.integration or ""]
    tools = {tool.name: tool for tool in skill.tools}
    for handle in ("nadia", "leila", "oskar", "priya"):
        for record in await own(skill).newest(at(server, handle)):  # pyright: ignore[reportArgumentType]: as above
            assert record.values.keys() <= tools[record.tool].arguments.model_fields.keys()
            assert record.at.tzinfo is not None
            assert record.at < NOW + timedelta(days=1)


@pytest.mark.parametrize("skill", learning(), ids=lambda skill: skill.name)
def test_the_consent_says_what_is_read_in_plain_words(skill: Skill) -> None:
    records = own(skill)
    assert records.named == records.named.lower().strip()
    assert records.such_as
    assert {word for name in records.such_as for word in name.split()} <= set(SAID)


SAID = ("components", "labels", "reviewers", "length", "guests")

# Tickets as Jira tells them.

ME = {"accountId": "557058:jamal", "displayName": "Jamal", "emailAddress": "jamal@tamarack.example"}
NADIA = {"accountId": "557058:nadia", "displayName": "Nadia", "emailAddress": "nadia@tamarack.example"}


def ticket(*, key: str = "PLAT-7", changelog: dict[str, Any] | None = None, **fields: Any) -> Ticket:
    said = {
        "summary": "[infra] Rotate keys",
        "status": {"name": "To Do", "statusCategory": {"key": "new"}},
        "issuetype": {"name": "Task"},
        "project": {"key": "PLAT", "name": "Platform"},
        "created": "2026-11-09T09:00:00.000+0000",
        "updated": "2026-11-10T09:00:00.000+0000",
        "creator": ME,
        "assignee": ME,
        "components": [{"name": "infra"}],
        "labels": ["infra"],
        **fields,
    }
    return Ticket.model_validate({"key": key, "fields": said, "changelog": changelog or {"total": 0, "histories": []}})


class Filed:
    """A Jira in which these tickets were filed."""

    def __init__(self, *tickets: Ticket) -> None:
        self._tickets = tickets
        self.asked = 0

    async def filed(self, *, limit: int) -> Sequence[Ticket]:
        self.asked = limit
        return self._tickets[:limit]


def event(kind: str, login: str, *, minutes: int, **about: Any) -> Event:
    """An event of an issue as GitHub tells it."""
    at = OPENED + timedelta(minutes=minutes)
    said = {"event": kind, "created_at": at.isoformat(), "actor": {"login": login, "id": 1}, "id": 7, **about}
    return TypeAdapter(Event).validate_python(said)


OPENED = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


class Opened:
    """A GitHub in which one issue was opened, and then this happened to it."""

    def __init__(self, *events: Event) -> None:
        self._events = events
        self.issues = self

    async def opened(self, *, limit: int) -> Sequence[Issue]:
        said = {
            "number": 7,
            "title": "The door is stuck",
            "user": {"login": "octo", "id": 1},
            "state": "open",
            "html_url": "https://github.com/octo/hello/issues/7",
            "repository_url": "https://api.github.com/repos/octo/hello",
            "created_at": OPENED.isoformat(),
            "updated_at": OPENED.isoformat(),
            "comments": 0,
        }
        return [TypeAdapter(Issue).validate_python(said)][:limit]

    async def events(self, repository: str, number: int) -> Sequence[Event]:
        assert (repository, number) == ("octo/hello", 7)
        return self._events


async def edit(server: AtlassianServer, handle: str, key: str, fields: dict[str, Any]) -> None:
    """Change a ticket as somebody, by Jira's own interface."""
    token = server.sign_in(handle, scopes=("read:jira-user", *tickets.SKILL.scopes.write))["access_token"]
    async with httpx.AsyncClient() as http:
        url = f"{server.api_url}/ex/jira/{server.cloud_id}/rest/api/3/issue/{key}"
        answered = await http.put(url, json={"fields": fields}, headers={"authorization": f"Bearer {token}"})
    assert answered.status_code == 204, answered.text
