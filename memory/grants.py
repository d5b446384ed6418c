"""The accounts that people connected: whose they are, how they stand, and their sealed tokens."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any, Literal, TypeAlias
from uuid import uuid4
from weakref import WeakValueDictionary

from pydantic import SecretStr
from sqlalchemy import ARRAY, DateTime, Text, UniqueConstraint, Update, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from integrations.errors import AccessRevoked, ServiceUnavailable
from integrations.integration import Account, OAuthApp, Site, Tokens
from memory.audit import OURSELVES, Action, Entry, enter_within, utc_now
from memory.crypto import Keyring, Tampered
from memory.database import Base, Database
from memory.ids import GrantId, PersonId, WorkspaceId, workspace_of
from memory.permissions import at_vendor, void_within

EARLY = timedelta(minutes=3)
"""A token that ends within this time is refreshed first, so that it outlives the call it is for."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use is known: a page shows it, and every call would write it."""
REFRESH_SECONDS = 20
"""How long a refresh may take. The row is locked meanwhile, so this stays below the lock's own limits."""

ANOTHER = "Another account was connected."
RENAMED = "The account is called otherwise now."
MOVED = "The account is used at another site."
OVER = "The account is not connected any more."

Problem: TypeAlias = Literal["revoked", "disconnecting"]
"""`revoked`: the vendor ended the access; `disconnecting`: the person did, and the vendor has not answered yet."""
Refresh: TypeAlias = Callable[[OAuthApp, Tokens], Awaitable[Tokens]]


class GrantRow(Base):
    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("person", "integration", "account_id"),
        UniqueConstraint("person", "integration", "label", name="uq_grants_label"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace: Mapped[str] = mapped_column(Text, index=True)
    person: Mapped[str] = mapped_column(Text)
    integration: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str] = mapped_column(Text)
    account_name: Mapped[str] = mapped_column(Text)
    account_email: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    """Counts the tokens the row has held, so that a late 401 of an old one does not end a new one."""
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    refresh_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    connected_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    problem: Mapped[str | None] = mapped_column(Text)
    site_id: Mapped[str | None] = mapped_column(Text)
    site_name: Mapped[str | None] = mapped_column(Text)
    site_url: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One account of one person at one vendor. Its tokens stay in the store."""

    id: GrantId
    workspace: WorkspaceId
    person: PersonId
    integration: str
    account: Account
    label: str
    """What the person calls the account; unique among theirs at this vendor."""
    scopes: tuple[str, ...]
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    connected_at: datetime
    last_used_at: datetime | None
    problem: Problem | None
    site: Site | None = None
    """At which of the vendor's sites it is used, where there can be several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one call signs in with."""

    token: SecretStr
    version: int


OF_PERSON = text("SELECT * FROM grants WHERE person = :person ORDER BY connected_at, id")


@dataclass(frozen=True, slots=True)
class Grants:
    """Every grant."""

    database: Database
    keyring: Keyring
    refreshing: WeakValueDictionary[str, asyncio.Lock] = field(
        default_factory=lambda: WeakValueDictionary[str, asyncio.Lock](), repr=False
    )

    async def grant(
        self,
        person: PersonId,
        integration: str,
        *,
        account: Account,
        tokens: Tokens,
        now: datetime,
        site: Site | None = None,
    ) -> Grant:
        """Keep `tokens` as the person's access to `account`; the same account connected again replaces its tokens."""
        async with self.database.sessions.begin() as session:
            return await self.grant_in(session, person, integration, account=account, tokens=tokens, now=now, site=site)

    async def grant_in(
        self,
        session: AsyncSession,
        person: PersonId,
        integration: str,
        *,
        account: Account,
        tokens: Tokens,
        now: datetime,
        site: Site | None = None,
    ) -> Grant:
        """Do `grant` within the caller's transaction."""
        fresh: dict[str, Any] = {
            "account_name": account.name,
            "account_email": account.email,
            "connected_at": now,
            **_site_columns(site),
            **self._columns(person, integration, tokens),
        }
        is_same = await _is_same(session, person, integration, account, site)
        statement = (
            insert(GrantRow)
            .values(
                id=uuid4().hex,
                workspace=workspace_of(person),
                person=person,
                integration=integration,
                account_id=account.id,
                label=await _free_label(session, person, integration, account),
                **fresh,
            )
            .on_conflict_do_update(
                index_elements=["person", "integration", "account_id"], set_={**fresh, "version": GrantRow.version + 1}
            )
            .returning(GrantRow)
        )
        grant = _read((await session.execute(statement)).scalar_one())
        if not is_same:
            await void_within(session, *at_vendor(person, integration), because=ANOTHER)
        return grant

    async def rename(self, person: PersonId, grant: GrantId, label: str) -> bool:
        """Set what the person calls an account. False when another of theirs at that vendor is called so."""
        try:
            async with self.database.sessions.begin() as session:
                mine = (GrantRow.id == grant, GrantRow.person == person, GrantRow.label != label)
                await _changed(session, update(GrantRow).where(*mine).values(label=label), because=RENAMED)
        except IntegrityError:
            return False
        return True

    async def move(self, person: PersonId, grant: GrantId, site: Site) -> None:
        """Set at which of the vendor's sites the account is used."""
        async with self.database.sessions.begin() as session:
            mine = (GrantRow.id == grant, GrantRow.person == person)
            await _changed(session, update(GrantRow).where(*mine).values(**_site_columns(site)), because=MOVED)

    async def list(self, person: PersonId) -> tuple[Grant, ...]:
        """Return all accounts of the person, oldest first."""
        return tuple(_read(row) for row in await self.database.single.rows(OF_PERSON, {"person": person}))

    async def disconnecting(self) -> tuple[Grant, ...]:
        """Return what people disconnected and a vendor has not ended yet."""
        async with self.database.sessions() as session:
            rows = await session.scalars(select(GrantRow).where(GrantRow.problem == "disconnecting"))
            return tuple(_read(row) for row in rows)

    async def tokens(self, grant: GrantId) -> Tokens | None:
        """Return what the vendor gave, whatever its state. Raises Tampered when the row is not what was stored."""
        async with self.database.sessions() as session:
            row = await session.get(GrantRow, grant)
            return self._open(row) if row else None

    async def access(self, grant: GrantId, *, app: OAuthApp, refresh: Refresh, now: datetime) -> Access:
        """Return an access token that works for the next minutes, refreshing it when it is about to end.

        However many ask at once, on however many workers, one refresh is made. Raises AccessRevoked when the vendor or
        the person ended the access, ServiceUnavailable when the vendor does not answer and the old token has ended.
        """
        async with self.database.sessions() as session:
            row = await session.get(GrantRow, grant)
        if row is None:
            raise AccessRevoked("This account is not connected any more")
        tokens = self._usable(row)
        if row.last_used_at is None or row.last_used_at < now - NOTED_EVERY:
            await self._note_use(grant, now)
        if not _ends_soon(tokens, now):
            return Access(token=tokens.access, version=row.version)
        # Waiting here costs nothing; waiting for the row would hold one of few database connections each.
        lock = self.refreshing.setdefault(grant, asyncio.Lock())
        async with lock:
            # The vendor ends the old refresh token when it answers: a turn that is cancelled must not lose the new one.
            task = asyncio.create_task(self._refresh(grant, app=app, refresh=refresh, now=now))
            try:
                outcome = await asyncio.shield(task)
            except asyncio.CancelledError:
                await asyncio.wait({task})
                raise
        if isinstance(outcome, AccessRevoked):
            raise outcome
        return outcome

    async def mark_revoked(self, grant: GrantId, *, version: int) -> bool:
        """Note that the vendor no longer accepts the tokens of `version`: the person is asked to connect again.

        False when the grant holds newer tokens by now, or is gone: the refused call may be tried again.
        """
        async with self.database.sessions.begin() as session:
            marked = await session.execute(
                update(GrantRow)
                .where(GrantRow.id == grant, GrantRow.version == version, GrantRow.problem.is_(None))
                .values(problem="revoked")
                .returning(GrantRow)
            )
            row = marked.scalar_one_or_none()
            if row is not None:
                await _ended(session, row, "account.ended", actor=OURSELVES)
            return row is not None

    async def disconnect(self, grant: GrantId) -> None:
        """Stop using the grant at once; `delete` follows when the vendor has ended it too."""
        mine = (GrantRow.id == grant, GrantRow.problem.is_distinct_from("disconnecting"))
        async with self.database.sessions.begin() as session:
            over = update(GrantRow).where(*mine).values(problem="disconnecting").returning(GrantRow)
            row = (await session.execute(over)).scalar_one_or_none()
            if row is not None:
                await _ended(session, row, "account.disconnected", actor=PersonId(row.person))

    async def delete(self, grant: GrantId) -> None:
        """Forget a disconnected grant and its tokens. One that was connected again meanwhile stays."""
        over = GrantRow.problem == "disconnecting"
        async with self.database.sessions.begin() as session:
            await session.execute(delete(GrantRow).where(GrantRow.id == grant, over))

    async def _refresh(
        self, grant: GrantId, *, app: OAuthApp, refresh: Refresh, now: datetime
    ) -> Access | AccessRevoked:
        """Refresh under the row's lock. Revocation is returned, not raised, so that its mark is committed."""
        async with self.database.sessions.begin() as session:
            # The usual limits would cut this transaction off while the vendor takes its time, and lose the new token.
            await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '30s'"))
            await session.execute(text("SET LOCAL lock_timeout = '40s'"))
            row = await session.get(GrantRow, grant, with_for_update=True)
            if row is None:
                return AccessRevoked("This account is not connected any more")
            tokens = self._usable(row)
            kept = Access(token=tokens.access, version=row.version)
            if not _ends_soon(tokens, now):
                return kept
            try:
                fresh = await _refreshed(tokens, app=app, refresh=refresh, now=now)
            except AccessRevoked as revoked:
                row.problem = "revoked"
                await _ended(session, row, "account.ended", actor=OURSELVES)
                return revoked
            except ServiceUnavailable:
                if tokens.expires_at and tokens.expires_at > now:
                    return kept
                raise
            row.version += 1
            for column, value in self._columns(PersonId(row.person), row.integration, fresh).items():
                setattr(row, column, value)
            return Access(token=fresh.access, version=row.version)

    async def _note_use(self, grant: GrantId, now: datetime) -> None:
        async with self.database.sessions.begin() as session:
            await session.execute(update(GrantRow).where(GrantRow.id == grant).values(last_used_at=now))

    def _usable(self, row: GrantRow) -> Tokens:
        if row.problem:
            raise AccessRevoked("This account is not connected any more")
        try:
            return self._open(row)
        except Tampered as error:
            raise AccessRevoked("The stored access to this account cannot be read any more") from error

    def _open(self, row: GrantRow) -> Tokens:
        sealed = self.keyring.open(row.sealed, workspace=row.workspace, person=row.person, integration=row.integration)
        return read_tokens(sealed)

    def _columns(self, person: PersonId, integration: str, tokens: Tokens) -> dict[str, Any]:
        sealed = self.keyring.seal(
            tokens_text(tokens), workspace=workspace_of(person), person=person, integration=integration
        )
        return {
            "sealed": sealed,
            "scopes": [*tokens.scopes],
            "expires_at": tokens.expires_at,
            "refresh_expires_at": tokens.refresh_expires_at,
            "problem": None,
        }


def anything(_granted: Collection[str]) -> bool:
    """Any consent will do."""
    return True


def to_act_with(
    grants: Iterable[Grant],
    integration: str,
    *,
    label: str = "",
    covers: Callable[[Collection[str]], bool] = anything,
) -> Grant | None:
    """Return which of a person's `grants` serves `integration`.

    One that works before one that wants reconnecting, one whose scopes are enough before one whose are not, the last
    connected first. With a `label`, none but the account that the person calls so.
    """
    usable = [
        grant
        for grant in grants
        if grant.integration == integration and grant.problem != "disconnecting" and label in ("", grant.label)
    ]
    return max(
        usable,
        key=lambda grant: (grant.problem is None, covers(grant.scopes), grant.connected_at),
        default=None,
    )


def tokens_text(tokens: Tokens) -> str:
    """Return `tokens` in clear, as JSON, for sealing and nothing else."""
    return json.dumps(
        {
            "access": tokens.access.get_secret_value(),
            "refresh": tokens.refresh.get_secret_value() if tokens.refresh else None,
            "expires_at": tokens.expires_at.isoformat() if tokens.expires_at else None,
            "refresh_expires_at": tokens.refresh_expires_at.isoformat() if tokens.refresh_expires_at else None,
            "scopes": tokens.scopes,
        }
    )


def read_tokens(sealed: str) -> Tokens:
    """Return the tokens that `tokens_text` wrote."""
    stored = json.loads(sealed)
    return Tokens(
        access=SecretStr(stored["access"]),
        refresh=SecretStr(stored["refresh"]) if stored["refresh"] else None,
        expires_at=_time(stored["expires_at"]),
        refresh_expires_at=_time(stored["refresh_expires_at"]),
        scopes=tuple(stored["scopes"]),
    )


async def _refreshed(tokens: Tokens, *, app: OAuthApp, refresh: Refresh, now: datetime) -> Tokens:
    ended = tokens.refresh_expires_at is not None and tokens.refresh_expires_at <= now
    if tokens.refresh is None or ended:
        raise AccessRevoked("The access has ended and cannot be renewed")
    try:
        async with asyncio.timeout(REFRESH_SECONDS):
            return await refresh(app, tokens)
    except TimeoutError as error:
        raise ServiceUnavailable("The access could not be renewed in time") from error


def _ends_soon(tokens: Tokens, now: datetime) -> bool:
    early = EARLY if tokens.refresh else timedelta()
    return tokens.expires_at is not None and tokens.expires_at - early <= now


async def _is_same(
    session: AsyncSession, person: PersonId, integration: str, account: Account, site: Site | None
) -> bool:
    """Whether the person has this very account already, at this site."""
    mine = (GrantRow.person == person, GrantRow.integration == integration, GrantRow.account_id == account.id)
    place = GrantRow.site_id.is_not_distinct_from(site.id if site else None)
    return await session.scalar(select(GrantRow.id).where(*mine, place)) is not None


async def _changed(session: AsyncSession, change: Update, *, because: str) -> None:
    """Make a change to one account; what was not asked any more rested on the account as it was."""
    row = (await session.execute(change.returning(GrantRow))).scalar_one_or_none()
    if row is not None:
        await void_within(session, *at_vendor(PersonId(row.person), row.integration), because=because)


async def _ended(session: AsyncSession, row: GrantRow, action: Action, *, actor: PersonId) -> None:
    """End what rested on an account that is over."""
    grant = _read(row)
    await void_within(session, *at_vendor(grant.person, grant.integration), because=OVER)
    await enter_within(session, account_entry(action, grant, at=utc_now(), actor=actor))


def account_entry(
    action: Action, grant: Grant, *, at: datetime, actor: PersonId | None = None, reason: str = ""
) -> Entry:
    """What the audit log says of an account."""
    return Entry(
        workspace=grant.workspace,
        at=at,
        person=grant.person,
        actor=actor or grant.person,
        action=action,
        account=grant.label,
        reason=reason,
        target=grant.integration,
    )


async def _free_label(session: AsyncSession, person: PersonId, integration: str, account: Account) -> str:
    """What a new account is called until its person says otherwise."""
    mine = select(GrantRow.label).where(GrantRow.person == person, GrantRow.integration == integration)
    taken = set(await session.scalars(mine.where(GrantRow.account_id != account.id)))
    numbered = (f"{account.name} {number}" for number in count(2))
    return next(label for label in chain((account.name,), numbered) if label not in taken)


def _site_columns(site: Site | None) -> dict[str, str | None]:
    return {
        "site_id": site.id if site else None,
        "site_name": site.name if site else None,
        "site_url": site.url if site else None,
    }


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read(row: GrantRow) -> Grant:
    return Grant(
        id=GrantId(row.id),
        workspace=WorkspaceId(row.workspace),
        person=PersonId(row.person),
        integration=row.integration,
        account=Account(id=row.account_id, name=row.account_name, email=row.account_email),
        label=row.label,
        scopes=tuple(row.scopes),
        expires_at=row.expires_at,
        refresh_expires_at=row.refresh_expires_at,
        connected_at=row.connected_at,
        last_used_at=row.last_used_at,
        problem=_PROBLEMS.get(row.problem or ""),
        site=Site(id=row.site_id, name=row.site_name or "", url=row.site_url or "") if row.site_id else None,
    )


_PROBLEMS: dict[str, Problem] = {"revoked": "revoked", "disconnecting": "disconnecting"}
