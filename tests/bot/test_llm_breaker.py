"""When a failing model is left alone, and how it comes back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.llm.breaker import Breaker, BreakerLimits, Entry

LIMITS = BreakerLimits(failures=3, window=60, opens_for=10, longest=40)


def opened(at: float = 0) -> Breaker:
    breaker = Breaker(LIMITS)
    for _ in range(LIMITS.failures):
        breaker.failed(entered(breaker, at), at)
    return breaker


def entered(breaker: Breaker, now: float) -> Entry:
    entry = breaker.enter(now)
    assert entry is not None
    return entry


def test_it_opens_after_some_failures_within_the_window():
    breaker = Breaker(LIMITS)
    for now in (0, 20, 40):
        breaker.failed(entered(breaker, now), now)
    assert breaker.enter(41) is None


def test_failures_that_are_long_past_do_not_open_it():
    breaker = Breaker(LIMITS)
    for now in (0, 20, 100):
        breaker.failed(entered(breaker, now), now)
    assert breaker.enter(100) == Entry(probe=False)


def test_an_answer_forgets_the_failures_before_it():
    breaker = Breaker(LIMITS)
    for now in (0, 1):
        breaker.failed(entered(breaker, now), now)
    breaker.succeeded(entered(breaker, 2))
    breaker.failed(entered(breaker, 3), 3)
    assert breaker.enter(3) == Entry(probe=False)


def test_after_its_time_one_probe_enters_and_the_others_wait():
    breaker = opened(at=0)
    assert breaker.enter(9.9) is None
    assert breaker.enter(10) == Entry(probe=True)
    assert breaker.enter(10) is None


def test_a_probe_that_is_answered_closes_it():
    breaker = opened(at=0)
    breaker.succeeded(entered(breaker, 10))
    assert breaker.enter(10) == Entry(probe=False)


def test_each_failed_probe_doubles_the_time_up_to_a_limit():
    breaker, now, waits = opened(at=0), 10.0, list[float]()
    for _ in range(4):
        breaker.failed(entered(breaker, now), now)
        waits.append(breaker.opens_at(now) - now)
        now = breaker.opens_at(now)
    assert waits == [20, 40, 40, 40]


def test_a_cancelled_probe_leaves_its_place_to_the_next_call():
    breaker = opened(at=0)
    breaker.abandoned(entered(breaker, 10))
    assert breaker.enter(10) == Entry(probe=True)


def test_a_call_from_before_the_opening_does_not_close_it():
    breaker = Breaker(LIMITS)
    early = entered(breaker, 0)
    breaker.rest_until(entered(breaker, 0), 30)
    breaker.succeeded(early)
    assert breaker.enter(29) is None


def test_a_vendor_that_asks_for_rest_gets_it():
    breaker = Breaker(LIMITS)
    breaker.rest_until(entered(breaker, 0), 7)
    assert (breaker.enter(6), breaker.opens_at(6)) == (None, 7)
    assert breaker.enter(7) == Entry(probe=True)


@settings(max_examples=200, derandomize=True)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["enter", "succeeded", "failed", "rest", "abandoned"]), st.floats(0, 30)), max_size=60
    )
)
def test_it_never_stays_shut_and_never_lets_two_probes_in(steps: list[tuple[str, float]]):
    breaker, now, inside = Breaker(LIMITS), 0.0, list[Entry]()
    for step, passed in steps:
        now += passed
        if step == "enter":
            entry = breaker.enter(now)
            inside += [entry] if entry else []
        elif inside:
            end(breaker, step, inside.pop(0), now)
        assert sum(entry.probe for entry in inside) <= 1
    for entry in inside:
        breaker.abandoned(entry)
    assert breaker.enter(breaker.opens_at(now)) is not None


def end(breaker: Breaker, how: str, entry: Entry, now: float) -> None:
    match how:
        case "succeeded":
            breaker.succeeded(entry)
        case "failed":
            breaker.failed(entry, now)
        case "rest":
            breaker.rest_until(entry, now + 5)
        case _:
            breaker.abandoned(entry)
