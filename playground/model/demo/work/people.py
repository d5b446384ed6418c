"""Who is who: somebody by name, one's manager, a team and who leads it, the time for somebody, one's own status."""

import re

from pydantic import JsonValue

from playground.model.conversation import Plan, PlannedCall
from playground.model.demo.found.people import Someone, people_of, someone_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.request import Talk
from playground.model.demo.run import Ends, Run, said_to_people
from playground.model.demo.understand import understand
from playground.model.wires.wire import as_object, items, text_of

_MANAGER = r"my (?:manager|boss|lead|supervisor)"
_WHO = re.compile(r"^(?:\W*(?:and|so|hey|hi|tell me|do you know)\W+)*who(?:'s| is| are)\s+(.+?)\W*$")
_TEAM = re.compile(
    r"\bwho(?:'s| is| are| all is)?\s+(?:in|on|part of)\s+(?:the\s+)?(?:team\s+|group\s+)?@?([\w -]+?)"
    r"(?:\s+(?:team|group))?\W*(?:$|\band who\b)"
)
_LEADS = re.compile(
    r"\bwho (?:leads|runs|heads)\s+(?:the\s+)?(?:team\s+)?@?([\w -]+?)(?:\s+(?:team|group))?\W*$"
    r"|\bwho is the lead of\s+(?:the\s+)?@?([\w -]+?)(?:\s+(?:team|group))?\W*$"
)
_TIME = re.compile(r"\bwhat time is it (?:now )?(?:for|at|where)\s+(.+?)(?:\s+(?:now|lives|is|right now|there))*\W*$")
_STATUS = re.compile(r"\b(?:set|change|put|make)\s+my\s+status\s+(?:to|as)\s+(.+)$", re.IGNORECASE | re.DOTALL)
_FOR = re.compile(r"\s+for\s+(\d+|an?|one|two|three|four|half an)\s+(minutes?|hours?)\W*$", re.IGNORECASE)
_COUNTS = {"a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "half an": 0.5}
_NOT_PEOPLE = (
    *("you", "this", "that", "it", "they", "he", "she", "next", "on call", "away", "off", "free", "blocked"),
    *("waiting", "reviewing", "working", "responsible", "assigned", "going", "coming", "asking", "there", "here"),
)


def _is_other(said: Said) -> bool:
    """Whether it is about pull requests after all."""
    return not isinstance(understand(said.text), Talk)


# Somebody.


def _asks_who(said: Said) -> bool:
    found = _WHO.search(said.lowered)
    if found is None or _is_other(said):
        return False
    return not has(found[1], *_NOT_PEOPLE) and len(found[1].split()) <= 5 and not re.search(r"\d|#", found[1])


def _who(run: Run, said: Said) -> Plan:
    found = _WHO.search(said.lowered)
    name = found[1] if found else ""
    if re.fullmatch(_MANAGER, name):
        manager = _manager(run)
        return Plan(text=f"Your manager is {manager.described}.")
    if re.fullmatch(r"(?:my )?team", name):
        return _list(run, "", "")
    people = _called(run, _bare(name))
    lines = "\n".join(f"- {one.described}" for one in people)
    one = people[0]
    told = f"{one.described}." if len(people) == 1 else f"**{len(people)} people fit “{_bare(name)}”:**\n\n{lines}"
    return Plan(text=told + (f" It is {one.clock}." if len(people) == 1 and one.clock else ""))


def _called(run: Run, name: str) -> list[Someone]:
    reach(run, {"find_people": "look up who is who"})
    people = people_of(run.read(run.call("find_people", words=name))[0])
    if not people:
        raise Ends(Plan(text=f"I find nobody for “{name}” in this workspace. A part of the name may be enough."))
    return people[:10]


def _manager(run: Run) -> Someone:
    reach(run, {"read_profile": "read your profile"})
    manager = as_object(run.read(run.call("read_profile", person="me"))[0].get("manager"))
    if not manager:
        raise Ends(Plan(text="Your profile does not say who your manager is."))
    return someone_of(manager)


def _bare(name: str) -> str:
    return re.sub(r"^(?:the|our|a|an)\s+", "", name.strip(" @?.!\"'"))


# A team.


def _asks_team(said: Said) -> bool:
    found = _TEAM.search(said.lowered)
    in_team = found is not None and not has(found[1], "call", "holiday", "leave", "vacation", "it", "this", "that")
    return (in_team or _LEADS.search(said.lowered) is not None) and not _is_other(said)


def _team(run: Run, said: Said) -> Plan:
    leads = _LEADS.search(said.lowered)
    members = _TEAM.search(said.lowered)
    asked = members[1] if members else (leads[1] or leads[2]) if leads else ""
    return _list(run, asked.strip(), "leads" if leads and not members else "")


def _list(run: Run, group: str, aspect: str) -> Plan:
    reach(run, {"list_group": "see who is in which team"})
    if not group:
        reach(run, {"read_profile": "see which team you are in"})
        group = someone_of(run.read(run.call("read_profile", person="me"))[0]).team.partition(",")[0]
        if not group:
            return Plan(text="Your profile names no team. Which one do you mean?")
    content = run.read(run.call("list_group", group=group))[0]
    name = text_of(content.get("group")) or group
    leads = [f"{text_of(one.get('name'))}, {text_of(one.get('why'))}" for one in items(content.get("leads"))]
    led = f"{name} is led by {'; '.join(leads)}." if leads else f"No profile says who leads {name}."
    if aspect == "leads":
        return Plan(text=led)
    people = people_of(content)
    lines = [f"- {one.described}" for one in people]
    return Plan(text="\n".join([f"**{name}, {counted(len(people), 'person', 'people')}:**", "", *lines, "", led]))


# The time for somebody.


def _asks_time(said: Said) -> bool:
    return _TIME.search(said.lowered) is not None


def _time(run: Run, said: Said) -> Plan:
    found = _TIME.search(said.lowered)
    name = _bare(found[1]) if found else ""
    people = _called(run, _manager(run).name if re.fullmatch(_MANAGER, name) else name)
    clocks = [one.clock for one in people if one.clock]
    if not clocks:
        return Plan(text=f"{people[0].name}'s profile names no time zone.")
    return Plan(text=f"It is {clocks[0]}." if len(clocks) == 1 else "\n".join(f"- {clock}" for clock in clocks))


# One's own status.


def _sets_status(said: Said) -> bool:
    return _STATUS.search(said.text) is not None or has(said.lowered, "clear my status")


def _set(run: Run, said: Said) -> Plan:
    reach(run, {"set_my_status": "set your status"})
    found = _STATUS.search(said.text)
    text, minutes = _until(found[1] if found else "")
    # An empty text clears the status, so it must not be left out.
    arguments: dict[str, JsonValue] = {"text": text, **({"minutes": minutes} if minutes else {})}
    outcome = run.ask([PlannedCall(tool="set_my_status", arguments=arguments)])[0]
    match outcome.kind:
        case "done":
            return Plan(text="Status set." if text else "Status cleared.")
        case "denied":
            return Plan(text="Status not set. You denied it.")
        case "expired" | "aside":
            return Plan(text="Status not set: it was not decided. Ask again and I prepare it anew.")
        case "unknown":
            return Plan(text="The connection broke while I set it. Look at your profile before you ask again.")
        case _:
            return Plan(text=f"Status not set. {said_to_people(outcome.text)}")


def _until(said: str) -> tuple[str, int | None]:
    """The status, and for how many minutes."""
    found = _FOR.search(said)
    text = (said[: found.start()] if found else said).strip(' ".')
    if found is None:
        return text, None
    count = float(found[1]) if found[1].isdigit() else _COUNTS[found[1].lower()]
    return text, int(count * (60 if found[2].lower().startswith("hour") else 1))


JOBS = (
    Job(name="set a status", fits=_sets_status, run=_set, order=40),
    Job(name="time for somebody", fits=_asks_time, run=_time, order=41),
    Job(name="who is in a team", fits=_asks_team, run=_team, order=75),
    Job(name="who is who", fits=_asks_who, run=_who, order=80),
)
