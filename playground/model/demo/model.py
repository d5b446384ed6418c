"""The demo model: from a conversation to what is said or called next, by keywords."""

from collections.abc import Callable
from datetime import UTC, datetime

from playground.model.conversation import Conversation, Plan
from playground.model.demo.days import today_of
from playground.model.demo.reads import listing, look
from playground.model.demo.request import Comment, Judge, Listing, Look, Merge, Request, Reviewers, Talk
from playground.model.demo.run import NOT_CONNECTED, Ends, Run
from playground.model.demo.talk import talk, tries
from playground.model.demo.understand import understand
from playground.model.demo.writes import comment, judge, merge, reviewers

_SKILL = "list_pull_requests"
_CONNECT = "connect_pull_requests"


class DemoModel:
    """Answers newcomers without any AI. It knows no names and no numbers but those in the conversation."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`now` is asked only when the instructions do not say which day it is."""
        self._now = now

    def __call__(self, conversation: Conversation) -> Plan:
        request = understand(conversation.said)
        if isinstance(request, Talk):
            return talk(conversation, request)
        today, zone = today_of(conversation.system, self._now())
        run = Run(conversation, today=today, zone=zone)
        try:
            _connect(run, request)
            return _answer(run, request)
        except Ends as ends:
            return ends.plan


def _answer(run: Run, request: Request) -> Plan:
    match request:
        case Listing():
            return listing(run, request)
        case Look():
            return look(run, request)
        case Comment():
            return comment(run, request)
        case Judge():
            return judge(run, request)
        case Reviewers():
            return reviewers(run, request)
        case Merge():
            return merge(run, request)
        case Talk():
            return talk(run.conversation, request)


def _connect(run: Run, request: Request) -> None:
    """Ask for the account where the skill needs it; ends the flow when it cannot go on without."""
    if run.conversation.tool(_SKILL) is not None:
        return
    if run.conversation.tool(_CONNECT) is None:
        raise Ends(Plan(text=f"The skill for pull requests is not available here.\n\n{tries(run.conversation)}"))
    [outcome] = run.ask([run.call(_CONNECT, purpose=_purpose(request))])
    has_not_arrived = "Your account is connected, but its tools have not arrived. Ask me again."
    raise Ends(Plan(text=has_not_arrived if outcome.kind == "connected" else NOT_CONNECTED))


def _purpose(request: Request) -> str:
    """What follows on "I need your own account to"."""
    match request:
        case Listing(which="waiting_for_my_review"):
            return "see which pull requests wait for your review"
        case Listing():
            return "list pull requests"
        case Look():
            return "read this pull request"
        case Comment():
            return "read this pull request and comment on it"
        case Judge():
            return "review this pull request"
        case Reviewers():
            return "see who can review this pull request"
        case Merge():
            return "merge this pull request"
        case Talk():
            return "work with pull requests"
