"""Where people see which agents there are, and choose who answers them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from bot.slack.blocks import (
    SECTION,
    Block,
    Message,
    View,
    actions,
    button,
    context,
    field,
    modal,
    mrkdwn,
    plain,
    said,
    section,
    sentence,
)
from bot.slack.cards.memory_notes import cut_short
from bot.slack.cards.parts import lower
from memory.ids import AgentId

PICKED = "agent.picked"
"""The callback of the picker."""
WORKS_AS_YOU = "Every agent works as you, with your accounts and your memory."
_TITLE = "Who answers you?"
_SHOWN, _FOUND, _MINE = 10, 100, 100
"""Agents that stand in a list, that a search finds, and that can be changed from here."""
_OPTION, _VALUE, _NAME, _MAKER, _DESCRIPTION = 75, 150, 80, 25, 300
"""Characters of an option and of its value, of a name, of a maker's, and of a description in a list."""
_GENERAL = "General. Everything you have connected."


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChoice:
    """An agent that somebody may use."""

    id: AgentId
    name: str
    handle: str
    description: str
    is_default: bool = False
    is_mine: bool = False
    """Whether they own or edit it."""
    maker: str = ""
    """Whose it is; empty of a built-in one, and where that is not known."""
    missing: tuple[str, ...] = ()
    """Titles of the skills that they would still have to connect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChoices:
    """All that somebody chooses from."""

    agents: Sequence[AgentChoice]
    """Best first."""
    chosen: AgentId
    """Who answers now."""
    mine: Sequence[tuple[AgentId, str]] = ()
    """What they own or edit, published or not: (agent, name)."""
    web_url: str | None = None
    """The page of agents."""

    @property
    def shown(self) -> list[AgentChoice]:
        """Those that stand in a list: the one that answers now is always among them, and the default one is first."""
        ranked = sorted(self.agents, key=lambda one: 0 if one.is_default else 1 if one.id == self.chosen else 2)
        return ranked[:_SHOWN]


def agents_modal(choices: AgentChoices) -> View:
    """The picker. Submitting it is the callback `agent.picked`."""
    options = {one.id: _option(one) for one in choices.shown}
    radio: Block = {"type": "radio_buttons", "action_id": "agent.choice", "options": [*options.values()]}
    if first := options.get(choices.chosen):
        radio["initial_option"] = first
    where = [_plain_option("From now on", "default"), _plain_option("Only for the next question", "once")]
    scope: Block = {
        "type": "radio_buttons",
        "action_id": "agent.scope",
        "initial_option": where[0],
        "options": where,
    }
    blocks = [field("agent", "Agent", radio), *_search(choices), field("where", "Use it", scope), _own(choices.mine)]
    quiet = [mrkdwn(WORKS_AS_YOU)]
    if choices.web_url:
        quiet.append(mrkdwn(f"<{choices.web_url}|All agents on the web>"))
    blocks.append(context(*quiet))
    return modal(_TITLE, blocks, identity="", submit="Use this one", callback=PICKED, close="Cancel")


def found_agents(choices: Iterable[AgentChoice], typed: str) -> list[Block]:
    """The options of the search field: whose name, handle or description has what was typed, those by name first."""
    wanted = typed.strip().casefold()
    ranked = [(rank, one) for one in choices if (rank := _rank(one, wanted)) is not None]
    return [_option(one) for _, one in sorted(ranked, key=itemgetter(0))][:_FOUND]


def agents_message(choices: AgentChoices) -> Message:
    """The same as a message, for where no dialog can be opened at once."""
    shown, more = choices.shown, len(choices.agents) - len(choices.shown)
    rows = [_row(one, number, is_chosen=one.id == choices.chosen) for number, one in enumerate(shown)]
    rest = [context(mrkdwn(f"and {more} more: type `/pinyon use` and a name, or look on the web"))] if more > 0 else []
    web = [button("Open on the web", "agent.web", "web", url=choices.web_url)] if choices.web_url else []
    blocks = [
        *sentence(_TITLE, WORKS_AS_YOU),
        *rows,
        *rest,
        actions("agent:foot", [button("Make your own", "agent.make", "new"), *web]),
    ]
    return Message("Who answers you: the agents you may use.", blocks)


def who_answers(name: str) -> Block:
    """The row of the Home tab; an empty name is the default agent."""
    stays = "In a thread, the agent that began it goes on."
    change = button("Change", "home.agent", "home", spoken="Change who answers you")
    if not name:
        return section(f"*Pinyon*, the general one. {stays}", accessory=change)
    # The name is somebody's: it stands where nothing in it acts.
    text = plain(f"{shown_name(name)} answers you. {stays}")
    return {"type": "section", "text": text, "accessory": change}


def shown_name(name: str) -> str:
    """An agent's name in a line."""
    return cut_short(name, _NAME)


def _row(one: AgentChoice, number: int, *, is_chosen: bool) -> Block:
    told = [f"{shown_name(one.name)} ({one.handle})", cut_short(_says(one), _DESCRIPTION), _tail(one, named=10)]
    if is_chosen:
        told[0] += ", answers you now"
    block = said("\n".join(line for line in told if line)[:SECTION])
    if not is_chosen:
        block["accessory"] = button("Use", f"agent.use:{number}", one.id)
    return block


def _option(one: AgentChoice) -> Block:
    tail = _tail(one)
    room = _OPTION - len(tail) - 1
    about = f"{_clipped(_says(one), room)} {tail}" if room > 20 else tail
    described = {"description": plain(cut_short(about.strip(), _OPTION))} if about.strip() else {}
    return {"text": plain(cut_short(shown_name(one.name), _OPTION)), "value": one.id[:_VALUE], **described}


def _clipped(text: str, most: int) -> str:
    """The beginning of a description, up to a word's end where there is one."""
    line = cut_short(text, most)
    if not line.endswith("…"):
        return line
    words = line[:-1].rpartition(" ")[0].rstrip(" ,;.") if " " in line[most // 2 :] else line[:-1]
    return f"{words}…"


def _plain_option(label: str, value: str) -> Block:
    return {"text": plain(label), "value": value}


def _says(one: AgentChoice) -> str:
    return _GENERAL if one.is_default else one.description


def _tail(one: AgentChoice, *, named: int = 1) -> str:
    """Whose it is, and what it still needs, the first of it by name."""
    whose = "Yours." if one.is_mine else f"By {cut_short(one.maker, _MAKER)}." if one.maker else ""
    return f"{whose} {_needs([lower(title) for title in one.missing], named)}".strip()


def _needs(missing: Sequence[str], named: int) -> str:
    if not missing:
        return ""
    more = len(missing) - named
    return f"Needs: {', '.join(missing[:named])}{f' and {more} more' if more > 0 else ''}."


def _search(choices: AgentChoices) -> list[Block]:
    if len(choices.agents) <= _SHOWN:
        return []
    search: Block = {
        "type": "external_select",
        "action_id": "agent.find",
        "placeholder": plain("Name, handle or what it does"),
        "min_query_length": 0,
    }
    hint = "What you choose here counts before the one above."
    return [field("other", f"Or another of all {len(choices.agents)}", search, optional=True, hint=hint)]


def _own(mine: Sequence[tuple[AgentId, str]]) -> Block:
    """The ways to agents of one's own."""
    elements = [button("Make your own", "agent.make", "new")]
    if mine:
        options = [_plain_option(cut_short(shown_name(name), _OPTION), agent) for agent, name in mine[:_MINE]]
        placeholder = plain("Change one of yours…")
        elements.append(
            {"type": "static_select", "action_id": "agent.change", "placeholder": placeholder, "options": options}
        )
    return actions("agent:own", elements)


def _rank(one: AgentChoice, wanted: str) -> int | None:
    """How well an agent fits what was typed, 0 is best; None where it does not."""
    name, handle = one.name.casefold(), one.handle.casefold()
    if name.startswith(wanted) or handle.startswith(wanted):
        return 0
    if wanted in name or wanted in handle:
        return 1
    return 2 if wanted in one.description.casefold() else None
