"""What memory filled in of a write that ran, as its receipt says it: each value with its way to be changed."""

from collections.abc import Iterable, Iterator

from bot.messages import Pair, WriteState
from bot.slack.blocks import Block, button, mrkdwn, overflow, words
from bot.slack.cards.parts import lower

CORRECTS = "Correct a value and I stop using the old one"
NAMED = 5
"""Labels that the fallback text names."""
NAME = "n_"
"""How the id of a name begins."""


def remembered(item: WriteState) -> list[Pair]:
    """The lines of a write that memory filled in; none before it ran, as Edit changes them there."""
    return [pair for pair in item.write.pairs if pair.memory] if item.outcome == "done" else []


def menus_of(items: Iterable[WriteState]) -> dict[str, Block]:
    """Memory id → the menu beside its value: one for each, also where several writes share it."""
    found = [(item, pair) for item in items for pair in remembered(item)]
    first = {pair.memory: (item, pair) for item, pair in reversed(found)}
    return {memory: _beside(number, *shown) for number, (memory, shown) in enumerate(reversed(first.items()), start=1)}


def value_buttons(item: WriteState) -> Iterator[Block]:
    """For the row below: the two buttons of a value that is the only one, and the way to all that is remembered."""
    pairs = remembered(item)
    if len(pairs) == 1:
        if not _is_name(pairs[0]):
            yield _value_button(item, pairs[0], "change")
        yield _value_button(item, pairs[0], "forget")
    if pairs:
        yield all_button([item])


def all_button(items: Iterable[WriteState]) -> Block:
    """Leads to all that is remembered, beginning with the skill of the first value on these."""
    first = next((pair.memory for item in items for pair in remembered(item)), "all")
    return button("All I remember", "memory.open", first)


def told_of_memory(item: WriteState) -> str:
    """What the fallback adds to a write's past fact: ", with 3 values I remembered: board, title prefix, labels"."""
    pairs = remembered(item)
    if not pairs:
        return ""
    named = [lower(pair.label) for pair in pairs[:NAMED]]
    rest = [f"and {len(pairs) - NAMED} more"] if len(pairs) > NAMED else []
    count = "1 value" if len(pairs) == 1 else f"{len(pairs)} values"
    return f", with {count} I remembered: {', '.join([*named, *rest])}"


def corrects(items: Iterable[WriteState]) -> list[Block]:
    """That a correction holds, for the quiet line."""
    return [mrkdwn(CORRECTS)] if any(map(remembered, items)) else []


def value_of(pair: Pair, verb: str, item: WriteState) -> str:
    """What a click sends: what is remembered, what becomes of it, and the card whose person may decide that."""
    return f"{pair.memory}:{verb}:{item.write.pending}"


def _beside(number: int, item: WriteState, pair: Pair) -> Block:
    """The menu of a value. A name can only be forgotten, and a menu of one entry is a button."""
    if _is_name(pair):
        return _value_button(item, pair, "forget", f":{number}")
    return overflow(f"memory.value:{number}", dict(_menu(item, pair)))


def _value_button(item: WriteState, pair: Pair, verb: str, number: str = "") -> Block:
    label = verb.capitalize()
    spoken = f"{label}: {words(pair.label)}"
    return button(label, f"memory.{verb}{number}", value_of(pair, verb, item), spoken=spoken)


def _is_name(pair: Pair) -> bool:
    """Whether the value came from the person's own word for it (`KnownName`)."""
    return pair.memory.startswith(NAME)


def _menu(item: WriteState, pair: Pair) -> Iterator[tuple[str, str]]:
    yield "Change…", value_of(pair, "change", item)
    yield "Forget", value_of(pair, "forget", item)
    if not pair.origin.startswith("always"):
        yield "Always use this", value_of(pair, "pin", item)
