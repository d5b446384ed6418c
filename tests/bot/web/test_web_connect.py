"""Connecting an account in the browser, and everything that must not work."""

import asyncio
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from structlog.testing import capture_logs

from integrations.integration import Account
from memory.ids import PersonId
from tests.bot.web.fakes import ACCESS, JAMAL, REFRESH, REN, SECRET, World, csrf


async def nothing_connected(world: World) -> bool:
    grants = world.site.connections.grants
    return not (await grants.list(JAMAL) or await grants.list(REN) or world.connected)


async def test_a_link_leads_through_consent_and_confirmation_to_a_grant(world: World) -> None:
    browser = await world.signed_in()
    link = await world.link()
    path = await world.held(browser, link)
    question = await browser.get(path)
    assert "Is this your account?" in question.text
    assert "octo@tamarack.example" in question.text
    assert "Jamal at Tamarack, in Slack" in question.text
    assert await nothing_connected(world)
    confirmed = await browser.post(path, data={"csrf": await csrf(browser, path)})
    assert confirmed.status_code == 303
    end = await browser.get(confirmed.headers["location"])
    assert "GitHub is connected as <b>octo</b>. Your question goes on in Slack." in end.text
    assert 'href="https://slack.test/app_redirect?team=T1"' in end.text
    assert world.connected == [(JAMAL, "github", "p1")]
    assert [grant.account.name for grant in await world.site.connections.grants.list(JAMAL)] == ["octo"]


async def test_whoever_is_not_signed_in_signs_in_first_and_learns_why(world: World) -> None:
    browser, link = world.browser(), await world.link()
    asked = await browser.get(link)
    assert asked.headers["location"] == f"/signin?next={link}"
    assert "connect GitHub" in (await browser.get(asked.headers["location"])).text
    assert (await world.sign_in(browser, JAMAL, link)).headers["location"] == link


@pytest.mark.parametrize("sign_in_as", [REN, None])
async def test_a_forwarded_link_connects_nothing(world: World, sign_in_as: PersonId | None) -> None:
    """link_forwarded"""
    browser = await world.signed_in(sign_in_as) if sign_in_as else world.browser()
    answer = await browser.get(await world.link(JAMAL))
    if sign_in_as:
        assert answer.status_code == 403
        assert "This link is for someone else" in answer.text
        assert "Ren at Tamarack" in answer.text
        assert "Jamal" not in answer.text
    else:
        assert answer.headers["location"].startswith("/signin")
    assert await nothing_connected(world)


async def test_an_attackers_state_does_not_hang_a_victims_account_on_the_attacker(world: World) -> None:
    """link_cosf: the attacker began, the victim consents and brings the answer back."""
    attacker = await world.signed_in(REN)
    back = await world.to_vendor(attacker, await world.link(REN))
    victim = await world.signed_in(JAMAL)
    answer = await victim.get(back)
    assert answer.status_code == 403
    assert "This link is for someone else" in answer.text
    assert world.vendor.exchanges == 0
    assert await nothing_connected(world)
    assert (await attacker.get(back)).status_code == 400, "the state is burnt for the attacker too"


async def test_an_attackers_own_account_does_not_become_the_victims(world: World) -> None:
    """link_login_csrf: the attacker consented with an account of theirs and lets the victim open the callback."""
    attacker = await world.signed_in(REN)
    victim = await world.signed_in(JAMAL)
    back = await world.to_vendor(attacker, await world.link(REN))
    asked = dict(parse_qsl(urlsplit(await world.to_vendor(victim, await world.link(JAMAL))).query))
    mixed = urlsplit(back)._replace(
        query=urlencode({"code": dict(parse_qsl(urlsplit(back).query))["code"], **{"state": asked["state"]}})
    )
    answer = await victim.get(mixed.geturl())
    assert answer.status_code == 400, "the attacker's code does not fit the victim's verifier"
    assert await nothing_connected(world)


async def test_a_callback_without_a_session_asks_the_vendor_nothing(world: World) -> None:
    """link_cosf"""
    back = await world.to_vendor(await world.signed_in(), await world.link())
    answer = await world.browser().get(back)
    assert answer.status_code == 403
    assert world.vendor.exchanges == 0


async def test_an_unknown_state_is_refused(world: World) -> None:
    """link_state"""
    browser = await world.signed_in()
    for state in ("", "unknown", "x" * 5000, "ü\x00"):
        answer = await browser.get("/oauth/github/callback", params={"code": "c", "state": state})
        assert answer.status_code == 400
        assert "used already, or is older than 10 minutes" in answer.text
    assert world.vendor.exchanges == 0


async def test_a_state_works_once(world: World) -> None:
    """link_state"""
    browser = await world.signed_in()
    back = await world.to_vendor(browser, await world.link())
    answers = await asyncio.gather(*(browser.get(back) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 400, 400, 400]
    assert world.vendor.exchanges == 1


async def test_a_state_ends_after_ten_minutes(world: World) -> None:
    """link_state"""
    browser = await world.signed_in()
    back = await world.to_vendor(browser, await world.link())
    world.clock.forward(minutes=10)
    assert (await browser.get(back)).status_code == 400
    assert world.vendor.exchanges == 0


async def test_a_state_of_another_vendor_is_refused(world: World) -> None:
    """link_state"""
    browser = await world.signed_in()
    back = await world.to_vendor(browser, await world.link())
    answer = await browser.get(back.replace("/oauth/github/", "/oauth/google/"))
    assert answer.status_code == 404
    assert world.vendor.exchanges == 0


async def test_a_code_of_another_flow_does_not_fit_its_verifier(world: World) -> None:
    """link_pkce_mixup"""
    browser = await world.signed_in()
    link = await world.link()
    first, second = await world.to_vendor(browser, link), await world.to_vendor(browser, link)
    parts = [dict(parse_qsl(urlsplit(back).query)) for back in (first, second)]
    crossed = urlencode({"code": parts[0]["code"], "state": parts[1]["state"]})
    answer = await browser.get(f"/oauth/github/callback?{crossed}")
    assert answer.status_code == 400
    assert await nothing_connected(world)


async def test_an_answer_of_another_issuer_is_refused(world: World) -> None:
    """link_pkce_mixup"""
    browser = await world.signed_in()
    for iss in ("https://evil.test", "", "https://vendor.test.evil.test", "http://vendor.test", "https://[bad"):
        back = await world.to_vendor(browser, await world.link())
        assert (await browser.get(f"{back}&{urlencode({'iss': iss})}")).status_code == 400
    assert world.vendor.exchanges == 0


async def test_the_vendors_own_issuer_is_accepted(world: World) -> None:
    browser = await world.signed_in()
    back = await world.to_vendor(browser, await world.link())
    assert (await browser.get(f"{back}&iss=https%3A%2F%2Fvendor.test%2Flogin%2Foauth")).status_code == 303


async def test_the_redirect_address_is_ours_whatever_the_request_says(world: World) -> None:
    """link_pkce_mixup"""
    browser = await world.signed_in()
    headers = {"host": "evil.test", "x-forwarded-host": "evil.test", "x-forwarded-proto": "http"}
    begun = await browser.get(
        await world.link(), headers={**headers, "host": "pinyon.test"}, params={"redirect_uri": "https://evil.test"}
    )
    asked = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    assert asked["redirect_uri"] == "https://pinyon.test/oauth/github/callback"


async def test_a_repeated_parameter_is_refused(world: World) -> None:
    browser = await world.signed_in()
    back = await world.to_vendor(browser, await world.link())
    assert (await browser.get(f"{back}&code=other")).status_code == 400
    assert world.vendor.exchanges == 0


async def test_denied_consent_is_said_kindly_and_can_be_tried_again(world: World) -> None:
    browser, link = await world.signed_in(), await world.link()
    state = dict(parse_qsl(urlsplit(await world.to_vendor(browser, link)).query))["state"]
    answer = await browser.get("/oauth/github/callback", params={"error": "access_denied", "state": state})
    assert "You did not give access, so nothing was connected." in answer.text
    assert f'href="{link}"' in answer.text
    assert (await browser.get(link)).status_code == 302


async def test_another_error_of_the_vendor_shows_nothing_of_its_words(world: World) -> None:
    browser, link = await world.signed_in(), await world.link()
    state = dict(parse_qsl(urlsplit(await world.to_vendor(browser, link)).query))["state"]
    query = {"error": "<script>", "error_description": "<b>call 555</b>", "state": state}
    answer = await browser.get("/oauth/github/callback", params=query)
    assert answer.status_code == 400
    assert "555" not in answer.text
    assert "<script" not in answer.text


async def test_a_vendor_that_is_away_is_named(world: World) -> None:
    browser = await world.signed_in()
    back = await world.to_vendor(browser, await world.link())
    world.vendor.away = True
    answer = await browser.get(back)
    assert answer.status_code == 503
    assert "GitHub is not answering" in answer.text


async def test_another_account_can_be_chosen_before_anything_is_kept(world: World) -> None:
    browser, link = await world.signed_in(), await world.link()
    path = await world.held(browser, link)
    again = await browser.get(f"{link}/another")
    assert dict(parse_qsl(urlsplit(again.headers["location"]).query))["prompt"] == "select_account"
    assert (await browser.get(path)).status_code == 400, "the first account is dropped"
    world.vendor.account = Account(id="8", name="cat")
    await browser.get(world.vendor.consent(again.headers["location"]))
    assert "cat" in (await browser.get(path)).text


async def test_an_account_of_another_domain_is_pointed_out(world: World) -> None:
    """link_login_csrf"""
    world.vendor.account = Account(id="9", name="jamal", email="jamal@elsewhere.example")
    browser = await world.signed_in()
    path = await world.held(browser, await world.link())
    assert "Connect this account only if it is yours as well" in (await browser.get(path)).text


async def test_confirming_needs_the_token_of_the_form(world: World) -> None:
    browser = await world.signed_in()
    path = await world.held(browser, await world.link())
    other = await world.signed_in(REN)
    theirs = await csrf(other, "/connections")
    for given in ({}, {"csrf": ""}, {"csrf": "x"}, {"csrf": theirs}):
        assert (await browser.post(path, data=given)).status_code == 403
    assert await nothing_connected(world)


async def test_a_second_click_ends_on_the_same_page(world: World) -> None:
    browser = await world.signed_in()
    path = await world.held(browser, await world.link())
    token = await csrf(browser, path)
    answers = await asyncio.gather(*(browser.post(path, data={"csrf": token}) for _ in range(2)))
    assert {answer.headers["location"] for answer in answers} == {path.replace("confirm", "done")}
    assert len(await world.site.connections.grants.list(JAMAL)) == 1


async def test_a_used_link_shows_what_it_brought(world: World) -> None:
    link = await world.link()
    browser = await world.connect()
    assert (await browser.get(link)).headers["location"] == f"{link}/done"
    assert (await browser.get(f"{link}/confirm")).headers["location"] == f"{link}/done"
    grant = (await world.site.connections.grants.list(JAMAL))[0]
    await world.site.connections.disconnect_account(JAMAL, grant.id)
    assert (await browser.get(link)).status_code == 400
    assert (await browser.get(f"{link}/done")).status_code == 400


async def test_a_link_of_last_week_is_over(world: World) -> None:
    link = await world.link()
    world.clock.forward(days=7)
    world.slack.claims = {"exp": world.clock.now.timestamp() + 60}
    assert (await (await world.signed_in()).get(link)).status_code == 400


async def test_nothing_is_said_to_go_on_when_nothing_waits(world: World) -> None:
    browser = await world.signed_in()
    path = await world.held(browser, await world.link(pending=None))
    assert "question waits" not in (await browser.get(path)).text
    await browser.post(path, data={"csrf": await csrf(browser, path)})
    assert world.connected == [(JAMAL, "github", None)]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{'pin'*3}}", "'-alert(1)-'"]
)
async def test_an_accounts_name_is_text_and_nothing_else(world: World, name: str) -> None:
    """web_xss"""
    world.vendor.account = Account(id="9", name=name, email=f"{name}@evil.example")
    browser = await world.connect()
    link = await world.link(pending="p2")
    confirm = await world.held(browser, link)
    pages = [await browser.get(path) for path in (confirm, "/connections")]
    await browser.post(confirm, data={"csrf": await csrf(browser, confirm)})
    pages.append(await browser.get(f"{link}/done"))
    for page in pages:
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "pinpinpin" not in page.text


async def test_no_token_reaches_a_page_a_header_or_the_log(world: World) -> None:
    """tok_canary: through success, refusal, an outage and a crash."""
    seen: list[httpx.Response] = []
    with capture_logs() as logs:
        browser = await world.connect()
        grant = (await world.site.connections.grants.list(JAMAL))[0]
        for path in ("/connections", f"/connections/{grant.id}/disconnect", "/nothing"):
            seen.append(await browser.get(path))
        back = await world.to_vendor(browser, await world.link(pending="p2"))
        world.vendor.away = True
        seen.append(await browser.get(back))
        world.vendor.away = False

        async def broken(_: object) -> Account:
            raise RuntimeError("whoami broke")

        crash = world.site.connections.integrations["github"]
        object.__setattr__(crash, "whoami", broken)
        seen.append(await browser.get(await world.to_vendor(browser, await world.link(pending="p3"))))
    assert [answer.status_code for answer in seen] == [200, 200, 404, 503, 500]
    everything = repr([(answer.text, answer.headers) for answer in seen]) + repr(logs) + repr(world)
    for canary in (ACCESS, REFRESH, SECRET, "xoxp-canary"):
        assert canary not in everything
