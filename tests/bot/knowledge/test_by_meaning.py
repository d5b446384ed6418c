"""Searching by meaning: an embedding model on loopback, and a real pgvector."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.knowledge.finding import Finding, Meaning, fused
from bot.llm.embeddings import Embeddings, NotEmbedded
from memory.database import Database, open_database
from memory.ids import AgentId, PersonId, SourceId
from memory.knowledge import KnownSources, NewSource, Passage, ReadSource
from memory.knowledge_search import Search
from memory.knowledge_vectors import NoVectors, Vectors, nearest_of

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AGENT = AgentId("a" * 22)
TOPICS = (("holiday", "vacation", "leave"), ("refund", "money back", "reimburse"), ("dog", "pet", "hound"))
"""Words that mean alike to the model on loopback."""


@dataclass
class Vendor:
    """An embedding model that knows three topics."""

    url: str = ""
    status: int = 200
    texts: list[str] = field(default_factory=list[str])
    asked: int = 0
    size: int = 4
    is_short: bool = False

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.status != 200:
            return web.json_response({"error": {"message": "sk-secret is wrong", "code": "bad"}}, status=self.status)
        given = json.loads(await request.read())
        self.texts += given["input"]
        data = [
            {"object": "embedding", "index": at, "embedding": self._vector(words)}
            for at, words in enumerate(given["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        # Vendors promise no order.
        body = {"object": "list", "data": data[::-1][self.is_short :], "model": given["model"], "usage": usage}
        return web.json_response(body)

    def _vector(self, words: str) -> list[float]:
        about = [float(any(word in words.lower() for word in topic)) for topic in TOPICS]
        return [*about, 0.1, *[0.0] * (self.size - 4)]


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor, app = Vendor(), web.Application()
    app.router.add_post("/v1/embeddings", vendor.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield vendor
    await runner.cleanup()


@pytest.fixture
async def embeddings(vendor: Vendor) -> AsyncIterator[Embeddings]:
    embeddings = Embeddings(key=SecretStr("sk-secret"), model="small'; drop", base_url=vendor.url, seconds=5)
    yield embeddings
    await embeddings.close()


async def finding(database: Database, embeddings: Embeddings) -> Finding:
    found = Finding(Search(database), Meaning(embeddings, Vectors(database, model=embeddings.model)))
    await found.open()
    return found


async def known(database: Database, title: str, *texts: str) -> SourceId:
    store = KnownSources(database)
    new = NewSource(agent=AGENT, kind="file", at=title, title=title, added_by=PersonId("T1:U1"))
    source = await store.keep(new, now=NOW)
    taken = await store.take(now=NOW, source=source.id)
    assert taken is not None
    passages = [Passage(source=source.id, position=at, heading="", place="", text=one) for at, one in enumerate(texts)]
    read = ReadSource(title=title, facts="", size=1, fingerprint="", passages=passages)
    assert await store.store(taken, read, now=NOW, due=None)
    return source.id


async def test_what_means_the_same_in_other_words_is_found(database: Database, embeddings: Embeddings):
    source = await known(database, "Rules", "Annual leave is 24 days.", "Every hound needs a collar.")
    by_words = Finding(Search(database))
    assert await by_words.find([source], "holiday") == []
    both = await finding(database, embeddings)
    await both.catch_up(most=100)
    assert [one.text for one in await both.find([source], "holiday")] == ["Annual leave is 24 days."]
    assert [one.text for one in await both.find([source], "pet")] == ["Every hound needs a collar."]


async def test_nothing_is_found_where_nothing_is_near(database: Database, embeddings: Embeddings):
    source = await known(database, "Rules", "Annual leave is 24 days.")
    both = await finding(database, embeddings)
    await both.catch_up(most=100)
    assert await both.find([source], "football") == []
    assert await both.find([source], "dog") == []


async def test_mem_cross_what_is_near_but_of_other_sources_is_not_found(database: Database, embeddings: Embeddings):
    mine = await known(database, "Mine", "Every hound needs a collar.")
    await known(database, "Theirs", *(f"Annual leave is {number} days." for number in range(40)))
    both = await finding(database, embeddings)
    await both.catch_up(most=100)
    assert [one.text for one in await both.find([mine], "holiday")] == []
    assert len(await both.find([mine], "dog")) == 1


async def test_a_failing_vendor_leaves_the_words(database: Database, embeddings: Embeddings, vendor: Vendor):
    source = await known(database, "Rules", "Annual leave is 24 days.")
    both = await finding(database, embeddings)
    vendor.status = 400
    await both.catch_up(most=100)
    assert [one.text for one in await both.find([source], "annual leave")] == ["Annual leave is 24 days."]
    vendor.status = 200
    await both.catch_up(most=100)
    assert [one.text for one in await both.find([source], "vacation")] == ["Annual leave is 24 days."]


async def test_each_passage_is_sent_once_with_its_title(database: Database, embeddings: Embeddings, vendor: Vendor):
    await known(database, "Rules", "Annual leave is 24 days.", "Dogs are welcome.")
    both = await finding(database, embeddings)
    await both.catch_up(most=100)
    await both.catch_up(most=100)
    assert sorted(vendor.texts) == ["Rules\nAnnual leave is 24 days.", "Rules\nDogs are welcome."]


async def test_another_model_makes_all_vectors_anew(database: Database, embeddings: Embeddings, vendor: Vendor):
    source = await known(database, "Rules", "Annual leave is 24 days.")
    both = await finding(database, embeddings)
    await both.catch_up(most=100)
    vendor.size = 8
    other = Embeddings(key=SecretStr("k"), model="large", base_url=vendor.url)
    both = await finding(database, other)
    assert await both.find([source], "holiday") == []
    await both.catch_up(most=100)
    assert len(await both.find([source], "holiday")) == 1
    rows = await database.single.rows(text("SELECT model, count(*) AS held FROM knowledge_vectors GROUP BY model"), {})
    assert [(row.model, row.held) for row in rows] == [("large", 1)]
    await other.close()


async def test_vectors_go_with_their_passages(database: Database, embeddings: Embeddings):
    source = await known(database, "Rules", "Annual leave is 24 days.")
    both = await finding(database, embeddings)
    await both.catch_up(most=100)
    await KnownSources(database).forget([source])
    assert (await database.single.rows(text("SELECT count(*) AS held FROM knowledge_vectors"), {}))[0].held == 0


async def test_the_index_of_vectors_is_used_where_there_is_much_to_search(database: Database):
    source = await known(database, "Long", *(f"Words {number}" for number in range(3_000)))
    vectors = Vectors(database, model="small")
    await vectors.open()
    rows = await vectors.lacking(most=3_000)
    await vectors.keep({row.id: [row.id % 7, row.id % 11, row.id % 13, 1.0] for row in rows})
    await database.single.rows(text("ANALYZE knowledge_vectors"), {})
    values = {"model": "small", "sources": [source], "vector": "[1,2,3,1]", "most": 5}
    plan = await database.single.rows(text(f"EXPLAIN {nearest_of(4)}"), values)
    told = "".join(row[0] for row in plan)
    assert "knowledge_vectors_by_source" not in told, told
    assert "Index Scan using knowledge_vectors_" in told, told
    assert len(await vectors.nearest([source], [1.0, 2.0, 3.0, 1.0], most=5)) == 5


async def test_nothing_of_it_is_there_where_no_model_is_set(database: Database):
    rows = await database.single.rows(
        text(
            "SELECT to_regclass('knowledge_vectors') AS there, count(*) AS made FROM pg_extension"
            " WHERE extname = 'vector'"
        ),
        {},
    )
    assert (rows[0].there, rows[0].made) == (None, 0)


async def test_a_server_without_the_extension_is_told_to_its_operator(
    database: Database, database_url: str, embeddings: Embeddings, vendor: Vendor
):
    for statement in ("DROP ROLE IF EXISTS plain_owner", "CREATE ROLE plain_owner LOGIN"):
        await database.single.rows(text(statement), {})
    poor = open_database(make_url(database_url).set(username="plain_owner"))
    vectors = Vectors(poor, model=embeddings.model)
    with pytest.raises(NoVectors, match="PINYON_EMBEDDING_MODEL"):
        await vectors.open()
    source = await known(database, "Rules", "Annual leave is 24 days.")
    by_words = Finding(Search(database), Meaning(embeddings, vectors))
    await by_words.open()
    assert len(await by_words.find([source], "annual leave")) == 1
    assert vendor.asked == 0, "nothing is sent that cannot be used"
    await poor.close()
    await database.single.rows(text("DROP ROLE plain_owner"), {})


async def test_the_vendor_s_words_are_not_repeated(embeddings: Embeddings, vendor: Vendor):
    vendor.status = 401
    with pytest.raises(NotEmbedded) as told:
        await embeddings.embed(["x"])
    assert "sk-secret" not in str(told.value)
    assert "PINYON_EMBEDDING_MODEL" in str(told.value)


async def test_an_answer_with_too_few_vectors_counts_as_none(embeddings: Embeddings, vendor: Vendor):
    vendor.is_short = True
    with pytest.raises(NotEmbedded):
        await embeddings.embed(["holiday", "dog"])


async def test_vectors_come_in_the_order_of_their_texts(embeddings: Embeddings):
    assert await embeddings.embed(["a dog", "a holiday"]) == [[0.0, 0.0, 1.0, 0.1], [1.0, 0.0, 0.0, 0.1]]
    assert await embeddings.embed([]) == []


def test_ranks_are_put_together_by_their_reciprocals():
    assert fused([1, 2, 3], [3, 4]) == [3, 1, 2, 4]
    assert fused([1, 2]) == [1, 2]
    assert fused() == []
