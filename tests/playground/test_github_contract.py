"""The playground's GitHub against GitHub's own OpenAPI description: what it takes and what it answers."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from openapi_core.validation.exceptions import ValidationError

from playground.company import load_company
from playground.github import GitHubServer

SPEC = Path(__file__).parents[2] / ".." / "shared" / "specs" / "github-api.github.com.octokit-23.0.2.json.gz"
ORG = "tamarack-maps"
REPO = f"/repos/{ORG}/atlas-api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request, and the status that the description knows for it."""

    method: str
    path: str
    status: int
    body: dict[str, Any] | None = None
    params: dict[str, str] = field(default_factory=dict[str, str])
    accept: str = "application/vnd.github+json"
    who: str = "ren"
    as_app: bool = False

    def __str__(self) -> str:
        told = " ".join([*self.params.values(), str((self.body or {}).get("event", ""))])
        return f"{self.method} {self.path} {self.status} {self.who} {told}"


def get(path: str, **more: Any) -> Exchange:
    return Exchange(method="GET", path=path, status=more.pop("status", 200), **more)


def send(method: str, path: str, status: int, body: dict[str, Any] | None = None, **more: Any) -> Exchange:
    return Exchange(method=method, path=path, status=status, body=body, **more)


READS = [
    get("/user"),
    get("/user/emails"),
    get("/user/repos"),
    get("/user/orgs"),
    get("/users/leila-h"),
    get("/users/nobody-here", status=404),
    get(f"/orgs/{ORG}"),
    get(f"/orgs/{ORG}/repos"),
    get(f"/orgs/{ORG}/members"),
    get(f"/orgs/{ORG}/teams"),
    get(f"/orgs/{ORG}/teams/atlas/members"),
    get(REPO),
    get(f"/repos/{ORG}/no-such-thing", status=404),
    get(f"{REPO}/contents/.github%2FCODEOWNERS"),
    # A folder's listing is left out: the description's discriminator takes every answer there for an object.
    get(f"{REPO}/contents/nowhere", status=404),
    get(f"{REPO}/readme"),
    get(f"{REPO}/collaborators"),
    get(f"{REPO}/collaborators/leila-h/permission"),
    get(f"{REPO}/assignees"),
    get(f"{REPO}/teams"),
    get(f"{REPO}/labels"),
    get(f"{REPO}/milestones"),
    get(f"/repos/{ORG}/wayfinder-app/milestones"),
    get(f"{REPO}/commits"),
    get(f"{REPO}/commits/main"),
    get(f"{REPO}/commits/leila%2FTRAIL-144-hut-search/check-runs"),
    get(f"{REPO}/commits/main/status"),
    get(f"{REPO}/pulls", params={"state": "all", "sort": "updated", "direction": "desc", "per_page": "5"}),
    get(f"{REPO}/pulls/411"),
    get(f"{REPO}/pulls/412"),
    get(f"{REPO}/pulls/418"),
    get(f"{REPO}/pulls/9999", status=404),
    get(f"{REPO}/pulls/412/files"),
    get(f"{REPO}/pulls/412/commits"),
    get(f"{REPO}/pulls/412/reviews"),
    get(f"{REPO}/pulls/412/comments"),
    get(f"{REPO}/pulls/415/requested_reviewers"),
    get(f"{REPO}/pulls/411/merge", status=204),
    get(f"{REPO}/issues", params={"state": "all", "labels": "bug"}),
    get(f"{REPO}/issues/410"),
    get(f"{REPO}/issues/417"),
    get(f"{REPO}/issues/415/comments"),
    get(f"{REPO}/issues/399/labels"),
    get(f"{REPO}/issues/417/events"),
    get(f"{REPO}/issues/411/events"),
    get("/search/issues", params={"q": "is:pr is:open review-requested:@me"}),
    get("/search/issues", params={"q": "type:pr merged:>=soon"}, status=422),
    get("/search/issues", params={"q": f"is:pr repo:{ORG}/no-such-thing"}, status=422),
    get("/rate_limit"),
    get("/meta"),
]

WRITES = [
    send("POST", f"{REPO}/issues/417/comments", 201, {"body": "Looks right to me."}),
    send("POST", f"{REPO}/issues/417/comments", 422, {"body": " "}),
    send("POST", f"{REPO}/pulls/417/reviews", 200, {"event": "APPROVE", "body": "Nice."}),
    send(
        "POST",
        f"{REPO}/pulls/417/reviews",
        200,
        {
            "event": "REQUEST_CHANGES",
            "body": "One thing.",
            "comments": [{"path": "atlas/importer/segments.py", "line": 44, "side": "RIGHT", "body": "Why 0.95?"}],
        },
    ),
    send("POST", f"{REPO}/pulls/417/reviews", 422, {"event": "APPROVE"}, who="oskar"),
    send("POST", f"{REPO}/pulls/417/requested_reviewers", 201, {"reviewers": ["leila-h"]}),
    send("DELETE", f"{REPO}/pulls/415/requested_reviewers", 200, {"reviewers": ["oskarmaps"]}),
    send("PATCH", f"{REPO}/pulls/417", 200, {"title": "[map-data] Drop duplicates"}),
    send("PUT", f"{REPO}/pulls/417/merge", 200, {"merge_method": "squash"}),
    send("PUT", f"{REPO}/pulls/417/merge", 409, {"sha": "0" * 40}),
    send("PUT", f"{REPO}/pulls/418/merge", 405, {"merge_method": "squash"}),
    send("PUT", f"{REPO}/pulls/417/merge", 403, {"merge_method": "squash"}, who="camille"),
    send("POST", f"{REPO}/issues", 201, {"title": "A new one", "body": "Why", "labels": ["bug"]}),
    send("PATCH", f"{REPO}/issues/410", 200, {"state": "closed", "state_reason": "not_planned"}),
    send("POST", f"{REPO}/issues/410/labels", 200, {"labels": ["low"]}),
    send("POST", f"{REPO}/issues/410/assignees", 201, {"assignees": ["leila-h"]}),
    send("POST", "/applications/Iv23lipinyonplay/token", 200, {"access_token": "{token}"}, as_app=True),
    send("DELETE", "/applications/Iv23lipinyonplay/token", 204, {"access_token": "{token}"}, as_app=True),
    send("DELETE", "/applications/Iv23lipinyonplay/grant", 204, {"access_token": "{token}"}, as_app=True),
    send("DELETE", "/applications/Iv23lipinyonplay/token", 422, {"access_token": "ghu_unknown"}, as_app=True),
]


def _admit_null(node: Any) -> None:
    """Many fields are `nullable` with an `enum` that lacks null, which OpenAPI 3.0.3 forbids; GitHub does send null."""
    if _is_dict(node):
        if node.get("nullable") is True and "enum" in node and None not in node["enum"]:
            node["enum"] = [*node["enum"], None]
        for value in node.values():
            _admit_null(value)
    elif _is_list(node):
        for item in node:
            _admit_null(item)


def _is_dict(node: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(node, dict)


def _is_list(node: Any) -> TypeGuard[list[Any]]:
    return isinstance(node, list)


@pytest.fixture(scope="session")
def description() -> OpenAPI:
    if not SPEC.exists():
        pytest.skip(f"needs ../shared/specs: GitHub's description, {SPEC.name}")
    with gzip.open(SPEC) as file:
        document = json.load(file)
    _admit_null(document)
    # Checking the description itself takes half a minute; None is documented and missing from the annotation.
    config = Config(spec_validator_cls=None)  # pyright: ignore[reportArgumentType]
    return OpenAPI.from_dict(document, config=config)


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


def carried_out(github: GitHubServer, exchange: Exchange) -> tuple[requests.Request, requests.Response]:
    """Send the exchange for real; the request is given back under GitHub's own address."""
    token = str(github.sign_in(exchange.who)["access_token"])
    body = exchange.body and {key: token if value == "{token}" else value for key, value in exchange.body.items()}
    app = (github.app.client_id, github.app.client_secret)

    def request(base: str) -> requests.Request:
        headers = {"Accept": exchange.accept, "User-Agent": "Pinyon-Test"}
        if not exchange.as_app:
            headers["Authorization"] = f"Bearer {token}"
        return requests.Request(
            exchange.method,
            f"{base}{exchange.path}",
            params=exchange.params,
            json=body,
            headers=headers,
            auth=app if exchange.as_app else None,
        )

    with requests.Session() as session:
        response = session.send(request(github.api_url).prepare(), timeout=5)
    return request("https://api.github.com"), response


def described(description: OpenAPI, request: requests.Request, response: requests.Response) -> None:
    """Fail with the places where the exchange departs from the description."""
    asked = RequestsOpenAPIRequest(request)
    description.validate_request(asked)
    try:
        description.validate_response(asked, RequestsOpenAPIResponse(response))
    except ValidationError as error:
        reasons: list[Any] = list(getattr(error.__cause__, "schema_errors", [])) or [error]
        pytest.fail("\n".join(_told(reason) for reason in reasons))


def _told(reason: Any) -> str:
    return f"{str(getattr(reason, 'message', reason))[-300:]} at {list(getattr(reason, 'path', []))}"


@pytest.mark.parametrize("exchange", [*READS, *WRITES], ids=str)
async def test_the_exchange_is_one_that_github_describes(
    github: GitHubServer, description: OpenAPI, exchange: Exchange
) -> None:
    request, response = await asyncio.to_thread(carried_out, github, exchange)

    assert response.status_code == exchange.status, response.text
    described(description, request, response)


def comment(_: GitHubServer) -> Exchange:
    return send("POST", f"{REPO}/issues/417/comments", 201, {"body": "a"})


def line_comment(github: GitHubServer) -> Exchange:
    body = {"path": "atlas/importer/segments.py", "line": 43, "side": "RIGHT", "body": "Why 0.95?"}
    body["commit_id"] = github.pull("atlas-api", 417).head.sha
    return send("POST", f"{REPO}/pulls/417/comments", 201, body)


@pytest.mark.parametrize(("folder", "make"), [("issues", comment), ("pulls", line_comment)])
async def test_a_comment_is_made_read_changed_and_deleted_as_github_describes(
    github: GitHubServer, description: OpenAPI, folder: str, make: Callable[[GitHubServer], Exchange]
) -> None:
    request, response = await asyncio.to_thread(carried_out, github, make(github))
    described(description, request, response)
    here = f"{REPO}/{folder}/comments/{response.json()['id']}"

    for exchange in (get(here), send("PATCH", here, 200, {"body": "b"}), send("DELETE", here, 204)):
        request, response = await asyncio.to_thread(carried_out, github, exchange)
        assert response.status_code == exchange.status, response.text
        described(description, request, response)
