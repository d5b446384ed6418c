"""Documents: pages, files and sheets to hand on or to show."""

from pathlib import Path

from skills.reports.tools import make_document, make_page, make_sheet
from skills.skill import Example, Skill

SKILL = Skill(
    name="reports",
    title="Documents",
    purpose="Make a page, slides, a PDF or a spreadsheet of what was found.",
    integration=None,
    # What is made rests on what was read before, which decides who may hear of it.
    audience="here",
    tools=(make_page, make_document, make_sheet),
    examples=(
        Example(title="A page to show", message="Make me a page I can click through about how this project stands."),
        Example(title="A sheet of it", message="Put that list into a spreadsheet."),
        Example(title="A PDF for the meeting", message="Make a PDF of this with a chart, one page."),
    ),
    reads="What was found in this conversation",
    changes="",
    # A browser prints PDFs, one after the other.
    patience=120.0,
    instructions=Path(__file__).with_name("instructions.md"),
)
