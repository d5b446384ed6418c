"""The audit log: who did what, as whom, and who decided it. Rows are only ever added, each bound to the one before."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import BigInteger, DateTime, Index, Text, select, text, union
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from memory.database import Base, Database
from memory.ids import PersonId, TurnId, WorkspaceId

Action: TypeAlias = Literal[
    "tool.done",
    "tool.failed",
    "tool.unknown",
    "tool.denied_by_gate",
    "approval.given",
    "approval.denied",
    "approval.refused",
    "approval.edited",
    "permission.given",
    "permission.revoked",
    "rule.changed",
    "account.connected",
    "account.disconnected",
    "account.ended",
    "undo.done",
    "undo.failed",
    "share.posted",
    "memory.own_records_allowed",
    "memory.own_records_read",
    "memory.own_records_forgotten",
    "agent.published",
    "agent.shared",
    "agent.unshared",
    "agent.link_made",
    "agent.link_revoked",
    "agent.disabled",
    "agent.enabled",
    "agent.handed_over",
    "agent.deleted",
    "agent.rules_set",
]
"""`approval.refused`: somebody clicked who may not decide. `account.ended`: the vendor took the access back."""

OURSELVES = PersonId("pinyon")
"""The actor of what nobody clicked."""
GENESIS = "0" * 64
"""What stands before the first row of a workspace."""
LONGEST = 400
"""Characters of one field; ours are far shorter, and no row of the log may fail for its length."""
AT_ONCE = 500
"""Rows that are read at a time."""


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_workspace_at", "workspace", "at"),)

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    person: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    tool: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    target_hash: Mapped[str] = mapped_column(Text)
    arguments_hash: Mapped[str] = mapped_column(Text)
    turn: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)


class AuditHeadRow(Base):
    """The newest row of each workspace: without it, nobody would miss rows that were cut from the end."""

    __tablename__ = "audit_heads"

    workspace: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. Never a text that somebody wrote, a title or a token: who, what, as whom, and hashes."""

    workspace: WorkspaceId
    at: datetime = field(default_factory=utc_now)
    person: PersonId
    """Who asked."""
    actor: PersonId
    """Who decided or clicked; may be somebody else, or `OURSELVES`."""
    action: Action
    tool: str = ""
    account: str = ""
    """As whom it was done."""
    verdict: str = ""
    """`allow`, `ask` or `deny`."""
    reason: str = ""
    """A sentence of ours."""
    target: str = ""
    target_hash: str = ""
    """These two as `target_of` gives them."""
    arguments_hash: str = ""
    """`digest` of the canonical arguments."""
    turn: TurnId | Literal[""] = ""
    outcome: str = ""


FIELDS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An entry in its place."""

    seq: int
    entry: Entry
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends. Noted somewhere else, it shows later that nothing up to it was rewritten."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of checking one workspace's chain."""

    workspace: WorkspaceId
    entries: int
    """Rows that were read and fit, in order, before anything was wrong."""
    head: Head | None = None
    bad: int | None = None
    """The first row that is wrong or missing; None when all is well."""
    why: str = ""
    """What is wrong with it, as a sentence."""

    @property
    def unbroken(self) -> bool:
        return self.bad is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries to read; what is left out holds nothing back."""

    since: datetime | None = None
    until: datetime | None = None
    people: Collection[PersonId] | None = None
    """Who asked or decided."""
    tool: str = ""


EVERYTHING = Wanted()
# One statement. The head's row is locked while it moves on, so of two entries at once the second waits, and is then
# bound to the first; an advisory lock would need a transaction of four round trips for the same.
ENTER = text(
    "WITH head AS (INSERT INTO audit_heads AS heads (workspace, seq, hash) VALUES (:workspace, 1,"
    " encode(sha256(convert_to(concat(CAST(:genesis AS text), '|1|', CAST(:body AS text)), 'UTF8')), 'hex'))"
    " ON CONFLICT (workspace) DO UPDATE SET seq = heads.seq + 1, hash ="
    " encode(sha256(convert_to(concat(heads.hash, '|', heads.seq + 1, '|', CAST(:body AS text)), 'UTF8')), 'hex')"
    " RETURNING heads.seq, heads.hash)"
    " INSERT INTO audit (workspace, seq, at, person, actor, action, tool, account, verdict, reason, target,"
    " target_hash, arguments_hash, turn, outcome, hash)"
    " SELECT :workspace, head.seq, CAST(:at AS timestamptz), :person, :actor, :action, :tool, :account, :verdict,"
    " :reason, :target, :target_hash, :arguments_hash, :turn, :outcome, head.hash FROM head"
)
HEAD = text("SELECT seq, hash FROM audit_heads WHERE workspace = :workspace")


async def enter_within(connection: AsyncConnection | AsyncSession, entry: Entry) -> None:
    """Add `entry` in the caller's transaction, which it commits or falls with.

    Until then nobody else can add to this workspace's log: let it be the last thing that the transaction does.
    """
    await connection.execute(ENTER, _values(entry))


@dataclass(frozen=True, slots=True)
class Audit:
    """Every workspace's log."""

    database: Database
    at_once: int = AT_ONCE

    async def enter(self, entry: Entry) -> None:
        """Add `entry`, for good."""
        await self.database.single.rows(ENTER, _values(entry))

    async def workspaces(self) -> tuple[WorkspaceId, ...]:
        """Return which workspaces have a log."""
        known = union(select(AuditRow.workspace).distinct(), select(AuditHeadRow.workspace))
        async with self.database.engine.connect() as connection:
            return tuple(sorted(WorkspaceId(workspace) for workspace in await connection.scalars(known)))

    async def head(self, workspace: WorkspaceId) -> Head | None:
        """Return where a workspace's log ends."""
        rows = await self.database.single.rows(HEAD, {"workspace": workspace})
        return Head(rows[0].seq, rows[0].hash) if rows else None

    async def verify(self, workspace: WorkspaceId, *, noted: Head | None = None) -> Verdict:
        """Compute a workspace's chain anew, row by row, and compare it with what is stored and with a head of old.

        What is entered meanwhile is left for the next time.
        """
        async with self.database.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            row = (await connection.execute(HEAD, {"workspace": workspace})).one_or_none()
            chain = _Chain(workspace, noted=noted)
            statement = select(AuditRow.__table__).where(AuditRow.workspace == workspace).order_by(AuditRow.seq)
            async with connection.stream(statement.execution_options(yield_per=self.at_once)) as rows:
                async for found in rows:
                    if why := chain.follow(_read(found)):
                        return chain.broken(found.seq if found.seq == chain.seq + 1 else chain.seq + 1, why)
            return chain.end(Head(row.seq, row.hash) if row else None)

    async def page(
        self, workspace: WorkspaceId, wanted: Wanted = EVERYTHING, *, before: int | None = None, most: int = 50
    ) -> Sequence[Entered]:
        """Return the newest entries that are wanted, newest first; `before` a seq, to go on."""
        statement = _wanted(workspace, wanted).order_by(AuditRow.seq.desc()).limit(most)
        if before is not None:
            statement = statement.where(AuditRow.seq < before)
        async with self.database.engine.connect() as connection:
            return [_read(row) for row in await connection.execute(statement)]

    async def export(
        self, workspace: WorkspaceId, since: datetime | None = None, until: datetime | None = None
    ) -> AsyncIterator[Entered]:
        """Yield a workspace's entries, oldest first. Whoever reads slowly holds no connection meanwhile."""
        after = 0
        wanted = _wanted(workspace, Wanted(since=since, until=until)).order_by(AuditRow.seq).limit(self.at_once)
        while True:
            async with self.database.engine.connect() as connection:
                rows = (await connection.execute(wanted.where(AuditRow.seq > after))).all()
            for row in rows:
                yield _read(row)
            if len(rows) < self.at_once:
                return
            after = rows[-1].seq


@dataclass(slots=True)
class _Chain:
    """A chain that is followed from its beginning."""

    workspace: WorkspaceId
    noted: Head | None = None
    seq: int = field(default=0, init=False)
    hash: str = field(default=GENESIS, init=False)

    def follow(self, found: Entered) -> str:
        """What is wrong with the next row, empty when it fits."""
        if found.seq != self.seq + 1:
            return f"Row {self.seq + 1} is missing."
        if found.hash != linked(self.hash, found.seq, found.entry):
            return f"Row {found.seq} is not what was entered."
        if self.noted and self.noted.seq == found.seq and self.noted.hash != found.hash:
            return f"Row {found.seq} is not the one that was noted."
        self.seq, self.hash = found.seq, found.hash
        return ""

    def end(self, head: Head | None) -> Verdict:
        """The verdict, when every row fits: the last one has to be the head."""
        here = Head(self.seq, self.hash)
        if head is None:
            return self.broken(1, "The end of the log is not known any more.") if self.seq else self._whole(None)
        if head.seq > self.seq:
            return self.broken(self.seq + 1, f"The log was cut off after row {self.seq}; it had {head.seq}.")
        if head != here:
            return self.broken(self.seq, f"Row {self.seq} is not the one that the log ended with.")
        return self._whole(head)

    def _whole(self, head: Head | None) -> Verdict:
        if self.noted and self.noted.seq > self.seq:
            why = f"The log was cut off after row {self.seq}; row {self.noted.seq} was noted."
            return self.broken(self.seq + 1, why)
        return Verdict(workspace=self.workspace, entries=self.seq, head=head)

    def broken(self, bad: int, why: str) -> Verdict:
        return Verdict(workspace=self.workspace, entries=self.seq, bad=bad, why=why)


def linked(previous: str, seq: int, entry: Entry) -> str:
    """The hash of a row: over the one before it, its place, and all that it says."""
    return digest(f"{previous}|{seq}|{canonical(entry)}")


def canonical(entry: Entry) -> str:
    """`entry` as one text: JSON of its fields in order, in ASCII, with its time in UTC."""
    said = {**_fields(entry), "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
    return json.dumps([*said.values()], separators=(",", ":"))


def digest(said: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


_TYPED = re.compile(
    r"[A-Z][A-Z0-9_]{1,9}-\d{1,7}"  # TRAIL-140
    r"|[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,60}(#\d{1,7})?"  # owner/name#12
    r"|[CDG][A-Z0-9]{8,11}"  # a channel of Slack's
    r"|#?\d{1,7}"
)
_LIKE_A_SECRET = re.compile(r"(?=\w*\d)(?=\w*[A-Za-z])\w{20}|gh[a-z]_|github_pat|xox[a-z]-", re.ASCII)


def target_of(values: Iterable[str]) -> tuple[str, str]:
    """What a call acted on, for `Entry.target` and `target_hash`: in clear only when every value is a typed identifier.

    Anything else, an address or the name of a file, would say what it is about.
    """
    given = [value for value in values if value]
    if not given:
        return "", ""
    is_typed = all(_TYPED.fullmatch(value) and not _LIKE_A_SECRET.search(value) for value in given)
    return ", ".join(given)[:LONGEST] if is_typed else "", digest("\n".join(given))


def _values(entry: Entry) -> dict[str, Any]:
    """`entry` as the statement takes it. What PostgreSQL cannot store is replaced, before it is hashed."""
    kept = replace(entry, **{name: _storable(value) for name, value in _fields(entry).items() if name != "at"})
    return {**_fields(kept), "genesis": GENESIS, "body": canonical(kept)}


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in FIELDS}


def _storable(value: str) -> str:
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:LONGEST]


def _wanted(workspace: WorkspaceId, wanted: Wanted) -> Any:
    statement = select(AuditRow.__table__).where(AuditRow.workspace == workspace)
    if wanted.since is not None:
        statement = statement.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditRow.at < wanted.until)
    if wanted.people is not None:
        who = [*wanted.people]
        statement = statement.where(AuditRow.person.in_(who) | AuditRow.actor.in_(who))
    return statement.where(AuditRow.tool == wanted.tool) if wanted.tool else statement


def _read(row: Any) -> Entered:
    return Entered(seq=row.seq, hash=row.hash, entry=Entry(**{name: getattr(row, name) for name in FIELDS}))
