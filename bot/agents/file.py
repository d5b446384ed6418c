"""An agent as one Markdown file with front matter: read, checked, written."""

from bot.agents.checking import COMMANDS, RESERVED, problems_of, usable_handle
from bot.agents.front import decoded
from bot.agents.reading import KEYS, Understood, read_agent, read_draft
from bot.agents.shape import (
    LONGEST_DESCRIPTION,
    LONGEST_FILE,
    LONGEST_INSTRUCTIONS,
    LONGEST_NAME,
    LONGEST_STARTER,
    LONGEST_TITLE,
    LONGEST_VALUE,
    MOST_MUST_ASK,
    MOST_PARAMETERS,
    MOST_SOURCES,
    MOST_STARTERS,
    AgentFile,
    Faulty,
    Job,
    Problem,
    Role,
    Source,
    SourceKind,
    Vocabulary,
    vocabulary_of,
)
from bot.agents.tidy import tidied
from bot.agents.writing import write_agent

__all__ = [
    "COMMANDS",
    "KEYS",
    "LONGEST_DESCRIPTION",
    "LONGEST_FILE",
    "LONGEST_INSTRUCTIONS",
    "LONGEST_NAME",
    "LONGEST_STARTER",
    "LONGEST_TITLE",
    "LONGEST_VALUE",
    "MOST_MUST_ASK",
    "MOST_PARAMETERS",
    "MOST_SOURCES",
    "MOST_STARTERS",
    "RESERVED",
    "AgentFile",
    "Faulty",
    "Job",
    "Problem",
    "Role",
    "Source",
    "SourceKind",
    "Understood",
    "Vocabulary",
    "decoded",
    "problems_of",
    "read_agent",
    "read_draft",
    "rewritten",
    "tidied",
    "usable_handle",
    "vocabulary_of",
    "write_agent",
]


def rewritten(text: str, file: AgentFile) -> str:
    """`text` itself, byte for byte, where it says what `file` says; else `file` as it is written."""
    try:
        understood = read_draft(text)
    except Faulty:
        return write_agent(file)
    is_same = not understood.lost and understood.file == tidied(file)
    return text if is_same else write_agent(file)
