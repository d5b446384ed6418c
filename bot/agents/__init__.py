"""Agents that people shape: their files, and which of them somebody may use."""
