"""The admins' page of figures: what it shows of memory, for how many, and to whom."""

import re
from dataclasses import replace

import httpx
import pytest

from memory.database import Database
from memory.ids import PersonId
from tests.bot.web.fakes import JAMAL, World, build_world, person
from tests.bot.web.remembering import Doings, happened, week

ADMIN = PersonId("T1:UADMIN")


@pytest.fixture
def world(database: Database) -> World:
    world = build_world(database)
    world.people[ADMIN] = replace(person(ADMIN, "Priya"), is_admin=True)
    return world


@pytest.fixture
async def browser(world: World) -> httpx.AsyncClient:
    return await world.signed_in(ADMIN)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_figures_are_for_admins(world: World) -> None:
    """admin_authz"""
    answer = await (await world.signed_in(JAMAL)).get("/admin/figures")
    assert (answer.status_code, "There is nothing here" in answer.text) == (404, True)


async def test_with_too_few_people_there_are_none(browser: httpx.AsyncClient, database: Database) -> None:
    await happened(database, week(47), "comment", Doings(people=3, tasks=9, filled=7))
    page = words((await browser.get("/admin/figures")).text)
    assert "Too few people for figures: they begin at 5, so nobody can be singled out. Now: 3." in page, (
        "in the words of ux.md §3"
    )
    assert "Skills All" not in page


async def test_enough_people_in_groups_that_are_too_small_are_too_few(
    browser: httpx.AsyncClient, database: Database
) -> None:
    await happened(database, week(46), "comment", Doings(people=3))
    await happened(database, week(47), "comment", Doings(people=3, since=3))
    page = words((await browser.get("/admin/figures")).text)
    assert "Too few people in any one week or skill" in page


async def test_each_figure_has_its_definition_beside_it(browser: httpx.AsyncClient, database: Database) -> None:
    await happened(database, week(46), "comment", Doings(people=6, tasks=1, asked=3))
    await happened(database, week(47), "comment", Doings(people=6, tasks=2, asked=1, filled=4, corrected=2, wrong=1))
    page = words((await browser.get("/admin/figures")).text)
    assert "Questions per task 0.5 from 3.0 in week 46 Values a person was asked for, in the newest week." in page
    assert "Filled in per task 2.0 from 0.0 in week 46 Values that memory put in by itself" in page
    assert "Corrections 50.0 % Values that people changed" in page
    assert "set against 24 that were filled in" in page
    assert "Silent wrong fills 25.0 % Filled in, used, and changed or undone within a day." in page


async def test_the_chart_says_its_finding_and_stands_as_a_table_too(
    browser: httpx.AsyncClient, database: Database
) -> None:
    await happened(database, week(45), "comment", Doings(people=6, tasks=1, asked=3))
    await happened(database, week(46), "comment", Doings(people=2, tasks=1, asked=9))
    await happened(database, week(47), "comment", Doings(people=6, tasks=2, asked=1, filled=4))
    html = (await browser.get("/admin/figures")).text
    finding = (
        "Questions asked per task went from 3.0 in week 45 to 0.5 in week 47."
        " Values filled in per task went from 0.0 to 2.0."
    )
    assert f'role="img" aria-label="{finding}"' in html
    page = words(html)
    assert "Show as table Week 45 46 47 Asked 3.0 few 0.5 Remembered 0.0 few 2.0" in page
    assert "Left out of every figure here, because fewer than 5 people used them: 1 week." in page


async def test_one_week_is_a_beginning(browser: httpx.AsyncClient, database: Database) -> None:
    await happened(database, week(47), "comment", Doings(people=5, tasks=1, asked=1))
    answer = await browser.get("/admin/figures")
    assert "In week 47, 1.0 questions were asked and 0.0 values filled in per task." in answer.text
    assert " from 1.0" not in words(answer.text)


async def test_skills_stand_by_use_with_what_went_wrong_silently(
    browser: httpx.AsyncClient, database: Database
) -> None:
    await happened(database, week(47), "comment", Doings(people=5, tasks=4, asked=2, filled=10, corrected=1, wrong=1))
    await happened(database, week(47), "gone", Doings(people=5, tasks=1, filled=1))
    html = (await browser.get("/admin/figures")).text
    page = words(html)
    assert "Pull requests 20 0.5 50 10.0 % 5 (10.0 %) No longer there 5 0.0 5 0.0 % 0 (0.0 %)" in page
    assert 'aria-label="Values filled in: Pull requests 50, No longer there 5."' in html


async def test_another_workspaces_figures_are_not_in_it(world: World, database: Database) -> None:
    """mem_cross"""
    other = PersonId("T2:UADMIN")
    world.people[other] = replace(person(other, "Omar"), is_admin=True)
    await happened(database, week(47), "comment", Doings(people=9))
    world.slack.team = "T2"
    page = words((await (await world.signed_in(other)).get("/admin/figures")).text)
    assert "Now: 0." in page


async def test_no_name_no_value_and_no_script_is_in_it(browser: httpx.AsyncClient, database: Database) -> None:
    await happened(database, week(47), "comment", Doings(people=6, filled=3))
    answer = await browser.get("/admin/figures")
    assert not re.search(r"T1:U\d|project|<script|<style|\sstyle=", answer.text)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.text.count("<h1>") == 1
