"""Skills of several vendors in one turn: what is connected, kept back, chosen and opened."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from pydantic import SecretStr

from integrations.integration import Account, Tokens
from memory.ids import WorkspaceId
from memory.skill_rules import SkillRule
from playground.model import Plan, Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.test_connecting import signed_in_page

MAIL = "https://www.googleapis.com/auth/gmail.modify"
CALENDAR = "https://www.googleapis.com/auth/calendar.events"
WANTS_MAIL = call("connect_mail", purpose="look through your mail")
WANTS_CALENDAR = call("connect_calendar", purpose="see your day")


async def test_two_skills_of_one_vendor_are_one_button_and_one_consent(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([both(WANTS_MAIL, WANTS_CALENDAR), call("search_mail"), "Both work."]))
    asked = await ask(world, "priya")
    assert len(asked["links"]) == 1
    async with world.browser() as browser:
        wanted = await to_google(world, browser, "priya", asked["links"][0])
        assert {MAIL, CALENDAR} <= set(wanted["scope"].split())
        page = await comes_back(world, browser, wanted, "priya")
    assert page.text.count("reads, and changes things after you asked for it or approved it") == 2
    answer = await world.answer("dm:priya", asked["thread"], count=2)
    assert "Both work." in world.words("dm:priya", answer)
    assert {seen.login for seen in world.google.calls if seen.path.startswith("/gmail")} == {"priya@tamarack.example"}


async def test_what_was_kept_back_still_waits_and_can_be_asked_for_again(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([both(WANTS_MAIL, WANTS_CALENDAR), "Both work."]))
    asked = await ask(world, "priya")
    async with world.browser() as browser:
        wanted = await to_google(world, browser, "priya", asked["links"][0])
        kept = [scope for scope in wanted["scope"].split() if "calendar" not in scope]
        page = await comes_back(world, browser, wanted, "priya", granted=kept)
        assert "it still waits" in page.text
        assert await world.over() == ["waiting"]
        again = re.findall(r'href="(/connect/[^"]+)"', page.text)[0]
        wanted = asked_of((await browser.get(again)).headers["location"])
        await comes_back(world, browser, wanted, "priya")
    assert await world.over(2) == ["waiting", "answered"]


async def test_who_allows_only_reading_is_asked_before_something_changes(open_world: OpenWorld) -> None:
    sends = call("send_mail", to=["ren@tamarack.example"], subject="Hello", body="A line.")
    widens = call("connect_mail", purpose="send this mail")
    world = await open_world(Scripted(["Hello.", widens, sends]))
    await world.connect("priya", "google")
    await world.ask("priya", "hello")
    await world.app.connections.people.switch(world.person("priya"), "mail", "read")
    asked = await ask(world, "priya")
    assert "send_mail" not in {tool.name for tool in world.model.requests[1].tools}
    async with world.browser() as browser:
        wanted = await to_google(world, browser, "priya", asked["links"][0])
        await comes_back(world, browser, wanted, "priya")
    card = await world.card("dm:priya", asked["thread"])
    assert "ren@tamarack.example" in world.words("dm:priya", card)
    assert world.google.writes == []


async def test_what_an_admin_made_read_only_or_took_away_is_not_offered(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Nothing to do."]))
    await world.connect("priya", "google")
    await decide(world, SkillRule(skill="mail", allowed="read"))
    await decide(world, SkillRule(skill="files", allowed="off"))
    await decide(world, SkillRule(skill="calendar", people=(world.person("ren"),)))
    await world.ask("priya", "hello")
    offered = {tool.name for tool in world.model.requests[0].tools}
    assert "search_mail" in offered
    assert "Only reading is allowed here, by an admin's decision: Mail." in world.model.requests[0].system
    assert not {"send_mail", "connect_mail", "search_files", "connect_files", "list_events"} & offered


async def test_a_changed_rule_counts_from_the_next_turn(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["One.", "Two."]))
    await world.connect("priya", "google")
    await world.ask("priya", "hello")
    await decide(world, SkillRule(skill="mail", allowed="off"))
    await world.ask("priya", "hello again")
    first, second = ({tool.name for tool in asked.tools} for asked in world.model.requests)
    assert "send_mail" in first
    assert "send_mail" not in second


async def test_with_everything_connected_the_model_opens_what_it_needs(open_world: OpenWorld) -> None:
    opens = call("open_skills", names=["mail", "people"])
    world = await open_world(Scripted([opens, call("read_profile", person="me"), "You are Priya."]))
    await world.connect("priya", "github", "google", "atlassian", "slack")
    answer = await world.ask("priya", "who am I?")
    assert "You are Priya." in world.words("dm:priya", answer)
    closed, opened, _ = ([tool.name for tool in asked.tools] for asked in world.model.requests)
    at_hand = {"read_attachment", "search_attachments", "run_python", "read_page"}
    assert set(closed) - at_hand == {"open_skills", "ask_person", "search_web"}
    assert at_hand < set(closed)
    assert {"open_skills", "search_mail", "read_profile"} <= set(opened)
    assert "list_events" not in opened


async def test_of_two_accounts_the_one_that_is_named_is_used(open_world: OpenWorld) -> None:
    reads = both(call("search_mail", account="shared box"), call("search_mail"))
    world = await open_world(Scripted([reads, "Read both."]))
    await world.connect("ren", "google")
    await lend(world, of="ren", to="priya", label="shared box")
    await world.connect("priya", "google")
    await world.ask("priya", "what is new in both boxes?")
    logins = [seen.login for seen in world.google.calls if seen.path.endswith("/threads")]
    assert sorted(set(logins)) == ["priya@tamarack.example", "ren@tamarack.example"]


def both(*plans: Plan) -> Plan:
    """The calls of several plans at once."""
    return Plan(calls=tuple(one for plan in plans for one in plan.calls))


# The ways through the pages.


async def ask(world: World, who: str) -> JSON:
    """Ask; gives the thread, the card that asks for accounts, and its links."""
    thread = await world.slack.say(who, "dm", "what is on today, and in my mail?")
    card = await world.card(f"dm:{who}", thread, "connect.skip")
    links = [found for found in re.findall(r"'url': '([^']+)'", str(card["blocks"])) if "/connect/" in found]
    return {"thread": thread, "card": card, "links": links}


async def to_google(world: World, browser: httpx.AsyncClient, who: str, link: str) -> dict[str, str]:
    """Open a link, sign in with Slack, and arrive at Google; gives what Google is asked for."""
    return asked_of((await signed_in_page(world, browser, who, link)).headers["location"])


async def comes_back(
    world: World, browser: httpx.AsyncClient, wanted: dict[str, str], who: str, *, granted: list[str] | None = None
) -> httpx.Response:
    """Answer Google's question, confirm the account, and give the last page."""
    account = world.servers.company.person(who).email
    form = [*wanted.items()]
    form += [("granted", scope) for scope in (wanted["scope"].split() if granted is None else granted)]
    async with httpx.AsyncClient() as http:
        answered = await http.post(
            world.google.authorize_url,
            content=urlencode([*form, ("account", account), ("answer", "allow")]),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    to_confirm = await browser.get(answered.headers["location"])
    page = await browser.get(to_confirm.headers["location"])
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page.text)[0]
    done = await browser.post(to_confirm.headers["location"], data={"csrf": csrf})
    return await browser.get(done.headers["location"])


def asked_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def decide(world: World, rule: SkillRule) -> None:
    """An admin's rule."""
    team = WorkspaceId(world.slack.workspace.id)
    await world.app.connections.rules.set(team, rule, by=world.person("tomas"), now=datetime.now(UTC))


async def lend(world: World, *, of: str, to: str, label: str) -> None:
    """Let `to` have the account of `of` as a second one, as a shared mailbox is."""
    given = world.google.sign_in(of)
    address = str(given["email"])
    await world.app.connections.grants.grant(
        world.person(to),
        "google",
        account=Account(id=address, name=label, email=address),
        tokens=Tokens(
            access=SecretStr(given["access_token"]),
            refresh=SecretStr(given["refresh_token"]),
            scopes=tuple(given["scope"].split()),
        ),
        now=datetime.now(UTC) - timedelta(days=1),
    )
