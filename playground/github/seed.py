"""The company's GitHub as the seed tells it, as a world to start from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from playground.company import Company, Poison
from playground.github.diffs import parse, spot
from playground.github.world import (
    Account,
    Check,
    Comment,
    Commit,
    Issue,
    LineComment,
    Merge,
    Pull,
    Repository,
    Review,
    ReviewState,
    Team,
    World,
    sha,
)

# One item of github.yaml; the seed is ours and its shape is known here.
Raw = dict[str, Any]

VISITOR = "trailmix-bot-fan"
"""The outside collaborator who writes poisoned comments."""

_STATES: dict[str, ReviewState] = {
    "approved": "APPROVED",
    "changes_requested": "CHANGES_REQUESTED",
    "commented": "COMMENTED",
}


def planted(company: Company, clock: Callable[[], datetime]) -> World:
    """The world of `company`, with its poisoned items for GitHub laid over it."""
    world = World(organisation=company.github["org"], company=company.name, clock=clock)
    seed = Seed(company, world)
    seed.people()
    for raw in company.github["repos"]:
        seed.repository(raw)
    for item in company.poison:
        if item.place.startswith("github:"):
            seed.poison(item)
    return world


class Seed:
    """Turns the seed's items into a world's."""

    def __init__(self, company: Company, world: World) -> None:
        self._company = company
        self._world = world
        self._by_handle: dict[str, Account] = {}

    def people(self) -> None:
        for number, person in enumerate(self._company.people):
            if person.github:
                account = Account(
                    id=9_410_300 + 17 * number,
                    handle=person.handle,
                    login=person.github,
                    name=person.name,
                    email=person.email,
                    title=person.title,
                    team=person.team,
                    # Teams give the rights; whoever runs engineering is in none of them and owns the organisation.
                    owner=person.is_admin and person.team is None,
                )
                self._world.accounts[account.login.lower()] = account
                self._by_handle[person.handle] = account
        for number, raw in enumerate(self._company.trees["people"]["teams"]):
            team = Team(id=7_700 + number, slug=raw["id"], name=raw["name"], about=raw["about"])
            self._world.teams[team.slug] = team

    def repository(self, raw: Raw) -> None:
        start = self._company.moment(-400, "09:00")
        root = Commit(
            sha=sha(raw["name"], "root"),
            parent="",
            message=f"Start {raw['name']}",
            by=self._by_handle[raw["codeowners"]["*"][0]],
            at=start,
        )
        repository = Repository(
            id=self._world.new_id(),
            name=raw["name"],
            about=raw["about"],
            language=raw["language"],
            private=raw["private"],
            teams=raw["teams"],
            checks=tuple(raw["usual_checks"]),
            files={"README.md": self._text(raw["readme"]), ".github/CODEOWNERS": self._codeowners(raw["codeowners"])},
            created=start,
            main=[root, *self._merges(raw)],
        )
        for item in raw["pulls"]:
            repository.issues[item["number"]] = self._pull(repository, item)
        for item in raw["issues"]:
            repository.issues[item["number"]] = self._issue(item)
        self._world.repositories[repository.name.lower()] = repository

    def poison(self, item: Poison) -> None:
        name, _, number = item.place.removeprefix("github:").partition("#")
        pull = self._world.repositories[name.lower()].issues[int(number)]
        if not isinstance(pull, Pull):
            raise TypeError(f"{item.id} is for a pull request, and {item.place} is none")
        if item.how.startswith("add comment"):
            at = pull.updated + timedelta(minutes=40)
            body = self._text(item.text)
            comment = Comment(id=self._world.new_id(), by=self._visitor(), body=body, created=at, updated=at)
            pull.comments.append(comment)
            pull.updated = at
        elif item.how.startswith("message of"):
            pull.commits[-1] = replace(pull.head, message=item.text)
        elif item.how == "replace branch":
            pull.branch = item.text

    def _visitor(self) -> Account:
        visitor = Account(
            id=9_900_001,
            handle=VISITOR,
            login=VISITOR,
            name="Trail Mix",
            email="trailmix@mailbox.example",
            title="",
            team=None,
            owner=False,
            member=False,
        )
        return self._world.accounts.setdefault(VISITOR, visitor)

    def _merges(self, raw: Raw) -> list[Commit]:
        """The commits on main, one for each merged pull request."""
        parent = sha(raw["name"], "root")
        found: list[Commit] = []
        merged = [item for item in raw["pulls"] if item["state"] == "merged"]
        for item in sorted(merged, key=lambda item: self._at(item["merged"])):
            found.append(
                Commit(
                    sha=self._merge_sha(raw["name"], item),
                    parent=parent,
                    message=f"{item['title']} (#{item['number']})",
                    by=self._by_handle[item["by"]],
                    at=self._at(item["merged"]),
                    files=parse(item["diff"]),
                )
            )
            parent = found[-1].sha
        return found

    def _pull(self, repository: Repository, raw: Raw) -> Pull:
        by = self._by_handle[raw["by"]]
        created = self._at(raw["created"])
        files = parse(raw["diff"])
        base = [commit for commit in repository.main if commit.at <= created][-1]
        head = Commit(
            sha=sha(repository.name, raw["number"], raw["title"]),
            parent=base.sha,
            message=f"{raw['title']}\n\n{raw['ticket']}",
            by=by,
            at=created,
            checks=self._checks(repository, raw, created),
            files=files,
        )
        pull = Pull(
            id=self._world.new_id(),
            number=raw["number"],
            title=raw["title"],
            by=by,
            body=self._text(raw["body"]),
            created=created,
            updated=created,
            labels=list(raw["labels"]),
            milestone=raw.get("milestone"),
            comments=self._comments(raw),
            branch=raw["branch"],
            base=base.sha,
            files=files,
            commits=[head],
            draft=raw.get("draft", False),
            mergeable=raw.get("mergeable", True),
            wants=[self._by_handle[who] for who in raw.get("wants", [])],
        )
        for review in raw.get("reviews", []):
            self._review(pull, review)
        self._close(pull, raw)
        if "merged" in raw:
            at = self._at(raw["merged"])
            who = self._by_handle[raw["merged"]["by"]]
            pull.merge = Merge(by=who, at=at, sha=self._merge_sha(repository.name, raw), method="squash")
            self._world.happened(pull, "merged", who, at, commit=pull.merge.sha)
        for account in pull.wants:
            self._world.happened(pull, "review_requested", by, _asked_at(pull, account), reviewer=account)
        pull.updated = _latest(pull, [review.submitted for review in pull.reviews])
        return pull

    def _issue(self, raw: Raw) -> Issue:
        created = self._at(raw["created"])
        issue = Issue(
            id=self._world.new_id(),
            number=raw["number"],
            title=raw["title"],
            by=self._by_handle[raw["by"]],
            body=self._text(raw["body"]),
            created=created,
            updated=created,
            labels=list(raw["labels"]),
            assignees=[self._by_handle[who] for who in raw.get("assignees", [])],
            milestone=raw.get("milestone"),
            comments=self._comments(raw),
        )
        self._close(issue, raw)
        issue.updated = _latest(issue, [])
        return issue

    def _close(self, issue: Issue, raw: Raw) -> None:
        if end := raw.get("merged") or raw.get("closed"):
            self._world.settle(issue, self._by_handle[end["by"]], self._at(end))
            issue.reason = None if isinstance(issue, Pull) else "completed"

    def _comments(self, raw: Raw) -> list[Comment]:
        return [
            Comment(
                id=self._world.new_id(),
                by=self._by_handle[item["by"]],
                body=self._text(item["body"]),
                created=self._at(item),
                updated=self._at(item),
            )
            for item in raw.get("comments", [])
        ]

    def _review(self, pull: Pull, raw: Raw) -> None:
        review = Review(
            id=self._world.new_id(),
            by=self._by_handle[raw["by"]],
            state=_STATES[raw["state"]],
            body=self._text(raw["body"]),
            submitted=self._at(raw),
            commit=pull.head.sha,
        )
        pull.reviews.append(review)
        for item in raw.get("comments", []):
            self._line_comment(pull, review, item)

    def _line_comment(self, pull: Pull, review: Review, raw: Raw) -> None:
        file = pull.file(raw["path"])
        place = spot(file.patch, line=raw["line"]) if file else None
        if place is None:
            raise ValueError(f"#{pull.number} has no line {raw['line']} in {raw['path']!r} to comment on")
        pull.line_comments.append(
            LineComment(
                id=self._world.new_id(),
                by=review.by,
                body=self._text(raw["body"]),
                created=review.submitted,
                updated=review.submitted,
                path=raw["path"],
                line=place.line,
                side=place.side,
                position=place.position,
                hunk=place.hunk,
                commit=review.commit,
                review=review.id,
            )
        )

    def _checks(self, repository: Repository, raw: Raw, created: datetime) -> tuple[Check, ...]:
        if "checks" not in raw:
            return self._world.green(repository, created + timedelta(minutes=6))
        return tuple(
            Check(
                id=self._world.new_id(),
                name=item["name"],
                conclusion=item.get("conclusion"),
                summary=item.get("summary"),
                started=created + timedelta(minutes=1),
                completed=created + timedelta(minutes=6) if "conclusion" in item else None,
            )
            for item in raw["checks"]
        )

    def _codeowners(self, raw: dict[str, list[str]]) -> str:
        """The file as GitHub reads it: the last line that matches decides, so `*` comes first."""
        lines = [
            " ".join([pattern, *(f"@{self._by_handle[who].login}" for who in owners)])
            for pattern, owners in sorted(raw.items(), key=lambda rule: rule[0] != "*")
        ]
        return "\n".join(lines) + "\n"

    def _merge_sha(self, repository: str, raw: Raw) -> str:
        return sha(repository, raw["number"], "merge")

    def _at(self, raw: Raw) -> datetime:
        return self._company.moment(raw["day"], raw["at"])

    def _text(self, text: str) -> str:
        """`text` with mentions as GitHub writes them; people without an account stay names."""
        return re.sub(r"<@([\w-]+)>", lambda match: self._mention(match[1]), text.strip())

    def _mention(self, handle: str) -> str:
        account = self._by_handle.get(handle)
        return f"@{account.login}" if account else self._company.person(handle).name


def _asked_at(pull: Pull, account: Account) -> datetime:
    """When `account` was asked: at the start, or after its review, when the author had answered it."""
    reviewed = max((review.submitted for review in pull.reviews if review.by == account), default=None)
    if reviewed is None:
        return pull.created
    answers = [comment.created for comment in pull.comments if comment.by == pull.by and comment.created > reviewed]
    return min(answers, default=reviewed)


def _latest(issue: Issue, others: Iterable[datetime]) -> datetime:
    times = [issue.created, *(comment.created for comment in issue.comments), *others]
    return max([*times, issue.closed] if issue.closed else times)
