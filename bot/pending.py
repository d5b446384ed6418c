"""What a person owes an answer: how it is stored, shown, and decided."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter

from bot.messages import (
    ApprovalCard,
    Card,
    ConnectCard,
    ConnectOffer,
    IncomingMessage,
    Outcome,
    Pair,
    Write,
    WriteState,
    message_text,
    read_message,
    reference,
)
from integrations.integration import Level
from memory.database import Database
from memory.ids import CallId, PendingId, PersonId, TurnId
from memory.pending import PendingItem, PendingItems, PendingState, decide, lock, of_turn
from memory.turns import NewTurn, Turns, insert
from skills.described import Described
from skills.skill import Skill, Tool, Version

APPROVAL_LASTS = timedelta(hours=24)
CONNECTION_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """One write that the person has to see before it happens."""

    call: CallId
    skill: str
    tool: Tool
    arguments: dict[str, Any]
    canonical: str
    digest: str
    account: str
    service: str
    version: Version | None
    because: str
    changed: str = ""
    """What changed since an earlier approval, which was not used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalBody:
    """What an approval is for, as stored. `write` is what the card shows, `canonical` what runs."""

    skill: str
    tool: str
    canonical: str
    service: str
    write: Write
    fingerprint: str | None
    version_said: str
    because: str
    asked_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectBody:
    """Which account is missing, as stored. The link is made anew each time a card is drawn."""

    skill: str
    integration: str
    offer: ConnectOffer
    needs: Level = "read"
    """How much of the skill has to work before the turn goes on."""


APPROVAL: TypeAdapter[ApprovalBody] = TypeAdapter(ApprovalBody)
CONNECT: TypeAdapter[ConnectBody] = TypeAdapter(ConnectBody)
Offer = Callable[[PersonId, str, PendingId], Awaitable[str]]
"""(person, skill, pending) → the address where that person connects."""


class Waiting:
    """What one turn leaves waiting for its person."""

    def __init__(
        self,
        items: PendingItems,
        message: IncomingMessage,
        *,
        offer: Offer,
        titles: dict[str, str],
        now: Callable[[], datetime],
        asked_in: str = "",
    ) -> None:
        self._items = items
        self._message = message
        self._offer = offer
        self._titles = titles
        self._now = now
        self._asked_in = asked_in

    async def ask(self, request: WriteRequest) -> PendingId:
        """Store a write until the person approves it; the same call again stores nothing new."""
        pending = pending_id(self._message.turn, request.call)
        body = ApprovalBody(
            skill=request.skill,
            tool=request.tool.name,
            canonical=request.canonical,
            service=request.service,
            write=as_write(pending, request, self._message.text),
            fingerprint=request.version.fingerprint if request.version else None,
            version_said=request.version.said if request.version else "",
            because=request.because,
            asked_in=self._asked_in,
        )
        item = self._item(pending, request.call, "approval", APPROVAL.dump_json(body).decode(), request.digest)
        await self._items.add(replace(item, reason=request.changed or None))
        return pending

    async def ask_to_connect(
        self, call: CallId, skill: Skill, *, purpose: str, needs: Level = "read", again: bool = False
    ) -> PendingId:
        """Store that the account behind `skill` is missing, or may not do this; the same call again adds nothing."""
        integration = skill.integration or ""
        pending = pending_id(self._message.turn, call)
        offer = ConnectOffer(
            pending=pending,
            service=self._titles.get(integration, integration),
            purpose=purpose,
            reads=skill.reads,
            changes=skill.changes,
            url=await self._offer(self._message.person, skill.name, pending),
            again=again,
        )
        body = ConnectBody(skill=skill.name, integration=integration, offer=offer, needs=needs)
        await self._items.add(self._item(pending, call, "connect", CONNECT.dump_json(body).decode(), integration))
        return pending

    def _item(
        self, pending: PendingId, call: CallId, kind: Literal["approval", "connect"], body: str, digest: str
    ) -> PendingItem:
        return PendingItem(
            id=pending,
            turn=self._message.turn,
            call=call,
            kind=kind,
            workspace=self._message.workspace,
            person=self._message.person,
            conversation=self._message.conversation,
            body=body,
            digest=digest,
            expires_at=self._now() + (APPROVAL_LASTS if kind == "approval" else CONNECTION_LASTS),
        )


def pending_id(turn: TurnId, call: CallId) -> PendingId:
    """The id of what a call left waiting: the same however often the call is replayed."""
    return PendingId("p_" + hashlib.sha256(f"{turn}\n{call}".encode()).hexdigest()[:24])


def as_write(pending: PendingId, request: WriteRequest, said: str) -> Write:
    """`request` as its card shows it; `said` are the person's own words, which settle where a value came from."""
    arguments = request.arguments
    says = request.tool.says.about(arguments)
    pairs = [
        Pair(label=label, value=spoken(template, arguments), origin=origin(template, arguments, said, request.service))
        for label, template in says.labels
        if spoken(template, arguments)
    ]
    return Write(
        pending=pending,
        ask=spoken(says.ask, arguments),
        done=spoken(says.done, arguments),
        refused=spoken(says.refused, arguments),
        pairs=tuple(pairs),
        account=request.account,
        text_label=says.text,
        text=(text := "\n\n".join(str(arguments[name]) for name in request.tool.payload if arguments.get(name))),
        text_origin="you said" if text and text in said else "written by me",
    )


def spoken(template: str, arguments: dict[str, Any]) -> str:
    """`template` with the arguments' values; lists as words with commas."""
    return template.format_map({name: ", ".join(_flat(value)) for name, value in arguments.items()})


def origin(template: str, arguments: dict[str, Any], said: str, service: str) -> str:
    """Where the values of one card line came from: the person's own words, or the vendor."""
    names = re.findall(r"{(\w+)}", template)
    values = [value for name in names for value in _flat(arguments.get(name))]
    plain = [value for name in names for value in _plain(arguments.get(name))]
    is_said = any(found and all(stands_in(value, said) for value in found) for found in (values, plain))
    return "you said" if is_said else f"found on {service}"


def _flat(value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return ["yes"]
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]: any JSON


def _plain(value: Any) -> list[str]:
    """The values behind the words that a card shows for them."""
    return [value.plain] if isinstance(value, Described) else _flat(value)


def stands_in(value: str, said: str) -> bool:
    """Whether `value` is written in `said` as a whole word; for `owner/name`, the name alone counts."""
    forms = {value, value.rpartition("/")[2]}
    return any(re.search(rf"(?<![\w-]){re.escape(form)}(?![\w-])", said, re.IGNORECASE) for form in forms if form)


# From stored rows to the card that shows them.

_OUTCOME: dict[PendingState, Outcome] = {
    "open": "waiting",
    "approved": "approved",
    "denied": "denied",
    "expired": "expired",
    "moved_on": "moved_on",
    "done": "done",
    "failed": "failed",
    "unknown": "unknown",
    "stale": "failed",
}


def card_of(items: Sequence[PendingItem]) -> Card | None:
    """The one card of a turn, as its items stand now; None when nothing waits or waited."""
    approvals = [item for item in items if item.kind == "approval"]
    connections = [item for item in items if item.kind == "connect"]
    if approvals:
        return _approval_card(approvals)
    return _connect_card(connections) if connections else None


def _approval_card(items: Sequence[PendingItem]) -> ApprovalCard:
    bodies = [APPROVAL.validate_json(item.body) for item in items]
    states = tuple(
        WriteState(
            write=body.write,
            outcome="stale" if item.state == "open" and item.reason else _OUTCOME[item.state],
            at=item.decided_at,
            said=(item.reason or "") if item.state in ("open", "failed", "unknown", "denied", "stale") else "",
            link=item.reason if item.state == "done" else None,
        )
        for item, body in zip(items, bodies, strict=True)
    )
    return ApprovalCard(
        items=states,
        service=bodies[0].service,
        expires=max(item.expires_at for item in items),
        reference=reference(items[0].turn),
        asked_in=bodies[0].asked_in,
        because=next((body.because for body in bodies if body.because), ""),
    )


def _connect_card(items: Sequence[PendingItem]) -> ConnectCard:
    offers = _one_for_each_service(items)
    states = {item.state for item in items}
    if "open" in states:
        return ConnectCard(offers=_one_for_each_service([item for item in items if item.state == "open"]))
    for state in ("skipped", "expired", "moved_on"):
        if state in states:
            return ConnectCard(offers=offers, state=state)
    return ConnectCard(offers=offers, state="connected", account=next((i.reason or "" for i in items if i.reason), ""))


def _one_for_each_service(items: Sequence[PendingItem]) -> tuple[ConnectOffer, ...]:
    """One consent serves every skill of a vendor (`Connections.scopes_for`), so a vendor has one button."""
    offers: dict[str, ConnectOffer] = {}
    for item in items:
        body = CONNECT.validate_json(item.body)
        first = offers.setdefault(body.integration, body.offer)
        if first is not body.offer:
            offers[body.integration] = replace(
                first,
                purpose=" and ".join(dict.fromkeys((first.purpose, body.offer.purpose))),
                reads="; ".join(dict.fromkeys((first.reads, body.offer.reads))),
                changes="; ".join(dict.fromkeys((first.changes, body.offer.changes))),
                again=first.again and body.offer.again,
            )
    return tuple(offers.values())


# Deciding.

REASONS = {"place": "Wrong place", "words": "Wrong words", "later": "Not now"}
Word = Literal["approved", "denied", "skipped", "connected"]
Answered = Literal["decided", "already", "not_yours", "expired", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one click."""

    answered: Answered
    items: tuple[PendingItem, ...] = ()
    """Everything on the same card, as it stands after the click."""

    @property
    def card(self) -> Card | None:
        return card_of(self.items)


class Decisions:
    """Where clicks and consents arrive."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._items = PendingItems(database)
        self._turns = Turns(database)

    async def decide(
        self, pending: PendingId, person: PersonId, word: Word, *, every: bool = False, account: str | None = None
    ) -> Decision:
        """Enter what `person` decided about one item, or with `every` about each open item of its card.

        Single use, and only by the asker. When its card waits for nothing more, the continuation is queued in the same
        transaction. `account` is whom a connection acts as.
        """
        item = await self._items.find(pending)
        if item is None:
            return Decision(answered="gone")
        if item.person != person:
            return Decision(answered="not_yours", items=(item,))
        stored = await self._turns.load(item.turn)
        async with self._database.engine.begin() as connection:
            await lock(connection, item.turn)
            siblings = await of_turn(connection, item.turn)
            chosen = [one.id for one in siblings if one.id == pending or (every and one.kind == item.kind)]
            decided = [await decide(connection, one, word, reason=account) for one in chosen]
            now = tuple(await of_turn(connection, item.turn))
            if any(decided) and not _still_asks(now):
                await insert(connection, continuation(read_message(stored.message), item.turn))
        if any(decided):
            return Decision(answered="decided", items=now)
        match next(one.state for one in now if one.id == pending):
            case "open":  # too late; the next tick enters it
                late = [replace(one, state="expired") if one.state in ("open", "approved") else one for one in now]
                return Decision(answered="expired", items=tuple(late))
            case state:
                return Decision(answered="expired" if state == "expired" else "already", items=now)

    async def look(self, pending: PendingId, person: PersonId) -> Decision:
        """How things stand, deciding nothing."""
        item = await self._items.find(pending)
        if item is None:
            return Decision(answered="gone")
        answered: Answered = "already" if item.person == person else "not_yours"
        return Decision(answered=answered, items=tuple(await self._items.of_turn(item.turn)))

    async def explain(self, pending: PendingId, person: PersonId, why: str) -> Decision:
        """Keep why `person` denied; a word of three."""
        decision = await self.look(pending, person)
        item = next((one for one in decision.items if one.id == pending), None)
        if item is None or decision.answered == "not_yours" or item.state != "denied":
            return Decision(answered="not_yours", items=decision.items)
        await self._items.settle(pending, "denied", reason=REASONS.get(why, REASONS["later"]))
        return Decision(answered="decided", items=tuple(await self._items.of_turn(item.turn)))

    async def waits_for(self, person: PersonId, integration: str) -> list[str]:
        """For which skills `person` is asked to connect this account now."""
        return [CONNECT.validate_json(item.body).skill for item in await self._connections(person, integration)]

    async def connected(
        self, person: PersonId, integration: str, account: str, *, covers: Callable[[str, Level], bool]
    ) -> list[Decision]:
        """Answer every connect card of `person` that waits for this account and that `covers` (skill, needs) meets."""
        decisions: list[Decision] = []
        for item in await self._connections(person, integration):
            body = CONNECT.validate_json(item.body)
            if covers(body.skill, body.needs):
                decisions.append(await self.decide(item.id, person, "connected", account=account))
        return decisions

    async def _connections(self, person: PersonId, integration: str) -> list[PendingItem]:
        open_items = await self._items.open_of(person)
        return [item for item in open_items if item.kind == "connect" and item.digest == integration]


def _still_asks(items: Sequence[PendingItem]) -> bool:
    """Whether the card of `items` still waits for an answer. Beside writes it shows no connections (`card_of`)."""
    shown = "approval" if any(item.kind == "approval" for item in items) else "connect"
    return any(item.kind == shown and item.state == "open" for item in items)


def continuation(message: IncomingMessage, origin: TurnId, *, not_before: datetime | None = None) -> NewTurn:
    """The turn that goes on with `origin`, ahead of whatever its thread asked since."""
    turn = next_continuation(message.turn)
    going_on = replace(message, turn=turn, continues=origin, trying_since=message.trying_since if not_before else None)
    return NewTurn(
        id=turn,
        workspace=message.workspace,
        person=message.person,
        conversation=message.conversation,
        message=message_text(going_on),
        ahead=True,
        continues=origin,
        not_before=not_before,
    )


def next_continuation(turn: TurnId) -> TurnId:
    """`…:c1` after the turn itself, `…:c2` after that."""
    found = re.fullmatch(r"(.*):c(\d+)", turn)
    return TurnId(f"{found[1]}:c{int(found[2]) + 1}") if found else TurnId(f"{turn}:c1")
