"""Jira Software's agile paths: boards, sprints and what stands on them."""

from playground.atlassian import errors, scopes
from playground.atlassian.calls import MOST_PER_PAGE, Answer, Call, Route, is_list, page
from playground.atlassian.rest.editing import Edit
from playground.atlassian.shapes import boards, issues
from playground.atlassian.world import Board, Issue, Json, Sprint

AGILE = "/rest/agile/1.0"


def list_all(call: Call) -> Answer:
    name, kinds = call.word("name").casefold(), call.words("type")
    project = call.word("projectKeyOrId")
    if project and call.jira.project(project) is None:
        raise errors.said(f"No project could be found with key or id '{project}'.")
    found = [
        board
        for board in call.jira.boards.values()
        if name in board.name.casefold()
        and (not kinds or board.kind in kinds)
        and (not project or project.upper() == board.project.key or project == board.project.id)
    ]
    return page(call, found, lambda board: boards.board(call.view, board))


def read(call: Call) -> Answer:
    return Answer(body=boards.board(call.view, _board(call)))


def read_configuration(call: Call) -> Answer:
    return Answer(body=boards.configuration(call.view, _board(call)))


def list_sprints(call: Call) -> Answer:
    board, states = _board(call), call.words("state")
    if board.kind == "kanban":
        raise errors.said("The board does not support sprints")
    found = [
        sprint
        for sprint in call.jira.sprints.values()
        if sprint.board == board.id and (not states or sprint.state in states)
    ]
    return page(call, found, lambda sprint: boards.sprint(call.view, sprint))


def list_board_issues(call: Call) -> Answer:
    """What stands on the board; epics have a panel of their own on a scrum board."""
    board = _board(call)
    found = call.find(call.word("jql"), within=f"({board.filter}) ORDER BY rank ASC", unbounded=True)
    return _issues(call, [i for i in found if board.kind == "kanban" or i.type.level == 0])


def list_backlog(call: Call) -> Answer:
    """What no running sprint has and is not done."""
    board = _board(call)
    found = call.find(call.word("jql"), within=f"({board.filter}) ORDER BY rank ASC", unbounded=True)
    return _issues(
        call,
        [
            issue
            for issue in found
            if issue.status.category != "done"
            and issue.type.level == 0
            and not any(sprint.state == "active" for sprint in issue.sprints)
        ],
    )


def read_sprint(call: Call) -> Answer:
    return Answer(body=boards.sprint(call.view, _sprint(call)))


def list_sprint_issues(call: Call) -> Answer:
    sprint = _sprint(call)
    return _issues(call, call.find(call.word("jql"), within=f"sprint = {sprint.id} ORDER BY rank ASC", unbounded=True))


def plan(call: Call) -> Answer:
    """Move tickets into a sprint that is not over."""
    sprint, names = _sprint(call), call.body.get("issues", [])
    if not is_list(names) or not names:
        raise errors.said("issues: Issues must not be empty.")
    for issue in [call.jira.issue(call.who, str(name)) for name in names]:
        Edit.of(call, issue.project, {issues.SPRINT: sprint.id}, {}).carry_out(issue)
        call.wrote("plan", issue)
    return Answer(status=204)


def _issues(call: Call, found: list[Issue]) -> Answer:
    """A page by `startAt`, as it has been for years, or by `nextPageToken`, as Atlassian is moving to."""
    fields, size = call.words("fields"), min(call.number("maxResults", 50), MOST_PER_PAGE)
    start = call.number("nextPageToken", 0) or call.number("startAt", 0)
    is_last = start + size >= len(found)
    said: Json = {
        "expand": "schema,names",
        "startAt": start,
        "maxResults": size,
        "total": len(found),
        "isLast": is_last,
        "issues": [boards.issue(call.view, issue, fields) for issue in found[start : start + size]],
    }
    return Answer(body=said if is_last else said | {"nextPageToken": str(start + size)})


def _board(call: Call) -> Board:
    number = call.match["board"]
    found = call.jira.boards.get(int(number)) if number.isdecimal() else None
    if found is None:
        raise errors.said(
            "The requested board cannot be viewed because it either does not exist or you do not have "
            "permission to view it.",
            status=404,
        )
    return found


def _sprint(call: Call) -> Sprint:
    number = call.match["sprint"]
    found = call.jira.sprints.get(int(number)) if number.isdecimal() else None
    if found is None:
        raise errors.said("Sprint does not exist or you do not have permission to view it.", status=404)
    return found


ROUTES = (
    Route("GET", f"{AGILE}/board", list_all, scopes.BOARDS),
    Route("GET", f"{AGILE}/board/{{board}}", read, scopes.BOARD),
    Route("GET", f"{AGILE}/board/{{board}}/configuration", read_configuration, scopes.CONFIGURATION),
    Route("GET", f"{AGILE}/board/{{board}}/sprint", list_sprints, scopes.SPRINTS),
    Route("GET", f"{AGILE}/board/{{board}}/issue", list_board_issues, scopes.BOARD),
    Route("GET", f"{AGILE}/board/{{board}}/backlog", list_backlog, scopes.BOARD),
    Route("GET", f"{AGILE}/sprint/{{sprint}}", read_sprint, scopes.SPRINTS),
    Route("GET", f"{AGILE}/sprint/{{sprint}}/issue", list_sprint_issues, scopes.SPRINT_ISSUES),
    Route("POST", f"{AGILE}/sprint/{{sprint}}/issue", plan, scopes.PLAN),
)
