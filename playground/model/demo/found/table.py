"""A table as the first look at it found it, and what comes back from code that computes with it."""

import json
import re
from dataclasses import dataclass, field

from pydantic import JsonValue

from playground.model.conversation import Json
from playground.model.wires.wire import as_object, items, text_of

_OPTIONS = ("sep", "encoding", "decimal", "thousands")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    kind: str
    """`number`, `date`, `category` or `text`."""
    unique: int = 0
    day_first: bool = False
    """Of dates: whether they are written with the day before the month."""
    step: int = 0
    """Of dates: the fewest days between two of them."""

    @property
    def words(self) -> tuple[str, ...]:
        """Its name as the words in it, in lower case."""
        parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", self.name)
        return tuple(word.lower() for word in re.findall(r"[^\W_]+", parted))

    @property
    def spoken(self) -> str:
        """Its name as it is said."""
        return " ".join(self.words) or self.name

    @property
    def is_label(self) -> bool:
        """Whether its numbers name rows and are nothing to add up."""
        return bool({"id", "no", "nr", "number", "key", "code", "zip", "year", "lat", "lon"} & {*self.words})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    name: str
    rows: int
    columns: tuple[Column, ...]
    how: Json = field(default_factory=dict[str, JsonValue])
    """How it is read, as the look found it."""

    @property
    def reader(self) -> str:
        """The Python expression that reads it."""
        name = repr(self.name)
        if "sheet_name" in self.how:
            return f"pd.read_excel({name}, sheet_name={str(self.how['sheet_name'])!r})"
        if self.how.get("json"):
            return f'pd.json_normalize(json.loads(open({name}, encoding="utf-8-sig").read()))'
        given = [(key, str(self.how[key])) for key in _OPTIONS if self.how.get(key)]
        usual = {"sep": ",", "encoding": "utf-8-sig"}
        options = "".join(f", {key}={value!r}" for key, value in given if usual.get(key) != value)
        days = self.how.get("dtype")
        if isinstance(days, list) and days:
            options += f", dtype={{{', '.join(f'{str(day)!r}: str' for day in days)}}}"
        return f"pd.read_csv({name}{options})"

    def of_kind(self, *kinds: str) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds]

    @property
    def numbers(self) -> list[Column]:
        """What can be added up."""
        return [column for column in self.of_kind("number") if not column.is_label]

    @property
    def groups(self) -> list[Column]:
        """What rows can be grouped by; a column in which every cell is another comes last."""
        found = [column for column in self.of_kind("category") if column.unique > 1]
        return sorted(found, key=lambda column: column.unique == self.rows)


def table_of(name: str, found: Json) -> Table:
    return Table(
        name=name,
        rows=int(str(found.get("rows") or 0)),
        how=as_object(found.get("how")),
        columns=tuple(
            Column(
                name=text_of(row.get("name")),
                kind=text_of(row.get("kind")),
                unique=int(str(row.get("unique") or 0)),
                day_first=row.get("day_first") is True,
                step=int(str(row.get("step") or 0)),
            )
            for row in items(found.get("columns"))
        ),
    )


def found_in(output: str) -> Json:
    """The JSON object in the last line of an output that has one; empty when none has."""
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            try:
                return as_object(json.loads(line))
            except json.JSONDecodeError:
                continue
    return {}
