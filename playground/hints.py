"""What to try next, as the person at the page goes on."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeAlias

from bot.agents.file import read_agent
from bot.settings import ROOT
from playground.model.demo.found.shaped import shaped_in
from playground.servers import Servers
from playground.slack.app import JSON

Step: TypeAlias = tuple[Callable[[Servers], bool], str]
STEPS: tuple[Step, ...] = (
    (lambda servers: _was_asked(servers, "message.im"), "ask Pinyon which pull requests wait for your review."),
    (lambda servers: _is_connected(servers), "connect GitHub from the card. Pinyon then answers by itself."),
    (
        lambda servers: bool(servers.github.writes or servers.google.writes or servers.atlassian.writes),
        "let Pinyon comment on one of them. It shows you the exact words before it posts.",
    ),
    (
        lambda servers: _tickets(servers) > 0,
        "file a ticket: write “ticket: renew the wildcard certificate”. Pinyon asks what it does not know yet.",
    ),
    (
        lambda servers: _tickets(servers) > 1,
        "file a second one: “ticket: clean up the old snapshots”. Watch it ask less, and say what it remembered.",
    ),
    (
        lambda servers: _looked_at_memory(servers),
        "write /pinyon memory. All that it knows of you is there, to change and to forget.",
    ),
    (
        lambda servers: bool(_who_asked_agents(servers)),
        "let an agent answer that is made for one job: write /pinyon agents, choose one, and ask it.",
    ),
    (
        lambda servers: _attached(servers, filetype="csv"),
        "attach usage_by_region.csv with the paper clip, and write: which region fails most? Make a chart of it.",
    ),
    (
        lambda servers: any(seen.path != "/" for seen in servers.pages.calls),
        "name an article: summarise https://contourlines.example/slope-shading.",
    ),
    (
        lambda servers: _said(servers, "customer", "invoice", "database", "revenue"),
        "ask the company's database: how many customers do we have? The answer shows its SQL.",
    ),
    (
        lambda servers: _said(servers, "page", "slides", "report"),
        "have something made to show around: make a page of that, with a chart.",
    ),
    (
        lambda servers: _attached(servers, subtype="slack_audio"),
        "speak instead of writing: record a clip, such as “sort my thoughts into a list”, with what you have in mind.",
    ),
    (lambda servers: bool(servers.google.calls), "ask for something else: what is on your calendar today."),
    (lambda servers: _was_asked(servers, "app_mention"), "ask in a channel: write @Pinyon and a question in #general."),
    (
        lambda servers: _was_made(servers),
        "make an agent of your own: Web pages, then Agents. Try it beside the form, and publish it.",
    ),
    (
        lambda servers: len(_who_asked_agents(servers)) > 1,
        "share it by link. Be somebody else, at the top, press Web pages to sign in as them, and open the link there.",
    ),
    (lambda _: False, "be somebody else, at the top, and ask the same. The answer is what that person may see."),
)
"""What ends a step, and what is said until then."""

_SPEAKS_WITH = re.compile(r"You speak with (.+?) in (?:a direct message|a channel)")


class Hints:
    """The steps, of which none comes back."""

    def __init__(self, servers: Servers, steps: Sequence[Step] = STEPS) -> None:
        self._servers = servers
        self._steps = steps
        self._at = 0

    def next(self) -> str:
        """One sentence for the foot of the sidebar."""
        while self._steps[self._at][0](self._servers):
            self._at += 1
        return self._servers.company.renamed(self._steps[self._at][1])


async def keep_hinting(servers: Servers, *, every: float = 0.5) -> None:
    """Keep the page's hint up to date until cancelled."""
    hints, page = Hints(servers), servers.slack.page
    while True:
        if (hint := hints.next()) != page.try_next:
            page.try_next = hint
            servers.slack.world.live.tell("try_next", lambda _: {"text": page.try_next})
        await asyncio.sleep(every)


def _was_asked(servers: Servers, event: str) -> bool:
    """Whether Pinyon was sent such an event from a person."""
    return any(
        entry.name == event and "bot_id" not in entry.request.get("event", {})
        for entry in servers.slack.world.traffic.entries
    )


def _events(servers: Servers) -> Iterator[JSON]:
    """What Pinyon was told that people wrote."""
    for entry in servers.slack.world.traffic.entries:
        event: JSON = entry.request.get("event", {})
        if event.get("type") in ("message", "app_mention") and "bot_id" not in event:
            yield event


def _attached(servers: Servers, **facts: str) -> bool:
    """Whether a person attached a file of which all this holds."""
    files = (file for event in _events(servers) for file in event.get("files", ()))
    return any(all(file.get(name) == value for name, value in facts.items()) for file in files)


def _said(servers: Servers, *words: str) -> bool:
    """Whether a person wrote one of these words."""
    return any(word in str(event.get("text", "")).lower() for event in _events(servers) for word in words)


def _is_connected(servers: Servers) -> bool:
    """Whether anybody signed in to one of the other services."""
    if servers.google.calls or servers.atlassian.calls:
        return True
    return any(servers.github.sessions(person.github) for person in servers.company.people if person.github)


def _tickets(servers: Servers) -> int:
    """How many tickets were filed."""
    return sum(write.action == "create" for write in servers.atlassian.writes)


def _looked_at_memory(servers: Servers) -> bool:
    """Whether somebody asked to see what is remembered."""
    return any(
        str(entry.request.get("text", "")).strip().lower() == "memory" and "command" in entry.request
        for entry in servers.slack.world.traffic.entries
    )


def _who_asked_agents(servers: Servers) -> set[str]:
    """Who was answered by another agent than Pinyon itself, or chose one."""
    asked = (request.system for request in servers.model.requests)
    answered = {found[1] for system in asked if shaped_in(system) and (found := _SPEAKS_WITH.search(system))}
    chose = {
        str(entry.request.get("user_id", ""))
        for entry in servers.slack.world.traffic.entries
        if "command" in entry.request and str(entry.request.get("text", "")).strip().lower().startswith("use ")
    }
    return answered or chose


def _was_made(servers: Servers) -> bool:
    """Whether somebody tried out an agent that did not come with Pinyon."""
    shaped = (shaped_in(request.system) for request in servers.model.requests)
    return any(one.name not in _names_of_ours() for one in shaped if one)


@cache
def _names_of_ours() -> frozenset[str]:
    """What the agents are called that come with Pinyon."""
    return frozenset(read_agent(file.read_bytes()).name for file in (ROOT / "configs" / "agents").glob("*.md"))
