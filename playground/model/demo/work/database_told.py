"""What a question about numbers came to, in sentences; figures as they came from the database."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from pydantic import JsonValue

from playground.model.demo.found.database import Database, Rows
from playground.model.demo.query.question import Question
from playground.model.demo.reads import counted

MODEST = "*Demo model, no AI: I matched your words with what the tables are described as.*"
_CURRENCY = re.compile(r"\b(EUR|USD|GBP|CHF|NOK|SEK)\b")
_NET = re.compile(r"\bnet of VAT\b|\bwithout VAT\b", re.IGNORECASE)
_MOST = 12


def told(question: Question, database: Database, rows: Rows, *, beside: str = "") -> str:
    """The finding first, then which rows it is of and how it is counted."""
    if not rows.rows or all(value is None for value in rows.rows[0]):
        return f"The database has no rows for that{_of(question)}. {MODEST}"
    finding = _FINDINGS[question.kind](question, database, rows)
    basis = " ".join(filter(None, (beside, _basis(question, database))))
    notes = " ".join(note for note in rows.notes if note.startswith("There are more"))
    return "\n\n".join(filter(None, (finding, basis, notes, MODEST)))


def _count(question: Question, database: Database, rows: Rows) -> str:
    del database
    name = question.select.measures[0][1]
    if not question.select.by:
        return f"**{_whole(rows.numbers(name)[0])} {question.noun}**{_of(question)}."
    total = sum(rows.numbers(name))
    return f"**{_whole(total)} {question.noun}**{_of(question)}: {_listed(question, rows, name)}."


def _sum(question: Question, database: Database, rows: Rows) -> str:
    name = question.select.measures[0][1]
    values, unit = rows.numbers(name), _unit(question, database)
    is_money = bool(unit)
    if not question.select.by:
        return f"**{_amount(values[0], is_money=is_money)}{unit}** {question.noun}{_of(question)}."
    by = question.select.by[0]
    if by.is_time:
        shown = ", ".join(
            f"{_label(row[0])} {_amount(value, is_money=is_money)}"
            for row, value in zip(rows.rows, values, strict=True)
        )
        last = _amount(values[-1], is_money=is_money)
        return f"**{_sentence(question.noun)}{_of(question)}**: {shown}{unit}. The last is {last}{unit}."
    total = f"{_amount(sum(values), is_money=is_money)}{unit} in total" if "average" not in question.noun else ""
    counts = rows.numbers("accounts")
    first = _label(rows.rows[0][0])
    top = f"most: {first} with {_amount(values[0], is_money=is_money)}"
    top += f" ({counted(int(counts[0]), 'account')})" if counts else ""
    rest = ", ".join(
        f"{_label(row[0])} {_amount(value, is_money=is_money)}"
        for row, value in list(zip(rows.rows, values, strict=True))[1:_MOST]
    )
    finding = "; ".join(filter(None, (total, top)))
    return f"**{_sentence(question.noun)}{_of(question)}**: {finding}" + (f", then {rest}." if rest else ".")


def _share(question: Question, database: Database, rows: Rows) -> str:
    del database
    values = rows.numbers("percent")
    if not question.select.by:
        return f"**{values[0]:g}%**: {question.noun}{_of(question)}."
    first, last = _label(rows.rows[0][0]), _label(rows.rows[-1][0])
    chart = f" The chart has {len(values)} points." if question.chart != "none" else ""
    return (
        f"**{_sentence(question.noun)}{_of(question)}**: between {min(values):g} and {max(values):g} percent,"
        f" from {values[0]:g} ({first}) to {values[-1]:g} ({last}).{chart} Both were added up before dividing."
    )


def _hours(question: Question, database: Database, rows: Rows) -> str:
    values = rows.numbers("hours")
    counts = rows.numbers("tickets")
    if not question.select.by:
        return f"**{values[0]:g} hours** on average{_of(question)}, over {_whole(counts[0])} solved tickets."
    name = question.select.by[0].name
    shown = [
        f"- {name} {_label(row[0])}: {value:g} hours ({counted(int(count), 'ticket')})"
        for row, value, count in zip(rows.rows, values, counts, strict=True)
    ]
    top = f"**Hours from opened to solved, on average{_of(question)}:**"
    return "\n".join([top, "", *shown[:_MOST], *_the_worse(question, database, values)])


def _the_worse(question: Question, database: Database, values: Sequence[float]) -> list[str]:
    name = question.select.by[0].name
    means = [one.means for table in database.tables for one in table.fields if one.name == name]
    if any("1 is worst" in text for text in means) and all(a < b for a, b in pairwise(values)):
        return ["", "The worse, the faster."]
    return []


def _unpaid(question: Question, database: Database, rows: Rows) -> str:
    invoices, sums = rows.numbers("invoices"), rows.numbers("unpaid")
    amount = f"{sum(sums):,.2f}{_unit(question, database)}"
    if not question.select.by:
        return f"**{counted(int(invoices[0]), 'invoice')} not paid: {amount}**{_of(question)}."
    what = f"{counted(int(sum(invoices)), 'invoice')} of {counted(rows.count, 'organisation')}"
    by = question.select.by[0].name
    what = what if by == "account" else f"{counted(int(sum(invoices)), 'invoice')} by {by}"
    return f"**Not paid yet: {what}, {amount}**{_of(question)}. The table has them, the largest first."


def _lost(question: Question, database: Database, rows: Rows) -> str:
    del database
    if not question.select.by:
        return f"**{_whole(rows.numbers('lost')[0])} lost**{_of(question)}.{_left_out(question)}"
    values = rows.numbers("lost")
    by = question.select.by[0].name.replace("_", " ")
    total = f"**{_whole(sum(values))} in total**{_of(question)}, by {by}"
    return f"{total}: {_listed(question, rows, 'lost')}.{_left_out(question)}"


def _left_out(question: Question) -> str:
    value = next((found[1] for one in question.told if (found := re.match(r"without “(.*)”", one))), "")
    return f" Rows with “{value}” are left out: they are nobody who went." if value else ""


def _list(question: Question, database: Database, rows: Rows) -> str:
    del database
    names = [n for n, column in enumerate(rows.columns) if column in ("name", "subject", "title", "summary")]
    shown = [f"- `{_plain(str(row[names[0]]))}`" for row in rows.rows[:5]] if names else []
    more = f" The first {len(shown)}:" if rows.count > len(shown) else ""
    kinds = f" ({', '.join(question.told)})" if question.told else ""
    span = f", {question.span.said}" if question.span else ""
    top = f"**{counted(rows.count, _singular(question.noun))}**{kinds}{span}, in the table.{more if shown else ''}"
    return "\n".join([top, *([""] if shown else []), *shown])


_FINDINGS = {
    "count": _count,
    "sum": _sum,
    "share": _share,
    "hours": _hours,
    "unpaid": _unpaid,
    "lost": _lost,
    "list": _list,
}


def _listed(question: Question, rows: Rows, name: str) -> str:
    width = len(question.select.by)
    pairs = [
        (", ".join(_label(cell) for cell in row[:width]), value)
        for row, value in zip(rows.rows, rows.numbers(name), strict=True)
    ]
    more = f" and {len(pairs) - _MOST} more" if len(pairs) > _MOST else ""
    return ", ".join(f"{label} {_whole(value)}" for label, value in pairs[:_MOST]) + more


def _of(question: Question) -> str:
    """Which rows, in the person's words."""
    kept = [one for one in question.told if not one.startswith("without ") and one != "active"]
    kinds = f" ({', '.join(kept)})" if kept else ""
    return f"{kinds}{f', {question.span.said}' if question.span else ''}"


def _basis(question: Question, database: Database) -> str:
    """How the company says that it is counted."""
    noun = {"customers": "customer", "lost": "churn"}.get(question.noun, question.noun)
    for term in database.terms:
        if len(term.meanings) == 1 and noun in term.words:
            return f"Counted as the description says: {term.meanings[0].names[0]}."
    return "All net of VAT." if _unit(question, database) and _is_net(question, database) else ""


def _is_net(question: Question, database: Database) -> bool:
    return _NET.search(" ".join([database.notes, *question.basis])) is not None


def _unit(question: Question, database: Database) -> str:
    """The currency, where money is told."""
    if question.noun not in ("invoiced", "paid", "unpaid") and "fee" not in question.noun:
        return ""
    found = _CURRENCY.search(" ".join([*question.basis, database.notes]))
    return f" {found[1]}" if found else ""


def _label(value: JsonValue) -> str:
    """A cell as it is said: a first day of a month is that month."""
    text = "unknown" if value is None else str(value)
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return _plain(text)
    return f"{day:%B %Y}" if day.day == 1 else f"{day.day} {day:%B %Y}"


def _plain(text: str) -> str:
    return text.replace("`", "").replace("\n", " ")[:120]


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _amount(value: float, *, is_money: bool) -> str:
    return f"{value:,.2f}" if is_money else _whole(value)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _singular(noun: str) -> str:
    return noun.removesuffix("s")
