"""The company's Jira as the seed tells it, as a world to start from."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from playground.atlassian import adf
from playground.atlassian.world import (
    LINK_KINDS,
    PRIORITIES,
    Account,
    Board,
    Change,
    Comment,
    Issue,
    IssueType,
    Jira,
    Named,
    Project,
    Sprint,
    Status,
    Version,
    World,
)
from playground.company import Company, Poison

# One item of jira.yaml; the seed is ours and its shape is known here.
Raw = dict[str, Any]

_TYPES = {
    "Epic": IssueType("10000", "Epic", "A large piece of work that is split into others.", 1),
    "Story": IssueType("10001", "Story", "Something that a user gets."),
    "Task": IssueType("10002", "Task", "A piece of work."),
    "Bug": IssueType("10003", "Bug", "Something that is wrong."),
    "Incident": IssueType("10004", "Incident", "Something that went wrong in operation."),
}
_STATUSES = {
    status.name: status
    for status in (
        Status("10010", "To Do", "new"),
        Status("10011", "In Progress", "indeterminate"),
        Status("10012", "In Review", "indeterminate"),
        Status("10013", "Ready to deploy", "indeterminate"),
        Status("10014", "Done", "done"),
        Status("10015", "Won't do", "done"),
    )
}
_FIELDS = {
    "status": "status",
    "assignee": "assignee",
    "priority": "priority",
    "fix": "fixVersions",
    "sprint": "customfield_10020",
}
_LABELS = {"fix": "Fix Version", "sprint": "Sprint"}
_MORNING, _EVENING = "09:00", "17:00"


def planted(company: Company, clock: Callable[[], datetime], *, sites: int = 1) -> World:
    """The world of `company`, with its poisoned items for Jira laid over it; further sites are nearly empty."""
    world = World(company=company.name, clock=clock)
    seed = Seed(company, world)
    seed.people()
    tree = company.trees["jira"]
    site = seed.site(company.trees["people"]["company"]["jira_site"].partition(".")[0], company.name)
    for raw in tree["projects"]:
        seed.project(site, raw)
    for raw in tree["boards"]:
        seed.board(site, raw)
    for raw in tree["sprints"]:
        seed.sprint(site, raw)
    for raw in tree["tickets"]:
        seed.ticket(site, raw)
    for raw in tree["tickets"]:
        seed.links(site, raw)
    for item in company.poison:
        if item.place.startswith("jira:"):
            seed.poison(site, item)
    for number in range(2, sites + 1):
        seed.lab(number)
    return world


class Seed:
    """Turns the seed's items into a world's."""

    def __init__(self, company: Company, world: World) -> None:
        self._company = company
        self._world = world
        self._by_handle: dict[str, Account] = {}

    def people(self) -> None:
        for person in self._company.people:
            if person.jira:
                account = Account(
                    id=person.jira,
                    handle=person.handle,
                    name=person.name,
                    email=person.email,
                    zone=person.zone,
                    admin=person.is_admin,
                )
                self._world.accounts[account.id] = self._by_handle[person.handle] = account

    def site(self, slug: str, name: str) -> Jira:
        """A new site. Its cloud id follows from its name, so that it is the same every time."""
        cloud = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{slug}.jira.example"))
        site = self._world.sites[cloud] = Jira(cloud=cloud, slug=slug, name=name, clock=self._world.clock)
        return site

    def lab(self, number: int) -> None:
        """A site on which somebody once tried something out."""
        first = next(iter(self._world.sites.values()))
        site = self.site(f"{first.slug}-lab{'' if number == 2 else number}", f"{first.name} lab")
        lead = next(account for account in self._world.accounts.values() if account.admin)
        raw = {"key": "LAB", "name": "Lab", "lead": lead.handle, "types": ["Task"], "components": [], "versions": []}
        self.project(site, raw | {"statuses": ["To Do", "In Progress", "Done"]})
        self.board(site, {"id": 1, "name": "Lab board", "project": "LAB", "type": "kanban"})
        self.ticket(
            site,
            {
                "key": "LAB-1",
                "type": "Task",
                "summary": "Try out the new workflow",
                "status": "To Do",
                "priority": "Low",
                "reporter": lead.handle,
                "created": [-30, "10:00"],
                "description": "Only a test.",
            },
        )

    def project(self, site: Jira, raw: Raw) -> None:
        site.projects[raw["key"]] = Project(
            id=site.new_id(),
            key=raw["key"],
            name=raw["name"],
            lead=self._by_handle[raw["lead"]],
            types=tuple(_TYPES[name] for name in raw["types"]),
            statuses=tuple(_STATUSES[name] for name in raw["statuses"]),
            components=tuple(Named(site.new_id(), name) for name in raw["components"]),
            versions=tuple(self._version(site, item) for item in raw["versions"]),
        )

    def board(self, site: Jira, raw: Raw) -> None:
        site.boards[raw["id"]] = Board(
            id=raw["id"],
            name=raw["name"],
            project=site.projects[raw["project"]],
            kind=raw["type"],
            filter=raw.get("filter", f"project = {raw['project']}"),
        )

    def sprint(self, site: Jira, raw: Raw) -> None:
        end = self._company.moment(raw["to"], _EVENING)
        site.sprints[raw["id"]] = Sprint(
            id=raw["id"],
            board=raw["board"],
            name=raw["name"],
            state=raw["state"],
            start=self._company.moment(raw["from"], _MORNING),
            end=end,
            completed=end if raw["state"] == "closed" else None,
            goal=raw["goal"],
        )

    def ticket(self, site: Jira, raw: Raw) -> None:
        project, created = site.projects[raw["key"].partition("-")[0]], self._at(raw["created"])
        assignee = raw.get("assignee")
        issue = Issue(
            id=site.new_id(),
            key=raw["key"],
            project=project,
            type=_TYPES[raw["type"]],
            summary=raw["summary"],
            status=_STATUSES[raw["status"]],
            priority=_priority(raw["priority"]),
            reporter=self._by_handle[raw["reporter"]],
            assignee=self._by_handle[assignee] if assignee else None,
            created=created,
            updated=created,
            description=self._document(raw["description"]),
            labels=list(raw.get("labels", [])),
            components=[one for one in project.components if one.name in raw.get("components", [])],
            versions=[one for one in project.versions if one.name == raw.get("fix")],
            sprints=[site.sprints[raw["sprint"]]] if "sprint" in raw else [],
            points=float(raw["points"]) if "points" in raw else None,
            parent=raw.get("parent"),
            comments=[self._comment(site, item) for item in raw.get("comments", [])],
        )
        site.add(issue)
        for row in raw.get("history", []):
            self._happened(site, issue, row)
        issue.updated = max([issue.updated, *(comment.created for comment in issue.comments)])
        site.settle(issue)

    def links(self, site: Jira, raw: Raw) -> None:
        for word, other in raw.get("links", []):
            kind = next(kind for kind in LINK_KINDS if word in (kind.inward, kind.outward))
            ends = (raw["key"], other) if word == kind.outward else (other, raw["key"])
            site.link(kind, *ends)

    def poison(self, site: Jira, item: Poison) -> None:
        issue = site.issues[item.place.removeprefix("jira:")]
        if item.how.startswith("append"):
            before, added = issue.description or self._document(""), self._document(item.text)
            issue.description = {**before, "content": [*before["content"], *added["content"]]}
        elif item.how.startswith("add comment"):
            # Nobody of the people concerned: whoever leads another project and did not write the ticket.
            others = [project.lead for project in site.projects.values() if project.lead != issue.reporter]
            by = next(lead for lead in others if lead != issue.project.lead)
            site.comment(issue, by, self._document(item.text), at=issue.updated)

    def _version(self, site: Jira, raw: Raw) -> Version:
        day = raw.get("released", raw.get("due"))
        when = None if day is None else self._company.moment(day, _MORNING).date()
        return Version(id=site.new_id(), name=raw["name"], released="released" in raw, release_date=when)

    def _comment(self, site: Jira, raw: list[Any]) -> Comment:
        day, at, who, text = raw
        when = self._company.moment(day, at)
        return Comment(id=site.new_id(), by=self._by_handle[who], body=self._document(text), created=when, updated=when)

    def _happened(self, site: Jira, issue: Issue, row: list[Any]) -> None:
        day, at, who, name, old, new = row
        change = Change(
            field=_LABELS.get(str(name), str(name)),
            field_id=_FIELDS[name],
            old=self._side(site, issue, name, old),
            new=self._side(site, issue, name, new),
        )
        site.change(issue, self._by_handle[who], (change,), at=self._company.moment(day, at))

    def _side(self, site: Jira, issue: Issue, name: str, value: str | None) -> tuple[str | None, str | None]:
        """A value of the history as id and as text."""
        if value is None:
            return (None, None)
        match name:
            case "status":
                return (_STATUSES[value].id, value)
            case "assignee":
                person = self._by_handle[value]
                return (person.id, person.name)
            case "priority":
                return (_priority(value).id, value)
            case "sprint":
                sprint = next(sprint for sprint in site.sprints.values() if sprint.name == value)
                return (str(sprint.id), value)
            case _:
                version = next(version for version in issue.project.versions if version.name == value)
                return (version.id, value)

    def _document(self, text: str) -> adf.Node:
        return adf.document(text, self._mentioned)

    def _mentioned(self, handle: str) -> tuple[str, str] | None:
        account = self._by_handle.get(handle)
        return (account.id, account.name) if account else None

    def _at(self, raw: list[Any]) -> datetime:
        return self._company.moment(raw[0], raw[1])


def _priority(name: str) -> Named:
    return next(priority for priority in PRIORITIES if priority.name == name)
