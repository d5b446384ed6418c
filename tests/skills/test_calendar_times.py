"""Moments on the clocks of several zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.calendar.times import (
    capped,
    elsewhere,
    exists,
    is_twice,
    later,
    minutes_of,
    said_everywhere,
    said_span,
    zone_named,
)

AMSTERDAM, DENVER, AUCKLAND = ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/Denver"), ZoneInfo("Pacific/Auckland")
START = datetime(2026, 11, 23, 15, 30, tzinfo=AMSTERDAM)


def test_a_span_names_its_day_once():
    assert said_span(START, later(START, 30), AMSTERDAM) == "Mon 23 Nov 2026, 15:30–16:00"


def test_a_span_over_midnight_names_both_days():
    assert said_span(START, later(START, 600), AMSTERDAM) == "Mon 23 Nov 2026, 15:30 – Tue 24 Nov 2026, 01:30"


def test_everybody_sees_their_own_clock_and_whoever_is_a_day_ahead_sees_the_day():
    people = {"Nadia": ZoneInfo("Europe/Warsaw"), "Jamal": DENVER, "Sione": AUCKLAND, "Priya": AMSTERDAM, "Luca": None}
    assert said_everywhere(START, later(START, 30), AMSTERDAM, people) == (
        "Mon 23 Nov 2026, 15:30–16:00 Europe/Amsterdam; 15:30–16:00 Europe/Warsaw (Nadia);"
        " 07:30–08:00 America/Denver (Jamal); Tue 24 Nov 2026, 03:30–04:00 Pacific/Auckland (Sione);"
        " unknown zone: Luca"
    )


def test_people_of_one_zone_share_a_line():
    assert elsewhere(START, later(START, 30), AMSTERDAM, {"Jamal": DENVER, "Ada": DENVER}) == [
        "07:30–08:00 America/Denver (Jamal, Ada)"
    ]


@pytest.mark.parametrize("name", [None, "", "Europe/Nowhere", "../../etc/passwd", "/etc/passwd", "a\x00b", "Europe"])
def test_a_zone_that_is_none_is_unknown(name: str | None):
    assert zone_named(name) is None


def test_an_hour_that_the_clocks_leave_out_does_not_exist():
    assert not exists(datetime(2026, 3, 29, 2, 30), AMSTERDAM)  # noqa: DTZ001 - wall time is what is asked about
    assert exists(datetime(2026, 3, 29, 3, 30), AMSTERDAM)  # noqa: DTZ001


def test_an_hour_that_comes_twice_is_known():
    assert is_twice(datetime(2026, 10, 25, 2, 30), AMSTERDAM)  # noqa: DTZ001
    assert not is_twice(datetime(2026, 10, 25, 3, 30), AMSTERDAM)  # noqa: DTZ001
    assert not is_twice(datetime(2026, 3, 29, 2, 30), AMSTERDAM)  # noqa: DTZ001


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(AMSTERDAM)),  # noqa: DTZ001
    st.integers(1, 3000),
)
def test_a_meeting_lasts_as_long_as_it_was_said_to_also_when_clocks_change(start: datetime, minutes: int):
    end = later(start, minutes)
    assert minutes_of(start, end) == minutes
    assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == minutes * 60


def test_long_lists_of_names_are_cut():
    assert capped(["a", "b", "c"], 2) == "a, b and 1 more"
    assert capped(["a", "b"], 2) == "a, b"
