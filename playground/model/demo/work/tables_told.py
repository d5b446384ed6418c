"""What was computed from a table, in sentences; every number comes from the program's output."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from pydantic import JsonValue

from playground.model.demo.found.ran import Ran
from playground.model.demo.found.table import Table
from playground.model.demo.found.table_words import PERIODS, Bucket, Series, Share
from playground.model.demo.reads import counted
from playground.model.wires.wire import as_object

MODEST = "*Demo model, no AI: I matched your words with the columns, and Python did the sums.*"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONEY = ("eur", "usd", "gbp", "chf", "nok", "sek", "pln")
Row = tuple[str, float, float]


def share_told(shown: str, wanted: Share, bucket: Bucket, ran: Ran) -> str:
    """The last two periods, the way there, and where most of the last one comes from."""
    periods = rows_of(ran.found.get("periods"))
    if not periods:
        return f"{shown} has no dates that I can read, so there is no line to draw. {MODEST}"
    period = PERIODS[bucket] or "period"
    last = periods[-1]
    lines = [f"**{wanted.part.spoken} in % of {wanted.whole.spoken}, per {period}** ({shown})", ""]
    before = f"; the {period} before: {_percent(periods[-2])}" if len(periods) > 1 else ""
    lines.append(f"The last {period} ({_when(last[0])}): {_percent(last)}{before}. {_way(periods, period)}")
    if groups := as_object(ran.found.get("by")):
        lines += ["", f"Where the {_number(last[1])} are:"]
        lines += [_most(name, wanted.part.spoken, rows_of(rows), last) for name, rows in groups.items()]
    points = _COUNTS[len(periods)] if len(periods) < len(_COUNTS) else str(len(periods))
    return "\n".join([*lines, "", f"The chart has {points} points. {MODEST}"])


def _percent(row: Row) -> str:
    return f"{100 * row[1] / row[2]:.1f}% ({_number(row[1])} of {_number(row[2])})" if row[2] else "nothing"


def _way(periods: Sequence[Row], period: str) -> str:
    rates = [part / whole for _, part, whole in periods if whole]
    if len(rates) < 3:
        return ""
    falls, rises = (all(sign * (b - a) < 0 for a, b in pairwise(rates)) for sign in (1, -1))
    how = f"down in every {period}" if falls else f"up in every {period}" if rises else "with ups and downs"
    return f"From {100 * rates[0]:.1f}% to {100 * rates[-1]:.1f}% over {len(rates)} {period}s, {how}."


def _most(name: str, part: str, rows: Sequence[Row], last: Row) -> str:
    if not rows:
        return f"- {name}: nothing"
    first, *others = rows
    share = f" ({100 * first[1] / first[2]:.1f}% of its {_number(first[2])})" if first[2] else ""
    then = ", ".join(f"{row[0]} {_number(row[1])}" for row in others)
    is_of = f"{_number(first[1])} of the {_number(last[1])}"
    told = f"{first[0]} has the most {part}, {is_of}" if len(others) > 1 else f"{first[0]} is {is_of}"
    return f"- {name}: {told}{share}" + (f"; then {then}" if then else "")


def chart_told(shown: str, series: Series, bucket: Bucket, ran: Ran) -> str:
    """What a chart shows: from where to where, or who has most."""
    rows = rows_of(ran.found.get("series"))
    if not rows:
        return f"{shown} has nothing to draw for “{series.of.spoken}”. {MODEST}"
    per = f", per {PERIODS[bucket]}" if bucket else ""
    if series.by.kind == "date":
        high = max(rows, key=lambda row: row[1])
        told = (
            f"**{series.of.spoken}{per}** ({shown}): from {_number(rows[0][1])} ({rows[0][0]}) to"
            f" {_number(rows[-1][1])} ({rows[-1][0]}), highest {_number(high[1])} ({high[0]})."
        )
    else:
        most = ", ".join(f"{row[0]} {_number(row[1])}" for row in rows[:3])
        told = f"**{series.of.spoken} by {series.by.spoken}** ({shown}): {most}."
        told += f" {len(rows)} in all, together {_number(sum(row[1] for row in rows))}."
    return f"{told}\n\n{MODEST}"


def overview_told(shown: str, table: Table, ran: Ran) -> str:
    """Size, columns, sums, largest groups, outliers."""
    found = ran.found
    rows = int(number_of(found.get("rows")))
    lines = [f"**{shown}: {counted(rows, 'row')}, {counted(len(table.columns), 'column')}**", ""]
    for name, values in as_object(found.get("numbers")).items():
        total, mean, low, high = (number_of(value) for value in (values if isinstance(values, list) else [0] * 4))
        lines.append(
            f"- {name}: {_number(total)} in total, {_number(mean)} on average, from {_number(low)} to {_number(high)}"
        )
    for name, top in as_object(found.get("groups")).items():
        most = ", ".join(f"{row[0]} ({_number(row[1])})" for row in rows_of(top))
        lines.append(f"- Most by {name}: {most}")
    lines += _gaps(ran)
    series = found.get("series")
    if isinstance(series, list) and len(series) == 4:
        begun, first, ended, last = series
        lines += [
            "",
            f"The chart goes from {begun} ({_number(number_of(first))}) to {ended} ({_number(number_of(last))}).",
        ]
    return "\n".join([*lines, "", MODEST])


def _gaps(ran: Ran) -> list[str]:
    missing = as_object(ran.found.get("missing"))
    told = ", ".join(f"{name} {_number(number_of(count))}" for name, count in missing.items())
    lines = [f"- Missing: {told}" if told else "- Nothing is missing."]
    for name, far in as_object(ran.found.get("outliers")).items():
        count, low, high = (number_of(value) for value in (far if isinstance(far, list) else [0] * 3))
        lines.append(f"- Far from the rest in {name}: {counted(int(count), 'row')}, {_number(low)} to {_number(high)}")
    if repeated := int(number_of(ran.found.get("duplicates"))):
        lines.append(f"- Rows that stand there twice: {_number(repeated)}")
    return lines


def oddities_told(shown: str, table: Table, ran: Ran) -> str:
    """What is odd, one line each."""
    odd = ran.found.get("odd")
    rows = [row for row in odd if isinstance(row, list) and len(row) == 4] if isinstance(odd, list) else []
    if not rows:
        return f"I find nothing odd in the {counted(table.rows, 'row')} of {shown}. {MODEST}"
    lines = [f"**What is odd in {shown}, {counted(table.rows, 'row')}:**", ""]
    for what, column, count, example in rows:
        where = f" in {column}" if column else ""
        shown_as = f": `{str(example).replace('`', '')}`" if example else ""
        lines.append(f"- {str(what).capitalize()}{where}, {_number(number_of(count))}×{shown_as}")
    return "\n".join([*lines, "", MODEST])


def over_told(shown: str, table: Table, ran: Ran) -> str:
    """The lines over their plan, and the sums."""
    currency = next((f" {word.upper()}" for column in table.columns for word in column.words if word in _MONEY), "")
    odd = ran.found.get("lines")
    lines = [(str(row[0]), number_of(row[1])) for row in odd if isinstance(row, list)] if isinstance(odd, list) else []
    sums = {key: _money(number_of(ran.found.get(key))) for key in ("plan", "spent", "over")}
    ending = f"All lines: plan {sums['plan']}, spent {sums['spent']}{currency}."
    if not lines:
        return f"No line of {shown} is over its plan. {ending}\n\n{MODEST}"
    count = int(number_of(ran.found.get("count")))
    rows = [f"- {name} +{_money(amount)}{currency}" for name, amount in lines]
    top = f"**{len(lines)} of {counted(count, 'line')} in {shown} {'is' if len(lines) == 1 else 'are'} over:**"
    return "\n".join([top, "", *rows, "", f"Together {sums['over']}{currency}. {ending}", "", MODEST])


def counted_told(shown: str, ran: Ran) -> str:
    """All that could be said without pandas."""
    columns = ran.found.get("columns")
    names = ", ".join(map(str, columns)) if isinstance(columns, list) else ""
    rows = counted(int(number_of(ran.found.get("rows"))), "row")
    return f"{shown} has {rows} with the columns {names}. More I could not compute: its cells are unlike a table's."


def rows_of(value: JsonValue) -> list[Row]:
    """Rows of a name and one or two numbers."""
    rows = [row for row in value if isinstance(row, list) and len(row) > 1] if isinstance(value, list) else []
    return [(str(row[0]), number_of(row[1]), number_of(row[2]) if len(row) > 2 else 0.0) for row in rows]


def number_of(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _money(value: float) -> str:
    return f"{value:,.2f}"


def _when(period: str) -> str:
    try:
        day = date.fromisoformat(period)
    except ValueError:
        return period
    return f"from {day.day} {day:%B}"
