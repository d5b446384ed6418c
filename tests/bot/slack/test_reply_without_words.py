"""A turn that ends without a word, because its card says it all, leaves nothing running in Slack."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bot.messages import Answer
from bot.slack.blocks import Message
from bot.slack.pace import Pace
from bot.slack.reply import SlackReply
from tests.fakes.rooms import TURN, incoming


@dataclass
class FakeApi:
    """Takes every call, and keeps it."""

    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])

    async def post(self, method: str, **arguments: Any) -> dict[str, Any]:
        self.posted.append((method, arguments))
        return {"ok": True, "ts": "5.5"}


async def test_the_status_is_taken_back_and_nothing_is_posted() -> None:
    api = FakeApi()
    unused: Any = None

    async def draw(_card: object) -> Message:
        raise AssertionError

    slack: Any = api
    reply = SlackReply(
        slack,
        incoming(),
        pace=Pace(),
        draw=draw,
        notice=unused,
        neutral=unused,
        open_direct=unused,
        heading=unused,
        bot_user="U0BOT",
        taken_over=False,
    )
    await reply.status("Going on")
    await asyncio.sleep(0)
    assert await reply.finish(Answer(text="", turn=TURN)) is None
    assert [(method, arguments["status"]) for method, arguments in api.posted] == [
        ("assistant.threads.setStatus", "is going on"),
        ("assistant.threads.setStatus", ""),
    ]
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    await asyncio.gather(*others, return_exceptions=True)
    assert len(api.posted) == 2
