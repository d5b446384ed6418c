"""The pages of memory and figures in a real browser: they fold, they hold to their policy, and they need no script."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from memory.database import Database, open_database
from memory.ids import PersonId
from tests.bot.web.fakes import HOME, JAMAL, NOW, World, person
from tests.bot.web.remembering import BOARD, LABELS, Doings, Habits, ask_review, happened, week, with_habits

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZES = ((400, 900), (1400, 900))
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp." + "long" * 16


async def enter(database: Database) -> None:
    """Ten weeks in which it asks less and fills in more, with one week of too few people."""
    asked, filled = (9, 9, 8, 7, 6, 5, 4, 3, 2, 2), (0, 1, 1, 2, 3, 4, 4, 6, 7, 7)
    for at, (more, less) in enumerate(zip(asked, filled, strict=True)):
        did = Doings(people=3 if at == 6 else 7, tasks=3, asked=more, filled=less, wrong=at == 7, corrected=at % 2)
        await happened(database, week(38 + at), "comment", did)
        await happened(database, week(38 + at), "look_round", replace(did, people=at == 6 or 5, tasks=2))
        mine = Doings(people=1, tasks=6, asked=more, filled=less + 1)
        await happened(database, week(38 + at), "create_ticket", mine, one=JAMAL)


async def live(habits: Habits) -> None:
    """Habits of every kind, some of them hard to draw."""
    await habits.begin()
    await habits.use(ask_review, values={"repository": HOSTILE, f"reviewers|{HOSTILE}": (HOSTILE,)})
    await habits.memory.correct(JAMAL, "create_ticket", "labels|WEB", None, at=NOW.timestamp())
    await habits.use(times=9, filled=True, values={"project": "INFRA"})


@pytest_asyncio.fixture(loop_scope="module")
async def world(database_url: str) -> AsyncIterator[World]:
    database: Database = open_database(database_url)
    made, habits = with_habits(database)
    made.people[JAMAL] = replace(person(PersonId("T1:UJAMAL"), "Jamal"), is_admin=True)
    await live(habits)
    await enter(database)
    yield made
    await database.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, world: World) -> AsyncIterator[Callable[..., Any]]:
    """Opens a path as Jamal, without scripts. Whatever a page complains about (also its CSP) fails the test."""
    signed_in = await world.connect(JAMAL)
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    async def answer(route: Route) -> None:
        await route.fulfill(**await _answered(signed_in, route))

    async def open_(path: str, *, size: tuple[int, int] = SIZES[1], scheme: Any = "light") -> Page:
        width, height = size
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=False
        )
        contexts.append(context)
        await context.route("**/*", answer)
        page = await context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda message: problems.append(message.text))
        await page.goto(f"{HOME}{path}")
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert not [said for said in problems if "status of 400" not in said], "a field that is wrong is answered with 400"


async def _answered(browser: httpx.AsyncClient, route: Route) -> dict[str, Any]:
    """What the site answers; redirects are followed here, as the browser would."""
    asked = route.request
    path = asked.url.removeprefix(HOME)
    sent = {"content-type": "application/x-www-form-urlencoded"} if asked.method == "POST" else {}
    answer = await browser.request(
        asked.method, path, content=asked.post_data or "", headers=sent, follow_redirects=True
    )
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return {"status": answer.status_code, "headers": headers, "body": answer.content}


PAGES = {
    "memory": "/memory?skill=tickets",
    "memory-hostile": "/memory?skill=pull_requests",
    "memory-names": "/memory?skill=names",
    "memory-change": f"/memory/{BOARD}",
    "memory-change-list": f"/memory/{LABELS}",
    "memory-forget": "/memory/forget",
    "figures": "/admin/figures",
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_folds_and_reads_in_both_schemes(opened: Callable[..., Any], tmp_path: Path, name: str) -> None:
    for size in SIZES:
        for scheme in ("light", "dark"):
            page: Page = await opened(PAGES[name], size=size, scheme=scheme)
            await page.screenshot(path=tmp_path / f"{name}-{size[0]}-{scheme}.png", full_page=True)
            beyond: int = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert beyond <= 0, f"{name} at {size[0]} px is wider than the screen"
            await expect(page.locator("h1")).to_have_count(1)


async def test_a_value_is_changed_and_the_change_taken_back_by_keyboard(
    opened: Callable[..., Any], tmp_path: Path
) -> None:
    page: Page = await opened("/memory?skill=tickets", size=SIZES[0])
    await page.get_by_role("link", name="Change board").first.press("Enter")
    await page.get_by_role("radio", name="Storefront (WEB)").press("Space")
    await page.get_by_label("Or another value").fill("Mobile")
    await page.keyboard.press("Enter")
    await expect(page.locator("#wrong")).to_have_text("You picked a value and wrote another one. Keep one of them.")
    await page.screenshot(path=tmp_path / "change-wrong.png", full_page=True)
    await page.get_by_label("Or another value").fill("")
    await page.keyboard.press("Enter")
    note = page.get_by_role("status")
    await expect(note).to_contain_text("Board is now Storefront (WEB). I stopped using Platform (INFRA).")
    await page.screenshot(path=tmp_path / "changed.png", full_page=True)
    await note.get_by_role("button", name="Undo").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Board is now Platform (INFRA) again.")


async def test_more_is_said_in_a_menu_that_needs_no_script(opened: Callable[..., Any], tmp_path: Path) -> None:
    for size in SIZES:
        page: Page = await opened("/memory?skill=tickets", size=size)
        for label in ("More for minutes", "More for board"):
            more = page.get_by_label(label).last
            await more.focus()
            await page.keyboard.press("Enter")
            menu = page.locator("details[open] > div")
            await expect(menu).to_have_count(1)
            box = await menu.bounding_box()
            assert box
            assert 0 <= box["x"] <= box["x"] + box["width"] <= size[0]
            await page.screenshot(path=tmp_path / f"menu-{label[9:]}-{size[0]}.png", full_page=True)
