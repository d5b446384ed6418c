"""The kinds of identifiers that the rooms hand to each other."""

from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
"""A Slack team id, such as `T0TAMARACK`."""
PersonId = NewType("PersonId", str)
"""`team:user`, such as `T0TAMARACK:U0T1A7KQ2`; never a display name."""
ConversationId = NewType("ConversationId", str)
"""`team:channel:thread`: one thread, in which turns run one after another."""
TurnId = NewType("TurnId", str)
"""`team:channel:ts` of the message that asked; its continuations end in `:c1`, `:c2`, …"""
GrantId = NewType("GrantId", str)
PendingId = NewType("PendingId", str)
CallId = NewType("CallId", str)
"""The model's own id of a tool call; unique within its turn."""
FileId = NewType("FileId", str)
"""A file of a conversation; 128 random bits, so that knowing one tells no other."""
PageId = NewType("PageId", str)
"""A page made for people; 128 random bits."""
AgentId = NewType("AgentId", str)
"""An agent that a person shaped, 128 random bits; `builtin:<handle>` for those that Pinyon brings."""
LinkId = NewType("LinkId", str)
"""The end of a share link's address; 128 random bits."""
SourceId = NewType("SourceId", str)
"""Something that an agent knows: a text, a file, a Drive document, a page."""
WorkingId = NewType("WorkingId", str)
"""The code behind a result."""


def person_id(workspace: WorkspaceId, user: str) -> PersonId:
    return PersonId(f"{workspace}:{user}")


def user_of(person: PersonId) -> str:
    """The Slack user id within `person`."""
    return person.rpartition(":")[2]


def workspace_of(person: PersonId) -> WorkspaceId:
    """The Slack team id within `person`."""
    return WorkspaceId(person.partition(":")[0])
