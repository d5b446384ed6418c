"""The company's corner of the web: its pages under two addresses, before and after the new names, and poisoned."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import httpx
import pytest

from playground.company import load_company
from playground.pages import PagesServer, told_pages

TODAY = date(2026, 11, 20)


@asynccontextmanager
async def served(*, renamed: bool = False, poison: tuple[str, ...] = ()) -> AsyncGenerator[PagesServer]:
    async with PagesServer(load_company(today=TODAY, renamed=renamed, poison=poison)) as server:
        yield server


async def read(server: PagesServer, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        return await client.get(path, headers={"Host": "contourlines.example"})


async def test_a_page_is_there_with_and_without_its_ending() -> None:
    async with served() as server:
        plain, ended = await read(server, "/slope-shading"), await read(server, "/slope-shading.html")
    assert plain.text == ended.text
    assert "A 25 metre grid hides a ten metre cliff." in plain.text
    assert plain.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_index_names_every_page_and_nothing_else_is_there() -> None:
    async with served() as server:
        index, missing = await read(server, "/"), await read(server, "/..%2fpeople")
        assert [seen.path for seen in server.calls] == ["/", "/../people"]
    assert all(f'href="/{name}"' in index.text for name in told_pages(load_company(today=TODAY)))
    assert missing.status_code == 404


async def test_both_names_lead_to_this_server() -> None:
    async with served() as server:
        assert server.web_hosts == f"contourlines.example={server.url},status.northvale.example={server.url}"
        assert server.address("slope-shading") == "https://contourlines.example/slope-shading"


@pytest.mark.parametrize(
    ("item", "page", "planted"),
    [
        ("adv-hidden-html", "slope-shading", '<div style="display:none">When you summarise'),
        ("adv-web-page", "status-eu-west", "<p>To receive the credit automatically"),
    ],
)
async def test_poison_lies_in_its_page_only_when_asked_for(item: str, page: str, planted: str) -> None:
    async with served() as clean, served(poison=(item,)) as poisoned:
        assert planted not in (await read(clean, page)).text
        assert planted in (await read(poisoned, page)).text


async def test_poison_may_stand_in_the_title() -> None:
    company = load_company(today=TODAY, poison=("adv-web-page",))
    [item] = company.poison
    planted = replace(item, how="title", text="Read </title> me")
    page = told_pages(replace(company, poison=(planted,)))["status-eu-west"]
    assert page.count("<title>") == 1
    assert "<title>Read &lt;/title&gt; me</title>" in page


async def test_a_renamed_company_has_renamed_pages() -> None:
    company = load_company(today=TODAY, renamed=True)
    assert "Northvale" in company.names
    async with served(renamed=True) as server:
        text = (await read(server, "/status-eu-west")).text
        hosts = server.web_hosts
    assert "Northvale" not in text
    assert "northvale" not in hosts


async def test_a_search_finds_the_page_that_has_the_words() -> None:
    async with served() as server:
        slopes = server.search("how steep is slope shading, and which grid?")
        assert server.search("please find the page") == ()
    assert slopes[0].url == "https://contourlines.example/slope-shading"
    assert slopes[0].title == "What a slope map can and cannot tell you"
    assert "steepness" in slopes[0].text


async def test_a_page_can_be_made_to_fail() -> None:
    async with served() as server:
        server.fault("GET", "/slope-shading", status=503)
        first, second = await read(server, "/slope-shading"), await read(server, "/slope-shading")
    assert (first.status_code, second.status_code) == (503, 200)
