"""What was just found as a page, slides, a document or a sheet; and pictures."""

import json
import re
from typing import Literal, TypeAlias

from pydantic import JsonValue

from playground.model.conversation import Plan
from playground.model.demo.found.results import Figures, last_figures
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.outcomes import Outcome
from playground.model.demo.reach import reach
from playground.model.demo.run import Run, said_to_people
from playground.model.demo.work.database import answered, asks_numbers
from playground.model.demo.work.tables import of_newest_table
from playground.model.wires.wire import text_of

Made: TypeAlias = Literal["page", "slides", "pdf", "markdown", "html", "xlsx", "csv"]
_FORMS: tuple[tuple[Made, tuple[str, ...]], ...] = (
    ("slides", ("slides?", "deck", "presentation", "click through", "click-through")),
    ("xlsx", ("excel", "xlsx", "spreadsheet", "workbook")),
    ("csv", ("csv file", "as (?:a )?csv")),
    ("pdf", ("pdf",)),
    ("markdown", ("markdown", "md file")),
    ("html", ("html file",)),
    ("page", ("web ?page", "page", "report", "write-?up", "one-?pager")),
)
_MAKES = re.compile(
    r"\b(?:make|write|turn|give|build|create|export|save|put|prepare|produce|generate|want|need|as|into)\b[^.?!\n]{0,60}?"
    r"\b(?:web ?page|page|report|write-?up|one-?pager|slides?|deck|presentation|pdf|markdown|excel|xlsx|spreadsheet"
    r"|workbook|csv|html file)\b"
)
_ELSEWHERE = ("mail", "google", "drive", "ticket", "jira", "doc", "weekly", "monthly", "channel", "post")
_ABOUT = re.compile(r"\b(?:about|on|with|of|showing|for)\s+(.{6,200})$", re.DOTALL)
_MODEST = re.compile(r"\n*\*?Demo model, no AI:[^*\n]*\*?\s*$")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_PURPOSE = "make a document of it"
_DRAW = re.compile(
    r"\b(?:draw|paint|sketch|illustrate|generate|make|create|show)\s+(?:me\s+|us\s+)?(?:an?\s+|the\s+)?(?:\w+\s+){0,2}?"
    r"(?:picture|image|illustration|drawing|painting|logo|icon|poster)\s*(?:of|with|showing|for|:)?\s+(.{3,2000})$"
    r"|^(?:please\s+)?(?:draw|paint|sketch)\s+(?:me\s+)?((?:an?|the)\s+(?!chart|graph|line|bar|plot|diagram).{3,2000})$",
    re.IGNORECASE | re.DOTALL,
)


def form_in(text: str) -> Made | None:
    """As what somebody wants to have something."""
    if not _MAKES.search(text):
        return None
    return next((form for form, words in _FORMS if has(text, *words)), None)


def _fits(said: Said) -> bool:
    return form_in(said.lowered) is not None and not has(said.lowered, *_ELSEWHERE) and "http" not in said.lowered


def _make(run: Run, said: Said) -> Plan:
    form = form_in(said.lowered) or "page"
    tool = {"page": "make_page", "slides": "make_page", "xlsx": "make_sheet", "csv": "make_sheet"}.get(
        form, "make_document"
    )
    reach(run, {tool: _PURPOSE})
    told = _finding(run, said)
    figures = last_figures(run.conversation)
    if not told and figures is None:
        return Plan(text="There is nothing in this thread yet that I could write up. Ask for something first.")
    if tool == "make_sheet" and figures is None:
        return Plan(text="There is no table in this thread yet that could be a sheet. Ask for figures first.")
    title = _title(told)
    outcome = run.ask([run.call(tool, **_arguments(form, title, told, figures))])[0]
    return Plan(text=_said_of(outcome, form, title))


def _finding(run: Run, said: Said) -> str:
    """What is to be written up: found now when the request says what, else what was said last."""
    about = _ABOUT.search(said.lowered)
    if about and asks_numbers(f"show {about[1]}"):
        return answered(run, said.text)
    if any(file.is_table for file in said.new_files) or (said.tables and not said.before):
        return of_newest_table(run, said)
    return said.before


def _arguments(form: Made, title: str, told: str, figures: Figures | None) -> dict[str, JsonValue]:
    if form in ("xlsx", "csv") and figures is not None:
        table: dict[str, JsonValue] = {
            "name": title[:31],
            "columns": [*figures.columns],
            "rows": [[*row] for row in figures.rows],
        }
        return {"name": title, "tables": [table], "format": form}
    body = _body(told, figures, title, slides=form == "slides")
    if form in ("page", "slides"):
        return {"title": title, "body": body, "form": "slides" if form == "slides" else "report"}
    return {"title": title, "body": body, "format": form}


def _title(told: str) -> str:
    found = _BOLD.search(told)
    words = " ".join(_plain(found[1] if found else told.partition("\n")[0]).split())
    return words.strip(" :.*")[:90] or "What was found"


def _body(told: str, figures: Figures | None, title: str, *, slides: bool) -> str:
    text = _plain(_MODEST.sub("", told)).strip()
    parts = [f"## {title}\n\n{_short(text)}" if slides else text]
    if figures is not None and figures.series:
        parts.append(f"{'## In a chart' if slides else '## The chart'}\n\n{_chart(figures, title)}")
        parts.append(f"{'## In figures' if slides else '## The figures'}\n\n{_table(figures)}")
    parts.append("Made by the demo model, without AI, of what was found in the conversation.")
    return "\n\n".join(filter(None, parts))


def _short(text: str) -> str:
    """At most six lines, which is what a slide holds."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(line if line.startswith("-") else f"- {line}" for line in lines[:6])


def _chart(figures: Figures, title: str) -> str:
    names = [name for name in figures.series if name in ("percent",)] or [*figures.series][:3]
    chart = {
        "kind": "line" if figures.is_over_time else "bar",
        "title": title,
        "labels": figures.labels[:40],
        "series": {name: figures.series[name][:40] for name in names},
        "unit": "%" if names == ["percent"] else "",
    }
    return f"```chart\n{json.dumps(chart, ensure_ascii=False)}\n```"


def _table(figures: Figures) -> str:
    def row(cells: list[str]) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"

    rows = [row(["" if cell is None else str(cell) for cell in one]) for one in figures.rows[:30]]
    return "\n".join([row([*figures.columns]), row(["---"] * len(figures.columns)), *rows])


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", text)


_NOUNS: dict[Made, str] = {
    **{"page": "a page", "slides": "slides to click through", "pdf": "a PDF", "markdown": "a Markdown file"},
    **{"html": "an HTML file", "xlsx": "an Excel file", "csv": "a CSV file"},
}


def _said_of(outcome: Outcome, form: Made, title: str) -> str:
    if outcome.kind != "done":
        return f"I could not make it. {said_to_people(outcome.text)}"
    link, name = text_of(outcome.content.get("link")), text_of(outcome.content.get("name"))
    where = f"[{title}]({link})" if link else f"`{name}`"
    note = f" {text_of(outcome.content.get('note'))}" if outcome.content.get("note") else ""
    return f"Here it is as {_NOUNS[form]}: {where}. The file is below.{note}"


# Pictures.


def wish_in(text: str) -> str:
    """What a picture is wanted of; empty when none is."""
    found = _DRAW.search(text)
    wished = next((group for group in found.groups() if group), "").strip() if found else ""
    return "" if has(wished.lower(), "charts?", "graphs?", "plots?", "diagrams?") else wished


def _draw(run: Run, said: Said) -> Plan:
    reach(run, {"make_picture": "draw pictures: an admin can switch that on"})
    wish = wish_in(said.text)
    shape = next((shape for shape in ("wide", "tall") if has(said.lowered, shape)), None)
    outcome = run.ask([run.call("make_picture", description=wish, shape=shape)])[0]
    if outcome.kind != "done":
        return Plan(text=f"I could not have it drawn. {said_to_people(outcome.text)}")
    cost = text_of(outcome.content.get("cost"))
    return Plan(text=f"Here is the picture: “{wish[:200]}”." + (f" It cost {cost}." if cost else ""))


JOBS = (
    Job(name="make a document of it", fits=_fits, run=_make, order=9),
    Job(
        name="draw a picture",
        fits=lambda said: bool(wish_in(said.text)) and "pull" not in said.lowered,
        run=_draw,
        order=8,
    ),
)
