"""Questions over the company's database: what people ask, right SQL, and the answer computed in plain Python."""

# ruff: noqa: S608  the SQL of a test is put together from its own pieces

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import median
from typing import Any, Literal, TypeAlias

from playground.sales import COLUMNS
from playground.sales_rows import sales_rows

Row: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = Sequence[Sequence[object]]


def rounded(value: Decimal | float, digits: int) -> Decimal:
    """As PostgreSQL rounds a numeric: half away from zero."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


class Facts:
    """Every row as a mapping, and the months around today."""

    def __init__(self, today: date) -> None:
        self.today = today
        rows = sales_rows(today)
        self.table: dict[str, list[Row]] = {
            name: [dict(zip(COLUMNS[name], row, strict=True)) for row in lines] for name, lines in rows.items()
        }

    def month(self, n: int) -> date:
        months = self.today.year * 12 + self.today.month - 1 + n
        return date(months // 12, months % 12 + 1, 1)

    def between(self, row: Row, column: str, first: int, last: int = 0) -> bool:
        """Whether a day lies in the months from `first` to the one before `last`, counted from this one."""
        value = row[column]
        day = value.date() if isinstance(value, datetime) else value
        return day is not None and self.month(first) <= day < self.month(last)

    @cached_property
    def account(self) -> dict[int, Row]:
        return {row["account_id"]: row for row in self.table["account"]}

    @cached_property
    def plan(self) -> dict[int, str]:
        return {row["plan_id"]: row["name"] for row in self.table["plan"]}

    @cached_property
    def subscription(self) -> dict[int, Row]:
        return {row["subscription_id"]: row for row in self.table["subscription"]}

    @property
    def invoices(self) -> Iterable[Row]:
        return self.table["invoice"]

    @property
    def tickets(self) -> Iterable[Row]:
        return self.table["support_ticket"]

    @property
    def contracts(self) -> Iterable[Row]:
        return self.table["subscription"]

    @property
    def usage(self) -> Iterable[Row]:
        return self.table["usage_month"]

    def fee(self, contract: Row) -> Decimal:
        """What a contract costs a month, after its discount."""
        listed: Decimal = self.table["plan"][int(contract["plan_id"]) - 1]["monthly_fee"]
        return rounded(listed * (100 - contract["discount_pct"]) / 100, 2)

    def plan_of(self, invoice: Row) -> str:
        return self.plan[self.subscription[invoice["subscription_id"]]["plan_id"]]

    def account_of(self, invoice: Row) -> int:
        return self.subscription[invoice["subscription_id"]]["account_id"]

    def hours(self, ticket: Row) -> Decimal:
        took = ticket["solved_at"] - ticket["opened_at"]
        return Decimal(took.days * 86400 + took.seconds) / 3600


def by(rows: Iterable[Row], key: Callable[[Row], Any], value: Callable[[Row], Any]) -> dict[Any, Any]:
    """Sums by key."""
    sums: dict[Any, Any] = defaultdict(Decimal)
    for row in rows:
        sums[key(row)] += value(row)
    return sums


def sums(rows: Iterable[Row], key: Callable[[Row], Any]) -> list[tuple[Any, Any]]:
    """What was invoiced, by key."""
    return sorted(by(rows, key, lambda row: row["amount"]).items())


def most(counts: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The largest first, then by name."""
    return sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))


def ranked(counts: Mapping[int, int]) -> list[tuple[int, int]]:
    """The largest first, then by number."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class Asked:
    """One question."""

    question: str
    sql: str
    answer: Callable[[Facts], Answer]
    chart: Literal["none", "line", "bar"] = "none"


THIS = "date_trunc('month', current_date)"

STORIES = (
    Asked(
        "how many customers do we have rn",
        "SELECT count(DISTINCT account_id) FROM sales.subscription WHERE status = 'active'",
        lambda f: [[len({one["account_id"] for one in f.contracts if one["status"] == "active"})]],
    ),
    Asked(
        "what did we invoice last month and whcih plan brings most",
        "SELECT p.name, sum(i.amount) AS invoiced, count(DISTINCT s.account_id) AS accounts FROM sales.invoice i JOIN"
        " sales.subscription s USING (subscription_id) JOIN sales.plan p USING (plan_id) WHERE i.month ="
        f" {THIS} - interval '1 month' GROUP BY p.name ORDER BY invoiced DESC",
        lambda f: [
            (
                name,
                total,
                len({f.account_of(i) for i in f.invoices if f.between(i, "month", -1) and f.plan_of(i) == name}),
            )
            for name, total in most(
                by((i for i in f.invoices if f.between(i, "month", -1)), f.plan_of, lambda i: i["amount"])
            )
        ],
    ),
    Asked(
        "how many did we lose in the last 3 full months, by reason",
        f"SELECT cancel_reason, count(*) AS lost FROM sales.subscription WHERE cancelled_on >= {THIS} - interval"
        f" '3 months' AND cancelled_on < {THIS} AND cancel_reason <> 'changed plan' GROUP BY cancel_reason"
        " ORDER BY lost DESC, cancel_reason",
        lambda f: most(
            Counter(
                one["cancel_reason"]
                for one in f.contracts
                if f.between(one, "cancelled_on", -3) and one["cancel_reason"] != "changed plan"
            )
        ),
    ),
    Asked(
        "invoiced, last 3 months each",
        f"SELECT month, sum(amount) FROM sales.invoice WHERE month >= {THIS} - interval '3 months' AND month < {THIS}"
        " GROUP BY month ORDER BY month",
        lambda f: sorted(
            by(
                (i for i in f.invoices if f.between(i, "month", -3)), lambda i: i["month"], lambda i: i["amount"]
            ).items()
        ),
    ),
    Asked(
        "who hasnt paid yet, dont count this month. how much is it",
        "SELECT count(*), sum(amount), count(DISTINCT account_id) FROM sales.invoice JOIN sales.subscription USING"
        f" (subscription_id) WHERE paid_on IS NULL AND month < {THIS}",
        lambda f: [
            (len(due), sum(i["amount"] for i in due), len({f.account_of(i) for i in due}))
            for due in [[i for i in f.invoices if i["paid_on"] is None and i["month"] < f.month(0)]]
        ],
    ),
    Asked(
        "failed packs in % per month, last 6 full months, as a chart",
        "SELECT month, round(100.0 * sum(failed_packs) / sum(offline_packs), 2) AS percent FROM sales.usage_month"
        f" WHERE month >= {THIS} - interval '6 months' AND month < {THIS} GROUP BY month ORDER BY month",
        lambda f: [
            (
                f.month(n),
                rounded(
                    Decimal(100 * sum(u["failed_packs"] for u in f.usage if u["month"] == f.month(n)))
                    / sum(u["offline_packs"] for u in f.usage if u["month"] == f.month(n)),
                    2,
                ),
            )
            for n in range(-6, 0)
        ],
        "line",
    ),
    Asked(
        "avg hours to solve a ticket by severity over the last 12 full months (only solved ones)",
        "SELECT severity, count(*), round(avg(extract(epoch FROM solved_at - opened_at)) / 3600, 1) AS hours FROM"
        f" sales.support_ticket WHERE solved_at IS NOT NULL AND opened_at >= {THIS} - interval '12 months' AND"
        f" opened_at < {THIS} GROUP BY severity ORDER BY severity",
        lambda f: [
            (level, len(took), rounded(sum(took, Decimal(0)) / len(took), 1))
            for level in (1, 2, 3, 4)
            for took in [
                [
                    f.hours(t)
                    for t in f.tickets
                    if t["severity"] == level and t["solved_at"] and f.between(t, "opened_at", -12)
                ]
            ]
        ],
        "bar",
    ),
)
"""The seven of the company's stories."""

OURS = (
    Asked(
        "How many organisations are in the database?",
        "SELECT count(*) AS organisations FROM account",
        lambda f: [[len(f.account)]],
    ),
    Asked(
        "How many organisations of each kind are there?",
        "SELECT segment, count(*) AS n FROM account GROUP BY segment ORDER BY n DESC, segment",
        lambda f: most(Counter(a["segment"] for a in f.account.values())),
    ),
    Asked(
        "Of how many do we not know the country?",
        "SELECT count(*) FROM account WHERE country IS NULL",
        lambda f: [[sum(a["country"] is None for a in f.account.values())]],
    ),
    Asked(
        "Which five countries have most organisations?",
        "SELECT country, count(*) AS n FROM account WHERE country IS NOT NULL GROUP BY country"
        " ORDER BY n DESC, country LIMIT 5",
        lambda f: most(Counter(a["country"] for a in f.account.values() if a["country"]))[:5],
    ),
    Asked(
        "list hut accounts in italy",
        "SELECT name FROM account WHERE segment = 'hut' AND country = 'IT' ORDER BY account_id",
        lambda f: [[a["name"]] for a in f.account.values() if (a["segment"], a["country"]) == ("hut", "IT")],
    ),
    Asked(
        "How many trials are running?",
        "SELECT count(*) FROM subscription WHERE status = 'trial'",
        lambda f: [[sum(s["status"] == "trial" for s in f.contracts)]],
    ),
    Asked(
        "How many contracts in each state?",
        "SELECT status, count(*) FROM subscription GROUP BY status ORDER BY status",
        lambda f: sorted(Counter(s["status"] for s in f.contracts).items()),
    ),
    Asked(
        "Active contracts by plan",
        "SELECT p.name AS plan, count(*) AS contracts FROM subscription s JOIN plan p ON p.plan_id = s.plan_id"
        " WHERE s.status = 'active' GROUP BY p.name ORDER BY contracts DESC, plan",
        lambda f: most(Counter(f.plan[s["plan_id"]] for s in f.contracts if s["status"] == "active")),
    ),
    Asked(
        "What is the list price of each plan?",
        "SELECT name, monthly_fee FROM plan ORDER BY monthly_fee",
        lambda f: [(p["name"], p["monthly_fee"]) for p in f.table["plan"]],
    ),
    Asked(
        "How many changed their plan ever?",
        "SELECT count(*) FROM subscription WHERE cancel_reason = 'changed plan'",
        lambda f: [[sum(s["cancel_reason"] == "changed plan" for s in f.contracts)]],
    ),
    Asked(
        "Customers who cancelled in each of the last six full months",
        f"SELECT date_trunc('month', cancelled_on) AS month, count(*) AS lost FROM subscription WHERE cancelled_on >="
        f" {THIS} - interval '6 months' AND cancelled_on < {THIS} AND cancel_reason <> 'changed plan'"
        " GROUP BY 1 ORDER BY 1",
        lambda f: sorted(
            Counter(
                s["cancelled_on"].replace(day=1)
                for s in f.contracts
                if f.between(s, "cancelled_on", -6) and s["cancel_reason"] != "changed plan"
            ).items()
        ),
    ),
    Asked(
        "Average discount of active contracts",
        "SELECT round(avg(discount_pct), 2) AS percent FROM subscription WHERE status = 'active'",
        lambda f: [
            [
                rounded(Decimal(sum(d)) / len(d), 2)
                for d in [[s["discount_pct"] for s in f.contracts if s["status"] == "active"]]
            ][0:1]
        ],
    ),
    Asked(
        "How much was invoiced in all?",
        "SELECT sum(amount) AS invoiced FROM invoice",
        lambda f: [[sum(i["amount"] for i in f.invoices)]],
    ),
    Asked(
        "How many credit notes, and of how much?",
        "SELECT count(*) AS notes, sum(amount) AS amount FROM invoice WHERE amount < 0",
        lambda f: [
            [
                sum(i["amount"] < 0 for i in f.invoices),
                sum(i["amount"] for i in f.invoices if i["amount"] < 0),
            ]
        ],
    ),
    Asked(
        "Invoiced in each month of the last year",
        f"SELECT month, sum(amount) AS invoiced FROM invoice WHERE month >= {THIS} - interval '12 months' AND month <"
        f" {THIS} GROUP BY month ORDER BY month",
        lambda f: sorted(
            by(
                (i for i in f.invoices if f.between(i, "month", -12)), lambda i: i["month"], lambda i: i["amount"]
            ).items()
        ),
    ),
    Asked(
        "What was paid in each of the last three full months, by the day of payment?",
        f"SELECT date_trunc('month', paid_on)::date AS month, sum(amount) AS paid FROM invoice WHERE paid_on >= {THIS}"
        f" - interval '3 months' AND paid_on < {THIS} GROUP BY 1 ORDER BY 1",
        lambda f: sorted(
            by(
                (i for i in f.invoices if f.between(i, "paid_on", -3)),
                lambda i: i["paid_on"].replace(day=1),
                lambda i: i["amount"],
            ).items()
        ),
    ),
    Asked(
        "Invoiced last month by segment",
        "SELECT a.segment, sum(i.amount) AS invoiced FROM invoice i JOIN subscription s USING (subscription_id) JOIN"
        f" account a USING (account_id) WHERE i.month = {THIS} - interval '1 month' GROUP BY a.segment"
        " ORDER BY invoiced DESC",
        lambda f: most(
            by(
                (i for i in f.invoices if f.between(i, "month", -1)),
                lambda i: f.account[f.account_of(i)]["segment"],
                lambda i: i["amount"],
            )
        ),
    ),
    Asked(
        "Which ten organisations were invoiced most in the last 12 full months?",
        "SELECT a.account_id, sum(i.amount) AS invoiced FROM invoice i JOIN subscription s USING (subscription_id) JOIN"
        f" account a USING (account_id) WHERE i.month >= {THIS} - interval '12 months' AND i.month < {THIS} GROUP BY"
        " a.account_id ORDER BY invoiced DESC, a.account_id LIMIT 10",
        lambda f: sorted(
            by((i for i in f.invoices if f.between(i, "month", -12)), f.account_of, lambda i: i["amount"]).items(),
            key=lambda one: (-one[1], one[0]),
        )[:10],
    ),
    Asked(
        "How did invoicing grow from month to month in the last half year, in percent?",
        "WITH m AS (SELECT month, sum(amount) AS invoiced FROM invoice GROUP BY month) SELECT month, round(100 *"
        " (invoiced - before) / before, 1) AS growth FROM (SELECT month, invoiced, lag(invoiced) OVER (ORDER BY month)"
        f" AS before FROM m) AS with_before WHERE month >= {THIS} - interval '6 months' AND month < {THIS}"
        " ORDER BY month",
        lambda f: [
            (f.month(n), rounded(100 * (sums[f.month(n)] - sums[f.month(n - 1)]) / sums[f.month(n - 1)], 1))
            for sums in [by(f.invoices, lambda i: i["month"], lambda i: i["amount"])]
            for n in range(-6, 0)
        ],
        "line",
    ),
    Asked(
        "Average days until an invoice is paid",
        "SELECT round(avg(paid_on - issued_on), 2) AS days FROM invoice WHERE paid_on IS NOT NULL AND amount > 0",
        lambda f: [
            [
                rounded(Decimal(sum(d)) / len(d), 2)
                for d in [
                    [(i["paid_on"] - i["issued_on"]).days for i in f.invoices if i["paid_on"] and i["amount"] > 0]
                ]
            ][0:1]
        ],
    ),
    Asked(
        "How many invoices were paid later than 30 days?",
        "SELECT count(*) FROM invoice WHERE paid_on - issued_on > 30",
        lambda f: [[sum(bool(i["paid_on"]) and (i["paid_on"] - i["issued_on"]).days > 30 for i in f.invoices)]],
    ),
    Asked(
        "The largest single invoice",
        "SELECT max(amount) AS largest FROM invoice",
        lambda f: [[max(i["amount"] for i in f.invoices)]],
    ),
    Asked(
        "Share of each plan in what was invoiced last month",
        "SELECT p.name AS plan, round(100 * sum(i.amount) / sum(sum(i.amount)) OVER (), 1) AS percent FROM invoice i"
        f" JOIN subscription s USING (subscription_id) JOIN plan p USING (plan_id) WHERE i.month = {THIS} - interval"
        " '1 month' GROUP BY p.name ORDER BY percent DESC",
        lambda f: [
            (name, rounded(100 * total / sum(sums.values()), 1))
            for sums in [by((i for i in f.invoices if f.between(i, "month", -1)), f.plan_of, lambda i: i["amount"])]
            for name, total in most(sums)
        ],
    ),
    Asked(
        "Map loads in each of the last 12 full months",
        f"SELECT month, sum(map_loads) AS loads FROM usage_month WHERE month >= {THIS} - interval '12 months' GROUP BY"
        " month ORDER BY month",
        lambda f: [
            (f.month(n), sum(u["map_loads"] for u in f.usage if u["month"] == f.month(n))) for n in range(-12, 0)
        ],
    ),
    Asked(
        "Which month had most map loads?",
        "SELECT month, sum(map_loads) AS loads FROM usage_month GROUP BY month ORDER BY loads DESC LIMIT 1",
        lambda f: [
            (month, int(loads))
            for month, loads in most(by(f.usage, lambda u: u["month"], lambda u: u["map_loads"]))[:1]
        ],
    ),
    Asked(
        "Who used more map loads last month than the plan includes?",
        "SELECT count(DISTINCT u.account_id) AS organisations FROM usage_month u JOIN subscription s ON s.account_id ="
        f" u.account_id AND s.status = 'active' JOIN plan p ON p.plan_id = s.plan_id WHERE u.month = {THIS} - interval"
        " '1 month' AND u.map_loads > p.map_loads_included",
        lambda f: [
            [
                len(
                    {
                        u["account_id"]
                        for u in f.usage
                        if u["month"] == f.month(-1)
                        for s in f.contracts
                        if s["account_id"] == u["account_id"]
                        and s["status"] == "active"
                        and u["map_loads"] > f.table["plan"][s["plan_id"] - 1]["map_loads_included"]
                    }
                )
            ]
        ],
    ),
    Asked(
        "Offline packs by segment last month",
        "SELECT a.segment, sum(u.offline_packs) AS packs FROM usage_month u JOIN account a USING (account_id) WHERE"
        f" u.month = {THIS} - interval '1 month' GROUP BY a.segment ORDER BY packs DESC",
        lambda f: [
            (name, int(packs))
            for name, packs in most(
                by(
                    (u for u in f.usage if u["month"] == f.month(-1)),
                    lambda u: f.account[u["account_id"]]["segment"],
                    lambda u: u["offline_packs"],
                )
            )
        ],
    ),
    Asked(
        "How many organisations had no failed pack last month?",
        f"SELECT count(*) FROM usage_month WHERE month = {THIS} - interval '1 month' AND failed_packs = 0",
        lambda f: [[sum(u["month"] == f.month(-1) and u["failed_packs"] == 0 for u in f.usage)]],
    ),
    Asked(
        "How many tickets are still open?",
        "SELECT count(*) FROM support_ticket WHERE solved_at IS NULL",
        lambda f: [[sum(t["solved_at"] is None for t in f.tickets)]],
    ),
    Asked(
        "Open tickets by severity",
        "SELECT severity, count(*) AS open FROM support_ticket WHERE solved_at IS NULL GROUP BY severity"
        " ORDER BY severity",
        lambda f: sorted(Counter(t["severity"] for t in f.tickets if t["solved_at"] is None).items()),
    ),
    Asked(
        "Which topics come up most?",
        "SELECT topic, count(*) AS tickets FROM support_ticket GROUP BY topic ORDER BY tickets DESC, topic",
        lambda f: most(Counter(t["topic"] for t in f.tickets)),
    ),
    Asked(
        "show me the ten oldest tickets about offline",
        "SELECT ticket_id, opened_at, subject FROM support_ticket WHERE topic = 'offline' ORDER BY opened_at,"
        " ticket_id LIMIT 10",
        lambda f: [
            (t["ticket_id"], t["opened_at"], t["subject"])
            for t in sorted(
                (t for t in f.tickets if t["topic"] == "offline"), key=lambda t: (t["opened_at"], t["ticket_id"])
            )[:10]
        ],
    ),
    Asked(
        "Tickets by platform, unknown ones too",
        "SELECT coalesce(platform, 'unknown') AS platform, count(*) AS n FROM support_ticket GROUP BY 1"
        " ORDER BY n DESC, 1",
        lambda f: most(Counter(t["platform"] or "unknown" for t in f.tickets)),
    ),
    Asked(
        "Average rating, and how many rated",
        "SELECT round(avg(rating), 2) AS rating, count(rating) AS rated FROM support_ticket",
        lambda f: [
            (rounded(Decimal(sum(r)) / len(r), 2), len(r)) for r in [[t["rating"] for t in f.tickets if t["rating"]]]
        ],
    ),
    Asked(
        "Average rating by topic",
        "SELECT topic, round(avg(rating), 2) AS rating FROM support_ticket WHERE rating IS NOT NULL GROUP BY topic"
        " ORDER BY topic",
        lambda f: [
            (topic, rounded(Decimal(sum(r)) / len(r), 2))
            for topic in sorted({t["topic"] for t in f.tickets})
            for r in [[t["rating"] for t in f.tickets if t["topic"] == topic and t["rating"]]]
        ],
    ),
    Asked(
        "Median hours to solve a ticket",
        "SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM solved_at - opened_at)) /"
        " 3600)::numeric, 1) AS hours FROM support_ticket WHERE solved_at IS NOT NULL",
        lambda f: [[rounded(median([f.hours(t) for t in f.tickets if t["solved_at"]]), 1)]],
    ),
    Asked(
        "Share of tickets solved within a day",
        "SELECT round(100.0 * count(*) FILTER (WHERE solved_at - opened_at <= interval '1 day') / count(*), 1) AS"
        " percent FROM support_ticket WHERE solved_at IS NOT NULL",
        lambda f: [
            [
                rounded(Decimal(100 * sum(hours <= 24 for hours in took)) / len(took), 1)
                for took in [[f.hours(t) for t in f.tickets if t["solved_at"]]]
            ][0:1]
        ],
    ),
    Asked(
        "On which weekday are most tickets opened? 1 is Monday",
        "SELECT extract(isodow FROM opened_at)::int AS weekday, count(*) AS n FROM support_ticket GROUP BY 1"
        " ORDER BY n DESC, 1 LIMIT 1",
        lambda f: ranked(Counter(t["opened_at"].isoweekday() for t in f.tickets))[:1],
    ),
    Asked(
        "Which organisations have more than eight tickets?",
        "SELECT account_id, count(*) AS n FROM support_ticket GROUP BY account_id HAVING count(*) > 8"
        " ORDER BY n DESC, account_id",
        lambda f: [one for one in ranked(Counter(t["account_id"] for t in f.tickets)) if one[1] > 8],
    ),
    Asked(
        "How many customers never wrote a ticket?",
        "SELECT count(DISTINCT s.account_id) FROM subscription s WHERE s.status = 'active' AND NOT EXISTS (SELECT 1"
        " FROM support_ticket t WHERE t.account_id = s.account_id)",
        lambda f: [
            [
                len(
                    {s["account_id"] for s in f.contracts if s["status"] == "active"}
                    - {t["account_id"] for t in f.tickets}
                )
            ]
        ],
    ),
    Asked(
        "How many came new in each quarter?",
        "SELECT date_trunc('quarter', created_on)::date AS quarter, count(*) AS n FROM account GROUP BY 1 ORDER BY 1",
        lambda f: sorted(
            Counter(
                a["created_on"].replace(month=(a["created_on"].month - 1) // 3 * 3 + 1, day=1)
                for a in f.account.values()
            ).items()
        ),
    ),
    Asked(
        "How many organisations does each colleague look after?",
        "SELECT owner, count(*) AS n FROM account GROUP BY owner ORDER BY n DESC, owner",
        lambda f: most(Counter(a["owner"] for a in f.account.values())),
    ),
    Asked(
        "What does Valtorta Outdoor pay a month, after its discount?",
        "SELECT round(p.monthly_fee * (100 - s.discount_pct) / 100, 2) AS fee FROM subscription s JOIN plan p USING"
        " (plan_id) JOIN account a USING (account_id) WHERE a.name = 'Valtorta Outdoor' AND s.status = 'active'",
        lambda f: [
            [
                f.fee(s)
                for s in f.contracts
                if f.account[s["account_id"]]["name"] == "Valtorta Outdoor" and s["status"] == "active"
            ]
        ],
    ),
    Asked(
        "All invoices, newest first",
        "SELECT invoice_id, month, amount FROM invoice ORDER BY invoice_id DESC",
        lambda f: [
            (i["invoice_id"], i["month"], i["amount"]) for i in sorted(f.invoices, key=lambda i: -i["invoice_id"])
        ],
    ),
)

QUESTIONS = (*STORIES, *OURS)
