"""A local Slack: Web API, Socket Mode, signed events, sign-in, and the page's own endpoints."""

from playground.slack.app import SlackApp
from playground.slack.server import SlackServer

__all__ = ["SlackApp", "SlackServer"]
