"""What people do with a card beside yes and no: change it, make it lasting, take it back, answer a question."""

from pydantic import JsonValue

from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World

BODY = "Please name the segment after the valley."
COMMENT = call("comment_on_pull_request", repository="atlas-api", number=417, body=BODY)
BOARDS: JsonValue = {"question": "Which board?", "choices": ["Trails (TRAIL)", "Open data (OPENDATA)"]}
LENGTH: JsonValue = {"question": "How long?", "choices": ["25 minutes"], "field": "number"}
APPROVE = "approval.approve"


async def test_what_was_changed_on_a_card_is_what_is_posted(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "It is posted."]))
    await world.connect("ren")
    thread, card = await asked(world, "tell them to name it")
    await click(world, card, "approval.edit")
    modal = await world.until(lambda: world.slack.modal("ren"))
    assert BODY in str(modal)
    assert (await world.slack.submit("ren", {"body": "Name it after the lake."})).is_acked
    after = await reads(world, card, "Name it after the lake.")
    assert "you changed" in after
    assert BODY not in after
    await click(world, card, APPROVE)
    await world.answer("dm:ren", thread, count=2)
    assert world.github.pull("atlas-api", 417).comments[-1].body == "Name it after the lake."


async def test_what_is_always_allowed_is_done_the_next_time_and_can_be_taken_back(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([COMMENT, "It is posted.", COMMENT, "Posted again."]))
    await world.connect("ren")
    before = len(world.github.pull("atlas-api", 417).comments)
    thread, card = await asked(world, "tell them to name it")
    await click(world, card, "approval.always")
    await world.answer("dm:ren", thread, count=2)
    thread = await world.slack.say("ren", "dm", "tell them on atlas-api 417 to name it")
    receipt = await world.card("dm:ren", thread, "done.undo", seconds=15)
    said = world.words("dm:ren", receipt)
    assert "Comment posted" in said
    assert "You asked for this, so I did it without asking" in said
    assert len(world.github.pull("atlas-api", 417).comments) == before + 2
    await click(world, receipt, "done.undo")
    await reads(world, receipt, "Comment deleted")
    assert len(world.github.pull("atlas-api", 417).comments) == before + 1


async def test_questions_are_answered_with_a_tap_or_in_a_dialog(open_world: OpenWorld) -> None:
    world = await open_world(Scripted([call("ask_person", questions=[BOARDS, LENGTH]), "Good."]))
    thread, card = await asked(world, "plan it", action="question.pick:0:1")
    await click(world, card, "question.pick:0:1")
    await reads(world, card, "1 question left, then I go on")
    await click(world, card, "question.other:1")
    await world.until(lambda: world.slack.modal("ren"))
    assert (await world.slack.submit("ren", {"answer": "40"})).is_acked
    await world.answer("dm:ren", thread, count=2)
    assert "Open data (OPENDATA)" in await reads(world, card, "40")
    told = world.model.requests[-1].returned[-1][1].text
    assert "OPENDATA" in told
    assert "40" in told


async def asked(world: World, said: str, *, action: str = APPROVE) -> tuple[str, JSON]:
    """Ren asks for something; gives the thread, and the card that waits there."""
    thread = await world.slack.say("ren", "dm", said)
    return thread, await world.card("dm:ren", thread, action, seconds=15)


async def click(world: World, card: JSON, action: str) -> None:
    assert (await world.slack.click("ren", card["ts"], action)).is_acked


async def reads(world: World, card: JSON, words: str) -> str:
    """Wait until a card reads so; gives all of it."""
    await world.until(lambda: words in world.words("dm:ren", card))
    return world.words("dm:ren", card)
