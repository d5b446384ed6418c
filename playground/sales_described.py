"""What the company's data people wrote about their sales database: the set-up that the playground begins with."""

from collections.abc import Mapping

from memory.databases import Column, ExampleQuestion, Meaning, Table, Term

NAME = "Sales"
NOTES = (
    "One currency, EUR; all money is net of VAT. A month is stored as its first day. Full months end before"
    " date_trunc('month', current_date)."
)


def _table(
    name: str, says: str, key: tuple[str, ...], columns: Mapping[str, tuple[str, str] | tuple[str, str, str]], rows: int
) -> Table:
    """`columns` is name → (type, what it holds), and after that the column it points to or its values."""
    return Table(
        name=f"sales.{name}",
        says=says,
        key=key,
        rows=rows,
        columns=tuple(_column(column, *facts) for column, facts in columns.items()),
    )


def _column(name: str, kind: str, says: str, more: str = "") -> Column:
    if more.startswith("sales."):
        return Column(name=name, type=kind, says=says, points_to=more)
    return Column(name=name, type=kind, says=says, values=tuple(more.split(", ")) if more else ())


TABLES = (
    _table(
        "account",
        "Organisations that use our maps, whether they pay or not.",
        ("account_id",),
        {
            "account_id": ("integer", ""),
            "name": ("text", "Name of the organisation"),
            "segment": ("text", "Kind of customer", "hut, club, region, tour operator"),
            "country": ("character(2)", "Country code; empty when they never told us"),
            "created_on": ("date", "When they first came"),
            "owner": ("text", "Who looks after them: mail address of a colleague"),
        },
        220,
    ),
    _table(
        "plan",
        "What can be bought.",
        ("plan_id",),
        {
            "plan_id": ("smallint", ""),
            "name": ("text", "Name of the plan", "Trailhead, Ridge, Summit, Region"),
            "monthly_fee": ("numeric(8,2)", "List price per month, without discount"),
            "map_loads_included": ("integer", "Map loads per month that the fee covers"),
        },
        4,
    ),
    _table(
        "subscription",
        "One row per contract. Changing plan cancels the old row (cancel_reason = 'changed plan') and opens a new one,"
        " so that row is not churn.",
        ("subscription_id",),
        {
            "subscription_id": ("integer", ""),
            "account_id": ("integer", "", "sales.account.account_id"),
            "plan_id": ("smallint", "", "sales.plan.plan_id"),
            "status": ("text", "A trial is no customer yet", "trial, active, cancelled"),
            "started_on": ("date", ""),
            "trial_ends_on": ("date", "Only of those that began as a trial"),
            "cancelled_on": ("date", "Set exactly when the status is cancelled"),
            "cancel_reason": ("text", "'changed plan' is no churn"),
            "discount_pct": ("smallint", "Percent off the list price"),
        },
        240,
    ),
    _table(
        "invoice",
        "One row per contract and month, and one more for a credit note. Invoiced, not received: money received is rows"
        " with paid_on.",
        ("invoice_id",),
        {
            "invoice_id": ("integer", ""),
            "subscription_id": ("integer", "", "sales.subscription.subscription_id"),
            "month": ("date", "The month that it is for, as its first day"),
            "issued_on": ("date", ""),
            "amount": ("numeric(10,2)", "EUR without VAT; a negative amount is a credit note"),
            "paid_on": ("date", "Empty when not paid yet"),
        },
        2523,
    ),
    _table(
        "usage_month",
        "What each organisation used in each month.",
        ("account_id", "month"),
        {
            "account_id": ("integer", "", "sales.account.account_id"),
            "month": ("date", "As its first day"),
            "map_loads": ("integer", "Map views"),
            "offline_packs": ("integer", "Offline packs that were asked for"),
            "failed_packs": (
                "integer",
                "Offline packs whose download did not finish, counted once however often it was tried",
            ),
        },
        2559,
    ),
    _table(
        "support_ticket",
        "Questions and complaints of organisations.",
        ("ticket_id",),
        {
            "ticket_id": ("integer", ""),
            "account_id": ("integer", "", "sales.account.account_id"),
            "opened_at": ("timestamp without time zone", ""),
            "solved_at": ("timestamp without time zone", "Empty while it is open"),
            "topic": ("text", "", "offline, billing, closures, routes, login, other"),
            "severity": ("smallint", "1 is worst, 4 is mildest"),
            "platform": ("text", "Empty when unknown", "ios, android, web"),
            "subject": ("text", "What the customer wrote"),
            "rating": ("smallint", "1 to 5, given by the customer after it was solved"),
        },
        724,
    ),
)
TERMS = (
    Term(
        words=("revenue", "income", "turnover"),
        meanings=(
            Meaning(
                names=("invoiced", "billed"), says="sum of invoice.amount by month, credit notes taken off, without VAT"
            ),
            Meaning(
                names=("paid", "received", "cash in"), says="the same for rows with paid_on, by the day they were paid"
            ),
        ),
    ),
    Term(
        words=("customer", "paying organisation"),
        meanings=(
            Meaning(
                names=("organisation with an active paid subscription",),
                says="count(DISTINCT account_id) of subscription with status = 'active'; a trial is not a customer",
            ),
        ),
    ),
    Term(
        words=("churn", "lost customers"),
        meanings=(
            Meaning(
                names=("customers that cancelled",),
                says="subscription by cancelled_on, without cancel_reason = 'changed plan'",
            ),
        ),
    ),
    Term(
        words=("failed packs", "failure rate"),
        meanings=(
            Meaning(
                names=("share of failed packs",),
                says="100.0 * sum(failed_packs) / sum(offline_packs), never the mean of percentages",
            ),
        ),
    ),
)
EXAMPLES = (
    ExampleQuestion(
        question="How many customers does each segment have?",
        sql="SELECT a.segment, count(DISTINCT s.account_id) AS customers\nFROM sales.subscription s\n"
        "JOIN sales.account a USING (account_id)\nWHERE s.status = 'active'\nGROUP BY a.segment\n"
        "ORDER BY customers DESC",
    ),
    ExampleQuestion(
        question="What did we invoice in each of the last 6 full months?",
        sql="SELECT month, sum(amount) AS invoiced\nFROM sales.invoice\n"
        "WHERE month >= date_trunc('month', current_date) - interval '6 months'\n"
        "  AND month < date_trunc('month', current_date)\nGROUP BY month\nORDER BY month",
    ),
    ExampleQuestion(
        question="Which tickets of the worst severity are still open?",
        sql="SELECT t.ticket_id, a.name, t.opened_at, t.subject\nFROM sales.support_ticket t\n"
        "JOIN sales.account a USING (account_id)\nWHERE t.severity = 1 AND t.solved_at IS NULL\nORDER BY t.opened_at",
    ),
)
