"""Whether a suggestion is sure enough to be filled in: one gate for each parameter, learned from its own past."""

from math import floor, sqrt

from pydantic import JsonValue

from memory.parameters.odds import odds

GOAL = 0.95
MARGIN = 0.002
"""What the past must be better than the goal."""
AFTER_MISTAKES = 0.02
"""What it must be better still while fills are wrong more often than that."""
DOUBT = 0.3
"""Standard errors by which the past may have been lucky."""
LEAST = 80
"""Suggestions from which a level is judged."""
LOWEST = 0.7
"""Confidence below which nothing is filled in, however well others of this parameter do."""
SURE = 0.98
"""Past precision from which a level fills even when the budget is spent."""
LOAN, LOAN_FILLS = 5, 150
"""Mistakes that are allowed ahead of their fills, and the fills after which that is over."""
EVERY = 25
"""Suggestions after which the levels are judged again."""
DECAY = 0.9998**EVERY
STEPS = 8
"""Levels for each doubling-and-a-bit (a factor of e) of the odds."""
NEVER = 99
HABITS_RIGHT = 20
"""Habits that must go on for each that ended, after the first, for a habit to be filled in untried."""
OF_PERSON = 0.9
"""Part of their fills that must be right for each single person, too."""
PERSON_LOAN, PERSON_LOAN_FILLS = 2.0, 20
MISSED = 0.5
"""What a fill that was kept back counts, once it is seen whether it would have been right."""


def is_bearable(right: float, fills: float) -> bool:
    """Whether one person could bear one more mistake, after so many fills of which so many were right."""
    loan = max(0.0, PERSON_LOAN * (1 - fills / PERSON_LOAN_FILLS))
    return fills - right + 1 <= (1 - OF_PERSON) * (fills + 1) + loan


def level(confidence: float) -> int:
    return floor(odds(confidence, 0.02, 0.999) * STEPS)


class Gate:
    """Fills from the lowest level at which suggestions were right in 95 %, as long as its budget of mistakes lasts.

    The budget: after one more mistake all fills so far must still be right in 95 %. A suggestion that would have been
    filled in, had there been budget, earns some of it back when it is right.
    """

    __slots__ = ("earned", "habits", "levels", "opens", "right", "seen", "surely", "wrong")

    def __init__(self) -> None:
        self.levels: dict[int, tuple[float, float]] = {}
        """level → (right, all), decayed."""
        self.opens = self.surely = NEVER
        self.seen = self.right = self.wrong = 0
        self.earned = 0.0
        self.habits = (0, 0)
        """How often a habit went on, and ended."""

    def wants(self, confidence: float) -> bool:
        """Whether it is sure enough by the past."""
        return confidence >= LOWEST and level(confidence) >= self.opens

    def may(self, confidence: float) -> bool:
        """Whether one more mistake could be afforded."""
        fills = self.right + self.wrong
        allowed = (1 - GOAL) * (fills + 1) + max(0.0, LOAN * (1 - fills / LOAN_FILLS)) + self.earned
        return self.is_sure(confidence) or allowed >= self.wrong + 1.5

    def fills(self, confidence: float) -> bool:
        return self.wants(confidence) and self.may(confidence)

    def is_sure(self, confidence: float) -> bool:
        """Whether it is right so often that no budget is needed."""
        return level(confidence) >= self.surely

    def tries(self, confidence: float) -> bool:
        """Whether a habit is filled in before there is a past to judge by: while habits hold here."""
        right, wrong = self.habits
        if HABITS_RIGHT * wrong > right + HABITS_RIGHT:
            return False
        step = level(confidence)
        return sum(total for one, (_, total) in self.levels.items() if one >= step) < LEAST

    def spend(self, confidence: float, *, is_right: bool, is_filled: bool) -> None:
        """Take in what became of a suggestion that somebody saw: what it cost, or earned."""
        if is_filled:
            self.right += is_right
            self.wrong += not is_right
        elif self.wants(confidence):
            self.earned = max(-3.0, min(1.0, self.earned + (0.025 if is_right else -0.475)))

    def learn(self, confidence: float, *, is_right: bool, is_habit: bool) -> None:
        """Take in whether a suggestion was right. `is_habit`: the person's last calls all had that value."""
        if is_habit:
            self.habits = (self.habits[0] + is_right, self.habits[1] + (not is_right))
        step = level(confidence)
        right, total = self.levels.get(step, (0.0, 0.0))
        self.levels[step] = (right + is_right, total + 1)
        self.seen += 1
        if self.seen % EVERY == 0:
            self._judge()

    def _judge(self) -> None:
        """Find the levels anew, from the highest down."""
        lately = (self.right + 95) / (self.right + self.wrong + 100)
        wanted = GOAL + MARGIN
        goal = wanted + min(AFTER_MISTAKES, max(0.0, wanted - lately))
        self.opens = self.surely = NEVER
        right = total = 0.0
        for step in sorted(self.levels, reverse=True):
            some, of = self.levels[step]
            right, total = right + some, total + of
            self.levels[step] = (some * DECAY, of * DECAY)
            if total < LEAST:
                continue
            likely = right - DOUBT * sqrt(total * GOAL * (1 - GOAL))
            if likely >= goal * total:
                self.opens = step
            if likely >= SURE * total:
                self.surely = step

    def to_json(self) -> JsonValue:
        levels: JsonValue = [[step, right, total] for step, (right, total) in self.levels.items()]
        return [levels, self.opens, self.surely, self.seen, self.right, self.wrong, self.earned, list(self.habits)]

    def read(self, written: JsonValue) -> None:
        match written:
            case [
                list() as levels,
                int() as opens,
                int() as surely,
                int() as seen,
                int() as right,
                int() as wrong,
                int() | float() as earned,
                [int() as went_on, int() as ended],
            ]:
                self.levels = dict(_level(one) for one in levels)
                self.opens, self.surely, self.seen = opens, surely, seen
                self.right, self.wrong, self.earned = right, wrong, float(earned)
                self.habits = (went_on, ended)
            case _:
                raise TypeError(f"not a gate: {written!r}")


def _level(written: JsonValue) -> tuple[int, tuple[float, float]]:
    match written:
        case [int() as step, int() | float() as right, int() | float() as total]:
            return step, (float(right), float(total))
        case _:
            raise TypeError(f"not a level: {written!r}")
