"""Sessions that stay warm: one for each person in each conversation, the least recently used ended first."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.sandbox.sandbox import GONE, Given, Lost, Ran, Session, Whose
from memory.ids import FileId

log = structlog.get_logger()

MOST = 6
"""Sessions in one process."""
IDLE = 15 * 60.0
"""Seconds after which a session that nobody uses ends."""
ASK_AGAIN = 60.0
"""Seconds after which it is tried again whether code can run here, when it could not."""
PLACED = 100_000_000
"""Bytes of files that are placed at all: the working folder is memory."""
REMEMBERED = 1_000
"""Conversations of which it is known that they had a session."""
NEW = "A new session: variables of earlier runs, if there were any, are gone; the files are there."


@dataclass(eq=False, slots=True)
class _Seat:
    """What one person in one conversation has."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One run after the other: they share their variables."""
    session: Session | None = None
    placed: set[FileId] = field(default_factory=set[FileId])
    room: int = PLACED
    had_one: bool = False
    is_new: bool = True
    end: asyncio.TimerHandle | None = None


class WarmSandboxes:
    """The sessions of this process, begun by `start`."""

    def __init__(
        self,
        start: Callable[[], Awaitable[Session]],
        off: Callable[[], Awaitable[str]],
        *,
        most: int = MOST,
        idle: float = IDLE,
    ) -> None:
        self._start, self._find_out = start, off
        self._idle = idle
        self._seats: dict[Whose, _Seat] = {}
        """Least recently used first."""
        self._free = asyncio.Semaphore(most)
        self._waiting = 0
        self._tasks = set[asyncio.Task[None]]()
        self._off: str | None = None
        self._off_asked = 0.0
        self._asking = asyncio.Lock()

    async def off(self) -> str:
        """Why no code can run here; found out once, and again after a while when it was so."""
        now = asyncio.get_running_loop().time()
        async with self._asking:
            if self._off is None or (self._off and now - self._off_asked > ASK_AGAIN):
                self._off, self._off_asked = await self._find_out(), now
            return self._off

    async def run(self, whose: Whose, code: str, files: Sequence[Given]) -> Ran:
        """Run `code` in their session. Raises Lost when none can be begun."""
        seat = self._seat(whose)
        async with seat.lock:
            session = await self._session(seat)
            notes = [] if not seat.is_new else [GONE if seat.had_one else NEW]
            try:
                bodies, left_out = await self._lacking(seat, files)
                ran = await session.run(code, bodies)
            except Lost as error:
                self._drop(seat)
                return Ran(error=f"{error} {GONE}")
            except BaseException:
                # Nobody knows how far the code came, and what it would answer next.
                self._drop(seat)
                raise
            seat.is_new, seat.had_one = False, True
            seat.placed |= {file.id for file in files}
            self._rests(whose, seat)
        return replace(ran, notes=(*notes, *left_out, *ran.notes))

    def warm(self, whose: Whose) -> None:
        """Begin their session in the background."""
        self._later(self._warmed(whose))

    async def close(self) -> None:
        """End all sessions."""
        for seat in self._seats.values():
            self._drop(seat)
        self._seats.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _seat(self, whose: Whose) -> _Seat:
        seat = self._seats[whose] = self._seats.pop(whose, None) or _Seat()
        if len(self._seats) > REMEMBERED:
            rests = (one for one, its in self._seats.items() if its.session is None and not its.lock.locked())
            self._seats.pop(next(rests, whose))
        return seat

    async def _session(self, seat: _Seat) -> Session:
        if seat.end is not None:
            seat.end.cancel()
        if seat.session is None:
            await self._make_room()
            try:
                seat.session = await self._start()
            except BaseException:
                self._free.release()
                raise
            seat.placed, seat.room, seat.is_new = set(), PLACED, True
        return seat.session

    async def _make_room(self) -> None:
        if self._free.locked():
            resting = (seat for seat in self._seats.values() if seat.session is not None and not seat.lock.locked())
            if (oldest := next(resting, None)) is not None:
                self._drop(oldest)
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1

    async def _lacking(self, seat: _Seat, files: Sequence[Given]) -> tuple[list[tuple[str, bytes]], list[str]]:
        """Files that the session does not have yet, and what to say of those that do not fit."""
        bodies: list[tuple[str, bytes]] = []
        left_out: list[str] = []
        for file in files:
            if file.id in seat.placed or not file.size:
                continue
            if file.size > seat.room:
                left_out.append(f"{file.name} ({file.size:,} bytes) is too large to be placed beside the others.")
                continue
            bodies.append((file.name, await file.read()))
            seat.room -= file.size
        return bodies, left_out

    def _rests(self, whose: Whose, seat: _Seat) -> None:
        """After a run: others may need the place now, else it is kept for a while."""
        if self._waiting:
            self._drop(seat)
        else:
            seat.end = asyncio.get_running_loop().call_later(self._idle, self._forget, whose, seat)

    def _forget(self, whose: Whose, seat: _Seat) -> None:
        if not seat.lock.locked():
            self._drop(seat)
            self._seats.pop(whose, None)

    def _drop(self, seat: _Seat) -> None:
        if seat.end is not None:
            seat.end.cancel()
        if seat.session is not None:
            self._later(self._closed(seat.session))
            seat.session, seat.had_one = None, seat.had_one or not seat.is_new

    async def _closed(self, session: Session) -> None:
        try:
            await session.close()
        finally:
            self._free.release()

    async def _warmed(self, whose: Whose) -> None:
        if await self.off():
            return
        seat = self._seat(whose)
        async with seat.lock:
            if seat.session is None and not self._free.locked():
                try:
                    await self._session(seat)
                except Lost as error:
                    log.info("no sandbox could be warmed", error=str(error))
                else:
                    self._rests(whose, seat)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
