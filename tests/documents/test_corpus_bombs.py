"""What is made to burst, to lie or to be taken for something else: refused in a clear sentence (cost_dos)."""

from zipfile import ZipInfo

from tests.documents.case import Case, check, each
from tests.documents.made import lying_zip, office, picture, pixel_bomb, said, word_xml, zipped

_NOUGHTS = b"0" * 30_000_000


def _link() -> bytes:
    from io import BytesIO
    from zipfile import ZipFile

    out = BytesIO()
    with ZipFile(out, "w") as archive:
        entry = ZipInfo("word/document.xml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


@each(
    Case(
        title="a zip bomb as Word",
        name="a.docx",
        make=lambda: office("word/document.xml", {"word/document.xml": _NOUGHTS}),
        refused="far more than a document holds",
    ),
    Case(
        title="a zip bomb beside what is read",
        name="a.docx",
        make=lambda: word_xml(said("hi"), more={"word/media/image1.png": _NOUGHTS}),
        refused="far more than a document holds",
    ),
    Case(
        title="a zip bomb whose directory says that it is small",
        name="a.docx",
        make=lambda: lying_zip(office("word/document.xml", {"word/document.xml": _NOUGHTS}), 1_000),
        refused="The file is damaged",
    ),
    Case(
        title="a Word document that unpacks to more than fits",
        name="a.docx",
        make=lambda: word_xml("".join(said(f"Row {n} of many, many rows") for n in range(700_000))),
        refused="A smaller part of it would do",
    ),
    Case(
        title="3,000 files in a container",
        name="a.docx",
        make=lambda: word_xml("", more={f"x/{n}": b"" for n in range(3_000)}),
        refused="far more than a document holds",
    ),
    Case(
        title="a name that leads out of it",
        name="a.docx",
        make=lambda: word_xml("", more={"../../evil": b"x"}),
        refused="so I did not open it",
    ),
    Case(title="a link in a container", name="a.docx", make=_link, refused="so I did not open it"),
    Case(
        title="a zip that ends early",
        name="a.xlsx",
        make=lambda: zipped({"a.txt": b"hello" * 100})[:80],
        refused="The file is damaged",
    ),
    Case(
        title="a zip with its middle shot",
        name="a.docx",
        make=lambda: word_xml(said("Hello " * 500)).replace(b"word/document.xml", b"word/documenX.xml", 1),
        refused="damaged",
    ),
    Case(
        title="an archive",
        name="a.zip",
        make=lambda: zipped({"a.txt": b"hello"}),
        refused="Send the files in it one by one",
    ),
    Case(
        title="an archive in an archive in an archive",
        name="a.zip",
        make=lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c": b"x"})})}),
        refused="It is an archive",
    ),
    Case(
        title="an archive under the name of a PDF",
        name="a.pdf",
        make=lambda: zipped({"a.txt": b"x"}),
        refused="It is an archive",
    ),
    Case(title="an empty archive", name="a.zip", make=lambda: zipped({}), refused="It is an archive"),
    Case(title="gzip", name="a.csv.gz", make=lambda: b"\x1f\x8b\x08" + b"x" * 50, refused="It is an archive"),
    Case(title="tar", name="a.tar", make=lambda: b"a.txt".ljust(257, b"\0") + b"ustar\0", refused="It is an archive"),
    Case(
        title="OpenDocument",
        name="a.odt",
        make=lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text"}),
        refused="Save it as Word, Excel, PowerPoint or PDF",
    ),
    Case(
        title="Apple's Pages",
        name="a.pages",
        make=lambda: zipped({"Index/Document.iwa": b"x"}),
        refused="Export it as PDF",
    ),
    Case(
        title="a binary workbook",
        name="a.xlsb",
        make=lambda: office("xl/workbook.bin", {"xl/workbook.bin": b"x"}),
        refused="Save it as .xlsx",
    ),
    Case(
        title="a Java archive",
        name="a.jar",
        make=lambda: zipped({"META-INF/MANIFEST.MF": b"x"}),
        refused="It is a program",
    ),
    Case(title="a program", name="invoice.pdf.exe", make=lambda: b"MZ" + bytes(200), refused="It is a program"),
    Case(
        title="a program under the name of a text",
        name="notes.txt",
        make=lambda: b"\x7fELF" + bytes(200),
        refused="It is a program",
    ),
    Case(
        title="a database",
        name="a.db",
        make=lambda: b"SQLite format 3\x00" + bytes(84),
        refused="Export the table you need",
    ),
    Case(
        title="a film",
        name="a.mp4",
        make=lambda: b"\0\0\0\x18ftypmp42" + bytes(40) + b"hdlr" + bytes(8) + b"vide",
        refused="It is a video",
    ),
    Case(
        title="a voice note",
        name="audio_message.m4a",
        make=lambda: b"\0\0\0\x18ftypM4A " + bytes(40),
        kind="sound",
        places=(),
    ),
    Case(
        title="a voice note of a browser",
        name="clip.webm",
        media="audio/webm",
        make=lambda: b"\x1a\x45\xdf\xa3" + bytes(40) + b"A_OPUS",
        kind="sound",
    ),
    Case(title="a song", name="a.mp3", make=lambda: b"ID3\x04" + bytes(100), kind="sound"),
    Case(
        title="a picture held sideways, without what its camera says",
        name="a.jpg",
        make=lambda: picture(4_000, 2_000, form="JPEG", turned=6),
        kind="picture",
        facts="2,000 × 4,000 pixels",
    ),
    Case(
        title="a small picture",
        name="a.png",
        make=lambda: picture(40, 20),
        kind="picture",
        facts="40 × 20 pixels",
        places=(),
    ),
    Case(
        title="a picture under the name of a PDF",
        name="a.pdf",
        make=lambda: picture(40, 20),
        kind="picture",
        notes=("it is a picture",),
    ),
    Case(
        title="a picture of CMYK", name="a.jpg", make=lambda: picture(40, 20, form="JPEG", mode="CMYK"), kind="picture"
    ),
    Case(title="a picture of sixteen bits", name="a.png", make=lambda: picture(40, 20, mode="I;16"), kind="picture"),
    Case(
        title="a picture that says it has ten thousand million pixels",
        name="a.png",
        make=lambda: pixel_bomb(100_000, 100_000),
        refused="10,000 million pixels",
    ),
    Case(
        title="a picture that has fewer pixels than it says",
        name="a.png",
        make=lambda: pixel_bomb(5_000, 5_000),
        refused="The picture is damaged",
    ),
    Case(
        title="a picture that ends early",
        name="a.jpg",
        make=lambda: picture(400, 400, form="JPEG")[:300],
        refused="The picture is damaged",
    ),
    Case(
        title="Apple's HEIC",
        name="a.heic",
        make=lambda: b"\0\0\0\x18ftypheic" + bytes(40),
        refused="Save it as JPEG or PNG",
    ),
)
async def test_what_bursts_or_lies_is_refused_in_a_sentence(case: Case):
    await check(case)
