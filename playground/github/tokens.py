"""The sign-ins of one GitHub App: codes, expiring user tokens, and the refresh tokens that replace them."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playground.github.world import Account
from playground.oauth import challenge, is_below

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=8)
REFRESH_LIFE = timedelta(seconds=15_897_600)  # what GitHub says for "six months"


class Denied(Exception):
    """The token endpoint says no; GitHub does so with status 200 and an `error`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The registration of one GitHub App."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    redirects: tuple[str, ...]
    """Registered callback addresses; a loopback one holds for every port, as on GitHub."""

    def accepts(self, redirect: str) -> bool:
        """Whether `redirect` lies at or below a registered address."""
        return any(is_below(redirect, registered) for registered in self.redirects)

    def is_client(self, client_id: str, client_secret: str) -> bool:
        same = hmac.compare_digest(client_secret.encode(), self.client_secret.encode())
        return same and client_id == self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One consent, to be exchanged once."""

    account: Account
    redirect: str
    challenge: str
    expires: datetime


@dataclass(slots=True, kw_only=True)
class Session:
    """What one consent gave: an access token that expires and a refresh token that renews it."""

    account: Account
    access: str = field(repr=False)
    access_expires: datetime
    refresh: str = field(repr=False)
    refresh_expires: datetime
    created: datetime


class Tokens:
    """Every code and session there is."""

    def __init__(self, app: App, clock: Callable[[], datetime], *, life: timedelta = TOKEN_LIFE) -> None:
        self.app = app
        self.clock = clock
        self.life = life
        self._codes: dict[str, Code] = {}
        self._sessions: list[Session] = []

    def consent(self, account: Account, *, redirect: str, challenge: str) -> str:
        """Remember that `account` said yes; the code that proves it."""
        code = secrets.token_hex(10)
        expires = self.clock() + CODE_LIFE
        self._codes[code] = Code(account=account, redirect=redirect, challenge=challenge, expires=expires)
        return code

    def exchange(self, code: str, *, redirect: str, verifier: str) -> Session:
        """A session for a code, once. A failed try uses the code up as well."""
        found = self._codes.pop(code, None)
        if found is None or found.expires <= self.clock() or not _proves(verifier, found.challenge):
            raise Denied("bad_verification_code", "The code passed is incorrect or expired.")
        if redirect and redirect != found.redirect:
            raise Denied(
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.",
            )
        return self.open(found.account)

    def open(self, account: Account) -> Session:
        """A new session, as after a consent."""
        now = self.clock()
        session = Session(
            account=account,
            access=_secret("ghu"),
            access_expires=now + self.life,
            refresh=_secret("ghr"),
            refresh_expires=now + REFRESH_LIFE,
            created=now,
        )
        self._sessions.append(session)
        return session

    def refresh(self, token: str) -> Session:
        """A new pair for a refresh token; both old ones are worth nothing from now on."""
        now = self.clock()
        old = next((s for s in self._sessions if s.refresh == token and s.refresh_expires > now), None)
        if old is None:
            raise Denied("bad_refresh_token", "The refresh token passed is incorrect or expired.")
        self._sessions.remove(old)
        return self.open(old.account)

    def session(self, access: str) -> Session | None:
        """The session of an access token that still counts."""
        now = self.clock()
        return next((s for s in self._sessions if s.access == access and s.access_expires > now), None)

    def drop(self, access: str) -> bool:
        """End one session by its access token, also an expired one."""
        before = len(self._sessions)
        self._sessions = [session for session in self._sessions if session.access != access]
        return len(self._sessions) < before

    def owner(self, access: str) -> Account | None:
        """Whose session an access token belongs to, even when it is expired."""
        return next((session.account for session in self._sessions if session.access == access), None)

    def drop_all(self, account: Account) -> int:
        """End every session of `account`, as taking the app away in the settings does."""
        before = len(self._sessions)
        self._sessions = [session for session in self._sessions if session.account != account]
        return before - len(self._sessions)

    def expire(self, account: Account) -> None:
        """Let every access token of `account` run out now; the refresh tokens stay good."""
        for session in self._sessions:
            if session.account == account:
                session.access_expires = self.clock()

    def sessions(self, account: Account) -> tuple[Session, ...]:
        return tuple(session for session in self._sessions if session.account == account)


def _proves(verifier: str, expected: str) -> bool:
    return not expected or hmac.compare_digest(challenge(verifier), expected)


def _secret(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(18)}"
