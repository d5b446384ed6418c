"""Learning from people's own records at the playground's services, by a clock that tests put forward."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.self_service.connections import Connections
from bot.warm_start import LEASE, Learned, WarmStart
from integrations.catalog import integration_catalog
from integrations.integration import Account, OAuthApp, Site, Tokens
from memory.audit import Audit, Entry
from memory.connect_flows import ConnectFlows
from memory.crypto import Keyring, new_key
from memory.database import Database
from memory.grants import Grants
from memory.ids import PersonId, workspace_of
from memory.parameters.evidence import Occasion
from memory.parameters.kept import key_of
from memory.parameters.store import Asked, ParameterMemory
from memory.parameters.suggestion import Suggestion
from memory.people import People, Person
from memory.skill_rules import SkillRules
from memory.warm_starts import TRIES, WarmStarts
from playground.atlassian import AtlassianServer
from playground.company import load_company
from playground.github import GitHubServer
from playground.google import GoogleServer
from skills.catalog import skill_catalog
from skills.tickets.tools import create_ticket

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
JAMAL, NADIA = PersonId("T1:jamal"), PersonId("T1:nadia")
SEARCH = "*/search/jql"
COMPANY = load_company(today=date(2026, 11, 20))
Vendor = AtlassianServer | GitHubServer | GoogleServer
VENDORS: dict[str, Callable[[], Vendor]] = {
    "atlassian": lambda: AtlassianServer(COMPANY, clock=lambda: NOW),
    "github": lambda: GitHubServer(COMPANY),
    "google": lambda: GoogleServer(COMPANY, clock=lambda: NOW),
}


@dataclass(kw_only=True)
class Office:
    """People who let Pinyon learn, the service that it learns from, and what they are told."""

    vendor: Vendor
    service: str
    connections: Connections
    database: Database
    warm: WarmStart
    receipts: list[tuple[PersonId, Learned]] = field(default_factory=list[tuple[PersonId, Learned]])
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return NOW + self.ahead

    async def tell(self, person: PersonId, learned: Learned) -> None:
        self.receipts.append((person, learned))

    async def connect(self, person: PersonId = JAMAL) -> None:
        """Somebody's account, with all permissions that the skills ask for."""
        handle = person.partition(":")[2]
        skills = [skill for skill in skill_catalog().values() if skill.integration == self.service]
        scopes = tuple(dict.fromkeys(scope for skill in skills for scope in skill.scopes.write))
        site = None
        match self.vendor:
            case AtlassianServer() as jira:
                given = jira.sign_in(handle, scopes=("read:jira-user", *scopes))
                site = Site(id=jira.cloud_id, name="Tamarack", url=jira.site_url)
            case GoogleServer() as google:
                given = google.sign_in(handle, scopes)
            case github:
                given = github.sign_in(handle)
        await self.connections.people.upsert(somebody(person))
        await self.connections.grants.grant(
            person,
            self.service,
            account=Account(id=handle, name=handle),
            tokens=Tokens(access=SecretStr(given["access_token"]), scopes=scopes),
            now=self.now(),
            site=site,
        )

    async def allowed(self, person: PersonId = JAMAL) -> None:
        """Somebody connected, and chose to be learned from."""
        await self.connect(person)
        assert await self.warm.allow(person, self.service)

    async def learned(self, person: PersonId = JAMAL) -> None:
        await self.allowed(person)
        await self.warm.run(person, self.service)

    async def known(self, person: PersonId = JAMAL) -> dict[str, Any]:
        """The calls that are remembered, by tool."""
        return {tool: one.calls for tool, one in (await self.warm.memory.of(person)).items() if one.calls}

    async def states(self, person: PersonId = JAMAL) -> list[bool]:
        """Of what somebody allowed: whether it is over."""
        return [one.is_over for one in await self.warm.of(person)]

    async def suggested(self, parameter: str, *, by: PersonId = JAMAL, **given: str) -> Suggestion:
        """What memory proposes for somebody's new ticket."""
        asked = Asked(
            person=by,
            tool="create_ticket",
            kinds=create_ticket.remembered_kinds,
            occasion=Occasion(at=NOW.timestamp()),
            missing=[parameter],
            given=given,
        )
        return (await self.warm.memory.suggest(asked))[parameter]

    @property
    def reads(self) -> int:
        """How often the service was asked for anything."""
        return len([call for call in self.vendor.calls if "token" not in call.path])


def somebody(person: PersonId, *, is_guest: bool = False) -> Person:
    name = person.partition(":")[2]
    return Person(
        id=person,
        workspace=workspace_of(person),
        user=name,
        name=name.title(),
        email=f"{name}@tamarack.example",
        refreshed_at=NOW,
        is_guest=is_guest,
    )


@pytest.fixture
async def office(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """Jira, unless a test is about another service."""
    service: str = getattr(request, "param", "atlassian")
    async with VENDORS[service]() as vendor, httpx.AsyncClient() as http:
        connections = connected_by(database, http, service, vendor.api_url)
        office = Office(
            vendor=vendor,
            service=service,
            connections=connections,
            database=database,
            warm=WarmStart(
                store=WarmStarts(database),
                memory=ParameterMemory(database),
                connections=connections,
                tell=lambda person, learned: office.tell(person, learned),
                now=lambda: office.now(),
            ),
        )
        yield office


def connected_by(database: Database, http: httpx.AsyncClient, service: str, api_url: str) -> Connections:
    keyring = Keyring(new_key())
    grants = Grants(database, keyring)
    app = OAuthApp(
        name=service,
        client_id="client",
        client_secret=SecretStr("secret"),
        api_url=api_url,
        authorize_url=f"{api_url}/authorize",
        token_url=f"{api_url}/token",
    )
    return Connections(
        grants=grants,
        flows=ConnectFlows(database, keyring, grants),
        people=People(database),
        rules=SkillRules(database),
        skills=skill_catalog(),
        integrations=integration_catalog(),
        apps={service: app},
        http=http,
        public_url="https://pinyon.test",
    )


# What is learned


async def test_jamals_tickets_teach_platform_infra_and_infra(office: Office) -> None:
    await office.learned()
    board = await office.suggested("project")
    prefix = await office.suggested("title_prefix|PLAT", project="PLAT")
    components = await office.suggested("components|PLAT", project="PLAT")
    assert (board.value, prefix.value, components.value) == ("PLAT", "[infra]", ("infra",))
    assert not prefix.proven, "what was only read makes no target the person's own"


async def test_day_one_already_fills_what_is_a_habit(office: Office) -> None:
    mei = PersonId("T1:mei")
    await office.learned(mei)
    project = await office.suggested("project", by=mei)
    prefix = await office.suggested("title_prefix|PLAT", by=mei, project="PLAT")
    assert (project.value, project.fill, prefix.value, prefix.fill) == ("PLAT", True, "[data]", True)
    assert not project.proven


async def test_the_receipt_counts_what_is_known_now(office: Office) -> None:
    await office.learned()
    ((person, receipt),) = office.receipts
    evidence = (await office.warm.memory.of(JAMAL))["create_ticket"]
    assert person == JAMAL
    assert [(source.named, source.records) for source in receipt.sources] == [("tickets", 12)]
    assert receipt.values == len({name for call in evidence.calls for name in call.values}) == 8
    assert evidence.words["PLAT"] == "Platform (PLAT)"


async def test_records_stand_as_calls_from_when_they_were_made_the_newest_first(office: Office) -> None:
    await office.learned()
    calls = (await office.known())["create_ticket"]
    assert [call.id for call in calls[:2]] == [key_of("PLAT-81"), key_of("PLAT-82")]
    assert all(set(call.how.values()) == {"own"} for call in calls)
    assert all(call.occasion.at < NOW.timestamp() for call in calls)
    assert {call.occasion.group for call in calls} == {"tamarack.example"}
    assert "infra" not in str(calls[0].occasion), "of titles, only hashes are kept"


async def test_a_ticket_that_somebody_else_labelled_anew_does_not_teach_their_label(office: Office) -> None:
    """mem_poison"""
    jira = office.vendor
    assert isinstance(jira, AtlassianServer)
    token = jira.sign_in("nadia", scopes=("read:jira-user", "read:jira-work", "write:jira-work"))["access_token"]
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as http:
        for key in ("PLAT-82", "PLAT-81", "PLAT-76"):
            url = f"{jira.api_url}/ex/jira/{jira.cloud_id}/rest/api/3/issue/{key}"
            answered = await http.put(url, json={"fields": {"labels": ["planted"]}})
            assert answered.status_code == 204
    await office.learned()
    calls = (await office.known())["create_ticket"]
    assert "planted" not in str(calls)
    assert "labels|PLAT" not in next(call for call in calls if call.id == key_of("PLAT-82")).values


@pytest.mark.parametrize(
    ("office", "handle", "tools", "named"),
    [
        ("github", "oskar", {"open_issue", "request_reviewers"}, ["issues", "pull requests"]),
        ("google", "nadia", {"create_event", "find_time"}, ["events"]),
    ],
    indirect=["office"],
)
async def test_other_services_teach_as_well(office: Office, handle: str, tools: set[str], named: list[str]) -> None:
    person = PersonId(f"T1:{handle}")
    await office.learned(person)
    assert set(await office.known(person)) == tools
    ((_, receipt),) = office.receipts
    assert [source.named for source in receipt.sources] == named
    assert receipt.values > 0


async def test_nobody_learns_from_somebody_elses_records(office: Office) -> None:
    """mem_cross"""
    await office.learned()
    assert await office.known(NADIA) == {}
    assert await office.warm.forget(NADIA) == 0
    assert await office.known(JAMAL)


async def test_records_since_the_first_use_may_be_pinyons_own_doing_and_do_not_count(office: Office) -> None:
    """mem_poison: what a model once wrote, and a person merely approved, is no choice of theirs."""
    await office.allowed()
    used = NOW - timedelta(days=8)
    entry = Entry(
        workspace=workspace_of(JAMAL), at=used, person=JAMAL, actor=JAMAL, action="tool.done", tool="create_ticket"
    )
    await Audit(office.database).enter(entry)
    await office.warm.run(JAMAL, "atlassian")
    calls = (await office.known())["create_ticket"]
    assert calls
    assert all(call.occasion.at < used.timestamp() for call in calls)


async def test_what_the_person_chose_here_stays_what_counts(office: Office) -> None:
    await office.warm.memory.tell(JAMAL, "create_ticket", "project", "always", "TRAIL", at=NOW.timestamp())
    await office.learned()
    assert (await office.suggested("project")).value == "TRAIL"


# What is not


async def test_without_consent_nothing_is_read(office: Office) -> None:
    await office.connect()
    await office.warm.run(JAMAL, "atlassian")
    await office.warm.sweep()
    assert office.reads == 0
    assert office.receipts == []
    assert await office.known() == {}


async def test_guests_are_not_learned_from(office: Office) -> None:
    await office.allowed()
    await office.connections.people.upsert(somebody(JAMAL, is_guest=True))
    await office.warm.run(JAMAL, "atlassian")
    assert office.reads == 0
    assert await office.states() == [True]


async def test_an_account_that_was_disconnected_meanwhile_is_not_read(office: Office) -> None:
    await office.allowed()
    await office.connections.disconnect(JAMAL, "atlassian")
    await office.warm.run(JAMAL, "atlassian")
    assert office.reads == 0
    assert await office.known() == {}


async def test_a_skill_that_only_reads_teaches_no_writing(office: Office) -> None:
    await office.allowed()
    await office.connections.switch(JAMAL, "tickets", "read")
    await office.warm.run(JAMAL, "atlassian")
    assert "create_ticket" not in await office.known()


async def test_an_account_is_needed_to_choose_it(office: Office) -> None:
    assert not await office.warm.allow(JAMAL, "atlassian")
    await office.connect()
    assert not await office.warm.allow(JAMAL, "github")
    assert await office.warm.allow(JAMAL, "atlassian")


# When it does not go well


async def test_a_service_that_is_away_is_asked_once_more_later(office: Office) -> None:
    office.vendor.fault("POST", SEARCH, status=503, times=2)
    await office.learned()
    assert (office.reads, office.receipts) == (2, [])
    await office.warm.sweep()
    assert office.reads == 2, "not before its time"
    office.ahead = timedelta(minutes=16)
    await office.warm.sweep()
    assert await office.known()
    assert len(office.receipts) == 1


async def test_a_service_that_stays_away_is_left_alone_and_stays_connected(office: Office) -> None:
    office.vendor.fault("POST", SEARCH, status=503, times=50)
    await office.allowed()
    for _ in range(4):
        await office.warm.sweep()
        office.ahead += timedelta(hours=1)
    assert office.reads == 4, "two tries, and each read is tried twice"
    assert await office.states() == [True]
    assert office.receipts == []
    assert [grant.problem for grant in await office.connections.grants.list(JAMAL)] == [None]


async def test_a_rate_limit_is_waited_for(office: Office) -> None:
    office.vendor.fault("POST", SEARCH, status=429, retry_after=3_000)
    await office.learned()
    (later,) = await office.warm.of(JAMAL)
    assert not later.is_over
    assert office.reads == 1, "another try would only make it longer"


async def test_access_that_has_ended_is_noted_and_ends_it(office: Office) -> None:
    office.vendor.fault("POST", SEARCH, status=401, times=5)
    await office.learned()
    assert await office.states() == [True]
    assert [grant.problem for grant in await office.connections.grants.list(JAMAL)] == ["revoked"]
    assert office.receipts == []


async def test_what_a_service_refuses_leaves_the_rest(office: Office) -> None:
    office.vendor.fault("POST", SEARCH, status=403, times=5)
    await office.learned()
    assert await office.states() == [True]
    assert [receipt.values for _, receipt in office.receipts] == [0]


async def test_what_was_stopped_half_way_is_done_after_all(office: Office) -> None:
    await office.allowed()
    assert await office.warm.store.begin(now=office.now(), lease=LEASE)
    await office.warm.sweep()
    assert await office.known() == {}, "somebody else is at it"
    office.ahead = LEASE + timedelta(seconds=1)
    await office.warm.sweep()
    assert await office.known()


async def test_the_same_records_are_learned_once(office: Office) -> None:
    await office.learned()
    once = await office.known()
    assert await office.warm.allow(JAMAL, "atlassian")
    await office.warm.sweep()
    assert await office.known() == once


async def test_what_stops_the_process_each_time_is_given_up(office: Office) -> None:
    await office.allowed()
    begun = 0
    while await office.warm.store.begin(now=office.now(), lease=LEASE):
        begun += 1
        office.ahead += LEASE + timedelta(seconds=1)
    assert begun == TRIES
    assert await office.states() == [True]


# Taking it back


async def test_taking_it_back_forgets_what_was_read_and_reads_no_more(office: Office) -> None:
    await office.learned()
    assert await office.warm.forget(JAMAL) > 0
    assert await office.known() == {}
    assert await office.warm.of(JAMAL) == []
    reads = office.reads
    await office.warm.sweep()
    assert office.reads == reads


async def test_taking_it_back_of_one_service_leaves_the_others(office: Office) -> None:
    await office.learned()
    assert await office.warm.forget(JAMAL, "github") == 0
    assert await office.known()
    assert await office.states() == [True]


async def test_what_is_taken_back_while_it_is_read_is_not_learned(office: Office) -> None:
    await office.allowed()
    begun = await office.warm.store.begin(now=office.now(), lease=LEASE)
    assert begun
    await office.warm.forget(JAMAL)
    assert not await office.warm.store.is_still(begun)
    assert not await office.warm.store.end(begun, now=office.now(), learned=7, outcome="7 values")


async def test_it_can_be_chosen_again(office: Office) -> None:
    await office.learned()
    await office.warm.forget(JAMAL)
    assert await office.warm.allow(JAMAL, "atlassian")
    await office.warm.run(JAMAL, "atlassian")
    assert (await office.known())["create_ticket"]


async def test_consent_and_reading_stand_in_the_audit_log(office: Office) -> None:
    await office.learned()
    await office.warm.forget(JAMAL)
    entries = [one.entry for one in await Audit(office.database).page(workspace_of(JAMAL))]
    about = [entry for entry in reversed(entries) if entry.action.startswith("memory.")]
    assert [(entry.action, entry.actor) for entry in about] == [
        ("memory.own_records_allowed", JAMAL),
        ("memory.own_records_read", "pinyon"),
        ("memory.own_records_forgotten", JAMAL),
    ]
    assert {(entry.person, entry.account, entry.target) for entry in about} == {(JAMAL, "jamal", "atlassian")}
    assert re.fullmatch(r"\d+ values", about[1].outcome)
