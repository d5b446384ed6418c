"""Endpoints about issues and the comments under issues and pull requests."""

import re
from datetime import UTC, datetime

from playground.github import errors
from playground.github.calls import Answer, Call, Route, created, page
from playground.github.shapes import issues
from playground.github.world import Account, Comment, Issue, Pull

LONGEST_BODY = 65_536


def list_issues(call: Call) -> Answer:
    """Issues and pull requests alike; a pull request has the key `pull_request`."""
    state = call.query.get("state", "open")
    labels = {label for label in call.query.get("labels", "").split(",") if label}
    author, assignee = call.query.get("creator"), call.query.get("assignee")
    found = [
        issue
        for issue in call.repository.issues.values()
        if state in ("all", issue.state)
        and labels <= set(issue.labels)
        and author in (None, issue.by.login)
        and (assignee is None or assignee in _assigned(issue))
    ]
    found.sort(key=lambda issue: _order(issue, call.query.get("sort", "created")))
    if call.query.get("direction", "desc") == "desc":
        found.reverse()
    return page(call, found, lambda issue: issues.issue(call.site, call.repository, issue))


def open_issue(call: Call) -> Answer:
    repository, now = call.repository, call.world.clock()
    if "title" not in call.body:
        raise errors.not_supplied("title")
    if not (title := str(call.body["title"] or "").strip()):
        raise errors.invalid("Issue", "title", "missing_field")
    issue = Issue(
        id=call.world.new_id(),
        number=max(repository.issues) + 1,
        title=title,
        by=call.who,
        body=call.text("body"),
        created=now,
        updated=now,
    )
    # GitHub drops these silently when the sender may not set them.
    if call.world.may(call.who, "write", repository):
        issue.labels, issue.assignees = call.texts("labels"), _people(call, call.texts("assignees"))
        issue.milestone = _milestone(call)
    repository.issues[issue.number] = issue
    call.wrote("open_issue", number=issue.number, made=issue.id)
    return created(issues.issue(call.site, repository, issue))


def read_issue(call: Call) -> Answer:
    return Answer(body=issues.issue(call.site, call.repository, call.issue))


def edit_issue(call: Call) -> Answer:
    issue, now = call.issue, call.world.clock()
    if call.who != issue.by:
        call.need("write")
    state = call.text("state", issue.state)
    if state not in ("open", "closed"):
        raise errors.invalid("Issue", "state", "invalid")
    if isinstance(issue, Pull) and issue.merge and state == "open":
        raise errors.invalid("Issue", "state", "invalid")
    if state != issue.state:
        (call.world.settle if state == "closed" else call.world.reopen)(issue, call.who, now)
        not_planned = call.text("state_reason") == "not_planned"
        issue.reason = "reopened" if state == "open" else "not_planned" if not_planned else "completed"
    issue.title, issue.body = call.text("title", issue.title), call.text("body", issue.body)
    if "labels" in call.body:
        issue.labels = call.texts("labels")
    if "assignees" in call.body:
        issue.assignees = _people(call, call.texts("assignees"))
    if "milestone" in call.body:
        issue.milestone = _milestone(call)
    issue.updated = now
    call.wrote("edit_issue", number=issue.number)
    return Answer(body=issues.issue(call.site, call.repository, issue))


def list_labels(call: Call) -> Answer:
    return page(call, call.issue.labels, lambda name: issues.label(call.site, call.repository, name))


def add_labels(call: Call) -> Answer:
    issue = call.issue
    call.need("write")
    issue.labels += [name for name in call.texts("labels") if name not in issue.labels]
    issue.updated = call.world.clock()
    call.wrote("add_labels", number=issue.number)
    return Answer(body=[issues.label(call.site, call.repository, name) for name in issue.labels])


def remove_label(call: Call) -> Answer:
    issue, name = call.issue, call.match["label"]
    call.need("write")
    if name not in issue.labels:
        raise errors.Refusal(404, "Label does not exist")
    issue.labels.remove(name)
    call.wrote("remove_label", number=issue.number)
    return Answer(body=[issues.label(call.site, call.repository, label) for label in issue.labels])


def add_assignees(call: Call) -> Answer:
    issue = call.issue
    call.need("write")
    wanted = _people(call, call.texts("assignees"))
    issue.assignees += [account for account in wanted if account not in issue.assignees]
    call.wrote("add_assignees", number=issue.number)
    return created(issues.issue(call.site, call.repository, issue))


def remove_assignees(call: Call) -> Answer:
    issue = call.issue
    call.need("write")
    gone = _people(call, call.texts("assignees"))
    issue.assignees = [account for account in issue.assignees if account not in gone]
    call.wrote("remove_assignees", number=issue.number)
    return Answer(body=issues.issue(call.site, call.repository, issue))


def list_events(call: Call) -> Answer:
    """What happened besides words, oldest first."""
    issue = call.issue
    return page(call, issue.events, lambda event: issues.event(call.site, call.repository, event))


def list_timeline(call: Call) -> Answer:
    """Where others name it, then what happened besides words; comments are left out here."""
    issue, here = call.issue, call.repository
    entries = [
        issues.cross_reference(call.site, repository, other, other.created)
        for repository in call.world.visible(call.account)
        for other in repository.issues.values()
        if other is not issue and _names(call, other, issue, same=repository is here)
    ]
    entries += [issues.event(call.site, here, event) for event in issue.events]
    return page(call, entries, lambda entry: entry)


def list_comments(call: Call) -> Answer:
    issue, since = call.issue, call.query.get("since")
    after = _moment(since) if since else None
    shown = [comment for comment in issue.comments if after is None or comment.updated >= after]
    return page(call, shown, lambda comment: issues.comment(call.site, call.repository, issue, comment))


def comment(call: Call) -> Answer:
    """Whoever reads the repository may write under its issues. Two equal requests make two comments."""
    issue, who, now = call.issue, call.who, call.world.clock()
    made = Comment(id=call.world.new_id(), by=who, body=_body(call), created=now, updated=now)
    issue.comments.append(made)
    issue.updated = now
    call.wrote("comment", number=issue.number, made=made.id)
    body = issues.comment(call.site, call.repository, issue, made)
    return Answer(body=body, status=201, headers={"Location": body["url"]})


def read_comment(call: Call) -> Answer:
    issue, found = _comment_of(call)
    return Answer(body=issues.comment(call.site, call.repository, issue, found))


def edit_comment(call: Call) -> Answer:
    issue, found = _comment_of(call)
    if found.by != call.who:
        call.need("write")
    found.body, found.updated = _body(call), call.world.clock()
    call.wrote("edit_comment", number=issue.number, made=found.id)
    return Answer(body=issues.comment(call.site, call.repository, issue, found))


def delete_comment(call: Call) -> Answer:
    issue, found = _comment_of(call)
    if found.by != call.who:
        call.need("write")
    issue.comments.remove(found)
    call.wrote("delete_comment", number=issue.number, made=found.id)
    return Answer(status=204)


def _names(call: Call, other: Issue, issue: Issue, *, same: bool) -> bool:
    """Whether `other` names `issue`: by `#number` in the same repository, from anywhere by its full name."""
    text = "\n".join([other.title, other.body, *(comment.body for comment in other.comments)])
    full = rf"{re.escape(call.site.full_name(call.repository))}#{issue.number}\b"
    return re.search(rf"(?<![\w/-])#{issue.number}\b|{full}" if same else full, text) is not None


def _order(issue: Issue, sort: str) -> tuple[datetime, int] | tuple[int, int]:
    match sort:
        case "updated":
            return issue.updated, issue.number
        case "comments":
            return len(issue.comments), issue.number
        case _:
            return issue.created, issue.number


def _assigned(issue: Issue) -> set[str]:
    logins = {account.login for account in issue.assignees}
    return {*logins, "*"} if logins else {"none"}


def _people(call: Call, logins: list[str]) -> list[Account]:
    found = [call.world.account(login) for login in logins]
    if missing := [login for login, account in zip(logins, found, strict=True) if account is None]:
        raise errors.invalid("Issue", "assignees", "invalid", f"{missing[0]} cannot be assigned to this issue")
    return [account for account in found if account]


def _milestone(call: Call) -> str | None:
    number = call.body.get("milestone")
    if number is None:
        return None
    titles = call.repository.milestones()
    if not isinstance(number, int) or not 1 <= number <= len(titles):
        raise errors.invalid("Issue", "milestone", "invalid")
    return titles[number - 1]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise errors.not_of_type("since", text, "a time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _body(call: Call) -> str:
    if call.body.get("body") is None:
        raise errors.not_supplied("body")
    body = call.text("body")
    if not body.strip():
        raise errors.invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
    if len(body) > LONGEST_BODY:
        too_long = f"Body is too long (maximum is {LONGEST_BODY} characters)"
        raise errors.invalid("IssueComment", "data", "unprocessable", too_long)
    return body


def _comment_of(call: Call) -> tuple[Issue, Comment]:
    for issue in call.repository.issues.values():
        for found in issue.comments:
            if str(found.id) == call.match["comment"]:
                return issue, found
    raise errors.not_found()


_HERE = "/repos/{owner}/{repo}/issues"

ROUTES = (
    Route("GET", _HERE, list_issues),
    Route("POST", _HERE, open_issue),
    Route("GET", f"{_HERE}/{{number}}", read_issue),
    Route("PATCH", f"{_HERE}/{{number}}", edit_issue),
    Route("GET", f"{_HERE}/{{number}}/labels", list_labels),
    Route("POST", f"{_HERE}/{{number}}/labels", add_labels, array="labels"),
    Route("DELETE", f"{_HERE}/{{number}}/labels/{{label}}", remove_label),
    Route("POST", f"{_HERE}/{{number}}/assignees", add_assignees),
    Route("DELETE", f"{_HERE}/{{number}}/assignees", remove_assignees),
    Route("GET", f"{_HERE}/{{number}}/events", list_events),
    Route("GET", f"{_HERE}/{{number}}/timeline", list_timeline),
    Route("GET", f"{_HERE}/{{number}}/comments", list_comments),
    Route("POST", f"{_HERE}/{{number}}/comments", comment),
    Route("GET", f"{_HERE}/comments/{{comment}}", read_comment),
    Route("PATCH", f"{_HERE}/comments/{{comment}}", edit_comment),
    Route("DELETE", f"{_HERE}/comments/{{comment}}", delete_comment),
)
