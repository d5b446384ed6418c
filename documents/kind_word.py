"""Word: headings, paragraphs, lists and tables in their order, with notes and comments behind them."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from documents.clean import counted
from documents.containers import Container
from documents.document import Document, Part
from documents.kind_table import table_text
from documents.kind_text import parts_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNREAD = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}pPr", _FALLBACK))
_BEHIND = (("footnotes", "Footnotes"), ("endnotes", "Endnotes"), ("comments", "Comments"))
_CONTROLLED = f"{_W}sdtContent/"
_TINY = 3
"""Half points: nobody reads letters of this size or less."""


def read_word(container: Container, main: str) -> Document:
    """What it says: Markdown headings, list items and tables, and then what stands in its margins."""
    related = list(container.related(main).values())
    styles = _Styles(_root(container, related, "styles"))
    tree = container.tree(main)
    body = tree.find(f"{_W}body") if tree is not None else None
    text = "\n\n".join(_blocks(body, styles)) if body is not None else ""
    parts = list(parts_of(text)) if text.strip() else []
    for kind, title in (("header", "Header"), ("footer", "Footer"), *_BEHIND):
        said = dict.fromkeys(_beside(container, related, kind, styles))
        if said:
            parts.append(Part(place=title, text="\n".join(said)))
    return Document(
        kind="word",
        title=_title(container),
        facts=counted(len(text.split()), "word"),
        parts=tuple(parts),
        note="" if parts else "There is no text in it.",
    )


def _root(container: Container, related: list[tuple[str, str]], kind: str) -> Element | None:
    name = next((name for found, name in related if found == kind), "")
    return container.tree(name) if name else None


class _Styles:
    """What its styles mean: which are headings, and which are hidden."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, int] = {}
        self._hidden: set[str] = set()
        for style in root.iter(f"{_W}style") if root is not None else ():
            identity, name = style.get(f"{_W}styleId", ""), _value(style.find(f"{_W}name")).lower()
            if name == "title":
                self._levels[identity] = 1
            elif name.startswith("heading ") and name[8:].isdecimal():
                self._levels[identity] = int(name[8:])
            elif (outline := _value(style.find(f"{_W}pPr/{_W}outlineLvl"))).isdecimal():
                self._levels[identity] = int(outline) + 1
            if _hides(style.find(f"{_W}rPr")):
                self._hidden.add(identity)

    def level(self, style: str) -> int:
        """Of a heading 1 to 6, else 0."""
        return min(self._levels.get(style, 0), 6)

    def hides(self, style: str) -> bool:
        """Whether what has this style is not shown."""
        return style in self._hidden


def _blocks(parent: Element, styles: _Styles) -> Iterator[str]:
    """Its paragraphs and tables; lines of a list stay together."""
    items = list[str]()
    for element in _opened(parent):
        if element.tag == f"{_W}p":
            said, is_item = _paragraph(element, styles)
            if is_item and said:
                items.append(said)
                continue
        else:
            said = _table(element, styles)
        if items:
            yield "\n".join(items)
            items = []
        if said:
            yield said
    if items:
        yield "\n".join(items)


def _opened(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, out of whatever is wrapped around them."""
    for element in parent:
        if element.tag in {f"{_W}p", f"{_W}tbl"}:
            yield element
        elif element.tag not in _UNREAD:
            yield from _opened(element)


def _paragraph(element: Element, styles: _Styles) -> tuple[str, bool]:
    """Its text, and whether it is an item of a list."""
    style = _value(element.find(f"{_W}pPr/{_W}pStyle"))
    if styles.hides(style):
        return "", False
    text = "".join(_words(element, styles)).strip()
    if not text:
        return "", False
    if level := styles.level(style):
        return f"{'#' * level} {text}", False
    numbered = element.find(f"{_W}pPr/{_W}numPr")
    if numbered is None and not style.lower().startswith("list"):
        return text, False
    depth = _value(numbered.find(f"{_W}ilvl")) if numbered is not None else ""
    return f"{'  ' * min(int(depth) if depth.isdecimal() else 0, 8)}- {text}", True


def _words(element: Element, styles: _Styles) -> Iterator[str]:
    for child in element:
        if child.tag in _UNREAD:
            continue
        if child.tag == f"{_W}r" and _is_hidden_run(child, styles):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{_W}p":
            yield "\n" + "".join(_words(child, styles)) + "\n"
        else:
            yield from _words(child, styles)


def _is_hidden_run(run: Element, styles: _Styles) -> bool:
    own = run.find(f"{_W}rPr")
    return _hides(own) or (own is not None and styles.hides(_value(own.find(f"{_W}rStyle"))))


def _hides(look: Element | None) -> bool:
    if look is None:
        return False
    size = _value(look.find(f"{_W}sz"))
    return _is_on(look.find(f"{_W}vanish")) or (size.isdecimal() and int(size) <= _TINY)


def _is_on(switch: Element | None) -> bool:
    return switch is not None and _value(switch).lower() not in {"0", "false", "off"}


def _table(table: Element, styles: _Styles) -> str:
    """A table as CSV; what is merged stands in its first cell."""
    rows = ([_cell(cell, styles) for cell in _own(row, f"{_W}tc")] for row in _own(table, f"{_W}tr"))
    return table_text(rows)[0]


def _own(parent: Element, tag: str) -> list[Element]:
    """Its rows or cells, not those of a table inside; a content control may stand around them."""
    return [
        each for child in parent for each in ([child] if child.tag == tag else child.findall(f"{_CONTROLLED}{tag}"))
    ]


def _cell(cell: Element, styles: _Styles) -> str:
    return "\n".join(filter(None, (_paragraph(each, styles)[0] for each in cell.iter(f"{_W}p"))))


def _beside(container: Container, related: list[tuple[str, str]], kind: str, styles: _Styles) -> Iterator[str]:
    for found, name in related:
        tree = container.tree(name) if found == kind else None
        for entry in tree if tree is not None else ():
            who = entry.get(f"{_W}author", "")
            if said := " ".join(filter(None, (_paragraph(each, styles)[0] for each in entry.iter(f"{_W}p")))):
                yield f"{who}: {said}" if who else said
            elif entry.tag == f"{_W}p" and (said := _paragraph(entry, styles)[0]):
                yield said


def _title(container: Container) -> str:
    core = container.tree("docProps/core.xml")
    found = core.find("{http://purl.org/dc/elements/1.1/}title") if core is not None else None
    return (found.text or "") if found is not None else ""


def _value(element: Element | None) -> str:
    return element.get(f"{_W}val", "") if element is not None else ""
