"""Logs as events with fields, and the figures that operators watch."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

# Whatever looks like a credential, wherever it stands: the last line of defence, after SecretStr.
_SECRET = re.compile(
    r"(xox[a-z]-|xapp-|xoxe\.|gh[oprsu]_|github_pat_|sk-ant-|sk-"
    r"|ya29\.|1//0|GOCSPX-|eyJ|ATOA|ATCTT)[A-Za-z0-9_\-.]{6,}"
)


def set_up_logs(style: str = "console", *, level: int = logging.INFO) -> None:
    """Log to standard error: one line an event, JSON when `style` is "json"."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_secrets,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def without_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace anything in an event that looks like a token."""
    for key, value in event.items():
        if isinstance(value, str) and _SECRET.search(value):
            event[key] = _SECRET.sub(r"\1…", value)
    return event


class Metrics:
    """Counters and times, for `/metrics`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("pinyon_turns", "Turns that ended", ["end"], registry=self.registry)
        self.turn_seconds = Histogram(
            "pinyon_turn_seconds",
            "From a message to its answer",
            buckets=(0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128),
            registry=self.registry,
        )
        self.tokens = Counter("pinyon_tokens", "Tokens of models", ["model", "kind"], registry=self.registry)
        self.dollars = Counter(
            "pinyon_cost_usd", "Cost of models, where it is known", ["model"], registry=self.registry
        )

    def ended(self, end: str, seconds: float) -> None:
        """Count a turn that ended like this, so long after its message."""
        self.turns.labels(end).inc()
        self.turn_seconds.observe(seconds)
