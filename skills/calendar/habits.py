"""What people choose the same way again and again with their calendar, and what they can tap before that is learned."""

from integrations.google.client import Google
from skills.described import Described
from skills.skill import Habit, ToolContext


async def usual_lengths(ctx: ToolContext[Google], **_: object) -> list[str]:
    """How long meetings mostly are."""
    del ctx
    return [Described(minutes, f"{minutes} minutes") for minutes in ("30", "60", "45", "15")]


_MINUTES = Habit(label="Minutes", ask="How many minutes should it take?", choices=usual_lengths)
MEETING = {"minutes": _MINUTES, "room": Habit(label="Room", ask="Which room should it be in?")}
"""Not the guests: whom memory put in would get an invitation that nobody asked for."""
FREE_TIME = {
    "attendees": Habit(label="With", ask="Who should be there?"),
    "minutes": _MINUTES,
}
