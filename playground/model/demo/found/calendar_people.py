"""From a name that the person says to the colleague who is meant."""

import re

from playground.model.conversation import Plan
from playground.model.demo.found.calendar import Colleague, colleague_of, colleagues_of
from playground.model.demo.run import Ends, Run
from playground.model.wires.wire import as_object

_MANAGER = re.compile(r"\bmy (?:\w+ )?(?:manager|boss|lead|supervisor)\b")
_NOT_NAMES = frozenset({"me", "us", "him", "her", "them", "it", "myself", "someone", "somebody", "everyone", "all"})


def named_with(text: str) -> list[str]:
    """Who stands after "with" in `text` in lower case: names, or "my manager"."""
    found = re.search(
        r"(?:\bwith|\bw/?|\bto meet)\s+(.+?)"
        r"(?=$|[,.?!:;](?:\s|$)|\s+(?:about|on|for|re|regarding|at|next|this|tomorrow|tmrw|today|in|as|to|around|of)\b"
        r"|\s+\d)",
        text,
    )
    parts = re.split(r"\s*(?:,|&|\band\b|\+)\s*", found[1]) if found else []
    return [part.strip(" @") for part in parts if part.strip(" @") and part.strip(" @") not in _NOT_NAMES]


def is_manager(name: str) -> bool:
    return _MANAGER.search(name) is not None


def tool_for(names: list[str]) -> list[str]:
    """Which reading tools it takes to find all of `names`."""
    wanted = ["read_profile"] if any(map(is_manager, names)) else []
    return wanted + (["find_people"] if not all(map(is_manager, names)) else [])


def found_person(run: Run, name: str) -> Colleague:
    """The colleague who is called so. Ends the flow with a question when that is nobody or more than one."""
    if is_manager(name):
        return _manager(run)
    found = colleagues_of(run.read(run.call("find_people", words=name))[0])
    called = [one for one in found if one.address]
    if len(called) == 1:
        return called[0]
    if called:
        lines = "\n".join(f"- {one.described}" for one in called[:8])
        raise Ends(Plan(text=f"“{name}” fits {len(called)} people. Which one?\n{lines}"))
    raise Ends(Plan(text=f"I find nobody called “{name}” in the workspace. Who is it, with first and last name?"))


def myself(run: Run) -> Colleague:
    return colleague_of(run.read(run.call("read_profile", person="me"))[0])


def _manager(run: Run) -> Colleague:
    profile = run.read(run.call("read_profile", person="me"))[0]
    manager = colleague_of(as_object(profile.get("manager")))
    if not manager.address:
        raise Ends(Plan(text="Your profile does not say who your manager is. Name them, and I go on."))
    return manager
