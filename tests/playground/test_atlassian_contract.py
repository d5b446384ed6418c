"""The playground's Jira against Atlassian's own OpenAPI description: what it takes and what it answers."""

import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.validation.exceptions import ValidationError

from playground.atlassian import AtlassianServer
from playground.atlassian.api import ROUTES
from playground.company import load_company

SPEC = Path(__file__).parents[2] / ".." / "shared" / "specs" / "jira-cloud-platform-v3.2026-04-20.json.gz"
V3 = "/rest/api/3"
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}$"
TICKET = f"{V3}/issue/TRAIL-141"
BODY = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Yes."}]}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, and the status that the description knows for it."""

    method: str
    path: str
    status: int
    body: dict[str, Any] | None = None
    params: dict[str, str] = field(default_factory=dict[str, str])
    token: str | None = None

    def __str__(self) -> str:
        told = " ".join([*self.params.values(), *(self.body or {})])
        return f"{self.method} {self.path} {self.status} {told}"


def get(path: str, **more: Any) -> Exchange:
    return Exchange(method="GET", path=path, status=more.pop("status", 200), **more)


def send(method: str, path: str, status: int, body: dict[str, Any]) -> Exchange:
    return Exchange(method=method, path=path, status=status, body=body)


READS = [
    get(f"{V3}/myself"),
    get(f"{V3}/myself", status=401, token="nonsense"),
    get(f"{V3}/serverInfo"),
    get(f"{V3}/user", params={"accountId": "70121:l5"}),
    get(f"{V3}/user", params={"accountId": "nobody"}, status=404),
    get(f"{V3}/user/search", params={"query": "ja"}),
    get(f"{V3}/user/search", status=400),
    get(f"{V3}/user/assignable/search", params={"query": "priya", "project": "TRAIL"}),
    get(f"{V3}/user/assignable/search", params={"project": "NOPE"}, status=404),
    get(f"{V3}/project/search", params={"query": "trail"}),
    get(f"{V3}/project/TRAIL"),
    get(f"{V3}/project/NOPE", status=404),
    get(f"{V3}/project/TRAIL/components"),
    get(f"{V3}/project/TRAIL/versions"),
    get(f"{V3}/project/PLAT/statuses"),
    get(f"{V3}/issue/createmeta/TRAIL/issuetypes"),
    get(f"{V3}/issue/createmeta/NOPE/issuetypes", status=400),
    get(f"{V3}/issue/createmeta/TRAIL/issuetypes/10003"),
    get(f"{V3}/priority"),
    get(f"{V3}/field"),
    get(f"{V3}/label"),
    get(TICKET, params={"expand": "changelog"}),
    get(TICKET, params={"fields": "summary,status,comment"}),
    get(f"{V3}/issue/TRAIL-9999", status=404),
    get(f"{TICKET}/changelog"),
    get(f"{TICKET}/comment"),
    get(f"{TICKET}/transitions"),
    get(f"{V3}/search/jql", params={"jql": "project = TRAIL", "maxResults": "5", "fields": "*all"}),
    get(f"{V3}/search/jql", params={"jql": "text ~ pack", "expand": "changelog", "fields": "summary"}),
    get(f"{V3}/search/jql", params={"jql": "mood = good"}, status=400),
]

WRITES = [
    send("POST", f"{V3}/search/jql", 200, {"jql": "assignee = currentUser()", "fields": ["summary"], "maxResults": 3}),
    send("POST", f"{V3}/search/jql", 400, {"jql": "project ="}),
    send("POST", f"{V3}/search/approximate-count", 200, {"jql": "project = TRAIL"}),
    send(
        "POST",
        f"{V3}/issue",
        201,
        {
            "fields": {
                "project": {"key": "TRAIL"},
                "issuetype": {"name": "Task"},
                "summary": "[ios] A new one",
                "description": BODY,
                "labels": ["ios"],
                "components": [{"name": "mobile"}],
                "assignee": {"accountId": "70121:c9"},
                "parent": {"key": "TRAIL-108"},
            }
        },
    ),
    send("POST", f"{V3}/issue", 400, {"fields": {"project": {"key": "NOPE"}}}),
    send("PUT", TICKET, 204, {"fields": {"summary": "Another"}, "update": {"labels": [{"remove": "ios"}]}}),
    send("PUT", TICKET, 400, {"fields": {"colour": "red"}}),
    send("PUT", f"{V3}/issue/TRAIL-9999", 404, {"fields": {"summary": "Another"}}),
    send("PUT", f"{TICKET}/assignee", 204, {"accountId": "70121:s8"}),
    send("POST", f"{TICKET}/transitions", 204, {"transition": {"id": "51"}}),
    send("POST", f"{TICKET}/transitions", 400, {"transition": {"id": "999"}}),
    send("POST", f"{TICKET}/comment", 201, {"body": BODY}),
    send("POST", f"{TICKET}/comment", 400, {"body": "plain text"}),
    send(
        "POST",
        f"{V3}/issueLink",
        201,
        {"type": {"name": "Blocks"}, "inwardIssue": {"key": "TRAIL-140"}, "outwardIssue": {"key": "TRAIL-141"}},
    ),
]


def on_comment(jira: AtlassianServer, *, comment: str = "") -> str:
    """The address of a comment that Camille may change: her own, unless another is named."""
    issue = jira.issue("TRAIL-141")
    mine = jira.jira.comment(issue, jira.world.person("camille"), BODY)
    return f"{TICKET}/comment/{comment or mine.id}"


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    if not SPEC.exists():
        pytest.skip(f"needs ../shared/specs: Jira's description, {SPEC.name}")
    with gzip.open(SPEC) as file:
        found: dict[str, Any] = json.load(file)
    _admit_offsets(found)
    return found


def _admit_offsets(node: Any) -> None:
    """Times have `+0000` at their end, in the description's own examples as well, and that is no RFC 3339."""
    if _is_dict(node):
        if node.get("format") == "date-time":
            node["format"], node["pattern"] = "jira-time", TIME
        for value in node.values():
            _admit_offsets(value)
    elif _is_list(node):
        for item in node:
            _admit_offsets(item)


def _is_dict(node: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(node, dict)


def _is_list(node: Any) -> TypeGuard[list[Any]]:
    return isinstance(node, list)


@pytest.fixture(scope="session")
def description(document: dict[str, Any]) -> OpenAPI:
    # openapi-core knows no OAuth 2.0 and warns; scopes are compared by a test of their own.
    document = deepcopy(document)
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["security"] = []
    # Atlassian's own document fails the check of documents; None is documented and missing from the annotation.
    config = Config(spec_validator_cls=None)  # pyright: ignore[reportArgumentType]
    return OpenAPI.from_dict(document, config=config)


@pytest.fixture
async def jira() -> AsyncIterator[AtlassianServer]:
    async with AtlassianServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


def carried_out(jira: AtlassianServer, exchange: Exchange) -> tuple[requests.Request, requests.Response]:
    """Send the exchange for real; the request is given back under the description's own address."""
    token = exchange.token or str(jira.sign_in("camille")["access_token"])

    def request(base: str) -> requests.Request:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
        address = f"{base}{exchange.path}"
        return requests.Request(exchange.method, address, params=exchange.params, json=exchange.body, headers=headers)

    with requests.Session() as session:
        response = session.send(request(f"{jira.api_url}/ex/jira/{jira.cloud_id}").prepare(), timeout=5)
    return request("https://your-domain.atlassian.net"), response


def described(description: OpenAPI, request: requests.Request, response: requests.Response) -> None:
    """Fail with the places where the exchange departs from the description."""
    if response.status_code == 204:
        # The description gives even these a body, which HTTP forbids and Jira does not send.
        assert response.content == b""
        return
    asked = RequestsOpenAPIRequest(request)
    try:
        description.validate_response(asked, RequestsOpenAPIResponse(response))
    except ValidationError as error:
        reasons: list[Any] = list(getattr(error.__cause__, "schema_errors", [])) or [error]
        pytest.fail("\n".join(_told(reason) for reason in reasons))


def _told(reason: Any) -> str:
    return f"{str(getattr(reason, 'message', reason))[-300:]} at {list(getattr(reason, 'path', []))}"


def test_each_endpoint_needs_the_scopes_that_atlassian_names(document: dict[str, Any]) -> None:
    names = {"issue": "issueIdOrKey", "project": "projectIdOrKey", "type": "issueTypeId", "comment": "id"}
    for route in ROUTES:
        if route.path.startswith(V3):
            path = re.sub(r"{(\w+)}", lambda match: f"{{{names[match[1]]}}}", route.path)
            security = document["paths"][path][route.method.lower()]["security"]
            assert {scope for way in security for scope in way.get("OAuth2", [])} == set(route.scopes), path


@pytest.mark.parametrize("exchange", [*READS, *WRITES], ids=str)
async def test_the_exchange_is_one_that_atlassian_describes(
    jira: AtlassianServer, description: OpenAPI, exchange: Exchange
) -> None:
    request, response = await asyncio.to_thread(carried_out, jira, exchange)

    assert response.status_code == exchange.status, response.text
    if exchange.status < 400:
        description.validate_request(RequestsOpenAPIRequest(request))
    described(description, request, response)


@pytest.mark.parametrize(("comment", "status"), [("", 204), ("999999", 404)])
async def test_a_comment_is_deleted_as_atlassian_describes(
    jira: AtlassianServer, description: OpenAPI, comment: str, status: int
) -> None:
    exchange = Exchange(method="DELETE", path=on_comment(jira, comment=comment), status=status)
    request, response = await asyncio.to_thread(carried_out, jira, exchange)

    assert response.status_code == status, response.text
    description.validate_request(RequestsOpenAPIRequest(request))
    described(description, request, response)
