"""Tickets: what is to be done, by whom, how far it is, and the changes to it."""

from pathlib import Path

from skills.skill import Example, Scopes, Skill
from skills.tickets.own_records import OWN_RECORDS
from skills.tickets.tools import (
    comment_on_ticket,
    create_ticket,
    move_ticket,
    my_tickets,
    read_ticket,
    search_tickets,
    update_ticket,
    view_board,
)

# Jira's own permission says nothing of boards; each kind of request there wants two of the others:
# developer.atlassian.com/cloud/jira/software/rest names them. A sprint's tickets are found by the plain search.
_BOARDS = ("read:board-scope:jira-software", "read:project:jira", "read:issue-details:jira")
_READ = ("read:jira-work", *_BOARDS, "read:sprint:jira-software")

SKILL = Skill(
    name="tickets",
    title="Tickets",
    purpose="Find and read tickets, see how a sprint stands, and create, change, move or comment on tickets.",
    integration="atlassian",
    # The company's work: boards are what teams show each other.
    audience="members",
    tools=(
        search_tickets,
        my_tickets,
        read_ticket,
        view_board,
        create_ticket,
        update_ticket,
        move_ticket,
        comment_on_ticket,
    ),
    examples=(
        Example(title="What is on my plate", message="Which tickets are mine and still open?"),
        Example(title="How the sprint stands", message="How does the current sprint stand?"),
        Example(title="What the release waits for", message="Which tickets of the next release are not done yet?"),
    ),
    reads="Tickets with their comments and history, boards and sprints",
    changes="Tickets created, changed, moved and commented on, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
    scopes=Scopes(read=_READ, write=(*_READ, "write:jira-work")),
    own_records=OWN_RECORDS,
)
