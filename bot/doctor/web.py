"""Whether people's browsers find us."""

from http import HTTPStatus

import httpx

from bot.doctor.finding import Finding
from bot.settings import Settings, is_loopback


async def check_public_url(settings: Settings, *, http: httpx.AsyncClient) -> list[Finding]:
    """Whether the public address leads here."""
    url = settings.pinyon_public_url
    if url is None and settings.slack_app_token is None:
        return []  # then Slack cannot reach us either, which is said already
    if url is None:
        return [Finding("note", "PINYON_PUBLIC_URL", "not set: nobody can sign in or connect an account")]
    try:
        response = await http.get(f"{url}/healthz")
    except httpx.HTTPError as error:
        said = f"{url} does not answer ({type(error).__name__})"
        mend = f"If Pinyon does not run yet, this is as it should be. Otherwise lead it to port {settings.pinyon_port}."
        return [Finding("note", "PINYON_PUBLIC_URL", said, mend)]
    if response.status_code != HTTPStatus.OK or response.text.strip() != "ok":
        said = f"{url} answers, but it is not Pinyon (HTTP {response.status_code})"
        mend = f"Lead it to port {settings.pinyon_port} of the machine that runs `pinyon serve`."
        return [Finding("fix", "PINYON_PUBLIC_URL", said, mend)]
    if is_loopback(url):
        return [Finding("note", "PINYON_PUBLIC_URL", f"{url} answers, on this machine only")]
    return [Finding("ok", "Public address", f"{url} answers")]
