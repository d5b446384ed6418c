"""Files: what stands in Google Drive, new documents, comments, and who may open what."""

from pathlib import Path

from skills.files.tools import comment_on_file, create_document, read_file, search_files, share_file
from skills.skill import Example, Scopes, Skill

SKILL = Skill(
    name="files",
    title="Files",
    purpose="Find and read documents, sheets and slides, write new documents, comment and share.",
    integration="google",
    tools=(search_files, read_file, create_document, comment_on_file, share_file),
    examples=(
        Example(title="Find a file", message="Where is the document about our release checklist?"),
        Example(title="What it says", message="Summarise the last document that was shared with me."),
        Example(title="What changed", message="Which of our files changed this week, and who changed them?"),
    ),
    reads="Google Docs, Sheets and Slides, PDF, Office files, tables, pictures, their comments and who can open them",
    changes="New documents, comments and sharing, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
    scopes=Scopes(
        read=("https://www.googleapis.com/auth/drive.readonly",),
        write=("https://www.googleapis.com/auth/drive",),
    ),
)
