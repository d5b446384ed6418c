"""Sign in with Slack."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from memory.database import Database
from memory.ids import PersonId
from memory.offboarding import Offboarding
from tests.bot.web.fakes import JAMAL, NOW, REN, World, build_world, csrf


async def test_a_person_is_sent_to_slack_with_state_and_nonce(world: World) -> None:
    begun = await world.browser().get("/slack/signin")
    to = urlsplit(begun.headers["location"])
    asked = dict(parse_qsl(to.query))
    assert f"{to.scheme}://{to.netloc}{to.path}" == "https://slack.test/openid/connect/authorize"
    assert asked["redirect_uri"] == "https://pinyon.test/slack/signin/callback"
    assert asked["scope"] == "openid profile email"
    assert len(asked["state"]) >= 22
    assert len(asked["nonce"]) >= 22
    assert asked["state"] != asked["nonce"]


async def test_signing_in_leads_where_the_person_was_going(world: World) -> None:
    link = await world.link()
    answer = await world.sign_in(world.browser(), JAMAL, link)
    assert (answer.status_code, answer.headers["location"]) == (303, link)


AFTERS = (
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "javascript:alert(1)",
    "/connect/../x",
    "/connections\n",
    "/connections/../..//evil.test",
    "/signout",
    "/connect/" + "a" * 23,
    "",
)


async def test_no_address_leads_out_of_the_site(world: World) -> None:
    """link_open_redirect"""
    browser = world.browser()
    for after in AFTERS:
        page = await browser.get("/signin", params={"next": after})
        assert 'href="/slack/signin?next=/connections"' in page.text
        assert (await world.sign_in(browser, JAMAL, after)).headers["location"] == "/connections"


async def test_the_cookie_is_held_to_this_host_and_out_of_scripts(world: World) -> None:
    answer = await world.sign_in(world.browser(), JAMAL)
    cookies = {cookie.partition("=")[0]: cookie.lower() for cookie in answer.headers.get_list("set-cookie")}
    session = cookies["__Host-pinyon"]
    for rule in ("httponly", "secure", "samesite=lax", "path=/"):
        assert rule in session
    assert "domain" not in session
    assert "max-age=0" in cookies["__Host-pinyon-signin"]


async def test_over_plain_http_the_cookie_has_a_plain_name(database: Database) -> None:
    world = build_world(database, edit=lambda site: replace(site, public_url="http://127.0.0.1:8080"))
    begun = await world.browser().get("/slack/signin")
    assert begun.headers["set-cookie"].startswith("pinyon-signin=")
    assert "Secure" not in begun.headers["set-cookie"]


async def test_an_answer_begun_in_another_browser_signs_nobody_in(world: World) -> None:
    """link_login_csrf: an attacker's own sign-in, opened by the victim."""
    attacker, victim = world.browser(), world.browser()
    world.slack.user = "UREN"
    back = world.slack.consent((await attacker.get("/slack/signin")).headers["location"])
    answer = await victim.get(back)
    assert answer.status_code == 400
    assert "Do not sign in for them" in answer.text
    assert (await victim.get("/connections")).status_code == 303


async def test_an_answer_works_once(world: World) -> None:
    browser = world.browser()
    back = world.slack.consent((await browser.get("/slack/signin")).headers["location"])
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 400


async def test_an_attempt_ends_after_ten_minutes(world: World) -> None:
    browser = world.browser()
    back = world.slack.consent((await browser.get("/slack/signin")).headers["location"])
    world.clock.forward(minutes=10)
    assert (await browser.get(back)).status_code == 400


async def test_a_forged_attempt_is_refused(world: World) -> None:
    for cookie in ("", "x", "e30=.x", "e30=." + "A" * 43, "ü"):
        headers = {b"cookie": f"__Host-pinyon-signin={cookie}".encode()}
        answer = await world.browser().get("/slack/signin/callback?code=c&state=s", headers=headers)
        assert answer.status_code == 400


CLAIMS: tuple[dict[str, object], ...] = (
    {"nonce": "another"},
    {"aud": "another"},
    {"aud": ["slack-client", "another"]},
    {"iss": "https://evil.test"},
    {"exp": int(NOW.timestamp()) - 61},
    {"exp": "soon"},
    {"sub": ""},
    {"sub": 7},
    {"sub": "USOMEONE"},
)


async def test_an_id_token_that_is_not_for_us_signs_nobody_in(world: World) -> None:
    for claims in CLAIMS:
        world.slack.claims = claims
        answer = await world.sign_in(world.browser(), JAMAL)
        assert answer.status_code == 400
        assert "You are not signed in" in answer.text


async def test_user_info_of_somebody_else_signs_nobody_in(world: World) -> None:
    world.slack.sub = "UREN"
    assert (await world.sign_in(world.browser(), JAMAL)).status_code == 400


async def test_declining_at_slack_is_no_error(world: World) -> None:
    browser = world.browser()
    state = dict(parse_qsl(urlsplit((await browser.get("/slack/signin")).headers["location"]).query))["state"]
    answer = await browser.get("/slack/signin/callback", params={"error": "access_denied", "state": state})
    assert answer.status_code == 200
    assert "Try again" in answer.text


async def test_a_refusal_by_slack_is_said_without_its_words(world: World) -> None:
    for error, status in (("bad_client_secret", 503), ("invalid_code", 400), ("<b>", 400)):
        world.slack.error = error
        answer = await world.sign_in(world.browser(), JAMAL)
        assert answer.status_code == status
        assert error not in answer.text.partition("<h1")[2]


async def test_a_guest_is_told_who_can_help(world: World) -> None:
    """ext_user"""
    browser = world.browser()
    answer = await world.sign_in(browser, PersonId("T1:UGUEST"))
    assert answer.status_code == 403
    assert "I work only for members of Tamarack. A member can ask for you." in answer.text
    assert (await browser.get("/connections")).status_code == 303


async def test_a_workspace_without_pinyon_is_refused(world: World) -> None:
    """ext_user"""
    world.slack.team = "T2"
    assert (await world.sign_in(world.browser(), JAMAL)).status_code == 403


async def test_signing_in_again_ends_the_session_before(world: World) -> None:
    browser = await world.signed_in(JAMAL)
    first = browser.cookies["__Host-pinyon"]
    await world.sign_in(browser, REN)
    assert browser.cookies["__Host-pinyon"] != first
    assert await world.site.sessions.find(first, now=NOW) is None


async def test_a_session_ends_after_twelve_quiet_hours_or_thirty_days(world: World) -> None:
    quiet, busy = await world.signed_in(JAMAL), await world.signed_in(JAMAL)
    for _ in range(70):
        if (await busy.get("/connections")).status_code == 303:
            break
        world.clock.forward(hours=11)
    assert (world.clock.now - NOW).days == 30
    assert (await quiet.get("/connections")).status_code == 303


async def test_who_leaves_the_workspace_is_signed_out_at_once(world: World) -> None:
    """tok_offboard"""
    browser = await world.signed_in(JAMAL)
    await world.site.people.upsert(replace(world.people[JAMAL], deactivated_at=NOW))
    assert (await browser.get("/connections")).headers["location"].startswith("/signin")


async def test_signing_out_needs_the_form_and_ends_the_session(world: World) -> None:
    browser = await world.signed_in()
    secret = browser.cookies["__Host-pinyon"]
    assert (await browser.post("/signout")).status_code == 403
    assert (await browser.post("/signout", data={"csrf": await csrf(browser, "/connections")})).status_code == 303
    assert await world.site.sessions.find(secret, now=NOW) is None


async def test_leaving_ends_every_browser(world: World) -> None:
    browsers = [await world.signed_in(), await world.signed_in()]
    await Offboarding(world.site.sessions.database).end_person(JAMAL)
    assert {(await browser.get("/connections")).status_code for browser in browsers} == {303}


async def test_without_its_settings_signing_in_names_them(database: Database) -> None:
    world = build_world(database, edit=lambda site: replace(site, slack=None))
    for path in ("/signin", "/slack/signin", "/slack/signin/callback"):
        answer = await world.browser().get(path)
        assert answer.status_code == 503
        assert "SLACK_CLIENT_ID" in answer.text
