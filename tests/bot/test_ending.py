"""How a turn ends, in a person's words."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.agent import Answering, Budget, End, Ended
from bot.ending import KEEP_TRYING, Around, apology, audience_of, clock, footer_of, told, tries_again
from bot.messages import FailureCard, IncomingMessage
from bot.toolbox.call import Outcome
from integrations.integration import Audience
from memory.ids import CallId, ConversationId, PersonId, TurnId, WorkspaceId
from memory.people import Person

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PERSON = Person(
    id=PersonId("T1:U1"), workspace=WorkspaceId("T1"), user="U1", name="Ren", zone="Europe/Oslo", refreshed_at=NOW
)


def around(*, private: bool = True) -> Around:
    message = IncomingMessage(
        turn=TurnId("T1:D1:1.1"),
        workspace=WorkspaceId("T1"),
        person=PERSON.id,
        conversation=ConversationId("T1:D1:1.1"),
        surface="slack",
        channel="D1",
        thread="1.1",
        private=private,
        text="hello",
    )
    return Around(message=message, person=PERSON, asked_at=NOW, titles={"github": "GitHub"})


class Nothing:
    """Stands where the words do not look."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def work(*, shown: str = "", outcomes: tuple[Outcome, ...] = ()) -> Answering:
    unused: Any = Nothing()
    return Answering(
        turn=TurnId("T1:D1:1.1"),
        workspace=WorkspaceId("T1"),
        route="default",
        instructions="",
        past=(),
        tools=unused,
        reply=unused,
        budget=Budget(),
        stopping=unused,
        aborted=asyncio.Event(),
        deadline=0,
        record=unused,
        shown=[shown] if shown else [],
        outcomes=list(outcomes),
    )


def outcome(effect: Literal["read", "write"], said: str) -> Outcome:
    return Outcome(call=CallId("c"), tool="t", kind="done", text="", said=said, service="GitHub", effect=effect)


def test_an_answer_says_whose_account_it_used_and_who_sees_it() -> None:
    reads = (outcome("read", "Read pull request 417"),)
    answer = told(Ended(end="answered"), work(shown="Fine.", outcomes=reads), around())
    assert answer.footer == ("As you on GitHub", "only you can see this", "read pull request 417")
    in_channel = told(Ended(end="answered"), work(shown="Fine.", outcomes=reads), around(private=False))
    assert "only you can see this" not in in_channel.footer


def test_an_answer_without_an_account_has_no_footer() -> None:
    assert footer_of((), private=True) == ()


def test_a_stopped_turn_lists_what_is_done() -> None:
    answer = told(Ended(end="stopped"), work(outcomes=(outcome("write", "Comment posted"),)), around())
    assert answer.text == "Stopped. Already done: Comment posted."
    assert told(Ended(end="stopped"), work(), around()).text == "Stopped. Nothing was changed."


def test_a_vendor_that_is_away_is_named_and_the_question_can_be_asked_again() -> None:
    answer = told(Ended(end="unavailable", why="github"), work(), around())
    assert isinstance(answer.card, FailureCard)
    assert answer.card.headline == "GitHub is not answering."
    assert "I changed nothing." in answer.card.detail
    assert answer.card.retry == "T1:D1:1.1"


def test_what_works_without_the_vendor_that_is_away_is_offered() -> None:
    with_tickets = replace(around(), skills=(("Pull requests", "github"), ("Tickets", "atlassian")))
    card = told(Ended(end="unavailable", why="github"), work(), with_tickets).card
    assert isinstance(card, FailureCard)
    assert (card.missing, card.service, card.works) == ("github", "GitHub", ("Tickets",))
    alone = told(Ended(end="unavailable", why="github"), work(), replace(around(), skills=(("Issues", "github"),))).card
    assert isinstance(alone, FailureCard)
    assert (alone.missing, alone.works) == ("", ())


def test_a_vendor_that_asks_for_a_pause_is_not_called_silent() -> None:
    ended = Ended(end="unavailable", why="github", retry_at=NOW + timedelta(minutes=5))
    answer = told(ended, work(), around())
    assert isinstance(answer.card, FailureCard)
    assert answer.card.headline == "GitHub lets me go on at 11:05."


def test_while_no_model_answers_the_person_hears_until_when_it_is_tried() -> None:
    ended = Ended(end="later", retry_at=NOW + timedelta(seconds=30))
    assert tries_again(ended, around())
    answer = told(ended, work(), around())
    assert answer.text == "No model answers right now. I keep trying until 11:20 and tell you here."
    too_late = Ended(end="later", retry_at=NOW + KEEP_TRYING + timedelta(seconds=1))
    assert not tries_again(too_late, around())
    assert isinstance(told(too_late, work(), around()).card, FailureCard)


@pytest.mark.parametrize(
    "end", ["answered", "waiting", "quiet", "stopped", "budget", "spent", "later", "unavailable", "failed"]
)
def test_every_end_says_something_or_shows_a_card(end: End) -> None:
    answer = told(Ended(end=end, why="reasons"), work(), around(private=False))
    assert answer.text or answer.card or end == "waiting"
    assert "!" not in answer.text
    assert "None" not in answer.text


def test_in_a_direct_message_the_card_of_what_was_denied_says_it_all() -> None:
    assert told(Ended(end="quiet"), work(), around()).text == ""


def test_further_tries_are_not_announced_again() -> None:
    first = around()
    again = replace(first, message=replace(first.message, trying_since=NOW))
    ended = Ended(end="later", retry_at=NOW + timedelta(seconds=30))
    assert told(ended, work(), first).text
    assert told(ended, work(), again).text == ""
    assert told(ended, work(shown="Two wait for you."), again).text


def test_the_card_for_a_bug_of_ours_says_what_works_now_and_quotes_nothing() -> None:
    card = apology(TurnId("T1:D1:1.1"))
    assert card.headline == "Something broke on my side."
    assert card.retry == "T1:D1:1.1"
    assert "Your question is kept." in card.detail


def test_an_unknown_time_zone_is_told_in_utc() -> None:
    assert clock(NOW, PERSON) == "11:00"
    assert clock(NOW, replace(PERSON, zone="Mars/Olympus")) == "10:00 UTC"


LEVELS: tuple[Audience | None, ...] = (None, "members", "asker")


@given(st.lists(st.sampled_from(LEVELS)), st.sampled_from(LEVELS))
@settings(max_examples=50)
def test_who_may_hear_an_answer_is_never_more_than_who_may_hear_any_part_of_it(
    found: list[Audience | None], before: Audience | None
) -> None:
    reads = tuple(replace(outcome("read", "Read"), audience=one) for one in found)
    whole = replace(work(outcomes=reads), audience=before)
    assert audience_of(whole) == max([before, *found], key=LEVELS.index)


@pytest.mark.parametrize("end", ["answered", "waiting", "stopped", "budget", "unavailable", "failed"])
def test_what_only_the_asker_may_hear_goes_to_them_however_it_ends(end: End) -> None:
    aside = replace(around(private=False), aside=True)
    assert told(Ended(end=end, why="reasons"), work(shown="Nine months."), aside).aside


@pytest.mark.parametrize("end", ["quiet", "spent", "later"])
def test_what_tells_nothing_of_what_was_found_stays_where_it_was_asked(end: End) -> None:
    aside = replace(around(private=False), aside=True)
    assert not told(Ended(end=end, why="reasons"), work(), aside).aside
