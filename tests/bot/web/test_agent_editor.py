"""The editor of an agent: what is kept, versions, and how it is said when something is not kept."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from memory.database import Database
from tests.bot.web.editing_agents import HANDWRITTEN, Desk, fields_of, open_desk, path_of, post, press, words
from tests.bot.web.fakes import JAMAL, REN


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    desk = await open_desk(database)
    yield desk
    await desk.background.close()


# Editing


async def test_everything_that_an_agent_is_can_be_edited(desk: Desk) -> None:
    browser = await desk.browser()
    bench = await desk.brought()
    await press(
        browser,
        path_of(bench),
        "save",
        {"level:mail": "write", "level:tickets": "read"},
        name="Product update",
        handle="product-news",
        icon="🐦",
        description="What is new.",
        instructions="One.\r\n\r\nTwo.",
        job="updates",
        roles=["design", "product"],
        every="chosen",
        skill=["mail", "tickets"],
        starters="First one\r\n\r\n Second one ",
        route="deep",
        must_ask=["send_mail"],
    )
    file = await desk.file(bench)
    assert (file.name, file.handle, file.icon, file.description) == (
        "Product update",
        "product-news",
        "🐦",
        "What is new.",
    )
    assert file.instructions == "One.\n\nTwo."
    assert (file.job, file.roles, file.route) == ("updates", ("product", "design"), "deep")
    assert file.skills == {"tickets": "read", "mail": "write"}
    assert (file.starters, file.must_ask) == (("First one", "Second one"), ("send_mail",))
    assert file.parameters == {"create_ticket": {"project": "INFRA"}}, "what was not touched stays"
    await press(browser, path_of(bench), every="all", roles=[], must_ask=[])
    file = await desk.file(bench)
    assert (file.skills, file.roles, file.must_ask) == (None, (), ())


async def test_a_handle_that_is_taken_is_said_at_its_field_with_free_ones_to_tap(desk: Desk) -> None:
    await desk.brought(HANDWRITTEN.replace("weekly", "update"), by=REN)
    browser, bench = await desk.browser(), await desk.brought()
    refused = await press(browser, path_of(bench), handle="update", description="Kept in the form.")
    assert refused.status_code == 400
    assert "“update” is taken." in refused.text
    assert re.search(
        r'name="handle" value="update"[^>]*aria-describedby="wrong-handle[^>]*aria-invalid="true"', refused.text
    )
    assert 'value="Kept in the form."' in refused.text
    free = re.findall(r'value="handle:([a-z0-9-]+)"', refused.text)
    assert len(free) == 3
    assert (await desk.file(bench)).handle == "weekly"
    sent = fields_of(refused.text) | {"do": [f"handle:{free[0]}"]}
    assert (await browser.post(path_of(bench), data=sent)).status_code == 303
    file = await desk.file(bench)
    assert (file.handle, file.description) == (free[0], "Kept in the form.")


async def test_fixed_values_are_set_and_removed_as_their_tool_takes_them(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.brought()
    assert "Tickets, create ticket: Board" in (await browser.get(path_of(bench))).text
    await press(browser, path_of(bench), "set", new_at="create_ticket.labels", new_value="infra, weekly ")
    assert (await desk.file(bench)).parameters["create_ticket"] == {"project": "INFRA", "labels": ["infra", "weekly"]}
    assert "infra, weekly" in (await browser.get(path_of(bench))).text
    await press(browser, path_of(bench), "unset:create_ticket.project")
    assert (await desk.file(bench)).parameters == {"create_ticket": {"labels": ["infra", "weekly"]}}
    nowhere = await press(browser, path_of(bench), "set", new_at="nothing.at_all", new_value="x")
    assert (nowhere.status_code, "Pick where this value belongs." in nowhere.text) == (400, True)


async def test_knowledge_is_added_changed_and_removed(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.brought()
    added = await press(browser, path_of(bench), "add", new_title="Tone", new_words="Short sentences.\r\nNo jargon.")
    assert added.headers["location"].endswith("#knowledge")
    page = await browser.get(path_of(bench))
    assert "Tone Read" in words(page.text)
    await press(browser, path_of(bench), "save", {"words:1": "Long sentences."})
    assert [(one.at, one.text) for one in (await desk.file(bench)).knowledge] == [("Tone", "Long sentences.")]
    uploaded = await press(browser, path_of(bench), "add", upload=("../plan.md", b"# Plan\n\nIn May."))
    assert uploaded.status_code == 303
    kinds = [(one.kind, one.at) for one in (await desk.file(bench)).knowledge]
    assert kinds == [("text", "Tone"), ("file", "plan.md")]
    again = await press(browser, path_of(bench), "add", upload=("plan.md", b"# Plan\n\nIn June."))
    assert (again.status_code, len((await desk.file(bench)).knowledge)) == (303, 2), "in place of the one of its name"
    await press(browser, path_of(bench), "drop:1")
    assert [one.kind for one in (await desk.file(bench)).knowledge] == ["file"]


async def test_what_cannot_be_taken_in_is_said_where_it_was_added(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.brought()
    refused = await press(browser, path_of(bench), "add", new_page="no address")
    assert refused.status_code == 400
    assert re.search(r'id="wrong-new_page"[^>]*>“no address” is no address', refused.text)
    assert 'name="new_page" value="no address"' in refused.text, "what was written is not lost"
    assert (await desk.file(bench)).knowledge == ()
    empty = await press(browser, path_of(bench), "add", upload=("plan.pdf", b""), description="Saved all the same.")
    assert empty.status_code == 400
    assert re.search(r'id="wrong-new_file"[^>]*>[^<]+', empty.text)
    assert (await desk.file(bench)).description == "Saved all the same."
    onward = await browser.post(path_of(bench), data=fields_of(empty.text) | {"do": ["save"]})
    assert onward.status_code == 303, "the page knows the newest revision"


async def test_a_draft_that_somebody_else_saved_is_not_overwritten(desk: Desk) -> None:
    bench = await desk.brought()
    await desk.workshop.share(desk.people[JAMAL], bench.stored.id, kind="person", to=REN, role="editor")
    jamal, ren = await desk.browser(), await desk.browser(REN)
    opened = fields_of((await jamal.get(path_of(bench))).text)
    await press(ren, path_of(bench), description="By Ren.")
    mine = opened | {"description": ["By Jamal."], "do": ["save"]}
    stale = await jamal.post(path_of(bench), data=mine)
    assert stale.status_code == 409
    assert "Somebody else saved this draft meanwhile." in stale.text
    assert 'value="By Jamal."' in stale.text, "and what was written is there still"
    assert (await desk.file(bench)).description == "By Ren."
    script = await jamal.post(path_of(bench), data=mine, headers={"accept": "application/json"})
    assert (script.status_code, script.json()["overtaken"]) == (409, True)
    over = await jamal.post(path_of(bench), data=fields_of(stale.text) | {"do": ["over"]})
    assert over.status_code == 303
    assert (await desk.file(bench)).description == "By Jamal."


async def test_a_script_saves_without_a_page_and_is_told_what_is_wrong(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.brought()
    saved = await press(browser, path_of(bench), by_script=True, description="", skill=["nothing"])
    told: dict[str, Any] = saved.json()
    assert saved.status_code == 200
    assert (told["revision"], told["isDraft"]) == ((await desk.now(bench.stored.id)).stored.draft_revision, True)
    assert told["problems"]["description"] == ["description is missing. Say in one line what the agent does."]
    assert "There is no skill “nothing”." in told["problems"]["skills.nothing"][0]
    refused = await press(browser, path_of(bench), by_script=True, name="")
    assert (refused.status_code, "name" in refused.json()["problems"]) == (400, True)


# Versions


async def test_a_draft_is_published_with_a_note_after_a_look_at_what_changes(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.published()
    await press(browser, path_of(bench), instructions="Write the weekly report.\nAt most 160 words.")
    shown = await press(browser, path_of(bench), "publish")
    assert shown.headers["location"] == f"{path_of(bench)}/publish"
    page = (await browser.get(shown.headers["location"])).text
    assert "Publish version 2?" in page
    assert re.search(r"Removed:</span>.*<del>250</del>", page)
    assert re.search(r"Added:</span>.*<ins>160</ins>", page)
    revision = (await desk.stored(bench)).draft_revision
    stale = await post(browser, f"{path_of(bench)}/publish", revision=str(revision - 1), note="Shorter")
    assert (stale.status_code, "nothing was published" in stale.text) == (409, True)
    done = await post(browser, f"{path_of(bench)}/publish", revision=str(revision), note="Shorter")
    assert "Published. This version answers from now on." in words((await browser.get(done.headers["location"])).text)
    listed = words((await browser.get(f"{path_of(bench)}/versions")).text)
    assert re.search(r"Version 2 Live Shorter Published today at \d\d:\d\d by you", listed)
    nothing = await post(browser, f"{path_of(bench)}/publish", revision=str(revision + 1))
    assert nothing.status_code in (400, 409)


async def test_an_unfinished_draft_is_not_published_and_says_what_is_missing(desk: Desk) -> None:
    browser = await desk.browser()
    begun = await post(browser, "/agents", do="blank", name="Bare")
    path = begun.headers["location"].partition("?")[0]
    back = await press(browser, path, "publish")
    page = await browser.get(back.headers["location"])
    assert "2 things to mend before it can be published." in page.text
    assert page.text.count('aria-invalid="true"') == 2
    refused = await post(browser, f"{path}/publish", revision="1")
    assert (refused.status_code, "description is missing" in refused.text) == (400, True)


async def test_an_old_version_comes_back_as_a_draft(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.published()
    await press(browser, path_of(bench), description="Second.")
    await desk.publish(browser, bench)
    page = (await browser.get(f"{path_of(bench)}/versions/1?to=live")).text
    assert "From version 1 to version 2, which is live" in page
    assert "Second." in page
    stale = await post(browser, f"{path_of(bench)}/versions/1", revision="1")
    assert "The draft was changed meanwhile" in words(stale.text)
    at = str((await desk.now(bench.stored.id)).stored.draft_revision)
    back = await post(browser, f"{path_of(bench)}/versions/1", revision=at)
    assert "The old version is your draft now." in words((await browser.get(back.headers["location"])).text)
    now = await desk.now(bench.stored.id)
    assert (now.text, now.stored.live) == (HANDWRITTEN, 2)
    stale = await post(browser, f"{path_of(bench)}/drop", revision=at)
    assert (stale.status_code, "The draft was changed meanwhile" in words(stale.text)) == (409, True)
    dropped = await post(browser, f"{path_of(bench)}/drop", revision=str(now.stored.draft_revision))
    assert "The draft is dropped." in words((await browser.get(dropped.headers["location"])).text)
    assert (await desk.file(bench)).description == "Second."
    for nowhere in ("3", "0", "99999999999999999999", "x"):
        assert (await browser.get(f"{path_of(bench)}/versions/{nowhere}")).status_code == 404
        assert (await post(browser, f"{path_of(bench)}/versions/{nowhere}")).status_code == 404


async def test_a_draft_that_was_never_published_cannot_be_dropped(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.brought()
    answer = await post(browser, f"{path_of(bench)}/drop")
    assert (answer.status_code, "Delete the agent instead." in answer.text) == (400, True)


async def test_a_draft_is_replaced_by_a_file(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.published()
    other = HANDWRITTEN.replace("250", "160")
    refused = await desk.replace(browser, bench, b"---\nname: [\n---\n")
    assert (refused.status_code, "This file was not taken." in refused.text) == (400, True)
    assert re.search(r"<b>Line [23]</b>", refused.text)
    nothing = await post(browser, f"{path_of(bench)}/file", revision="1")
    assert (nothing.status_code, "Choose a file first" in nothing.text) == (400, True)
    stale = await post(browser, f"{path_of(bench)}/file", revision="77", file=("a.md", other.encode()))
    assert (stale.status_code, "saved somewhere else" in stale.text) == (400, True)
    taken = await desk.replace(browser, bench, other.encode())
    assert taken.status_code == 303
    assert (await browser.get(f"{path_of(bench)}/file")).content == other.encode()


async def test_an_agent_is_deleted_after_a_question(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.published()
    asked = await browser.get(f"{path_of(bench)}/delete")
    assert "A deleted agent cannot be taken back." in asked.text
    gone = await post(browser, f"{path_of(bench)}/delete")
    assert "The agent is deleted." in (await browser.get(gone.headers["location"])).text
    assert (await browser.get(path_of(bench))).status_code == 404


async def test_what_an_admin_switched_off_says_so(desk: Desk) -> None:
    browser, bench = await desk.browser(), await desk.published()
    admin = next(one for one in desk.people.values() if one.is_admin)
    await desk.workshop.disable(admin, bench.stored.id, "It names customers.")
    page = words((await browser.get(path_of(bench))).text)
    assert "An admin switched this agent off: It names customers." in page
    assert "Weekly update Switched off" in words((await browser.get("/agents")).text)
