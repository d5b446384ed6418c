"""The code behind an answer opens for whoever asked, from a button under it."""

from bot.messages import Answer, HandedWorking, IncomingMessage
from memory.ids import CallId, ConversationId, TurnId, WorkspaceId
from playground.model import Scripted
from tests.scenarios.conftest import OpenWorld, World

SQL = "SELECT count(*) FROM account\n WHERE ended_on IS NULL"
SHOW = "working.show:0"


async def answered(world: World, who: str, where: str) -> str:
    """An answer with code behind it, as a turn would end; gives the ts of its message."""
    workspace, conversation = world.slack.place(where, who)
    thread = await world.slack.say(who, where, "how many accounts?")
    turn = TurnId(f"{workspace.id}:{conversation.id}:{thread}")
    working = await world.app.workings.keep(turn, CallId("c0"), person=world.person(who), language="sql", code=SQL)
    message = IncomingMessage(
        turn=turn,
        workspace=WorkspaceId(workspace.id),
        person=world.person(who),
        conversation=ConversationId(turn),
        surface="slack",
        channel=conversation.id,
        thread=thread,
        private=False,
        text="how many accounts?",
        ts=thread,
    )
    behind = HandedWorking(id=working, language="sql")
    await world.app.surface.reply(message, taken_over=False).finish(Answer(text="42", turn=turn, workings=(behind,)))
    return world.slack.replies(where, thread)[-1]["ts"]


async def test_whoever_asked_reads_the_code_and_nobody_else(open_world: OpenWorld) -> None:
    """iso_people"""
    world = await open_world(Scripted(["unused"]))
    ts = await answered(world, "jamal", "#eng")
    await world.slack.click("tomas", ts, SHOW)
    [whisper] = await world.until(lambda: world.slack.whispers("tomas", "#eng"))
    assert "Only the person who asked can see the code." in str(whisper)
    assert world.slack.modal("tomas") is None
    await world.slack.click("jamal", ts, SHOW)
    view = await world.until(lambda: world.slack.modal("jamal"))
    assert view is not None
    assert view["title"]["text"] == "SQL"
    assert view["blocks"][1]["elements"][0]["elements"][0]["text"] == SQL
