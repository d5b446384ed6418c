"""Whether a private answer may be shared now, whoever clicks and whoever reads."""

from dataclasses import dataclass, field

import pytest

from bot.sharing import NotPosted, Readers, Sharing
from memory.database import Database
from memory.ids import PersonId
from memory.shares import Share, Shares
from tests.memory.sharing import share_of

ME, OTHER = PersonId("T1:U1"), PersonId("T1:U2")
TEAM = Readers(people=8, outside=False)


@dataclass
class FakeWall:
    """A thread whose readers are told, and that may refuse."""

    now: Readers = TEAM
    refuses: bool = False
    posts: list[str] = field(default_factory=list[str])

    async def readers(self, share: Share) -> Readers:
        return self.now

    async def post(self, share: Share, words: str) -> None:
        if self.refuses:
            raise NotPosted
        self.posts.append(words)


@pytest.fixture
def wall() -> FakeWall:
    return FakeWall()


@pytest.fixture
async def sharing(database: Database, wall: FakeWall) -> Sharing:
    shares = Shares(database)
    await shares.add(share_of(ME))
    return Sharing(shares, wall)


async def opened(sharing: Sharing) -> Share:
    standing, share = await sharing.look(f"s {ME}", ME)
    assert standing == "open"
    assert share is not None
    return share


async def test_it_is_posted_once(sharing: Sharing, wall: FakeWall) -> None:
    """appr_once"""
    share = await opened(sharing)
    assert [await sharing.share(share, share.words) for _ in range(2)] == ["shared", "already"]
    assert wall.posts == ["There are three."]
    assert (await sharing.look(share.id, ME))[0] == "already"


async def test_whose_it_is_not_learns_nothing_of_it(sharing: Sharing) -> None:
    """appr_actor"""
    assert await sharing.look(f"s {ME}", OTHER) == ("not_yours", None)
    assert await sharing.look("s_made_up", ME) == ("over", None)


@pytest.mark.parametrize("count", [9, 900, None])
async def test_people_outside_of_whom_nobody_was_told_are_asked_about_first(
    sharing: Sharing, wall: FakeWall, count: int | None
) -> None:
    """chan_external"""
    wall.now = Readers(people=count, outside=True)
    assert await sharing.share(await opened(sharing), "Other words") == "asks_again"
    assert wall.posts == []
    again = await opened(sharing)
    assert (again.people, again.outside, again.words) == (count, True, "Other words")
    assert await sharing.share(again, again.words) == "shared"
    assert wall.posts == ["Other words"]


async def test_more_colleagues_are_no_reason_to_ask_again(sharing: Sharing, wall: FakeWall) -> None:
    wall.now = Readers(people=80, outside=False)
    assert await sharing.share(await opened(sharing), "a") == "shared"


async def test_what_was_not_posted_can_be_shared_again(sharing: Sharing, wall: FakeWall) -> None:
    wall.refuses = True
    share = await opened(sharing)
    assert await sharing.share(share, "a") == "failed"
    wall.refuses = False
    assert await sharing.share(await opened(sharing), "a") == "shared"
    assert wall.posts == ["a"]
