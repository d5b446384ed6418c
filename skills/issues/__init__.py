"""Issues: what is known, what is asked for, who does it, and the answers to it."""

from pathlib import Path

from skills.issues.own_records import OWN_RECORDS
from skills.issues.tools import (
    close_issue,
    comment_on_issue,
    open_issue,
    read_issue,
    search_issues,
    update_issue,
)
from skills.skill import Example, Skill

SKILL = Skill(
    name="issues",
    title="Issues",
    purpose="Find issues on GitHub, read what was said about them, and open, answer, label, assign or close them.",
    integration="github",
    people="logins",
    # The company's work, as with pull requests.
    audience="members",
    tools=(search_issues, read_issue, open_issue, comment_on_issue, update_issue, close_issue),
    examples=(
        Example(title="What is mine to do", message="Which issues are assigned to me?"),
        Example(title="Is it known", message="Is there an issue about downloads that stall?"),
        Example(title="Report something", message="Open an issue about what we just found"),
    ),
    reads="Issues, what was said under them, and the pull requests that name them",
    changes="New issues, comments, labels, assignees and closing, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
    own_records=OWN_RECORDS,
)
