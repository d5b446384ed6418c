"""The vendors' own web search: who asks for it, and what is said of what it found."""

from playground.model.conversation import Conversation, Found, Json, Plan, Searched
from playground.model.wires.wire import items

_NOTHING = "The search found nothing on that."


def wants_search(body: Json, conversation: Conversation) -> bool:
    """Whether a request is for the vendor's search alone; one with tools of the caller's is the brain's."""
    kinds = (str(tool.get("type", "")) for tool in items(body.get("tools")))
    return not conversation.tools and any(kind.startswith("web_search") for kind in kinds)


def told(searched: Searched) -> Plan:
    """The answer to such a request: a line for each page."""
    return Plan(text="\n".join(map(line, searched.found)) or _NOTHING, searched=searched)


def line(found: Found) -> str:
    """What is said of one page; the citation stands at it."""
    return f"{found.title}: {found.text}"
