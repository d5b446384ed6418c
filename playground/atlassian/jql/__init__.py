"""JQL as far as the playground knows it: reading a query, and finding the tickets that it means."""

from playground.atlassian.jql.meaning import Finder
from playground.atlassian.jql.tree import JqlError

__all__ = ["Finder", "JqlError"]
