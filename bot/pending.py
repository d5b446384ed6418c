"""What a person owes an answer: how it is stored, shown, and decided."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter

from bot.messages import (
    Always,
    ApprovalCard,
    Card,
    ConnectCard,
    ConnectOffer,
    IncomingMessage,
    Outcome,
    Pair,
    Question,
    QuestionCard,
    QuestionState,
    Undo,
    Write,
    WriteState,
    message_text,
    read_message,
    reference,
)
from integrations.integration import Level
from memory.audit import Action, Audit, Entry, digest, enter_within
from memory.database import Database
from memory.ids import CallId, PendingId, PersonId, TurnId
from memory.parameters.aliases import name_id
from memory.parameters.evidence import WITHIN, memory_id
from memory.parameters.lesson import Lesson, Recall
from memory.pending import Kind, PendingItem, PendingItems, PendingState, decide, lock, of_turn
from memory.turns import NewTurn, Turns, insert
from skills.skill import Skill, Tool, Version

APPROVAL_LASTS = timedelta(hours=24)
CONNECTION_LASTS = timedelta(days=7)
UNDO_LASTS = timedelta(hours=24)
MOST_ITEMS = 20
"""Writes that one turn may ask about. A person who is shown more approves without reading."""


Origin = tuple[str, bool]
"""A fixed phrase of ux.md §2, and whether it names a target that the person never gave."""


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
    integration: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict[str, "Origin"])
    """Where the values of its parameters came from."""
    permission: str = ""
    """The lasting permission that would cover it (`memory.permissions`)."""
    edited: tuple[str, ...] = ()
    """The parameters that the person changed."""
    changed: str = ""
    """What changed since an earlier approval, which was not used."""
    recalled: Mapping[str, Recall] = field(default_factory=dict[str, Recall])
    """The parameters that memory filled in."""
    lesson: Lesson | None = None
    """What it teaches if it runs."""


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
    integration: str = ""
    permission: str = ""
    edited: tuple[str, ...] = ()
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectBody:
    """Which account is missing, as stored. The link is made anew each time a card is drawn."""

    skill: str
    integration: str
    offer: ConnectOffer
    needs: Level = "read"
    """How much of the skill has to work before the turn goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionBody:
    """What is asked, as stored; by the model, or for a call that lacks a value and goes on with the answer."""

    question: Question
    asked_in: str = ""
    tool: str = ""
    """The tool of the call that waits; empty where the model asked."""
    parameter: str = ""
    """The parameter that it lacks, by the tool's own name."""
    phrase: str = ""
    """Instead: the person's own words, of which it is asked what they stand for."""
    values: tuple[str, ...] = ()
    """The value behind each choice, as JSON."""
    held: str = ""
    """The call so far, as JSON."""
    within: str = ""
    """The value of the parameter on which this one depends, where it is known."""
    always: bool = False
    """The person wants this answer always."""


APPROVAL: TypeAdapter[ApprovalBody] = TypeAdapter(ApprovalBody)
QUESTION: TypeAdapter[QuestionBody] = TypeAdapter(QuestionBody)
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
        body = approval_body(pending, request, person=self._message.person, asked_in=self._asked_in)
        item = self._item(pending, request.call, "approval", APPROVAL.dump_json(body).decode(), request.digest)
        await self._items.add(replace(item, reason=request.changed or None))
        return pending

    async def receipt(self, request: WriteRequest, *, link: str | None, undo: str | None) -> PendingId:
        """Store that a write was done unasked, so that the person sees it and may take it back."""
        pending = pending_id(self._message.turn, request.call)
        body = approval_body(pending, request, person=self._message.person, asked_in=self._asked_in)
        item = self._item(pending, request.call, "receipt", APPROVAL.dump_json(body).decode(), request.digest)
        await self._items.add(replace(item, state="done", reason=link, undo=undo))
        return pending

    async def full(self) -> bool:
        """Whether the person is asked about so much already that nothing more may be added in this turn."""
        return await self._items.count_of(self._message.turn) >= MOST_ITEMS

    async def ask_person(self, call: CallId, questions: Sequence[Question]) -> PendingId:
        """Store questions that only the person can answer, all of one call; the same again adds nothing."""
        pending = PendingId("")
        for number, question in enumerate(questions):
            pending = pending_id(self._message.turn, CallId(f"{call}:{number}"))
            body = QuestionBody(question=replace(question, pending=pending), asked_in=self._asked_in)
            await self._items.add(self._item(pending, call, "question", QUESTION.dump_json(body).decode(), "question"))
        return pending

    async def ask_values(self, call: CallId, asked: Sequence[QuestionBody]) -> PendingId:
        """Store what a call lacks: it goes on by itself when all of it is answered. The same again adds nothing."""
        pending = PendingId("")
        for body in asked:
            pending = pending_id(self._message.turn, CallId(f"{call}:{body.parameter or body.phrase}"))
            body = replace(body, question=replace(body.question, pending=pending), asked_in=self._asked_in)
            await self._items.add(self._item(pending, call, "question", QUESTION.dump_json(body).decode(), "question"))
        return pending

    async def asked_values(self) -> Sequence[tuple[CallId, QuestionBody]]:
        """What the calls of this turn lack, with the call that lacks it."""
        items = await self._items.of_turn(self._message.turn)
        asked = [(item.call, QUESTION.validate_json(item.body)) for item in items if item.kind == "question"]
        return [(call, body) for call, body in asked if body.tool]

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

    def _item(self, pending: PendingId, call: CallId, kind: Kind, body: str, digest: str) -> PendingItem:
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
            expires_at=self._now() + (CONNECTION_LASTS if kind in ("connect", "question") else APPROVAL_LASTS),
        )


def pending_id(turn: TurnId, call: CallId) -> PendingId:
    """The id of what a call left waiting: the same however often the call is replayed."""
    return PendingId("p_" + hashlib.sha256(f"{turn}\n{call}".encode()).hexdigest()[:24])


def approval_body(pending: PendingId, request: WriteRequest, *, person: PersonId, asked_in: str) -> ApprovalBody:
    """`request` as it is stored."""
    return ApprovalBody(
        skill=request.skill,
        tool=request.tool.name,
        canonical=request.canonical,
        service=request.service,
        write=as_write(pending, request, person),
        fingerprint=request.version.fingerprint if request.version else None,
        version_said=request.version.said if request.version else "",
        because=request.because,
        asked_in=asked_in,
        integration=request.integration,
        permission=request.permission,
        edited=request.edited,
        lesson=request.lesson,
    )


def as_write(pending: PendingId, request: WriteRequest, person: PersonId) -> Write:
    """`request` as its card shows it to `person`."""
    arguments, tool = request.arguments, request.tool
    says = tool.says.about(arguments)
    pairs: list[Pair] = []
    for label, template in says.labels:
        if value := spoken(template, arguments):
            phrase, foreign = told_origin(template, request.origins)
            memory = _memory_of(template, request, person)
            pairs.append(Pair(label=label, value=value, origin=phrase, foreign=foreign, memory=memory))
    text = "\n\n".join(str(arguments[name]) for name in tool.payload if arguments.get(name))
    return Write(
        pending=pending,
        ask=spoken(says.ask, arguments),
        done=spoken(says.done, arguments),
        refused=spoken(says.refused, arguments),
        pairs=tuple(pairs),
        account=request.account,
        text_label=says.text,
        text=text,
        text_origin=told_origin(" ".join(f"{{{name}}}" for name in tool.payload), request.origins)[0]
        or "written by me",
        edits=True,
        always=_always(request) if request.permission else None,
        undo=Undo(ask=says.undo, undone=says.undone, kept=says.kept) if says.undo or says.kept else None,
    )


def _memory_of(template: str, request: WriteRequest, person: PersonId) -> str:
    """The id of what is remembered, where a card line shows a value that memory filled in."""
    names = [name for name in _PARAMETER.findall(template) if name in request.recalled and name not in request.edited]
    if not names:
        return ""
    recall = request.recalled[names[0]]
    return name_id(person, recall.said) if recall.said else memory_id(person, request.tool.name, recall.name)


_PARAMETER = re.compile(r"{(\w+)}")


def _always(request: WriteRequest) -> Always | None:
    """No lasting permission for a target that the person never gave: one click would let a stranger in for good."""
    if any(request.origins.get(name, ("", False))[1] for name in request.tool.targets):
        return None
    if any(not recall.proven for name, recall in request.recalled.items() if name in request.tool.targets):
        return None  # read in their own old records, and never used since
    target = ", ".join(text for name in request.tool.always if (text := spoken(f"{{{name}}}", request.arguments)))
    says = spoken(request.tool.says.always, request.arguments)
    return Always(target=target, says=says) if target and says else None


def told_origin(template: str, origins: Mapping[str, Origin]) -> Origin:
    """Of the values in one card line, the origin that most deserves a look."""
    found = [origins[name] for name in _PARAMETER.findall(template) if name in origins]
    foreign = [origin for origin in found if origin[1]]
    others = [origin for origin in found if origin[0] not in ("", "you said")]
    return next(iter([*foreign, *others, *found]), ("", False))


def spoken(template: str, arguments: dict[str, Any]) -> str:
    """`template` with the arguments' values; lists as words with commas."""
    return template.format_map({name: ", ".join(_flat(value)) for name, value in arguments.items()})


def _flat(value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return ["yes"]
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]: any JSON


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
    "undoing": "undoing",
    "undone": "undone",
}


_FIRST: tuple[Kind, ...] = ("approval", "question", "connect")


def shown(items: Sequence[PendingItem]) -> list[PendingItem]:
    """Those of a turn's items that its one card shows: writes before questions, questions before connections.

    What was done unasked stands beside writes, and has a card of its own when nothing else is there.
    """
    kinds = {item.kind for item in items}
    first = next((kind for kind in _FIRST if kind in kinds), "receipt")
    return [item for item in items if item.kind == first or (first == "approval" and item.kind == "receipt")]


def card_of(items: Sequence[PendingItem]) -> Card | None:
    """The one card of a turn, as its items stand now; None when nothing waits or waited."""
    on_it = shown(items)
    if not on_it:
        return None
    match on_it[0].kind:
        case "question":
            return _question_card(on_it)
        case "connect":
            return _connect_card(on_it)
        case "approval" | "receipt":
            return _approval_card(on_it)


def _question_card(items: Sequence[PendingItem]) -> QuestionCard:
    bodies = [QUESTION.validate_json(item.body) for item in items]
    states = tuple(
        QuestionState(
            question=body.question,
            outcome=_ASKED.get(item.state, "waiting"),
            answer=(item.reason or "") if item.state == "answered" else "",
            how=("chose" if item.reason in body.question.choices else "said") if item.state == "answered" else "",
            memory=_remembered_as(item, body),
            is_always=body.always,
        )
        for item, body in zip(items, bodies, strict=True)
    )
    return QuestionCard(
        items=states,
        expires=max(item.expires_at for item in items),
        reference=reference(items[0].turn),
        asked_in=bodies[0].asked_in,
    )


def _remembered_as(item: PendingItem, body: QuestionBody) -> str:
    """The id of what an answer teaches; empty where it teaches nothing that could be used always."""
    if not body.parameter:
        return ""
    within = f"{WITHIN}{body.within}" if body.within else ""
    return memory_id(item.person, body.tool, f"{body.parameter}{within}")


_ASKED: dict[PendingState, Literal["waiting", "answered", "skipped", "expired", "moved_on"]] = {
    "open": "waiting",
    "answered": "answered",
    "skipped": "skipped",
    "expired": "expired",
    "moved_on": "moved_on",
}


def _approval_card(items: Sequence[PendingItem]) -> ApprovalCard:
    bodies = [APPROVAL.validate_json(item.body) for item in items]
    states = tuple(
        WriteState(
            write=body.write,
            outcome="stale" if item.state == "open" and item.reason else _OUTCOME[item.state],
            at=item.decided_at,
            said=(item.reason or "") if item.state in ("open", "failed", "unknown", "denied", "stale") else "",
            link=item.reason if item.state == "done" else None,
            asked=item.kind == "approval",
            can_undo=item.state == "done" and item.undo is not None and body.write.undo is not None,
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
Word = Literal["approved", "denied", "skipped", "connected", "answered"]
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
        self, pending: PendingId, person: PersonId, word: Word, *, every: bool = False, told: str | None = None
    ) -> Decision:
        """Enter what `person` decided about one item, or with `every` about each open item of its card.

        Single use, and only by the asker. When its card waits for nothing more, the continuation is queued in the same
        transaction. `told` is whom a connection acts as, or what was answered.
        """
        item = await self._items.find(pending)
        if item is None:
            return Decision(answered="gone")
        if item.person != person:
            if item.kind == "approval":
                await Audit(self._database).enter(decision_entry(item, person, "approval.refused"))
            return Decision(answered="not_yours", items=(item,))
        stored = await self._turns.load(item.turn)
        async with self._database.engine.begin() as connection:
            await lock(connection, item.turn)
            siblings = await of_turn(connection, item.turn)
            chosen = [one.id for one in siblings if one.id == pending or (every and one.kind == item.kind)]
            decided = [await decide(connection, one, word, reason=told) for one in chosen]
            now = tuple(await of_turn(connection, item.turn))
            if any(decided) and not _still_asks(now):
                await insert(connection, continuation(read_message(stored.message), item.turn))
            for one in decided:
                if one is not None and one.kind == "approval":
                    action: Action = "approval.given" if word == "approved" else "approval.denied"
                    await enter_within(connection, decision_entry(one, person, action))
        if any(decided):
            return Decision(answered="decided", items=now)
        match next(one.state for one in now if one.id == pending):
            case "open":  # too late; the next tick enters it
                late = [replace(one, state="expired") if one.state in ("open", "approved") else one for one in now]
                return Decision(answered="expired", items=tuple(late))
            case state:
                return Decision(answered="expired" if state == "expired" else "already", items=now)

    async def answer(self, pending: PendingId, person: PersonId, answer: str) -> Decision:
        """Enter the answer to a question, chosen or written."""
        return await self.decide(pending, person, "answered", told=answer)

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
                decisions.append(await self.decide(item.id, person, "connected", told=account))
        return decisions

    async def _connections(self, person: PersonId, integration: str) -> list[PendingItem]:
        open_items = await self._items.open_of(person)
        return [item for item in open_items if item.kind == "connect" and item.digest == integration]


def decision_entry(item: PendingItem, actor: PersonId, action: Action) -> Entry:
    """What the audit log is told of a click on a write that waits."""
    body = APPROVAL.validate_json(item.body)
    return Entry(
        workspace=item.workspace,
        person=item.person,
        actor=actor,
        action=action,
        tool=body.tool,
        account=body.write.account,
        verdict="ask",
        reason=body.because,
        arguments_hash=digest(body.canonical),
        turn=item.turn,
    )


def _still_asks(items: Sequence[PendingItem]) -> bool:
    """Whether the card of `items` still waits for an answer; what it does not show is not waited for."""
    return any(item.state == "open" for item in shown(items))


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


def began(turn: TurnId) -> TurnId:
    """The turn in which the person asked, of whatever continuation."""
    return TurnId(re.sub(r":c\d+$", "", turn))
