"""What a person is told of a change in what Pinyon remembers of them, in fixed sentences."""

from dataclasses import dataclass

from bot.harmless.visible import is_plain_words, visible, visible_target
from bot.self_service.known import Known
from bot.self_service.remembered import KnownName
from bot.slack.blocks import Block, Message, View, button, modal, said
from bot.slack.cards.parts import lower

NOTED = "memory.noted"
"""The callback of a note that stands in a dialog."""
_SHOWN, _PHRASE, _LABEL, _PROBLEM = 500, 150, 300, 1_000
"""Characters of a value, of a name, of a label, and of what went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What became of a change, in a sentence."""

    text: str
    """With values in it, so it only ever stands in plain text."""
    heard: str
    """The same in our words alone, for lock screens."""
    change: str = ""
    """What takes it back."""
    is_refusal: bool = False
    """Whether nothing was done."""


def note_block(note: Note) -> Block:
    """A note, with its Undo where there is one."""
    block = said(note.text)
    if note.change:
        block["accessory"] = button("Undo", "memory.undo", note.change, spoken="Undo this change")
    return block


def note_message(note: Note) -> Message:
    """A note that one person sees beside the card where they clicked."""
    return Message(note.heard, [note_block(note)])


def note_modal(note: Note) -> View:
    """A note in place of the dialog that led to it."""
    return modal("Not done" if note.is_refusal else "Done", [note_block(note)], identity="", callback=NOTED)


def changed_note(known: Known, before: str, change: str) -> Note:
    """As in: Board is now Storefront (WEB). I stopped using Platform."""
    what, where = _parted(known.label)
    stopped = f" I stopped using {cut_short(before, _SHOWN)}." if before else ""
    now = f"{what} {_is(what)} now {_value(known)}{where}.{stopped}"
    return Note(text=now, heard=f"{_ours(what)} {_is(what)} changed.", change=change)


def taken_back_note(known: Known | None) -> Note:
    if known is None:
        return Note(text="It is as it was before.", heard="It is as it was before.")
    what, where = _parted(known.label)
    text = f"{what} {_is(what)} {_value(known)} again{where}."
    return Note(text=text, heard=f"{_ours(what)} {_is(what)} as before.")


def forgotten_note(known: Known) -> Note:
    what, where = _parted(known.label)
    value = "" if known.standing == "never" or known.value is None else f" {_value(known)}"
    text = f"Forgot the {lower(what)}{value}{where}. I will ask next time."
    return Note(text=text, heard=f"Forgot the {lower(_ours(what))}. I will ask next time.")


def name_forgotten_note(name: KnownName) -> Note:
    text = f"Forgot “{cut_short(name.phrase, _PHRASE)}”. I will ask next time."
    return Note(text=text, heard="Forgot a name. I will ask next time.")


def pinned_note(known: Known, change: str) -> Note:
    what, where = _parted(known.label)
    text = f"{what} {_is(what)} always {_value(known)} from now on{where}."
    return Note(text=text, heard=f"{_ours(what)}: always the same from now on.", change=change)


def never_note(known: Known, change: str) -> Note:
    what, where = _parted(known.label)
    text = f"I never fill in the {lower(what)} from now on{where}."
    return Note(text=text, heard=f"I never fill in the {lower(_ours(what))} from now on.", change=change)


def learning_note(known: Known, change: str) -> Note:
    what, where = _parted(known.label)
    text = f"I learn the {lower(what)} again from what you do{where}."
    return Note(text=text, heard=f"I learn the {lower(_ours(what))} again.", change=change)


def all_forgotten_note(count: int, title: str) -> Note:
    values = "1 value" if count == 1 else f"{count} values"
    where = f" for {lower(title)}" if title else ""
    text = f"Forgot {values}{where}. I start from nothing there and ask again."
    return Note(text=text, heard=f"Forgot {values}.")


def problem_note(problem: str) -> Note:
    """Why nothing was changed."""
    return Note(text=visible(problem)[:_PROBLEM], heard="Nothing was changed.", is_refusal=True)


def gone_note() -> Note:
    """A click on what is no longer remembered."""
    text = "Nothing of this is kept any more, so nothing was changed."
    return Note(text=text, heard=text, is_refusal=True)


def not_used_note() -> Note:
    """A click on an answer whose call has not run."""
    text = "I have not used this answer yet, so there is nothing to change. Write the other value, and I take that."
    return Note(text=text, heard=text, is_refusal=True)


def cut_short(text: str, most: int) -> str:
    """A value as one line, shortened where one sees it."""
    line = visible_target(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _parted(label: str) -> tuple[str, str]:
    """What a label names, and what it depends on: ", when the board is Platform (PLAT)"."""
    line = cut_short(label, _LABEL)
    what, when, where = line.partition(", when ")
    return what, f"{when}{where}"


def _value(known: Known) -> str:
    """As it stands in a sentence: "Assignee is now left blank."."""
    return "left blank" if known.value is None else cut_short(known.shown, _SHOWN)


def _is(what: str) -> str:
    return "are" if what.endswith("s") else "is"


def _ours(what: str) -> str:
    return what if is_plain_words(what) else "This"
