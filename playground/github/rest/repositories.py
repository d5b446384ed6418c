"""Endpoints about repositories: the few files, the people, labels, commits and checks."""

from playground.github import errors
from playground.github.calls import Answer, Call, Json, Route, page
from playground.github.shapes import commits, issues, people, pulls, repositories
from playground.github.world import Check, Commit, Pull


def read_repository(call: Call) -> Answer:
    return Answer(body=repositories.full(call.site, call.repository, call.account))


def read_contents(call: Call) -> Answer:
    """A file, or the listing of a folder."""
    repository, path = call.repository, call.match.get("path", "").strip("/")
    if path in repository.files:
        return _file(call, path)
    inside = [name for name in repository.files if not path or name.startswith(f"{path}/")]
    if not inside:
        raise errors.not_found()
    depth = path.count("/") + 1 if path else 0
    names = sorted({"/".join(name.split("/")[: depth + 1]) for name in inside})
    return Answer(body=[repositories.entry(call.site, repository, name) for name in names])


def read_readme(call: Call) -> Answer:
    return _file(call, "README.md")


def list_collaborators(call: Call) -> Answer:
    """Who can see the repository; asking needs the right to push, as on GitHub."""
    if not call.world.may(call.who, "write", call.repository):
        raise errors.Refusal(403, "Must have push access to view repository collaborators.")
    found = call.world.collaborators(call.repository)
    return page(call, found, lambda account: people.collaborator(call.site, account, call.repository))


def check_collaborator(call: Call) -> Answer:
    account = call.world.account(call.match["login"])
    if account is None or not call.world.may(account, "read", call.repository):
        raise errors.not_found()
    return Answer(status=204)


def read_permission(call: Call) -> Answer:
    account = call.world.account(call.match["login"])
    if account is None:
        raise errors.not_found()
    return Answer(body=people.permission(call.site, account, call.repository))


def list_assignees(call: Call) -> Answer:
    found = call.world.collaborators(call.repository)
    return page(call, found, lambda account: people.user(call.site, account))


def list_teams(call: Call) -> Answer:
    repository = call.repository
    teams = [team for team in call.world.teams.values() if team.slug in repository.teams]
    words = {"read": "pull", "write": "push", "admin": "admin"}
    return page(call, teams, lambda team: people.team(call.site, team, words[repository.teams[team.slug]]))


def list_labels(call: Call) -> Answer:
    repository = call.repository
    return page(call, repository.labels(), lambda name: issues.label(call.site, repository, name))


def list_milestones(call: Call) -> Answer:
    repository = call.repository
    return page(call, repository.milestones(), lambda title: issues.milestone(call.site, repository, title))


def list_commits(call: Call) -> Answer:
    """What is on `sha`, newest first; main when it is left out."""
    repository = call.repository
    ref = call.query.get("sha", "main")
    pull = next((pull for pull in repository.pulls() if ref in (pull.branch, pull.head.sha)), None)
    found = [*repository.main, *pull.commits] if pull else repository.main
    if pull is None and _commit(call, ref) not in repository.main:
        raise errors.not_found()
    return page(call, found[::-1], lambda commit: commits.commit(call.site, repository, commit))


def read_commit(call: Call) -> Answer:
    commit = _commit(call, call.match["ref"])
    return Answer(body=commits.commit(call.site, call.repository, commit))


def list_check_runs(call: Call) -> Answer:
    repository, commit = call.repository, _commit(call, call.match["ref"])
    pull = next((pull for pull in repository.pulls() if commit in pull.commits), None)
    name, status = call.query.get("check_name"), call.query.get("status")
    runs = [
        check
        for check in commit.checks
        if name in (None, check.name) and status in (None, "completed" if check.completed else "in_progress")
    ]

    def shape(check: Check) -> Json:
        return commits.check_run(call.site, repository, check, on=commit, pull=pull)

    return page(call, runs, shape, within=lambda shown: {"total_count": len(runs), "check_runs": shown})


def read_combined_status(call: Call) -> Answer:
    commit = _commit(call, call.match["ref"])
    return Answer(body=commits.combined_status(call.site, call.repository, commit))


def list_pulls_of_commit(call: Call) -> Answer:
    """The pull requests that brought a commit."""
    repository, commit = call.repository, _commit(call, call.match["ref"])

    def brought(pull: Pull) -> bool:
        return commit in pull.commits or (pull.merge is not None and pull.merge.sha == commit.sha)

    found = [pull for pull in repository.pulls() if brought(pull)]
    return page(call, found, lambda pull: pulls.simple(call.site, repository, pull, call.account))


def _commit(call: Call, ref: str) -> Commit:
    found = call.repository.commit(ref)
    if found is None:
        raise errors.Refusal(422, f"No commit found for SHA: {ref}")
    return found


def _file(call: Call, path: str) -> Answer:
    if call.accept.startswith(("application/vnd.github.raw", "application/vnd.github.v3.raw")):
        return Answer(body=call.repository.files[path], media="application/vnd.github.raw; charset=utf-8")
    return Answer(body=repositories.file(call.site, call.repository, path))


_HERE = "/repos/{owner}/{repo}"

ROUTES = (
    Route("GET", _HERE, read_repository),
    Route("GET", f"{_HERE}/contents", read_contents),
    Route("GET", f"{_HERE}/contents/", read_contents),
    Route("GET", f"{_HERE}/contents/{{path:.+}}", read_contents),
    Route("GET", f"{_HERE}/readme", read_readme),
    Route("GET", f"{_HERE}/collaborators", list_collaborators),
    Route("GET", f"{_HERE}/collaborators/{{login}}", check_collaborator),
    Route("GET", f"{_HERE}/collaborators/{{login}}/permission", read_permission),
    Route("GET", f"{_HERE}/assignees", list_assignees),
    Route("GET", f"{_HERE}/teams", list_teams),
    Route("GET", f"{_HERE}/labels", list_labels),
    Route("GET", f"{_HERE}/milestones", list_milestones),
    Route("GET", f"{_HERE}/commits", list_commits),
    Route("GET", f"{_HERE}/commits/{{ref:.+}}/check-runs", list_check_runs),
    Route("GET", f"{_HERE}/commits/{{ref:.+}}/status", read_combined_status),
    Route("GET", f"{_HERE}/commits/{{ref:.+}}/pulls", list_pulls_of_commit),
    Route("GET", f"{_HERE}/commits/{{ref:.+}}", read_commit),
)
