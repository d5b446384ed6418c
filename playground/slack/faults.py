"""What goes wrong on demand: rules for calls, for events and for sockets, each with a number of times."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.slack.app import JSON

ALWAYS = math.inf
DOWNLOADS = {
    "login_page": "gives the sign-in page",
    "slow": "takes its time",
    "broken": "breaks off in the middle",
    "missing": "gives 404",
}
"""How a download goes wrong."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong `left` more times."""

    id: str
    kind: str
    left: float
    method: str = "*"
    seconds: float = 0.0
    status: int = 200
    error: str = ""
    how: str = ""

    def says(self) -> str:
        """Describe it in a sentence for the page."""
        times = "until taken back" if self.left == ALWAYS else f"{self.left:.0f} more times"
        what = {
            "rate_limit": f"{self.method} answers 429, retry after {self.seconds:g} s",
            "error": f"{self.method} answers {self.error}",
            "server_error": f"{self.method} answers HTTP {self.status}",
            "latency": f"{self.method} takes {self.seconds:g} s longer",
            "drop_before": f"{self.method} breaks off before acting",
            "drop_after": f"{self.method} breaks off after acting",
            "break_stream": "a stream ends by itself at the next append",
            "expire_trigger": "a trigger has expired when it is used",
            "duplicate": "an event arrives twice",
            "reorder": "an event arrives after the one behind it",
            "lose_ack": "an ack gets lost, so Slack sends again",
            "file_gone": f"an attached file arrives as {self.how}",
            "download": f"downloading a file {DOWNLOADS.get(self.how, self.how)}",
            "transcript": f"Slack's transcript of a clip {'never comes' if self.how == 'never' else 'fails'}",
        }[self.kind]
        return f"{what}, {times}"


@dataclass(slots=True)
class Faults:
    """The faults in force. Each verb adds one; all act on what comes next."""

    changed: Callable[[], None] = lambda: None
    active: list[Fault] = field(default_factory=list[Fault])
    refresh: Callable[[], None] = lambda: None
    cut: Callable[[], None] = lambda: None
    revoke: Callable[[], None] = lambda: None
    restore: Callable[[], None] = lambda: None
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def rate_limit(self, method: str, *, times: float = 1, retry_after: float = 1) -> str:
        """Answer the next calls with 429 and Retry-After."""
        return self._add("rate_limit", times, method=method, seconds=retry_after)

    def fail(self, method: str, error: str, *, times: float = 1) -> str:
        """Answer the next calls with an error code such as `token_revoked` or `unknown_method`."""
        return self._add("error", times, method=method, error=error)

    def server_error(self, method: str, *, times: float = 1, status: int = 503) -> str:
        """Answer the next calls with an HTTP status and no JSON."""
        return self._add("server_error", times, method=method, status=status)

    def latency(self, seconds: float, *, method: str = "*", times: float = ALWAYS) -> str:
        """Make calls slower."""
        return self._add("latency", times, method=method, seconds=seconds)

    def drop(self, method: str, *, times: float = 1, after: bool = False) -> str:
        """Break the connection of the next calls, before or after they were acted on."""
        return self._add("drop_after" if after else "drop_before", times, method=method)

    def break_stream(self, *, times: float = 1) -> str:
        """End a stream at the next append, which answers `message_not_in_streaming_state`."""
        return self._add("break_stream", times)

    def expire_triggers(self, *, times: float = 1) -> str:
        """Let the next uses of a trigger come too late."""
        return self._add("expire_trigger", times)

    def duplicate_events(self, *, times: float = ALWAYS) -> str:
        """Deliver events twice, with the same event id."""
        return self._add("duplicate", times)

    def reorder_events(self, *, times: float = 1) -> str:
        """Deliver an event after the one that follows it."""
        return self._add("reorder", times)

    def lose_acks(self, *, times: float = 1) -> str:
        """Ignore the ack of the next events, so that they are sent again as retries."""
        return self._add("lose_ack", times)

    def withhold_files(self, how: str, *, times: float = 1) -> str:
        """Give the next attached files as stubs: `hidden_by_limit`, `tombstone` or `check_file_info`."""
        return self._add("file_gone", times, how=how)

    def spoil_downloads(self, how: str, *, seconds: float = 5, times: float = 1) -> str:
        """Let the next downloads go wrong, as DOWNLOADS names it; `slow` waits `seconds` in the middle."""
        return self._add("download", times, how=how, seconds=seconds)

    def keep_transcripts(self, how: str, *, times: float = 1) -> str:
        """Let the transcripts of the next clips be `never` or `failed`."""
        return self._add("transcript", times, how=how)

    def refresh_sockets(self) -> None:
        """Ask every socket to reconnect, as Slack does every few hours."""
        self.refresh()

    def cut_sockets(self) -> None:
        """Break every socket without a word."""
        self.cut()

    def revoke_token(self) -> None:
        """Make the bot's token invalid until `clear`."""
        self.revoke()

    def clear(self, fault: str = "all") -> None:
        """Take one fault back, or all; with all, a revoked token is good again."""
        self.active = [] if fault == "all" else [known for known in self.active if known.id != fault]
        if fault == "all":
            self.restore()
        self.changed()

    def take(self, kind: str, method: str = "*") -> Fault | None:
        """Use up one time of a fault of `kind` that meets `method`."""
        for fault in self.active:
            if fault.kind == kind and fault.method in ("*", method):
                fault.left -= 1
                if fault.left <= 0:
                    self.active.remove(fault)
                self.changed()
                return fault
        return None

    def _add(
        self,
        kind: str,
        times: float,
        *,
        method: str = "*",
        seconds: float = 0.0,
        status: int = 200,
        error: str = "",
        how: str = "",
    ) -> str:
        fault = Fault(
            id=f"f{next(self._ids)}",
            kind=kind,
            left=times,
            method=method,
            seconds=seconds,
            status=status,
            error=error,
            how=how,
        )
        self.active.append(fault)
        self.changed()
        return fault.id


def _field(name: str, label: str, kind: str, default: str | float, *choices: str) -> JSON:
    return {"name": name, "label": label, "type": kind, "default": default, "choices": list(choices)}


METHOD = _field("method", "Method, or *", "text", "chat.postMessage")
TIMES = _field("times", "Times", "number", 1)
ERRORS = ("token_revoked", "invalid_auth", "unknown_method", "message_not_in_streaming_state", "fatal_error")
WITHHELD = ("hidden_by_limit", "tombstone", "check_file_info")
KINDS: tuple[JSON, ...] = (
    {
        "kind": "rate_limit",
        "title": "Too many requests (429)",
        "fields": [METHOD, TIMES, _field("retry_after", "Retry after, seconds", "number", 1)],
    },
    {
        "kind": "error",
        "title": "A call fails",
        "fields": [METHOD, _field("error", "Error", "choice", ERRORS[0], *ERRORS), TIMES],
    },
    {"kind": "server_error", "title": "Slack is down (503)", "fields": [METHOD, TIMES]},
    {"kind": "latency", "title": "Slow calls", "fields": [METHOD, _field("seconds", "Seconds", "number", 1)]},
    {
        "kind": "drop",
        "title": "The connection breaks",
        "fields": [METHOD, _field("when", "When", "choice", "before", "before", "after"), TIMES],
    },
    {"kind": "break_stream", "title": "A stream ends by itself", "fields": [TIMES]},
    {"kind": "expire_trigger", "title": "A dialog comes too late", "fields": [TIMES]},
    {"kind": "duplicate", "title": "Events arrive twice", "fields": [TIMES]},
    {"kind": "reorder", "title": "Events change places", "fields": [TIMES]},
    {"kind": "lose_ack", "title": "Acks get lost", "fields": [TIMES]},
    {
        "kind": "file_gone",
        "title": "An attached file is withheld",
        "fields": [_field("how", "As", "choice", WITHHELD[0], *WITHHELD), TIMES],
    },
    {
        "kind": "download",
        "title": "Downloads go wrong",
        "fields": [
            _field("how", "How", "choice", "login_page", *DOWNLOADS),
            _field("seconds", "Seconds, when slow", "number", 5),
            TIMES,
        ],
    },
    {
        "kind": "transcript",
        "title": "No transcript of a clip",
        "fields": [_field("how", "How", "choice", "never", "never", "failed"), TIMES],
    },
    {"kind": "refresh_sockets", "title": "Sockets are refreshed", "fields": []},
    {"kind": "cut_sockets", "title": "Sockets break", "fields": []},
    {"kind": "revoke_token", "title": "The bot's token is revoked", "fields": []},
)


def add_from_page(faults: Faults, asked: JSON) -> None:
    """Do what the page asks for; KeyError when it names no known kind."""
    method = str(asked.get("method") or "*")
    times, how = float(asked.get("times") or 1), str(asked.get("how") or "")
    verbs: dict[str, Callable[[], object]] = {
        "rate_limit": lambda: faults.rate_limit(method, times=times, retry_after=float(asked.get("retry_after") or 1)),
        "error": lambda: faults.fail(method, str(asked.get("error") or "fatal_error"), times=times),
        "server_error": lambda: faults.server_error(method, times=times),
        "latency": lambda: faults.latency(float(asked.get("seconds") or 1), method=method),
        "drop": lambda: faults.drop(method, times=times, after=asked.get("when") == "after"),
        "break_stream": lambda: faults.break_stream(times=times),
        "expire_trigger": lambda: faults.expire_triggers(times=times),
        "duplicate": lambda: faults.duplicate_events(times=times),
        "reorder": lambda: faults.reorder_events(times=times),
        "lose_ack": lambda: faults.lose_acks(times=times),
        "file_gone": lambda: faults.withhold_files(how or WITHHELD[0], times=times),
        "download": lambda: faults.spoil_downloads(
            how or "login_page", seconds=float(asked.get("seconds") or 5), times=times
        ),
        "transcript": lambda: faults.keep_transcripts(how or "never", times=times),
        "refresh_sockets": faults.refresh_sockets,
        "cut_sockets": faults.cut_sockets,
        "revoke_token": faults.revoke_token,
    }
    verbs[str(asked["kind"])]()


def shape(faults: Faults) -> JSON:
    """Shape kinds and active faults for the page."""
    return {"kinds": list(KINDS), "active": [{"id": f.id, "kind": f.kind, "says": f.says()} for f in faults.active]}
