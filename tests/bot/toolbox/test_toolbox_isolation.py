"""Whose access a call uses, and who may hear what it found, whatever else runs at the same time (no database)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.toolbox.act import Act, SignedIn
from bot.toolbox.call import Call, Outcome
from integrations.errors import NotFound, Refused, ServiceUnavailable
from integrations.integration import Audience, Level
from memory.ids import CallId, PersonId, TurnId, WorkspaceId
from memory.people import Person
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import Result, Says, Skill, ToolContext, tool

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Access:
    """A client that knows whose it is."""

    person: str
    pauses: int = 0
    fails: Exception | None = None
    audience: Audience | None = None


@tool("read", says=Says(doing="Looking"))
async def who_am_i(ctx: ToolContext[Access]) -> Result:
    """Say who is signed in."""
    for _ in range(ctx.client.pauses):
        await asyncio.sleep(0)
    if ctx.client.fails:
        raise ctx.client.fails
    told = f"{ctx.client.person} {ctx.account} {ctx.asker.person}"
    return Result(content=told, untrusted=False, audience=ctx.client.audience)


SKILL = Skill(
    name="mirror",
    title="Mirror",
    purpose="Look.",
    integration="glass",
    tools=(who_am_i,),
    examples=(),
    reads="Yourself",
    changes="",
    instructions=Path("mirror.md"),
)


@dataclass
class Accounts:
    """Signs everybody in as themselves, after a while."""

    access: Access
    pauses: int = 0

    async def sign_in(self, person: Person, skill: Skill, level: Level, account: str) -> SignedIn:
        del skill, level, account
        for _ in range(self.pauses):
            await asyncio.sleep(0)
        return SignedIn(client=replace(self.access, person=person.user), account=person.user, service="Glass")

    async def ended(self, signed_in: SignedIn) -> bool:
        raise AssertionError(signed_in)


def somebody(n: int) -> Person:
    return Person(id=PersonId(f"T1:U{n}"), workspace=WorkspaceId("T1"), user=f"U{n}", name=f"Nr {n}", refreshed_at=NOW)


def acting(person: Person, accounts: Accounts) -> Act:
    unused: Any = None
    return Act(person, accounts, unused, now=lambda: NOW)


def a_call(name: str, skill: Skill = SKILL) -> Call:
    return Call(turn=TurnId("T1:D1:1.1"), id=CallId(name), skill=skill, tool=who_am_i, arguments={})


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12))
@settings(max_examples=60, deadline=None)
def test_every_call_is_made_as_its_own_person_in_any_order(asked: Sequence[tuple[int, int, int]]) -> None:
    """deputy_owner: also when several calls have the same id, as calls of different models may."""

    async def all_at_once() -> list[Outcome]:
        rooms = {n: acting(somebody(n), Accounts(Access(""))) for n, _, _ in asked}
        each = [
            rooms[n](a_call(f"c{at}"))
            if not signing and not looking
            else acting(somebody(n), Accounts(Access("", pauses=looking), pauses=signing))(a_call("c0"))
            for at, (n, signing, looking) in enumerate(asked)
        ]
        return await asyncio.gather(*each)

    for (n, _, _), outcome in zip(asked, asyncio.run(all_at_once()), strict=True):
        assert outcome.text.endswith(f'"U{n} U{n} T1:U{n}"')


@pytest.mark.parametrize("declared", ["asker", "members"])
@pytest.mark.parametrize(
    "fails",
    [
        None,
        NotFound("There is none."),
        Refused("It belongs to mara@sea.example."),
        ToolFailed("Not there."),
        RetryToolCall("Did you mean #secret?"),
        ServiceUnavailable("Away."),
        ValueError("a bug"),
    ],
    ids=lambda fails: type(fails).__name__,
)
async def test_what_a_call_tells_is_for_those_that_its_skill_names(declared: Audience, fails: Exception | None) -> None:
    """chan_leak: a refusal tells something too."""
    act = acting(somebody(1), Accounts(Access("", fails=fails)))
    outcome = await act(a_call("c0", replace(SKILL, audience=declared)))
    assert outcome.audience == declared


@pytest.mark.parametrize(("own", "declared"), [("asker", "members"), ("members", "asker")])
async def test_a_result_may_be_more_private_or_less_than_its_skill(own: Audience, declared: Audience) -> None:
    act = acting(somebody(1), Accounts(Access("", audience=own)))
    outcome = await act(a_call("c0", replace(SKILL, audience=declared)))
    assert outcome.audience == own


def test_a_skill_that_says_nothing_is_for_the_asker_alone() -> None:
    assert SKILL.audience == "asker"
