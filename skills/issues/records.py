"""What was shown of issues, in the gate's terms: who could already see it, and whose words it is (pure)."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import JsonValue

from integrations.github.models import Issue
from integrations.github.places import Places, bare_name, reader_of
from skills.record import Record
from skills.texts import text_of

_BESIDE = ("repository", "title", "link")


def of_list(issues: Iterable[Issue], rows: Iterable[Mapping[str, JsonValue]], places: Places) -> tuple[Record, ...]:
    """The issues of a list, and the repositories that they are in."""
    listed = tuple(issues)
    found = (
        _shown(issue, places, repository=issue.repository, text=text_of(row, beside=_BESIDE))
        for issue, row in zip(listed, rows, strict=True)
    )
    return (*found, *_repositories((issue.repository for issue in listed), places))


def of_one(
    issue: Issue, shown: Mapping[str, JsonValue], places: Places, *, repository: str, pulls: Sequence[Issue]
) -> tuple[Record, ...]:
    """One issue with what was said under it, the pull requests that name it, and the repositories of all."""
    found = _shown(
        issue,
        places,
        repository=repository,
        text=text_of(shown, beside=_BESIDE),
        has_author=not issue.comments,
    )
    naming = (_shown(pull, places, repository=pull.repository) for pull in pulls)
    return (found, *naming, *_repositories([repository, *(pull.repository for pull in pulls)], places))


def written(repository: str, number: int, *, title: str = "", text: str = "") -> tuple[Record, ...]:
    """The issue that was made or written to, with the words that were written and no others."""
    made = Record(
        kind="issue",
        id=str(number),
        name=title,
        keys=(f"{repository}#{number}",),
        readers=frozenset({f"github:{repository.lower()}"}),
        text=text,
    )
    return (made,)


def _shown(issue: Issue, places: Places, *, repository: str, text: str = "", has_author: bool = True) -> Record:
    """`has_author` is false where other people's words stand in `text` as well."""
    return Record(
        kind="pull_request" if issue.pull_request else "issue",
        id=str(issue.number),
        name=issue.title,
        keys=places.keys(repository, issue.number),
        author=reader_of(issue.user) if has_author else "",
        readers=places.readers(repository),
        text=text,
    )


def _repositories(names: Iterable[str], places: Places) -> tuple[Record, ...]:
    return tuple(
        Record(
            kind="repository",
            id=name,
            name=bare_name(name),
            keys=places.names(name),
            readers=places.readers(name),
        )
        for name in dict.fromkeys(names)
    )
