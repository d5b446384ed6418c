"""What the model is shown of pull requests: short JSON, with a word about everything that was left out (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from integrations.github.codeowners import Rule, owners_of
from integrations.github.models import (
    ChangedFile,
    Check,
    Comment,
    FoundPull,
    LineComment,
    Pull,
    Review,
    login_of,
)
from integrations.github.texts import excerpt, shortened
from skills.pull_requests.standing import asked_reviewers, checks_said, waits_for

MAX_BODY = 4_000
MAX_COMMENT = 2_000
MAX_TALK = 30_000
"""Characters of a discussion."""
MAX_LINES = 1_200
MAX_FILE_LINES = 400
MAX_LINE = 300
"""Characters of one line: what is longer was written by a machine."""
MAX_DIFF = 36_000
"""Characters of all diffs together."""


def row(pull: FoundPull) -> dict[str, JsonValue]:
    """One line of a list."""
    found: dict[str, JsonValue] = {
        "repository": pull.repository,
        "number": pull.number,
        "title": pull.title,
        "author": login_of(pull.user),
        "labels": [label.name for label in pull.labels],
        "opened": _at(pull.created_at),
        "last_activity": _at(pull.updated_at),
        "link": pull.html_url,
    }
    if pull.draft:
        found["draft"] = True
    if pull.merged_at:
        found["merged"] = _at(pull.merged_at)
    if pull.body:
        found["body"] = excerpt(pull.body, 300)
    return found


def waiting_row(pull: FoundPull, *, asked_at: datetime | None, last: Comment | None) -> dict[str, JsonValue]:
    """A line about a pull request that waits for the person, with the last words that were said about it."""
    found = row(pull)
    if asked_at:
        found["waiting_since"] = _at(asked_at)
    if last:
        found["last_comment"] = {"by": login_of(last.user), "at": _at(last.created_at), "text": excerpt(last.body, 240)}
    return found


def in_full(
    pull: Pull,
    *,
    repository: str,
    files: Sequence[ChangedFile],
    reviews: Sequence[Review],
    checks: Sequence[Check] | None,
    rules: Sequence[Rule],
) -> dict[str, JsonValue]:
    """A pull request with its diff."""
    diff = cut(files, changed=pull.changed_files)
    return {
        "repository": repository,
        "number": pull.number,
        "title": pull.title,
        "author": login_of(pull.user),
        "state": pull.standing,
        "draft": pull.draft,
        "branch": pull.head.ref,
        "base": pull.base.ref,
        "head_sha": pull.head.sha,
        "commits": pull.commits,
        "additions": pull.additions,
        "deletions": pull.deletions,
        "opened": _at(pull.created_at),
        "last_activity": _at(pull.updated_at),
        "merged": _at(pull.merged_at),
        "labels": [label.name for label in pull.labels],
        "milestone": pull.milestone.title if pull.milestone else None,
        "body": shortened(pull.body, MAX_BODY),
        "mergeable": pull.mergeable,
        "requested_reviewers": list[JsonValue](asked_reviewers(pull)),
        "reviews": [_verdict(review) for review in reviews],
        "checks": checks_said(checks),
        "waits_for": list[JsonValue](waits_for(pull, reviews, checks)),
        "code_owners": _owned(rules, files),
        "files": diff.files,
        "note": diff.note,
        "link": pull.html_url,
    }


def discussion(
    pull: Pull,
    *,
    repository: str,
    comments: Iterable[Comment],
    line_comments: Iterable[LineComment],
    reviews: Iterable[Review],
    checks: Sequence[Check] | None,
) -> dict[str, JsonValue]:
    """Everything that was said about a pull request; of a long discussion, the newest."""
    said = [("comments", comment.created_at, _comment(comment)) for comment in comments]
    said += [("review_comments", comment.created_at, _line_comment(comment)) for comment in line_comments]
    said += [("reviews", review.submitted_at or pull.created_at, _review(review)) for review in reviews]
    said.sort(key=lambda entry: entry[1])
    kept, left_out = _newest(said)
    return {
        "repository": repository,
        "number": pull.number,
        "title": pull.title,
        "author": login_of(pull.user),
        "state": pull.standing,
        "comments": [shown for kind, _, shown in kept if kind == "comments"],
        "review_comments": [shown for kind, _, shown in kept if kind == "review_comments"],
        "reviews": [shown for kind, _, shown in kept if kind == "reviews"],
        "checks": [_check(check) for check in checks] if checks is not None else "not readable for this account",
        "note": f"Cut: {left_out} older entries are left out." if left_out else "",
        "link": pull.html_url,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """A diff as far as it is shown."""

    files: list[JsonValue]
    note: str
    """What is missing; empty when nothing is."""


def cut(files: Sequence[ChangedFile], *, changed: int) -> Diff:
    """As much of the diff as a model reads well; `changed` counts the files that there are altogether."""
    shown: list[JsonValue] = []
    lines_left, characters_left, lines_cut, files_cut = MAX_LINES, MAX_DIFF, 0, 0
    for file in files:
        lines = file.patch.split("\n") if file.patch else []
        kept: list[str] = []
        for line in lines[: min(MAX_FILE_LINES, lines_left)]:
            short = line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…"
            characters_left -= len(short) + 1
            if characters_left < 0:
                break
            kept.append(short)
        lines_left -= len(kept)
        missing = len(lines) - len(kept)
        lines_cut += missing
        files_cut += missing > 0
        shown.append(_file(file, kept, missing=missing))
    return Diff(files=shown, note=_missing(lines_cut, files_cut, unlisted=max(changed - len(files), 0)))


def _file(file: ChangedFile, kept: Sequence[str], *, missing: int) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        "path": file.filename,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
    }
    if file.previous_filename:
        found["before"] = file.previous_filename
    if kept:
        found["diff"] = "\n".join(kept)
    if missing:
        found["note"] = f"{missing:,} more lines of this diff are not shown."
    elif not file.patch and file.additions + file.deletions:
        found["note"] = "GitHub shows no diff: the file is too large."
    elif not file.patch:
        found["note"] = "No text was changed: renamed, binary or empty."
    return found


def _missing(lines: int, files: int, *, unlisted: int) -> str:
    said: list[str] = []
    if lines:
        said.append(f"{lines:,} lines in {files:,} {'file' if files == 1 else 'files'} are not shown.")
    if unlisted:
        said.append(f"{unlisted:,} more changed files are not listed.")
    return " ".join(["The diff is cut:", *said]) if said else ""


def _newest(said: Sequence[tuple[str, datetime, JsonValue]]) -> tuple[list[tuple[str, datetime, JsonValue]], int]:
    """The newest of `said` that fit, in their order, and how many do not."""
    room, first = MAX_TALK, len(said)
    while first and (room := room - len(str(said[first - 1][2]))) >= 0:
        first -= 1
    return list(said[first:]), first


def _owned(rules: Sequence[Rule], files: Sequence[ChangedFile]) -> list[JsonValue]:
    """The code owners of the changed files, who owns most first."""
    owned: dict[str, int] = {}
    for file in files:
        for owner in owners_of(rules, file.filename):
            owned[owner] = owned.get(owner, 0) + 1
    most_first = sorted(owned.items(), key=lambda entry: -entry[1])
    return [{"owner": owner, "owns": f"{count} of {len(files)} changed files"} for owner, count in most_first]


def _verdict(review: Review) -> JsonValue:
    return {"by": login_of(review.user), "verdict": review.state.lower(), "at": _at(review.submitted_at)}


def _review(review: Review) -> JsonValue:
    return {
        "by": login_of(review.user),
        "verdict": review.state.lower(),
        "at": _at(review.submitted_at),
        "text": shortened(review.body, MAX_COMMENT),
    }


def _comment(comment: Comment) -> JsonValue:
    return {
        "id": comment.id,
        "by": login_of(comment.user),
        "at": _at(comment.created_at),
        "text": shortened(comment.body, MAX_COMMENT),
        "link": comment.html_url,
    }


def _line_comment(comment: LineComment) -> JsonValue:
    return {
        "id": comment.id,
        "by": login_of(comment.user),
        "at": _at(comment.created_at),
        "path": comment.path,
        "line": comment.line or comment.original_line,
        "outdated": comment.line is None,
        "answers": comment.in_reply_to_id,
        "text": shortened(comment.body, MAX_COMMENT),
    }


def _check(check: Check) -> JsonValue:
    # What is called a link may stand in an answer: never an address that somebody reported.
    where: dict[str, JsonValue] = {"reported_address": check.reported} if check.reported else {"link": check.link}
    return {"name": check.name, "outcome": check.outcome, "detail": excerpt(check.detail, 300), **where}


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
