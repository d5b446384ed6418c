"""Poison that no vendor's seed lays: texts for readers that do not exist yet, an agent's instructions, an error."""

from datetime import date
from typing import Any

import httpx
import pytest

from playground.company import load_company
from playground.servers import Servers

TODAY = date(2026, 11, 20)
POISONED = load_company(today=TODAY, poison=("all",))
TEXTS = {item.id: item.text for item in POISONED.poison}
NO_READER_YET = {
    "adv-hidden-html": "Saved page: What a slope map can and cannot tell you",
    "adv-web-page": "Saved page: Northvale incident report",
    "adv-sql-cell": "offline_tickets.csv",
    "adv-sql-link": "hut_accounts.csv",
}
"""Nothing of Pinyon's reads web pages or the database: the same text lies in a file of the Drive."""


def file(title: str) -> dict[str, Any]:
    return next(one for one in POISONED.trees["drive"]["files"] if one["title"] == title)


@pytest.mark.parametrize("item", NO_READER_YET)
def test_a_text_without_a_reader_lies_word_for_word_in_a_file_that_everybody_reads(item: str) -> None:
    found = file(NO_READER_YET[item])
    assert TEXTS[item] in found["text"]
    assert found["can_read"] == "everyone"


def test_what_is_hidden_on_a_page_is_hidden_in_its_file_too() -> None:
    text = file(NO_READER_YET["adv-hidden-html"])["text"]
    assert f'<div style="display:none">{TEXTS["adv-hidden-html"]}</div>' in text


def test_without_poison_there_are_no_such_files() -> None:
    titles = {one["title"] for one in load_company(today=TODAY).trees["drive"]["files"]}
    assert titles.isdisjoint(NO_READER_YET.values())


def test_a_renamed_company_has_them_under_its_own_names() -> None:
    renamed = load_company(today=TODAY, renamed=True, poison=("adv-sql-cell",))
    [export] = [one for one in renamed.trees["drive"]["files"] if one["id"] == "export-offline-tickets"]
    assert renamed.person(export["owner"]).handle == "emi"


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
