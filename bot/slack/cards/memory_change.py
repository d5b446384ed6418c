"""The dialog in which somebody changes a value that Pinyon remembers."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.harmless.visible import is_plain_words, visible_target
from bot.self_service.known import Known
from bot.slack.blocks import Block, View, context, field, modal, mrkdwn, plain, said
from bot.slack.cards.memory_notes import cut_short
from bot.slack.cards.parts import lower
from memory.parameters.evidence import Value

CHANGED = "memory.changed"
"""The callback of this dialog."""
_CHOICES, _OPTION, _ENTERED, _TITLE, _LABEL = 5, 75, 3_000, 24, 300
"""Choices, characters of each, of a field, of a dialog's title, and of a label."""


def change_modal(known: Known) -> View:
    """Another value: one that the person used before, or any other in their own words.

    Submitting it is the callback `memory.changed`, for the id in `private_metadata`.
    """
    label = cut_short(known.label, _LABEL)
    options = [
        {"text": plain(cut_short(shown, _OPTION)), "value": _mark(value)} for value, shown in known.others[:_CHOICES]
    ]
    blocks: list[Block] = [said(label)] if len(label) > len(_modal_title(label)) else []
    if options:
        element = {"type": "radio_buttons", "action_id": "memory.pick", "options": options}
        blocks.append(field("pick", "You used before", element, optional=True))
    text: Block = {"type": "plain_text_input", "action_id": "memory.entered", "max_length": _ENTERED}
    hint = "Several with commas between them." if isinstance(known.value, tuple) else ""
    if options:
        hint = f"What you write here counts before what you choose above. {hint}".strip()
    filled = prefilled(known)
    text |= {"initial_value": filled} if filled else {}
    text |= {"multiline": True} if "\n" in filled else {}
    blocks.append(field("value", "Or another one" if options else "Value", text, optional=bool(options), hint=hint))
    blocks.append(context(mrkdwn("I use it from now on. What was made before stays as it is.")))
    return modal(_modal_title(label), blocks, identity=known.id, submit="Save", callback=CHANGED, close="Cancel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody entered in `change_modal`."""

    value: str = ""
    field: str = "value"
    """Where what is wrong with it is said."""
    problem: str = ""


def read_change(view: View, known: Known) -> Entry:
    """What is to be used from now on. Words that were changed count before a choice."""
    typed = str(_entered(view, "value", "memory.entered").get("value") or "").replace("\r\n", "\n").strip()
    option: Mapping[str, Any] = _entered(view, "pick", "memory.pick").get("selected_option") or {}
    before = prefilled(known).strip()
    if typed and typed != before:
        return Entry(value=typed)
    if option:
        return _chosen(known, str(option.get("value")))
    if typed:
        return Entry(problem="This is what I use already. Write another value, or cancel.")
    return Entry(problem="Write a value. To have none kept, cancel and choose Forget.")


def _chosen(known: Known, mark: str) -> Entry:
    for value, _ in known.others:
        if _mark(value) == mark:
            return Entry(value=as_entered(value), field="pick")
    return Entry(field="pick", problem="This one is no longer kept. Write it below.")


def prefilled(known: Known) -> str:
    """The value as it stands in the field: nothing where a field would not show it for what it is."""
    shown = "" if known.value is None or known.standing == "never" else known.shown
    fits = len(shown.encode("utf-16-le", "surrogatepass")) // 2 <= _ENTERED
    is_plain = all(visible_target(line) == line for line in shown.split("\n"))
    return shown if fits and is_plain else ""


def as_entered(value: Value) -> str:
    """A value in the form in which a person would write it."""
    match value:
        case None:
            return ""
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)


def _entered(view: View, block: str, action: str) -> Mapping[str, Any]:
    return view["state"]["values"].get(block, {}).get(action) or {}


def _mark(value: Value) -> str:
    """Which of the choices it is: the same however they are ordered by the time it is sent."""
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _modal_title(label: str) -> str:
    title = f"Change {lower(label)}"
    return title if len(title) <= _TITLE and is_plain_words(label) else "Change"
