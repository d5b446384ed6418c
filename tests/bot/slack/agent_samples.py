"""Agents to choose from and to fill in, for the tests of what Slack shows of them."""

from dataclasses import replace
from typing import Any

from bot.agents.file import AgentFile
from bot.slack.cards import AgentChoice, AgentChoices, SkillOption
from memory.ids import AgentId

PINYON, UPDATE, TICKETS, PREP = (AgentId(name) for name in ("builtin:pinyon", "u" * 22, "t" * 22, "builtin:prep"))
WEB = "https://pinyon.tamarack.example/agents"
SKILLS = (
    SkillOption(name="calendar", title="Calendar", changes=True),
    SkillOption(name="tickets", title="Tickets", changes=True),
    SkillOption(name="web", title="Web pages", changes=False),
)
FILE = AgentFile(
    name="Product update",
    handle="update",
    description="Merged work, board and #team into one mail.",
    instructions="Write the update.\nShort.",
    skills={"tickets": "write", "calendar": "read", "mail": "write"},
    starters=("Write this week's update", "What changed since Monday?"),
)


def choice(id: AgentId = UPDATE, **facts: Any) -> AgentChoice:
    one = AgentChoice(id=id, name="Product update", handle="update", description="Merged work, board and #team.")
    return replace(one, **facts)


FOUR = AgentChoices(
    agents=(
        choice(maker="Mira Castellanos"),
        choice(PINYON, name="Pinyon", handle="pinyon", description="Does small jobs.", is_default=True),
        choice(
            TICKETS,
            name="Ticket writer",
            handle="tickets",
            description="Files tickets the platform team's way.",
            is_mine=True,
            missing=("Tickets",),
        ),
        choice(
            PREP,
            name="Meeting prep",
            handle="prep",
            description="One page before each meeting, with who comes and what was said the last time.",
            missing=("Calendar", "Mail", "Files in Drive", "Pull requests"),
        ),
    ),
    chosen=PINYON,
    mine=((TICKETS, "Ticket writer"),),
    web_url=WEB,
)


def many(count: int, **facts: Any) -> AgentChoices:
    """So many agents; the last of them answers."""
    agents = [choice(AgentId(f"{n:022d}"), name=f"Agent {n}", handle=f"agent-{n}", **facts) for n in range(count)]
    return AgentChoices(agents=agents, chosen=agents[-1].id)
