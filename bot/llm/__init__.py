"""The one seam to model vendors: routes, failover, fair shares, cost.

Importing this costs little. What is dear, the vendors' SDKs, is imported by `LLM.warm`, in a thread.
"""

from bot.llm.breaker import BreakerLimits
from bot.llm.call import ModelAnswer, ModelCall, Shown, Usage
from bot.llm.clock import Clock, SystemClock
from bot.llm.errors import ModelRefused, ModelsUnavailable, TooLong
from bot.llm.failover import LLM, Limits
from bot.llm.routes import Candidate, RouteName, Routes, Vendors, load_routes
from bot.llm.shares import Shares

__all__ = [
    "LLM",
    "BreakerLimits",
    "Candidate",
    "Clock",
    "Limits",
    "ModelAnswer",
    "ModelCall",
    "ModelRefused",
    "ModelsUnavailable",
    "RouteName",
    "Routes",
    "Shares",
    "Shown",
    "SystemClock",
    "TooLong",
    "Usage",
    "Vendors",
    "load_routes",
]
