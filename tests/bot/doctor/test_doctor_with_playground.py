"""The doctor among the playground's servers: it asks in the ways that the vendors answer."""

from datetime import UTC, date, datetime
from pathlib import Path

import httpx

from bot.doctor import Finding, examine
from bot.settings import read_with_problems
from playground.company import load_company
from playground.servers import Servers


async def found(database_url: str, folder: Path, **changed: str) -> list[Finding]:
    async def address() -> str:
        return database_url

    servers = Servers(company=load_company(today=date(2026, 11, 20)))
    await servers.start()
    try:
        settings, problems = read_with_problems(servers.settings(folder) | changed)
        async with httpx.AsyncClient(trust_env=False) as http:
            return await examine(settings, problems, http=http, database=address, now=lambda: datetime.now(UTC))
    finally:
        await servers.stop()


async def test_every_server_of_the_playground_knows_us(database_url: str, tmp_path: Path) -> None:
    findings = await found(database_url, tmp_path)
    assert [finding for finding in findings if finding.kind == "fix"] == []
    works = {finding.about for finding in findings if finding.kind == "ok"}
    assert {"Slack bot token", "Slack app token", "Sign in with Slack", "ANTHROPIC_API_KEY"} <= works
    told = {finding.about for finding in findings if finding.said.endswith("and our callback address")}
    assert told == {"Sign in with Slack", "Slack", "GitHub", "Jira", "Google"}
    assert {finding.about for finding in findings if finding.kind == "note"} == {"Slack app", "PINYON_PUBLIC_URL"}


async def test_every_wrong_secret_is_noticed(database_url: str, tmp_path: Path) -> None:
    vendors = ("SLACK", "GITHUB", "GOOGLE", "ATLASSIAN")
    wrong = {f"{vendor}_CLIENT_SECRET": "wrong" for vendor in vendors}
    findings = await found(database_url, tmp_path, SLACK_BOT_TOKEN="xoxb-wrong", SLACK_APP_TOKEN="xapp-wrong", **wrong)
    assert {finding.about for finding in findings if finding.kind == "fix"} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        *(f"{vendor}_CLIENT_ID" for vendor in vendors),
    }


async def test_a_callback_address_that_no_vendor_knows_is_noticed_at_each(database_url: str, tmp_path: Path) -> None:
    findings = await found(database_url, tmp_path, PINYON_PUBLIC_URL="https://pinyon.tamarack.invalid")
    wrong = {finding.about: finding.mend for finding in findings if "callback address" in finding.said}
    assert set(wrong) == {"Sign in with Slack", "Slack", "GitHub", "Jira", "Google"}
    assert "https://pinyon.tamarack.invalid/oauth/google/callback" in wrong["Google"]
