"""Agents by Slack alone: made, published, chosen, called by name, found, missed; over a whole Pinyon."""

from bot.agents.file import AgentFile
from playground.model import Scripted
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.shaping import INFRA, somebody

STANDUP = {
    "name": "Stand-up",
    "handle": "standup",
    "description": "Writes my stand-up.",
    "instructions": "Three lines, no more.",
    "starters": "What did I do yesterday?",
}


async def test_an_agent_is_made_published_and_asked_without_leaving_slack(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Done yesterday: the glacier.", "Two lines.", "As ever."]))
    await command(world, "agents")
    await click(world, "modal", "agent.make")
    await world.until(lambda: modal(world)["callback_id"] == "agent.made")
    assert (await world.slack.submit("ren", STANDUP)).is_acked
    await world.until(lambda: "Stand-up is saved as a draft." in str(modal(world)))
    await click(world, "modal", "agent.publish")
    await world.until(lambda: "as version 1" in str(modal(world)))
    await click(world, "modal", "agent.use")
    await world.until(lambda: "Stand-up answers you from now on." in str(modal(world)))
    await click(world, "modal", "agent.start:0")

    [question] = await world.until(lambda: tapped(world))
    answered = world.words("dm:ren", await world.answer("dm:ren", question["ts"]))
    assert "Done yesterday: the glacier." in answered
    assert "Answered by Stand-up" in answered
    assert "Three lines, no more." in str(world.model.requests[-1].system)
    await world.slack.open_home("ren")
    await world.until(lambda: "Stand-up answers you." in str(world.slack.home("ren")))

    answered = await world.ask("ren", "and in two lines")
    assert "Answered by Stand-up" in world.words("dm:ren", answered)
    await command(world, "use pinyon")
    answered = await world.ask("ren", "hello")
    assert "Answered by" not in world.words("dm:ren", answered)


async def test_a_built_in_agent_answers_in_a_channel_by_its_handle(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["Nothing merged yet.", "Still nothing."]))
    handle = next(one.file.handle for one in world.app.shelf.builtins if one.id != world.app.shelf.default.id)
    name = next(one.file.name for one in world.app.shelf.builtins if one.file.handle == handle)
    thread = await world.slack.say("ren", "#eng", f"@Pinyon {handle}: what changed?")
    answered = await world.answer("#eng", thread)
    assert f"Answered by {name}" in world.words("#eng", answered)
    await world.slack.say("ren", "#eng", "@Pinyon and since then?", thread=thread)
    answered = await world.answer("#eng", thread, count=2)
    assert f"Answered by {name}" in world.words("#eng", answered), "a thread keeps its agent"


async def test_beyond_ten_agents_the_picker_finds_the_others(world: World) -> None:
    me = await somebody(world, "ren")
    for number in range(12):
        file = AgentFile(name=f"Agent {number}", handle=f"agent-{number}", description="Counts.", instructions="Count.")
        bench = await world.app.workshop.make(me, file)
        await world.app.workshop.publish(me, bench.stored.id, revision=bench.stored.draft_revision)
    await command(world, "agents")
    found = await world.slack.suggest("ren", "modal", block_id="other", action_id="agent.find", value="agent 1")
    assert {option["text"]["text"] for option in found["options"]} == {"Agent 1", "Agent 10", "Agent 11"}
    wanted = next(option["value"] for option in found["options"] if option["text"]["text"] == "Agent 11")
    assert (await world.slack.submit("ren", {"other": wanted})).is_acked
    await world.until(lambda: "Agent 11 answers you from now on." in str(world.slack.messages("dm:ren")))


async def test_share_acl_the_first_answer_after_an_agent_was_taken_back_says_so(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(["From Pinyon.", "Again."]))
    maker, user = await somebody(world, "jamal"), await somebody(world, "ren")
    bench = await world.app.workshop.make(maker, INFRA)
    await world.app.workshop.publish(maker, bench.stored.id, revision=bench.stored.draft_revision)
    await world.app.workshop.share(maker, bench.stored.id, kind="person", to=user.id)
    await command(world, "use infra-tickets")
    await world.app.workshop.unshare(maker, bench.stored.id, kind="person", to=user.id)
    answered = world.words("dm:ren", await world.ask("ren", "hello"))
    assert "The agent you had chosen is not shared with you any more. Pinyon answered." in answered
    assert "Infra tickets" not in answered
    assert "not shared" not in world.words("dm:ren", await world.ask("ren", "hello again")), "it is said once"


def modal(world: World) -> JSON:
    return world.slack.modal("ren") or {"callback_id": ""}


def tapped(world: World) -> list[JSON]:
    """The questions in the direct conversation that were asked by a tap."""
    return [one for one in world.slack.messages("dm:ren") if "You asked: What did I do" in str(one.get("blocks"))]


async def command(world: World, text: str) -> None:
    assert (await world.slack.command("ren", "/pinyon", text, where="dm")).is_acked


async def click(world: World, target: str, action: str) -> None:
    assert (await world.slack.click("ren", target, action)).is_acked
