"""One call while it is being filled in: what the person gave, what memory put in, what is still missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from bot.provenance import Trail, remembered_phrase
from bot.toolbox.call import ACCOUNT
from bot.toolbox.declared import values
from bot.toolbox.given import as_argument, as_value, how_given, is_blank, is_missing
from bot.toolbox.menu import Available, habits_of
from bot.toolbox.spelled import Spelled
from memory.parameters.evidence import WITHIN, How, Kind, Occasion, Value
from memory.parameters.lesson import Recall
from memory.parameters.suggestion import Suggestion
from skills.skill import Habit, Tool

WHICH_ACCOUNT = Habit(label="Account", ask="Which account should this be done with?")


@dataclass(kw_only=True)
class Draft:
    """A call on its way to be complete. Parameters have the tool's own names; `full` says the ones that memory uses."""

    tool: Tool
    habits: Mapping[str, Habit]
    arguments: dict[str, JsonValue]
    how: dict[str, How] = field(default_factory=dict[str, How])
    """What is settled, and how."""
    recalled: dict[str, Recall] = field(default_factory=dict[str, Recall])
    suggested: dict[str, Suggestion] = field(default_factory=dict[str, Suggestion])
    occasion: Occasion = field(default_factory=lambda: Occasion(at=0.0))
    led: dict[str, str] = field(default_factory=dict[str, str])
    """What other parameters depend on, as the service spells it."""
    _found: set[str] = field(default_factory=set[str])
    """Parameters whose value the model gave, though it is not known to be the person's."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        return {**self.tool.remembered_kinds, ACCOUNT: "one"}

    @property
    def leaders(self) -> list[str]:
        return [name for name, habit in self.habits.items() if not habit.within]

    @property
    def followers(self) -> list[str]:
        return [name for name, habit in self.habits.items() if habit.within]

    @property
    def is_open(self) -> bool:
        """Whether something is unknown on which other parameters depend."""
        return any(is_blank(self.arguments.get(habit.within)) for habit in self.habits.values() if habit.within)

    def full(self, name: str) -> str:
        """The name by which memory knows a parameter now."""
        return full_name(self.habits[name], name, {**self.arguments, **self.led})

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those of `names` of which nobody said anything."""
        return [name for name in names if name not in self.how and name not in self._found]

    def is_required(self, name: str) -> bool:
        return name in self.tool.arguments.model_fields and self.tool.arguments.model_fields[name].is_required()

    @property
    def given(self) -> dict[str, Value]:
        """What is settled, and what the model gave, as memory keeps it."""
        settled = [name for name in (*self.how, *self._found) if name in self.habits]
        return {self.full(name): as_value(self.arguments.get(name), self.kinds[name]) for name in settled}

    @property
    def complete(self) -> dict[str, JsonValue]:
        """The arguments for the tool, which has its own default for what is blank."""
        return {name: value for name, value in self.arguments.items() if value is not None or name not in self.habits}

    @property
    def left(self) -> list[str]:
        """What everybody leaves blank."""
        return [
            name
            for name in self.habits
            if name not in self.how
            and name not in self._found
            and not self.is_required(name)
            and is_blank(self.arguments.get(name))
        ]

    @property
    def wanted(self) -> list[str]:
        """What has to be asked: needed and unknown, or worth a question."""
        return [
            name
            for name, habit in self.habits.items()
            if name not in self.how
            and name not in self._found
            and is_missing(self.arguments.get(name))
            and (self.is_required(name) or habit.is_asked)
        ]

    def spell(self, spelled: Spelled) -> None:
        """Take over what the person's own words stand for."""
        self.arguments = dict(spelled.arguments)
        for name, known in spelled.known.items():
            self.recalled[name] = Recall(
                said=spelled.phrases[name], value=list[JsonValue](known), phrase="remembered, you told me once"
            )

    def judge(self, judged: Trail) -> None:
        """Note which values the person gave, in whatever words. What the model gave besides stays, and teaches nothing.

        A model that was told to leave out what the person did not say has a reason when it does not: they may have said
        it in words that only it understands.
        """
        for name in self.habits:
            given = self.arguments.get(name)
            if name in self.how or name not in self.arguments:
                continue
            known = values(self.recalled[name].value) if name in self.recalled else ()
            if (how := how_given(self.tool, name, self.arguments, judged, known=known)) is not None:
                self.how[name] = how
            elif not is_missing(given):
                self._found.add(name)

    def take(self, name: str, suggestion: Suggestion) -> None:
        """Use what memory suggests for what was left out, where it is sure."""
        self.suggested[name] = suggestion
        if not suggestion.fill:
            return
        if suggestion.because.kind == "agent" and not suggestion.proven:
            self._found.add(name)  # its maker chose it: no habit of this person's grows from it
        else:
            self.how[name] = "remembered"
        if suggestion.value is None:
            self.arguments.pop(name, None)
            return
        self.arguments[name] = as_argument(suggestion.value)
        self.recalled[name] = Recall(
            name=suggestion.parameter,
            value=as_argument(suggestion.value),
            phrase=remembered_phrase(suggestion.because),
            proven=suggestion.proven,
        )


def habits(one: Available, tool: Tool) -> Mapping[str, Habit]:
    """What memory may learn of a person's calls of a tool; with several accounts, also which."""
    return {ACCOUNT: WHICH_ACCOUNT, **habits_of(tool)} if len(one.accounts) > 1 else habits_of(tool)


def full_name(habit: Habit, name: str, arguments: Mapping[str, Any]) -> str:
    """The name by which memory knows a parameter: `components|PLAT` if it depends on the project, and that is PLAT."""
    leader = values(arguments.get(habit.within)) if habit.within else []
    return f"{name}{WITHIN}{leader[0]}" if leader else name
