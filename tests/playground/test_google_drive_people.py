"""The playground's Drive on the wire: who may see files, and what is said beside them."""

import ssl
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from playground.company import Company, load_company
from playground.google import GoogleServer

# Every client would read all certificates again without this; nothing here is encrypted.
TLS = ssl.create_default_context()
FILES = "/drive/v3/files"


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=date(2026, 11, 20))


@pytest.fixture
async def google(company: Company) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(company, clock=lambda: company.now) as server:
        yield server


async def asked(google: GoogleServer, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {google.sign_in(who)['access_token']}"}
    async with httpx.AsyncClient(verify=TLS, base_url=google.api_url, headers=headers) as client:
        return await client.request(method, f"{FILES}/{path}", **more)


def reason(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


async def share(google: GoogleServer, who: str, file: str, email: str, role: str = "reader", **params: str) -> Any:
    body = {"type": "user", "role": role, "emailAddress": email}
    return await asked(google, who, "POST", f"{google.drive.named(file).id}/permissions", json=body, params=params)


async def test_an_editor_lets_a_colleague_in_and_google_tells_them(google: GoogleServer) -> None:
    deck = google.drive.named("doc-pilot").id
    assert reason(await asked(google, "mei", "GET", deck)) == (404, "notFound")

    shared = await share(google, "priya", "doc-pilot", "mei@tamarack.example", emailMessage="For the numbers.")

    assert shared.json() == {
        "kind": "drive#permission",
        "id": shared.json()["id"],
        "type": "user",
        "role": "reader",
    }
    assert (await asked(google, "mei", "GET", deck)).status_code == 200
    (notice,) = google.drive.notices
    assert (notice.to, notice.text) == ("mei@tamarack.example", "For the numbers.")
    assert google.writes[-1].arguments["emailAddress"] == "mei@tamarack.example"


async def test_sharing_again_changes_the_role_and_makes_no_second_entry(google: GoogleServer) -> None:
    await share(google, "priya", "doc-pilot", "mei@tamarack.example")

    await share(google, "priya", "doc-pilot", "MEI@tamarack.example", role="writer", sendNotificationEmail="false")

    held = [one for one in google.drive.named("doc-pilot").permissions if one.who == "mei@tamarack.example"]
    assert [one.role for one in held] == ["writer"]
    assert len(google.drive.notices) == 1


async def test_a_reader_may_neither_share_nor_see_who_else_reads(google: GoogleServer) -> None:
    pilot = google.drive.named("doc-pilot").id

    assert reason(await share(google, "leila", "doc-pilot", "mei@tamarack.example")) == (
        403,
        "insufficientFilePermissions",
    )
    assert reason(await asked(google, "leila", "GET", f"{pilot}/permissions")) == (403, "insufficientFilePermissions")
    assert google.drive.notices == []


async def test_nobody_shares_what_they_may_not_see(google: GoogleServer) -> None:
    assert reason(await share(google, "mei", "doc-pilot", "mei@tamarack.example")) == (404, "notFound")


async def test_who_sees_a_file_is_listed_for_those_who_may_share_it(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan").id
    params = {"fields": "permissions(type,role,emailAddress,domain)"}

    listed = (await asked(google, "yuki", "GET", f"{plan}/permissions", params=params)).json()["permissions"]

    assert {"type": "user", "role": "owner", "emailAddress": "priya@tamarack.example"} in listed
    assert {"type": "domain", "role": "reader", "domain": "tamarack.example"} in listed


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"role": "reader", "type": "user", "emailAddress": "mei"}, (400, "invalid")),
        ({"role": "reader", "type": "user"}, (400, "invalid")),
        ({"role": "reader"}, (400, "required")),
        ({"type": "anyone"}, (400, "required")),
        ({"role": "reads", "type": "anyone"}, (400, "invalid")),
        ({"role": "owner", "type": "user", "emailAddress": "mei@tamarack.example"}, (403, "forbidden")),
    ],
)
async def test_a_permission_that_makes_no_sense_is_refused(
    google: GoogleServer, body: dict[str, str], expected: tuple[int, str]
) -> None:
    plan = google.drive.named("doc-plan").id

    assert reason(await asked(google, "priya", "POST", f"{plan}/permissions", json=body)) == expected


async def test_a_stranger_can_only_be_invited_by_mail(google: GoogleServer) -> None:
    outside = "luca.ferrante@valtorta.example"

    silent = await share(google, "priya", "doc-pilot", outside, sendNotificationEmail="false")
    told = await share(google, "priya", "doc-pilot", outside)

    assert reason(silent) == (400, "invalidSharingRequest")
    assert told.status_code == 200
    assert [notice.to for notice in google.drive.notices] == [outside]


async def test_a_permission_is_taken_back(google: GoogleServer) -> None:
    pilot = google.drive.named("doc-pilot").id
    held = (await share(google, "priya", "doc-pilot", "mei@tamarack.example")).json()["id"]

    gone = await asked(google, "priya", "DELETE", f"{pilot}/permissions/{held}")

    assert gone.status_code == 204
    assert reason(await asked(google, "mei", "GET", pilot)) == (404, "notFound")


async def test_comments_come_with_their_replies_and_need_a_mask(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan").id
    params = {"fields": "comments(content,author/displayName,replies(content,author/displayName))"}

    listed = await asked(google, "leila", "GET", f"{plan}/comments", params=params)

    assert listed.json() == {
        "comments": [
            {
                "content": "Can we say what happens if the lawyer is late?",
                "author": {"displayName": "Adaeze Nwosu"},
                "replies": [
                    {
                        "content": "Then 4.12 waits. The layer cannot be switched off alone on iOS.",
                        "author": {"displayName": "Priya Raghunathan"},
                    }
                ],
            }
        ]
    }
    assert reason(await asked(google, "leila", "GET", f"{plan}/comments")) == (400, "required")


async def test_an_editor_comments_and_another_answers_and_settles_it(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan")
    fields = {"fields": "*"}

    made = await asked(google, "ren", "POST", f"{plan.id}/comments", json={"content": "Is <4.13> sure?"}, params=fields)
    under = f"{plan.id}/comments/{made.json()['id']}"
    settled = await asked(
        google, "priya", "POST", f"{under}/replies", json={"content": "Yes.", "action": "resolve"}, params=fields
    )

    assert made.json()["htmlContent"] == "Is &lt;4.13&gt; sure?"
    assert settled.json()["action"] == "resolve"
    comment = (await asked(google, "sione", "GET", under, params=fields)).json()
    assert comment["resolved"] is True
    assert [reply["content"] for reply in comment["replies"]] == ["Yes."]
    assert [write.action for write in google.writes] == ["drive.comments.create", "drive.replies.create"]


async def test_who_may_only_read_cannot_comment(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan").id
    path, params = f"{plan}/comments", {"fields": "id"}

    refused = await asked(google, "leila", "POST", path, json={"content": "Hello"}, params=params)
    empty = await asked(google, "ren", "POST", path, json={"content": " "}, params=params)
    lost = await asked(google, "ren", "POST", f"{path}/nothing/replies", json={"content": "a"}, params=params)

    assert reason(refused) == (403, "insufficientFilePermissions")
    assert reason(empty) == (400, "invalid")
    assert reason(lost) == (404, "notFound")


async def test_only_who_wrote_a_comment_changes_or_deletes_it(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan")
    path, params = f"{plan.id}/comments/{plan.comments[0].id}", {"fields": "content"}

    refused = await asked(google, "priya", "PATCH", path, json={"content": "Mine"}, params=params)
    changed = await asked(google, "adaeze", "PATCH", path, json={"content": "Solved"}, params=params)
    deleted = await asked(google, "adaeze", "DELETE", path)

    assert reason(refused) == (403, "insufficientFilePermissions")
    assert changed.json() == {"content": "Solved"}
    assert deleted.status_code == 204
    assert reason(await asked(google, "priya", "GET", path, params=params)) == (404, "notFound")


async def test_trouble_on_demand_comes_in_drives_words(google: GoogleServer) -> None:
    google.fault("POST", "*/comments", status=429, retry_after=7)
    google.fault("GET", "/drive/v3/files/*", status=503)
    plan = google.drive.named("doc-plan").id

    busy = await asked(google, "ren", "POST", f"{plan}/comments", json={"content": "a"}, params={"fields": "id"})
    broken = await asked(google, "ren", "GET", plan)

    assert (reason(busy), busy.headers["Retry-After"]) == ((429, "rateLimitExceeded"), "7")
    assert reason(broken) == (503, "backendError")
    assert google.writes == []
    assert [seen.status for seen in google.calls] == [429, 503]
