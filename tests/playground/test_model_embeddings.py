"""Embeddings of the playground, as the real SDK sees them."""

import math
from collections.abc import AsyncIterator, Sequence

import openai
import pytest

from playground.model import Fault, ModelServer, Scripted
from playground.model.embedding import embedded

MODEL = "text-embedding-3-small"


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    running = ModelServer(Scripted(lambda _: "Seen."))
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def gpt(server: ModelServer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="demo", base_url=server.openai_url, max_retries=0) as client:
        yield client


def near(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_each_text_gets_a_vector_of_length_one_in_its_order(server: ModelServer, gpt: openai.AsyncOpenAI) -> None:
    answer = await gpt.embeddings.create(model=MODEL, input=["Refunds by card", "The hut is closed"], dimensions=256)
    assert [(one.index, len(one.embedding)) for one in answer.data] == [(0, 256), (1, 256)]
    assert [math.hypot(*one.embedding) for one in answer.data] == pytest.approx([1, 1], abs=1e-5)
    assert (answer.model, answer.usage.prompt_tokens) == (MODEL, 9)
    assert [sent["input"] for sent in server.embedded] == [["Refunds by card", "The hut is closed"]]


async def test_floats_and_packed_floats_are_the_same_numbers(gpt: openai.AsyncOpenAI) -> None:
    packed = await gpt.embeddings.create(model=MODEL, input="Refunds by card")
    plain = await gpt.embeddings.create(model=MODEL, input="Refunds by card", encoding_format="float")
    assert plain.data[0].embedding == pytest.approx(packed.data[0].embedding, abs=1e-6)
    assert len(plain.data[0].embedding) == 1536
    large = await gpt.embeddings.create(model="text-embedding-3-large", input="Refunds by card")
    assert len(large.data[0].embedding) == 3072


def test_texts_with_words_in_common_are_nearer_than_others() -> None:
    asked = embedded("how long does a refund take?", 512)
    fitting = embedded("Refunds take five working days.", 512)
    other = embedded("The hut above the lake is closed in winter.", 512)
    assert near(asked, fitting) > near(asked, other) + 0.2
    assert embedded("Refund", 512) == embedded("refund!", 512)


@pytest.mark.parametrize("given", ["", [], ["a", ""], ["word " * 40_000], ["a"] * 2049])
async def test_what_the_vendor_would_not_embed_is_refused(gpt: openai.AsyncOpenAI, given: str | list[str]) -> None:
    with pytest.raises(openai.BadRequestError):
        await gpt.embeddings.create(model=MODEL, input=given)


async def test_more_dimensions_than_there_are_is_refused(gpt: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="at most 1536"):
        await gpt.embeddings.create(model=MODEL, input="a", dimensions=4000)


async def test_embeddings_meet_the_vendors_faults(server: ModelServer, gpt: openai.AsyncOpenAI) -> None:
    server.inject(Fault(vendor="openai", status=429, retry_after=2))
    with pytest.raises(openai.RateLimitError):
        await gpt.embeddings.create(model=MODEL, input="a")
