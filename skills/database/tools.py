"""What can be asked of a database."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from pydantic import JsonValue

from documents.charts import Chart, finding, png
from integrations.integration import Audience
from skills.database import shown
from skills.database.clarity import unclear, what_to_ask
from skills.database.client import Databases, Found, Source
from skills.errors import RetryToolCall, ToolFailed
from skills.record import Record
from skills.showing import Cell, NewFile, Working
from skills.skill import Result, Says, ToolContext, tool
from skills.texts import text_of

DESCRIBED = 30_000
"""Characters of a description that a model reads."""
LONGEST = 400
"""Characters of a question."""

Drawn: TypeAlias = Literal["none", "line", "bar"]
Rows: TypeAlias = tuple[tuple[Cell, ...], ...]


@tool("read", says=Says(doing="Looking at the database"))
async def describe_database(ctx: ToolContext[Databases], database: str = "") -> Result:
    """Show what a database holds: tables and columns with what they mean, terms of the company, example questions.

    Read it before the first query of a conversation. Columns that are not listed cannot be used.

    Args:
        database: Its name; leave out where there is only one, or to see which there are.
    """
    found = await ctx.client.all()
    if not database and len(found) > 1:
        content: JsonValue = {"databases": [{**source.described(most=DESCRIBED // 10)} for source in found]}
        said = f"Looked at {len(found)} databases"
        return Result(content=content, said=said, audience=_audience(found))
    source = _source(found, database)
    return Result(
        # What an editor wrote is the company's own; the values that columns hold may be anybody's.
        content={**source.described(most=DESCRIBED)},
        said=f"Looked at the database {source.name}",
        audience=_audience([source]),
    )


@tool("read", says=Says(doing="Asking the database"))
async def query_database(
    ctx: ToolContext[Databases],
    question: str,
    sql: str,
    database: str = "",
    chart: Drawn = "none",
) -> Result:
    """Answer a question with one SELECT. It can only read, and only tables and columns that `describe_database` lists.

    The person gets the table, the chart and the SQL with your answer: say the finding, do not repeat the table.
    All rows lie in `file` for `run_python`. Decimals come as text with all their digits.

    Args:
        question: What is answered, as the person asked it, with what they chose when a term was unclear.
        sql: One SELECT in the database's dialect; `WITH` is allowed. Give every computed column a name for people.
        database: Its name; leave out where there is only one.
        chart: `line` over time, `bar` to compare; the first column names the points, the others are numbers.
    """
    source = _source(await ctx.client.all(), database)
    title = " ".join(question.split())
    if not 0 < len(title) <= LONGEST:
        raise RetryToolCall(f"`question` needs 1 to {LONGEST} characters, got {len(title)}")
    for term in unclear(source.terms, said=ctx.client.words, asked=title):
        raise RetryToolCall(what_to_ask(term))
    found = await ctx.client.ask(source.name, sql)
    rows = shown.cells(found)
    files, notes = await _files(source, title, found, rows, chart=chart)
    return Result(
        content=_content(source, found, rows, files, notes),
        said=f"Asked the database {source.name}",
        audience=_audience([source]),
        records=(Record(kind="rows", name=source.name, text=text_of([*map(list, rows)], beside=())),),
        files=files,
        table=shown.table(title, found, rows) if _is_table(found) else None,
        working=Working(language="sql", text=sql.strip()),
    )


def _audience(shown: Sequence[Source]) -> Audience:
    """Who may hear of these databases: every member where every member may ask them."""
    return "members" if all(source.is_for_everybody for source in shown) else "asker"


def _source(found: Sequence[Source], name: str) -> Source:
    if not found:
        raise ToolFailed("There is no database that the person may ask. An admin opens one under Databases.")
    if not name and len(found) == 1:
        return found[0]
    for source in found:
        if source.name.casefold() == name.strip().casefold():
            return source
    names = ", ".join(source.name for source in found)
    raise RetryToolCall(f"`database` must be one of {names}; got {name!r}")


async def _files(
    source: Source, title: str, found: Found, rows: Rows, *, chart: Drawn
) -> tuple[tuple[NewFile, ...], list[str]]:
    """What the person gets beside the table, and what could not be made."""
    files: list[NewFile] = []
    notes: list[str] = []
    if _is_table(found):
        name = shown.file_name(source.name, title)
        media = "text/csv"
        files.append(NewFile(name=name, body=shown.as_csv(found, rows), media=media, show=len(rows) > shown.TO_PERSON))
    if chart != "none":
        try:
            files.append(await _picture(shown.chart(chart, title, found, rows), shown.file_name(source.name, title)))
        except ValueError as error:
            notes.append(str(error))
    return tuple(files), notes


async def _picture(chart: Chart, name: str) -> NewFile:
    picture = f"{name.removesuffix('.csv')}.png"
    return NewFile(name=picture, body=await png(chart), media="image/png", show=True, alt=finding(chart))


def _is_table(found: Found) -> bool:
    """Whether there is more to see than a single number."""
    return bool(found.rows) and len(found.rows) * len(found.columns) > 1


def _content(
    source: Source, found: Found, rows: Rows, files: tuple[NewFile, ...], notes: list[str]
) -> dict[str, JsonValue]:
    read = shown.for_model(rows)
    content: dict[str, JsonValue] = {
        "database": source.name,
        "columns": [*found.columns],
        "rows": [[*row] for row in read],
        "row_count": len(rows),
    }
    if files:
        content["files"] = [file.name for file in files]
    if len(read) < len(rows):
        notes.append(f"You see the first {len(read)} of {len(rows)} rows; compute with SQL or with run_python.")
    if found.is_cut:
        notes.append(f"There are more than {len(rows)} rows; the rest was not read. Say so, or narrow the question.")
    if not rows:
        notes.append("No rows: say what was looked for, and check names and dates before you say that there are none.")
    if notes:
        content["notes"] = [*notes]
    return content
