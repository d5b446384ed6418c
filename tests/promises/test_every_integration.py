"""What every integration promises, whoever wrote it. An exemption is a reasoned line here."""

import traceback
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.catalog import integration_catalog
from integrations.errors import AccessRevoked, IntegrationError, ServiceUnavailable
from integrations.integration import Destination, Integration

CANARY = "canary-token-7f3k"
INTEGRATIONS = list(integration_catalog().values())

every_integration = pytest.mark.parametrize(
    "integration", INTEGRATIONS, ids=[integration.name for integration in INTEGRATIONS]
)
Answering: TypeAlias = Callable[[web.Response], str]


@pytest.fixture
async def vendor() -> AsyncIterator[Answering]:
    """Makes a vendor that answers everything in one way, and tells its address."""
    planned: dict[str, Any] = {}

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=planned["status"], headers=planned["headers"], body=planned["body"])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]

    def plan(response: web.Response) -> str:
        planned.update(status=response.status, headers=response.headers.copy(), body=response.body)
        return f"http://{host}:{port}"

    yield plan
    await runner.cleanup()


async def failure(integration: Integration, url: str) -> IntegrationError:
    """How asking whose account it is fails: the one call that every integration has."""
    here = Destination(api_url=url, endpoints={name: f"{url}/{name}" for name, _ in integration.endpoints})
    with pytest.raises(IntegrationError) as caught:
        await integration.whoami(integration.client(SecretStr(CANARY), here))
    return caught.value


def refusing(status: int, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"message": f"refused with {status}"}, status=status, headers=named)


@every_integration
def test_it_speaks_https_only(integration: Integration):
    auth = integration.auth
    further = (address for _, address in integration.endpoints)
    for url in filter(None, (integration.api_url, auth.authorize_url, auth.token_url, auth.revoke_url, *further)):
        assert url.startswith("https://")


@every_integration
def test_it_says_honestly_what_it_can_and_cannot(integration: Integration):
    assert integration.title
    assert integration.wider_than_used.endswith(".")
    said = " ".join(integration.limits)
    assert all(limit.endswith(".") for limit in integration.limits)
    assert integration.auth.pkce or "PKCE" in said
    assert integration.revoke or "disconnect" in said.lower()
    assert "!" not in integration.wider_than_used + said


@every_integration
def test_building_its_client_touches_no_network_and_shows_no_token(integration: Integration):
    client = integration.client(SecretStr(CANARY), Destination(api_url="http://127.0.0.1:9"))
    assert CANARY not in repr(client)
    assert CANARY not in repr(getattr(client, "__dict__", {}))


@every_integration
async def test_an_ended_sign_in_is_told_from_everything_else(integration: Integration, vendor: Answering):
    assert isinstance(await failure(integration, vendor(refusing(401))), AccessRevoked)


@every_integration
async def test_a_limit_says_when_it_ends(integration: Integration, vendor: Answering):
    error = await failure(integration, vendor(refusing(429, retry_after="30")))
    assert isinstance(error, ServiceUnavailable)
    assert error.retry_at is not None
    assert error.retry_at > datetime.now(UTC)


@every_integration
@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_vendor_that_is_down_is_unavailable(integration: Integration, vendor: Answering, status: int):
    assert isinstance(await failure(integration, vendor(refusing(status))), ServiceUnavailable)


@every_integration
async def test_a_vendor_that_talks_nonsense_is_unavailable(integration: Integration, vendor: Answering):
    page = web.Response(body=b"<html>Please sign in to this hotel's network</html>", content_type="text/html")
    assert isinstance(await failure(integration, vendor(page)), ServiceUnavailable)


@every_integration
async def test_a_vendor_that_cannot_be_reached_is_unavailable(integration: Integration):
    assert isinstance(await failure(integration, "http://127.0.0.1:9"), ServiceUnavailable)


@every_integration
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429, 500])
async def test_no_error_tells_the_token(integration: Integration, vendor: Answering, status: int):
    error = await failure(integration, vendor(refusing(status)))
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
    assert CANARY not in told
    assert str(error).endswith(".")
