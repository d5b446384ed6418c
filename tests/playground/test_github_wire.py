"""The playground's GitHub on the wire: manners, limits, caching, pages, and trouble on demand."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from playground.company import load_company
from playground.github import GitHubServer

PULLS = "/repos/tamarack-maps/atlas-api/pulls"
COMMENTS = "/repos/tamarack-maps/atlas-api/issues/417/comments"
COMPANY = load_company(today=date(2026, 11, 20))


@pytest.fixture
async def github() -> AsyncIterator[GitHubServer]:
    async with GitHubServer(COMPANY) as server:
        yield server


@pytest.fixture
async def ren(github: GitHubServer) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(github, "ren") as client:
        yield client


def signed_in(github: GitHubServer, who: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {github.sign_in(who)['access_token']}"}
    return httpx.AsyncClient(base_url=github.api_url, headers=headers, timeout=5)


async def test_an_unknown_token_is_told_so(github: GitHubServer) -> None:
    async with httpx.AsyncClient(headers={"Authorization": "token ghu_unknown"}) as stranger:
        response = await stranger.get(f"{github.api_url}/user")

    assert (response.status_code, response.json()["message"]) == (401, "Bad credentials")


async def test_nobody_is_nobody(github: GitHubServer) -> None:
    async with httpx.AsyncClient(base_url=github.api_url) as nobody:
        assert (await nobody.get("/user")).json()["message"] == "Requires authentication"
        assert (await nobody.get(PULLS)).status_code == 404
        assert (await nobody.get("/meta")).status_code == 200


@pytest.mark.parametrize(("body", "said"), [(b"{", "Problems parsing JSON"), (b"[1]", "Body should be a JSON object")])
async def test_a_body_that_is_no_json_object_is_refused(
    github: GitHubServer, ren: httpx.AsyncClient, body: bytes, said: str
) -> None:
    response = await ren.post(COMMENTS, content=body)

    assert (response.status_code, response.json()["message"]) == (400, said)
    assert github.writes == []


@pytest.mark.parametrize("body", [{}, {"body": None}, {"body": 7}, {"body": ["x"]}, {"body": "x" * 65_537}], ids=str)
async def test_a_comment_of_the_wrong_kind_is_refused(
    github: GitHubServer, ren: httpx.AsyncClient, body: dict[str, object]
) -> None:
    assert (await ren.post(COMMENTS, json=body)).status_code == 422
    assert github.pull("atlas-api", 417).comments == []


async def test_a_media_type_that_github_does_not_speak_is_refused(ren: httpx.AsyncClient) -> None:
    response = await ren.get("/user", headers={"Accept": "text/html"})

    assert response.status_code == 415
    assert response.json()["message"].startswith("Unsupported 'Accept' header")


async def test_whoever_sends_no_user_agent_is_turned_away(ren: httpx.AsyncClient) -> None:
    assert (await ren.get("/user", headers={"User-Agent": ""})).status_code == 403


@pytest.mark.parametrize("path", ["/nowhere", "/repos/tamarack-maps/atlas-api/pulls/seven", "/user/7"])
async def test_what_does_not_exist_is_not_found_in_githubs_shape(ren: httpx.AsyncClient, path: str) -> None:
    response = await ren.get(path)

    assert response.status_code == 404
    assert response.json() == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }


async def test_names_count_in_any_case(ren: httpx.AsyncClient) -> None:
    response = await ren.get("/repos/Tamarack-Maps/ATLAS-API/pulls/417")

    assert response.json()["base"]["repo"]["full_name"] == "tamarack-maps/atlas-api"


async def test_pages_lead_to_each_other(ren: httpx.AsyncClient) -> None:
    response = await ren.get(PULLS, params={"state": "all", "per_page": 4, "page": 2})

    assert len(response.json()) == 4
    assert {name: re.findall(r"\bpage=(\d+)", link["url"]) for name, link in response.links.items()} == {
        "prev": ["1"],
        "next": ["3"],
        "last": ["3"],
        "first": ["1"],
    }
    last = await ren.get(response.links["next"]["url"])
    assert len(last.json()) == 3
    assert set(last.links) == {"prev", "first"}


async def test_a_list_that_fits_has_no_links(ren: httpx.AsyncClient) -> None:
    assert "Link" not in (await ren.get(PULLS)).headers


async def test_what_has_not_changed_is_not_sent_again_and_costs_nothing(
    github: GitHubServer, ren: httpx.AsyncClient
) -> None:
    first = await ren.get(f"{PULLS}/417")
    same = await ren.get(f"{PULLS}/417", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"]

    github.push("atlas-api", 417)

    changed = await ren.get(f"{PULLS}/417", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


async def test_every_answer_says_what_is_left_and_how_it_may_be_found_again(ren: httpx.AsyncClient) -> None:
    first, second = await ren.get("/user"), await ren.get("/user")

    assert (first.headers["X-RateLimit-Limit"], first.headers["X-RateLimit-Remaining"]) == ("5000", "4999")
    assert second.headers["X-RateLimit-Remaining"] == "4998"
    assert first.headers["X-GitHub-Request-Id"] != second.headers["X-GitHub-Request-Id"]
    assert first.headers["X-OAuth-Scopes"] == ""


async def test_a_quota_runs_out_and_comes_back() -> None:
    moments = [datetime(2026, 11, 20, 9, 30, tzinfo=UTC)]
    async with GitHubServer(COMPANY, clock=lambda: moments[-1], quota=2) as github, signed_in(github, "ren") as ren:
        assert [(await ren.get("/user")).status_code for _ in range(3)] == [200, 200, 403]
        refused = await ren.get("/user")
        assert refused.json()["message"].startswith("API rate limit exceeded for user ID")
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        assert (await ren.get("/rate_limit")).json()["rate"]["remaining"] == 0

        moments.append(moments[-1] + timedelta(hours=1))

        assert (await ren.get("/user")).status_code == 200


async def test_searching_has_a_limit_of_its_own() -> None:
    async with GitHubServer(COMPANY, search_quota=1) as github, signed_in(github, "ren") as ren:
        query = {"q": "is:pr is:open"}
        assert (await ren.get("/search/issues", params=query)).status_code == 200
        assert (await ren.get("/search/issues", params=query)).status_code == 403
        assert (await ren.get("/user")).status_code == 200


@pytest.mark.parametrize(("kind", "start"), [("diff", "diff --git a/atlas/exports/limit.py"), ("patch", "From ")])
async def test_a_pull_request_is_sent_as_diff_or_patch_when_asked(
    ren: httpx.AsyncClient, kind: str, start: str
) -> None:
    response = await ren.get(f"{PULLS}/412", headers={"Accept": f"application/vnd.github.{kind}"})

    assert response.headers["Content-Type"] == f"application/vnd.github.{kind}; charset=utf-8"
    assert response.text.startswith(start)
    assert "+PER_HOUR = 20\n" in response.text


@pytest.mark.parametrize(("files", "lines", "what"), [(2, 10_001, "lines (20000)"), (301, 1, "files (300)")])
async def test_a_diff_that_is_too_large_is_refused_and_its_files_are_still_listed(
    github: GitHubServer, ren: httpx.AsyncClient, files: int, lines: int, what: str
) -> None:
    github.add_large_pull("atlas-api", 900, files=files, lines=lines)

    refused = await ren.get(f"{PULLS}/900", headers={"Accept": "application/vnd.github.v3.diff"})

    assert refused.status_code == 406
    assert what in refused.json()["message"]
    assert refused.json()["errors"][0]["code"] == "too_large"
    assert (await ren.get(f"{PULLS}/900/files", params={"per_page": 1})).json()[0]["additions"] == lines


async def test_a_very_long_file_comes_without_its_patch(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    github.add_large_pull("atlas-api", 900, files=1, lines=20_001)

    (file,) = (await ren.get(f"{PULLS}/900/files")).json()

    assert "patch" not in file
    assert file["changes"] == 20_001


@pytest.mark.parametrize("status", [403, 429])
async def test_a_secondary_limit_says_when_to_come_back(
    github: GitHubServer, ren: httpx.AsyncClient, status: int
) -> None:
    github.fault("POST", "*/issues/*/comments", status=status, retry_after=60)

    refused = await ren.post(COMMENTS, json={"body": "Hello"})

    assert (refused.status_code, refused.headers["Retry-After"]) == (status, "60")
    assert "secondary rate limit" in refused.json()["message"]
    assert github.writes == []
    assert (await ren.post(COMMENTS, json={"body": "Hello"})).status_code == 201


async def test_a_fault_meets_only_what_it_names(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    github.fault("GET", f"{PULLS}/*", times=2, status=502)

    assert (await ren.get("/user")).status_code == 200
    assert [(await ren.get(f"{PULLS}/417")).status_code for _ in range(3)] == [502, 502, 200]
    assert github.faults.waiting == ()


@pytest.mark.parametrize("done", [False, True])
async def test_a_connection_breaks_before_or_after_the_write(
    github: GitHubServer, ren: httpx.AsyncClient, *, done: bool
) -> None:
    github.fault("POST", "*/comments", drop=True, done=done)

    with pytest.raises(httpx.TransportError):
        await ren.post(COMMENTS, json={"body": "Once"})

    assert len(github.writes) == len(github.pull("atlas-api", 417).comments) == int(done)


async def test_a_lost_answer_hides_a_write_that_happened(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    github.fault("POST", "*/comments", status=502, done=True)

    assert (await ren.post(COMMENTS, json={"body": "Once"})).status_code == 502
    assert [comment["body"] for comment in (await ren.get(COMMENTS)).json()] == ["Once"]


async def test_a_hanging_request_goes_on_when_it_is_calm(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    github.fault("POST", "*/comments", hang=True, done=True)
    posting = asyncio.create_task(ren.post(COMMENTS, json={"body": "Slowly"}))

    await github.until(lambda: len(github.writes) == 1)
    assert not posting.done()
    github.calm()

    assert (await posting).status_code == 201
    assert len(github.writes) == 1


async def test_a_server_stops_while_a_request_hangs(ren: httpx.AsyncClient, github: GitHubServer) -> None:
    github.fault("GET", "/user", hang=True)
    asking = asyncio.create_task(ren.get("/user"))
    await github.until(lambda: len(github.calls) == 1)

    started = time.monotonic()
    await github.stop()

    assert time.monotonic() - started < 2
    await asyncio.gather(asking, return_exceptions=True)


async def test_latency_delays_an_answer(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    github.fault("GET", "/user", seconds=0.1)
    started = time.monotonic()

    assert (await ren.get("/user")).status_code == 200
    assert time.monotonic() - started >= 0.1


async def test_the_token_endpoint_fails_on_demand(github: GitHubServer) -> None:
    github.fault("POST", "/login/oauth/access_token", status=503)
    async with httpx.AsyncClient() as client:
        assert (await client.post(github.token_url, data={})).status_code == 503


async def test_requests_are_listed_with_who_asked_and_what_came_of_it(
    github: GitHubServer, ren: httpx.AsyncClient
) -> None:
    await ren.get("/user")
    await ren.get("/nowhere")

    assert [(seen.method, seen.path, seen.login, seen.status) for seen in github.calls] == [
        ("GET", "/user", "ren-k", 200),
        ("GET", "/nowhere", "ren-k", 404),
    ]


async def test_waiting_for_what_never_comes_ends(github: GitHubServer) -> None:
    with pytest.raises(TimeoutError):
        await github.until(lambda: False, seconds=0.05)


async def test_a_comment_is_seen_on_the_page_of_its_pull_request(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    made = (await ren.post(COMMENTS, json={"body": "Which **name** wins?"})).json()

    async with httpx.AsyncClient() as browser:
        page = await browser.get(made["html_url"])

    assert page.status_code == 200
    assert "Which <strong>name</strong> wins?" in page.text
    assert made["html_url"].rpartition("#")[2] in page.text
    assert "Ren Kobayashi" in page.text


async def test_what_people_write_is_never_markup_on_a_page(github: GitHubServer, ren: httpx.AsyncClient) -> None:
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    made = (await ren.post(COMMENTS, json={"body": hostile})).json()

    async with httpx.AsyncClient() as browser:
        page = await browser.get(made["html_url"])

    assert "<script" not in page.text
    assert "<img" not in page.text
    assert 'href="javascript' not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "atlas-api"),
        ("/tamarack-maps/atlas-api", "Drop duplicate trail segments on import"),
        ("/tamarack-maps/atlas-api/pull/411", "Merged"),
        ("/tamarack-maps/atlas-api/pull/412", "asked for changes"),
        ("/tamarack-maps/atlas-api/issues/399", "Flaky: test_import_overlap"),
        ("/tamarack-maps/atlas-api/pull/412.diff", "+PER_HOUR = 20"),
        ("/tamarack-maps/atlas-api/pull/412.patch", "Subject: [PATCH]"),
        ("/avatars/ren-k.svg", "RK"),
        ("/static/pinyon.css", "--jay"),
    ],
)
async def test_a_browser_finds_what_the_api_links_to(github: GitHubServer, path: str, text: str) -> None:
    async with httpx.AsyncClient() as browser:
        page = await browser.get(f"{github.url}{path}")

    assert page.status_code == 200
    assert text in page.text


@pytest.mark.parametrize("path", ["/nowhere", "/somebody/else", "/tamarack-maps/atlas-api/pull/99999"])
async def test_a_page_that_is_not_there_leads_back(github: GitHubServer, path: str) -> None:
    async with httpx.AsyncClient() as browser:
        page = await browser.get(f"{github.url}{path}")

    assert page.status_code == 404
    assert "Repositories" in page.text
