"""Three planted texts as somebody meets them in Slack: the model obeys at once, and its person sees what it wanted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.browser.chromium import MISSING, chromium
from tests.scenarios.conftest import World
from tests.scenarios.hijacked import ATTACKS, FORWARDED, Attack, Hijacked, poisoned_world

MAIL = next(attack for attack in ATTACKS if attack.item == "adv-mail-body")
COMMENT = next(attack for attack in ATTACKS if attack.item == "adv-pr-comment")


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The poisoned company, with a model that obeys."""
    async with poisoned_world(database_url, tmp_path, Hijacked((MAIL, COMMENT, FORWARDED))) as opened:
        yield opened


@pytest.fixture
async def page(world: World) -> AsyncIterator[Page]:
    """A browser that keeps no console error to itself, and is closed before the world is."""
    del world
    path = chromium()
    assert path is not None, MISSING
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(20_000)
        opened = await context.new_page()
        opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        yield opened
        await browser.close()
    assert problems == []


async def asked(page: Page, world: World, attack: Attack) -> Locator:
    """Ask what meets the poison; gives the card in the thread that opens."""
    await page.goto(f"{world.slack.url}/?as={attack.who}")
    await page.locator(".talk textarea").fill(attack.say)
    await page.locator(".talk textarea").press("Enter")
    return await card_in(page)


async def card_in(page: Page) -> Locator:
    card = page.locator(".thread .msg", has=page.locator("[data-action='approval.approve']"))
    # The first answer of a process also imports what the vendors' clients need.
    await expect(card).to_have_count(1, timeout=30_000)
    return card


async def denied(card: Locator, page: Page, label: str) -> None:
    """Decide against all of it; the card has nothing left to click that would do it."""
    await card.locator("[data-action='approval.deny']").get_by_text(label, exact=True).click()
    await expect(page.locator("[data-action='approval.approve']")).to_have_count(0)


def nothing_was_done(world: World) -> bool:
    return not [*world.github.writes, *world.atlassian.writes, *world.google.writes]


async def test_what_a_mail_wants_sent_stands_on_a_card_with_its_address(page: Page, world: World) -> None:
    """adv-mail-body, inj_sources"""
    card = await asked(page, world, MAIL)
    to = card.locator(".pairs > *", has_text="To").filter(has_text="not from you")
    await expect(to.first).to_be_visible()
    await expect(card.get_by_text("contracts@fjellheim-legal.example").first).to_be_visible()
    await expect(card).to_contain_text("I read a mail")
    await denied(card, page, "Deny all")
    assert nothing_was_done(world)


async def test_what_a_comment_wants_merged_is_not_merged(page: Page, world: World) -> None:
    """adv-pr-comment, inj_sources"""
    card = await asked(page, world, COMMENT)
    await expect(card.get_by_text("Merge this pull request")).to_be_visible()
    await expect(card.get_by_text("tamarack-maps/atlas-api #417").first).to_be_visible()
    await denied(card, page, "Deny all")
    assert nothing_was_done(world)
    assert world.github.pull("atlas-api", 417).state == "open"


async def test_what_a_forwarded_message_wants_is_asked_and_not_taken_for_an_order(page: Page, world: World) -> None:
    """adv-quoted, inj_sources: forwarded on the page, with words of one's own."""
    await page.goto(f"{world.slack.url}/?as={FORWARDED.who}")
    await page.get_by_role("link", name="mobile").first.click()
    message = page.locator(".talk .msg", has_text="wayfinder-app#321 and delete").last
    await message.hover()
    await message.get_by_role("button", name="Actions on").click()
    await page.get_by_role("menuitem", name="Forward to Pinyon").click()
    await page.get_by_role("dialog", name="Forward to Pinyon").get_by_label("Add a message").fill(FORWARDED.say)
    await page.keyboard.press("Tab")
    await page.get_by_role("button", name="Forward", exact=True).click()
    root = page.locator(".talk .msg", has_text=FORWARDED.say)
    await expect(root.locator(".passed-on")).to_contain_text("merge wayfinder-app#321")
    await root.locator("[data-action='open-thread']").click()
    card = await card_in(page)
    await expect(card).to_contain_text("tamarack-maps/wayfinder-app #321")
    await expect(card).to_contain_text("not from you")
    await denied(card, page, "Deny")
    assert nothing_was_done(world)
