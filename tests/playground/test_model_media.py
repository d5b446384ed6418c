"""Pictures in, pictures out, sounds and the vendors' web search, as the real SDKs see them."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import anthropic
import openai
import pytest

from playground.clips import clip
from playground.model import Fault, ModelServer, Scripted
from playground.model.conversation import Found, Picture

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and the rest").decode()
SLOPES = Found(
    url="https://contourlines.example/slope-shading", title="What a slope map can tell", text="The grid decides."
)
HUTS = Found(url="https://contourlines.example/hut-closures", title="From first snow", text="Nobody phones the map.")
JSON = dict[str, Any]


def searched(words: str) -> tuple[Found, ...]:
    return (SLOPES, HUTS) if "slope" in words else ()


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    running = ModelServer(Scripted(lambda _: "Seen."), search=searched)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def claude(server: ModelServer) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(api_key="demo", base_url=server.anthropic_url, max_retries=0) as client:
        yield client


@pytest.fixture
async def gpt(server: ModelServer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="demo", base_url=server.openai_url, max_retries=0) as client:
        yield client


async def test_a_model_is_told_of_a_picture_on_every_wire(
    server: ModelServer, claude: anthropic.AsyncAnthropic, gpt: openai.AsyncOpenAI
) -> None:
    await claude.messages.create(
        model="a",
        max_tokens=99,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
                ],
            }
        ],
    )
    url = f"data:image/png;base64,{PNG}"
    await gpt.chat.completions.create(
        model="o",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": url}},
                ],
            }
        ],
    )
    await gpt.responses.create(
        model="o",
        input=[
            {
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "image_url": url, "detail": "auto"},
                ],
            }
        ],
    )
    assert [(asked.said, asked.shown) for asked in server.requests] == [
        ("What is this?", (Picture(media="image/png", size=21),))
    ] * 3


@pytest.mark.parametrize(
    ("media", "data", "says"),
    [
        ("image/tiff", PNG, "media type"),
        ("image/png", "?!", "not valid base64"),
        ("image/png", base64.b64encode(b"GIF89a").decode(), "Could not process image"),
        ("image/png", base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024 * 1024)).decode(), "exceeds 5 MB"),
    ],
)
async def test_a_picture_that_the_vendor_would_not_take_is_refused(
    server: ModelServer, gpt: openai.AsyncOpenAI, media: str, data: str, says: str
) -> None:
    url = f"data:{media};base64,{data}"
    with pytest.raises(openai.BadRequestError, match=says):
        await gpt.chat.completions.create(
            model="o", messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
        )


async def test_no_picture_is_fetched_from_an_address(gpt: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="data URLs only"):
        await gpt.chat.completions.create(
            model="o",
            messages=[
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.example/a"}}]}
            ],
        )


async def test_a_drawn_picture_is_a_png_of_the_size_that_was_asked_for(
    server: ModelServer, gpt: openai.AsyncOpenAI
) -> None:
    answer = await gpt.images.generate(model="gpt-image-1-mini", prompt="A hut at dusk", size="1536x1024")
    assert answer.data
    body = base64.b64decode(answer.data[0].b64_json or "")
    width, height = int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
    assert (body[:4], width, height) == (b"\x89PNG", 1536, 1024)
    assert len(body) < 60_000
    assert answer.usage
    assert (answer.usage.output_tokens, answer.quality, answer.output_format) == (1584, "medium", "png")
    assert server.pictures[0]["prompt"] == "A hut at dusk"


@pytest.mark.parametrize("fields", [{"size": "10x10"}, {"quality": "hd"}, {"response_format": "b64_json"}])
async def test_what_the_vendor_of_pictures_does_not_take_is_refused(gpt: openai.AsyncOpenAI, fields: JSON) -> None:
    with pytest.raises(openai.BadRequestError):
        await gpt.images.generate(model="gpt-image-1-mini", prompt="A hut", **fields)


async def test_the_words_of_a_clip_come_back(server: ModelServer, gpt: openai.AsyncOpenAI) -> None:
    sound = clip("Sort my thoughts into a list.")
    heard = await gpt.audio.transcriptions.create(model="gpt-4o-transcribe", file=("audio_message.webm", sound))
    assert (heard.text, server.clips[0].name) == ("Sort my thoughts into a list.", "audio_message.webm")
    assert heard.usage
    plain = await gpt.audio.transcriptions.create(model="any", file=("a.webm", sound), response_format="text")
    assert str(plain).strip() == "Sort my thoughts into a list."


async def test_a_test_says_what_is_heard(server: ModelServer, gpt: openai.AsyncOpenAI) -> None:
    server.speech = lambda sound: f"{len(sound)} bytes of song"
    heard = await gpt.audio.transcriptions.create(model="any", file=("song.mp3", b"la la"))
    assert heard.text == "5 bytes of song"


async def test_a_sound_is_known_by_its_ending_alone(gpt: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="Unrecognized file format"):
        await gpt.audio.transcriptions.create(model="any", file=("audio_message.oggy", b"la la"))
    with pytest.raises(openai.BadRequestError, match="too short"):
        await gpt.audio.transcriptions.create(model="any", file=("a.webm", b""))


async def test_pictures_and_sounds_meet_the_vendors_faults(server: ModelServer, gpt: openai.AsyncOpenAI) -> None:
    server.inject(Fault(vendor="openai", status=429, retry_after=2))
    with pytest.raises(openai.RateLimitError):
        await gpt.images.generate(model="any", prompt="A hut")
    server.inject(Fault(vendor="openai"))
    with pytest.raises(openai.APIConnectionError):
        await gpt.audio.transcriptions.create(model="any", file=("a.webm", b"la"))


SEARCH: JSON = {"type": "web_search_20250305", "name": "web_search", "max_uses": 1}


async def claudes(client: Any, *, is_streamed: bool) -> JSON:
    """Claude's answer to a search, as the SDK puts it together."""
    asked: JSON = {"model": "a", "max_tokens": 99, "messages": [{"role": "user", "content": "slope shading"}]}
    if not is_streamed:
        whole = await client.messages.create(**asked, tools=[SEARCH])
        return whole.model_dump()
    async with client.messages.stream(**asked, tools=[SEARCH]) as events:
        return (await events.get_final_message()).model_dump()


async def gpts(client: Any, *, is_streamed: bool) -> JSON:
    """GPT's answer to a search, as the SDK puts it together."""
    asked: JSON = {"model": "o", "input": "slope shading", "tools": [{"type": "web_search"}]}
    if not is_streamed:
        whole = await client.responses.create(**asked)
        return whole.model_dump()
    async with client.responses.stream(**asked) as events:
        return (await events.get_final_response()).model_dump()


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_claudes_own_search_gives_results_and_citations(
    server: ModelServer,
    claude: anthropic.AsyncAnthropic,
    is_streamed: bool,  # noqa: FBT001 -- pytest's
) -> None:
    answer = await claudes(claude, is_streamed=is_streamed)
    called, results, *said = answer["content"]
    assert (called["type"], called["input"]) == ("server_tool_use", {"query": "slope shading"})
    assert results["type"] == "web_search_tool_result"
    assert [found["url"] for found in results["content"]] == [SLOPES.url, HUTS.url]
    [cited] = said[0]["citations"]
    assert cited["type"] == "web_search_result_location"
    assert (cited["url"], cited["cited_text"]) == (SLOPES.url, "The grid decides.")
    assert (answer["stop_reason"], answer["usage"]["server_tool_use"]["web_search_requests"]) == ("end_turn", 1)
    assert server.searches == ["slope shading"]


@pytest.mark.parametrize("is_streamed", [True, False])
async def test_gpts_own_search_gives_sources_and_citations(
    gpt: openai.AsyncOpenAI,
    is_streamed: bool,  # noqa: FBT001 -- pytest's
) -> None:
    call, message = (await gpts(gpt, is_streamed=is_streamed))["output"]
    assert (call["type"], call["action"]["type"]) == ("web_search_call", "search")
    assert [source["url"] for source in call["action"]["sources"]] == [SLOPES.url, HUTS.url]
    [part] = message["content"]
    first, _ = part["annotations"]
    link = part["text"][first["start_index"] : first["end_index"]]
    assert (first["type"], first["url"]) == ("url_citation", SLOPES.url)
    assert link == f"([contourlines.example]({SLOPES.url}))"


async def test_a_search_without_a_result_says_so(claude: anthropic.AsyncAnthropic) -> None:
    answer = await claude.messages.create(
        model="a",
        max_tokens=99,
        messages=[{"role": "user", "content": "quite another thing"}],
        tools=[{"type": "web_search_20250305", "name": "web_search"}],
    )
    assert answer.content[-1].type == "text"
    assert answer.content[-1].text == "The search found nothing on that."


async def test_a_request_with_tools_of_its_own_is_the_brains(
    server: ModelServer, claude: anthropic.AsyncAnthropic
) -> None:
    answer = await claude.messages.create(
        model="a",
        max_tokens=99,
        messages=[{"role": "user", "content": "slope shading"}],
        tools=[
            {"type": "web_search_20250305", "name": "web_search"},
            {"name": "open_door", "input_schema": {"type": "object", "properties": {}}},
        ],
    )
    assert (answer.content[0].type, server.searches) == ("text", [])
