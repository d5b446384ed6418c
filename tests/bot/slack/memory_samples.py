"""What is remembered of people, to look at and to click on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messages import Pair, Undo, Write, WriteState
from bot.self_service.known import Known
from bot.self_service.remembered import Changed, KnownName, Remembered, Summary
from bot.slack.cards import MemoryState
from memory.ids import PendingId, PersonId
from tests.bot.slack.card_samples import DECIDED, NOW, comment

TITLES = {"tickets": "Tickets", "calendar": "Calendar", "mail": "Mail"}
PAGE = "https://pinyon.tamarack.example/memory"


def known(number: int = 2, **changes: Any) -> Known:
    """The board that somebody's tickets go to."""
    made = Known(
        id=f"m{number}",
        skill="tickets",
        tool="create_ticket",
        parameter="project",
        label="Board",
        doing="Creating a ticket",
        value="INFRA",
        shown="Platform (INFRA)",
        standing="learned",
        seeds=(*[True] * 14, False),
        first=datetime(2026, 11, 3, 9, tzinfo=UTC),
        last=NOW,
        how="chose",
        others=(("WEB", "Storefront (WEB)"), ("OPS", "Operations (OPS)")),
    )
    return replace(made, **changes)


PREFIX = known(
    1,
    parameter="title_prefix",
    label="Title prefix",
    value="[infra]",
    shown="[infra]",
    standing="always",
    decided=datetime(2026, 11, 3, 9, tzinfo=UTC),
    others=(),
)
LABELS = known(
    3,
    parameter="labels",
    label="Labels",
    value=("certificates", "staging"),
    shown="certificates, staging",
    seeds=(True,) * 9,
    others=((("staging",), "staging"),),
)
ASSIGNEE = known(
    4,
    parameter="assignee",
    label="Assignee",
    value=None,
    shown="leave blank",
    seeds=(*[True] * 11, False),
    last=NOW - timedelta(days=1),
)
FOUR = (PREFIX, known(2, places=("C0PLATFORM",)), LABELS, ASSIGNEE)
LENGTH = known(5, skill="calendar", tool="create_event", parameter="minutes", label="Length", value=25, shown="25")
SIGN_OFF = known(6, skill="mail", tool="send_mail", parameter="sign_off", label="Sign-off", value="Best", shown="Best")
MANAGER = KnownName(id="n1", phrase="my manager", shown="Marit Solberg", last=NOW)


def state(*values: Known, **changes: Any) -> MemoryState:
    return replace(MemoryState(now=NOW, known=values, titles=TITLES, web_url=PAGE), **changes)


def ticket(*pairs: Pair, number: int = 214, **changes: Any) -> WriteState:
    """A ticket that was filed with remembered values."""
    write: Write = replace(
        comment(text=""),
        pending=PendingId(f"p_{number}"),
        ask="Create this ticket?",
        done=f"Created INFRA-{number}",
        refused="Not created",
        account="",
        pairs=pairs or (TITLE, BOARD, TAGS),
        undo=Undo(ask="Delete the ticket?", undone="Deleted", kept="The ticket disappears from the board."),
    )
    made = WriteState(
        write=write,
        outcome="done",
        at=DECIDED,
        link="https://jira.example/browse/INFRA-214",
        asked=False,
        can_undo=True,
    )
    return replace(made, **changes)


TITLE = Pair(
    label="Title",
    value="[infra] Rotate the staging certificates",
    origin="prefix remembered, 22 of 22",
    memory="m1",
)
BOARD = Pair(label="Board", value="Platform (INFRA)", origin="remembered, 14 of your last\u00a015", memory="m2")
TAGS = Pair(label="Labels", value="certificates, staging", origin="remembered, 9 of your last\u00a09", memory="m3")


@dataclass
class FakeRemembered(Remembered):
    """A few people's memories, kept as long as a test lasts."""

    values: dict[PersonId, dict[str, Known]] = field(default_factory=dict[PersonId, dict[str, Known]])
    names: dict[PersonId, dict[str, KnownName]] = field(default_factory=dict[PersonId, dict[str, KnownName]])
    undo: dict[str, tuple[PersonId, Known]] = field(default_factory=dict[str, tuple[PersonId, Known]])
    always_said: list[tuple[PersonId, PendingId]] = field(default_factory=list[tuple[PersonId, PendingId]])
    problem: str = ""

    def give(self, person: PersonId, *values: Known | KnownName) -> None:
        for value in values:
            if isinstance(value, Known):
                self.values.setdefault(person, {})[value.id] = value
            else:
                self.names.setdefault(person, {})[value.id] = value

    async def all_of(self, person: PersonId) -> Sequence[Known]:
        return list(self.values.get(person, {}).values())

    async def names_of(self, person: PersonId) -> Sequence[KnownName]:
        return list(self.names.get(person, {}).values())

    async def find(self, person: PersonId, id: str) -> Known | None:
        return self.values.get(person, {}).get(id)

    async def change(self, person: PersonId, id: str, value: str) -> Changed:
        before = self.values.get(person, {}).get(id)
        if before is None or self.problem:
            return Changed(known=before, problem=self.problem or "Nothing of it is kept.")
        shown = next((words for one, words in before.others if one == value), value)
        self.undo["c1"] = (person, before)
        return replace(self._put(person, replace(before, value=value, shown=shown)), before=before.shown, change="c1")

    async def take_back(self, person: PersonId, change: str) -> Changed:
        owner, before = self.undo.get(change, (None, None))
        if before is None or owner != person:
            return Changed(known=None, problem="This can no longer be taken back.")
        del self.undo[change]
        return self._put(person, before)

    async def always(self, person: PersonId, id: str) -> Changed:
        return self._stand(person, id, "always")

    async def never(self, person: PersonId, id: str) -> Changed:
        return self._stand(person, id, "never")

    async def learn_again(self, person: PersonId, id: str) -> Changed:
        return self._stand(person, id, "learned")

    async def forget(self, person: PersonId, id: str) -> Changed:
        found = self.values.get(person, {}).pop(id, None)
        name = self.names.get(person, {}).pop(id, None)
        return Changed(known=None, problem="" if found or name else "Nothing of it is kept.")

    async def forget_all(self, person: PersonId, skill: str = "") -> int:
        mine = self.values.get(person, {})
        gone = [id for id, value in mine.items() if skill in ("", value.skill)]
        names = [] if skill else list(self.names.pop(person, {}))
        for id in gone:
            del mine[id]
        return len(gone) + len(names)

    async def export(self, person: PersonId) -> dict[str, Any]:
        return {"values": [value.id for value in await self.all_of(person)]}

    async def summary(self, person: PersonId) -> Summary:
        mine = self.values.get(person, {})
        return Summary(values=len(mine), labels=tuple(value.label.lower() for value in mine.values())[:3])

    async def always_answer(self, person: PersonId, pending: PendingId) -> Changed:
        if self.problem:
            return Changed(known=None, problem=self.problem)
        self.always_said.append((person, pending))
        return Changed(known=None)

    def kept(self, person: PersonId) -> Mapping[str, str]:
        """id → value in words."""
        return {id: value.shown for id, value in self.values.get(person, {}).items()}

    def _stand(self, person: PersonId, id: str, standing: Any) -> Changed:
        found = self.values.get(person, {}).get(id)
        if found is None:
            return Changed(known=None, problem="Nothing of it is kept.")
        return self._put(person, replace(found, standing=standing))

    def _put(self, person: PersonId, value: Known) -> Changed:
        self.values[person][value.id] = value
        return Changed(known=value)
