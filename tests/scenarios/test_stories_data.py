"""The company's stories with files, pages and voice notes, told by whoever they are about, under either name."""

import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from playground.slack.interactions import find_element
from tests.scenarios.conftest import World
from tests.scenarios.telling import downloaded, own_database, say, story_of, tell, told_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=[False, True], ids=["as written", "renamed"])
async def office(
    request: pytest.FixtureRequest, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    data = tmp_path_factory.mktemp("pinyon")
    with own_database(postgres, "test_stories_data") as url:
        async with told_world(url, data, renamed=request.param) as world:
            yield world


async def test_who_attaches_a_table_in_a_channel_gets_the_chart_and_what_is_going_on(office: World) -> None:
    answered = await tell(office, story_of(office, "csv-usage"))
    facts = (
        "2.3% (120 of 5,200)",
        "3.1% (155 of 5,000)",
        "ios is 84 of the 120",
        "Alps-West has the most failed packs",
    )
    assert answered.missing(*facts, "The chart has six points.") == [], answered.words
    assert answered.tools == ["run_python", "run_python"]
    [chart] = answered.files
    picture = Image.open(io.BytesIO(await downloaded(office, chart)))
    assert picture.format == "PNG"
    assert min(picture.size) > 300
    assert chart["alt_txt"].startswith("failed packs in % of packs, per week")


async def test_the_code_behind_a_result_is_shown_to_who_asked(office: World) -> None:
    story = story_of(office, "csv-usage")
    answered = await tell(office, story)
    [post] = [post for post in answered.posts if "working.show:1" in str(post.get("blocks"))]
    await office.slack.click(story.who, post["ts"], "working.show:1")
    modal = await office.until(lambda: office.slack.modal(story.who))
    assert "failed_packs" in str(modal)
    assert find_element(post["blocks"], "working.show:0") is not None


async def test_a_budget_with_decimal_commas_is_added_up_and_stays_with_who_asked(office: World) -> None:
    story = story_of(office, "budget-over")
    await office.connect(story.who, "google")
    answered = await tell(office, story)
    facts = ("CDN egress +1,506.10 EUR", "Outside lawyer +340.00", "Snacks +62.30", "Together 1,908.40")
    assert answered.missing(*facts, "plan 53,034.00, spent 43,866.30") == [], answered.words
    assert answered.tools == ["search_files", "read_file", "run_python", "run_python"]


async def test_what_rests_on_a_private_file_goes_to_who_asked_alone(office: World) -> None:
    """chan_leak"""
    story = story_of(office, "budget-over")
    await office.connect(story.who, "google")
    channel = office.servers.company.renamed("#product")
    answered = await say(office, story.who, f"@Pinyon {story.turns[0].say}", where=channel)
    assert "Answered privately" in answered.words
    assert "1,506.10" not in answered.words
    assert answered.files == ()
    direct = "\n".join(office.words(f"dm:{story.who}", post) for post in office.slack.messages(f"dm:{story.who}"))
    assert "CDN egress +1,506.10 EUR" in direct


async def test_an_article_is_told_and_held_against_ours(office: World) -> None:
    story = story_of(office, "article")
    await office.connect(story.who, "github")
    answered = await tell(office, story)
    facts = (
        "Ground shown as steeper than 35 degrees, same valley: Grid Share, 5 m 22 %, 10 m 20 %, 25 m 18 %",
        "Our grid is 5 m. There 5 m shows 22 %, and 25 m only 18 %.",
        "It is smoothed over 15 m, that is three cells, as the article advises",
        "never colour anything green",
        "by Wanjiru Mbeki",
    )
    assert answered.missing(*facts) == [], answered.words
    read = [given["url"] for tool, given in answered.calls if tool == "read_page"]
    assert read == [story.turns[0].calls[0].arguments["url"]]
    assert "/slope-shading" in str(office.servers.pages.calls)


async def test_what_somebody_rambles_into_a_voice_note_becomes_a_list(office: World) -> None:
    story = story_of(office, "ramble")
    answered = await say(office, story.who, "", voice=story.turns[0].say)
    rows = [line for line in answered.words.splitlines() if re.match(r"\d+\. ", line)]
    assert len(rows) == 5, answered.words
    assert office.servers.company.renamed("yuki").lower() in rows[4].lower()
    assert story.turns[0].say[:40] in answered.words
    assert answered.calls == ()
