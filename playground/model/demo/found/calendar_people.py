"""From a name that the person says to the colleague who is meant."""

import re

from playground.model.conversation import Plan
from playground.model.demo.found.calendar import Colleague, colleague_of, colleagues_of
from playground.model.demo.run import Ends, Run

_OWN_WORDS = re.compile(r"(?:my|our|the)\s+\w")
_NOT_NAMES = frozenset({"me", "us", "him", "her", "them", "it", "myself", "someone", "somebody", "everyone", "all"})


def named_with(text: str) -> list[str]:
    """Who stands after "with" in `text` in lower case: names, or phrases such as "my manager"."""
    found = re.search(
        r"(?:\bwith|\bw/?|\bto meet)\s+(.+?)"
        r"(?=$|[,.?!:;](?:\s|$)|\s+(?:about|on|for|re|regarding|at|next|this|tomorrow|tmrw|today|in|as|to|around|of)\b"
        r"|\s+\d)",
        text,
    )
    parts = re.split(r"\s*(?:,|&|\band\b|\+)\s*", found[1]) if found else []
    return [part.strip(" @") for part in parts if part.strip(" @") and part.strip(" @") not in _NOT_NAMES]


def is_own_words(name: str) -> bool:
    """Whether this is a phrase of the person's for somebody, such as "my manager": it goes into calls as it is."""
    return _OWN_WORDS.match(name) is not None


def found_person(run: Run, name: str) -> Colleague:
    """The colleague who is called so. Ends the flow with a question when that is nobody or more than one."""
    found = colleagues_of(run.read(run.call("find_people", words=name))[0])
    called = [one for one in found if one.address]
    if len(called) == 1:
        return called[0]
    if called:
        lines = "\n".join(f"- {one.described}" for one in called[:8])
        raise Ends(Plan(text=f"“{name}” fits {len(called)} people. Which one?\n{lines}"))
    raise Ends(Plan(text=f"I find nobody called “{name}” in the workspace. Who is it, with first and last name?"))


def person_at(run: Run, address: str) -> Colleague:
    """Who has that address; a stranger to the workspace is called by it."""
    found = colleagues_of(run.read(run.call("find_people", words=address))[0])
    fitting = (one for one in found if one.address.lower() == address.lower())
    return next(fitting, Colleague(name=address, title="", address=address))


def myself(run: Run) -> Colleague:
    return colleague_of(run.read(run.call("read_profile", person="me"))[0])
