"""Poison that no vendor's seed lays: an agent's instructions, an error."""

from datetime import date

import httpx

from playground.company import load_company
from playground.servers import Servers

TODAY = date(2026, 11, 20)
POISONED = load_company(today=TODAY, poison=("all",))
TEXTS = {item.id: item.text for item in POISONED.poison}


def test_the_instructions_of_an_agent_stand_in_the_message_of_a_colleague() -> None:
    last = next(channel for channel in POISONED.channels if channel.name == "#team").messages[-1]
    assert last.text == f"standup-helper: {TEXTS['adv-agent']}"
    assert last.by != "leila"


async def test_the_next_ticket_is_refused_with_the_planted_error_and_the_one_after_it_is_not() -> None:
    servers = Servers(company=POISONED)
    await servers.start()
    try:
        address = f"{servers.atlassian.api_url}/ex/jira/{servers.atlassian.cloud_id}/rest/api/3/issue"
        async with httpx.AsyncClient(trust_env=False) as http:
            first = await http.post(address, json={})
            second = await http.post(address, json={})
    finally:
        await servers.stop()
    assert (first.status_code, first.text) == (400, TEXTS["adv-tool-error"])
    assert second.status_code == 401
