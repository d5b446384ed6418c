"""Projects and what belongs to them, as JSON."""

from playground.atlassian.shapes import people
from playground.atlassian.view import View
from playground.atlassian.world import IssueType, Json, Named, Project, Status, Version

_CATEGORIES: dict[str, Json] = {
    "new": {"id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do"},
    "indeterminate": {"id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress"},
    "done": {"id": 3, "key": "done", "colorName": "green", "name": "Done"},
}


def project(view: View, found: Project) -> Json:
    """A project as it appears inside a ticket."""
    return {
        "self": view.rest(f"project/{found.id}"),
        "id": found.id,
        "key": found.key,
        "name": found.name,
        "projectTypeKey": "software",
        "simplified": False,
        "avatarUrls": people.avatars(view, found.key),
    }


def listed(view: View, found: Project) -> Json:
    """A project in the list of all."""
    return project(view, found) | {
        "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        "style": "classic",
        "isPrivate": False,
        "properties": {},
        "lead": people.user(view, found.lead),
    }


def whole(view: View, found: Project) -> Json:
    """A project with everything that it is made of."""
    return listed(view, found) | {
        "description": "",
        "issueTypes": [issue_type(view, kind) for kind in found.types],
        "components": [component(view, found, one) for one in found.components],
        "versions": [version(view, found, one) for one in found.versions],
        "assigneeType": "UNASSIGNED",
        "roles": {},
    }


def issue_type(view: View, kind: IssueType) -> Json:
    return {
        "self": view.rest(f"issuetype/{kind.id}"),
        "id": kind.id,
        "description": kind.about,
        "iconUrl": f"{view.origin}/avatars/{kind.name}.svg",
        "name": kind.name,
        "subtask": False,
        "hierarchyLevel": kind.level,
    }


def status(view: View, one: Status) -> Json:
    return {
        "self": view.rest(f"status/{one.id}"),
        "description": "",
        "iconUrl": f"{view.origin}/",
        "name": one.name,
        "id": one.id,
        "statusCategory": status_category(view, one),
    }


def status_category(view: View, one: Status) -> Json:
    found = _CATEGORIES[one.category]
    return {"self": view.rest(f"statuscategory/{found['id']}"), **found}


def version(view: View, where: Project, one: Version) -> Json:
    said: Json = {
        "self": view.rest(f"version/{one.id}"),
        "id": one.id,
        "name": one.name,
        "archived": False,
        "released": one.released,
        "projectId": int(where.id),
    }
    if one.release_date:
        said["releaseDate"] = one.release_date.isoformat()
    return said


def component(view: View, where: Project, one: Named) -> Json:
    return {
        "self": view.rest(f"component/{one.id}"),
        "id": one.id,
        "name": one.name,
        "isAssigneeTypeValid": False,
        "project": where.key,
        "projectId": int(where.id),
    }


def priority(view: View, one: Named) -> Json:
    return {
        "self": view.rest(f"priority/{one.id}"),
        "iconUrl": f"{view.origin}/avatars/{one.name}.svg",
        "name": one.name,
        "id": one.id,
    }


def resolution(view: View, one: Named) -> Json:
    return {"self": view.rest(f"resolution/{one.id}"), "id": one.id, "description": "", "name": one.name}
