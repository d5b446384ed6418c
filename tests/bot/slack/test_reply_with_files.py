"""What an answer brings beside its words: files, a table, the code; and what a voice note was understood as."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.messages import Answer, HandedFile, HandedWorking, IncomingMessage
from bot.slack.blocks import Block, Message, context, plain
from bot.slack.pace import Pace
from bot.slack.reply import SlackReply
from bot.slack.surface import neutral
from bot.slack.uploads import BUSY, NotAttached
from memory.ids import FileId, WorkingId
from skills.showing import Table
from tests.bot.slack.card_rules import check
from tests.fakes.rooms import TURN, incoming

CHART = HandedFile(id=FileId("f1"), name="chart.png", media="image/png", size=3, alt="Rising.")
TABLE = Table(caption="By plan", columns=("Plan", "Net"), rows=(("Solo", 4), ("Crew", 9)))
ANSWER = Answer(
    text="Crew brings most.",
    turn=TURN,
    files=(CHART,),
    table=TABLE,
    workings=(HandedWorking(id=WorkingId("w1"), language="sql"),),
)
IN_CHANNEL = incoming(channel="C1", private=False)


@dataclass
class FakeApi:
    """Has posts in some places, refuses what it is told to, and keeps what it is asked."""

    places: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    refuses_tables: bool = False
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])

    async def post(self, method: str, **given: Any) -> dict[str, Any]:
        blocks: list[Block] = given.get("blocks") or []
        if blocks:
            check({"text": "x", **given, "blocks": blocks})
        if self.refuses_tables and any(block["type"] == "table" for block in blocks):
            answer: Any = {"ok": False, "error": "invalid_blocks"}
            raise SlackApiError("no", answer)
        self.done.append((method, given))
        return {"ok": True, "ts": f"{len(self.done)}.9"}

    async def get(self, method: str, **given: Any) -> dict[str, Any]:
        return {"messages": self.places.get(given["channel"], [])}

    def named(self, method: str) -> list[dict[str, Any]]:
        return [given for called, given in self.done if called == method]

    def kinds(self, method: str = "chat.postMessage") -> list[list[str]]:
        shown: list[list[Block]] = [given.get("blocks") or [] for given in self.named(method)]
        return [[block["type"] for block in blocks] for blocks in shown]


@dataclass
class FakeUploads:
    """Keeps what is to be shared where, among the other calls; loses what it is told to."""

    api: FakeApi
    lost: list[NotAttached] = field(default_factory=list[NotAttached])

    async def share(self, files: Sequence[HandedFile], *, channel: str, thread: str) -> list[NotAttached]:
        self.api.done.append(("share", {"files": [file.name for file in files], "place": f"{channel}:{thread}"}))
        return self.lost


@dataclass
class FakeOffering:
    """Puts a row of buttons where it is told to."""

    async def offer(self, message: IncomingMessage, words: str, shown: Message, *, at: int) -> str:
        assert message.channel == "C1"
        assert words
        shown.blocks.insert(at, {"type": "divider"})
        return "s_1"

    async def stands(self, share: str, place: str) -> None:
        assert share == "s_1"


def replying(
    api: FakeApi, message: IncomingMessage, *, taken_over: bool = False, lost: Sequence[NotAttached] = ()
) -> SlackReply:
    unused: Any = None
    slack: Any = api

    async def direct() -> str:
        return "D9"

    async def heading() -> Block:
        return context(plain("Your question in #team"))

    return SlackReply(
        slack,
        message,
        pace=Pace(),
        draw=unused,
        notice=unused,
        neutral=neutral,
        open_direct=direct,
        heading=heading,
        bot_user="U0BOT",
        taken_over=taken_over,
        offering=FakeOffering(),
        attaching=FakeUploads(api, list(lost)),
    )


async def test_the_files_stand_after_the_answer_where_it_stands() -> None:
    api = FakeApi()
    await replying(api, IN_CHANNEL).finish(ANSWER)
    assert [method for method, _ in api.done] == ["chat.postMessage", "share"]
    assert api.named("share") == [{"files": ["chart.png"], "place": "C1:1.1"}]
    assert api.kinds() == [["markdown", "context", "table", "actions", "context_actions"]]


async def test_what_only_the_asker_gets_is_attached_in_their_own_chat() -> None:
    """chan_leak: files rest on the same sources as the answer, and go where it goes."""
    api = FakeApi()
    await replying(api, IN_CHANNEL).finish(replace(ANSWER, aside=True))
    assert [(method, given.get("channel", given.get("place"))) for method, given in api.done] == [
        ("chat.postMessage", "D9"),
        ("share", "D9:"),
        ("chat.postMessage", "C1"),
    ]
    assert "Crew" not in str(api.done[-1])


async def test_sharing_says_that_files_and_tables_stay_private() -> None:
    """chan_leak"""
    api = FakeApi()
    await replying(api, IN_CHANNEL).finish(replace(ANSWER, aside=True))
    shown = api.named("chat.postMessage")[0]["blocks"]
    kinds = [block["type"] for block in shown]
    assert kinds == [
        "context",
        "markdown",
        "context",
        "table",
        "divider",
        "context",
        "actions",
        "context_actions",
    ]
    assert "Tables and files stay with you." in str(shown[5])
    plain_api = FakeApi()
    await replying(plain_api, IN_CHANNEL).finish(Answer(text="Nine.", turn=TURN, aside=True))
    assert "stay with you" not in str(plain_api.done)


async def test_an_answer_stands_without_the_file_that_could_not_be_attached() -> None:
    api = FakeApi()
    lost = [NotAttached(files=(CHART,), why=BUSY)]
    await replying(api, IN_CHANNEL, lost=lost).finish(ANSWER)
    first, second = api.named("chat.postMessage")
    assert first["text"] == "Crew brings most."
    assert "I could not attach chart.png. Slack did not take it just now." in str(second["blocks"])
    assert second["metadata"]["event_payload"] == {"turn": TURN, "part": "files"}


async def test_a_stream_ends_with_its_table_and_the_way_to_the_code() -> None:
    api = FakeApi()
    reply = replying(api, incoming())
    await reply.write("Crew brings most.\n\n")
    await asyncio.sleep(0.05)
    await reply.finish(ANSWER)
    assert api.kinds("chat.stopStream") == [["context", "table", "actions", "context_actions"]]
    assert api.kinds() == []
    assert [method for method, _ in api.done][-1] == "share"


async def test_what_was_said_to_be_going_on_in_a_stream_ends_with_it() -> None:
    api = FakeApi()
    reply = replying(api, incoming())
    await reply.write("Crew brings most.\n\n")
    await asyncio.sleep(0.05)
    await reply.status("Asking the database")
    await asyncio.sleep(0)
    await reply.finish(ANSWER)
    assert [given["status"] for given in api.named("assistant.threads.setStatus")] == ["is asking the database", ""]


async def test_a_table_too_large_for_the_stream_gets_a_message_of_its_own() -> None:
    api = FakeApi()
    reply = replying(api, incoming())
    words = "word " * 1_200
    large = Table(caption="", columns=("a",), rows=(("x" * 250,),) * 40)
    await reply.write(words)
    await asyncio.sleep(0.05)
    await reply.finish(replace(ANSWER, text=words, table=large))
    assert api.kinds("chat.stopStream") == [[]]
    assert api.kinds() == [["table", "context", "actions", "context_actions"]]
    [post] = api.named("chat.postMessage")
    assert post["metadata"]["event_payload"]["part"] == "1"


async def test_a_table_that_slack_refuses_does_not_take_the_answer_with_it() -> None:
    for message, method in ((IN_CHANNEL, "chat.postMessage"), (incoming(), "chat.stopStream")):
        api = FakeApi(refuses_tables=True)
        reply = replying(api, message)
        await reply.write("Crew brings most.\n\n")
        await asyncio.sleep(0.05)
        await reply.finish(ANSWER)
        [given] = api.named(method)
        assert "table" not in [block["type"] for block in given["blocks"]]
        assert "Slack did not take the table" in str(given["blocks"])


async def test_a_shared_file_is_no_half_written_answer() -> None:
    """What a dead worker shared carries no mark: it is left alone, and the answer posted beside it."""
    shared = {"ts": "2.2", "user": "U0BOT", "bot_id": "B0BOT", "text": "", "files": [{"id": "F1"}]}
    api = FakeApi({"C1": [shared]})
    await replying(api, IN_CHANNEL, taken_over=True).finish(ANSWER)
    assert [method for method, _ in api.done] == ["chat.postMessage", "share"]


# Voice notes.


async def test_what_was_heard_is_shown_once_before_the_answer() -> None:
    api = FakeApi()
    reply = replying(api, IN_CHANNEL)
    await reply.heard("Sort my <!channel> thoughts")
    await reply.heard("Sort my <!channel> thoughts")
    await reply.finish(ANSWER)
    heard, answer = api.named("chat.postMessage")
    assert heard["blocks"] == [context(plain("Heard: Sort my <!channel> thoughts"))]
    assert heard["metadata"]["event_payload"] == {"turn": TURN, "part": "heard"}
    assert (heard["channel"], heard["thread_ts"]) == ("C1", "1.1")
    assert answer["text"] == "Crew brings most."


async def test_what_was_heard_is_found_again_after_a_crash() -> None:
    """dup_write"""
    mark = {"event_type": "pinyon_turn", "event_payload": {"turn": TURN, "part": "heard"}}
    api = FakeApi({"C1": [{"ts": "2.2", "user": "U0BOT", "text": "I listened", "metadata": mark}]})
    reply = replying(api, IN_CHANNEL, taken_over=True)
    await reply.heard("Sort my thoughts")
    await reply.finish(ANSWER)
    assert [given["text"] for given in api.named("chat.postMessage")] == ["Crew brings most."]


async def test_what_is_being_done_is_said_again_after_what_was_heard() -> None:
    api = FakeApi()
    reply = replying(api, incoming())
    await reply.status("Listening")
    await asyncio.sleep(0)
    await reply.heard("Sort my thoughts")
    await asyncio.sleep(0)
    methods = [method for method, _ in api.done]
    assert methods == ["assistant.threads.setStatus", "chat.postMessage", "assistant.threads.setStatus"]
    await reply.finish(replace(ANSWER, files=()))
