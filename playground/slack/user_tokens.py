"""What people let the app do in their name: their tokens, and the permissions behind each method."""

import math
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HOURS_12 = 43_200

SCOPES: Mapping[str, str] = {
    "channels:history": "Read messages in public channels",
    "channels:read": "See public channels and who is in them",
    "chat:write": "Post messages as you",
    "groups:history": "Read messages in private channels you are in",
    "groups:read": "See private channels you are in",
    "im:history": "Read your direct messages",
    "im:read": "See your direct messages",
    "im:write": "Start direct messages as you",
    "mpim:history": "Read your group messages",
    "mpim:read": "See your group messages",
    "search:read": "Search everything you can see",
    "team:read": "See the name of the workspace",
    "usergroups:read": "See user groups and who is in them",
    "users.profile:read": "See people's profiles",
    "users.profile:write": "Change your profile and status",
    "users:read": "See the people of the workspace",
    "users:read.email": "See people's e-mail addresses",
}
"""Every permission that can be asked of a person here, as the consent page says it."""

KINDS: Mapping[str, str] = {"channel": "channels", "private": "groups", "im": "im", "group": "mpim"}
"""How a permission names a kind of conversation."""

METHOD_SCOPES: Mapping[str, tuple[str, ...]] = {
    "auth.test": (),
    "auth.revoke": (),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postMessage": ("chat:write",),
    "conversations.history": (),
    "conversations.info": (),
    "conversations.list": (),
    "conversations.members": (),
    "conversations.open": ("im:write",),
    "conversations.replies": (),
    "search.messages": ("search:read",),
    "team.info": ("team:read",),
    "team.profile.get": ("users.profile:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": (),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read", "users:read.email"),
    "users.profile.get": ("users.profile:read",),
    "users.profile.set": ("users.profile:write",),
}
"""Every method that a person's token may call, with what it needs; conversations need it by their kind."""

CONVERSATION_SCOPES: Mapping[str, str] = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.list": "read",
    "conversations.members": "read",
    "conversations.replies": "history",
    "users.conversations": "read",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    """One person's consent: Slack adds to it, and never gives a second beside it."""

    access: str
    team: str
    user: str
    scopes: tuple[str, ...]
    refresh: str = ""
    until: float = math.inf


class UserTokens:
    """Everybody's consents."""

    def __init__(self) -> None:
        self._living: dict[str, UserToken] = {}
        self._ended: set[str] = set()

    def give(self, team: str, user: str, scopes: Iterable[str], *, now: float, rotates: bool = False) -> UserToken:
        """Give somebody's token; what they allowed before stays allowed."""
        known = next((token for token in self._living.values() if (token.team, token.user) == (team, user)), None)
        every = tuple(sorted({*scopes, *(known.scopes if known else ())}))
        if known is not None and not rotates:
            token = UserToken(access=known.access, team=team, user=user, scopes=every)
        else:
            token = _fresh(team, user, every, now=now, rotates=rotates)
        if known is not None and known.access != token.access:
            self.end(known.access)
        self._living[token.access] = token
        return token

    def find(self, access: str) -> UserToken | None:
        """Find a token that was not ended; it may have run out."""
        return self._living.get(access)

    def is_ended(self, access: str) -> bool:
        """Say whether this was somebody's token once."""
        return access in self._ended

    def of(self, user: str) -> tuple[UserToken, ...]:
        """List what somebody has allowed."""
        return tuple(token for token in self._living.values() if token.user == user)

    def renew(self, refresh: str, *, now: float) -> UserToken | None:
        """Swap a refresh token for a new pair; each is good once."""
        known = next((token for token in self._living.values() if refresh and token.refresh == refresh), None)
        if known is None:
            return None
        self.end(known.access)
        token = _fresh(known.team, known.user, known.scopes, now=now, rotates=True)
        self._living[token.access] = token
        return token

    def end(self, access: str) -> None:
        """End one token."""
        if self._living.pop(access, None):
            self._ended.add(access)


def _fresh(team: str, user: str, scopes: tuple[str, ...], *, now: float, rotates: bool) -> UserToken:
    if not rotates:
        return UserToken(access=f"xoxp-{secrets.token_hex(20)}", team=team, user=user, scopes=scopes)
    return UserToken(
        access=f"xoxe.xoxp-1-{secrets.token_hex(20)}",
        team=team,
        user=user,
        scopes=scopes,
        refresh=f"xoxe-1-{secrets.token_hex(20)}",
        until=now + HOURS_12,
    )
