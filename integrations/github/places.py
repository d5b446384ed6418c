"""Repositories as places: who reads there, and by which names nobody else can mean another one (pure).

People and places are named as `skills.record` has it: `github:login`, `github:owner/name`, `*` for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.github.models import Repository, User

_EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Places:
    """What GitHub tells one person of some repositories, by the names under which these are shown."""

    told: Mapping[str, Repository]

    def readers(self, repository: str) -> frozenset[str]:
        """Who can read there beside the person; nobody where GitHub does not tell."""
        place = self.told.get(repository)
        if place is None:
            return frozenset()
        return frozenset({_EVERYBODY if place.is_public else f"github:{repository.lower()}"})

    def names(self, repository: str) -> tuple[str, ...]:
        """`owner/name`, and `name` where the person was let in: anybody can make a public one of the same name."""
        place = self.told.get(repository)
        is_worked_in = place is not None and place.is_worked_in
        return (repository, bare_name(repository)) if is_worked_in else (repository,)

    def keys(self, repository: str, number: int) -> tuple[str, ...]:
        """The short names of an issue or a pull request there, as people write them: `name#12`, `name 12`."""
        return tuple(f"{name}{mark}{number}" for mark in ("#", " ", " #") for name in self.names(repository))


def bare_name(repository: str) -> str:
    """The name without its owner."""
    return repository.rpartition("/")[2]


def reader_of(user: User | None) -> str:
    """The person behind an account; nobody behind a deleted one."""
    return f"github:{user.login.lower()}" if user else ""
