"""What goes with an answer beside its words: the code behind it, and word of files that did not arrive."""

from collections.abc import Iterator, Sequence

from bot.harmless.visible import visible, visible_target
from bot.messages import HandedWorking
from bot.slack.blocks import Block, Message, View, actions, button, code, context, cut, modal, mrkdwn, said, section
from bot.slack.uploads import NotAttached
from memory.workings import StoredWorking

MOST = 5
"""Buttons in a row: of more results the newest."""
NAMED = 5
"""Files that a line names."""
SHOWN = 200_000
"""Characters of code in a dialog; Slack takes 250,000 of JSON, and 100 blocks."""
PIECES = 90


def workings_row(workings: Sequence[HandedWorking]) -> list[Block]:
    """The buttons that show the code behind an answer; none where there is none."""
    newest = list(workings[-MOST:])
    return [actions("workings", _buttons(newest))] if newest else []


def _buttons(workings: Sequence[HandedWorking]) -> Iterator[Block]:
    alike = [_noun(working) for working in workings]
    for at, working in enumerate(workings):
        noun = _noun(working)
        number = f" {alike[: at + 1].count(noun)}" if alike.count(noun) > 1 else ""
        label = f"Show {noun}{number}"
        yield button(label, f"working.show:{at}", working.id, spoken=f"{label}: what this answer rests on")


def _noun(working: HandedWorking) -> str:
    return "SQL" if working.language == "sql" else "code"


def working_modal(working: StoredWorking) -> View:
    """The code, as it ran."""
    ran = "What I asked the database for this answer" if working.language == "sql" else "What I ran for this answer"
    pieces = cut(visible(working.code)[:SHOWN])
    rest = [context(mrkdwn("The rest is too long for this window"))] if len(pieces) > PIECES else []
    blocks = [context(mrkdwn(ran)), *map(code, pieces[:PIECES]), *rest]
    return modal("SQL" if working.language == "sql" else "Code", blocks, identity=working.id)


def working_gone() -> Message:
    """A click on code that is no longer kept."""
    text = "I keep the code behind an answer for 30 days, and these are over. Ask me again, and I show it anew."
    return Message(text, [section(text)])


def working_not_yours() -> Message:
    """A click of somebody else on the code behind an answer."""
    text = "Only the person who asked can see the code. Ask me yourself and I show you mine."
    return Message(text, [section(text)])


def stays_private() -> Block:
    """Beside the buttons that share an answer which is more than words."""
    return context(mrkdwn("Sharing takes the words along. Tables and files stay with you."))


def not_attached(lost: Sequence[NotAttached]) -> Message:
    """Files that did not get to where the answer stands, why, and where they are."""
    count = sum(len(one.files) for one in lost)
    text = "A file could not be attached." if count == 1 else f"{count} files could not be attached."
    return Message(text, [said(_why(one)) for one in lost[:NAMED]])


def _why(lost: NotAttached) -> str:
    names = [visible_target(file.name)[:200] for file in lost.files[:NAMED]]
    more = f" and {len(lost.files) - NAMED} more" if len(lost.files) > NAMED else ""
    them = "it" if len(lost.files) == 1 else "them"
    kept = f" I keep {them} for 30 days: ask for {them} where you asked this." if lost.is_kept else ""
    return f"I could not attach {', '.join(names)}{more}. {lost.why}{kept}"
