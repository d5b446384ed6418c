"""The list of skills in Slack, and the offers to connect more."""

from dataclasses import replace
from typing import Any

import pytest

from bot.self_service.standing import Limit
from bot.slack.blocks import Message
from bot.slack.cards import (
    Reach,
    SkillRow,
    another_account,
    connect_offer,
    skills_message,
    switched_off,
    wants_changes,
    wider_consent,
)
from bot.slack.cards.skills import skill_row
from tests.bot.slack.card_rules import check, ours, walk

URL = "https://pinyon.test/connect/abc"
MAIL = SkillRow(
    name="mail",
    title="Mail",
    purpose="Find and read mail.",
    state="connected",
    service="Google",
    account="jamal@tamarack.example",
)
REACH = Reach(title="Mail", reads="Mails and their threads", changes="Drafts and answers, when you approve")


def card(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks}


def state(row: SkillRow) -> str:
    return skill_row(row)["fields"][1]["text"]


def buttons(message: Message) -> dict[str, str]:
    """Label → address."""
    found = (node for _, node in walk([*message.blocks]) if node.get("type") == "button")
    return {node["text"]["text"]: node.get("url", "") for node in found}


@pytest.mark.parametrize(
    ("limit", "why"),
    [("admin", "an admin set it so"), ("you", "you set it so"), ("consent", "you did not allow more at Google")],
)
def test_what_only_reads_says_why(limit: Limit, why: str) -> None:
    row = replace(MAIL, level="read", limit=limit)
    assert state(row) == f"Connected as jamal@tamarack.example\nOnly reads: {why}"


def test_several_accounts_are_counted() -> None:
    assert state(replace(MAIL, others=2)) == "Connected as jamal@tamarack.example and 2 more"


def test_an_account_without_the_permission_is_named() -> None:
    row = replace(MAIL, state="not_connected")
    assert state(row) == "Google is connected as jamal@tamarack.example, without the permission for this"


@pytest.mark.parametrize(
    ("row", "label"),
    [
        (replace(MAIL, state="not_connected"), "Connect Google"),
        (replace(MAIL, state="ended"), "Reconnect Google"),
        (replace(MAIL, level="read", limit="consent"), "Allow changes"),
        (replace(MAIL, level="read", limit="you"), "Allow changes"),
        (replace(MAIL, level="read", limit="admin"), None),
        (MAIL, None),
        (replace(MAIL, state="off"), None),
        (replace(MAIL, state="not_set_up"), None),
    ],
)
def test_the_button_is_what_mends_it(row: SkillRow, label: str | None) -> None:
    message = skills_message([replace(row, url=URL)])
    check(card(message))
    assert buttons(message) == ({label: URL} if label else {})


def test_only_a_button_without_an_address_is_answered_in_slack() -> None:
    row = replace(MAIL, state="not_connected")
    assert skill_row(row)["accessory"]["action_id"] == "skill.connect:mail"
    assert skill_row(replace(row, url=URL))["accessory"]["action_id"] == "skill.open:mail"


def test_eight_skills_with_long_names_fit_one_message() -> None:
    row = replace(MAIL, purpose="p" * 120, account="x" * 5_000, level="read", limit="consent", url=f"{URL}{'x' * 40}")
    check(card(skills_message([replace(row, name=f"s{n}") for n in range(8)])))


@pytest.mark.parametrize(
    "message",
    [
        connect_offer("Google", [REACH], url=URL, again=False),
        connect_offer("Google", [REACH, replace(REACH, title="Files")], url=URL, again=True),
        another_account("Google", url=URL),
        wider_consent("Google", REACH, url=URL),
        wants_changes("Mail", url=URL),
        switched_off("Mail", url=URL),
    ],
)
def test_every_offer_keeps_the_rules_and_has_one_button(message: Message) -> None:
    check(card(message))
    assert list(buttons(message).values()) == [URL]


@pytest.mark.parametrize(
    "message",
    [wider_consent("Google", REACH, url=None), wants_changes("Mail", url=None), switched_off("Mail", url=None)],
)
def test_where_nobody_can_connect_there_is_no_button(message: Message) -> None:
    check(card(message))
    assert buttons(message) == {}


def test_an_offer_for_several_skills_says_what_each_does() -> None:
    said = ours(card(connect_offer("Google", [REACH, replace(REACH, title="Files")], url=URL, again=False)))
    assert "Mail can read" in said
    assert "Files can change" in said
