"""What waits for the maker of a draft on the web: shown whole, decided once, by them alone, for exactly that."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from bot.pending import Decisions
from memory.database import Database
from memory.ids import PendingId
from memory.pending import PendingItems
from tests.bot.web.fakes import JAMAL, REN
from tests.bot.web.try_room import TryRoom, try_room
from tests.fakes.rooms import calls, said

WRITE = calls(("write_note", {"place": "wall", "text": "Buy milk"}))
Make = Callable[..., Awaitable[TryRoom]]


@pytest.fixture
def make(database: Database, dbos: None) -> Make:
    async def made(*script: Any) -> TryRoom:
        return await try_room(database, *script)

    return made


def field(html: str, name: str) -> str:
    """What the first field of that name holds."""
    return html.partition(f'name="{name}" value="')[2].partition('"')[0]


async def waiting(room: TryRoom, browser: httpx.AsyncClient, says: str = "put it up") -> tuple[str, str]:
    """A thread in which something waits, and what its page shows."""
    thread = await room.say(browser, says)
    await room.run()
    return thread, await room.shown(browser, thread)


async def test_a_write_waits_whole_and_runs_once_it_is_approved(make: Make) -> None:
    """appr_actor, appr_once"""
    room = await make(WRITE, said("It is up."))
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    assert "Put up this note?" in html
    assert re.search(r"<dt>Place.*<bdi>wall/wall</bdi>", html, re.DOTALL)
    assert '<div class="exact">Buy milk</div>' in html
    assert "Only you can decide" in html
    assert room.board.notes == []
    shown = field(html.partition("/decide")[2], "shown")
    fields = {**await room.pending(thread), "word": "approved", "shown": shown}
    assert (await room.post(browser, "decide", **fields)).status_code == 303
    again = await room.post(browser, "decide", **fields)
    assert "nothing" in again.text
    await room.run()
    html = await room.shown(browser, thread)
    assert room.board.notes == ["wall/wall: Buy milk"]
    assert "Note put up" in html
    assert "It is up." in html
    assert "/decide" not in html


async def test_what_was_done_can_be_taken_back(make: Make) -> None:
    room = await make(WRITE, said("It is up."))
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    fields = await room.pending(thread)
    await room.post(browser, "decide", **fields, word="approved", shown=field(html.partition("/decide")[2], "shown"))
    await room.run()
    assert "Take the note down? Who read it has read it." in await room.shown(browser, thread)
    assert (await room.post(browser, "undo", **fields)).status_code == 303
    html = await room.shown(browser, thread)
    assert room.board.notes == [""]
    assert "Note taken down" in html
    assert "Take the note down?" not in html
    assert "can no longer be taken back" in (await room.post(browser, "undo", **fields)).text


async def test_what_was_denied_is_not_done_and_says_no_more(make: Make) -> None:
    room = await make(WRITE)
    browser = await room.world.signed_in()
    thread, _ = await waiting(room, browser)
    await room.post(browser, "decide", **await room.pending(thread), word="denied")
    await room.run()
    html = await room.shown(browser, thread)
    assert room.board.notes == []
    assert "You denied this." in html
    assert html.count("<article") == 2


async def test_an_approval_counts_only_for_what_was_shown(make: Make) -> None:
    """appr_hash"""
    room = await make(WRITE)
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    shown = field(html.partition("/decide")[2], "shown")
    fields = await room.pending(thread)
    item = await PendingItems(room.database).find(PendingId(fields["pending"]))
    assert item is not None
    await PendingItems(room.database).rewrite(
        item.id, JAMAL, body=item.body.replace("Buy milk", "Buy beer"), digest="another"
    )
    answer = await room.post(browser, "decide", **fields, word="approved", shown=shown)
    assert "It changed since it was drawn" in answer.text
    assert await room.run() == []
    assert "Buy beer" in await room.shown(browser, thread)


async def test_nobody_but_the_asker_decides(make: Make) -> None:
    """appr_actor: another editor of the same agent has the address of the card, and not the right."""
    room = await make(WRITE)
    browser = await room.world.signed_in()
    await room.share()
    thread, html = await waiting(room, browser)
    shown = field(html.partition("/decide")[2], "shown")
    other = await room.world.signed_in(REN)
    answer = await room.post(other, "decide", **await room.pending(thread), word="approved", shown=shown)
    assert "Only the person who asked can decide this." in answer.text
    assert "Buy milk" not in answer.text
    assert await room.run() == []


async def test_what_waits_elsewhere_is_not_decided_here(make: Make) -> None:
    room = await make(WRITE)
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    fields = await room.pending(thread)
    shown = field(html.partition("/decide")[2], "shown")
    async with room.database.engine.begin() as connection:
        await connection.execute(text("UPDATE web_replies SET agent = :other"), {"other": "B" * 22})
    answer = await room.post(browser, "decide", **fields, word="approved", shown=shown)
    assert "no longer open" in answer.text
    assert "no longer open" in (await room.post(browser, "answer", **fields, said="yes")).text
    assert "no longer open" in (await room.post(browser, "undo", **fields)).text
    assert await room.run() == []


async def test_several_writes_are_approved_at_once(make: Make) -> None:
    two = calls(
        ("write_note", {"place": "wall", "text": "Buy milk"}), ("write_note", {"place": "door", "text": "Buy bread"})
    )
    room = await make(two, said("Both are up."))
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    assert "Do these 2 things?" in html
    every = html.partition('name="every"')[0].rpartition("<form")[2]
    fields = {"pending": field(every, "pending"), "shown": field(every, "shown"), "thread": thread}
    await room.post(browser, "decide", **fields, word="approved", every="1")
    await room.run()
    assert sorted(room.board.notes) == ["wall/door: Buy bread", "wall/wall: Buy milk"]
    assert "Both are up." in await room.shown(browser, thread)


async def test_a_question_is_answered_by_a_choice_or_in_words(make: Make) -> None:
    ask = calls(("ask_person", {"questions": [{"question": "Which wall?", "choices": ["North", "South"]}]}))
    room = await make(ask, said("South it is."), ask, said("East it is."))
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    assert "Which wall?" in html
    await room.post(browser, "answer", **await room.pending(thread), choice="1")
    await room.run()
    html = await room.shown(browser, thread)
    assert "South it is." in html
    assert "you chose" in html
    other, _ = await waiting(room, browser)
    assert (await room.post(browser, "answer", **await room.pending(other), said="  ")).status_code == 400
    await room.post(browser, "answer", **await room.pending(other), said="The east one")
    await room.run()
    html = await room.shown(browser, other)
    assert "The east one" in html
    assert "East it is." in html


async def test_a_missing_account_is_offered_and_can_be_left(make: Make) -> None:
    room = await make(calls(("connect_mail", {"purpose": "read your mail"})))
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    assert "Connect Post to go on" in html
    assert 'href="https://pinyon.test/connect/mail/' in html
    assert (await room.news(browser, thread))["waits"]
    await room.post(browser, "decide", **await room.pending(thread), word="skipped", every="1")
    await room.run()
    assert "Nothing was connected." in await room.shown(browser, thread)


async def test_once_connected_elsewhere_the_thread_goes_on_by_itself(make: Make) -> None:
    room = await make(calls(("connect_mail", {"purpose": "read your mail"})), said("No mail."))
    browser = await room.world.signed_in()
    thread, _ = await waiting(room, browser)
    await Decisions(room.database).connected(JAMAL, "post", "jamal@post", covers=lambda _skill, _level: True)
    await room.run()
    html = await room.shown(browser, thread)
    assert "Post is connected." in html
    assert "No mail." in html


async def test_a_new_question_puts_what_waits_aside(make: Make) -> None:
    room = await make(WRITE, said("Sunny."))
    browser = await room.world.signed_in()
    thread, _ = await waiting(room, browser)
    await room.say(browser, "How is the weather?", thread=thread)
    await room.run()
    html = await room.shown(browser, thread)
    assert "Put aside, because you asked something new." in html
    assert "Sunny." in html


async def test_what_runs_is_stopped_and_what_waits_behind_it_too(make: Make) -> None:
    room = await make(said("never"))
    browser = await room.world.signed_in()
    thread = await room.say(browser, "What waits?")
    await room.say(browser, "And else?", thread=thread)
    [running] = await room.admitted()
    assert (await room.post(browser, "stop", thread=thread)).status_code == 303
    await room.room.run(running)
    html = await room.shown(browser, thread)
    assert "Stopped. Nothing was changed." in html
    assert "Stopped before I began." in html
    assert not (await room.news(browser, thread))["working"]


async def test_what_broke_can_be_asked_once_more(make: Make) -> None:
    room = await make(RuntimeError("a bug"), said("Now it works."))
    browser = await room.world.signed_in()
    thread, html = await waiting(room, browser)
    assert "Something broke on my side." in html
    assert "a bug" not in html
    turn = field(html.partition("/again")[2], "turn")
    assert (await room.post(browser, "again", thread=thread, turn=turn)).status_code == 303
    await room.run()
    assert "Now it works." in await room.shown(browser, thread)
    assert "nothing more was done" in (await room.post(browser, "again", thread=thread, turn=turn)).text


async def test_every_value_on_a_card_is_plain_text(make: Make) -> None:
    """web_xss"""
    place, words = '"><script>alert(1)</script>', "<img src=x onerror=alert(1)>\u202eevil\u200b"
    room = await make(calls(("write_note", {"place": place, "text": words}), text="<script>alert(2)</script>"))
    browser = await room.world.signed_in()
    thread = await room.say(browser, "<script>alert(3)</script>")
    await room.run()
    for html in (
        await room.shown(browser, thread),
        (await browser.get(room.path)).text.partition('<script type="module"')[0],
    ):
        assert "<script" not in html
        assert "<img" not in html
        assert "⟨U+202E⟩evil⟨U+200B⟩" in html


async def test_a_long_text_can_be_read_whole_before_it_is_approved(make: Make) -> None:
    long = "\n".join(f"Line {number} of the note" for number in range(100))
    room = await make(calls(("write_note", {"place": "wall", "text": long})))
    browser = await room.world.signed_in()
    _, html = await waiting(room, browser)
    assert f"Show all {len(long):,} characters" in html
    assert "Line 99 of the note" in html
