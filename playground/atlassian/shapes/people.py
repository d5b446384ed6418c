"""Accounts as JSON."""

from playground.atlassian.view import View
from playground.atlassian.world import Account, Json

_SIZES = ("48x48", "24x24", "16x16", "32x32")


def user(view: View, account: Account) -> Json:
    """A person as it appears everywhere."""
    return {
        "self": view.rest(f"user?accountId={account.id}"),
        "accountId": account.id,
        "accountType": "atlassian",
        "emailAddress": account.email,
        "avatarUrls": avatars(view, account.handle),
        "displayName": account.name,
        "active": True,
        "timeZone": account.zone,
    }


def own(view: View, account: Account) -> Json:
    """What a person reads about itself."""
    return user(view, account) | {
        "locale": "en_GB",
        "groups": {"size": 1, "items": []},
        "applicationRoles": {"size": 1, "items": []},
        "expand": "groups,applicationRoles",
    }


def avatars(view: View, name: str) -> Json:
    return dict.fromkeys(_SIZES, f"{view.origin}/avatars/{name}.svg")
