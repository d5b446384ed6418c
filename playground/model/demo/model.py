"""The demo model: from a conversation to what is said or called next, by keywords."""

from collections.abc import Callable
from datetime import UTC, datetime

from playground.model.conversation import Conversation, Plan
from playground.model.demo.answers import without_answer
from playground.model.demo.days import today_of
from playground.model.demo.found.attached import attached_in
from playground.model.demo.jobs import Said, all_jobs, job_for
from playground.model.demo.plain import plain
from playground.model.demo.reach import can_reach, reach
from playground.model.demo.reads import listing, look
from playground.model.demo.request import Comment, Judge, Listing, Look, Merge, Request, Reviewers, Talk
from playground.model.demo.run import Ends, Run
from playground.model.demo.shaping.draft import draft, drafts
from playground.model.demo.talk import talk
from playground.model.demo.understand import LONGEST_COMMAND, understand
from playground.model.demo.writes import comment, judge, merge, reviewers

_SKILL = "list_pull_requests"


class DemoModel:
    """Answers newcomers without any AI. It knows no names and no numbers but those in the conversation."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`now` is asked only when the instructions do not say which day it is."""
        self._now = now
        self._jobs = all_jobs()

    def __call__(self, conversation: Conversation) -> Plan:
        if drafts(conversation):
            return draft(conversation)
        conversation = without_answer(conversation)
        today, zone = today_of(conversation.system, self._now())
        run = Run(conversation, today=today, zone=zone)
        said = _said(conversation)
        try:
            if job := job_for(said, self._jobs):
                return job.run(run, said)
            request = understand(conversation.said)
            if isinstance(request, Talk):
                return talk(conversation, request)
            reach(run, {_SKILL: _purpose(request)})
            return _answer(run, request)
        except Ends as ends:
            return ends.plan


def _said(conversation: Conversation) -> Said:
    text = plain(conversation.said)
    mine = [message.text for message in conversation.before if message.role == "assistant" and message.text.strip()]
    return Said(
        text=text,
        lowered=text[:LONGEST_COMMAND].lower(),
        before=mine[-1] if mine else "",
        files=attached_in(conversation),
        knows=can_reach(conversation, "search_knowledge"),
    )


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
