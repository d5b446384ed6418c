"""Values of ticket fields as bodies carry them, each read or refused in Jira's words."""

import re
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from playground.atlassian import adf
from playground.atlassian.calls import is_list, is_object
from playground.atlassian.world import PRIORITIES, IssueType, Json, LinkKind, Named, Project, Version

Kind = TypeVar("Kind", Named, Version, IssueType, LinkKind)

_LONGEST = 255


class Wrong(Exception):
    """A value that its field does not take; the message is Jira's."""


def summary(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Wrong("You must specify a summary of the issue.")
    if "\n" in value or "\r" in value:
        raise Wrong("The summary is invalid because it contains newline characters.")
    if len(value) > _LONGEST:
        raise Wrong("Summary must be less than 255 characters.")
    return value.strip()


def document(value: object) -> Json | None:
    """A description; null is none."""
    if value is None:
        return None
    if not is_object(value):
        raise Wrong("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    if not adf.is_document(value):
        raise Wrong("INVALID_INPUT")
    return value


def labels(value: object) -> list[str]:
    found = [str(item) for item in items(value)]
    for label in found:
        if re.search(r"\s", label):
            raise Wrong(f"The label '{label}' contains spaces which is invalid.")
        if not label or len(label) > _LONGEST:
            raise Wrong("The label is empty or longer than 255 characters.")
    return list(dict.fromkeys(found))


def priority(value: object) -> Named:
    if found := named(PRIORITIES, value):
        return found
    raise Wrong("The priority selected is invalid.")


def issue_type(project: Project, value: object) -> IssueType:
    if found := named(project.types, value):
        return found
    raise Wrong("Specify a valid issue type")


def component(project: Project, value: object) -> Named:
    if found := named(project.components, value):
        return found
    raise Wrong(f"Component name '{_name(value)}' is not valid")


def version(project: Project, value: object) -> Version:
    if found := named(project.versions, value):
        return found
    raise Wrong(f"Version name '{_name(value)}' is not valid")


def day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Wrong("Error parsing date string: expected yyyy-MM-dd") from None


def number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong("Operation value must be a number")
    return float(value)


def account_id(value: object) -> str | None:
    """The id in `{"accountId": …}` or `{"id": …}`; null is nobody."""
    if value is None:
        return None
    if not is_object(value):
        raise Wrong("data was not an object")
    found: object = value.get("accountId", value.get("id"))
    return None if found is None else str(found)


def items(value: object) -> list[object]:
    if value is None:
        return []
    if not is_list(value):
        raise Wrong("data was not an array")
    return value


def named(known: Iterable[Kind], value: object) -> Kind | None:
    """The thing that `{"id": …}` or `{"name": …}` means."""
    if not is_object(value):
        return None
    wanted, name = value.get("id"), str(value.get("name", "")).casefold()
    for one in known:
        if one.id == str(wanted) or (wanted is None and one.name.casefold() == name):
            return one
    return None


def _name(value: object) -> str:
    return str(value.get("name", value.get("id", ""))) if is_object(value) else str(value)
