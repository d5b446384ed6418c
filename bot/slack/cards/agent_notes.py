"""What is said once somebody chose an agent, made one, changed or published it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.harmless.visible import visible_target
from bot.slack.blocks import (
    SECTION,
    SPOKEN,
    Block,
    Message,
    View,
    actions,
    button,
    context,
    modal,
    mrkdwn,
    said,
    section,
)
from bot.slack.cards.agents import WORKS_AS_YOU, shown_name
from memory.ids import AgentId

DONE = "agent.done"
"""The callback of a dialog that only tells something."""
_STARTERS, _STARTER, _WHY, _PROBLEMS = 3, 1_000, 1_000, 5
"""Starters on a message, characters of one and of a sentence with values, and problems that a dialog lists."""
Starters = Sequence[tuple[str, str]]
"""(what is clicked on, the words), as `offered` gives them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An agent that somebody saved, and has not published yet."""

    agent: AgentId
    revision: int
    name: str
    is_live: bool
    """Whether an earlier version of it answers."""
    problems: tuple[str, ...] = ()
    """What keeps it from being published."""
    url: str | None = None
    """Where it is tried out and edited on the web."""


def offered(agent: AgentId, starters: Sequence[str]) -> Starters:
    """The starters of an agent that can be shown for what they are, with what their button carries.

    Whoever taps it asks it, and an agent may be a stranger's: a starter with something invisible
    in it is not offered, and the button holds to the words that were shown.
    """
    whole = [one for one in starters if one.strip() and len(one) <= _STARTER and visible_target(one) == one]
    return [(f"{agent}:{_mark(one)}", one) for one in dict.fromkeys(whole)]


def prompts_of(starters: Sequence[str]) -> list[str]:
    """Those of them that are seen whole where there is room for a title only."""
    return [words for _, words in offered(AgentId(""), starters) if len(words) <= SPOKEN]


def starter_of(value: str, starters: Sequence[str]) -> str | None:
    """The words behind a tapped starter, unless the agent has changed them since."""
    agent, _, _ = value.rpartition(":")
    return dict(offered(AgentId(agent), starters)).get(value)


def now_answers(
    agent: AgentId, name: str, starters: Sequence[str], *, is_default: bool = False, once: bool = False
) -> Message:
    """Who answers from now on, or the next question; with what to begin with."""
    until = "your next question" if once else "you from now on"
    if is_default:
        text = f"Pinyon answers {until}."
        return Message(text, [section(text)])
    found = [*enumerate(offered(agent, starters)[:_STARTERS])]
    short = [button(words, f"agent.start:{at}", value) for at, (value, words) in found if len(words) <= SPOKEN]
    # What no button shows whole stands beside one that is named otherwise.
    long = [
        said(words) | {"accessory": button("Ask this", f"agent.start:{at}", value)}
        for at, (value, words) in found
        if len(words) > SPOKEN
    ]
    blocks = [
        said(f"{shown_name(name)} answers {until}."),
        *long,
        actions("agent:start", [*short, button("Back to Pinyon", "agent.back", "default")]),
        context(mrkdwn(WORKS_AS_YOU)),
    ]
    return Message(f"Another agent answers {until}.", blocks)


def channel_answers(name: str) -> Message:
    """Who answers in a channel where people chose nobody themselves; an empty name is the default one."""
    others = "who has not chosen another agent"
    if not name:
        text = f"Pinyon answers in this channel again, for everybody {others}."
        return Message(text, [section(text)])
    line = f"{shown_name(name)} answers in this channel from now on, for everybody {others}."
    return Message("Another agent answers in this channel from now on.", [said(line)])


def no_channel() -> Message:
    text = "This is our own chat, so nobody else asks here. `/pinyon use` and a name lets an agent answer you."
    return Message(text, [section(text)])


def unknown_agent(near: Sequence[str]) -> Message:
    """That there is no agent of that handle, as far as the person may know; with the nearest handles."""
    guess = f"Nearest: {', '.join(near)}." if near else "`/pinyon agents` shows those that there are."
    text = f"There is no agent of that handle that you may use. {guess}"
    return Message(text, [section(text)])


def agent_problem(why: str) -> Message:
    """Why something was not done, in a sentence that may hold names."""
    return Message("That was not done.", [said(visible_target(why)[:_WHY])])


def asked_by_starter(words: str) -> Message:
    """What stands in the chat for a starter of an agent that was tapped."""
    return Message("You asked by a tap.", [said(f"You asked: {words}")])


def loading_modal() -> View:
    """What stands there until the agents are found."""
    return modal("Agents", [section("Looking them up.")], identity="", callback=DONE)


def saved_modal(draft: Draft) -> View:
    """A draft that was saved: it is published from here, or tried out first."""
    state = "What is live has not changed." if draft.is_live else "Only you see it until you publish and share it."
    blocks = [said(f"{shown_name(draft.name)} is saved as a draft."), section(state), *_problems(draft)]
    buttons: list[Block] = []
    if draft.url:
        label = "Mend it on the web" if draft.problems else "Try it on the web"
        buttons.append(button(label, "agent.web", "web", url=draft.url))
    if not draft.problems:
        value = f"{draft.agent}:{draft.revision}"
        buttons.append(button("Publish now", "agent.publish", value, style="primary"))
    if buttons:
        blocks.append(actions("agent:draft", buttons))
    return modal("Draft saved", blocks, identity="", callback=DONE)


def published_modal(agent: AgentId, name: str, *, number: int, share_url: str | None) -> View:
    """A version that answers now."""
    blocks = [
        said(f"{shown_name(name)} is published, as version {number}."),
        section("People with whom it is shared get this version with their next question."),
    ]
    buttons = [button("Use it from now on", "agent.use", agent)]
    if share_url:
        buttons.append(button("Share it", "agent.web", "web", url=share_url))
    blocks.append(actions("agent:published", buttons))
    return modal("Published", blocks, identity="", callback=DONE)


def agent_note_modal(message: Message, *, title: str = "Done") -> View:
    """A message in the place of a dialog."""
    return modal(title, message.blocks, identity="", callback=DONE)


def not_saved_modal(why: str, *, agent: AgentId | None = None) -> View:
    """Why a dialog could not be acted on, with the way to open it anew."""
    again = [actions("agent:again", [button("Open it again", "agent.change", agent)])] if agent else []
    return modal("Not done", [said(visible_target(why)[:_WHY]), *again], identity="", callback=DONE)


def _problems(draft: Draft) -> list[Block]:
    if not draft.problems:
        return []
    more = len(draft.problems) - _PROBLEMS
    told = [*draft.problems[:_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    lines = "\n".join(visible_target(one)[: SECTION // 8] for one in told)
    return [section("*Before it can be published*"), said(lines)]


def _mark(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:24]
