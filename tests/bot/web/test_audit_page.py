"""The audit page: what admins see of who did what, what they never see, and how the chain stands."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from bot.web.audit import CHECKED
from memory.agents import Agents, AgentShare
from memory.audit import OURSELVES, Audit, Entry, digest, linked, target_of
from memory.database import Database
from memory.ids import PersonId, TurnId, WorkspaceId
from tests.bot.web.fakes import ACCESS, JAMAL, NOW, REFRESH, REN, SECRET, World, build_world, csrf, person

ADMIN, STRANGER = PersonId("T1:UADMIN"), PersonId("T2:UADMIN")
CLEAR, HASHED = target_of(["tamarack/web", "482"])
DONE = Entry(
    workspace=WorkspaceId("T1"),
    at=NOW,
    person=JAMAL,
    actor=JAMAL,
    action="tool.done",
    tool="comment",
    account="octo",
    verdict="allow",
    reason="You asked for this, and wrote the text.",
    target=CLEAR,
    target_hash=HASHED,
    arguments_hash=digest("{}"),
    turn=TurnId("T1:D1:1.1"),
    outcome="done",
)


@pytest.fixture
def log(database: Database) -> Audit:
    return Audit(database)


@pytest.fixture
def world(database: Database) -> World:
    world = build_world(database)
    for id, name in ((ADMIN, "Priya"), (STRANGER, "Omar")):
        world.people[id] = replace(person(id, name), is_admin=True)
    return world


@pytest.fixture
async def browser(world: World) -> httpx.AsyncClient:
    for id in (JAMAL, REN):
        await world.signed_in(id)
    return await world.signed_in(ADMIN)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


async def test_who_did_what_as_whom_and_why(log: Audit, browser: httpx.AsyncClient) -> None:
    await log.enter(DONE)
    html = (await browser.get("/admin/audit")).text
    assert (
        "21 Nov 2026, 11:44:00 Jamal Done Post this comment on GitHub tamarack/web, 482 octo"
        " You asked for this, and wrote the text."
    ) in words(html)
    assert f'<time datetime="{NOW.isoformat()}">' in html


async def test_the_newest_come_first_and_whoever_decided_is_named(log: Audit, browser: httpx.AsyncClient) -> None:
    await log.enter(DONE)
    await log.enter(replace(DONE, action="approval.refused", actor=REN, reason="Only who asked can decide."))
    await log.enter(replace(DONE, action="account.ended", actor=OURSELVES, tool="", target="github", target_hash=""))
    page = words((await browser.get("/admin/audit")).text)
    ended = page.index("Jamal by Pinyon Access ended GitHub octo")
    assert ended < page.index("Jamal by Ren Click refused") < page.index("Jamal Done")


async def test_a_target_that_would_say_what_it_is_about_is_not_kept(log: Audit, browser: httpx.AsyncClient) -> None:
    clear, hashed = target_of(["Plans for the merger"])
    await log.enter(replace(DONE, target=clear, target_hash=hashed))
    page = words((await browser.get("/admin/audit")).text)
    assert f"not kept, {hashed[:8]}" in page
    assert "merger" not in page


async def test_who_is_not_known_any_more_stands_as_their_id(log: Audit, browser: httpx.AsyncClient) -> None:
    gone = PersonId("T1:UGONE")
    await log.enter(replace(DONE, person=gone, actor=gone))
    assert "UGONE Done" in words((await browser.get("/admin/audit")).text)


async def test_what_was_done_with_an_agent_names_it_and_whom_it_concerns_as_they_are_called_now(
    database: Database, browser: httpx.AsyncClient
) -> None:
    agents = Agents(database)
    kept, gone = [
        await agents.make(JAMAL, handle=handle, name=handle.title(), text="---", writer=JAMAL, now=NOW)
        for handle in ("weekly", "canary")
    ]
    for one in (kept, gone):
        share = AgentShare(agent=one.id, kind="person", to=REN, role="editor", by=JAMAL, at=NOW, expires_at=None)
        await agents.share(one.id, share)
    await agents.delete(gone.id, by=JAMAL, now=NOW)
    page = words((await browser.get("/admin/audit")).text)
    assert "Jamal Agent shared Weekly, Ren With one person, as editor" in page
    assert "Jamal Agent shared an agent that was deleted, Ren" in page
    assert "Canary" not in page


async def test_an_empty_log_says_what_will_be_there(browser: httpx.AsyncClient) -> None:
    page = words((await browser.get("/admin/audit")).text)
    assert "Checked just now: 0 entries, unbroken." in page
    assert "Nothing yet" in page


async def test_entries_are_found_by_person_kind_and_day(log: Audit, browser: httpx.AsyncClient) -> None:
    await log.enter(replace(DONE, outcome="first"))
    await log.enter(replace(DONE, person=REN, actor=REN, outcome="second"))
    await log.enter(replace(DONE, tool="merge", at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC), outcome="third"))

    async def found(query: str) -> list[str]:
        page = words((await browser.get(f"/admin/audit?{query}")).text)
        return [outcome for outcome in ("first", "second", "third") if outcome in page]

    assert await found("person=JAM") == ["first", "third"]
    assert await found("person=ren%40tamarack.example") == ["second"]
    assert await found("person=T1:UREN") == ["second"]
    assert await found("person=nobody") == []
    assert await found("tool=merge") == ["third"]
    assert await found("day=2026-11-21") == ["first", "second"], "half past eleven UTC is the next day in Berlin"
    assert await found("day=2026-11-22&person=&tool=") == ["third"]
    assert await found("day=yesterday&tool=%00") == ["first", "second", "third"]
    assert await found("day=9999-12-31") == ["first", "second", "third"]
    assert "Nothing fits" in (await browser.get("/admin/audit?person=nobody")).text


@pytest.mark.parametrize("before", ["0", "-1", "x", str(2**63)])
async def test_a_page_that_cannot_be_is_none(browser: httpx.AsyncClient, before: str) -> None:
    assert (await browser.get(f"/admin/audit?before={before}")).status_code == 404


async def test_older_entries_follow_with_the_same_filter(log: Audit, browser: httpx.AsyncClient) -> None:
    for number in range(1, 121):
        await log.enter(replace(DONE, outcome=f"n{number}.", person=REN if number % 60 == 0 else JAMAL))
    path, seen = "/admin/audit?tool=comment", list[int]()
    for _ in range(3):
        html = (await browser.get(path)).text
        seen += [int(number) for number in re.findall(r"n(\d+)\.", html)]
        older = re.search(r'href="([^"]+)">Older', html)
        path = older[1].replace("&amp;", "&") if older else ""
        assert "tool=comment" in path or not path
    assert seen == list(range(120, 0, -1))
    assert path == ""


async def test_a_broken_chain_is_said_and_not_hidden(
    log: Audit, browser: httpx.AsyncClient, database: Database
) -> None:
    """audit_chain"""
    for _ in range(3):
        await log.enter(DONE)
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("UPDATE audit SET account = 'somebody else' WHERE seq = 2"))
    page = words((await browser.get("/admin/audit")).text)
    assert "Broken after 1 entry. Row 2 is not what was entered." in page
    assert "Checked just now" not in page


async def test_a_long_log_is_checked_when_somebody_asks(
    log: Audit, browser: httpx.AsyncClient, database: Database
) -> None:
    await log.enter(DONE)
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text("UPDATE audit_heads SET seq = :seq"), {"seq": CHECKED + 1})
    page = words((await browser.get("/admin/audit")).text)
    assert f"{CHECKED + 1:,} entries. Whether the log is whole takes a moment to check. Check now" in page
    assert "The log was cut off after row 1" in words((await browser.get("/admin/audit?check=now")).text)


async def test_where_the_log_ends_can_be_noted(log: Audit, browser: httpx.AsyncClient) -> None:
    await log.enter(DONE)
    assert str(await log.head(WorkspaceId("T1"))) in (await browser.get("/admin/audit")).text


async def test_lines_of_json_can_be_checked_by_anybody(log: Audit, browser: httpx.AsyncClient) -> None:
    """audit_chain"""
    for number in range(3):
        await log.enter(replace(DONE, at=NOW + timedelta(minutes=number), reason="Grüße\r\n\x1b[31m"))
    answer = await browser.get("/admin/audit/export?form=jsonl")
    assert answer.headers["content-disposition"] == 'attachment; filename="pinyon-audit-T1-2026-11-21.jsonl"'
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert re.fullmatch(r"[\x20-\x7e\n]+", answer.text)
    previous = "0" * 64
    for line in answer.text.splitlines():
        said = json.loads(line)
        seq, hashed = said.pop("seq"), said.pop("hash")
        said["at"] = datetime.fromisoformat(said["at"])
        assert linked(previous, seq, Entry(**said)) == hashed
        previous = hashed


async def test_a_table_holds_no_formula_and_no_control_character(log: Audit, browser: httpx.AsyncClient) -> None:
    """audit_chain"""
    await log.enter(replace(DONE, account='=HYPERLINK("http://evil")', reason="a\r\nb\x1b[2J\u202ec", outcome="@x"))
    answer = await browser.get("/admin/audit/export?form=csv&day=2026-11-21")
    header, row = csv.reader(io.StringIO(answer.text))
    said = dict(zip(header, row, strict=True))
    assert said["account"] == '\'=HYPERLINK("http://evil")'
    assert said["reason"] == "a\\r\\nb\\u001b[2J\\u202ec"
    assert said["outcome"] == "'@x"
    assert said["at"] == "2026-11-21T10:44:00.000000+00:00"
    other_day = (await browser.get("/admin/audit/export?form=csv&day=2026-11-20")).text
    assert other_day.count("\n") == 1


@pytest.mark.parametrize("query", ["", "form=xml"])
async def test_there_are_two_kinds_of_file(browser: httpx.AsyncClient, query: str) -> None:
    assert (await browser.get(f"/admin/audit/export?{query}")).status_code == 404


async def test_an_admin_of_another_workspace_sees_their_own_log(world: World, log: Audit) -> None:
    """admin_authz"""
    await log.enter(DONE)
    await log.enter(replace(DONE, workspace=WorkspaceId("T2"), person=STRANGER, actor=STRANGER, account="omar"))
    world.slack.team = "T2"
    browser = await world.signed_in(STRANGER)
    for path in ("/admin/audit", "/admin/audit?person=T1:UJAMAL", "/admin/audit/export?form=jsonl"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert "octo" not in answer.text
    assert "Omar Done" in words((await browser.get("/admin/audit")).text)


async def test_what_people_do_on_these_pages_stands_in_the_log_without_a_secret(world: World, log: Audit) -> None:
    """audit_chain, tok_canary"""
    owner = await world.connect(JAMAL)
    [grant] = await world.site.connections.grants.list(JAMAL)
    token = await csrf(owner, "/connections")
    await owner.post(f"/connections/{grant.id}/disconnect", data={"csrf": token})
    admin = await world.signed_in(ADMIN)
    token = await csrf(admin, "/admin/skills")
    await admin.post("/admin/skills/pull_requests", data={"csrf": token, "allowed": "read", "who": "all"})
    await admin.post("/admin/asking", data={"csrf": token, "every": "on"})
    page = (await admin.get("/admin/audit")).text
    for said in (
        "Jamal Account connected GitHub octo",
        "Jamal Account disconnected GitHub octo",
        "Priya Rule changed Pull requests Read only",
        "Priya Rule changed Every change Asks every time",
        "Checked just now: 4 entries, unbroken.",
    ):
        assert said in words(page)
    files = [(await admin.get(f"/admin/audit/export?form={form}")).text for form in ("csv", "jsonl")]
    for hidden in (ACCESS, REFRESH, SECRET, "xoxp-canary"):
        assert not any(hidden in shown for shown in (page, *files))


async def test_what_stands_in_the_log_is_drawn_as_text(log: Audit, browser: httpx.AsyncClient) -> None:
    """web_xss"""
    hostile = "<script>alert(1)</script>"
    await log.enter(replace(DONE, account=hostile, reason=hostile, target=hostile, outcome=hostile, tool=hostile))
    html = (await browser.get("/admin/audit", params={"person": '"><script>', "day": hostile})).text
    html += (await browser.get("/admin/audit")).text
    assert "<script" not in html
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
