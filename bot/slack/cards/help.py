"""What the slash command answers when it is asked for help, or for something it does not know."""

from difflib import get_close_matches

from bot.harmless.visible import visible_target
from bot.slack.blocks import Block, Message, actions, button, said, section, sentence, words

WORDS = {
    "connect": "connect an account: add a skill or a service, and “another” for a second account",
    "skills": "see what I can do for you, and as whom",
    "memory": "see and change what I remember of how you work",
    "agents": "see who can answer you, make your own",
    "use": "let another agent answer: add its name, and “once” or “here” (in this channel)",
    "web": "open all of this on the web",
    "help": "see this list",
}
"""What may follow the slash command."""
_WITHOUT = ("use", "web")
"""Words that get no button of their own: a row has five."""


def help_message(*, command: str = "/pinyon") -> Message:
    listed = "\n".join(f"`{command} {word}`  {meaning}" for word, meaning in WORDS.items())
    how = "Half a sentence is enough. I act as you, and ask before I change anything."
    blocks = [
        *sentence("Write what you need in your own words.", how),
        section(listed),
        actions(
            "help",
            [
                _offer("connect", "Connect an account"),
                _offer("skills", "See my skills"),
                _offer("memory", "What I remember"),
                _offer("agents", "Who answers"),
            ],
        ),
    ]
    return Message(f"Write what you need in your own words. {how}", blocks)


def unknown_command(word: str, *, command: str = "/pinyon") -> Message:
    """An answer that names the nearest word there is."""
    near = get_close_matches(word.strip().lower(), WORDS, n=1)
    others = [known for known in WORDS if known not in near]
    guess = f"Did you mean {near[0]}? Others: {', '.join(others)}." if near else f"I know: {', '.join(others)}."
    typed = visible_target(" ".join(word.split())[:100])
    buttons = [_offer(known, known.capitalize()) for known in (*near, *others) if known not in _WITHOUT]
    text = f"That is not one of my commands. {guess}"
    return Message(words(text), [said(f"{command} {typed} is not one of mine. {guess}"), actions("help", buttons)])


def web_message(url: str | None) -> Message:
    """The way to the pages, where there are any."""
    if url is None:
        text = "There are no pages here. An admin sets PINYON_PUBLIC_URL."
        return Message("There are no pages here.", [said(text)])
    text = "Your connections, what I remember, and your agents, in your browser."
    return Message(text, [section(text), actions("web", [button("Open on the web", "help.page", "web", url=url)])])


def _offer(word: str, label: str) -> Block:
    return button(label, f"help.{word}", word)
