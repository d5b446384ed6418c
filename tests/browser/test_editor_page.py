"""The editor of an agent in a real browser: it saves by itself, says what is wrong, and overwrites nobody."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from memory.database import open_database
from tests.bot.web.editing_agents import HANDWRITTEN, Desk, open_desk, path_of, press
from tests.bot.web.fakes import HOME, JAMAL

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZES = ((400, 900), (1400, 900))


@pytest_asyncio.fixture(loop_scope="module")
async def desk(database_url: str) -> AsyncIterator[Desk]:
    database = open_database(database_url)
    opened = await open_desk(database)
    yield opened
    await opened.background.close()
    await database.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(browser: Browser, desk: Desk) -> AsyncIterator[Callable[..., Any]]:
    """Opens a path as Jamal. Whatever a page complains about (also its CSP) fails the test."""
    signed_in = await desk.browser(JAMAL)
    problems: list[str] = []
    contexts: list[BrowserContext] = []

    async def answer(route: Route) -> None:
        await route.fulfill(**await _answered(signed_in, route))

    async def open_(path: str, *, size: tuple[int, int] = SIZES[1], scheme: Any = "light") -> Page:
        width, height = size
        context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        await context.route("**/*", answer)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"{HOME}{path}")
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert not [said for said in problems if "status of 40" not in said], "what is refused is answered with 400 or 409"


async def _answered(browser: httpx.AsyncClient, route: Route) -> dict[str, Any]:
    """What the site answers; redirects are followed here, as the browser would."""
    asked = route.request
    sent = {name: value for name, value in asked.headers.items() if name in ("content-type", "accept")}
    path = asked.url.removeprefix(HOME)
    answer = await browser.request(
        asked.method, path, content=asked.post_data_buffer or b"", headers=sent, follow_redirects=True
    )
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return {"status": answer.status_code, "headers": headers, "body": answer.content}


async def test_what_is_written_is_saved_after_a_moment(opened: Callable[..., Any], desk: Desk) -> None:
    bench = await desk.published()
    page: Page = await opened(path_of(bench))
    await expect(page.get_by_role("button", name="Publish version 2")).to_be_hidden()
    await page.get_by_label("What it does, in one line").fill("Saved by itself.")
    await page.get_by_role("checkbox", name="Mail").check()
    await page.get_by_label("What Mail may do").select_option("write")
    await expect(page.locator("[data-saved]")).to_have_text("saved now")
    file = await desk.file(bench)
    assert file.description == "Saved by itself."
    assert file.skills == {"tickets": "write", "pull_requests": "read", "mail": "write"}
    await expect(page.get_by_role("button", name="Publish version 2")).to_be_visible()
    await expect(page.get_by_label("Send this mail?")).to_be_visible()
    assert (await desk.stored(bench)).live == 1


async def test_a_free_handle_is_taken_by_a_tap(opened: Callable[..., Any], desk: Desk) -> None:
    await desk.brought(HANDWRITTEN.replace("weekly", "helper"))
    bench = await desk.brought()
    page: Page = await opened(path_of(bench), size=SIZES[0])
    await page.get_by_label("Handle").fill("helper")
    await expect(page.locator("#wrong-handle")).to_have_text("“helper” is taken.")
    await expect(page.get_by_label("Handle")).to_have_attribute("aria-invalid", "true")
    free = page.locator("[data-free] button").first
    handle = await free.inner_text()
    await free.click()
    await expect(page.locator("[data-saved]")).to_have_text("saved now")
    await expect(page.locator("#wrong-handle")).to_be_hidden()
    assert (await desk.file(bench)).handle == handle


async def test_a_draft_of_somebody_else_is_not_overwritten_by_itself(opened: Callable[..., Any], desk: Desk) -> None:
    bench = await desk.brought()
    page: Page = await opened(path_of(bench))
    await press(await desk.browser(JAMAL), path_of(bench), description="Elsewhere.")
    await page.get_by_label("What it does, in one line").fill("Here.")
    await expect(page.locator("[data-overtaken]")).to_contain_text("Somebody else saved this draft meanwhile.")
    assert (await desk.file(bench)).description == "Elsewhere."
    await page.get_by_role("button", name="Save mine over it").click()
    await expect(page.get_by_role("status").first).to_be_visible()
    await expect(page.get_by_label("What it does, in one line")).to_have_value("Here.")
    assert (await desk.file(bench)).description == "Here."


async def test_enter_in_a_field_saves_and_publishes_nothing(opened: Callable[..., Any], desk: Desk) -> None:
    bench = await desk.brought()
    page: Page = await opened(path_of(bench))
    await page.get_by_label("Name", exact=True).fill("By Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Saved as a draft.")).to_be_visible()
    assert ((await desk.file(bench)).name, (await desk.stored(bench)).live) == ("By Enter", None)


@pytest.mark.parametrize("name", ["list", "editor", "versions", "version", "publish"])
async def test_a_page_folds_and_reads_in_both_schemes(
    opened: Callable[..., Any], desk: Desk, tmp_path: Path, name: str
) -> None:
    bench = await desk.published()
    changed = HANDWRITTEN.replace("250", "160").replace("weekly update", "w" * 200)
    await desk.replace(await desk.browser(JAMAL), bench, changed.encode())
    below = {"versions": "/versions", "version": "/versions/1", "publish": "/publish"}.get(name, "")
    for size in SIZES:
        for scheme in ("light", "dark"):
            page: Page = await opened("/agents" if name == "list" else path_of(bench) + below, size=size, scheme=scheme)
            await page.screenshot(path=tmp_path / f"{name}-{size[0]}-{scheme}.png", full_page=True)
            beyond: int = await page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert beyond <= 0, f"{name} at {size[0]} px is wider than the screen"
            await expect(page.locator("h1")).to_have_count(1)
