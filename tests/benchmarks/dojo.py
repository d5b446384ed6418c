"""Our gate as a policy of the open benchmark: `python -m dojo --policy tests.benchmarks.dojo:decide`.

Each call of the benchmark becomes a `Deed`, each earlier one a `Step`, by what a tool's author would declare
(`TABLE`) or, for a tool that nobody declared, by what its annotation tells (`tests/benchmarks/dojo_generic.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.gate import Allow, Deed, Deny, gate
from bot.provenance import Run, Step, Target, Trail, company_domain, foreign_links, moments
from skills.record import PUBLIC, Record
from skills.verbs import APPEND, CANCEL, CREATE, DELETE, INVITE, MOVE, REPLY, SCHEDULE, SEND, SHARE
from tests.benchmarks import dojo_generic as generic
from tests.benchmarks.dojo_generic import children, leaves

ME = frozenset({"emma.johnson@bluesparrowtech.com"})
"""The account is known from sign-in."""
DOMAIN = company_domain(min(ME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which keys of a result say what."""

    id: str = ""
    name: str = ""
    author: str = ""
    people: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a tool's author would write into `@tool(...)`, with the benchmark's parameter names."""

    shows: str = ""
    """Kind of the records in its result."""
    asked_as: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    seen_by: tuple[str, ...] = ()
    into: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict[str, str])
    """Value of a closed set → the word for it."""
    public: bool = False


SHAPES = {
    "file": Shape(id="id_", name="filename", author="owner", people=("shared_with",), text=("content",)),
    "event": Shape(id="id_", name="title", people=("participants",), text=("description", "location")),
    "mail": Shape(id="id_", name="subject", author="sender", people=("recipients", "cc", "bcc"), text=("body",)),
    "person": Shape(id="email", name="name"),
}
_TO = {"recipients": "person", "cc": "person", "bcc": "person", "attachments": "file"}
_GUESTS = {"event_id": "event", "participants": "person"}
TABLE: dict[str, Declared] = {
    **dict.fromkeys(
        ("get_unread_emails", "get_sent_emails", "get_received_emails", "get_draft_emails", "search_emails"),
        Declared(shows="mail"),
    ),
    **dict.fromkeys(("search_contacts_by_name", "search_contacts_by_email"), Declared(shows="person")),
    **dict.fromkeys(("search_calendar_events", "get_day_calendar_events"), Declared(shows="event")),
    **dict.fromkeys(
        ("search_files_by_filename", "get_file_by_id", "list_files", "search_files"), Declared(shows="file")
    ),
    "get_current_day": Declared(public=True),
    "send_email": Declared(
        shows="mail",
        asked_as=SEND | REPLY,
        kinds=_TO,
        seen_by=("recipients", "cc", "bcc"),
        opens=("attachments",),
    ),
    "delete_email": Declared(shows="mail", asked_as=DELETE, kinds={"email_id": "mail"}),
    "create_calendar_event": Declared(
        shows="event",
        asked_as=SCHEDULE | INVITE,
        kinds=_GUESTS,
        seen_by=("participants",),
        when=("start_time",),
    ),
    "cancel_calendar_event": Declared(shows="event", asked_as=CANCEL, kinds=_GUESTS, into=("event_id",)),
    "reschedule_calendar_event": Declared(
        shows="event", asked_as=MOVE, kinds=_GUESTS, into=("event_id",), when=("new_start_time",)
    ),
    "add_calendar_event_participants": Declared(
        shows="event",
        asked_as=INVITE,
        kinds=_GUESTS,
        seen_by=("participants",),
        into=("event_id",),
        opens=("event_id",),
    ),
    "append_to_file": Declared(shows="file", asked_as=APPEND, kinds={"file_id": "file"}, into=("file_id",)),
    "create_file": Declared(shows="file", asked_as=CREATE),
    "delete_file": Declared(shows="file", asked_as=DELETE, kinds={"file_id": "file"}),
    "share_file": Declared(
        shows="file",
        asked_as=SHARE,
        kinds={"file_id": "file", "email": "person", "permission": "choice"},
        seen_by=("email",),
        opens=("file_id",),
        choices={"r": "read", "rw": "write"},
    ),
}


def decide(call: Any, ctx: Any) -> str:
    """allow, ask or deny, from nothing but the request, the calls before and what the tools declare."""
    return judge(call, ctx, TABLE)


def decide_undeclared(call: Any, ctx: Any) -> str:
    """The same for a world in which no tool declares anything."""
    return judge(call, ctx, {})


def judge(call: Any, ctx: Any, table: Mapping[str, Declared]) -> str:
    run = Run(words=str(ctx.prompt), me=ME, domain=DOMAIN, steps=tuple(_steps(ctx, table)))
    if call.fn == "__reply__":
        return "deny" if foreign_links(" ".join(leaves(call.args)), run) else "allow"
    match gate(deed_of(call, run, table), run):
        case Allow():
            return "allow"
        case Deny():
            return "deny"
        case _:
            return "ask"


def deed_of(call: Any, run: Run, table: Mapping[str, Declared]) -> Deed:
    declared = table.get(call.fn)
    if declared is None:
        return generic.deed_of(call, Trail.of(run))
    return Deed(
        tool=call.fn,
        effect=call.tool["effect"],
        egress=call.tool["egress"],
        destroys=call.tool["destroys"],
        asked_as=declared.asked_as,
        targets=targets_of(call, declared),
        texts=tuple(value for name in _in_role(call, "payload") for value in leaves(call.args[name])),
        seen_by=frozenset(value.lower() for name in declared.seen_by for value in leaves(call.args.get(name))),
        into=_named(call, declared, declared.into),
        opens=_named(call, declared, declared.opens),
        when=moments(value for name in declared.when for value in leaves(call.args.get(name))),
    )


def targets_of(call: Any, declared: Declared) -> tuple[Target, ...]:
    return _named(call, declared, tuple(_in_role(call, "target")))


def _in_role(call: Any, role: str) -> list[str]:
    return [name for name in call.args if call.tool["roles"].get(name) == role]


def _named(call: Any, declared: Declared, names: tuple[str, ...]) -> tuple[Target, ...]:
    return tuple(
        (declared.kinds.get(name, ""), declared.choices.get(value, value))
        for name in names
        for value in leaves(call.args.get(name))
    )


def _steps(ctx: Any, table: Mapping[str, Declared]) -> Iterator[Step]:
    words = str(ctx.prompt)
    for step in ctx.history:
        call, declared = step.call, table.get(step.call.fn)
        if declared is None:
            made = generic.step_of(step, words)
        else:
            made = _step(call, step, tuple(_records(call, declared, step.result)), declared)
        if made.records or made.writes:  # an empty result tells nothing to the model
            yield made


def _step(call: Any, step: Any, records: tuple[Record, ...], declared: Declared) -> Step:
    writes = call.tool["effect"] == "write"
    return Step(
        tool=call.fn,
        writes=writes,
        approved=writes and step.verdict == "ask",
        targets=targets_of(call, declared),
        texts=tuple(value for name in _in_role(call, "payload") for value in leaves(call.args[name])),
        lookup=() if writes else tuple(leaves(call.args)),
        records=records,
        untrusted=bool(call.tool["untrusted"] and records),
    )


def _records(call: Any, declared: Declared, result: Any) -> Iterator[Record]:
    shape, found = SHAPES.get(declared.shows), list(generic.dicts(result))
    readers = frozenset({PUBLIC}) if declared.public else frozenset[str]()
    if shape is None or not found:
        text = " ".join(leaves(result))
        if text:
            yield Record(kind=declared.shows, readers=readers, text=text)
        return
    for item in found:
        yield _record(declared.shows, shape, item)


def _record(kind: str, shape: Shape, item: Mapping[str, Any]) -> Record:
    people = frozenset(who.lower() for key in shape.people for who in _people(item.get(key)))
    author = str(item.get(shape.author) or "").lower()
    return Record(
        kind=kind,
        id=str(item.get(shape.id, "")),
        name=str(item.get(shape.name) or ""),
        author=author,
        readers=(people | ({author} - {""})) - ME,
        text=" ".join(str(item.get(key) or "") for key in shape.text).strip() or " ".join(leaves(item)),
        ours=_is_ours(kind, author, people, item),
    )


def _people(value: Any) -> list[str]:
    return [key for key, _ in children(value) or ()] if isinstance(value, Mapping) else list(leaves(value))


def _is_ours(kind: str, author: str, people: frozenset[str], item: Mapping[str, Any]) -> bool:
    """Contacts are written by the account's owner alone; a mail says who sent it only where it lies among the sent."""
    if kind == "mail":
        return author in ME and item.get("status") in ("sent", "draft")
    return kind == "person" or (kind == "event" and people <= ME) or (kind == "file" and author in ME)
