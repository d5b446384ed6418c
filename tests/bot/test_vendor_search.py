"""Searching with a vendor's own search: what is sent, what is made of the answer, and how it fails."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from bot.llm.vendor_search import AnthropicSearch, OpenAISearch
from integrations.errors import Misconfigured, ServiceUnavailable
from skills.web.client import Hit
from tests.bot.vendor_desk import Desk, a_desk

KEY = "sk-canary-4417"
SLOPES, GRIDS, ODD = "https://a.example/slopes", "https://b.example/grids", "javascript:alert(1)"


def of_anthropic(*content: dict[str, Any], searches: int = 1) -> dict[str, Any]:
    usage = {
        "input_tokens": 9_000,
        "output_tokens": 200,
        "server_tool_use": {"web_search_requests": searches, "web_fetch_requests": 0},
    }
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-5-5",
        "content": list(content),
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def result(url: str, title: str) -> dict[str, Any]:
    return {"type": "web_search_result", "url": url, "title": title, "encrypted_content": "x", "page_age": None}


def cited(url: str, text: str) -> dict[str, Any]:
    place = {"type": "web_search_result_location", "url": url, "title": "t", "cited_text": text, "encrypted_index": "x"}
    return {"type": "text", "text": "It says so.", "citations": [place]}


SEARCHED = {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "slope maps"}}


def found(*results: dict[str, Any]) -> dict[str, Any]:
    return {"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": list(results)}


@pytest.fixture
async def desk() -> AsyncGenerator[Desk]:
    async with a_desk() as desk:
        yield desk


@pytest.fixture
async def anthropic(desk: Desk) -> AsyncGenerator[AnthropicSearch]:
    search = AnthropicSearch(key=SecretStr(KEY), model="claude-haiku-5-5", base_url=desk.url)
    yield search
    await search.close()


@pytest.fixture
async def openai(desk: Desk) -> AsyncGenerator[OpenAISearch]:
    search = OpenAISearch(key=SecretStr(KEY), model="gpt-6-luna", base_url=f"{desk.url}/v1")
    yield search
    await search.close()


async def test_exfil_fetch_anthropic_is_sent_the_words_and_no_conversation(desk: Desk, anthropic: AnthropicSearch):
    desk.says = of_anthropic(SEARCHED, found(result(SLOPES, "Slopes")))
    await anthropic.search("slope maps")
    assert desk.paths == ["/v1/messages"]
    assert desk.asked["messages"] == [{"role": "user", "content": "slope maps"}]
    assert desk.asked["tools"] == [{"type": "web_search_20250305", "name": "web_search", "max_uses": 1}]


async def test_what_anthropic_cites_comes_first_with_its_words(desk: Desk, anthropic: AnthropicSearch):
    desk.says = of_anthropic(
        SEARCHED,
        found(result(SLOPES, "Slopes"), result(ODD, "Odd"), result(GRIDS, "Grids")),
        {"type": "text", "text": "Two of them help.", "citations": None},
        cited(GRIDS, "A 25 metre grid hides a cliff."),
    )
    hits = await anthropic.search("slope maps")
    assert hits.by == "Anthropic"
    assert hits.hits == (
        Hit(title="Grids", address=GRIDS, snippet="A 25 metre grid hides a cliff."),
        Hit(title="Slopes", address=SLOPES, snippet=""),
    )


async def test_a_search_has_its_price(desk: Desk, anthropic: AnthropicSearch):
    desk.says = of_anthropic(SEARCHED, found(result(SLOPES, "Slopes")))
    cost = (await anthropic.search("slope maps")).cost_usd
    assert cost is not None
    assert Decimal("0.01") < cost < Decimal("0.03")


async def test_a_search_that_fails_at_anthropic_is_told(desk: Desk, anthropic: AnthropicSearch):
    error = {"type": "web_search_tool_result_error", "error_code": "too_many_requests"}
    desk.says = of_anthropic(SEARCHED, {"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": error})
    with pytest.raises(ServiceUnavailable, match="Try again later"):
        await anthropic.search("slope maps")


def of_openai(*output: dict[str, Any]) -> dict[str, Any]:
    usage = {
        "input_tokens": 9_000,
        "output_tokens": 200,
        "total_tokens": 9_200,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "gpt-6-luna",
        "output": list(output),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }


def searched(*urls: str) -> dict[str, Any]:
    sources = [{"type": "url", "url": url} for url in urls]
    action = {"type": "search", "query": "slope maps", "sources": sources}
    return {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": action}


def wrote(text: str, *notes: tuple[str, str]) -> dict[str, Any]:
    """Each note is (address, title); its mark stands in the text as `[address]`."""
    annotations = [
        {
            "type": "url_citation",
            "url": url,
            "title": title,
            "start_index": text.index(f"[{url}]"),
            "end_index": text.index(f"[{url}]") + len(url) + 2,
        }
        for url, title in notes
    ]
    content = [{"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}]
    return {"type": "message", "id": "m_1", "role": "assistant", "status": "completed", "content": content}


async def test_exfil_fetch_openai_is_sent_the_words_and_no_conversation(desk: Desk, openai: OpenAISearch):
    desk.says = of_openai(searched(SLOPES))
    await openai.search("slope maps")
    assert desk.paths == ["/v1/responses"]
    assert (desk.asked["input"], desk.asked["store"]) == ("slope maps", False)
    assert desk.asked["tools"] == [{"type": "web_search", "user_location": {"type": "approximate"}}]


async def test_what_openai_cites_comes_first_with_the_sentence_before_it(desk: Desk, openai: OpenAISearch):
    text = f"Two help. Slopes are shown from 30 degrees. ([{GRIDS}])\n- Maps hide cliffs ([{ODD}])"
    desk.says = of_openai(searched(SLOPES, GRIDS), wrote(text, (GRIDS, "Grids"), (ODD, "Odd")))
    hits = await openai.search("slope maps")
    assert hits.by == "OpenAI"
    assert hits.hits == (
        Hit(title="Grids", address=GRIDS, snippet="Slopes are shown from 30 degrees."),
        Hit(title=SLOPES, address=SLOPES, snippet=""),
    )
    assert hits.cost_usd is not None


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (400, Misconfigured),
        (413, ServiceUnavailable),
    ],
)
async def test_tok_canary_a_failing_vendor_is_a_sentence_without_the_key(
    desk: Desk, anthropic: AnthropicSearch, openai: OpenAISearch, status: int, error: type[Exception]
):
    desk.status, desk.says = status, {"error": {"type": "x", "message": f"bad key {KEY}", "code": None}}
    for search in (anthropic, openai):
        with pytest.raises(error) as raised:
            await search.search("slope maps")
        assert KEY not in str(raised.value)


async def test_a_vendor_that_is_not_there_is_told(anthropic: AnthropicSearch):
    nowhere = AnthropicSearch(key=SecretStr(KEY), model="claude-haiku-5-5", base_url="http://127.0.0.1:9")
    with pytest.raises(ServiceUnavailable, match="name a page to read"):
        await nowhere.search("slope maps")
    await nowhere.close()
