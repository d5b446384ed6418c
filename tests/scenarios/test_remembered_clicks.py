"""What is remembered, seen and changed in Slack by the person it is of: with the real store, and after a restart."""

import json
import re
from pathlib import Path
from typing import Any

from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.restarting import restarted

TITLES = ("Rotate the staging keys", "Renew the certificate")
NOT_YOURS = "Only the person who asked can decide this. Ask me yourself and I do it as you."


async def test_a_remembered_board_is_changed_from_its_receipt_and_taken_back_after_a_restart(
    open_world: OpenWorld, database_url: str, tmp_path: Path
) -> None:
    """mem_cross: a colleague's click on the same menu changes nothing."""
    world = await filed_twice(open_world)
    menu = await receipt(world)
    value = entry(menu, "Change…")
    assert (await world.slack.click("mei", menu["ts"], menu["action"], chosen=value)).is_acked
    await world.until(lambda: NOT_YOURS in told(world))
    assert (await world.slack.click("ren", menu["ts"], menu["action"], chosen=value)).is_acked
    await world.until(lambda: world.slack.modal("ren"))
    assert (await world.slack.submit("ren", {"value": "TRAIL"})).is_acked
    assert re.search(r"Board is now [^.]*TRAIL[^.]*\. I stopped using [^.]*PLAT", dialog(world))
    async with restarted(world, database_url, tmp_path):
        assert (await world.slack.click("ren", "modal", "memory.undo")).is_acked
        await world.until(lambda: re.search(r"Board is [^.]*PLAT[^.]* again\.", dialog(world)))


async def test_what_is_remembered_is_listed_and_forgotten(open_world: OpenWorld) -> None:
    world = await filed_twice(open_world)
    assert (await world.slack.command("ren", "/pinyon", "memory")).is_acked
    await world.until(lambda: "*Board*" in dialog(world))
    [row] = [block for block in modal(world)["blocks"] if "*Board*" in str(block.get("text"))]
    forget = next(option for option in row["accessory"]["options"] if option["text"]["text"] == "Forget")
    await world.slack.click("ren", "modal", row["accessory"]["action_id"], chosen={"selected_option": forget})
    await world.until(lambda: re.search(r"Forgot the board [^.]*PLAT[^.]*\. I will ask", dialog(world)))
    assert "*Board*" not in dialog(world)
    assert (await world.slack.command("mei", "/pinyon", "memory")).is_acked
    await world.until(lambda: "Nothing remembered yet." in json.dumps(world.slack.modal("mei")))


async def filed_twice(open_world: OpenWorld) -> World:
    """Ren filed two tickets, and tapped or wrote whatever was asked."""
    steps = [step for title in TITLES for step in (call("create_ticket", summary=title), f"Filed: {title}.")]
    world = await open_world(Scripted(steps))
    await world.connect("ren", "atlassian")
    for title in TITLES:
        thread = await world.slack.say("ren", "dm", f"File a ticket: {title}")
        card = await world.answer("dm:ren", thread)
        await answer_all(world, card)
        await world.answer("dm:ren", thread, count=2)
    return world


async def answer_all(world: World, card: JSON) -> None:
    rows = [block["elements"][0]["action_id"] for block in card["blocks"] if block["type"] == "actions"]
    for action in rows:
        assert (await world.slack.click("ren", card["ts"], action)).is_acked
        if action.startswith("question.other"):
            await world.until(lambda: world.slack.modal("ren"))
            assert (await world.slack.submit("ren", {"answer": "Task"})).is_acked


async def receipt(world: World) -> JSON:
    """The menu of the board on the newest receipt."""

    def found() -> JSON | None:
        messages = [one for top in world.slack.messages("dm:ren") for one in world.slack.replies("dm:ren", top["ts"])]
        for message in reversed(messages):
            for block in message.get("blocks", ()):
                menu: JSON = block.get("accessory") or {}
                if str(menu.get("action_id")).startswith("memory.value") and "*Board*" in str(block):
                    return {"ts": message["ts"], "action": menu["action_id"], "options": menu["options"]}
        return None

    return await world.until(found) or {}


def entry(menu: JSON, label: str) -> JSON:
    option: Any = next(option for option in menu["options"] if option["text"]["text"] == label)
    return {"selected_option": option}


def modal(world: World) -> JSON:
    return world.slack.modal("ren") or {"blocks": []}


def dialog(world: World) -> str:
    """All words of the dialog that stands open."""
    return json.dumps(modal(world), ensure_ascii=False)


def told(world: World) -> list[str]:
    """What people were told that nobody else saw."""
    return [made.request["text"] for made in world.slack.calls_of("chat.postEphemeral")]
