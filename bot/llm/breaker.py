"""Stops asking a model that keeps failing, and finds out when it is back."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLimits:
    """When a breaker opens and for how long. Seconds."""

    failures: int = 3
    window: float = 60
    opens_for: float = 10
    longest: float = 120
    """Each failed probe doubles the time, up to this."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One call that was let through; its outcome belongs to it."""

    probe: bool


class Breaker:
    """Closed: every call enters. Open: none does until its time. Then one probe decides. `now` is in seconds.

    What ends a call that entered is one of `succeeded`, `failed`, `rest_until` or `abandoned`.
    """

    def __init__(self, limits: BreakerLimits) -> None:
        self._limits = limits
        self._failed_at: deque[float] = deque()
        self._opens_at: float | None = None
        self._pause = limits.opens_for
        self._probing = False

    def enter(self, now: float) -> Entry | None:
        """Let a call through, or None. After an opening the first call to come is the probe; the others wait for it."""
        if self._opens_at is None:
            return Entry(probe=False)
        if self._probing or now < self._opens_at:
            return None
        self._probing = True
        return Entry(probe=True)

    def opens_at(self, now: float) -> float:
        """When a call may enter, as far as is known now."""
        return now if self._opens_at is None else max(now, self._opens_at)

    def succeeded(self, entry: Entry) -> None:
        """The model answered. Calls that began before an opening say nothing about the time after it."""
        if self._opens_at is not None and not entry.probe:
            return
        self._failed_at.clear()
        self._opens_at = None
        self._probing = False
        self._pause = self._limits.opens_for

    def failed(self, entry: Entry, now: float) -> None:
        """The model did not answer."""
        if entry.probe:
            self._probing = False
            self._pause = min(self._pause * 2, self._limits.longest)
            self._opens_at = now + self._pause
        elif self._opens_at is None:
            self._failed_at.append(now)
            while self._failed_at[0] < now - self._limits.window:
                self._failed_at.popleft()
            if len(self._failed_at) >= self._limits.failures:
                self._failed_at.clear()
                self._opens_at = now + self._pause

    def rest_until(self, entry: Entry | None, until: float) -> None:
        """Do not ask before `until`: the vendor said so, or a person has to act first."""
        if entry is not None and entry.probe:
            self._probing = False
        self._opens_at = until if self._opens_at is None else max(self._opens_at, until)

    def abandoned(self, entry: Entry) -> None:
        """The call was cancelled and says nothing about the model; the next one is the probe."""
        if entry.probe:
            self._probing = False
