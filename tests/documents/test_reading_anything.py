"""Any bytes under any name become a document or a sentence, never anything else (cost_dos)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.document import Unreadable
from documents.reading import read
from tests.documents.made import mail, pdf, picture, rows, said, word_xml, workbook

_NAMES = st.sampled_from(
    (
        "a.txt",
        "a.pdf",
        "a.docx",
        "a.xlsx",
        "a.pptx",
        "a.csv",
        "a.json",
        "a.html",
        "a.eml",
        "a.png",
        "a",
        "",
        "../../a.csv",
        "ü\x00.md",
    )
)
_BEGINNINGS = st.sampled_from(
    (
        *(b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF....WEBP", b"BM"),
        *(
            b"<html>",
            b"{",
            b"[",
            b"From: a@b\nSubject: c\n",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\xff\xfe",
            b"II*\x00",
        ),
        *(b"\xef\xbb\xbf", b"a;b\n"),
    )
)
_WHOLE = (
    (word_xml(said("Hello")), "a.docx"),
    (workbook({"One": [["a", "b"], [1, 2]]}), "a.xlsx"),
    (pdf("Hello"), "a.pdf"),
    (picture(40, 20), "a.png"),
    (picture(40, 20, form="JPEG", turned=6), "a.jpg"),
    (mail("Hi", "Hello", attached={"a.txt": b"x"}), "a.eml"),
    (rows(5, sign=";"), "a.csv"),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(begins=_BEGINNINGS, body=st.binary(max_size=400), name=_NAMES)
async def test_any_bytes_under_any_name_are_read_or_refused(begins: bytes, body: bytes, name: str):
    await _read(begins + body, name)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    whole=st.sampled_from(_WHOLE),
    place=st.floats(0, 1, exclude_max=True),
    scar=st.binary(min_size=1, max_size=8),
)
async def test_a_whole_file_with_a_scar_is_read_or_refused(whole: tuple[bytes, str], place: float, scar: bytes):
    body, name = whole
    at = int(place * len(body))
    await _read(body[:at] + scar + body[at + len(scar) :], name)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole=st.sampled_from(_WHOLE), place=st.floats(0, 1, exclude_max=True))
async def test_a_whole_file_that_ends_early_is_read_or_refused(whole: tuple[bytes, str], place: float):
    body, name = whole
    await _read(body[: int(place * len(body))], name)


async def _read(body: bytes, name: str) -> None:
    try:
        document = await read(body, name=name)
    except Unreadable as why:
        said_to_them = str(why)
    else:
        said_to_them = f"{document.note}."
        assert "\x00" not in document.text
    assert said_to_them.endswith(".")
    assert "Error" not in said_to_them
