"""The way of connecting an account: a link for one person, a step at the vendor, an account held until confirmed."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import DateTime, ForeignKey, Index, Text, delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from integrations.integration import Account, Level, Site, Tokens
from memory.audit import enter_within
from memory.crypto import Keyring, Tampered, fingerprint
from memory.database import Base, Database
from memory.grants import Grant, Grants, account_entry, read_tokens, tokens_text
from memory.ids import PendingId, PersonId, workspace_of
from memory.warm_starts import allow_within, refuse_within

LINK_LIFE = timedelta(days=7)
"""As long as what waits for the connection (architecture §5)."""
STEP_LIFE = timedelta(minutes=10)
"""How long a person may take at the vendor, and then to confirm."""


class ConnectLinkRow(Base):
    __tablename__ = "connect_links"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    hashed: Mapped[str] = mapped_column(Text, unique=True)
    person: Mapped[str] = mapped_column(Text)
    integration: Mapped[str] = mapped_column(Text)
    skill: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """For which skill; empty for the account alone."""
    level: Mapped[str] = mapped_column(Text, default="write", server_default=text("'write'"))
    pending: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    held: Mapped[bytes | None]
    """Account and tokens, sealed, between the vendor's answer and the person's confirmation."""
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    grant: Mapped[str | None] = mapped_column(Text)
    """What came of it."""


Index(
    "ix_connect_links_open",
    ConnectLinkRow.person,
    ConnectLinkRow.integration,
    ConnectLinkRow.skill,
    ConnectLinkRow.level,
    func.coalesce(ConnectLinkRow.pending, ""),
    unique=True,
    postgresql_where=ConnectLinkRow.used_at.is_(None),
)


class ConnectFlowRow(Base):
    __tablename__ = "connect_flows"

    state: Mapped[str] = mapped_column(Text, primary_key=True)
    """Hashed; the vendor brings the state itself back."""
    link: Mapped[str] = mapped_column(Text, ForeignKey("connect_links.id", ondelete="CASCADE"), index=True)
    person: Mapped[str] = mapped_column(Text)
    integration: Mapped[str] = mapped_column(Text)
    verifier: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectLink:
    """One person's link for one integration."""

    id: str
    person: PersonId
    integration: str
    skill: str = ""
    """For which skill; empty for the account alone."""
    level: Level = "write"
    """Whether the skill is to change things too."""
    pending: PendingId | None
    """What goes on by itself once connected."""
    used: bool
    expired: bool
    held: bool
    """Whether an account waits for the person's confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStep:
    """The secrets of one visit to the vendor."""

    state: str
    verifier: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a state stood for when the vendor brought it back. It stands for nothing afterwards."""

    link: str
    person: PersonId
    integration: str
    verifier: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the vendor gave, before the person said that it is theirs."""

    account: Account
    tokens: Tokens
    sites: tuple[Site, ...] = ()
    """Of which the person picks one; empty where the vendor has no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The end of the way. `again` when the person confirmed before: a second click, or a reload."""

    link: ConnectLink
    grant: Grant
    again: bool


@dataclass(frozen=True, slots=True)
class ConnectFlows:
    """Every connection that is under way.

    A link is computed from its row's id and the secret key, so offering twice gives the same link, and the database
    holds only its hash.
    """

    database: Database
    keyring: Keyring
    grants: Grants

    async def issue(
        self,
        person: PersonId,
        integration: str,
        *,
        now: datetime,
        skill: str = "",
        level: Level = "write",
        pending: PendingId | None = None,
    ) -> str:
        """Return the link with which this person, and nobody else, may connect; it holds 7 days or until used."""
        async with self.database.sessions.begin() as session:
            await _one_at_a_time(session, person)
            same = (
                ConnectLinkRow.person == person,
                ConnectLinkRow.integration == integration,
                ConnectLinkRow.skill == skill,
                ConnectLinkRow.level == level,
                func.coalesce(ConnectLinkRow.pending, "") == (pending or ""),
                ConnectLinkRow.used_at.is_(None),
            )
            await session.execute(delete(ConnectLinkRow).where(*same, ConnectLinkRow.expires_at <= now))
            row = await session.scalar(select(ConnectLinkRow).where(*same))
            if row is None:
                row = ConnectLinkRow(
                    id=uuid4().hex, person=person, integration=integration, skill=skill, level=level, pending=pending
                )
                session.add(row)
            row.hashed = fingerprint(self.link_of(row.id))
            row.expires_at = now + LINK_LIFE
            return self.link_of(row.id)

    def link_of(self, row: str) -> str:
        """Return 22 characters, 128 bits, that stand for a link's row in its address."""
        signature = base64.urlsafe_b64decode(self.keyring.sign("connect link", row) + "=")
        return base64.urlsafe_b64encode(signature[:16]).rstrip(b"=").decode()

    async def open(self, link: str, *, now: datetime) -> ConnectLink | None:
        """Return what `link` is for, or None when there never was such a link. Compare its person yourself."""
        async with self.database.sessions() as session:
            row = await session.scalar(select(ConnectLinkRow).where(ConnectLinkRow.hashed == fingerprint(link)))
            return _read(row, now) if row else None

    async def begin(self, link: ConnectLink, *, now: datetime) -> ProviderStep:
        """Open a step at the vendor: a state that comes back once within 10 minutes, and a PKCE verifier.

        An account that was held for this link is dropped: the person begins again.
        """
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        async with self.database.sessions.begin() as session:
            await session.execute(delete(ConnectFlowRow).where(ConnectFlowRow.expires_at <= now))
            await session.execute(
                update(ConnectLinkRow)
                .where(ConnectLinkRow.id == link.id, ConnectLinkRow.used_at.is_(None))
                .values(held=None, held_until=None)
            )
            session.add(
                ConnectFlowRow(
                    state=fingerprint(state),
                    link=link.id,
                    person=link.person,
                    integration=link.integration,
                    verifier=self._seal(verifier, link.person, f"{link.integration} verifier"),
                    expires_at=now + STEP_LIFE,
                )
            )
        return ProviderStep(state=state, verifier=SecretStr(verifier))

    async def consume(self, state: str, *, integration: str, now: datetime) -> Returned | None:
        """Take `state` back, once. None when it was used, is too old, is another vendor's, or never was."""
        statement = (
            delete(ConnectFlowRow)
            .where(
                ConnectFlowRow.state == fingerprint(state),
                ConnectFlowRow.integration == integration,
                ConnectFlowRow.expires_at > now,
            )
            .returning(ConnectFlowRow)
        )
        async with self.database.sessions.begin() as session:
            row = (await session.execute(statement)).scalar_one_or_none()
            if row is None:
                return None
            person = PersonId(row.person)
            try:
                verifier = self._open(row.verifier, person, f"{integration} verifier")
            except Tampered:
                return None
            # A link that was offered under an older key goes on under the newest one's address: the way back uses it.
            await session.execute(
                update(ConnectLinkRow)
                .where(ConnectLinkRow.id == row.link)
                .values(hashed=fingerprint(self.link_of(row.link)))
            )
            return Returned(link=row.link, person=person, integration=integration, verifier=SecretStr(verifier))

    async def hold(self, returned: Returned, held: Held, *, now: datetime) -> bool:
        """Keep what the vendor gave until the person says that it is theirs. False when the link is over by now."""
        plain = json.dumps(
            {
                "account": asdict(held.account),
                "tokens": tokens_text(held.tokens),
                "sites": [asdict(site) for site in held.sites],
            }
        )
        statement = (
            update(ConnectLinkRow)
            .where(
                ConnectLinkRow.id == returned.link,
                ConnectLinkRow.person == returned.person,
                ConnectLinkRow.used_at.is_(None),
            )
            .values(held=self._seal(plain, returned.person, f"{returned.integration} held"), held_until=now + STEP_LIFE)
            .returning(ConnectLinkRow.id)
        )
        async with self.database.sessions.begin() as session:
            return (await session.execute(statement)).first() is not None

    async def held(self, link: ConnectLink, *, now: datetime) -> Held | None:
        """Return what waits for confirmation."""
        async with self.database.sessions() as session:
            row = await session.get(ConnectLinkRow, link.id)
            return self._held(row, now) if row else None

    async def confirm(
        self, link: ConnectLink, *, now: datetime, site: str = "", learn: bool = False
    ) -> Connected | None:
        """Make the held account a grant, at the site with the id `site` where there are several.

        `learn` is the person's consent to learning from their own records with this account. Asked again, the same
        grant comes back, and nothing else is decided. None when nothing is held, or no such site.
        """
        async with self.database.sessions.begin() as session:
            row = await session.get(ConnectLinkRow, link.id, with_for_update=True)
            if row is None:
                return None
            if row.used_at is not None:
                return await self._connected(row, now=now)
            held = self._held(row, now)
            if held is None:
                return None
            chosen = held.sites[0] if len(held.sites) == 1 else next((s for s in held.sites if s.id == site), None)
            if held.sites and chosen is None:
                return None
            grant = await self.grants.grant_in(
                session, link.person, link.integration, account=held.account, tokens=held.tokens, now=now, site=chosen
            )
            row.held, row.held_until = None, None
            row.used_at, row.grant = now, grant.id
            if not learn:
                await refuse_within(session, grant)
            await enter_within(session, account_entry("account.connected", grant, at=now))
            if learn:
                await allow_within(session, grant, now=now)
            return Connected(link=_read(row, now), grant=grant, again=False)

    async def result(self, link: ConnectLink, *, now: datetime) -> Connected | None:
        """Return what a used link brought, as long as it is still connected."""
        async with self.database.sessions() as session:
            row = await session.get(ConnectLinkRow, link.id)
            return await self._connected(row, now=now) if row else None

    async def sweep(self, *, now: datetime) -> None:
        """Delete what is over: old links with what they held, and states that never came back."""
        async with self.database.sessions.begin() as session:
            await session.execute(delete(ConnectLinkRow).where(ConnectLinkRow.expires_at <= now))
            await session.execute(delete(ConnectFlowRow).where(ConnectFlowRow.expires_at <= now))
            await session.execute(
                update(ConnectLinkRow).where(ConnectLinkRow.held_until <= now).values(held=None, held_until=None)
            )

    async def _connected(self, row: ConnectLinkRow, *, now: datetime) -> Connected | None:
        grants = await self.grants.list(PersonId(row.person))
        grant = next((grant for grant in grants if grant.id == row.grant and grant.problem is None), None)
        return Connected(link=_read(row, now), grant=grant, again=True) if grant else None

    def _held(self, row: ConnectLinkRow, now: datetime) -> Held | None:
        if row.held is None or row.held_until is None or row.held_until <= now:
            return None
        try:
            held = json.loads(self._open(row.held, PersonId(row.person), f"{row.integration} held"))
        except Tampered:
            return None
        return Held(
            account=Account(**held["account"]),
            tokens=read_tokens(held["tokens"]),
            sites=tuple(Site(**site) for site in held["sites"]),
        )

    def _seal(self, plain: str, person: PersonId, use: str) -> bytes:
        return self.keyring.seal(plain, workspace=workspace_of(person), person=person, integration=use)

    def _open(self, sealed: bytes, person: PersonId, use: str) -> str:
        return self.keyring.open(sealed, workspace=workspace_of(person), person=person, integration=use)


async def _one_at_a_time(session: AsyncSession, person: PersonId) -> None:
    """Let two offers for one person follow each other, so that both find the same row."""
    await session.execute(select(func.pg_advisory_xact_lock(7010, func.hashtext(person))))


def _read(row: ConnectLinkRow, now: datetime) -> ConnectLink:
    return ConnectLink(
        id=row.id,
        person=PersonId(row.person),
        integration=row.integration,
        skill=row.skill,
        level="read" if row.level == "read" else "write",
        pending=PendingId(row.pending) if row.pending else None,
        used=row.used_at is not None,
        expired=row.expires_at <= now,
        held=row.held is not None and row.held_until is not None and row.held_until > now,
    )
