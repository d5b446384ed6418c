"""What the pull requests that a person opened say of whom they ask for reviews."""

import asyncio
from collections.abc import Iterable, Sequence

from integrations.github.client import GitHub
from integrations.github.models import Event, FoundPull
from skills.own_records import LOOKED_INTO, OwnRecord, OwnRecords, Value
from skills.skill import ToolContext


async def own_records(ctx: ToolContext[GitHub], *, most: int) -> Sequence[OwnRecord]:
    """The pull requests that the person opened, each with the reviews that they themself asked for.

    A list does not tell who asked, so only the newest are looked into; of the others the repository counts.
    """
    pulls = await ctx.client.opened_pulls(limit=most)
    events = await asyncio.gather(*(ctx.client.events(one.repository, one.number) for one in pulls[:LOOKED_INTO]))
    told: list[Sequence[Event]] = [*events, *([()] * (len(pulls) - len(events)))]
    return [_record(pull, happened) for pull, happened in zip(pulls, told, strict=True)]


def _record(pull: FoundPull, events: Sequence[Event]) -> OwnRecord:
    author = pull.user.login if pull.user else ""
    values: dict[str, Value] = {"repository": pull.repository}
    if reviewers := _asked(events, by=author, owner=pull.repository.partition("/")[0]):
        values["reviewers"] = reviewers
    return OwnRecord(
        tool="request_reviewers",
        key=f"{pull.repository}#{pull.number}",
        at=pull.created_at,
        values=values,
        words=pull.title,
    )


def _asked(events: Iterable[Event], *, by: str, owner: str) -> tuple[str, ...]:
    """Whom `by` asked, by login, and teams as `org/team`; nobody where a request was taken back, by whomever."""
    asked: set[str] = set()
    for event in events:
        if event.event == "review_request_removed":
            return ()
        if event.event == "review_requested" and event.actor and event.actor.login == by:
            asked |= {event.asked} if event.asked else set()
            asked |= {f"{owner}/{event.requested_team.slug}"} if event.requested_team else set()
    return tuple(sorted(asked))


OWN_RECORDS = OwnRecords(named="pull requests", such_as=("reviewers",), read=own_records)
