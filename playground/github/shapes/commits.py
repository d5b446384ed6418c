"""Commits and the checks on them as JSON."""

from typing import Any

from playground.github.shapes import people, repositories
from playground.github.site import Site, node_id, stamp
from playground.github.world import Check, Commit, Pull, Repository, sha

Json = dict[str, Any]

CHECKS_APP_ID = 8_310


def commit(site: Site, repository: Repository, found: Commit) -> Json:
    url = f"{site.repository_api(repository)}/commits/{found.sha}"
    signature = {"name": found.by.name, "email": found.by.email, "date": stamp(found.at)}
    git = f"{site.repository_api(repository)}/git"
    tree = sha("tree", found.sha)
    return {
        "sha": found.sha,
        "node_id": node_id("C", found.sha),
        "url": url,
        "html_url": f"{site.repository_page(repository)}/commit/{found.sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "url": f"{git}/commits/{found.sha}",
            "author": signature,
            "committer": signature,
            "message": found.message,
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{git}/trees/{tree}"},
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        },
        "author": people.user(site, found.by),
        "committer": people.user(site, found.by),
        "parents": _parents(site, repository, found),
    }


def check_run(site: Site, repository: Repository, found: Check, *, on: Commit, pull: Pull | None) -> Json:
    url = f"{site.repository_api(repository)}/check-runs/{found.id}"
    page = f"{site.repository_page(repository)}/runs/{found.id}"
    return {
        "id": found.id,
        "node_id": node_id("CR", found.id),
        "name": found.name,
        "head_sha": on.sha,
        "external_id": "",
        "url": url,
        "html_url": page,
        "details_url": page,
        "status": "completed" if found.completed else "in_progress",
        "conclusion": found.conclusion,
        "started_at": stamp(found.started),
        "completed_at": stamp(found.completed),
        "output": {
            "title": found.name if found.summary else None,
            "summary": found.summary,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": CHECKS_APP_ID + repository.id},
        "app": _checks_app(site),
        "pull_requests": [_minimal_pull(site, repository, pull)] if pull and pull.state == "open" else [],
    }


def combined_status(site: Site, repository: Repository, found: Commit) -> Json:
    """The older commit statuses: nobody here sends any, and GitHub calls none `pending`."""
    url = f"{site.repository_api(repository)}/commits/{found.sha}"
    return {
        "state": "pending",
        "statuses": [],
        "sha": found.sha,
        "total_count": 0,
        "repository": repositories.minimal(site, repository),
        "commit_url": url,
        "url": f"{url}/status",
    }


def _parents(site: Site, repository: Repository, found: Commit) -> list[Json]:
    if not found.parent:
        return []
    return [
        {
            "sha": found.parent,
            "url": f"{site.repository_api(repository)}/commits/{found.parent}",
            "html_url": f"{site.repository_page(repository)}/commit/{found.parent}",
        }
    ]


def _minimal_pull(site: Site, repository: Repository, pull: Pull) -> Json:
    inside = {"id": repository.id, "url": site.repository_api(repository), "name": repository.name}
    return {
        "id": pull.id,
        "number": pull.number,
        "url": f"{site.repository_api(repository)}/pulls/{pull.number}",
        "head": {"ref": pull.branch, "sha": pull.head.sha, "repo": inside},
        "base": {"ref": "main", "sha": pull.base, "repo": inside},
    }


def _checks_app(site: Site) -> Json:
    return {
        "id": CHECKS_APP_ID,
        "slug": "builds",
        "node_id": node_id("A", CHECKS_APP_ID),
        "client_id": "Iv23builds",
        "owner": people.owner(site),
        "name": "Builds",
        "description": "Runs the checks",
        "external_url": f"{site.html}/apps/builds",
        "html_url": f"{site.html}/apps/builds",
        "created_at": people.JOINED,
        "updated_at": people.JOINED,
        "permissions": {"checks": "write", "metadata": "read"},
        "events": ["push", "pull_request"],
    }
