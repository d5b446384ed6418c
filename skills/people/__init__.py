"""People: who is who in the workspace, who leads whom, what time it is for them, and one's own status."""

from pathlib import Path

from skills.people.tools import find_people, list_group, read_profile, set_my_status
from skills.skill import Example, Scopes, Skill

_READ = ("users:read", "users:read.email", "users.profile:read", "usergroups:read")

SKILL = Skill(
    name="people",
    title="People",
    purpose="Find out who is who, who leads which team and what time it is for them, and set your own status.",
    integration="slack",
    # A workspace's profiles are open to all of its members.
    audience="members",
    scopes=Scopes(read=_READ, write=(*_READ, "users.profile:write")),
    tools=(find_people, read_profile, list_group, set_my_status),
    examples=(
        Example(title="Who leads a team", message="Who is in the platform team, and who leads it?"),
        Example(title="Is my manager awake", message="What time is it for my manager now?"),
        Example(title="Set my status", message="Set my status to “Writing, back at three” for two hours."),
    ),
    reads="Profiles, titles, managers, time zones and user groups of your workspace",
    changes="Your own status, after you approve it",
    instructions=Path(__file__).with_name("instructions.md"),
)
