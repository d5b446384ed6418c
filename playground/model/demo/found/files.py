"""Documents as the tools describe them, and the checklists in them."""

import re
from dataclasses import dataclass

from playground.model.conversation import Json
from playground.model.demo.found.tickets import KEY, text_of
from playground.model.wires.wire import items

_BOX = re.compile(r"^\s*[-*•]?\s*\[([ xX✓]?)\]\s*(.+)$|^\s*([☐☑☒✅])\s*(.+)$")
_CAN_WAIT = re.compile(r"\b(?:nice to have|optional|can wait|if there is time|not needed)\b", re.IGNORECASE)
_MOVED = re.compile(r"^\W*(?:moved|postponed|pushed|dropped|not in|left out|out of scope)\b", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:target|due|go/no-go|goes out|stores? on)\b.*\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file; its text only when it was read."""

    id: str
    name: str
    link: str
    changed_by: str
    text: str

    @property
    def linked(self) -> str:
        return f"[{self.name}]({self.link})" if self.link else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of a checklist."""

    text: str
    is_done: bool

    @property
    def keys(self) -> list[str]:
        """Of the tickets that it names."""
        return list(dict.fromkeys(KEY.findall(self.text)))

    @property
    def can_wait(self) -> bool:
        return _CAN_WAIT.search(self.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What a document says is to be done."""

    items: tuple[Item, ...]
    moved: tuple[str, ...]
    """Lines about what is not part of it any more."""
    dates: tuple[str, ...]
    """Lines about when it is due."""

    def on(self, key: str) -> list[Item]:
        return [item for item in self.items if key in item.keys]


def files_of(content: Json) -> list[File]:
    return [file_of(row) for row in items(content.get("files"))]


def file_of(content: Json) -> File:
    return File(
        id=text_of(content.get("id")),
        name=text_of(content.get("name")),
        link=text_of(content.get("link")),
        changed_by=text_of(content.get("changed_by")),
        text=text_of(content.get("text")),
    )


def checklist_of(text: str) -> Checklist:
    """The boxes in `text`, and the lines around them that say what moved and when it is due."""
    boxes = [(line, _BOX.match(line)) for line in text.splitlines()]
    plain = [line.strip() for line, box in boxes if not box and line.strip()]
    return Checklist(
        items=tuple(_item(box) for _, box in boxes if box),
        moved=tuple(line for line in plain if _MOVED.match(line)),
        dates=tuple(line for line in plain if _WHEN.search(line) and not line.startswith("#")),
    )


def _item(box: re.Match[str]) -> Item:
    mark, said = (box[1], box[2]) if box[2] else (box[3], box[4])
    return Item(text=said.strip(), is_done=mark not in ("", " ", "☐"))
