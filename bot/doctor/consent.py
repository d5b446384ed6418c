"""What a vendor's consent page says before anybody is signed in there: whether it would send people back to us."""

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlsplit

import httpx

NOWHERE = "https://pinyon-doctor.invalid/callback"
"""An address that nobody registered (RFC 2606 §2): who tells a wrong address from a right one refuses this one."""
_MOST = 65_536
"""Characters of a page that are read; what a vendor refuses stands at its top."""
_REDIRECT = re.compile(
    r"redirect_uri_mismatch|bad_redirect_uri|callback url mismatch|redirect[ _]ur[il] (is not|did not|does not|must)",
    re.IGNORECASE,
)
_SCOPE = re.compile(r"invalid_scope|app is not registered for", re.IGNORECASE)

Refusal: TypeAlias = Literal["", "redirect", "scope"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a consent page gave away."""

    refused: Refusal
    """What it does not accept of us."""
    checks: bool
    """Whether it refuses a wrong address without asking who is there: only then is silence a yes."""


async def ask_consent_page(url_for: Callable[[str], str], redirect: str, *, http: httpx.AsyncClient) -> Told:
    """Open the page as it is for `redirect`, and once for an address that is surely wrong. Raises httpx.HTTPError."""
    ours, wrong = await asyncio.gather(*(_refusal(url_for(address), http=http) for address in (redirect, NOWHERE)))
    return Told(refused=ours, checks=wrong == "redirect")


async def _refusal(url: str, *, http: httpx.AsyncClient) -> Refusal:
    response = await http.get(url, headers={"Accept": "text/html"}, follow_redirects=False)
    if response.is_server_error or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise httpx.HTTPError(f"HTTP {response.status_code}")
    location = response.headers.get("location", "")
    said = f"{location}\n{_coded_error(location)}\n{response.text[:_MOST]}"
    if _REDIRECT.search(said):
        return "redirect"
    return "scope" if _SCOPE.search(said) else ""


def _coded_error(location: str) -> str:
    """The reason in the address of an error page: Google writes it in base64, within a format of its own."""
    coded = parse_qs(urlsplit(location).query).get("authError", [""])[0]
    try:
        return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
