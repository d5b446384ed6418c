"""Read-only pages, so that a person in the playground sees what is really there."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from aiohttp import web

from playground.github.diffs import joined
from playground.github.rest.pulls import as_mail
from playground.github.world import Account, Issue, LineComment, Pull, Repository, World
from playground.look import Look, initials


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing somebody said, in a discussion from top to bottom."""

    anchor: str
    by: Account
    at: datetime
    body: str
    verdict: str = ""
    tone: str = ""
    lines: tuple[LineComment, ...] = ()


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: str


_VERDICTS = {
    "APPROVED": ("approved", "ok"),
    "CHANGES_REQUESTED": ("asked for changes", "wait"),
    "COMMENTED": ("reviewed", ""),
    "DISMISSED": ("review dismissed", ""),
}


class Pages:
    """Everything that a browser finds outside `/login` and `/api`."""

    def __init__(self, world: World, look: Look) -> None:
        self._world = world
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", "/", self.home)
        router.add_route("GET", "/avatars/{login}.svg", self.avatar)
        router.add_route("GET", "/{owner}/{repo}", self.repository)
        router.add_route("GET", "/{owner}/{repo}/pull/{number:\\d+}", self.discussion)
        router.add_route("GET", "/{owner}/{repo}/pull/{number:\\d+}.{kind:diff|patch}", self.raw)
        router.add_route("GET", "/{owner}/{repo}/issues/{number:\\d+}", self.discussion)
        router.add_route("GET", "/{rest:.*}", self.nothing)

    async def home(self, _request: web.Request) -> web.StreamResponse:
        rows = [(repository, *_open_counts(repository)) for repository in self._world.repositories.values()]
        return self._look.page(
            "home.html", company=self._world.company, organisation=self._world.organisation, rows=rows
        )

    async def repository(self, request: web.Request) -> web.StreamResponse:
        found = self._repository(request)
        if found is None:
            return await self.nothing(request)
        newest = sorted(found.issues.values(), key=lambda issue: issue.updated, reverse=True)
        groups = [
            ("Open pull requests", [i for i in newest if isinstance(i, Pull) and i.state == "open"]),
            ("Open issues", [i for i in newest if not isinstance(i, Pull) and i.state == "open"]),
            ("Merged and closed", [i for i in newest if i.state == "closed"]),
        ]
        return self._look.page(
            "repository.html", organisation=self._world.organisation, repository=found, groups=groups, badge=badge
        )

    async def discussion(self, request: web.Request) -> web.StreamResponse:
        """One pull request or issue with all that was said."""
        repository = self._repository(request)
        issue = repository.issues.get(int(request.match_info["number"])) if repository else None
        if repository is None or issue is None:
            return await self.nothing(request)
        return self._look.page(
            "discussion.html",
            organisation=self._world.organisation,
            repository=repository,
            issue=issue,
            pull=issue if isinstance(issue, Pull) else None,
            badge=badge,
            entries=entries(issue),
        )

    async def raw(self, request: web.Request) -> web.StreamResponse:
        repository = self._repository(request)
        pull = repository.issues.get(int(request.match_info["number"])) if repository else None
        if not isinstance(pull, Pull):
            return await self.nothing(request)
        text = as_mail(pull) if request.match_info["kind"] == "patch" else joined(pull.files)
        return web.Response(text=text, content_type="text/plain")

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        account = self._world.account(request.match_info["login"])
        letters = escape(initials(account.name if account else self._world.company))
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#e3eaf2"/>'
            '<text x="20" y="26" text-anchor="middle" font-family="sans-serif" font-size="15" fill="#2b4b6e">'
            f"{letters}</text></svg>"
        )
        return web.Response(text=drawing, content_type="image/svg+xml")

    async def nothing(self, _request: web.Request) -> web.StreamResponse:
        text = "This GitHub has only the pages that the playground needs."
        return self._look.page("sorry.html", 404, title="Nothing here", text=text)

    def _repository(self, request: web.Request) -> Repository | None:
        """Whoever runs the playground may look at everything."""
        if request.match_info["owner"].lower() != self._world.organisation.lower():
            return None
        return self._world.repositories.get(request.match_info["repo"].lower())


def entries(issue: Issue) -> list[Entry]:
    """Comments and reviews in the order of time; a review carries its line comments."""
    said = [
        Entry(anchor=f"issuecomment-{comment.id}", by=comment.by, at=comment.created, body=comment.body)
        for comment in issue.comments
    ]
    if isinstance(issue, Pull):
        said += _reviews(issue)
    return sorted(said, key=lambda entry: entry.at)


def badge(issue: Issue) -> Badge:
    """The state in one word."""
    if isinstance(issue, Pull) and issue.merge:
        return Badge("Merged", "ok")
    if issue.state == "closed":
        return Badge("Closed", "stop" if isinstance(issue, Pull) else "ok")
    if isinstance(issue, Pull) and issue.draft:
        return Badge("Draft", "")
    return Badge("Open", "act")


def _reviews(pull: Pull) -> list[Entry]:
    found: list[Entry] = []
    for review in pull.reviews:
        if review.state in _VERDICTS:
            verdict, tone = _VERDICTS[review.state]
            lines = tuple(comment for comment in pull.line_comments if comment.review == review.id)
            found.append(
                Entry(
                    anchor=f"pullrequestreview-{review.id}",
                    by=review.by,
                    at=review.submitted,
                    body=review.body,
                    verdict=verdict,
                    tone=tone,
                    lines=lines,
                )
            )
    return found


def _open_counts(repository: Repository) -> tuple[int, int]:
    still_open = [issue for issue in repository.issues.values() if issue.state == "open"]
    pulls = sum(isinstance(issue, Pull) for issue in still_open)
    return pulls, len(still_open) - pulls
