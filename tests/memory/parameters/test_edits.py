"""Edits of a person's memory, and how it is written down."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.parameters.edits import corrected, decode, encode, forgotten, kept, told, with_call, without_call
from memory.parameters.evidence import CALLS, RETIRED, Evidence, How, Occasion, PastCall, Told, Value

NOW = 1_760_000_000.0


def call(number: int, how: How = "chose", **values: Value) -> PastCall:
    occasion = Occasion(
        at=NOW + number, place="C1", type="agent", kind="title", words=frozenset({7, 65_535}), group="x"
    )
    return PastCall(id=f"call-{number}", occasion=occasion, values=values, how=dict.fromkeys(values, how))


def memory(*calls: PastCall) -> Evidence:
    evidence = Evidence()
    for one in calls:
        evidence = with_call(evidence, one)
    return evidence


def test_the_newest_call_is_first_and_the_oldest_makes_room() -> None:
    evidence = memory(*(call(number, project="WEB") for number in range(CALLS + 5)))
    assert [one.id for one in evidence.calls] == [f"call-{number}" for number in range(CALLS + 4, 4, -1)]


def test_calls_with_long_values_are_fewer() -> None:
    long = "x" * 199
    evidence = memory(*(call(number, p1=long, p2=long, p3=long, p4=long) for number in range(CALLS)))
    assert 0 < len(evidence.calls) < CALLS


def test_of_a_call_only_what_has_a_bound_is_kept() -> None:
    long = PastCall(
        id="i" * 500,
        occasion=Occasion(at=NOW, place="p" * 500, words=frozenset(range(40))),
        values={"text": "x" * 201, "list": ("y" * 150, "z" * 60), "project": "WEB"},
        how={"text": "said", "project": "said"},
    )
    one = kept(long)
    assert (one.values, one.how) == ({"project": "WEB"}, {"project": "said"})
    assert (len(one.id), len(one.occasion.place), len(one.occasion.words)) == (80, 80, 10)


def test_a_correction_rewrites_the_calls_and_is_an_order() -> None:
    evidence = corrected(memory(call(1, project="OLD"), call(2, project="OLD", type="Bug")), "project", "NEW", NOW)
    assert [dict(one.values) for one in evidence.calls] == [{"project": "NEW", "type": "Bug"}, {"project": "NEW"}]
    assert evidence.told == {"project": Told(standing="order", value="NEW", at=NOW)}
    assert evidence.retired == {"project": ("OLD",)}


def test_a_correction_ends_a_pin_of_something_else() -> None:
    pinned = told(memory(call(1, project="OLD")), "project", "always", "PINNED", NOW)
    evidence = corrected(pinned, "project", "NEW", NOW)
    assert evidence.told["project"].standing == "order"
    assert set(evidence.retired["project"]) == {"OLD", "PINNED"}


def test_a_value_that_is_corrected_back_to_is_not_retired() -> None:
    evidence = corrected(memory(call(1, project="OLD")), "project", "NEW", NOW)
    assert corrected(evidence, "project", "OLD", NOW).retired == {"project": ("NEW",)}


def test_only_so_many_retired_values_are_known() -> None:
    evidence = memory(call(1, project="P0"))
    for number in range(1, 9):
        evidence = corrected(evidence, "project", f"P{number}", NOW)
    assert evidence.retired == {"project": ("P7", "P6", "P5", "P4")}
    assert len(evidence.retired["project"]) == RETIRED


def test_using_a_retired_value_again_ends_its_retirement() -> None:
    evidence = corrected(memory(call(1, project="OLD")), "project", "NEW", NOW)
    assert with_call(evidence, call(2, project="OLD")).retired == {}


def test_an_old_record_does_not_end_an_order() -> None:
    evidence = told(Evidence(), "project", "order", "NEW", NOW + 5)
    assert "project" in with_call(evidence, call(1, project="OLD", how="own")).told
    assert "project" not in with_call(evidence, call(9, project="OLD")).told


def test_a_pin_and_a_refusal_outlast_every_call() -> None:
    evidence = told(told(Evidence(), "project", "always", "NEW", NOW), "type", "never", None, NOW)
    assert set(with_call(evidence, call(9, project="OLD", type="Bug")).told) == {"project", "type"}


def test_a_decision_can_be_taken_back() -> None:
    evidence = told(Evidence(), "project", "always", "NEW", NOW)
    assert told(evidence, "project", None, None, NOW) == Evidence()


def test_a_pinned_value_is_not_retired() -> None:
    evidence = corrected(memory(call(1, project="OLD")), "project", "NEW", NOW)
    assert told(evidence, "project", "always", "OLD", NOW).retired == {}


def test_forgetting_leaves_nothing_of_a_parameter_and_all_of_the_others() -> None:
    evidence = Evidence(
        calls=(call(2, project="WEB"), replace(call(1), values={"project": "WEB", "components|WEB": ("api",)})),
        told={"project": Told(standing="always", value="WEB"), "components|WEB": Told(standing="never")},
        hits={"project": (1.0, 2.0), "project~1f": (0.1, 0.2), "components|WEB": (3.0, 4.0), "~": (5.0, 6.0)},
        words={"WEB": "Storefront (WEB)", "api": "The API"},
        retired={"project": ("OLD",)},
    )
    left = forgotten(evidence, "project")
    assert [(one.id, set(one.values)) for one in left.calls] == [("call-1", {"components|WEB"})]
    assert set(left.told) == {"components|WEB"}
    assert set(left.hits) == {"components|WEB", "~"}
    assert left.words == {"api": "The API"}
    assert left.retired == {}


def test_an_undone_call_is_not_remembered() -> None:
    evidence = memory(call(1, project="WEB"), call(2, project="OPS"))
    assert [one.id for one in without_call(evidence, "call-2").calls] == ["call-1"]


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 0"):
        decode('{"v":0}')


NAMES = st.text(min_size=1, max_size=12)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.text(max_size=8), max_size=4).map(tuple)
)
CALLS_OF = st.builds(
    PastCall,
    id=NAMES,
    occasion=st.builds(
        Occasion,
        at=st.floats(0, 2e9),
        place=NAMES,
        type=NAMES,
        kind=NAMES,
        words=st.frozensets(st.integers(0, 0xFFFF), max_size=10),
        group=NAMES,
        size=NAMES,
    ),
    values=st.dictionaries(NAMES, VALUES, max_size=4),
)
MEMORIES = st.builds(
    Evidence,
    calls=st.lists(CALLS_OF, max_size=5).map(tuple),
    told=st.dictionaries(NAMES, st.builds(Told, standing=st.sampled_from(("always", "never", "order")), value=VALUES)),
    hits=st.dictionaries(NAMES, st.tuples(st.floats(0, 64), st.floats(0, 64))),
    words=st.dictionaries(NAMES, NAMES),
    retired=st.dictionaries(NAMES, st.lists(VALUES, max_size=4).map(tuple)),
)


@given(MEMORIES)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_as_it_was(evidence: Evidence) -> None:
    assert decode(encode(evidence)) == evidence
