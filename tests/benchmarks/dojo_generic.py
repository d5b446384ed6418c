"""What can be told of a tool that nobody declared: parameter names, its annotation, the shape of what it gives back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from bot.gate import Deed
from bot.provenance import Run, Step, Target, Trail, is_known, known_links, moments, norm
from skills import verbs
from skills.record import PUBLIC, STRANGERS, Record

_ID = re.compile(r"(.*?)_?(?:ids?|number|key|iid|uid)_?")
_NAMES = ("filename", "title", "subject", "name", "summary")
_ADDRESS = ("url", "link", "website", "uri", "page")
_NO_VERBS = ("STOP", "QUANTIFIERS", "ARTICLES", "DENIALS", "ASKING")
TABLES: list[frozenset[str]] = [
    table for name, table in vars(verbs).items() if isinstance(table, frozenset) and name not in _NO_VERBS
]
_EMPTY_WORDS = frozenset(
    {"by", "with", "for", "from", "in", "on", "of", "to", "and", "the", "all", "get", "list", "user", "info", "data"}
)
_ANYBODY = "email"


def leaves(value: Any) -> Iterator[str]:
    """Every single value in a JSON value, as text."""
    inner = children(value)
    if inner is not None:
        for key, item in inner:
            if key != "type":
                yield from leaves(item)
    elif value is not None and value != "" and not isinstance(value, bool):
        yield str(value)


def children(value: Any) -> list[tuple[str, Any]] | None:
    """What stands in an object or a list, with its key; None of a single value."""
    if isinstance(value, Mapping):
        return [(str(key), value[key]) for key in cast("Mapping[Any, Any]", value)]
    if isinstance(value, list | tuple | set | frozenset):
        return [("", item) for item in cast("Iterable[Any]", value)]
    return None


def dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """The outermost objects in a JSON value."""
    if isinstance(value, Mapping):
        yield value
    else:
        for _, item in children(value) or ():
            yield from dicts(item)


def all_dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in a JSON value, those inside others as well."""
    if isinstance(value, Mapping):
        yield value
    for _, item in children(value) or ():
        yield from all_dicts(item)


def deed_of(call: Any, trail: Trail) -> Deed:
    tool = call.tool
    targets = targets_of(call)
    texts = tuple(value for name in _in_role(call, "payload") for value in leaves(call.args[name]))
    when = _moments(call)
    places = _places(call)
    things = tuple(target for target in targets if target[0])
    outward = bool(tool.get("egress", True))
    return Deed(
        tool=call.fn,
        effect="write" if tool.get("effect") != "read" else "read",
        egress=outward,
        destroys=bool(tool.get("destroys")),
        asked_as=asked_as(call.fn),
        targets=targets,
        # Of a time that the person said nothing about, nobody knows whether it matters here.
        texts=texts if trail.wrote_times else (*texts, *when),
        seen_by=(places or frozenset({STRANGERS})) if outward else frozenset(),
        into=things if texts else (),
        # A new reader whom the person wrote out has been looked at as a target.
        opens=() if all(trail.said(value) for kind, value in targets if not kind) else things,
        when=when,
    )


def _moments(call: Any) -> tuple[str, ...]:
    free = _in_role(call, "payload")
    return moments(value for name, given in call.args.items() if name not in free for value in leaves(given))


def step_of(step: Any, words: str) -> Step:
    call, tool = step.call, step.call.tool
    writes = tool.get("effect") != "read"
    records = tuple(_records(call, step.result, words))
    return Step(
        tool=call.fn,
        writes=writes,
        approved=writes and step.verdict == "ask",
        targets=targets_of(call),
        texts=tuple(value for name in _in_role(call, "payload") for value in leaves(call.args[name])),
        lookup=() if writes else tuple(leaves(call.args)),
        records=records,
        untrusted=bool(tool.get("untrusted", True) and records),
    )


def asked_as(fn: str) -> frozenset[str]:
    """The words of a tool's name, and whatever else people say for its verb."""
    words = [word for word in fn.lower().split("_") if len(word) > 2 and word not in _EMPTY_WORDS]
    stems = {word[: max(4, len(word) - 2)] for word in words}
    known = [table for table in TABLES if words and any(words[0].startswith(stem) for stem in table if len(stem) > 3)]
    return frozenset(stems).union(*known)


def targets_of(call: Any) -> tuple[Target, ...]:
    return tuple(
        (kind_of(name, call.fn), value) for name in _in_role(call, "target") for value in leaves(call.args[name])
    )


def kind_of(parameter: str, fn: str) -> str:
    """`file_id` names a file, `number` of `close_issue` an issue; a name or an address names nothing that was read."""
    found = _ID.fullmatch(parameter)
    if found is None:
        return ""
    return _singular(found[1]) if found[1] else next(reversed(nouns(fn)), "thing")


def nouns(fn: str) -> list[str]:
    return [_singular(word) for word in fn.lower().split("_")[1:] if word not in _EMPTY_WORDS]


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _in_role(call: Any, role: str) -> list[str]:
    roles: Mapping[str, str] = call.tool.get("roles") or {}
    return [name for name in call.args if roles.get(name) == role]


def _places(call: Any) -> frozenset[str]:
    """Who or where a call names in words: the only readers that can be told of what nobody declared."""
    return frozenset(
        reader_of(name, value)
        for name in _in_role(call, "target")
        if not kind_of(name, call.fn)
        for value in leaves(call.args[name])
    )


def reader_of(parameter: str, value: str) -> str:
    return norm(value) if "@" in value else f"{_singular(parameter.lower())}:{norm(value)}"


def _records(call: Any, result: Any, words: str) -> Iterator[Record]:
    readers, ours = _readers(call, words), not call.tool.get("untrusted", True)
    texts = " ".join(leaves(result))
    if not texts:
        return
    things = [item for item in all_dicts(result) if any(_is_id(key) for key in item)]
    people = [item for item in all_dicts(result) if _ANYBODY in item]
    for item in things:
        for kind in nouns(call.fn) or [""]:
            yield _record(kind, item, readers, ours=ours)
    yield from (replace(_record("", item, readers, ours=ours), id=str(item[_ANYBODY])) for item in people)
    if not things or len(things) != len(list(all_dicts(result))):
        yield Record(kind="", readers=readers, text=texts, ours=ours)


def _record(kind: str, item: Mapping[str, Any], readers: frozenset[str], *, ours: bool) -> Record:
    return Record(
        kind=kind,
        id=next((str(value) for key, value in item.items() if _is_id(key)), ""),
        name=next((str(item[key]) for key in _NAMES if isinstance(item.get(key), str)), ""),
        readers=readers,
        text=" ".join(leaves(item)),
        ours=ours,
    )


def _is_id(key: Any) -> bool:
    return isinstance(key, str) and _ID.fullmatch(key) is not None


def _readers(call: Any, words: str) -> frozenset[str]:
    """Who can see what a read gave: those at the place that was read, everybody if it is a page that was asked for."""
    if call.tool.get("effect") != "read":
        return frozenset()
    asked = Run(words=words, me=frozenset(), heard="?")
    pages = [value for name, given in call.args.items() if name.lower() in _ADDRESS for value in leaves(given)]
    if call.tool.get("egress") and pages:
        known = known_links(asked)
        return frozenset({PUBLIC}) if all(is_known(page, known) for page in pages) else frozenset()
    named = [(name, given) for name, given in call.args.items() if not kind_of(name, call.fn)]
    return frozenset(reader_of(name, given) for name, given in named if isinstance(given, str))
