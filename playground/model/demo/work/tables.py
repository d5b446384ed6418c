"""Tables that were attached or lie in Drive: looked at first, then computed with, in code that anybody can check."""

import re
from collections.abc import Callable

from playground.model.conversation import Plan
from playground.model.demo.code.look import count_only, look
from playground.model.demo.code.programs import chart, oddities, over, overview, share
from playground.model.demo.found.attached import Attached
from playground.model.demo.found.files import file_of, files_of
from playground.model.demo.found.ran import Ran, ran_of
from playground.model.demo.found.table import Column, Table, table_of
from playground.model.demo.found.table_words import bucket_in, series_in, share_in
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.run import Ends, Run, said_to_people
from playground.model.demo.work.tables_told import (
    chart_told,
    counted_told,
    oddities_told,
    over_told,
    overview_told,
    share_told,
)
from playground.model.wires.wire import text_of

_CHARTS = ("charts?", "plots?", "graphs?", "diagrams?", "draw", "visuali[sz]e")
_ODD = ("odd", "oddit(?:y|ies)", "outliers?", "anomal(?:y|ies)", "strange", "wrong with", "errors? in", "clean")
_LOOKS = (
    *("analy[sz]e", "analysis", "summari[sz]e", "summary", "overview", "describe", "explain", "going on", "look at"),
    *("insights?", "trends?", "stands? out", "what(?:'s| is) in", "totals?", "sums?", "averages?", "mean", "top"),
    *("compare", "per (?:day|week|month|quarter|year)", "percent", "how (?:many|much)", "biggest", "largest", "most"),
)
_OVER = ("over", "overspent", "over budget", "above (?:the )?(?:plan|budget)", "too (?:high|much)")
_ELSEWHERE = (
    "tickets?",
    "jira",
    "pull requests?",
    "prs?",
    "mails?",
    "inbox",
    "calendar",
    "meetings?",
    "database",
    "sql",
)
_MAKES = r"\b(?:page|report|slides?|deck|presentation|pdf|word document|excel|xlsx)\b"
_IN_DRIVE = re.compile(
    r"\b(?:the |my |our |this |that )?((?:[\w-]+\s+){0,3}?[\w-]+)\s*[.\s](?:csv|tsv|xlsx?|excel|spreadsheet|sheet)\b"
)
_IDLE = frozenset(
    {"the", "my", "our", "this", "that", "a", "an", "in", "of", "chart", "analyse", "analyze", "summarise"}
)
_PLANNED = re.compile(r"plan|budget|agreed|limit|target", re.IGNORECASE)
_SPENT = re.compile(r"spent|used|actual|cost|so far", re.IGNORECASE)
_PURPOSE = "compute with your file"
_MOST = 3
"""Tables that are told of at once."""


def computes(text: str) -> bool:
    """Whether somebody wants something of a table."""
    return "%" in text or has(text, *_CHARTS, *_ODD, *_LOOKS, *_OVER)


# Attached.


def _fits(said: Said) -> bool:
    if not said.tables or not computes(said.lowered) or has(said.lowered, "what (?:did|have) i miss"):
        return False
    is_new = any(file.is_table for file in said.new_files)
    return is_new or _speaks_of_it(said.lowered)


def _speaks_of_it(text: str) -> bool:
    """Of a table further up, rather than of something else."""
    named = has(text, "files?", "csv", "table", "sheet", "data", "columns?", "rows?", "attached", "attachments?", "it")
    return (named or has(text, *_CHARTS, *_ODD)) and not has(text, *_ELSEWHERE) and not re.search(_MAKES, text)


def _attached(run: Run, said: Said) -> Plan:
    reach(run, {"run_python": _PURPOSE})
    files = _meant(said)
    return Plan(text="\n\n".join(_of_file(run, said, file.name) for file in files))


def of_newest_table(run: Run, said: Said) -> str:
    """What was found in the newest attached table, in sentences."""
    reach(run, {"run_python": _PURPOSE})
    return _of_file(run, said, said.tables[0].name)


def _meant(said: Said) -> list[Attached]:
    """The file that is named, else all that came last where several are spoken of, else the newest."""
    if named := [file for file in said.tables if file.name.lower() in said.lowered]:
        return named[:_MOST]
    if has(said.lowered, "files", "tables", "both", "compare", "all of them"):
        return list(said.tables[:_MOST])
    return [said.tables[0]]


# In Drive.


def words_in(text: str) -> str:
    """What a table is called: "the budget csv in drive"."""
    found = _IN_DRIVE.search(text)
    return " ".join(word for word in (found[1].split() if found else ()) if word not in _IDLE)


def _fits_drive(said: Said) -> bool:
    return (
        bool(words_in(said.lowered)) and computes(said.lowered) and not re.search(r"\bmake\b.*" + _MAKES, said.lowered)
    )


def _in_drive(run: Run, said: Said) -> Plan:
    purpose = "look for the table in your files"
    reach(run, {"search_files": purpose, "read_file": "read the table in your files", "run_python": _PURPOSE})
    words = words_in(said.lowered)
    found = files_of(run.read(run.call("search_files", words=words))[0])
    if not found:
        return Plan(text=f"I find no file about “{words}” that you can read.")
    best = next((one for one in found if re.search(r"\.(?:csv|tsv|xlsx?)$", one.name)), found[0])
    content = run.read(run.call("read_file", file=best.id))[0]
    # Where it lies for code, the name may be another: a Google sheet is kept as a workbook.
    name = text_of(content.get("kept_as")) or file_of(content).name or best.name
    return Plan(text=_of_file(run, said, name, link=best.link))


# Both.


def _of_file(run: Run, said: Said, name: str, *, link: str = "") -> str:
    """What was asked, of one table."""
    shown = f"[{name}]({link})" if link else name
    looked = _run(run, look(name))
    if looked.error:
        counted = _run(run, count_only(name))
        return counted_told(shown, counted) if not counted.error else _gave_up(shown, counted)
    table = table_of(name, looked.found)
    code, told = _program(said.lowered, table)
    ran = _run(run, code)
    if ran.error:
        # Once more, and simpler: what stands in nearly every table.
        simple = _run(run, oddities(table))
        return oddities_told(shown, table, simple) if not simple.error else _gave_up(shown, simple)
    return told(shown, table, ran)


def _program(text: str, table: Table) -> tuple[str, Callable[[str, Table, Ran], str]]:
    """The code for what is wanted, and how its result is told."""
    bucket = bucket_in(text)
    if (columns := _planned(text, table)) is not None:
        line, plan, spent = columns
        return over(table, line=line, plan=plan, spent=spent), over_told
    wanted = share_in(text, table)
    if wanted is not None and table.of_kind("date"):
        return share(table, wanted, bucket), lambda shown, _, ran: share_told(shown, wanted, bucket, ran)
    if has(text, *_ODD):
        return oddities(table), oddities_told
    series = series_in(text, table)
    if series is not None and (has(text, *_CHARTS) or bucket):
        return chart(table, series, bucket), lambda shown, _, ran: chart_told(shown, series, bucket, ran)
    return overview(table, series), overview_told


def _planned(text: str, table: Table) -> tuple[Column, Column, Column] | None:
    """Name, plan and actual of each line, when it is asked what is over and the table has both."""
    plan = next((column for column in table.numbers if _PLANNED.search(column.name)), None)
    spent = next((column for column in table.numbers if column != plan and _SPENT.search(column.name)), None)
    names = table.of_kind("category", "text")
    if plan is None or spent is None or not names or not has(text, *_OVER):
        return None
    return max(names, key=lambda column: column.unique), plan, spent


def _run(run: Run, code: str) -> Ran:
    """Run a program; ends the flow where none can be run at all."""
    outcome = run.ask([run.call("run_python", code=code)])[0]
    ran = ran_of(outcome)
    if outcome.kind != "done" and not ran.error:
        raise Ends(Plan(text=f"I could not compute that. {said_to_people(outcome.text)}"))
    return ran


def _gave_up(shown: str, ran: Ran) -> str:
    reason = ran.error.strip().splitlines()[-1] if ran.error.strip() else ""
    why = f" Python says: “{reason[:200]}”." if reason else ""
    return f"I could not read {shown} as a table, twice.{why} Save it as CSV or Excel again and send me that."


JOBS = (
    Job(name="compute with an attached table", fits=_fits, run=_attached, order=4),
    Job(name="compute with a table in Drive", fits=_fits_drive, run=_in_drive, order=24),
)
