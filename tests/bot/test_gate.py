"""Which calls run, and which ask first."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gate import Allow, Ask, Deny, Verdict, gate
from skills.catalog import skill_catalog
from skills.skill import Effect, Tool
from tests.fakes.rooms import read_notes


@pytest.mark.parametrize(
    ("effect", "destroys", "verdict"),
    [
        ("read", False, Allow()),
        ("read", True, Ask()),
        ("write", False, Ask()),
        ("write", True, Ask()),
    ],
)
def test_reading_is_free_and_all_else_asks(effect: Effect, verdict: Verdict, *, destroys: bool) -> None:
    assert gate(replace(read_notes, effect=effect, destroys=destroys)) == verdict


@settings(max_examples=60, derandomize=True, deadline=None)
@given(
    effect=st.sampled_from(["read", "write"]),
    flags=st.fixed_dictionaries({"egress": st.booleans(), "destroys": st.booleans()}),
    targets=st.sampled_from([(), ("place",), ("place", "limit")]),
)
def test_no_declaration_talks_a_write_past_the_person(
    effect: Effect, flags: dict[str, bool], targets: tuple[str, ...]
) -> None:
    declared = replace(read_notes, effect=effect, targets=targets, remembers=targets, payload=targets, **flags)
    if effect == "write":
        assert isinstance(gate(declared), Ask)
    assert not isinstance(gate(declared), Deny)


OURS = [tool for skill in skill_catalog().values() for tool in skill.tools]


@pytest.mark.parametrize("tool", OURS, ids=[tool.name for tool in OURS])
def test_of_the_tools_we_have_only_reads_run_unasked(tool: Tool) -> None:
    assert isinstance(gate(tool), Allow) == (tool.effect == "read")
