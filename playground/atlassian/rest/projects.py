"""Endpoints about projects, and about what a new ticket in one needs."""

from playground.atlassian import errors, scopes
from playground.atlassian.calls import Answer, Call, Route, page
from playground.atlassian.shapes import issues, projects
from playground.atlassian.world import PRIORITIES, IssueType, Json, Project

V3 = "/rest/api/3"

_TYPES = {
    "summary": ("Summary", "string"),
    "issuetype": ("Issue Type", "issuetype"),
    "project": ("Project", "project"),
    "description": ("Description", "string"),
    "reporter": ("Reporter", "user"),
    "assignee": ("Assignee", "user"),
    "priority": ("Priority", "priority"),
    "duedate": ("Due date", "date"),
    "parent": ("Parent", "issuelink"),
    "labels": ("Labels", "array"),
    "components": ("Components", "array"),
    "fixVersions": ("Fix versions", "array"),
    issues.POINTS: ("Story point estimate", "number"),
    issues.SPRINT: ("Sprint", "array"),
}
_REQUIRED = ("summary", "issuetype", "project")
_ITEMS = {"labels": "string", "components": "component", "fixVersions": "version", issues.SPRINT: "json"}
_CLAUSES = {"fixVersions": "fixVersion", "components": "component", issues.POINTS: "cf[10016]", issues.SPRINT: "sprint"}


def search(call: Call) -> Answer:
    """Projects by a part of their name or key."""
    wanted, keys = call.word("query").casefold(), {key.upper() for key in call.words("keys")}
    found = [
        project
        for project in sorted(call.jira.projects.values(), key=lambda project: project.key)
        if (wanted in project.key.casefold() or wanted in project.name.casefold()) and (not keys or project.key in keys)
    ]
    return page(call, found, lambda project: projects.listed(call.view, project))


def read(call: Call) -> Answer:
    return Answer(body=projects.whole(call.view, call.project))


def list_components(call: Call) -> Answer:
    found = call.project
    return Answer(body=[projects.component(call.view, found, one) for one in found.components])


def list_versions(call: Call) -> Answer:
    found = call.project
    return Answer(body=[projects.version(call.view, found, one) for one in found.versions])


def list_statuses(call: Call) -> Answer:
    """The statuses of each kind of ticket: here all kinds have all of them."""
    found = call.project
    statuses = [projects.status(call.view, one) for one in found.statuses]
    return Answer(
        body=[
            {
                "self": call.view.rest(f"issuetype/{kind.id}"),
                "id": kind.id,
                "name": kind.name,
                "subtask": False,
                "statuses": statuses,
            }
            for kind in found.types
        ]
    )


def list_types(call: Call) -> Answer:
    found = _project_to_create_in(call)
    return page(call, found.types, lambda kind: projects.issue_type(call.view, kind), within="issueTypes")


def list_fields(call: Call) -> Answer:
    """The fields that a new ticket of that kind may have."""
    found = _project_to_create_in(call)
    kind = next((kind for kind in found.types if kind.id == call.match["type"]), None)
    if kind is None:
        raise errors.said("The issue type is not available in this project.")
    names = [name for name in _TYPES if name != "parent" or kind.level == 0]
    return page(call, names, lambda name: _field(call, found, name, kind), within="fields")


def list_priorities(call: Call) -> Answer:
    return Answer(body=[projects.priority(call.view, one) for one in PRIORITIES])


def list_all_fields(_call: Call) -> Answer:
    return Answer(
        body=[
            {
                "id": name,
                "key": name,
                "name": label,
                "custom": name.startswith("customfield"),
                "orderable": True,
                "navigable": True,
                "searchable": True,
                "clauseNames": [_CLAUSES.get(name, name)],
                "schema": _schema(name),
            }
            for name, (label, _) in _TYPES.items()
        ]
    )


def list_labels(call: Call) -> Answer:
    found = sorted({label for issue in call.jira.visible(call.who) for label in issue.labels})
    return page(call, found, str)


def _project_to_create_in(call: Call) -> Project:
    """The path's project. Here Jira answers 400, not 404, when there is none."""
    found = call.jira.project(call.match["project"])
    if found is None:
        raise errors.said("The project is not found or you do not have permission to create issues in it.")
    return found


def _field(call: Call, where: Project, name: str, kind: IssueType) -> Json:
    view = call.view
    allowed: dict[str, list[Json]] = {
        "issuetype": [projects.issue_type(view, kind)],
        "project": [projects.project(view, where)],
        "priority": [projects.priority(view, one) for one in PRIORITIES],
        "components": [projects.component(view, where, one) for one in where.components],
        "fixVersions": [projects.version(view, where, one) for one in where.versions],
    }
    label = _TYPES[name][0]
    said: Json = {
        "required": name in _REQUIRED,
        "schema": _schema(name),
        "name": label,
        "key": name,
        "fieldId": name,
        "hasDefaultValue": name in ("priority", "reporter"),
        "operations": ["add", "set", "remove"] if name in _ITEMS else ["set"],
    }
    return said | ({"allowedValues": allowed[name]} if name in allowed else {})


def _schema(name: str) -> Json:
    said: Json = {"type": _TYPES[name][1]}
    if name in _ITEMS:
        said["items"] = _ITEMS[name]
    if name.startswith("customfield"):
        kind = "com.pyxis.greenhopper.jira:" + ("gh-sprint" if name == issues.SPRINT else "jsw-story-points")
        return said | {"custom": kind, "customId": int(name.removeprefix("customfield_"))}
    return said | {"system": name}


ROUTES = (
    Route("GET", f"{V3}/project/search", search, scopes.READ),
    Route("GET", f"{V3}/project/{{project}}", read, scopes.READ),
    Route("GET", f"{V3}/project/{{project}}/components", list_components, scopes.READ),
    Route("GET", f"{V3}/project/{{project}}/versions", list_versions, scopes.READ),
    Route("GET", f"{V3}/project/{{project}}/statuses", list_statuses, scopes.READ),
    Route("GET", f"{V3}/issue/createmeta/{{project}}/issuetypes", list_types, scopes.READ),
    Route("GET", f"{V3}/issue/createmeta/{{project}}/issuetypes/{{type}}", list_fields, scopes.READ),
    Route("GET", f"{V3}/priority", list_priorities, scopes.READ),
    Route("GET", f"{V3}/field", list_all_fields, scopes.READ),
    Route("GET", f"{V3}/label", list_labels, scopes.READ),
)
