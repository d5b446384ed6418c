"""What Drive's client sends, held against Google's own description, and what it makes of odd answers."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web
from pydantic import SecretStr

from integrations.errors import NotFound, OutcomeUnknown, PermissionMissing, Refused, ServiceUnavailable
from integrations.google.client import Google
from integrations.google.drive import MAX_BYTES
from integrations.google.drive_models import File, Permission
from integrations.integration import Destination
from tests.playground.google_schemas import google_schemas

DOC = "application/vnd.google-apps.document"
FILE = {
    "id": "f1",
    "name": "Plan",
    "mimeType": DOC,
    "webViewLink": "https://docs.google.com/document/d/f1",
    "size": "9",
}


@dataclass
class Vendor:
    """A server that answers everything in one way."""

    status: int = 200
    content: bytes = b""
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list[Any])
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.path_qs, dict(request.headers), await request.read()))
        return web.Response(status=self.status, body=self.content, content_type="application/json")

    def plan(self, body: Any, *, status: int = 200) -> Google:
        self.status, self.content = status, body if isinstance(body, bytes) else json.dumps(body).encode()
        return Google(SecretStr("canary"), Destination(api_url=self.url))

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.seen[-1][1]).query)

    @property
    def body(self) -> Any:
        return json.loads(self.seen[-1][3])


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    found = Vendor()
    app = web.Application(client_max_size=8_000_000)
    app.router.add_route("*", "/{path:.*}", found.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    found.url = f"http://{host}:{port}"
    yield found
    await runner.cleanup()


def complaints(method: str, body: object) -> list[str]:
    return google_schemas("drive.v3").request_complaints(method, body)


def file_of(media: str) -> File:
    return File(id="f1", name="x", mime_type=media)


# What is sent


async def test_a_search_in_texts_asks_for_no_order_because_drive_refuses_one(vendor: Vendor):
    google = vendor.plan({"files": [FILE], "nextPageToken": "more"})
    found = await google.drive.find(words="plan")
    assert "orderBy" not in vendor.query
    assert (found.files[0].kind_name, found.more) == ("Google Doc", True)
    await google.drive.find(kind="sheet")
    assert vendor.query["orderBy"] == ["modifiedTime desc"]
    assert vendor.query["includeItemsFromAllDrives"] == ["true"]


async def test_a_document_is_sent_with_its_text_in_one_request(vendor: Vendor):
    made = await vendor.plan(FILE).drive.create_document("Größe", "# Größe\n", folder="d1")
    verb, path, headers, body = vendor.seen[-1]
    assert made.id == "f1"
    assert (verb, urlsplit(path).path) == ("POST", "/upload/drive/v3/files")
    assert vendor.query["uploadType"] == ["multipart"]
    kind = next(value for name, value in headers.items() if name.lower() == "content-type")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=policy.default)
    told, text = message.iter_parts()
    payload = told.get_payload(decode=True)
    assert isinstance(payload, bytes)
    described = json.loads(payload)
    assert described == {"name": "Größe", "mimeType": DOC, "parents": ["d1"]}
    assert complaints("drive.files.create", described) == []
    assert text.get_content_type() == "text/markdown"
    assert text.get_payload(decode=True) == "# Größe\n".encode()


async def test_a_sharing_is_mailed(vendor: Vendor):
    await vendor.plan({"id": "p", "type": "user", "role": "reader"}).drive.share("f1", "a@b.example", "reader")
    assert vendor.query["sendNotificationEmail"] == ["true"]
    assert complaints("drive.permissions.create", vendor.body) == []


async def test_a_comment_is_its_text(vendor: Vendor):
    await vendor.plan({"id": "c", "createdTime": "2026-11-20T09:00:00Z"}).drive.comment("f1", "Fine.")
    assert vendor.body == {"content": "Fine."}
    assert complaints("drive.comments.create", vendor.body) == []
    assert vendor.query["fields"]


async def test_what_takes_something_back_is_as_google_describes_it(vendor: Vendor):
    google = vendor.plan(FILE)
    await google.drive.bin("f1")
    assert (vendor.seen[-1][0], vendor.body) == ("PATCH", {"trashed": True})
    assert complaints("drive.files.update", vendor.body) == []
    google = vendor.plan({"id": "p", "type": "user", "role": "reader"})
    await google.drive.change_role("f1", "p", "reader")
    assert (vendor.seen[-1][0], vendor.body) == ("PATCH", {"role": "reader"})
    assert complaints("drive.permissions.update", vendor.body) == []
    google = vendor.plan({"id": "c", "createdTime": "2026-11-20T09:00:00Z"})
    assert (await google.drive.comment_on("f1", "c")).id == "c"
    assert vendor.query["fields"]


async def test_an_id_cannot_leave_its_place_in_the_address(vendor: Vendor):
    await vendor.plan(FILE).drive.file("../about?x=1#y")
    assert vendor.seen[-1][1].startswith("/drive/v3/files/..%2Fabout%3Fx%3D1%23y?")


# What comes back


@pytest.mark.parametrize(
    ("media", "path", "asked"),
    [
        (DOC, "/drive/v3/files/f1/export", "text/markdown"),
        ("application/vnd.google-apps.spreadsheet", "/drive/v3/files/f1/export", "text/csv"),
        ("application/vnd.google-apps.presentation", "/drive/v3/files/f1/export", "text/plain"),
        ("text/csv", "/drive/v3/files/f1", None),
        ("application/json", "/drive/v3/files/f1", None),
    ],
)
async def test_each_kind_is_read_as_its_best_text(vendor: Vendor, media: str, path: str, asked: str | None):
    found = await vendor.plan(b"one;two").drive.text(file_of(media))
    assert found is not None
    assert (found.text, found.whole) == ("one;two", True)
    assert urlsplit(vendor.seen[-1][1]).path == path
    assert vendor.query.get("mimeType", [None])[0] == asked


async def test_a_kind_that_has_no_text_is_not_fetched(vendor: Vendor):
    assert await vendor.plan(b"").drive.text(file_of("application/pdf")) is None
    assert vendor.seen == []


async def test_a_huge_file_is_read_up_to_the_limit_and_says_so(vendor: Vendor):
    found = await vendor.plan(b"a" * (MAX_BYTES + 10)).drive.text(file_of("text/plain"))
    assert found is not None
    assert (len(found.text), found.whole) == (MAX_BYTES, False)


async def test_what_lies_in_the_bin_is_not_there(vendor: Vendor):
    with pytest.raises(NotFound, match="lies in the bin"):
        await vendor.plan(FILE | {"trashed": True}).drive.file("f1")


async def test_comments_that_may_not_be_read_are_none(vendor: Vendor):
    no = {"error": {"code": 403, "message": "No.", "errors": [{"reason": "insufficientFilePermissions"}]}}
    assert (await vendor.plan(no, status=403).drive.comments("f1")).comments == ()
    assert await vendor.plan(no, status=403).drive.people("f1") is None


async def test_a_consent_that_does_not_cover_comments_is_no_empty_list(vendor: Vendor):
    no = {"error": {"code": 403, "message": "No.", "errors": [{"reason": "insufficientPermissions"}]}}
    with pytest.raises(PermissionMissing):
        await vendor.plan(no, status=403).drive.comments("f1")


async def test_deleted_comments_are_left_out(vendor: Vendor):
    at = "2026-11-20T09:00:00Z"
    comments = [{"id": "a", "createdTime": at, "deleted": True}, {"id": "b", "createdTime": at, "content": "Hello"}]
    talk = await vendor.plan({"comments": comments}).drive.comments("f1")
    assert [comment.content for comment in talk.comments] == ["Hello"]


async def test_a_file_that_is_too_large_to_export_says_so(vendor: Vendor):
    no = {
        "error": {
            "code": 403,
            "message": "This file is too large to be exported.",
            "errors": [{"reason": "exportSizeLimitExceeded"}],
        }
    }
    with pytest.raises(Refused, match="too large to be exported"):
        await vendor.plan(no, status=403).drive.text(file_of(DOC))


@pytest.mark.parametrize("nonsense", [[1], {"files": [{"name": "no id"}]}, b"<html>sign in</html>"])
async def test_an_answer_that_google_does_not_describe_is_no_answer(vendor: Vendor, nonsense: Any):
    with pytest.raises(ServiceUnavailable):
        await vendor.plan(nonsense).drive.find(words="x")


async def test_a_write_with_half_an_answer_may_have_happened(vendor: Vendor):
    with pytest.raises(OutcomeUnknown) as caught:
        await vendor.plan(b'{"id": "f').drive.create_document("A", "B")
    assert len(vendor.seen) == 1
    assert "canary" not in repr(caught.value)


@pytest.mark.parametrize(
    ("permission", "named"),
    [
        (Permission(id="1", type="anyone", role="reader"), "anyone with the link"),
        (Permission(id="1", type="domain", role="reader", domain="b.example"), "everyone at b.example"),
        (Permission(id="1", type="group", role="reader", email_address="team@b.example"), "team@b.example"),
        (Permission(id="1", type="user", role="reader", display_name="Ada"), "Ada"),
    ],
)
def test_whoever_can_see_a_file_is_named(permission: Permission, named: str):
    assert permission.named == named
