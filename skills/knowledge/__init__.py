"""Knowledge: what the agent that answers was given to know, searched and read."""

from pathlib import Path

from skills.knowledge.tools import read_knowledge, search_knowledge
from skills.skill import Example, Skill

SKILL = Skill(
    name="knowledge",
    title="What this agent knows",
    purpose="Search and read the documents that an agent was given.",
    integration=None,
    tools=(search_knowledge, read_knowledge),
    examples=(Example(title="What it knows", message="What do you know about our refunds?"),),
    reads="the texts, files, pages and Drive documents that were given to the agent, Drive only as far as you may",
    changes="",
    instructions=Path(__file__).with_name("instructions.md"),
    audience="here",
    at_hand=True,
)
