"""What can be done with pull requests on GitHub."""

import asyncio
from datetime import date
from typing import Annotated, Any

from pydantic import Field, JsonValue

from integrations.github.client import GitHub
from integrations.github.models import FoundPull, MergeMethod, Verdict
from integrations.github.query import Which
from integrations.github.texts import MAX_TEXT, counted, fingerprint
from skills.errors import RetryToolCall, ToolFailed
from skills.left_out import unless_left_out
from skills.pull_requests import habits, records, shown
from skills.pull_requests.names import full_name, plain_reviewers
from skills.pull_requests.standing import checks_said, waits_for
from skills.pull_requests.taken_back import NOTIFIED, asked_of, take_back_comment, take_back_request
from skills.record import Record
from skills.skill import Result, Says, ToolContext, Version, tool
from skills.verbs import APPROVE, COMMENT, MERGE, REPLY, REVIEW

MAX_ROWS = 20

Number = Annotated[int, Field(ge=1)]
_PULL_REQUEST = ("Pull request", "{repository} #{number}")
_KINDS = {"repository": "repository", "number": "pull_request"}
_READERS = ("github:{repository}",)


@tool("read", says=Says(doing="Looking for pull requests"), remembers=habits.SEARCHED)
async def list_pull_requests(
    ctx: ToolContext[GitHub],
    which: Which,
    repository: str | None = None,
    words: str = "",
    since: date | None = None,
) -> Result:
    """List pull requests, the last changed first.

    Each entry has repository, number, title, author, labels, when it was opened and last touched. Those that wait for
    the person's review also say since when, if GitHub tells, and end with the last comment, where authors often say how
    urgent it is. The person's own say what they wait for.

    Args:
        which: `mine` are the person's own open ones; `waiting_for_my_review` those where their review is asked for and
            not yet given, without drafts; `open` and `merged` everybody's.
        repository: Only in this one, as `owner/name`; the name alone will do; `all` where the person says so.
        words: Only those with all of these words in title or text. A ticket key or a topic; no search syntax.
        since: Only those merged on or after this day; for other kinds, those with activity on or after it.
    """
    named = unless_left_out(repository)
    place = await full_name(ctx, named) if named else None
    listing = await ctx.client.find_pulls(which, repository=place, words=words, since=since, limit=MAX_ROWS)
    rows, places = await asyncio.gather(
        asyncio.gather(*(_row(ctx, which, pull) for pull in listing.pulls)),
        ctx.client.places(pull.repository for pull in listing.pulls),
    )
    content: dict[str, JsonValue] = {"total": listing.total, "pull_requests": list[JsonValue](rows)}
    if listing.total > len(rows):
        content["note"] = (
            f"Only the first {len(rows)} of {listing.total} are listed. Narrow it with `words` or `since`."
        )
    return Result(
        content=content,
        untrusted=bool(rows),
        said=f"Found {counted(listing.total, 'pull request')}",
        records=records.of_list(listing.pulls, rows, places),
    )


@tool(
    "read",
    says=Says(doing="Reading {repository} #{number}"),
    targets=("repository", "number"),
    remembers=habits.PLACE,
)
async def read_pull_request(ctx: ToolContext[GitHub], repository: str, number: Number) -> Result:
    """Read one pull request: description, diff, reviews, requested reviewers, code owners, and what it waits for.

    A large diff is cut; `note` says what is missing.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The pull request's number.
    """
    place = await full_name(ctx, repository)
    pull = await ctx.client.pull(place, number)
    files, reviews, checks, rules, places = await asyncio.gather(
        ctx.client.files(place, number),
        ctx.client.reviews(place, number),
        ctx.client.checks(place, pull.head.sha),
        ctx.client.code_owners(place, pull.base.ref),
        ctx.client.places([place]),
    )
    content = shown.in_full(pull, repository=place, files=files, reviews=reviews, checks=checks, rules=rules)
    return Result(
        content=content,
        link=pull.html_url,
        said=f"Read pull request {number}",
        records=records.of_one(pull, content, places, repository=place),
    )


@tool(
    "read",
    says=Says(doing="Reading what was said on {repository} #{number}"),
    targets=("repository", "number"),
    remembers=habits.PLACE,
)
async def read_discussion(ctx: ToolContext[GitHub], repository: str, number: Number) -> Result:
    """Read what was said about one pull request: comments, comments on lines, reviews, and its checks.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The pull request's number.
    """
    place = await full_name(ctx, repository)
    pull = await ctx.client.pull(place, number)
    comments, line_comments, reviews, checks, places = await asyncio.gather(
        ctx.client.comments(place, number),
        ctx.client.line_comments(place, number),
        ctx.client.reviews(place, number),
        ctx.client.checks(place, pull.head.sha),
        ctx.client.places([place]),
    )
    content = shown.discussion(
        pull, repository=place, comments=comments, line_comments=line_comments, reviews=reviews, checks=checks
    )
    return Result(
        content=content,
        link=pull.html_url,
        said=f"Read the discussion of pull request {number}",
        records=records.of_one(pull, content, places, repository=place),
    )


async def _in_full(ctx: ToolContext[GitHub], *, repository: str, **others: Any) -> dict[str, Any]:
    return {"repository": await full_name(ctx, repository), **others}


async def _text_in_full(ctx: ToolContext[GitHub], *, body: str, **others: Any) -> dict[str, Any]:
    _check_text(body, verdict=others.get("verdict"))
    return await _in_full(ctx, body=body, **others)


async def _reviewers_in_full(ctx: ToolContext[GitHub], *, reviewers: list[str], **others: Any) -> dict[str, Any]:
    return await _in_full(ctx, reviewers=plain_reviewers(reviewers), **others)


async def _standing(ctx: ToolContext[GitHub], repository: str, number: int, **_: object) -> Version:
    """Whether the pull request is open."""
    pull = await ctx.client.pull(repository, number)
    return Version(fingerprint=f"{repository}#{number} {pull.standing}", said=pull.standing)


async def _head(ctx: ToolContext[GitHub], repository: str, number: int, **_: object) -> Version:
    """Which commits there are to judge or to merge, and into what."""
    pull = await ctx.client.pull(repository, number)
    checks = await ctx.client.checks(repository, pull.head.sha)
    said = [counted(pull.commits, "commit"), checks_said(checks)]
    return Version(
        fingerprint=f"{repository}#{number} {pull.standing} {pull.head.sha} {pull.base.ref}",
        said=", ".join(said if pull.standing == "open" else [pull.standing, *said]),
    )


@tool(
    "write",
    says=Says(
        doing="Commenting on {repository} #{number}",
        ask="Post this comment on GitHub?",
        done="Comment posted",
        refused="Not posted",
        labels=(_PULL_REQUEST,),
        text="Text, exactly as it will be posted",
        always="post pull request comments in {repository}",
        undo="Delete the comment?",
        undone="Comment deleted",
        kept=NOTIFIED,
    ),
    targets=("repository", "number"),
    payload=("body",),
    remembers=habits.PLACE,
    egress=True,
    settle=_text_in_full,
    version=_standing,
    asked_as=COMMENT | REPLY,
    kinds=_KINDS,
    seen_by=_READERS,
    into=("number",),
    always=("repository",),
    undo=take_back_comment,
)
async def comment_on_pull_request(ctx: ToolContext[GitHub], repository: str, number: Number, body: str) -> Result:
    """Post a comment under a pull request, in the person's name.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The pull request's number.
        body: The text in Markdown, exactly as it will be posted.
    """
    _check_text(body)
    place = await full_name(ctx, repository)
    posted = await ctx.client.comment(place, number, body)
    return _written(
        {"id": posted.id},
        link=posted.html_url,
        said=f"Commented on pull request {number}",
        made=records.written(place, number, text=body),
        undo={"repository": place, "comment": posted.id, "text": fingerprint(posted.body)},
    )


@tool(
    "write",
    says=Says(
        doing="Reviewing {repository} #{number}",
        ask="Send this review on GitHub?",
        done="Review sent",
        refused="Review not sent",
        labels=(_PULL_REQUEST, ("Verdict", "{verdict}")),
        text="Text, exactly as it will be posted",
        by="verdict",
        cases=(
            ("approve", ("Approve this pull request?", "Approved", "Not approved")),
            ("request_changes", ("Request these changes?", "Changes requested", "Not requested")),
        ),
    ),
    targets=("repository", "number"),
    payload=("body",),
    remembers=habits.PLACE,
    egress=True,
    # A review that was sent cannot be deleted, and an approval may let others merge at once.
    destroys=True,
    settle=_text_in_full,
    version=_head,
    asked_as=REVIEW | APPROVE | COMMENT,
    kinds=_KINDS,
    seen_by=_READERS,
    into=("number",),
)
async def review_pull_request(
    ctx: ToolContext[GitHub], repository: str, number: Number, verdict: Verdict, body: str = ""
) -> Result:
    """Send a review of a pull request, in the person's name. Nobody can approve their own pull request.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The pull request's number.
        verdict: `approve` and `request_changes` count for merging, `comment` does not.
        body: The text in Markdown, exactly as it will be posted; only an approval can do without.
    """
    _check_text(body, verdict=verdict)
    place = await full_name(ctx, repository)
    posted = await ctx.client.review(place, number, verdict, body=body)
    return _written(
        {"id": posted.id},
        link=posted.html_url,
        said=f"Reviewed pull request {number}",
        made=records.written(place, number, text=body),
    )


@tool(
    "write",
    says=Says(
        doing="Asking for a review of {repository} #{number}",
        ask="Ask for this review?",
        done="Review asked for",
        refused="Not asked",
        labels=(_PULL_REQUEST, ("Reviewers", "{reviewers}")),
        always="ask {reviewers} for reviews in {repository}",
        undo="Take the request back?",
        undone="No longer asked",
        kept=NOTIFIED,
    ),
    targets=("repository", "number", "reviewers"),
    remembers=habits.REVIEW,
    egress=True,
    settle=_reviewers_in_full,
    asked_as=REVIEW,
    kinds={**_KINDS, "reviewers": "person"},
    seen_by=_READERS,
    into=("number",),
    always=("repository", "reviewers"),
    undo=take_back_request,
)
async def request_reviewers(
    ctx: ToolContext[GitHub],
    repository: str,
    number: Number,
    reviewers: Annotated[list[str], Field(min_length=1, max_length=15)],
) -> Result:
    """Ask people or teams to review a pull request. Who reviewed already is asked anew.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The pull request's number.
        reviewers: GitHub logins, and teams as `org/team`. Never the author. `code_owners` of the pull request shows who
            can approve it.
    """
    names = plain_reviewers(reviewers)
    place = await full_name(ctx, repository)
    before = asked_of(await ctx.client.pull(place, number), place)
    pull = await ctx.client.request_reviewers(place, number, names)
    asked: list[JsonValue] = [reviewer.login for reviewer in pull.requested_reviewers]
    asked += [f"team {team.slug}" for team in pull.requested_teams]
    new: list[JsonValue] = [name for name in names if name.lower() not in before]
    return _written(
        {"now_asked": asked},
        link=pull.html_url,
        said=f"Asked for a review of pull request {number}",
        made=records.written(place, number),
        undo={"repository": place, "number": number, "reviewers": new} if new else None,
    )


@tool(
    "write",
    says=Says(
        doing="Merging {repository} #{number}",
        ask="Merge this pull request?",
        done="Merged",
        refused="Not merged",
        labels=(_PULL_REQUEST, ("Method", "{method}")),
    ),
    targets=("repository", "number"),
    remembers=habits.MERGING,
    egress=True,
    destroys=True,
    settle=_in_full,
    version=_head,
    asked_as=MERGE,
    kinds=_KINDS,
    seen_by=_READERS,
    into=("number",),
)
async def merge_pull_request(
    ctx: ToolContext[GitHub], repository: str, number: Number, method: MergeMethod = "squash"
) -> Result:
    """Merge a pull request into its base branch. It cannot be taken back.

    Args:
        repository: As `owner/name`; the name alone will do.
        number: The pull request's number.
        method: `squash` makes one commit of all, `merge` keeps them under a merge commit, `rebase` puts them on top.
    """
    place = await full_name(ctx, repository)
    pull = await ctx.client.pull(place, number)
    if pull.standing != "open":
        raise ToolFailed(f"{place} #{number} is {pull.standing} already. Nothing was changed.")
    merge = await ctx.client.merge(place, number, method, sha=pull.head.sha)
    return _written(
        {"sha": merge.sha},
        link=pull.html_url,
        said=f"Merged pull request {number}",
        made=records.written(place, number),
    )


async def _row(ctx: ToolContext[GitHub], which: Which, pull: FoundPull) -> dict[str, JsonValue]:
    if which == "waiting_for_my_review":
        asked_at, last = await asyncio.gather(
            ctx.client.review_asked_at(pull.repository, pull.number),
            ctx.client.last_comment(pull.repository, pull.number, count=pull.comments),
        )
        return shown.waiting_row(pull, asked_at=asked_at, last=last)
    if which == "mine":
        full, reviews = await asyncio.gather(
            ctx.client.pull(pull.repository, pull.number), ctx.client.reviews(pull.repository, pull.number)
        )
        checks = await ctx.client.checks(pull.repository, full.head.sha)
        return {**shown.row(pull), "waits_for": list[JsonValue](waits_for(full, reviews, checks))}
    return shown.row(pull)


def _check_text(body: str, *, verdict: Verdict | None = None) -> None:
    if verdict != "approve" and not body.strip():
        raise RetryToolCall("`body` must not be empty: say in it what is to be posted.")
    if len(body) > MAX_TEXT:
        raise RetryToolCall(f"`body` may have {MAX_TEXT:,} characters, got {len(body):,}. Say it shorter.")


def _written(
    content: dict[str, JsonValue],
    *,
    link: str,
    said: str,
    made: tuple[Record, ...],
    undo: dict[str, JsonValue] | None = None,
) -> Result:
    """What a write brings back: ids and links, no word that somebody else may have written."""
    full: dict[str, JsonValue] = {**content, "link": link}
    return Result(content=full, untrusted=False, link=link, said=said, records=made, undo=undo)
