"""What a service declares of itself: how people sign in there, and the client that acts as them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue, SecretStr

Level: TypeAlias = Literal["read", "write"]
"""How much may be done with an account: only read, or also change things."""
Audience: TypeAlias = Literal["asker", "members", "here"]
"""Who may hear what a tool found: the asker alone; every member of the workspace, but no guest or other company; or
everybody who reads where it was asked, because it stands there, or in public, already."""
TokenAnswer: TypeAlias = Mapping[str, JsonValue]
"""What a token endpoint answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """The vendor's side of OAuth 2.0, as its documentation states it."""

    authorize_url: str
    token_url: str
    revoke_url: str | None = None
    scopes: tuple[str, ...] = ()
    """What every visit asks for; each skill declares what it needs beyond that."""
    scope_parameter: str = "scope"
    """Slack asks for a person's permissions under another name than RFC 6749's."""
    pkce: bool = True
    """Whether the vendor checks PKCE with S256 (RFC 7636)."""
    token_as_json: bool = False
    """Whether the token endpoint takes JSON where RFC 6749 has a form."""
    read_answer: Callable[[TokenAnswer], TokenAnswer] | None = None
    """Takes the standard's fields out of an answer that wraps them."""
    refresh_ended: tuple[str, ...] = ()
    """Error codes by which this vendor says that a refresh token is over, where RFC 6749 means our registration."""
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
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """What `Integration.endpoints` declares, each as set or the vendor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One of a vendor's sites, where an account can be at home in several."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a client sends its calls."""

    api_url: str
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further addresses by name: `userinfo_url`."""
    site: Site | None = None


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

    `client(access, destination)` builds a client that is signed in as one person; it must be cheap, because one is
    built for every call. `whoami(client)` reads whose account it is. `sites(client)` reads at which of the vendor's
    sites the account may be used, where there can be several; the person picks one. `revoke(app, tokens)` ends the
    access at the vendor, or is None where the vendor cannot.
    """

    name: str
    title: str
    api_url: str
    auth: OAuth2
    client: Callable[[SecretStr, Destination], Any]
    whoami: Callable[[Any], Awaitable[Account]]
    sites: Callable[[Any], Awaitable[tuple[Site, ...]]] | None = None
    endpoints: tuple[tuple[str, str], ...] = ()
    """Further addresses of the vendor, (name, address). The setting that replaces one is `<NAME>_<ADDRESS'S NAME>`."""
    acts_as_asker: bool = False
    """Whether the account must be the asker's own id in the workspace, `team:user`, as only Slack's can be."""
    revoke: Callable[[OAuthApp, Tokens], Awaitable[None]] | None = None
    wider_than_used: str = ""
    """One honest sentence on what the vendor's own permission covers beyond what Pinyon uses."""
    limits: tuple[str, ...] = field(default=())
    """What the vendor lacks (PKCE, revocation, narrow scopes), said on the connections page."""
