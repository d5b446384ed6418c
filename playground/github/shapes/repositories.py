"""Repositories and the files in them as JSON."""

import base64
from typing import Any

from playground.github.shapes import people
from playground.github.site import Site, node_id, stamp
from playground.github.world import Account, Repository, sha

Json = dict[str, Any]

# The addresses that hang below a repository, by the name of their field.
_BELOW = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "contributors": "/contributors",
    "deployments": "/deployments",
    "downloads": "/downloads",
    "events": "/events",
    "forks": "/forks",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "languages": "/languages",
    "merges": "/merges",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "stargazers": "/stargazers",
    "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "tags": "/tags",
    "teams": "/teams",
    "trees": "/git/trees{/sha}",
}


def minimal(site: Site, found: Repository) -> Json:
    """A repository as it appears in lists and inside other things."""
    url = site.repository_api(found)
    return {
        "id": found.id,
        "node_id": node_id("R", found.id),
        "name": found.name,
        "full_name": site.full_name(found),
        "private": found.private,
        "visibility": "private" if found.private else "public",
        "owner": people.owner(site),
        "html_url": site.repository_page(found),
        "description": found.about,
        "fork": False,
        "url": url,
    } | {f"{name}_url": f"{url}{path}" for name, path in _BELOW.items()}


def repository(site: Site, found: Repository, viewer: Account | None) -> Json:
    """A repository with its figures, and what the viewer may do there."""
    page = site.repository_page(found)
    still_open = sum(issue.state == "open" for issue in found.issues.values())
    pushed = stamp(max(commit.at for commit in found.commits()))
    return minimal(site, found) | {
        "git_url": f"git:{page.partition(':')[2]}.git",
        "ssh_url": f"git@github.example:{site.full_name(found)}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": found.language,
        "license": None,
        "topics": [],
        "default_branch": "main",
        "forks": 0,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "size": 1024,
        "open_issues": still_open,
        "open_issues_count": still_open,
        "is_template": False,
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "allow_forking": False,
        "web_commit_signoff_required": False,
        "permissions": people.permissions(site, viewer, found),
        "created_at": stamp(found.created),
        "updated_at": pushed,
        "pushed_at": pushed,
    }


def full(site: Site, found: Repository, viewer: Account | None) -> Json:
    """A repository asked for by name."""
    return repository(site, found, viewer) | {
        "organization": people.owner(site),
        "network_count": 0,
        "subscribers_count": 0,
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "delete_branch_on_merge": True,
    }


def file(site: Site, found: Repository, path: str) -> Json:
    """One file with its content, as base64 in lines of 60 like GitHub's."""
    content = found.files[path].encode()
    coded = base64.b64encode(content).decode()
    lines = "\n".join(coded[start : start + 60] for start in range(0, len(coded), 60))
    return entry(site, found, path) | {"encoding": "base64", "content": lines + "\n"}


def entry(site: Site, found: Repository, path: str) -> Json:
    """A line of a folder's listing."""
    url = f"{site.repository_api(found)}/contents/{path}?ref=main"
    name = sha("blob", found.name, path, found.files.get(path, ""))
    kind = "file" if path in found.files else "dir"
    page = f"{site.repository_page(found)}/{'blob' if kind == 'file' else 'tree'}/main/{path}"
    blob = f"{site.repository_api(found)}/git/{'blobs' if kind == 'file' else 'trees'}/{name}"
    return {
        "type": kind,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": name,
        "size": len(found.files.get(path, "").encode()),
        "url": url,
        "git_url": blob,
        "html_url": page,
        "download_url": f"{site.repository_page(found)}/raw/main/{path}" if kind == "file" else None,
        "_links": {"self": url, "git": blob, "html": page},
    }
