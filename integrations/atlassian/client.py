"""Jira as one person sees it: tickets and boards read, and the few things that are changed there."""

from collections.abc import Awaitable, Collection, Mapping
from typing import TypeVar
from urllib.parse import quote

from pydantic import JsonValue, SecretStr, TypeAdapter

from integrations.atlassian.adf import from_markdown
from integrations.atlassian.calls import Calls
from integrations.atlassian.jql import board_query, filed_query, keys_query, sprint_query
from integrations.atlassian.models import (
    AgilePage,
    Board,
    Boards,
    Comments,
    Created,
    FoundProject,
    IssueType,
    IssueTypes,
    Named,
    Posted,
    Project,
    Projects,
    Resource,
    Sprint,
    Sprints,
    Status,
    StatusesOfType,
    Ticket,
    TicketPage,
    Transition,
    Transitions,
    User,
)
from integrations.blocking import PATIENCE, Patience
from integrations.errors import AccessRevoked, NotFound, Refused, unseen
from integrations.integration import Account, Destination, Site

T = TypeVar("T")

MAX_COMMENTS = 50
MAX_ON_BOARD = 120
_MAX_PAGES = 6
_MAX_WITH_HISTORY = 100
"""Tickets in one answer; Jira may give fewer where each has a history."""
_PAGE = 50

_ROW = (
    "summary",
    "status",
    "issuetype",
    "assignee",
    "priority",
    "labels",
    "components",
    "fixVersions",
    "parent",
    "created",
    "updated",
    "duedate",
    "resolutiondate",
    "statuscategorychangedate",
    "security",
    "project",
)
_FULL = (*_ROW, "reporter", "description", "issuelinks", "subtasks")
_FILED = (
    "summary",
    "status",
    "issuetype",
    "assignee",
    "priority",
    "labels",
    "components",
    "fixVersions",
    "created",
    "updated",
    "project",
    "creator",
)

_RESOURCES = TypeAdapter(tuple[Resource, ...])
_USER = TypeAdapter(User)
_USERS = TypeAdapter(tuple[User, ...])
_PROJECT = TypeAdapter(Project)
_PROJECTS = TypeAdapter(Projects)
_ISSUE_TYPES = TypeAdapter(IssueTypes)
_NAMED = TypeAdapter(tuple[Named, ...])
_STATUSES = TypeAdapter(tuple[StatusesOfType, ...])
_TICKET = TypeAdapter(Ticket)
_TICKETS = TypeAdapter(TicketPage)
_COMMENTS = TypeAdapter(Comments)
_TRANSITIONS = TypeAdapter(Transitions)
_CREATED = TypeAdapter(Created)
_POSTED = TypeAdapter(Posted)
_BOARD = TypeAdapter(Board)
_BOARDS = TypeAdapter(Boards)
_SPRINTS = TypeAdapter(Sprints)
_ON_BOARD = TypeAdapter(AgilePage)


class Jira:
    """A client signed in as one person at one site; cheap to build, connects with its first call.

    Every method raises the errors of `integrations.errors`: NotFound for what this person cannot see, Refused for
    what Jira's rules or rights forbid, PermissionMissing for what the consent does not cover, ServiceUnavailable,
    AccessRevoked, and OutcomeUnknown after a write whose answer was lost. Reads are tried twice, writes never.
    """

    def __init__(self, access: SecretStr, to: Destination, *, patience: Patience = PATIENCE) -> None:
        self._calls = Calls(access, to.api_url, patience=patience)
        self._api_url = to.api_url.rstrip("/")
        self._resources_url = to.endpoints.get("resources_url", f"{self._api_url}/oauth/token/accessible-resources")
        self._site = to.site
        self._myself: User | None = None

    async def sites(self) -> tuple[Site, ...]:
        """The sites with Jira that this sign-in reaches, by name."""
        found = await self._calls.read(self._resources_url, _RESOURCES)
        # A site stands here once for each product: Confluence's permissions say nothing of Jira.
        with_jira = {one.id: one for one in found if any("jira" in scope for scope in one.scopes)}
        sites = (Site(id=one.id, name=one.name, url=one.url.rstrip("/")) for one in with_jira.values())
        return tuple(sorted(sites, key=lambda site: (site.name.lower(), site.id)))

    async def whoami(self) -> Account:
        """Whose account it is. Right after consent no site is chosen yet; it is the same account at each."""
        if self._site is None:
            sites = await self.sites()
            if not sites:
                raise Refused("This Atlassian account has no Jira site. Connect with an account that has one.")
            user = await self._calls.read(self._url(sites[0], "/rest/api/3/myself"), _USER)
        else:
            user = await self.myself()
        return Account(id=user.account_id, name=user.display_name, email=user.email_address or None)

    async def myself(self) -> User:
        if self._myself is None:
            self._myself = await self._calls.read(self._at("/rest/api/3/myself"), _USER)
        return self._myself

    def page_of(self, key: str) -> str:
        """Where a person sees a ticket."""
        return f"{self._chosen().url}/browse/{key}"

    def page_of_board(self, board: int) -> str:
        # The one address that Jira keeps for boards of companies and of teams alike.
        return f"{self._chosen().url}/secure/RapidBoard.jspa?rapidView={board}"

    async def find(self, jql: str, *, limit: int) -> tuple[tuple[Ticket, ...], bool]:
        """The first tickets of a search, and whether there are more. Jira no longer counts them."""
        found: tuple[Ticket, ...] = ()
        token: str | None = None
        for _ in range(_MAX_PAGES):
            # Jira may give fewer than asked for and still have more.
            body: dict[str, JsonValue] = {"jql": jql, "fields": [*_ROW], "maxResults": limit - len(found)}
            if token:
                body["nextPageToken"] = token
            page = await self._calls.look_up(self._at("/rest/api/3/search/jql"), _TICKETS, body=body)
            found, token = (*found, *page.issues), page.next_page_token
            if not token or len(found) >= limit:
                break
        return found[:limit], bool(token) or len(found) > limit

    async def filed(self, *, limit: int) -> tuple[Ticket, ...]:
        """The tickets that this person filed for themself, the newest first, each with what was changed in it since.

        No text but the summary is read.
        """
        found: tuple[Ticket, ...] = ()
        token: str | None = None
        for _ in range(_MAX_PAGES):
            body: dict[str, JsonValue] = {
                "jql": filed_query(),
                "fields": [*_FILED],
                "expand": "changelog",
                "maxResults": min(limit - len(found), _MAX_WITH_HISTORY),
            }
            if token:
                body["nextPageToken"] = token
            page = await self._calls.look_up(self._at("/rest/api/3/search/jql"), _TICKETS, body=body)
            found, token = (*found, *page.issues), page.next_page_token
            if not token or len(found) >= limit:
                break
        return found[:limit]

    async def ticket(self, key: str) -> Ticket:
        """One ticket with its description and what was changed; an old key of a moved one finds it too."""
        url = self._at(f"/rest/api/3/issue/{_path(key)}")
        return await _seen(key, self._calls.read(url, _TICKET, fields=",".join(_FULL), expand="changelog"))

    async def beside(self, keys: Collection[str]) -> tuple[Ticket, ...]:
        """The tickets with these keys, at most 50, as far as Jira tells this person of them."""
        if not keys:
            return ()
        try:
            return (await self.find(keys_query(list(keys)[:_PAGE]), limit=_PAGE))[0]
        except (NotFound, Refused):
            # One that was deleted or hidden meanwhile spoils the whole search.
            return ()

    async def comments(self, key: str) -> Comments:
        """The newest comments, newest first, at most `MAX_COMMENTS`, and how many there are."""
        url = self._at(f"/rest/api/3/issue/{_path(key)}/comment")
        return await _seen(key, self._calls.read(url, _COMMENTS, orderBy="-created", maxResults=MAX_COMMENTS))

    async def transitions(self, key: str) -> tuple[Transition, ...]:
        """What this person may do with the ticket's status now."""
        url = self._at(f"/rest/api/3/issue/{_path(key)}/transitions")
        return (await _seen(key, self._calls.read(url, _TRANSITIONS))).transitions

    async def people(self, words: str, *, project: str | None = None) -> tuple[User, ...]:
        """People by name or address; with `project`, only who can be given its tickets."""
        return await self._people({"query": words}, project)

    async def person(self, account_id: str, *, project: str | None = None) -> User | None:
        """Whose account id this is; with `project`, None as well when they cannot be given its tickets."""
        found = await self._people({"accountId": account_id}, project)
        return next((user for user in found if user.account_id == account_id), None)

    async def projects(self, words: str = "") -> tuple[FoundProject, ...]:
        """Projects whose key or name holds `words`, at most 50."""
        asked: dict[str, str | int] = {"query": words} if words else {}
        return (
            await self._calls.read(self._at("/rest/api/3/project/search"), _PROJECTS, maxResults=_PAGE, **asked)
        ).values

    async def project(self, key: str) -> Project:
        """A project with its components and versions."""
        return await _seen(f"project {key}", self._calls.read(self._at(f"/rest/api/3/project/{_path(key)}"), _PROJECT))

    async def types(self, project: str) -> tuple[IssueType, ...]:
        """The types of ticket that this person may create there."""
        url = self._at(f"/rest/api/3/issue/createmeta/{_path(project)}/issuetypes")
        return (await _seen(f"project {project}", self._calls.read(url, _ISSUE_TYPES))).issue_types

    async def priorities(self) -> tuple[str, ...]:
        """The names of the site's priorities, most urgent first; none where Jira does not tell.

        Deprecated for years, but what follows it wants an administrator's permission.
        """
        try:
            return tuple(one.name for one in await self._calls.read(self._at("/rest/api/3/priority"), _NAMED))
        except (NotFound, Refused):
            return ()

    async def statuses(self, project: str) -> tuple[Status, ...]:
        """The statuses that a project's tickets go through, in about their order; none where it may not be seen."""
        try:
            kinds = await self._calls.read(self._at(f"/rest/api/3/project/{_path(project)}/statuses"), _STATUSES)
        except (NotFound, Refused):
            return ()
        return tuple({status.id: status for kind in kinds for status in kind.statuses}.values())

    async def create(self, fields: Mapping[str, JsonValue]) -> str:
        """Create a ticket and tell its key."""
        made = await self._calls.write(self._at("/rest/api/3/issue"), _CREATED, body={"fields": dict(fields)})
        return made.key

    async def update(self, key: str, fields: Mapping[str, JsonValue]) -> None:
        """Change these fields of a ticket and no other."""
        url = self._at(f"/rest/api/3/issue/{_path(key)}")
        await _seen(key, self._calls.change("PUT", url, body={"fields": dict(fields)}))

    async def move(self, key: str, transition: str) -> None:
        """Take one of the ticket's `transitions`, by its id."""
        url = self._at(f"/rest/api/3/issue/{_path(key)}/transitions")
        await _seen(key, self._calls.change("POST", url, body={"transition": {"id": transition}}))

    async def comment(self, key: str, text: str) -> Posted:
        """Post `text`, Markdown, under a ticket."""
        url = self._at(f"/rest/api/3/issue/{_path(key)}/comment")
        return await _seen(key, self._calls.write(url, _POSTED, body={"body": from_markdown(text)}))

    async def posted(self, key: str, comment: str) -> Posted:
        """A comment as it stands now."""
        return await _seen(f"this comment on {key}", self._calls.read(self._comment(key, comment), _POSTED))

    async def delete_comment(self, key: str, comment: str) -> None:
        await _seen(f"this comment on {key}", self._calls.change("DELETE", self._comment(key, comment)))

    async def boards(self, words: str = "") -> tuple[Board, ...]:
        """Boards whose name holds `words`, at most 300."""
        found: tuple[Board, ...] = ()
        for _ in range(_MAX_PAGES):
            asked: dict[str, str | int] = {"name": words} if words else {}
            page = await self._calls.read(
                self._at("/rest/agile/1.0/board"), _BOARDS, startAt=len(found), maxResults=_PAGE, **asked
            )
            found += page.values
            if page.is_last or not page.values:
                break
        return found

    async def board(self, board: int) -> Board:
        return await _seen(f"board {board}", self._calls.read(self._at(f"/rest/agile/1.0/board/{board}"), _BOARD))

    async def sprints(self, board: int, *states: str) -> tuple[Sprint, ...]:
        """The board's sprints in these states, oldest first, at most 300; none where a board has none."""
        found: tuple[Sprint, ...] = ()
        for _ in range(_MAX_PAGES):
            try:
                page = await self._calls.read(
                    self._at(f"/rest/agile/1.0/board/{board}/sprint"),
                    _SPRINTS,
                    state=",".join(states),
                    startAt=len(found),
                    maxResults=_PAGE,
                )
            except Refused:
                # "The board does not support sprints."
                break
            found += page.values
            if page.is_last or not page.values:
                break
        return found

    async def in_sprint(self, sprint: int) -> tuple[tuple[Ticket, ...], bool]:
        """The tickets of a sprint, at most `MAX_ON_BOARD`, and whether there are more."""
        return await self.find(sprint_query(sprint), limit=MAX_ON_BOARD)

    async def on_board(self, board: int) -> tuple[tuple[Ticket, ...], bool]:
        """What a board without sprints shows, at most `MAX_ON_BOARD`, and whether there is more."""
        found: tuple[Ticket, ...] = ()
        url, total = self._at(f"/rest/agile/1.0/board/{board}/issue"), 0
        for _ in range(_MAX_PAGES):
            page = await self._calls.read(
                url, _ON_BOARD, jql=board_query(), fields=",".join(_ROW), startAt=len(found), maxResults=MAX_ON_BOARD
            )
            found, total = (*found, *page.issues), page.total
            if not page.issues or len(found) >= min(total, MAX_ON_BOARD):
                break
        return found[:MAX_ON_BOARD], total > len(found[:MAX_ON_BOARD])

    async def _people(self, asked: dict[str, str | int], project: str | None) -> tuple[User, ...]:
        path = "/rest/api/3/user/search"
        if project:
            path, asked = "/rest/api/3/user/assignable/search", {**asked, "project": project}
        users = await self._calls.read(self._at(path), _USERS, **asked)
        return tuple(user for user in users if user.active and user.account_type == "atlassian")

    def _comment(self, key: str, comment: str) -> str:
        return self._at(f"/rest/api/3/issue/{_path(key)}/comment/{_path(comment)}")

    def _chosen(self) -> Site:
        if self._site is None:
            raise AccessRevoked("No Jira site is chosen for this account. Connect Jira again and choose one.")
        return self._site

    def _at(self, path: str) -> str:
        return self._url(self._chosen(), path)

    def _url(self, site: Site, path: str) -> str:
        return f"{self._api_url}/ex/jira/{_path(site.id)}{path}"


async def _seen(subject: str, answer: Awaitable[T]) -> T:
    """What `answer` brings; if there is no such thing, an error that says what was looked for."""
    try:
        return await answer
    except NotFound as error:
        raise unseen(f"{subject} in Jira") from error


def _path(part: str) -> str:
    return quote(part, safe="")
