"""Innermost: the call itself, through a client signed in as the asker, with every failure said by who has to act."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from bot.pending import Waiting
from bot.toolbox.call import Call, Outcome, executed
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
from memory.ids import CallId
from memory.people import Person
from skills.errors import RetryToolCall, ToolFailed
from skills.skill import Asker, Skill, ToolContext, Version

log = structlog.get_logger()

SECONDS = 60.0
"""The longest that one call may take."""


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
        self, person: Person, accounts: Accounts, waiting: Waiting, *, now: Callable[[], datetime] | None = None
    ) -> None:
        self._person = person
        self._accounts = accounts
        self._waiting = waiting
        self._now = now or (lambda: datetime.now(UTC))
        self._signed_in: dict[CallId, SignedIn] = {}

    async def __call__(self, call: Call) -> Outcome:
        """Run `call`. An approved write runs only as the account, and on the target, that the person saw."""
        return await self._translated(call, lambda: self._run(call))

    async def look(self, call: Call) -> Looked | Outcome:
        """Who would act, and how the target stands; or why neither can be said."""
        found: list[Looked] = []

        async def look() -> Outcome:
            signed_in, context = await self._context(call)
            arguments = call.arguments
            if call.tool.settle is not None:
                arguments = await call.tool.settle(context, **arguments)
            version = await call.tool.version(context, **arguments) if call.tool.version else None
            found.append(
                Looked(
                    call=replace(call, arguments=arguments),
                    account=signed_in.account,
                    service=signed_in.service,
                    version=version,
                )
            )
            return Outcome(call=call.id, tool=call.tool.name, kind="done", text="")

        outcome = await self._translated(call, look)
        return found[0] if found else outcome

    async def _context(self, call: Call) -> tuple[SignedIn, ToolContext[Any]]:
        signed_in = SignedIn(client=None, account="", service="")
        if call.skill.integration is not None:
            signed_in = self._signed_in[call.id] = await self._accounts.sign_in(
                self._person, call.skill, call.tool.effect, call.account
            )
        asker = Asker(person=self._person.id, name=self._person.name, zone=self._person.zone)
        return signed_in, ToolContext(client=signed_in.client, account=signed_in.account, asker=asker, now=self._now())

    async def _run(self, call: Call) -> Outcome:
        signed_in, context = await self._context(call)
        result = await call.tool.run(context, **call.arguments)
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="done",
            text=executed(call, result.content, untrusted=result.untrusted),
            said=result.said,
            service=signed_in.service,
            effect=call.tool.effect,
            link=result.link,
            untrusted=result.untrusted,
            audience=result.audience or call.skill.audience,
        )

    async def _translated(self, call: Call, action: Callable[[], Awaitable[Outcome]]) -> Outcome:
        try:
            async with asyncio.timeout(SECONDS):
                return await action()
        except AccessRevoked as error:
            return await self._revoked(call, action, error)
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
            if call.tool.effect == "write" and call.approved:
                return call.outcome_unknown
            return self._unavailable(call, f"No answer within {SECONDS:.0f} seconds.")
        except Exception:
            log.exception("a tool broke", tool=call.tool.name)
            if call.tool.effect == "write" and call.approved:
                return call.outcome_unknown
            return self._told(call, "This tool broke on Pinyon's side. Nothing was changed. Say so.")

    async def _revoked(self, call: Call, action: Callable[[], Awaitable[Outcome]], error: AccessRevoked) -> Outcome:
        signed_in = self._signed_in.pop(call.id, None)
        if signed_in is not None and not await self._accounts.ended(signed_in):
            return await self._translated(call, action)  # another turn has renewed the access meanwhile
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
        # What a service refuses may name what it knows: whose file it is, which channels there are.
        return Outcome(
            call=call.id,
            tool=call.tool.name,
            kind="told",
            effect=call.tool.effect,
            text=told,
            audience=call.skill.audience,
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
        )
