"""Several people at once: each gets what they may see, by their own access, whoever asks beside them."""

import asyncio
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from playground.model import Conversation, Plan, call
from playground.model.conversation import calls_with_results
from playground.slack.app import JSON
from playground.slack.conversation import Conversation as Place
from playground.slack.text import readable
from tests.scenarios.conftest import OpenWorld, World

PEOPLE = ("priya", "ren", "nadia", "tomas")
SERVICES = ("github", "atlassian", "google", "slack")
READS: tuple[tuple[str, dict[str, JsonValue]], ...] = (
    ("list_pull_requests", {"which": "waiting_for_my_review"}),
    ("my_tickets", {}),
    ("search_mail", {}),
    ("search_files", {"words": "plan"}),
    ("list_events", {"day": datetime.now(UTC).date().isoformat(), "days": 7}),
    ("search_messages", {"words": "the"}),
    ("read_channel", {"channel": "#hiring"}),
)
"""Calls without a word of who asks; only the account can make the difference."""
MEMBERS_HEAR = {"list_pull_requests", "my_tickets", "read_pull_request", "read_ticket"}
ONLY_THEY_HEAR = {"search_mail", "search_files", "list_events", "read_channel", "read_mail"}
"""Of a search in Slack it depends on the channels in which something was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that one person asks."""

    name: str
    """Like no other question's; a probe's place at the vendor holds it."""
    who: str
    tool: str
    arguments: dict[str, JsonValue]
    where: str
    probes: str = ""
    """The vendor whose log shows, by the name, with whose access it was asked."""


@dataclass
class Reporter:
    """A model that makes the call of each question, and answers with a digest of everything that came back."""

    questions: dict[str, Question] = field(default_factory=dict[str, Question])
    seen: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By person: the digests of all results that stood in requests for their questions."""
    refused: set[str] = field(default_factory=set[str])
    """The tools that brought back something else than what they were asked for."""

    def __call__(self, conversation: Conversation) -> Plan:
        question = self.questions[conversation.said.split()[-1]]
        found = calls_with_results(conversation.messages)
        self.seen.setdefault(question.who, set()).update(digest(result.text) for _, result in found)
        self.refused |= {made.tool for made, result in found if not result.text.startswith("Executed")}
        if not conversation.returned:
            return call(question.tool, **question.arguments)
        return Plan(text=f"{question.name}: {digest(conversation.returned[-1][1].text)}.")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def test_two_people_who_ask_the_same_in_one_channel_each_hear_their_own(open_world: OpenWorld) -> None:
    """deputy: the second question is asked while the first one is still being looked up."""
    world = await open_world()
    for who in ("tomas", "leila"):
        await world.connect(who, "google", "github")
    world.google.fault("GET", "*", seconds=0.3)
    threads = {who: await world.slack.say(who, "#eng", "@Pinyon whats our runway again") for who in ("tomas", "leila")}
    for thread in threads.values():
        await world.answer("#eng", thread, seconds=20)
    await world.over(2)
    assert "19 months" in direct_words(world, "tomas")
    assert "I find no file about “runway” that you can read" in direct_words(world, "leila")
    assert "19 months" not in str(list(world.slack.place("#eng")[1].messages.values()))
    assert {seen.login for seen in world.google.calls if "/files/" in seen.path} == {google(world, "tomas")}


@pytest.mark.parametrize("seed", range(4))
async def test_what_somebody_gets_does_not_depend_on_who_asks_beside_them(open_world: OpenWorld, seed: int) -> None:
    """deputy_owner: no token, result or cache crosses, in whatever order questions and vendors' answers come."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret
    reporter = Reporter()
    world = await open_world(reporter)
    people = chance.sample(PEOPLE, chance.randint(2, 4))
    for who in people:
        await world.connect(who, *SERVICES)
    questions = asked_by(people, chance)
    reporter.questions = {question.name: question for question in questions}

    alone = {pair: await told_alone(world, reporter, *pair) for pair in reads_of(questions)}
    assert reporter.refused <= {"read_channel"}, "not everybody is in it"
    own = {who: set(seen) for who, seen in reporter.seen.items()}
    forget(world)

    trouble(world, chance)
    chance.shuffle(questions)
    asking = [world.slack.say(one.who, one.where, f"@Pinyon {one.name}") for one in questions]
    threads = dict(zip((one.name for one in questions), await asyncio.gather(*asking), strict=True))
    await world.over(len(alone) + len(questions), seconds=45)

    for question in questions:
        [(place, post, text)] = posts_with(world, f"{question.name}: ")
        if (question.who, question.tool) in alone:
            assert f"{question.name}: {alone[question.who, question.tool]}." in text, question
        if place.id == world.slack.place(question.where, question.who)[1].id:
            assert post["thread_ts"] == threads[question.name]
            assert question.where == "dm" or question.tool not in ONLY_THEY_HEAR, question
        else:
            assert question.tool not in MEMBERS_HEAR, question
            assert place.id == world.slack.place("dm", question.who)[1].id, question
    by_probe = {one.name: one for one in questions if one.probes}
    for who, seen in reporter.seen.items():
        others = {result for other, results in own.items() if other != who for result in results} - own.get(who, set())
        assert not seen & others, who
    assert_asked_as_themselves(world, questions)
    for name, question in by_probe.items():
        logins = {seen.login for seen in log_of(world, question.probes) if name in seen.path.lower()}
        assert logins == {login_at(world, question.probes, question.who)}, question
    assert_no_token_was_told(world)


def asked_by(people: Sequence[str], chance: random.Random) -> list[Question]:
    """What everybody asks: some reads that others make alike, and a probe at each vendor."""
    questions: list[Question] = []
    for who in people:
        for tool, arguments in chance.sample(READS, 3):
            name, where = f"q{len(questions)}x{chance.randrange(10**6)}", chance.choice(("dm", "#general"))
            questions.append(Question(name=name, who=who, tool=tool, arguments=arguments, where=where))
        for vendor in chance.sample(("github", "atlassian", "google"), 2):
            name = f"{len(questions) + 1:08x}{chance.randrange(10**7, 10**8)}"
            tool, arguments = probe(vendor, name)
            where = chance.choice(("dm", "#general"))
            asks = Question(name=name, who=who, tool=tool, arguments=arguments, where=where, probes=vendor)
            questions.append(asks)
    return questions


def probe(vendor: str, name: str) -> tuple[str, dict[str, JsonValue]]:
    """A call whose address at the vendor holds `name`."""
    match vendor:
        case "github":
            return "read_pull_request", {"repository": f"nobody/{name}", "number": 1}
        case "atlassian":
            return "read_ticket", {"key": f"X{name}-1"}
        case _:
            return "read_mail", {"thread": name}


def reads_of(questions: Sequence[Question]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.who, one.tool) for one in questions if not one.probes))


async def told_alone(world: World, reporter: Reporter, who: str, tool: str) -> str:
    """What somebody is told when nobody else asks: the digest."""
    name = f"alone-{who}-{tool}"
    reporter.questions[name] = Question(name=name, who=who, tool=tool, arguments=dict(READS)[tool], where="dm")
    answer = await world.ask(who, name, seconds=20)
    return world.words(f"dm:{who}", answer).partition(f"{name}: ")[2].partition(".")[0]


def trouble(world: World, chance: random.Random) -> None:
    """Let some answers of every vendor come late, so that they overtake each other."""
    for server in (world.github, world.atlassian, world.google):
        for _ in range(chance.randint(3, 9)):
            server.fault("*", "*", seconds=chance.uniform(0.01, 0.25))
    world.slack.faults.latency(chance.uniform(0.01, 0.15), method="search.messages", times=chance.randint(1, 4))
    world.slack.faults.latency(chance.uniform(0.01, 0.1), method="conversations.info", times=chance.randint(1, 9))


def forget(world: World) -> None:
    for server in (world.github, world.atlassian, world.google):
        server.calls.clear()


def assert_asked_as_themselves(world: World, questions: Sequence[Question]) -> None:
    """At every vendor only those were seen who asked something of it, and all of them."""
    tools = {
        "github": {"list_pull_requests", "read_pull_request"},
        "atlassian": {"my_tickets", "read_ticket"},
        "google": {"search_mail", "search_files", "list_events", "read_mail"},
    }
    for vendor, names in tools.items():
        asked = {login_at(world, vendor, one.who) for one in questions if one.tool in names}
        assert {seen.login for seen in log_of(world, vendor)} == asked, vendor


def assert_no_token_was_told(world: World) -> None:
    """No request to the model holds anybody's access."""
    tokens = [token.access for who in PEOPLE for token in world.slack.world.grants.of(world.slack.user(who).id)]
    requests = str([request.body for request in world.model.requests])
    assert tokens
    for token in tokens:
        assert token not in requests
    assert "gho_" not in requests
    assert "ghu_" not in requests


def log_of(world: World, vendor: str) -> Sequence[Any]:
    servers = {"github": world.github, "atlassian": world.atlassian, "google": world.google}
    return list(servers[vendor].calls)


def login_at(world: World, vendor: str, who: str) -> str:
    person = world.servers.company.person(who)
    match vendor:
        case "github":
            return world.github.world.person(who).login
        case "atlassian":
            return str(person.jira)
        case _:
            return google(world, who)


def google(world: World, who: str) -> str:
    return world.servers.company.person(who).email


def posts_with(world: World, words: str) -> list[tuple[Place, JSON, str]]:
    """Every message of Pinyon's that people read `words` in: where it stands, itself, and its text."""
    bot = world.slack.workspace.bot.id
    every = [
        (place, post, readable(post, place.streams.get(post["ts"])))
        for place in world.slack.workspace.conversations.values()
        for post in place.messages.values()
        if post["user"] == bot
    ]
    return [found for found in every if words in found[2]]


def direct_words(world: World, who: str) -> str:
    posts = [post for post in world.slack.messages(f"dm:{who}") if post.get("bot_id")]
    return "\n".join(world.words(f"dm:{who}", post) for post in posts)
