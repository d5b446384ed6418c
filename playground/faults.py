"""Faults on demand: what the next matching requests meet instead of a plain answer."""

import asyncio
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, TypeAlias

Trouble: TypeAlias = Literal["status", "hang", "drop", "slow"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """One kind of trouble for the next `times` requests that match."""

    method: str
    """Upper case, or `*`."""
    path: str
    """A glob over the path as the server's `calls` name it, such as `*/issues/*/comments`."""
    trouble: Trouble
    times: int = 1
    status: int = 500
    body: str = ""
    """JSON that is answered in place of the vendor's own words."""
    retry_after: int | None = None
    seconds: float = 0.0
    done: bool = False
    """Whether the request is carried out first, so that only its answer is lost."""

    def meets(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and fnmatchcase(path, self.path)


class Faults:
    """The troubles that are waiting, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._calm = asyncio.Event()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        return tuple(self._waiting)

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """The next trouble for this request, used up once."""
        found = next((fault for fault in self._waiting if fault.meets(method, path)), None)
        if found:
            found.times -= 1
            self._waiting = [fault for fault in self._waiting if fault.times > 0]
        return found

    @property
    def calmed(self) -> asyncio.Event:
        """Set by the next `calm()`."""
        return self._calm

    def calm(self) -> None:
        """Forget what is waiting, and let the hanging requests go on."""
        self._waiting.clear()
        self._calm.set()
        self._calm = asyncio.Event()
