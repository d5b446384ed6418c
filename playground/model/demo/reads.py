"""Answers about pull requests that change nothing."""

import re

from playground.model.conversation import Plan
from playground.model.demo.days import since_when
from playground.model.demo.find import find
from playground.model.demo.findings import blockers, findings, quoted
from playground.model.demo.keywords import any_of
from playground.model.demo.pulls import Discussion, Pull
from playground.model.demo.request import Listing, Look
from playground.model.demo.run import Run

_CAN_WAIT = any_of(
    "no (?:hurry|rush)",
    "can wait",
    "waits? (?:for|until)",
    "not urgent",
    "low priority",
    "when you have time",
    "moved to",
    "after the release",
)
_PRESSING = re.compile(r"blocker|urgent|hotfix|critical|security", re.IGNORECASE)
_MOST_ROWS = 12
MODEST = "*Demo model, no AI: I counted and matched, I did not understand the code.*"


def listing(run: Run, request: Listing) -> Plan:
    since = since_when(run.conversation.said, run.today) if request.which in ("merged", "open") else None
    pulls = run.list(request.which, repository=request.repository, since=since)
    if request.author:
        pulls = [pull for pull in pulls if request.author.lower() in pull.author.lower()]
    if request.which == "waiting_for_my_review":
        pulls = sorted(pulls, key=lambda pull: (bool(_can_wait(pull)), _waiting_key(pull)))
    if not pulls:
        return Plan(text=_none(request))
    lines = [_row(run, request, pull) for pull in pulls[:_MOST_ROWS]]
    if len(pulls) > _MOST_ROWS:
        lines.append(f"- and {len(pulls) - _MOST_ROWS} more")
    return Plan(text="\n".join([_heading(request, len(pulls)), "", *lines]) + _next(request, len(pulls)))


def _heading(request: Listing, count: int) -> str:
    one = count == 1
    match request.which:
        case "waiting_for_my_review":
            return f"**{count} pull request{' waits' if one else 's wait'} for your review:**"
        case "mine":
            return f"**{count} open pull request{' is' if one else 's are'} yours:**"
        case "merged":
            return f"**{count} pull request{' was' if one else 's were'} merged:**"
        case "open":
            return f"**{count} pull request{' is' if one else 's are'} open:**"


def _none(request: Listing) -> str:
    by = f" by {request.author}" if request.author else ""
    match request.which:
        case "waiting_for_my_review":
            return "No pull request waits for your review."
        case "mine":
            return "You have no open pull request."
        case "merged":
            return f"No pull request{by} was merged in that time."
        case "open":
            return f"No pull request{by} is open there."


def _row(run: Run, request: Listing, pull: Pull) -> str:
    facts: list[str] = []
    if request.which != "mine":
        facts.append(f"by {pull.author}")
    if request.which == "waiting_for_my_review":
        facts += _waiting_facts(run, pull)
    elif pull.merged:
        facts.append(f"merged {run.day(pull.merged)}")
    elif pull.opened:
        facts.append(f"opened {run.day(pull.opened)}")
    if pull.is_draft:
        facts.append("a draft")
    if pull.waits_for:
        facts.append(f"waits for {', '.join(pull.waits_for)}")
    if pressing := [label for label in pull.labels if _PRESSING.search(label)]:
        facts.append(f"labelled {', '.join(pressing)}")
    return f"- {pull.linked} {pull.title}, {', '.join(facts)}{_said_on(pull, request)}"


def _waiting_facts(run: Run, pull: Pull) -> list[str]:
    since = pull.waiting_since or pull.opened
    return [f"waits for you since {run.day(since)}"] if since else []


def _said_on(pull: Pull, request: Listing) -> str:
    if request.which != "waiting_for_my_review":
        return ""
    if hint := _can_wait(pull):
        return f". It can wait: {hint}"
    last = pull.last_comment
    return f". Last word, {last.by}: “{quoted(last.text, 120)}”" if last and last.text else ""


def _can_wait(pull: Pull) -> str:
    """Who says that it can wait, in their words; only the author's own words count."""
    last = pull.last_comment
    spoken = [(last.by, last.text)] if last and last.by == pull.author else []
    for by, text in [*spoken, (pull.author, pull.body)]:
        # A full stop within a word, as in 4.13, ends no sentence.
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            if re.search(_CAN_WAIT, sentence, re.IGNORECASE):
                return f"{by} wrote “{quoted(sentence, 120)}”"
    return ""


def _waiting_key(pull: Pull) -> float:
    since = pull.waiting_since or pull.opened
    return since.timestamp() if since else 0.0


def _next(request: Listing, count: int) -> str:
    if request.which == "waiting_for_my_review":
        one = "it" if count == 1 else "the first one"
        return f"\n\nNext: “review {one}”, or “review {one} and comment”."
    return ""


def look(run: Run, request: Look) -> Plan:
    repository, number = find(run, request.target)
    if request.aspect == "discussion":
        return Plan(text=_talk(run, run.pull(repository, number), run.discussion(repository, number)))
    pull, said = run.pull_and_discussion(repository, number)
    match request.aspect:
        case "word":
            return Plan(text=_in_one_word(pull))
        case "checks":
            return Plan(text=_standing(pull, said))
        case _:
            return Plan(text=review(run, pull, said))


def review(run: Run, pull: Pull, said: Discussion) -> str:
    """A compact review: what it is, how it stands, what stands out."""
    state = "draft" if pull.is_draft else pull.state
    opened = f", opened {run.day(pull.opened)}" if pull.opened else ""
    lines = [f"**{pull.linked} {pull.title}**", f"By {pull.author}{opened}, {state}, {size_of(pull)}."]
    if pull.body.strip():
        lines.append(f"The author says: “{quoted(pull.body, 280)}”")
    lines += ["", f"- Reviews: {reviews_said(pull)}", f"- Checks: {_checks(pull, said)}"]
    found = findings(pull, said)
    lines += [f"- {finding}" for finding in found] or ["- Nothing else stands out."]
    largest = sorted(pull.files, key=lambda file: -(file.additions + file.deletions))[:5]
    if len(pull.files) > 3:
        lines.append(
            "- Largest: " + ", ".join(f"`{file.path}` +{file.additions} −{file.deletions}" for file in largest)
        )
    return "\n".join([*lines, "", MODEST])


def reviews_said(pull: Pull) -> str:
    """Who approved, who objected, who was asked."""
    approved, objecting = pull.with_verdict("approved"), pull.with_verdict("changes_requested")
    only_spoke = [r.by for r in pull.reviews if r.verdict == "commented" and r.by not in pull.verdicts]
    parts: list[str] = []
    if approved:
        parts.append(f"{counted(len(approved), 'approval')} ({', '.join(approved)})")
    if objecting:
        parts.append(f"changes requested by {', '.join(objecting)}")
    if only_spoke:
        parts.append(f"{', '.join(dict.fromkeys(only_spoke))} commented without a verdict")
    if pull.asked:
        parts.append(f"asked and not answered: {', '.join(pull.asked)}")
    return f"{', '.join(parts) or 'none, and nobody is asked'}."


def _checks(pull: Pull, said: Discussion) -> str:
    if pull.checks == "checks green" and said.checks:
        return f"all {len(said.checks)} green."
    return f"{pull.checks.removeprefix('checks ') or 'none'}."


def _standing(pull: Pull, said: Discussion) -> str:
    found = blockers(pull, said)
    head = f"{pull.linked} {pull.title} is {'a draft' if pull.is_draft else pull.state}."
    lines = [f"- Reviews: {reviews_said(pull)}", f"- Checks: {_checks(pull, said)}", *(f"- {line}" for line in found)]
    ready = "Nothing keeps it from being merged." if not found and pull.with_verdict("approved") else ""
    return "\n".join([head, "", *lines, *(["", ready] if ready else [])])


def _in_one_word(pull: Pull) -> str:
    if pull.state != "open":
        return f"{pull.state.capitalize()}."
    if pull.is_draft:
        return "Draft."
    return next(
        (
            word
            for sign, word in (("failing", "Red."), ("running", "Running."), ("green", "Green."))
            if sign in pull.checks
        ),
        "Open.",
    )


def _talk(run: Run, pull: Pull, said: Discussion) -> str:
    if not said.remarks:
        return f"Nobody has said anything on {pull.linked} {pull.title}."
    lines = [f"**{pull.linked} {pull.title}**, {counted(len(said.remarks), 'entry', 'entries')}:", ""]
    for remark in said.remarks[-15:]:
        verdict = f" ({remark.verdict.replace('_', ' ')})" if remark.verdict else ""
        place = f" at `{remark.place}`" if remark.place else ""
        words = f": “{quoted(remark.text, 240)}”" if remark.text.strip() else ""
        lines.append(f"- {remark.by}{verdict}{place}, {run.day(remark.at)}{words}")
    return "\n".join(lines)


def size_of(pull: Pull) -> str:
    return f"+{pull.additions:,} −{pull.deletions:,} in {counted(len(pull.files), 'file')}"


def counted(count: int, noun: str, many: str = "") -> str:
    return f"{count} {noun if count == 1 else many or noun + 's'}"
