"""Read-only pages, so that a person in the playground sees what is really there."""

from html import escape

from aiohttp import web

from playground.atlassian.world import Issue, Jira, Link, Status, World
from playground.look import Look, initials

_TONES = {"new": "", "indeterminate": "act", "done": "ok"}


class Pages:
    """Everything that a browser finds outside of signing in and of the API."""

    def __init__(self, world: World, look: Look) -> None:
        self._world = world
        self._look = look

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_route("GET", "/", self.home)
        router.add_route("GET", "/avatars/{name}.svg", self.avatar)
        router.add_route("GET", "/{site}", self.site)
        router.add_route("GET", "/{site}/browse/{key}", self.browse)
        router.add_route("GET", "/{site}/issues/{key}", self.browse)
        router.add_route("GET", "/{rest:.*}", self.nothing)

    async def home(self, _request: web.Request) -> web.StreamResponse:
        return self._look.page("home.html", company=self._world.company, sites=list(self._world.sites.values()))

    async def site(self, request: web.Request) -> web.StreamResponse:
        """The projects of a site and its boards."""
        found = self._site(request)
        if found is None:
            return await self.nothing(request)
        rows = [
            (project, [i for i in found.issues.values() if i.project is project and i.status.category != "done"])
            for project in found.projects.values()
        ]
        running = [sprint for sprint in found.sprints.values() if sprint.state == "active"]
        return self._look.page(
            "site.html",
            site=found,
            rows=rows,
            boards=list(found.boards.values()),
            sprints=running,
            company=self._world.company,
        )

    async def browse(self, request: web.Request) -> web.StreamResponse:
        """A ticket or a project, whichever the key names."""
        site, key = self._site(request), request.match_info["key"].upper()
        if site and key in site.projects:
            found = [issue for issue in site.issues.values() if issue.project.key == key]
            newest = sorted(found, key=lambda issue: issue.updated, reverse=True)
            groups = [
                (status, [issue for issue in newest if issue.status == status])
                for status in site.projects[key].statuses
            ]
            return self._look.page("project.html", site=site, project=site.projects[key], groups=groups, tone=tone)
        issue = site.issues.get(key) if site else None
        if site is None or issue is None:
            return await self.nothing(request)
        return self._look.page(
            "issue.html",
            site=site,
            issue=issue,
            parent=site.issues.get(issue.parent or ""),
            children=site.children(issue),
            links=[_linked(site, issue, link) for link in site.links if issue.key in (link.source, link.target)],
            tone=tone,
        )

    async def avatar(self, request: web.Request) -> web.StreamResponse:
        account = self._world.account(request.match_info["name"])
        letters = escape(initials(account.name if account else request.match_info["name"]))
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#e3eaf2"/>'
            '<text x="20" y="26" text-anchor="middle" font-family="sans-serif" font-size="15" fill="#2b4b6e">'
            f"{letters}</text></svg>"
        )
        return web.Response(text=drawing, content_type="image/svg+xml")

    async def nothing(self, _request: web.Request) -> web.StreamResponse:
        text = "This Jira has only the pages that the playground needs."
        return self._look.page("sorry.html", 404, title="Nothing here", text=text)

    def _site(self, request: web.Request) -> Jira | None:
        """Whoever runs the playground may look at everything."""
        slug = request.match_info["site"]
        return next((site for site in self._world.sites.values() if site.slug == slug), None)


def tone(status: Status) -> str:
    """The colour of a status."""
    return _TONES[status.category]


def _linked(site: Jira, issue: Issue, link: Link) -> tuple[str, Issue]:
    """What the ticket does to the other one, and that other one."""
    if link.source == issue.key:
        return link.kind.outward, site.issues[link.target]
    return link.kind.inward, site.issues[link.source]
