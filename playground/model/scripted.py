"""The brain of tests: it answers what it was told to, in order, and keeps what it was asked."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from pydantic import JsonValue

from playground.model.conversation import Conversation, Plan, PlannedCall, VendorError

Step: TypeAlias = Plan | str | VendorError
"""A string is an answer of that text; an error is answered in the vendor's shape."""


def call(tool: str, /, **arguments: JsonValue) -> Plan:
    """A plan that calls one tool."""
    return Plan(calls=(PlannedCall(tool=tool, arguments=arguments),))


class Scripted:
    """Answers by a list of steps, or by a function of the conversation."""

    def __init__(self, script: Iterable[Step] | Callable[[Conversation], Step]) -> None:
        self.requests: list[Conversation] = []
        self._decide = script if callable(script) else _in_order(iter(script))

    def __call__(self, conversation: Conversation) -> Plan:
        self.requests.append(conversation)
        match self._decide(conversation):
            case VendorError() as error:
                raise error
            case str(text):
                return Plan(text=text)
            case Plan() as plan:
                return plan


def _in_order(steps: Iterator[Step]) -> Callable[[Conversation], Step]:
    def decide(conversation: Conversation) -> Step:
        ended = VendorError(400, f"The script is at its end; nobody expected {conversation.said[:200]!r}")
        return next(steps, ended)

    return decide
