"""The pages on which agents are made: who gets in, what one begins from, and what hostile visitors get."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.agents.file import LONGEST_FILE
from bot.web.shell import MAX_BODY, MAX_UPLOAD
from memory.database import Database
from tests.bot.web.editing_agents import (
    HANDWRITTEN,
    STRANGER,
    Desk,
    foreign_parts,
    open_desk,
    path_of,
    post,
    press,
    words,
)
from tests.bot.web.fakes import JAMAL, REN, csrf

CANARY = "canary_instructions"
SECRET = HANDWRITTEN.replace("Write the weekly update.", CANARY)
ROUTES = [
    ("GET", "/agents/{agent}"),
    ("POST", "/agents/{agent}"),
    ("GET", "/agents/{agent}/versions"),
    ("GET", "/agents/{agent}/versions/1"),
    ("POST", "/agents/{agent}/versions/1"),
    ("GET", "/agents/{agent}/publish"),
    ("POST", "/agents/{agent}/publish"),
    ("POST", "/agents/{agent}/drop"),
    ("GET", "/agents/{agent}/file"),
    ("POST", "/agents/{agent}/file"),
    ("GET", "/agents/{agent}/delete"),
    ("POST", "/agents/{agent}/delete"),
]
FORM = {"name": "Theirs", "handle": "theirs", "instructions": "Theirs", "do": "save", "revision": "1", "note": "Theirs"}
HOSTILE = "<img src=x onerror=alert(1)>\"'`{{7*7}}</textarea><script>alert(1)</script>"


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    desk = await open_desk(database)
    yield desk
    await desk.background.close()


# Who gets in


@pytest.mark.parametrize("who", ["anonymous", "somebody else", "a user", "another workspace", "forged cookie"])
async def test_for_everybody_else_there_is_no_such_agent(desk: Desk, who: str) -> None:
    """admin_authz, share_acl: a user of an agent is told no more of it here than a stranger."""
    bench = await desk.published(SECRET)
    if who == "a user":
        await desk.workshop.share(desk.people[JAMAL], bench.stored.id, kind="person", to=REN, role="user")
    before = await desk.stored(bench)
    browser, token = desk.world.browser(), "none"
    if who == "forged cookie":
        browser.cookies.set("__Host-pinyon", "A" * 43, domain="pinyon.test")
    elif who != "anonymous":
        browser = await desk.browser(STRANGER if who == "another workspace" else REN)
        token = await csrf(browser, "/connections")
    for method, path in ROUTES:
        at = path.replace("{agent}", bench.stored.id)
        sent = FORM | {"csrf": token} if method == "POST" else None
        answer = await browser.request(method, at, data=sent)
        unknown = await browser.request(method, path.replace("{agent}", "x" * 22), data=sent)
        if who in ("anonymous", "forged cookie"):
            assert answer.headers["location"].startswith("/signin"), path
        else:
            assert (answer.status_code, unknown.status_code) == (404, 404), path
            assert _same(answer) == _same(unknown), "what one may not see looks like what is not there"
        assert CANARY not in answer.text
        assert "Weekly" not in answer.text
    assert await desk.stored(bench) == before


def _same(answer: httpx.Response) -> str:
    """The page without its reference, which is another one each time."""
    return re.sub(r"[A-Z2-7]{3}-[A-Z2-7]{2}", "", words(answer.text))


@pytest.mark.parametrize("token", ["", "another's"])
async def test_a_form_from_elsewhere_changes_nothing(desk: Desk, token: str) -> None:
    """csrf"""
    bench = await desk.published()
    before = await desk.stored(bench)
    browser = await desk.browser()
    sent = await csrf(await desk.browser(REN), "/connections") if token else ""
    for method, path in ROUTES:
        if method == "POST":
            answer = await browser.post(path.replace("{agent}", bench.stored.id), data=FORM | {"csrf": sent})
            assert answer.status_code == 403, path
    assert (await browser.post("/agents", data={"csrf": sent, "name": "Theirs"})).status_code == 403
    assert await desk.stored(bench) == before
    assert len(await desk.workshop.mine(desk.people[JAMAL])) == 1


async def test_an_editor_edits_and_publishes_and_only_the_owner_deletes(desk: Desk) -> None:
    """deputy_owner"""
    bench = await desk.published()
    await desk.workshop.share(desk.people[JAMAL], bench.stored.id, kind="person", to=REN, role="editor")
    browser = await desk.browser(REN)
    assert "You may edit it" in words((await browser.get("/agents")).text)
    saved = await press(browser, path_of(bench), description="By Ren.")
    assert saved.headers["location"].endswith("?saved=1")
    assert (await desk.publish(browser, bench)).status_code == 303
    page = await browser.get(path_of(bench))
    assert "Delete this agent" not in page.text
    assert (await browser.get(f"{path_of(bench)}/delete")).status_code == 404
    assert (await post(browser, f"{path_of(bench)}/delete")).status_code == 404
    assert (await desk.stored(bench)).owner == JAMAL


# Beginning


async def test_whoever_has_none_begins_from_one_that_works(desk: Desk) -> None:
    browser = await desk.browser()
    empty = words((await browser.get("/agents")).text)
    assert "No agents of your own yet Begin from one that works" in empty
    assert "Product update" in empty
    assert "Draft from an outline" not in empty, "where no model drafts"
    copied = await post(browser, "/agents", {"do": "copy", "from": "builtin:product-update"})
    page = words((await browser.get(copied.headers["location"])).text)
    assert "Copied. It is yours to change" in page
    [mine] = await desk.workshop.mine(desk.people[JAMAL])
    assert mine.file.name == "Product update"
    listed = words((await browser.get("/agents")).text)
    assert f"Product update Draft {mine.file.description} {mine.stored.handle} · not used yet" in listed


async def test_one_is_begun_from_a_name_alone(desk: Desk) -> None:
    browser = await desk.browser()
    begun = await post(browser, "/agents", do="blank", name="Ticket helper!")
    page = await browser.get(begun.headers["location"])
    assert "Say what it does, write its instructions" in words(page.text)
    assert "aria-invalid" not in page.text, "what nobody has written yet is no mistake"
    again = await post(browser, "/agents", do="blank", name="Ticket helper!")
    assert again.status_code == 303, "with another handle"
    handles = {one.stored.handle for one in await desk.workshop.mine(desk.people[JAMAL])}
    assert len(handles) == 2
    nameless = await post(browser, "/agents", do="blank", name="  ")
    assert (nameless.status_code, "Name it first" in nameless.text) == (400, True)


async def test_a_file_that_was_brought_is_taken_out_byte_for_byte(desk: Desk) -> None:
    browser = await desk.browser()
    for text in (
        HANDWRITTEN,
        "\ufeff" + HANDWRITTEN.replace("weekly", "other"),
        HANDWRITTEN.replace("weekly", "x9") + "é\n\n",
    ):
        made = await post(browser, "/agents", do="bring", file=("weekly.md", text.encode()))
        path = made.headers["location"].partition("?")[0]
        out = await browser.get(f"{path}/file")
        assert out.content == text.encode()
        assert out.headers["content-type"].startswith("text/markdown")
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.md"', out.headers["content-disposition"])


async def test_a_form_that_nobody_changed_leaves_the_file_byte_for_byte(desk: Desk) -> None:
    browser = await desk.browser()
    bench = await desk.brought()
    for _ in range(2):
        assert (await press(browser, path_of(bench))).status_code == 303
    assert (await browser.get(f"{path_of(bench)}/file")).content == HANDWRITTEN.encode()
    await press(browser, path_of(bench), description="Another line.")
    assert "# Written by hand" not in (await browser.get(f"{path_of(bench)}/file")).text


async def test_a_file_that_is_no_agent_is_refused_with_its_lines_and_fixes(desk: Desk) -> None:
    browser = await desk.browser()
    body = b"---\nname: X\nhandle: xx\nroute: slow\n---\nDo.\n"
    refused = await post(browser, "/agents", do="bring", file=("x.md", body))
    assert refused.status_code == 400
    assert "Line 4 : route “slow” is none of fast, default, deep. Use default." in words(refused.text)
    assert await desk.workshop.mine(desk.people[JAMAL]) == []
    empty = await post(browser, "/agents", do="bring", file=("x.md", b""))
    assert empty.status_code == 400
    none = await post(browser, "/agents", do="bring")
    assert "Choose a file first" in none.text
    huge = await post(browser, "/agents", do="bring", file=("x.md", b"a" * (LONGEST_FILE + 10_000)))
    assert (huge.status_code, "bytes; an agent has at most" in huge.text) == (400, True)


async def test_what_keeps_a_brought_file_from_being_published_is_said_with_its_line(desk: Desk) -> None:
    browser = await desk.browser()
    made = await post(browser, "/agents", do="bring", file=("w.md", HANDWRITTEN.replace("tickets", "tickts").encode()))
    page = words((await browser.get(made.headers["location"])).text)
    assert (
        "1 thing to mend before it can be published. Line 7 : There is no skill “tickts”. Did you mean tickets?" in page
    )


# What people write


async def test_nothing_that_somebody_wrote_is_markup(desk: Desk) -> None:
    """web_xss"""
    browser, bench = await desk.browser(), await desk.published()
    written = ("description", "instructions", "starters", "new_title", "new_words")
    fields: dict[str, str] = dict.fromkeys(written, HOSTILE)
    saved = await press(browser, path_of(bench), "add", fields, name=HOSTILE[:60])
    assert saved.status_code == 303
    await press(browser, path_of(bench), "set", new_at="create_ticket.project", new_value=HOSTILE)
    refused = await press(
        browser, path_of(bench), icon=HOSTILE[:24], new_page=HOSTILE, new_value=HOSTILE, new_at=HOSTILE
    )
    pages = [refused.text]
    for path in (
        "/agents",
        path_of(bench),
        f"{path_of(bench)}/publish",
        f"{path_of(bench)}/versions",
        f"{path_of(bench)}/delete",
    ):
        answer = await browser.get(path)
        assert answer.status_code == 200
        pages.append(answer.text)
    for html in pages:
        assert foreign_parts(html) == []
        assert "{{7*7}}" in html or "7*7" not in html, "nor is it a template"
        assert html.count("<h1") == 1


async def test_hidden_characters_are_shown_as_what_they_are(desk: Desk) -> None:
    """web_xss"""
    browser, bench = await desk.browser(), await desk.brought()
    refused = await press(browser, path_of(bench), name="Update\u202egnp.exe")
    assert (refused.status_code, "⟨U+202E⟩" in refused.text) == (400, True)


async def test_what_is_too_much_is_refused_and_nothing_breaks(desk: Desk) -> None:
    """cost_dos"""
    browser, bench = await desk.browser(), await desk.brought()
    before = await desk.now(bench.stored.id)
    for changed in (
        {"instructions": "a" * 20_001},
        {"name": "n" * 10_000},
        {"starters": "\n".join(f"line {at}" for at in range(5_000))},
        {"every": "chosen", "skill": [f"skill{at}" for at in range(900)]},
        {"roles": [f"role{at}" for at in range(900)]},
        {"must_ask": [f"tool{at}" for at in range(900)]},
        {"route": "x" * 1000, "job": "y" * 1000},
    ):
        answer = await press(browser, path_of(bench), "save", changed)
        assert answer.status_code == 400, changed.keys()
        assert "Not saved yet" in answer.text
    odd = await press(browser, path_of(bench), revision="9" * 500)
    assert odd.status_code == 409
    for field in ("name", "description", "instructions", "new_words", "handle", "icon"):
        assert (
            await press(
                browser,
                path_of(bench),
                "save",
                {field: "a\0b\ud83d".encode("utf-8", "surrogatepass").decode("latin-1")},
            )
        ).status_code < 500
    assert (await desk.now(bench.stored.id)).stored.draft_revision >= before.stored.draft_revision


async def test_only_the_editor_takes_large_uploads(desk: Desk) -> None:
    """cost_dos"""
    browser, bench = await desk.browser(), await desk.brought()
    body = b"words " * (MAX_BODY // 4)
    taken = await press(browser, path_of(bench), "add", upload=("long.txt", body))
    assert taken.status_code == 303
    beyond = await press(browser, path_of(bench), "add", upload=("long.txt", b"a" * (MAX_UPLOAD + 1)))
    assert beyond.status_code == 413
    elsewhere = await post(browser, f"{path_of(bench)}/file", revision="1", file=("a.md", body))
    assert elsewhere.status_code == 413


async def test_an_answer_to_a_script_holds_text_and_no_markup(desk: Desk) -> None:
    """web_xss"""
    browser, bench = await desk.browser(), await desk.brought()
    answer = await press(browser, path_of(bench), by_script=True, handle="<b>")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text)["problems"]["handle"][0].startswith("handle “<b>”")
