"""Channels: what was said in Slack, what somebody missed, and messages in their name."""

from pathlib import Path

from skills.channels.handing import hand_to
from skills.channels.tools import catch_up, post_message, read_channel, read_thread, search_messages
from skills.skill import Example, Scopes, Skill

_READ = (
    "channels:history",
    "channels:read",
    "groups:history",
    "groups:read",
    "search:read",
    "users:read",
)

SKILL = Skill(
    name="channels",
    title="Channels",
    purpose="Read, search and catch up with your Slack channels, post in them, and ask a colleague to take over.",
    integration="slack",
    scopes=Scopes(read=_READ, write=(*_READ, "chat:write", "im:write")),
    tools=(search_messages, read_channel, read_thread, catch_up, post_message, hand_to),
    examples=(
        Example(title="What did I miss", message="What did I miss in my channels?"),
        Example(title="Who asks me something", message="Who asked me something in Slack since yesterday?"),
        Example(title="Find what was decided", message="Search my channels for what we decided about the release."),
    ),
    reads="Messages and threads in channels you are a member of",
    changes="Messages in your name, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
)
