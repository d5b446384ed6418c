"""Checks every setting against the real services."""

from bot.doctor.finding import Finding, report
from bot.doctor.rounds import examine

__all__ = ["Finding", "examine", "report"]
