"""What a person enters into a modal, in Slack's form, and what Slack itself refuses at the field."""

import re
from collections.abc import Mapping
from typing import Any

from playground.slack.app import JSON, is_object

CHOSEN = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
}
"""Under which key each element keeps what was chosen; all others use `value`."""


def _initial(kind: str) -> str:
    return {"value": "initial_value"}.get(
        CHOSEN.get(kind, "value"), CHOSEN.get(kind, "value").replace("selected", "initial")
    )


def elements(view: JSON) -> list[tuple[JSON, JSON]]:
    """List the elements of a view that hold a value, each with its block."""
    found: list[tuple[JSON, JSON]] = []
    for block in view["blocks"]:
        candidates = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
        found += [
            (block, element)
            for element in candidates
            if is_object(element) and (block["type"] == "input" or element.get("type") in CHOSEN)
        ]
    return found


def fill(view: JSON, values: Mapping[str, Any]) -> dict[str, Any]:
    """Sort `values` (by block or action id) to action ids; KeyError for one that the view does not have."""
    known: dict[str, str] = {}
    for block, element in elements(view):
        known |= {block["block_id"]: element["action_id"], element["action_id"]: element["action_id"]}
    if unknown := set(values) - known.keys():
        raise KeyError(f"The modal has no field {sorted(unknown)}; it has {sorted(known)}.")
    return {known[name]: value for name, value in values.items()}


def state_of(view: JSON, entered: Mapping[str, Any]) -> JSON:
    """Shape what was entered, and what stood there already, as Slack's view state."""
    state: JSON = {"values": {}}
    for block, element in elements(view):
        kind = element["type"]
        value = entered.get(element["action_id"], element.get(_initial(kind)))
        if kind in CHOSEN and CHOSEN[kind].startswith("selected_option"):
            value = _options(element, value)
        values = state["values"].setdefault(block["block_id"], {})
        values[element["action_id"]] = {"type": kind, CHOSEN.get(kind, "value"): value}
    return state


def _options(element: JSON, value: Any) -> Any:
    known = {option["value"]: option for option in element.get("options", ())}
    if isinstance(value, str):
        return known.get(value, {"text": {"type": "plain_text", "text": value}, "value": value})
    if isinstance(value, list):
        return [_options(element, item) for item in value]  # pyright: ignore[reportUnknownVariableType]  options come from outside
    return value


def wrong_fields(view: JSON) -> dict[str, str]:
    """Say by block id what Slack refuses before the bot is asked."""
    wrong: dict[str, str] = {}
    for block, element in elements(view):
        if block["type"] != "input":
            continue
        entered: JSON = view["state"]["values"].get(block["block_id"], {}).get(element["action_id"], {})
        value = entered.get(CHOSEN.get(element["type"], "value"))
        if not value and not block.get("optional"):
            wrong[block["block_id"]] = "Please complete this required field."
        elif element["type"] == "number_input" and value and (problem := _wrong_number(element, str(value))):
            wrong[block["block_id"]] = problem
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            wrong[block["block_id"]] = f"At most {element.get('max_length', 3000)} characters."
        elif isinstance(value, str) and value and len(value) < element.get("min_length", 0):
            wrong[block["block_id"]] = f"At least {element['min_length']} characters."
    return wrong


def _wrong_number(element: JSON, value: str) -> str:
    """What is wrong with a number that was entered; empty when nothing is."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", value):
        return "Enter a number."
    if "." in value and not element.get("is_decimal_allowed"):
        return "Enter a whole number."
    if (least := element.get("min_value")) is not None and float(value) < float(least):
        return f"Enter {least} or more."
    if (most := element.get("max_value")) is not None and float(value) > float(most):
        return f"Enter {most} or less."
    return ""
