"""What changed between two versions of an agent's file."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.agent_diff import AROUND, Stretch, diff

LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12), max_size=30)


def text(stretches: list[Stretch], *kinds: str) -> list[str]:
    return [
        "".join(words for words, _ in line.parts)
        for stretch in stretches
        for line in stretch.lines
        if line.kind in kinds
    ]


@settings(max_examples=100, deadline=None)
@given(LINES, LINES)
def test_both_files_can_be_read_off_what_is_shown(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    shown = diff(old, new)
    if old != new:
        assert text(shown, "same", "old") == old.splitlines()
        assert text(shown, "same", "new") == new.splitlines()


def test_the_words_that_changed_are_marked_and_the_rest_of_the_line_is_not() -> None:
    [stretch] = diff("At most 250 words, please.", "At most 160 short words, please.")
    old, new = stretch.lines
    assert (old.kind, old.parts) == ("old", (("At most ", False), ("250", True), (" words, please.", False)))
    assert [words for words, is_marked in new.parts if is_marked] == ["160 short"]


def test_a_line_that_was_written_anew_is_marked_as_a_whole() -> None:
    [stretch] = diff("Send it to the leads.", "Nothing of the kind")
    assert all(not is_marked for line in stretch.lines for _, is_marked in line.parts)


def test_what_did_not_change_is_folded_but_for_its_neighbours() -> None:
    before = [f"line {at}" for at in range(40)]
    first, changed, last = diff("\n".join(before), "\n".join([*before[:20], "other", *before[21:]]))
    assert (first.is_folded, changed.is_folded, last.is_folded) == (True, False, True)
    assert len(changed.lines) == 2 * AROUND + 2
    assert [line.number for line in changed.lines if line.kind != "same"] == [21, 21]


def test_nothing_changed_where_nothing_did() -> None:
    assert diff("a\nb", "a\nb") == []
    assert text(diff("a\r\nb", "a\nb"), "old", "new") == [], "only where lines end"


def test_files_made_to_be_slow_are_shown_whole_and_at_once() -> None:
    """cost_dos"""
    before, after = "a\nb\n" * 8_000, "b\na\n" * 8_000
    shown = diff(before, after)
    assert text(shown, "old") == before.splitlines()
    long = "ab " * 20_000
    assert len(diff(long, long + "c")) == 1
