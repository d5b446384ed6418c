"""A local GitHub for the playground and the tests: REST v3, the sign-in of a GitHub App, and pages to look at."""

from playground.github.server import GitHubServer

__all__ = ["GitHubServer"]
