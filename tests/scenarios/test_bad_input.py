"""What cannot be answered as it is: a clear sentence with the next step."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.model import Scripted
from playground.slack.text import readable
from tests.scenarios.conftest import OpenWorld, World


@pytest.fixture
async def echoing(open_world: OpenWorld) -> World:
    """A world whose model says what it was asked."""
    return await open_world(Scripted(lambda asked: f"You said: {asked.said}"))


def whispered(world: World, who: str = "jamal") -> str:
    """All that only this person sees."""
    return "\n".join(readable(message) for message in world.slack.whispers(who))


# Messages.


@pytest.mark.parametrize("said", ["", "   ", "\n\n"])
async def test_an_empty_message_gets_three_things_to_begin_with(echoing: World, said: str) -> None:
    answer = await echoing.ask("jamal", said)
    assert "I got an empty message. Write what you need, or tap one:" in echoing.words("dm:jamal", answer)
    assert str(answer["blocks"]).count("'start.") == 3
    assert echoing.model.requests == []
    await echoing.slack.click("jamal", answer["ts"], "start.0")
    await echoing.slack.until(lambda: echoing.model.requests, 15)


async def test_a_mention_without_a_word_is_an_empty_message(echoing: World) -> None:
    thread = await echoing.slack.say("jamal", "#mobile", "@Pinyon")
    answer = await echoing.answer("#mobile", thread)
    assert "I got an empty message." in echoing.words("#mobile", answer)
    assert echoing.model.requests == []


async def test_only_a_file_is_named_with_what_it_holds_and_three_next_steps(echoing: World) -> None:
    file = echoing.slack.upload("jamal", "figures.csv", "hut,beds\n" * 300)
    thread = await echoing.slack.say("jamal", "dm", "", files=[file])
    answer = await echoing.answer("dm:jamal", thread)
    shown = echoing.words("dm:jamal", answer)
    assert "Got figures.csv, 299 rows, 2 columns. What should I do with it?" in shown
    assert "Find oddities" in shown
    assert echoing.model.requests == []


async def test_a_file_with_a_question_is_a_question(echoing: World) -> None:
    file = echoing.slack.upload("jamal", "figures.csv", "hut,beds\n")
    thread = await echoing.slack.say("jamal", "dm", "what is a hut?", files=[file])
    assert "what is a hut?" in echoing.words("dm:jamal", await echoing.answer("dm:jamal", thread))
    assert "figures.csv" in echoing.model.requests[0].said


async def test_forty_thousand_characters_are_read_and_answered(open_world: OpenWorld) -> None:
    world = await open_world(Scripted(lambda asked: f"I read {len(asked.said)} characters, to the {asked.said[-3:]}"))
    said = "A line about huts and trails. " * 1333 + "xxxxxxx" + "end"
    assert len(said) == 40_000
    answer = await world.ask("jamal", said, seconds=15)
    assert "I read 40000 characters, to the end" in world.words("dm:jamal", answer)


async def test_whatever_is_typed_is_answered_once(echoing: World) -> None:
    """Any text: control characters, mark-up, Slack's own escapes, foreign scripts."""
    texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)
    said: list[str] = []

    @settings(max_examples=12, derandomize=True, deadline=None, database=None)
    @given(texts)
    def collect(text: str) -> None:
        said.append(text)

    collect()
    threads = [await echoing.slack.say("jamal", "dm", text) for text in said]
    for thread in threads:
        await echoing.answer("dm:jamal", thread)
    await echoing.slack.settled()
    assert await echoing.over(len(threads), seconds=20) == ["answered"] * len(threads)
    assert [len(echoing.slack.replies("dm:jamal", thread)) for thread in threads] == [1] * len(threads)


# Commands.


async def test_a_word_that_is_nearly_a_command_is_answered_with_the_right_one(world: World) -> None:
    outcome = await world.slack.command("jamal", "/pinyon", "conect")
    assert outcome.is_acked
    others = "skills, memory, agents, use, web, help"
    assert f"/pinyon conect is not one of mine. Did you mean connect? Others: {others}." in whispered(world)


async def test_a_word_like_no_command_is_answered_with_what_there_is(world: World) -> None:
    await world.slack.command("jamal", "/pinyon", "<!channel> `frobnicate` \u202e")
    shown = whispered(world)
    assert "I know: connect, skills, memory, agents, use, web, help." in shown
    assert "\u202e" not in shown


async def test_help_skills_and_connect_are_answered_at_once_to_the_asker_alone(world: World) -> None:
    outcomes = [await world.slack.command("jamal", "/pinyon", text) for text in ("", "help", "skills", "connect")]
    assert all(outcome.is_acked and outcome.body["response_type"] == "ephemeral" for outcome in outcomes)
    said = [str(outcome.body) for outcome in outcomes]
    assert said[0] == said[1]
    assert "Write what you need in your own words." in said[0]
    assert "Pull requests" in said[2]
    assert world.servers.bot_url in said[3]
    assert world.slack.messages("dm:jamal") == []


async def test_connect_names_what_it_connects_and_knows_what_is_connected(world: World) -> None:
    await world.slack.command("jamal", "/pinyon", "connect github")
    assert f"{world.servers.bot_url}/" in str(world.slack.whispers("jamal"))
    await world.slack.command("jamal", "/pinyon", "connect teapot")
    assert "There is no skill called teapot." in whispered(world)
    await world.connect("jamal")
    await world.slack.command("jamal", "/pinyon", "connect github")
    assert "GitHub is connected already, as" in whispered(world)


async def test_a_guests_command_is_refused(world: World) -> None:
    """ext_user: also commands are for members only, and give no connect link."""
    for text in ("", "connect github", "skills"):
        outcome = await world.slack.command("harriet", "/pinyon", text)
        assert "I work only for members of Tamarack." in str(outcome.body)
        assert world.servers.bot_url not in str(outcome.body)
