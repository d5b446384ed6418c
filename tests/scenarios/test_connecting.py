"""How somebody who asks for what needs an account comes to their answer."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

ASKED = "which PRs wait for me?"
CONNECT = call("connect_pull_requests", purpose="see what waits for you")


async def test_without_an_account_the_question_waits_and_goes_on_by_itself_after_consent(world: World) -> None:
    asked = await ask(world, "jamal")
    assert "Connect GitHub to go on" in world.words("dm:jamal", asked.card)
    assert asked.link.startswith(world.servers.bot_url)
    assert await world.over() == ["waiting"]
    async with world.browser() as browser:
        page = await connected(world, browser, "jamal", asked.link)
    assert "GitHub is connected as" in page.text
    answer = await world.answer("dm:jamal", asked.thread, count=2)
    assert "for your review" in world.words("dm:jamal", answer)
    assert "As you on GitHub" in world.words("dm:jamal", answer)
    redrawn = await reads(world, asked, "GitHub is connected")
    assert world.github.world.person("jamal").login in redrawn
    assert await world.over(2) == ["waiting", "answered"]
    assert {call.login for call in world.github.calls if call.path.startswith("/search")} == {"whitfield-j"}


async def test_a_question_in_a_channel_leaves_a_neutral_line_and_its_card_in_the_askers_chat(world: World) -> None:
    await world.slack.invite("bot", "#platform-oncall")
    thread = await world.slack.say("jamal", "#platform-oncall", f"<@bot> {ASKED}")
    line = await world.answer("#platform-oncall", thread)
    assert world.words("#platform-oncall", line) == "Waits for the asker to connect an account."
    card = (await world.until(lambda: [m for m in world.slack.messages("dm:jamal") if "bot_id" in m]))[0]
    assert "Connect GitHub to go on" in world.words("dm:jamal", card)
    async with world.browser() as browser:
        await connected(world, browser, "jamal", link_in(card))
    answer = await world.answer("#platform-oncall", thread, count=2)
    assert "for your review" in world.words("#platform-oncall", answer)


async def test_who_declines_consent_is_told_so_and_may_try_again_or_go_without(world: World) -> None:
    asked = await ask(world, "jamal")
    async with world.browser() as browser:
        to_github = await signed_in(world, browser, "jamal", asked.link)
        page = await browser.get(await world.consent(to_github, "jamal", answer="deny"))
        assert "You did not give access, so nothing was connected." in page.text
        assert len(world.slack.replies("dm:jamal", asked.thread)) == 1
        await world.slack.click("jamal", asked.card["ts"], "connect.skip")
        answer = await world.answer("dm:jamal", asked.thread, count=2)
    assert "Without that account I cannot" in world.words("dm:jamal", answer)
    await reads(world, asked, "Not now. Nothing was connected.")
    assert await world.rows("SELECT * FROM grants") == []


async def test_a_link_that_was_passed_on_connects_nothing(world: World) -> None:
    asked = await ask(world, "jamal")
    async with world.browser() as browser:
        refused = await signed_in_page(world, browser, "mei", asked.link)
    assert refused.status_code == 403
    assert "This link is for someone else" in refused.text
    assert await world.rows("SELECT * FROM grants") == []
    assert len(world.slack.replies("dm:jamal", asked.thread)) == 1


async def test_consent_that_somebody_else_brings_back_connects_nothing(world: World) -> None:
    """link_forwarded: the vendor's answer counts only in the browser of the person who asked."""
    asked = await ask(world, "jamal")
    async with world.browser() as mine, world.browser() as theirs:
        to_github = await signed_in(world, mine, "jamal", asked.link)
        back = await world.consent(to_github, "mei")
        await signed_in_page(world, theirs, "mei", "/connections")
        refused = await theirs.get(back)
        again = await mine.get(back)
    assert refused.status_code == 403
    assert "Nothing was connected" in again.text
    assert await world.rows("SELECT * FROM grants") == []


async def test_a_link_that_has_expired_says_so_and_a_new_question_makes_a_new_one(world: World) -> None:
    asked = await ask(world, "jamal")
    await world.rows("UPDATE connect_links SET expires_at = now() - interval '1 minute'")
    async with world.browser() as browser:
        stopped = await signed_in_page(world, browser, "jamal", asked.link)
        assert "This link has ended" in stopped.text
        again = await ask(world, "jamal")
        assert again.link != asked.link
        page = await connected(world, browser, "jamal", again.link)
    assert "GitHub is connected as" in page.text
    answer = await world.answer("dm:jamal", again.thread, count=2)
    assert "for your review" in world.words("dm:jamal", answer)


async def test_one_connection_answers_every_question_that_waits_for_it(world: World) -> None:
    first, second = await ask(world, "jamal"), await ask(world, "jamal")
    async with world.browser() as browser:
        await connected(world, browser, "jamal", first.link)
    for asked in (first, second):
        answer = await world.answer("dm:jamal", asked.thread, count=2)
        assert "for your review" in world.words("dm:jamal", answer)
    assert await world.over(4) == ["waiting", "waiting", "answered", "answered"]


async def test_the_same_link_opened_twice_connects_once_and_answers_once(world: World) -> None:
    asked = await ask(world, "jamal")
    async with world.browser() as browser:
        await connected(world, browser, "jamal", asked.link)
        again = await browser.get(asked.link, follow_redirects=True)
    assert "GitHub is connected as" in again.text
    await world.answer("dm:jamal", asked.thread, count=2)
    assert await world.over(2) == ["waiting", "answered"]
    assert len(await world.rows("SELECT * FROM grants")) == 1


async def test_not_now_is_told_to_the_model_which_answers_without(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([CONNECT, "I cannot see them without your account."]))
    asked = await ask(world, "jamal")
    outcome = await world.slack.click("jamal", asked.card["ts"], "connect.skip")
    assert outcome.is_acked
    answer = await world.answer("dm:jamal", asked.thread, count=2)
    assert "I cannot see them without your account." in world.words("dm:jamal", answer)
    told = world.model.requests[-1].returned[-1][1].text
    assert "does not want to connect" in told


async def test_a_new_message_puts_the_connect_card_aside(world: World) -> None:
    asked = await ask(world, "jamal")
    await world.slack.say("jamal", "dm", "hello", thread=asked.thread)
    await world.answer("dm:jamal", asked.thread, count=2)
    await reads(world, asked, "Put aside, because you asked something new.")
    outcome = await world.slack.command("jamal", "/pinyon", "connect github")
    assert "Connect GitHub" in str(outcome.body)


async def test_a_connect_card_that_waited_for_a_week_is_closed_and_can_be_asked_for_again(world: World) -> None:
    asked = await ask(world, "jamal")
    await world.rows("UPDATE pending SET expires_at = now() - interval '1 second'")
    await world.app.tick()
    await reads(world, asked, "Expired. Nothing was connected.")
    again = await ask(world, "jamal")
    assert again.link != asked.link


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that waits for an account."""

    thread: str
    card: JSON
    link: str


async def ask(world: World, who: str) -> Asked:
    """Ask for what needs an account, and wait for the card."""
    thread = await world.slack.say(who, "dm", ASKED)
    card = await world.card(f"dm:{who}", thread, "connect.open")
    return Asked(thread=thread, card=card, link=link_in(card))


def link_in(card: JSON) -> str:
    buttons: list[JSON] = [element for block in card["blocks"] for element in block.get("elements", ())]
    return next(button["url"] for button in buttons if button.get("action_id") == "connect.open")


async def reads(world: World, asked: Asked, words: str) -> str:
    """Wait until the card reads so; gives all of it."""
    await world.until(lambda: words in world.words("dm:jamal", asked.card).replace("*", "").replace("\n", " "))
    return world.words("dm:jamal", asked.card)


async def signed_in_page(world: World, browser: httpx.AsyncClient, who: str, link: str) -> httpx.Response:
    """Open one of Pinyon's pages, signing in with Slack as `who` on the way."""
    path = link.removeprefix(world.servers.bot_url)
    begun = await browser.get(f"/slack/signin?next={path}")
    back = await browser.get(await world.slack.sign_in_as(who, begun.headers["location"]))
    return await browser.get(back.headers["location"])


async def signed_in(world: World, browser: httpx.AsyncClient, who: str, link: str) -> str:
    """Sign in and go on with a connect link; gives GitHub's address."""
    to_github = (await signed_in_page(world, browser, who, link)).headers["location"]
    assert urlsplit(to_github).netloc == urlsplit(world.github.url).netloc
    return to_github


async def connected(world: World, browser: httpx.AsyncClient, who: str, link: str) -> httpx.Response:
    """Go the whole way: sign in, consent, confirm; gives the last page."""
    to_github = await signed_in(world, browser, who, link)
    confirm = (await browser.get(await world.consent(to_github, who))).headers["location"]
    page = (await browser.get(confirm)).text
    assert "Is this your account?" in page
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    done = await browser.post(confirm, data={"csrf": token[1]})
    return await browser.get(done.headers["location"])
