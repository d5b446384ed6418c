"""What memory does for a workspace, in figures that single nobody out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from memory.ids import PersonId
from memory.parameters.happened import Counts, Week
from skills.skill import Skill

FEWEST = 5
"""People behind every figure. A smaller group's figures could be one person's."""
OTHER = ""
"""Stands for the skill of tools that are no longer there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The `Counts` of several tools or weeks together."""

    people: frozenset[PersonId] = frozenset()
    tasks: int = 0
    asked: int = 0
    filled: int = 0
    corrected: int = 0
    wrong: int = 0

    @property
    def asked_each(self) -> float:
        return self.asked / self.tasks if self.tasks else 0.0

    @property
    def filled_each(self) -> float:
        return self.filled / self.tasks if self.tasks else 0.0

    @property
    def corrected_share(self) -> float:
        return self.corrected / self.filled if self.filled else 0.0

    @property
    def wrong_share(self) -> float:
        return self.wrong / self.filled if self.filled else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What may be shown. All of it is of the same weeks and skills, so that what is left out cannot be subtracted."""

    people: int
    """Who did anything at all with memory in these weeks."""
    weeks: tuple[tuple[date, Tally | None], ...] = ()
    """Oldest first; None where there were too few people."""
    skills: tuple[tuple[str, Tally], ...] = ()
    """By title, the most used first."""
    total: Tally = Tally()
    left_out: tuple[int, int] = (0, 0)
    """Weeks and skills in which something happened, with too few people."""

    @property
    def shows(self) -> bool:
        return self.total.tasks > 0


Cells = Mapping[tuple[date, str], Tally]
"""(week, skill) → what happened."""


def figures(weeks: Sequence[Week], skills: Mapping[str, Skill]) -> Figures:
    """What admins may see of `weeks`: only weeks and skills with at least `FEWEST` people."""
    every = _cells(weeks, skills)
    shown = _large_enough(every)
    used, titles = {week for week, _ in shown}, {skill for _, skill in shown}
    dropped = len({week for week, _ in every} - used), len({skill for _, skill in every} - titles)
    by_skill = [(title, _sum(tally for (_, skill), tally in shown.items() if skill == title)) for title in titles]
    return Figures(
        people=len(_sum(every.values()).people),
        weeks=tuple((week.begins, _week(shown, week.begins) if week.begins in used else None) for week in weeks),
        skills=tuple(sorted(by_skill, key=lambda one: (-one[1].tasks, one[0]))),
        total=_sum(shown.values()),
        left_out=dropped,
    )


def by_week(weeks: Sequence[Week]) -> tuple[tuple[date, Tally], ...]:
    """One person's own weeks, from the first one in which something happened."""
    summed = [(week.begins, _sum(week.tools.values())) for week in weeks]
    first = next((at for at, (_, tally) in enumerate(summed) if tally.asked or tally.filled), len(summed))
    return tuple(summed[first:])


def _cells(weeks: Sequence[Week], skills: Mapping[str, Skill]) -> dict[tuple[date, str], Tally]:
    title_of = {tool.name: skill.title for skill in skills.values() for tool in skill.tools}
    found: dict[tuple[date, str], list[Counts]] = {}
    for week in weeks:
        for tool, happened in week.tools.items():
            found.setdefault((week.begins, title_of.get(tool, OTHER)), []).append(happened)
    return {place: _sum(several) for place, several in found.items()}


def _large_enough(cells: Cells) -> Cells:
    """Without the weeks and skills of too few people; leaving one out can make another too small, so until none is."""
    while True:
        weeks = {week for week, _ in cells if _is_enough(cells, 0, week)}
        skills = {skill for _, skill in cells if _is_enough(cells, 1, skill)}
        kept = {place: tally for place, tally in cells.items() if place[0] in weeks and place[1] in skills}
        if len(kept) == len(cells):
            return kept
        cells = kept


def _is_enough(cells: Cells, side: int, name: date | str) -> bool:
    return len(_people(tally for place, tally in cells.items() if place[side] == name)) >= FEWEST


def _week(cells: Cells, begins: date) -> Tally:
    return _sum(tally for (week, _), tally in cells.items() if week == begins)


def _sum(several: Iterable[Counts | Tally]) -> Tally:
    all_of: Collection[Counts | Tally] = tuple(several)
    return Tally(
        people=_people(all_of),
        tasks=sum(one.tasks for one in all_of),
        asked=sum(one.asked for one in all_of),
        filled=sum(one.filled for one in all_of),
        corrected=sum(one.corrected for one in all_of),
        wrong=sum(one.wrong for one in all_of),
    )


def _people(several: Iterable[Counts | Tally]) -> frozenset[PersonId]:
    return frozenset[PersonId]().union(*(one.people for one in several))
