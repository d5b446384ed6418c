"""What a worker finds that goes on with a dead one's answer, and what it leaves alone."""

from dataclasses import dataclass, field
from typing import Any

from bot.messages import Answer, IncomingMessage
from bot.slack.blocks import Block, Message, context, plain
from bot.slack.pace import Pace
from bot.slack.reply import SlackReply
from bot.slack.surface import neutral
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


def taking_over(api: FakeApi, message: IncomingMessage) -> SlackReply:
    unused: Any = None
    slack: Any = api

    async def direct() -> str:
        return "D1"

    async def heading() -> Block:
        return context(plain("Your question in #team"))

    async def draw(_card: object) -> Message:
        raise AssertionError

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
        taken_over=True,
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
