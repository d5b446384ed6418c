"""What holds of the predictor for every history."""

from collections.abc import Mapping
from dataclasses import replace

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from memory.parameters.edits import decode, encode
from memory.parameters.evidence import CALLS, Evidence, Kind, Occasion, PastCall, Value, word_hashes
from memory.parameters.predict import Model
from tests.memory.parameters.remembering import BEGUN, HOUR, Workspace

KINDS: Mapping[str, Kind] = {"project": "one", "labels": "set", "reviewers": "any"}
PLACES = ("C1", "C2", "")
SENTENCES = ("Fix the flaky login", "Rotate the certificates", "Move the header", "")


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, int, str, str]]:
    """Who makes a call, the number of the value, where, in which words."""
    step = st.tuples(
        st.sampled_from(("ann", "bob")), st.integers(0, 3), st.sampled_from(PLACES), st.sampled_from(SENTENCES)
    )
    return draw(st.lists(step, max_size=30))


def arguments(person: str, number: int) -> dict[str, Value]:
    """Values that only this person uses, and now and then none."""
    if number == 3:
        return {"project": f"{person}-3", "labels": None}
    labels = tuple(f"{person}-label-{one}" for one in range(number))
    return {"project": f"{person}-{number}", "labels": labels, "reviewers": (f"{person}-x", f"{person}-{number}")}


def lived(history: list[tuple[str, int, str, str]]) -> Workspace:
    workspace = Workspace(KINDS)
    for person, number, place, words in history:
        workspace.call(person, arguments(person, number), place=place, words=words)
    return workspace


def texts(value: Value) -> str:
    return str(value)


@given(history=steps(), place=st.sampled_from(PLACES), words=st.sampled_from(SENTENCES))
@settings(max_examples=30, deadline=None)
def test_the_values_of_two_people_never_cross(history: list[tuple[str, int, str, str]], place: str, words: str) -> None:
    """mem_cross"""
    workspace = lived(history)
    for person, other in (("ann", "bob"), ("bob", "ann"), ("new", "ann"), ("new", "bob")):
        for found in workspace.suggest(person, place=place, words=words).values():
            assert other not in texts((found.value, found.others).__repr__())


@given(history=steps())
@settings(max_examples=20, deadline=None)
def test_to_suggest_is_to_read(history: list[tuple[str, int, str, str]]) -> None:
    workspace = lived(history)
    rows = {key: orjson.dumps(workspace.model.row(key)) for key in workspace.model.changed}
    workspace.model.changed.clear()
    first = [workspace.suggest(person) for person in ("ann", "bob", "new")]
    second = [workspace.suggest(person) for person in ("ann", "bob", "new")]
    assert first == second
    assert not workspace.model.changed
    assert rows == {key: orjson.dumps(workspace.model.row(key)) for key in rows}


@given(before=steps(), after=steps())
@settings(max_examples=20, deadline=None)
def test_a_model_that_was_written_and_read_suggests_the_same(
    before: list[tuple[str, int, str, str]], after: list[tuple[str, int, str, str]]
) -> None:
    one, other = lived(before), Workspace(KINDS)
    rows: dict[str, JsonValue] = {key: orjson.loads(orjson.dumps(one.model.row(key))) for key in one.model.changed}
    other.model = Model(KINDS, rows)
    other.people = {person: decode(encode(evidence)) for person, evidence in one.people.items()}
    other.calls = one.calls
    for person, number, place, words in after:
        asked = {"place": place, "words": words}
        assert one.suggest(person, **asked) == other.suggest(person, **asked)  # type: ignore[arg-type]
        for workspace in (one, other):
            workspace.call(person, arguments(person, number), **asked)  # type: ignore[arg-type]
    assert one.people == other.people


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=300),
    st.lists(st.text(max_size=60), max_size=30).map(tuple),
)


@given(
    values=st.lists(st.dictionaries(st.sampled_from([f"p{one}" for one in range(7)]), VALUES), min_size=1, max_size=8),
    text=st.text(max_size=400),
)
@settings(max_examples=30, deadline=None)
def test_what_is_remembered_of_a_person_has_a_bound(values: list[dict[str, Value]], text: str) -> None:
    model = Model({f"p{one}": "one" for one in range(7)})
    evidence = Evidence()
    for turn in range(36):
        occasion = Occasion(
            at=BEGUN + turn * HOUR, place=text, type=text, kind=text, words=word_hashes(text), group=text
        )
        call = PastCall(id=f"{text}{turn}", occasion=occasion, values=values[turn % len(values)])
        evidence = model.learn(replace(call, id=f"{turn}{text}"), "ann", evidence)
    assert len(evidence.calls) <= CALLS
    assert len(evidence.hits) <= 64
    assert decode(encode(evidence)) == evidence
    assert len(encode(evidence)) <= 24_000


def test_a_person_with_sensible_values_fits_into_eight_kilobytes() -> None:
    kinds: dict[str, Kind] = {"project": "one", "type": "one", "components": "set", "labels": "set", "assignee": "one"}
    model = Model({**kinds, "priority": "one", "title_prefix": "one"})
    evidence = Evidence()
    for turn in range(64):
        occasion = Occasion(
            at=BEGUN + turn * HOUR + 0.25,
            place=f"C0{turn % 3}ABCDEFG",
            type="helper",
            kind="title,description",
            words=word_hashes(
                f"Rotate number {turn} of the many {turn * 7} certificates before winter {turn % 9} comes"
            ),
            group="northwind.example",
        )
        values: dict[str, Value] = {
            "project": ("PLAT", "TRAIL", "WEB")[turn % 3],
            "type": ("Bug", "Task")[turn % 2],
            "components": ("api", f"service-{turn % 5}"),
            "labels": ("on-call", f"quarter-{turn % 4}"),
            "assignee": f"712020:{turn % 6:08x}-1c2d-4e5f-8a9b-0c1d2e3f4a5b",
            "priority": None,
            "title_prefix": "[infra]",
        }
        call = PastCall(id=f"3f1c2de8-aa00-4b1f-9a53-{turn:012x}:call_{turn}", occasion=occasion, values=values)
        evidence = model.learn(replace(call, how=dict.fromkeys(values, "chose")), "ann", evidence)
    assert len(evidence.calls) == CALLS
    assert len(encode(evidence).encode()) <= 8 * 1024
