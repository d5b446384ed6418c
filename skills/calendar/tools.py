"""What can be done with Google Calendar."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field, JsonValue

from integrations.errors import IntegrationError, OutcomeUnknown
from integrations.google.calendar import OWN, NewEvent
from integrations.google.calendar_models import Answer, Event
from integrations.google.client import Google
from skills.calendar import habits, records, shown, taken_back
from skills.calendar.names import address, addresses, clock, found_event, found_room, moment, own_zone
from skills.calendar.people import YOU, notes_on, participants, zones_of_guests
from skills.calendar.settled import (
    answer_in_full,
    as_it_stands,
    cancel_in_full,
    check_movable,
    check_own,
    check_words,
    length_of,
    move_in_full,
    new_in_full,
    own_guest,
)
from skills.calendar.slots import Window, free_slots
from skills.calendar.times import day_start, later
from skills.errors import RetryToolCall, ToolFailed
from skills.left_out import unless_left_out
from skills.record import Record
from skills.skill import Result, Says, ToolContext, tool
from skills.verbs import APPROVE, CANCEL, CHANGE, DECLINE, DELETE, INVITE, MOVE, REPLY, SCHEDULE

MAX_SLOTS = 8

Days = Annotated[int, Field(ge=1, le=31)]
Minutes = Annotated[int, Field(ge=5, le=24 * 60)]
People = Annotated[list[str], Field(max_length=50)]
_EVENT = ("Event", "{event}")


@tool("read", says=Says(doing="Looking at the calendar"), targets=("person",), kinds={"person": "person"})
async def list_events(ctx: ToolContext[Google], day: date, days: Days = 1, person: str | None = None) -> Result:
    """List what takes place on some days, in order, with everybody's answers.

    Times are on the person's own clocks; `elsewhere` has those of guests in other zones. `overlaps` names the events at
    the same time. In a colleague's calendar, private events show only that they are busy.

    Args:
        day: The first day, on the person's own clocks.
        days: How many days, one after the other.
        person: E-mail address of a colleague whose calendar to look at. Leave out for the person's own.
    """
    own, whose = own_zone(ctx), address(person, "person") if person else OWN
    start, end = day_start(day, own), day_start(day + timedelta(days=days), own)
    found = await ctx.client.calendar.events(start, end, whose=whose)
    # A day off of somebody who lives east of here begins on the evening before; it is still the next day's.
    held = [event for event in found.events if event.is_on(day, day + timedelta(days=days))]
    zones = await zones_of_guests(ctx, held)
    rows = shown.agenda(held, own, zones, theirs=whose != OWN)
    content: dict[str, JsonValue] = {
        "whose": YOU if whose == OWN else whose,
        "zone": own.key,
        "events": rows,
    }
    if whose != OWN:
        content["their_zone"] = found.zone
    if found.more:
        content["note"] = f"Only the first {len(found.events)} are listed. Ask for fewer days."
    return Result(
        content=content,
        untrusted=bool(held) or whose != OWN,
        said=f"Read {_counted(len(held), 'event')}",
        records=records.of_events(held, rows, theirs=whose != OWN),
    )


@tool(
    "read",
    says=Says(doing="Looking for a free time"),
    targets=("attendees",),
    remembers=habits.FREE_TIME,
    kinds={"attendees": "person"},
)
async def find_time(
    ctx: ToolContext[Google],
    attendees: People,
    minutes: Minutes,
    day: date,
    days: Days = 5,
    earliest: str | None = None,
    latest: str | None = None,
) -> Result:
    """Find times at which the person and others are free together: up to 8, the best first.

    Best is inside everybody's usual day: their working hours, or 09:00 to 17:30 where they tell none. Each entry has
    everybody's local time, and for whom it lies outside their usual day. Nobody is asked outside 07:00 to 21:00 of
    their own day or at weekends, unless there is nothing else.

    Args:
        attendees: E-mail addresses of the others. The person themself is always included.
        minutes: How long.
        day: The first day to look at, on the person's own clocks.
        days: How many days, one after the other, weekends counted.
        earliest: Not before this time on the person's clocks, such as `09:00`. Leave out for their usual day.
        latest: Over by this time on the person's clocks, such as `17:30`. Leave out for their usual day.
    """
    own, others = own_zone(ctx), addresses(attendees, "attendees")
    window = Window(
        zone=own,
        day=day,
        days=days,
        earliest=clock(earliest, "earliest"),
        latest=clock(latest, "latest"),
        not_before=ctx.now,
    )
    if window.earliest and window.latest and window.earliest >= window.latest:
        raise RetryToolCall(f"`earliest` must be before `latest`, got {earliest!r} and {latest!r}.")
    people, unseen = await participants(ctx, others, window)
    slots = free_slots(people, window, minutes=minutes, limit=MAX_SLOTS)
    rows = [shown.slot(slot, own, people) for slot in slots]
    content: dict[str, JsonValue] = {
        "zone": own.key,
        "minutes": minutes,
        "people": {person.name: shown.participant(person, day) for person in people},
        "slots": rows,
        "note": " ".join(notes_on(people, slots=len(slots), unseen=unseen)),
    }
    # Nobody wrote any of it: times, and the addresses that were asked about.
    return Result(
        content=content,
        untrusted=False,
        said=f"Found {_counted(len(slots), 'free time')}",
        records=records.of_times(slots, rows),
    )


@tool(
    "write",
    says=Says(
        doing="Making an event",
        ask="Put this into the calendar and invite the guests?",
        done="Event created",
        refused="Not created",
        labels=(("When", "{start}"), ("With", "{attendees}"), ("Room", "{room}"), ("Minutes", "{minutes}")),
        text="Title and description, exactly as guests will read them",
        undo="Delete the event?",
        undone="Event deleted",
        kept="Whoever was invited is told by mail.",
    ),
    targets=("start", "attendees", "room"),
    payload=("title", "description"),
    remembers=habits.MEETING,
    egress=True,
    settle=new_in_full,
    asked_as=SCHEDULE | INVITE,
    kinds={"start": "time", "attendees": "person", "room": "room"},
    seen_by=("{attendees}",),
    undo=taken_back.event,
)
async def create_event(
    ctx: ToolContext[Google],
    title: str,
    start: datetime,
    minutes: Minutes,
    attendees: People = [],  # noqa: B006 - never changed; the schema shows the empty list
    description: str = "",
    room: str | None = None,
) -> Result:
    """Create an event in the person's calendar and invite people. Google tells them by mail.

    Args:
        title: What it is called.
        start: On the person's own clocks, such as `2026-11-23T15:30`; or with an offset.
        minutes: How long.
        attendees: E-mail addresses of the guests. The person themself need not be named.
        description: What the guests read with it, as plain text.
        room: Name or address of a room, or a place in words; `none` where the person says so.
    """
    check_words(title, description)
    begins = moment(ctx, start)
    named = unless_left_out(room)
    place = await found_room(ctx, named) if named else None
    new = NewEvent(
        title=" ".join(title.split()),
        start=begins,
        end=later(begins, minutes),
        zone=own_zone(ctx).key,
        guests=tuple(addresses(attendees, "attendees")),
        description=description,
        room=place.id if place else named,
    )
    made = await ctx.client.calendar.create(new)
    return _written(
        made,
        begins,
        new.end,
        said="Created an event",
        record=records.of_written(made, title=new.title, text=description),
        undo={"event": made.id, "state": taken_back.state_of(made)},
    )


@tool(
    "write",
    says=Says(
        doing="Moving an event",
        ask="Move this event and tell the guests?",
        done="Event moved",
        refused="Not moved",
        labels=(_EVENT, ("When", "{start}")),
        undo="Move the event back?",
        undone="Event moved back",
        kept="Whoever is invited is told by mail a second time.",
    ),
    targets=("event", "start"),
    egress=True,
    settle=move_in_full,
    version=as_it_stands,
    asked_as=MOVE | CHANGE,
    kinds={"event": "event", "start": "time"},
    seen_by=(),
    into=("event",),
    undo=taken_back.move,
)
async def move_event(ctx: ToolContext[Google], event: str, start: datetime, minutes: Minutes | None = None) -> Result:
    """Give an event another time. Its guests are told by mail. Of a series, only the one date moves.

    Args:
        event: Its id, as `list_events` gives it.
        start: The new start on the person's own clocks, such as `2026-11-23T15:30`; or with an offset.
        minutes: The new length. Leave out to keep it.
    """
    found = await found_event(ctx, event)
    check_movable(found)
    begins = moment(ctx, start)
    ends = later(begins, minutes or length_of(found))
    moved = await ctx.client.calendar.move(found, begins, ends, zone=own_zone(ctx).key)
    return _written(
        moved,
        begins,
        ends,
        said="Moved an event",
        record=records.of_written(moved),
        undo={
            "event": moved.id,
            "before": taken_back.times_of(found),
            "after": taken_back.said_times(moved),
        },
    )


@tool(
    "write",
    says=Says(
        doing="Cancelling an event",
        ask="Cancel this event for everybody?",
        done="Event cancelled",
        refused="Not cancelled",
        labels=(_EVENT,),
        text="Message, as guests will read it above the description",
    ),
    targets=("event",),
    payload=("message",),
    egress=True,
    destroys=True,
    settle=cancel_in_full,
    version=as_it_stands,
    asked_as=CANCEL | DELETE,
    kinds={"event": "event"},
    seen_by=(),
    into=("event",),
)
async def cancel_event(ctx: ToolContext[Google], event: str, message: str = "") -> Result:
    """Cancel an event that the person organises, for everybody. Its guests are told by mail.

    Args:
        event: Its id, as `list_events` gives it: one date of a series, or its `series` for all dates.
        message: A word to the guests; it stands above the description in their mail.
    """
    found = await found_event(ctx, event)
    check_own(found)
    if message.strip():
        await _cancel_with(ctx, found, message)
    else:
        await ctx.client.calendar.cancel(found)
    return Result(
        content={"cancelled": found.id},
        untrusted=False,
        said="Cancelled an event",
        records=(records.of_written(found, text=message),),
    )


@tool(
    "write",
    says=Says(
        doing="Answering an invitation",
        ask="Send this answer?",
        done="Answer sent",
        refused="Not answered",
        labels=(_EVENT, ("Answer", "{answer}")),
        text="Message, as the organiser will read it",
        by="answer",
        cases=(
            ("accept", ("Accept this invitation?", "Accepted", "Not accepted")),
            ("decline", ("Decline this invitation?", "Declined", "Not declined")),
            ("tentative", ("Answer with maybe?", "Answered with maybe", "Not answered")),
        ),
        undo="Take the answer back?",
        undone="Answer taken back",
        kept="The organiser is told by mail a second time.",
    ),
    targets=("event", "answer"),
    payload=("message",),
    egress=True,
    settle=answer_in_full,
    version=as_it_stands,
    asked_as=APPROVE | DECLINE | REPLY,
    kinds={"event": "event", "answer": "choice"},
    seen_by=(),
    # All guests see who comes, and what was said with it.
    into=("event",),
    undo=taken_back.answer,
)
async def answer_invitation(ctx: ToolContext[Google], event: str, answer: Answer, message: str = "") -> Result:
    """Answer an invitation in the person's name. The organiser is told by mail.

    Args:
        event: Its id, as `list_events` gives it: one date of a series, or its `series` for all dates.
        answer: `accept`, `decline`, or `tentative` for maybe.
        message: A word to the organiser.
    """
    found = await found_event(ctx, event)
    answered = await ctx.client.calendar.answer(found, own_guest(found), answer, message=message)
    before, after = taken_back.answer_of(found), taken_back.answer_of(answered)
    return Result(
        content={"id": answered.id, "answer": answer, "link": answered.html_link},
        untrusted=False,
        link=answered.html_link,
        said="Answered an invitation",
        records=(records.of_written(answered, text=message),),
        undo={"event": found.id, "before": before, "after": after["answer"]} if before and after else None,
    )


async def _cancel_with(ctx: ToolContext[Google], event: Event, message: str) -> None:
    """Cancel with a message: Google knows none, but mails the description as it stands then."""
    told = "\n\n".join(filter(None, (message, event.description)))
    noted = await ctx.client.calendar.describe(event, told)
    try:
        await ctx.client.calendar.cancel(noted)
    except OutcomeUnknown:
        raise
    except IntegrationError as error:
        raise ToolFailed(f"The message stands in the description, but the event is not cancelled: {error}") from error


def _written(
    event: Event, begins: datetime, ends: datetime, *, said: str, record: Record, undo: dict[str, JsonValue]
) -> Result:
    """What a write brings back: ids, times and links, no word that somebody else may have written."""
    content: JsonValue = {
        "id": event.id,
        "start": begins.isoformat(),
        "end": ends.isoformat(),
        "link": event.html_link,
    }
    return Result(content=content, untrusted=False, link=event.html_link, said=said, records=(record,), undo=undo)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
