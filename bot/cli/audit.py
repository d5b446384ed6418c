"""`pinyon audit`: what was done as whom, and whether anybody changed what is written about it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from bot.cli.run import database_url, settings_or_exit
from bot.self_service.audit import Format, line, lines, verdict_words
from memory.audit import Audit, Head, Verdict
from memory.database import open_database
from memory.ids import WorkspaceId

app = typer.Typer(help="Who did what as whom, and whether the log is whole.", no_args_is_help=True)
Answer = TypeVar("Answer")
Day = typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="UTC")
OneWorkspace = Annotated[str, typer.Option("--workspace", help="A Slack team id; all of them without it.")]


@app.callback()
def audit() -> None:
    """Who did what as whom, and whether the log is whole."""


@app.command("verify")
def verify(
    workspace: OneWorkspace = "",
    noted: Annotated[
        str, typer.Option(help="Where the log of --workspace ended when you last looked, as printed then.")
    ] = "",
) -> None:
    """Compute every chain anew; exit code 1 when a row was changed, taken out, put in or moved."""
    head = _head(noted)
    if head and not workspace:
        raise typer.BadParameter(
            "says of one workspace where its log ended: name that with --workspace", param_hint="--noted"
        )

    async def verdicts(log: Audit) -> list[Verdict]:
        return [await log.verify(one, noted=head) for one in await _chosen(log, workspace)]

    found = _with(verdicts)
    print(told(found))
    raise typer.Exit(not all(one.unbroken for one in found))


@app.command("export")
def export(
    workspace: OneWorkspace = "",
    since: Annotated[datetime | None, Day] = None,
    until: Annotated[datetime | None, Day] = None,
    form: Annotated[Format, typer.Option("--format")] = "jsonl",
) -> None:
    """Print the entries, oldest first; no message, title or token is in them."""

    async def printed(log: Audit) -> None:
        for one in await _chosen(log, workspace):
            async for text in lines(log.export(one, _utc(since), _utc(until)), form):
                sys.stdout.write(text)

    _with(printed)


@app.command("show")
def show(workspace: OneWorkspace = "", last: Annotated[int, typer.Option(min=1, max=1000)] = 20) -> None:
    """Print the last entries, a line each."""

    async def printed(log: Audit) -> None:
        for one in await _chosen(log, workspace):
            print(one)
            for entered in reversed(await log.page(one, most=last)):
                print(f"  {line(entered)}")

    _with(printed)


def told(found: Sequence[Verdict]) -> str:
    """What came of checking, worst first."""
    if not found:
        return "Nothing is in the log yet."
    said = [
        f"{'ok    ' if one.unbroken else 'broken'}  {one.workspace}  {verdict_words(one)}"
        + (f" Ends with {one.head}" if one.head else "")
        for one in sorted(found, key=lambda one: one.unbroken)
    ]
    return "\n".join([*said, "Keep the ends somewhere else: --noted compares with them the next time."])


def _with(work: Callable[[Audit], Awaitable[Answer]]) -> Answer:
    settings = settings_or_exit()

    async def opened() -> Answer:
        database = open_database(await database_url(settings), pool=1, name="pinyon audit")
        try:
            return await work(Audit(database))
        finally:
            await database.close()

    return asyncio.run(opened())


async def _chosen(log: Audit, workspace: str) -> tuple[WorkspaceId, ...]:
    return (WorkspaceId(workspace),) if workspace else await log.workspaces()


def _head(noted: str) -> Head | None:
    seq, _, said = noted.partition(":")
    if not noted:
        return None
    if not (seq.isdecimal() and said):
        raise typer.BadParameter(
            f"is a number, a colon and a hash, as printed, and not {noted!r}", param_hint="--noted"
        )
    return Head(int(seq), said)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
