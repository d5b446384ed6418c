"""How pages speak of agents: what they are for, for whom, and what stands in their tile."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.agents.file import AgentFile, Job, Role

JOBS: Mapping[Job, str] = MappingProxyType(
    {
        "updates": "Updates",
        "tickets": "Tickets",
        "reviews": "Reviews",
        "mail": "Mail",
        "meetings": "Meetings",
        "data": "Data",
        "research": "Research",
        "other": "Other",
    }
)
"""In the order in which lists and selects have them."""
ROLES: Mapping[Role, str] = MappingProxyType(
    {
        "product": "Product",
        "engineering": "Engineering",
        "design": "Design",
        "sales": "Sales",
        "support": "Support",
        "operations": "Operations",
        "people": "People team",
        "leads": "Leads",
    }
)


def letters(file: AgentFile) -> str:
    """Return the one or two characters in an agent's tile: its icon, else its initials."""
    return file.icon or initials(file.name)


def initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def counted(number: int, one: str, more: str = "") -> str:
    """Say how many there are: "1 person", "23 people"; they hold together."""
    return f"{number:,}\N{NO-BREAK SPACE}{one if number == 1 else more or one + 's'}"


def listed(words: list[str]) -> str:
    """Say several: "Jira", "Jira and Google", "Jira, Google and GitHub"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
