"""How Drive is searched, ids are found in links, and bytes become text."""

import codecs
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.drive_query import files_query, id_in, name_query, quoted
from integrations.google.drive_text import decoded, without_pictures

_STRING = re.compile(r"'((?:[^'\\]|\\['\\])*)'")


def test_words_are_looked_for_in_names_and_texts_of_files_that_are_not_in_the_bin():
    assert files_query(words="release  checklist") == (
        "trashed = false and (name contains 'release checklist' or fullText contains 'release checklist')"
        " and mimeType != 'application/vnd.google-apps.folder'"
    )


def test_a_kind_and_an_owner_narrow_the_search():
    assert files_query(kind="sheet", owner="me") == (
        "trashed = false and mimeType = 'application/vnd.google-apps.spreadsheet' and 'me' in owners"
    )


def test_a_folder_is_looked_for_by_its_exact_name():
    assert name_query("Q3", kind="folder") == (
        "trashed = false and name = 'Q3' and mimeType = 'application/vnd.google-apps.folder'"
    )


@settings(max_examples=60)
@given(st.text(max_size=40))
def test_nothing_that_is_looked_for_is_taken_for_syntax(words: str):
    found = _STRING.fullmatch(quoted(words))
    assert found is not None
    assert re.sub(r"\\(['\\])", r"\1", found[1]) == words


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("1AbC-d_9", "1AbC-d_9"),
        ("https://docs.google.com/document/d/1AbC-d_9/edit?usp=sharing#heading=h.1", "1AbC-d_9"),
        ("https://docs.google.com/spreadsheets/d/1AbC-d_9", "1AbC-d_9"),
        ("https://drive.google.com/file/d/1AbC-d_9/view", "1AbC-d_9"),
        ("https://drive.google.com/drive/folders/1AbC-d_9?hl=en", "1AbC-d_9"),
        ("https://drive.google.com/drive/u/0/folders/1AbC-d_9", "1AbC-d_9"),
        ("https://drive.google.com/open?usp=mail&id=1AbC-d_9&x=1", "1AbC-d_9"),
        ("https://example.com/a page", None),
        ("budget.csv", None),
        ("4.12 release checklist", None),
        ("x/../y", None),
        ("", None),
    ],
)
def test_an_id_is_found_in_what_people_paste(text: str, identity: str | None):
    assert id_in(text) == identity


def test_text_is_read_whatever_its_encoding():
    assert decoded("Žluťoučký €".encode()) == "Žluťoučký €"
    assert decoded(codecs.BOM_UTF8 + b"a;b\r\n1;2") == "a;b\n1;2"
    assert decoded("naïve".encode("utf-16")) == "naïve"
    assert decoded("1.908,40 €".encode("cp1252")) == "1.908,40 €"
    assert decoded(b"a\x00b") == "ab"


@settings(max_examples=60)
@given(st.text(alphabet="aé€𝄞", max_size=20), st.integers(0, 80))
def test_a_text_cut_in_the_middle_of_a_character_keeps_all_before_it(text: str, end: int):
    assert text.startswith(decoded(text.encode()[:end]))


@settings(max_examples=60)
@given(st.binary(max_size=60))
def test_no_bytes_break_it(body: bytes):
    assert isinstance(decoded(body), str)


def test_pictures_at_the_end_of_a_document_are_left_out():
    text = "# Plan\n![][image1]\n\n[image1]: <data:image/png;base64,iVBORw0KGgo=>\n\n[link]: <https://a.example>\n"
    assert without_pictures(text) == "# Plan\n![][image1]\n\n\n[link]: <https://a.example>\n"
