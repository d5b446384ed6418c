"""The company's stories about its numbers, from the question to the finding, the table, the chart and the SQL."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scenarios.conftest import World
from tests.scenarios.telling import downloaded, own_database, say, story_of, tell, told_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

SINGLE = ["describe_database", "query_database"]


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=[False, True], ids=["as written", "renamed"])
async def sales(
    request: pytest.FixtureRequest, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    data = tmp_path_factory.mktemp("pinyon")
    with own_database(postgres, "test_stories_sql") as url:
        async with told_world(url, data, renamed=request.param) as world:
            yield world


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("sql-invoiced", ["27,633.45 EUR in total", "most: Region with 14,593.50 (22 accounts)", "net of VAT"]),
        ("sql-churn", ["19 in total", "season ended 7", "Rows with “changed plan” are left out"]),
        ("sql-overdue", ["23 invoices of 23 organisations, 1,857.65 EUR"]),
        ("sql-solve-time", ["severity 1: 4.5 hours", "severity 4: 75.9 hours", "The worse, the faster."]),
    ],
)
async def test_a_question_about_numbers_is_answered_with_its_table_and_sql(
    sales: World, name: str, facts: list[str]
) -> None:
    answered = await tell(sales, story_of(sales, name))
    assert answered.missing(*facts) == [], answered.words
    assert answered.tools == SINGLE
    assert len(answered.tables) == 1
    assert "Show SQL" in answered.words


async def test_customers_are_those_who_pay_and_trials_are_named_beside_them(sales: World) -> None:
    answered = await tell(sales, story_of(sales, "sql-customers"))
    assert answered.missing("163 customers", "Trials (5) are not counted", "an active paid subscription") == []
    assert set(answered.tools) == set(SINGLE)


async def test_a_chart_of_six_months_stands_in_the_thread(sales: World) -> None:
    answered = await tell(sales, story_of(sales, "sql-packs"))
    assert answered.missing("between 2.37 and 3.18 percent", "The chart has 6 points") == []
    assert answered.calls[-1][1]["chart"] == "line"
    [chart] = [file for file in answered.files if file["mimetype"] == "image/png"]
    assert (await downloaded(sales, chart)).startswith(b"\x89PNG")
    assert chart["alt_txt"]


async def test_an_unclear_question_gets_a_question_before_any_sql(sales: World) -> None:
    story = story_of(sales, "sql-unclear")
    first = await tell(sales, story)
    assert first.missing("revenue", "invoiced", "paid", "which time") == []
    assert first.tools == ["describe_database"]
    assert first.words.count("question.") == 0
    then = await say(sales, story.who, story.turns[1].say, thread=first.thread)
    assert then.missing("27,161.35", "27,179.78", "The last is 27,633.45 EUR", "net of VAT") == [], then.words
    assert then.tools == ["query_database"]


async def test_nothing_is_deleted_and_a_list_is_offered_instead(sales: World) -> None:
    """sql_wall"""
    answered = await tell(sales, story_of(sales, "sql-delete"))
    assert answered.missing("I can only read that database", "a list of the 5 trials", "filter") == [], answered.words
    asked = [given["sql"] for tool, given in answered.calls if tool == "query_database"]
    assert all(statement.startswith("SELECT ") for statement in asked)


async def test_where_others_read_what_all_members_may_hear_stays_where_it_was_asked(sales: World) -> None:
    channel = sales.servers.company.renamed("#product")
    who = story_of(sales, "sql-churn").who
    answered = await say(sales, who, "@Pinyon how many customers per segment?", where=channel)
    assert answered.missing("customers", "club") == [], answered.words
    assert not [post for post in sales.slack.messages(f"dm:{who}") if post["ts"] > answered.thread]


async def test_what_was_found_becomes_a_page_and_a_sheet(sales: World) -> None:
    who = story_of(sales, "sql-packs").who
    first = await say(sales, who, "what did we invoice last month by plan")
    page = await say(sales, who, "make me a page I can click through", thread=first.thread)
    assert page.tools == ["make_page"]
    [made] = [file for file in page.files if file["name"].endswith(".html")]
    body = (await downloaded(sales, made)).decode()
    assert "14593.5" in body
    assert "<svg" in body
    assert "<script src" not in body
    sheet = await say(sales, who, "and export that to excel", thread=first.thread)
    [book] = [file for file in sheet.files if file["name"].endswith(".xlsx")]
    assert (await downloaded(sales, book)).startswith(b"PK")


async def test_what_no_table_holds_is_said(sales: World) -> None:
    who = story_of(sales, "sql-packs").who
    answered = await say(sales, who, "show me the database of dragons by colour")
    assert "I do not understand what of Sales you mean" in answered.words
    assert answered.tools == ["describe_database"]


async def test_where_there_are_many_tools_the_skill_is_opened_first(sales: World) -> None:
    who = sales.servers.company.renamed("priya")
    await sales.connect(who, "github", "atlassian", "google", "slack")
    answered = await say(sales, who, "how many customers do we have")
    assert "163 customers" in answered.words
    opened = [call for request in sales.model.requests for call, _ in request.returned if call.tool == "open_skills"]
    assert "database" in str(opened[-1].arguments)
