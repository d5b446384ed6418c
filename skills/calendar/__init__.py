"""Calendar: what takes place when, times that suit everybody, and invitations."""

from pathlib import Path

from skills.calendar.own_records import OWN_RECORDS
from skills.calendar.tools import (
    answer_invitation,
    cancel_event,
    create_event,
    find_time,
    list_events,
    move_event,
)
from skills.skill import Example, Scopes, Skill

SKILL = Skill(
    name="calendar",
    title="Calendar",
    purpose="See your day or week, find a time with others, and create, move, cancel or answer events.",
    integration="google",
    tools=(list_events, find_time, create_event, move_event, cancel_event, answer_invitation),
    examples=(
        Example(title="My day", message="What is in my calendar today?"),
        Example(title="Clashes", message="Does anything in my calendar overlap this week?"),
        Example(title="Find a time", message="When am I free for an hour in the next three days?"),
    ),
    reads="Your events, who takes part and their answers, and when colleagues are free",
    changes="New events, moved and cancelled ones, and your answers, after you asked for it or approved it",
    instructions=Path(__file__).with_name("instructions.md"),
    scopes=Scopes(
        read=("https://www.googleapis.com/auth/calendar.readonly",),
        write=(
            "https://www.googleapis.com/auth/calendar.events",
            "https://www.googleapis.com/auth/calendar.readonly",
        ),
    ),
    own_records=OWN_RECORDS,
)
