"""The sign-ins of one OAuth 2.0 (3LO) app: codes, access tokens that expire, and refresh tokens that rotate."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from playground.atlassian.world import Account
from playground.oauth import LOOPBACK

CODE_LIFE = timedelta(minutes=5)
TOKEN_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=90)
OFFLINE = "offline_access"


class Denied(Exception):
    """The token endpoint says no."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The registration in Atlassian's developer console."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect: str
    """The registered callback. Atlassian compares it whole; here a loopback one holds for every port and path."""

    def accepts(self, redirect: str) -> bool:
        wanted, known = urlsplit(redirect), urlsplit(self.redirect)
        if known.hostname in LOOPBACK:
            return wanted.scheme == known.scheme and wanted.hostname in LOOPBACK
        return redirect == self.redirect

    def is_client(self, client_id: str, client_secret: str) -> bool:
        same = hmac.compare_digest(client_secret.encode(), self.client_secret.encode())
        return same and client_id == self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One consent, to be exchanged once."""

    account: Account
    redirect: str
    scopes: tuple[str, ...]
    expires: datetime


@dataclass(slots=True, kw_only=True)
class Session:
    """What one consent gave, kept up by each refresh."""

    account: Account
    scopes: tuple[str, ...]
    access: dict[str, datetime] = field(default_factory=dict[str, datetime], repr=False)
    """Each access token and when it ends. A refresh does not end the older ones."""
    refresh: str = field(default="", repr=False)
    """The one that still counts; empty without `offline_access`."""
    refresh_expires: datetime


class Tokens:
    """Every code and session there is, and which sites each person has opened to the app.

    `ended` is the code that a refresh with a dead token meets. Atlassian's page on refresh tokens says
    `invalid_grant`; what its server has sent for years is `unauthorized_client`.
    """

    def __init__(
        self,
        app: App,
        clock: Callable[[], datetime],
        *,
        life: timedelta = TOKEN_LIFE,
        ended: str = "unauthorized_client",
    ) -> None:
        self.app = app
        self.clock = clock
        self.life = life
        self.ended = ended
        self._codes: dict[str, Code] = {}
        self._sessions: list[Session] = []
        self._sites: dict[str, dict[str, None]] = {}

    def consent(self, account: Account, *, redirect: str, scopes: tuple[str, ...], sites: Iterable[str]) -> str:
        """Remember that `account` said yes, also for these sites; the code that proves it."""
        self.open_sites(account, sites)
        code = secrets.token_urlsafe(180)
        expires = self.clock() + CODE_LIFE
        self._codes[code] = Code(account=account, redirect=redirect, scopes=scopes, expires=expires)
        return code

    def open_sites(self, account: Account, sites: Iterable[str]) -> None:
        """There is one grant for a person and an app: further sites are added to it."""
        self._sites.setdefault(account.id, {}).update(dict.fromkeys(sites))

    def sites(self, account: Account) -> tuple[str, ...]:
        """The cloud ids that this person has opened to the app."""
        return tuple(self._sites.get(account.id, ()))

    def exchange(self, code: str, *, redirect: str) -> dict[str, Any]:
        """Tokens for a code, once. A failed try uses the code up as well."""
        found = self._codes.pop(code, None)
        if found is None or found.expires <= self.clock() or redirect != found.redirect:
            raise Denied(403, "invalid_grant", "Invalid authorization code")
        return self.open(found.account, found.scopes)

    def open(self, account: Account, scopes: tuple[str, ...]) -> dict[str, Any]:
        """A new session, as after a consent."""
        session = Session(account=account, scopes=scopes, refresh_expires=self.clock() + REFRESH_LIFE)
        self._sessions.append(session)
        return self._renewed(session)

    def refresh(self, token: str) -> dict[str, Any]:
        """New tokens for a refresh token, which is worth nothing from now on."""
        now = self.clock()
        session = next(
            (s for s in self._sessions if s.refresh and s.refresh == token and s.refresh_expires > now), None
        )
        if session is None:
            said = "Unknown or invalid refresh token." if self.ended == "invalid_grant" else "refresh_token is invalid"
            raise Denied(403, self.ended, said)
        session.refresh_expires = now + REFRESH_LIFE
        return self._renewed(session)

    def session(self, access: str) -> Session | None:
        """The session of an access token that still counts."""
        now = self.clock()
        return next((s for s in self._sessions if access in s.access and s.access[access] > now), None)

    def drop_all(self, account: Account) -> None:
        """End every session of `account`, as taking the app away under Connected apps does."""
        self._sessions = [session for session in self._sessions if session.account != account]
        self._sites.pop(account.id, None)

    def expire(self, account: Account) -> None:
        """Let every access token of `account` run out now; the refresh tokens stay good."""
        for session in self.sessions(account):
            session.access = dict.fromkeys(session.access, self.clock())

    def sessions(self, account: Account) -> tuple[Session, ...]:
        return tuple(session for session in self._sessions if session.account == account)

    def _renewed(self, session: Session) -> dict[str, Any]:
        """What the token endpoint answers; the tokens are as long as Atlassian's."""
        access = f"eyJ{secrets.token_urlsafe(1_500)}"
        session.access[access] = self.clock() + self.life
        answer: dict[str, Any] = {
            "access_token": access,
            "expires_in": int(self.life.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(session.scopes),
        }
        if OFFLINE in session.scopes:
            session.refresh = f"eyJ{secrets.token_urlsafe(600)}"
            answer["refresh_token"] = session.refresh
        return answer
