"""The dialog that lists what Pinyon remembers of a person, one skill at a time."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.harmless.visible import is_plain_words, visible_target
from bot.self_service.known import Known
from bot.self_service.remembered import KnownName
from bot.slack.blocks import (
    Block,
    Message,
    View,
    actions,
    button,
    confirmation,
    context,
    divider,
    header,
    modal,
    mrkdwn,
    overflow,
    plain,
    section,
    slack_day,
    words,
)
from bot.slack.cards.memory_notes import Note, cut_short, note_block
from bot.slack.cards.parts import lower
from memory.parameters.evidence import WITHIN, How

LIST = "memory.closed"
"""The callback of the list."""
TITLE = "What I remember"
ROWS, NAMES = 70, 20
"""Blocks of values and of names that the list shows; Slack takes 100 in all, and the web page has the rest."""
_SHOWN, _OPTION, _LABEL = 500, 75, 150
"""Characters of a value, of a skill in the menu, and of a label."""
_SKILLS = 100
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
_HOW: Mapping[How | None, str] = {"chose": "you chose", "said": "you said", "changed": "you changed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryState:
    """All that the list shows."""

    now: datetime
    known: Sequence[Known] = ()
    names: Sequence[KnownName] = ()
    titles: Mapping[str, str]
    """Skill → what people call it."""
    skill: str = ""
    """The skill that is looked at; the first one where nothing is known of it."""
    web_url: str | None = None
    note: Note | None = None

    @property
    def skills(self) -> list[str]:
        return list(dict.fromkeys(known.skill for known in self.known))

    @property
    def shown_skill(self) -> str:
        return self.skill if self.skill in self.skills else next(iter(self.skills), "")

    @property
    def rows(self) -> list[Known]:
        """The values of the skill that is looked at: what others depend on comes before them."""
        mine = [known for known in self.known if known.skill == self.shown_skill]
        return sorted(mine, key=lambda known: WITHIN in known.parameter)

    def title(self, skill: str) -> str:
        return self.titles.get(skill, skill)


def memory_modal(state: MemoryState) -> View:
    """The list, with a menu for each value. `private_metadata` is the skill, a menu's values are `id:verb`."""
    if not state.known and not state.names:
        return modal(TITLE, [*_noted(state), nothing_yet()], identity="", callback=LIST)
    blocks = [_intro(state), *_noted(state), divider(), *_values(state), *_quiet(state), *_names(state), *_foot(state)]
    return modal(TITLE, blocks, identity=state.shown_skill, callback=LIST)


def nothing_yet() -> Block:
    """The empty state."""
    first = "File a ticket or plan a meeting with Pinyon. What you choose yourself shows up here."
    return section(f"*Nothing remembered yet.*\n{first}")


def memory_message(*, url: str | None) -> Message:
    """The way to the list, for where no dialog can be opened at once."""
    text = "What I remember of how you work, and from when and where. Nobody else sees it."
    web = [button("Edit on the web", "memory.web", "all", url=url)] if url else []
    return Message(text, [section(text), actions("memory:open", [button("Look through", "memory.open", "all"), *web])])


def _noted(state: MemoryState) -> list[Block]:
    return [note_block(state.note)] if state.note else []


def _intro(state: MemoryState) -> Block:
    text = "Values I fill in for you, learned from what you did yourself. Nobody else sees them."
    if not state.skills:
        return section(text)
    options = {skill: {"text": plain(_title(state, skill)), "value": skill} for skill in state.skills[:_SKILLS]}
    chosen = options.get(state.shown_skill)
    select = {"type": "static_select", "action_id": "memory.skill", "placeholder": plain("Skill")}
    return section(
        text,
        accessory=select | ({"initial_option": chosen} if chosen else {}) | {"options": list(options.values())},
    )


def _title(state: MemoryState, skill: str) -> str:
    return state.title(skill)[:_OPTION]


def _values(state: MemoryState) -> list[Block]:
    """A row for each value, under a heading for each thing that is done where there are several."""
    groups = list(dict.fromkeys(known.doing for known in state.rows))
    blocks: list[Block] = []
    shown = 0
    for doing in groups:
        rows = [known for known in state.rows if known.doing == doing]
        room = ROWS - len(blocks) - (len(groups) > 1)
        if room > 0:
            blocks += [header(doing[:_LABEL])] if len(groups) > 1 and doing else []
            blocks += [_row(known, shown + at, state.now) for at, known in enumerate(rows[:room], start=1)]
            shown += len(rows[:room])
    return [*blocks, *_more(len(state.rows) - shown)]


def _row(known: Known, number: int, now: datetime) -> Block:
    """Label, why this value and where; below it the value, and when it was used."""
    label, why = visible_target(known.label)[:_LABEL], " · ".join(_why(known))
    value = [] if known.standing == "never" else [plain(cut_short(known.shown, _SHOWN))]
    used = mrkdwn("\n".join(_used(known, now)) or "not used yet")
    block: Block = {"type": "section", "block_id": f"memory:{known.id}"}
    if is_plain_words(label):
        block |= {"text": mrkdwn(f"*{words(label)}* · {why}"), "fields": [*value, used]}
    else:
        # The label names what it depends on, as the service calls it: a value.
        block |= {"text": plain(label), "fields": [mrkdwn(why), *value, used]}
    return block | {"accessory": overflow(f"memory.value:{number}", dict(_menu(known)))}


def _menu(known: Known) -> Iterator[tuple[str, str]]:
    yield "Change…", f"{known.id}:change"
    if known.standing in ("always", "never"):
        yield "Learn from now on again", f"{known.id}:learn"
    else:
        yield "Always use this", f"{known.id}:pin"
    if known.standing != "never":
        yield "Never fill this in", f"{known.id}:never"
    yield "Forget", f"{known.id}:forget"


def _why(known: Known) -> Iterator[str]:
    match known.standing:
        case "always":
            yield "_always, you set it_"
        case "never":
            yield "_never filled in, you set it_"
            return
        case _:
            yield f"_{_count(known)}_"
    if place := next((place for place in known.places if _CHANNEL.fullmatch(place)), ""):
        # Slack writes the channel's name itself, for whoever may know it.
        yield f"mostly in <#{place}>"


def _used(known: Known, now: datetime) -> Iterator[str]:
    is_set = known.standing in ("always", "never")
    if known.decided and is_set:
        yield f"since {slack_day(known.decided, now)}"
    if known.last and known.standing != "never":
        yield f"last used {slack_day(known.last, now)}"
    if known.first and known.last and known.last - known.first >= timedelta(days=1) and not is_set:
        yield f"first {slack_day(known.first, now)}"


def _count(known: Known) -> str:
    """How often, as in "14 of your last 15"; how the person gave it while there is nothing to count."""
    right, calls = sum(known.seeds), len(known.seeds)
    if known.standing == "order" and right <= 1:
        return _HOW.get(known.how, "you chose")
    own = ", from your own records" if known.how == "own" else ""
    match calls:
        case 0:
            return "from your own records" if own else _HOW.get(known.how, "not used yet")
        case 1:
            return f"used once{own}"
        case _:
            return f"{right} of your last\u00a0{calls}{own}"


def _names(state: MemoryState) -> list[Block]:
    """What the person's own words mean. Both sides of it are values."""
    if not state.names:
        return []
    rows = [_name(name, number) for number, name in enumerate(state.names[:NAMES], start=1)]
    return [header("Names"), *rows, *_more(len(state.names) - NAMES)]


def _name(name: KnownName, number: int) -> Block:
    phrase = f"“{cut_short(name.phrase, _LABEL)}”"
    forget = button("Forget", f"memory.forget:{number}", f"{name.id}:forget", spoken=f"Forget: {phrase}")
    fields = [plain(phrase), plain(cut_short(name.shown, _SHOWN))]
    return {"type": "section", "block_id": f"name:{name.id}", "fields": fields, "accessory": forget}


def _more(count: int) -> list[Block]:
    return [context(mrkdwn(f"and {count} more, on the web"))] if count > 0 else []


def _quiet(state: MemoryState) -> list[Block]:
    return [context(mrkdwn("Below 95\u00a0% certainty I ask instead of filling in."))] if state.rows else []


def _foot(state: MemoryState) -> list[Block]:
    web = [button("Edit on the web", "memory.web", state.shown_skill or "all", url=state.web_url)]
    return [actions("memory:foot", [*(web if state.web_url else []), _forget_all(state)])]


def _forget_all(state: MemoryState) -> Block:
    """All of the skill that is looked at; where only names are known, those."""
    count = len(state.rows) or len(state.names)
    label = f"Forget all {count}" if count > 1 else "Forget it"
    where = f"for {lower(state.title(state.shown_skill))} " if state.rows else ""
    text = f"I start from nothing {where}and ask again. This cannot be undone."
    asked = confirmation(f"{label}?", text, yes=label, no="Keep them" if count > 1 else "Keep it", style="danger")
    return button(label, "memory.forget_all", state.shown_skill or "all", confirm=asked)
