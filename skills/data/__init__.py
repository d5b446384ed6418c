"""Data: computing with Python over the files of the conversation, with charts and files as results."""

from pathlib import Path

from skills.data.tools import run_python
from skills.skill import Example, Skill

SKILL = Skill(
    name="data",
    title="Data",
    purpose="Compute with your files and numbers: tables, statistics and charts, with the code to check.",
    integration=None,
    # Code reads only the files of the conversation that its person may use, and reaches nothing else. Who may hear
    # what it finds is decided by what was read before.
    audience="here",
    at_hand=True,
    tools=(run_python,),
    examples=(
        Example(title="Analyse a spreadsheet", message="What stands out in this CSV? Show me a chart."),
        Example(title="Compare two files", message="Which rows are in one of these two files and not in the other?"),
        Example(title="Work something out", message="How many working days are left this year?"),
    ),
    reads="Files in the conversation that you can see, inside a closed sandbox without network",
    changes="",
    instructions=Path(__file__).with_name("instructions.md"),
)
