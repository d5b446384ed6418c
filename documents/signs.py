"""What a file is by its first bytes: its name and its media type are what somebody says of it."""

import re
from pathlib import PurePath

_HEAD = 4096
_SOUND_ENDINGS = frozenset((".aac", ".aif", ".aiff", ".amr", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"))

_UNPACK = "It is an archive, and I do not unpack those. Send the files in it one by one."
_PROGRAM = "It is a program, and I do not read those. Send a document, a table or a picture."
_OLD = "It is in the {of} format of before 2007, which I do not read. Save it as {new} and send that."
_HEIC = "It is a picture in Apple's HEIC format, which I do not read. Save it as JPEG or PNG and send that."
_VIDEO = "It is a video, and I do not watch those. Send its sound, its transcript or a picture from it."
_DATABASE = "It is a database file, which I do not open. Export the table you need as CSV or Excel."
_FONT = "It is a font, which holds nothing to read. Send a document, a table or a picture."

_PROTECTED_OFFICE = "It is protected with a password. Save a copy without one and send that."
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", _UNPACK),
    (b"BZh", _UNPACK),
    (b"\xfd7zXZ\x00", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", _UNPACK),
    (b"Rar!\x1a\x07", _UNPACK),
    (b"\x28\xb5\x2f\xfd", _UNPACK),
    (b"MSCF\x00\x00\x00\x00", _UNPACK),
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"\xca\xfe\xba\xbe", _PROGRAM),
    (b"\xcf\xfa\xed\xfe", _PROGRAM),
    (b"\xce\xfa\xed\xfe", _PROGRAM),
    (b"\x00asm", _PROGRAM),
    (b"SQLite format 3\x00", _DATABASE),
    (b"\x00\x01\x00\x00Standard ", _DATABASE),
    (b"PAR1", "It is a Parquet table, which I do not open. Export it as CSV or Excel."),
    (b"8BPS", "It is a Photoshop file, which I do not open. Save it as PNG or JPEG and send that."),
    (b"wOFF", _FONT),
    (b"wOF2", _FONT),
    (b"OTTO\x00", _FONT),
    (b"\x00\x01\x00\x00\x00", _FONT),
)
_REFUSED_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "It is in RTF, which I do not read. Save it as Word (.docx) or PDF and send that."),
    (b"%!PS", "It is PostScript, which I do not read. Save it as PDF and send that."),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSIDE_OLE: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", _PROTECTED_OFFICE),
    ("__substg1.0_", "It is a mail saved by Outlook (.msg), which I do not read. Save it as .eml or PDF, or paste it."),
    ("WordDocument", _OLD.format(of="Word", new="Word (.docx) or PDF")),
    ("PowerPoint Document", _OLD.format(of="PowerPoint", new="PowerPoint (.pptx) or PDF")),
    ("Workbook", _OLD.format(of="Excel", new="Excel (.xlsx) or CSV")),
    ("Book", _OLD.format(of="Excel", new="Excel (.xlsx) or CSV")),
)
_PICTURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x00\x00\x01\x00", "ICO"),
)
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))
_SOUND_BRANDS = frozenset((b"M4A ", b"M4B ", b"M4P "))


def refusal(body: bytes, *, name: str, media: str) -> str:
    """Why a file of this kind is not read, and what works instead; empty for one that may be."""
    for sign, why in _REFUSED:
        # A text may begin with the letters of a sign: "MZ" is no program yet.
        if body.startswith(sign) and (not sign.decode("latin-1").isprintable() or looks_binary(body)):
            return why
    for sign, why in _REFUSED_TEXTS:
        if body.startswith(sign):
            return why
    if body[257:262] == b"ustar":
        return _UNPACK
    if body.startswith(_OLE):
        return _of_old_office(body)
    if body[4:8] == b"ftyp" and body[8:12] in _HEIC_BRANDS:
        return _HEIC
    return _VIDEO if _is_film(body) and not _is_heard(body, name=name, media=media) else ""


def is_sound(body: bytes, *, name: str, media: str) -> bool:
    """Whether it is something to listen to."""
    if body.startswith((b"ID3", b"OggS", b"fLaC", b"#!AMR", b"caff")):
        return looks_binary(body)
    if _is_wave(body) or (body.startswith(b"FORM") and body[8:12] in {b"AIFF", b"AIFC"}):
        return True
    if len(body) > 3 and body[0] == 0xFF and body[1] & 0xE0 == 0xE0 and body[:2] != b"\xff\xfe":
        return body[1] & 0x18 != 0x08 and _claims_sound(name, media)
    return _is_film(body) and _is_heard(body, name=name, media=media)


def picture_format(body: bytes) -> str:
    """The format of a picture as Pillow calls it; empty for what is none."""
    for sign, known in _PICTURES:
        if body.startswith(sign):
            return known
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "WEBP"
    if body[4:8] == b"ftyp" and body[8:12] in {b"avif", b"avis"}:
        return "AVIF"
    # Two letters are no sign: a bitmap also says how long it is, or how long its header is.
    return "BMP" if body.startswith(b"BM") and len(body) > 26 and body[14:18] in _BITMAP_HEADERS else ""


_BITMAP_HEADERS = {size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124)}


def is_pdf(body: bytes) -> bool:
    """Readers of PDF accept up to a kilobyte of anything before it begins."""
    return b"%PDF-" in body[:1024]


def is_zip(body: bytes) -> bool:
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def looks_binary(body: bytes) -> bool:
    """Whether no text in any common encoding begins like this."""
    head = body[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or _is_wide(head):
        return False
    controls = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return controls * 20 > len(head)


def _is_wide(head: bytes) -> bool:
    """Whether every second byte is nothing, as in UTF-16 of a European language."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return max(even, odd) * 5 > len(head) and min(even, odd) * 20 < len(head)


def wide_encoding(body: bytes) -> str:
    """The name of a UTF-16 encoding that stands without its mark; empty for others."""
    head = body[:_HEAD]
    if not _is_wide(head):
        return ""
    return "utf-16-be" if head[0::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _of_old_office(body: bytes) -> str:
    for inside, why in _INSIDE_OLE:
        if inside.encode("utf-16-le") in body:
            return why
    return "It is in a format of old Office programs that I do not read. Save it as PDF, Word, Excel or PowerPoint."


def _is_wave(body: bytes) -> bool:
    return body.startswith(b"RIFF") and body[8:12] == b"WAVE"


def _is_film(body: bytes) -> bool:
    """Whether it is a container that holds sound, moving pictures or both."""
    if body[4:8] == b"ftyp":
        return body[8:12] not in _HEIC_BRANDS and body[8:12] not in {b"avif", b"avis"}
    return body.startswith((b"\x1a\x45\xdf\xa3", b"FLV\x01")) or (body.startswith(b"RIFF") and body[8:11] == b"AVI")


def _is_heard(body: bytes, *, name: str, media: str) -> bool:
    if body[8:12] in _SOUND_BRANDS:
        return True
    shows = re.search(rb"hdlr.{8}vide|V_VP[89]|V_AV1|V_MPEG", body, re.DOTALL) is not None
    return not shows and (_claims_sound(name, media) or re.search(rb"hdlr.{8}soun|A_OPUS", body, re.DOTALL) is not None)


def _claims_sound(name: str, media: str) -> bool:
    return media.startswith("audio/") or PurePath(name).suffix.lower() in _SOUND_ENDINGS
