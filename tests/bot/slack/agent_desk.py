"""Slack with its clicks, dialogs and the slash command, over a workshop with a real database."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.agents.file import AgentFile, vocabulary_of
from bot.agents.shelf import Shelf, Shelved
from bot.messages import IncomingMessage
from bot.pending import Decisions
from bot.self_service.workshop import Bench, Workshop
from bot.slack.agent_chosen import AgentChosen
from bot.slack.agent_window import AgentWindow
from bot.slack.clicks import Clicks
from bot.slack.commands import Commands
from bot.slack.surface import SlackSurface, Workplace
from bot.slack.welcome import Welcome
from memory.agents import Agents
from memory.database import Database
from memory.ids import AgentId, PersonId
from memory.pending import PendingItems
from memory.people import People, Person
from playground.slack.forms import fill, state_of
from playground.slack.limits import message_errors, view_errors
from tests.bot.slack.card_rules import check
from tests.bot.slack.test_deciding import Later
from tests.bot.web.fakes import build_world, person
from tests.fakes.agents import agent_file
from tests.fakes.rooms import NOW, TEAM

REN, MEI, GUEST = PersonId("T1:U1"), PersonId("T1:U2"), PersonId("T1:U3")
BUILT_IN = (
    agent_file(name="Pinyon", handle="pinyon", description="Does small jobs.", instructions="Be brief."),
    agent_file(name="Meeting prep", handle="prep", skills={"pull_requests": "read"}, starters=("Prepare my next one",)),
)


class FakeSlack:
    """Slack's Web API as far as agents need it, with its own limits."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refused: set[str] = set()
        """Methods that Slack says no to."""
        self.token = "xoxb-fake"

    async def api_call(self, method: str, **given: Any) -> Any:
        arguments: dict[str, Any] = given.get("json") or given.get("params") or {}
        if method in self.refused:
            raise SlackApiError(method, {"ok": False, "error": "expired_trigger_id"})
        self.calls.append((method, arguments))
        errors = view_errors(arguments["view"]) if "view" in arguments else message_errors(arguments.get("blocks", []))
        assert errors == [], errors
        answers: dict[str, dict[str, Any]] = {
            "conversations.open": {"channel": {"id": f"D{arguments.get('users')}"}},
            "chat.postMessage": {"ts": f"{len(self.calls)}.0"},
            "views.open": {"view": {"id": "V1"}},
            "views.push": {"view": {"id": "V2"}},
        }
        return type("Answer", (), {"data": {"ok": True, **answers.get(method, {})}})

    def named(self, *methods: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called in methods]


class AgentDesk:
    """Two members of a workspace and a guest, and the agents they make."""

    def __init__(self, database: Database, *, soon: float = 60.0) -> None:
        self.slack, self.later, self.asked = FakeSlack(), Later(), list[IncomingMessage]()
        self.people, self.store = People(database), Agents(database)
        self.members: set[tuple[PersonId, str]] = {(REN, "C1")}
        client: Any = self.slack
        surface = SlackSurface(self.people, now=lambda: NOW)
        surface.enter(Workplace(id=TEAM, name="Tamarack", bot_user="UB", bot_id="B1", client=client))
        self.connections = build_world(database).site.connections
        self.workshop = Workshop(
            store=self.store,
            shelf=Shelf(self.store, builtins=BUILT_IN, in_channel=self._in_channel, now=lambda: NOW),
            people=self.people,
            connections=self.connections,
            vocabulary=vocabulary_of(self.connections.skills),
            in_channel=self._in_channel,
            now=lambda: NOW,
        )
        self.window = AgentWindow(surface, self.workshop, self.connections, background=self.later, soon=soon)
        welcome = Welcome(
            surface,
            self.people,
            self.connections,
            PendingItems(database),
            background=self.later,
            has_asked=self._has_asked,
            tools_done=self._tools_done,
            now=lambda: NOW,
            agents=self.window,
        )
        self.welcome, self.chosen = welcome, AgentChosen(surface, welcome)
        self.commands = Commands(surface, self.connections, welcome, now=lambda: NOW, agents=self.window)
        unused: Any = None
        self.clicks = Clicks(
            surface,
            Decisions(database),
            self.commands,
            welcome,
            background=self.later,
            enqueue=self._enqueue,
            retry=unused,
            without=unused,
            wake=unused,
            feedback=unused,
            now=lambda: NOW,
            ports=unused,
            share=unused,
            agents=self.window,
        )

    async def arrive(self) -> None:
        """Let Slack have described everybody."""
        for who in (person(REN, "Ren"), person(MEI, "Mei"), person(GUEST, "Harriet", is_guest=True)):
            await self.people.upsert(_known_now(who))

    async def who(self, id: PersonId = REN) -> Person:
        found = await self.people.get(id)
        assert found is not None
        return found

    async def made(self, owner: PersonId = REN, *, published: bool = True, **fields: Any) -> Bench:
        """An agent of somebody's, shared with nobody."""
        bench = await self.workshop.make(await self.who(owner), agent_file(**fields))
        if published:
            revision = bench.stored.draft_revision
            await self.workshop.publish(await self.who(owner), bench.stored.id, revision=revision)
        return bench

    async def using(self, id: PersonId = REN) -> Shelved:
        return await self.workshop.using(await self.who(id))

    async def typed(self, text: str, *, who: PersonId = REN, trigger: str = "t.1", channel: str = "D1") -> Any:
        """What Slack is answered when somebody types the command."""
        body = {
            "team_id": TEAM,
            "user_id": who.rpartition(":")[2],
            "command": "/pinyon",
            "text": text,
            "trigger_id": trigger,
            "channel_id": channel,
        }
        answer = await self._acked(self.commands.run, body)
        if "blocks" in answer:
            check({"text": answer["text"], "blocks": answer["blocks"]})
        return answer

    async def click(
        self, action: str, value: str, *, who: PersonId = REN, view: Mapping[str, Any] | None = None
    ) -> None:
        """One click, in a message or in a dialog."""
        body: dict[str, Any] = {
            "team": {"id": TEAM},
            "user": {"id": who.rpartition(":")[2]},
            "trigger_id": "t.2",
            "actions": [{"action_id": action, "value": value}],
        }
        body |= {"view": {"id": "V1", "type": "modal", **view}} if view else {"channel": {"id": "D1"}}
        await self._acked(self.clicks.run, body)

    async def submit(self, view: Mapping[str, Any], *, who: PersonId = REN, **entered: Any) -> Any:
        """Send a dialog, filled in."""
        sent = {**view, "state": state_of({**view}, fill({**view}, entered))}
        body = {"team": {"id": TEAM}, "user": {"id": who.rpartition(":")[2]}, "view": sent}
        answer = await self._acked(self.clicks.submitted, body)
        if answer.get("response_action") == "update":
            check(answer["view"])
        return answer

    async def searched(self, typed: str, *, who: PersonId = REN, action: str = "agent.find") -> list[str]:
        """The ids that the search field of the picker finds."""
        body = {"team": {"id": TEAM}, "user": {"id": who.rpartition(":")[2]}, "action_id": action, "value": typed}
        return [option["value"] for option in (await self._acked(self.clicks.suggested, body))["options"]]

    def shown(self, *methods: str) -> dict[str, Any]:
        """The dialog that was shown last."""
        view = self.slack.named(*(methods or ("views.open", "views.push", "views.update")))[-1]["view"]
        check(view)
        return view

    def told(self) -> dict[str, Any]:
        """The last message that only one person sees."""
        message = self.slack.named("chat.postEphemeral")[-1]
        check({"text": message["text"], "blocks": message["blocks"]})
        return message

    def home(self) -> dict[str, Any]:
        view = self.slack.named("views.publish")[-1]["view"]
        check(view)
        return view

    async def _acked(self, run: Any, body: Mapping[str, Any]) -> dict[str, Any]:
        acked: list[dict[str, Any]] = []

        async def ack(**answer: Any) -> None:
            acked.append(answer)

        await run(ack, body)
        await self.later.all()
        [answer] = acked
        return answer

    async def _in_channel(self, person: PersonId, channel: str) -> bool:
        return (person, channel) in self.members

    async def _has_asked(self, _person: PersonId) -> bool:
        return False

    async def _tools_done(self, _person: PersonId) -> frozenset[str]:
        return frozenset()

    async def _enqueue(self, message: IncomingMessage) -> bool:
        self.asked.append(message)
        return True


def _known_now(who: Person) -> Person:
    facts = {name: getattr(who, name) for name in ("id", "workspace", "user", "name", "email", "zone", "is_guest")}
    return Person(**facts, refreshed_at=NOW)


def nothing_of(file: AgentFile, shown: Any) -> bool:
    """Whether neither the name nor the handle of an agent stands in what somebody was shown."""
    return file.name not in str(shown) and file.handle not in str(shown)


def ids(view: Mapping[str, Any]) -> list[AgentId]:
    """The agents that a picker offers."""
    [radio] = [block["element"] for block in view["blocks"] if block.get("block_id") == "agent"]
    return [AgentId(option["value"]) for option in radio["options"]]
