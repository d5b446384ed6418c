"""The README's story, as a newcomer walks it: one command, one page, a comment that is really on the pull request."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.playing import browsing, played, without_past

COMMENT = "The winter name needs a test of its own."


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with played() as address:
        yield address


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    """A browser without a past."""
    async with browsing() as browser:
        yield await without_past(browser)


async def connect_github(context: BrowserContext, page: Page) -> None:
    """From the card through Slack's sign-in and GitHub's consent to "Is this your account?"."""
    async with context.expect_page() as opened:
        await page.locator("[data-action^='connect.open']").click()
    pinyon = await opened.value
    await (
        pinyon.get_by_role("link", name="Sign in with Slack")
        .or_(pinyon.get_by_role("button", name="Sign in with Slack"))
        .click()
    )
    await pinyon.get_by_role("button", name="Continue").click()
    await pinyon.get_by_role("button", name="Authorize").click()
    await expect(pinyon.get_by_role("heading", name="Is this your account?")).to_be_visible()
    await expect(pinyon.get_by_role("heading", name="ren-k")).to_be_visible()
    await pinyon.get_by_role("button", name="Connect only", exact=True).click()
    await expect(pinyon.get_by_role("heading", name="GitHub is connected")).to_be_visible()
    await pinyon.close()


async def test_a_newcomer_has_a_comment_posted_on_a_pull_request(address: str, context: BrowserContext) -> None:
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await page.goto(f"{address}/?as=ren")

    await expect(page.get_by_text("Hello, I’m Pinyon.")).to_be_visible()
    await page.locator(".talk textarea").fill("Which pull requests wait for my review?")
    await page.locator(".talk textarea").press("Enter")
    thread = page.locator(".thread")
    await expect(thread.get_by_text("Connect GitHub to go on")).to_be_visible()

    await connect_github(context, page)

    # The question goes on by itself.
    await expect(thread.get_by_text("3 pull requests wait for your review")).to_be_visible()
    await thread.locator("textarea").fill(f"Comment on 417: {COMMENT}")
    await thread.locator("textarea").press("Enter")
    await expect(thread.get_by_text("Post this comment on GitHub?")).to_be_visible()
    await expect(thread.locator(".blocks").last).to_contain_text(COMMENT)

    await thread.locator("[data-action='approval.approve']").click()
    await expect(thread.get_by_text("Comment posted", exact=True)).to_be_visible()
    await expect(thread.get_by_role("link", name=re.compile("atlas-api#417$")).last).to_be_visible()

    link = await thread.get_by_role("link", name="Open on GitHub").get_attribute("href")
    assert link is not None
    pull = await context.new_page()
    await pull.goto(link)
    await expect(pull.get_by_text(COMMENT)).to_have_count(1)
    assert problems == []
