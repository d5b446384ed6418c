"""What `pinyon doctor` finds, and that it tells nobody's secrets."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from bot.doctor import Finding, examine, report
from bot.settings import read_with_problems
from bot.slack.manifest import SCOPES
from memory.database import Database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRETS = (
    *("xoxb-secret", "xapp-secret", "sk-ant-secret", "sk-secret", "slack-secret"),
    *("github-secret", "google-secret", "atlassian-secret"),
)
EVERYTHING = {
    "SLACK_BOT_TOKEN": "xoxb-secret",
    "SLACK_APP_TOKEN": "xapp-secret",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "slack-secret",
    "ANTHROPIC_API_KEY": "sk-ant-secret",
    "OPENAI_API_KEY": "sk-secret",
    "GITHUB_CLIENT_ID": "Iv1",
    "GITHUB_CLIENT_SECRET": "github-secret",
    "GOOGLE_CLIENT_ID": "g1",
    "GOOGLE_CLIENT_SECRET": "google-secret",
    "ATLASSIAN_CLIENT_ID": "a1",
    "ATLASSIAN_CLIENT_SECRET": "atlassian-secret",
    "PINYON_PUBLIC_URL": "https://bot.tamarack.example",
}
HOME = "https%3A%2F%2Fbot.tamarack.example%2F"
"""Our address, as it stands within another one."""
Answer = httpx.Response | type[httpx.HTTPError]
Answers = Mapping[str, Answer]
LOGIN = httpx.Response(302, headers={"location": "https://vendor.example/login"})
MISMATCH = httpx.Response(400, text="<h1>Error 400: redirect_uri_mismatch</h1>")


def healthy() -> dict[str, Answer]:
    """What the world answers when all is well, by a part of the address."""
    who = {"ok": True, "team": "Tamarack", "user": "pinyon", "bot_id": "B1"}
    headers = {"x-oauth-scopes": ",".join(SCOPES), "date": format_datetime(NOW, usegmt=True)}
    return {
        "auth.test": httpx.Response(200, json=who, headers=headers),
        "apps.connections.open": httpx.Response(200, json={"ok": True, "url": "wss://1"}),
        "openid.connect.token": httpx.Response(200, json={"ok": False, "error": "invalid_code"}),
        "anthropic": httpx.Response(200, json={}),
        "openai": httpx.Response(200, json={}),
        "access_token": httpx.Response(200, json={"error": "bad_verification_code"}),
        "googleapis.com/token": httpx.Response(400, json={"error": "invalid_grant"}),
        "atlassian.com/oauth/token": httpx.Response(403, json={"error": "invalid_grant"}),
        HOME: LOGIN,
        "pinyon-doctor.invalid": MISMATCH,
        "/healthz": httpx.Response(200, text="ok\n"),
    }


def world(answers: Answers) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        found = next(given for part, given in answers.items() if part in str(request.url))
        if isinstance(found, httpx.Response):
            return found
        raise found("it broke")

    return answer


async def findings(
    database_url: str,
    answers: Answers | None = None,
    *,
    now: datetime = NOW,
    settings: Mapping[str, str] | None = None,
    seen: list[httpx.URL] | None = None,
) -> list[Finding]:
    async def address() -> str:
        return database_url

    given, problems = read_with_problems(EVERYTHING | dict(settings or {}))
    changed = dict(answers or {})
    answer = world(changed | {part: a for part, a in healthy().items() if part not in changed})

    def noted(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request.url)
        return answer(request)

    transport = httpx.MockTransport(noted)
    async with httpx.AsyncClient(transport=transport) as http:
        return await examine(given, problems, http=http, database=address, now=lambda: now)


def to_fix(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.about, finding.said) for finding in found if finding.kind == "fix"]


async def test_when_all_is_well_every_line_is_ok_but_for_what_nobody_can_ask(database_url: str) -> None:
    found = await findings(database_url)
    assert [finding.about for finding in found if finding.kind != "ok"] == ["Slack app"]
    said = report(found)
    assert "App Manifest has to read as `pinyon manifest` prints it." in said.splitlines()[1]
    assert "ok    Slack bot token" in said
    assert "Tamarack, as @pinyon" in said
    for title in ("Sign in with Slack", "Slack", "GitHub", "Google", "Jira"):
        assert any(f.about == title and f.said.endswith("and our callback address") for f in found), title
    assert said.endswith(f"0 to fix, 1 note, {len(found) - 1} ok")


CODED = urlsafe_b64encode(b"\n\x15redirect_uri_mismatch\x12\x8b\x01").decode()
NO = httpx.Response(200, json={"ok": False, "error": "invalid_auth"})
FIXES: list[tuple[str, Answers, str, str]] = [
    ("an unknown bot token", {"auth.test": NO}, "SLACK_BOT_TOKEN", "Slack says invalid_auth"),
    ("an unknown app token", {"apps.connections.open": NO}, "SLACK_APP_TOKEN", "Slack says invalid_auth"),
    ("Slack away", {"auth.test": httpx.ConnectError}, "SLACK_API_URL", "slack.com does not answer (ConnectError)"),
    ("no Slack", {"auth.test": httpx.Response(502, text="<html>")}, "SLACK_API_URL", "does not answer as Slack does"),
    ("a person's token", {"auth.test": httpx.Response(200, json={"ok": True})}, "SLACK_BOT_TOKEN", "a person's"),
    (
        "an unknown app of Slack's",
        {"openid.connect.token": httpx.Response(200, json={"ok": False, "error": "invalid_client_id"})},
        "SLACK_CLIENT_ID",
        "invalid_client_id",
    ),
    ("a wrong model key", {"anthropic": httpx.Response(401)}, "ANTHROPIC_API_KEY", "does not accept this key"),
    ("a model vendor away", {"openai": httpx.ReadTimeout}, "OPENAI_BASE_URL", "api.openai.com does not answer"),
    ("a model vendor ill", {"openai": httpx.Response(500)}, "OPENAI_BASE_URL", "HTTP 500"),
    (
        "a wrong secret of GitHub's",
        {"access_token": httpx.Response(200, json={"error": "incorrect_client_credentials"})},
        "GITHUB_CLIENT_ID",
        "Check GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET",
    ),
    ("GitHub away", {"access_token": httpx.ConnectError}, "GITHUB_TOKEN_URL", "github.com is not answering"),
    (
        "a wrong secret of Google's",
        {"googleapis.com/token": httpx.Response(401, json={"error": "invalid_client"})},
        "GOOGLE_CLIENT_ID",
        "Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET",
    ),
    (
        "a wrong secret of Atlassian's",
        {"atlassian.com/oauth/token": httpx.Response(401, json={"error": "access_denied"})},
        "ATLASSIAN_CLIENT_ID",
        "Check ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET",
    ),
    (
        "a callback address that Google does not know",
        {"accounts.google.com": MISMATCH},
        "Google",
        "does not know our callback address",
    ),
    (
        "Google's own way to say so",
        {"accounts.google.com": httpx.Response(302, headers={"location": f"https://g/error?authError={CODED}"})},
        "Google",
        "does not know our callback address",
    ),
    (
        "a callback address that GitHub does not know",
        {"login/oauth/authorize": httpx.Response(302, headers={"location": "https://x/?error=redirect_uri_mismatch"})},
        "GitHub",
        "does not know our callback address",
    ),
    (
        "a permission that the app may not ask for",
        {"auth.atlassian.com/authorize": httpx.Response(302, headers={"location": "https://x/?error=invalid_scope"})},
        "Jira",
        "does not let our app ask",
    ),
    ("a consent page away", {"auth.atlassian.com/authorize": httpx.ConnectError}, "Jira", "auth.atlassian.com does"),
    ("a consent page ill", {"auth.atlassian.com/authorize": httpx.Response(503)}, "Jira", "HTTP 503"),
    ("another site", {"/healthz": httpx.Response(200, text="<html>")}, "PINYON_PUBLIC_URL", "it is not Pinyon"),
]


@pytest.mark.parametrize(("answers", "about", "said"), [case[1:] for case in FIXES], ids=[case[0] for case in FIXES])
async def test_what_is_wrong_is_named_with_its_setting(
    database_url: str, answers: Answers, about: str, said: str
) -> None:
    wrong = to_fix(await findings(database_url, answers))
    assert [name for name, _ in wrong] == [about]
    assert said in wrong[0][1]


async def test_each_missing_scope_says_what_it_is_for(database_url: str) -> None:
    answer = healthy()["auth.test"]
    assert isinstance(answer, httpx.Response)
    answer.headers["x-oauth-scopes"] = ",".join(scope for scope in SCOPES if scope != "im:history")
    assert to_fix(await findings(database_url, {"auth.test": answer})) == [
        ("Slack scope", "im:history is missing. With it, Pinyon reads direct messages to it.")
    ]


@pytest.mark.parametrize(("away", "said"), [(600, "600 s ahead of Slack's"), (-90, "90 s behind Slack's")])
async def test_a_clock_that_is_off_is_noticed(database_url: str, away: int, said: str) -> None:
    assert ("Clock", said) in to_fix(await findings(database_url, now=NOW + timedelta(seconds=away)))


async def test_a_malformed_setting_is_said_once_and_the_others_are_still_checked(database_url: str) -> None:
    found = await findings(database_url, settings={"PINYON_PUBLIC_URL": "http://bot.tamarack.example"})
    line = next(finding for finding in found if finding.about == "PINYON_PUBLIC_URL")
    assert (line.kind, line.said) == ("fix", "https is needed outside this machine, got http://bot.tamarack.example")
    assert line.mend == "set it to https://bot.tamarack.example"
    assert len([finding for finding in found if finding.about == "PINYON_PUBLIC_URL"]) == 1
    assert len([finding for finding in found if finding.kind == "ok"]) > 5


async def test_what_could_be_set_is_a_note(database_url: str) -> None:
    unset: dict[str, str] = dict.fromkeys(
        ("OPENAI_API_KEY", "GITHUB_CLIENT_ID", "ATLASSIAN_CLIENT_ID", "SLACK_CLIENT_ID", "PINYON_PUBLIC_URL"), ""
    )
    notes = [finding.about for finding in await findings(database_url, settings=unset) if finding.kind == "note"]
    assert sorted(notes) == sorted([*unset, "Slack app"])


async def test_a_vendor_that_answers_everything_alike_is_not_believed(database_url: str) -> None:
    found = await findings(database_url, {"login/oauth/authorize": LOGIN})
    assert [(f.said, f.mend) for f in found if f.about.startswith("GitHub")] == [
        ("knows GITHUB_CLIENT_ID", ""),
        (
            "GitHub tells only people who are signed in whether our callback address is right",
            "Look by hand: the callback addresses of the app there have to hold"
            " https://bot.tamarack.example/oauth/github/callback",
        ),
    ]


async def test_the_consent_page_is_asked_for_all_that_skills_need(database_url: str) -> None:
    asked: list[httpx.URL] = []
    await findings(database_url, seen=asked)
    (google,) = [url for url in asked if url.host == "accounts.google.com" and "tamarack" in url.params["redirect_uri"]]
    assert "https://www.googleapis.com/auth/drive" in google.params["scope"].split()
    assert google.params["redirect_uri"] == "https://bot.tamarack.example/oauth/google/callback"


async def test_http_events_need_an_address(database_url: str) -> None:
    by_http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "slack-secret"}
    assert to_fix(await findings(database_url, settings=by_http | {"PINYON_PUBLIC_URL": ""})) == [
        ("PINYON_PUBLIC_URL", "not set, so Slack has nowhere to send events")
    ]
    found = await findings(database_url, settings=by_http)
    assert "https://bot.tamarack.example/slack/events" in next(
        f.said for f in found if f.about == "SLACK_SIGNING_SECRET"
    )


async def test_a_model_that_the_vendor_does_not_list_is_a_note(database_url: str, tmp_path: Path) -> None:
    found = await findings(database_url, {"models/gpt-6-luna": httpx.Response(404)})
    assert [(f.about, f.said) for f in found if f.kind == "note" and f.about != "Slack app"] == [
        ("OPENAI_API_KEY", "openai does not list the model gpt-6-luna")
    ]
    broken = tmp_path / "models.yaml"
    broken.write_text("fast: []\n")
    assert {name for name, _ in to_fix(await findings(database_url, settings={"PINYON_MODELS_FILE": str(broken)}))} == {
        "PINYON_MODELS_FILE"
    }


async def test_a_database_that_is_away_is_named_without_its_password() -> None:
    url = "postgresql://pinyon:secret-password@127.0.0.1:9/pinyon"
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    found = await findings(url, settings={"PINYON_DATABASE_URL": url, "PINYON_SECRET_KEY": key})
    assert [name for name, _ in to_fix(found)] == ["PINYON_DATABASE_URL"]
    assert "secret-password" not in report(found)
    assert key not in report(found)


async def test_tables_of_another_version_are_noticed(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer Pinyon (9999)" in to_fix(await findings(url))[0][1]
    async with database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE alembic_version"))
    (note,) = [finding for finding in await findings(url) if finding.kind == "note" and finding.about != "Slack app"]
    assert "no tables yet" in note.said


async def test_a_data_folder_that_cannot_be_is_named(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert to_fix(await findings(database_url, settings={"PINYON_DATA_DIR": str(tmp_path / "file" / "data")})) == [
        ("PINYON_DATA_DIR", f"{tmp_path}/file/data cannot be written to")
    ]


async def test_no_secret_is_ever_printed(database_url: str) -> None:
    for _, answers, _, _ in FIXES:
        said = report(await findings(database_url, answers))
        assert not [secret for secret in SECRETS if secret in said]


def test_the_worst_comes_first_and_the_next_step_stands_below() -> None:
    found = [
        Finding("ok", "Database", "PostgreSQL 17", seconds=0.12),
        Finding("note", "OPENAI_API_KEY", "not set"),
        Finding("fix", "SLACK_BOT_TOKEN", "Slack says invalid_auth", "Install the app again."),
    ]
    assert report(found).splitlines() == [
        "fix   SLACK_BOT_TOKEN  Slack says invalid_auth",
        "      Install the app again.",
        "note  OPENAI_API_KEY   not set",
        "ok    Database         PostgreSQL 17  0.1 s",
        "1 to fix, 1 note, 1 ok",
    ]
