"""Agents of one's own in Slack: made by dialog, changed, published."""

from dataclasses import replace
from typing import Any

import pytest

from bot.self_service.workshop import Bench
from memory.database import Database
from memory.ids import AgentId
from tests.bot.slack.agent_desk import MEI, REN, AgentDesk, nothing_of
from tests.bot.slack.card_rules import walk
from tests.bot.slack.card_samples import buttons, values
from tests.fakes.agents import agent_file

ENTERED: dict[str, Any] = {
    "name": "Stand-up",
    "description": "Writes my stand-up.",
    "instructions": "Three lines.\nNo more.",
}
MODAL = {"callback_id": "agent.picked"}


@pytest.fixture
async def desk(database: Database) -> AgentDesk:
    made = AgentDesk(database)
    await made.arrive()
    return made


async def make(desk: AgentDesk, **entered: Any) -> Any:
    """Open the dialog of a new agent, and send it."""
    await desk.click("agent.make", "new")
    return await desk.submit(desk.shown("views.open"), **(ENTERED | entered))


async def mine(desk: AgentDesk) -> Bench:
    [bench] = await desk.workshop.mine(await desk.who())
    return bench


async def test_an_agent_is_made_published_and_used_without_leaving_slack(desk: AgentDesk):
    saved = await make(
        desk, handle="standup", reads=["tickets"], changes=["pull_requests"], starters="Today\nYesterday"
    )
    bench = await mine(desk)
    assert bench.file == agent_file(
        name="Stand-up",
        handle="standup",
        description="Writes my stand-up.",
        instructions="Three lines.\nNo more.",
        skills={"pull_requests": "write", "tickets": "read"},
        starters=("Today", "Yesterday"),
    )
    assert "Stand-up is saved as a draft." in values(saved["view"])
    assert buttons(saved["view"])["Try it on the web"]["url"].endswith(f"/agents/{bench.stored.id}")

    await desk.click("agent.publish", buttons(saved["view"])["Publish now"]["value"], view=saved["view"])
    published = desk.shown("views.update")
    assert "Stand-up is published, as version 1." in values(published)
    assert buttons(published)["Share it"]["url"].endswith(f"/agents/{bench.stored.id}/sharing")

    await desk.click("agent.use", buttons(published)["Use it from now on"]["value"], view=published)
    assert "Stand-up answers you from now on." in values(desk.shown("views.update"))
    assert (await desk.using()).id == bench.stored.id


async def test_in_the_picker_the_form_opens_over_it(desk: AgentDesk):
    await desk.click("agent.make", "new", view=MODAL)
    assert desk.shown("views.push")["callback_id"] == "agent.made"


async def test_without_a_handle_the_name_gives_one(desk: AgentDesk):
    await make(desk)
    assert (await mine(desk)).file.handle == "stand-up"


async def test_a_handle_of_the_name_that_is_taken_gives_way_to_a_free_one(desk: AgentDesk):
    await desk.made(MEI, handle="stand-up")
    assert (await make(desk))["response_action"] == "update"
    assert (await mine(desk)).file.handle not in ("stand-up", "")


async def test_a_name_without_letters_gets_a_handle_all_the_same(desk: AgentDesk):
    await make(desk, name="会議")
    assert (await mine(desk)).file.handle == "agent"


async def test_a_handle_that_is_taken_is_said_at_its_field_with_free_ones(desk: AgentDesk):
    await desk.made(MEI)
    answer = await make(desk, handle="update")
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == ["handle"]
    assert "“update” is taken. Free: stand-up" in answer["errors"]["handle"]
    assert await desk.workshop.mine(await desk.who()) == []


async def test_what_does_not_make_an_agent_is_said_at_its_field(desk: AgentDesk):
    answer = await make(desk, handle="My handle!", starters="s" * 200)
    assert set(answer["errors"]) == {"handle", "starters"}


async def test_cost_dos_one_agent_too_many_is_refused_and_what_was_written_stays(desk: AgentDesk):
    rules = await desk.store.rules((await desk.who()).workspace)
    await desk.store.set_rules((await desk.who()).workspace, replace(rules, most=0), by=REN, now=desk.workshop.now())
    answer = await make(desk)
    assert answer["response_action"] == "errors"
    assert "You own 0 agents, the most" in answer["errors"]["name"]


# Changing


async def opened(desk: AgentDesk, agent: AgentId) -> dict[str, Any]:
    await desk.click("agent.change", agent)
    return desk.shown("views.open")


async def test_a_change_saves_the_draft_and_leaves_what_is_live(desk: AgentDesk):
    bench = await desk.made()
    view = await opened(desk, bench.stored.id)
    answer = await desk.submit(view, instructions="Write it shorter.")
    assert "What is live has not changed." in str(answer["view"])
    assert (await mine(desk)).file == replace(bench.file, instructions="Write it shorter.")
    live = await desk.workshop.shelf.find(bench.stored.id, REN)
    assert live is not None
    assert live.file.instructions == "Write the weekly update."
    await desk.click("agent.publish", buttons(answer["view"])["Publish now"]["value"], view=answer["view"])
    assert "as version 2" in values(desk.shown("views.update"))


async def test_a_dialog_that_was_sent_untouched_keeps_the_file_to_the_letter(desk: AgentDesk):
    body = b"---\nname:   Odd one\nhandle: odd\ndescription: 'Keeps its form.'\n---\n\nDo it.\n\n\n"
    bench = await desk.workshop.bring(await desk.who(), body)
    await desk.submit(await opened(desk, bench.stored.id))
    assert (await mine(desk)).text.encode() == body


async def test_a_handle_can_be_changed_and_clashes_like_a_new_one(desk: AgentDesk):
    await desk.made(MEI, handle="weekly")
    bench = await desk.made()
    view = await opened(desk, bench.stored.id)
    assert "“weekly” is taken." in (await desk.submit(view, handle="weekly"))["errors"]["handle"]
    await desk.submit(view, handle="week")
    assert (await mine(desk)).file.handle == "week"


async def test_what_somebody_else_saved_meanwhile_is_not_overwritten(desk: AgentDesk):
    bench = await desk.made()
    view = await opened(desk, bench.stored.id)
    await desk.submit(view, instructions="First.")
    answer = await desk.submit(view, instructions="Second.")
    assert "Somebody else saved this agent meanwhile, so nothing was saved." in answer["errors"]["name"]
    assert (await mine(desk)).file.instructions == "First."


async def test_a_draft_that_was_saved_again_is_not_published_unseen(desk: AgentDesk):
    bench = await desk.made()
    first = await desk.submit(await opened(desk, bench.stored.id), instructions="First.")
    await desk.submit(await opened(desk, bench.stored.id), instructions="Second.")
    await desk.click("agent.publish", buttons(first["view"])["Publish now"]["value"], view=first["view"])
    shown = desk.shown("views.update")
    assert "Somebody saved this agent again meanwhile, so nothing was published." in values(shown)
    assert buttons(shown)["Open it again"]["value"] == bench.stored.id
    assert len(await desk.workshop.versions(await desk.who(), bench.stored.id)) == 1


async def test_what_keeps_a_draft_from_being_published_is_said(desk: AgentDesk):
    bench = await desk.workshop.bring(await desk.who(), b"---\nname: Odd\nhandle: odd\ndescription: x\n---\n")
    answer = await desk.submit(await opened(desk, bench.stored.id), instructions="x", description="y")
    assert "Publish now" in buttons(answer["view"])
    bench = await desk.workshop.bring(await desk.who(), b"---\nname: Two\nhandle: two\nskills: [none_such]\n---\nDo.\n")
    answer = await desk.submit(await opened(desk, bench.stored.id), description="y")
    assert "Publish now" not in buttons(answer["view"])
    assert "Mend it on the web" in buttons(answer["view"])
    assert "none_such" in values(answer["view"])


async def test_deputy_owner_nobody_opens_saves_or_publishes_an_agent_of_somebody_else(desk: AgentDesk):
    bench = await desk.made(name="Layoffs", handle="layoffs")
    view = await opened(desk, bench.stored.id)
    await desk.click("agent.change", bench.stored.id, who=MEI)
    assert "not yours to change" in values(desk.shown("views.open"))
    assert nothing_of(bench.file, desk.shown("views.open"))
    answer = await desk.submit(view, who=MEI, instructions="Mine now.")
    assert "not yours to change" in answer["errors"]["name"]
    await desk.click("agent.publish", f"{bench.stored.id}:1", who=MEI, view=MODAL)
    assert "not yours to change" in values(desk.shown("views.update"))
    assert (await mine(desk)).file == bench.file


async def test_the_picker_offers_what_one_may_change_published_or_not(desk: AgentDesk):
    draft = await desk.made(published=False)
    await desk.made(MEI, handle="other", name="Other")
    await desk.typed("agents")
    [change] = [node for _, node in walk(desk.shown()["blocks"]) if node.get("action_id") == "agent.change"]
    assert [option["value"] for option in change["options"]] == [draft.stored.id]
