"""Where agents are shared, opened by link, shown, chosen, and ruled by admins."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.self_service.agent_oversight import reach_words
from bot.self_service.workshop import NotPossible
from memory.agents import AgentRules, Reach
from memory.database import Database
from memory.ids import AgentId, LinkId, PersonId, TurnId
from memory.people import Person
from tests.bot.self_service.shaping import ADA, FAR, MEI, PRIYA, Shop, build_workshop
from tests.bot.web.fakes import person

DAY = timedelta(days=1)
READS = "reads pull requests, reviews, checks"
INBOX, PINYON = AgentId("builtin:inbox"), AgentId("builtin:pinyon")


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await build_workshop(database)


async def may_use(shop: Shop, agent: AgentId, who: Person = MEI) -> bool:
    return await shop.shelf.find(agent, who.id) is not None


async def test_a_link_opens_the_agent_with_what_it_needs_and_ends_at_once(shop: Shop) -> None:
    """share_link"""
    work = shop.workshop
    agent = await shop.published(skills={"pull_requests": "write", "schedules": "read"})
    link = await work.make_link(PRIYA, agent, expires_at=shop.clock() + DAY)
    assert not await may_use(shop, agent)
    state, shown = await work.opened(MEI, link.id)
    assert state == "open"
    assert shown is not None
    assert (shown.maker, shown.role, shown.people, shown.can_copy) == ("Priya", "user", 0, True)
    assert shown.link_ends == shop.clock() + DAY
    stands = [(one.skill, one.title, one.says, one.state.status if one.state else "") for one in shown.needs]
    assert stands == [
        ("pull_requests", "Pull requests", READS + ", and changes after you approve", "not_connected"),
        ("schedules", "Schedules", READS, "ready"),
    ]
    await work.revoke_link(PRIYA, link.id)
    assert await work.opened(MEI, link.id) == ("revoked", None)
    assert not await may_use(shop, agent)
    assert await work.shown(MEI, agent) is None


async def test_another_workspaces_link_and_one_that_never_was_tell_nothing(shop: Shop) -> None:
    """share_link"""
    link = await shop.workshop.make_link(PRIYA, await shop.published())
    assert await shop.workshop.opened(FAR, link.id) == ("elsewhere", None)
    for wrong in ("", "a" * 22, "\x00", "../admin", link.id[:-1]):
        assert await shop.workshop.opened(MEI, wrong) == ("gone", None)
    assert not await may_use(shop, link.agent, FAR)
    for who in (FAR, MEI):
        with pytest.raises(NotPossible):
            await shop.workshop.revoke_link(who, link.id)
    assert (await shop.workshop.opened(MEI, link.id))[0] == "open"


async def test_an_old_link_and_one_to_a_disabled_agent_are_over(shop: Shop) -> None:
    """share_link"""
    agent = await shop.published()
    short = await shop.workshop.make_link(PRIYA, agent, expires_at=shop.clock() + DAY)
    lasting = await shop.workshop.make_link(PRIYA, agent)
    shop.clock.forward(days=1)
    assert await shop.workshop.opened(MEI, short.id) == ("revoked", None)
    await shop.workshop.disable(ADA, agent, "It lies")
    assert await shop.workshop.opened(MEI, lasting.id) == ("revoked", None)
    await shop.workshop.enable(ADA, agent)
    assert (await shop.workshop.opened(MEI, lasting.id))[0] == "open"


async def test_links_that_the_admins_do_not_want_any_more_end_at_once(shop: Shop) -> None:
    """share_link"""
    work, agent = shop.workshop, await shop.published()
    link = await work.make_link(PRIYA, agent)
    await work.opened(MEI, link.id)
    await work.set_rules(ADA, AgentRules(links="admins"))
    assert not await may_use(shop, agent)
    assert await work.opened(MEI, link.id) == ("revoked", None)
    with pytest.raises(NotPossible, match="Only admins"):
        await work.make_link(PRIYA, agent)
    mine = await shop.published(ADA, handle="hers")
    assert (await work.opened(MEI, (await work.make_link(ADA, mine)).id))[0] == "open"
    await work.set_rules(ADA, AgentRules(links="nobody"))
    assert not await may_use(shop, mine)
    with pytest.raises(NotPossible, match="nobody"):
        await work.make_link(ADA, mine)


async def test_sharing_with_everybody_is_the_admins_to_allow(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="workspace", to="ignored")
    assert await may_use(shop, agent)
    assert not await may_use(shop, agent, FAR)
    await work.set_rules(ADA, AgentRules(widely="admins"))
    assert not await may_use(shop, agent)
    with pytest.raises(NotPossible, match="Only admins"):
        await work.share(PRIYA, agent, kind="workspace")
    await work.unshare(PRIYA, agent, kind="workspace", to="")
    await work.set_rules(ADA, AgentRules())
    assert not await may_use(shop, agent)


async def test_an_agent_is_shared_with_members_of_this_workspace_only(shop: Shop) -> None:
    """share_link"""
    agent = await shop.published()
    guest = replace(person(PersonId("T1:UGUEST"), "Guest"), is_guest=True)
    await shop.workshop.people.upsert(guest)
    for to in (FAR.id, guest.id, "T1:UNOBODY", "", "\x00", PRIYA.id):
        with pytest.raises(NotPossible):
            await shop.workshop.share(PRIYA, agent, kind="person", to=to)
    await shop.workshop.share(PRIYA, agent, kind="person", to=MEI.id)
    assert await may_use(shop, agent)


async def test_a_channel_is_shared_with_by_who_is_in_it_and_used_by_who_is(shop: Shop) -> None:
    """share_link"""
    agent = await shop.published()
    with pytest.raises(NotPossible, match="not in that channel"):
        await shop.workshop.share(PRIYA, agent, kind="channel", to="C1")
    shop.members["C1"] = {PRIYA.id, MEI.id}
    await shop.workshop.share(PRIYA, agent, kind="channel", to="C1")
    with pytest.raises(NotPossible, match="Only people can be editors"):
        await shop.workshop.share(PRIYA, agent, kind="channel", to="C1", role="editor")
    assert await may_use(shop, agent)
    assert not await may_use(shop, agent, ADA)
    await shop.workshop.unshare(PRIYA, agent, kind="channel", to="C1")
    assert not await may_use(shop, agent)


async def test_what_would_be_over_already_or_is_not_live_is_not_shared(shop: Shop) -> None:
    bench = await shop.made()
    agent = bench.stored.id
    with pytest.raises(NotPossible, match="Publish it first"):
        await shop.workshop.make_link(PRIYA, agent)
    with pytest.raises(NotPossible, match="over already"):
        await shop.workshop.share(PRIYA, agent, kind="person", to=MEI.id, expires_at=shop.clock())


async def test_there_are_so_many_links_and_no_more(shop: Shop) -> None:
    """cost_dos"""
    agent = await shop.published()
    for _ in range(20):
        await shop.workshop.make_link(PRIYA, agent)
    with pytest.raises(NotPossible, match="20 links already"):
        await shop.workshop.make_link(PRIYA, agent)


async def test_the_gallery_is_sorted_by_use_and_filtered_by_job_and_role(shop: Shop) -> None:
    mine = await shop.published(job="mail", roles=("design",))
    await shop.published(MEI, handle="hers", job="mail")
    await shop.store.set_channel(PRIYA.workspace, "C1", mine, by=PRIYA.id, now=shop.clock())
    await shop.store.count(INBOX, MEI.id, TurnId("t1"), now=shop.clock())
    found = await shop.workshop.gallery(PRIYA)
    assert [one.agent.id for one in found] == [INBOX, PINYON, mine]
    assert [one.agent.id for one in await shop.workshop.gallery(PRIYA, job="mail")] == [INBOX, mine]
    assert [one.agent.id for one in await shop.workshop.gallery(PRIYA, job="mail", role="sales")] == [INBOX]
    assert [one.agent.id for one in await shop.workshop.gallery(PRIYA, role="design")] == [PINYON, mine]


async def test_a_person_chooses_who_answers_them(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    assert (await work.using(PRIYA)).id == PINYON
    assert (await work.use(PRIYA, agent)).id == agent
    await work.use(PRIYA, INBOX, once=True)
    assert (await work.using(PRIYA)).id == INBOX
    await work.use(PRIYA, PINYON, once=True)
    assert (await work.using(PRIYA)).id == PINYON
    assert await shop.store.chosen(PRIYA.id) == (agent, PINYON)
    await work.use(PRIYA, PINYON)
    assert await shop.store.chosen(PRIYA.id) == (None, None)


async def test_who_may_not_use_a_chosen_agent_any_more_is_answered_by_the_default(shop: Shop) -> None:
    """share_link"""
    agent = await shop.published()
    link = await shop.workshop.make_link(PRIYA, agent)
    await shop.workshop.opened(MEI, link.id)
    await shop.workshop.use(MEI, agent)
    assert (await shop.workshop.using(MEI)).id == agent
    await shop.workshop.revoke_link(PRIYA, link.id)
    assert (await shop.workshop.using(MEI)).id == PINYON
    with pytest.raises(NotPossible, match="not shared with you"):
        await shop.workshop.use(MEI, agent)


async def test_a_handle_is_used_as_people_type_it_and_a_near_one_is_named(shop: Shop) -> None:
    agent = await shop.published(handle="product-update")
    for typed in ("product-update", " @Product-Update: "):
        assert (await shop.workshop.use_handle(PRIYA, typed)).id == agent
    with pytest.raises(NotPossible, match=r"Nearest: product-update\."):
        await shop.workshop.use_handle(PRIYA, "produkt-update")
    with pytest.raises(NotPossible) as unknown:
        await shop.workshop.use_handle(MEI, "product-update")
    assert "product" not in str(unknown.value)


async def test_a_channel_is_answered_by_what_everybody_in_it_may_use(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    with pytest.raises(NotPossible, match="not in that channel"):
        await work.set_channel(PRIYA, "C1", INBOX)
    shop.members["C1"] = {PRIYA.id, MEI.id}
    await work.set_channel(PRIYA, "C1", INBOX)
    found = await work.of_channel(MEI, "C1")
    assert found is not None
    assert found.id == INBOX
    with pytest.raises(NotPossible, match="Not everybody"):
        await work.set_channel(PRIYA, "C1", agent)
    with pytest.raises(NotPossible, match="not shared with you"):
        await work.set_channel(MEI, "C1", agent)
    await work.share(PRIYA, agent, kind="channel", to="C1")
    await work.set_channel(MEI, "C1", agent)
    assert await shop.store.of_channel(MEI.workspace, "C1") == agent
    await work.set_channel(MEI, "C1", PINYON)
    assert await work.of_channel(MEI, "C1") is None
    await work.share(PRIYA, agent, kind="workspace")
    await work.unshare(PRIYA, agent, kind="channel", to="C1")
    await work.set_channel(MEI, "C1", agent)


async def test_a_report_reaches_the_admins_once_a_person(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    with pytest.raises(NotPossible, match="not shared with you"):
        await work.report(MEI, agent, "It lies")
    await work.share(PRIYA, agent, kind="workspace")
    for why in ("It lies", " It really\n lies\x00 "):
        await work.report(MEI, agent, why)
    for who, which in ((PRIYA, agent), (MEI, INBOX)):
        with pytest.raises(NotPossible):
            await work.report(who, which, "x")
    [found] = await work.all_of(ADA)
    assert (found.said, found.waits, found.stored.reports) == (("It really lies",), True, 1)


async def test_admins_see_what_is_shared_how_far_and_no_draft(shop: Shop) -> None:
    """admin_authz"""
    work, agent = shop.workshop, await shop.published(name="Zebra")
    draft = await shop.made(MEI, name="Ant", handle="ant", instructions="Canary")
    await work.share(PRIYA, agent, kind="person", to=MEI.id)
    await work.opened(MEI, (await work.make_link(PRIYA, agent)).id)
    await shop.store.count(agent, MEI.id, TurnId("t1"), now=shop.clock())
    seen = await work.all_of(ADA)
    assert [(one.stored.name, one.owner, one.shared, one.people) for one in seen] == [
        ("Ant", "Mei", "not shared", 0),
        ("Zebra", "Priya", "1 person and a link", 1),
    ]
    assert "Canary" not in str(seen)
    assert draft.stored.draft is not None
    assert await work.all_of(FAR) == []


async def test_a_disabled_agent_is_its_owners_still_and_nobodys_else(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="person", to=MEI.id, role="editor")
    await work.disable(ADA, agent, " It\nlies ")
    assert await work.bench(MEI, agent) is None
    assert await work.mine(MEI) == []
    bench = await work.bench(PRIYA, agent)
    assert bench is not None
    assert bench.stored.disabled_why == "It lies"
    assert not await may_use(shop, agent, PRIYA)
    assert (await shop.shelf.role(agent, PRIYA.id), await shop.shelf.role(agent, MEI.id)) == ("owner", None)
    await work.enable(ADA, agent)
    assert await may_use(shop, agent)


async def test_an_agent_whose_owner_left_goes_on_and_is_handed_over(shop: Shop) -> None:
    work, agent = shop.workshop, await shop.published()
    await work.share(PRIYA, agent, kind="workspace")
    hidden = (await shop.made(handle="hidden")).stored.id
    await work.people.upsert(replace(PRIYA, deactivated_at=shop.clock()))
    found = await shop.shelf.find(agent, MEI.id)
    assert found is not None
    assert found.owner is None
    assert not found.is_trusted_by(MEI.id)
    assert [(one.owner_left, one.waits) for one in await work.all_of(ADA)] == [(True, True), (True, True)]
    for to in (PRIYA.id, FAR.id, PersonId("T1:UNOBODY")):
        with pytest.raises(NotPossible, match="no such member"):
            await work.hand_over(ADA, hidden, to)
    await work.hand_over(ADA, hidden, MEI.id)
    bench = await work.bench(MEI, hidden)
    assert bench is not None
    assert (bench.role, bench.writer) == ("owner", PRIYA.id)
    assert await work.bench(PRIYA, hidden) is None


async def test_another_workspaces_admin_decides_nothing_here(shop: Shop) -> None:
    """admin_authz, mem_cross"""
    work, agent = shop.workshop, await shop.published()
    for refused in (work.disable(FAR, agent, "x"), work.enable(FAR, agent), work.hand_over(FAR, agent, FAR.id)):
        with pytest.raises(NotPossible):
            await refused
    await work.set_rules(FAR, AgentRules(most=0))
    assert await work.rules(PRIYA.workspace) == AgentRules()
    with pytest.raises(NotPossible, match="between 0 and 500"):
        await work.set_rules(ADA, AgentRules(most=501))


async def test_somebody_elses_link_is_not_revoked(shop: Shop) -> None:
    link = await shop.workshop.make_link(PRIYA, await shop.published())
    with pytest.raises(NotPossible):
        await shop.workshop.revoke_link(MEI, link.id)
    with pytest.raises(NotPossible, match="no such link"):
        await shop.workshop.revoke_link(PRIYA, LinkId("b" * 22))


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (Reach(people=0, channels=0, links=0, everybody=False), "not shared"),
        (Reach(people=3, channels=0, links=1, everybody=False), "3 people and a link"),
        (Reach(people=1, channels=2, links=2, everybody=False), "1 person, 2 channels and 2 links"),
        (Reach(people=1, channels=1, links=1, everybody=True), "everybody"),
    ],
)
def test_how_far_an_agent_is_shared_is_said_in_words(reach: Reach, words: str) -> None:
    assert reach_words(reach) == words
