"""Tables under an answer: real cells, as much as Slack takes, and nothing in them that acts."""

from dataclasses import replace

import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st

from bot.harmless.links import Given, everything
from bot.messages import Answer, HandedFile
from bot.slack.blocks import Block
from bot.slack.tables import CELL, CHARACTERS, characters, shown_cell, table_blocks, without_tables
from bot.slack.text import answer_message
from memory.ids import FileId, TurnId
from skills.showing import Cell, Table
from tests.bot.slack.card_rules import check, ours
from tests.bot.slack.card_samples import built, nasty

quick = settings(max_examples=60, derandomize=True, deadline=None)
PLANS = Table(
    caption="Invoiced in October by plan",
    columns=("Plan", "Accounts", "Net"),
    rows=(("Solo", 41, "1204.50"), ("Crew", 7, None)),
)
SHEET = HandedFile(id=FileId("f1"), name="plans.csv", media="text/csv", size=10)


def drawn(table: Table, *, in_file: bool = False, given: Given = everything) -> list[Block]:
    blocks = table_blocks(table, in_file=in_file, given=given)
    if blocks:
        check({"text": "A table.", "blocks": blocks})
    return blocks


def cells(blocks: list[Block]) -> list[list[str]]:
    [table] = [block for block in blocks if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in table["rows"]]


def quiet(blocks: list[Block]) -> list[str]:
    return [block["elements"][0]["text"] for block in blocks if block["type"] == "context"]


def nobody_gave(_address: str) -> bool:
    return False


def test_a_table_stands_under_its_caption_with_numbers_on_the_right():
    caption, table = drawn(PLANS)
    assert caption["elements"][0] == {"type": "plain_text", "text": "Invoiced in October by plan", "emoji": False}
    assert cells([table]) == [["Plan", "Accounts", "Net"], ["Solo", "41", "1204.50"], ["Crew", "7", "–"]]
    assert table["column_settings"] == [{"is_wrapped": False}, {"align": "right"}, {"align": "right"}]


@pytest.mark.parametrize(
    ("cell", "reads"),
    [
        (None, "–"),
        (True, "yes"),
        (2026, "2026"),
        (0.1 + 0.2, "0.3"),
        (12345678901.5, "12345678901.5"),
        (float("nan"), "nan"),
        ("2026-10-01", "2026-10-01"),
    ],
)
def test_a_value_reads_as_it_is(cell: Cell, reads: str):
    assert shown_cell(cell) == reads


def test_what_slack_does_not_take_is_left_to_the_file():
    rows = tuple((number, "x") for number in range(300))
    table = Table(caption="", columns=("n", "x"), rows=rows, more=12)
    assert len(cells(drawn(table))) == 100
    assert quiet(drawn(table)) == ["and 213 more rows"]
    assert quiet(drawn(table, in_file=True)) == ["and 213 more rows, in the file"]
    wide = Table(caption="", columns=tuple(f"c{n}" for n in range(21)), rows=(tuple(range(21)),))
    assert quiet(drawn(wide)) == ["and 1 more column"]
    assert [len(row) for row in cells(drawn(wide))] == [20, 20]


def test_long_cells_are_cut_and_all_together_stay_below_slacks_limit():
    table = Table(caption="", columns=("a", "b"), rows=tuple(("x" * 5_000, "y" * 200) for _ in range(90)))
    shown = drawn(table)
    assert len(cells(shown)[1][0]) == CELL
    assert 9_000 < characters(shown) <= CHARACTERS
    assert quiet(shown) == ["and 71 more rows"]


def test_a_link_in_a_cell_opens_nothing():
    """inj_sources, exfil_unfurl: adv-sql-link"""
    evil = "[Click to verify](https://login.pine-collector.example) Refuge"
    table = Table(caption=evil, columns=("Hut", "<!channel>"), rows=((evil, "<@U1>"), ("Refuge", "*b* :tada:")))
    shown = drawn(table, given=nobody_gave)
    assert "https://login.pine-collector.example" not in str(shown)
    assert "hxxps[:]//login[.]pine-collector[.]example" in cells(shown)[1][0]
    assert "<!channel>" not in ours({"blocks": shown})


def test_nothing_hides_in_a_cell():
    table = Table(caption="", columns=("a",), rows=(("ab\u202egpj\u200b",), ("two\nlines",)))
    assert cells(drawn(table)) == [["a"], ["ab⟨U+202E⟩gpj⟨U+200B⟩"], ["two lines"]]


def test_a_table_without_rows_or_columns_says_so():
    assert quiet(drawn(replace(PLANS, rows=()))) == ["Invoiced in October by plan", "No rows"]
    assert drawn(Table(caption="", columns=(), rows=())) == []


def test_rows_of_other_lengths_are_made_even():
    table = Table(caption="", columns=("a", "b"), rows=((1,), (1, 2, 3)))
    assert cells(drawn(table)) == [["a", "b"], ["1", "–"], ["1", "2"]]


@quick
@every(st.lists(st.lists(nasty | st.integers() | st.none(), min_size=3, max_size=3), max_size=5), nasty)
def test_whatever_is_in_it_slack_takes_it(rows: list[list[Cell]], caption: str):
    drawn(Table(caption=caption, columns=(caption or "a", "b", "c"), rows=tuple(map(tuple, rows))))


# Beside the words of an answer.


def test_a_table_stands_between_the_words_and_what_closes_them():
    answer = Answer(text="Solo.", table=PLANS, turn=TurnId("t"), footer=("As you on GitHub",))
    [message] = answer_message(answer)
    check(built(message))
    kinds = [block["type"] for block in message.blocks]
    assert kinds == ["markdown", "context", "table", "context", "context_actions"]


def test_a_table_that_does_not_fit_beside_the_words_gets_a_message_with_what_closes_them():
    rows = tuple(("x" * 100, number) for number in range(99))
    answer = Answer(
        text="word " * 1_000, table=Table(caption="", columns=("a", "b"), rows=rows), turn=TurnId("t"), files=(SHEET,)
    )
    first, second = answer_message(answer)
    assert [block["type"] for block in first.blocks] == ["markdown"]
    assert [block["type"] for block in second.blocks] == ["table", "context", "context_actions"]
    assert quiet(second.blocks) == ["and 1 more row, in the file"]
    check(built(second))


def test_a_table_that_slack_refuses_is_missed_with_a_word():
    blocks = without_tables([{"type": "markdown", "text": "x"}, *drawn(PLANS)])
    assert [block["type"] for block in blocks] == ["markdown", "context", "context"]
    check({"text": "x", "blocks": blocks})
