"""Makes files that nobody should have to read: broken, lying, immense, and merely unusual ones."""

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(entries: Mapping[str, bytes | str], *, method: int = ZIP_DEFLATED) -> bytes:
    """An archive."""
    out = BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, body in entries.items():
            archive.writestr(ZipInfo(name), body, compress_type=method)
    return out.getvalue()


def office(main: str, entries: Mapping[str, bytes | str], *, method: int = ZIP_DEFLATED) -> bytes:
    """An Office file whose main part is `main`."""
    link = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="{main}"/>'
    first = f'<Relationships xmlns="{_PACKAGE}/relationships">{link}</Relationships>'
    types = f'<Types xmlns="{_PACKAGE}/content-types"/>'
    return zipped({"[Content_Types].xml": types, "_rels/.rels": first, **entries}, method=method)


def word_xml(inside: str, *, before: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A Word document with this markup as its body, `before` in front of its XML, and `more` files in it."""
    xml = f'{before}<w:document xmlns:w="{_W}"><w:body>{inside}</w:body></w:document>'
    return office("word/document.xml", {"word/document.xml": xml, **(more or {})})


def said(text: str, look: str = "") -> str:
    """A paragraph of a Word document."""
    return f"<w:p><w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def word(write: Callable[[Any], object]) -> bytes:
    """A Word document as python-docx writes it."""
    import docx

    made: Any = docx.Document()
    write(made)
    return _saved(made)


def slides(write: Callable[[Any], object]) -> bytes:
    """A presentation as python-pptx writes it."""
    import pptx

    made: Any = pptx.Presentation()
    write(made)
    return _saved(made)


def workbook(sheets: Mapping[str, Iterable[Iterable[object]]], after: Callable[[Any], object] | None = None) -> bytes:
    """A workbook as openpyxl writes it."""
    import openpyxl

    made: Any = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if after is not None:
        after(made)
    return _saved(made)


def sheet_xml(inside: str, *, before: str = "") -> bytes:
    """A workbook of one sheet with this markup in it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    link = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    entry = '<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets>'
    book = f'<workbook xmlns="{main}" xmlns:r="{OFFICE}">{entry}</workbook>'
    kinds = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    return office(
        "xl/workbook.xml",
        {
            "[Content_Types].xml": kinds,
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{link}</Relationships>',
            "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{main}">{inside}</worksheet>',
        },
    )


def pdf(*pages: str, more: str = "", trailer: str = "") -> bytes:
    """A PDF with these words on its pages; `more` are objects, from number 900 on, and `trailer` goes into its end."""
    objects = {1: "<< /Type /Catalog /Pages 2 0 R >>", 3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
    kids = " ".join(f"{10 + 2 * number} 0 R" for number in range(len(pages)))
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"
    for number, words in enumerate(pages):
        at = 10 + 2 * number
        drawn = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET" if words else ""
        look = f"/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792] /Contents {at + 1} 0 R"
        objects[at] = f"<< /Type /Page /Parent 2 0 R {look} >>"
        objects[at + 1] = f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream"
    out, places = BytesIO(b""), dict[int, int]()
    out.write(b"%PDF-1.4\n")
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    out.write(more.encode("latin-1"))
    begin = out.tell()
    rows = "".join(f"{number} 1\n{place:010d} 00000 n \n" for number, place in places.items())
    out.write(f"xref\n0 1\n0000000000 65535 f \n{rows}".encode())
    out.write(f"trailer\n<< /Size 999 /Root 1 0 R {trailer} >>\nstartxref\n{begin}\n%%EOF\n".encode())
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF that opens with a password only."""
    keys = f"/O <{'28' * 32}> /U <{'5e' * 32}> /P -3904"
    lock = f"<< /Filter /Standard /V 1 /R 2 {keys} >>"
    return pdf("secret", trailer=f"/Encrypt {lock} /ID [<{'ab' * 16}> <{'ab' * 16}>]")


def picture(
    width: int, height: int, *, form: str = "PNG", turned: int = 0, mode: str = "RGB", **options: object
) -> bytes:
    """A picture: its left half red, its right half blue. `turned`: what its EXIF says of how it was held."""
    from PIL import Image

    made = Image.new(mode, (width, height), "blue" if mode == "RGB" else 0)
    if mode == "RGB":
        made.paste("red", (0, 0, width // 2, height))
    exif = made.getexif()
    if turned:
        exif[274], exif[271] = turned, "Maker of cameras"
    out = BytesIO()
    made.save(out, format=form, exif=exif, **options)
    return out.getvalue()


def pixel_bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is immense."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + _chunk(b"IEND", b"")
    )


def mail(subject: str, text: str, *, page: str = "", attached: Mapping[str, bytes] | None = None) -> bytes:
    """A mail as a file."""
    made = EmailMessage()
    made["From"], made["To"] = "Søren <soren@example.org>", "bot@example.org"
    made["Date"], made["Subject"] = "Mon, 02 Mar 2026 10:00:00 +0100", subject
    made["Message-ID"] = "<1@example.org>"
    if text:
        made.set_content(text)
    if page and text:
        made.add_alternative(page, subtype="html")
    elif page:
        made.set_content(page, subtype="html")
    for name, body in (attached or {}).items():
        made.add_attachment(body, maintype="application", subtype="octet-stream", filename=name)
    return bytes(made)


def ole(inside: str) -> bytes:
    """A file of old Office programs, with this in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + inside.encode("utf-16-le") + bytes(512)


def rows(count: int, *, sign: str = ",") -> bytes:
    """A table of six columns."""
    head = sign.join(("id", "name", "region", "amount", "when", "ok"))
    body = "\n".join(sign.join((str(n), f"Hut {n}", "Alps", f"{n * 1.5}", "2026-03-01", "yes")) for n in range(count))
    return f"{head}\n{body}\n".encode()


def styled_dates() -> list[list[object]]:
    """A day, a moment and a time of day."""
    return [["day", "moment", "time"], [date(2026, 3, 1), datetime(2026, 3, 2, 14, 30), time(9, 15)]]  # noqa: DTZ001


def lying_zip(body: bytes, says: int) -> bytes:
    """An archive whose directory says that its largest entry unpacks to `says` bytes."""
    out = bytearray(body)
    with ZipFile(BytesIO(body)) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
    for sign, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := out.find(sign, at + 1)) >= 0:
            if struct.pack("<I", largest.file_size) == bytes(out[at + place : at + place + 4]):
                out[at + place : at + place + 4] = struct.pack("<I", says)
    return bytes(out)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _saved(made: Any) -> bytes:
    out = BytesIO()
    made.save(out)
    return out.getvalue()


STORED = ZIP_STORED
