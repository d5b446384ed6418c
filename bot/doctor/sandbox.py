"""Whether code can run, and where."""

from http import HTTPStatus

import httpx

from bot.doctor.finding import Finding, Kind
from bot.sandbox.bubblewrap import Bubblewrap
from bot.settings import Settings

_E2B = "https://api.e2b.app"


async def check_sandbox(settings: Settings, *, http: httpx.AsyncClient) -> list[Finding]:
    """Whether the sandbox that the settings name works: E2B is asked, bubblewrap is tried."""
    if settings.pinyon_sandbox == "off":
        return [Finding("note", "PINYON_SANDBOX", "off: Pinyon reads tables but computes nothing")]
    key = settings.e2b_api_key.get_secret_value() if settings.e2b_api_key else ""
    if settings.pinyon_sandbox == "bubblewrap" or (settings.pinyon_sandbox == "auto" and not key):
        return [await _bubblewrap("note" if settings.pinyon_sandbox == "auto" else "fix")]
    return [await _e2b(key, settings.e2b_api_url or _E2B, http)] if key else []


async def _bubblewrap(otherwise: Kind) -> Finding:
    if why := await Bubblewrap().off():
        said, _, mend = why.partition(". " if ". " in why else "; ")
        return Finding(otherwise, "PINYON_SANDBOX", said, mend)
    return Finding("ok", "Sandbox", "code runs in bubblewrap on this machine")


async def _e2b(key: str, url: str, http: httpx.AsyncClient) -> Finding:
    try:
        response = await http.get(f"{url}/v2/sandboxes", params={"limit": 1}, headers={"X-API-Key": key})
    except httpx.HTTPError as error:
        return Finding(
            "fix", "E2B_API_KEY", f"{url} does not answer ({type(error).__name__})", "Is this machine online?"
        )
    if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Finding("fix", "E2B_API_KEY", "E2B does not accept it", "Make a new one at https://e2b.dev/dashboard.")
    if response.status_code != HTTPStatus.OK:
        return Finding("note", "E2B_API_KEY", f"{url} answers HTTP {response.status_code}")
    return Finding("ok", "Sandbox", "code runs at E2B")
