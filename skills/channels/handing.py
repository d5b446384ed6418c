"""Asking a colleague or a channel to take something over, in the asker's own name."""

from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from integrations.integration import Audience
from integrations.slack.client import Slack
from integrations.slack.models import Channel, Message, User
from integrations.slack.mrkdwn import from_markdown
from skills.channels import records, taken_back
from skills.channels.colleagues import colleague
from skills.channels.places import heard_by, joined
from skills.channels.readers import Readers, readers_of
from skills.described import Described
from skills.errors import RetryToolCall
from skills.skill import Result, Says, ToolContext, Version, tool
from skills.verbs import ASSIGN

MAX_QUESTION = 500
MAX_SUMMARY = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taker:
    """Who is asked to take over."""

    where: User | Channel
    value: str
    """As the tool takes it: an address or an id, `#name` of a channel."""
    words: str
    reader: str
    seen_by: str
    """In a person's words."""

    @property
    def audience(self) -> Audience:
        return heard_by([self.where]) if isinstance(self.where, Channel) else "asker"


async def _taker(ctx: ToolContext[Slack], to: str) -> _Taker:
    if to.strip().startswith(("#", "<#")):
        place = await joined(ctx, to)
        return _Taker(
            where=place,
            value=place.called,
            words=place.called,
            reader=f"slack:{place.called}",
            seen_by=await readers_of(ctx, place),
        )
    person = await colleague(ctx, to)
    standing = person.standing((await ctx.client.me()).team_id)
    outside = standing * (standing != "member")
    about = [person.called, " ".join(person.profile.title.split()), person.profile.email, outside]
    return _Taker(
        where=person,
        value=person.profile.email or person.id,
        words=", ".join(filter(None, about)),
        reader=person.known_as,
        seen_by=", ".join(filter(None, [f"Only {person.called}", outside])),
    )


async def _in_full(ctx: ToolContext[Slack], *, to: str, question: str, summary: str, **_: object) -> dict[str, Any]:
    _check(question, summary)
    taker = await _taker(ctx, to)
    return {
        "to": Described(taker.value, taker.words),
        "question": question,
        "summary": summary,
        "readers": Described(taker.reader, taker.seen_by),
    }


async def _audience(ctx: ToolContext[Slack], to: str, **_: object) -> Version:
    """Whom the name stands for, and who would read it."""
    taker = await _taker(ctx, to)
    return Version(fingerprint=f"{taker.where.id} {taker.seen_by}", said=f"{taker.words}: {taker.seen_by}")


@tool(
    "write",
    says=Says(
        doing="Asking {to} to take over",
        ask="Ask them in Slack to take this over?",
        done="Handed over",
        refused="Not handed over",
        labels=(("To", "{to}"), ("Readers", "{readers}")),
        text="Text, exactly as they will read it",
        undo="Delete the message?",
        undone="Message deleted",
        kept="People who were notified keep the notification.",
    ),
    targets=("to",),
    payload=("question", "summary"),
    egress=True,
    settle=_in_full,
    version=_audience,
    asked_as=ASSIGN,
    kinds={"to": "person"},
    seen_by=("{readers}",),
    undo=taken_back.handed_over,
)
async def hand_to(ctx: ToolContext[Slack], to: str, question: str, summary: str, readers: Readers = "") -> Result:
    """Ask a colleague, or a channel, to take something over, with a Slack message in the person's name.

    Use it when you cannot go on and somebody else can: evidence is missing, a tool keeps failing, or it is theirs to
    decide. The summary holds your own words about the work: never paste what was read in private sources (mail,
    calendar, files, private channels), name them instead.

    Args:
        to: A colleague's name, `@handle`, address or id, or a `#channel` that the person is a member of.
        question: What they are asked to do or decide, in one or two sentences, in the person's voice.
        summary: In Markdown, short: what was wanted, what was tried, what was read, what is open.
        readers: Leave out: the card says who will read it, as Slack knows it.
    """
    del readers
    _check(question, summary)
    taker = await _taker(ctx, to)
    is_direct = isinstance(taker.where, User)
    channel = await ctx.client.open_direct(taker.where.id) if is_direct else taker.where.id
    text = f"{question.strip()}\n\n{summary.strip()}"
    posted = await ctx.client.post(channel, from_markdown(text))
    link = await ctx.client.link(channel, Message(ts=posted.ts))
    content: dict[str, JsonValue] = {"to": taker.value, "ts": posted.ts, "link": link}
    return Result(
        content=content,
        untrusted=False,
        link=link,
        said=f"Asked {taker.value} to take over",
        audience=taker.audience,
        records=(records.of_posted(link, text, frozenset({taker.reader.lower()})),),
        undo={"channel": channel, "ts": posted.ts, "is_direct": is_direct},
    )


def _check(question: str, summary: str) -> None:
    for name, text, most in (("question", question, MAX_QUESTION), ("summary", summary, MAX_SUMMARY)):
        if not text.strip():
            raise RetryToolCall(f"`{name}` must not be empty: they need it to take over.")
        if len(text) > most:
            raise RetryToolCall(f"`{name}` may have {most:,} characters, got {len(text):,}. Say it shorter.")
