"""What a service declares of itself: how people sign in there, and the client that acts as them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """The vendor's side of OAuth 2.0, as its documentation states it."""

    authorize_url: str
    token_url: str
    revoke_url: str | None = None
    scopes: tuple[str, ...] = ()
    pkce: bool = True
    """Whether the vendor checks PKCE with S256 (RFC 7636)."""
    authorize_params: tuple[tuple[str, str], ...] = ()
    """What the vendor wants beside the standard parameters."""
    another_account: tuple[tuple[str, str], ...] = ()
    """What makes the vendor ask which account, where it would take the one that is signed in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApp:
    """Our registration at one vendor, with every endpoint settled; built by the settings."""

    name: str = ""
    """The integration's name. Its settings begin with it (`GITHUB_CLIENT_ID`), so an error can say which to mend."""
    client_id: str
    client_secret: SecretStr
    api_url: str
    authorize_url: str
    token_url: str
    revoke_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a vendor gave for one person. `SecretStr` keeps it out of every repr, log and error."""

    access: SecretStr
    refresh: SecretStr | None = None
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the tokens act as at the vendor."""

    id: str
    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """One outside service.

    `client(access, api_url)` builds a client that is signed in as one person; it must be cheap, because one is built
    for every call. `whoami(client)` reads whose account it is. `revoke(app, tokens)` ends the access at the vendor,
    or is None where the vendor cannot.
    """

    name: str
    title: str
    api_url: str
    auth: OAuth2
    client: Callable[[SecretStr, str], Any]
    whoami: Callable[[Any], Awaitable[Account]]
    revoke: Callable[[OAuthApp, Tokens], Awaitable[None]] | None = None
    wider_than_used: str = ""
    """One honest sentence on what the vendor's own permission covers beyond what Pinyon uses."""
    limits: tuple[str, ...] = field(default=())
    """What the vendor lacks (PKCE, revocation, narrow scopes), said on the connections page."""
