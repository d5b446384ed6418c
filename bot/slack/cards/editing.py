"""The dialog in which a waiting write is changed before it is approved."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time
from typing import Any

from bot.harmless.visible import visible, visible_target
from bot.messages import EditForm, Field
from bot.slack.blocks import Block, View, context, field, modal, mrkdwn, phrase, plain

Entered = str | tuple[str, ...]
"""What stands in a field: several for a list, `yes` or nothing for a flag."""

MOST = 3_000
"""Characters that Slack takes in a field."""
_FIELDS = 90
"""Fields in a dialog, with room for its frame: Slack takes 100 blocks."""
_TITLE = 24
_OPTIONS, _OPTION, _OPTION_VALUE = 100, 75, 150
_ENTERED = ("value", "selected_date", "selected_time")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?")


def edit_modal(form: EditForm) -> View:
    """Fields of the right kind; what a field cannot hold or would not show is named, and stays as it is.

    Submitting it is the callback `approval.edited`, for the pending id in `private_metadata`.
    """
    blocks = [_block(one) for one in form.fields[:_FIELDS]]
    can_save = any(block["type"] == "input" for block in blocks)
    quiet = form.note if can_save else "Nothing in this can be changed here. Deny it, and tell me what to change."
    return modal(
        form.title if len(form.title) <= _TITLE else "Edit",
        [*blocks, context(phrase(quiet))],
        identity=form.pending,
        submit="Save and go back" if can_save else "",
        callback="approval.edited",
        close="Cancel",
    )


def read_edits(view: View, fields: Iterable[Field]) -> dict[str, Entered]:
    """What stands in the fields of a submitted dialog; a field that nobody touched gives back what it was."""
    values: Mapping[str, Any] = view["state"]["values"]
    return {
        one.name: _entered(one, values[one.name].get(f"edit.{one.name}") or {}) for one in fields if one.name in values
    }


def at_fields(view: View, problems: Mapping[str, str]) -> dict[str, str]:
    """`problems` at the fields that the dialog has; Slack shows none at others, so those stand at the first."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    shown: dict[str, str] = {}
    for name, problem in problems.items():
        place = name if name in inputs else inputs[0]
        shown[place] = f"{shown[place]} {problem}" if place in shown else problem
    return shown


def _block(one: Field) -> Block:
    if reason := _why_not(one):
        return {"type": "section", "fields": [plain(one.label[: MOST // 2]), mrkdwn(reason)]}
    element = _element(one) | {"action_id": f"edit.{one.name}"}
    hint = one.hint or ("One on each line" if one.kind == "list" else "")
    return field(one.name, one.label, element, optional=one.optional, hint=hint)


def _why_not(one: Field) -> str:
    """Why a field is not offered, as a sentence; nothing when it is."""
    text, most = _text(one), min(one.most, MOST)
    if (length := _units(text)) > most:
        return f"Too long to be edited here: {length:,} characters, and a field takes {most:,}."
    # What is saved counts as the person's words, so nothing may stand in a field that they cannot see there.
    if not all(_shows(one, part) for part in _parts(one)):
        return "Holds characters that a field does not show for what they are, so it is not edited here."
    if one.kind == "choice" and not _fits(one):
        return "Has too many choices to be edited here."
    return ""


def _shows(one: Field, part: str) -> bool:
    """Whether a field shows `part` as a card would: nothing hidden, and in what names something no look-alikes."""
    text = part.replace("\r\n", "\n")
    if visible(text) != text:
        return False
    # The joiners that are left belong to emoji.
    bare = text.replace("\ufe0f", "").replace("\u200d", "")
    return one.kind == "text" or visible_target(bare) == bare


def _fits(one: Field) -> bool:
    sizes = [(len(value), len(visible(label))) for value, label in one.choices]
    return (
        all(0 < value <= _OPTION_VALUE and label <= _OPTION for value, label in sizes)
        and 0 < len(one.choices) <= _OPTIONS
    )


def _element(one: Field) -> Block:
    text = _text(one)
    match one.kind:
        case "choice":
            return _select("static_select", one.choices, text)
        case "flag":
            return _select("radio_buttons", (("yes", "Yes"), ("no", "No")), "yes" if text else "no")
        case "number" if not text or _NUMBER.fullmatch(text):
            return _initial({"type": "number_input", "is_decimal_allowed": True}, "initial_value", text)
        case "date" if not text or _reads(date.fromisoformat, text, 10):
            return _initial({"type": "datepicker"}, "initial_date", text)
        case "time" if not text or _reads(time.fromisoformat, text, 5):
            return _initial({"type": "timepicker"}, "initial_time", text)
        case kind:
            element: Block = {"type": "plain_text_input", "max_length": max(1, min(one.most, MOST))}
            if kind in ("text", "list"):
                element["multiline"] = True
            return _initial(element, "initial_value", text)


def _select(kind: str, choices: Iterable[tuple[str, str]], chosen: str) -> Block:
    options = [{"text": plain(visible(label)[:_OPTION]), "value": value} for value, label in choices]
    first = next((option for option in options if option["value"] == chosen), None)
    return {"type": kind, "options": options} | ({"initial_option": first} if first else {})


def _initial(element: Block, key: str, text: str) -> Block:
    return element | {key: text} if text else element


def _reads(parse: Callable[[str], object], text: str, length: int) -> bool:
    """Whether a picker takes `text`; anything else is edited as it is written."""
    try:
        parse(text)
    except ValueError:
        return False
    return len(text) == length


def _entered(one: Field, entered: Mapping[str, Any]) -> Entered:
    option: Mapping[str, Any] = entered.get("selected_option") or {}
    text = str(option.get("value") or next((entered[key] for key in _ENTERED if entered.get(key)), ""))
    if one.kind == "flag":
        return "yes" if text == "yes" else ""
    if _plain(text) == _plain(_text(one)):
        return one.value
    if one.kind == "list":
        return tuple(_listed(text, known=frozenset(_parts(one))))
    return text


def _listed(text: str, *, known: frozenset[str]) -> Iterator[str]:
    """What a list holds: one on each line, or separated by commas; what stood there before may hold commas itself."""
    for line in map(str.strip, text.splitlines()):
        for part in [line] if line in known else line.split(","):
            if part.strip():
                yield part.strip()


def _plain(text: str) -> str:
    """What of a text survives a field: Slack turns the ends of lines around and trims."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _text(one: Field) -> str:
    return one.value if isinstance(one.value, str) else "\n".join(one.value)


def _parts(one: Field) -> tuple[str, ...]:
    return (one.value,) if isinstance(one.value, str) else one.value


def _units(text: str) -> int:
    """Characters as Slack's clients count them (UTF-16)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
