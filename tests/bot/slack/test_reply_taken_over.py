"""What a worker finds that goes on with a dead one's answer, and what it leaves alone."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.harmless.links import REMOVED
from bot.messages import (
    Answer,
    ApprovalCard,
    IncomingMessage,
    Outcome,
    Question,
    QuestionCard,
    QuestionState,
    Write,
    WriteState,
)
from bot.slack.blocks import Block, Message, context, plain
from bot.slack.pace import Pace
from bot.slack.reply import SlackReply
from bot.slack.surface import neutral
from memory.ids import PendingId
from tests.fakes.rooms import TURN, incoming

ANSWER = Answer(text="There are three.", turn=TURN)
LINE = "Answered privately, because it rests on private sources."


@dataclass
class FakeApi:
    """Has posts in some places, and keeps what it is asked to do."""

    places: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])

    async def post(self, method: str, **arguments: Any) -> dict[str, Any]:
        self.done.append((method, arguments))
        return {"ok": True, "ts": "9.9"}

    async def get(self, method: str, **arguments: Any) -> dict[str, Any]:
        return {"messages": self.places.get(arguments["channel"], [])}

    def posted(self) -> list[tuple[str, str, str]]:
        """(method, channel, text) of what was posted or rewritten."""
        shown = ("chat.postMessage", "chat.update")
        return [(method, given["channel"], given["text"]) for method, given in self.done if method in shown]


def taking_over(api: FakeApi, message: IncomingMessage, *, taken_over: bool = True) -> SlackReply:
    unused: Any = None
    slack: Any = api

    async def direct() -> str:
        return "D1"

    async def heading() -> Block:
        return context(plain("Your question in #team"))

    async def draw(_card: object) -> Message:
        return Message("A card", [])

    return SlackReply(
        slack,
        message,
        pace=Pace(),
        draw=draw,
        notice=unused,
        neutral=neutral,
        open_direct=direct,
        heading=heading,
        bot_user="U0BOT",
        taken_over=taken_over,
    )


def ours(ts: str, *, part: str = "") -> dict[str, Any]:
    """A post of Pinyon's; without a part it was left half-written."""
    post: dict[str, Any] = {"ts": ts, "user": "U0BOT", "bot_id": "B0BOT", "text": "There"}
    mark = {"event_type": "pinyon_turn", "event_payload": {"turn": TURN, "part": part}}
    return {**post, "metadata": mark} if part else post


async def test_what_was_left_half_written_becomes_the_answer() -> None:
    api = FakeApi({"D1": [ours("2.2")]})
    await taking_over(api, incoming()).finish(ANSWER)
    assert api.posted() == [("chat.update", "D1", "There are three.")]
    assert [given["ts"] for method, given in api.done if method == "chat.update"] == ["2.2"]


async def test_what_somebody_posts_in_their_own_name_through_our_app_is_theirs() -> None:
    """It carries our `bot_id` and no mark, as a half-written answer of ours does."""
    theirs = {"ts": "2.2", "user": "U1", "bot_id": "B0BOT", "text": "All is well."}
    api = FakeApi({"D1": [theirs]})
    await taking_over(api, incoming()).finish(ANSWER)
    assert api.posted() == [("chat.postMessage", "D1", "There are three.")]
    assert "chat.stopStream" not in [method for method, _ in api.done]


async def test_a_private_answer_is_sent_once_and_the_thread_told_once() -> None:
    asked = incoming(channel="C1", private=False)
    aside = Answer(text="There are three.", turn=TURN, aside=True)
    fresh = FakeApi()
    await taking_over(fresh, asked).finish(aside)
    both = [("chat.postMessage", "D1", "There are three."), ("chat.postMessage", "C1", LINE)]
    assert fresh.posted() == both
    half = FakeApi({"D1": [ours("2.2", part="0")]})
    await taking_over(half, asked).finish(aside)
    assert half.posted() == both[1:]
    whole = FakeApi({"D1": [ours("2.2", part="0")], "C1": [ours("3.3", part="0")]})
    await taking_over(whole, asked).finish(aside)
    assert whole.posted() == []


# What a channel's thread is told of what only the asker gets.


def a_write(outcome: Outcome, *, was_asked: bool) -> ApprovalCard:
    write = Write(
        pending=PendingId("p_1"), ask="Post it?", done="Posted", refused="Not posted", pairs=(), account="tamarack-lead"
    )
    item = WriteState(write=write, outcome=outcome, asked=was_asked)
    return ApprovalCard(items=(item,), service="GitHub", expires=datetime.now(UTC), reference="7F3K")


async def shown(answer: Answer) -> list[tuple[str, str]]:
    """(channel, text) of what an answer to a question in a channel posts where."""
    api = FakeApi()
    await taking_over(api, incoming(channel="C1", private=False)).finish(answer)
    return [(channel, text) for _, channel, text in api.posted()]


async def test_a_receipt_goes_to_the_asker_and_the_thread_is_told_nothing_of_it() -> None:
    receipt = a_write("done", was_asked=False)
    assert await shown(replace(ANSWER, card=receipt)) == [("C1", "There are three."), ("D1", "A card")]
    assert await shown(replace(ANSWER, text="", card=receipt)) == [("D1", "A card")]
    assert await shown(replace(ANSWER, text="", card=receipt, aside=True)) == [("D1", "A card")]
    aside = [("D1", "There are three."), ("D1", "A card"), ("C1", LINE)]
    assert await shown(replace(ANSWER, card=receipt, aside=True)) == aside


async def test_the_thread_is_told_that_something_waits_only_while_it_does() -> None:
    waits = a_write("waiting", was_asked=True)
    said = ("C1", "Waits for the asker's approval.")
    assert await shown(replace(ANSWER, text="", card=waits)) == [said, ("D1", "A card")]
    assert await shown(replace(ANSWER, card=waits, aside=True)) == [("D1", "There are three."), ("D1", "A card"), said]


def test_a_question_waits_for_an_answer() -> None:
    question = QuestionState(question=Question(pending=PendingId("q_1"), ask="Which board?"))
    card = QuestionCard(items=(question,), expires=datetime.now(UTC), reference="7F3K")
    line = neutral(card, said=False)
    assert line is not None
    assert line.text == "Waits for the asker's answer."
    assert neutral(replace(card, items=(replace(question, outcome="answered"),)), said=False) is None


# Addresses that nobody gave.


def is_ours(address: str) -> bool:
    return address == "https://good.example/a"


async def test_the_answer_keeps_only_links_that_were_given_wherever_it_goes() -> None:
    """exfil_unfurl"""
    text = "See https://good.example/a and https://evil.example/x"
    for asked, aside in ((incoming(), False), (incoming(channel="C1", private=False), True)):
        api = FakeApi()
        reply = taking_over(api, asked)
        reply.only_links(is_ours)
        await reply.finish(replace(ANSWER, text=text, aside=aside))
        posts = [given for method, given in api.done if method == "chat.postMessage"]
        assert f"See https://good.example/a and {REMOVED}" in str(posts)
        assert "evil.example" not in str(api.done)
        assert [(given["unfurl_links"], given["unfurl_media"]) for given in posts] == [(False, False)] * len(posts)


async def test_what_streams_loses_links_as_well_and_may_be_told_anew_what_is_given() -> None:
    """exfil_unfurl"""
    api = FakeApi()
    reply = taking_over(api, incoming(), taken_over=False)
    await reply.write("https://one.example/x ")
    reply.only_links(is_ours)
    await reply.write("https://evil.exa")
    await reply.write("mple/x and more")
    await reply.finish(replace(ANSWER, text="https://one.example/x https://evil.example/x and more"))
    assert "evil.example" not in str(api.done)
    assert REMOVED in str(api.done[-1])
