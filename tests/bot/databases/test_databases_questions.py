"""Questions over the company's database, through the whole tool: clarity, wall, limits, and what people get."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot.databases.address import Reach
from bot.databases.run import Sources
from bot.own_skills.database import NONE_SET_UP, NOT_FOR_YOU, DatabaseSkill
from bot.own_skills.own import Here
from memory.crypto import Keyring, new_key
from memory.database import Database
from memory.databases import Databases, KnownDatabase
from memory.ids import ConversationId, PersonId, TurnId, WorkspaceId
from memory.people import Person
from playground.company import FOLDER
from playground.sales import set_up_sales
from skills.database import SKILL
from skills.database.client import Databases as DatabasesOfAsker
from skills.database.tools import describe_database, query_database
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import Asker, Result, ToolContext
from tests.bot.databases.questions import OURS, QUESTIONS, STORIES, Asked, Facts
from tests.fakes.sales import server_day

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
MEI, PRIYA = PersonId("T1:UMEI"), PersonId("T1:UPRIYA")


def person(id: PersonId) -> Person:
    return Person(id=id, workspace=WorkspaceId("T1"), user="U", name="Mei", refreshed_at=NOW)


class Asking:
    """Somebody who asks, in one turn."""

    def __init__(self, skill: DatabaseSkill, who: PersonId) -> None:
        self.skill, self.who = skill, who

    def context(self, words: str, turn: str = "t1") -> ToolContext[DatabasesOfAsker]:
        here = Here(
            person=person(self.who),
            conversation=ConversationId("T1:C1:1"),
            turn=TurnId(turn),
            question=words,
            channel="C1",
            private=True,
            now=NOW,
        )
        client: DatabasesOfAsker = self.skill.client(here)
        return ToolContext(client=client, account="", asker=Asker(person=self.who, name="Mei"), now=NOW)

    async def query(self, words: str, sql: str, *, turn: str = "t1", question: str = "", **more: str) -> Result:
        return await query_database.run(self.context(words, turn), question=question or words, sql=sql, **more)


@pytest.fixture
def databases(database: Database) -> Databases:
    return Databases(database, Keyring(new_key()))


@pytest.fixture
async def known(databases: Databases, sales: SecretStr) -> KnownDatabase:
    return await set_up_sales(databases, sales.get_secret_value(), by=PRIYA, now=NOW)


@pytest.fixture
def asking(databases: Databases, known: KnownDatabase) -> Asking:
    del known
    return Asking(DatabaseSkill(databases, Sources(Reach(sockets=True))), MEI)


@pytest.fixture(scope="session")
def facts(sales: SecretStr) -> Facts:
    return Facts(server_day(sales.get_secret_value()))


def shown(cell: object) -> object:
    """A value as people and the model get it."""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else cell


def test_there_are_enough_questions_and_the_stories_are_among_them() -> None:
    assert len(QUESTIONS) >= 40
    assert len(STORIES) == 7
    stories = yaml.safe_load((FOLDER / "stories.yaml").read_text("utf-8"))["stories"]
    told = {turn["say"]: turn["sql"] for story in stories for turn in story["turns"] if "sql" in turn}
    assert {one.question: one.sql for one in STORIES} == told


def test_the_answers_of_the_stories_are_those_that_the_company_tells(facts: Facts) -> None:
    stories = yaml.safe_load((FOLDER / "stories.yaml").read_text("utf-8"))["stories"]
    answers = {turn["say"]: turn["answer"] for story in stories for turn in story["turns"] if "sql" in turn}
    for one in STORIES:
        computed = [[float(c) if isinstance(c, Decimal | int) else c for c in row] for row in one.answer(facts)]
        told = [
            [float(cell) if isinstance(cell, int | float) else cell for cell in row] for row in answers[one.question]
        ]
        width = len(told[0])
        assert [row[-width:] for row in computed] == told, one.question


@pytest.mark.parametrize("questions", [STORIES, OURS], ids=["the stories'", "ours"])
async def test_right_sql_gives_the_right_answer(asking: Asking, facts: Facts, questions: tuple[Asked, ...]) -> None:
    """The whole tool: clarity, wall, limits, what the model reads, what the person gets."""
    for one in questions:
        result = await asking.query(one.question, one.sql, turn=one.question, chart=one.chart)
        check(result, one, [[shown(cell) for cell in row] for row in one.answer(facts)])


def check(result: Result, one: Asked, expected: list[list[object]]) -> None:
    content: Any = result.content
    assert content["rows"] == expected[:200], one.question
    assert content["row_count"] == len(expected), one.question
    assert result.working is not None
    assert (result.working.language, result.working.text) == ("sql", one.sql)
    if len(expected) * len(expected[0]) > 1:
        check_table(result, expected)
    charts = [file for file in result.files if file.name.endswith(".png")]
    assert bool(charts) == (one.chart != "none"), one.question
    for chart in charts:
        assert chart.body.startswith(b"\x89PNG")
        assert chart.show
        assert "highest" in chart.alt


def check_table(result: Result, expected: list[list[object]]) -> None:
    assert result.table is not None
    assert [list(row) for row in result.table.rows] == expected[:100]
    assert result.table.more == max(0, len(expected) - 100)
    [file] = [file for file in result.files if file.name.endswith(".csv")]
    rows = [*csv.reader(io.StringIO(file.body.decode("utf-8-sig")))]
    assert rows[1:] == [["" if cell is None else str(cell) for cell in row] for row in expected]
    assert file.show == (len(expected) > 100)


async def test_a_term_with_several_meanings_is_asked_for_before_any_sql(asking: Asking) -> None:
    sql = "SELECT this would fail"
    for words in ("hows revenue", "What was our income last month?", "Revenues by plan, please"):
        with pytest.raises(RetryToolCall, match=r"Nothing was run: 'revenue' can mean invoiced .* \| paid"):
            await asking.query(words, sql)
    good = "SELECT sum(amount) AS invoiced FROM invoice"
    assert await asking.query("hows revenue\ninvoiced, last 3 months each", good)
    assert await asking.query("How much revenue came in as paid invoices?", good)
    assert await asking.query("and the month before?", good, question="invoiced revenue in September")


async def test_what_the_model_chose_for_the_person_does_not_count(asking: Asking) -> None:
    with pytest.raises(RetryToolCall, match="Nothing was run"):
        await asking.query("hows revenue", "SELECT 1 AS one", question="invoiced revenue of last month")


async def test_sql_that_is_wrong_is_mended_three_times_and_then_told(asking: Asking) -> None:
    for _ in range(3):
        with pytest.raises(RetryToolCall):
            await asking.query("how many?", "SELECT nothing FROM account")
    with pytest.raises(ToolFailed, match="mended 3 times"):
        await asking.query("how many?", "SELECT nothing FROM account")
    with pytest.raises(ToolFailed):
        await asking.query("how many?", "SELECT count(*) FROM account")
    assert await asking.query("how many?", "SELECT count(*) FROM account", turn="t2")


async def test_nothing_but_a_select_is_run_for_anybody(asking: Asking) -> None:
    """sql_wall"""
    for sql in ("DELETE FROM sales.subscription WHERE status = 'trial'", "DROP TABLE invoice"):
        with pytest.raises(RetryToolCall, match="Only SELECT may run"):
            await asking.query("delete the trial accounts in the db, theyre only noise", sql, turn=sql)


async def test_what_only_some_may_ask_is_theirs_alone(
    asking: Asking, databases: Databases, known: KnownDatabase
) -> None:
    sql = "SELECT count(*) FROM account"
    assert (await asking.query("how many?", sql)).audience == "members"

    async def let(*people: PersonId) -> None:
        await databases.change(
            known.workspace, known.id, lambda one: replace(one, people=people), said="x", by=PRIYA, now=NOW
        )

    await let(MEI)
    assert (await asking.query("how many?", sql)).audience == "asker"
    assert await asking.skill.off(person(MEI)) == ""
    await let(PRIYA)
    assert await asking.skill.off(person(MEI)) == NOT_FOR_YOU
    with pytest.raises(ToolFailed, match="no database that the person may ask"):
        await asking.query("how many?", sql)


async def test_without_a_database_the_skill_is_off(databases: Databases) -> None:
    skill = DatabaseSkill(databases, Sources())
    assert await skill.off(person(MEI)) == NONE_SET_UP
    assert skill.missing == frozenset()


async def test_it_is_described_as_its_experts_wrote_it(asking: Asking) -> None:
    result = await describe_database.run(asking.context("what is there?"))
    content: Any = result.content
    assert content["name"] == "Sales"
    assert [table["name"] for table in content["tables"]][:2] == ["sales.account", "sales.plan"]
    assert content["terms"][0]["words"][0] == "revenue"
    assert content["examples"]
    assert result.untrusted  # the values that columns hold are anybody's
    assert result.audience == "members"
    with pytest.raises(RetryToolCall, match="must be one of Sales"):
        await describe_database.run(asking.context(""), database="Others")


async def test_cells_are_other_peoples_words(asking: Asking) -> None:
    """inj_sources"""
    result = await asking.query("tickets", "SELECT subject FROM support_ticket LIMIT 3")
    assert result.untrusted
    [record] = result.records
    content: Any = result.content
    assert all(row[0] in record.text for row in content["rows"])
    assert record.readers == frozenset()


async def test_every_example_of_the_set_up_runs(asking: Asking, known: KnownDatabase) -> None:
    for example in known.examples:
        assert await asking.query(example.question, example.sql)


async def test_a_chart_of_nothing_is_a_note_and_no_failure(asking: Asking) -> None:
    content: Any = (await asking.query("names", "SELECT name FROM plan", chart="bar")).content
    assert content["notes"] == ["No chart: it needs a column of numbers beside the one that names the points."]
    content = (await asking.query("one", "SELECT 1 AS n", chart="line")).content
    assert content["notes"] == ["No chart: it needs at least two rows."]


@pytest.mark.parametrize(
    ("sql", "note"),
    [("SELECT name FROM plan WHERE false", "No rows"), ("SELECT * FROM invoice", "You see the first")],
)
async def test_the_model_is_told_what_it_does_not_see(asking: Asking, sql: str, note: str) -> None:
    content: Any = (await asking.query("x", sql)).content
    assert content["notes"][0].startswith(note)


def test_its_words_fit_the_promises() -> None:
    assert len(SKILL.instructions.read_text("utf-8").split()) <= 400
    assert len(OURS) >= 33
    runs: tuple[Callable[..., Any], ...] = tuple(tool.run for tool in SKILL.tools)
    assert [run.__name__ for run in runs] == ["describe_database", "query_database"]
