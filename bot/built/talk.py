"""Talking on a page, put together."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.built.ground import Ground
from bot.on_cards import OnCards
from bot.slack.surface import SlackSurface
from bot.turn import TurnRoom
from bot.web.surface import WebSurface
from bot.web.trying import Trying
from memory.web_replies import WebReplies


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What is said on pages, and the surface on which it is answered."""

    replies: WebReplies
    surface: WebSurface


def build_talk(ground: Ground, slack: SlackSurface) -> Talk:
    """Who somebody is, their workspace in Slack says there too."""
    replies = WebReplies(ground.database)
    return Talk(replies=replies, surface=WebSurface(replies, person=slack.person))


def build_trying(ground: Ground, talk: Talk, room: TurnRoom, on_cards: OnCards, *, wake: Callable[[], None]) -> Trying:
    """Where drafts are tried out."""
    return Trying(
        talk.replies,
        room,
        items=ground.items,
        decisions=ground.decisions,
        cards=on_cards,
        files=ground.files,
        workings=ground.workings,
        wake=wake,
        now=ground.now,
    )
