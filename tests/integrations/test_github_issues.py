"""GitHub's issues client: what it asks for, as GitHub's own OpenAPI description has it."""

import gzip
import io
import json
from collections.abc import AsyncIterator, Mapping
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeGuard

import pytest
import requests
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from pydantic import JsonValue, SecretStr

from integrations.blocking import PATIENCE
from integrations.github.answers import Answer
from integrations.github.calls import Calls, Verb
from integrations.github.client import GitHub
from integrations.github.issues import Issues
from integrations.github.me import Me
from integrations.github.models import Owner
from integrations.github.query import MAX_LENGTH, issues_query
from integrations.github.texts import fingerprint
from playground.company import load_company
from playground.github import GitHubServer

SPEC = Path(__file__).parents[2] / ".." / "shared" / "specs" / "github-api.github.com.octokit-23.0.2.json.gz"
ATLAS = "tamarack-maps/atlas-api"


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(load_company(today=date(2026, 11, 20))) as server:
        yield server


def client(github: GitHubServer, person: str = "ren") -> GitHub:
    return GitHub(SecretStr(github.sign_in(person)["access_token"]), github.api_url)


class Described(Calls):
    """Checks every request, and every answer, against the description before it goes on."""

    def __init__(self, access: SecretStr, api_url: str, *, description: OpenAPI) -> None:
        super().__init__(access, api_url, patience=PATIENCE)
        self.checked: list[str] = []
        self._description = description

    def _send(
        self,
        verb: Verb,
        path: str,
        *,
        parameters: Mapping[str, str | int] | None = None,
        body: Mapping[str, JsonValue] | None = None,
    ) -> Answer:
        request = requests.Request(
            verb,
            f"https://api.github.com{path}",
            params={name: str(value) for name, value in (parameters or {}).items()},
            json=None if body is None else dict(body),
            headers={"Accept": "application/vnd.github+json"},
        )
        asked = RequestsOpenAPIRequest(request)
        self._description.validate_request(asked)
        answer = super()._send(verb, path, parameters=parameters, body=body)
        if answer.status == HTTPStatus.NO_CONTENT:
            self.checked.append(f"{verb} {path}")
            return answer
        response = requests.Response()
        response.status_code, response.raw = answer.status, io.BytesIO(answer.text.encode())
        response.headers["Content-Type"] = "application/json; charset=utf-8"
        self._description.validate_response(asked, RequestsOpenAPIResponse(response))
        self.checked.append(f"{verb} {path}")
        return answer


def _admit_null(node: Any) -> None:
    """Many fields are `nullable` with an `enum` that lacks null, which OpenAPI 3.0.3 forbids; GitHub does send null."""
    if _is_dict(node):
        if node.get("nullable") is True and "enum" in node and None not in node["enum"]:
            node["enum"] = [*node["enum"], None]
        for value in node.values():
            _admit_null(value)
    elif isinstance(node, list):
        for item in node:  # pyright: ignore[reportUnknownVariableType]: any JSON
            _admit_null(item)


def _is_dict(node: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(node, dict)


@pytest.fixture(scope="module")
def description() -> OpenAPI:
    if not SPEC.exists():
        pytest.skip(f"needs ../shared/specs: GitHub's description, {SPEC.name}")
    with gzip.open(SPEC) as file:
        document = json.load(file)
    _admit_null(document)
    # Checking the description itself takes half a minute; None is documented and missing from the annotation.
    config = Config(spec_validator_cls=None)  # pyright: ignore[reportArgumentType]
    return OpenAPI.from_dict(document, config=config)


async def test_everything_it_asks_is_as_github_describes(github: GitHubServer, description: OpenAPI):
    access = SecretStr(github.sign_in("ren")["access_token"])
    calls = Described(access, github.api_url, description=description)
    me = Me(calls)
    issues = Issues(calls, me)

    await me.login()
    await issues.find("open", words="elevation")
    await issues.find("mine", labels=["bug"])
    await issues.find("assigned_to_me", repository=ATLAS)
    await issues.read(ATLAS, 399)
    await issues.comments(ATLAS, 399)
    await issues.pulls(ATLAS, 399)
    await issues.labels(ATLAS)
    await issues.assignable(ATLAS)
    opened = await issues.open(ATLAS, "Slow", body="Since Monday", labels=["bug"], assignees=["leila-h"])
    posted = await issues.comment(ATLAS, opened.number, "Still.")
    await issues.change(ATLAS, opened.number, labels=["low"], assignees=[])
    await issues.close(ATLAS, opened.number, "not_planned")
    await issues.reopen(ATLAS, opened.number)
    await issues.take_back(ATLAS, posted.id, text=fingerprint(posted.body))
    assert (await me.places([ATLAS])).names(ATLAS) == (ATLAS, "atlas-api")

    verbs = [each.partition(" ")[0] for each in calls.checked]
    counted = {verb: verbs.count(verb) for verb in ("GET", "POST", "PATCH", "DELETE")}
    assert counted == {"GET": 12, "POST": 2, "PATCH": 3, "DELETE": 1}


async def test_pull_requests_that_name_an_issue_are_found_in_its_history(github: GitHubServer):
    pulls = await client(github).issues.pulls(ATLAS, 399)
    assert pulls is not None
    assert [(pull.number, pull.repository, pull.standing) for pull in pulls] == [(417, ATLAS, "open")]


async def test_a_changed_issue_keeps_what_was_not_named(github: GitHubServer):
    issues = client(github).issues
    await issues.change(ATLAS, 399, labels=["bug"], assignees=None)
    after = await issues.read(ATLAS, 399)
    assert (after.label_names, after.assigned) == (("bug",), ("oskarmaps",))


@pytest.mark.parametrize(
    ("words", "labels", "ends"),
    [
        ("tiles late", ["bug"], 'label:"bug" tiles late'),
        ('tiles" OR is:pr', [], "tiles is pr"),
        ("", ['bug" repo:o/secret label:"x', " "], 'label:"bug repo:o/secret label:x"'),
        ("", ["good first issue"], 'label:"good first issue"'),
    ],
)
def test_words_and_labels_are_never_taken_for_syntax(words: str, labels: list[str], ends: str):
    query = issues_query("open", repository="o/r", words=words, labels=labels)
    assert query == f"is:issue archived:false is:open repo:o/r {ends}"


def test_a_search_is_cut_to_what_github_takes():
    owner = Owner(login="tamarack", type="Organization")
    query = issues_query("closed", owner=owner, words="elevation " * 60)
    assert query.startswith("is:issue archived:false is:closed org:tamarack elevation")
    assert len(query) <= MAX_LENGTH
