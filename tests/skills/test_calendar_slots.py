"""When several people are free together."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.calendar_models import WEEKDAYS, Period, Span
from skills.calendar.slots import (
    BEARABLE_DAY,
    Participant,
    Slot,
    Window,
    free_slots,
    merged,
    within,
)

AMSTERDAM, DENVER, AUCKLAND = ZoneInfo("Europe/Amsterdam"), ZoneInfo("America/Denver"), ZoneInfo("Pacific/Auckland")
ZONES = [AMSTERDAM, DENVER, AUCKLAND, ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York"), None]
MONDAY = date(2026, 11, 23)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def window(day: date = MONDAY, days: int = 1, zone: ZoneInfo = AMSTERDAM, **others: time) -> Window:
    return Window(zone=zone, day=day, days=days, not_before=LONG_AGO, **others)


def at(day: date, clock: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def busy(first: str, last: str, day: date = MONDAY) -> Span:
    return Span(start=at(day, first), end=at(day, last))


def hours(first: str, last: str) -> tuple[Period, ...]:
    begin, end = (time.fromisoformat(clock) for clock in (first, last))
    return tuple(
        Period(
            day_of_week=day,
            period_start=begin.hour * 60 + begin.minute,
            period_end=end.hour * 60 + end.minute,
        )
        for day in WEEKDAYS[:5]
    )


def starts(slots: list[Slot], zone: ZoneInfo = AMSTERDAM) -> list[str]:
    return [f"{slot.start.astimezone(zone):%a %H:%M}" for slot in slots]


def test_an_empty_day_begins_with_the_usual_hours():
    slots = free_slots([Participant(name="you", zone=AMSTERDAM)], window(days=3), minutes=30, limit=4)
    assert starts(slots) == ["Mon 09:00", "Mon 10:00", "Mon 11:00", "Tue 09:00"]
    assert all(slot.outside == () for slot in slots)


def test_what_lies_inside_everybodys_working_hours_comes_first():
    nadia = Participant(
        name="nadia",
        zone=ZoneInfo("Europe/Warsaw"),
        hours=hours("08:30", "16:30"),
        busy=(busy("13:30", "15:00"), busy("15:00", "15:30")),
    )
    you = Participant(name="you", zone=DENVER, hours=hours("07:00", "15:30"))
    first, *others = free_slots([you, nadia], window(zone=DENVER, days=2), minutes=30)
    assert first.start == at(MONDAY, "15:30")
    assert first.outside == ()
    assert others


def test_somebody_outside_their_usual_day_is_named_and_comes_later():
    people = [Participant(name="you", zone=AMSTERDAM), Participant(name="jamal", zone=DENVER)]
    slots = free_slots(people, window(), minutes=30)
    assert starts(slots[:2]) == ["Mon 17:00", "Mon 15:00"]
    assert slots[0].outside == ()
    assert slots[1].outside == ("jamal",)


def test_nobody_is_asked_at_night_while_there_is_another_time():
    people = [Participant(name="you", zone=AMSTERDAM), Participant(name="sione", zone=AUCKLAND)]
    slots = free_slots(people, window(days=5), minutes=30)
    assert slots
    assert not any(slot.unbearable for slot in slots)
    assert all(within(BEARABLE_DAY, slot.start, slot.end, AUCKLAND) for slot in slots)


def test_at_night_when_there_is_nothing_else():
    people = [Participant(name="you", zone=AMSTERDAM, busy=(busy("07:00", "21:00"),))]
    slots = free_slots(people, window(), minutes=30)
    assert slots
    assert all(slot.unbearable and slot.outside == ("you",) for slot in slots)


def test_hours_that_were_asked_for_bind_on_the_askers_clocks():
    slots = free_slots(
        [Participant(name="you", zone=AMSTERDAM)], window(earliest=time(14, 0), latest=time(16, 0)), minutes=60
    )
    assert starts(slots) == ["Mon 14:00", "Mon 15:00"]


def test_what_is_over_is_not_offered():
    now = at(MONDAY, "15:52")
    slots = free_slots(
        [Participant(name="you", zone=AMSTERDAM)],
        Window(zone=AMSTERDAM, day=MONDAY, days=1, not_before=now),
        minutes=30,
        limit=1,
    )
    assert starts(slots) == ["Mon 16:00"]


def test_a_weekend_is_left_out():
    slots = free_slots([Participant(name="you", zone=AMSTERDAM)], window(date(2026, 11, 21), days=4), minutes=30)
    assert {start[:3] for start in starts(slots)} == {"Mon", "Tue"}


def test_a_day_on_which_clocks_go_back_has_its_usual_hours():
    asker = Participant(
        name="you", zone=AMSTERDAM, hours=(Period(day_of_week="sunday", period_start=0, period_end=300),)
    )
    slots = free_slots([asker], window(date(2026, 10, 25)), minutes=60)
    assert starts(slots)[:3] == ["Sun 00:00", "Sun 01:00", "Sun 02:00"]
    assert all(slot.start >= at(date(2026, 10, 25), "00:00") for slot in slots)


def test_the_hour_that_clocks_leave_out_is_no_choice():
    asker = Participant(
        name="you", zone=AMSTERDAM, hours=(Period(day_of_week="sunday", period_start=0, period_end=300),)
    )
    slots = free_slots([asker], window(date(2026, 3, 29)), minutes=30)
    assert "Sun 02:00" not in starts(slots)
    assert starts(slots)[:3] == ["Sun 00:00", "Sun 01:00", "Sun 03:00"]


def test_busy_times_that_touch_are_one():
    assert merged([busy("10:00", "11:00"), busy("09:00", "10:00"), busy("12:00", "13:00")]) == [
        busy("09:00", "11:00"),
        busy("12:00", "13:00"),
    ]


def span_of(begin: int, length: int) -> Span:
    start = at(MONDAY, "00:00") + timedelta(minutes=begin)
    return Span(start=start, end=start + timedelta(minutes=length))


spans = st.builds(span_of, st.integers(-300, 60 * 24 * 3), st.integers(1, 600))
people = st.lists(
    st.builds(
        Participant,
        name=st.sampled_from(["a", "b", "c"]),
        zone=st.sampled_from(ZONES),
        hours=st.sampled_from([(), hours("07:00", "15:30"), hours("14:00", "22:30")]),
        busy=st.lists(spans, max_size=6).map(tuple),
    ),
    min_size=1,
    max_size=4,
)
days = st.sampled_from([MONDAY, date(2026, 3, 28), date(2026, 10, 24), date(2026, 11, 1)])


@settings(max_examples=30, deadline=None)
@given(people, days, st.integers(1, 4), st.sampled_from([5, 15, 25, 30, 45, 60, 90, 240]), st.sampled_from(ZONES[:5]))
def test_every_slot_is_free_long_enough_inside_the_days_and_another_choice(
    people: list[Participant], day: date, days: int, minutes: int, zone: ZoneInfo
):
    slots = free_slots(people, window(day, days, zone), minutes=minutes)
    assert len(slots) <= 8
    for slot in slots:
        assert slot.end - slot.start == timedelta(minutes=minutes)
        assert day <= slot.start.astimezone(zone).date() < day + timedelta(days=days)
        assert slot.start.minute % 15 == 0
        assert not any(slot.start < span.end and span.start < slot.end for who in people for span in who.busy)
        for who in people:
            assert (who.name in slot.outside) or within(who.usual_day, slot.start, slot.end, who.zone)
    for one in slots:
        assert not any(one.start < two.end and two.start < one.end for two in slots if two is not one)
    assert [len(slot.outside) for slot in slots] == sorted(len(slot.outside) for slot in slots)


@settings(max_examples=15, deadline=None)
@given(people, st.sampled_from([15, 30, 60]))
def test_a_bearable_time_is_never_missed_for_an_unbearable_one(people: list[Participant], minutes: int):
    slots = free_slots(people, window(days=2), minutes=minutes)
    assert len({slot.unbearable for slot in slots}) <= 1
