"""Warm sessions: whose they are, how long they live, and what is said when one is gone."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.sandbox.choice import open_sandboxes
from bot.sandbox.pool import NEW, PLACED, WarmSandboxes
from bot.sandbox.sandbox import GONE, Given, Lost, Ran, Whose
from memory.ids import ConversationId, FileId, PersonId

REN = Whose(conversation=ConversationId("T1:C1:1.1"), person=PersonId("T1:U1"))
MEI = Whose(conversation=ConversationId("T1:C1:1.1"), person=PersonId("T1:U2"))
ELSEWHERE = Whose(conversation=ConversationId("T1:C2:1.1"), person=PersonId("T1:U1"))


class FakeSession:
    """Says which session it is and what it was given; does as its code says."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_closed = False
        self.go_on = asyncio.Event()

    async def run(self, code: str, files: Sequence[tuple[str, bytes]]) -> Ran:
        if code == "die":
            raise Lost("It took too much.")
        if code == "wait":
            await self.go_on.wait()
        return Ran(output=f"{self.number}: {code} {[name for name, _ in files]}")

    async def close(self) -> None:
        self.is_closed = True


class Started:
    """All sessions that were begun."""

    def __init__(self) -> None:
        self.sessions: list[FakeSession] = []

    async def __call__(self) -> FakeSession:
        self.sessions.append(FakeSession(len(self.sessions)))
        return self.sessions[-1]


async def works() -> str:
    return ""


def file(name: str, size: int = 3) -> Given:
    async def body() -> bytes:
        return b"x" * min(size, 10)

    return Given(id=FileId(name), name=name, size=size, read=body)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def test_a_person_keeps_their_session_in_a_conversation():
    pool = WarmSandboxes(Started(), works)
    first, second = await pool.run(REN, "a", ()), await pool.run(REN, "b", ())
    assert (first.output, second.output) == ("0: a []", "0: b []")
    assert (first.notes, second.notes) == ((NEW,), ())
    await pool.close()


async def test_two_persons_in_one_thread_have_two_sessions():
    """[sandbox] So has one person in two threads."""
    pool = WarmSandboxes(Started(), works)
    outputs = [(await pool.run(whose, "a", ())).output[0] for whose in (REN, MEI, ELSEWHERE)]
    assert outputs == ["0", "1", "2"]
    await pool.close()


async def test_a_file_is_placed_once_and_again_in_a_new_session():
    pool = WarmSandboxes(Started(), works)
    given = [file("a.csv"), file("b.csv")]
    assert (await pool.run(REN, "x", given[:1])).output == "0: x ['a.csv']"
    assert (await pool.run(REN, "x", given)).output == "0: x ['b.csv']"
    assert (await pool.run(REN, "die", given)).error == f"It took too much. {GONE}"
    again = await pool.run(REN, "x", given)
    assert (again.output, again.notes) == ("1: x ['a.csv', 'b.csv']", (GONE,))
    await pool.close()


async def test_files_that_do_not_fit_are_named():
    pool = WarmSandboxes(Started(), works)
    ran = await pool.run(REN, "x", [file("small.csv"), file("huge.csv", PLACED)])
    assert ran.output == "0: x ['small.csv']"
    assert "huge.csv (100,000,000 bytes) is too large" in ran.notes[1]
    await pool.close()


async def test_the_least_recently_used_session_makes_room():
    started = Started()
    pool = WarmSandboxes(started, works, most=2)
    for whose in (REN, MEI, REN, ELSEWHERE):
        await pool.run(whose, "a", ())
    assert [session.is_closed for session in started.sessions] == [False, True, False]
    assert (await pool.run(MEI, "a", ())).notes == (GONE,)
    await pool.close()


async def test_where_all_are_busy_the_next_one_waits_for_its_turn():
    started = Started()
    pool = WarmSandboxes(started, works, most=1)
    busy = asyncio.create_task(pool.run(REN, "wait", ()))
    await until(lambda: bool(started.sessions))
    waiting = asyncio.create_task(pool.run(MEI, "a", ()))
    await asyncio.sleep(0.05)
    assert len(started.sessions) == 1
    started.sessions[0].go_on.set()
    assert (await busy).output == "0: wait []"
    assert (await waiting).output == "1: a []"
    await pool.close()


async def test_a_session_ends_when_nobody_uses_it():
    started = Started()
    pool = WarmSandboxes(started, works, idle=0.05)
    await pool.run(REN, "a", ())
    await until(lambda: started.sessions[0].is_closed)
    assert (await pool.run(REN, "a", ())).output == "1: a []"
    await pool.close()


async def test_a_run_that_is_given_up_takes_its_session_along():
    """Nobody knows what it would answer next."""
    started = Started()
    pool = WarmSandboxes(started, works)
    running = asyncio.create_task(pool.run(REN, "wait", ()))
    await until(lambda: bool(started.sessions))
    await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.wait({running})
    await until(lambda: started.sessions[0].is_closed)
    assert (await pool.run(REN, "a", ())).output == "1: a []"
    await pool.close()


async def test_a_session_that_cannot_begin_keeps_nobody_elses_place():
    async def broken() -> FakeSession:
        raise Lost("The machine is full.")

    pool = WarmSandboxes(broken, works, most=1)
    for _ in range(3):
        with pytest.raises(Lost):
            await pool.run(REN, "a", ())
    await pool.close()


async def test_a_session_can_be_begun_before_it_is_needed():
    started = Started()
    pool = WarmSandboxes(started, works)
    pool.warm(REN)
    await until(lambda: bool(started.sessions))
    assert (await pool.run(REN, "a", ())).output == "0: a []"
    await pool.close()
    assert started.sessions[0].is_closed


async def test_whether_code_can_run_is_found_out_once():
    asked: list[str] = []

    async def off() -> str:
        asked.append("x")
        return ""

    pool = WarmSandboxes(Started(), off)
    assert [await pool.off() for _ in range(3)] == ["", "", ""]
    assert len(asked) == 1


async def test_switched_off_it_says_which_setting():
    pool = open_sandboxes("off")
    assert "PINYON_SANDBOX" in await pool.off()
    with pytest.raises(Lost):
        await pool.run(REN, "1", ())


async def test_with_a_key_it_is_e2b_and_without_one_it_never_is():
    assert await open_sandboxes("auto", e2b_key="e2b_key").off() == ""
    assert "E2B_API_KEY" in await open_sandboxes("e2b").off()


async def test_there_is_no_third_way():
    """[sandbox] Where neither works, no code runs: nothing in here starts a process but bubblewrap."""
    for module in Path(__file__).parents[3].joinpath("bot", "sandbox").glob("*.py"):
        starts = [line for line in module.read_text().splitlines() if "create_subprocess" in line or "Popen(" in line]
        assert starts == [] or module.name == "bubblewrap.py", module
