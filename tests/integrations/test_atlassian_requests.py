"""The requests of Jira's client against Atlassian's own OpenAPI description. The agile paths are not in it."""

import contextlib
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from aiohttp import web
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from pydantic import SecretStr

from integrations.atlassian.adf import from_markdown
from integrations.atlassian.client import Jira
from integrations.errors import IntegrationError
from integrations.integration import Destination, Site

SPEC = Path(__file__).parents[2] / ".." / "shared" / "specs" / "jira-cloud-platform-v3.2026-04-20.json.gz"
SITE = Site(id="cloud-1", name="Tamarack", url="https://tamarack.atlassian.net")
HERE = "https://your-domain.atlassian.net"

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="needs ../shared/specs")

FIELDS: dict[str, Any] = {
    "project": {"key": "TRAIL"},
    "issuetype": {"name": "Task"},
    "summary": "Smaller packs",
    "description": from_markdown("# Why\n\n- **size**\n\n| a |\n|---|\n| b |"),
    "labels": ["android"],
    "components": [{"name": "mobile"}],
    "assignee": {"accountId": "70121:p7"},
    "priority": {"name": "High"},
    "fixVersions": [{"name": "4.12"}],
    "parent": {"key": "TRAIL-100"},
}
CALLS: dict[str, Callable[[Jira], Awaitable[object]]] = {
    "myself": lambda jira: jira.myself(),
    "find": lambda jira: jira.find('project = "TRAIL" ORDER BY updated DESC', limit=25),
    "sprint": lambda jira: jira.in_sprint(132),
    "ticket": lambda jira: jira.ticket("TRAIL-141"),
    "beside": lambda jira: jira.beside(["TRAIL-100", "TRAIL-140"]),
    "comments": lambda jira: jira.comments("TRAIL-141"),
    "transitions": lambda jira: jira.transitions("TRAIL-141"),
    "people": lambda jira: jira.people("priya"),
    "assignable": lambda jira: jira.people("priya", project="TRAIL"),
    "person": lambda jira: jira.person("70121:p7", project="TRAIL"),
    "projects": lambda jira: jira.projects("trails"),
    "project": lambda jira: jira.project("TRAIL"),
    "types": lambda jira: jira.types("TRAIL"),
    "priorities": lambda jira: jira.priorities(),
    "statuses": lambda jira: jira.statuses("TRAIL"),
    "create": lambda jira: jira.create(FIELDS),
    "update": lambda jira: jira.update("TRAIL-141", {**FIELDS, "assignee": None}),
    "move": lambda jira: jira.move("TRAIL-141", "31"),
    "comment": lambda jira: jira.comment("TRAIL-141", "**Done** in https://tamarack.example"),
    "posted": lambda jira: jira.posted("TRAIL-141", "10042"),
    "delete_comment": lambda jira: jira.delete_comment("TRAIL-141", "10042"),
}


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    document = json.loads(gzip.decompress(SPEC.read_bytes()))
    for path in document["paths"].values():
        for operation in path.values():
            # OAuth 2.0 is nothing that openapi-core can check.
            operation.pop("security", None)
    # Atlassian's own document is not valid in every detail.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))  # pyright: ignore[reportArgumentType]: None is taken


@dataclass
class Ear:
    """A server that keeps every request and has an answer for none."""

    heard: list[tuple[requests.Request, set[str]]] = field(default_factory=list[tuple[requests.Request, set[str]]])
    """Each request, and the names of its query parameters."""
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        prefix = f"/ex/jira/{SITE.id}"
        assert request.path.startswith(prefix)
        body = await request.json() if request.can_read_body else None
        address = f"{HERE}{request.path.removeprefix(prefix)}"
        sent = requests.Request(request.method, address, params=dict(request.query), json=body)
        self.heard.append((sent, set(request.query)))
        return web.json_response({"errorMessages": ["nothing here"], "errors": {}}, status=400)


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    made = Ear()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    made.url = f"http://{host}:{port}"
    yield made
    await runner.cleanup()


@pytest.mark.parametrize("name", CALLS)
async def test_what_the_client_sends_is_what_atlassian_describes(name: str, ear: Ear, description: OpenAPI):
    jira = Jira(SecretStr("canary-token"), Destination(api_url=ear.url, site=SITE))
    with contextlib.suppress(IntegrationError):
        await CALLS[name](jira)
    ((sent, asked),) = ear.heard
    # A parameter that Jira does not know would be ignored, unseen.
    assert asked <= described(sent, description)
    description.validate_request(RequestsOpenAPIRequest(sent))


def described(sent: requests.Request, description: OpenAPI) -> set[str]:
    """The query parameters that the description knows for this request."""
    path, verb = str(sent.url).removeprefix(HERE), str(sent.method).lower()
    paths: dict[str, Any] = description.spec.read_value()["paths"]
    fitting = [template for template, known in paths.items() if fits(template, path) and verb in known]
    operation = paths[min(fitting, key=lambda template: template.count("{"))][verb]
    return {parameter["name"] for parameter in operation.get("parameters", []) if parameter.get("in") == "query"}


def fits(template: str, path: str) -> bool:
    wanted, got = template.split("/"), path.split("/")
    return len(wanted) == len(got) and all(w == g or w.startswith("{") for w, g in zip(wanted, got, strict=True))
