"""What was shown of pull requests, in the gate's terms: who could already see it, and whose words it is (pure)."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from integrations.github.models import FoundPull, Pull
from integrations.github.places import Places, bare_name, reader_of
from skills.record import Record
from skills.texts import text_of

_BESIDE = ("repository", "title", "link")
_BY_OTHERS = {"last_comment", "waits_for"}
"""What stands in a row and was not written by the pull request's author."""


def of_list(pulls: Iterable[FoundPull], rows: Iterable[Mapping[str, JsonValue]], places: Places) -> tuple[Record, ...]:
    """The pull requests of a list, and the repositories that they are in."""
    listed = tuple(pulls)
    found = (_listed(pull, row, places) for pull, row in zip(listed, rows, strict=True))
    names = dict.fromkeys(pull.repository for pull in listed)
    return (*found, *(of_repository(name, places) for name in names))


def of_one(pull: Pull, shown: Mapping[str, JsonValue], places: Places, *, repository: str) -> tuple[Record, Record]:
    """One pull request with whatever is shown of it, and its repository. The words are many people's: no author."""
    found = Record(
        kind="pull_request",
        id=str(pull.number),
        name=pull.title,
        keys=places.keys(repository, pull.number),
        readers=places.readers(repository),
        text=text_of(shown, beside=_BESIDE),
    )
    return found, of_repository(repository, places)


def of_repository(repository: str, places: Places) -> Record:
    return Record(
        kind="repository",
        id=repository,
        name=bare_name(repository),
        keys=places.names(repository),
        readers=places.readers(repository),
    )


def written(repository: str, number: int, *, text: str = "") -> tuple[Record, ...]:
    """The pull request that was written to, with the words that were written and no others."""
    made = Record(
        kind="pull_request",
        id=str(number),
        keys=(f"{repository}#{number}",),
        readers=frozenset({f"github:{repository.lower()}"}),
        text=text,
    )
    return (made,)


def _listed(pull: FoundPull, row: Mapping[str, JsonValue], places: Places) -> Record:
    return Record(
        kind="pull_request",
        id=str(pull.number),
        name=pull.title,
        keys=places.keys(pull.repository, pull.number),
        author="" if _BY_OTHERS & row.keys() else reader_of(pull.user),
        readers=places.readers(pull.repository),
        text=text_of(row, beside=_BESIDE),
    )
