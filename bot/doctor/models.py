"""Whether the model vendors accept our keys, and know the models that configs/models.yaml names."""

import asyncio
from http import HTTPStatus
from typing import get_args

import httpx
from pydantic import SecretStr

from bot.built.ground import vendors_of
from bot.doctor.finding import Finding
from bot.llm.routes import Routes, Vendor, Vendors, key_setting, load_routes, usable
from bot.settings import Settings


async def check_models(settings: Settings, *, http: httpx.AsyncClient) -> list[Finding]:
    """One line for each vendor, and for each model that it does not know."""
    ours = vendors_of(settings)
    if not (ours.anthropic_key or ours.openai_key):
        return []  # which is said already
    try:
        routes = load_routes(settings.pinyon_models_file)
    except ValueError as error:
        return [Finding("fix", "PINYON_MODELS_FILE", str(error))]
    found = [finding for vendor in get_args(Vendor) for finding in await _vendor(vendor, routes, ours, http=http)]
    return [*found, *_routes(routes, ours)]


def _routes(routes: Routes, ours: Vendors) -> list[Finding]:
    """Whether a route is left without a model."""
    try:
        usable(routes, ours)
    except ValueError as error:
        return [Finding("fix", "PINYON_MODELS_FILE", str(error))]
    return []


async def _vendor(vendor: Vendor, routes: Routes, ours: Vendors, *, http: httpx.AsyncClient) -> list[Finding]:
    key, setting = ours.key_of(vendor), key_setting(vendor)
    models = {candidate.model for _, route in routes.named() for candidate in route if candidate.vendor == vendor}
    if key is None:
        return [Finding("note", setting, "not set: answers have no second vendor to fall back on")] if models else []
    try:
        known = await asyncio.gather(*(_knows(vendor, model, key, ours, http=http) for model in sorted(models)))
    except PermissionError as error:
        return [Finding("fix", setting, f"{vendor} does not accept this key ({error})", "Make a new one there.")]
    except httpx.HTTPError as error:
        said = f"{httpx.URL(_base(vendor, ours)).host} does not answer ({str(error) or type(error).__name__})"
        base = setting.replace("API_KEY", "BASE_URL")
        return [
            Finding("fix", base, said, f"Check the network of this machine, HTTPS_PROXY if it needs one, and {base}.")
        ]
    unknown = [model for model, is_known in zip(sorted(models), known, strict=True) if not is_known]
    mend = "Name one that it has in configs/models.yaml, or in the file that PINYON_MODELS_FILE names."
    strangers = [Finding("note", setting, f"{vendor} does not list the model {model}", mend) for model in unknown]
    count = len(models) - len(unknown)
    works = [Finding("ok", setting, f"accepted, {count} of its models known")] if count or not models else []
    return [*works, *strangers]


async def _knows(vendor: Vendor, model: str, key: SecretStr, ours: Vendors, *, http: httpx.AsyncClient) -> bool:
    """Whether the vendor knows `model`. Asking costs nothing. Raises PermissionError, httpx.HTTPError."""
    secret = key.get_secret_value()
    headers = (
        {"x-api-key": secret, "anthropic-version": "2023-06-01"}
        if vendor == "anthropic"
        else {"Authorization": f"Bearer {secret}"}
    )
    response = await http.get(f"{_base(vendor, ours)}/models/{model}", headers=headers)
    if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise PermissionError(f"HTTP {response.status_code}")
    if response.status_code == HTTPStatus.NOT_FOUND:
        return False
    if not response.is_success:
        raise httpx.HTTPError(f"HTTP {response.status_code}")
    return True


def _base(vendor: Vendor, ours: Vendors) -> str:
    """Where `/models` hangs: the vendors' settings differ in whether `/v1` is part of them."""
    if vendor == "anthropic":
        return f"{ours.anthropic_base_url.rstrip('/')}/v1"
    return ours.openai_base_url.rstrip("/")
