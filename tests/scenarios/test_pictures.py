"""A picture that somebody wished for comes with the answer, described and with its price."""

from playground.model import Scripted, call
from tests.scenarios.conftest import OpenWorld

HUT = "A mountain hut in the first snow"
DRAW = call("make_picture", description=HUT, shape="wide")


async def test_a_picture_is_drawn_once_and_comes_with_the_answer(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([DRAW, "Here it is."]))
    answer = await world.ask("adaeze", f"draw {HUT}", seconds=30)
    words = world.words("dm:adaeze", answer)
    assert "Here it is." in words
    [asked] = world.model.pictures
    assert (asked["prompt"], asked["size"]) == (HUT, "1536x1024")
    assert "cost about 0.05 dollars" in words
    await world.until(lambda: world.slack.calls_of("files.completeUploadExternal"))
    [upload] = world.slack.calls_of("files.getUploadURLExternal")
    assert HUT in str(upload.request)


async def test_without_a_key_nobody_is_offered_a_picture(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["I cannot draw here."]), OPENAI_API_KEY="")
    await world.ask("adaeze", f"draw {HUT}")
    assert "make_picture" not in [tool.name for tool in world.model.requests[-1].tools]
