"""How often Slack is called."""

from hypothesis import given
from hypothesis import strategies as st

from bot.slack.pace import PER_MINUTE, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_up_to_the_minutes_budget() -> None:
    pace = Pace(Clock())
    allowed = sum(pace.take("chat.startStream") for _ in range(100))
    assert allowed == PER_MINUTE["chat.startStream"]


def test_the_budget_comes_back_evenly() -> None:
    clock = Clock()
    pace = Pace(clock)
    while pace.take("chat.update"):
        pass
    clock.now += 60 / PER_MINUTE["chat.update"] + 0.001
    assert pace.take("chat.update")
    assert not pace.take("chat.update")


def test_methods_do_not_share_a_budget() -> None:
    pace = Pace(Clock())
    while pace.take("chat.startStream"):
        pass
    assert pace.take("chat.appendStream")


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=200))
def test_no_minute_sees_more_than_twice_the_budget(pauses: list[float]) -> None:
    """A bucket that begins full lets one budget go at once and another within the minute that follows; never more."""
    clock = Clock()
    pace = Pace(clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        while pace.take("chat.startStream"):
            taken.append(clock.now)
    for start in taken:
        assert sum(start <= moment < start + 60 for moment in taken) <= 2 * PER_MINUTE["chat.startStream"]
