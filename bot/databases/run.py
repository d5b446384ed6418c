"""The one way in which a database is asked: checked, then run within limits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from bot.databases.address import Reach, read_address
from bot.databases.check import Finding, check_postgres
from bot.databases.describe import tables_of_other, tables_of_postgres, with_values
from bot.databases.other_run import run_other
from bot.databases.postgres_run import run_postgres
from bot.databases.rows import Away, Failed, Limits, Rows
from bot.databases.walls import checked
from memory.databases import Table

__all__ = ["Away", "Failed", "Limits", "Rows", "Sources"]

MARGIN = 10.0
"""Seconds beyond a statement's own limit: for connecting, and for a server that does not keep it."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The way to all databases."""

    reach: Reach = field(default_factory=Reach)
    limits: Limits = field(default_factory=Limits)
    _busy: dict[str, asyncio.Semaphore] = field(init=False, repr=False, default_factory=dict[str, asyncio.Semaphore])

    async def ask(self, address: SecretStr, sql: str, tables: Sequence[Table]) -> Rows:
        """Run one SELECT over the columns of `tables` that are open.

        Raises Refused when it is none, Failed when the model can mend it, Away when nobody but an admin can,
        BadAddress when the address is none that may be used.
        """
        url = read_address(address.get_secret_value(), self.reach)
        return await self.run(address, checked(sql, url.get_backend_name(), tables))

    async def run(self, address: SecretStr, sql: str) -> Rows:
        """Run what was checked already; whatever it is, it can only read, and not for long."""
        url = read_address(address.get_secret_value(), self.reach)
        async with self._turn(f"{url.host}/{url.database}"):
            try:
                async with asyncio.timeout(self.limits.seconds + MARGIN):
                    if url.get_backend_name() == "postgresql":
                        return await run_postgres(url, sql, self.limits)
                    return await asyncio.to_thread(run_other, url, sql, self.limits)
            except TimeoutError as error:
                raise Failed("It took too long and was stopped. Ask for a shorter time, or less at once.") from error

    async def tables(self, address: SecretStr) -> tuple[Table, ...]:
        """Return the tables that the role may read, as the database describes them. Raises Away, Failed, BadAddress."""
        url = read_address(address.get_secret_value(), self.reach)
        if url.get_backend_name() == "postgresql":
            return await tables_of_postgres(url, self.limits)
        return await asyncio.to_thread(tables_of_other, url, self.limits)

    async def with_values(self, address: SecretStr, table: Table) -> Table:
        """Return `table` with the values of columns that have few. Raises Away, Failed, BadAddress."""
        url = read_address(address.get_secret_value(), self.reach)
        return await with_values(url, table, self.limits) if url.get_backend_name() == "postgresql" else table

    async def examine(self, address: SecretStr) -> tuple[Finding, ...]:
        """Say what is wrong with the role. Raises Away, Failed, BadAddress."""
        url = read_address(address.get_secret_value(), self.reach)
        match url.get_backend_name():
            case "postgresql":
                return await check_postgres(url, self.limits)
            case "sqlite":
                return (Finding(kind="fine", said="The file is opened for reading only."),)
            case dialect:
                await asyncio.to_thread(run_other, url, "SELECT 1 AS one", self.limits)
                said = (
                    f"Pinyon asks {dialect} in transactions that only read; look yourself that the role can only read."
                )
                return (Finding(kind="warn", said=said),)

    def _turn(self, database: str) -> asyncio.Semaphore:
        """So that many questions at once do not use up what a database lets in."""
        return self._busy.setdefault(database, asyncio.Semaphore(self.limits.at_once))
