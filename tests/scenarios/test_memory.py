"""What memory does over many calls: it says what it filled in, takes corrections for good, and forgets for good."""

from datetime import UTC, datetime

from pydantic import JsonValue

from bot.warm_start import WarmStart
from memory.database import open_database
from memory.ids import PersonId, workspace_of
from memory.parameters.evidence import Evidence, Kind, Occasion, PastCall, Value
from memory.parameters.store import Asked, Done, ParameterMemory
from memory.warm_starts import WarmStarts
from playground.model import Scripted, call
from playground.slack.app import JSON
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.consenting import allow, confirm
from tests.scenarios.remembering import (
    answer,
    approve,
    asked,
    card_open,
    holding,
    named,
    open_card,
    pairs_of,
    questions_in,
    remembered_of,
    say,
    teach,
    told,
)
from tests.scenarios.test_connecting import signed_in_page

WHO = "jamal"
TOOL = "create_ticket"
HABIT: dict[str, JsonValue] = {"project": "PLAT", "title_prefix": "[infra]", "components": ["infra"]}
KINDS: dict[str, Kind] = {"project": "one", "fix_version": "one"}
PERSON = PersonId("T1:U1")


async def test_a_receipt_says_what_was_filled_in_and_how_often_it_was_so(world: World) -> None:
    await world.connect(WHO, "atlassian")
    await teach(world, WHO, TOOL, times=5, **HABIT)
    thread = await say(world, WHO, "ticket: renew the wildcard cert")
    assert asked(world, WHO, thread) == []
    shown = {label.split("*")[1]: (label.replace("\u00a0", " "), value) for label, value in receipt(world, thread)}
    assert "remembered, 5 of your last 5" in shown["Board"][0]
    assert "PLAT" in shown["Board"][1]
    assert "remembered, 5 of your last 5" in shown["Components"][0]
    [filed] = world.atlassian.writes
    assert filed.arguments["fields"]["summary"] == "[infra] Renew the wildcard cert"


async def test_a_newcomers_first_ticket_is_asked_about_and_filed_and_the_second_one_asks_less(world: World) -> None:
    """From nothing connected: the account, three questions, a receipt; then one question."""
    thread = await say(world, WHO, "ticket: renew the wildcard certificate")
    card = await world.card(f"dm:{WHO}", thread, "connect.open", seconds=60)
    async with world.browser() as browser:
        page = await signed_in_page(world, browser, WHO, link_of(card))
        back = await allow(world, "atlassian", page.headers["location"], WHO)
        await confirm(browser, (await browser.get(back)).headers["location"])
    await world.until(lambda: open_card(world, WHO, thread), seconds=60)
    assert len(asked(world, WHO, thread)) == 3
    answers = {"Which board": "Platform (PLAT)", "title begin": "[infra]", "components": "infra"}
    await answer(world, WHO, thread, answers)
    assert card_open(world, WHO, thread) is None, told(world, WHO, thread)
    assert [one.key for one in world.atlassian.writes] == ["PLAT-83"]
    thread = await say(world, WHO, "ticket: clean up the old snapshots")
    assert asked(world, WHO, thread) == ["What should the title begin with?"]


async def test_a_board_that_was_corrected_never_comes_back_in_a_hundred_calls(world: World) -> None:
    await world.connect(WHO, "atlassian")
    await teach(world, WHO, TOOL, times=20, **HABIT)
    await say(world, WHO, "ticket: renew the wildcard cert")
    memory, person, at = world.app.memory, world.person(WHO), datetime.now(UTC).timestamp()
    await memory.correct(person, TOOL, "project", "TRAIL", at=at)
    for number in range(100):
        occasion = Occasion(at=at + number)
        wanted = Asked(person=person, tool=TOOL, kinds=KINDS, occasion=occasion, missing=["project"])
        found = (await memory.suggest(wanted))["project"]
        assert found.value == "TRAIL"
        assert "PLAT" not in found.others
        past = PastCall(
            id=f"later:{number}", occasion=occasion, values={"project": found.value}, how={"project": "remembered"}
        )
        done = Done(person=person, tool=TOOL, kinds=KINDS, call=past, filled={"project": found.value})
        await memory.learn(done)
    evidence = await remembered_of(world, WHO, TOOL)
    assert "PLAT" not in [past.values.get("project") for past in evidence.calls]


async def test_what_is_for_this_once_teaches_nothing(world: World) -> None:
    await world.connect(WHO, "atlassian")
    await teach(world, WHO, TOOL, times=3, **HABIT)
    before = await remembered_of(world, WHO, TOOL)
    thread = await say(world, WHO, "put a ticket on the trails board just this once: status page link in the app")
    assert asked(world, WHO, thread) == []
    assert len(world.atlassian.writes) == 1
    assert await remembered_of(world, WHO, TOOL) == before


async def test_after_forgetting_a_board_nothing_of_it_stands_in_memory(world: World) -> None:
    await world.connect(WHO, "atlassian")
    await teach(world, WHO, TOOL, times=3, **HABIT)
    await say(world, WHO, "ticket: renew the wildcard cert")
    assert await holding(world, "PLAT")
    await world.app.memory.forget(world.person(WHO), TOOL, "project")
    assert await holding(world, "PLAT") == []
    thread = await say(world, WHO, "ticket: alert when backups are old")
    assert len(asked(world, WHO, thread)) == 3


async def test_a_fill_that_was_undone_counts_as_wrong_and_teaches_nothing(open_world: OpenWorld) -> None:
    comment = call("comment_on_pull_request", number=417, body="Looks good.")
    world = await open_world(Scripted([comment, "Posted."]))
    await world.connect("ren")
    await teach(world, "ren", "comment_on_pull_request", times=3, repository="tamarack-maps/atlas-api")
    before = await remembered_of(world, "ren", "comment_on_pull_request")
    thread = await say(world, "ren", "comment on pull request #417: Looks good.")
    card = undoable(world, "ren", thread)
    learned, *_ = (await remembered_of(world, "ren", "comment_on_pull_request")).calls
    assert learned.how == {"repository": "remembered"}
    await world.slack.click("ren", card["ts"], "done.undo")
    await world.until(lambda: "Comment deleted" in world.words("dm:ren", card), seconds=60)
    after = await remembered_of(world, "ren", "comment_on_pull_request")
    assert [past.id for past in after.calls] == [past.id for past in before.calls]
    [week] = await world.app.memory.happened.weekly(
        workspace_of(world.person("ren")), weeks=1, now=datetime.now(UTC), person=world.person("ren")
    )
    counts = week.tools["comment_on_pull_request"]
    assert (counts.filled, counts.wrong) == (1, 1)


async def test_whoever_lets_it_read_their_own_tickets_has_the_first_one_filled_in(world: World) -> None:
    """The story infra-five, its warm start. Two prefixes are in Jamal's tickets: the likelier one comes first."""
    await world.connect(WHO, "atlassian")
    await learned_from_records(world, WHO, "atlassian")
    thread = await say(world, WHO, "ticket: dashboard login should go through sso")
    if card := open_card(world, WHO, thread):
        [question] = questions_in(card)
        assert "title begin" in question.ask, told(world, WHO, thread)
        assert next(iter(question.choices)) == "[infra]"
        await answer(world, WHO, thread, {question.ask: "[infra]"})
    if card_open(world, WHO, thread):
        await approve(world, WHO, thread)
    fields = world.atlassian.writes[0].arguments["fields"]
    assert fields["project"]["key"] == "PLAT"
    assert fields["summary"] == "[infra] Dashboard login should go through sso"
    assert named(fields["components"]) == ["infra"]


async def test_what_is_different_every_time_is_not_filled_in(world: World) -> None:
    """jira.yaml, habits: whom Nadia assigns and to which component cannot be told from her tickets."""
    await world.connect("nadia", "atlassian")
    await learned_from_records(world, "nadia", "atlassian")
    thread = await say(world, "nadia", "ticket: renew the wildcard cert")
    questions = asked(world, "nadia", thread)
    assert any("components" in ask for ask in questions), told(world, "nadia", thread)
    assert world.atlassian.writes == []


async def test_a_version_that_moved_on_is_followed(world: World) -> None:
    """jira.yaml, drift: Devraj planned for 4.12, and since his last ticket for 4.13."""
    await world.connect("devraj", "atlassian")
    await learned_from_records(world, "devraj", "atlassian")
    values: dict[str, Value] = {"project": "TRAIL", "fix_version|TRAIL": "4.13"}
    past = PastCall(
        id="next",
        occasion=Occasion(at=datetime.now(UTC).timestamp()),
        values=values,
        how=dict.fromkeys(values, "said"),
    )
    await world.app.memory.learn(Done(person=world.person("devraj"), tool=TOOL, kinds=KINDS, call=past))
    wanted = Asked(
        person=world.person("devraj"),
        tool=TOOL,
        kinds=KINDS,
        occasion=Occasion(at=datetime.now(UTC).timestamp()),
        missing=["fix_version|TRAIL"],
        given={"project": "TRAIL"},
    )
    found = (await world.app.memory.suggest(wanted))["fix_version|TRAIL"]
    assert found.value == "4.13"


async def test_a_call_that_is_learned_twice_counts_once(database_url: str) -> None:
    """As after a crash, when the same call is learned anew by who goes on."""
    database = open_database(database_url, pool=1)
    memory = ParameterMemory(database)
    past = PastCall(id="T1:D1:1.1:call", occasion=Occasion(at=1.0), values={"project": "PLAT"}, how={"project": "said"})
    done = Done(person=PERSON, tool=TOOL, kinds=KINDS, call=past)
    for _ in range(2):
        await memory.learn(done)
    assert len((await memory.of(PERSON))[TOOL].calls) == 1
    await database.close()


async def learned_from_records(world: World, who: str, integration: str) -> None:
    """What somebody allowed on connecting (test_warm_start_consent.py) is read and learned."""
    warm = WarmStart(
        store=WarmStarts(world.app.database),
        memory=world.app.memory,
        connections=world.app.connections,
        tell=nobody,
        now=lambda: datetime.now(UTC),
    )
    await world.app.surface.person(world.person(who))
    assert await warm.allow(world.person(who), integration)
    await warm.run(world.person(who), integration)
    assert await remembered_of(world, who, TOOL) != Evidence()


async def nobody(*_: object) -> None:
    """Nobody is told."""


def link_of(card: JSON) -> str:
    """Where the Connect button of a card leads."""
    buttons: list[JSON] = [element for block in card["blocks"] for element in block.get("elements", ())]
    return next(str(one["url"]) for one in buttons if str(one.get("action_id", "")).startswith("connect.open"))


def receipt(world: World, thread: str) -> list[tuple[str, str]]:
    """The lines of the newest receipt of a thread."""
    posts = world.slack.replies(f"dm:{WHO}", thread)
    return next(pairs for post in reversed(posts) if (pairs := pairs_of(post)))


def undoable(world: World, who: str, thread: str) -> JSON:
    posts = world.slack.replies(f"dm:{who}", thread)
    found = [post for post in posts if "'done.undo'" in str(post.get("blocks"))]
    assert found, told(world, who, thread)
    return found[-1]
