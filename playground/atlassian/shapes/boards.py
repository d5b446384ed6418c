"""Boards and sprints as Jira Software's agile paths write them."""

from playground.atlassian.shapes import issues, people
from playground.atlassian.view import View
from playground.atlassian.world import Board, Issue, Json, Sprint, Status

_COLUMNS = {"Won't do": "Done"}
"""Statuses that share another one's column."""


def board(view: View, found: Board) -> Json:
    where = found.project
    return {
        "id": found.id,
        "self": view.agile(f"board/{found.id}"),
        "name": found.name,
        "type": found.kind,
        "location": {
            "projectId": int(where.id),
            "displayName": f"{where.name} ({where.key})",
            "projectName": where.name,
            "projectKey": where.key,
            "projectTypeKey": "software",
            "avatarURI": people.avatars(view, where.key)["24x24"],
            "name": f"{where.name} ({where.key})",
        },
        "isPrivate": False,
    }


def configuration(view: View, found: Board) -> Json:
    """How the board is set up: its filter and its columns."""
    where = found.project
    said: Json = {
        "id": found.id,
        "name": found.name,
        "type": found.kind,
        "self": view.agile(f"board/{found.id}/configuration"),
        "location": {
            "type": "project",
            "key": where.key,
            "id": where.id,
            "self": view.rest(f"project/{where.id}"),
            "name": where.name,
        },
        "filter": {"id": str(10_000 + found.id), "self": view.rest(f"filter/{10_000 + found.id}")},
        "columnConfig": {"columns": _columns(view, where.statuses), "constraintType": "issueCount"},
        "ranking": {"rankCustomFieldId": 10_019},
    }
    if found.kind == "scrum":
        said["estimation"] = {
            "type": "field",
            "field": {"fieldId": issues.POINTS, "displayName": "Story point estimate"},
        }
    return said


def sprint(view: View, found: Sprint) -> Json:
    said: Json = {
        "id": found.id,
        "self": view.agile(f"sprint/{found.id}"),
        "state": found.state,
        "name": found.name,
        "startDate": issues.utc(found.start),
        "endDate": issues.utc(found.end),
        "createdDate": issues.utc(found.start),
        "originBoardId": found.board,
        "goal": found.goal,
    }
    if found.completed:
        said["completeDate"] = issues.utc(found.completed)
    return said


def issue(view: View, found: Issue, wanted: list[str]) -> Json:
    """A ticket as the agile paths give it, with fields of their own."""
    said = issues.issue(view, found, wanted or ["*navigable"])
    if wanted:
        return said
    running = next((one for one in found.sprints if one.state != "closed"), None)
    past = [sprint(view, one) for one in found.sprints if one.state == "closed"]
    said["fields"] |= {"flagged": False, "sprint": sprint(view, running) if running else None, "closedSprints": past}
    return said


def _columns(view: View, statuses: tuple[Status, ...]) -> list[Json]:
    found: dict[str, list[Json]] = {}
    for status in statuses:
        entry = {"id": status.id, "self": view.rest(f"status/{status.id}")}
        found.setdefault(_COLUMNS.get(status.name, status.name), []).append(entry)
    return [{"name": name, "statuses": entries} for name, entries in found.items()]
