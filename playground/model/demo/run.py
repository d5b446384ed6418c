"""One request's way through the tools: each flow is written as if its calls were answered at once."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from playground.model.conversation import Conversation, Json, Plan, PlannedCall
from playground.model.demo.days import day_said
from playground.model.demo.outcomes import Outcome, outcome_of
from playground.model.demo.pulls import Discussion, Pull, discussion_of, pull_of, pulls_of

NOT_CONNECTED = "I need your own account for that. Ask again when you want to connect it."


class Ends(Exception):
    """The flow ends here for now: with an answer, or with calls whose results it needs first."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan.text)
        self.plan = plan


class Run:
    """The calls of this request so far. What was called is looked up; what was not ends the flow with that call."""

    def __init__(self, conversation: Conversation, *, today: date, zone: ZoneInfo, since: int = 0) -> None:
        self.conversation = conversation
        self.today = today
        self.zone = zone
        self._since = since
        self._outcomes = [outcome_of(call, result) for call, result in conversation.returned]

    def call(self, tool: str, **arguments: JsonValue) -> PlannedCall:
        """A call with those arguments that the tool's schema knows and that are set."""
        offered = self.conversation.tool(tool)
        known = offered.parameters if offered else frozenset(arguments)
        given = {name: value for name, value in arguments.items() if name in known and value not in (None, "", [])}
        return PlannedCall(tool=tool, arguments=given)

    def ask(self, calls: Sequence[PlannedCall], *, text: str = "") -> list[Outcome]:
        """The outcomes of `calls`, once they are there; `text` is said with those that are still to be made."""
        outcomes = [self._outcome(call) for call in calls]
        if missing := tuple(call for call, found in zip(calls, outcomes, strict=True) if found is None):
            raise Ends(Plan(text=text, calls=missing))
        return [outcome for outcome in outcomes if outcome is not None]

    def done(self, *calls: PlannedCall) -> list[Outcome]:
        """What reading calls came to, with their arguments as executed; a failure ends the flow, said plainly."""
        outcomes = self.ask(calls)
        for outcome in outcomes:
            if outcome.kind == "skipped":
                raise Ends(Plan(text=NOT_CONNECTED))
            if outcome.kind != "done":
                raise Ends(Plan(text=f"I could not read that. {said_to_people(outcome.text)}"))
            if not outcome.content:
                raise Ends(
                    Plan(text="I could not read that: the tool's result is cut or empty. Ask for less at a time.")
                )
        return outcomes

    def read(self, *calls: PlannedCall) -> list[Json]:
        """The results of reading calls; a failure ends the flow, said plainly."""
        return [outcome.content for outcome in self.done(*calls)]

    def after(self, outcome: Outcome) -> "Run":
        """The same run, blind for everything before `outcome`: what is read now is read anew."""
        since = next(i for i, known in enumerate(self._outcomes) if known.call.id == outcome.call.id) + 1
        return Run(self.conversation, today=self.today, zone=self.zone, since=since)

    def list(
        self, which: str, *, repository: str | None = None, words: str = "", since: date | None = None
    ) -> list[Pull]:
        """Pull requests of one repository; without one of all, which is said, as memory narrows what is left out."""
        call = self.call(
            "list_pull_requests",
            which=which,
            repository=repository or "all",
            words=words,
            since=since.isoformat() if since else None,
        )
        return pulls_of(self.read(call)[0])

    def pull(self, repository: str, number: int) -> Pull:
        return pull_of(self.read(self.call("read_pull_request", repository=repository, number=number))[0])

    def pull_and_discussion(self, repository: str, number: int) -> tuple[Pull, Discussion]:
        """Both at once, so that they are asked for side by side."""
        place: dict[str, JsonValue] = {"repository": repository, "number": number}
        pull, said = self.read(self.call("read_pull_request", **place), self.call("read_discussion", **place))
        return pull_of(pull), discussion_of(said)

    def discussion(self, repository: str, number: int) -> Discussion:
        return discussion_of(self.read(self.call("read_discussion", repository=repository, number=number))[0])

    def day(self, moment: datetime | None) -> str:
        return day_said(moment, today=self.today, zone=self.zone)

    def _outcome(self, call: PlannedCall) -> Outcome | None:
        fitting = (
            known
            for known in self._outcomes[self._since :]
            if known.call.tool == call.tool and dict(known.call.arguments) == call.arguments
        )
        # An account that had ended was connected anew instead of the call: then the call is made once more.
        return next((known for known in fitting if known.kind != "connected" or is_connect(call.tool)), None)


def is_connect(tool: str) -> bool:
    return tool.startswith("connect_")


def said_to_people(text: str) -> str:
    """A tool's sentence without the part that tells the model how to go on."""
    kept = text.strip().split("\n")[0]
    for aside in (" Say so, and answer with what you have.", " Mend them and call again.", " Send them again."):
        kept = kept.replace(aside, "")
    return kept if kept.endswith((".", "!", "?")) else f"{kept}."
