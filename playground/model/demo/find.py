"""From the words for a pull request to the one that is meant."""

import re

from playground.model.conversation import Plan, ToolCall, Words
from playground.model.demo.pulls import Pull
from playground.model.demo.run import Ends, Run
from playground.model.demo.targets import Target

_NAMED = re.compile(r"([\w.-]+/[\w.-]+)\s?#(\d+)")


def find(run: Run, target: Target) -> tuple[str, int]:
    """Repository and number of the one that is meant. Ends the flow with a question when that is not clear."""
    if target.number is not None:
        return target.repository or _repository_of(run, target.number), target.number
    if target.words:
        return _place(_by_words(run, target))
    spoken_of = _spoken_of(run, newest_only=target.position is not None)
    if spoken_of:
        position = -1 if target.position is None else target.position
        if position < len(spoken_of):
            return spoken_of[position]
        raise Ends(Plan(text=f"The last list has {len(spoken_of)} entries. Name the one that you mean."))
    if target.position is not None:
        waiting = run.list("waiting_for_my_review")
        if target.position < len(waiting):
            return _place(waiting[target.position])
    raise Ends(Plan(text="Which pull request? Name it by number or topic, such as “the one about search”."))


def _place(pull: Pull) -> tuple[str, int]:
    return pull.repository, pull.number


def _repository_of(run: Run, number: int) -> str:
    known = {repository for repository, n in _spoken_of(run, newest_only=False) if n == number}
    if len(known) == 1:
        return known.pop()
    for which in ("open", "waiting_for_my_review", "mine", "merged"):
        fitting = [pull for pull in run.list(which) if pull.number == number]
        if len(fitting) > 1:
            raise Ends(Plan(text=f"There are {len(fitting)} with number {number}. {_which(fitting)}"))
        if fitting:
            return fitting[0].repository
    text = (
        f"I find no pull request {number} among those that you can see. Name its repository too: `owner/name#{number}`."
    )
    raise Ends(Plan(text=text))


def _by_words(run: Run, target: Target) -> Pull:
    said = " ".join(target.words)
    named = run.list("open", repository=target.repository, words=said)
    found = named or run.list("open", repository=target.repository)
    titled = [pull for pull in found if all(_has(pull, word) for word in target.words)]
    fitting = titled or [pull for pull in found if any(_has(pull, word) for word in target.words)] or named
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise Ends(Plan(text=f"“{said}” fits {len(fitting)} open pull requests. {_which(fitting)}"))
    raise Ends(Plan(text=f"I find no open pull request about “{said}”. Name it by its number."))


def _has(pull: Pull, word: str) -> bool:
    return re.search(rf"\b{re.escape(word.removesuffix('s'))}", pull.title, re.IGNORECASE) is not None


def _which(pulls: list[Pull]) -> str:
    return "Which one?\n" + "\n".join(f"- {pull.linked} {pull.title}" for pull in pulls[:8])


def _spoken_of(run: Run, *, newest_only: bool) -> list[tuple[str, int]]:
    """What the thread spoke of, in order; or only what my newest answer with a name in it named."""
    found: list[tuple[str, int]] = []
    for message in reversed(run.conversation.before):
        if message.role == "user":
            continue
        here: list[tuple[str, int]] = []
        for part in message.parts:
            here += _named_in(part.text) if isinstance(part, Words) else []
            here += _called_with(part) if isinstance(part, ToolCall) else []
        here = list(dict.fromkeys(here))
        if here and newest_only:
            return here
        found = here + found
    return found


def _named_in(text: str) -> list[tuple[str, int]]:
    """The first name of each line of mine; what stands in quotes or in titles was written by others."""
    lines = re.sub(r"“[^”]*”", "", text).split("\n")
    return [(found[1], int(found[2])) for line in lines if (found := _NAMED.search(line))]


def _called_with(call: ToolCall) -> list[tuple[str, int]]:
    match dict(call.arguments):
        case {"repository": str(repository), "number": int(number)}:
            return [(repository, number)]
        case _:
            return []
