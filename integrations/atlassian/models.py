"""What Jira says, as far as it is read here: its own names, its own nulls, without its nesting."""

from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

T = TypeVar("T")


def _nothing_as_none_of_them(value: object) -> object:
    return () if value is None else value


Many = Annotated[tuple[T, ...], BeforeValidator(_nothing_as_none_of_them)]
"""Several, where Jira may also say null."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Resource(_Said):
    """A site that the sign-in reaches, once for each of Atlassian's products there."""

    id: str
    name: str
    url: str
    scopes: Many[str] = ()


class User(_Said):
    account_id: str
    display_name: str = ""
    email_address: str | None = None
    """None where the person hides it."""
    account_type: str = "atlassian"
    """`app` for a program, `customer` for somebody outside."""
    active: bool = True


class Named(_Said):
    """A type, priority, component or version, as far as a ticket names it."""

    id: str = ""
    name: str


class StatusCategory(_Said):
    key: str
    """`new`, `indeterminate` or `done`."""


class Status(_Said):
    id: str = ""
    name: str
    status_category: StatusCategory

    @property
    def is_done(self) -> bool:
        return self.status_category.key == "done"


class StatusesOfType(_Said):
    """The statuses of one type of ticket."""

    statuses: Many[Status] = ()


class Version(_Said):
    name: str
    released: bool = False
    archived: bool = False


class IssueType(_Said):
    id: str = ""
    name: str
    subtask: bool = False


class IssueTypes(_Said):
    issue_types: Many[IssueType] = Field(default=(), validation_alias=AliasChoices("issueTypes", "createMetaIssueType"))


class FoundProject(_Said):
    """A project as the search lists it."""

    key: str
    name: str


class Project(_Said):
    key: str
    name: str
    components: Many[Named] = ()
    versions: Many[Version] = ()


class Projects(_Said):
    values: Many[FoundProject] = ()


class Other(_Said):
    """Another ticket, as far as one that names it tells."""

    key: str
    summary: str = Field(default="", validation_alias=AliasPath("fields", "summary"))
    status: Status | None = Field(default=None, validation_alias=AliasPath("fields", "status"))


class LinkKind(_Said):
    name: str
    inward: str
    outward: str


class Link(_Said):
    """How a ticket stands to another; exactly one of the two is set."""

    type: LinkKind
    inward_issue: Other | None = None
    outward_issue: Other | None = None


class Change(_Said):
    field: str
    field_id: str = ""
    """The name by which the API has the field; `field` is a word for people."""
    before_id: str | None = Field(default=None, validation_alias="from")
    # Not `toString`, which is what the generator would make of a name that says the same.
    before: str | None = Field(default=None, validation_alias="fromString")
    after: str | None = Field(default=None, validation_alias="toString")


class Changes(_Said):
    """What somebody changed at once."""

    created: datetime
    author: User | None = None
    items: Many[Change] = ()


def _field(name: str) -> AliasPath:
    return AliasPath("fields", name)


class Ticket(_Said):
    """One ticket; what was not asked for, or does not exist in its project, is empty."""

    key: str
    summary: str = Field(validation_alias=_field("summary"))
    status: Status = Field(validation_alias=_field("status"))
    type: Named = Field(validation_alias=_field("issuetype"))
    updated: datetime = Field(validation_alias=_field("updated"))
    created: datetime | None = Field(default=None, validation_alias=_field("created"))
    finished: datetime | None = Field(default=None, validation_alias=_field("resolutiondate"))
    status_kind_changed: datetime | None = Field(default=None, validation_alias=_field("statuscategorychangedate"))
    due: date | None = Field(default=None, validation_alias=_field("duedate"))
    assignee: User | None = Field(default=None, validation_alias=_field("assignee"))
    reporter: User | None = Field(default=None, validation_alias=_field("reporter"))
    priority: Named | None = Field(default=None, validation_alias=_field("priority"))
    labels: Many[str] = Field(default=(), validation_alias=_field("labels"))
    components: Many[Named] = Field(default=(), validation_alias=_field("components"))
    fix_versions: Many[Named] = Field(default=(), validation_alias=_field("fixVersions"))
    parent: Other | None = Field(default=None, validation_alias=_field("parent"))
    subtasks: Many[Other] = Field(default=(), validation_alias=_field("subtasks"))
    links: Many[Link] = Field(default=(), validation_alias=_field("issuelinks"))
    description: JsonValue = Field(default=None, validation_alias=_field("description"))
    security: Named | None = Field(default=None, validation_alias=_field("security"))
    """The level that keeps it from some who see the project."""
    project_type: str = Field(default="", validation_alias=AliasPath("fields", "project", "projectTypeKey"))
    """`software`, `business`, or `service_desk`, where customers see their tickets and nothing else."""
    history: Many[Changes] = Field(default=(), validation_alias=AliasPath("changelog", "histories"))
    changes: int = Field(default=0, validation_alias=AliasPath("changelog", "total"))
    """How many `history` would have, were it told in full."""
    creator: User | None = Field(default=None, validation_alias=_field("creator"))
    """Who filed it; the reporter is in whose name."""
    project: FoundProject | None = Field(default=None, validation_alias=_field("project"))

    @property
    def done_at(self) -> datetime | None:
        """When it was finished; None while it is open, or where Jira does not tell."""
        return (self.finished or self.status_kind_changed) if self.status.is_done else None


class TicketPage(_Said):
    issues: Many[Ticket] = ()
    next_page_token: str | None = None


class Comment(_Said):
    id: str
    created: datetime
    author: User | None = None
    body: JsonValue = None
    visibility: JsonValue = None
    """The group or role that it is kept for."""
    is_for_customers: bool = Field(default=True, validation_alias="jsdPublic")

    @property
    def is_for_all(self) -> bool:
        """Whether everybody who sees the ticket sees it."""
        return not self.visibility and self.is_for_customers


class Comments(_Said):
    comments: Many[Comment] = ()
    total: int = 0


class Created(_Said):
    key: str


class Posted(_Said):
    id: str
    body: JsonValue = None
    """As Jira keeps it."""


class Transition(_Said):
    """A step that the ticket's workflow allows now."""

    id: str
    name: str
    to: Status


class Transitions(_Said):
    transitions: Many[Transition] = ()


class Board(_Said):
    id: int
    name: str
    type: str
    """`scrum`, `kanban`, or `simple` for a team's own."""
    project: str | None = Field(default=None, validation_alias=AliasPath("location", "projectKey"))


class Boards(_Said):
    values: Many[Board] = ()
    is_last: bool = True


class Sprint(_Said):
    id: int
    name: str
    state: str
    """`future`, `active` or `closed`."""
    goal: str | None = None
    start_date: datetime | None = None
    end_date: datetime | None = None
    complete_date: datetime | None = None


class Sprints(_Said):
    values: Many[Sprint] = ()
    is_last: bool = True


class AgilePage(_Said):
    issues: Many[Ticket] = ()
    total: int = 0
