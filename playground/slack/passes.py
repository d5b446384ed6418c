"""What Slack hands out for a short while: triggers for dialogs, and addresses to answer at."""

import itertools
import secrets
from dataclasses import dataclass

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSE_USES = 5


@dataclass(slots=True)
class Trigger:
    """The right to open one dialog for one person."""

    team: str
    user: str
    until: float
    is_used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer where something was clicked or typed."""

    team: str
    user: str
    channel: str
    message_ts: str
    until: float
    is_ephemeral: bool = False
    thread_ts: str = ""
    uses: int = RESPONSE_USES


class Passes:
    """All triggers and response addresses that were handed out."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def trigger(self, team: str, user: str, *, now: float) -> str:
        """Hand out a trigger id, good for 3 seconds."""
        if len(self._triggers) > 1000:
            self._triggers = {name: trigger for name, trigger in self._triggers.items() if trigger.until > now}
        name = f"{next(self._numbers)}.{team}.{secrets.token_hex(8)}"
        self._triggers[name] = Trigger(team, user, now + TRIGGER_SECONDS)
        return name

    def use_trigger(self, name: str, team: str, *, now: float) -> str | Trigger:
        """Use a trigger once; a string is Slack's error."""
        trigger = self._triggers.get(name)
        if trigger is None or trigger.team != team:
            return "invalid_trigger_id"
        if trigger.is_used:
            return "exchanged_trigger_id"
        if now > trigger.until:
            return "expired_trigger_id"
        trigger.is_used = True
        return trigger

    def response_url(self, base: str, response: ResponseUrl) -> str:
        """Hand out an address, good for 5 answers in 30 minutes."""
        name = secrets.token_hex(12)
        self._responses[name] = response
        return f"{base}/response/{response.team}/{next(self._numbers)}/{name}"

    def use_response(self, name: str, *, now: float) -> ResponseUrl | None:
        """Use an address once; None when it has expired or never was."""
        response = self._responses.get(name)
        if response is None or response.uses <= 0 or now > response.until:
            return None
        response.uses -= 1
        return response
