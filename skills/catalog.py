"""Finds every skill."""

from pathlib import Path

import skills
from integrations.catalog import discover
from skills.skill import Skill


def skill_catalog() -> dict[str, Skill]:
    """Every skill by name. Raises TypeError naming the folder that does not declare its SKILL."""
    return discover("skills", Path(skills.__path__[0]), Skill)
