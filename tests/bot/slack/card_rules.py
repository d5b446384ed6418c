"""Slack's limits and our own rules (ux.md §4) for everything that Pinyon shows in Slack."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from playground.slack.limits import message_errors, view_errors

ACTION = re.compile(r"[a-z_]+(\.[a-z_0-9]+(:[A-Za-z0-9_]+)*)?")
"""`noun.verb`, with `:n` where it repeats; the native feedback buttons are `feedback`."""
VALUES = ("approval.always", "question.pick", "agent.start")
VOICE = re.compile(r"!(?!date)|\bOops|\bSorry|\bplease\b|[\U0001f300-\U0001faff]", re.IGNORECASE)


def walk(node: JsonValue, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in `node` with where it stands."""
    match node:
        case dict():
            yield path, node
            for key, child in node.items():
                yield from walk(child, f"{path}/{key}")
        case list():
            for index, child in enumerate(node):
                yield from walk(child, f"{path}/{index}")
        case _:
            pass


def problems(card: dict[str, Any]) -> list[str]:
    """What is wrong with a message (`text` and `blocks`) or a view; nothing when Slack and we would take it."""
    return [f"{where}: {what}" for ok, where, what in _checks(card) if not ok]


def check(card: dict[str, Any]) -> None:
    """Assert that nothing is wrong with `card`: for us, for the playground's table of limits, and for Slack's SDK."""
    assert problems(card) == []
    assert (view_errors(card) if "type" in card else message_errors(card["blocks"])) == []
    for block in card["blocks"]:
        parsed = Block.parse(block)  # pyright: ignore[reportUnknownMemberType]  the SDK's models are typed in part
        assert parsed is not None, block["type"]
        parsed.to_dict()  # pyright: ignore[reportUnknownMemberType]
    if "type" in card:
        View(**card).to_dict()  # pyright: ignore[reportUnknownMemberType]


def ours(card: dict[str, Any]) -> str:
    """All words of a card that are ours: what is in mrkdwn, on buttons and in the fallback.

    Three kinds of buttons hold a value: the target of a lasting permission, an answer to a question, and what an agent
    offers to begin with.
    """
    spoken = [node["text"] for _, node in walk(card["blocks"]) if node.get("type") == "mrkdwn"]
    buttons = [node for _, node in walk(card["blocks"]) if node.get("type") == "button"]
    labels = [node["text"]["text"] for node in buttons if not node["action_id"].startswith(VALUES)]
    return "\n".join([card.get("text", ""), *spoken, *labels])


def _checks(card: dict[str, Any]) -> Iterator[tuple[bool, str, str]]:
    blocks, is_view = card["blocks"], "type" in card
    tables = [block for block in blocks if block["type"] == "table"]
    length = len(json.dumps([block for block in blocks if block not in tables], ensure_ascii=False))
    yield len(blocks) <= (100 if is_view else 50), "", "too many blocks"
    yield is_view or 0 < len(card.get("text", "")) <= 4000, "", "a message needs fallback text"
    yield length < (250_000 if is_view else 12_000), "", f"{length} characters of blocks"
    ids = [node["action_id"] for _, node in walk(blocks) if "action_id" in node]
    yield len(ids) == len(set(ids)), "", f"action_id twice: {ids}"
    yield all(map(ACTION.fullmatch, ids)), "", f"action_id is noun.verb: {ids}"
    block_ids = [block["block_id"] for block in blocks if "block_id" in block]
    yield len(block_ids) == len(set(block_ids)), "", f"block_id twice: {block_ids}"
    yield len(tables) <= 1, "", "more than one table"
    yield sum(map(_characters, tables)) <= 10_000, "", "a table takes 10,000 characters"
    primary = [node for _, node in walk(blocks) if node.get("type") == "button" and node.get("style") == "primary"]
    yield len(primary) <= 1, "", "more than one primary button"
    for key in ("title", "submit", "close"):
        yield len(card[key]["text"]) <= 24 if key in card else True, key, "over 24 characters"
    yield not VOICE.search(ours(card)), "", f"voice: exclamation, emoji, oops, sorry or please in {ours(card)!r}"
    for where, node in walk(blocks):
        yield from _node(where, node)


def _node(where: str, node: dict[str, Any]) -> Iterator[tuple[bool, str, str]]:
    for key in ("action_id", "block_id"):
        yield len(node.get(key, "")) <= 255, where, f"{key} over 255 characters"
    for option in node.get("options", ()):
        yield len(option["text"]["text"]) <= 75 and len(option["value"]) <= 150, where, "option limits"
    if "confirm" in node and "deny" in node:
        sizes = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        yield all(len(node[key]["text"]) <= most for key, most in sizes.items()), where, "confirmation limits"
        yield {node[key]["type"] for key in sizes} == {"plain_text"}, where, "values in a confirmation are plain"
    match node.get("type"):
        case "plain_text":
            yield 0 < len(node["text"]) <= (2000 if "/fields/" in where else 3000), where, "length"
            yield bool(node["text"].strip()), where, "blank"
            yield node.get("emoji") is False, where, "plain_text must set emoji to false, or :words: change"
        case "mrkdwn":
            yield 0 < len(node["text"]) <= (2000 if "/fields/" in where else 3000), where, "length"
        case "header":
            yield len(node["text"]["text"]) <= 150, where, "header over 150 characters"
        case "button":
            label, spoken = node["text"]["text"], node.get("accessibility_label", node["text"]["text"])
            yield len(label) <= 75 and len(node.get("value", "")) <= 2000, where, "button limits"
            yield len(node.get("url", "")) <= 3000, where, "address over 3,000 characters"
            yield len(spoken) <= 75 and spoken.startswith(label), where, "spoken label begins with the visible words"
        case "section":
            yield "text" in node or "fields" in node, where, "empty section"
            yield len(node.get("fields", [])) <= 10, where, "more than 10 fields"
        case "context":
            yield 0 < len(node["elements"]) <= 4, where, "a context has at most 4 elements (house rule)"
        case "table":
            yield 0 < len(node["rows"]) <= 100, where, "a table has at most 100 rows"
            yield len({len(row) for row in node["rows"]}) == 1, where, "all rows are as long as the first"
            yield 0 < len(node["rows"][0]) <= 20, where, "a table has at most 20 columns"
            yield len(node["column_settings"]) <= 20, where, "more settings than columns"
            cells = [cell for row in node["rows"] for cell in row]
            yield {cell["type"] for cell in cells} == {"raw_text"}, where, "nothing acts in a raw cell"
            yield all(cell["text"].strip() for cell in cells), where, "Slack takes no empty cell"
        case "actions":
            # A question has five answers and "Something else…".
            most = 6 if node.get("block_id", "").startswith("question:") else 5
            yield 0 < len(node["elements"]) <= most, where, f"at most {most} buttons in a row (house rule)"
        case "input":
            yield len(node["label"]["text"]) <= 2000, where, "label over 2,000 characters"
            yield len(node.get("hint", {}).get("text", "")) <= 2000, where, "hint over 2,000 characters"
        case "plain_text_input":
            most = node.get("max_length", 3000)
            yield 0 < most <= 3000 and len(node.get("initial_value", "")) <= most, where, "more than the field takes"
        case "overflow":
            yield 2 <= len(node["options"]) <= 5, where, "overflow needs 2 to 5 options"
        case _:
            pass


def _characters(table: dict[str, Any]) -> int:
    return sum(len(cell["text"]) for row in table["rows"] for cell in row)
