"""Issues, the comments under them, labels and milestones as JSON."""

from datetime import datetime
from typing import Any

from playground.github.shapes import people
from playground.github.site import Site, node_id, stamp
from playground.github.world import Comment, Event, Issue, Pull, Repository, sha

Json = dict[str, Any]


def issue(site: Site, repository: Repository, found: Issue) -> Json:
    """An issue, or a pull request as one of them."""
    url = f"{site.repository_api(repository)}/issues/{found.number}"
    assignees = [people.user(site, account) for account in found.assignees]
    shape: Json = {
        "id": found.id,
        "node_id": node_id("PR" if isinstance(found, Pull) else "I", found.id),
        "url": url,
        "repository_url": site.repository_api(repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": site.issue_page(repository, found),
        "number": found.number,
        "title": found.title,
        "user": people.user(site, found.by),
        "labels": [label(site, repository, name) for name in found.labels],
        "state": found.state,
        "state_reason": found.reason,
        "locked": False,
        "active_lock_reason": None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": milestone(site, repository, found.milestone) if found.milestone else None,
        "comments": len(found.comments),
        "created_at": stamp(found.created),
        "updated_at": stamp(found.updated),
        "closed_at": stamp(found.closed),
        "closed_by": people.user(site, found.closed_by) if found.closed_by else None,
        "author_association": site.association(found.by),
        "body": found.body or None,
        "reactions": reactions(url),
        "performed_via_github_app": None,
    }
    if isinstance(found, Pull):
        pull = f"{site.repository_api(repository)}/pulls/{found.number}"
        shape["draft"] = found.draft
        shape["pull_request"] = {
            "url": pull,
            "html_url": shape["html_url"],
            "diff_url": f"{shape['html_url']}.diff",
            "patch_url": f"{shape['html_url']}.patch",
            "merged_at": stamp(found.merge.at if found.merge else None),
        }
    return shape


def comment(site: Site, repository: Repository, under: Issue, found: Comment) -> Json:
    url = f"{site.repository_api(repository)}/issues/comments/{found.id}"
    return {
        "id": found.id,
        "node_id": node_id("IC", found.id),
        "url": url,
        "html_url": f"{site.issue_page(repository, under)}#issuecomment-{found.id}",
        "issue_url": f"{site.repository_api(repository)}/issues/{under.number}",
        "user": people.user(site, found.by),
        "created_at": stamp(found.created),
        "updated_at": stamp(found.updated),
        "body": found.body,
        "author_association": site.association(found.by),
        "reactions": reactions(url),
        "performed_via_github_app": None,
    }


def event(site: Site, repository: Repository, found: Event) -> Json:
    api = site.repository_api(repository)
    shape: Json = {
        "id": found.id,
        "node_id": node_id("E", found.id),
        "url": f"{api}/issues/events/{found.id}",
        "actor": people.user(site, found.by),
        "event": found.kind,
        "commit_id": found.commit,
        "commit_url": f"{api}/commits/{found.commit}" if found.commit else None,
        "created_at": stamp(found.at),
        "performed_via_github_app": None,
    }
    if found.reviewer:
        shape["review_requester"] = people.user(site, found.by)
        shape["requested_reviewer"] = people.user(site, found.reviewer)
    return shape


def cross_reference(site: Site, repository: Repository, found: Issue, at: datetime) -> Json:
    """That `found` names another issue, as an entry of that issue's timeline."""
    return {
        "actor": people.user(site, found.by),
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "event": "cross-referenced",
        "source": {"type": "issue", "issue": issue(site, repository, found)},
    }


def label(site: Site, repository: Repository, name: str) -> Json:
    number = int(sha("label", repository.name, name)[:8], 16)
    return {
        "id": number,
        "node_id": node_id("LA", number),
        "url": f"{site.repository_api(repository)}/labels/{name}",
        "name": name,
        "color": sha("colour", name)[:6],
        "default": False,
        "description": "",
    }


def milestone(site: Site, repository: Repository, title: str) -> Json:
    number = repository.milestones().index(title) + 1
    inside = [issue for issue in repository.issues.values() if issue.milestone == title]
    url = f"{site.repository_api(repository)}/milestones/{number}"
    identity = int(sha("milestone", repository.name, title)[:7], 16)
    return {
        "id": identity,
        "node_id": node_id("MI", identity),
        "url": url,
        "html_url": f"{site.repository_page(repository)}/milestone/{number}",
        "labels_url": f"{url}/labels",
        "number": number,
        "state": "open",
        "title": title,
        "description": None,
        "creator": people.user(site, repository.main[0].by),
        "open_issues": sum(issue.state == "open" for issue in inside),
        "closed_issues": sum(issue.state == "closed" for issue in inside),
        "created_at": stamp(repository.created),
        "updated_at": stamp(repository.created),
        "closed_at": None,
        "due_on": None,
    }


def reactions(url: str) -> Json:
    """Nobody reacts in this GitHub."""
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{url}/reactions", "total_count": 0} | dict.fromkeys(kinds, 0)
