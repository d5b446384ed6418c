"""The sign-ins of one Google client: codes, grants that grow, access tokens that expire, refresh tokens that stay."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playground.google.accounts import Account
from playground.oauth import challenge, is_below

CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(seconds=3599)


class Denied(Exception):
    """The token endpoint says no."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The registration of one web client in the Google Cloud console."""

    name: str
    client_id: str
    client_secret: str = field(repr=False)
    redirects: tuple[str, ...]
    """Where a sign-in may lead back to; in the playground, below a loopback address on any port."""

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
    scopes: frozenset[str]
    redirect: str
    challenge: str
    is_offline: bool
    """Whether a refresh token comes with it."""
    expires: datetime


@dataclass(slots=True, kw_only=True)
class Access:
    """One access token."""

    token: str = field(repr=False)
    account: Account
    scopes: frozenset[str]
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """One refresh token: it stays the same until somebody revokes it."""

    token: str = field(repr=False)
    account: Account
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Given:
    """What the token endpoint gives."""

    access: Access
    refresh: Refresh | None
    seconds: int
    """How long the access token lives."""


class Tokens:
    """Every code, grant and token there is."""

    def __init__(self, app: App, clock: Callable[[], datetime], *, life: timedelta = TOKEN_LIFE) -> None:
        self.app = app
        self.clock = clock
        self.life = life
        self._codes: dict[str, Code] = {}
        self._granted: dict[str, frozenset[str]] = {}
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, Refresh] = {}

    def granted(self, account: Account) -> frozenset[str]:
        """What `account` ever allowed this client and has not taken back."""
        return self._granted.get(account.sub, frozenset())

    def consent(
        self,
        account: Account,
        scopes: Iterable[str],
        *,
        redirect: str,
        challenge: str,
        is_offline: bool,
        with_granted: bool,
    ) -> str:
        """Remember what `account` allowed; the code that proves it, also of all before when `with_granted`."""
        before, allowed = self.granted(account), frozenset(scopes)
        self._granted[account.sub] = before | allowed
        code = f"4/0A{secrets.token_urlsafe(24)}"
        self._codes[code] = Code(
            account=account,
            scopes=before | allowed if with_granted else allowed,
            redirect=redirect,
            challenge=challenge,
            is_offline=is_offline,
            expires=self.clock() + CODE_LIFE,
        )
        return code

    def exchange(self, code: str, *, redirect: str, verifier: str) -> Given:
        """Tokens for a code, once. A failed try uses the code up as well."""
        found = self._codes.pop(code, None)
        if found is None or found.expires <= self.clock():
            raise Denied("invalid_grant", "Malformed auth code." if found is None else "Code has expired.")
        if redirect != found.redirect:
            raise Denied("redirect_uri_mismatch", "Bad Request")
        if found.challenge and not verifier:
            raise Denied("invalid_grant", "Missing code verifier.")
        if found.challenge and not hmac.compare_digest(challenge(verifier), found.challenge):
            raise Denied("invalid_grant", "Invalid code verifier.")
        return self.open(found.account, found.scopes, is_offline=found.is_offline)

    def open(self, account: Account, scopes: frozenset[str], *, is_offline: bool = True) -> Given:
        """New tokens, as after a consent."""
        refresh = None
        if is_offline:
            token = f"1//0{secrets.token_urlsafe(36)}"
            refresh = self._refresh[token] = Refresh(token=token, account=account, scopes=scopes)
        self._granted[account.sub] = self.granted(account) | scopes
        return self._given(account, scopes, refresh)

    def refresh(self, token: str) -> Given:
        """A new access token for a refresh token, which stays as it is."""
        found = self._refresh.get(token)
        if found is None:
            raise Denied("invalid_grant", "Token has been expired or revoked.")
        return self._given(found.account, found.scopes, None)

    def access(self, token: str) -> Access | None:
        """The access token that still counts."""
        found = self._access.get(token)
        return found if found and found.expires > self.clock() else None

    def revoke(self, token: str) -> bool:
        """End the whole grant behind an access or a refresh token: every token of that person dies."""
        found = self._access.get(token) or self._refresh.get(token)
        if found is None:
            return False
        self.drop_all(found.account)
        return True

    def drop_all(self, account: Account) -> None:
        """End all that `account` granted, as taking the access away on the account's page does."""
        self._granted.pop(account.sub, None)
        self._access = {token: access for token, access in self._access.items() if access.account != account}
        self._refresh = {token: refresh for token, refresh in self._refresh.items() if refresh.account != account}
        self._codes = {code: found for code, found in self._codes.items() if found.account != account}

    def expire(self, account: Account) -> None:
        """Let every access token of `account` run out now; the refresh tokens stay good."""
        for access in self._access.values():
            if access.account == account:
                access.expires = self.clock()

    def _given(self, account: Account, scopes: frozenset[str], refresh: Refresh | None) -> Given:
        token = f"ya29.a0{secrets.token_urlsafe(48)}"
        expires = self.clock() + self.life
        access = self._access[token] = Access(token=token, account=account, scopes=scopes, expires=expires)
        return Given(access, refresh, int(self.life.total_seconds()))
