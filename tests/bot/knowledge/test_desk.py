"""What agents know: taken in, kept up to date, and told to those who may read it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.agents.file import Source
from bot.background import Background
from bot.knowledge.desk import LARGEST, Knowledge, NotTaken
from bot.knowledge.finding import Finding
from bot.knowledge.taking import DRIVE_EVERY, MISSING, PAGES_EVERY, Taking
from bot.own_skills.knowledge import KnowledgeSkill
from bot.own_skills.own import Here
from documents.document import Document
from documents.reading import read
from integrations.fetch import Fetcher
from integrations.google.client import Google
from integrations.integration import Destination
from memory.database import Database
from memory.ids import AgentId, ConversationId, PersonId, TurnId, WorkspaceId
from memory.knowledge import KeptSource, KnownSources
from memory.knowledge_search import Search
from memory.people import Person
from playground.company import load_company
from playground.google import GoogleServer
from playground.google.drive_world import File, permission
from skills.files import SKILL as FILES
from skills.knowledge.client import FoundPassages

COMPANY = load_company(today=date(2026, 11, 20))
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AGENT, OTHER = AgentId("a" * 22), AgentId("b" * 22)
PLAN = "1" + "p" * 32
LINK = f"https://docs.google.com/document/d/{PLAN}/edit"
DRIVE = Source(kind="drive", at=LINK)
TEXT = Source(kind="text", at="Refund policy", text="# Refund policy\n\n## By card\n\nThe refund takes ten days.")


def person(name: str, workspace: str = "T1") -> Person:
    team = WorkspaceId(workspace)
    return Person(id=PersonId(f"{team}:{name}"), workspace=team, user=name, name=name, refreshed_at=START)


NADIA, TOMAS = person("nadia"), person("tomas")


@dataclass
class World:
    """Everything around the knowledge of agents."""

    knowledge: Knowledge
    background: Background
    store: KnownSources
    google: GoogleServer
    pages: dict[str, bytes] = field(default_factory=dict[str, bytes])
    now: datetime = START
    public: bool = True
    unconnected: set[PersonId] = field(default_factory=set[PersonId])
    strangers: set[PersonId] = field(default_factory=set[PersonId])
    """Who neither owns nor edits the agent any more."""
    is_google_away: bool = False
    asked_google: int = 0

    def share(self, name: str, words: str, *readers: str, modified: datetime = START, file: str = PLAN) -> None:
        """Let Nadia have a text file in Drive that these people can read."""
        owner = self.google.sign_in("nadia", FILES.scopes.read)["email"]
        mails = [self.google.sign_in(reader, FILES.scopes.read)["email"] for reader in readers]
        self.google.drive.files[file] = File(
            id=file,
            name=name,
            mime_type="text/markdown",
            owner=owner,
            created=START,
            modified=modified,
            modified_by=owner,
            data=words.encode(),
            permissions=[
                permission("owner", "user", owner),
                *(permission("reader", "user", mail) for mail in mails),
            ],
        )

    async def drive(self, asker: PersonId) -> Google | None:
        self.asked_google += 1
        if asker in self.unconnected:
            return None
        given = self.google.sign_in(asker.partition(":")[2], FILES.scopes.read)
        where = "http://127.0.0.1:9" if self.is_google_away else self.google.api_url
        return Google(SecretStr(given["access_token"]), Destination(api_url=where))

    async def settle(self, *declared: Source, agent: AgentId = AGENT, by: Person = NADIA) -> None:
        await self.knowledge.settle(agent, declared, by=by.id)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait for what is read in the background."""
        for _ in range(600):
            if not self.background._tasks:  # pyright: ignore[reportPrivateUsage]: nothing else says that it is done
                return
            await asyncio.sleep(0.02)

    async def kept(self, *declared: Source, agent: AgentId = AGENT, seen_by: Person = NADIA) -> list[KeptSource]:
        found = await self.knowledge.sources(agent, declared, seen_by=seen_by)
        return [one for one in found if isinstance(one, KeptSource)]

    async def ask(self, words: str, *declared: Source, asker: Person = NADIA, agent: AgentId = AGENT) -> FoundPassages:
        return await self.knowledge.search(agent, declared, words, asker=asker)


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    app = web.Application()
    runner = web.AppRunner(app)

    async def answer(request: web.Request) -> web.Response:
        if (body := world.pages.get(request.path)) is None:
            raise web.HTTPNotFound
        return web.Response(body=body, headers={"Content-Type": "text/html; charset=utf-8"})

    app.router.add_get("/{path:.*}", answer)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fetcher = Fetcher(hosts={"pages.example": f"http://127.0.0.1:{runner.addresses[0][1]}"})
    store, background = KnownSources(database), Background()

    async def is_public(agent: AgentId) -> bool:
        del agent
        return world.public

    async def drive(asker: PersonId) -> Google | None:
        return await world.drive(asker)

    async def keeps(_agent: AgentId, person: PersonId) -> bool:
        return person not in world.strangers

    taking = Taking(store=store, read=read, fetcher=fetcher, drive=drive, keeps=keeps, now=lambda: world.now)
    knowledge = Knowledge(store, Finding(Search(database)), taking, is_public=is_public, background=background)
    async with GoogleServer(COMPANY) as google:
        world = World(knowledge=knowledge, background=background, store=store, google=google)
        yield world
        await background.close()
    await runner.cleanup()


def texts(found: FoundPassages) -> list[str]:
    return [one.text for one in found.passages]


# Taking in


async def test_a_text_is_there_at_once_with_title_and_place(world: World):
    await world.knowledge.settle(AGENT, [TEXT], by=NADIA.id)
    found = await world.ask("How long does a refund take?", TEXT)
    [passage] = found.passages
    assert (passage.title, passage.place, passage.link) == ("Refund policy", "By card", None)
    assert passage.text == "The refund takes ten days."
    assert found.audience == "members"


async def test_the_live_text_stays_while_the_draft_has_another(world: World):
    draft = Source(kind="text", at=TEXT.at, text="The refund takes two days.")
    await world.settle(TEXT, draft)
    assert texts(await world.ask("refund days", TEXT)) == ["The refund takes ten days."]
    assert texts(await world.ask("refund days", draft)) == ["The refund takes two days."]
    await world.settle(draft)
    assert texts(await world.ask("refund days", TEXT)) == []


async def test_only_what_the_version_in_use_declares_is_searched(world: World):
    other = Source(kind="text", at="Secret plans", text="The refund team moves to Oslo.")
    await world.settle(TEXT, other)
    assert texts(await world.ask("refund", TEXT)) == ["The refund takes ten days."]
    assert list(await world.knowledge.titles(AGENT, [TEXT], asker=NADIA)) == ["Refund policy"]


async def test_a_file_is_kept_read_and_found(world: World):
    source = await world.knowledge.upload(AGENT, "handbook.md", b"# Handbook\n\n## Dogs\n\nDogs are welcome.", by=NADIA)
    assert source == Source(kind="file", at="handbook.md")
    await world.quiet()
    [kept] = await world.kept(source)
    assert (kept.state, kept.title, kept.passages) == ("ready", "Handbook", 1)
    assert (await world.ask("may I bring a dog", source)).passages[0].place == "Dogs"


async def test_a_file_that_cannot_be_read_says_why(world: World):
    source = await world.knowledge.upload(AGENT, "photo.bin", bytes(range(256)) * 20, by=NADIA)
    await world.quiet()
    [kept] = await world.kept(source)
    assert kept.state == "failed"
    assert kept.problem.endswith(".")


async def test_cost_dos_files_have_limits(world: World):
    with pytest.raises(NotTaken, match="MB"):
        await world.knowledge.upload(AGENT, "big.txt", b"x" * (LARGEST + 1), by=NADIA)
    with pytest.raises(NotTaken, match="empty"):
        await world.knowledge.upload(AGENT, "empty.txt", b"", by=NADIA)
    await world.settle(*(Source(kind="text", at=f"Text {number}", text="Words.") for number in range(50)))
    with pytest.raises(NotTaken, match="50 things"):
        await world.knowledge.upload(AGENT, "more.txt", b"words", by=NADIA)


async def test_what_no_file_of_the_agent_declares_is_forgotten(world: World):
    await world.settle(TEXT)
    await world.settle()
    assert await world.store.of(AGENT) == []


async def test_what_waits_after_a_crash_is_read_by_whoever_looks_next(world: World):
    world.pages["/faq"] = page("Dogs are welcome in the office.")
    source = Source(kind="page", at="https://pages.example/faq")
    await world.knowledge.settle(AGENT, [source], by=NADIA.id)
    await asyncio.sleep(0)
    await world.background.close()
    await world.knowledge.refresh()
    world.now += timedelta(minutes=30)
    await world.knowledge.refresh()
    assert [one.state for one in await world.kept(source)] == ["ready"]


async def test_the_skill_s_client_is_for_one_agent_and_one_asker(world: World):
    await world.settle(TEXT)
    here = Here(
        person=NADIA,
        conversation=ConversationId("T1:C1:1"),
        turn=TurnId("T1:C1:1"),
        question="",
        channel="C1",
        private=True,
        now=START,
        agent=AGENT,
        knows=(TEXT,),
    )
    skill = KnowledgeSkill(world.knowledge)
    mine = skill.client(here)
    assert list(await mine.titles()) == ["Refund policy"]
    assert texts(await mine.search("refund days")) == ["The refund takes ten days."]
    assert len((await mine.read("Refund policy", "By card")).passages) == 1
    nobody = skill.client(replace(here, agent=None))
    assert (list(await nobody.titles()), (await nobody.search("refund")).passages) == ([], ())
    with pytest.raises(KeyError):
        await nobody.read("Refund policy", "")


# Pages


def page(words: str) -> bytes:
    body = f"<p>{words} {'Everybody keeps an eye on their own dog and on the carpet. ' * 8}</p>"
    return f"<html><head><title>Office rules</title></head><body><article>{body}</article></body></html>".encode()


async def test_a_page_is_read_cited_with_its_link_and_read_anew_when_it_changed(world: World):
    world.pages["/faq"] = page("Dogs are welcome.")
    source = Source(kind="page", at="https://pages.example/faq")
    await world.settle(source)
    [passage] = (await world.ask("are dogs welcome", source)).passages
    assert (passage.title, passage.link) == ("Office rules", source.at)
    world.pages["/faq"] = page("Dogs stay outside.")
    await world.knowledge.refresh()
    assert "welcome" in texts(await world.ask("dogs", source))[0], "its turn has not come"
    world.now += PAGES_EVERY
    await world.knowledge.refresh()
    assert "stay outside" in texts(await world.ask("dogs", source))[0]


async def test_a_page_that_did_not_change_is_not_taken_anew(world: World):
    world.pages["/faq"] = page("Dogs are welcome.")
    source = Source(kind="page", at="https://pages.example/faq")
    await world.settle(source)
    world.now += PAGES_EVERY
    await world.knowledge.refresh()
    [kept] = await world.kept(source)
    assert (kept.read_at, kept.checked_at) == (START, world.now)


async def test_a_page_that_is_gone_stays_known_and_says_so(world: World):
    world.pages["/faq"] = page("Dogs are welcome.")
    source = Source(kind="page", at="https://pages.example/faq")
    await world.settle(source)
    del world.pages["/faq"]
    await world.knowledge.read_again(AGENT, source, by=NADIA.id)
    [kept] = await world.kept(source)
    assert (kept.state, kept.passages) == ("ready", 1)
    assert "no such page" in kept.problem


# Drive


async def test_share_acl_a_drive_document_is_told_only_to_those_who_may_open_it_now(world: World):
    world.share("Salary bands", "# Salary bands\n\nLevel five earns 90,000.", "tomas")
    await world.settle(DRIVE)
    found = await world.ask("What does level five earn?", DRIVE, asker=TOMAS)
    assert texts(found) == ["Level five earns 90,000."]
    assert found.audience == "asker"
    assert found.passages[0].link is not None
    world.share("Salary bands", "# Salary bands\n\nLevel five earns 90,000.")
    closed = await world.ask("What does level five earn?", DRIVE, asker=TOMAS)
    assert texts(closed) == []
    assert closed.withheld == ("One Drive document is not open to your Google account, so I left it out.",)
    assert closed.audience == "asker"
    assert list(await world.knowledge.titles(AGENT, [DRIVE], asker=NADIA)) == []


async def test_share_acl_an_editor_is_not_told_what_a_document_is_called_that_they_cannot_open(world: World):
    world.share("Salary bands", "Level five earns 90,000.")
    await world.settle(DRIVE)
    [mine], [theirs] = await world.kept(DRIVE), await world.kept(DRIVE, seen_by=TOMAS)
    assert (mine.title, theirs.title, theirs.facts) == ("Salary bands", DRIVE.at, "")


async def test_chan_leak_a_title_in_drive_is_named_to_the_asker_alone(world: World):
    world.share("Salary bands", "Level five earns 90,000.", "tomas")
    await world.settle(DRIVE, TEXT)
    nothing = await world.ask("Who waters the plants?", DRIVE, TEXT, asker=TOMAS)
    assert (texts(nothing), nothing.titles, nothing.audience) == ([], ("Salary bands", "Refund policy"), "asker")
    text_only = await world.ask("Who waters the plants?", TEXT, asker=TOMAS)
    assert text_only.titles == ("Refund policy",)


async def test_share_acl_what_is_withheld_does_not_depend_on_the_words_that_stand_there(world: World):
    world.share("Plans", "We will acquire Foxglove in March.")
    await world.settle(DRIVE, TEXT)
    told = [await world.ask(words, DRIVE, TEXT, asker=TOMAS) for words in ("foxglove", "tulip", "march", "april")]
    assert len({(one.withheld, one.titles, one.audience) for one in told}) == 1


async def test_share_acl_reading_by_title_does_not_tell_that_a_closed_document_exists(world: World):
    world.share("Salary bands", "Level five earns 90,000.")
    await world.settle(DRIVE)
    for title in ("Salary bands", "No such title"):
        with pytest.raises(KeyError):
            await world.knowledge.read(AGENT, [DRIVE], title, "", asker=TOMAS)
    world.unconnected.add(TOMAS.id)
    told = [await world.knowledge.read(AGENT, [DRIVE], name, "", asker=TOMAS) for name in ("Salary bands", "No such")]
    assert told[0] == told[1]
    assert told[0].passages == ()
    assert texts(await world.knowledge.read(AGENT, [DRIVE], "salary bands", "", asker=NADIA)) == [
        "Level five earns 90,000."
    ]


async def test_share_acl_what_is_withheld_does_not_stand_in_the_way_of_what_is_open(world: World):
    many = "\n\n".join(f"## Part {number}\n\nThe refund takes {number} days." for number in range(60))
    world.share("Refund secrets", many)
    await world.settle(DRIVE, TEXT)
    found = await world.ask("How many days does a refund take?", DRIVE, TEXT, asker=TOMAS)
    assert texts(found) == ["The refund takes ten days."]
    assert len(found.withheld) == 1
    assert "secret" not in found.withheld[0]


async def test_share_acl_without_google_or_without_its_answer_nothing_of_drive_is_told(world: World):
    world.share("Salary bands", "Level five earns 90,000.", "tomas")
    await world.settle(DRIVE)
    world.unconnected.add(TOMAS.id)
    found = await world.ask("level five earns", DRIVE, asker=TOMAS)
    assert (texts(found), found.withheld) == ([], ("One Drive document was left out: connect Google and ask again.",))
    world.unconnected.clear()
    world.is_google_away = True
    found = await world.ask("level five earns", DRIVE, asker=TOMAS)
    assert texts(found) == []
    assert "does not say at the moment" in found.withheld[0]


async def test_mem_cross_somebody_of_another_workspace_is_told_nothing(world: World):
    world.share("Salary bands", "Level five earns 90,000.", "tomas")
    await world.settle(DRIVE, TEXT)
    stranger = person("tomas", "T2")
    assert await world.ask("refund level five", DRIVE, TEXT, asker=stranger) == FoundPassages(passages=())
    assert list(await world.knowledge.titles(AGENT, [DRIVE, TEXT], asker=stranger)) == []


async def test_a_drive_document_is_read_anew_when_it_changed(world: World):
    world.share("Plan", "We open in June.")
    await world.settle(DRIVE)
    world.share("Plan", "We open in July.", modified=START + timedelta(minutes=5))
    world.now += DRIVE_EVERY
    await world.knowledge.refresh()
    assert texts(await world.ask("when do we open", DRIVE)) == ["We open in July."]


async def test_when_the_one_who_added_it_is_gone_the_source_says_so_and_an_editor_takes_it_over(world: World):
    world.share("Plan", "We open in June.", "tomas")
    await world.settle(DRIVE)
    world.unconnected.add(NADIA.id)
    world.now += DRIVE_EVERY
    await world.knowledge.refresh()
    [kept] = await world.kept(DRIVE)
    assert (kept.state, kept.problem) == ("ready", MISSING)
    assert texts(await world.ask("when do we open", DRIVE, asker=TOMAS)) == ["We open in June."]
    await world.knowledge.read_again(AGENT, DRIVE, by=TOMAS.id)
    [kept] = await world.kept(DRIVE)
    assert (kept.added_by, kept.problem) == (TOMAS.id, "")


async def test_an_address_that_is_none_of_drive_s_says_so(world: World):
    source = Source(kind="drive", at="https://docs.google.com/")
    await world.settle(source)
    assert [one.state for one in await world.kept(source)] == ["failed"]


# Telling


async def test_what_only_some_may_use_is_told_to_the_asker_alone(world: World):
    await world.settle(TEXT)
    world.public = False
    assert (await world.ask("refund days", TEXT)).audience == "asker"


async def test_a_document_is_read_on_from_a_place(world: World):
    long = "\n\n".join(f"Step {number}. {'Turn the key. ' * 60}" for number in range(4))
    source = Source(kind="text", at="Guide", text=f"# Guide\n\nHello.\n\n## Steps\n\n{long}")
    await world.settle(source)
    whole = await world.knowledge.read(AGENT, [source], "guide", "", asker=NADIA)
    places = [one.place for one in whole.passages]
    assert places == ["", "Steps", "Steps, part 2", "Steps, part 3", "Steps, part 4"]
    rest = await world.knowledge.read(AGENT, [source], "Guide", "steps, part 3", asker=NADIA)
    assert [one.place for one in rest.passages] == places[3:]
    with pytest.raises(KeyError):
        await world.knowledge.read(AGENT, [source], "Guide", "page 9", asker=NADIA)


async def test_share_link_a_copy_takes_texts_and_files_and_reads_drive_as_who_copies(world: World):
    world.share("Plan", "We open in June.")
    file = await world.knowledge.upload(AGENT, "dogs.md", b"Dogs are welcome.", by=NADIA)
    await world.settle(file, TEXT, DRIVE)
    await world.knowledge.copy(AGENT, OTHER, by=TOMAS.id)
    await world.quiet()
    by_kind = {one.kind: one for one in await world.store.of(OTHER)}
    assert {one.added_by for one in by_kind.values()} == {TOMAS.id}
    assert (by_kind["file"].state, by_kind["text"].state) == ("ready", "ready")
    assert (by_kind["drive"].state, by_kind["drive"].passages) == ("failed", 0)
    assert by_kind["drive"].title == LINK
    await world.knowledge.forget(AGENT)
    assert texts(await world.ask("dogs", file, asker=TOMAS, agent=OTHER)) == ["Dogs are welcome."]


async def test_all_drive_documents_are_asked_about_however_many_there_are(world: World):
    declared = list[Source]()
    for number in range(10):
        file = f"1{number}" + "q" * 31
        world.share(f"Plan {number}", f"We open in June of year {number}.", file=file)
        declared.append(Source(kind="drive", at=f"https://docs.google.com/document/d/{file}/edit"))
    await world.settle(*declared)
    found = await world.ask("when do we open in June", *declared)
    assert len(found.passages) == 8
    assert found.withheld == ()
    last = await world.ask("open June year 9", *declared)
    assert "We open in June of year 9." in texts(last)


async def test_a_fault_of_the_parser_ends_in_a_sentence_and_stops_nothing_else(world: World):
    async def broken(body: bytes, *, name: str, media: str = "") -> Document:
        raise ValueError(f"a bug with {len(body)} bytes of {name} {media}")

    taking = world.knowledge._taking  # pyright: ignore[reportPrivateUsage]: a parser cannot be made to break otherwise
    world.knowledge._taking = replace(taking, read=broken)  # pyright: ignore[reportPrivateUsage]: as above
    source = await world.knowledge.upload(AGENT, "handbook.md", b"# Handbook", by=NADIA)
    await world.quiet()
    [kept] = await world.kept(source)
    assert "Something broke on my side" in kept.problem
    world.knowledge._taking = taking  # pyright: ignore[reportPrivateUsage]: as above
    world.now += timedelta(days=1)
    await world.knowledge.refresh()
    [kept] = await world.kept(source)
    assert (kept.state, kept.problem) == ("ready", "")


async def test_deputy_owner_who_does_not_keep_an_agent_any_more_lends_it_no_account(world: World):
    world.share("Salary bands", "Level five earns 90,000.", "tomas")
    await world.settle(DRIVE)
    world.strangers.add(NADIA.id)
    asked = world.asked_google
    world.now += 2 * DRIVE_EVERY
    await world.knowledge.refresh()
    assert world.asked_google == asked
    [kept] = await world.kept(DRIVE)
    assert kept.problem == MISSING
    await world.knowledge.read_again(AGENT, DRIVE, by=TOMAS.id)
    [kept] = await world.kept(DRIVE, seen_by=TOMAS)
    assert (kept.added_by, kept.problem) == (TOMAS.id, "")
