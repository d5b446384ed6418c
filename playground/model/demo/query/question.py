"""What a question about the company's numbers wants: by keywords, over the tables that were described."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Literal

from playground.model.demo.found.database import Database, Field, Relation
from playground.model.demo.keywords import has
from playground.model.demo.query.asked import Asked, Question, basis, listed, lists, made
from playground.model.demo.query.select import Dimension, quoted, singular

_CHARTS = ("charts?", "plots?", "graphs?", "diagrams?", "draw")
_MONEY = (
    *("invoiced?", "invoices", "billed", "bills?", "revenue", "turnover", "income", "paid", "pay", "cash", "owes?"),
    *("overdue", "outstanding", "unpaid", "money"),
)
_PEOPLE = ("customers?", "clients?", "accounts?", "organi[sz]ations?", "trials?", "subscribers?", "subscriptions?")
_ABOUT = re.compile(
    r"\babout\s+(?:\"(?P<quoted>[^\"]+)\"|(?:the\s+)?(?P<words>[a-z0-9' -]{3,40}?)"
    r"(?=$|[.?!,;]|\s+(?:in|by|per|this|last|and)\b))"
)
_CHANGED = re.compile(r"(\w+)\s*=\s*'([^']+)'[^.]*\bnot churn|\b(\w+)\b[^.']*'([^']+)'[^.]*\bnot churn", re.IGNORECASE)
_ACCOUNT = frozenset({"account", "customer", "client", "organisation"})


def question_in(text: str, database: Database, today: date) -> Question | None:
    """The question; None when no keyword fits what the tables hold."""
    asked = Asked(text=text.lower(), database=database, today=today)
    for kind in _KINDS:
        if (found := kind(asked)) is not None:
            return replace(found, chart=_chart(asked.text, found.select.by))
    return None


def _chart(text: str, by: tuple[Dimension, ...]) -> Literal["none", "line", "bar"]:
    if not by or not has(text, *_CHARTS):
        return "none"
    return "line" if by[0].is_time else "bar"


# Money.


def _money(asked: Asked) -> Question | None:
    table = asked.database.table("invoice", "bill", "payment", having="amount|total|sum")
    if table is None or not has(
        *(
            asked.text,
            "invoiced?",
            "invoices",
            "billed",
            "bills?",
            "revenue",
            "turnover",
            "paid",
            "pay",
            "cash",
            "owes?",
        ),
        *("overdue", "outstanding", "unpaid", "money", "income"),
    ):
        return None
    amount, paid = table.field("amount|total|sum", kind="number"), table.field("paid", kind="date")
    when = asked.when(table, "month", "issued", "date")
    if amount is None:
        return None
    if _is_unpaid(asked.text) and paid is not None:
        return _unpaid(asked, table, amount, paid, when)
    received = has(asked.text, "paid", "received", "cash in", "came in") and paid is not None
    found = made(asked, table, "sum", "paid" if received else "invoiced", when=paid if received else when)
    measures = [(f"sum({table.ref(amount)})", "paid" if received else "invoiced")]
    if found.select.by and (counted := _accounts(asked.database, table)):
        measures.append(counted[0])
        found = replace(found, select=replace(found.select, needs=(*found.select.needs, counted[1])))
    extra = (f"{table.ref(paid)} IS NOT NULL",) if received and paid is not None else ()
    select = replace(found.select, measures=tuple(measures), where=(*found.select.where, *extra))
    return replace(found, select=select, basis=basis(table, amount))


def _is_unpaid(text: str) -> bool:
    return has(text, "unpaid", "overdue", "outstanding", "owes?", "not (?:yet )?paid", "late") or (
        re.search(r"\b(?:hasn'?t|haven'?t|has not|have not|didn'?t|not)\b[^.?!]{0,20}\bpaid\b", text) is not None
    )


def _unpaid(asked: Asked, table: Relation, amount: Field, paid: Field, when: Field | None) -> Question:
    found = made(asked, table, "unpaid", "unpaid", when=when)
    select = replace(found.select, where=(*found.select.where, f"{table.ref(paid)} IS NULL"))
    names = _account_name(asked.database, table)
    measures = (("count(*)", "invoices"), (f"sum({table.ref(amount)})", "unpaid"))
    if names is not None and not select.by:
        by = Dimension(sql=names.sql, name=names.name, of=names.of)
        select = replace(select, by=(by,))
    select = replace(select, measures=measures, order=f"unpaid DESC, {select.by[0].name}" if select.by else "")
    return replace(found, select=select, basis=basis(table, paid))


def _accounts(database: Database, table: Relation) -> tuple[tuple[str, str], str] | None:
    """How to count the organisations behind rows, and the table that this needs."""
    for bare, (other, _) in database.joins(table).items():
        key = _account_key(other)
        if key is not None:
            return (f"count(DISTINCT {other.ref(key)})", "accounts"), bare
    return None


def _account_key(table: Relation) -> Field | None:
    return next((one for one in table.fields if one.points_to and {*one.words} & _ACCOUNT), None)


def _account_name(database: Database, table: Relation) -> Dimension | None:
    for bare, (other, _) in database.joins(table).items():
        name = other.field(r"^name$")
        if name is not None and {*other.words} & _ACCOUNT:
            return Dimension(sql=other.ref(name), name="account", of=bare)
    return None


# Customers, and those who left.


def _lost(asked: Asked) -> Question | None:
    table = asked.database.table("subscription", "contract", having="cancel|ended|churn")
    if table is None or not has(
        asked.text,
        "lose",
        "lost",
        "losing",
        "churn(?:ed)?",
        "cancel(?:l)?ed",
        "cancel(?:l)?ations?",
        "left us",
        "left",
        "leave",
    ):
        return None
    when = asked.when(table, "cancel|ended|churn")
    reason = table.field("reason", kind="text")
    found = made(asked, table, "lost", "lost", ("count(*)", "lost"), when=when)
    where = [one for one in found.select.where if ".status =" not in one]
    if when is not None and not found.span:
        where.append(f"{table.ref(when)} IS NOT NULL")
    changed = _CHANGED.search(f"{table.means} {reason.means if reason else ''}")
    value = next((one for one in (changed.groups()[1], changed.groups()[3]) if one), "") if changed else ""
    if reason is not None and value:
        where.append(f"{table.ref(reason)} <> {quoted(value)}")
    told = (*(one for one in found.told if one != "cancelled"), *([f"without “{value}”"] if value else []))
    return replace(found, select=replace(found.select, where=tuple(where)), told=told, basis=basis(table, reason))


def _customers(asked: Asked) -> Question | None:
    contracts = asked.database.table("subscription", "contract", having="status")
    accounts = asked.database.table("account", "customer", "client", having="^name$")
    if not has(asked.text, *_PEOPLE):
        return None
    if accounts is not None and lists(asked.text) and not has(asked.text, "trials?"):
        return listed(asked, accounts, "accounts")
    status = contracts.field("status", kind="text") if contracts else None
    if contracts is None or status is None:
        return made(asked, accounts, "count", "accounts", ("count(*)", "accounts"), when=None) if accounts else None
    key = _account_key(contracts)
    trial = has(asked.text, "trials?") and "trial" in status.values
    wanted = "trial" if trial else next((one for one in status.values if one in ("active", "live", "paid")), "")
    noun = "trials" if trial else "customers"
    measure = (f"count(DISTINCT {contracts.ref(key)})" if key else "count(*)", noun)
    when = asked.when(contracts, "start|created|begin")
    found = made(asked, contracts, "count", noun, measure, when=when)
    where = [one for one in found.select.where if f"{contracts.ref(status)} =" not in one]
    where += [f"{contracts.ref(status)} = {quoted(wanted)}"] if wanted else []
    told = (*(one for one in found.told if one not in status.values), *([wanted] if wanted else []))
    return replace(found, select=replace(found.select, where=tuple(where)), told=told)


# Tickets.


def _tickets(asked: Asked) -> Question | None:
    table = asked.database.table("support", "ticket", "case")
    if table is None or not has(asked.text, "tickets?", "cases", "support", "severity"):
        return None
    opened, solved = asked.when(table, "open|created"), table.field("solved|closed|resolved", kind="date")
    hours = has(asked.text, "hours?", "how long", "time to", "solve", "resolve", "days to")
    if hours and solved is not None and opened is not None:
        spent = f"round(avg(extract(epoch FROM {table.ref(solved)} - {table.ref(opened)})) / 3600, 1)"
        found = made(asked, table, "hours", "hours", (spent, "hours"), ("count(*)", "tickets"), when=opened)
        select = replace(found.select, where=(*found.select.where, f"{table.ref(solved)} IS NOT NULL"))
        order = select.by[0].name if select.by else ""
        return replace(found, select=replace(select, order=order))
    if rating := _rating(asked.text, table):
        measure = (f"round(avg({table.ref(rating)}), 2)", rating.name)
        return made(asked, table, "sum", f"average {rating.name}", measure, ("count(*)", "tickets"), when=opened)
    found = made(asked, table, "count", "tickets", ("count(*)", "tickets"), when=opened)
    if lists(asked.text) and not found.select.by:
        found = listed(asked, table, "tickets", when=opened)
    where = [*found.select.where, *_about(asked.text, table, found.told)]
    if solved is not None and has(asked.text, "open", "unsolved", "not solved", "waiting"):
        where.append(f"{table.ref(solved)} IS NULL")
    return replace(found, select=replace(found.select, where=tuple(where)))


def _rating(text: str, table: Relation) -> Field | None:
    rating = table.field("rating|score|stars", kind="number")
    return rating if rating is not None and has(text, "ratings?", "rated", "stars?", "score", "satisf\\w+") else None


def _about(text: str, table: Relation, told: tuple[str, ...]) -> list[str]:
    """Words in a subject, where no other column has them among its values."""
    found = _ABOUT.search(text)
    subject = table.field("subject|title|summary", kind="text")
    words = (found["quoted"] or found["words"] or "").strip() if found else ""
    known = {*told, *map(singular, told)}
    if not words or subject is None or any(singular(word) in known for word in words.split()):
        return []
    return [f"{table.ref(subject)} ILIKE {quoted(f'%{words}%')}"]


# Anything that is a number in a table.


def _numbers(asked: Asked) -> Question | None:
    said = {singular(word) for word in re.findall(r"[a-z]+", asked.text)}
    ranked = [
        (sum(singular(word) in said for word in one.words), -len(one.words), -n, table, one)
        for n, table in enumerate(asked.database.tables)
        for one in table.fields
        if one.is_number and not one.is_key
    ]
    score, _, _, table, one = max(ranked, default=(0, 0, 0, None, None), key=lambda row: row[:3])
    if not score or table is None or one is None:
        return None
    when = asked.when(table, "month|week|day|date")
    if whole := _whole(asked.text, table, one):
        share = f"round(100.0 * sum({table.ref(one)}) / nullif(sum({table.ref(whole)}), 0), 2)"
        return made(asked, table, "share", f"{_spoken(one)} in % of {_spoken(whole)}", (share, "percent"), when=when)
    how = "avg" if has(asked.text, "avg", "average", "mean") else "sum"
    expression = f"round(avg({table.ref(one)}), 2)" if how == "avg" else f"sum({table.ref(one)})"
    if when is None and not has(asked.text, "sum", "total", "avg", "average", "mean"):
        return listed(asked, table, f"{table.bare}s")
    found = made(
        asked, table, "sum", f"{'average ' if how == 'avg' else ''}{_spoken(one)}", (expression, one.name), when=when
    )
    return replace(found, basis=basis(table, one))


def _whole(text: str, table: Relation, part: Field) -> Field | None:
    """What "failed packs in %" is a share of: the number whose words are nearest."""
    if not ("%" in text or has(text, "percent", "per cent", "share", "rate", "ratio")):
        return None
    others = [one for one in table.fields if one.is_number and not one.is_key and one != part]
    return max(others, key=lambda one: len({*one.words} & {*part.words}), default=None)


def _spoken(one: Field) -> str:
    return " ".join(one.words)


def _tables(asked: Asked) -> Question | None:
    """A table that is named: how many rows, or the rows."""
    said = {singular(word) for word in re.findall(r"[a-z]+", asked.text)}
    table = next((one for one in asked.database.tables if {*map(singular, one.words)} & said), None)
    if table is None:
        return None
    when = asked.when(table, "date|_on$|_at$")
    if has(asked.text, "how many", "count", "number of"):
        return made(asked, table, "count", f"{table.bare} rows", ("count(*)", "count"), when=when)
    return listed(asked, table, f"{table.bare}s")


_KINDS: tuple[Callable[[Asked], Question | None], ...] = (_lost, _money, _tickets, _customers, _numbers, _tables)
