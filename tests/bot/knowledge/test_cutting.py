"""Documents in passages: by headings, by size, with whole sentences."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.cutting import LONGEST, Piece, cut
from documents.document import Part


def pieces(text: str, *, title: str = "Handbook", place: str = "", is_table: bool = False) -> list[Piece]:
    return list(cut([Part(place=place, text=text)], title=title, is_table=is_table))


def test_each_section_is_a_passage_under_its_headings():
    found = pieces(
        "# Handbook\n\nWelcome.\n\n## Refunds\n\nAlways.\n\n### By card\n\nTen days.\n\n## Returns\n\nNever."
    )
    assert found == [
        Piece(heading="", place="", text="Welcome."),
        Piece(heading="Refunds", place="", text="Always."),
        Piece(heading="Refunds > By card", place="", text="Ten days."),
        Piece(heading="Returns", place="", text="Never."),
    ]


def test_a_heading_counts_on_the_next_page_too():
    parts = [Part(place="page 1", text="# Refunds\n\nTen days."), Part(place="page 2", text="For cards only.")]
    found = list(cut(parts, title="policy.pdf"))
    assert [(one.heading, one.place) for one in found] == [("Refunds", "page 1"), ("Refunds", "page 2")]


def test_a_heading_with_nothing_under_it_is_not_lost():
    assert [one.text for one in pieces("## Nothing yet\n\n## Rules\n\nBe kind.")] == ["Nothing yet", "Be kind."]
    assert [one.text for one in pieces("Words.\n\n## To be written")] == ["Words.", "To be written"]


def test_a_comment_in_code_is_no_heading():
    [found] = pieces("## Set up\n\n```\n# not a heading\nrun\n```")
    assert found.heading == "Set up"
    assert "# not a heading" in found.text


def test_a_long_paragraph_is_cut_between_sentences():
    sentence = "The hut opens in June and closes in October, if the snow allows it."
    found = pieces(" ".join([sentence] * 60))
    assert len(found) > 3
    assert all(one.text.startswith("The hut") and one.text.endswith("allows it.") for one in found)
    assert max(len(one.text) for one in found) <= LONGEST


def test_rows_of_a_table_stand_under_its_header():
    table = "region,loads\n" + "\n".join(f"Lapland {number},{number * 1000}" for number in range(200))
    found = pieces(table, place="sheet Budget", is_table=True)
    assert len(found) > 3
    assert all(one.text.startswith("region,loads\n") and one.place == "sheet Budget" for one in found)


def test_lines_are_a_place_only_where_no_heading_is():
    assert pieces("## Fees\n\nTen.", place="lines 1-200")[0].place == ""
    assert pieces("Ten.", place="lines 1-200")[0].place == "lines 1-200"


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab #.\n\t`|€あ", max_size=6_000), st.booleans())
def test_no_passage_is_empty_or_too_long_and_no_letter_is_lost(text: str, is_table: bool):  # noqa: FBT001
    found = pieces(text, title="", is_table=is_table)
    assert all(one.text.strip() for one in found)
    assert all(len(one.text) <= 2 * LONGEST for one in found)
    told = "".join(f"{one.heading}{one.text}" for one in found)
    assert all(letter in told for letter in "ab€あ" if letter in text)
