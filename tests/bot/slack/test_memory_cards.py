"""What the list of what is remembered looks like, the dialog that changes a value, and what is said of it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.self_service.known import Known
from bot.self_service.remembered import KnownName
from bot.slack.cards import (
    MemoryState,
    Note,
    all_forgotten_note,
    change_modal,
    changed_note,
    forgotten_note,
    learning_note,
    memory_message,
    memory_modal,
    name_forgotten_note,
    never_note,
    note_message,
    note_modal,
    pinned_note,
    problem_note,
    read_change,
    taken_back_note,
)
from bot.slack.cards.memory_change import Entry
from memory.parameters.evidence import Value
from playground.slack.forms import fill, state_of
from tests.bot.slack.card_rules import check, ours, walk
from tests.bot.slack.card_samples import NOW, built, buttons, design, nasty, values
from tests.bot.slack.memory_samples import ASSIGNEE, FOUR, LABELS, LENGTH, MANAGER, PREFIX, SIGN_OFF, known, state

quick = settings(max_examples=30, derandomize=True, deadline=None)
SLACKS_OWN = re.compile(r"<!date\^\d+\^\{date_short_pretty\}\|[a-zA-Z0-9 ]+>|<#C0PLATFORM>")
DEPENDENT = "Labels, when the board is Platform (PLAT)"


def listed(shown: MemoryState) -> dict[str, Any]:
    view = memory_modal(shown)
    check(view)
    return view


def rows(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Id of what is remembered → its row."""
    found = [block for block in view["blocks"] if block.get("block_id", "").startswith(("memory:m", "name:"))]
    return {block["block_id"].partition(":")[2]: block for block in found}


def entries(row: dict[str, Any]) -> dict[str, str]:
    return {option["text"]["text"]: option["value"] for option in row["accessory"]["options"]}


# The list


def test_what_is_remembered_looks_as_designed():
    assert listed(state(*FOUR, LENGTH, SIGN_OFF)) == design("modal-memory")


def test_a_row_says_why_where_and_when():
    row = rows(listed(state(*FOUR)))["m2"]
    assert row["text"]["text"] == "*Board* · _14 of your last\u00a015_ · mostly in <#C0PLATFORM>"
    value, used = row["fields"]
    assert (value["type"], value["text"]) == ("plain_text", "Platform (INFRA)")
    assert SLACKS_OWN.sub("…", used["text"]) == "last used …\nfirst …"


def test_two_days_are_told_where_there_are_two():
    for one in (known(first=NOW), known(first=None), known(standing="always")):
        assert SLACKS_OWN.sub("…", rows(listed(state(one)))["m2"]["fields"][1]["text"]) == "last used …"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "14 of your last\u00a015"),
        ({"seeds": (True,)}, "used once"),
        ({"standing": "order", "seeds": (True,)}, "you chose"),
        ({"standing": "order", "how": "changed", "seeds": (False, True)}, "you changed"),
        ({"standing": "order", "seeds": (False, True, True)}, "2 of your last\u00a03"),
        ({"how": "own"}, "14 of your last\u00a015, from your own records"),
        ({"how": "own", "seeds": ()}, "from your own records"),
        ({"how": "said", "seeds": ()}, "you said"),
        ({"standing": "always"}, "always, you set it"),
        ({"standing": "never"}, "never filled in, you set it"),
    ],
)
def test_the_reason_that_is_shown_is_counted(changes: dict[str, Any], says: str):
    row = rows(listed(state(known(**changes))))["m2"]
    assert row["text"]["text"] == f"*Board* · _{says}_"


def test_a_menu_offers_what_its_value_can():
    offers = {
        standing: list(entries(rows(listed(state(known(standing=standing))))["m2"]))
        for standing in ("learned", "order", "always", "never")
    }
    open_ = ["Change…", "Always use this", "Never fill this in", "Forget"]
    assert offers == {
        "learned": open_,
        "order": open_,
        "always": ["Change…", "Learn from now on again", "Never fill this in", "Forget"],
        "never": ["Change…", "Learn from now on again", "Forget"],
    }


def test_a_click_says_which_value_and_what_to_do_with_it():
    assert entries(rows(listed(state(known())))["m2"]) == {
        "Change…": "m2:change",
        "Always use this": "m2:pin",
        "Never fill this in": "m2:never",
        "Forget": "m2:forget",
    }


def test_what_is_never_filled_in_shows_no_value():
    assert "Platform" not in str(listed(state(known(standing="never"))))


def test_one_skill_is_shown_at_a_time():
    everything = (*FOUR, LENGTH, SIGN_OFF)
    for skill, ids in (("tickets", ["m1", "m2", "m3", "m4"]), ("mail", ["m6"]), ("gone", ["m1", "m2", "m3", "m4"])):
        view = listed(state(*everything, skill=skill))
        select = view["blocks"][0]["accessory"]
        assert list(rows(view)) == ids
        assert [option["value"] for option in select["options"]] == ["tickets", "calendar", "mail"]
        assert (
            select["initial_option"]["value"] == view["private_metadata"] == (skill if skill != "gone" else "tickets")
        )


def test_what_different_things_are_done_with_stands_under_headings():
    comment = known(9, tool="comment_on_ticket", doing="Commenting on a ticket", label="Sign-off")
    view = listed(state(known(), comment))
    assert [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"] == [
        "Creating a ticket",
        "Commenting on a ticket",
    ]
    assert not [block for block in listed(state(known()))["blocks"] if block["type"] == "header"]


def test_a_value_that_depends_on_another_says_on_which():
    view = listed(state(replace(LABELS, label=DEPENDENT, parameter="labels|PLAT"), known()))
    assert f"*{DEPENDENT}* · _9 of your last\u00a09_" in ours(view)
    assert list(rows(view)) == ["m2", "m3"]


def test_names_stand_below_and_can_be_forgotten():
    view = listed(state(*FOUR, names=(MANAGER,)))
    row = rows(view)["n1"]
    assert [field["text"] for field in row["fields"]] == ["“my manager”", "Marit Solberg"]
    assert (row["accessory"]["action_id"], row["accessory"]["value"]) == ("memory.forget:1", "n1:forget")
    assert "Names" in values(view)


def test_names_alone_need_no_skill():
    view = listed(state(names=(MANAGER, replace(MANAGER, id="n2", phrase="the usual repo"))))
    assert "static_select" not in str(view)
    assert buttons(view)["Forget all 2"]["value"] == "all"


def test_the_foot_leads_to_the_web_and_forgets_all_of_a_skill_once_it_is_sure():
    forget = buttons(listed(state(*FOUR, LENGTH)))["Forget all 4"]
    assert forget["value"] == "tickets"
    assert {key: forget["confirm"][key]["text"] for key in ("title", "text", "confirm", "deny")} == {
        "title": "Forget all 4?",
        "text": "I start from nothing for tickets and ask again. This cannot be undone.",
        "confirm": "Forget all 4",
        "deny": "Keep them",
    }
    assert "Edit on the web" not in str(listed(state(*FOUR, web_url=None)))


def test_where_nothing_is_remembered_it_says_how_that_begins():
    view = listed(state())
    assert ours(view).strip() == (
        "*Nothing remembered yet.*\n"
        "File a ticket or plan a meeting with Pinyon. What you choose yourself shows up here."
    )


def test_sixty_values_and_forty_names_fit():
    many = [known(n, label=f"Value {n}", doing=f"Doing {n % 12}") for n in range(60)]
    names = tuple(replace(MANAGER, id=f"n{n}", shown="x" * 3_000) for n in range(40))
    view = listed(state(*many, names=names))
    assert len(view["blocks"]) <= 100
    assert "and 20 more, on the web" in ours(view)
    assert "Forget all 60" in buttons(view)
    assert sum(id.startswith("m") for id in rows(view)) + ours(view).count("and ") >= 58


@pytest.mark.parametrize("count", [1, 69, 70, 71, 300])
def test_every_value_is_shown_or_counted(count: int):
    view = listed(state(*(known(n, shown="漢" * 3_000) for n in range(count))))
    more = [int(found) for found in re.findall(r"and (\d+) more", ours(view))]
    assert len(rows(view)) + sum(more) == count


def test_without_a_dialog_there_is_a_way_to_one():
    card = built(memory_message(url="https://pinyon.tamarack.example/memory"))
    check(card)
    assert {label: node["action_id"] for label, node in buttons(card).items()} == {
        "Look through": "memory.open",
        "Edit on the web": "memory.web",
    }


# Changing a value


def entered(one: Known, **filled: Any) -> Entry:
    """What the dialog gives when this is filled in."""
    view = change_modal(one)
    view["state"] = state_of(view, fill(view, filled))
    return read_change(view, one)


def test_the_dialog_begins_with_the_value_and_offers_what_was_used_before():
    view = change_modal(known())
    check(view)
    pick, text, _ = view["blocks"]
    assert [option["text"]["text"] for option in pick["element"]["options"]] == ["Storefront (WEB)", "Operations (OPS)"]
    assert text["element"]["initial_value"] == "Platform (INFRA)"
    assert (view["title"]["text"], view["callback_id"], view["private_metadata"]) == (
        "Change board",
        "memory.changed",
        "m2",
    )


@pytest.mark.parametrize(
    ("value", "raw"),
    [("WEB", "WEB"), (("staging", "web"), "staging, web"), (None, ""), (True, "True"), (25, "25")],
)
def test_a_choice_is_what_was_used_before_as_it_would_be_written(value: Any, raw: str):
    one = known(others=(("x", "x"), (value, "shown otherwise")))
    mark = change_modal(one)["blocks"][0]["element"]["options"][1]["value"]
    assert str(value) not in mark or value in (None, "")
    again = replace(one, others=one.others[::-1])
    for later in (one, again):
        assert entered(later, pick=mark).value == raw


def test_what_was_written_counts_before_what_was_chosen():
    mark = change_modal(known())["blocks"][0]["element"]["options"][0]["value"]
    assert entered(known(), pick=mark, value=" Mobile ").value == "Mobile"


@pytest.mark.parametrize(
    ("filled", "field", "problem"),
    [
        ({}, "value", "This is what I use already. Write another value, or cancel."),
        ({"value": " "}, "value", "Write a value. To have none kept, cancel and choose Forget."),
        ({"pick": "nonsense"}, "pick", "This one is no longer kept. Write it below."),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(filled: dict[str, Any], field: str, problem: str):
    entry = entered(known(), **filled)
    assert (entry.field, entry.problem) == (field, problem)


def test_a_value_that_a_field_would_hide_does_not_stand_in_it():
    for hidden in ("a\u202eb", "t\u0430marack", "x" * 4_000):
        assert "initial_value" not in change_modal(known(shown=hidden))["blocks"][1]["element"]


def test_a_sign_off_of_two_lines_keeps_them():
    element = change_modal(known(shown="Best\nRen", others=()))["blocks"][0]["element"]
    assert (element["initial_value"], element["multiline"]) == ("Best\nRen", True)


def test_a_list_says_how_it_is_written():
    assert "commas between them" in str(change_modal(LABELS))


# What is said of it


@pytest.mark.parametrize(
    ("note", "says"),
    [
        (
            changed_note(known(shown="Storefront (WEB)"), "Platform", "c1"),
            "Board is now Storefront (WEB). I stopped using Platform.",
        ),
        (changed_note(ASSIGNEE, "Ren", ""), "Assignee is now left blank. I stopped using Ren."),
        (
            changed_note(replace(LABELS, label=DEPENDENT), "", ""),
            "Labels are now certificates, staging, when the board is Platform (PLAT).",
        ),
        (taken_back_note(known()), "Board is Platform (INFRA) again."),
        (taken_back_note(None), "It is as it was before."),
        (forgotten_note(known(shown="Storefront")), "Forgot the board Storefront. I will ask next time."),
        (forgotten_note(known(standing="never")), "Forgot the board. I will ask next time."),
        (name_forgotten_note(MANAGER), "Forgot “my manager”. I will ask next time."),
        (pinned_note(PREFIX, ""), "Title prefix is always [infra] from now on."),
        (never_note(known(), ""), "I never fill in the board from now on."),
        (learning_note(known(), ""), "I learn the board again from what you do."),
        (all_forgotten_note(4, "Tickets"), "Forgot 4 values for tickets. I start from nothing there and ask again."),
    ],
)
def test_each_change_is_told_in_its_sentence(note: Note, says: str):
    assert note.text == says
    check(built(note_message(note)))
    check(note_modal(note))


def test_a_change_can_be_undone_from_where_it_is_told():
    note = changed_note(known(), "Platform", "c1")
    for card in (built(note_message(note)), note_modal(note), listed(state(*FOUR, note=note))):
        assert (buttons(card)["Undo"]["action_id"], buttons(card)["Undo"]["value"]) == ("memory.undo", "c1")
    assert "Undo" not in str(note_modal(forgotten_note(known())))


def test_what_a_lock_screen_shows_holds_no_value():
    for note in (changed_note(known(), "Web", ""), forgotten_note(known()), pinned_note(known(), "")):
        assert "Platform" not in note.heard
        assert "Web" not in note.heard


# Values of strangers


@st.composite
def whatever(draw: st.DrawFn) -> Known:
    """Anything that anybody may have taught us."""
    value: Value = draw(st.one_of(nasty, st.sampled_from((None, True, 25)), st.tuples(nasty, nasty)))
    return known(
        1,
        label=draw(st.sampled_from(("Board", f"Labels, when the board is {draw(nasty)}"))),
        value=value,
        shown=draw(nasty),
        standing=draw(st.sampled_from(("always", "never", "order", "learned"))),
        seeds=draw(st.sampled_from(((), (True,), (True, False), (True,) * 15))),
        places=draw(st.sampled_from(((), ("C0PLATFORM",), ("<!here>", "C1|x>", "C0PLATFORM")))),
        how=draw(st.sampled_from((None, "said", "chose", "own", "left"))),
        decided=draw(st.sampled_from((None, NOW))),
        others=((draw(nasty), draw(nasty)), (None, "leave blank")),
    )


@quick
@given(one=whatever(), phrase=nasty, meaning=nasty, before=nasty)
def test_whatever_was_learned_it_is_a_value_in_every_dialog(one: Known, phrase: str, meaning: str, before: str):
    """appr_spoof, appr_unicode, mem_poison: what was learned can neither act nor look like words of ours."""
    name = KnownName(id="n1", phrase=phrase, shown=meaning)
    note = changed_note(one, before, "c1")
    views = [listed(state(one, names=(name,), note=note)), change_modal(one), note_modal(note)]
    for view in views:
        check(view)
        assert "<" not in SLACKS_OWN.sub("", ours(view))
        # What a person chooses and a click sends is a mark of ours, never the value.
        for _, node in walk(view["blocks"]):
            assert all(re.fullmatch(r"[a-z0-9:_]+", option["value"]) for option in node.get("options", ()))
    for said in (note, forgotten_note(one), name_forgotten_note(name), taken_back_note(one), problem_note(before)):
        card = built(note_message(said))
        check(card)
        assert "<" not in f"{ours(card)}{card['text']}"
        for value in (one.shown, phrase, before):
            assert len(value.strip()) < 12 or value not in card["text"]


@quick
@given(one=whatever(), typed=nasty)
def test_whatever_is_entered_is_a_value_or_a_problem(one: Known, typed: str):
    view = change_modal(one)
    block = next(block for block in view["blocks"] if block.get("block_id") == "value")
    view["state"] = {"values": {"value": {"memory.entered": {"value": typed}}}}
    entry = read_change(view, one)
    assert bool(entry.problem) != bool(entry.value)
    assert entry.field == block["block_id"]
