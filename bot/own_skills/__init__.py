"""Clients for the skills that need nobody's account: what they act on is Pinyon's own, or this conversation's."""

from bot.own_skills.own import Here, OwnSkill, OwnSkills

__all__ = ["Here", "OwnSkill", "OwnSkills"]
