"""What people change on the page of skills and accounts, with every skill and service that there is."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from bot.web.site import Site
from integrations.catalog import integration_catalog
from integrations.errors import AccessRevoked, IntegrationError, ServiceUnavailable
from integrations.integration import Account, Integration, OAuthApp, Tokens
from integrations.integration import Site as VendorSite
from memory.connect_flows import Held, Returned
from memory.database import Database
from memory.grants import Grant
from memory.ids import GrantId, PersonId, WorkspaceId
from memory.skill_rules import SkillRule
from skills.catalog import skill_catalog
from tests.bot.web.fakes import HOME, JAMAL, NOW, REN, World, build_world, csrf

SKILLS = skill_catalog()
TAMARACK = VendorSite(id="1", name="Tamarack", url="https://tamarack.atlassian.net")
LABS = VendorSite(id="2", name="Tamarack Labs", url="https://labs.atlassian.net")


class Vendor:
    """Jira's sites, as its accounts see them."""

    wrong: IntegrationError | None = None

    async def sites(self, _client: object) -> tuple[VendorSite, ...]:
        if self.wrong:
            raise self.wrong
        return TAMARACK, LABS


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def world(database: Database, vendor: Vendor) -> World:
    declared = integration_catalog()
    declared["atlassian"] = replace(declared["atlassian"], sites=vendor.sites)

    def everything(site: Site) -> Site:
        apps = {name: registration(one) for name, one in declared.items()}
        everything = replace(site.connections, skills=SKILLS, integrations=declared, apps=apps)
        return replace(site, connections=everything)

    return build_world(database, edit=everything)


def registration(declared: Integration) -> OAuthApp:
    return OAuthApp(
        name=declared.name,
        client_id="client",
        client_secret=SecretStr("secret"),
        api_url=declared.api_url,
        authorize_url=declared.auth.authorize_url,
        token_url=declared.auth.token_url,
    )


async def connected(
    world: World, name: str, *skills: str, level: str = "write", site: VendorSite | None = None, days: int = 0
) -> Grant:
    """An account of Jamal's with the permissions of `skills`."""
    scopes = [SKILLS[skill].scopes for skill in skills]
    return await world.site.connections.grants.grant(
        JAMAL,
        SKILLS[skills[0]].integration or "",
        account=Account(id=name, name=name, email=f"{name}@tamarack.example"),
        tokens=Tokens(
            access=SecretStr("access"),
            scopes=tuple(scope for one in scopes for scope in (one.write if level == "write" else one.read)),
        ),
        now=NOW + timedelta(days=days),
        site=site,
    )


async def send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await browser.post(path, data={"csrf": await csrf(browser, "/connections"), **fields})


async def seen(browser: httpx.AsyncClient, path: str = "/connections") -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", (await browser.get(path)).text).split())


def row(html: str, skill: str) -> str:
    """What the page says of one skill."""
    return html.partition(f'<li id="{skill}">')[2].partition("</li>")[0]


async def answer(browser: httpx.AsyncClient, response: httpx.Response) -> str:
    assert response.status_code == 303, response.text
    return await seen(browser, response.headers["location"].partition("#")[0])


async def level(world: World, skill: str) -> str:
    [state] = [state for state in await world.site.connections.states(JAMAL) if state.skill == skill]
    return state.level if state.works else state.status


# Skills


async def test_a_skill_is_held_to_reading_switched_off_and_on_again(world: World) -> None:
    await connected(world, "octo", "pull_requests")
    browser = await world.signed_in()
    path = "/connections/skills/pull_requests"
    assert "Pull requests: Pinyon only reads." in await answer(browser, await send(browser, path, to="read"))
    html = row((await browser.get("/connections")).text, "pull_requests")
    assert "Only reads: you set it so." in html
    assert 'aria-label="Allow changes: Pull requests"' in html
    assert await level(world, "pull_requests") == "read"
    off = await answer(browser, await send(browser, path, to="off"))
    assert "Pull requests is switched off. The account stays connected." in off
    assert "Switched off by you. octo on GitHub stays connected." in off
    assert await level(world, "pull_requests") == "off"
    on = await answer(browser, await send(browser, path, to="write"))
    assert "Pull requests: Pinyon may change things, after you asked for it or approved it." in on
    assert await level(world, "pull_requests") == "write"


async def test_what_is_no_skill_or_no_level_changes_nothing(world: World) -> None:
    browser = await world.signed_in()
    for skill, to in (("nothing", "off"), ("mail", "everything"), ("mail", "")):
        assert (await send(browser, f"/connections/skills/{skill}", to=to)).status_code == 404
    me = await world.site.people.get(JAMAL)
    assert me is not None
    assert (me.switched_off, me.read_only) == ((), ())


async def test_a_switch_is_the_persons_own(world: World) -> None:
    """admin_authz"""
    await connected(world, "octo", "pull_requests")
    await world.signed_in(JAMAL)
    await send(await world.signed_in(REN), "/connections/skills/pull_requests", to="off")
    assert await level(world, "pull_requests") == "write"


async def test_every_way_to_connect_says_how_far_it_goes(world: World) -> None:
    browser = await world.signed_in()
    html = row((await browser.get("/connections")).text, "mail")
    links = {words: path for path, words in re.findall(rf'href="{HOME}/connect/([\w-]+)"[^>]*>([^<]+)</a>', html)}
    offers = {words: await world.site.connections.flows.open(link, now=NOW) for words, link in links.items()}
    assert {words: (offer.skill, offer.level) for words, offer in offers.items() if offer} == {
        "Connect": ("mail", "write"),
        "Connect to read only": ("mail", "read"),
    }


async def test_what_the_consent_holds_back_is_widened_at_the_vendor(world: World) -> None:
    await connected(world, "jamal", "mail", level="read")
    browser = await world.signed_in()
    html = row((await browser.get("/connections")).text, "mail")
    assert "Only reads: you did not allow more at Google." in html
    [link] = re.findall(r'href="[^"]*/connect/([\w-]+)"[^>]*>Allow changes</a>', html)
    offered = await world.site.connections.flows.open(link, now=NOW)
    assert offered is not None
    assert (offered.skill, offered.level) == ("mail", "write")
    assert "Google is connected as jamal, without the permission for this." in await seen(browser)


@pytest.mark.parametrize("is_connected", [True, False])
async def test_what_an_admin_holds_back_is_said_and_cannot_be_widened(world: World, *, is_connected: bool) -> None:
    if is_connected:
        await connected(world, "jamal", "mail")
    browser = await world.signed_in()
    await world.site.connections.rules.set(WorkspaceId("T1"), SkillRule(skill="mail", allowed="read"), by=REN, now=NOW)
    html = row((await browser.get("/connections")).text, "mail")
    assert "Only reads: an admin of Tamarack set it so." in html
    assert "Allow changes" not in html
    assert "Connect to read only" not in html


async def test_an_ended_access_has_the_one_primary_button_and_comes_first(world: World) -> None:
    grant = await connected(world, "jamal", "mail", "files")
    await world.site.connections.grants.mark_revoked(grant.id, version=1)
    browser = await world.signed_in()
    html = (await browser.get("/connections")).text
    first = re.findall(r'<li id="(\w+)">', html)[:2]
    assert sorted(first) == ["files", "mail"]
    assert all("Sign in again" in row(html, skill) for skill in first)
    assert "Sign in again" not in row(html, "calendar")
    assert html.count("btn s primary") == 1


# Accounts


async def test_an_account_says_what_it_is_for(world: World) -> None:
    await connected(world, "work", "mail", "files")
    await connected(world, "home", "calendar", days=1)
    words = await seen(await world.signed_in())
    assert "work work@tamarack.example · since today · not used yet For Files, Mail" in words
    assert "For Calendar" in words
    assert "Connect another Google account" in words


async def test_slack_is_offered_no_second_account(world: World) -> None:
    await connected(world, "Jamal", "channels")
    assert "Connect another" not in await seen(await world.signed_in())


async def test_what_a_vendor_lacks_is_said_for_each(world: World) -> None:
    words = await seen(await world.signed_in())
    for declared in world.site.connections.integrations.values():
        assert f"What {declared.title} itself allows" in words
        for line in (declared.wider_than_used, *declared.limits):
            assert line.replace("'", "&#39;") in words


async def test_an_account_gets_the_name_that_its_person_gives_it(world: World) -> None:
    grant = await connected(world, "jamal", "mail")
    browser = await world.signed_in()
    done = await send(browser, f"/connections/{grant.id}/label", label="  Work \n mail ")
    assert "Saved. This Google account is called Work mail" in await answer(browser, done)
    assert [mine.label for mine in await world.site.connections.grants.list(JAMAL)] == ["Work mail"]


UNFIT = {
    "": "Write a name of letters and digits",
    " \t ": "Write a name of letters and digits",
    "pay\u202epal": "Write a name of letters and digits",
    "wo\u200brk": "Write a name of letters and digits",
    "x" * 61: "at most 60 characters",
    "home": "Another of your Google accounts is called so.",
}


async def test_a_name_that_cannot_be_is_said_at_the_field(world: World) -> None:
    grant = await connected(world, "jamal", "mail")
    await connected(world, "home", "mail")
    browser = await world.signed_in()
    for label, said in UNFIT.items():
        refused = await send(browser, f"/connections/{grant.id}/label", label=label)
        assert refused.status_code == 400
        assert said in refused.text
        assert f'aria-describedby="wrong-{grant.id}"' in refused.text
    assert {mine.label for mine in await world.site.connections.grants.list(JAMAL)} == {"jamal", "home"}


async def test_a_name_is_text_and_nothing_else(world: World) -> None:
    """web_xss"""
    grant = await connected(world, "jamal", "mail")
    browser = await world.signed_in()
    await send(browser, f"/connections/{grant.id}/label", label='"><script>alert(1)</script>')
    for path in ("/connections", f"/connections/{grant.id}/disconnect"):
        html = (await browser.get(path)).text
        assert "<script" not in html
        assert "&lt;script&gt;" in html


async def test_an_account_moves_to_another_site(world: World) -> None:
    grant = await connected(world, "jamal", "tickets", site=TAMARACK)
    browser = await world.signed_in()
    path = f"/connections/{grant.id}/site"
    assert "Change site…" in (await browser.get("/connections")).text
    assert re.search(r'value="1" required checked', (await browser.get(path)).text)
    assert "and used at Tamarack Labs." in await answer(browser, await send(browser, path, site="2"))
    assert [mine.site for mine in await world.site.connections.grants.list(JAMAL)] == [LABS]


async def test_a_site_that_the_vendor_does_not_name_is_refused(world: World) -> None:
    grant = await connected(world, "jamal", "tickets", site=TAMARACK)
    browser = await world.signed_in()
    for place in ("", "3", "1 OR 1"):
        refused = await send(browser, f"/connections/{grant.id}/site", site=place)
        assert refused.status_code == 400
        assert "Nothing was changed." in refused.text
    assert [mine.site for mine in await world.site.connections.grants.list(JAMAL)] == [TAMARACK]


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        (ServiceUnavailable("away"), 503, "Jira is not answering"),
        (AccessRevoked("over"), 400, "Reconnect the account first."),
    ],
)
async def test_a_vendor_that_names_no_sites_changes_nothing(
    world: World, vendor: Vendor, wrong: IntegrationError, status: int, said: str
) -> None:
    grant = await connected(world, "jamal", "tickets", site=TAMARACK)
    browser = await world.signed_in()
    vendor.wrong = wrong
    page = await browser.get(f"/connections/{grant.id}/site")
    assert (page.status_code, said in page.text) == (status, True)


@pytest.mark.parametrize("way", ["label", "site"])
async def test_another_persons_account_is_neither_named_nor_moved(world: World, way: str) -> None:
    """admin_authz"""
    grant = await connected(world, "jamal", "tickets", site=TAMARACK)
    other = await world.signed_in(REN)
    assert (await send(other, f"/connections/{grant.id}/{way}", label="Mine", site="2")).status_code == 404
    [kept] = await world.site.connections.grants.list(JAMAL)
    assert (kept.label, kept.site) == ("jamal", TAMARACK)


async def test_disconnecting_names_only_what_stops_working(world: World) -> None:
    work = await connected(world, "work", "mail", "files")
    await connected(world, "home", "mail", days=1)
    words = await seen(await world.signed_in(), f"/connections/{work.id}/disconnect")
    assert "this stops working: Files." in words


async def test_one_ended_account_beside_one_that_works_can_be_reconnected(world: World) -> None:
    grant = await connected(world, "work", "mail")
    await connected(world, "home", "mail", days=1)
    await world.site.connections.grants.mark_revoked(grant.id, version=1)
    html = (await (await world.signed_in()).get("/connections")).text
    assert 'aria-label="Reconnect Google account work"' in html
    assert "Google ended the permission, so no skill uses it." in html


async def test_an_account_of_a_service_that_is_no_longer_set_up_can_still_be_disconnected(world: World) -> None:
    grant = await connected(world, "octo", "pull_requests")
    browser = await world.signed_in()
    bare = replace(world.site.connections, apps={})
    world.app.state.site = replace(world.site, connections=bare)
    assert f"/connections/{grant.id}/disconnect" in (await browser.get("/connections")).text


# Confirming


async def held(world: World, skill: str, *, granted: tuple[str, ...], asker: PersonId = JAMAL) -> str:
    """The path of the question whether it is the right account, after a consent to `granted`."""
    connections = world.site.connections
    link = (await connections.offer(asker, skill, now=NOW)).rpartition("/")[2]
    opened = await connections.flows.open(link, now=NOW)
    assert opened is not None
    returned = Returned(link=opened.id, person=asker, integration=opened.integration, verifier=SecretStr("v"))
    tokens = Tokens(access=SecretStr("access"), scopes=granted)
    account = Account(id="j", name="jamal@tamarack.example")
    assert await connections.flows.hold(returned, Held(account=account, tokens=tokens), now=NOW)
    return f"/connect/{link}/confirm"


async def test_a_consent_to_reading_alone_is_said_before_it_is_kept(world: World) -> None:
    browser = await world.signed_in()
    words = await seen(browser, await held(world, "mail", granted=SKILLS["mail"].scopes.read))
    assert "You kept back the permission to change things, so this only reads: Mail. Ask again" in words
    assert "Can change nothing, it only reads" in words


async def test_a_consent_to_nothing_offers_only_to_ask_again(world: World) -> None:
    browser = await world.signed_in()
    html = (await browser.get(await held(world, "mail", granted=("openid",)))).text
    assert "Without it this does not work: Mail." in html
    assert 'type="submit"' not in html
    assert ">Ask again</a>" in html


async def test_what_the_person_or_an_admin_holds_back_is_not_promised(world: World) -> None:
    browser = await world.signed_in()
    connections = world.site.connections
    await connections.switch(JAMAL, "files", "off")
    await connections.switch(JAMAL, "calendar", "read")
    await connections.rules.set(WorkspaceId("T1"), SkillRule(skill="mail", allowed="read"), by=REN, now=NOW)
    every = [scope for skill in ("mail", "calendar", "files") for scope in SKILLS[skill].scopes.write]
    words = await seen(browser, await held(world, "mail", granted=tuple(every)))
    assert "Calendar can change nothing, it only reads" in words
    assert "Mail can change nothing, it only reads" in words
    assert "Files can" not in words
    assert "kept" not in words


async def test_confirming_for_reading_only_lets_it_only_read(world: World) -> None:
    browser = await world.signed_in()
    link = (await world.site.connections.offer(JAMAL, "issues", now=NOW, level="read")).rpartition("/")[2]
    opened = await world.site.connections.flows.open(link, now=NOW)
    assert opened is not None
    returned = Returned(link=opened.id, person=JAMAL, integration="github", verifier=SecretStr("v"))
    tokens = Tokens(access=SecretStr("access"))
    await world.site.connections.flows.hold(
        returned, Held(account=Account(id="7", name="octo"), tokens=tokens), now=NOW
    )
    confirmed = await browser.post(
        f"/connect/{link}/confirm", data={"csrf": await csrf(browser, f"/connect/{link}/confirm")}
    )
    words = await seen(browser, confirmed.headers["location"])
    assert "Issues only reads" in words
    assert await level(world, "issues") == "read"


async def test_a_page_without_any_skill_says_who_can_help(world: World) -> None:
    browser = await world.signed_in()
    for skill in SKILLS:
        await world.site.connections.rules.set(
            WorkspaceId("T1"), SkillRule(skill=skill, allowed="off"), by=REN, now=NOW
        )
    words = await seen(browser)
    assert "An admin has not allowed any skill for you yet." in words
    assert "No skill here needs an account that you can connect." in words


async def test_every_form_of_the_page_carries_the_token(world: World) -> None:
    await connected(world, "octo", "pull_requests", "issues")
    await connected(world, "jamal", "tickets", site=TAMARACK)
    browser = await world.signed_in()
    html = (await browser.get("/connections")).text
    forms = re.findall(r'<form [^>]*method="post"[^>]*>(.*?)</form>', html, re.DOTALL)
    assert len(forms) > 6
    assert all('name="csrf"' in form for form in forms)


async def test_a_grant_that_is_none_is_not_found(world: World) -> None:
    browser = await world.signed_in()
    unknown = GrantId("nothing")
    assert (await browser.get(f"/connections/{unknown}/site")).status_code == 404
    assert (await send(browser, f"/connections/{unknown}/label", label="x")).status_code == 404
