"""The dialog in which somebody makes an agent, or changes one of theirs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.agents.file import (
    LONGEST_DESCRIPTION,
    LONGEST_INSTRUCTIONS,
    LONGEST_NAME,
    MOST_STARTERS,
    AgentFile,
    Problem,
)
from bot.harmless.visible import visible
from bot.slack.blocks import Block, View, context, field, modal, mrkdwn, plain
from bot.slack.cards.editing import MOST, at_fields
from bot.slack.cards.memory_notes import cut_short
from integrations.integration import Level

MADE, CHANGED = "agent.made", "agent.changed"
"""The callbacks of the dialog, of a new agent and of one that there was."""
_HANDLE = 32
"""Characters of a handle; all that an agent's file allows is checked when it is saved."""
_OPTIONS, _OPTION = 100, 75
_FIELDS = {"skills": "reads"}
"""Where what is wrong with a part of the file is said, where the field is called otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillOption:
    """A skill that an agent may work with."""

    name: str
    title: str
    changes: bool
    """Whether it can change anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentForm:
    """What the dialog begins with."""

    skills: Sequence[SkillOption]
    file: AgentFile | None = None
    """The agent as it is; None of a new one."""
    identity: str = ""
    """`agent:revision` of the one that is changed."""
    web_url: str | None = None
    """Where all of it is edited."""


def agent_form_modal(form: AgentForm) -> View:
    """The fields of an agent that Slack has room for. Submitting it is `agent.made` or `agent.changed`."""
    file, reads = form.file, _levels(form)
    starters = "\n".join(file.starters) if file else ""
    about = file.description if file else ""
    blocks = [
        _text("name", "Name", file.name if file else "", most=LONGEST_NAME),
        _text("handle", "Handle", file.handle if file else "", most=_HANDLE, optional=True, hint=_HANDLE_HINT),
        _text("description", "What it does", about, most=LONGEST_DESCRIPTION, hint="In one sentence."),
        _text("instructions", "Instructions", file.instructions if file else "", multiline=True, hint=_MORE),
        *_skills("reads", "Skills it reads with", form.skills, reads, hint="None chosen: all that its user has."),
        *_skills(
            "changes",
            "Skills it also changes things with",
            [one for one in form.skills if one.changes],
            {name for name, level in _chosen(form).items() if level == "write"},
            hint="It still asks its user before it changes anything they did not clearly ask for.",
        ),
        _text("starters", "Starters", starters, multiline=True, optional=True, hint=_STARTERS_HINT),
    ]
    quiet = mrkdwn("It is saved as a draft. Nobody else gets it before you publish and share it.")
    web = [mrkdwn(f"<{form.web_url}|Everything else on the web>")] if form.web_url else []
    return modal(
        "Change an agent" if file else "Make an agent",
        [*blocks, context(quiet, *web)],
        identity=form.identity,
        submit="Save draft",
        callback=CHANGED if file else MADE,
        close="Cancel",
    )


def read_agent_form(view: View, before: AgentFile | None, skills: Sequence[SkillOption]) -> AgentFile:
    """The agent as it was filled in. What the dialog did not show, or nobody touched, is as it was.

    A new one may come without a handle.
    """
    texts = {name: _entered(view, name) for name in ("name", "handle", "description", "instructions")}
    starters = _entered(view, "starters")
    if before is None:
        return AgentFile(
            name=texts["name"] or "",
            handle=(texts["handle"] or "").lower(),
            description=texts["description"] or "",
            instructions=texts["instructions"] or "",
            skills=_levels_of(view, None, skills),
            starters=_lines(starters or ""),
        )
    old = {name: str(getattr(before, name)) for name in texts}
    changed: dict[str, str] = {name: _kept(text, old[name]) for name, text in texts.items()}
    changed["handle"] = changed["handle"] or before.handle
    lines = before.starters if starters is None else _lines(starters)
    same = lines == _lines("\n".join(before.starters))
    return replace(
        before, **changed, skills=_levels_of(view, before, skills), starters=before.starters if same else lines
    )


def at_agent_fields(view: View, problems: Iterable[Problem], free: Sequence[str] = ()) -> dict[str, str]:
    """What is wrong, at the fields of the dialog where it is; with handles that are free."""
    told: dict[str, str] = {}
    for one in problems:
        name = one.field.partition(".")[0]
        name = _FIELDS.get(name, name)
        told[name] = f"{told[name]} {one.said}" if name in told else one.said
    if free:
        missing = [handle for handle in free if handle not in told.get("handle", "")]
        more = f"Free: {', '.join(missing)}." if missing else ""
        told["handle"] = f"{told.get('handle', '')} {more}".strip()
    return at_fields(view, {name: visible(text) for name, text in told.items()})


_HANDLE_HINT = "What people type: /pinyon use update. Left empty, it is made from the name."
_MORE = f"Up to 3,000 characters here. On the web {LONGEST_INSTRUCTIONS:,}, and what it knows."
_STARTERS_HINT = f"What people may tap to begin with, one on each line, at most {MOST_STARTERS}."


def _text(
    name: str,
    label: str,
    value: str,
    *,
    most: int = MOST,
    multiline: bool = False,
    optional: bool = False,
    hint: str = "",
) -> Block:
    if why := _why_not(value):
        return {"type": "section", "fields": [plain(label), mrkdwn(why)]}
    # What stands there already fits, or the dialog would not open.
    most = max(most, _units(value))
    element: Block = {"type": "plain_text_input", "action_id": f"agent.{name}", "max_length": most}
    element |= {"multiline": True} if multiline or "\n" in value else {}
    element |= {"initial_value": value} if value else {}
    return field(name, label, element, optional=optional, hint=hint)


def _why_not(value: str) -> str:
    """Why a text is not edited here; nothing when it is."""
    if (length := _units(value)) > MOST:
        return f"Too long to be changed here: {length:,} characters, and a field takes {MOST:,}. Change it on the web."
    if visible(_bare(value)) != _bare(value):
        return "Holds characters that a field does not show for what they are. Change it on the web."
    return ""


def _skills(name: str, label: str, skills: Sequence[SkillOption], chosen: Iterable[str], *, hint: str) -> list[Block]:
    options = {one.name: {"text": plain(cut_short(one.title, _OPTION)), "value": one.name} for one in skills[:_OPTIONS]}
    if not options:
        return []
    wanted = set(chosen)
    element: Block = {
        "type": "multi_static_select",
        "action_id": f"agent.{name}",
        "placeholder": plain("Skills"),
        "options": [*options.values()],
    }
    if first := [option for skill, option in options.items() if skill in wanted]:
        element["initial_options"] = first
    return [field(name, label, element, optional=True, hint=hint)]


def _chosen(form: AgentForm) -> Mapping[str, Level]:
    return (form.file.skills if form.file else None) or {}


def _levels(form: AgentForm) -> set[str]:
    """The skills that stand in the first of the two fields: those that the agent only reads with."""
    can_change = {one.name for one in form.skills if one.changes}
    return {name for name, level in _chosen(form).items() if level == "read" or name not in can_change}


def _levels_of(view: View, before: AgentFile | None, skills: Sequence[SkillOption]) -> Mapping[str, Level] | None:
    """The skills as they were chosen; those that the dialog did not offer stay."""
    old = before.skills if before else None
    reads, changes = _picked(view, "reads"), _picked(view, "changes")
    offered = {one.name for one in skills[:_OPTIONS]}
    chosen: dict[str, Level] = {name: level for name, level in (old or {}).items() if name not in offered}
    for one in skills:
        if one.name in changes:
            chosen[one.name] = "write"
        elif one.name in reads:
            kept = old.get(one.name, "read") if old and not one.changes else "read"
            chosen[one.name] = kept
    if chosen or old is not None:
        return chosen  # who takes the last one away does not mean all of them
    return None


def _picked(view: View, name: str) -> set[str]:
    entered: Mapping[str, Any] = view["state"]["values"].get(name, {}).get(f"agent.{name}") or {}
    return {str(option["value"]) for option in entered.get("selected_options") or ()}


def _entered(view: View, name: str) -> str | None:
    """What stands in a field; None where the dialog has none of that name."""
    values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    if name not in values:
        return None
    entered: Mapping[str, Any] = values[name].get(f"agent.{name}") or {}
    return _bare(str(entered.get("value") or "")).strip()


def _kept(text: str | None, before: str) -> str:
    """What was entered, or what was there, to the letter, where nobody changed it."""
    return before if text is None or text == _bare(before).strip() else text


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _bare(text: str) -> str:
    """What of a text survives a field: Slack turns the ends of lines around."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _units(value: str) -> int:
    """Characters as Slack's clients count them (UTF-16)."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2
