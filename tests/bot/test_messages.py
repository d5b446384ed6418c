"""What crosses any surface: stored as text and read back as it was."""

import json
import re
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.messages import IncomingMessage, message_text, read_message, reference
from memory.ids import TurnId
from tests.fakes.rooms import incoming

# Slack's events are JSON in UTF-8, which holds no half of a surrogate pair.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
turns = words.map(TurnId)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    message=st.builds(
        IncomingMessage,
        turn=turns,
        person=words,
        text=words,
        channel=words,
        thread=words,
        conversation=words,
        workspace=words,
        ts=words,
        continues=st.none() | turns,
        home_team=st.none() | words,
        trying_since=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_message_is_read_back_as_it_was_written(message: IncomingMessage) -> None:
    assert read_message(message_text(message)) == message


def test_a_message_of_an_earlier_release_is_read() -> None:
    stored = json.loads(message_text(incoming("hi")))
    for later in ("files", "ts", "continues", "home_team", "trying_since"):
        del stored[later]
    assert read_message(json.dumps(stored)) == incoming("hi")


@pytest.mark.parametrize("stored", ["{}", "[]", "null", ""])
def test_what_is_no_message_is_refused(stored: str) -> None:
    with pytest.raises(ValidationError):
        read_message(stored)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(name=words)
def test_a_reference_is_short_stable_and_can_be_read_aloud(name: str) -> None:
    assert re.fullmatch(r"[A-Z2-7]{3}-[A-Z2-7]{2}", reference(name))
    assert reference(name) == reference(name)
