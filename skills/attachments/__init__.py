"""Attachments: what people hand over in the conversation, read and searched."""

from pathlib import Path

from skills.attachments.tools import read_attachment, search_attachments
from skills.skill import Example, Skill

SKILL = Skill(
    name="attachments",
    title="Attached files",
    purpose="Read and search the files of this conversation.",
    integration=None,
    tools=(read_attachment, search_attachments),
    examples=(Example(title="What it says", message="Summarise the file that I attach next."),),
    reads="PDF, Word, Excel, PowerPoint, CSV, text, HTML, JSON, mail files and pictures that you attach",
    changes="",
    instructions=Path(__file__).with_name("instructions.md"),
    audience="here",
    at_hand=True,
)
