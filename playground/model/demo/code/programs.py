"""Programs over one table: a share over time, a chart, what stands out, what is odd, what is over its plan."""

from string import Template

from playground.model.demo.found.table import Column, Table
from playground.model.demo.found.table_words import PERIODS, Bucket, Series, Share

_WEEK = 7
_BEGIN = """\
import json

import matplotlib.pyplot as plt
import pandas as pd

"""
_SHARE = Template("""\
table = $read
$dates
per = table.groupby("period")[[$part, $whole]].sum().sort_index()
per["percent"] = 100 * per[$part] / per[$whole]
print(per.round(2).to_string())

figure, axes = plt.subplots()
axes.plot([str(period) for period in per.index], per["percent"], marker="o")
axes.set_title($title)
axes.set_ylabel("%")
axes.set_ylim(bottom=0)
figure.autofmt_xdate()

last = table[table["period"] == per.index[-1]]
by = {}
for column in $groups:
    most = last.groupby(column)[[$part, $whole]].sum().sort_values($part, ascending=False)
    by[column] = [[str(name), float(row[$part]), float(row[$whole])] for name, row in most.head(3).iterrows()]
periods = [[str(period), float(row[$part]), float(row[$whole])] for period, row in per.iterrows()]
print(json.dumps({"periods": periods, "by": by}))
""")


def share(table: Table, wanted: Share, bucket: Bucket) -> str:
    """A share of a whole over time, as a line, and where most of the last one comes from."""
    dates = table.of_kind("date")
    period = PERIODS[bucket] or "period"
    return _BEGIN + _SHARE.substitute(
        read=table.reader,
        dates=_periods(dates[0], bucket),
        part=repr(wanted.part.name),
        whole=repr(wanted.whole.name),
        title=repr(f"{wanted.part.spoken} in % of {wanted.whole.spoken}, per {period}"),
        groups=repr([column.name for column in table.groups[:3]]),
    )


def _periods(date: Column, bucket: Bucket) -> str:
    """The line that says to which period a row belongs; weeks are named by their first day."""
    options = ', errors="coerce", dayfirst=True' if date.day_first else ', errors="coerce"'
    read = f"pd.to_datetime(table[{date.name!r}]{options})"
    if bucket == "W" and date.step < _WEEK:
        return f'table["period"] = {read}.dt.to_period("W").dt.start_time.dt.date'
    # Rows that stand for whole weeks keep their own day.
    if bucket in ("", "D", "W"):
        return f'table["period"] = {read}.dt.date'
    return f'table["period"] = {read}.dt.to_period({bucket!r}).astype(str)'


_LINE = Template("""\
table = $read
$dates
per = table.groupby("period")[$of].sum().sort_index()
print(per.to_string())

figure, axes = plt.subplots()
axes.plot([str(period) for period in per.index], per, marker="o" if len(per) < 40 else "")
axes.set_title($title)
axes.set_ylim(bottom=min(0, float(per.min())))
figure.autofmt_xdate()
print(json.dumps({"series": [[str(period), float(value)] for period, value in per.items()][-200:]}))
""")
_BARS = Template("""\
table = $read
per = table.groupby($by)[$of].sum().sort_values(ascending=False)
print(per.head(50).to_string())

figure, axes = plt.subplots()
shown = per.head(15)[::-1]
axes.barh([str(name)[:40] for name in shown.index], shown)
axes.set_title($title)
print(json.dumps({"series": [[str(name), float(value)] for name, value in per.items()][:200]}))
""")


def chart(table: Table, series: Series, bucket: Bucket) -> str:
    """A number over time as a line, or by group as bars."""
    if series.by.kind == "date":
        per = f", per {PERIODS[bucket]}" if bucket else ""
        return _BEGIN + _LINE.substitute(
            read=table.reader,
            dates=_periods(series.by, bucket),
            of=repr(series.of.name),
            title=repr(f"{series.of.spoken}{per}"),
        )
    return _BEGIN + _BARS.substitute(
        read=table.reader,
        by=repr(series.by.name),
        of=repr(series.of.name),
        title=repr(f"{series.of.spoken} by {series.by.spoken}"),
    )


_OVERVIEW = Template("""\
table = $read
numbers = $numbers
print(table[numbers].describe().round(2).to_string() if numbers else table.describe().to_string())

found = {"rows": len(table), "duplicates": int(table.duplicated().sum())}
found["missing"] = {str(name): int(count) for name, count in table.isna().sum().items() if count}
found["numbers"] = {
    name: [float(table[name].sum()), float(table[name].mean()), float(table[name].min()), float(table[name].max())]
    for name in numbers
}
found["groups"] = {}
for group in $groups:
    most = table.groupby(group)[$of].sum() if $of else table[group].value_counts()
    most = most.sort_values(ascending=False).head(3)
    found["groups"][group] = [[str(name), float(value)] for name, value in most.items()]
found["outliers"] = {}
for name in numbers:
    low, high = table[name].quantile([0.25, 0.75])
    far = table[(table[name] < low - 3 * (high - low)) | (table[name] > high + 3 * (high - low))]
    if high > low and len(far):
        found["outliers"][name] = [len(far), float(far[name].min()), float(far[name].max())]
""")
_OVERVIEW_END = "print(json.dumps(found))\n"
_OVERVIEW_LINE = Template("""
$dates
per = table.groupby("period")[$of].sum().sort_index()
figure, axes = plt.subplots()
axes.plot([str(period) for period in per.index], per, marker="o" if len(per) < 40 else "")
axes.set_title($title)
figure.autofmt_xdate()
found["series"] = [str(per.index[0]), float(per.iloc[0]), str(per.index[-1]), float(per.iloc[-1])]
""")
_OVERVIEW_BARS = Template("""
shown = table.groupby($by)[$of].sum() if $of else table[$by].value_counts()
shown = shown.sort_values(ascending=False).head(15)[::-1]
figure, axes = plt.subplots()
axes.barh([str(name)[:40] for name in shown.index], shown)
axes.set_title($title)
""")


def overview(table: Table, series: Series | None) -> str:
    """Sizes, gaps, sums, largest groups and outliers, with a chart of the first series that makes sense."""
    of = series.of.name if series else None
    text = _BEGIN + _OVERVIEW.substitute(
        read=table.reader,
        numbers=repr([column.name for column in table.numbers[:12]]),
        groups=repr([column.name for column in table.groups[:4]]),
        of=repr(of),
    )
    if series and series.by.kind == "date":
        title = f"{series.of.spoken} over time"
        text += _OVERVIEW_LINE.substitute(dates=_many(series.by), of=repr(of), title=repr(title))
    elif table.groups:
        by = table.groups[0]
        title = f"{series.of.spoken if series else 'rows'} by {by.spoken}"
        text += _OVERVIEW_BARS.substitute(by=repr(by.name), of=repr(of), title=repr(title))
    return text + _OVERVIEW_END


def _many(date: Column) -> str:
    """As days, or as months where there are more than two hundred of them."""
    lines = [_periods(date, ""), 'if table["period"].nunique() > 200:', f"    {_periods(date, 'M')}"]
    return "\n".join(lines)


_ODD = Template("""\
table = $read
odd = []
for name, count in table.isna().sum().items():
    if count:
        odd.append(["missing", str(name), int(count), ""])
if table.duplicated().any():
    odd.append(["repeated rows", "", int(table.duplicated().sum()), ""])
for name in $numbers:
    low, high = table[name].quantile([0.25, 0.75])
    far = table[(table[name] < low - 3 * (high - low)) | (table[name] > high + 3 * (high - low))][name]
    if high > low and len(far):
        odd.append(["far from the rest", name, len(far), f"{far.min():g} to {far.max():g}"])
    if (table[name] < 0).any() and (table[name] >= 0).mean() > 0.95:
        odd.append(["below zero", name, int((table[name] < 0).sum()), ""])
for name in $words:
    cells = table[name].dropna().astype(str)
    alike = cells.groupby(cells.str.strip().str.lower()).unique()
    for spellings in alike[alike.str.len() > 1].head(3):
        odd.append(["spelled in several ways", name, len(spellings), " / ".join(map(str, spellings[:3]))])
    live = cells[cells.str.match(r"[=@]|[+-][A-Za-z(]")]
    if len(live):
        odd.append(["looks like a formula", name, len(live), str(live.iloc[0])[:60]])
for name in table.columns:
    if table[name].nunique() == 1 and len(table) > 5:
        odd.append(["the same in every row", str(name), len(table), str(table[name].iloc[0])[:60]])
for line in odd:
    print(*line)
print(json.dumps({"rows": len(table), "odd": odd[:20]}))
""")


def oddities(table: Table) -> str:
    """What is missing, repeated, far from the rest, spelled in several ways, or would be a formula in a sheet."""
    return "import json\n\nimport pandas as pd\n\n" + _ODD.substitute(
        read=table.reader,
        numbers=repr([column.name for column in table.numbers[:20]]),
        words=repr([column.name for column in table.of_kind("category", "text")[:12]]),
    )


_OVER = Template("""\
table = $read
table["over"] = table[$spent] - table[$plan]
over = table[table["over"] > 0].sort_values("over", ascending=False)
print(over[[$line, $plan, $spent, "over"]].to_string(index=False))

lines = [[str(row[$line]), float(row["over"])] for _, row in over.iterrows()]
sums = {"plan": float(table[$plan].sum()), "spent": float(table[$spent].sum()), "over": float(over["over"].sum())}
print(json.dumps({"lines": lines[:50], "count": len(table), **sums}))
""")


def over(table: Table, *, line: Column, plan: Column, spent: Column) -> str:
    """Which lines of a plan are over, and by how much."""
    return "import json\n\nimport pandas as pd\n\n" + _OVER.substitute(
        read=table.reader, line=repr(line.name), plan=repr(plan.name), spent=repr(spent.name)
    )
