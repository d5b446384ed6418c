"""What a person's own words mean."""

import pytest

from memory.database import Database
from memory.parameters import aliases
from memory.parameters.aliases import Aliases, normal
from tests.memory.parameters.storing import FAR, JAMAL, REN, holding


@pytest.fixture
def known(database: Database) -> Aliases:
    return Aliases(database)


@pytest.mark.parametrize(
    ("typed", "phrase"),
    [
        ("my manager", "my manager"),
        ("  With   My\nManager ", "my manager"),
        ("to my manager.", "my manager"),
        ("“the usual repo”", "the usual repo"),
        ("the STRASSE board", "the strasse board"),
        ("the Straße board", "the strasse board"),
        ("Tomas", "tomas"),
        ("withers", "withers"),
        ("with", ""),
        ("to\0 my boss", "my boss"),
        ("?!", ""),
    ],
)
def test_a_phrase_is_the_same_however_it_is_written(typed: str, phrase: str) -> None:
    assert normal(typed) == phrase
    assert normal(phrase) == phrase


async def test_a_phrase_means_what_it_meant_the_last_time(known: Aliases) -> None:
    assert await known.meaning(REN, "my manager", "person") == ()
    await known.keep(REN, "My manager", "person", ["U7"], shown="Head of Platform")
    assert await known.meaning(REN, "with my  manager", "person") == ("U7",)
    await known.keep(REN, "my manager", "person", ["U8", "U9"], shown="Two heads")
    assert await known.meaning(REN, "my manager", "person") == ("U8", "U9")
    [one] = await known.of(REN)
    assert (one.phrase, one.kind, one.values, one.shown) == ("my manager", "person", ("U8", "U9"), "Two heads")
    assert one.used_at > one.kept_at


async def test_it_means_nothing_for_another_person_kind_or_workspace(known: Aliases) -> None:
    """mem_cross"""
    await known.keep(REN, "the team", "person", ["U7"], shown="Seven")
    for person, kind in ((JAMAL, "person"), (FAR, "person"), (REN, "board")):
        assert await known.meaning(person, "the team", kind) == ()
    await known.forget(JAMAL, "the team")
    assert await known.meaning(REN, "the team", "person") == ("U7",)


@pytest.mark.parametrize("phrase", ["", "with", "x" * 200])
async def test_what_is_no_name_is_not_kept(known: Aliases, phrase: str) -> None:
    await known.keep(REN, phrase, "person", ["U7"], shown="Seven")
    await known.keep(REN, "nobody", "person", [], shown="")
    assert await known.of(REN) == []


async def test_after_forget_nothing_of_it_is_in_the_database(known: Aliases, database: Database) -> None:
    for kind in ("person", "board"):
        await known.keep(REN, "my Secret", kind, ["U7SECRET"], shown="Secret head\0")
    await known.keep(REN, "another", "person", ["U8"], shown="Eight")
    await known.forget(REN, "My secret")
    assert await holding(database, "secret") == []
    assert await known.forget_everything(REN) == 1
    assert await holding(database, REN) == []


async def test_of_more_than_100_the_one_unused_longest_goes(known: Aliases) -> None:
    await known.keep(REN, "the first", "person", ["U1"], shown="One")
    await known.keep(JAMAL, "the first", "person", ["U1"], shown="One")
    for number in range(aliases.MOST - 1):
        await known.keep(REN, f"name {number}", "person", ["U2"], shown="Two")
    assert await known.meaning(REN, "the first", "person") == ("U1",)
    await known.keep(REN, "one more", "person", ["U3"], shown="Three")
    assert await known.meaning(REN, "the first", "person") == ("U1",)
    assert await known.meaning(REN, "name 0", "person") == ()
    assert len(await known.of(REN)) == aliases.MOST
    assert len(await known.of(JAMAL)) == 1
