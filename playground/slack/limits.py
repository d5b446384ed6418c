"""What Slack refuses in blocks and views, with the place in each message."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.slack.app import JSON, is_object

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN = 12_000
VIEW_SIZE = 250_000  # a view as JSON; Slack answers view_too_large above
TOTAL = 13_200  # undocumented: Slack answers msg_blocks_too_long near this many characters of text in blocks

CELLS = 10_000
"""Characters in a table (https://docs.slack.dev/reference/block-kit/blocks/table-block)."""
MESSAGE_ONLY = frozenset({"markdown", "table", "context_actions", "task_card", "plan", "alert", "card", "carousel"})
SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
CHOICES = (*SELECTS, *(f"multi_{kind}" for kind in SELECTS), "radio_buttons", "checkboxes", "overflow")
PICKERS = ("datepicker", "timepicker", "datetimepicker")
INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
)
TEXTS = ("plain_text_input", "email_text_input", "url_text_input")
TYPED = 3000
"""The longest text that a field takes, whatever its `max_length`."""
FORMS: Mapping[str, tuple[str, re.Pattern[str]]] = {
    "datepicker": ("initial_date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    "timepicker": ("initial_time", re.compile(r"([01]\d|2[0-3]):[0-5]\d")),
    "datetimepicker": ("initial_date_time", re.compile(r"\d{10}")),
}
"""How what a picker begins with is written."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")
BUTTONS = ("button", "workflow_button")
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "actions": (*BUTTONS, *CHOICES, *PICKERS),
    "accessory": (*BUTTONS, *CHOICES, *PICKERS, "image"),
    "input": (*INPUTS, *(kind for kind in CHOICES if kind != "overflow"), *PICKERS),
    "context_actions": ("feedback_buttons", "icon_button"),
}


@dataclass(slots=True)
class Findings:
    """What is wrong so far."""

    errors: list[str] = field(default_factory=list[str])
    markdown: int = 0
    total: int = 0
    block_ids: set[str] = field(default_factory=set[str])
    action_ids: set[str] = field(default_factory=set[str])
    tables: int = 0
    focused: int = 0

    def need(self, ok: bool, what: str, at: str) -> bool:  # noqa: FBT001  reads as a sentence where it is called
        """Note `what` with its place unless `ok`."""
        if not ok:
            self.errors.append(f"[ERROR] {what} [json-pointer:{at}]")
        return ok

    def length(self, node: Mapping[str, Any], key: str, most: int, at: str) -> None:
        """Check one optional string."""
        value = node.get(key)
        if value is None:
            return
        if self.need(isinstance(value, str), "must be a string", f"{at}/{key}"):
            self.need(len(value) <= most, f"must be less than {most + 1} characters", f"{at}/{key}")

    def action(self, node: Mapping[str, Any], at: str) -> None:
        """Check the name of an element: a click is told apart by it, so it is there once in a message or view."""
        self.length(node, "action_id", 255, at)
        name = node.get("action_id")
        if isinstance(name, str):
            self.need(name not in self.action_ids, f"action_id {name!r} is there twice", f"{at}/action_id")
            self.action_ids.add(name)

    def text(
        self, node: Mapping[str, Any], key: str, most: int, at: str, *, plain: bool = True, required: bool = True
    ) -> None:
        """Check one text object."""
        value: Any = node.get(key)
        where = f"{at}/{key}"
        if value is None:
            self.need(not required, f"missing required field: {key}", at)
            return
        if not self.need(isinstance(value, dict), "must be an object", where):
            return
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        self.need(value.get("type") in kinds, f"must be {' or '.join(kinds)}", f"{where}/type")
        words = value.get("text")
        if not self.need(isinstance(words, str) and words != "", "must be more than 0 characters", f"{where}/text"):
            return
        self.need(len(words) <= most, f"must be less than {most + 1} characters", f"{where}/text")
        self.total += len(words)


def message_errors(blocks: object) -> list[str]:
    """Say what Slack would refuse in the blocks of a message; empty when it takes them."""
    found = _check(blocks, most=MESSAGE_BLOCKS, at="/blocks", is_message=True)
    if found.total > TOTAL and not found.errors:
        found.errors.append("msg_blocks_too_long")
    return found.errors


def view_errors(view: JSON) -> list[str]:
    """Say what Slack would refuse in a modal or Home view."""
    found = _check(view.get("blocks"), most=VIEW_BLOCKS, at="/view/blocks", is_message=False)
    is_modal = view.get("type") == "modal"
    found.need(view.get("type") in ("modal", "home"), "must be modal or home", "/view/type")
    found.length(view, "private_metadata", 3000, "/view")
    found.length(view, "callback_id", 255, "/view")
    found.length(view, "external_id", 255, "/view")
    found.text(view, "title", 24, "/view", required=is_modal)
    for key in ("submit", "close"):
        found.text(view, key, 24, "/view", required=False)
    blocks: list[Any] = view["blocks"] if isinstance(view.get("blocks"), list) else []
    if is_modal and any(is_object(block) and block.get("type") == "input" for block in blocks):
        found.need("submit" in view, "a submit button is required when there are input blocks", "/view/submit")
    found.need(found.focused <= 1, "only one element can have focus_on_load", "/view/blocks")
    if not found.errors and len(json.dumps(view, ensure_ascii=False)) > VIEW_SIZE:
        found.errors.append("view_too_large")
    return found.errors


def _check(blocks: Any, *, most: int, at: str, is_message: bool) -> Findings:
    found = Findings()
    if not found.need(isinstance(blocks, list), "must be an array", at):
        return found
    found.need(len(blocks) <= most, f"no more than {most} items allowed", at)
    for n, block in enumerate(blocks):
        where = f"{at}/{n}"
        if not found.need(isinstance(block, dict), "must be an object", where):
            continue
        kind = block.get("type")
        check = BLOCKS.get(kind)
        if check is None:
            found.need(False, f"unsupported type: {kind}", f"{where}/type")  # noqa: FBT003  see `need`
            continue
        found.need(is_message or kind not in MESSAGE_ONLY, f"unsupported in a view: {kind}", f"{where}/type")
        _block_id(block, found, where)
        check(block, found, where)
    found.need(found.markdown <= MARKDOWN, f"markdown blocks: more than {MARKDOWN} characters in total", at)
    found.need(found.tables <= 1, "only_one_table_allowed", at)
    return found


def _block_id(block: JSON, found: Findings, at: str) -> None:
    found.length(block, "block_id", 255, at)
    name = block.get("block_id")
    if isinstance(name, str):
        found.need(name not in found.block_ids, f"block_id {name!r} is there twice", f"{at}/block_id")
        found.block_ids.add(name)


def _section(block: JSON, found: Findings, at: str) -> None:
    fields = block.get("fields")
    found.text(block, "text", 3000, at, plain=False, required=fields is None)
    if fields is not None:
        found.need(1 <= len(fields) <= 10, "must have 1 to 10 items", f"{at}/fields")
        for n, item in enumerate(fields):
            found.text({"field": item}, "field", 2000, f"{at}/fields/{n}", plain=False)
    if accessory := block.get("accessory"):
        _element(accessory, found, f"{at}/accessory", "accessory")


def _header(block: JSON, found: Findings, at: str) -> None:
    found.text(block, "text", 150, at)


def _context(block: JSON, found: Findings, at: str) -> None:
    elements = _elements(block, found, at, 10)
    for n, item in enumerate(elements):
        where = f"{at}/elements/{n}"
        if item.get("type") == "image":
            _image(item, found, where)
        else:
            found.text({"element": item}, "element", 3000, where, plain=False)


def _actions(block: JSON, found: Findings, at: str) -> None:
    for n, item in enumerate(_elements(block, found, at, 25)):
        _element(item, found, f"{at}/elements/{n}", "actions")


def _context_actions(block: JSON, found: Findings, at: str) -> None:
    for n, item in enumerate(_elements(block, found, at, 5)):
        where = f"{at}/elements/{n}"
        found.need(item.get("type") in ALLOWED["context_actions"], "unsupported element", f"{where}/type")
        found.action(item, where)
        if "confirm" in item:
            _confirm(item["confirm"], found, f"{where}/confirm")
        for side in ("positive_button", "negative_button"):
            if item.get("type") == "feedback_buttons" and found.need(
                side in item, f"missing required field: {side}", where
            ):
                found.text(item[side], "text", 75, f"{where}/{side}")
                found.length(item[side], "value", 2000, f"{where}/{side}")
                found.length(item[side], "accessibility_label", 75, f"{where}/{side}")


def _input(block: JSON, found: Findings, at: str) -> None:
    found.text(block, "label", 2000, at)
    found.text(block, "hint", 2000, at, required=False)
    if found.need(isinstance(block.get("element"), dict), "missing required field: element", at):
        _element(block["element"], found, f"{at}/element", "input")


def _image(block: JSON, found: Findings, at: str) -> None:
    found.need(bool(block.get("image_url") or block.get("slack_file")), "missing required field: image_url", at)
    found.need(isinstance(block.get("alt_text"), str), "missing required field: alt_text", at)
    found.length(block, "image_url", 3000, at)
    found.length(block, "alt_text", 2000, at)


def _markdown(block: JSON, found: Findings, at: str) -> None:
    text = block.get("text")
    if found.need(isinstance(text, str) and text != "", "must be more than 0 characters", f"{at}/text"):
        found.markdown += len(block["text"])
        found.total += len(block["text"])


def _table(block: JSON, found: Findings, at: str) -> None:
    found.tables += 1
    rows = block.get("rows")
    if not found.need(bool(rows), "missing required field: rows", at):
        return
    found.need(len(block["rows"]) <= 100, "no more than 100 items allowed", f"{at}/rows")
    for n, row in enumerate(block["rows"]):
        found.need(1 <= len(row) <= 20, "must have 1 to 20 cells", f"{at}/rows/{n}")
        found.need(len(row) == len(block["rows"][0]), "all rows must have as many cells", f"{at}/rows/{n}")
        for m, cell in enumerate(row):
            kinds = ("raw_text", "raw_number", "rich_text")
            found.need(cell.get("type") in kinds, "unsupported cell", f"{at}/rows/{n}/{m}/type")
            is_empty = cell.get("type") == "raw_text" and not cell.get("text")
            found.need(not is_empty, "must be more than 0 characters", f"{at}/rows/{n}/{m}/text")
    cells = sum(len(str(cell.get("text", ""))) for row in block["rows"] for cell in row)
    found.need(cells <= CELLS, f"no more than {CELLS} characters in all cells", f"{at}/rows")


def _rich_text(block: JSON, found: Findings, at: str) -> None:
    found.need(isinstance(block.get("elements"), list), "missing required field: elements", at)


def _free(block: JSON, found: Findings, at: str) -> None:
    """Take a block whose shape is not looked into."""


def _elements(block: JSON, found: Findings, at: str, most: int) -> list[JSON]:
    elements = block.get("elements")
    if not found.need(isinstance(elements, list), "missing required field: elements", at):
        return []
    found.need(1 <= len(block["elements"]) <= most, f"must have 1 to {most} items", f"{at}/elements")
    return [item for item in block["elements"] if isinstance(item, dict)]


def _element(item: JSON, found: Findings, at: str, place: str) -> None:
    kind = item.get("type")
    if not found.need(kind in ALLOWED[place], f"unsupported element: {kind}", f"{at}/type"):
        return
    if kind != "image":
        found.action(item, at)
    found.focused += item.get("focus_on_load") is True
    found.text(item, "placeholder", 150, at, required=False)
    if kind == "image":
        _image(item, found, at)
    if kind in BUTTONS:
        found.text(item, "text", 75, at)
        found.length(item, "value", 2000, at)
        found.length(item, "url", 3000, at)
        found.length(item, "accessibility_label", 75, at)
        found.need(item.get("style") in (None, "primary", "danger"), "must be primary or danger", f"{at}/style")
    if kind in CHOICES:
        _options(item, found, at)
    if kind in TEXTS:
        _typed(item, found, at)
    if kind == "number_input":
        _number(item, found, at)
    if kind in FORMS:
        _begins(item, found, at)
    if "confirm" in item:
        _confirm(item["confirm"], found, f"{at}/confirm")


def _options(item: JSON, found: Findings, at: str) -> None:
    most = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}.get(item["type"], 100)
    groups: list[JSON] = item.get("option_groups") or []
    lists: list[tuple[list[JSON], str]] = [(item.get("options") or [], at)]
    lists += [(group["options"], f"{at}/option_groups/{n}") for n, group in enumerate(groups)]
    if item["type"].removeprefix("multi_") in ("static_select", "overflow", "radio_buttons", "checkboxes"):
        found.need(any(options for options, _ in lists), "missing required field: options", at)
    found.need(len(groups) <= 100, "no more than 100 items allowed", f"{at}/option_groups")
    for n, group in enumerate(groups):
        found.text(group, "label", 75, f"{at}/option_groups/{n}")
    for options, place in lists:
        found.need(len(options) <= most, f"no more than {most} items allowed", f"{place}/options")
        for n, option in enumerate(options):
            _option(option, item["type"], found, f"{place}/options/{n}")
    _chosen(item, [option for options, _ in lists for option in options], found, at)


def _option(option: JSON, kind: str, found: Findings, at: str) -> None:
    is_box = kind in ("radio_buttons", "checkboxes")
    found.text(option, "text", 75, at, plain=not is_box)
    found.text(option, "description", 75, at, plain=not is_box, required=False)
    found.need(isinstance(option.get("value"), str), "missing required field: value", at)
    found.length(option, "value", 150, at)
    found.length(option, "url", 3000, at)


def _chosen(item: JSON, options: list[JSON], found: Findings, at: str) -> None:
    """What a choice begins with is one of its options, word for word."""
    if "external" in item["type"]:
        return
    first: list[JSON] = item.get("initial_options") or ([item["initial_option"]] if item.get("initial_option") else [])
    for option in first:
        found.need(option in options, "initial option must be among the options", f"{at}/initial_option")


def _typed(item: JSON, found: Findings, at: str) -> None:
    longest = item.get("max_length", TYPED)
    found.need(1 <= longest <= TYPED, f"must be 1 to {TYPED}", f"{at}/max_length")
    found.need(0 <= item.get("min_length", 0) <= longest, f"must be 0 to {longest}", f"{at}/min_length")
    found.length(item, "initial_value", min(longest, TYPED), at)


def _number(item: JSON, found: Findings, at: str) -> None:
    found.need(isinstance(item.get("is_decimal_allowed"), bool), "missing required field: is_decimal_allowed", at)
    for key in ("initial_value", "min_value", "max_value"):
        value = item.get(key)
        is_number = value is None or (isinstance(value, str) and NUMBER.fullmatch(value) is not None)
        found.need(is_number, "must be a number as a string", f"{at}/{key}")


def _begins(item: JSON, found: Findings, at: str) -> None:
    key, form = FORMS[item["type"]]
    if key in item:
        found.need(form.fullmatch(str(item[key])) is not None, "is not written as Slack asks", f"{at}/{key}")


def _confirm(item: JSON, found: Findings, at: str) -> None:
    for key, most in (("title", 100), ("confirm", 30), ("deny", 30)):
        found.text(item, key, most, at)
    found.text(item, "text", 300, at, plain=False)


BLOCKS: Mapping[str | None, Callable[[JSON, Findings, str], None]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "table": _table,
    "rich_text": _rich_text,
    "divider": _free,
    "file": _free,
    "video": _free,
    "task_card": _free,
    "plan": _free,
    "alert": _free,
    "card": _free,
    "carousel": _free,
    "container": _free,
    "data_table": _free,
}
