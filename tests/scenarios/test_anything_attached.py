"""Any file, link, picture and voice note, with the demo model, through the whole product."""

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from playground.clips import Voice
from tests.scenarios.conftest import World
from tests.scenarios.telling import own_database, say, told_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    data = tmp_path_factory.mktemp("pinyon")
    with own_database(postgres, "test_anything_attached") as url:
        async with told_world(url, data, renamed=False) as world:
            yield world


async def test_a_voice_note_that_slack_does_not_understand_is_heard_by_the_model_vendor(office: World) -> None:
    who = "ren"
    spoken = Voice(says="buy paint, call the harbour, thank Mara. sort my thoughts into a list", transcript="never")
    answered = await say(office, who, "", voice=spoken)
    assert answered.missing("Buy paint", "Call the harbour", "Thank Mara") == [], answered.words
    assert office.model.clips


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("Analyse this CSV", ["3 rows, 3 columns", "25.50 in total", "Most by city: Bern (15.50)", "The chart"]),
        ("find oddities", ["I find nothing odd in the 3 rows of sales.csv"]),
    ],
)
async def test_any_table_is_analysed(office: World, said: str, facts: list[str]) -> None:
    table = "Tag;city;sold\n03.01.2026;Bern;12,50\n04.01.2026;Basel;10,00\n05.01.2026;Bern;3,00\n"
    answered = await say(office, "ren", said, files=[("sales.csv", table.encode())])
    assert answered.missing(*facts) == [], answered.words


async def test_a_document_is_summarised_from_what_was_attached(office: World) -> None:
    who = "ren"
    text = "# Minutes\nWe decided to paint the buoys on 3 May.\n\n# Costs\nPaint is 40 EUR.\n"
    answered = await say(office, who, "summarise this document", files=[("minutes.md", text.encode())])
    assert answered.missing("minutes.md", "Minutes: We decided to paint the buoys", "Costs: Paint is 40 EUR.") == []
    picture = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(picture, "PNG")
    seen = await say(office, who, "what is in this picture?", files=[("jay.png", picture.getvalue())])
    assert seen.missing("the picture jay.png", "have no eyes") == [], seen.words
    assert office.model.requests[-1].shown


async def test_a_picture_is_drawn_with_its_cost(office: World) -> None:
    who = "ren"
    answered = await say(office, who, "draw me a picture of a pine jay in the snow")
    assert answered.missing("a pine jay in the snow") == [], answered.words
    [picture] = answered.files
    assert picture["mimetype"].startswith("image/")


async def test_the_web_is_searched_and_results_are_linked(office: World) -> None:
    who = "ren"
    answered = await say(office, who, "search the web for slope map grid")
    assert answered.missing("What a slope map can and cannot tell you") == [], answered.words
