"""Pull requests, their files, reviews and line comments as JSON."""

from typing import Any
from urllib.parse import quote

from playground.github.diffs import FileDiff
from playground.github.shapes import issues, people, repositories
from playground.github.site import Site, node_id, stamp
from playground.github.world import Account, LineComment, Pull, Repository, Review, sha

Json = dict[str, Any]

MOST_PATCH_LINES = 20_000
"""Above this GitHub leaves the patch of a file out of the list."""


def simple(site: Site, repository: Repository, pull: Pull, viewer: Account | None) -> Json:
    """A pull request as it stands in a list."""
    api = site.repository_api(repository)
    url, issue_url = f"{api}/pulls/{pull.number}", f"{api}/issues/{pull.number}"
    page = site.issue_page(repository, pull)
    shared = issues.issue(site, repository, pull)
    return {
        "id": pull.id,
        "node_id": shared["node_id"],
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{api}/pulls/comments{{/number}}",
        "comments_url": f"{issue_url}/comments",
        "statuses_url": f"{api}/statuses/{pull.head.sha}",
        **{key: shared[key] for key in _SHARED},
        "merged_at": stamp(pull.merge.at if pull.merge else None),
        "merge_commit_sha": pull.merge.sha if pull.merge else _trial_merge(pull),
        "requested_reviewers": [people.user(site, account) for account in pull.wants],
        "requested_teams": [],
        "head": _end(site, repository, viewer, pull.branch, pull.head.sha),
        "base": _end(site, repository, viewer, "main", pull.base),
        "auto_merge": None,
        "draft": pull.draft,
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "issue": {"href": issue_url},
            "comments": {"href": f"{issue_url}/comments"},
            "review_comments": {"href": f"{url}/comments"},
            "review_comment": {"href": f"{api}/pulls/comments{{/number}}"},
            "commits": {"href": f"{url}/commits"},
            "statuses": {"href": f"{api}/statuses/{pull.head.sha}"},
        },
    }


def full(site: Site, repository: Repository, pull: Pull, viewer: Account | None) -> Json:
    """A pull request asked for by number."""
    return simple(site, repository, pull, viewer) | {
        "merged": pull.merge is not None,
        "mergeable": None if pull.state == "closed" else pull.mergeable,
        "rebaseable": None if pull.state == "closed" else pull.mergeable,
        "mergeable_state": mergeable_state(pull),
        "merged_by": people.user(site, pull.merge.by) if pull.merge else None,
        "comments": len(pull.comments),
        "review_comments": len(pull.line_comments),
        "maintainer_can_modify": False,
        "commits": len(pull.commits),
        "additions": sum(file.additions for file in pull.files),
        "deletions": sum(file.deletions for file in pull.files),
        "changed_files": len(pull.files),
    }


def mergeable_state(pull: Pull) -> str:
    """GitHub's one word for what stands between a pull request and its merge."""
    if pull.state == "closed":
        return "unknown"
    if not pull.mergeable:
        return "dirty"
    if pull.draft:
        return "draft"
    green = all(check.conclusion in ("success", "skipped", "neutral") for check in pull.head.checks)
    return "clean" if green else "unstable"


def file(site: Site, repository: Repository, pull: Pull, found: FileDiff) -> Json:
    """One changed file; a very long patch is left out, as GitHub does."""
    blob = f"{pull.head.sha}/{quote(found.path)}"
    shape: Json = {
        "sha": sha("blob", pull.head.sha, found.path),
        "filename": found.path,
        "status": found.status,
        "additions": found.additions,
        "deletions": found.deletions,
        "changes": found.additions + found.deletions,
        "blob_url": f"{site.repository_page(repository)}/blob/{blob}",
        "raw_url": f"{site.repository_page(repository)}/raw/{blob}",
        "contents_url": f"{site.repository_api(repository)}/contents/{quote(found.path)}?ref={pull.head.sha}",
    }
    if found.additions + found.deletions <= MOST_PATCH_LINES:
        shape["patch"] = found.patch
    return shape


def review(site: Site, repository: Repository, pull: Pull, found: Review) -> Json:
    page = f"{site.issue_page(repository, pull)}#pullrequestreview-{found.id}"
    url = f"{site.repository_api(repository)}/pulls/{pull.number}"
    shape: Json = {
        "id": found.id,
        "node_id": node_id("PRR", found.id),
        "user": people.user(site, found.by),
        "body": found.body,
        "state": found.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": site.association(found.by),
        "commit_id": found.commit,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
    }
    if found.state != "PENDING":
        shape["submitted_at"] = stamp(found.submitted)
    return shape


def line_comment(site: Site, repository: Repository, pull: Pull, found: LineComment) -> Json:
    """A comment beside a line; without a place of today once a later commit took the line away."""
    api = site.repository_api(repository)
    url, pull_url = f"{api}/pulls/comments/{found.id}", f"{api}/pulls/{pull.number}"
    page = f"{site.issue_page(repository, pull)}#discussion_r{found.id}"
    shape: Json = {
        "id": found.id,
        "node_id": node_id("PRRC", found.id),
        "url": url,
        "html_url": page,
        "pull_request_url": pull_url,
        "pull_request_review_id": found.review,
        "diff_hunk": found.hunk,
        "path": found.path,
        "position": None if found.outdated else found.position,
        "original_position": found.position,
        "line": None if found.outdated else found.line,
        "original_line": found.line,
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "side": found.side,
        "subject_type": "line",
        "commit_id": pull.head.sha,
        "original_commit_id": found.commit,
        "user": people.user(site, found.by),
        "body": found.body,
        "created_at": stamp(found.created),
        "updated_at": stamp(found.updated),
        "author_association": site.association(found.by),
        "reactions": issues.reactions(url),
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": pull_url}},
    }
    if found.reply_to:
        shape["in_reply_to_id"] = found.reply_to
    return shape


# What a pull request says in the same words as the issue it also is.
_SHARED = (
    "number",
    "state",
    "locked",
    "active_lock_reason",
    "title",
    "user",
    "body",
    "labels",
    "milestone",
    "assignee",
    "assignees",
    "created_at",
    "updated_at",
    "closed_at",
    "author_association",
)


def _end(site: Site, repository: Repository, viewer: Account | None, ref: str, commit: str) -> Json:
    return {
        "label": f"{site.world.organisation}:{ref}",
        "ref": ref,
        "sha": commit,
        "user": people.owner(site),
        "repo": repositories.repository(site, repository, viewer),
    }


def _trial_merge(pull: Pull) -> str | None:
    """GitHub tries every merge beforehand; there is nothing when it would conflict."""
    return sha("trial", pull.head.sha) if pull.state == "open" and pull.mergeable else None
