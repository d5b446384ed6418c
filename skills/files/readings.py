"""What stands in a file of Drive: Google's own as text, everything else through the one parser of documents."""

from pathlib import PurePath

from documents.kind_text import parts_of
from documents.reading import MAX_BYTES
from integrations.errors import Refused
from integrations.google.drive import Drive, FileContent, FileText
from integrations.google.drive_models import File
from skills.readings import Reading, parsed, too_large
from skills.showing import NewFile

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TABLES = frozenset((".csv", ".tsv", ".tab"))


async def read_through(drive: Drive, file: File) -> Reading:
    """What stands in `file`; of one that cannot be read, the reason as a note."""
    if file.kind == "folder":
        return Reading(note="This is a folder: look for the files in it.")
    if file.kind == "sheet":
        return await _read_sheet(drive, file)
    if file.kind in {"document", "slides"} or (file.kind == "text" and not _is_table(file)):
        return _as_it_stands(await drive.text(file))
    return _table(file, await drive.content(file)) if _is_table(file) else await _uploaded(drive, file)


async def _read_sheet(drive: Drive, file: File) -> Reading:
    """All its tabs; only the first where Drive exports no more, as of a very large sheet."""
    try:
        content = await drive.export(file, _SHEET)
    except Refused:
        read_so_far = _as_it_stands(await drive.text(file))
        return Reading(parts=read_so_far.parts, note="Only the first tab of this sheet could be read.")
    return await parsed(content.body, name=f"{file.name}.xlsx", media=_SHEET)


async def _uploaded(drive: Drive, file: File) -> Reading:
    if file.mime_type.startswith("application/vnd.google-apps."):
        return Reading(note=f"This is a {file.kind_name}: I cannot read what is in it.")
    if (file.size or 0) > MAX_BYTES:
        return Reading(note=too_large(file.size))
    content = await drive.content(file)
    if not content.whole:
        return Reading(note=too_large(file.size))
    return await parsed(content.body, name=file.name, media=file.mime_type)


def _table(file: File, content: FileContent) -> Reading:
    """A table of characters as it stands, and whole for whoever computes with it."""
    text = content.text
    note = "" if content.whole else too_large(file.size)
    handed = NewFile(name=file.name, body=content.body, media=file.mime_type) if content.whole else None
    return Reading(parts=tuple(parts_of(text)), note=note, file=handed)


def _as_it_stands(text: FileText | None) -> Reading:
    if text is None:
        return Reading(note="I cannot read what is in it.")
    note = "" if text.whole else f"It is long: I read the first {len(text.text):,} characters."
    return Reading(parts=tuple(parts_of(text.text)), note=note)


def _is_table(file: File) -> bool:
    return file.mime_type in {"text/csv", "text/tab-separated-values"} or (
        file.kind == "text" and PurePath(file.name).suffix.lower() in _TABLES
    )
