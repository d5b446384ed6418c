"""Where agents are made: drafts, versions, files brought from elsewhere, copies, and handles."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agents.file import LONGEST_INSTRUCTIONS, write_agent
from bot.self_service.handles import COMMANDS, RESERVED, free_near, nearest
from bot.self_service.workshop import NotPossible, Overtaken, Workshop, Wrong
from bot.slack.cards.help import WORDS
from memory.agents import AgentRules
from memory.database import Database
from memory.ids import AgentId
from memory.people import Person
from tests.bot.self_service.shaping import ADA, FAR, KNOWN, MEI, PRIYA, Shop, build_workshop
from tests.fakes.agents import agent_file

ODD = b'---\r\n# my own words\r\nname:   Odd one\nhandle: odd\ndescription: "Does"\n---\n\r\nDo it.\t \r\n\r\n'


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await build_workshop(database)


async def test_an_agent_is_made_saved_and_published(shop: Shop) -> None:
    work = shop.workshop
    bench = await shop.made()
    assert (bench.role, bench.stored.live, bench.problems, bench.writer) == ("owner", None, (), PRIYA.id)
    saved = await work.save(PRIYA, bench.stored.id, replace(bench.file, name="Update"), revision=1)
    assert saved.file.name == saved.stored.name == "Update"
    version = await work.publish(PRIYA, bench.stored.id, revision=2, note="  A first\n one ")
    assert (version.number, version.note, version.text) == (1, "A first one", saved.text)
    assert [one.stored.id for one in await work.mine(PRIYA)] == [bench.stored.id]
    assert await work.mine(MEI) == []


async def test_a_file_comes_and_goes_byte_for_byte(shop: Shop) -> None:
    bench = await shop.workshop.bring(PRIYA, ODD)
    assert bench.text.encode() == ODD
    kept = await shop.workshop.save(PRIYA, bench.stored.id, bench.file, revision=1)
    assert kept.text.encode() == ODD
    version = await shop.workshop.publish(PRIYA, bench.stored.id, revision=1)
    assert version.text.encode() == ODD
    other = ODD.replace(b"Do it", b"Do that")
    replaced = await shop.workshop.replace(PRIYA, bench.stored.id, other, revision=kept.stored.draft_revision + 1)
    assert replaced.text.encode() == other


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"no agent", "front matter"),
        (b"---\nname: X\n---\n", "handle is missing"),
        (b"---\nname: X\nhandle: Not One\n---\n", "not-one"),
        (b"---\nname: X\nhandle: x-y\n---\n" + b"x" * (LONGEST_INSTRUCTIONS + 1), "characters"),
        (b"---\nname: X\nhandle: x-y\n---\n" + b"\n" * 70_000, "bytes"),
        (b"---\nname: X\nhandle: x-y\n---\na\x00b", "NUL"),
    ],
)
async def test_what_is_no_agent_is_not_taken(shop: Shop, body: bytes, said: str) -> None:
    """cost_dos"""
    with pytest.raises(Wrong, match=re.escape(said)):
        await shop.workshop.bring(PRIYA, body)
    assert await shop.workshop.mine(PRIYA) == []


async def test_an_unfinished_file_is_a_draft_that_says_what_it_lacks_and_is_not_published(shop: Shop) -> None:
    bench = await shop.workshop.bring(PRIYA, b"---\nname: X\nhandle: x-y\nskills:\n  nothing: write\n---\n")
    assert {(one.field, one.line) for one in bench.problems} >= {("skills.nothing", 5)}
    with pytest.raises(Wrong) as refused:
        await shop.workshop.publish(PRIYA, bench.stored.id, revision=1)
    assert refused.value.problems == bench.problems
    mended = replace(bench.file, description="Does it.", instructions="Do it.", skills={"tickets": "read"})
    bench = await shop.workshop.save(PRIYA, bench.stored.id, mended, revision=1)
    assert (await shop.workshop.publish(PRIYA, bench.stored.id, revision=2)).number == 1


async def test_a_file_that_no_reader_understands_any_more_breaks_no_list(shop: Shop) -> None:
    await shop.store.make(PRIYA.id, handle="old", name="Old", text="no agent", writer=None, now=shop.clock())
    [bench] = await shop.workshop.mine(PRIYA)
    assert (bench.file.name, bench.text, bool(bench.problems)) == ("Old", "no agent", True)


async def test_of_two_who_save_the_second_is_told(shop: Shop) -> None:
    bench = await shop.made()
    await shop.workshop.save(PRIYA, bench.stored.id, replace(bench.file, name="One"), revision=1)
    for late in (
        shop.workshop.save(PRIYA, bench.stored.id, replace(bench.file, name="Two"), revision=1),
        shop.workshop.replace(PRIYA, bench.stored.id, ODD, revision=1),
        shop.workshop.publish(PRIYA, bench.stored.id, revision=1),
    ):
        with pytest.raises(Overtaken):
            await late


async def test_what_did_not_change_is_not_published_again(shop: Shop) -> None:
    agent = await shop.published()
    with pytest.raises(NotPossible, match="Nothing changed since version 1"):
        await shop.workshop.publish(PRIYA, agent, revision=2)


async def test_a_draft_does_not_touch_what_is_live_until_it_is_published(shop: Shop) -> None:
    agent = await shop.published()
    bench = await shop.workshop.bench(PRIYA, agent)
    assert bench is not None
    await shop.workshop.save(PRIYA, agent, replace(bench.file, instructions="Other."), revision=2)
    live, draft = await shop.shelf.find(agent, PRIYA.id), await shop.shelf.draft(agent, PRIYA.id)
    assert live is not None
    assert draft is not None
    assert (live.file.instructions, draft.file.instructions) == (bench.file.instructions, "Other.")
    dropped = await shop.workshop.drop_draft(PRIYA, agent, revision=3)
    assert dropped.file == bench.file


async def test_an_old_version_comes_back_as_a_draft(shop: Shop) -> None:
    agent = await shop.published(instructions="One.")
    bench = await shop.workshop.bench(PRIYA, agent)
    assert bench is not None
    await shop.workshop.save(PRIYA, agent, replace(bench.file, instructions="Two."), revision=2)
    await shop.workshop.publish(PRIYA, agent, revision=3)
    back = await shop.workshop.roll_back(PRIYA, agent, 1, revision=4)
    assert (back.file.instructions, back.stored.live, back.writer) == ("One.", 2, PRIYA.id)
    version = await shop.workshop.publish(PRIYA, agent, revision=back.stored.draft_revision)
    assert (version.number, version.text) == (3, bench.text)
    assert [one.number for one in await shop.workshop.versions(PRIYA, agent)] == [3, 2, 1]
    with pytest.raises(NotPossible, match="no version 9"):
        await shop.workshop.roll_back(PRIYA, agent, 9, revision=6)


async def test_an_editor_saves_and_publishes_and_only_the_owner_does_the_rest(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="person", to=MEI.id, role="editor")
    bench = await work.bench(MEI, agent)
    assert bench is not None
    assert bench.role == "editor"
    await work.save(MEI, agent, replace(bench.file, instructions="Mine."), revision=2)
    await work.publish(MEI, agent, revision=3)
    assert [one.stored.id for one in await work.mine(MEI)] == [agent]
    for refused in (
        work.delete(MEI, agent),
        work.share(MEI, agent, kind="workspace"),
        work.make_link(MEI, agent),
        work.let_copy_knowledge(MEI, agent, copies=True),
        work.unshare(MEI, agent, kind="person", to=MEI.id),
    ):
        with pytest.raises(NotPossible, match="Only its owner"):
            await refused


@pytest.mark.parametrize("who", [MEI, FAR])
async def test_whose_it_is_not_learns_and_changes_nothing(shop: Shop, who: Person) -> None:
    """share_link, mem_cross: an agent that one may use, and one of which one knows nothing, are told alike."""
    work, agent = shop.workshop, await shop.published()
    assert await work.bench(who, agent) is None
    assert await work.versions(who, agent) == ()
    assert await work.shares(who, agent) == ((), ())
    file, said = agent_file(handle="mine"), set[str]()
    for wanted in (agent, AgentId("a" * 22), AgentId("builtin:inbox"), AgentId("\x00")):
        for refused in (
            work.save(who, wanted, file, revision=2),
            work.replace(who, wanted, ODD, revision=2),
            work.publish(who, wanted, revision=2),
            work.roll_back(who, wanted, 1, revision=2),
            work.drop_draft(who, wanted, revision=2),
            work.delete(who, wanted),
            work.share(who, wanted, kind="person", to=who.id),
            work.make_link(who, wanted),
        ):
            with pytest.raises(NotPossible) as error:
                await refused
            said.add(str(error.value))
    assert len(said) == 1
    assert await shop.shelf.find(agent, PRIYA.id) is not None


Way = Callable[[Workshop, AgentId], Awaitable[object]]


async def saved_by_mei(work: Workshop, agent: AgentId) -> None:
    bench = await work.bench(MEI, agent)
    assert bench is not None
    await work.save(MEI, agent, replace(bench.file, name="Hers"), revision=bench.stored.draft_revision)


async def saved_by_priya(work: Workshop, agent: AgentId) -> None:
    bench = await work.bench(PRIYA, agent)
    assert bench is not None
    await work.save(PRIYA, agent, replace(bench.file, name="His"), revision=bench.stored.draft_revision)


async def test_instructions_are_somebodys_own_until_anybody_else_saves_them(shop: Shop) -> None:
    """deputy_prompt"""
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="person", to=MEI.id, role="editor")
    for way, writer in ((saved_by_priya, PRIYA.id), (saved_by_mei, None), (saved_by_priya, None)):
        await way(work, agent)
        draft = await shop.shelf.draft(agent, PRIYA.id)
        assert draft is not None
        assert draft.writer == writer
        assert draft.is_trusted_by(PRIYA.id) is (writer is not None)
        assert not draft.is_trusted_by(MEI.id)
    bench = await work.bench(PRIYA, agent)
    assert bench is not None
    await work.publish(PRIYA, agent, revision=bench.stored.draft_revision)
    live = await shop.shelf.find(agent, PRIYA.id)
    assert live is not None
    assert not live.is_trusted_by(PRIYA.id)


async def test_old_words_of_an_owner_that_an_editor_brings_back_are_not_the_owners(shop: Shop) -> None:
    """deputy_prompt"""
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="person", to=MEI.id, role="editor")
    await saved_by_priya(work, agent)
    await work.publish(PRIYA, agent, revision=3)
    assert (await work.roll_back(MEI, agent, 1, revision=4)).writer is None


async def test_words_of_a_file_or_of_somebody_elses_agent_are_nobodys_own(shop: Shop) -> None:
    """deputy_prompt"""
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="workspace")
    assert (await work.bring(MEI, ODD)).writer is None
    assert (await work.copy(MEI, agent)).writer is None
    assert (await work.copy(PRIYA, agent)).writer == PRIYA.id
    assert (await work.copy(MEI, AgentId("builtin:inbox"))).writer == MEI.id
    bench = await shop.made(MEI, handle="hers")
    assert (await work.replace(MEI, bench.stored.id, ODD.replace(b"odd", b"odd-2"), revision=1)).writer is None


async def test_a_copy_has_a_free_handle_the_same_name_and_no_knowledge(shop: Shop) -> None:
    """share_link"""
    facts = {"knowledge": (KNOWN,), "parameters": {"create": {"board": "A"}}}
    bench = await shop.workshop.bring(PRIYA, write_agent(agent_file(handle="mine", **facts)).encode())
    agent = bench.stored.id
    await shop.store.publish(
        agent, handle="mine", name="Weekly update", by=PRIYA.id, revision=1, note="", now=shop.clock()
    )
    await shop.workshop.share(PRIYA, agent, kind="workspace")
    copy = await shop.workshop.copy(MEI, agent)
    assert (copy.file.name, copy.file.knowledge, copy.file.parameters) == ("Weekly update", (), {})
    assert copy.file.handle == "weekly-update"
    assert await shop.workshop.shares(MEI, copy.stored.id) == ([], [])
    assert shop.knowledge.copied == []
    await shop.workshop.let_copy_knowledge(PRIYA, agent, copies=True)
    whole = await shop.workshop.copy(MEI, agent)
    assert (whole.file.knowledge, whole.file.parameters) == ((KNOWN,), facts["parameters"])
    assert shop.knowledge.copied == [(agent, whole.stored.id, MEI.id)]
    with pytest.raises(NotPossible, match="not there any more"):
        await shop.workshop.copy(FAR, agent)


async def test_knowledge_hears_what_the_draft_and_the_live_version_declare(shop: Shop) -> None:
    agent = await shop.published(knowledge=(KNOWN,))
    bench = await shop.workshop.bench(PRIYA, agent)
    assert bench is not None
    other = replace(KNOWN, at="Other")
    await shop.workshop.save(PRIYA, agent, replace(bench.file, knowledge=(other,)), revision=2)
    assert shop.knowledge.told[-1] == ("settle", agent, (other, KNOWN))
    await shop.workshop.publish(PRIYA, agent, revision=3)
    assert shop.knowledge.told[-1] == ("settle", agent, (other,))
    await shop.workshop.delete(PRIYA, agent)
    assert shop.knowledge.told[-1] == ("forget", agent, ())


@pytest.mark.parametrize("taken", ["update", "pinyon", "inbox", "help", "none"])
async def test_a_handle_that_is_taken_or_reserved_comes_with_three_free_ones(shop: Shop, taken: str) -> None:
    await shop.made(handle="update")
    with pytest.raises(Wrong) as refused:
        await shop.made(MEI, handle=taken, name="Product update")
    assert len(refused.value.free) == 3
    assert refused.value.free[0] == "product-update"
    [problem] = refused.value.problems
    assert (problem.field, problem.line) == ("handle", 3)
    assert taken in problem.said
    for handle in refused.value.free:
        await shop.made(MEI, handle=handle)


async def test_a_clash_shows_when_a_live_agent_is_renamed(shop: Shop) -> None:
    agent = await shop.published(handle="mine")
    await shop.made(MEI, handle="hers")
    bench = await shop.workshop.bench(PRIYA, agent)
    assert bench is not None
    with pytest.raises(Wrong, match="hers"):
        await shop.workshop.save(PRIYA, agent, replace(bench.file, handle="hers"), revision=2)
    await shop.workshop.save(PRIYA, agent, replace(bench.file, handle="ours"), revision=2)
    await shop.made(MEI, handle="ours")
    with pytest.raises(Wrong, match="ours"):
        await shop.workshop.publish(PRIYA, agent, revision=3)


async def test_one_person_owns_so_many_agents_and_no_more(shop: Shop) -> None:
    """cost_dos"""
    await shop.workshop.set_rules(ADA, AgentRules(most=1))
    agent = await shop.published()
    for refused in (shop.made(handle="two"), shop.workshop.bring(PRIYA, ODD), shop.workshop.copy(PRIYA, agent)):
        with pytest.raises(NotPossible, match="the most that one person may have"):
            await refused
    await shop.made(MEI, handle="two")


def test_every_command_is_reserved() -> None:
    assert {*WORDS} == {*COMMANDS} <= RESERVED


@settings(max_examples=100, deadline=None)
@given(
    wanted=st.text(max_size=40), name=st.text(max_size=60), taken=st.frozensets(st.sampled_from(["a1", "our-a1", "ab"]))
)
def test_what_is_offered_is_always_free_short_and_a_handle(wanted: str, name: str, taken: frozenset[str]) -> None:
    free = free_near(wanted, taken, name=name)
    assert len(free) == len({*free}) == 3
    for handle in free:
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,31}", handle)
        assert handle not in taken | RESERVED


@pytest.mark.parametrize(
    ("typed", "found"), [("updte", "update"), ("weekly", "weekly-update"), ("zzzz", None), ("", None)]
)
def test_the_nearest_handle_is_found(typed: str, found: str | None) -> None:
    assert next(iter(nearest(typed, ["update", "inbox", "weekly-update"])), None) == found
