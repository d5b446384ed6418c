"""Short texts that only one person reads."""

from datetime import datetime
from typing import Literal, assert_never

from bot.harmless.visible import visible, visible_target
from bot.messages import ANSWERED_PRIVATELY, QuestionState, WriteState
from bot.slack.blocks import Block, Message, context, mrkdwn, phrase, plain, section, slack_date, words
from bot.slack.cards.parts import lower

_ANSWER = 1_000
"""Characters of what others wrote in a note."""
_HEARD = 1_800
"""Characters of what was heard in a voice note: about two minutes."""


def refusal(kind: Literal["guest", "outsider", "bot"], *, team: str = "") -> Message:
    """Why somebody gets no answer; `team` is the workspace's name."""
    match kind:
        case "bot":
            return _note("I answer people only, so that two bots never talk in circles.")
        case "guest" | "outsider":
            members = f"members of {visible(team)}" if team else "members of this workspace"
            text = f"I work only for {members}. A member can ask for you."
            return Message(words(text), [{"type": "section", "text": phrase(text)}])
        case _:
            assert_never(kind)


def decided_already(item: WriteState, *, now: datetime) -> Message:
    """The second click on a card."""
    at = f" {slack_date(item.at, now)}" if item.at else ""
    match item.outcome:
        case "approved":
            what = "approved"
        case "done":
            what = lower(item.write.done)
        case "unknown":
            what = "not known whether it was done"
        case "undoing" | "undone":
            what = f"{lower(item.write.done)}, and taken back"
        case _:
            what = lower(item.write.refused)
    return _note(f"You decided this already: {words(what)}{at}.")


def not_undone(item: WriteState) -> Message:
    """A click on Undo that comes too late, or twice."""
    match item.outcome:
        case "undoing":
            return _note("I am taking this back already.")
        case "undone":
            return _note("This was taken back already.")
        case _:
            return _note("This can no longer be taken back here, so nothing was done. Undo works for 24 hours.")


def not_taken_back(problem: str) -> Message:
    """Why Undo did not work, as the service says."""
    text = "This was not taken back."
    return Message(text, [{"type": "section", "text": phrase(f"{text} {visible(problem)}"[:_ANSWER])}])


def answered_already(item: QuestionState) -> Message:
    """A second answer to a question."""
    if not item.answer:
        return out_of_date()
    said = f"You answered this already: {visible(item.answer)[:_ANSWER]}"
    return Message("You answered this already.", [{"type": "section", "text": phrase(said)}])


def not_yours() -> Message:
    """A click on somebody else's card."""
    return _note("Only the person who asked can decide this. Ask me yourself and I do it as you.")


def out_of_date() -> Message:
    """A click on a card that a newer one has replaced, or whose time is over."""
    return _note("This card is out of date, so nothing was done. The newest one is further down, or ask me again.")


def try_again() -> Message:
    """A click or command that could not be stored; Slack does not send it a second time."""
    return _note("I could not take this down, so nothing was done. Try again in a minute.")


def thanks(*, helpful: bool) -> Message:
    """After a click on the feedback buttons."""
    if helpful:
        return _note("Noted: this helped.")
    return _note("Noted: this did not help. Write what was wrong, and I try again.")


def answered_privately() -> Message:
    """What stays in a channel's thread when the answer went to the asker alone."""
    return Message(ANSWERED_PRIVATELY, [{"type": "context", "elements": [mrkdwn(ANSWERED_PRIVATELY)]}])


def answered_here(channel: str) -> Block:
    """Above an answer that was asked for in `channel`, and is for the asker alone."""
    where = f"#{visible_target(channel.removeprefix('#'))[:200]}" if channel else "a channel"
    return context(plain(f"Your question in {where}, answered here because it rests on private sources"))


def heard_message(text: str) -> Message:
    """What a voice note was understood as, above what comes of it."""
    heard = " ".join(visible(text).split())
    shown = heard if len(heard) <= _HEARD else f"{heard[:_HEARD]}… and {len(heard) - _HEARD:,} more characters"
    return Message("I listened to your voice note.", [context(plain(f"Heard: {shown or 'nothing'}"))])


def waits_for_asker() -> Message:
    """What a channel's thread shows while a card waits in the asker's own chat. Names nothing: bystanders read it."""
    text = "Waits for the asker's approval."
    return Message(text, [{"type": "context", "elements": [mrkdwn(text)]}])


def waits_for_answer() -> Message:
    """The same for a question."""
    text = "Waits for the asker's answer."
    return Message(text, [{"type": "context", "elements": [mrkdwn(text)]}])


def _note(text: str) -> Message:
    return Message(text, [section(text)])
