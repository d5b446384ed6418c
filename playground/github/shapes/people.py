"""Accounts, the organisation and its teams as JSON."""

from typing import Any

from playground.github.site import Site, node_id
from playground.github.world import Account, Repository, Team

Json = dict[str, Any]

ORGANISATION_ID = 5_120_400
JOINED = "2019-04-02T08:00:00Z"


def user(site: Site, account: Account) -> Json:
    """A person as it appears inside other things."""
    return _actor(site, account.login, account.id, kind="User")


def owner(site: Site) -> Json:
    """The organisation as the owner of a repository."""
    return _actor(site, site.world.organisation, ORGANISATION_ID, kind="Organization")


def profile(site: Site, account: Account) -> Json:
    """A person's public profile."""
    return user(site, account) | {
        "name": account.name,
        "company": site.world.company if account.member else None,
        "blog": "",
        "location": None,
        "email": account.email,
        "hireable": None,
        "bio": account.title or None,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": JOINED,
        "updated_at": JOINED,
        "user_view_type": "public",
    }


def own_profile(site: Site, account: Account) -> Json:
    """What a person reads about itself."""
    repositories = len(site.world.visible(account))
    return profile(site, account) | {
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": repositories,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
    }


def email(account: Account) -> Json:
    return {"email": account.email, "primary": True, "verified": True, "visibility": "public"}


def collaborator(site: Site, account: Account, repository: Repository) -> Json:
    right = site.world.right(account, repository)
    return user(site, account) | {"permissions": permissions(site, account, repository), "role_name": right}


def permission(site: Site, account: Account, repository: Repository) -> Json:
    """One person's right in one repository."""
    right = site.world.right(account, repository)
    return {"permission": right, "role_name": right, "user": collaborator(site, account, repository)}


def permissions(site: Site, account: Account | None, repository: Repository) -> dict[str, bool]:
    may = site.world.may
    return {
        "admin": may(account, "admin", repository),
        "maintain": may(account, "admin", repository),
        "push": may(account, "write", repository),
        "triage": may(account, "write", repository),
        "pull": may(account, "read", repository),
    }


def organisation(site: Site) -> Json:
    """The organisation's own page of facts."""
    world = site.world
    url = f"{site.api}/orgs/{world.organisation}"
    return {
        "login": world.organisation,
        "id": ORGANISATION_ID,
        "node_id": node_id("O", ORGANISATION_ID),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{site.html}/avatars/{world.organisation}.svg",
        "description": None,
        "name": world.company,
        "has_organization_projects": False,
        "has_repository_projects": False,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{site.html}/{world.organisation}",
        "type": "Organization",
        "created_at": JOINED,
        "updated_at": JOINED,
        "archived_at": None,
    }


def team(site: Site, found: Team, right: str = "pull") -> Json:
    url = f"{site.api}/orgs/{site.world.organisation}/teams/{found.slug}"
    return {
        "id": found.id,
        "node_id": node_id("T", found.id),
        "name": found.name,
        "slug": found.slug,
        "description": found.about,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": right,
        "url": url,
        "html_url": f"{site.html}/orgs/{site.world.organisation}/teams/{found.slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "parent": None,
    }


def _actor(site: Site, login: str, number: int, *, kind: str) -> Json:
    url = f"{site.api}/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id("O" if kind == "Organization" else "U", number),
        "avatar_url": f"{site.html}/avatars/{login}.svg",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{site.html}/{login}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }
