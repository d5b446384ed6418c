"""What the person typed in answer to a question of Pinyon's own: no request, the one before it goes on."""

import re
from dataclasses import replace

from pydantic import JsonValue

from playground.model.conversation import Conversation, Message, Words, calls_with_results
from playground.model.demo.outcomes import Outcome, outcome_of

_BLANK = re.compile(r"\W*(?:leave (?:it|them) blank|blank|none|nothing|no)\W*", re.IGNORECASE)


def without_answer(conversation: Conversation) -> Conversation:
    """The conversation without the words at its end that only gave a call the values which it lacked."""
    spoken = [i for i, message in enumerate(conversation.messages) if message.role == "user" and message.text.strip()]
    if len(spoken) < 2 or not _is_answer(conversation.messages[: spoken[-1] + 1]):
        return conversation
    last = conversation.messages[spoken[-1]]
    kept = Message("user", tuple(part for part in last.parts if not isinstance(part, Words)))
    messages = (*conversation.messages[: spoken[-1]], kept, *conversation.messages[spoken[-1] + 1 :])
    return replace(conversation, messages=messages)


def _is_answer(messages: tuple[Message, ...]) -> bool:
    """Whether the call before the last words has a value now that stands in them."""
    said = messages[-1].text.strip()
    asked = next((i for i in reversed(range(len(messages))) if messages[i].role == "assistant"), None)
    if asked is None:
        return False
    outcomes = [outcome_of(*pair) for pair in calls_with_results(messages[asked:])]
    return any(_took(outcome, said) for outcome in outcomes)


def _took(outcome: Outcome, said: str) -> bool:
    if outcome.call.tool == "ask_person":
        return f"The person answered: {said}" in outcome.text
    given: dict[str, JsonValue] = {**outcome.call.arguments}
    if outcome.kind == "failed":
        return bool(_words(said) & _words(outcome.text) - _words(str(given)))
    added = {name: value for name, value in outcome.executed.items() if given.get(name) != value}
    return outcome.kind == "done" and bool(_BLANK.fullmatch(said) or _words(said) & _words(str(added)))


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[\w@.-]+", text.lower()) if len(word) > 1}
