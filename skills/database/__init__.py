"""Database: questions about the company's numbers, answered from databases that data experts set up."""

from pathlib import Path

from skills.database.tools import describe_database, query_database
from skills.skill import Example, Skill

SKILL = Skill(
    name="database",
    title="Database",
    purpose="Answer questions about numbers from your company's databases, with the table, a chart and the SQL.",
    integration=None,
    tools=(describe_database, query_database),
    examples=(
        Example(title="How many customers", message="How many customers do we have right now?"),
        Example(title="Last month by plan", message="What did we invoice last month, and which plan brings most?"),
        Example(title="A chart over time", message="Show the failed offline packs in % per month as a chart."),
    ),
    reads="The tables that your data experts opened for questions",
    changes="",
    instructions=Path(__file__).with_name("instructions.md"),
)
