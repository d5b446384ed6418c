"""A first look at a table: how it is written, and what its columns hold."""

from string import Template

_LOOK = Template('''\
import csv
import io
import json
import re
import warnings
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")
NAME = $name


def options(name):
    """How a table in a text file is written: its encoding, its separator, its numbers."""
    body = Path(name).read_bytes()
    encoding = "utf-16" if body[:2] in (b"\\xff\\xfe", b"\\xfe\\xff") else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        text, encoding = body.decode("cp1252", errors="replace"), "cp1252"
    lines = text.splitlines()[:300]
    sep = max(";\\t,|", key=lines[0].count) if lines else ","
    cells = [cell.strip() for row in csv.reader(io.StringIO("\\n".join(lines[1:])), delimiter=sep) for cell in row]
    comma = sum(bool(re.fullmatch(r"-?\\d{1,3}(\\.\\d{3})*,\\d+|-?\\d+,\\d{1,2}", cell)) for cell in cells)
    point = sum(bool(re.fullmatch(r"-?\\d{1,3}(,\\d{3})*\\.\\d+|-?\\d+\\.\\d{1,2}", cell)) for cell in cells)
    grouped = any(re.fullmatch(r"-?\\d{1,3}(,\\d{3})+(\\.\\d+)?", cell) for cell in cells)
    found = {"sep": sep, "encoding": encoding}
    if comma > point:
        return {**found, "decimal": ",", "thousands": "."}
    return {**found, "thousands": ","} if grouped and sep != "," or grouped and point else found


def read(name):
    """The table, and how it was read."""
    suffix = Path(name).suffix.lower()
    if suffix in (".xlsx", ".xlsm", ".xls"):
        sheets = pd.read_excel(name, sheet_name=None)
        sheet = max(sheets, key=lambda one: len(sheets[one]))
        return sheets[sheet], {"sheet_name": sheet}
    if suffix == ".json":
        return pd.json_normalize(json.loads(Path(name).read_text("utf-8-sig"))), {"json": True}
    how = options(name)
    if how.get("thousands") == ".":
        # 03.01.2026 is a day, and no number with its thousands set apart.
        cells = pd.read_csv(name, sep=how["sep"], encoding=how["encoding"], dtype=str, nrows=300)
        days = [one for one in cells if cells[one].str.fullmatch(r"\\d{1,2}\\.\\d{1,2}\\.\\d{2,4}.*").any()]
        how |= {"dtype": {one: str for one in days}} if days else {}
    told = {key: [*value] if key == "dtype" else value for key, value in how.items()}
    return pd.read_csv(name, **how), told


def kind(column):
    """What a column holds, and whether its dates begin with the day."""
    if pd.api.types.is_bool_dtype(column):
        return "category", False
    if pd.api.types.is_numeric_dtype(column):
        return "number", False
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date", False
    cells = column.dropna().astype(str).str.strip()
    dates = r"\\d{4}-\\d\\d(-\\d\\d.*)?|\\d{1,2}[./-]\\d{1,2}[./-]\\d{2,4}.*"
    if len(cells) and cells.str.fullmatch(dates).mean() > 0.9:
        day_first = bool(cells.str.match(r"\\d{1,2}\\.|(1[3-9]|[23]\\d)[/-]").any())
        return "date", day_first
    return ("category" if cells.nunique() <= max(30, len(cells) // 20) else "text"), False


def step(column, day_first):
    """The fewest days between two dates of a column."""
    days = pd.to_datetime(column, errors="coerce", dayfirst=day_first).dropna().dt.normalize().drop_duplicates()
    gaps = days.sort_values().diff().dropna()
    return int(gaps.min().days) if len(gaps) else 0


table, how = read(NAME)
columns = []
for name in table.columns:
    holds, day_first = kind(table[name])
    one = {"name": str(name), "kind": holds, "day_first": day_first, "unique": int(table[name].nunique())}
    columns.append({**one, "step": step(table[name], day_first)} if holds == "date" else one)
print(json.dumps({"rows": len(table), "how": how, "columns": columns[:60]}))
''')


def look(name: str) -> str:
    """A program that says how to read the table `name` and what its columns hold, as JSON in its last line."""
    return _LOOK.substitute(name=repr(name))


_PLAIN = Template("""\
import csv
import json

with open($name, encoding="utf-8", errors="replace", newline="") as file:
    begin = file.readline()
    sep = max(";\\t,|", key=begin.count)
    columns = next(csv.reader([begin], delimiter=sep), [])
    rows = sum(1 for row in csv.reader(file, delimiter=sep))
print(json.dumps({"rows": rows, "columns": columns}))
""")


def count_only(name: str) -> str:
    """A program that needs no more than Python itself: how many rows there are, and how the columns are called."""
    return _PLAIN.substitute(name=repr(name))
