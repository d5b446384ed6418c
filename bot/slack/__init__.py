"""Slack: what comes in from there, and what Pinyon looks like there."""
