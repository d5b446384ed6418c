"""Innermost: the call itself, through a client signed in as the asker, with every failure said by who has to act."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

import structlog
from pydantic import JsonValue

from bot.provenance import Step
from bot.toolbox.call import ACCOUNT, Call, Outcome, executed
from bot.toolbox.surroundings import Left, Surroundings
from bot.toolbox.trail import step_of
from integrations.errors import (
    AccessRevoked,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    PermissionMissing,
    Refused,
    ServiceUnavailable,
)
from integrations.integration import Level
from memory.ids import CallId, PendingId
from memory.people import Person
from skills.errors import RetryToolCall, ToolFailed
from skills.record import Record
from skills.skill import Asker, Skill, ToolContext, Version

log = structlog.get_logger()

KNOWN_SECONDS = 10.0
"""The longest that is waited for what could be tapped: a question can be answered in words as well."""
UNASKED = (
    AccessRevoked,
    PermissionMissing,
    RetryToolCall,
    NotFound,
    Refused,
    ToolFailed,
    Misconfigured,
    ServiceUnavailable,
    TimeoutError,
)
"""Why a service does not say what it knows."""
Known = TypeVar("Known")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A client that acts as one account."""

    client: Any
    account: str
    service: str
    """The vendor's name."""
    version: object = None
    """Which sign-in it is, for `Accounts.ended`."""


class Accounts(Protocol):
    """Where a signed-in client comes from."""

    async def sign_in(self, person: Person, skill: Skill, level: Level, account: str) -> SignedIn:
        """Sign in for `skill`, with the account that the person calls `account`, or with the usual one.

        Raises AccessRevoked when there is no account, or its access has ended, PermissionMissing when it does not
        allow `level`.
        """
        ...

    async def ended(self, signed_in: SignedIn) -> bool:
        """Note that the vendor no longer accepts this sign-in; False when there is a newer one, so try again."""
        ...


class Connecting(Protocol):
    """How a missing account is asked for: `bot.pending.Waiting` in a turn."""

    async def ask_to_connect(
        self, call: CallId, skill: Skill, *, purpose: str, needs: Level = "read", again: bool = False
    ) -> PendingId:
        """Store that the account behind `skill` is missing; the id of what waits."""
        ...


class OutsideTurn:
    """Where no turn could go on after connecting: nothing is stored, and the person is told in words."""

    async def ask_to_connect(
        self, call: CallId, skill: Skill, *, purpose: str, needs: Level = "read", again: bool = False
    ) -> PendingId:
        del call, skill, purpose, needs, again
        return PendingId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A write with its targets in full, as they stand before the person is asked."""

    call: Call
    account: str
    service: str
    version: Version | None


class Act:
    """Runs calls as one person."""

    def __init__(
        self,
        person: Person,
        accounts: Accounts,
        waiting: Connecting,
        *,
        now: Callable[[], datetime] | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        """`surroundings` are a turn's; outside of one no skill of our own can act."""
        self._person = person
        self._surroundings = surroundings
        self._accounts = accounts
        self._waiting = waiting
        self._now = now or (lambda: datetime.now(UTC))
        self._signed_in: dict[CallId, SignedIn] = {}

    async def __call__(self, call: Call) -> Outcome:
        """Run `call`. An approved write runs only as the account, and on the target, that the person saw."""
        return await self._translated(call, lambda: self._run(call), changes=call.tool.effect == "write")

    async def look(self, call: Call) -> Looked | Outcome:
        """Who would act, with every target in full, and how the target stands; or why that cannot be said."""

        async def look(signed_in: SignedIn, context: ToolContext[Any]) -> Looked:
            return await _standing(await _settled(call, signed_in, context), context)

        return await self._looked(call, look)

    async def settled(self, call: Call) -> Looked | Outcome:
        """The same without how the target stands: only a card needs that, and it costs a call or two of the service."""
        return await self._looked(call, lambda signed_in, context: _settled(call, signed_in, context))

    async def standing(self, looked: Looked) -> Looked | Outcome:
        """What `settled` found, with how the target stands."""
        if looked.call.tool.version is None:
            return looked
        return await self._looked(looked.call, lambda _, context: _standing(looked, context))

    async def _looked(
        self, call: Call, look: Callable[[SignedIn, ToolContext[Any]], Awaitable[Looked]]
    ) -> Looked | Outcome:
        found: list[Looked] = []

        async def action() -> Outcome:
            found.append(await look(*await self._context(call)))
            return Outcome(call=call.id, tool=call.tool.name, kind="done", text="")

        outcome = await self._translated(call, action, changes=False)
        return found[0] if found else outcome

    async def undo(self, call: Call, needs: dict[str, JsonValue]) -> Outcome:
        """Take a write back, with what its result said that this needs."""

        async def undo() -> Outcome:
            _, context = await self._context(call)
            if call.tool.undo is not None:
                await call.tool.undo(context, **needs)
            return Outcome(call=call.id, tool=call.tool.name, kind="done", effect="write", text="")

        return await self._translated(call, undo, changes=True)

    async def choices(
        self, skill: Skill, choices: Callable[..., Awaitable[Sequence[str]]], known: Mapping[str, Any]
    ) -> Sequence[str]:
        """What the service has to choose from; nothing where it does not say so soon."""
        return await self._known(skill, lambda context: choices(context, **known), known) or ()

    async def in_full(
        self, skill: Skill, in_full: Callable[..., Awaitable[str]], value: str, known: Mapping[str, Any]
    ) -> str:
        """A value as the service spells it; as it is where that cannot be said."""
        return await self._known(skill, lambda context: in_full(context, value), known) or value

    async def _known(
        self, skill: Skill, ask: Callable[[ToolContext[Any]], Awaitable[Known]], known: Mapping[str, Any]
    ) -> Known | None:
        """What a service says of its own values, or None. Its failures are said when the call itself runs."""
        try:
            async with asyncio.timeout(KNOWN_SECONDS):
                account = str(known.get(ACCOUNT) or "")
                signed_in = await self._accounts.sign_in(self._person, skill, "read", account)
                return await ask(self._seen_by(signed_in))
        except UNASKED as error:
            log.info("a service does not say what it knows", skill=skill.name, error=str(error))
            return None

    async def _context(self, call: Call) -> tuple[SignedIn, ToolContext[Any]]:
        if call.skill.integration is None:
            own = self._surroundings.client(call.skill) if self._surroundings is not None else None
            signed_in = SignedIn(client=own, account="", service="")
        else:
            signed_in = self._signed_in[call.id] = await self._accounts.sign_in(
                self._person, call.skill, call.tool.effect, call.account
            )
        return signed_in, self._seen_by(signed_in)

    def _seen_by(self, signed_in: SignedIn) -> ToolContext[Any]:
        asker = Asker(person=self._person.id, name=self._person.name, zone=self._person.zone)
        return ToolContext(client=signed_in.client, account=signed_in.account, asker=asker, now=self._now())

    async def _run(self, call: Call) -> Outcome:
        signed_in, context = await self._context(call)
        result = await call.tool.run(context, **call.arguments)
        left = await self._surroundings.keep(call, result) if self._surroundings is not None else Left()
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="done",
            text=executed(call, left.told(result.content), untrusted=result.untrusted),
            said=result.said,
            service=signed_in.service,
            effect=call.tool.effect,
            link=result.link,
            untrusted=result.untrusted,
            audience=result.audience or call.skill.audience,
            step=step_of(call, result),
            undo=json.dumps(result.undo) if result.undo is not None else None,
            account=signed_in.account,
            files=left.handed,
            table=result.table,
            working=left.working,
            pictures=left.pictures,
            cost_usd=result.cost_usd,
        )

    async def _translated(self, call: Call, action: Callable[[], Awaitable[Outcome]], *, changes: bool) -> Outcome:
        """`action`, its failures said by who has to act; what may have changed something is never said to be undone."""
        try:
            async with asyncio.timeout(call.skill.patience):
                return await action()
        except AccessRevoked as error:
            return await self._revoked(call, action, error, changes=changes)
        except PermissionMissing as error:
            log.info("consent does not cover a call", tool=call.tool.name, error=str(error))
            return await self._connects(call, needs=call.tool.effect)
        except RetryToolCall as error:
            return replace(self._told(call, str(error)), kind="invalid")
        except (NotFound, Refused, ToolFailed) as error:
            return self._told(call, str(error))
        except Misconfigured:
            log.exception("an integration is set up wrongly", integration=call.skill.integration)
            return self._told(call, "An admin has to correct how this service is set up here. Nothing was changed.")
        except OutcomeUnknown as error:
            log.warning("outcome unknown", tool=call.tool.name, error=str(error))
            return call.outcome_unknown
        except ServiceUnavailable as error:
            return self._unavailable(call, str(error), retry_at=error.retry_at)
        except TimeoutError:
            if changes:
                return call.outcome_unknown
            return self._unavailable(call, f"No answer within {call.skill.patience:.0f} seconds.")
        except Exception:
            log.exception("a tool broke", tool=call.tool.name)
            if changes:
                return call.outcome_unknown
            return self._told(call, "This tool broke on Pinyon's side. Nothing was changed. Say so.")

    async def _revoked(
        self, call: Call, action: Callable[[], Awaitable[Outcome]], error: AccessRevoked, *, changes: bool
    ) -> Outcome:
        signed_in = self._signed_in.pop(call.id, None)
        if signed_in is not None and not await self._accounts.ended(signed_in):
            # Another turn has renewed the access meanwhile.
            return await self._translated(call, action, changes=changes)
        log.info("access ended", integration=call.skill.integration, error=str(error))
        return await self._connects(call, needs="read", again=True)

    async def _connects(self, call: Call, *, needs: Level, again: bool = False) -> Outcome:
        pending = await self._waiting.ask_to_connect(call.id, call.skill, purpose=call.doing, needs=needs, again=again)
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="waits",
            text="Waits for the person to connect their account again.",
            pending=pending,
        )

    @staticmethod
    def _told(call: Call, told: str) -> Outcome:
        # What a service refuses may name what it knows: whose file it is, which channels there are. It may also be
        # what somebody made it say.
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="told",
            effect=call.tool.effect,
            text=told,
            audience=call.skill.audience,
            step=Step(tool=call.tool.name, records=(Record(kind="", text=told),)),
        )

    @staticmethod
    def _unavailable(call: Call, told: str, *, retry_at: datetime | None = None) -> Outcome:
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="unavailable",
            effect=call.tool.effect,
            service=(call.skill.integration or ""),
            text=f"{told} Nothing was changed. Say so, and answer with what you have.",
            retry_at=retry_at,
            audience=call.skill.audience,
            step=Step(tool=call.tool.name, records=(Record(kind="", text=told),)),
        )


async def _settled(call: Call, signed_in: SignedIn, context: ToolContext[Any]) -> Looked:
    arguments = call.arguments
    if call.tool.settle is not None:
        arguments = await call.tool.settle(context, **arguments)
    full = replace(call, arguments=arguments)
    return Looked(call=full, account=signed_in.account, service=signed_in.service, version=None)


async def _standing(looked: Looked, context: ToolContext[Any]) -> Looked:
    tool = looked.call.tool
    return (
        looked
        if tool.version is None
        else replace(looked, version=await tool.version(context, **looked.call.arguments))
    )
