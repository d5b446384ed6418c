"""What the Slack client sends, against slack_sdk's own signatures and Slack's own (old) description of its API."""

import gzip
import inspect
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from integrations.integration import Destination
from integrations.slack.client import Slack
from playground.company import load_company
from playground.slack import SlackServer
from playground.slack.user_tokens import METHOD_SCOPES

SPEC = Path(__file__).parents[2] / ".." / "shared" / "specs" / "slack-web-api-openapi2-1.7.0.json.gz"
NEWER = {
    "conversations.history": {"include_all_metadata"},
    "conversations.replies": {"include_all_metadata"},
    "search.messages": {"cursor"},
}
"""Parameters that Slack added after 2020, of those that are sent."""


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    company = load_company(today=date(2026, 11, 20))
    async with SlackServer(company, clock=company.now.timestamp) as server:
        yield server


async def everything(client: Slack) -> None:
    """Call each method of the client once."""
    await client.whoami()
    await client.search("merged")
    await client.own_channels()
    await client.open_channels()
    await client.channel("C0TEAM")
    page = await client.history("C0TEAM", oldest=datetime(2026, 11, 16, tzinfo=UTC))
    await client.thread("C0TEAM", page.messages[-1].ts)
    await client.members("C0TEAM")
    await client.everybody()
    await client.by_address("jamal@tamarack.example")
    await client.profile("U0T7N3YG1")
    await client.profile_fields()
    await client.groups()
    posted = await client.post("C0TEAM", "hello")
    await client.delete("C0TEAM", posted.ts)
    await client.open_direct("U0T7N3YG1")
    await client.set_status("Writing", emoji=":memo:", until=None)


async def test_every_parameter_is_one_that_slack_describes(slack: SlackServer) -> None:
    if not SPEC.exists():
        pytest.skip("needs ../shared/specs: Slack's own description lies there")
    paths: dict[str, Any] = json.loads(gzip.decompress(SPEC.read_bytes()))["paths"]
    token = slack.sign_in_user("priya")["access_token"]
    await everything(Slack(SecretStr(token), Destination(api_url=slack.api_url)))
    seen = {call.name for call in slack.calls}
    for call in slack.calls:
        (described,) = paths[f"/{call.name}"].values()
        known = {parameter["name"] for parameter in described["parameters"]} | NEWER.get(call.name, set())
        required = {each["name"] for each in described["parameters"] if each.get("required")} - {"token"}
        assert set(call.request) <= known, call.name
        assert required <= set(call.request), call.name
    assert len(seen) >= 16


async def test_every_method_that_people_may_call_is_one_of_slack_sdk(slack: SlackServer) -> None:
    token = slack.sign_in_user("priya")["access_token"]
    await everything(Slack(SecretStr(token), Destination(api_url=slack.api_url)))
    for name in {call.name for call in slack.calls}:
        assert name in METHOD_SCOPES
        assert inspect.iscoroutinefunction(getattr(AsyncWebClient, name.replace(".", "_"))), name


async def test_what_is_read_fits_into_what_the_client_expects_of_slack(slack: SlackServer) -> None:
    """Every answer here has what the client reads, in Slack's own names; a missing one would be taken for silence."""
    token = slack.sign_in_user("harriet")["access_token"]
    client = Slack(SecretStr(token), Destination(api_url=slack.api_url))
    assert [channel.name for channel in await client.own_channels()] == ["proj-winter-maps"]
    found = await client.channel("C0WINTER")
    assert (found.num_members, found.is_member, found.last_read is not None) == (5, True, True)
