"""A model vendor on loopback, to try Pinyon without any account."""

from playground.model.conversation import SPOKEN, Brain, Conversation, Pace, Plan, PlannedCall, VendorError
from playground.model.demo.model import DemoModel
from playground.model.faults import Fault
from playground.model.scripted import Scripted, call
from playground.model.server import ModelServer

__all__ = [
    "SPOKEN",
    "Brain",
    "Conversation",
    "DemoModel",
    "Fault",
    "ModelServer",
    "Pace",
    "Plan",
    "PlannedCall",
    "Scripted",
    "VendorError",
    "call",
]
