"""Agents that people shaped: their files in every version, whom they are shared with, who chose which."""

from memory.agent_choices import ChosenAgents, Standing, Used, question_of
from memory.agent_files import HandleTaken, KeptAgents, Version
from memory.agent_rows import AgentGone, DraftChanged, StoredAgent
from memory.agent_rules import AgentRules, RuledAgents, Who
from memory.agent_shares import Access, AgentRole, AgentShare, Reach, SharedAgents, ShareKind, ShareLink

__all__ = [
    "Access",
    "AgentGone",
    "AgentRole",
    "AgentRules",
    "AgentShare",
    "Agents",
    "DraftChanged",
    "HandleTaken",
    "Reach",
    "ShareKind",
    "ShareLink",
    "Standing",
    "StoredAgent",
    "Used",
    "Version",
    "Who",
    "question_of",
]


class Agents(KeptAgents, SharedAgents, ChosenAgents, RuledAgents):
    """All of them. Every change is one transaction, with its line in the audit log where others are concerned.

    Whoever is named is a person of one workspace, and finds and changes nothing of another one's.
    """
