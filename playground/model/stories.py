"""The company's stories in the product's own terms: the one place where the seed's tool names are mapped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue

from playground.company import Company

SERVED = (
    *("prs-wait", "prs-wait-camille", "merge-compass", "other-reviewer", "reviewers-drift"),
    *("weekly-update", "release-blocked", "infra-five", "just-once", "duplicate-bug"),
    *("manager-meeting", "inbox-urgent", "answer-luca", "which-jamal", "notes-to-jamal"),
    *("calendar-clash", "what-do-i-owe", "missed-oncall", "missed-winter", "harriet-hours"),
    *("private-in-channel", "outsider-asks", "ramble"),
    *("csv-usage", "budget-over", "article", "sql-customers", "sql-invoiced", "sql-churn", "sql-unclear"),
    *("sql-overdue", "sql-packs", "sql-solve-time", "sql-delete"),
)
"""All stories of the company."""
_TOOLS: Mapping[str, tuple[str, Mapping[str, JsonValue]]] = {
    "pull_requests.merged": ("list_pull_requests", {"which": "merged"}),
    "pull_requests.waiting_for_me": ("list_pull_requests", {"which": "waiting_for_my_review"}),
    "pull_requests.read": ("read_pull_request", {}),
    "pull_requests.comment": ("comment_on_pull_request", {}),
    "pull_requests.review": ("review_pull_request", {}),
    "pull_requests.request_reviewers": ("request_reviewers", {}),
    "pull_requests.merge": ("merge_pull_request", {}),
    "issues.search": ("search_issues", {}),
    "issues.open": ("open_issue", {}),
    "tickets.search": ("search_tickets", {}),
    "tickets.read": ("read_ticket", {}),
    "tickets.create": ("create_ticket", {}),
    "tickets.comment": ("comment_on_ticket", {}),
    "tickets.transition": ("move_ticket", {}),
    "tickets.board": ("view_board", {}),
    "mail.search": ("search_mail", {}),
    "mail.read": ("read_mail", {}),
    "mail.draft": ("draft_mail", {}),
    "mail.send": ("send_mail", {}),
    "mail.reply": ("reply_to_mail", {}),
    "mail.archive": ("file_mail", {"archive": True}),
    "files.search": ("search_files", {}),
    "files.read": ("read_file", {}),
    "files.comment": ("comment_on_file", {}),
    "files.share": ("share_file", {}),
    "calendar.day": ("list_events", {}),
    "calendar.find_time": ("find_time", {}),
    "calendar.create": ("create_event", {}),
    "calendar.move": ("move_event", {}),
    "channels.read": ("read_channel", {}),
    "channels.missed": ("catch_up", {}),
    "channels.post": ("post_message", {}),
    "people.find": ("find_people", {}),
    "web.read": ("read_page", {}),
    "data.run": ("run_python", {}),
    "database.ask": ("query_database", {}),
}


Source: TypeAlias = Literal["memory", "alias", "asked"]
SOURCES: tuple[Source, ...] = ("memory", "alias", "asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An argument that the model does not give: Pinyon knows it, or asks."""

    source: Source
    value: JsonValue
    """As the seed has it: handles, names and repositories without their organisation."""
    after: int | None = None
    """How many executed calls teach it."""
    phrase: str = ""
    """Of an alias: the person's own words, which the model passes as they are."""
    is_always: bool = False
    """The person taps "Always use this" after their answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCall:
    """A call that a story expects, as the product makes it."""

    tool: str
    arguments: Mapping[str, JsonValue]
    """As executed. Any text will do for what is not listed."""
    left_out: Mapping[str, LeftOut]
    """By the seed's name of the argument."""
    shows_card: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTurn:
    """One thing that somebody says, and what it leads to."""

    say: str
    calls: tuple[StoryCall, ...]
    questions: int | None
    """How many values the person is asked for, where the story tells."""
    waiting: tuple[str, ...]
    """`repository#number` of all that has to be listed as waiting."""
    facts: tuple[str, ...]
    not_facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Somebody's request, from stories.yaml."""

    id: str
    """As in `SERVED`, whatever the company's names are."""
    who: str
    """The handle of the one who asks."""
    where: str
    """`dm`, or a channel with its `#`."""
    turns: tuple[StoryTurn, ...]
    attach: str = ""
    """The file of the company that goes with the first thing that is said."""


def served_stories(company: Company) -> tuple[Story, ...]:
    """The stories that can be played with the skills that there are, in this company's names."""
    told: list[dict[str, Any]] = company.trees["stories"]["stories"]
    # Ids hold names too, so that renaming the company renames them.
    served = {company.renamed(name): name for name in SERVED}
    return tuple(_story(served[story["id"]], story, company) for story in told if story["id"] in served)


def product_call(call: Mapping[str, Any], company: Company) -> StoryCall:
    """A call of the seed's vocabulary as the product makes it. KeyError for a tool that the product does not have.

    `ask` is no tool: the model asks in words.
    """
    tool, fixed = _TOOLS[call["tool"]]
    given: Mapping[str, Mapping[str, Any]] = call.get("args", {})
    arguments = {name: _value(name, argument["value"], company) for name, argument in given.items()}
    return StoryCall(
        tool=tool,
        arguments={**fixed, **{name: value for name, value in arguments.items() if value is not None}},
        left_out={name: left_out(argument) for name, argument in given.items() if argument["from"] in SOURCES},
        shows_card=bool(call.get("card")),
    )


def left_out(argument: Mapping[str, Any]) -> LeftOut:
    """An argument of a story that is from memory, an alias or an answer."""
    return LeftOut(
        source=argument["from"],
        value=argument["value"],
        after=argument.get("after"),
        phrase=argument.get("phrase", ""),
        is_always=argument.get("tapped") == "always",
    )


def _story(name: str, story: Mapping[str, Any], company: Company) -> Story:
    return Story(
        id=name,
        who=story["as"],
        where=story["where"],
        attach=story.get("attach", ""),
        turns=tuple(
            StoryTurn(
                say=turn["say"],
                calls=tuple(product_call(call, company) for call in turn["calls"] if call["tool"] != "ask"),
                questions=turn.get("questions"),
                waiting=tuple(turn.get("waiting", ())),
                facts=tuple(turn.get("facts", ())),
                not_facts=tuple(turn.get("not_facts", ())),
            )
            for turn in story["turns"]
        ),
    )


def _value(name: str, value: Any, company: Company) -> JsonValue:
    """What the product passes for a value of the seed; None where any value will do."""
    match name:
        case "repository":
            return f"{company.github['org']}/{value}"
        case "reviewers":
            return [company.person(handle).github for handle in value]
        case "number" | "method" | "verdict" | "url":
            return value
        case _:
            return None
