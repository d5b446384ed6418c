"""What can be done with issues on GitHub."""

import asyncio
from collections.abc import Collection
from typing import Annotated

from pydantic import Field, JsonValue

from integrations.github.client import GitHub
from integrations.github.issues import CloseReason
from integrations.github.models import Issue
from integrations.github.query import WhichIssues
from integrations.github.texts import counted, fingerprint
from skills.issues import habits, records, shown
from skills.issues.names import NONE, full_name
from skills.issues.settled import (
    change_in_full,
    check_text,
    comment_in_full,
    marks,
    new_in_full,
    open_one_in_full,
    standing,
    the_issue,
)
from skills.issues.taken_back import NOTIFIED, marks_of, take_back_change, take_back_closing, take_back_comment
from skills.left_out import unless_left_out
from skills.record import Record
from skills.skill import Result, Says, ToolContext, tool
from skills.verbs import ASSIGN, CHANGE, CLOSE, COMMENT, CREATE, LABEL, REPLY

MAX_ROWS = 20

Number = Annotated[int, Field(ge=1)]
Labels = Annotated[list[str], Field(max_length=20)]
Assignees = Annotated[list[str], Field(max_length=10)]
"""GitHub takes ten."""
NO_NAMES: list[str] = []
"""Never changed: each call gets a list of its own."""
_ISSUE = ("Issue", "{repository} #{number}")
_KINDS = {"repository": "repository", "number": "issue"}
_READERS = ("github:{repository}",)


@tool("read", says=Says(doing="Looking for issues"), remembers=habits.SEARCHED)
async def search_issues(
    ctx: ToolContext[GitHub],
    words: str = "",
    repository: str | None = None,
    which: WhichIssues = "open",
    labels: Labels = NO_NAMES,
) -> Result:
    """Search issues, the last changed first. Pull requests are not among them.

    Each entry has repository, number, title, author, state, labels, assignees, when it was opened and last touched, how
    many comments there are, and how the text begins.

    Args:
        words: Only those with all of these words in title, text or comments. Few words find more; no search syntax.
        repository: Only in this one, as `owner/name`; the name alone will do; `all` where the person says so.
        which: `open` and `closed` are everybody's; `mine` the open ones that the person opened; `assigned_to_me` the
            open ones that the person is to do.
        labels: Only those that have all of these labels.
    """
    named = unless_left_out(repository)
    place = await full_name(ctx, named) if named else None
    listing = await ctx.client.issues.find(which, repository=place, words=words, labels=labels, limit=MAX_ROWS)
    places = await ctx.client.places(issue.repository for issue in listing.issues)
    rows = [shown.row(issue) for issue in listing.issues]
    content: dict[str, JsonValue] = {"total": listing.total, "issues": list[JsonValue](rows)}
    if listing.total > len(rows):
        content["note"] = f"Only the first {len(rows)} of {listing.total} are listed. Narrow it with `words`."
    return Result(
        content=content,
        untrusted=bool(rows),
        said=f"Found {counted(listing.total, 'issue')}",
        records=records.of_list(listing.issues, rows, places),
    )


@tool(
    "read",
    says=Says(doing="Reading {repository} #{number}"),
    targets=("repository", "number"),
    remembers=habits.PLACE,
)
async def read_issue(ctx: ToolContext[GitHub], repository: str, number: Number) -> Result:
    """Read one issue: its text, what was said under it, labels, assignees, and the pull requests that name it.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The issue's number.
    """
    place = await full_name(ctx, repository)
    issue = await the_issue(ctx, place, number)
    comments, pulls = await asyncio.gather(
        ctx.client.issues.comments(place, number), ctx.client.issues.pulls(place, number)
    )
    places = await ctx.client.places([place, *(pull.repository for pull in pulls or ())])
    content = shown.in_full(issue, repository=place, comments=comments, pulls=pulls)
    return Result(
        content=content,
        link=issue.html_url,
        said=f"Read issue {number}",
        records=records.of_one(issue, content, places, repository=place, pulls=pulls or ()),
    )


@tool(
    "write",
    says=Says(
        doing="Opening an issue in {repository}",
        ask="Open this issue on GitHub?",
        done="Issue opened",
        refused="Not opened",
        labels=(("Repository", "{repository}"), ("Labels", "{labels}"), ("Assigned to", "{assignees}")),
        text="Title and text, exactly as they will be posted",
        always="open issues in {repository}",
    ),
    targets=("repository", "labels", "assignees"),
    payload=("title", "body"),
    remembers=habits.OPENING,
    egress=True,
    settle=new_in_full,
    asked_as=CREATE,
    kinds={"repository": "repository", "labels": "label", "assignees": "person"},
    seen_by=_READERS,
    always=("repository",),
    # No undo: GitHub lets nobody delete an issue this way, and a closed one stays readable.
)
async def open_issue(
    ctx: ToolContext[GitHub],
    repository: str,
    title: str,
    body: str = "",
    labels: Labels = NO_NAMES,
    assignees: Assignees = NO_NAMES,
) -> Result:
    """Open an issue, in the person's name. Search for one that is alike first.

    Args:
        repository: As `owner/name`; the name alone will do.
        title: One line that says what goes wrong or what is wanted.
        body: The text in Markdown, exactly as it will be posted.
        labels: Labels that the repository has.
        assignees: GitHub logins of those who are to do it; `me` is the person.
    """
    settled = await new_in_full(ctx, repository=repository, title=title, body=body, labels=labels, assignees=assignees)
    place = settled.pop("repository")
    issue = await ctx.client.issues.open(place, **settled)
    content: dict[str, JsonValue] = {"repository": place, "number": issue.number}
    if ignored := _ignored(issue, labels=settled["labels"], people=settled["assignees"]):
        content["note"] = ignored
    made = records.written(place, issue.number, title=settled["title"], text=body)
    return _written(content, issue, said=f"Opened issue {issue.number}", made=made)


@tool(
    "write",
    says=Says(
        doing="Commenting on {repository} #{number}",
        ask="Post this comment on GitHub?",
        done="Comment posted",
        refused="Not posted",
        labels=(_ISSUE,),
        text="Text, exactly as it will be posted",
        always="post comments on issues in {repository}",
        undo="Delete the comment?",
        undone="Comment deleted",
        kept=NOTIFIED,
    ),
    targets=("repository", "number"),
    payload=("body",),
    remembers=habits.PLACE,
    egress=True,
    settle=comment_in_full,
    version=standing,
    asked_as=COMMENT | REPLY,
    kinds=_KINDS,
    seen_by=_READERS,
    into=("number",),
    always=("repository",),
    undo=take_back_comment,
)
async def comment_on_issue(ctx: ToolContext[GitHub], repository: str, number: Number, body: str) -> Result:
    """Post a comment under an issue, in the person's name.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The issue's number.
        body: The text in Markdown, exactly as it will be posted.
    """
    check_text(body, needed=True)
    place = await full_name(ctx, repository)
    await the_issue(ctx, place, number)
    posted = await ctx.client.issues.comment(place, number, body)
    content: dict[str, JsonValue] = {"id": posted.id, "link": posted.html_url}
    return Result(
        content=content,
        untrusted=False,
        link=posted.html_url,
        said=f"Commented on issue {number}",
        records=records.written(place, number, text=body),
        undo={"repository": place, "comment": posted.id, "text": fingerprint(posted.body)},
    )


@tool(
    "write",
    says=Says(
        doing="Changing {repository} #{number}",
        ask="Change this issue?",
        done="Issue changed",
        refused="Not changed",
        labels=(
            _ISSUE,
            ("Add labels", "{add_labels}"),
            ("Remove labels", "{remove_labels}"),
            ("Assigned to", "{assignees}"),
        ),
        always="change labels and assignees of issues in {repository}",
        undo="Set labels and assignees as they were?",
        undone="Labels and assignees set back",
        kept=NOTIFIED,
    ),
    targets=("repository", "number", "add_labels", "remove_labels", "assignees"),
    remembers=habits.PLACE,
    egress=True,
    settle=change_in_full,
    version=marks,
    asked_as=LABEL | ASSIGN | CHANGE,
    kinds={**_KINDS, "add_labels": "label", "remove_labels": "label", "assignees": "person"},
    seen_by=_READERS,
    into=("number",),
    always=("repository",),
    undo=take_back_change,
)
async def update_issue(
    ctx: ToolContext[GitHub],
    repository: str,
    number: Number,
    add_labels: Labels = NO_NAMES,
    remove_labels: Labels = NO_NAMES,
    assignees: Assignees | None = None,
) -> Result:
    """Add or remove labels of an issue, and say who is to do it.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The issue's number.
        add_labels: Labels that the repository has.
        remove_labels: Labels that the issue has.
        assignees: GitHub logins of everybody who is to do it from now on, in place of those assigned before; `me` is
            the person, `none` alone takes everybody off. Leave out to leave it as it is.
    """
    settled = await change_in_full(
        ctx,
        repository=repository,
        number=number,
        add_labels=add_labels,
        remove_labels=remove_labels,
        assignees=assignees,
    )
    place, added, removed = settled["repository"], settled["add_labels"], settled["remove_labels"]
    people = None if settled["assignees"] is None else [name for name in settled["assignees"] if name != NONE]
    before = await the_issue(ctx, place, number)
    labels = _labels_after(before, added=added, removed=removed) if added or removed else None
    issue = await ctx.client.issues.change(place, number, labels=labels, assignees=people)
    content: dict[str, JsonValue] = {"number": number}
    if ignored := _ignored(issue, labels=labels, people=people):
        content["note"] = ignored
    changed = {name for name, wanted in (("labels", labels), ("assignees", people)) if wanted is not None}
    sides = _sides(before, issue, changed)
    return _written(
        content,
        issue,
        said=f"Changed issue {number}",
        made=records.written(place, number),
        undo={"repository": place, "number": number, **sides} if sides["before"] != sides["after"] else None,
    )


@tool(
    "write",
    says=Says(
        doing="Closing {repository} #{number}",
        ask="Close this issue?",
        done="Issue closed",
        refused="Not closed",
        labels=(_ISSUE, ("Closed as", "{reason}")),
        by="reason",
        cases=(
            ("completed", ("Close this issue as done?", "Issue closed as done", "Not closed")),
            ("not_planned", ("Close this issue as not planned?", "Issue closed as not planned", "Not closed")),
        ),
        always="close issues in {repository}",
        undo="Open the issue again?",
        undone="Issue open again",
        kept=NOTIFIED,
    ),
    targets=("repository", "number"),
    remembers=habits.PLACE,
    egress=True,
    settle=open_one_in_full,
    version=standing,
    asked_as=CLOSE,
    kinds=_KINDS,
    seen_by=_READERS,
    into=("number",),
    always=("repository",),
    undo=take_back_closing,
)
async def close_issue(
    ctx: ToolContext[GitHub], repository: str, number: Number, reason: CloseReason = "completed"
) -> Result:
    """Close an issue.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The issue's number.
        reason: `completed` when it is done, `not_planned` when nobody will do it.
    """
    place = (await open_one_in_full(ctx, repository=repository, number=number))["repository"]
    issue = await ctx.client.issues.close(place, number, reason)
    closed = issue.closed_at
    return _written(
        {"number": number, "state": issue.standing},
        issue,
        said=f"Closed issue {number}",
        made=records.written(place, number),
        undo={"repository": place, "number": number, "closed": closed.isoformat()} if closed else None,
    )


def _labels_after(issue: Issue, *, added: list[str], removed: list[str]) -> list[str]:
    return list(dict.fromkeys([*(name for name in issue.label_names if name not in removed), *added]))


def _sides(before: Issue, after: Issue, changed: Collection[str]) -> dict[str, JsonValue]:
    """What stood in the changed fields, and what stands there now."""
    return {
        side: {name: list[JsonValue](values) for name, values in marks_of(issue).items() if name in changed}
        for side, issue in (("before", before), ("after", after))
    }


def _ignored(issue: Issue, *, labels: list[str] | None, people: list[str] | None) -> str:
    """What GitHub passed over without a word, as it does where the account may not set it; empty when nothing."""
    passed_over = [
        what
        for what, wanted, has in (("labels", labels, issue.label_names), ("assignees", people, issue.assigned))
        if wanted is not None and {name.lower() for name in wanted} != {name.lower() for name in has}
    ]
    return (
        f"GitHub did not set the {' and '.join(passed_over)}: this account may not do so there." if passed_over else ""
    )


def _written(
    content: dict[str, JsonValue],
    issue: Issue,
    *,
    said: str,
    made: tuple[Record, ...],
    undo: dict[str, JsonValue] | None = None,
) -> Result:
    """What a write brings back: numbers and links, no word that somebody else may have written."""
    link = issue.html_url
    return Result(content={**content, "link": link}, untrusted=False, link=link, said=said, records=made, undo=undo)
