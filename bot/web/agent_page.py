"""An agent as they see it who may use it: the page that a share link and the gallery lead to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from starlette.responses import RedirectResponse, Response

from bot.self_service.connections import SkillState
from bot.self_service.ways import address_of, way_of
from bot.self_service.workshop import Needed, NotPossible, ShownAgent, Workshop
from bot.web.agent_words import counted, letters, listed
from bot.web.connect_way import with_way_back
from bot.web.pages import page
from bot.web.site import Site
from bot.web.visitor import Visitor
from integrations.integration import Level

Stand: TypeAlias = Literal["ready", "connect", "reconnect", "widen", "off", "admin", "not_set_up", "not_here"]
"""How a skill stands that an agent needs; `admin`: it reads, and the agent would also change things."""
MISSING = ("connect", "reconnect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A skill that an agent works with, and what its reader can do about it."""

    skill: str
    title: str
    says: str
    service: str
    stand: Stand
    address: str = ""
    """Where what is missing is connected; empty where it cannot be."""

    @property
    def is_missing(self) -> bool:
        return self.stand in MISSING and bool(self.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What was done just now, as the page's address says it; the page looks for itself whether it holds."""

    connected: str = ""
    """An integration."""
    chosen: bool = False
    reported: bool = False
    wrong: str = ""
    """Why something was not done: a sentence."""


NOTHING = Happened()


async def draw_agent(
    site: Site, visitor: Visitor, workshop: Workshop, shown: ShownAgent, *, path: str, happened: Happened = NOTHING
) -> Response:
    """Draw the page; its buttons lead below `path`."""
    needs = [await _need(site, visitor, need, back=path) for need in shown.needs]
    using = await workshop.using(visitor.person)
    answers = using.id == shown.agent.id
    response = page(
        site,
        "agent_shown.html",
        visitor=visitor,
        status=400 if happened.wrong else 200,
        shown=shown,
        agent=shown.agent,
        file=shown.agent.file,
        letters=letters(shown.agent.file),
        counted=counted,
        path=path,
        by_link=path.startswith("/a/"),
        needs=needs,
        later=_later([need.service for need in needs if need.is_missing]),
        answers=answers,
        connected=_connected(happened.connected, shown.needs),
        chosen=happened.chosen and answers,
        reported=happened.reported,
        wrong=happened.wrong,
    )
    if happened.chosen and answers:
        # A redirect after a form may not leave our own pages (the policy's `form-action`), so the page itself leads on.
        response.headers["Refresh"] = f"0; url={site.slack_link(visitor.person.workspace)}"
    return response


async def use(site: Site, visitor: Visitor, workshop: Workshop, shown: ShownAgent, *, path: str) -> Response:
    """Let the agent answer the visitor from now on, and lead them to Slack."""
    try:
        agent = await workshop.use(visitor.person, shown.agent.id)
    except NotPossible as error:
        return await draw_agent(site, visitor, workshop, shown, path=path, happened=Happened(wrong=str(error)))
    await site.on_chosen(visitor.person.id, agent)
    return RedirectResponse(f"{path}?chosen=1", 303)


async def copy(site: Site, visitor: Visitor, workshop: Workshop, shown: ShownAgent, *, path: str) -> Response:
    """Begin an agent of the visitor's own from this one, and lead them to it."""
    try:
        bench = await workshop.copy(visitor.person, shown.agent.id)
    except NotPossible as error:
        return await draw_agent(site, visitor, workshop, shown, path=path, happened=Happened(wrong=str(error)))
    return RedirectResponse(f"/agents/{bench.stored.id}?copied=1", 303)


async def report(
    site: Site, visitor: Visitor, workshop: Workshop, shown: ShownAgent, why: str, *, path: str
) -> Response:
    """Tell the admins what is wrong with it."""
    said = " ".join(why.split())
    if not said:
        wrong = "Write in a few words what is wrong with it. Nothing was reported."
        return await draw_agent(site, visitor, workshop, shown, path=path, happened=Happened(wrong=wrong))
    try:
        await workshop.report(visitor.person, shown.agent.id, said)
    except NotPossible as error:
        return await draw_agent(site, visitor, workshop, shown, path=path, happened=Happened(wrong=str(error)))
    return RedirectResponse(f"{path}?reported=1#report", 303)


async def _need(site: Site, visitor: Visitor, need: Needed, *, back: str) -> Need:
    state, address = need.state, ""
    stand = _stand(state, need.level)
    if state is not None and stand in ("connect", "reconnect", "widen"):
        now = site.clock()
        offered = await address_of(site.connections, visitor.person, state, now=now, level=need.level)
        address = with_way_back(offered, back) if offered else ""
    service = state.service if state else ""
    return Need(skill=need.skill, title=need.title, says=need.says, service=service, stand=stand, address=address)


def _stand(state: SkillState | None, level: Level) -> Stand:
    if state is None:
        return "not_here"
    if state.works:
        if state.covers(level) or state.limit == "":
            return "ready"
        return "widen" if way_of(state) == "widen" else "admin" if state.limit == "admin" else "ready"
    match state.status:
        case "ended":
            return "reconnect"
        case "not_connected":
            return "connect"
        case "off":
            return "off"
        case _:
            return "not_set_up"


def _later(services: Sequence[str]) -> str:
    """What can wait until it is needed: "Jira", "the two", "the 3"; empty where nothing is missing."""
    names = list(dict.fromkeys(services))
    if len(names) < 2:
        return listed(names)
    return "the two" if len(names) == 2 else f"the {len(names)}"


def _connected(integration: str, needs: Sequence[Needed]) -> SkillState | None:
    """A skill of the agent that works by the account that was connected just now."""
    states = (need.state for need in needs if need.state)
    return next((state for state in states if integration and state.integration == integration and state.works), None)
