"""Makes the rows of Tamarack's business database: the same ones each time, moved to the given today."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias, TypeVar

Cell: TypeAlias = str | int | Decimal | date | datetime | None
Row: TypeAlias = tuple[Cell, ...]
Picked = TypeVar("Picked")

MONTHS = 18
"""Full months before the current one."""
PLANS = (
    (1, "Trailhead", 29, 5_000),
    (2, "Ridge", 79, 25_000),
    (3, "Summit", 240, 120_000),
    (4, "Region", 690, 600_000),
)
SEGMENTS = ("hut",) * 9 + ("club",) * 6 + ("tour operator",) * 4 + ("region",) * 2
PLAN_OF = {"hut": 1, "club": 2, "tour operator": 3, "region": 4}
COUNTRIES = ("IT", "AT", "CH", "DE", "FR", "NO", "SE", "SI", "ES", "GB", None)
COUNTRY_WEIGHT = (22, 18, 15, 14, 11, 9, 6, 4, 4, 3, 3)
OWNERS = ("priya@tamarack.example", "adaeze@tamarack.example", "mei@tamarack.example")
FIRST = """
Alder Aspen Birch Bracken Cairn Cedar Cirque Clover Col Crest Dell Drift Edel Elder Ember Fell Fern Fir Glen Gorse
Granite Hazel Heath Hollow Iris Juniper Kestrel Larch Ledge Linden Lupin Marmot Meadow Moraine Moss Pika Pine Plover
Quartz Raven Ridge Rowan Saddle Sedge Shale Sorrel Spruce Stone Talus Tarn Thyme Umber Vale Willow Yarrow
""".split()  # noqa: SIM905
KIND = {
    "hut": ("Hut", "Refuge", "Lodge"),
    "club": ("Hiking Club", "Alpine Section", "Walkers"),
    "tour operator": ("Tours", "Guides", "Treks"),
    "region": ("Valley Tourism", "Nature Park"),
}
TOPICS = ("offline",) * 7 + ("closures",) * 4 + ("routes",) * 4 + ("login",) * 3 + ("billing",) * 3 + ("other",) * 2
SUBJECTS = {
    "offline": (
        "Pack stops at 97 percent",
        "Offline map blank after update",
        "Cannot delete old pack",
        "Pack too large for my phone",
    ),
    "closures": (
        "Closure shown on the wrong day",
        "How do we mark our hut as closed?",
        "Closure missing on trail page",
    ),
    "routes": (
        "Route crosses a river without a bridge",
        "Elevation profile looks mirrored",
        "Duplicate trail near our hut",
    ),
    "login": ("Password mail never arrives", "Colleague cannot join our organisation"),
    "billing": (
        "Invoice has the old address",
        "Charged after cancelling",
        "Need a purchase order number on the invoice",
    ),
    "other": ("Printed map for our notice board", "Thank you, and a small wish"),
}
REASONS = ("too expensive", "season ended", "missing feature", "went with a competitor", "closed the business")
SEASON = (45, 50, 60, 70, 85, 110, 140, 150, 115, 80, 50, 45)
VALTORTA, FJELLHEIM = 17, 141
"""Accounts that the story tells of: a customer of nine months, and a trial."""


class Dice:
    """A small generator of our own, so that no Python version changes the numbers."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, n: int) -> int:
        # Knuth's MMIX constants; the low bits of such a generator repeat soon, so the high ones count.
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) * n >> 31

    def pick(self, items: Sequence[Picked]) -> Picked:
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[Picked], weights: Sequence[int]) -> Picked:
        roll = self.below(sum(weights))
        for item, weight in zip(items, weights, strict=True):
            roll -= weight
            if roll < 0:
                return item
        raise AssertionError("the roll is below the sum of the weights")

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


@dataclass(frozen=True, slots=True)
class Span:
    """One contract: its plan, its first and last month, counted from the current one, and why it ended."""

    plan: int
    first: int
    last: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class Sales:
    """The whole database, while it is made. The order in which the dice fall is what makes the rows the same."""

    today: date
    dice: Dice = field(default_factory=lambda: Dice(20417))
    accounts: list[Row] = field(default_factory=list[Row])
    subscriptions: list[Row] = field(default_factory=list[Row])
    invoices: list[Row] = field(default_factory=list[Row])
    usage: list[Row] = field(default_factory=list[Row])
    tickets: list[Row] = field(default_factory=list[Row])
    names: set[str] = field(default_factory=lambda: {"Valtorta Outdoor", "Fjellheim Hiking Club"})

    def month(self, n: int) -> date:
        """The first day of a month: 0 is this month, -1 the one before."""
        months = self.today.year * 12 + self.today.month - 1 + n
        return date(months // 12, months % 12 + 1, 1)

    def on(self, n: int, day: int) -> date:
        return self.month(n).replace(day=day)

    def add(self, number: int) -> None:
        """Add one organisation with everything that belongs to it."""
        dice = self.dice
        start, segment = self._account(number)
        plan = PLAN_OF[segment]
        if dice.chance(25):
            plan = max(1, min(4, plan + dice.pick((-1, 1))))
        if number == VALTORTA:
            plan = 3
        discount = dice.pick((0, 0, 0, 0, 10, 15))
        began_as_trial = (start > -MONTHS and dice.chance(70)) or number == FJELLHEIM
        spans = self._spans(number, plan, start)
        still_trial = number == FJELLHEIM or (start == -1 and began_as_trial and dice.chance(75))
        for index, span in enumerate(spans):
            self._contract(number, span, discount, trial=began_as_trial and index == 0, still=still_trial)
        self._use(number, PLANS[spans[-1].plan - 1][3], start, spans[-1].last or 0)

    def _account(self, number: int) -> tuple[int, str]:
        dice = self.dice
        start = -(1 + dice.below(MONTHS)) if number > 90 else -MONTHS
        segment = dice.pick(SEGMENTS)
        name = ""
        while not name or name in self.names:
            name = f"{dice.pick(FIRST)}{dice.pick(FIRST).lower() if dice.chance(30) else ''} {dice.pick(KIND[segment])}"
        country: str | None
        if number == VALTORTA:
            name, segment, country, start = "Valtorta Outdoor", "hut", "IT", -9
        elif number == FJELLHEIM:
            name, segment, country, start = "Fjellheim Hiking Club", "club", "NO", -1
        else:
            country = dice.weighted(COUNTRIES, COUNTRY_WEIGHT)
        self.names.add(name)
        created = self.on(start, 1 + dice.below(28))
        self.accounts.append((number, name, segment, country, created, dice.pick(OWNERS)))
        return start, segment

    def _spans(self, number: int, plan: int, start: int) -> list[Span]:
        outcome = self.dice.below(100)
        if number in (VALTORTA, FJELLHEIM):
            outcome = 99
        length = 1 + self.dice.below(max(1, -start - 1)) if start < -1 else 0
        if outcome < 22 and length:
            return [Span(plan, start, start + length, self.dice.pick(REASONS))]
        if outcome < 36 and length and plan < len(PLANS):
            return [Span(plan, start, start + length, "changed plan"), Span(plan + 1, start + length)]
        return [Span(plan, start)]

    def _contract(self, number: int, span: Span, discount: int, *, trial: bool, still: bool) -> None:
        subscription = len(self.subscriptions) + 1
        trial_end = self.on(span.first + 1, 1) if trial else None
        if still:
            status, trial_end = "trial", self.on(1, 1)
        else:
            status = "active" if span.last is None else "cancelled"
        changed = bool(self.subscriptions) and self.subscriptions[-1][1] == number
        begun = self.on(span.first, 15) if changed else self.accounts[-1][4]
        ended = None if span.last is None else self.on(span.last, 14)
        self.subscriptions.append(
            (subscription, number, span.plan, status, begun, trial_end, ended, span.reason, discount)
        )
        if status != "trial":
            fee = Decimal(PLANS[span.plan - 1][2] * (100 - discount)) / 100
            # The first month is free of charge, or already invoiced on the old contract.
            for month in range(span.first + 1, (span.last or 0) + 1):
                self._invoice(subscription, month, fee)

    def _invoice(self, subscription: int, n: int, fee: Decimal) -> None:
        dice, month = self.dice, self.month(n)
        wait = 5 + dice.below(24)
        paid: date | None = month + timedelta(days=wait)
        late = dice.chance(6)
        if n == 0 or (late and n >= -3):
            paid = None
        elif late:
            paid = month + timedelta(days=wait + 45)
        if paid is not None and n == -1:
            paid = self.on(-1, min(28, 1 + wait))
        self.invoices.append((len(self.invoices) + 1, subscription, month, month, _money(fee), paid))
        if dice.chance(1) and n < -1:
            back = self.on(n, 20)
            self.invoices.append((len(self.invoices) + 1, subscription, month, back, _money(-fee / 2), back))

    def _use(self, number: int, size: int, start: int, last: int) -> None:
        dice = self.dice
        for n in range(start, min(0, last + 1)):
            season = SEASON[(-n * 5 + number) % 12]
            loads = size * season * (40 + dice.below(50)) // 10_000
            packs = loads // (300 + dice.below(300))
            failed = (packs * dice.below(6) + 50) // 100
            self.usage.append((number, self.month(n), loads, packs, failed))
            if dice.chance(28):
                self._ticket(number, n)

    def _ticket(self, number: int, n: int) -> None:
        dice = self.dice
        topic = dice.pick(TOPICS)
        opened = datetime.combine(self.on(n, 1 + dice.below(28)), time(7 + dice.below(13), dice.below(60)))
        severity = dice.weighted((1, 2, 3, 4), (5, 20, 45, 30))
        done = opened + timedelta(hours=1 + dice.below((8, 30, 90, 160)[severity - 1]))
        # Some of last month are still open, whatever the length of the month.
        is_open = n == -1 and (dice.chance(35) or done.date() > self.on(-1, 28))
        solved = None if is_open else done
        platforms: tuple[str | None, ...] = ("ios", "android", "android", "web", None)
        platform = None if topic == "billing" else dice.pick(platforms)
        rated = solved is not None and dice.chance(60)
        rating = dice.weighted((1, 2, 3, 4, 5), (6, 8, 16, 34, 36)) if rated else None
        subject = dice.pick(SUBJECTS[topic])
        self.tickets.append((len(self.tickets) + 1, number, opened, solved, topic, severity, platform, subject, rating))


def sales_rows(today: date) -> dict[str, list[Row]]:
    """Return every table's rows, in an order in which they can be loaded."""
    sales = Sales(today)
    for number in range(1, 221):
        sales.add(number)
    return {
        "plan": [(number, name, _money(Decimal(fee)), included) for number, name, fee, included in PLANS],
        "account": sales.accounts,
        "subscription": sales.subscriptions,
        "invoice": sales.invoices,
        "usage_month": sales.usage,
        "support_ticket": sales.tickets,
    }


def _money(amount: Decimal) -> Decimal:
    return Decimal(f"{float(amount):.2f}")
