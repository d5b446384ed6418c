"""How a pull request stands: who said what, how its checks are, and what it waits for (pure)."""

from collections.abc import Iterable, Sequence

from integrations.github.models import Check, Pull, Review, login_of


def verdicts(reviews: Iterable[Review]) -> dict[str, str]:
    """The standing verdict of each reviewer: `APPROVED` or `CHANGES_REQUESTED`. `reviews` are oldest first.

    As GitHub counts: a later comment leaves an earlier verdict standing, a dismissal takes it away.
    """
    standing: dict[str, str] = {}
    for review in reviews:
        if review.state in {"APPROVED", "CHANGES_REQUESTED"}:
            standing[login_of(review.user)] = review.state
        elif review.state == "DISMISSED":
            standing.pop(login_of(review.user), None)
    return standing


def asked_reviewers(pull: Pull) -> list[str]:
    """Who was asked for a review and has not answered: logins, then teams."""
    people = [reviewer.login for reviewer in pull.requested_reviewers]
    return people + [f"the team {team.slug}" for team in pull.requested_teams]


def checks_said(checks: Sequence[Check] | None) -> str:
    """The checks in a few words: "checks green"."""
    if checks is None:
        return "checks not readable"
    if not checks:
        return "no checks"
    if failing := _named(checks, "failing"):
        return f"checks failing ({failing})"
    if running := _named(checks, "running"):
        return f"checks running ({running})"
    return "checks green"


def waits_for(pull: Pull, reviews: Iterable[Review], checks: Sequence[Check] | None) -> list[str]:
    """What keeps an open pull request from being merged, most basic first; one line says so when nothing does."""
    if pull.standing != "open":
        return []
    asked, standing = asked_reviewers(pull), verdicts(reviews)
    approved = [login for login, verdict in standing.items() if verdict == "APPROVED"]
    objecting = [login for login, verdict in standing.items() if verdict == "CHANGES_REQUESTED"]
    found: list[str] = []
    if pull.draft:
        found.append("its author: it is a draft")
    if pull.mergeable is False:
        found.append(f"its author: it conflicts with {pull.base.ref}")
    found += [f"changes that {login} requested" for login in objecting if login not in asked]
    found += [f"a {'new ' if login in standing else ''}review by {login}" for login in asked]
    if checks is not None and checks_said(checks) not in {"checks green", "no checks"}:
        found.append(checks_said(checks))
    if not (asked or standing or pull.draft):
        found.append("a reviewer: nobody is asked")
    return found or [f"nothing: approved by {', '.join(approved)}, {checks_said(checks)}"]


def _named(checks: Iterable[Check], outcome: str) -> str:
    return ", ".join(check.name for check in checks if check.outcome == outcome)
