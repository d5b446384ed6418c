"""The fields of an agent that the demo model finds in somebody's words, by keywords."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playground.model.demo.keywords import has
from playground.model.demo.shaping.wished import Wished


@dataclass(frozen=True, slots=True, kw_only=True)
class Skilled:
    """A skill that somebody's words may mean."""

    skill: str
    means: tuple[str, ...]
    changes: tuple[str, ...]
    """Words with which it changes something; without one of them it only reads."""
    starter: str
    job: str
    name: str
    """What an agent for it is called, where nothing better is found."""
    must_ask: str = ""
    """The tool that asks where they want to be asked before each change."""


SKILLS = (
    Skilled(
        skill="tickets",
        means=("tickets?", "jira", "bugs?", "backlog", "sprints?", "boards?"),
        changes=("files?", "creates?", "opens?", "writes?", "moves?", "comments?", "updates?", "raises?", "turns?"),
        starter="Which tickets are mine?",
        job="tickets",
        name="Tickets",
        must_ask="create_ticket",
    ),
    Skilled(
        skill="pull_requests",
        means=("pull requests?", "prs?", "code reviews?", "merged", "code", "github"),
        changes=("reviews?", "comments?", "approves?", "answers?"),
        starter="Which pull requests wait for my review?",
        job="reviews",
        name="Pull request reviewer",
        must_ask="comment_on_pull_request",
    ),
    Skilled(
        skill="mail",
        means=("e?-?mails?", "inbox", "newsletters?"),
        changes=("sends?", "repl(?:y|ies)", "answers?", "drafts?", "writes?", "archives?", "sorts?"),
        starter="Anything urgent in my mail?",
        job="mail",
        name="Inbox triage",
        must_ask="send_mail",
    ),
    Skilled(
        skill="calendar",
        means=("calendars?", "meetings?", "agendas?", "appointments?", "invitations?"),
        changes=("schedules?", "books?", "invites?", "moves?", "plans?"),
        starter="What is on my calendar today?",
        job="meetings",
        name="Meeting prep",
        must_ask="create_event",
    ),
    Skilled(
        skill="database",
        means=("database", "sql", "revenue", "customers?", "invoices?", "churn", "figures", "metrics"),
        changes=(),
        starter="How many customers do we have?",
        job="data",
        name="Data analyst",
    ),
    Skilled(
        skill="data",
        means=("csvs?", "charts?", "tables?", "spreadsheets?"),
        changes=(),
        starter="Draw a chart of the attached table",
        job="data",
        name="Data analyst",
    ),
    Skilled(
        skill="channels",
        means=("slack", "channels?", "threads?", "stand-?ups?", "posts?", "#[a-z]"),
        changes=("posts?", "announces?", "publish(?:es)?", "sends?"),
        starter="What did I miss?",
        job="updates",
        name="Channel reader",
        must_ask="post_message",
    ),
    Skilled(
        skill="files",
        means=("docs?", "documents?", "drive", "decks?", "slides", "handbooks?", "runbooks?", "polic(?:y|ies)"),
        changes=("comments?", "shares?"),
        starter="Find the doc about the release",
        job="research",
        name="Document guide",
    ),
    Skilled(
        skill="web",
        means=("websites?", "articles?", "web pages?", "links?"),
        changes=(),
        starter="Summarise https://contourlines.example/slope-shading",
        job="research",
        name="Reader",
    ),
)
_ROLES: Mapping[str, tuple[str, ...]] = {
    "product": ("product", "product managers?", "pms?"),
    "engineering": ("engineers?", "engineering", "developers?", "devs?", "on call", "infra", "infrastructure"),
    "design": ("designers?", "design"),
    "sales": ("sales", "deals?"),
    "support": ("support", "customer questions?"),
    "operations": ("operations", "ops"),
    "people": ("hr", "people team", "hiring", "onboarding"),
    "leads": ("leads?", "managers?"),
}
_CALLED = re.compile(
    r"\b(?:called|named|name it|call it)\s+[\"“']?([A-Za-z][\w -]{1,38}?)[\"”']?"
    r"(?=[,.;!?\n]|\s(?:that|which|to|for|and)\b|$)"
)
_KIND = re.compile(r"\b([a-z][\w-]{2,18})\s+(?:tickets?|mails?|meetings?|pull requests?)\b")
_NO_KIND = frozenset(
    {
        *("the", "our", "and", "all", "new", "any", "some", "files", "file", "writes", "write", "create", "creates"),
        *(
            "opens",
            "open",
            "jira",
            "for",
            "into",
            "about",
            "my",
            "your",
            "their",
            "review",
            "reviews",
            "answers",
            "short",
        ),
    }
)
_UPDATE = r"(?:weekly|daily|product|team|status) (?:\w+ )?updates?"
_WRITE_UPDATE = "Do the weekly product update: look at what was merged, at the board and at #team"
_OF_UPDATES = {
    "pull_requests": "What was merged in the last five days?",
    "tickets": "How does the current sprint stand?",
    "channels": "What did I miss?",
}
_KEY = re.compile(r"\b[A-Z][A-Z0-9]{1,9}\b")


def skills_of(wished: Wished) -> list[Skilled]:
    """What the words mean, in the order in which they are named first."""
    places = {one.skill: _first(wished.words, one.means) for one in SKILLS}
    return sorted((one for one in SKILLS if places[one.skill] >= 0), key=lambda one: places[one.skill])


def level_of(skill: Skilled, wished: Wished) -> str:
    return "write" if skill.changes and has(wished.words, *skill.changes) else "read"


def roles_of(wished: Wished) -> list[str]:
    return [role for role, words in _ROLES.items() if has(wished.words, *words)][:3]


def name_of(wished: Wished, skills: Sequence[Skilled]) -> str:
    """As they call it, else by what it is about."""
    if found := _CALLED.search(wished.outline):
        return found[1].strip()
    if found := re.search(_UPDATE, wished.words):
        return found[0].capitalize()
    if not skills:
        words = re.findall(r"[A-Za-z]{4,}", " ".join(wished.sentences))
        return " ".join(words[:2]).capitalize() or "My agent"
    kinds = (one for one in _KIND.findall(wished.words) if one not in _NO_KIND)
    kind = next(kinds, "")
    return f"{kind.capitalize()} {skills[0].skill.replace('_', ' ')}" if kind else skills[0].name


def handle_of(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return words[:32].rstrip("-") if re.fullmatch(r"[a-z][a-z0-9-]+", words) else "my-agent"


def project_of(wished: Wished) -> str:
    """The key of the board that they named where they were asked for it."""
    answers = (answer for asked, answer in wished.answers if "board" in asked.lower())
    return next((found[0] for answer in answers if (found := _KEY.search(answer))), "")


def starters_of(wished: Wished, skills: Sequence[Skilled]) -> list[str]:
    """What can be asked at once, in words that the demo model knows."""
    writes = any(one.skill == "tickets" and level_of(one, wished) == "write" for one in skills)
    filing = ["Ticket: renew the wildcard certificate"] if writes else []
    if re.search(_UPDATE, wished.words):
        found = [_WRITE_UPDATE, *filing, *(_OF_UPDATES[one.skill] for one in skills if one.skill in _OF_UPDATES)]
    else:
        found = [*filing, *(one.starter for one in skills)]
    return found[:4] or ["What can you do?"]


def _first(text: str, words: tuple[str, ...]) -> int:
    found = re.search(rf"(?<!\w)(?:{'|'.join(words)})\b", text)
    return found.start() if found else -1
