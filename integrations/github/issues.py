"""GitHub's issues as one person sees them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue, TypeAdapter

from integrations.errors import Refused
from integrations.github.calls import Calls
from integrations.github.me import Me, if_allowed
from integrations.github.models import Comment, Issue, IssuePage, Label, Posted, TimelineEntry, User
from integrations.github.query import WhichIssues, issues_query, opened_query
from integrations.github.texts import fingerprint

CloseReason = Literal["completed", "not_planned"]

MAX_COMMENTS = 300
MAX_NAMES = 1_000
"""Labels, and people who can be assigned, of one repository."""

_ISSUE = TypeAdapter(Issue)
_PAGE = TypeAdapter(IssuePage)
_LABELS = TypeAdapter(tuple[Label, ...])
_USERS = TypeAdapter(tuple[User, ...])
_COMMENT = TypeAdapter(Comment)
_COMMENTS = TypeAdapter(tuple[Comment, ...])
_TIMELINE = TypeAdapter(tuple[TimelineEntry, ...])
_POSTED = TypeAdapter(Posted)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueListing:
    """Issues that were found, and how many there are altogether."""

    total: int
    issues: tuple[Issue, ...]


class Issues:
    """The part of the client that reads and changes issues; it raises what the client raises.

    A pull request is one of GitHub's issues: `read` gives it too, with `pull_request` set.
    """

    def __init__(self, calls: Calls, me: Me) -> None:
        self._calls = calls
        self._me = me

    async def find(
        self,
        which: WhichIssues,
        *,
        repository: str | None = None,
        words: str = "",
        labels: Iterable[str] = (),
        limit: int = 20,
    ) -> IssueListing:
        """The issues of one kind, newest activity first, at most 100.

        Without `repository`, open and closed ones are looked for where the person's repositories are.
        """
        wanted = tuple(labels)
        if repository is None and which in {"open", "closed"}:
            pages = await self._me.search_mine(
                _PAGE, lambda owner: issues_query(which, owner=owner, words=words, labels=wanted), limit=limit
            )
        else:
            query = issues_query(which, repository=repository, words=words, labels=wanted)
            search = self._me.search(_PAGE, query, limit=limit)
            pages = [await self._me.seen(repository or "these issues", search)]
        found = sorted(
            (issue for page in pages for issue in page.items), key=lambda issue: issue.updated_at, reverse=True
        )
        return IssueListing(total=sum(page.total_count for page in pages), issues=tuple(found[:limit]))

    async def opened(self, *, limit: int) -> tuple[Issue, ...]:
        """The issues that this person opened, the newest first, closed ones too."""
        pages = await self._me.opened(_PAGE, opened_query("issue"), limit=limit)
        return tuple(issue for page in pages for issue in page.items)[:limit]

    async def read(self, repository: str, number: int) -> Issue:
        answer = self._calls.read(f"/repos/{repository}/issues/{number}", _ISSUE)
        return await self._me.seen(f"{repository} #{number}", answer)

    async def comments(self, repository: str, number: int) -> tuple[Comment, ...]:
        """What was said under it, oldest first, at most `MAX_COMMENTS`."""
        path = f"/repos/{repository}/issues/{number}/comments"
        answer = self._calls.read_all(path, _COMMENTS, limit=MAX_COMMENTS)
        return await self._me.seen(f"{repository} #{number}", answer)

    async def pulls(self, repository: str, number: int) -> tuple[Issue, ...] | None:
        """The pull requests that name it, as far as this person sees them; None when GitHub does not tell."""
        path = f"/repos/{repository}/issues/{number}/timeline"
        entries = await if_allowed(self._calls.read_all(path, _TIMELINE, limit=MAX_COMMENTS))
        if entries is None:
            return None
        named = [entry.source.issue for entry in entries if entry.event == "cross-referenced" and entry.source]
        return tuple({issue.html_url: issue for issue in named if issue and issue.pull_request}.values())

    async def labels(self, repository: str) -> tuple[str, ...]:
        """The labels that the repository has, at most `MAX_NAMES`."""
        answer = self._calls.read_all(f"/repos/{repository}/labels", _LABELS, limit=MAX_NAMES)
        return tuple(label.name for label in await self._me.seen(repository, answer))

    async def assignable(self, repository: str) -> tuple[str, ...]:
        """The logins of those who can be assigned there, at most `MAX_NAMES`."""
        answer = self._calls.read_all(f"/repos/{repository}/assignees", _USERS, limit=MAX_NAMES)
        return tuple(user.login for user in await self._me.seen(repository, answer))

    async def open(
        self, repository: str, title: str, *, body: str = "", labels: Iterable[str] = (), assignees: Iterable[str] = ()
    ) -> Issue:
        """Open an issue. GitHub leaves labels and assignees out, silently, where this person may not set them."""
        content: dict[str, JsonValue] = {"title": title, "body": body, "labels": [*labels], "assignees": [*assignees]}
        answer = self._calls.write("POST", f"/repos/{repository}/issues", _ISSUE, body=content)
        return await self._me.seen(repository, answer)

    async def comment(self, repository: str, number: int, body: str) -> Posted:
        path = f"/repos/{repository}/issues/{number}/comments"
        answer = self._calls.write("POST", path, _POSTED, body={"body": body})
        return await self._me.seen(f"{repository} #{number}", answer)

    async def take_back(self, repository: str, comment: int, *, text: str) -> None:
        """Delete a comment under an issue or a pull request, if `text` is still the fingerprint of what it says."""
        path, subject = f"/repos/{repository}/issues/comments/{comment}", f"this comment in {repository}"
        now = await self._me.seen(subject, self._calls.read(path, _COMMENT))
        if fingerprint(now.body) != text:
            raise Refused("The comment was edited since it was posted. It was not deleted: look at it on GitHub.")
        await self._me.seen(subject, self._calls.delete(path))

    async def change(
        self, repository: str, number: int, *, labels: Iterable[str] | None, assignees: Iterable[str] | None
    ) -> Issue:
        """Put these labels and assignees in place of the present ones; None leaves them as they are.

        One request: adding and removing one by one would leave half of it behind when the second is refused.
        """
        content: dict[str, JsonValue] = {}
        if labels is not None:
            content["labels"] = [*labels]
        if assignees is not None:
            content["assignees"] = [*assignees]
        return await self._edit(repository, number, content)

    async def close(self, repository: str, number: int, reason: CloseReason) -> Issue:
        return await self._edit(repository, number, {"state": "closed", "state_reason": reason})

    async def reopen(self, repository: str, number: int) -> Issue:
        return await self._edit(repository, number, {"state": "open", "state_reason": "reopened"})

    async def _edit(self, repository: str, number: int, content: Mapping[str, JsonValue]) -> Issue:
        answer = self._calls.write("PATCH", f"/repos/{repository}/issues/{number}", _ISSUE, body=content)
        return await self._me.seen(f"{repository} #{number}", answer)
