"""The playground's Google as one server: start it, sign people in, make trouble, see what was written."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from playground.company import Company
from playground.faults import Fault
from playground.google import errors
from playground.google.accounts import Accounts
from playground.google.calendar import CalendarApi
from playground.google.calendar_pages import CalendarPages
from playground.google.calendar_seed import planted as planted_calendar
from playground.google.calls import Calls, Write, refused
from playground.google.drive import DriveApi
from playground.google.drive_pages import DrivePages
from playground.google.drive_seed import planted as planted_drive
from playground.google.mail import MailApi
from playground.google.mail_seed import planted as planted_mail
from playground.google.pages import Pages
from playground.google.scopes import EVERYTHING, full
from playground.google.sign_in import AUTHORIZE, REVOKE, TOKEN, USERINFO, SignIn, granted
from playground.google.tokens import TOKEN_LIFE, App, Tokens
from playground.look import STATIC, Look
from playground.watched import Watched

PINYON = App(
    name="Pinyon",
    client_id="702911467-pinyonplay.apps.googleusercontent.com",
    client_secret="GOCSPX-playground-google-secret",
    redirects=("http://127.0.0.1/", "http://localhost/"),
)

_APIS = ("/gmail/v1", "/drive/v3", "/calendar/v3", "/upload")
_SIGN_IN = (TOKEN, REVOKE, USERINFO)
_OAUTH_ERRORS = {400: "invalid_grant", 401: "invalid_client", 429: "rate_limit_exceeded"}


class GoogleServer(Watched):
    """Google for one company, on a port of its own: an account for everybody with an address of its domain.

    Everything that changed through an API stands in `writes`, every request in `calls` by its path from the origin
    on, such as `/gmail/v1/users/me/messages/send`, `/token` or `/revoke`. People are named by handle or by address.
    A fault with status 429, or 403 with `retry_after`, is a rate limit in Google's words.
    """

    most_bytes = 12 * 1024**2

    def __init__(
        self,
        company: Company,
        *,
        app: App = PINYON,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        token_life: timedelta = TOKEN_LIFE,
        static: Path = STATIC,
    ) -> None:
        super().__init__(clock, address=(host, port), named=_named, refused=_refused)
        self.accounts = Accounts(company)
        self.mail = planted_mail(company, self.accounts, clock)
        self.drive = planted_drive(company, self.accounts, clock)
        self.calendar = planted_calendar(company, self.accounts, clock)
        self.app = app
        self.tokens = Tokens(app, clock, life=token_life)
        self.writes: list[Write] = []
        """What was changed through the APIs, oldest first."""
        self._company = company
        self._look = Look("Google", Path(__file__).parent / "templates", zone=company.zone, static=static)

    @property
    def api_url(self) -> str:
        """`GOOGLE_API_URL`: the APIs hang under it as under `https://www.googleapis.com`."""
        return self.url

    @property
    def authorize_url(self) -> str:
        """`GOOGLE_AUTHORIZE_URL`."""
        return f"{self.url}{AUTHORIZE}"

    @property
    def token_url(self) -> str:
        """`GOOGLE_TOKEN_URL`."""
        return f"{self.url}{TOKEN}"

    @property
    def revoke_url(self) -> str:
        """`GOOGLE_REVOKE_URL`."""
        return f"{self.url}{REVOKE}"

    @property
    def userinfo_url(self) -> str:
        """`GOOGLE_USERINFO_URL`."""
        return f"{self.url}{USERINFO}"

    def sign_in(self, person: str, scopes: Collection[str] = EVERYTHING) -> dict[str, Any]:
        """Tokens for `person` without a browser, as the token endpoint would give them, and the `email`."""
        account = self.accounts.person(person)
        return {**granted(self.tokens.open(account, frozenset(map(full, scopes)))), "email": account.email}

    def revoke(self, person: str) -> None:
        """Take the app away from `person`, as on the account's own page: every token dies."""
        self.tokens.drop_all(self.accounts.person(person))

    def expire(self, person: str) -> None:
        """Let the access tokens of `person` run out; the refresh tokens still work."""
        self.tokens.expire(self.accounts.person(person))

    def granted(self, person: str) -> frozenset[str]:
        """The scopes that `person` allowed and has not taken back."""
        return self.tokens.granted(self.accounts.person(person))

    def add_to(self, router: web.UrlDispatcher) -> None:
        calls = Calls(self.tokens, self._clock, self.url, self.writes)
        MailApi(self.mail).add_to(router, calls)
        DriveApi(self.drive).add_to(router, calls)
        CalendarApi(self.calendar).add_to(router, calls)
        for prefix in _APIS:
            calls.add_nothing(router, prefix)
        SignIn(self.accounts, self.tokens, self._look).add_to(router)
        self._look.add_to(router)
        DrivePages(self.drive, self._look).add_to(router)
        CalendarPages(self.calendar, self._look).add_to(router)
        Pages(self._company.name, self.accounts, self.mail, self._look).add_to(router)


def _named(request: web.Request) -> str | None:
    """The path of an API or of the sign-in's machine endpoints; pages stand nowhere."""
    return request.path if request.path.startswith(_APIS) or request.path in _SIGN_IN else None


def _refused(fault: Fault) -> web.Response:
    """Trouble in the words of the APIs, or in those of OAuth at the sign-in's endpoints."""
    if fault.path not in _SIGN_IN:
        return refused(_refusal(fault))
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    told = {"error": _OAUTH_ERRORS.get(fault.status, "internal_failure")}
    return web.json_response(told, status=fault.status, headers=headers)


def _refusal(fault: Fault) -> errors.Refusal:
    match fault.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return errors.rate_limit(fault.retry_after)
        case HTTPStatus.FORBIDDEN if fault.retry_after is not None:
            return errors.rate_limit(fault.retry_after, 403)
        case HTTPStatus.UNAUTHORIZED:
            return errors.bad_credentials()
        case HTTPStatus.FORBIDDEN:
            return errors.scope_needed("googleapis.com", ())
        case HTTPStatus.NOT_FOUND:
            return errors.not_found()
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return errors.broken(status)
        case status:
            return errors.Refusal(status, HTTPStatus(status).phrase, reason="failed")
