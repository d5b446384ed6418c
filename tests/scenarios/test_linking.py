"""Whose account hangs on whom: what must not happen between a link, two browsers and the vendors' own servers."""

import re
from datetime import UTC, datetime
from itertools import product
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from integrations.catalog import integration_catalog
from integrations.oauth import challenge
from memory.ids import PersonId
from playground.model import Scripted, call
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.consenting import (
    SERVICES,
    allow,
    asked,
    begin,
    confirm,
    connect,
    exchanges,
    grants,
    link_for,
)
from tests.scenarios.test_connecting import signed_in_page

EVIL = {"next": "//evil.example", "return_to": "https:\\\\evil.example", "url": "javascript:alert(1)"}
CLAIMED = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "forwarded": "host=evil.example"}
LOOK = call("list_pull_requests", which="waiting_for_my_review")


def changed(address: str, **parameters: str) -> str:
    """The same address with other parameters."""
    parts = urlsplit(address)
    return parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **parameters})).geturl()


def state_of(address: str) -> str:
    return asked(address)["state"]


async def test_what_a_victim_allows_by_an_attackers_link_hangs_on_nobody(world: World) -> None:
    """link_cosf, link_forwarded: the attacker began; the victim agrees at the vendor and comes back."""
    for service in SERVICES:
        async with world.browser() as attacker, world.browser() as victim, world.browser() as stranger:
            theirs = await begin(world, attacker, "mei", service)
            link = await link_for(world, world.person("mei"), service)
            await signed_in_page(world, victim, "jamal", "/connections")
            refused = await victim.get(link)
            assert refused.status_code == 403
            assert "This link is for someone else" in refused.text
            back = await allow(world, service, theirs, "jamal")
            assert (await victim.get(back)).status_code == 403
            assert (await attacker.get(back)).status_code == 400
            again = await allow(world, service, await begin(world, attacker, "mei", service), "jamal")
            assert (await stranger.get(again)).status_code == 403, "nobody is signed in there"
            assert (await attacker.get(again)).status_code == 400, "a state is burnt by whoever brings it"
        assert exchanges(world, service) == 0
        assert await grants(world) == []


async def test_an_attackers_own_account_does_not_become_the_victims(world: World) -> None:
    """link_login_csrf: the attacker agrees with an account of theirs, and the victim is led to the way back."""
    for service in SERVICES:
        async with world.browser() as attacker, world.browser() as victim:
            planted = await allow(world, service, await begin(world, attacker, "mei", service), "mei")
            own = await begin(world, victim, "jamal", service)
            assert (await victim.get(planted)).status_code == 403
            assert exchanges(world, service) == 0
            # Even with the victim's own state, which nobody else can know.
            second = await allow(world, service, await begin(world, attacker, "mei", service), "mei")
            mixed = await victim.get(changed(second, state=state_of(own)))
            if integration_catalog()[service].auth.pkce or service == "slack":
                assert mixed.status_code in (400, 403, 503)
            else:
                page = await victim.get(mixed.headers["location"])
                assert world.servers.company.person("mei").name in page.text
        assert await grants(world) == []


async def test_a_state_counts_once_for_its_vendor_person_and_minutes(world: World) -> None:
    """link_state"""
    for service in SERVICES:
        other = next(name for name in SERVICES if name != service)
        before = exchanges(world, other)
        async with world.browser() as browser:
            first = await allow(world, service, await begin(world, browser, "jamal", service), "jamal")
            elsewhere = first.replace(f"/oauth/{service}/", f"/oauth/{other}/")
            assert (await browser.get(elsewhere)).status_code == 400
            assert (await browser.get(changed(first, state="unknown"))).status_code == 400
            assert (exchanges(world, service), exchanges(world, other)) == (0, before)
            assert (await browser.get(first)).status_code == 303
            assert (await browser.get(first)).status_code == 400
            assert exchanges(world, service) == 1
            late = await allow(world, service, await begin(world, browser, "jamal", service), "jamal")
            await world.rows("UPDATE connect_flows SET expires_at = now() - interval '1 second'")
            assert (await browser.get(late)).status_code == 400
            assert exchanges(world, service) == 1
        assert await grants(world) == []


async def test_a_link_of_somebody_with_the_same_id_in_another_workspace_is_anothers(world: World) -> None:
    """link_state, ext_user: who somebody is, is the workspace and the id."""
    elsewhere = PersonId(f"TOTHER:{world.slack.user('jamal').id}")
    async with world.browser() as browser:
        page = await signed_in_page(world, browser, "jamal", await link_for(world, elsewhere, "github"))
    assert page.status_code == 403


async def test_pkce_is_used_where_the_vendor_checks_it_and_its_lack_is_said(world: World) -> None:
    """link_pkce_mixup"""
    for service in SERVICES:
        declared = integration_catalog()[service]
        async with world.browser() as browser:
            to = await begin(world, browser, "jamal", service)
            assert ("code_challenge" in asked(to)) == declared.auth.pkce
            crossed = [
                await allow(world, service, await begin(world, browser, "jamal", service), "jamal") for _ in "ab"
            ]
            answer = await browser.get(changed(crossed[0], code=asked(crossed[1])["code"]))
            if declared.auth.pkce:
                assert asked(to)["code_challenge_method"] == "S256"
                assert answer.status_code == 400, "the vendor takes a code for its own verifier only"
            else:
                page = await browser.get(answer.headers["location"])
                assert "PKCE" in page.text
        assert await grants(world) == []


async def test_a_code_is_worth_nothing_without_its_verifier(world: World) -> None:
    """link_pkce_mixup: asked of the vendor's server itself, with our own secret."""
    wrong: tuple[dict[str, str], ...] = ({}, {"code_verifier": "x" * 43})
    async with world.browser() as browser, httpx.AsyncClient() as thief:
        for service, verifier in product(("github", "google"), wrong):
            app = world.app.connections.apps[service]
            to = await begin(world, browser, "jamal", service)
            back = await allow(world, service, to, "jamal")
            form = {
                "grant_type": "authorization_code",
                "client_id": app.client_id,
                "client_secret": app.client_secret.get_secret_value(),
                "code": asked(back)["code"],
                "redirect_uri": asked(to)["redirect_uri"],
                **verifier,
            }
            stolen = await thief.post(app.token_url, data=form, headers={"Accept": "application/json"})
            assert "access_token" not in stolen.json()
            assert challenge("x" * 43) != asked(to)["code_challenge"]


async def test_an_answer_in_another_vendors_name_is_not_taken(world: World) -> None:
    """link_pkce_mixup: a mix-up names itself where the vendor says who it is (RFC 9207)."""
    for service in SERVICES:
        async with world.browser() as browser:
            back = await allow(world, service, await begin(world, browser, "jamal", service), "jamal")
            assert (await browser.get(changed(back, iss="https://evil.example"))).status_code == 400
        assert exchanges(world, service) == 0


async def test_where_people_are_sent_never_comes_from_the_request(world: World) -> None:
    """link_pkce_mixup, link_open_redirect"""
    for service in SERVICES:
        async with world.browser() as browser:
            await signed_in_page(world, browser, "jamal", "/connections")
            link = await link_for(world, world.person("jamal"), service)
            begun = await browser.get(link, params={**EVIL, "redirect_uri": EVIL["next"]}, headers=CLAIMED)
            expected = f"{world.servers.bot_url}/oauth/{service}/callback"
            assert asked(begun.headers["location"])["redirect_uri"] == expected
            assert "evil" not in begun.headers["location"]
            back = await allow(world, service, begun.headers["location"], "jamal")
            held = await browser.get(changed(back, **EVIL), headers=CLAIMED)
            assert held.headers["location"] == f"{urlsplit(link).path}/confirm"


async def test_an_account_is_shown_and_confirmed_before_anything_can_use_it(world: World) -> None:
    """link_login_csrf"""
    person = world.servers.company.person("jamal")
    own = (world.github.world.person("jamal").login, person.name, person.email, "jamal in Tamarack")
    for service in SERVICES:
        async with world.browser() as browser:
            back = await allow(world, service, await begin(world, browser, "jamal", service), "jamal")
            path = (await browser.get(back)).headers["location"]
            page = await browser.get(path)
            assert "Is this your account?" in page.text
            shown = re.search(r'<h2 id="account">(.*?)</h2>', page.text)
            assert shown
            assert shown[1] in own
            assert not await is_of_use(world, service)
            assert (await browser.post(path, data={"csrf": "guessed"})).status_code == 403
            assert not await is_of_use(world, service)
            assert "connected as" in (await confirm(browser, path)).text
        assert await is_of_use(world, service)


async def is_of_use(world: World, service: str) -> bool:
    """Whether Pinyon could act with Jamal's account now."""
    states = await world.app.connections.states(world.person("jamal"))
    acting = await world.app.connections.client_for(world.person("jamal"), service, now=datetime.now(UTC))
    works = any(state.works for state in states if state.integration == service)
    assert works == (acting is not None) == ((world.person("jamal"), service) in await grants(world))
    return works


async def test_nobody_acts_as_a_colleague_in_slack_whoever_agrees(world: World) -> None:
    """link_login_csrf: Slack's account has to be the asker's own, in this workspace."""
    async with world.browser() as browser:
        back = await allow(world, "slack", await begin(world, browser, "jamal", "slack"), "mei")
        refused = await browser.get(back)
    assert refused.status_code == 403
    assert "another Slack account" in refused.text
    assert await grants(world) == []


MAIL = "https://www.googleapis.com/auth/gmail.modify"


async def test_what_was_kept_back_at_the_vendor_does_not_work_and_is_asked_for_again(world: World) -> None:
    """link_scopes"""
    async with world.browser() as browser:
        to = await begin(world, browser, "jamal", "mail")
        assert MAIL in asked(to)["scope"]
        path = (await browser.get(await allow(world, "google", to, "jamal", keep=()))).headers["location"]
        assert "you kept it back" in (await browser.get(path)).text
        await confirm(browser, path)
        states = {state.skill: state for state in await world.app.connections.states(world.person("jamal"))}
        assert not states["mail"].works
        assert states["mail"].account
        page = await connect(world, browser, "jamal", "mail", "google")
    assert "Mail" in page.text
    states = {state.skill: state for state in await world.app.connections.states(world.person("jamal"))}
    assert states["mail"].works


async def test_more_than_was_asked_for_is_noted_and_opens_what_it_covers_only(world: World) -> None:
    """link_scopes: what a vendor adds is kept as what it is, and nothing else is concluded from it."""
    world.google.sign_in("jamal", ["https://www.googleapis.com/auth/calendar.readonly"])
    async with world.browser() as browser:
        await connect(world, browser, "jamal", "mail", "google")
    states = {state.skill: state for state in await world.app.connections.states(world.person("jamal"))}
    assert (states["calendar"].works, states["calendar"].level) == (True, "read")
    assert not states["files"].works
    (kept,) = await world.rows("SELECT scopes FROM grants")
    assert "https://www.googleapis.com/auth/calendar.readonly" in kept["scopes"]


async def test_tokens_swapped_between_two_people_in_the_database_serve_neither(open_world: OpenWorld) -> None:
    """tok_aad: who can write into the database still cannot act as somebody else; both are asked to reconnect."""
    world = await open_world(Scripted([LOOK, LOOK]))
    await world.connect("jamal")
    await world.connect("mei")
    await world.rows("UPDATE grants g SET sealed = (SELECT sealed FROM grants o WHERE o.person <> g.person)")
    for who in ("jamal", "mei"):
        thread = await world.slack.say(who, "dm", "what waits for me?")
        await world.card(f"dm:{who}", thread, "connect.open", seconds=15)
    assert [seen for seen in world.github.calls if seen.login] == []
