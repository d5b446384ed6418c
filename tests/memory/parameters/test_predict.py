"""From past calls to the next one's arguments, as a person sees it."""

import json
from typing import get_args

import pytest

from memory.parameters.edits import corrected, forgotten, told
from memory.parameters.evidence import CALLS, Evidence, How, Value
from memory.parameters.predict import Model
from tests.memory.parameters.remembering import BEGUN, Workspace


def board(suggested: Workspace, person: str = "ann", **asked: str) -> tuple[Value, bool]:
    one = suggested.suggest(person, "project", **asked)["project"]  # type: ignore[arg-type]
    return one.value, one.fill


@pytest.fixture
def workspace() -> Workspace:
    return Workspace({"project": "one", "components": "set", "reviewers": "any"})


def test_nothing_is_suggested_before_anything_was_chosen(workspace: Workspace) -> None:
    assert workspace.suggest("ann") == {}


@pytest.mark.parametrize("how", get_args(How))
@pytest.mark.parametrize("value", ["INFRA", None, 30, True, ("api", "web")])
def test_what_was_the_same_three_times_is_filled_in_the_fourth_time(
    workspace: Workspace, how: How, value: Value
) -> None:
    workspace.calls_with("ann", "components", value, value, value, how=how)
    found = workspace.suggest("ann", "components")["components"]
    assert (value, True) == (found.value, found.fill)


def test_one_choice_is_suggested_but_not_filled_in(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", "INFRA")
    assert board(workspace) == ("INFRA", False)


def test_what_goes_on_as_it_began_stays_filled_in(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", "INFRA", "INFRA", "INFRA")
    for _ in range(200):
        assert board(workspace) == ("INFRA", True)
        workspace.calls_with("ann", "project", "INFRA", how="remembered")


def test_what_turns_out_to_be_no_habit_is_not_filled_in_again(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["INFRA", "INFRA", "INFRA", "WEB"] * 3)
    fills: list[bool] = []
    for turn in range(80):
        fills.append(board(workspace)[1])
        workspace.calls_with("ann", "project", ["INFRA", "INFRA", "INFRA", "WEB"][turn % 4])
    assert sum(fills[4:]) == 0


def test_a_new_value_is_suggested_after_two_calls(workspace: Workspace) -> None:
    for words in ("Fix the flaky login", "Rotate the certificates", "Raise the limit"):
        for _ in range(7):
            workspace.call("ann", {"project": "INFRA"}, words=words)
    for words in ("Move the header", "Shrink the footer"):
        workspace.call("ann", {"project": "WEB"}, words=words)
    found = workspace.suggest("ann", "project", words="Colour the buttons")["project"]
    assert (found.value, found.because.count, found.because.of) == ("WEB", 2, 2)


def test_what_always_goes_with_another_argument_is_a_habit_too(workspace: Workspace) -> None:
    for project, components in zip(["PLAT", "WEB"] * 6, [("infra",), ("pages",)] * 6, strict=True):
        workspace.call("ann", {"project": project, "components": components})
    asked = workspace.suggest("ann", "components", given={"project": "WEB"})["components"]
    assert (asked.value, asked.fill) == (("pages",), True)
    assert (asked.because.count, asked.because.of, asked.because.where) == (6, 6, "with")


def test_a_pinned_value_is_filled_in_whatever_the_calls_say(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["WEB"] * 9)
    workspace.people["ann"] = told(workspace.of("ann"), "project", "always", "INFRA", BEGUN)
    workspace.calls_with("ann", "project", "WEB")
    found = workspace.suggest("ann", "project")["project"]
    assert (found.value, found.fill, found.confidence, found.because.kind) == ("INFRA", True, 0.99, "always")


def test_a_pin_needs_no_calls(workspace: Workspace) -> None:
    workspace.people["ann"] = told(Evidence(), "project", "always", "INFRA", BEGUN)
    assert board(workspace) == ("INFRA", True)


def test_what_is_never_to_be_filled_in_is_not_suggested_either(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["WEB"] * 9)
    workspace.people["ann"] = told(workspace.of("ann"), "project", "never", None, BEGUN)
    assert workspace.suggest("ann", "project") == {}


def test_an_order_fills_in_until_it_is_contradicted(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", "WEB")
    workspace.people["ann"] = told(workspace.of("ann"), "project", "order", "INFRA", BEGUN)
    workspace.calls_with("ann", "project", "INFRA", how="remembered")
    assert board(workspace) == ("INFRA", True)
    workspace.calls_with("ann", "project", "WEB")
    assert "project" not in workspace.of("ann").told
    assert not board(workspace)[1]


def test_what_was_only_read_in_own_records_is_not_proven(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["WEB"] * 5, how="own")
    assert not workspace.suggest("ann", "project")["project"].proven
    workspace.calls_with("ann", "project", "WEB", how="remembered")
    assert workspace.suggest("ann", "project")["project"].proven


def test_what_two_others_use_is_not_shown_and_what_three_use_is(workspace: Workspace) -> None:
    """mem_cross"""
    for person in ("bob", "cem"):
        workspace.calls_with(person, "project", *["SECRET"] * 9)
    assert workspace.suggest("ann", "project") == {}
    workspace.calls_with("dee", "project", "SECRET")
    found = workspace.suggest("ann", "project")["project"]
    assert (found.value, found.because.kind, found.proven) == ("SECRET", "team", False)


def test_runners_up_are_only_what_may_be_shown(workspace: Workspace) -> None:
    """mem_cross"""
    workspace.calls_with("bob", "project", *["SECRET"] * 9)
    workspace.calls_with("ann", "project", "A", "B", "C", "D", "E", "F", "G")
    found = workspace.suggest("ann", "project")["project"]
    assert 0 < len(found.others) <= 4
    assert not {"SECRET", found.value} & set(found.others)


def test_a_guest_hears_nothing_of_others(workspace: Workspace) -> None:
    """mem_cross"""
    for person in ("bob", "cem", "dee", "eve"):
        workspace.calls_with(person, "project", *["WEB"] * 9)
    assert workspace.suggest("guest", "project", team=False) == {}
    workspace.calls_with("guest", "project", "OPS")
    found = workspace.suggest("guest", "project", team=False)["project"]
    assert (found.value, found.others) == ("OPS", ())


def test_the_reason_is_counted_on_the_calls(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["WEB"] * 9, "OPS", *["WEB"] * 12)
    reason = workspace.suggest("ann", "project")["project"].because
    assert (reason.kind, reason.count, reason.of) == ("own", 14, 15)


def test_what_nobody_else_chose_is_never_said_to_be_usual_for_the_team(workspace: Workspace) -> None:
    for _ in range(40):
        found = workspace.suggest("ann", "project")
        assert all(one.because.kind == "own" for one in found.values())
        workspace.calls_with("ann", "project", "WEB")


def test_a_corrected_value_does_not_come_back(workspace: Workspace) -> None:
    """mem_poison"""
    for person in ("ann", "bob", "cem", "dee"):
        workspace.calls_with(person, "project", *["OLD"] * 9)
    workspace.people["ann"] = corrected(workspace.of("ann"), "project", "NEW", BEGUN)
    assert board(workspace) == ("NEW", True)
    workspace.calls_with("ann", "project", "OTHER")
    for turn in range(100):
        found = workspace.suggest("ann", "project")["project"]
        assert "OLD" not in (found.value, *found.others)
        workspace.calls_with("ann", "project", ["NEW", "OTHER", "NEW"][turn % 3])
        workspace.calls_with("bob", "project", "OLD")


def test_a_corrected_value_is_an_ordinary_one_once_it_is_used_again(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["OLD"] * 5)
    workspace.people["ann"] = corrected(workspace.of("ann"), "project", "NEW", BEGUN)
    workspace.calls_with("ann", "project", "OLD", "OLD", "OLD")
    assert board(workspace)[0] == "OLD"


def test_of_several_right_ones_any_that_was_corrected_away_is_gone(workspace: Workspace) -> None:
    workspace.calls_with("ann", "reviewers", *[("bob", "cem")] * 5)
    workspace.people["ann"] = corrected(workspace.of("ann"), "reviewers", ("dee",), BEGUN)
    workspace.calls_with("ann", "reviewers", ("eve",))
    found = workspace.suggest("ann", "reviewers")["reviewers"]
    assert not {"bob", "cem"} & {found.value, *found.others}


def test_what_depends_on_a_board_is_learned_for_that_board_alone(workspace: Workspace) -> None:
    workspace.calls_with("ann", "components|PLAT", *[("api",)] * 4)
    assert workspace.suggest("ann", "components|PLAT")["components|PLAT"].value == ("api",)
    assert workspace.suggest("ann", "components|TRAIL") == {}


def test_a_call_is_learned_once(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", "WEB")
    before = workspace.of("ann")
    workspace.model.changed.clear()
    again = workspace.model.learn(before.calls[0], "ann", before)
    assert before == again
    assert not workspace.model.changed


def test_an_old_record_takes_its_place_in_time(workspace: Workspace) -> None:
    workspace.calls += 10
    workspace.calls_with("ann", "project", "NEW")
    workspace.calls -= 8
    workspace.calls_with("ann", "project", "OLD", how="own")
    assert [call.values["project"] for call in workspace.of("ann").calls] == ["NEW", "OLD"]


def test_a_person_is_a_list_of_calls_with_an_end(workspace: Workspace) -> None:
    for turn in range(300):
        workspace.call("ann", {"project": f"P{turn % 40}", "components": (f"c{turn}",), "reviewers": ("bob", "cem")})
    ann = workspace.of("ann")
    assert len(ann.calls) == CALLS
    assert len(ann.hits) <= 64


def test_a_text_is_not_learned(workspace: Workspace) -> None:
    workspace.calls_with("ann", "project", *["x" * 201] * 5)
    assert workspace.suggest("ann") == {}


def test_what_is_forgotten_is_in_no_row(workspace: Workspace) -> None:
    """mem_cross"""
    for turn in range(30):
        workspace.call("ann", {"project": "SECRET", "components": ("SECRET-A", "api")}, words=f"word{turn}")
        workspace.call("bob", {"project": "WEB", "components": ("api",)}, words=f"word{turn}")
    keys = set(workspace.model.changed)
    workspace.model.forget("ann", "project", ["SECRET"])
    workspace.model.forget("ann", "components", [("SECRET-A", "api")])
    rows = {key: workspace.model.row(key) for key in keys | workspace.model.changed}
    left = [key for key, row in rows.items() if row is not None and "SECRET" in key + json.dumps(row)]
    assert left == []
    assert any("WEB" in json.dumps(row) for row in rows.values())


def test_what_others_use_too_stays_theirs(workspace: Workspace) -> None:
    for person in ("ann", "bob", "cem", "dee"):
        workspace.calls_with(person, "project", "WEB", "WEB", "WEB")
    workspace.model.forget("ann", "project", ["WEB"])
    workspace.people["ann"] = forgotten(workspace.of("ann"), "project")
    assert board(workspace, "eve")[0] == "WEB"
    workspace.model.forget("bob", "project", ["WEB"])
    assert workspace.suggest("eve", "project") == {}


def test_rows_of_another_kind_are_refused() -> None:
    with pytest.raises(KeyError):
        Model({}).load({"nothing\tof": []})
