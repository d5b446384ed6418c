"""One site as one person sees it: its addresses, and times in that person's zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from playground.atlassian.world import Account, Issue, Jira


@dataclass(frozen=True, slots=True)
class View:
    jira: Jira
    origin: str
    """Of the whole server, such as `http://127.0.0.1:4002`."""
    who: Account

    @property
    def site(self) -> str:
        """The site's own address, under which people look at it."""
        return f"{self.origin}/{self.jira.slug}"

    def rest(self, path: str) -> str:
        """An address of the REST API, as it stands in `self`."""
        return f"{self.origin}/ex/jira/{self.jira.cloud}/rest/api/3/{path}"

    def agile(self, path: str) -> str:
        return f"{self.origin}/ex/jira/{self.jira.cloud}/rest/agile/1.0/{path}"

    def page(self, issue: Issue) -> str:
        return f"{self.site}/browse/{issue.key}"

    def stamp(self, at: datetime) -> str:
        """A time as Jira writes it: milliseconds, and an offset without a colon."""
        return f"{at.astimezone(ZoneInfo(self.who.zone)):%Y-%m-%dT%H:%M:%S.000%z}"
