"""Where pages of an answer are kept, and for whom."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.own_skills.own import Here
from bot.own_skills.reports import ReportsHere, ReportsSkill
from documents.writing import NoBrowser
from memory.database import Database
from memory.ids import ConversationId, PageId, PersonId, TurnId, WorkspaceId
from memory.pages import Pages
from memory.people import Person

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
PRIYA = Person(
    id=PersonId("T1:UPRIYA"),
    workspace=WorkspaceId("T1"),
    user="UPRIYA",
    name="Priya Raman",
    zone="Europe/Berlin",
    refreshed_at=NOW,
)


def here(skill: ReportsSkill, zone: str = "Europe/Berlin") -> ReportsHere:
    place = Here(
        person=replace(PRIYA, zone=zone),
        conversation=ConversationId("T1:C1:1"),
        turn=TurnId("T1:C1:1.5"),
        question="Make me a page",
        channel="C1",
        private=False,
        now=NOW,
    )
    return skill.client(place)


async def test_a_page_is_kept_for_its_asker_at_an_address_of_ours(database: Database) -> None:
    pages = Pages(database)
    client = here(ReportsSkill(pages=pages, public_url="https://pinyon.test/"))
    address = await client.publish("Orders", "<p>")
    assert address == await client.publish("Orders", "<p>"), "a call that runs again makes no second page"
    found = await pages.find(PageId(address.removeprefix("https://pinyon.test/d/")), now=NOW)
    assert found
    assert (found.person, found.channel, found.title, found.open_to) == (PRIYA.id, "C1", "Orders", "asker")


async def test_without_an_address_of_ours_nothing_is_kept(database: Database) -> None:
    assert await here(ReportsSkill(pages=Pages(database), public_url=None)).publish("Orders", "<p>") == ""


async def test_the_line_under_a_title_has_the_day_of_the_asker(database: Database) -> None:
    skill = ReportsSkill(pages=Pages(database), public_url=None)
    assert here(skill).by == "Made for Priya Raman by Pinyon, 23 November 2026"
    assert here(skill, "Nowhere/None").by == "Made for Priya Raman by Pinyon, 22 November 2026"


async def test_without_a_browser_there_is_no_pdf(database: Database) -> None:
    skill = ReportsSkill(pages=Pages(database), public_url=None, chromium="/nowhere/chromium")
    with pytest.raises(NoBrowser):
        await here(skill).pdf("<p>")


async def test_everybody_can_use_it(database: Database) -> None:
    skill = ReportsSkill(pages=Pages(database), public_url=None)
    assert await skill.off(PRIYA) == ""
    assert skill.missing == frozenset()
