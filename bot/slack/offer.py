"""The buttons under an answer that its asker alone got, with which they share it where they asked."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from bot.harmless.hold_back import neutralise
from bot.harmless.visible import visible, visible_target
from bot.messages import IncomingMessage
from bot.sharing import Readers
from bot.slack.blocks import Block, Message, View, actions, button, context, divider, modal, plain, section, sentence
from bot.slack.split import split_answer
from bot.slack.text import plain_text
from memory.ids import PersonId
from memory.shares import LASTS, Share, Shares

EDITABLE = 3_000
"""Characters that a field of a dialog takes; a longer answer is shared as it is, or not."""
BUTTON = 75
"""Characters that a button's label takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Keeps what can be shared, with what its person was told of its readers."""

    shares: Shares
    readers: Callable[[PersonId, str], Awaitable[Readers]]
    channel_name: Callable[[str], Awaitable[str]]
    team: str
    now: Callable[[], datetime]

    async def offer(self, message: IncomingMessage, words: str, shown: Message, *, at: int) -> str:
        """Put the buttons that share `words` into `shown`, before its block number `at`; gives what they share.

        The same turn offers the same once more: a worker that goes on with a dead one's answer changes nothing.
        """
        readers = await self.readers(message.person, message.channel)
        now = self.now()
        share = Share(
            id=f"s_{hashlib.sha256(message.turn.encode()).hexdigest()[:24]}",
            person=message.person,
            channel=message.channel,
            thread=message.thread,
            words=words,
            message="",
            people=readers.people,
            outside=readers.outside,
            created_at=now,
            expires_at=now + LASTS,
        )
        channel = await self.channel_name(message.channel)
        shown.blocks.insert(at, share_buttons(share, channel=channel, team=self.team))
        await self.shares.add(replace(share, message=json.dumps(asdict(shown))))
        return share.id

    async def stands(self, share: str, place: str) -> None:
        """Keep where the buttons of `share` stand (`channel:ts`)."""
        await self.shares.shown(share, place)


def share_buttons(share: Share, *, channel: str, team: str) -> Block:
    """Share and, where the words fit into a dialog, Edit."""
    asks = f"Share in {in_channel(channel)}"
    label = asks if len(asks) <= BUTTON else "Share in the channel"
    first = button(label, "share.here", share.id)
    first["confirm"] = {
        "title": plain(f"{asks}?"),
        "text": plain(f"{who_sees(share, team=team)} the answer above, exactly as written, with your name on it."),
        "confirm": plain("Share"),
        "deny": plain("Keep private"),
        "style": "primary",
    }
    edit = [button("Edit, then share", "share.edit", share.id)] if len(share.words) <= EDITABLE else []
    return actions(f"share:{share.id}", [first, *edit])


def who_sees(share: Share, *, team: str) -> str:
    """How many would see it: "38 people, also people outside Tamarack, will see"."""
    outside = f", also people outside {visible(team)[:80]}," if share.outside else ""
    match share.people:
        case None:
            return f"Everybody who reads there{outside} will see"
        case 1:
            return f"1 person{outside} will see"
        case count:
            return f"{count:,} people{outside} will see"


def share_modal(share: Share, *, channel: str, team: str) -> View:
    """The words in a field: what is sent is what is posted."""
    field: Block = {
        "type": "input",
        "block_id": "words",
        "label": plain("Text, exactly as it will be posted"),
        "element": {
            "type": "plain_text_input",
            "action_id": "share.words",
            "multiline": True,
            "max_length": EDITABLE,
            "initial_value": share.words,
        },
    }
    told = f"{who_sees(share, team=team)} it in {in_channel(channel)}, with your name on it."
    blocks = [field, context(plain(told))]
    return modal("Edit, then share", blocks, identity=share.id, submit="Share", callback="share.edited")


def sent_words(view: View) -> str:
    """What somebody wrote in the dialog, with nothing in it that pings or loads."""
    return neutralise(str(view["state"]["values"]["words"]["share.words"].get("value") or "").strip())


def in_place(share: Share, *blocks: Block) -> Message:
    """The message with the buttons, with `blocks` where they stood."""
    drawn = json.loads(share.message)
    kept: list[Block] = []
    for block in drawn["blocks"]:
        kept += blocks if block.get("block_id") == f"share:{share.id}" else [block]
    return Message(drawn["text"], kept)


def asks_again(share: Share, *, channel: str, team: str, is_edited: bool) -> list[Block]:
    """In place of the buttons: people outside read there now, so the person decides once more."""
    why = sentence("Not shared yet.", f"People outside {visible(team)[:80]} may read {in_channel(channel)} now.")
    mine = [divider(), context(plain("What you wrote")), *_parts(share.words)] if is_edited else []
    return [*mine, *why, share_buttons(share, channel=channel, team=team)]


def shared_line(channel: str) -> Block:
    """In place of the buttons, once it is shared."""
    return context(plain(f"Shared in {in_channel(channel)}"))


def posted(name: str, words: str) -> list[Message]:
    """What the channel's thread gets: whose answer it is, and exactly `words`."""
    parts = split_answer(words)
    messages = [Message(plain_text(part), [{"type": "markdown", "text": part}]) for part in parts]
    if messages:
        messages[0].blocks.insert(0, context(plain(f"{visible_target(name)[:200]} shared this answer:")))
    return messages


def shared_already(channel: str) -> Message:
    """A second click."""
    text = f"This is shared in {in_channel(channel)} already."
    return Message("This is shared already.", [{"type": "section", "text": plain(text)}])


def share_over() -> Message:
    """A click after the week in which an answer can be shared."""
    return _note("An answer can be shared for 7 days, and these are over. Nothing was posted. Ask me again.")


def nothing_to_share() -> Message:
    """A dialog without a word in it."""
    return _note("There was nothing in the field, so nothing was posted.")


def not_posted() -> Message:
    """Slack did not take it."""
    return _note("I could not post it there, so nothing was shared. Try again in a minute.")


def in_channel(channel: str) -> str:
    return f"#{visible_target(channel.removeprefix('#'))[:80]}" if channel else "the channel"


def _parts(words: str) -> list[Block]:
    return [{"type": "markdown", "text": part} for part in split_answer(words)]


def _note(text: str) -> Message:
    return Message(text, [section(text)])
