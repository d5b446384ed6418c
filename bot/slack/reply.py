"""One turn's answer in Slack: status, stream, final post. What is shown is shown once, whatever crashes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Literal, Protocol

import structlog
from slack_sdk.errors import SlackApiError

from bot.harmless.hold_back import HoldBack, neutralise
from bot.harmless.links import Given, broken, everything
from bot.messages import Answer, Card, FailureCard, HandedFile, IncomingMessage, Task
from bot.slack.api import QUIET, Failed, SlackApi, Unanswered, reason
from bot.slack.blocks import Block, Message
from bot.slack.cards import heard_message, not_attached, stays_private
from bot.slack.pace import Pace
from bot.slack.split import split_answer
from bot.slack.tables import without_tables
from bot.slack.text import answer_message, closing_blocks, plain_text
from bot.slack.uploads import NotAttached

log = structlog.get_logger()

APPEND_EVERY = 0.75
"""Seconds between two appends to a stream."""
STREAM_MOST = 11_000
"""Characters after which a stream is not appended to: the whole text comes at the end, split."""
SESSION_AFTER = 1.5
"""Seconds after which a turn gets a stop button."""
STILL, LONG = 20.0, 60.0
"""Seconds after which the status says "still", and that this takes longer than usual."""
BEGIN_AGAIN = "The first answer broke off, so I begin again."

REFUSED = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "only_one_table_allowed")
"""What Slack says of blocks that it does not take."""

Mode = Literal["quiet", "stream", "post", "wait"]
Draw = Callable[[Card], Awaitable[Message]]
Mark = dict[str, Any]


class Offering(Protocol):
    """Lets the asker share in the channel what only they got."""

    async def offer(self, message: IncomingMessage, words: str, shown: Message, *, at: int) -> str:
        """Put the buttons that share `words` into `shown`, before its block number `at`; gives what they share."""
        ...

    async def stands(self, share: str, place: str) -> None:
        """Keep where the buttons of `share` stand (`channel:ts`)."""
        ...


class Attaching(Protocol):
    """Shows the files of an answer (`bot.slack.uploads.Uploads`)."""

    async def share(self, files: Sequence[HandedFile], *, channel: str, thread: str) -> list[NotAttached]:
        """Show `files` there, each once; gives what did not get there."""
        ...


class Neutral(Protocol):
    """The line in a channel's thread about what the asker alone gets; None where there is nothing to say."""

    def __call__(self, card: Card | None, *, said: bool) -> Message | None: ...


class SlackReply:
    """The way back into one Slack thread.

    In a direct message the answer streams; in a channel it is posted once, complete. When the workspace's budget of
    streams is used up, the first words are posted and the rest comes by one update, or all of it at the end. What is
    for the asker alone goes to their own chat, whole, and the channel's thread says that it did.
    """

    def __init__(
        self,
        api: SlackApi,
        message: IncomingMessage,
        *,
        pace: Pace,
        draw: Draw,
        notice: Callable[[Answer, IncomingMessage], Awaitable[Message]],
        neutral: Neutral,
        open_direct: Callable[[], Awaitable[str]],
        heading: Callable[[], Awaitable[Block]],
        bot_user: str,
        taken_over: bool,
        offering: Offering | None = None,
        attaching: Attaching | None = None,
    ) -> None:
        self._api = api
        self._message = message
        self._pace = pace
        self._draw = draw
        self._notice = notice
        self._neutral = neutral
        self._open_direct = open_direct
        self._heading = heading
        self._bot_user = bot_user
        self._offering = offering
        self._attaching = attaching
        self._given: Given = everything
        self._taken_over = taken_over
        self._is_unsure = False
        """Whether something of ours may stand in the thread that Slack did not tell us of."""
        self._shows_early = message.private and not taken_over
        self._mode: Mode = "quiet"
        self._ts = ""
        self._streamed = ""
        self._hold = HoldBack()
        self._buffer = ""
        self._tasks: dict[str, Task] = {}
        self._kick = asyncio.Event()
        self._closing = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._said = ""
        self._status: asyncio.Task[None] | None = None
        self._session: asyncio.Task[None] | None = None
        self._has_session = False
        self._has_status = False
        """Whether something is said to be going on, which no post has ended yet."""
        self._has_heard = False
        self._over = False

    # While it works.

    async def status(self, text: str) -> None:
        if self._over:
            return
        text, _ = broken(text, self._given)  # names what the model asks for, in its own words
        self._said = text
        if self._status is not None:
            self._status.cancel()
        self._status = asyncio.create_task(self._keep_status(text))
        if self._session is None and text:
            self._session = asyncio.create_task(self._open_session())

    async def _keep_status(self, text: str) -> None:
        started = time.monotonic()
        shown = f"is {text[:1].lower()}{text[1:]}" if text else ""
        while True:
            await self._set_status(shown)
            if not text:
                return
            passed = time.monotonic() - started
            await asyncio.sleep(STILL - passed if passed < STILL else LONG - passed if passed < LONG else 90)
            passed = time.monotonic() - started
            still = f"is still {text[:1].lower()}{text[1:]}"
            shown = still if passed < LONG else f"{still}, this takes longer than usual"

    async def _set_status(self, shown: str) -> None:
        self._has_status = bool(shown)
        try:
            await self._api.post(
                "assistant.threads.setStatus",
                channel_id=self._message.channel,
                thread_ts=self._message.thread,
                status=shown[:200],
            )
        except Failed as error:
            log.info("no status", error=reason(error))

    async def _open_session(self) -> None:
        await asyncio.sleep(SESSION_AFTER)
        if not self._message.private or not self._pace.take("agents.sessions.setStatus"):
            return
        self._has_session = True
        await self._set_session("processing")

    async def _set_session(self, state: str) -> None:
        try:
            await self._api.post(
                "agents.sessions.setStatus",
                channel_id=self._message.channel,
                thread_ts=self._message.thread,
                status=state,
            )
        except Failed as error:
            log.info("no session", error=reason(error))

    async def write(self, delta: str) -> None:
        if not self._shows_early:
            return
        self._buffer += self._hold.feed(delta)
        self._wake()

    def only_links(self, given: Given) -> None:
        """Of the addresses in what is shown from now on, keep those that are `given`; the others are taken out."""
        self._given = self._hold.given = given

    async def task(self, task: Task) -> None:
        if not self._shows_early:
            return
        title, _ = broken(task.title, self._given)
        self._tasks[task.id] = replace(task, title=title)
        self._wake()

    async def heard(self, text: str) -> None:
        if not self._has_heard and not (self._taken_over and "heard" in await self._earlier()):
            await self._post(heard_message(text), mark=self._mark("heard"))
            if self._said:
                await self.status(self._said)  # the post ended it
        self._has_heard = True

    async def restart(self) -> None:
        """Stop the stream, and say so: streams only append, so the new text replaces the post at the end."""
        await self._quiesce()
        self._hold, self._buffer = HoldBack(self._given), ""
        if self._mode == "quiet":
            return
        if self._mode == "stream":
            with suppress(*Failed):
                await self._api.post("chat.stopStream", channel=self._message.channel, ts=self._ts)
        self._mode, self._shows_early = "post", False
        if self._pace.take("chat.update"):
            await self._update(self._ts, Message(BEGIN_AGAIN, [markdown(BEGIN_AGAIN)]))

    # The stream: one writer, so that pieces stay in order.

    def _wake(self) -> None:
        self._kick.set()
        if self._pump is None:
            self._pump = asyncio.create_task(self._pump_out())

    async def _pump_out(self) -> None:
        last = 0.0
        while True:
            await self._kick.wait()
            self._kick.clear()
            if self._closing.is_set():
                return
            if self._mode == "quiet":
                await self._begin()
                last = time.monotonic()
                continue
            if self._mode != "stream":
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), max(0.001, last + APPEND_EVERY - time.monotonic()))
            if self._closing.is_set():
                return
            has_room = bool(self._buffer) and len(self._streamed) < STREAM_MOST
            if (has_room or self._tasks) and self._pace.take("chat.appendStream"):
                last = time.monotonic()
                await self._append(self._next_chunks())

    def _next_chunks(self) -> list[Mark]:
        """What is new since the last time, as stream chunks. What is taken here counts as shown."""
        chunks = [task_chunk(task) for task in self._tasks.values()]
        self._tasks.clear()
        room = STREAM_MOST - len(self._streamed)
        text, self._buffer = self._buffer[: max(0, room)], self._buffer[max(0, room) :]
        if text:
            self._streamed += text
            chunks.append({"type": "markdown_text", "text": text})
        return chunks

    def _last_tasks(self) -> list[Mark]:
        return [task_chunk(task) for task in self._tasks.values()]

    async def _begin(self) -> None:
        if not (self._buffer.strip() or self._tasks):
            return
        if self._pace.take("chat.startStream"):
            chunks = self._next_chunks()
            try:
                started = await self._api.post(
                    "chat.startStream",
                    channel=self._message.channel,
                    thread_ts=self._message.thread,
                    recipient_team_id=self._message.workspace,
                    recipient_user_id=self._message.person.rpartition(":")[2],
                    chunks=chunks,
                )
            except Failed as error:
                log.info("no stream", error=reason(error))
                self._mode, self._streamed = "wait", ""
                self._is_unsure = isinstance(error, Unanswered)
                return
            self._mode, self._ts, self._has_status = "stream", str(started["ts"]), False
        elif self._buffer.strip() and self._pace.take("chat.update"):
            text, self._buffer = self._buffer, ""
            try:
                self._ts = await self._post(Message(plain_text(text), [markdown(text)]), mark=None)
                self._mode = "post"
            except Failed as error:
                log.info("no first words", error=reason(error))
                self._mode, self._is_unsure = "wait", isinstance(error, Unanswered)
        elif self._buffer.strip():
            self._mode = "wait"

    async def _append(self, chunks: list[Mark]) -> None:
        try:
            await self._api.post("chat.appendStream", channel=self._message.channel, ts=self._ts, chunks=chunks)
        except Failed as error:
            # Slack ended it (idle, or the person stopped it): the whole text replaces it at the end.
            log.info("the stream ended early", error=reason(error))
            self._mode = "post"
            if isinstance(error, Unanswered):  # it is open still, and takes no update
                with suppress(*Failed):
                    await self._api.post("chat.stopStream", channel=self._message.channel, ts=self._ts)

    async def _quiesce(self) -> None:
        """Let the writer end its call: one that is cut off would leave a post that nobody knows of."""
        self._closing.set()
        self._kick.set()
        if self._pump is not None:
            await self._pump
            self._pump = None

    # The end.

    async def finish(self, answer: Answer) -> str | None:
        await self._settle()
        earlier = await self._earlier() if self._taken_over or self._is_unsure else {}
        if answer.notice is not None:
            await self._once(earlier, "0", await self._notice(answer, self._message))
            return None
        if answer.aside:
            return await self._finish_aside(answer, earlier)
        if answer.text:
            await self._finish_text(answer, earlier)
        elif self._mode == "stream" and answer.card is not None:
            drawn = await self._draw(answer.card)
            if await self._stop_stream(answer, self._last_tasks(), drawn.blocks, part="card"):
                return f"{self._message.channel}:{self._ts}"
        elif self._mode == "stream":
            await self._stop_stream(answer, [])
        elif self._ts:
            await self._api.post("chat.delete", channel=self._message.channel, ts=self._ts)
        elif answer.card is None:
            await self._set_status("")  # a post would end it
        await self._attach(answer, self._message.channel, self._message.thread, partial(self._once, earlier))
        place = await self._finish_card(answer, answer.card, earlier) if answer.card is not None else None
        if self._has_session:
            await self._set_session("suspended" if answer.state == "waiting" else "active")
        return place

    async def _settle(self) -> None:
        """End everything that runs beside: nothing may overtake the answer."""
        self._over = True
        for task in (self._status, self._session):
            if task is not None:
                task.cancel()
        await self._quiesce()

    async def _finish_text(self, answer: Answer, earlier: dict[str, str]) -> None:
        whole = neutralise(answer.text, given=self._given)
        messages = answer_message(answer, given=self._given)
        is_streamed = False
        if self._mode == "stream" and len(split_answer(whole)) == 1 and whole.startswith(self._streamed.rstrip()):
            rest = whole[len(self._streamed) :]
            chunks = self._last_tasks()
            if rest.strip():
                chunks.append({"type": "markdown_text", "text": rest})
            is_streamed = await self._stop_stream(answer, chunks, messages[0].blocks[1:])
        elif self._mode == "stream":
            with suppress(*Failed):
                await self._api.post("chat.stopStream", channel=self._message.channel, ts=self._ts)
        for number, message in enumerate(messages):
            if number == 0 and is_streamed:
                continue
            if number == 0 and self._ts:
                await self._update(self._ts, message, mark=self._mark("0"))
            else:
                await self._once(earlier, str(number), message)

    async def _finish_aside(self, answer: Answer, earlier: dict[str, str]) -> str | None:
        """Everything to the asker's own chat, and one line where they asked. That line comes last: then it is true."""
        direct = await self._open_direct()
        known = await self._found(direct, "") if self._taken_over else {}

        async def once(part: str, message: Message) -> str:
            mark = self._mark(part)
            return known.get(part) or await self._send(message, channel=direct, thread="", mark=mark)

        messages = answer_message(answer, given=self._given) if answer.text else []
        if messages:
            messages[0].blocks.insert(0, await self._heading())
        share = await self._offer(answer, messages[-1]) if messages else ""
        for number, message in enumerate(messages):
            ts = await once(str(number), message)
            if share and self._offering is not None and message is messages[-1]:
                await self._offering.stands(share, f"{direct}:{ts}")
        await self._attach(answer, direct, "", once)
        place = None
        if answer.card is not None:
            place = f"{direct}:{await once('card', await self._draw(answer.card))}"
        if line := self._neutral(answer.card, said=bool(messages)):
            await self._once(earlier, "0", line)
        return place

    async def _offer(self, answer: Answer, last: Message) -> str:
        """Let the asker share a whole answer; what ended half way is nothing to show around."""
        if self._offering is None or answer.state != "answered":
            return ""
        words = neutralise(answer.text, given=self._given).strip()
        at = len(last.blocks) - len(closing_blocks(answer))
        if answer.files or answer.table:
            last.blocks.insert(at, stays_private())
        return await self._offering.offer(self._message, words, last, at=at)

    async def _attach(
        self, answer: Answer, channel: str, thread: str, once: Callable[[str, Message], Awaitable[str]]
    ) -> None:
        """Show the files where the answer stands; of those that did not get there, say so beside it."""
        if not answer.files or self._attaching is None:
            return
        if lost := await self._attaching.share(answer.files, channel=channel, thread=thread):
            await once("files", not_attached(lost))

    async def _stop_stream(
        self, answer: Answer, chunks: list[Mark], blocks: list[Block] | None = None, *, part: str = "0"
    ) -> bool:
        """Close the stream with what is left; False when Slack had closed it before."""
        stop = partial(
            self._api.post,
            "chat.stopStream",
            channel=self._message.channel,
            ts=self._ts,
            chunks=chunks or None,
            metadata=self._mark(part),
            session_status="suspended" if answer.state == "waiting" else "active",
        )
        try:
            await _with_blocks(stop, blocks or [])
        except Failed as error:
            log.info("the stream ended early", error=reason(error))
            return False
        self._has_session = False
        if self._has_status:  # said since the stream began, whose end is no post
            await self._set_status("")
        return True

    async def _finish_card(self, answer: Answer, card: Card, earlier: dict[str, str]) -> str:
        drawn = await self._draw(card)
        if self._message.private or isinstance(card, FailureCard):
            ts = await self._once(earlier, "card", drawn)
            return f"{self._message.channel}:{ts}"
        # What waits is the asker's own business: their direct messages get the card, the thread one neutral line.
        if not answer.text and (line := self._neutral(card, said=False)):
            await self._once(earlier, "0", line)
        direct = await self._open_direct()
        if self._taken_over and (found := await self._found(direct, "")):
            return f"{direct}:{found['card']}" if "card" in found else await self._post_card(direct, drawn)
        return await self._post_card(direct, drawn)

    async def _post_card(self, direct: str, drawn: Message) -> str:
        return f"{direct}:{await self._send(drawn, channel=direct, thread='', mark=self._mark('card'))}"

    async def _once(self, earlier: dict[str, str], part: str, message: Message) -> str:
        """Post a part of the answer, unless it stands there; what was left half-written makes room for it."""
        if part in earlier:
            return earlier[part]
        if half := earlier.pop("half", None):
            await self._update(half, message, mark=self._mark(part))
            return half
        return await self._post(message, mark=self._mark(part))

    async def _post(self, message: Message, *, mark: Mark | None) -> str:
        return await self._send(message, channel=self._message.channel, thread=self._message.thread, mark=mark)

    async def _send(self, message: Message, *, channel: str, thread: str, mark: Mark | None) -> str:
        """Post; when Slack's answer gets lost, look whether the post stands there before it is sent again."""
        post = partial(
            self._api.post,
            "chat.postMessage",
            channel=channel,
            thread_ts=thread or None,
            text=message.text,
            **QUIET,
            metadata=mark,
        )
        try:
            return str((await _with_blocks(post, message.blocks))["ts"])
        except Unanswered as error:
            if mark is None:
                raise
            log.info("posted, or not", error=reason(error))
        found = await self._found(channel, thread)
        return found.get(mark["event_payload"]["part"]) or str((await _with_blocks(post, message.blocks))["ts"])

    async def _update(self, ts: str, message: Message, *, mark: Mark | None = None) -> None:
        update = partial(
            self._api.post, "chat.update", channel=self._message.channel, ts=ts, text=message.text, metadata=mark
        )
        await _with_blocks(update, message.blocks)

    # After a crash: what a dead worker has shown already.

    def _mark(self, part: str) -> Mark:
        return {"event_type": "pinyon_turn", "event_payload": {"turn": self._message.turn, "part": part}}

    async def _earlier(self) -> dict[str, str]:
        """The parts of this turn's answer that stand in the thread, by name; `half` is one that was not finished."""
        return await self._found(self._message.channel, self._message.thread)

    async def _found(self, channel: str, thread: str) -> dict[str, str]:
        wanted: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 100}
        if thread:
            replies = await self._api.get("conversations.replies", ts=thread, oldest=self._message.ts, **wanted)
        else:
            replies = await self._api.get("conversations.history", oldest=self._message.ts, **wanted)
        found: dict[str, str] = {}
        posts: list[Mark] = replies.get("messages", [])
        for posted in posts:
            # What somebody posts in their own name through our app carries our `bot_id` too.
            if posted.get("user") != self._bot_user or posted["ts"] == thread:
                continue
            metadata: Mark = posted.get("metadata") or {}
            payload: Mark = metadata.get("event_payload") or {}
            if payload.get("turn") == self._message.turn:
                found[str(payload.get("part"))] = posted["ts"]
            elif not payload and thread and not posted.get("files"):
                # A thread runs one turn at a time and every finished post is marked, except for files: this is ours,
                # half-written.
                found["half"] = posted["ts"]
                with suppress(*Failed):
                    await self._api.post("chat.stopStream", channel=channel, ts=posted["ts"])
        return found


async def _with_blocks(call: Callable[..., Awaitable[Mark]], blocks: list[Block]) -> Mark:
    """Show `blocks`; where Slack refuses them, without the table: it alone is made of what others filled in."""
    try:
        return await call(blocks=blocks or None)
    except SlackApiError as error:
        if reason(error) not in REFUSED or not any(block["type"] == "table" for block in blocks):
            raise
        log.warning("Slack refused a table", error=reason(error))
        return await call(blocks=without_tables(blocks))


def markdown(text: str) -> Mark:
    return {"type": "markdown", "text": text}


def task_chunk(task: Task) -> Mark:
    """One step of the work, as a stream shows it."""
    chunk: Mark = {"type": "task_update", "id": task.id, "title": task.title[:250], "status": task.state}
    if task.link:
        chunk["sources"] = [{"type": "url", "url": task.link, "text": "Open"}]
    return chunk
