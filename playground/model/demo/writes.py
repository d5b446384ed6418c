"""Changes that the person asked for: proposed as a call, and afterwards told as they went."""

import re

from pydantic import JsonValue

from playground.model.conversation import Plan
from playground.model.demo.find import find
from playground.model.demo.findings import OPENING, blockers, findings
from playground.model.demo.found.tickets import texts_of
from playground.model.demo.outcomes import Outcome
from playground.model.demo.pulls import Discussion, Pull, pulls_of
from playground.model.demo.reads import review, reviews_said, size_of
from playground.model.demo.request import Comment, Judge, Merge, Reviewers
from playground.model.demo.run import NOT_CONNECTED, Ends, Run, said_to_people
from playground.model.demo.targets import Target


def comment(run: Run, request: Comment) -> Plan:
    repository, number = find(run, request.target)
    body, text = request.body, ""
    if request.with_review or not body:
        pull, said = run.pull_and_discussion(repository, number)
        text = review(run, pull, said)
        body = body or _as_comment(pull, said)
    outcome = _propose(run, "comment_on_pull_request", repository, number, body=body, text=text)
    return Plan(text=_told(run, outcome, done="Comment posted", undone="Not posted"))


def judge(run: Run, request: Judge) -> Plan:
    repository, number = find(run, request.target)
    pull, said = run.pull_and_discussion(repository, number)
    body = request.body
    if request.verdict == "request_changes" and not body:
        body = _as_comment(pull, said) if findings(pull, said) else ""
        if not body:
            return Plan(text=f"What should change on {pull.linked}? Say “request changes on {pull.number} because …”.")
    standing = " ".join([f"{pull.linked} {pull.title}: {reviews_said(pull)}", *blockers(pull, said)])
    outcome = _propose(
        run, "review_pull_request", repository, number, text=standing, verdict=request.verdict, body=body
    )
    done = "Approved" if request.verdict == "approve" else "Changes requested"
    return Plan(text=_told(run, outcome, done=done, undone="Not approved" if done == "Approved" else "Not requested"))


def merge(run: Run, request: Merge) -> Plan:
    repository, number = find(run, request.target)
    pull, said = run.pull_and_discussion(repository, number)
    if pull.state != "open":
        return Plan(text=f"{pull.linked} {pull.title} is {pull.state} already. I changed nothing.")
    in_the_way = blockers(pull, said)
    if in_the_way and not request.anyway:
        lines = "\n".join(f"- {line}" for line in in_the_way)
        return Plan(
            text=f"I did not merge {pull.linked} {pull.title}:\n{lines}\n\nSay “merge {number} anyway” to go on."
        )
    checks = "all checks green" if pull.checks == "checks green" else pull.checks
    standing = f"{pull.linked} {pull.title}: {reviews_said(pull).removesuffix('.')}, {checks}."
    outcome = _propose(run, "merge_pull_request", repository, number, text=standing, method=request.method)
    tickets = "".join(f" {ticket} can be closed." for ticket in pull.tickets) if outcome.kind == "done" else ""
    return Plan(text=_told(run, outcome, done="Merged", undone="Not merged") + tickets)


def reviewers(run: Run, request: Reviewers) -> Plan:
    if request.usual:
        return _usual_reviewers(run, request.target)
    repository, number = find(run, request.target)
    pull = run.pull(repository, number)
    chosen, because = _chosen(request, pull)
    if request.only_says_who:
        return Plan(text=_who_can(pull, request))
    outcome = _propose(run, "request_reviewers", repository, number, text=because, reviewers=[*chosen])
    return Plan(text=_told(run, outcome, done=f"Asked {' and '.join(chosen)} for a review", undone="Not asked"))


def _usual_reviewers(run: Run, target: Target) -> Plan:
    """Whom they usually ask, and where a bare number is, is theirs to know: both are left out of the call."""
    repository, number = (target.repository, target.number) if target.number is not None else find(run, target)
    outcome = run.ask([run.call("request_reviewers", repository=repository, number=number)])[0]
    asked = " and ".join(texts_of(outcome.executed.get("reviewers")))
    told = _told(run, outcome, done=f"Asked {asked} for a review", undone="Not asked")
    return Plan(text=f"{told}{_as_on_last(run, outcome)}" if outcome.kind == "done" else told)


def _as_on_last(run: Run, done: Outcome) -> str:
    """Whom the person asked on their newest other pull request there: whoever was wrong is noticed by it."""
    repository = str(done.executed.get("repository"))
    [listed] = run.ask([run.call("list_pull_requests", which="mine", repository=repository)])
    rows = pulls_of(listed.content) if listed.kind == "done" else []
    asked = [
        (row, re.findall(r"\breview by ([\w-]+)", " ".join(row.waits_for)))
        for row in rows
        if row.number != done.executed.get("number")
    ]
    found = max(((row, logins) for row, logins in asked if logins), key=lambda pair: pair[0].number, default=None)
    return f" On your last one there, {found[0].linked}, you asked {' and '.join(found[1])}." if found else ""


def _propose(run: Run, tool: str, repository: str, number: int, *, text: str, **arguments: JsonValue) -> Outcome:
    call = run.call(tool, repository=repository, number=number, **arguments)
    return run.ask([call], text=text)[0]


def _as_comment(pull: Pull, said: Discussion) -> str:
    """What I found, in words that can stand under the person's name."""
    found = findings(pull, said)
    if not found:
        return f"{OPENING} It is {size_of(pull)}, {pull.checks}. Nothing stands out to me."
    return "\n".join([f"{OPENING} Before this goes in:", "", *(f"- {finding}" for finding in found)])


def _told(run: Run, outcome: Outcome, *, done: str, undone: str) -> str:
    """What became of a write."""
    place = f"{outcome.executed.get('repository')}#{outcome.executed.get('number')}"
    link = outcome.content.get("link")
    linked = f"[{place}]({link})" if isinstance(link, str) and link else place
    match outcome.kind:
        case "done":
            return f"{done}: {linked}."
        case "denied":
            return f"{undone}. You denied it. Tell me what to change, the words or the place, and I prepare it again."
        case "expired":
            return f"{undone}: nobody decided in time. Ask again and I prepare it anew."
        case "aside":
            return f"{undone}: it was put aside. Ask again and I prepare it anew."
        case "skipped":
            return f"{undone}. {NOT_CONNECTED}"
        case "unknown":
            return _looked(run, outcome, done=done, undone=undone, place=place)
        case _:
            return f"{undone}. {said_to_people(outcome.text)}"


def _looked(run: Run, outcome: Outcome, *, done: str, undone: str, place: str) -> str:
    """After an unknown outcome: what is really there."""
    broke = "The connection broke while I did it. I looked:"
    repository, number = outcome.executed.get("repository"), outcome.executed.get("number")
    if not isinstance(repository, str) or not isinstance(number, int):
        raise Ends(
            Plan(text="The connection broke while I did it, and I could not look. Look there before you ask again.")
        )
    again = run.after(outcome)
    match outcome.call.tool:
        case "merge_pull_request":
            pull = again.pull(repository, number)
            return f"{broke} {pull.linked} is {pull.state}." + ("" if pull.state == "merged" else f" {undone}.")
        case "request_reviewers":
            pull = again.pull(repository, number)
            return f"{broke} on {pull.linked} are asked now: {', '.join(pull.asked) or 'nobody'}."
        case _:
            said = again.discussion(repository, number)
    body = _squeezed(str(outcome.executed.get("body") or ""))
    times = sum(_squeezed(remark.text) == body for remark in said.remarks if body)
    if not body:
        return f"{broke} {place} has {len(said.remarks)} entries. Check there whether yours is among them."
    there = {0: f"it is not on {place}. {undone}; ask again and I prepare it anew.", 1: f"it is on {place}, once."}
    return f"{broke} {there.get(times, f'it is on {place}, {times} times.')}"


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _chosen(request: Reviewers, pull: Pull) -> tuple[list[str], str]:
    """Whom to ask, and why them."""
    without = {pull.author, *(login for name in request.without if (login := _login(name, pull)))}
    if request.names:
        return _named(request, pull)
    owners = [login for login, _ in pull.owners if login not in without]
    if not owners and not request.only_says_who:
        text = f"CODEOWNERS names nobody else for {pull.linked}. Whom shall I ask? Say “ask … to review {pull.number}”."
        raise Ends(Plan(text=text))
    return owners[:1], _who_can(pull, request)


def _named(request: Reviewers, pull: Pull) -> tuple[list[str], str]:
    logins = [_login(name, pull) or (name if re.search(r"[\d/-]", name) else "") for name in request.names]
    unknown = [name for name, login in zip(request.names, logins, strict=True) if not login]
    if unknown:
        owners = [login for login, _ in pull.owners if login != pull.author]
        can = f" Who can approve: {', '.join(owners)}." if owners else ""
        who = " and ".join(name.capitalize() for name in unknown)
        example = f"Say “ask {owners[0] if owners else 'their-login'} to review {pull.number}”."
        text = f"I do not know the GitHub name of {who}: nobody on {pull.linked} is called so.{can} {example}"
        raise Ends(Plan(text=text))
    return logins, f"{pull.linked} {pull.title}: {reviews_said(pull)}"


def _login(name: str, pull: Pull) -> str:
    """The login on this pull request that `name` is a part of; empty when there is none."""
    people = [login for login, _ in pull.owners] + [review.by for review in pull.reviews] + [*pull.asked, pull.author]
    fitting = dict.fromkeys(login for login in people if name.lower() in re.split(r"[-_.\d]", login.lower()))
    fitting |= dict.fromkeys(login for login in people if len(name) > 2 and name.lower() in login.lower())
    return next(iter(fitting), "")


def _who_can(pull: Pull, request: Reviewers) -> str:
    away = {login for name in request.without if (login := _login(name, pull))}
    owners = [
        f"{login} owns {owns}" if owns else login for login, owns in pull.owners if login not in {pull.author, *away}
    ]
    lines = [f"Who can approve {pull.linked} {pull.title}:"]
    lines.append(f"- By CODEOWNERS: {', '.join(owners) or 'nobody else is named'}.")
    lines.append(f"- Reviews so far: {reviews_said(pull)}")
    return "\n".join(lines)
