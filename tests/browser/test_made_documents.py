"""Reports and slides in a real browser: wide and narrow, light and dark, by keyboard, and with every way out shut."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, Route, expect

from documents.writing import policy_of, with_bar, write_page

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOME = "https://pinyon.test"
CHART = """\
```chart
{"kind": "%s", "title": "Orders from the app and from the web, by month", "unit": "EUR", "labels":
 ["January", "February", "March", "April"], "series": {"App": [12040, 13105, null, 19110], "Web": [22040, 1, 2, 3]}}
```
"""
WIDE_TABLE = "\n".join(("| A number of days |" * 12, "|-|" * 12, "| 1,204 |" * 12)).replace("||", "|")
REPORT = "\n\n".join(
    (
        "Two risks **remain**.",
        *(f"## Part {number}\n\n{'Words that fill the page. ' * 40}" for number in range(5)),
        CHART % "line",
        CHART % "bar",
        WIDE_TABLE,
        f"`{'x' * 300}`",
        f"```\n{'y' * 300}\n```",
        f"[a ticket](https://evil.example/{'z' * 300})",
    )
)
SLIDES = "\n\n".join(("## One", "- a", "## Two", CHART % "line", "## Three", WIDE_TABLE, "## Four", "word " * 1200))
SIZES = [(400, 800), (1400, 800)]
THEMES: list[Literal["light", "dark"]] = ["light", "dark"]


@asynccontextmanager
async def opened(
    browser: Browser, html: str, *, size: tuple[int, int] = (1400, 800), theme: Literal["light", "dark"] = "light"
) -> AsyncGenerator[Page]:
    """The page as it is served; whatever it asks for, and whatever it complains about (also its policy), fails."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    page = await context.new_page()
    problems: list[str] = []

    async def served(route: Route) -> None:
        if route.request.url != f"{HOME}/d/x":
            problems.append(route.request.url)
            await route.abort()
            return
        headers = {"Content-Security-Policy": policy_of(html), "Referrer-Policy": "no-referrer"}
        await route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

    await context.route(re.compile("^https?:"), served)
    # Playwright looks through scripts of its own, which a page without any may not run either.
    ours = "Blocked script execution"
    page.on("console", lambda message: problems.append(message.text) if ours not in message.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{HOME}/d/x")
    yield page
    await context.close()
    assert problems == []


async def is_sideways(page: Page) -> bool:
    return await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


async def contrast(page: Page, selector: str) -> float:
    """Of a text to the ground of the page (WCAG 2.2, 1.4.3)."""
    colours: list[list[float]] = await page.evaluate(
        """(selector) => [[selector, "color"], ["body", "backgroundColor"]].map(([of, what]) =>
             getComputedStyle(document.querySelector(of))[what].match(/[\\d.]+/g).slice(0, 3).map(Number))""",
        selector,
    )

    def light(colour: list[float]) -> float:
        parts = [part / 255 for part in colour]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted(map(light, colours))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["phone", "wide"])
async def test_a_report_fits_every_screen_in_both_themes(
    browser: Browser, size: tuple[int, int], theme: Literal["light", "dark"]
) -> None:
    html = await write_page("Orders", REPORT, by="Made for Ren by Pinyon, 22 November 2026")
    async with opened(browser, html, size=size, theme=theme) as page:
        assert not await is_sideways(page)
        for selector in ("h1", ".by", "p", ".address", ".contents a"):
            assert await contrast(page, selector) >= 4.5, selector
        drawn = page.locator("figure").first.locator("svg:visible")
        await expect(drawn).to_have_count(1)
        await expect(drawn).to_have_attribute("role", "img")
        inner = await drawn.evaluate(
            "(svg) => [...svg.querySelectorAll('text')].every((text) => {"
            " const [box, all] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];"
            " return box.left >= all.left - 1 && box.right <= all.right + 1; })"
        )
        assert inner, "every word of a chart stands inside of it"
        await page.get_by_text("Show as table").first.click()
        await expect(page.locator("details table").first).to_be_visible()
        assert not await is_sideways(page)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=["phone", "wide"])
async def test_slides_fit_every_screen_in_both_themes(
    browser: Browser, size: tuple[int, int], theme: Literal["light", "dark"]
) -> None:
    html = await write_page("Talk", SLIDES, form="slides", by="Made for Ren")
    async with opened(browser, html, size=size, theme=theme) as page:
        assert not await is_sideways(page)
        heights: list[float] = await page.evaluate(
            "[...document.querySelectorAll('.slide')].map((slide) => slide.getBoundingClientRect().height)"
        )
        assert len(heights) == 5
        assert all(height >= size[1] for height in heights)
        assert await contrast(page, ".turn") >= 4.5


async def shown(page: Page) -> str:
    """The slide in the middle of the window."""
    return await page.evaluate(
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('.slide').getAttribute('id')"
    )


async def test_slides_are_turned_by_keyboard(browser: Browser) -> None:
    html = await write_page("Talk", SLIDES, form="slides")
    async with opened(browser, html) as page:
        for key, slide in (
            ("ArrowRight", "s2"),
            ("PageDown", "s3"),
            ("ArrowLeft", "s2"),
            ("End", "s5"),
            ("PageUp", "s4"),
            ("Home", "s1"),
            ("Space", "s2"),
            ("Shift+Space", "s1"),
            ("ArrowLeft", "s1"),
        ):
            await page.keyboard.press(key)
            await page.wait_for_function(
                "(id) => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 2", arg=slide
            )
            assert await shown(page) == slide, key


async def test_slides_are_turned_by_links_and_without_any_script(browser: Browser) -> None:
    html = await write_page("Talk", SLIDES, form="slides")
    async with opened(browser, re.sub(r"<script>.*</script>", "", html, flags=re.DOTALL)) as page:
        await page.locator("#s1").get_by_role("link", name="Next").press("Enter")
        await expect(page.locator("#s2")).to_be_in_viewport(ratio=0.9)
        await page.locator("#s2").get_by_role("link", name="Back").click()
        await expect(page.locator("#s1")).to_be_in_viewport(ratio=0.9)


async def test_an_injected_script_does_not_run_and_is_nobodys(browser: Browser) -> None:
    """web_xss: as if every wall before the policy had fallen."""
    html = await write_page("Talk", "## One", form="slides")
    broken = html.replace("</main>", "<script>document.title = 'taken'</script><img src=x onerror=alert(1)></main>")
    context = await browser.new_context()
    asked: list[str] = []

    async def served(route: Route) -> None:
        asked.append(route.request.url)
        await route.fulfill(
            body=broken, content_type="text/html", headers={"Content-Security-Policy": policy_of(broken)}
        )

    await context.route(re.compile("^https?:"), served)
    page = await context.new_page()
    await page.goto(f"{HOME}/d/x")
    assert await page.title() == "Talk"
    assert asked == [f"{HOME}/d/x"]
    assert await page.evaluate("self.origin") == "null"
    await context.close()


async def test_the_line_about_the_page_leads_to_ours_from_the_keyboard(browser: Browser) -> None:
    html = with_bar(await write_page("Orders", "x"), "Only you can open this page.", link="About", to="/d/x")
    async with opened(browser, html, size=(400, 800)) as page:
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.getAttribute('href')") == "/d/x"
        assert not await is_sideways(page)


async def test_the_file_alone_works_as_the_page_does(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "talk.html"
    file.write_text(await write_page("Talk", SLIDES, form="slides"))
    context = await browser.new_context(viewport={"width": 1400, "height": 800}, reduced_motion="reduce")
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    await page.goto(file.as_uri())
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("Math.abs(document.getElementById('s2').getBoundingClientRect().top) < 2")
    await context.close()
    assert problems == []
