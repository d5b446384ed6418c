"""An agent in the playground: one makes it, another one uses it as themselves, until it is taken back."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from playground.google.drive_world import opaque
from tests.browser.playing import PATIENCE, browsing, played, without_past

expect.set_options(timeout=PATIENCE)

ON_CALL = "The engineer on call answers a page within 15 minutes."
NAME = "Infra tickets"


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with played() as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as browser:
        yield browser


async def test_an_agent_is_made_shared_used_by_somebody_else_and_taken_back(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    nadia, priya = await without_past(browser), await without_past(browser)
    problems = [watched(context) for context in (nadia, priya)]
    play = await nadia.new_page()
    await play.goto(f"{address}/?as=nadia")
    web = await web_pages(nadia, play)
    await connect_google(web)
    await made(web, await google_of(play), tmp_path)
    await tried(web, tmp_path)
    link = await shared(web, tmp_path)

    theirs = await priya.new_page()
    await theirs.goto(f"{address}/?as=priya")
    opened = await priya.new_page()
    await opened.goto(link)
    await expect(opened.get_by_text(NAME)).to_have_count(0)
    await signed_in(opened)
    await expect(opened.get_by_role("heading", name=NAME)).to_be_visible()
    await expect(opened.get_by_text("An agent by Nadia")).to_be_visible()
    await opened.screenshot(path=tmp_path / "share-before.png", full_page=True)
    await connect_jira(opened)
    await expect(opened.get_by_text("Jira is connected as")).to_be_visible()
    await opened.screenshot(path=tmp_path / "share-after.png", full_page=True)
    await opened.get_by_role("button", name="Use in Slack").click()
    await expect(opened.get_by_text("answers you from now on").or_(opened.locator(".talk")).first).to_be_visible()

    await asked(theirs, tmp_path)
    await taken_back(web, tmp_path)
    await opened.goto(link)
    await expect(opened.get_by_role("heading", name="This link was taken back")).to_be_visible()
    await expect(opened.get_by_text(NAME)).to_have_count(0)
    await theirs.locator(".thread textarea").fill("hello again")
    await theirs.locator(".thread textarea").press("Enter")
    await expect(theirs.locator(".thread").get_by_text("not shared with you any more")).to_be_visible()
    await theirs.screenshot(path=tmp_path / "slack-after.png")
    await play.bring_to_front()
    await play.get_by_label("Act as").select_option("priya")
    await expect(play.get_by_label("Act as")).to_have_value("priya")
    await expect((await web_pages(nadia, play)).get_by_text("Priya").first).to_be_visible()
    for found in problems:
        assert found == []


# One page after the other.


async def web_pages(context: BrowserContext, play: Page) -> Page:
    """Open Pinyon's pages from the playground's bar, and sign in as who one is there."""
    async with context.expect_page() as opening:
        await play.get_by_role("link", name="Web pages").click()
    web = await opening.value
    await expect(web.get_by_label("You are")).to_have_value(re.compile("U0"))
    await web.get_by_role("button", name="Continue").click()
    await expect(web.get_by_role("heading", name="Connections")).to_be_visible()
    return web


async def signed_in(page: Page) -> None:
    """From Pinyon's door through Slack's page, where the right person is chosen already."""
    way = page.get_by_role("link", name="Sign in with Slack")
    await way.or_(page.get_by_role("button", name="Sign in with Slack")).first.click()
    await page.get_by_role("button", name="Continue").click()


async def connect_google(web: Page) -> None:
    """For documents; the same account could do more."""
    await web.get_by_role("link", name="Connect: Google for Files").click()
    await allowed(web)
    await expect(web.get_by_role("heading", name="Google is connected")).to_be_visible()


async def connect_jira(page: Page) -> None:
    await page.get_by_role("link", name=re.compile("Connect Jira")).click()
    await allowed(page)


async def allowed(page: Page) -> None:
    """Say yes at the vendor, that it is one's own account, and that one's own records may be learned from."""
    await page.get_by_role("button", name=re.compile("^(?:Allow|Accept|Continue)")).click()
    await expect(page.get_by_role("heading", name="Is this your account?")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Connect")).first.click()


async def google_of(play: Page) -> str:
    """Where the playground's Google is."""
    found = await play.get_by_role("link", name="Google", exact=True).get_attribute("href")
    assert found
    return found.rstrip("/")


async def made(web: Page, google: str, shots: Path) -> None:
    """Make an agent with Jira, a text and a document that not everybody may open."""
    await web.goto(f"{'/'.join(web.url.split('/')[:3])}/agents")
    await expect(web.get_by_role("link", name="Agents", exact=True)).to_be_visible()
    await web.screenshot(path=shots / "agents.png", full_page=True)
    await web.get_by_label("Name").fill(NAME)
    await web.get_by_role("button", name="Begin", exact=True).click()
    await expect(web.get_by_role("heading", name=NAME)).to_be_visible()
    await web.get_by_label("What it does, in one line").fill("Files infra tickets our way and knows the runbook.")
    await web.locator("textarea[name=instructions]").fill("File what is asked for, short and in one line.")
    await web.get_by_label("Only these").check()
    for skill in await web.locator("input[name=skill]").all():
        await skill.set_checked(await skill.get_attribute("value") == "tickets")
    await web.locator("select[name='level:tickets']").select_option("write")
    await web.get_by_label("Starters, one a line").fill("Ticket: renew the wildcard certificate")
    await web.get_by_text("Add a text", exact=True).click()
    await web.locator("input[name=new_title]").fill("On call")
    await web.locator("textarea[name=new_words]").fill(ON_CALL)
    await web.get_by_role("button", name="Add the text").click()
    await expect(web.get_by_role("heading", name="On call")).to_be_visible()
    await web.get_by_text("Add a Google Drive document", exact=True).click()
    await web.locator("input[name=new_drive]").fill(f"{google}/document/d/{opaque('file', 'doc-runbook')}/edit")
    await web.get_by_role("button", name="Add the document").click()
    await expect(web.get_by_text("Google Drive · Google Doc")).to_be_visible()
    await web.reload()
    await expect(web.get_by_role("heading", name="Tile CDN runbook")).to_be_visible()
    await web.screenshot(path=shots / "editor.png", full_page=True)


async def tried(web: Page, shots: Path) -> None:
    """Ask the draft beside its form."""
    aside = web.locator("#try")
    await aside.get_by_label(f"Ask {NAME}").fill("what do you know about the weight of eu-west?")
    await aside.get_by_role("button", name="Send").click()
    await expect(aside.get_by_text("set its weight to 0").first).to_be_visible()
    await expect(aside.get_by_text("Tile CDN runbook").first).to_be_visible()
    await web.screenshot(path=shots / "tried.png", full_page=True)


async def shared(web: Page, shots: Path) -> str:
    """Publish it and make a link; gives that."""
    await web.get_by_role("button", name="Publish version 1").click()
    await web.get_by_role("button", name="Publish version 1", exact=True).click()
    await expect(web.get_by_text("Live").first).to_be_visible()
    await web.screenshot(path=shots / "published.png", full_page=True)
    await web.get_by_role("link", name="Share…").click()
    await web.get_by_role("button", name="Make a link").click()
    link = await web.get_by_label(re.compile("^Link, made")).input_value()
    assert re.search(r"/a/[\w-]{22}$", link)
    await web.screenshot(path=shots / "sharing.png", full_page=True)
    return link


async def asked(page: Page, shots: Path) -> None:
    """File a ticket in Slack as oneself, and ask for what one may not read."""
    await page.bring_to_front()
    await page.locator(".talk textarea").fill("ticket: renew the wildcard certificate")
    await page.locator(".talk textarea").press("Enter")
    thread = page.locator(".thread")
    await expect(thread.locator("[data-action='approval.approve']")).to_be_visible()
    card = thread.locator(".blocks").last
    await expect(card.get_by_text(re.compile("^TRAIL"))).to_be_visible()
    await expect(card.get_by_text("remembered")).to_be_visible()
    await expect(card.get_by_text("Priya Raghunathan")).to_be_visible()
    await page.screenshot(path=shots / "slack-card.png")
    await thread.locator("[data-action='approval.approve']").click()
    await expect(thread.get_by_text("Ticket created").first).to_be_visible()
    await expect(thread.get_by_text(f"Answered by {NAME}").first).to_be_visible()
    await thread.locator("textarea").fill("what do you know about the weight of eu-west?")
    await thread.locator("textarea").press("Enter")
    await expect(thread.get_by_text(re.compile("Google")).last).to_be_visible()
    await expect(thread.get_by_text("set its weight to 0")).to_have_count(0)
    await expect(thread.get_by_text("runbook")).to_have_count(0)
    await page.screenshot(path=shots / "slack-asked.png")


async def taken_back(web: Page, shots: Path) -> None:
    await web.get_by_role("button", name=re.compile("^Take back the link")).click()
    await expect(web.get_by_text("The link is taken back.")).to_be_visible()
    await web.screenshot(path=shots / "taken-back.png", full_page=True)


def watched(context: BrowserContext) -> list[str]:
    """What the pages complain about, also their policies; a page that is gone is no complaint."""
    problems: list[str] = []

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error" and "410 (Gone)" not in said.text:
            problems.append(said.text)

    def listen(page: Page) -> None:
        page.on("console", heard)
        page.on("pageerror", lambda error: problems.append(str(error)))

    context.on("page", listen)
    return problems
