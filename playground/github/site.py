"""Where things of the playground's GitHub are found, in the API and on its pages."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from playground.github.world import Account, Issue, Pull, Repository, World


@dataclass(frozen=True, slots=True)
class Site:
    """The world, and the address under which it is served."""

    world: World
    html: str
    """The origin, such as `http://127.0.0.1:4001`; pages hang directly under it."""

    @property
    def api(self) -> str:
        """The base URL of the REST API. Below a folder of its own, so that no path collides with a page."""
        return f"{self.html}/api"

    def full_name(self, repository: Repository) -> str:
        return f"{self.world.organisation}/{repository.name}"

    def repository_api(self, repository: Repository) -> str:
        return f"{self.api}/repos/{self.full_name(repository)}"

    def repository_page(self, repository: Repository) -> str:
        return f"{self.html}/{self.full_name(repository)}"

    def issue_page(self, repository: Repository, issue: Issue) -> str:
        kind = "pull" if isinstance(issue, Pull) else "issues"
        return f"{self.repository_page(repository)}/{kind}/{issue.number}"

    def association(self, account: Account) -> str:
        """How an author stands to the organisation."""
        if account.owner:
            return "OWNER"
        return "MEMBER" if account.member else "COLLABORATOR"


def stamp(moment: datetime | None) -> str | None:
    """`moment` as GitHub writes times: UTC, whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None


def node_id(prefix: str, number: int | str) -> str:
    """The id by which GraphQL would know a thing."""
    return f"{prefix}_{base64.urlsafe_b64encode(f'{prefix}:{number}'.encode()).decode().rstrip('=')}"
