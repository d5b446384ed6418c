"""The playground's Drive against Google's own description: what it answers, and which scopes let it be asked."""

import re
import ssl
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from playground.company import Company, load_company
from playground.google import GoogleServer
from playground.google.drive import METHODS
from playground.google.drive_convert import DOCUMENT
from tests.playground.google_schemas import GoogleSchemas, google_schemas

# Every client would read all certificates again without this; nothing here is encrypted.
TLS = ssl.create_default_context()
ROOT = "/drive/v3"


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=date(2026, 11, 20))


@pytest.fixture
async def google(company: Company) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(company, clock=lambda: company.now) as server:
        yield server


@pytest.fixture
def drive() -> GoogleSchemas:
    return google_schemas("drive.v3")


def seed(google: GoogleServer, path: str) -> str:
    """`path` with `{doc-plan}` and the like replaced by ids."""
    return re.sub(r"\{([^}]+)\}", lambda match: google.drive.named(match[1]).id, path)


async def asked(google: GoogleServer, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {google.sign_in(who)['access_token']}"}
    async with httpx.AsyncClient(verify=TLS, base_url=google.api_url, headers=headers) as client:
        return await client.request(method, ROOT + seed(google, path), params={"fields": "*"}, **more)


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("drive.about.get", "/about", "priya"),
        ("drive.files.list", "/files", "marit"),
        ("drive.files.list", "/files", "leila"),
        ("drive.files.get", "/files/{doc-plan}", "priya"),
        ("drive.files.get", "/files/{csv-usage}", "leila"),
        ("drive.files.get", "/files/{Product}", "leila"),
        ("drive.comments.list", "/files/{doc-plan}/comments", "leila"),
        ("drive.permissions.list", "/files/{doc-plan}/permissions", "priya"),
    ],
)
async def test_what_is_read_is_what_google_describes(
    google: GoogleServer, drive: GoogleSchemas, method: str, path: str, who: str
) -> None:
    response = await asked(google, who, "GET", path)

    assert response.status_code == 200
    assert drive.answer_complaints(method, response.json()) == []


@pytest.mark.parametrize(
    ("method", "verb", "path", "body"),
    [
        ("drive.files.create", "POST", "/files", {"name": "New", "mimeType": DOCUMENT}),
        ("drive.files.copy", "POST", "/files/{doc-plan}/copy", {"name": "Copy"}),
        ("drive.files.update", "PATCH", "/files/{doc-plan}", {"name": "Plan", "description": "Told"}),
        ("drive.files.update", "PATCH", "/files/{doc-plan}", {"trashed": True}),
        ("drive.comments.create", "POST", "/files/{doc-plan}/comments", {"content": "Hello"}),
        (
            "drive.permissions.create",
            "POST",
            "/files/{doc-plan}/permissions",
            {"type": "user", "role": "commenter", "emailAddress": "mei@tamarack.example"},
        ),
        ("drive.permissions.create", "POST", "/files/{doc-plan}/permissions", {"type": "anyone", "role": "reader"}),
    ],
)
async def test_what_is_written_is_answered_as_google_describes(
    google: GoogleServer, drive: GoogleSchemas, method: str, verb: str, path: str, body: dict[str, Any]
) -> None:
    response = await asked(google, "priya", verb, path, json=body)

    assert response.status_code == 200
    assert drive.request_complaints(method, body) == []
    assert drive.answer_complaints(method, response.json()) == []


async def test_a_reply_is_answered_as_google_describes(google: GoogleServer, drive: GoogleSchemas) -> None:
    comment = google.drive.named("doc-plan").comments[0].id
    path = f"/files/{{doc-plan}}/comments/{comment}"

    made = await asked(google, "priya", "POST", f"{path}/replies", json={"content": "Yes", "action": "resolve"})
    listed = await asked(google, "priya", "GET", f"{path}/replies")
    whole = await asked(google, "priya", "GET", path)

    assert drive.answer_complaints("drive.replies.create", made.json()) == []
    assert drive.answer_complaints("drive.replies.list", listed.json()) == []
    assert drive.answer_complaints("drive.comments.get", whole.json()) == []


@pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.name} {method.path}")
def test_every_method_is_one_of_googles_with_its_scopes(drive: GoogleSchemas, method: Any) -> None:
    described = drive.method(method.name)

    assert method.verb == described["httpMethod"]
    assert set(method.scopes) <= set(described["scopes"])
    assert method.path.removeprefix("/upload").removeprefix("/drive/v3/") == described["path"]
