"""How often each Slack method may be called for one workspace, so that we stay below Slack's limits by ourselves."""

import time
from collections.abc import Callable

# For each app, workspace and minute (docs.slack.dev, rate limits: tiers 2, 3, 4), a little below for other callers.
PER_MINUTE = {"chat.startStream": 18, "chat.update": 45, "chat.appendStream": 90, "agents.sessions.setStatus": 45}


class Pace:
    """Token buckets of one workspace. Each begins full and refills evenly."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, float] = {method: float(most) for method, most in PER_MINUTE.items()}
        self._seen: dict[str, float] = {}

    def take(self, method: str) -> bool:
        """Whether `method` may be called now; if so, it counts as called."""
        most, now = PER_MINUTE[method], self._clock()
        passed = now - self._seen.get(method, now)
        self._seen[method] = now
        self._left[method] = min(most, self._left[method] + passed * most / 60)
        if self._left[method] < 1:
            return False
        self._left[method] -= 1
        return True
