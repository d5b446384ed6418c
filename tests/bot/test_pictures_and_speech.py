"""Pictures from a description and words from a recording, with OpenAI's endpoints on loopback."""

import base64
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from bot.llm.pictures import Pictures
from bot.llm.speech import MOST_BYTES, Heard, Speech, ending_of
from bot.own_skills.pictures import PicturesSkill
from integrations.errors import IntegrationError, Misconfigured, Refused, ServiceUnavailable
from memory.ids import PersonId
from skills.errors import RetryToolCall, ToolFailed
from skills.pictures import SKILL
from skills.pictures.client import Draws, Picture, Shape
from skills.pictures.tools import make_picture
from skills.skill import Asker, Result, ToolContext
from tests.bot.vendor_desk import Desk, a_desk

KEY = "sk-canary-4417"
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
WEBM = b"\x1a\x45\xdf\xa3" + b"sound"
USED = {
    "input_tokens": 40,
    "output_tokens": 1_500,
    "total_tokens": 1_540,
    "input_tokens_details": {"text_tokens": 40, "image_tokens": 0},
}


@pytest.fixture
async def desk() -> AsyncGenerator[Desk]:
    async with a_desk() as desk:
        yield desk


@pytest.fixture
async def pictures(desk: Desk) -> AsyncGenerator[Pictures]:
    pictures = Pictures(key=SecretStr(KEY), model="gpt-image-2.5-flare", base_url=f"{desk.url}/v1")
    yield pictures
    await pictures.close()


@pytest.fixture
async def speech(desk: Desk) -> AsyncGenerator[Speech]:
    speech = Speech(key=SecretStr(KEY), model="gpt-transcribe", base_url=f"{desk.url}/v1")
    yield speech
    await speech.close()


def drawn(body: bytes = PNG, **more: Any) -> dict[str, Any]:
    return {"created": 1, "data": [{"b64_json": base64.b64encode(body).decode()}], "usage": USED, **more}


# Pictures


@pytest.mark.parametrize(("shape", "size"), [("square", "1024x1024"), ("wide", "1536x1024"), ("tall", "1024x1536")])
async def test_a_picture_is_asked_for_once_in_its_shape(desk: Desk, pictures: Pictures, shape: Shape, size: str):
    desk.says = drawn()
    picture = await pictures.draw("A hut in the snow", shape)
    assert desk.paths == ["/v1/images/generations"]
    assert {"prompt": "A hut in the snow", "size": size, "n": 1, "model": "gpt-image-2.5-flare"}.items() <= (
        desk.asked.items()
    )
    assert (picture.body, picture.media, picture.size) == (PNG, "image/png", size.replace("x", " x "))


async def test_a_picture_has_its_price(desk: Desk, pictures: Pictures):
    desk.says = drawn()
    cost = (await pictures.draw("A hut", "square")).cost_usd
    assert cost is not None
    assert Decimal("0.03") < cost < Decimal("0.06")


async def test_the_price_of_an_unknown_model_is_unknown_and_not_nothing(desk: Desk):
    desk.says = drawn()
    pictures = Pictures(key=SecretStr(KEY), model="a-model-of-ones-own", base_url=f"{desk.url}/v1")
    assert (await pictures.draw("A hut", "square")).cost_usd is None
    await pictures.close()


@pytest.mark.parametrize(
    ("status", "code", "error", "said"),
    [
        (400, "moderation_blocked", Refused, "its rules do not allow it"),
        (400, None, Refused, "Describe it otherwise"),
        (401, "invalid_api_key", Misconfigured, "OPENAI_API_KEY"),
        (404, "model_not_found", Misconfigured, "PINYON_PICTURE_MODEL"),
        (429, "rate_limit_exceeded", ServiceUnavailable, "Try again later"),
        (500, None, ServiceUnavailable, "Try again later"),
    ],
)
async def test_tok_canary_each_refusal_of_the_vendor_says_who_acts_and_no_key(
    desk: Desk, pictures: Pictures, status: int, code: str | None, error: type[IntegrationError], said: str
):
    desk.status, desk.says = status, {"error": {"message": f"no: {KEY}", "type": "x", "code": code}}
    with pytest.raises(error, match=said) as raised:
        await pictures.draw("A hut", "square")
    assert KEY not in str(raised.value)
    assert len(desk.paths) == 1, "a picture that is asked for twice may be paid twice"


@pytest.mark.parametrize(
    "says", [drawn(b"<html>"), {"created": 1, "data": []}, {"created": 1, "data": [{"b64_json": "?"}]}]
)
async def test_what_is_no_picture_is_not_handed_on(desk: Desk, pictures: Pictures, says: dict[str, Any]):
    desk.says = says
    with pytest.raises(ServiceUnavailable, match="is no picture"):
        await pictures.draw("A hut", "square")


async def test_without_a_key_it_is_said_who_can_set_one():
    assert "OPENAI_API_KEY" in PicturesSkill(Pictures(key=None, model="m")).pictures.off
    assert Pictures(key=SecretStr(KEY), model="m").off == ""


class Drawing:
    """Draws one picture, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def draw(self, description: str, shape: Shape) -> Picture:
        if self.error is not None:
            raise self.error
        return Picture(body=PNG, media="image/png", size=shape, cost_usd=Decimal("0.045"))


def context(draws: Draws) -> ToolContext[Draws]:
    asker = Asker(person=PersonId("T1:U1"), name="Ren")
    return ToolContext(client=draws, account="", asker=asker, now=datetime(2026, 11, 22, tzinfo=UTC))


async def making(description: str, draws: Draws | None = None) -> Result:
    return await make_picture.run(context(draws or Drawing()), description)


async def test_a_picture_goes_out_with_the_answer_and_is_described_for_who_cannot_see_it():
    result = await making("A mountain hut,\nin the first snow, drawn as a flat illustration with a red door")
    (file,) = result.files
    assert (file.name, file.body, file.media, file.show) == (
        "A-mountain-hut-in-the-first-snow-drawn-as-a-flat.png",
        PNG,
        "image/png",
        True,
    )
    assert file.alt == "A mountain hut, in the first snow, drawn as a flat illustration with a red door"
    assert result.cost_usd == Decimal("0.045")
    assert result.content == {"file": file.name, "size": "square", "cost": "0.045 US dollars"}
    assert (result.untrusted, SKILL.at_hand) == (False, False)


@pytest.mark.parametrize("description", ["", "  ", "x" * 4_001], ids=["empty", "blank", "endless"])
async def test_cost_dos_a_description_is_a_few_sentences(description: str):
    with pytest.raises(RetryToolCall):
        await making(description)


async def test_a_vendor_that_is_silent_does_not_end_the_answer():
    with pytest.raises(ToolFailed, match="Try again later"):
        await making("A hut", Drawing(ServiceUnavailable("Not answering. Try again later.")))


# Speech


async def test_a_recording_becomes_its_words_with_their_price(desk: Desk, speech: Speech):
    desk.says = {"text": " Sort my thoughts into a list. ", "usage": {"type": "duration", "seconds": 60}}
    heard = await speech.hear(WEBM, name="audio_message.m4a")
    assert heard == Heard(text="Sort my thoughts into a list.", cost_usd=Decimal("0.0045"))
    assert desk.paths == ["/v1/audio/transcriptions"]
    assert b'filename="voice.webm"' in desk.bodies[0], "the vendor tells formats by the name"
    assert b"gpt-transcribe" in desk.bodies[0]


async def test_the_words_alone_are_given_where_nobody_counts(desk: Desk, speech: Speech):
    desk.says = {"text": "Hello."}
    assert await speech.transcribe(WEBM, name="a") == "Hello."


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        (WEBM, "webm"),
        (b"\x00\x00\x00\x1cftypM4A \x00\x00", "m4a"),
        (b"\x00\x00\x00\x1cftypisom\x00\x00", "mp4"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "wav"),
        (b"OggS\x00", "ogg"),
        (b"fLaC\x00", "flac"),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xf1\x50\x80", ""),
        (b"#!AMR\n", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_a_format_is_told_by_its_first_bytes(body: bytes, ending: str):
    assert ending_of(body) == ending


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"RIFF" + b"x" * MOST_BYTES, "longer than I can listen to, 25 MB"),
        (b"#!AMR\nsound", "note.amr is none of them"),
    ],
)
async def test_cost_dos_what_cannot_be_heard_is_not_sent(desk: Desk, speech: Speech, body: bytes, said: str):
    with pytest.raises(match=said):
        await speech.transcribe(body, name="note.amr")
    assert desk.paths == []


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "An admin has to correct"), (400, "may be damaged or too long"), (413, "may be damaged or too long")],
)
async def test_tok_canary_each_failure_is_a_sentence_to_who_spoke(desk: Desk, speech: Speech, status: int, said: str):
    desk.status, desk.says = status, {"error": {"message": f"no: {KEY}", "type": "x", "code": None}}
    with pytest.raises(match=said) as raised:
        await speech.transcribe(WEBM, name="a.webm")
    assert KEY not in str(raised.value)
    assert "Write what you need instead." in str(raised.value)


async def test_silence_is_no_request(desk: Desk, speech: Speech):
    desk.says = {"text": "  "}
    with pytest.raises(match="I heard no words"):
        await speech.transcribe(WEBM, name="a.webm")


async def test_without_a_key_a_voice_note_says_who_can_set_one():
    speech = Speech(key=None, model="m")
    with pytest.raises(match="OPENAI_API_KEY"):
        await speech.transcribe(WEBM, name="a.webm")
