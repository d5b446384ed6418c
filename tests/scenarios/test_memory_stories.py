"""The company's stories that rest on what was learned, told by whoever they are about, under either name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from playground.company import story_day
from playground.model.stories import Story, served_stories
from tests.scenarios.conftest import OpenWorld, World
from tests.scenarios.remembering import (
    always,
    answer,
    approve,
    asked,
    calls_of,
    card_open,
    edit,
    named,
    open_card,
    pairs_of,
    questions_in,
    remembered_of,
    say,
    teach,
    told,
)

RENAMED = pytest.mark.parametrize("renamed", [False, True], ids=["as written", "renamed"])


@RENAMED
async def test_five_tickets_in_a_row_are_asked_about_three_times_once_and_never(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await open_world(renamed=renamed)
    story, once = story_of(world, "infra-five"), story_of(world, "just-once")
    as_named = world.servers.company.renamed
    await world.connect(story.who, "atlassian")
    counts: list[int] = []
    thread = None
    for turn in (*story.turns, *once.turns):
        thread = await say(world, story.who, turn.say, thread=thread)
        questions = asked(world, story.who, thread)
        counts.append(len(questions))
        answers = {
            "Which board": f"Platform ({as_named('PLAT')})",
            "title begin": "[infra]",
            "components": "infra",
        }
        if questions:
            given = {part: value for part, value in answers.items() if any(part in ask for ask in questions)}
            card = await answer(world, story.who, thread, given)
            if len(questions) == 1:
                await always(world, story.who, card)
    assert counts == [turn.questions for turn in (*story.turns, *once.turns)]
    filed = [write.arguments["fields"] for write in world.atlassian.writes]
    assert [fields["project"]["key"] for fields in filed] == [as_named(key) for key in (*["PLAT"] * 5, "TRAIL", "PLAT")]
    assert [fields["summary"] for fields in filed] == [
        "[infra] Dashboard login should go through sso",
        "[infra] Clean up the old snapshot buckets",
        "[infra] Ipv6 on the render hosts",
        "[infra] Renew the wildcard cert before it bites us",
        "[infra] Alert when backups are older than 26h",
        "Status page link in the app",
        "[infra] Rotate the log shipper token",
    ]
    on_platform = [fields for fields in filed if fields["project"]["key"] == as_named("PLAT")]
    assert all(named(fields["components"]) == ["infra"] for fields in on_platform)
    assert not filed[5].get("components")
    assert {write.by.handle for write in world.atlassian.writes} == {story.who}


@RENAMED
async def test_who_the_manager_is_is_asked_once_and_known_the_next_time(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await open_world(renamed=renamed, today=datetime.now(ZoneInfo("America/Denver")).date())
    story, company = story_of(world, "manager-meeting"), world.servers.company
    asker = company.person(story.who)
    manager = company.person(asker.manager or "")
    await world.connect(story.who, "google", "slack")
    thread = await say(world, story.who, story.turns[0].say)
    assert asked(world, story.who, thread) == ["Who is your manager?"]
    await answer(world, story.who, thread, {"manager": manager.handle})
    said = told(world, story.who, thread)
    start, day = company.moment(1, "15:30"), company.moment(2, "12:00")
    assert manager.name in said
    for zone in (asker.zone, manager.zone):
        assert f"{start.astimezone(ZoneInfo(zone)):%H:%M}" in said
        assert zone in said
    between = f"1:1 {manager.name.split()[0]} and {asker.name.split()[0]}"
    assert f"You meet anyway: {between}, {day:%a} {day.day} {day:%b %Y}, 08:00" in said
    if card_open(world, story.who, thread):
        await approve(world, story.who, thread)
    [first] = await calls_of(world, "create_event")
    assert (first["title"], first["attendees"], first["minutes"]) == ("Key rotation", [manager.email], 30)
    assert datetime.fromisoformat(first["start"]) == start

    await say(world, story.who, story.turns[1].say, thread=thread)
    assert asked(world, story.who, thread) == []
    card = card_open(world, story.who, thread)
    assert card is not None
    [label] = [label for label, value in pairs_of(card) if value == manager.email and "With" in label]
    assert "remembered, you told me once" in label
    await approve(world, story.who, thread)
    _, second = await calls_of(world, "create_event")
    assert (second["attendees"], second["minutes"]) == ([manager.email], 30)
    begins = datetime.fromisoformat(second["start"])
    today = datetime.now(ZoneInfo(asker.zone)).date()
    assert begins.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]
    assert begins != start
    assert [(one.who, one.action) for one in world.google.writes] == [(story.who, "calendar.events.insert")] * 2


@RENAMED
async def test_a_merge_is_made_as_they_merge(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed)
    story = story_of(world, "merge-compass")
    call, repository = story.turns[0].calls[0], world.servers.company.renamed("wayfinder-app")
    await world.connect(story.who)
    for number in (318, 319):
        taught = await say(world, story.who, f"merge {repository}#{number} anyway with squash")
        await approve(world, story.who, taught)
    thread = await say(world, story.who, story.turns[0].say)
    card = card_open(world, story.who, thread)
    assert card is not None, told(world, story.who, thread)
    assert f"{call.arguments['repository']} #320" in world.words(f"dm:{story.who}", card)
    assert "2 approvals" in told(world, story.who, thread)
    assert "all checks green" in told(world, story.who, thread)
    assert "squash" in [value for _, value in pairs_of(card)]
    name = f"method|{call.arguments['repository']}"
    evidence = await remembered_of(world, story.who, "merge_pull_request")
    assert [past.values[name] for past in evidence.calls] == ["squash"] * 2
    await approve(world, story.who, thread)
    assert world.servers.company.renamed("TRAIL-143 can be closed.") in told(world, story.who, thread)
    merged = [(write.number, write.arguments["merge_method"]) for write in world.github.writes]
    assert merged == [(318, "squash"), (319, "squash"), (320, "squash")]


@RENAMED
async def test_whom_they_ask_for_reviews_follows_them_when_they_change_it(
    open_world: OpenWorld, *, renamed: bool
) -> None:
    world = await open_world(renamed=renamed)
    story, company = story_of(world, "reviewers-drift"), world.servers.company
    call = story.turns[0].calls[0]
    ren, oskar = (str(company.person(company.renamed(handle)).github) for handle in ("ren", "oskar"))
    place = str(call.arguments["repository"])
    await world.connect(story.who)
    await say(world, story.who, f"ask {ren} to review {place}#412")
    expected = {"repository": place, "review it": ren}
    await asked_again(world, story, expected)
    thread = await say(world, story.who, story.turns[0].say)
    assert asked(world, story.who, thread) == []
    await approve_if_asked(world, story.who, thread)
    assert reviewers(world) == [[ren]] * 3
    for _ in range(2):
        await say(world, story.who, f"ask {ren} and {oskar} to review {place}#415")
    thread = await asked_again(world, story, {"repository": place, "review it": ", ".join(sorted((ren, oskar)))})
    assert {*reviewers(world)[-1]} == {*map(str, listed(call.arguments["reviewers"]))} == {ren, oskar}
    assert company.renamed("atlas-api#415") in told(world, story.who, thread)
    assert [write.number for write in world.github.writes] == [412, 412, 412, 415, 415, 412]


@RENAMED
async def test_a_mail_is_signed_as_they_sign_to_people_outside(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed, today=story_day(datetime.now(UTC)))
    story, company = story_of(world, "answer-luca"), world.servers.company
    sign_off = str(story.turns[0].calls[0].left_out["sign_off"].value)
    await world.connect(story.who, "google")
    for _ in range(2):
        thread = await say(world, story.who, f"tell {company.renamed('sunniva')} the price comes tomorrow")
        await edit(world, story.who, thread, sign_off=sign_off)
        await approve(world, story.who, thread)
    thread = await say(world, story.who, story.turns[0].say)
    card = card_open(world, story.who, thread)
    assert card is not None, told(world, story.who, thread)
    [label] = [label for label, value in pairs_of(card) if value == sign_off]
    assert "remembered" in label
    await approve(world, story.who, thread)
    *_, reply = await calls_of(world, "reply_to_mail")
    assert (reply["to"], reply["sign_off"]) == ([company.person(company.renamed("luca")).email], sign_off)
    assert sign_off in world.words(f"dm:{story.who}", card)
    assert [write.action for write in world.google.writes] == ["gmail.users.messages.send"] * 3


@RENAMED
async def test_the_board_and_the_leads_of_an_update_are_asked_once(open_world: OpenWorld, *, renamed: bool) -> None:
    world = await open_world(renamed=renamed)
    story, company = story_of(world, "weekly-update"), world.servers.company
    board = company.renamed("Trails board")
    leads = [company.person(company.renamed(handle)).email for handle in ("ren", "sione")]
    sign_off = str(story.turns[0].calls[-1].left_out["sign_off"].value)
    await world.connect(story.who, "github", "atlassian", "slack", "google")
    await teach(world, story.who, "send_mail", times=2, sign_off=sign_off)
    thread = await say(world, story.who, story.turns[0].say)
    assert asked(world, story.who, thread) == ["Which board do you want to see?"]
    await answer(world, story.who, thread, {"board": board})
    assert asked(world, story.who, thread) == ["Who are “the two leads”?"]
    await answer(world, story.who, thread, {"leads": ", ".join(company.renamed(one) for one in ("ren", "sione"))})
    assert asked(world, story.who, thread) == []
    assert_mail(world, story, thread, leads, sign_off)
    await approve(world, story.who, thread)

    thread = await say(world, story.who, story.turns[0].say)
    assert asked(world, story.who, thread) == []
    assert_mail(world, story, thread, leads, sign_off)
    [*_, looked] = await calls_of(world, "view_board")
    assert looked["board"] == board
    assert len(world.google.writes) == 1


def assert_mail(world: World, story: Story, thread: str, to: list[str], sign_off: str) -> None:
    """The card of the mail names those it goes to, and how it is signed."""
    card = card_open(world, story.who, thread)
    assert card is not None, told(world, story.who, thread)
    shown = {label.partition("*")[2].partition("*")[0]: (label, value) for label, value in pairs_of(card)}
    assert shown["To"][1] == ", ".join(to)
    assert shown["Sign-off"][1] == sign_off
    assert "remembered" in shown["Sign-off"][0]
    words = world.words(f"dm:{story.who}", card)
    assert "Weekly product update, draft for your eyes" in words


async def asked_again(world: World, story: Story, likeliest: Mapping[str, str]) -> str:
    """Say a story's first sentence; what is asked then has the likeliest answer first, and that is tapped."""
    thread = await say(world, story.who, story.turns[0].say)
    while card := open_card(world, story.who, thread):
        answers = {
            part: value
            for part, value in likeliest.items()
            if any(part in ask for ask in asked(world, story.who, thread))
        }
        assert [next(iter(question.choices)) for question in questions_in(card)] == [*answers.values()]
        await answer(world, story.who, thread, answers)
    await approve_if_asked(world, story.who, thread)
    return thread


async def approve_if_asked(world: World, who: str, thread: str) -> None:
    """A bare number, without "pull request" beside it, is not always taken for the person's own word."""
    if card_open(world, who, thread):
        await approve(world, who, thread)


def reviewers(world: World) -> list[list[str]]:
    """Who was asked for a review, request by request."""
    return [listed(write.arguments["reviewers"]) for write in world.github.writes]


def listed(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]: any JSON


def story_of(world: World, name: str) -> Story:
    return next(story for story in served_stories(world.servers.company) if story.id == name)
