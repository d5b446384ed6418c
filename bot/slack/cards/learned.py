"""The receipt of a warm start: what was learned from a person's own records, and the way to look at it."""

from collections.abc import Sequence

from bot.slack.blocks import Message, actions, button, section, words


def learned_message(values: int, sources: Sequence[tuple[int, str]]) -> Message:
    """`values` that are known by now from the person's own records; `sources` as how many of what: (200, "tickets")."""
    if not values:
        text = "I found nothing of yours to learn from there. I learn from what you choose here."
        return Message(text, [section(text)])
    read = " and ".join(f"{records:,} {words(named)}" for records, named in sources)
    count = f"{values} value{'' if values == 1 else 's'}"
    text = f"Learned {count} from your last {read}, only fields you set yourself."
    return Message(text, [section(text), actions("learned", [button("Look through", "memory.open", "all")])])
