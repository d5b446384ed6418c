"""GitHub as one person sees it: pull requests read, and the few things that are changed there."""

import asyncio
import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import JsonValue, SecretStr, TypeAdapter

from integrations.blocking import PATIENCE, Patience
from integrations.github.calls import Calls
from integrations.github.codeowners import PLACES, Rule, parse_codeowners
from integrations.github.issues import Issues
from integrations.github.me import Me, if_allowed
from integrations.github.models import (
    ChangedFile,
    Check,
    CheckRun,
    CheckRuns,
    Comment,
    Content,
    Email,
    Event,
    FoundPull,
    LineComment,
    Merge,
    MergeMethod,
    Posted,
    Pull,
    Repository,
    Review,
    Reviewers,
    SearchPage,
    Status,
    Statuses,
    User,
    Verdict,
)
from integrations.github.places import Places
from integrations.github.query import Which, opened_query, pulls_query
from integrations.integration import Account

MAX_FILES = 300
MAX_COMMENTS = 300
_GREEN = {"success", "neutral", "skipped"}

_USER = TypeAdapter(User)
_EMAILS = TypeAdapter(tuple[Email, ...])
_SEARCH = TypeAdapter(SearchPage)
_PULL = TypeAdapter(Pull)
_FILES = TypeAdapter(tuple[ChangedFile, ...])
_REVIEWS = TypeAdapter(tuple[Review, ...])
_COMMENTS = TypeAdapter(tuple[Comment, ...])
_LINE_COMMENTS = TypeAdapter(tuple[LineComment, ...])
_CHECK_RUNS = TypeAdapter(CheckRuns)
_STATUSES = TypeAdapter(Statuses)
_CONTENT = TypeAdapter(Content)
_POSTED = TypeAdapter(Posted)
_REVIEWERS = TypeAdapter(Reviewers)
_MERGE = TypeAdapter(Merge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Pull requests that were found, and how many there are altogether."""

    total: int
    pulls: tuple[FoundPull, ...]


class GitHub:
    """A client signed in as one person; cheap to build, connects with its first call.

    Every method raises the errors of `integrations.errors`: NotFound for what this person cannot see, Refused for
    what GitHub's rules or rights forbid, ServiceUnavailable, AccessRevoked, and OutcomeUnknown after a write whose
    answer was lost. Reads are tried twice, writes never. `repository` is owner and name.
    """

    def __init__(self, access: SecretStr, api_url: str, *, patience: Patience = PATIENCE) -> None:
        self._calls = Calls(access, api_url, patience=patience)
        self._me = Me(self._calls)
        self.issues = Issues(self._calls, self._me)

    async def whoami(self) -> Account:
        """Whose account this is; the e-mail address is the one that GitHub has verified, where we may read it."""
        user = await self._calls.read("/user", _USER)
        emails = await if_allowed(self._calls.read("/user/emails", _EMAILS))
        verified = [email.email for email in emails or () if email.primary and email.verified]
        return Account(id=str(user.id), name=user.login, email=verified[0] if verified else user.email)

    async def login(self) -> str:
        """Under which name this person is known there."""
        return await self._me.login()

    async def repositories(self) -> tuple[Repository, ...]:
        """The repositories that this person has to do with, by name; at most 500."""
        return await self._me.repositories()

    async def places(self, repositories: Iterable[str]) -> Places:
        """What GitHub tells this person of `repositories`; of some it may tell nothing."""
        return await self._me.places(repositories)

    async def find_pulls(
        self,
        which: Which,
        *,
        repository: str | None = None,
        words: str = "",
        since: date | None = None,
        limit: int = 20,
    ) -> Listing:
        """The pull requests of one kind, newest activity first, at most 100.

        Without `repository`, open and merged ones are looked for where the person's repositories are.
        """
        if repository is None and which in {"open", "merged"}:
            pages = await self._me.search_mine(
                _SEARCH, lambda owner: pulls_query(which, owner=owner, words=words, since=since), limit=limit
            )
        else:
            query = pulls_query(which, repository=repository, words=words, since=since)
            search = self._me.search(_SEARCH, query, limit=limit)
            pages = [await self._me.seen(repository or "these pull requests", search)]
        found = sorted((pull for page in pages for pull in page.items), key=lambda pull: pull.updated_at, reverse=True)
        return Listing(total=sum(page.total_count for page in pages), pulls=tuple(found[:limit]))

    async def opened_pulls(self, *, limit: int) -> tuple[FoundPull, ...]:
        """The pull requests that this person opened, the newest first, merged and closed ones too."""
        pages = await self._me.opened(_SEARCH, opened_query("pull-request"), limit=limit)
        return tuple(pull for page in pages for pull in page.items)[:limit]

    async def events(self, repository: str, number: int) -> tuple[Event, ...]:
        """Who was asked for a review, labelled and assigned, when and by whom; nothing where GitHub does not tell."""
        return await self._me.events(repository, number) or ()

    async def pull(self, repository: str, number: int) -> Pull:
        return await self._me.seen(
            f"{repository} #{number}", self._calls.read(f"/repos/{repository}/pulls/{number}", _PULL)
        )

    async def files(self, repository: str, number: int) -> tuple[ChangedFile, ...]:
        """The changed files with their diffs, at most `MAX_FILES`."""
        path = f"/repos/{repository}/pulls/{number}/files"
        return await self._me.seen(f"{repository} #{number}", self._calls.read_all(path, _FILES, limit=MAX_FILES))

    async def reviews(self, repository: str, number: int) -> tuple[Review, ...]:
        """The reviews that were sent in, oldest first, at most `MAX_COMMENTS`."""
        path = f"/repos/{repository}/pulls/{number}/reviews"
        found = await self._me.seen(f"{repository} #{number}", self._calls.read_all(path, _REVIEWS, limit=MAX_COMMENTS))
        return tuple(review for review in found if review.state != "PENDING")

    async def comments(self, repository: str, number: int) -> tuple[Comment, ...]:
        """The conversation under a pull request, oldest first, at most `MAX_COMMENTS`."""
        path = f"/repos/{repository}/issues/{number}/comments"
        return await self._me.seen(f"{repository} #{number}", self._calls.read_all(path, _COMMENTS, limit=MAX_COMMENTS))

    async def last_comment(self, repository: str, number: int, *, count: int) -> Comment | None:
        """The last of `count` comments: GitHub lists them oldest first only, so its page is worked out."""
        if count == 0:
            return None
        path = f"/repos/{repository}/issues/{number}/comments"
        found = await if_allowed(self._calls.read(path, _COMMENTS, per_page=100, page=(count - 1) // 100 + 1))
        return found[-1] if found else None

    async def line_comments(self, repository: str, number: int) -> tuple[LineComment, ...]:
        """The comments on lines of the diff, oldest first, at most `MAX_COMMENTS`."""
        path = f"/repos/{repository}/pulls/{number}/comments"
        return await self._me.seen(
            f"{repository} #{number}", self._calls.read_all(path, _LINE_COMMENTS, limit=MAX_COMMENTS)
        )

    async def review_asked_at(self, repository: str, number: int) -> datetime | None:
        """When this person was last asked for a review; None when it was a team, or GitHub does not tell."""
        login, events = await self.login(), await self.events(repository, number)
        asked = [event.created_at for event in events if event.event == "review_requested" and event.asked == login]
        return max(asked, default=None)

    async def checks(self, repository: str, sha: str) -> tuple[Check, ...] | None:
        """The checks of a commit, of both kinds; None when this account may read neither."""
        path = f"/repos/{repository}/commits/{sha}"
        runs, statuses = await asyncio.gather(
            if_allowed(self._calls.read(f"{path}/check-runs", _CHECK_RUNS, per_page=100)),
            if_allowed(self._calls.read(f"{path}/status", _STATUSES, per_page=100)),
        )
        if runs is None and statuses is None:
            return None
        found = [_check_of_run(run) for run in (runs.check_runs if runs else ())]
        return (*found, *(_check_of_status(status) for status in (statuses.statuses if statuses else ())))

    async def code_owners(self, repository: str, branch: str) -> tuple[Rule, ...]:
        """The rules of the CODEOWNERS file on `branch`; none when there is none, or it may not be read."""
        for place in PLACES:
            path = f"/repos/{repository}/contents/{place}"
            if found := await if_allowed(self._calls.read(path, _CONTENT, ref=branch)):
                return parse_codeowners(base64.b64decode(found.content).decode(errors="replace"))
        return ()

    async def comment(self, repository: str, number: int, body: str) -> Posted:
        """Post a comment under a pull request."""
        path = f"/repos/{repository}/issues/{number}/comments"
        return await self._me.seen(
            f"{repository} #{number}", self._calls.write("POST", path, _POSTED, body={"body": body})
        )

    async def review(self, repository: str, number: int, verdict: Verdict, *, body: str = "") -> Posted:
        """Send in a review of the newest commit."""
        path = f"/repos/{repository}/pulls/{number}/reviews"
        content: dict[str, JsonValue] = {"event": verdict.upper()}
        if body:
            content["body"] = body
        return await self._me.seen(f"{repository} #{number}", self._calls.write("POST", path, _POSTED, body=content))

    async def request_reviewers(self, repository: str, number: int, reviewers: Iterable[str]) -> Reviewers:
        """Ask people (by login) and teams (by `org/team`) for a review; a leading @ is fine."""
        path, content = f"/repos/{repository}/pulls/{number}/requested_reviewers", _reviewers(reviewers)
        return await self._me.seen(f"{repository} #{number}", self._calls.write("POST", path, _REVIEWERS, body=content))

    async def withdraw_request(self, repository: str, number: int, reviewers: Iterable[str]) -> None:
        """No longer ask these people and teams, named as in `request_reviewers`."""
        path, content = f"/repos/{repository}/pulls/{number}/requested_reviewers", _reviewers(reviewers)
        await self._me.seen(f"{repository} #{number}", self._calls.delete(path, body=content))

    async def merge(self, repository: str, number: int, method: MergeMethod, *, sha: str) -> Merge:
        """Merge a pull request if `sha` is still its newest commit; else GitHub refuses."""
        path = f"/repos/{repository}/pulls/{number}/merge"
        content: dict[str, JsonValue] = {"merge_method": method, "sha": sha}
        return await self._me.seen(f"{repository} #{number}", self._calls.write("PUT", path, _MERGE, body=content))


def _reviewers(reviewers: Iterable[str]) -> dict[str, JsonValue]:
    names = [reviewer.removeprefix("@") for reviewer in reviewers]
    return {
        "reviewers": [name for name in names if "/" not in name],
        "team_reviewers": [name.rpartition("/")[2] for name in names if "/" in name],
    }


def _check_of_run(run: CheckRun) -> Check:
    """A check run; cancelled and timed-out ones hold a merge up just as failed ones do."""
    outcome = "running" if run.conclusion is None else "green" if run.conclusion in _GREEN else "failing"
    told = (run.output.title, run.output.summary) if run.output else ()
    said = ": ".join(part for part in told if part and part != run.name)
    return Check(name=run.name, outcome=outcome, detail=said or run.conclusion or run.status, link=run.html_url)


def _check_of_status(status: Status) -> Check:
    outcome = "running" if status.state == "pending" else "green" if status.state == "success" else "failing"
    return Check(
        name=status.context, outcome=outcome, detail=status.description or status.state, reported=status.target_url
    )
