"""The rows that a model is made of: bounded in number, each known to have changed or not."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from pydantic import JsonValue


class Row(Protocol):
    """What can be written down and read again."""

    def to_json(self) -> JsonValue: ...

    def read(self, written: JsonValue) -> None:
        """Be what was written. Raises `TypeError` or `ValueError` for what is no such row."""
        ...


R = TypeVar("R", bound=Row)


class Rows(Generic[R]):
    """At most `most` rows of one kind by name; the one that learned nothing for the longest time goes first."""

    def __init__(self, kind: str, new: Callable[[], R], changed: set[str], *, most: int) -> None:
        self._kind, self._new, self._changed, self._most = kind, new, changed, most
        self._rows: OrderedDict[str, R] = OrderedDict()
        self.get = self._rows.get

    def open(self, name: str) -> R:
        """The row of this name, about to be changed; a new one if there is none."""
        rows = self._rows
        row = rows.get(name)
        if row is None:
            row = rows[name] = self._new()
            if len(rows) > self._most:
                self._changed.add(self.key(rows.popitem(last=False)[0]))
        else:
            rows.move_to_end(name)
        self._changed.add(self.key(name))
        return row

    def drop(self, name: str) -> None:
        if self._rows.pop(name, None) is not None:
            self._changed.add(self.key(name))

    def named(self, beginning: str) -> Iterator[tuple[str, R]]:
        """The rows whose names begin so; they may be dropped meanwhile."""
        return ((name, row) for name, row in list(self._rows.items()) if name.startswith(beginning))

    def key(self, name: str) -> str:
        """What the row is called among all rows of the model."""
        return f"{self._kind}\t{name}"

    def load(self, name: str, written: JsonValue) -> None:
        """Take over what another process wrote; None if it is gone there."""
        if written is None:
            self._rows.pop(name, None)
            return
        row = self._new()
        row.read(written)
        self._rows[name] = row
        self._rows.move_to_end(name)
        if len(self._rows) > self._most:
            self._changed.add(self.key(self._rows.popitem(last=False)[0]))
