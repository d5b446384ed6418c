"""A local Atlassian for the playground and the tests: OAuth 2.0 (3LO), Jira's REST v3 and agile paths, pages."""

from playground.atlassian.server import AtlassianServer

__all__ = ["AtlassianServer"]
