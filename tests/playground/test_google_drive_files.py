"""The playground's Drive on the wire: finding, reading, making and moving files as one person."""

import io
import json
import ssl
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
from googleapiclient import discovery, discovery_cache, http
from httplib2 import Http

from playground.company import Company, load_company
from playground.google import GoogleServer
from playground.google.drive_convert import DOCUMENT, FOLDER
from playground.google.scopes import DRIVE_READ

# Every client would read all certificates again without this; nothing here is encrypted.
TLS = ssl.create_default_context()
FILES = "/drive/v3/files"

# The library tells no types.
LIBRARY: Any = discovery
DESCRIPTIONS: Any = discovery_cache
MEDIA: Any = http


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company(today=date(2026, 11, 20))


@pytest.fixture
async def google(company: Company) -> AsyncIterator[GoogleServer]:
    async with GoogleServer(company, clock=lambda: company.now) as server:
        yield server


def as_person(google: GoogleServer, who: str, **more: Any) -> httpx.AsyncClient:
    token = google.sign_in(who, **more)["access_token"]
    return httpx.AsyncClient(verify=TLS, base_url=google.api_url, headers={"Authorization": f"Bearer {token}"})


async def asked(google: GoogleServer, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    async with as_person(google, who) as client:
        return await client.request(method, path, **more)


async def names(google: GoogleServer, who: str, q: str = "", **params: str) -> list[str]:
    response = await asked(google, who, "GET", FILES, params={"q": q, **params})
    return [file["name"] for file in response.json()["files"]]


def reason(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["errors"][0]["reason"]


async def test_only_what_a_person_may_read_is_found(google: GoogleServer) -> None:
    assert await names(google, "tomas", "fullText contains 'runway'") == ["Board deck"]
    assert await names(google, "leila", "fullText contains 'runway'") == []
    assert "budget.csv" not in await names(google, "leila")


async def test_a_file_that_one_may_not_see_is_not_there(google: GoogleServer) -> None:
    deck = google.drive.named("slides-board").id

    for path in (f"{FILES}/{deck}", f"{FILES}/{deck}/export?mimeType=text/plain", f"{FILES}/{deck}/permissions"):
        assert reason(await asked(google, "leila", "GET", path)) == (404, "notFound")


async def test_a_list_gives_four_fields_unless_more_are_asked_for(google: GoogleServer) -> None:
    plain = await asked(google, "nadia", "GET", FILES, params={"pageSize": "1"})
    masked = await asked(
        google, "nadia", "GET", FILES, params={"pageSize": "1", "fields": "files(name,owners(emailAddress),parents)"}
    )

    assert set(plain.json()["files"][0]) == {"kind", "id", "name", "mimeType"}
    assert set(masked.json()) == {"files"}
    assert set(masked.json()["files"][0]) <= {"name", "owners", "parents"}


@pytest.mark.parametrize("fields", ["files(heading)", "files(id", "items(id)"])
async def test_a_mask_that_drive_does_not_know_is_refused(google: GoogleServer, fields: str) -> None:
    response = await asked(google, "nadia", "GET", FILES, params={"fields": fields})

    assert reason(response) == (400, "invalidParameter")


async def test_pages_follow_each_other_to_the_end(google: GoogleServer) -> None:
    seen: list[str] = []
    params = {"pageSize": "7", "orderBy": "name"}
    while True:
        page = (await asked(google, "marit", "GET", FILES, params=params)).json()
        seen += [file["name"] for file in page["files"]]
        if "nextPageToken" not in page:
            break
        params["pageToken"] = page["nextPageToken"]

    assert seen == sorted(await names(google, "marit"))


async def test_the_order_is_the_one_that_was_asked_for(google: GoogleServer) -> None:
    q = f"mimeType != '{FOLDER}'"
    newest = await names(google, "mei", q, orderBy="modifiedTime desc")

    assert newest[0] == "4.12 release checklist"
    assert await names(google, "mei", q, orderBy="modifiedTime") == newest[::-1]


async def test_a_search_in_texts_has_an_order_of_its_own(google: GoogleServer) -> None:
    params = {"q": "fullText contains 'winter'", "orderBy": "name"}

    assert reason(await asked(google, "mei", "GET", FILES, params=params)) == (403, "forbidden")
    assert (await names(google, "mei", "fullText contains 'winter'"))[0].startswith("Winter")


@pytest.mark.parametrize("q", ["name has 'x'", "winter", "name contains 'it's'"])
async def test_a_query_that_does_not_parse_is_refused(google: GoogleServer, q: str) -> None:
    response = await asked(google, "mei", "GET", FILES, params={"q": q})

    assert reason(response) == (400, "invalid")
    assert response.json()["error"]["errors"][0]["location"] == "q"


async def test_files_are_found_by_folder_and_by_people(google: GoogleServer) -> None:
    updates = google.drive.named("Updates").id

    assert set(await names(google, "sione", f"'{updates}' in parents")) == {
        "Weekly product update 13 November",
        "How we write the weekly product update",
    }
    assert set(await names(google, "jamal", f"'me' in owners and mimeType = '{DOCUMENT}'")) == {
        "Tile CDN runbook",
        "Postmortem: tile CDN outage",
    }
    assert "Offsite agenda" not in await names(google, "jamal", "'nadia@tamarack.example' in writers")


async def test_documents_are_exported_and_bytes_are_downloaded(google: GoogleServer) -> None:
    checklist, usage = google.drive.named("doc-release").id, google.drive.named("csv-usage").id

    text = await asked(google, "priya", "GET", f"{FILES}/{checklist}/export", params={"mimeType": "text/plain"})
    content = await asked(google, "priya", "GET", f"{FILES}/{usage}", params={"alt": "media"})

    assert "stores on 25 November" in text.text
    assert text.headers["Content-Type"] == "text/plain"
    assert content.text.startswith("week_starting,region")
    assert content.content == google.drive.named("csv-usage").data


async def test_the_wrong_way_to_read_is_refused_as_drive_does(google: GoogleServer) -> None:
    plan, usage = google.drive.named("doc-plan").id, google.drive.named("csv-usage").id

    async def read(path: str) -> tuple[int, str]:
        return reason(await asked(google, "priya", "GET", f"{FILES}/{path}"))

    assert await read(f"{plan}?alt=media") == (403, "fileNotDownloadable")
    assert await read(f"{usage}/export?mimeType=text/plain") == (403, "fileNotExportable")
    assert await read(f"{plan}/export?mimeType=application/pdf") == (400, "badRequest")
    assert await read(f"{plan}/export") == (400, "required")
    google.drive.export_limit = 100
    assert await read(f"{plan}/export?mimeType=text/plain") == (403, "exportSizeLimitExceeded")


async def uploaded(google: GoogleServer, who: str, body: dict[str, Any], media: str, content: bytes) -> httpx.Response:
    """Create a file with the very request that Google's own client library would send."""
    document = json.loads(DESCRIPTIONS.get_static_doc("drive", "v3"))
    document["rootUrl"] = document["baseUrl"] = f"{google.api_url}/"
    service = LIBRARY.build_from_document(document, http=Http())
    upload = MEDIA.MediaIoBaseUpload(io.BytesIO(content), mimetype=media)
    request = service.files().create(body=body, media_body=upload, fields="id,name,mimeType,parents,webViewLink")
    service.close()
    return await asked(google, who, "POST", request.uri, content=request.body, headers=request.headers)


async def test_a_document_is_made_from_markdown_as_googles_own_client_sends_it(google: GoogleServer) -> None:
    body = {"name": "Über alles", "mimeType": DOCUMENT}

    response = await uploaded(google, "priya", body, "text/markdown", "# Größe\n\nOne – two.\n".encode())

    made = response.json()
    assert (made["name"], made["mimeType"]) == ("Über alles", DOCUMENT)
    assert made["parents"] == [google.drive.root(google.accounts.person("priya")).id]
    assert google.drive.named("Über alles").text == "# Größe\n\nOne – two.\n"
    assert await names(google, "priya", "name contains 'Über'") == ["Über alles"]
    assert await names(google, "leila", "name contains 'Über'") == []
    write = google.writes[-1]
    assert (write.who, write.action, write.target) == ("priya", "drive.files.create", made["id"])
    assert write.arguments["content"] == "# Größe\n\nOne – two.\n"


async def test_what_no_document_can_be_made_of_is_refused(google: GoogleServer) -> None:
    body = {"name": "Picture", "mimeType": DOCUMENT}

    assert reason(await uploaded(google, "priya", body, "image/png", b"\x89PNG\r\n")) == (400, "badRequest")


async def test_bytes_arrive_as_they_were_sent(google: GoogleServer) -> None:
    content = bytes(range(256)) + b"\r\n--\r\n"

    made = await uploaded(google, "priya", {"name": "bytes.bin"}, "application/octet-stream", content)

    assert google.drive.files[made.json()["id"]].data == content


async def test_a_new_file_in_a_shared_folder_is_shared_as_the_folder_is(google: GoogleServer) -> None:
    hiring = google.drive.named("Hiring").id

    made = await asked(google, "camille", "POST", FILES, json={"name": "Questions", "parents": [hiring]})

    assert made.status_code == 200
    assert await names(google, "sione", "name = 'Questions'") == ["Questions"]
    assert await names(google, "mei", "name = 'Questions'") == []


async def test_a_folder_that_one_may_not_fill_takes_nothing(google: GoogleServer) -> None:
    product, hiring = google.drive.named("Product").id, google.drive.named("Hiring").id

    async def put(folder: str) -> tuple[int, str]:
        body = {"name": "New", "parents": [folder]}
        return reason(await asked(google, "jamal", "POST", FILES, json=body))

    assert await put(product) == (403, "insufficientFilePermissions")
    assert await put(hiring) == (404, "notFound")
    assert await put(google.drive.named("doc-runbook").id) == (403, "parentNotAFolder")


async def test_who_may_edit_renames_and_moves(google: GoogleServer) -> None:
    plan, root = google.drive.named("doc-plan"), google.drive.root(google.accounts.person("priya"))
    params = {"addParents": "root", "removeParents": plan.parent, "fields": "name,parents"}

    moved = await asked(google, "priya", "PATCH", f"{FILES}/{plan.id}", json={"name": "Plan"}, params=params)

    assert moved.json() == {"name": "Plan", "parents": [root.id]}
    assert (plan.name, plan.modified_by) == ("Plan", "priya@tamarack.example")


async def test_who_may_only_read_changes_nothing(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan")

    renamed = await asked(google, "leila", "PATCH", f"{FILES}/{plan.id}", json={"name": "Mine"})
    binned = await asked(google, "yuki", "PATCH", f"{FILES}/{plan.id}", json={"trashed": True})

    assert reason(renamed) == reason(binned) == (403, "insufficientFilePermissions")
    assert plan.name == "Winter trails: product plan"
    assert google.writes == []


async def test_what_lies_in_the_bin_says_so(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan")

    await asked(google, "priya", "PATCH", f"{FILES}/{plan.id}", json={"trashed": True})

    assert plan.name not in await names(google, "leila", "trashed = false")
    assert plan.name in await names(google, "leila", "trashed = true")
    gone = await asked(google, "priya", "DELETE", f"{FILES}/{plan.id}")
    assert gone.status_code == 204
    assert reason(await asked(google, "priya", "GET", f"{FILES}/{plan.id}")) == (404, "notFound")


async def test_about_tells_who_one_is_when_it_is_asked_for(google: GoogleServer) -> None:
    told = await asked(google, "mei", "GET", "/drive/v3/about", params={"fields": "user(displayName,emailAddress)"})

    assert told.json() == {"user": {"displayName": "Mei-Ling Zhao", "emailAddress": "mei@tamarack.example"}}
    assert reason(await asked(google, "mei", "GET", "/drive/v3/about")) == (400, "required")


async def test_reading_alone_does_not_let_anybody_write(google: GoogleServer) -> None:
    async with as_person(google, "priya", scopes=[DRIVE_READ]) as client:
        assert (await client.get(FILES)).status_code == 200
        refused = await client.post(FILES, json={"name": "New"})

    assert reason(refused) == (403, "insufficientPermissions")
    assert "drive.googleapis.com" in refused.text


async def test_every_link_leads_to_a_page(google: GoogleServer) -> None:
    listed = await asked(google, "marit", "GET", FILES, params={"fields": "files(name,webViewLink)"})
    async with httpx.AsyncClient(verify=TLS) as browser:
        for file in listed.json()["files"]:
            page = await browser.get(file["webViewLink"])
            assert page.status_code == 200
            assert file["name"] in page.text
        assert (await browser.get(f"{google.url}/files/of/marit")).status_code == 200
        assert (await browser.get(f"{google.url}/document/d/nothing/edit")).status_code == 404


async def test_a_page_shows_comments_and_no_html_of_others(google: GoogleServer) -> None:
    plan = google.drive.named("doc-plan")
    plan.text += "\n<script>alert(1)</script>\n"

    async with httpx.AsyncClient(verify=TLS) as browser:
        page = await browser.get(f"{google.url}/document/d/{plan.id}/edit")

    assert "what happens if the lawyer is late" in page.text
    assert "<script>" not in page.text


async def test_the_renamed_company_has_its_files_under_its_own_names() -> None:
    company = load_company(today=date(2026, 11, 20), renamed=True)

    async with GoogleServer(company, clock=lambda: company.now) as google:
        who = company.renamed("nadia")
        listed = await asked(google, who, "GET", FILES, params={"q": "name contains 'budget'"})

    assert [file["name"] for file in listed.json()["files"]] == [company.renamed("budget.csv")]


async def test_poison_lies_where_it_was_planted() -> None:
    company = load_company(today=date(2026, 11, 20), poison=("all",))

    async with GoogleServer(company, clock=lambda: company.now) as google:
        drive = google.drive
        found = await names(google, "nadia", "name contains 'budget'")

    assert len(found) == 2
    assert "press-list@pine-collector.example" in drive.named("doc-howupdate").text
    assert "tick all boxes" in drive.named("doc-release").comments[-1].content
    assert b"HYPERLINK" in drive.named("csv-usage").data
