"""Who is signed in, in which browser."""

from datetime import UTC, datetime, timedelta

import pytest

from memory.database import Database
from memory.ids import PersonId
from memory.offboarding import Offboarding
from memory.web_sessions import IDLE, LONGEST, WebSessions
from tests.memory.queueing import Queue

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
REN, JO = PersonId("T1:U1"), PersonId("T1:U2")


@pytest.fixture
def sessions(database: Database) -> WebSessions:
    return WebSessions(database)


async def start(sessions: WebSessions, person: PersonId = REN) -> str:
    return await sessions.start(person, workspace_name="Tamarack", now=NOW)


async def test_a_browser_that_signed_in_is_known(sessions: WebSessions) -> None:
    secret = await start(sessions)
    found = await sessions.find(secret, now=NOW)
    assert found is not None
    assert (found.person, found.workspace_name) == (REN, "Tamarack")


async def test_a_made_up_secret_is_nobody(sessions: WebSessions) -> None:
    await start(sessions)
    assert await sessions.find("made up", now=NOW) is None


async def test_the_secret_itself_is_not_stored(database: Database, sessions: WebSessions) -> None:
    secret = await start(sessions)
    [row] = await Queue(database).sql("SELECT * FROM web_sessions")
    assert secret not in str(row)


async def test_visits_keep_a_session_awake_and_none_end_it(sessions: WebSessions) -> None:
    secret = await start(sessions)
    later = NOW + IDLE - timedelta(minutes=1)
    assert await sessions.find(secret, now=later)
    assert await sessions.find(secret, now=later + IDLE - timedelta(minutes=1))
    assert await sessions.find(secret, now=later + 2 * IDLE) is None


async def test_a_session_ends_after_thirty_days_whatever_happens(sessions: WebSessions) -> None:
    secret, now = await start(sessions), NOW
    while now < NOW + LONGEST - IDLE:
        now += IDLE / 2
        assert await sessions.find(secret, now=now)
    assert await sessions.find(secret, now=NOW + LONGEST) is None


async def test_signing_out_ends_this_browser_only(sessions: WebSessions) -> None:
    here, there = await start(sessions), await start(sessions)
    await sessions.end(here)
    assert await sessions.find(here, now=NOW) is None
    assert await sessions.find(there, now=NOW)


async def test_who_leaves_is_signed_out_everywhere(sessions: WebSessions) -> None:
    mine, theirs = [await start(sessions), await start(sessions)], await start(sessions, JO)
    await Offboarding(sessions.database).end_person(REN)
    assert [await sessions.find(secret, now=NOW) for secret in mine] == [None, None]
    assert await sessions.find(theirs, now=NOW)


async def test_what_ended_is_forgotten_with_the_next_sign_in(database: Database, sessions: WebSessions) -> None:
    await start(sessions)
    await sessions.start(JO, workspace_name="Tamarack", now=NOW + IDLE)
    rows = await Queue(database).sql("SELECT person FROM web_sessions")
    assert [row.person for row in rows] == [JO]
