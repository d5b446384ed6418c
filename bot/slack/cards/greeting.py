"""What Pinyon says before there is a question."""

from collections.abc import Collection, Sequence

from bot.harmless.visible import is_plain_words
from bot.slack.blocks import Block, Message, actions, button, context, mrkdwn, section, sentence
from bot.slack.onboarding import Starter


def first_message(starters: Sequence[Starter], ready: Collection[str] = ()) -> Message:
    """The greeting, once per person. `ready` are the skills whose account is connected."""
    text = "Hello, I’m Pinyon. I do small jobs in the tools you work in, as you, and ask before I change anything."
    greeting = (
        "I do small jobs in the tools you work in: as you, with your access, and I ask before I change anything"
        " you did not clearly ask for."
    )
    blocks = [
        *sentence("Hello, I’m Pinyon.", greeting),
        _starts(starters),
        context(mrkdwn(_readiness(starters, ready))),
    ]
    return Message(text, blocks)


def second_message(starters: Sequence[Starter], *, team: str = "") -> Message:
    """The one nudge. `team` is the workspace's name once enough of its people have shown what is used most."""
    most = f"what people at {team} use most" if team and is_plain_words(team) else "a good start"
    begin = f"Not sure where to begin? These three are {most}. Tap one, or write what you need in your own words."
    blocks = [
        section(f"{begin} Half a sentence is enough."),
        _starts(starters),
        context(mrkdwn("I write this once and won’t nudge again.")),
    ]
    return Message("Not sure where to begin? Tap one, or write it in your own words.", blocks)


def empty_message(starters: Sequence[Starter]) -> Message:
    text = "I got an empty message. Write what you need, or tap one:"
    return Message(text, [section(text), _starts(starters)])


def _starts(starters: Sequence[Starter]) -> Block:
    buttons = [
        button(starter.title, f"start.{number}", f"start:{starter.name}") for number, starter in enumerate(starters)
    ]
    return actions("start", buttons[:5])


def _readiness(starters: Sequence[Starter], ready: Collection[str]) -> str:
    works = [starter.needs is None or starter.needs in ready for starter in starters]
    match works.count(True):
        case count if count == len(works):
            return "All of them work right now."
        case 0:
            return "They ask you to connect an account once."
        case 1 if works[0]:
            return "The first one works right now. The others ask you to connect an account once."
        case count:
            return f"{count} of them work right now. The others ask you to connect an account once."
