"""The reply to a message that is nothing but files: what came, and what can be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.harmless.visible import visible_target
from bot.messages import AttachedFile, ReceivedFile
from bot.slack.blocks import SECTION, Block, Message, actions, button, said, section

SHOWN = 8
"""Files that are named one by one."""
NAME = 200
"""Characters of a name."""
_ASK = "What should I do with it?"
_ASK_MANY = "What should I do with them?"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do with files: a tap posts `words` as the person's question.

    No name of a file is in them: whoever made the file chose it, and the words are the person's.
    """

    label: str
    words: str


SUGGESTIONS: Mapping[str, Suggestion] = {
    "summarise": Suggestion("Summarise", "Summarise the file that I attached."),
    "chart": Suggestion("Chart it", "Make a chart of the file that I attached."),
    "oddities": Suggestion("Find oddities", "Find what is odd in the file that I attached."),
    "decided": Suggestion("List what is decided", "List what is decided in the file that I attached."),
    "dates": Suggestion("Find dates", "List the dates in the file that I attached."),
    "describe": Suggestion("Describe it", "Describe the picture that I attached."),
    "text": Suggestion("Read its text", "Read me the text in the picture that I attached."),
    "summarise_all": Suggestion("Summarise them", "Summarise the files that I attached."),
    "compare": Suggestion("Compare them", "Compare the files that I attached."),
}
"""By the value of its button."""
_DOCUMENT = ("summarise", "decided", "dates")
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "sheet": ("summarise", "chart", "oddities"),
    "data": ("summarise", "oddities"),
    "picture": ("describe", "text"),
    "sound": (),
    **dict.fromkeys(("pdf", "word", "slides", "text", "page", "mail"), _DOCUMENT),
}


def only_file(attached: Sequence[AttachedFile], received: Sequence[ReceivedFile]) -> Message:
    """Ask what to do with what came; of what could not be read, say why. `received` is what became of `attached`."""
    files = received or [ReceivedFile(name=file.name, kind=file.kind or "file", facts="") for file in attached]
    read, unread = [file for file in files if file.kind], [file for file in files if not file.kind]
    blocks = [said(_got(file)) for file in unread[:SHOWN]]
    if len(unread) > SHOWN:
        blocks.append(said(f"I could not read {len(unread) - SHOWN} more."))
    blocks += _asks(read)
    if not read:
        return Message("I could not read what you attached." if len(unread) > 1 else "I could not read this.", blocks)
    ask = _ASK if len(read) == 1 else _ASK_MANY
    return Message(f"I got your file. {ask}" if len(read) == 1 else f"I got {len(read)} files. {ask}", blocks)


def asked_by(name: str, words: str) -> Message:
    """What stands in the thread for a question that was asked by a tap; in a channel with the name of who asked."""
    text = f"You asked: {words}"
    if not name:
        return Message(text, [section(text)])
    return Message(f"Asked: {words}", [said(f"{visible_target(name)[:NAME]} asked: {words}")])


def _asks(read: Sequence[ReceivedFile]) -> list[Block]:
    match read:
        case []:
            return []
        case [file]:
            about = [said(f"Got {_told(file)}. {_ASK}")]
            offered = _BY_KIND.get(file.kind, ("summarise",))
        case _:
            names = "\n".join(map(_told, read[:SHOWN]))
            more = f"\nand {len(read) - SHOWN} more" if len(read) > SHOWN else ""
            about = [said(f"Got {len(read)} files:\n{names}{more}"[:SECTION]), said(_ASK_MANY)]
            offered = ("summarise_all", "compare")
    buttons = [button(SUGGESTIONS[name].label, f"file.ask:{at}", name) for at, name in enumerate(offered)]
    return [*about, actions("file", buttons)] if buttons else about


def _got(file: ReceivedFile) -> str:
    return f"I could not read {_named(file)}. {visible_target(file.facts)}"[:SECTION]


def _told(file: ReceivedFile) -> str:
    facts = visible_target(file.facts)[:NAME]
    return f"{_named(file)}, {facts}" if facts.strip() else _named(file)


def _named(file: ReceivedFile) -> str:
    return visible_target(file.name)[:NAME]
