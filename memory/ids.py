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
"""A page that was made for somebody; 128 random bits."""
PageId = NewType("PageId", str)
"""A page made for people; 128 random bits."""
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
