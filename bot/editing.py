"""Changing a write on its card before it is approved: which fields there are, and what becomes of new values."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from pydantic import ValidationError

from bot.messages import EditForm, Field, Write
from bot.pending import APPROVAL, ApprovalBody, Decision, Decisions, approval_body, decision_entry, spoken
from bot.provenance import Run
from bot.toolbox.act import Act, Looked
from bot.toolbox.ask import request
from bot.toolbox.call import ACCOUNT, Call
from bot.toolbox.trail import Trail
from memory.audit import Audit
from memory.ids import PendingId, PersonId
from memory.pending import PendingItem, PendingItems
from skills.skill import Skill, Tool

Values = Mapping[str, str | tuple[str, ...]]
"""What a dialog sends, by field: several for a list, `yes` or nothing for a flag."""
Kind = Literal["line", "text", "list", "choice", "flag", "number", "date"]
_PAYLOAD = {"body": "Text", "text": "Text", "comment": "Text", "content": "Text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What became of new values."""

    problems: Mapping[str, str] = field(default_factory=dict[str, str])
    """field → what is wrong with it, in a sentence; nothing was changed then."""
    decision: Decision | None = None
    """How the card stands now; None when it is over, or not that person's."""


class Edits:
    """Where the Edit dialogs of all cards arrive."""

    def __init__(
        self,
        *,
        items: PendingItems,
        decisions: Decisions,
        skills: Mapping[str, Skill],
        act: Callable[[PersonId], Awaitable[Act]],
        audit: Audit,
    ) -> None:
        self._audit = audit
        self._items = items
        self._decisions = decisions
        self._skills = skills
        self._act = act

    async def form(self, pending: PendingId, person: PersonId) -> EditForm | None:
        """What can be changed in a write that waits; None when it is over, or not that person's."""
        found = await self._open(pending, person)
        if found is None:
            return None
        body, _, tool = found
        return EditForm(pending=pending, title="Edit before it is done", fields=fields_of(tool, body))

    async def edit(self, pending: PendingId, person: PersonId, values: Values) -> Edited:
        """Put new values into a write that waits. It still waits: nothing is done by editing."""
        found = await self._open(pending, person)
        if found is None:
            return Edited()
        body, skill, tool = found
        fields = fields_of(tool, body)
        changed = {one.name: _argument(one, values[one.name]) for one in fields if _differs(one, values)}
        account = str(json.loads(body.canonical).get(ACCOUNT, ""))
        arguments = {**_arguments(body), **changed}
        try:
            model = tool.arguments.model_validate(arguments)
        except ValidationError as error:
            return Edited(problems=_problems(error, fields))
        item = await self._items.find(pending)
        if item is None or not changed:
            return Edited(decision=await self._decisions.look(pending, person))
        edited = tuple(dict.fromkeys((*body.edited, *changed)))
        call = Call(
            turn=item.turn,
            id=item.call,
            skill=skill,
            tool=tool,
            arguments={name: getattr(model, name) for name in tool.arguments.model_fields},
            account=account,
            edited=edited,
            lesson=body.lesson,
        )
        looked = await (await self._act(person)).look(call)
        if not isinstance(looked, Looked):
            return Edited(problems={next(iter(changed)): looked.text.removesuffix(" Mend them and call again.")})
        await self._rewrite(item, body, looked)
        await self._audit.enter(decision_entry(item, person, "approval.edited"))
        return Edited(decision=await self._decisions.look(pending, person))

    async def _rewrite(self, item: PendingItem, body: ApprovalBody, looked: Looked) -> None:
        asked = request(looked, body.because, Trail(about=Run(words="", me=frozenset())))
        fresh = approval_body(
            item.id, replace(asked, origins=_edited_only(asked.origins)), person=item.person, asked_in=body.asked_in
        )
        fresh = replace(fresh, write=_with_origins(fresh.write, body.write))
        if body.write.always is None:  # editing another field makes no stranger's target the person's own
            fresh = replace(fresh, write=replace(fresh.write, always=None), permission="")
        await self._items.rewrite(item.id, item.person, body=APPROVAL.dump_json(fresh).decode(), digest=asked.digest)

    async def _open(self, pending: PendingId, person: PersonId) -> tuple[ApprovalBody, Skill, Tool] | None:
        item = await self._items.find(pending)
        if item is None or item.person != person or item.kind != "approval" or item.state != "open":
            return None
        body = APPROVAL.validate_json(item.body)
        skill = self._skills.get(body.skill)
        tool = next((one for one in skill.tools if one.name == body.tool), None) if skill else None
        return (body, skill, tool) if skill is not None and tool is not None else None


def fields_of(tool: Tool, body: ApprovalBody) -> tuple[Field, ...]:
    """The values that can be changed in words: each target that the card shows as it is, and the text.

    What the card shows in other words than the service knows it by, such as an event's id, is not offered.
    """
    arguments, shown = _arguments(body), {pair.label: pair.value for pair in body.write.pairs}
    found: list[Field] = []
    for label, template in tool.says.labels:
        name = template.strip("{}")
        if template == f"{{{name}}}" and name in tool.arguments.model_fields:
            as_it_is = spoken(template, arguments)
            if shown.get(label, "") == as_it_is:
                found.append(_field(tool, name, label, arguments.get(name)))
    for name in tool.payload:
        label = _PAYLOAD.get(name, name.replace("_", " ").capitalize())
        found.append(_field(tool, name, label, arguments.get(name)))
    unique = {one.name: one for one in found}
    return tuple(unique.values())


def _field(tool: Tool, name: str, label: str, value: Any) -> Field:
    shape = _shape(tool.schema["properties"][name])
    kind = _kind(tool, name, shape)
    choices = tuple((str(one), str(one).replace("_", " ").capitalize()) for one in shape.get("enum", ()))
    is_required = name in tool.schema.get("required", ())
    if kind == "list":
        texts = tuple(str(one) for one in value or ())
        hint = "One on each line, or separated by commas"
        return Field(name=name, label=label, kind=kind, value=texts, optional=not is_required, hint=hint)
    text = ("yes" if value else "") if kind == "flag" else "" if value is None else str(value)
    return Field(name=name, label=label, kind=kind, value=text, choices=choices, optional=not is_required)


def _shape(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the value itself, where it may also be left out."""
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return cast(Mapping[str, Any], one)
    return schema


def _kind(tool: Tool, name: str, shape: Mapping[str, Any]) -> Kind:
    if "enum" in shape:
        return "choice"
    match shape.get("type"), shape.get("format"):
        case "array", _:
            return "list"
        case "boolean", _:
            return "flag"
        case (("integer" | "number"), _):
            return "number"
        case _, "date":
            return "date"
        case _:
            return "text" if name in tool.payload and name in _PAYLOAD else "line"


def _argument(one: Field, value: str | tuple[str, ...]) -> Any:
    """What a tool takes, of what a dialog sends."""
    match one.kind:
        case "list":
            return [*value] if isinstance(value, tuple) else _listed(str(value))
        case "flag":
            return value == "yes"
        case "number":
            return int(str(value)) if str(value).lstrip("-").isdigit() else value
        case _:
            return None if value == "" and one.optional and one.kind != "text" else value


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]


def _differs(one: Field, values: Values) -> bool:
    return one.name in values and _argument(one, values[one.name]) != _argument(one, one.value)


def _arguments(body: ApprovalBody) -> dict[str, Any]:
    return {name: value for name, value in json.loads(body.canonical).items() if name != ACCOUNT}


def _problems(error: ValidationError, fields: Sequence[Field]) -> dict[str, str]:
    """What is wrong, at the field where the person can mend it."""
    names = [one.name for one in fields]
    problems: dict[str, str] = {}
    for one in error.errors(include_url=False, include_context=False):
        name = str(one["loc"][0]) if one["loc"] else names[0]
        problems.setdefault(name if name in names else names[0], f"{one['msg'].removeprefix('Value error, ')}.")
    return problems


def _edited_only(origins: Mapping[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    return {name: origin for name, origin in origins.items() if origin[0] == "you changed"}


def _with_origins(new: Write, old: Write) -> Write:
    """`new` with what the old card said of the values that stayed as they were."""
    before = {(pair.label, pair.value): pair for pair in old.pairs}
    pairs = tuple(
        replace(pair, origin=same.origin, foreign=same.foreign, memory=same.memory)
        if not pair.origin and (same := before.get((pair.label, pair.value)))
        else pair
        for pair in new.pairs
    )
    return replace(new, pairs=pairs, text_origin=old.text_origin if new.text == old.text else "you changed")
