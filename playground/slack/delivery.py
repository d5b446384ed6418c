"""How a payload reaches the bot: one attempt, and the tries that Slack makes with an event."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from playground.slack.app import JSON
from playground.slack.faults import Faults
from playground.slack.traffic import Entry, Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one attempt ended."""

    is_acked: bool
    body: JSON = field(default_factory=dict[str, Any])
    """What came with the ack."""
    status: int = 200
    reason: str = ""
    """Slack's word for why it failed, such as `http_timeout`."""
    may_retry: bool = True
    ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: the first has number 0."""

    number: int = 0
    reason: str = ""
    ack_seconds: float = 3.0
    connect_seconds: float = 30.0


class Transport(Protocol):
    """A way to the bot: Socket Mode or signed HTTP."""

    async def send(self, kind: str, payload: JSON, attempt: Attempt) -> Outcome:
        """Send one payload once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long Slack waits, in seconds. Real Slack: 3, and retries at once, after a minute, after five."""

    ack: float = 3.0
    connect: float = 30.0
    retries: tuple[float, ...] = (0.05, 1.0, 5.0)


class Courier:
    """Sends events until they are acked or given up, and interactions once."""

    def __init__(self, transport: Transport, *, traffic: Traffic, faults: Faults, patience: Patience) -> None:
        self.transport = transport
        self._traffic = traffic
        self._faults = faults
        self.patience = patience
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Callable[[], None]] = []

    def send_event(self, name: str, body: JSON, *, at: float) -> None:
        """Begin to deliver an event; it goes on by itself."""
        copies = 2 if self._faults.take("duplicate") else 1
        if self._faults.take("reorder"):
            self._held.append(lambda: self._begin(name, body, at=at))
            # If nothing follows, it still arrives.
            asyncio.get_running_loop().call_later(0.5, self._release)
            return
        for _ in range(copies):
            self._begin(name, body, at=at)
        self._release()

    def _release(self) -> None:
        held, self._held = self._held, []
        for begin in held:
            begin()

    def _begin(self, name: str, body: JSON, *, at: float) -> None:
        entry = self._traffic.begin("out", name, at=at, team=body.get("team_id", ""), request=body)
        self._spawn(self._deliver(body, entry))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, body: JSON, entry: Entry) -> None:
        reason = ""
        for number, pause in enumerate((0.0, *self.patience.retries)):
            if pause:
                await asyncio.sleep(pause)
            outcome = await self._once("events_api", body, number=number, reason=reason)
            if outcome.is_acked and self._faults.take("lose_ack"):
                outcome = replace(outcome, is_acked=False, reason="timeout")
            note = "acked" if outcome.is_acked else f"not acked: {outcome.reason}"
            if number:
                note += f", retry {number}"
            self._traffic.end(entry, status=outcome.status if outcome.is_acked else 0, ms=outcome.ms, note=note)
            if outcome.is_acked or not outcome.may_retry:
                return
            reason = outcome.reason

    async def _once(self, kind: str, payload: JSON, *, number: int = 0, reason: str = "") -> Outcome:
        started = time.perf_counter()
        attempt = Attempt(
            number=number, reason=reason, ack_seconds=self.patience.ack, connect_seconds=self.patience.connect
        )
        outcome = await self.transport.send(kind, payload, attempt)
        return replace(outcome, ms=(time.perf_counter() - started) * 1000)

    async def interact(self, kind: str, name: str, payload: JSON, *, at: float) -> Outcome:
        """Deliver a click, a submission or a command: once, whatever happens."""
        team = payload.get("team_id") or payload["team"]["id"]
        entry = self._traffic.begin("out", name, at=at, team=team, request=payload)
        outcome = await self._once(kind, payload)
        note = "acked" if outcome.is_acked else f"not acked: {outcome.reason}"
        self._traffic.end(
            entry, status=outcome.status if outcome.is_acked else 0, ms=outcome.ms, response=outcome.body, note=note
        )
        return outcome

    async def settled(self) -> None:
        """Wait until every event has been acked or given up."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def stop(self) -> None:
        """Give up what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
