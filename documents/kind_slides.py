"""PowerPoint: each slide with its title, its texts, its tables and the speaker's notes."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from documents.clean import counted
from documents.containers import Container
from documents.document import Document, Part
from documents.kind_table import table_text

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
MAX_SLIDES = 500
_FURNITURE = frozenset(("sldNum", "dt", "ftr", "hdr", "sldImg"))


def read_slides(container: Container, main: str) -> Document:
    """What its slides say, in the order in which they are shown."""
    tree, related = container.tree(main), container.related(main)
    order = tree.iter(f"{_P}sldId") if tree is not None else ()
    names = [related[link][1] for each in order if (link := each.get(f"{_R}id", "")) in related]
    parts = [_slide(container, name, number) for number, name in enumerate(names[:MAX_SLIDES], start=1)]
    said = [part for part in parts if part.text]
    notes = [
        f"I read the first {MAX_SLIDES} of {len(names):,} slides." if len(names) > MAX_SLIDES else "",
        "" if said else "There is no text on its slides: perhaps pictures.",
    ]
    title = said[0].text.split("\n", 1)[0].lstrip("# ") if said and said[0].text.startswith("# ") else ""
    facts, note = counted(len(names), "slide"), " ".join(filter(None, notes))
    return Document(kind="slides", title=title, facts=facts, parts=tuple(said), note=note)


def _slide(container: Container, name: str, number: int) -> Part:
    tree = container.tree(name)
    blocks = list(_shapes(tree)) if tree is not None else []
    blocks.sort(key=lambda block: not block.startswith("# "))
    blocks += _notes(container, name)
    hidden = tree is not None and tree.get("show") in {"0", "false"}
    return Part(place=f"slide {number}, hidden" if hidden else f"slide {number}", text="\n\n".join(blocks))


def _shapes(parent: Element) -> Iterator[str]:
    for shape in parent:
        if shape.tag == f"{_P}sp":
            if said := _shape(shape):
                yield said
        elif shape.tag == f"{_P}graphicFrame":
            yield from filter(None, map(_table, shape.iter(f"{_A}tbl")))
        elif shape.tag != _FALLBACK:
            yield from _shapes(shape)


def _shape(shape: Element) -> str:
    """Its text: the title as a heading, slide numbers and the like not at all."""
    look, place = shape.find(f"{_P}nvSpPr/{_P}cNvPr"), shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    if look is not None and look.get("hidden") in {"1", "true"}:
        return ""
    kind = place.get("type", "") if place is not None else ""
    if kind in _FURNITURE:
        return ""
    rows = _paragraphs(shape)
    return (
        f"# {' '.join(row.lstrip('- ') for row in rows)}" if kind in {"title", "ctrTitle"} and rows else "\n".join(rows)
    )


def _paragraphs(parent: Element) -> list[str]:
    rows = list[str]()
    for paragraph in parent.iter(f"{_A}p"):
        words = "".join("\n" if each.tag == f"{_A}br" else each.text or "" for each in _runs(paragraph)).strip()
        look = paragraph.find(f"{_A}pPr")
        level = look.get("lvl", "0") if look is not None else "0"
        if words:
            rows.append(f"{'  ' * (min(int(level), 8) - 1)}- {words}" if level.isdecimal() and level != "0" else words)
    return rows


def _runs(paragraph: Element) -> Iterator[Element]:
    return (each for each in paragraph.iter() if each.tag in {f"{_A}t", f"{_A}br"})


def _table(table: Element) -> str:
    rows = ([" ".join(_paragraphs(cell)) for cell in row.findall(f"{_A}tc")] for row in table.findall(f"{_A}tr"))
    return table_text(rows)[0]


def _notes(container: Container, name: str) -> list[str]:
    found = next((where for kind, where in container.related(name).values() if kind == "notesSlide"), "")
    tree = container.tree(found) if found else None
    said = "\n".join(_shapes(tree)) if tree is not None else ""
    return [f"Notes: {said}"] if said.strip() else []
