"""What agents know is kept, taken by one process at a time, and found by words."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from memory.database import Database
from memory.ids import AgentId, PersonId, SourceId, WorkspaceId
from memory.knowledge import LEASE, KeptSource, KnownSources, NewSource, Passage, ReadSource
from memory.knowledge_search import FIND, Search
from memory.knowledge_words import nearest, plain
from memory.single import _compiled  # pyright: ignore[reportPrivateUsage]: the plan of the statement as it is sent

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BY = PersonId("T1:U1")
AGENT, OTHER = AgentId("a" * 22), AgentId("b" * 22)


@pytest.fixture
def store(database: Database) -> KnownSources:
    return KnownSources(database)


@pytest.fixture
def search(database: Database) -> Search:
    return Search(database)


async def waiting(store: KnownSources, title: str = "Refunds", agent: AgentId = AGENT, by: PersonId = BY) -> KeptSource:
    return await store.keep(
        NewSource(agent=agent, kind="file", at=title, title=title, added_by=by, body=b"words"), now=NOW
    )


async def taken(store: KnownSources, source: KeptSource) -> KeptSource:
    found = await store.take(now=NOW, source=source.id)
    assert found is not None
    return found


def read(source: KeptSource, *texts: str, heading: str = "") -> ReadSource:
    passages = [
        Passage(source=source.id, position=at, heading=heading, place="", text=words) for at, words in enumerate(texts)
    ]
    return ReadSource(title=source.title, facts="1 page", size=5, fingerprint="1", passages=passages)


async def known(store: KnownSources, *texts: str, title: str = "Refunds", agent: AgentId = AGENT) -> SourceId:
    source = await taken(store, await waiting(store, title, agent))
    assert await store.store(source, read(source, *texts), now=NOW, due=None)
    return source.id


# Keeping


async def test_a_source_waits_until_it_was_read(store: KnownSources):
    source = await waiting(store)
    assert (source.state, source.passages, source.workspace) == ("waiting", 0, "T1")
    assert await store.body(source.id) == b"words"
    mine = await taken(store, source)
    assert await store.store(mine, read(source, "Ten days."), now=NOW, due=None)
    [kept] = await store.of(AGENT)
    assert (kept.state, kept.passages, kept.facts, kept.read_at) == ("ready", 1, "1 page", NOW)
    assert await store.passages([source.id]) == [
        Passage(source=source.id, position=0, heading="", place="", text="Ten days.")
    ]


async def test_one_process_reads_a_source_and_another_gets_it_when_the_first_died(store: KnownSources):
    await waiting(store)
    first = await store.take(now=NOW)
    assert first is not None
    assert await store.take(now=NOW) is None
    later = NOW + LEASE + timedelta(seconds=1)
    second = await store.take(now=later)
    assert second is not None
    assert not await store.store(first, read(first, "Of the dead."), now=later, due=None)
    assert await store.store(second, read(second, "Of the living."), now=later, due=None)
    assert [one.text for one in await store.passages([second.id])] == ["Of the living."]


async def test_the_same_file_again_takes_the_place_of_the_old_one_and_is_read_again(store: KnownSources):
    old = await known(store, "Ten days.")
    again = await waiting(store)
    assert (again.id, again.state) == (old, "waiting")
    assert [one.text for one in await store.passages([old])] == ["Ten days."], "until the new one was read"


async def test_reading_again_leaves_no_passage_of_before(store: KnownSources, search: Search):
    source = await known(store, "Ten days.", "Cards only.")
    await store.wake(source, now=NOW)
    mine = await store.take(now=NOW)
    assert mine is not None
    await store.store(mine, read(mine, "Three weeks."), now=NOW, due=None)
    assert [one.text for one in await store.passages([source])] == ["Three weeks."]
    assert await search.find([source], "cards") == []


async def test_what_was_read_before_stays_when_it_cannot_be_read_now(store: KnownSources):
    source = await known(store, "Ten days.")
    await store.wake(source, now=NOW)
    mine = await store.take(now=NOW)
    assert mine is not None
    await store.leave(mine, now=NOW, due=NOW + timedelta(hours=1), problem="Google does not answer.")
    [kept] = await store.of(AGENT)
    assert (kept.state, kept.problem, kept.passages) == ("ready", "Google does not answer.", 1)
    assert await store.take(now=NOW) is None
    assert await store.take(now=NOW + timedelta(hours=1)) is not None


async def test_what_was_never_read_and_will_not_be_has_failed(store: KnownSources):
    mine = await taken(store, await waiting(store))
    await store.leave(mine, now=NOW, due=None, problem="It is empty.", failed=True)
    assert [(one.state, one.problem) for one in await store.of(AGENT)] == [("failed", "It is empty.")]


async def test_forgetting_takes_the_passages_along(store: KnownSources, search: Search):
    mine, others = await known(store, "Ten days."), await known(store, "Ten days.", agent=OTHER)
    await store.forget_agent(AGENT)
    assert await store.of(AGENT) == []
    assert await search.find([mine], "days") == []
    assert len(await search.find([others], "days")) == 1
    await store.forget_workspace(WorkspaceId("T1"))
    assert await store.of(OTHER) == []


# Finding


async def test_mem_cross_only_the_sources_that_are_asked_for_are_searched(store: KnownSources, search: Search):
    mine = await known(store, "The refund takes ten days.")
    await known(store, "The refund takes three weeks.", agent=OTHER)
    assert [one.passage.text for one in await search.find([mine], "how long does a refund take")] == [
        "The refund takes ten days."
    ]


async def test_words_are_found_in_other_forms_and_in_title_and_heading(store: KnownSources, search: Search):
    source = await known(store, "It takes ten days.", "Hats are green.", title="Refunding customers")
    assert (await search.find([source], "customer refunds, how many days?"))[0].passage.text == "It takes ten days."


async def test_nothing_is_found_where_nothing_fits(store: KnownSources, search: Search):
    source = await known(store, "The refund takes ten days.", "Vacation is requested two weeks ahead.")
    assert await search.find([source], "Who won the football world cup?") == []
    assert await search.find([source], "the of and") == []
    assert await search.find([source], "") == []
    assert await search.find([], "refund") == []


async def test_a_misspelt_word_and_the_beginning_of_a_long_one_are_understood(store: KnownSources, search: Search):
    source = await known(store, "Die Reisekostenrichtlinie gilt.", "Maintenance windows are announced.")
    assert (await search.find([source], "annoumced"))[0].passage.text.startswith("Maintenance")
    assert (await search.find([source], "Reisekosten"))[0].passage.text.startswith("Die Reisekosten")


async def test_a_word_that_stands_once_in_a_long_source_is_found_and_a_slip_is_mended(
    store: KnownSources, search: Search
):
    """Such words are not counted (`memory.knowledge._RARE`)."""
    texts = [f"Maintenance window number {number}." for number in range(300)]
    source = await known(store, *texts, "The ptarmigan nests in May.")
    assert [one.passage.text for one in await search.find([source], "ptarmigan")] == ["The ptarmigan nests in May."]
    assert (await search.find([source], "wimdow"))[0].passage.text.startswith("Maintenance")
    assert await search.find([source], "capercaillie") == []


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("Der Prüfbericht liegt im Büro.", "Prufbericht"),
        ("Error ERR-4021 means that the token is old.", "err 4021"),
        ("休暇申請は二週間前に提出してください。", "休暇の申請"),
        ("See config/retry_policy.yaml for it.", "retry policy"),
        ("It's Zoë's résumé.", "resume of Zoe"),
    ],
)
async def test_other_languages_and_names_of_things_are_found(
    store: KnownSources, search: Search, words: str, asked: str
):
    source = await known(store, words, "Something else entirely stands here.")
    assert [one.passage.text for one in await search.find([source], asked)] == [words]


@pytest.mark.parametrize("words", ["a' | 'b", "\\", "'); drop table x --", "x & !y <-> z:*", "\x00", "%s :words", "''"])
async def test_no_sign_in_a_question_means_anything_to_the_database(store: KnownSources, search: Search, words: str):
    source = await known(store, "Plain words.", words or "-")
    assert isinstance(await search.find([source], words), list)


async def test_the_index_of_words_is_used_where_there_is_much_to_search(store: KnownSources, database: Database):
    [*sources] = [
        await known(store, *(f"word{number} and {at}" for number in range(1_500)), title=f"Long {at}")
        for at in range(4)
    ]
    await database.single.rows(text("ANALYZE knowledge_passages"), {})
    values = {
        "sources": sources,
        "wanted": "'word77'",
        "queries": ["'word77'"],
        "rarities": [1.0],
        "weights": [0.5, 0.5, 0.9, 0.7],
        "candidates": 2_000,
        "most": 20,
    }
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        cursor = await raw.driver_connection.execute(f"EXPLAIN {_compiled(FIND)}", values)  # type: ignore[union-attr]
        plan = "\n".join(row[0] for row in await cursor.fetchall())
    assert "knowledge_passages_by_words" in plan


def test_text_is_made_plain():
    assert plain("ERR-4021 für É") == "err 4021 fur e"
    assert plain("x" * 100) == ""


@pytest.mark.parametrize(
    ("word", "meant"), [("vacaton", "vacation"), ("maintenamce", "maintenance"), ("cat", ""), ("kenya", "")]
)
def test_a_slip_is_mended_only_where_it_is_likely(word: str, meant: str):
    assert nearest(word, iter(["vacation", "maintenance", "car", "norway"])) == meant
