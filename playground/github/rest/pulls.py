"""Endpoints about pull requests: list, read, edit, ask for reviewers, merge."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import get_args

from playground.github import errors
from playground.github.calls import Answer, Call, Json, Route, created, page
from playground.github.diffs import joined
from playground.github.shapes import commits, people, pulls
from playground.github.world import Account, Commit, Merge, MergeMethod, Pull, sha

MOST_DIFF_LINES = 20_000
MOST_DIFF_FILES = 300
MOST_LISTED_FILES = 3_000


def list_pulls(call: Call) -> Answer:
    state = call.query.get("state", "open")
    branch, base = call.query.get("head", "").rpartition(":")[2], call.query.get("base", "main")
    found = [
        pull
        for pull in call.repository.pulls()
        if state in ("all", pull.state) and branch in ("", pull.branch) and base == "main"
    ]
    sort = call.query.get("sort", "created")
    found.sort(key=lambda pull: _order(pull, sort))
    if call.query.get("direction", "desc" if sort == "created" else "asc") == "desc":
        found.reverse()
    return page(call, found, lambda pull: pulls.simple(call.site, call.repository, pull, call.account))


def read_pull(call: Call) -> Answer:
    """JSON, or the diff or patch when the Accept header asks for it."""
    pull, media = call.pull, call.accept
    if "diff" in media and "vnd.github" in media:
        return _text(pull, joined(pull.files), "diff")
    if "patch" in media and "vnd.github" in media:
        return _text(pull, as_mail(pull), "patch")
    return Answer(body=_full(call, pull))


def edit_pull(call: Call) -> Answer:
    """Title, text, open or closed; the author may, and whoever may push."""
    pull = call.pull
    if call.who != pull.by:
        call.need("write")
    state = call.text("state", pull.state)
    if state not in ("open", "closed"):
        raise errors.invalid("PullRequest", "state", "invalid")
    if state == "open" and pull.merge:
        raise errors.invalid("PullRequest", "state", "invalid", "state cannot be changed. The pull request is merged.")
    if not (title := call.text("title", pull.title)):
        raise errors.invalid("PullRequest", "title", "missing_field")
    now = call.world.clock()
    if state != pull.state:
        (call.world.settle if state == "closed" else call.world.reopen)(pull, call.who, now)
    pull.title, pull.body, pull.updated = title, call.text("body", pull.body), now
    call.wrote("edit_pull", number=pull.number)
    return Answer(body=_full(call, pull))


def list_files(call: Call) -> Answer:
    pull = call.pull
    listed = pull.files[:MOST_LISTED_FILES]
    return page(call, listed, lambda file: pulls.file(call.site, call.repository, pull, file))


def list_commits(call: Call) -> Answer:
    return page(call, call.pull.commits, lambda commit: commits.commit(call.site, call.repository, commit))


def list_requested_reviewers(call: Call) -> Answer:
    wanted = [people.user(call.site, account) for account in call.pull.wants]
    return Answer(body={"users": wanted, "teams": []})


def request_reviewers(call: Call) -> Answer:
    """Ask people for a review; asking again somebody who answered is how a new review is asked for."""
    pull, repository = call.pull, call.repository
    call.need("write")
    accounts = _reviewers(call)
    if pull.by in accounts:
        raise errors.Refusal(422, "Review cannot be requested from pull request author.")
    if any(not call.world.may(account, "read", repository) for account in accounts):
        raise _not_a_collaborator(call)
    pull.updated = call.world.clock()
    for account in accounts:
        if account not in pull.wants:
            pull.wants.append(account)
            call.world.happened(pull, "review_requested", call.who, pull.updated, reviewer=account)
    call.wrote("request_reviewers", number=pull.number)
    return created(_simple(call, pull))


def remove_reviewers(call: Call) -> Answer:
    pull = call.pull
    call.need("write")
    accounts = _reviewers(call)
    pull.updated = call.world.clock()
    for account in accounts:
        if account in pull.wants:
            pull.wants.remove(account)
            call.world.happened(pull, "review_request_removed", call.who, pull.updated, reviewer=account)
    call.wrote("remove_reviewers", number=pull.number)
    return Answer(body=_simple(call, pull))


def check_merged(call: Call) -> Answer:
    if call.pull.merge is None:
        raise errors.not_found()
    return Answer(status=204)


def merge(call: Call) -> Answer:
    pull, repository, now = call.pull, call.repository, call.world.clock()
    call.need("write")
    method = _merge_method(call)
    _need_mergeable(pull)
    expected = call.text("sha")
    if expected and expected != pull.head.sha:
        raise errors.Refusal(409, "Head branch was modified. Review and try the merge again.")
    commit = Commit(
        sha=sha(repository.name, pull.number, "merge", pull.head.sha),
        parent=repository.main[-1].sha,
        message=call.text("commit_title") or f"{pull.title} (#{pull.number})",
        by=call.who,
        at=now,
        files=pull.files,
    )
    repository.main.append(commit)
    pull.merge = Merge(by=call.who, at=now, sha=commit.sha, method=method)
    pull.updated = now
    call.world.happened(pull, "merged", call.who, now, commit=commit.sha)
    call.world.settle(pull, call.who, now)
    call.wrote("merge", number=pull.number)
    return Answer(body={"sha": commit.sha, "merged": True, "message": "Pull Request successfully merged"})


def as_mail(pull: Pull) -> str:
    """The patch as git sends it by mail; the whole change stands under the last commit."""
    parts = [_letter(commit, number, len(pull.commits)) for number, commit in enumerate(pull.commits, start=1)]
    return "\n".join([*parts[:-1], f"{parts[-1]}\n{joined(pull.files)}"])


def _letter(commit: Commit, number: int, of: int) -> str:
    subject, _, rest = commit.message.partition("\n")
    counted = f"[PATCH {number}/{of}]" if of > 1 else "[PATCH]"
    date = format_datetime(commit.at.astimezone(UTC))
    sender = f"From {commit.sha} Mon Sep 17 00:00:00 2001\nFrom: {commit.by.name} <{commit.by.email}>"
    return f"{sender}\nDate: {date}\nSubject: {counted} {subject}\n{rest}\n---\n"


def _text(pull: Pull, text: str, kind: str) -> Answer:
    lines = sum(file.patch.count("\n") + 1 for file in pull.files)
    for most, found, what in ((MOST_DIFF_LINES, lines, "lines"), (MOST_DIFF_FILES, len(pull.files), "files")):
        if found > most:
            raise errors.Refusal(
                406,
                f"Sorry, the diff exceeded the maximum number of {what} ({most})",
                errors=[{"resource": "PullRequest", "field": "diff", "code": "too_large"}],
            )
    return Answer(body=text, media=f"application/vnd.github.{kind}; charset=utf-8")


def _order(pull: Pull, sort: str) -> tuple[datetime, int] | tuple[int, int]:
    match sort:
        case "updated":
            return pull.updated, pull.number
        case "popularity":
            return len(pull.comments) + len(pull.line_comments), pull.number
        case _:
            return pull.created, pull.number


def _merge_method(call: Call) -> MergeMethod:
    wanted = call.text("merge_method", "merge")
    for method in get_args(MergeMethod):
        if wanted == method:
            return method
    raise errors.not_of_type("merge_method", wanted, f"one of {', '.join(get_args(MergeMethod))}")


def _need_mergeable(pull: Pull) -> None:
    if pull.state == "open" and pull.draft:
        raise errors.Refusal(405, "Pull Request is still a draft")
    if pull.state == "closed" or not pull.mergeable:
        raise errors.Refusal(405, "Pull Request is not mergeable")


def _reviewers(call: Call) -> list[Account]:
    if not (logins := call.texts("reviewers")) and not call.texts("team_reviewers"):
        raise errors.not_supplied("reviewers")
    found = [account for login in logins if (account := call.world.account(login))]
    if len(found) < len(logins) or call.texts("team_reviewers"):
        raise _not_a_collaborator(call)
    return found


def _not_a_collaborator(call: Call) -> errors.Refusal:
    return errors.Refusal(
        422,
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not"
        f" a collaborator of the {call.site.full_name(call.repository)} repository.",
    )


def _full(call: Call, pull: Pull) -> Json:
    return pulls.full(call.site, call.repository, pull, call.account)


def _simple(call: Call, pull: Pull) -> Json:
    return pulls.simple(call.site, call.repository, pull, call.account)


_HERE = "/repos/{owner}/{repo}/pulls"

ROUTES = (
    Route("GET", _HERE, list_pulls),
    Route("GET", f"{_HERE}/{{number}}", read_pull),
    Route("PATCH", f"{_HERE}/{{number}}", edit_pull),
    Route("GET", f"{_HERE}/{{number}}/files", list_files),
    Route("GET", f"{_HERE}/{{number}}/commits", list_commits),
    Route("GET", f"{_HERE}/{{number}}/requested_reviewers", list_requested_reviewers),
    Route("POST", f"{_HERE}/{{number}}/requested_reviewers", request_reviewers),
    Route("DELETE", f"{_HERE}/{{number}}/requested_reviewers", remove_reviewers),
    Route("GET", f"{_HERE}/{{number}}/merge", check_merged),
    Route("PUT", f"{_HERE}/{{number}}/merge", merge),
)
