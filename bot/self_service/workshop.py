"""Where people make agents, publish, share and copy them; pages and Slack only draw it."""

from bot.self_service.agent_choosing import AgentChoosing
from bot.self_service.agent_making import AgentMaking
from bot.self_service.agent_oversight import Administered, AgentOversight
from bot.self_service.agent_sharing import AgentSharing, LinkState, Needed, ShownAgent
from bot.self_service.workbench import Bench, NotPossible, Overtaken, Wrong

__all__ = [
    "Administered",
    "Bench",
    "LinkState",
    "Needed",
    "NotPossible",
    "Overtaken",
    "ShownAgent",
    "Workshop",
    "Wrong",
]


class Workshop(AgentMaking, AgentSharing, AgentChoosing, AgentOversight):
    """Makes, publishes, shares, copies, lists, hands over. `Workbench` says of which parts it is built."""
