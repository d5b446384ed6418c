"""The one seam to DBOS: runs admitted turns so that a crash loses nothing, and takes over what the dead left."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

import psycopg
import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from psycopg import sql
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.database import Database
from memory.direct import DirectConnection
from memory.ids import TurnId
from memory.turns import CHANNEL, STOPS, Turns, admit, assigned, tell
from memory.workers import (
    DEAD_AFTER,
    Fenced,
    Workers,
    beat,
    lead,
    running_without_worker,
    still_leads,
    take_over,
)

log = structlog.get_logger()

VERSION = "1"
"""Raised by hand when a changed workflow could not replay the steps of a running one."""
QUEUE = "recovered-turns"
BATCH = 8
"""Turns that start at the same time: a flood then delays whoever comes next by eight starts at most."""
POLL = 0.5
"""Seconds after which a worker looks for turns although nobody told it of any."""
TRIES = 5
"""How many workers may die with one turn before it is given up."""
PATIENCE = 300.0
"""Seconds that a turn waits for the database to come back."""

Run = Callable[[TurnId], Awaitable[None]]
Result = TypeVar("Result")
Away = (OperationalError, InterfaceError, NoConnection)
"""What our own SQL raises while the database is away."""


class _Runner:
    """What the workflow calls. DBOS registers workflows once for the process, before anything is built."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.check: Callable[[], Awaitable[None]] | None = None


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
    step that was cut off, or lost the database, runs again, so what must not happen twice goes through the ledger.
    Raises Fenced when this worker was declared dead.
    """

    async def begun() -> str:
        # DBOS asks who owns a turn when it records a step; a woken zombie must not even begin one.
        if _runner.check is not None:
            await _runner.check()
        return await function(*arguments)

    return str(await DBOS.run_step_async({"name": name}, patiently, begun))


async def repeatable(function: Callable[..., Coroutine[Any, Any, Result]], *arguments: Any) -> Result:
    """Run `function` within a turn without recording that it ran: after a crash it runs again.

    For what may happen twice and whose result no later step rests on: a record costs ten round trips to the database.
    Raises Fenced when this worker was declared dead.
    """

    async def begun() -> Result:
        if _runner.check is not None:
            await _runner.check()
        return await function(*arguments)

    return await patiently(begun)


def end_process() -> None:
    """End at once: whatever else this process did would be done in the name of the dead."""
    os._exit(70)


class Durable:
    """One process's part in running turns."""

    def __init__(
        self,
        database: Database,
        *,
        worker: str,
        slots: int,
        dead_after: float = DEAD_AFTER,
        end: Callable[[], None] = end_process,
    ) -> None:
        self.worker = worker
        self._database = database
        self._slots = slots
        self._dead_after = dead_after
        self._tick = dead_after / 8
        self._end = end
        self._turns = Turns(database)
        self._workers = Workers(database)
        self._admitting = DirectConnection(database.url, name=worker)
        self._beating = DirectConnection(database.url, name=worker)
        self._wake = asyncio.Event()
        self._tell = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._begun: set[TurnId] = set()
        """Admitted by this process, and not over."""
        self._starting: set[TurnId] = set()
        """Those that DBOS does not know yet."""
        self._running: dict[TurnId, asyncio.Task[Any] | None] = {}
        self._is_unsure = False
        """Whether the database broke off while it admitted: turns may be ours that we have not heard of."""
        self._has_more = False
        """Whether turns were left when the last ones were admitted."""
        self._is_alone = True
        self._beat_at = 0.0
        self._beating_since: float | None = None
        self._loops: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self._on_stop: Callable[[TurnId], None] = lambda _turn: None
        self._on_tick: Callable[[], Awaitable[None]] | None = None
        self._give_up: Run | None = None
        self._engine: Engine | None = None

    @property
    def running(self) -> int:
        return len(self._running)

    async def start(
        self,
        run: Run,
        *,
        on_stop: Callable[[TurnId], None],
        on_tick: Callable[[], Awaitable[None]],
        give_up: Run | None = None,
    ) -> None:
        """Begin to take turns.

        `on_tick` runs about once a minute in the leading process only. `give_up` tells the person, and closes the
        turn, when one worker after the other died with it.
        """
        _quieten_dbos()
        self._on_stop, self._on_tick, self._give_up = on_stop, on_tick, give_up
        _runner.run, _runner.check = self._guarded(run), self._check
        self._engine = _dbos_engine(self._database.url)
        config: DBOSConfig = {
            "name": "pinyon",
            "system_database_engine": self._engine,
            "application_version": VERSION,
            "executor_id": self.worker,  # unique to this process: the default would let two processes run one turn
            "serializer": DBOSPortableJSONSerializer(),  # the default is pickle: reading a row would run its code
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": 0.2,  # of messages we never send; the end waits for its sleep
            "max_executor_threads": 16,
            "console_log_level": "WARNING",
            "log_level": "WARNING",
        }
        DBOS(config=config)
        DBOS.launch()
        await DBOS.register_queue_async(QUEUE, worker_concurrency=self._slots, polling_interval_sec=POLL)
        await self._workers.enter(self.worker, self._slots)
        self._beat_at = time.monotonic()
        loops = (self._admission, self._heartbeat, self._leading, self._listening, self._telling)
        self._loops = [asyncio.create_task(self._kept(loop)) for loop in loops]

    def wake(self) -> None:
        """Look for turns now, in every process: one was accepted here, or a conversation became free."""
        self._wake.set()
        self._tell.set()

    async def drain(self, seconds: float) -> None:
        """Take no more turns, give those that run `seconds` to end, and leave; the others resume what is left."""
        self._slots = 0
        with suppress(*Away):
            await self._workers.close(self.worker)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
        await _cancelled([task for task in self._running.values() if task is not None])
        await _cancelled([*self._loops, *self._errands])
        self._beat_at = 0.0
        with suppress(*Away):
            await self._workers.leave(self.worker)
        for connection in (self._admitting, self._beating):
            await connection.close()
        DBOS.destroy(workflow_completion_timeout_sec=0)
        if self._engine is not None:
            # A thread of DBOS's that still waits for the database would keep this process from ending.
            event.listen(self._engine, "do_connect", _over)
            self._engine.dispose()
        _runner.run = _runner.check = None

    async def _kept(self, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `loop` for as long as this process works: one that ended would leave turns lying without a word."""
        while True:
            try:
                await loop()
            except (SQLAlchemyError, psycopg.Error, OSError) as error:
                log.warning("waiting for the database", who=loop.__name__.strip("_"), error=str(error).split("\n")[0])
            except Exception:
                log.exception("a loop broke, and begins again", who=loop.__name__.strip("_"))
            await asyncio.sleep(min(POLL, self._tick))

    # Running.

    def _guarded(self, run: Run) -> Run:
        async def guarded(turn: TurnId) -> None:
            self._running[turn] = asyncio.current_task()
            self._idle.clear()
            try:
                # What this process did not begin came by the recovery queue.
                if turn in self._begun or await patiently(lambda: self._turns.claim(turn, self.worker)):
                    await run(turn)
            except Exception:
                log.exception("a turn ended without a word")
                await patiently(lambda: self._turns.finish(turn, "failed"))
                raise
            finally:
                self._running.pop(turn, None)
                self._over(turn)

        return guarded

    def _over(self, turn: TurnId) -> None:
        self._begun.discard(turn)
        if not self._running and not self._begun:
            self._idle.set()
        self._wake.set()

    async def _check(self) -> None:
        """Raise Fenced when this worker was declared dead.

        Costs nothing while its last heartbeat is fresh: nobody buries it before.
        """
        if time.monotonic() - self._beat_at < self._dead_after / 2:
            return
        if not await self._workers.has(self.worker):
            raise Fenced(self.worker)

    # Admission: which turns run here.

    async def _admission(self) -> None:
        while True:
            # Not `wait_for`: in Python 3.11 it swallows a cancel that meets the wake-up of a turn's end.
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._wake.wait()
            self._wake.clear()
            await self._admit()

    async def _admit(self) -> None:
        if self._is_unsure:
            await self._find_assigned()
        free = min(self._slots - len(self._begun | self._running.keys()), BATCH - len(self._starting))
        if free <= 0:
            return
        self._is_unsure = True
        admitted = await admit(self._admitting, self.worker, free)
        self._is_unsure = False
        self._has_more = len(admitted) == free
        for turn in admitted:
            self._begin(turn)

    async def _find_assigned(self) -> None:
        known = self._begun | self._running.keys()
        for turn in await assigned(self._admitting, self.worker):
            if turn not in known:
                self._begin(turn)
        self._is_unsure = False

    def _begin(self, turn: TurnId) -> None:
        self._begun.add(turn)
        self._starting.add(turn)
        self._idle.clear()
        self._run_errand(self._started(turn))

    async def _started(self, turn: TurnId) -> None:
        try:
            with SetWorkflowID(turn):
                await DBOS.start_workflow_async(turn_workflow, turn)
        except Exception:
            log.exception("a turn could not be started", turn=turn)
            await patiently(lambda: self._turns.disown(turn))
            self._over(turn)
        finally:
            self._starting.discard(turn)
            if self._has_more and len(self._starting) <= BATCH // 2:
                self._wake.set()

    def _run_errand(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # Liveness: who is dead, and who takes over.

    async def _heartbeat(self) -> None:
        self._beating_since = None
        while True:
            begun = time.monotonic()
            async with asyncio.timeout(self._dead_after / 2):
                workers = await beat(self._beating, self.worker)
            if not workers:
                log.error("declared dead while stopped; ending so that a fresh process begins", worker=self.worker)
                self._end()
                return
            self._is_alone = workers == 1
            self._beat_at = begun
            self._beating_since = self._beating_since or begun
            await asyncio.sleep(self._tick)
            if time.monotonic() - begun > self._dead_after / 2:
                self._beating_since = None  # this process was stopped itself: it is no judge of others

    async def _leading(self) -> None:
        ticked = 0.0
        while True:
            await asyncio.sleep(self._tick)
            if await self._reap() and time.monotonic() - ticked > 60 and self._on_tick is not None:
                ticked = time.monotonic()
                await self._on_tick()

    async def _reap(self) -> bool:
        """Do the leader's work, if nobody else is at it."""
        async with self._database.engine.begin() as connection:
            if not await lead(connection):
                return False
            # After an outage every heartbeat is old. Only who has itself been beating without a gap may bury others.
            if self._beating_since is not None and time.monotonic() - self._beating_since > self._dead_after:
                await self._workers.bury(dead_after=self._dead_after)
            if orphans := await running_without_worker(connection):
                await self._recover(orphans, connection)
        return True

    async def _recover(self, orphans: Sequence[TurnId], connection: AsyncConnection) -> None:
        known = await DBOS.list_workflows_async(workflow_ids=list(orphans), load_input=False, load_output=False)
        found = {workflow.workflow_id: workflow for workflow in known}
        alive = await self._workers.alive()
        resumed: list[str] = []
        for turn in orphans:
            status = found[turn].status if turn in found else None
            if status == "ENQUEUED" or (status == "PENDING" and found[turn].executor_id in alive):
                continue  # somebody has it, and is about to claim it
            attempts = await take_over(self._database, turn)
            if not attempts:
                continue
            log.warning("taking over a turn", turn=turn, attempts=attempts, status=status)
            if attempts > TRIES or status not in (None, "PENDING"):
                await self._lose(turn, attempts, status)
            elif status is None:
                with SetWorkflowID(turn):
                    await DBOS.enqueue_workflow_async(QUEUE, turn_workflow, turn)
            else:
                resumed.append(turn)
            await still_leads(connection)
        if resumed:
            await DBOS.resume_workflows_async(resumed, queue_name=QUEUE)

    async def _lose(self, turn: TurnId, attempts: int, status: str | None) -> None:
        """Give `turn` up. Its person is told by one worker only: what kills them may lie in the telling, too."""
        log.error("giving up a turn", turn=turn, attempts=attempts, status=status)
        if status == "PENDING":
            await DBOS.cancel_workflow_async(turn)
        if attempts <= TRIES + 1 and self._give_up is not None and await self._turns.claim(turn, self.worker):
            self._run_errand(self._told(turn, self._give_up))
        else:
            await self._turns.finish(turn, "failed")

    async def _told(self, turn: TurnId, give_up: Run) -> None:
        try:
            async with asyncio.timeout(30):
                await give_up(turn)
        except Exception:
            log.exception("nobody could be told that a turn was given up", turn=turn)
            await patiently(lambda: self._turns.finish(turn, "failed"))

    # Word between processes.

    async def _telling(self) -> None:
        while True:
            await self._tell.wait()
            self._tell.clear()
            if not self._is_alone:
                await tell(self._beating, self.worker)
            await asyncio.sleep(0.01)

    async def _listening(self) -> None:
        url = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5) as connection:
            for channel in (CHANNEL, STOPS):
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._wake.set()
            async for notice in connection.notifies():
                if notice.channel == STOPS:
                    self._on_stop(TurnId(notice.payload))
                elif notice.payload != self.worker:
                    self._wake.set()


async def patiently(action: Callable[[], Awaitable[Result]], *, seconds: float = PATIENCE) -> Result:
    """Do an idempotent piece of work, again and again while the database is away, for at most `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await action()
        except Away as error:
            if time.monotonic() > deadline:
                raise
            log.warning("waiting for the database", error=str(error).split("\n")[0])
            await asyncio.sleep(0.5)


async def prune(*, older_than: datetime) -> None:
    """Delete the journals of turns begun before `older_than`. Their rows stay and make re-sent events harmless.

    Whatever their state: no turn runs for days, and a worker that died right after its turn was closed leaves a
    journal that nobody ends.
    """
    while old := await DBOS.list_workflows_async(
        end_time=older_than.isoformat(), limit=200, load_input=False, load_output=False
    ):
        await DBOS.delete_workflows_async([workflow.workflow_id for workflow in old])


async def _cancelled(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _dbos_engine(url: URL) -> Engine:
    """DBOS's connections. It waits out a database that is away, but knows one only by the words of some errors: a
    socket that is gone, or a host without an address, would break turns. So every failure to connect counts as one.
    """
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=0,
        # No question to each connection whether it lives, before each statement: DBOS repeats what a dead one lost.
        pool_pre_ping=False,
        connect_args={
            "connect_timeout": 5,
            "application_name": "pinyon_steps",
            "options": "-c idle_in_transaction_session_timeout=60s -c timezone=UTC",
        },
    )

    def is_away(context: ExceptionContext) -> None:
        if context.connection is None:
            context.is_disconnect = True

    event.listen(engine, "handle_error", is_away)
    return engine


def _over(*_: object) -> None:
    raise RuntimeError("this process has left")


def _quieten_dbos() -> None:
    logging.getLogger("dbos").setLevel(logging.WARNING)
