"""The one seam to DBOS: runs admitted turns so that a crash loses nothing, and takes over what the dead left."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg
import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from memory.database import Database
from memory.ids import TurnId
from memory.turns import CHANNEL, STOPS, Turns
from memory.workers import DEAD_AFTER, Workers, lead, running_without_worker, take_over

log = structlog.get_logger()

VERSION = "1"
"""Raised by hand when a changed workflow could not replay the steps of a running one."""
QUEUE = "recovered-turns"
BATCH = 8
"""Turns started at once: a flood then delays whoever comes next by eight starts at most."""
TICK = 1.0

Run = Callable[[TurnId], Awaitable[None]]


class _Runner:
    """What the workflow calls. DBOS registers workflows once for the process, before anything is built."""

    def __init__(self) -> None:
        self.run: Run | None = None


_runner = _Runner()


@DBOS.workflow(name="turn")
async def turn_workflow(turn: str) -> str:
    if _runner.run is None:
        raise RuntimeError("a turn was started before Durable.start()")
    await _runner.run(TurnId(turn))
    return "over"


async def step(name: str, function: Callable[..., Coroutine[Any, Any, str]], *arguments: Any) -> str:
    """Run `function` once, durably: after a crash its recorded text is given back without running it again.

    Text in and text out: what DBOS stores must not be a live object or a secret. At least once, not exactly once: a
    step that was cut off runs again, so what must not happen twice goes through the ledger.
    """
    recorded = await DBOS.run_step_async({"name": name}, function, *arguments)  # pyright: ignore[reportUnknownVariableType]: DBOS's overloads leave the type open
    return str(recorded)  # pyright: ignore[reportUnknownArgumentType]: as above


class Durable:
    """One process's part in running turns."""

    def __init__(self, database: Database, *, worker: str, slots: int) -> None:
        self.worker = worker
        self._database = database
        self._slots = slots
        self._turns = Turns(database)
        self._workers = Workers(database)
        self._wake = asyncio.Event()
        self._running: set[TurnId] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ours: set[TurnId] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._starts: set[asyncio.Task[None]] = set()
        self._beating_since: float | None = None
        self._on_stop: Callable[[TurnId], None] = lambda _turn: None

    @property
    def running(self) -> int:
        return len(self._running)

    async def start(
        self, run: Run, *, on_stop: Callable[[TurnId], None], on_tick: Callable[[], Awaitable[None]]
    ) -> None:
        """Begin to take turns. `on_tick` runs about once a minute in the leading process only."""
        _quieten_dbos()
        _runner.run = self._guarded(run)
        self._on_stop = on_stop
        url = self._database.url.render_as_string(hide_password=False)
        config: DBOSConfig = {
            "name": "pinyon",
            "system_database_url": url,
            "application_version": VERSION,
            "executor_id": self.worker,  # unique to this process: the default would let two processes run one turn
            "serializer": DBOSPortableJSONSerializer(),  # the default is pickle: reading a row would run its code
            "use_listen_notify": False,
            "sys_db_pool_size": 8,
            "max_executor_threads": 16,
            "console_log_level": "WARNING",
            "log_level": "WARNING",
        }
        DBOS(config=config)
        DBOS.launch()
        await DBOS.register_queue_async(QUEUE, worker_concurrency=self._slots, polling_interval_sec=0.5)
        await self._workers.enter(self.worker, self._slots)
        self._tasks = [
            asyncio.create_task(loop)
            for loop in (self._admission(), self._heartbeat(), self._leading(on_tick), self._listening())
        ]

    def wake(self) -> None:
        """Look for turns now: one was accepted in this process."""
        self._wake.set()

    async def drain(self, seconds: float) -> None:
        """Take no more turns, give those that run `seconds` to end, and leave; the others resume what is left."""
        with suppress(DBAPIError):
            await self._workers.close(self.worker)
        self._slots = 0
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(DBAPIError):
            await self._workers.leave(self.worker)
        DBOS.destroy(workflow_completion_timeout_sec=0)
        _runner.run = None

    def _guarded(self, run: Run) -> Run:
        async def guarded(turn: TurnId) -> None:
            if turn not in self._ours:  # it came by the recovery queue
                await patiently(lambda: self._turns.claim(turn, self.worker))
            self._running.add(turn)
            self._idle.clear()
            try:
                await run(turn)
            finally:
                self._running.discard(turn)
                self._ours.discard(turn)
                if not self._running:
                    self._idle.set()
                self._wake.set()

        return guarded

    # Admission: which turns run here.

    async def _admission(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 0.5)
            self._wake.clear()
            try:
                await self._admit()
            except (OperationalError, InterfaceError) as error:
                log.warning("admission waits for the database", error=str(error.orig))
                await asyncio.sleep(0.5)

    async def _admit(self) -> None:
        while (free := min(self._slots - len(self._ours | self._running), BATCH)) > 0:
            admitted = await self._turns.admit(self.worker, free)
            for turn in admitted:
                self._ours.add(turn)
                task = asyncio.create_task(self._begin(turn))
                self._starts.add(task)
                task.add_done_callback(self._starts.discard)
            if len(admitted) < free:
                return
            await asyncio.sleep(0)

    async def _begin(self, turn: TurnId) -> None:
        with SetWorkflowID(turn):
            await DBOS.start_workflow_async(turn_workflow, turn)

    # Liveness: who is dead, and who takes over.

    async def _heartbeat(self) -> None:
        while True:
            try:
                if not await self._workers.beat(self.worker):
                    log.error("declared dead while stopped; ending so that a fresh process begins", worker=self.worker)
                    os._exit(70)
                if self._beating_since is None:
                    self._beating_since = time.monotonic()
            except (OperationalError, InterfaceError, TimeoutError) as error:
                self._beating_since = None
                log.warning("heartbeat waits for the database", error=str(error))
            before = time.monotonic()
            await asyncio.sleep(TICK)
            if time.monotonic() - before > DEAD_AFTER / 2:
                self._beating_since = None  # this process was stopped itself: it is no judge of others

    async def _leading(self, on_tick: Callable[[], Awaitable[None]]) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK)
            # After an outage every heartbeat is old. Only who has itself been beating without a gap may bury others.
            if self._beating_since is None or time.monotonic() - self._beating_since < DEAD_AFTER:
                continue
            try:
                if await self._reap():
                    ticks += 1
                    if ticks % 60 == 1:
                        await on_tick()
            except (OperationalError, InterfaceError) as error:
                log.warning("the leader waits for the database", error=str(error.orig))

    async def _reap(self) -> bool:
        async with self._database.engine.begin() as connection:
            if not await lead(connection):
                return False
            await self._workers.bury()
            lost = await running_without_worker(connection)
            for turn in lost:
                await self._recover(turn)
        return True

    async def _recover(self, turn: TurnId) -> None:
        found = await DBOS.list_workflows_async(workflow_ids=[turn], load_input=False, load_output=False)
        status = found[0].status if found else None
        if status == "PENDING" and found[0].executor_id in await self._workers.alive():
            return  # already begun elsewhere, and about to be claimed
        if status == "ENQUEUED":
            return
        attempts = await take_over(self._database, turn)
        log.warning("taking over a turn", turn=turn, attempts=attempts, status=status)
        if status is None:
            with SetWorkflowID(turn):
                await DBOS.enqueue_workflow_async(QUEUE, turn_workflow, turn)
        elif status == "PENDING" and attempts <= 5:
            await DBOS.resume_workflows_async([turn], queue_name=QUEUE)
        else:
            await self._turns.finish(turn, "failed")

    async def _listening(self) -> None:
        url = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    await connection.execute(f"LISTEN {STOPS}")
                    async for notice in connection.notifies():
                        if notice.channel == STOPS:
                            self._on_stop(TurnId(notice.payload))
                        elif notice.payload != self.worker:
                            self._wake.set()
            except psycopg.OperationalError as error:
                log.warning("listening waits for the database", error=str(error))
                await asyncio.sleep(0.5)


async def patiently(action: Callable[[], Awaitable[Any]], *, seconds: float = 60.0) -> Any:
    """Do an idempotent piece of our own SQL, again and again while the database is away, for at most `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await action()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > deadline:
                raise
            log.warning("waiting for the database", error=str(error.orig))
            await asyncio.sleep(0.5)


async def prune(*, older_than: datetime) -> None:
    """Delete the journals of turns begun before `older_than`. Their rows stay and make re-sent events harmless."""
    while ended := await DBOS.list_workflows_async(
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        end_time=older_than.isoformat(),
        limit=200,
        load_input=False,
        load_output=False,
    ):
        await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])


def _quieten_dbos() -> None:
    logging.getLogger("dbos").setLevel(logging.WARNING)
